//! Shares of two arms on the scale of effect sizes.

use super::{EffectInterval, EffectSize, with_normal_interval};
use crate::impact::{Arm, CoefTest, ImpactError};
use crate::num::{Interval, NumError};

/// Students who reached the outcome in each arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DCox {
    /// Program students with the outcome.
    pub program_yes: u64,
    /// Program students.
    pub program_n: u64,
    /// Comparison students with the outcome.
    pub comparison_yes: u64,
    /// Comparison students.
    pub comparison_n: u64,
}

/// Log odds per unit of Cox's index.
const LOGITS: f64 = 1.65;

/// Cox's index from a coefficient in log odds whose error respects schools (see `impact::logit`).
///
/// ```text
/// d = w b / 1.65,   w = 1 - 3 / (4N - 9),   interval from that of b, N students
/// ```
///
/// The coefficient may be adjusted for what was before; the index is then that of students alike before.
///
/// # Errors
/// `TooFew` below three students.
///
/// # References
/// As [`d_cox`].
pub fn d_cox_of_odds(log_odds: &CoefTest) -> Result<EffectSize, ImpactError> {
    if log_odds.n < 3 {
        return Err(NumError::TooFew { needed: 3, found: log_odds.n }.into());
    }
    let unit = (1.0 - 3.0 / (4.0 * log_odds.n as f64 - 9.0)) / LOGITS;
    Ok(EffectSize {
        value: unit * log_odds.estimate,
        se: unit * log_odds.se,
        ci: Interval { low: unit * log_odds.ci.low, high: unit * log_odds.ci.high },
        // The divisor is a constant, so it adds nothing to the variance.
        method: EffectInterval::ClusterRobust { df: log_odds.df, sd_df: f64::INFINITY },
        standardizer: LOGITS,
    })
}

/// The Cox index: the difference of log odds in units that make it comparable to g.
///
/// ```text
/// d = w [ln(p_T / (1 - p_T)) - ln(p_C / (1 - p_C))] / 1.65,   w = 1 - 3 / (4N - 9)
/// Var = w^2 / 1.65^2 * sum over the four cells of 1 / count
/// ```
///
/// When a cell is empty, 0.5 is added to all four. Students count as independent. `standardizer` is 1.65.
///
/// # Errors
/// `ArmTooSmall` for an arm without students, `TooFew` below three, `OutOfRange` when more students have the
/// outcome than there are.
///
/// # References
/// Sanchez-Meca, Marin-Martinez & Chacon-Moscoso (2003), Psychological Methods 8, 448-467. What Works
/// Clearinghouse Handbook 5.0, appendix E.
pub fn d_cox(data: &DCox, alpha: f64) -> Result<EffectSize, ImpactError> {
    let arms = [
        (Arm::Program, data.program_yes, data.program_n),
        (Arm::Comparison, data.comparison_yes, data.comparison_n),
    ];
    for (arm, yes, n) in arms {
        if n == 0 {
            return Err(ImpactError::ArmTooSmall { arm, needed: 1, found: 0 });
        }
        if yes > n {
            return Err(NumError::OutOfRange { name: "yes", value: yes as f64 }.into());
        }
    }
    let total = (data.program_n + data.comparison_n) as f64;
    if total < 3.0 {
        return Err(NumError::TooFew { needed: 3, found: total as usize }.into());
    }
    let empty = arms.iter().any(|(_, yes, n)| *yes == 0 || yes == n);
    let added = if empty { 0.5 } else { 0.0 };
    let cells = arms.map(|(_, yes, n)| (yes as f64 + added, (n - yes) as f64 + added));
    let w = 1.0 - 3.0 / (4.0 * total - 9.0);
    let logit = |(yes, no): (f64, f64)| (yes / no).ln();
    let value = w * (logit(cells[0]) - logit(cells[1])) / LOGITS;
    let variance = (w / LOGITS).powi(2) * cells.iter().map(|(yes, no)| yes.recip() + no.recip()).sum::<f64>();
    with_normal_interval(value, variance, LOGITS, alpha)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::close;

    /// .60 against .50 is .2457 without w.
    #[test]
    fn worked_share() {
        let n = 100_000;
        let data = DCox { program_yes: 60_000, program_n: n, comparison_yes: 50_000, comparison_n: n };
        let w = 1.0 - 3.0 / (4.0 * 200_000.0 - 9.0);
        close(d_cox(&data, 0.05).unwrap().value / w, 0.2457, 5e-5);
        let empty = DCox { program_yes: 10, program_n: 10, comparison_yes: 5, comparison_n: 10 };
        let found = d_cox(&empty, 0.05).unwrap();
        close(found.value, (1.0 - 3.0 / 71.0) * 21f64.ln() / 1.65, 1e-14);
        assert!(found.se.is_finite());
        assert!(d_cox(&DCox { program_n: 0, program_yes: 0, ..empty }, 0.05).is_err());
        assert!(d_cox(&DCox { program_yes: 11, ..empty }, 0.05).is_err());
        let b = CoefTest::new(1.5f64.ln(), 0.2, 11.0, 0.05, 400, Some(13)).unwrap();
        let found = d_cox_of_odds(&b).unwrap();
        close(found.value, (1.0 - 3.0 / 1591.0) * 1.5f64.ln() / 1.65, 1e-14);
        close(found.ci.high / found.value, b.ci.high / b.estimate, 1e-12);
        assert!(d_cox_of_odds(&CoefTest { n: 2, ..b }).is_err());
    }
}
