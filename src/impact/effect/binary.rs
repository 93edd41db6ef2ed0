//! Shares of two arms on the scale of effect sizes.

use super::{EffectSize, with_normal_interval};
use crate::impact::{Arm, ImpactError};
use crate::num::NumError;

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
    let value = w * (logit(cells[0]) - logit(cells[1])) / 1.65;
    let variance = (w / 1.65).powi(2) * cells.iter().map(|(yes, no)| yes.recip() + no.recip()).sum::<f64>();
    with_normal_interval(value, variance, 1.65, alpha)
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
    }
}
