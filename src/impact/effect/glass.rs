//! Glass's delta: the difference in SDs of the comparison arm.

use super::{
    ClusteredSd, EffectSize, GroupSummary, Standardizer, check_sd, scaled_effect, small_sample_factor,
    with_normal_interval,
};
use crate::impact::{Arm, CoefTest, ImpactError};

/// Delta of independent students.
///
/// ```text
/// delta = (M_T - M_C) / s_C,   Var = s_T^2 / (s_C^2 n_T) + 1 / n_C + delta^2 / (2 (n_C - 1))
/// ```
///
/// Preferred when the program changes the spread. No small-sample factor is applied; multiply by
/// `small_sample_factor(n_C - 1)` for one.
///
/// # Errors
/// `ArmTooSmall` below two students in an arm, `NoVariation` when the comparison arm does not vary.
///
/// # References
/// Glass, McGaw & Smith (1981), Meta-Analysis in Social Research.
pub fn glass_delta(
    program: &GroupSummary,
    comparison: &GroupSummary,
    alpha: f64,
) -> Result<EffectSize, ImpactError> {
    for (arm, group) in [(Arm::Program, program), (Arm::Comparison, comparison)] {
        if group.n < 2 {
            return Err(ImpactError::ArmTooSmall { arm, needed: 2, found: group.n });
        }
    }
    check_sd(comparison.sd)?;
    let (n1, n0) = (program.n as f64, comparison.n as f64);
    let value = (program.mean - comparison.mean) / comparison.sd;
    let variance =
        (program.sd / comparison.sd).powi(2) / n1 + n0.recip() + value * value / (2.0 * (n0 - 1.0));
    with_normal_interval(value, variance, comparison.sd, alpha)
}

/// Delta with a cluster-robust interval, from a clustered test of the difference.
///
/// ```text
/// delta = J(n_C - 1) gamma b / s_C,   Var = (J gamma se / s_C)^2 + delta^2 / (2 h)
/// ```
///
/// `sd` holds gamma and h of the comparison arm's SD: those of `clustered_sd` with one group.
///
/// # Errors
/// `ArmTooSmall` below three comparison students, `NoVariation`, `OutOfRange` for h or alpha.
pub fn glass_delta_clustered(
    test: &CoefTest,
    comparison: &GroupSummary,
    sd: ClusteredSd,
    alpha: f64,
) -> Result<EffectSize, ImpactError> {
    if comparison.n < 3 {
        return Err(ImpactError::ArmTooSmall { arm: Arm::Comparison, needed: 3, found: comparison.n });
    }
    let small = small_sample_factor(comparison.n as f64 - 1.0)?;
    scaled_effect(test, &Standardizer::all_students(comparison.sd, sd).times(small), alpha)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::close;

    #[test]
    fn divides_by_the_comparison_arm() {
        let program = GroupSummary { n: 40, mean: 60.0, sd: 15.0 };
        let comparison = GroupSummary { n: 50, mean: 55.0, sd: 10.0 };
        let found = glass_delta(&program, &comparison, 0.05).unwrap();
        close(found.value, 0.5, 1e-15);
        close(found.se.powi(2), 2.25 / 40.0 + 0.02 + 0.25 / 98.0, 1e-15);
        let test = CoefTest::new(5.0, 2.5, 9.0, 0.05, 90, Some(11)).unwrap();
        let clustered = glass_delta_clustered(&test, &comparison, ClusteredSd::plain(30.0), 0.05).unwrap();
        close(clustered.value, 0.5 * small_sample_factor(49.0).unwrap(), 1e-15);
        assert!(glass_delta(&program, &GroupSummary { sd: 0.0, ..comparison }, 0.05).is_err());
        assert!(glass_delta_clustered(&test, &comparison, ClusteredSd::plain(0.0), 0.05).is_err());
    }
}
