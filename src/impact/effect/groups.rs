//! Two arms.

use super::{
    ClusteredSd, EffectSize, Standardizer, check_sd, scaled_effect, small_sample_factor, with_normal_interval,
};
use crate::impact::{Arm, CoefTest, ImpactError};
use crate::num::{NumError, moments};

/// Size, mean and SD of a group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupSummary {
    /// Students.
    pub n: usize,
    /// Mean.
    pub mean: f64,
    /// SD with divisor n - 1.
    pub sd: f64,
}

impl GroupSummary {
    /// From one score per student.
    ///
    /// # Errors
    /// `TooFew` below two values, `NotFinite`.
    pub fn new(values: &[f64]) -> Result<Self, ImpactError> {
        Ok(GroupSummary { n: values.len(), mean: moments::mean(values)?, sd: moments::sd(values)? })
    }
}

/// SD pooled over two groups: sqrt(((n_T - 1) s_T^2 + (n_C - 1) s_C^2) / (n_T + n_C - 2)).
///
/// # Errors
/// `ArmTooSmall` below two students in an arm, `NoVariation` when neither group varies.
pub fn pooled_sd(program: &GroupSummary, comparison: &GroupSummary) -> Result<f64, ImpactError> {
    for (arm, group) in [(Arm::Program, program), (Arm::Comparison, comparison)] {
        if group.n < 2 {
            return Err(ImpactError::ArmTooSmall { arm, needed: 2, found: group.n });
        }
    }
    let (w1, w0) = ((program.n - 1) as f64, (comparison.n - 1) as f64);
    let pooled = ((w1 * program.sd.powi(2) + w0 * comparison.sd.powi(2)) / (w1 + w0)).sqrt();
    check_sd(pooled)?;
    Ok(pooled)
}

/// How far apart the arms were at the start, in the bands of the What Works Clearinghouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaselineBand {
    /// |g| <= .05: equivalent.
    Satisfied,
    /// .05 < |g| <= .25: equivalent only when the analysis adjusts for the pretest.
    NeedsAdjustment,
    /// |g| > .25: not equivalent.
    NotEquivalent,
}

impl BaselineBand {
    /// Band of an effect size, by its unrounded size. The same bands hold for Hedges' g and the Cox index.
    pub fn of(g: f64) -> Self {
        match g.abs() {
            size if size <= 0.05 => BaselineBand::Satisfied,
            size if size <= 0.25 => BaselineBand::NeedsAdjustment,
            _ => BaselineBand::NotEquivalent,
        }
    }
}

/// Baseline difference with its band.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BaselineDifference {
    /// Hedges' g, program less comparison.
    pub g: EffectSize,
    /// Band of the unrounded |g|.
    pub band: BaselineBand,
}

/// Hedges' g of two groups before the program and its band.
///
/// ```text
/// g = w (M_T - M_C) / S_p,   w = 1 - 3 / (4N - 9)
/// SE = w sqrt((n_T + n_C) / (n_T n_C) + g^2 / (2 (n_T + n_C)))
/// ```
///
/// The interval takes students as independent; equivalence is judged by size, not by a test.
///
/// # Errors
/// `ArmTooSmall` below two students in an arm, `NoVariation`, `TooFew` below three students.
///
/// # References
/// What Works Clearinghouse Procedures and Standards Handbook 5.0 (2022), chapter II and appendix E.
pub fn baseline_g(
    program: &GroupSummary,
    comparison: &GroupSummary,
    alpha: f64,
) -> Result<BaselineDifference, ImpactError> {
    let sd = pooled_sd(program, comparison)?;
    let (n1, n0) = (program.n as f64, comparison.n as f64);
    let total = n1 + n0;
    let w = 1.0 - 3.0 / (4.0 * total - 9.0);
    let value = w * (program.mean - comparison.mean) / sd;
    let variance = w * w * (total / (n1 * n0) + value * value / (2.0 * total));
    let g = with_normal_interval(value, variance, sd, alpha)?;
    let band = BaselineBand::of(value);
    Ok(BaselineDifference { g, band })
}

/// Difference in differences in pooled pre SDs (Morris's d_ppc2 as point) with a cluster-robust interval.
///
/// ```text
/// g = J(N - 2) gamma DiD / S_pre,   Var = (J gamma SE(DiD) / S_pre)^2 + g^2 / (2 h),   CI = g -/+ t(df of DiD) sqrt(Var)
/// ```
///
/// `sd` holds gamma and h of the pooled SD. Where schools were assigned, S_pre ignores that students of a school are
/// alike and gamma repairs it: [`super::clustered_sd_of_arms`]. Arms inside schools and students without schools take
/// [`ClusteredSd::plain`], with N - 2 degrees of freedom for independent students.
///
/// # Errors
/// `NoVariation`, `ArmTooSmall`, `OutOfRange` for degrees of freedom not above 0 or alpha.
///
/// # References
/// Morris (2008), Organizational Research Methods 11, 364-386. Hedges (2007), Journal of Educational and Behavioral
/// Statistics 32, 341-370.
pub fn did_g(
    did: &CoefTest,
    program_pre: &GroupSummary,
    comparison_pre: &GroupSummary,
    sd: ClusteredSd,
    alpha: f64,
) -> Result<EffectSize, ImpactError> {
    over_pooled(did, program_pre, comparison_pre, sd, alpha)
}

/// Adjusted difference (analysis of covariance) in pooled post SDs, not adjusted ones, which would inflate
/// it. Formula and arguments as [`did_g`], with `sd` from the ICC of the scores after.
///
/// # Errors
/// As [`did_g`].
pub fn ancova_g(
    effect: &CoefTest,
    program_post: &GroupSummary,
    comparison_post: &GroupSummary,
    sd: ClusteredSd,
    alpha: f64,
) -> Result<EffectSize, ImpactError> {
    over_pooled(effect, program_post, comparison_post, sd, alpha)
}

fn over_pooled(
    test: &CoefTest,
    program: &GroupSummary,
    comparison: &GroupSummary,
    sd: ClusteredSd,
    alpha: f64,
) -> Result<EffectSize, ImpactError> {
    let pooled = pooled_sd(program, comparison)?;
    let small = small_sample_factor((program.n + comparison.n) as f64 - 2.0)?;
    scaled_effect(test, &Standardizer::all_students(pooled, sd).times(small), alpha)
}

/// Both waves of both arms as summaries, for Morris's d_ppc2.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Morris {
    /// Program arm before.
    pub program_pre: GroupSummary,
    /// Mean of the program arm after.
    pub program_post_mean: f64,
    /// Comparison arm before.
    pub comparison_pre: GroupSummary,
    /// Mean of the comparison arm after.
    pub comparison_post_mean: f64,
    /// Pre-post correlation within arms.
    pub r: f64,
}

/// Morris's d_ppc2 of independent students, with his variance.
///
/// ```text
/// d = cP ((M1T - M0T) - (M1C - M0C)) / S_pre,   cP = 1 - 3 / (4 (n_T + n_C - 2) - 1)
/// Var = 2 cP^2 (1-r) k (N-2)/(N-4) (1 + d^2 / (2 (1-r) k)) - d^2,   k = (n_T + n_C) / (n_T n_C)
/// ```
///
/// # Errors
/// `ArmTooSmall`, `NoVariation`, `TooFew` below five students, `OutOfRange` for r at or above 1.
pub fn morris_d_ppc2(data: &Morris, alpha: f64) -> Result<EffectSize, ImpactError> {
    let sd = pooled_sd(&data.program_pre, &data.comparison_pre)?;
    let (n1, n0) = (data.program_pre.n as f64, data.comparison_pre.n as f64);
    let total = n1 + n0;
    if total < 5.0 {
        return Err(NumError::TooFew { needed: 5, found: total as usize }.into());
    }
    if !(data.r >= -1.0 && data.r < 1.0) {
        return Err(NumError::OutOfRange { name: "r", value: data.r }.into());
    }
    let cp = 1.0 - 3.0 / (4.0 * (total - 2.0) - 1.0);
    let gain = |post: f64, pre: &GroupSummary| post - pre.mean;
    let did = gain(data.program_post_mean, &data.program_pre)
        - gain(data.comparison_post_mean, &data.comparison_pre);
    let value = cp * did / sd;
    let base = 2.0 * (1.0 - data.r) * total / (n1 * n0);
    let inflation = (total - 2.0) / (total - 4.0);
    let variance = cp * cp * base * inflation * (1.0 + value * value / base) - value * value;
    with_normal_interval(value, variance.max(0.0), sd, alpha)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::close;

    const PROGRAM: GroupSummary = GroupSummary { n: 150, mean: 50.0, sd: 12.0 };
    const COMPARISON: GroupSummary = GroupSummary { n: 140, mean: 51.0, sd: 11.0 };

    #[test]
    fn worked_morris() {
        let data = Morris {
            program_pre: PROGRAM,
            program_post_mean: 60.0,
            comparison_pre: COMPARISON,
            comparison_post_mean: 54.0,
            r: 0.6,
        };
        let d = morris_d_ppc2(&data, 0.05).unwrap();
        close(d.value, 0.605624, 6e-7);
        close(d.se * d.se, 0.011709, 6e-7);
        let did = CoefTest::new(7.0, 2.1, 9.3, 0.05, 290, Some(13)).unwrap();
        let g = did_g(&did, &PROGRAM, &COMPARISON, ClusteredSd::plain(288.0), 0.05).unwrap();
        close(g.value, 0.605624, 2e-6);
        let repaired = ClusteredSd { factor: 0.98, df: 150.0 };
        close(did_g(&did, &PROGRAM, &COMPARISON, repaired, 0.05).unwrap().value, 0.98 * g.value, 1e-14);
        assert!(g.ci.low > 0.0 && g.se > 0.18);
        assert!(did_g(&did, &PROGRAM, &COMPARISON, ClusteredSd::plain(0.0), 0.05).is_err());
    }

    #[test]
    fn baseline_bands() {
        let at = |mean| baseline_g(&GroupSummary { mean, ..PROGRAM }, &COMPARISON, 0.05).unwrap().band;
        assert_eq!(at(51.1), BaselineBand::Satisfied);
        assert_eq!(at(50.0), BaselineBand::NeedsAdjustment);
        assert_eq!(at(40.0), BaselineBand::NotEquivalent);
        assert!(baseline_g(&GroupSummary { n: 1, ..PROGRAM }, &COMPARISON, 0.05).is_err());
        assert!(GroupSummary::new(&[]).is_err());
    }
}
