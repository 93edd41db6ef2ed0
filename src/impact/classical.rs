//! Textbook tests for data without schools and for the appendix. None handles clustering.

use super::{Arm, CoefTest, ImpactError};
use crate::num::{dist, moments};

/// Student's paired t of `post - pre`, one entry per person in both slices.
///
/// # Errors
/// `TooFew` below two pairs, `NoVariation` when all differences are equal, `LengthMismatch`, `NotFinite`.
pub fn paired_t(pre: &[f64], post: &[f64], alpha: f64) -> Result<CoefTest, ImpactError> {
    moments::check_same_length(pre.len(), post.len())?;
    let difference: Vec<f64> = pre.iter().zip(post).map(|(a, b)| b - a).collect();
    moments::check_values(&difference, 2)?;
    if !moments::has_variation(&difference) {
        return Err(ImpactError::NoVariation);
    }
    let n = difference.len();
    let se = moments::sd(&difference)? / (n as f64).sqrt();
    CoefTest::new(moments::mean(&difference)?, se, (n - 1) as f64, alpha, n, None)
}

/// Welch's t of `mean(program) - mean(comparison)`: variances may differ.
///
/// # Errors
/// `ArmTooSmall` below two values in a group, `NoVariation` when neither group varies, `NotFinite`.
///
/// # References
/// Welch (1947), Biometrika 34, 28-35.
pub fn welch_t(program: &[f64], comparison: &[f64], alpha: f64) -> Result<CoefTest, ImpactError> {
    let groups = TwoGroups::new(program, comparison)?;
    let (v1, v0) =
        (groups.variance_program / groups.n_program, groups.variance_comparison / groups.n_comparison);
    let total = v1 + v0;
    let df = total * total / (v1 * v1 / (groups.n_program - 1.0) + v0 * v0 / (groups.n_comparison - 1.0));
    groups.test(total.sqrt(), df, alpha)
}

/// Student's t of `mean(program) - mean(comparison)` with one pooled variance.
///
/// # Errors
/// As [`welch_t`].
pub fn pooled_t(program: &[f64], comparison: &[f64], alpha: f64) -> Result<CoefTest, ImpactError> {
    let groups = TwoGroups::new(program, comparison)?;
    let df = groups.n_program + groups.n_comparison - 2.0;
    let pooled = ((groups.n_program - 1.0) * groups.variance_program
        + (groups.n_comparison - 1.0) * groups.variance_comparison)
        / df;
    groups.test((pooled * (1.0 / groups.n_program + 1.0 / groups.n_comparison)).sqrt(), df, alpha)
}

struct TwoGroups {
    n_program: f64,
    n_comparison: f64,
    difference: f64,
    variance_program: f64,
    variance_comparison: f64,
}

impl TwoGroups {
    fn new(program: &[f64], comparison: &[f64]) -> Result<Self, ImpactError> {
        for (arm, values) in [(Arm::Program, program), (Arm::Comparison, comparison)] {
            if values.len() < 2 {
                return Err(ImpactError::ArmTooSmall { arm, needed: 2, found: values.len() });
            }
            moments::check_values(values, 2)?;
        }
        if !moments::has_variation(program) && !moments::has_variation(comparison) {
            return Err(ImpactError::NoVariation);
        }
        Ok(TwoGroups {
            n_program: program.len() as f64,
            n_comparison: comparison.len() as f64,
            difference: moments::mean(program)? - moments::mean(comparison)?,
            variance_program: moments::variance(program)?,
            variance_comparison: moments::variance(comparison)?,
        })
    }

    fn test(&self, se: f64, df: f64, alpha: f64) -> Result<CoefTest, ImpactError> {
        let n = (self.n_program + self.n_comparison) as usize;
        CoefTest::new(self.difference, se, df, alpha, n, None)
    }
}

/// McNemar's test of a linked right/wrong item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct McNemar {
    /// Wrong before, right after.
    pub improved: u64,
    /// Right before, wrong after.
    pub declined: u64,
    /// (improved - declined)^2 / (improved + declined), without continuity correction.
    pub chi2: f64,
    /// p of `chi2` on one degree of freedom.
    pub p_chi2: f64,
    /// Exact two-sided p of `improved` among the changed, under one half.
    pub p_exact: f64,
}

/// Tests whether as many improved as declined.
///
/// # Errors
/// `NoVariation` when nobody changed.
///
/// # References
/// McNemar (1947), Psychometrika 12, 153-157.
pub fn mcnemar(improved: u64, declined: u64) -> Result<McNemar, ImpactError> {
    let changed = improved.checked_add(declined).filter(|n| *n > 0).ok_or(ImpactError::NoVariation)?;
    let chi2 = (improved as f64 - declined as f64).powi(2) / changed as f64;
    Ok(McNemar {
        improved,
        declined,
        chi2,
        p_chi2: dist::chi2_sf(chi2, 1.0)?,
        p_exact: dist::binomial_two_sided_p(improved, changed, 0.5)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::close;

    #[test]
    fn mcnemar_known_values() {
        let test = mcnemar(105, 26).unwrap();
        close(test.chi2, 47.6412213740458, 1e-12);
        close(test.p_exact * 1e12, 1.8819103170396, 1e-9);
        assert_eq!(mcnemar(0, 0), Err(ImpactError::NoVariation));
        close(mcnemar(34, 33).unwrap().p_exact, 1.0, 1e-12);
    }

    #[test]
    fn named_outcomes() {
        assert!(paired_t(&[1.0], &[2.0], 0.05).is_err());
        assert_eq!(paired_t(&[1.0, 2.0, 3.0], &[2.0, 3.0, 4.0], 0.05), Err(ImpactError::NoVariation));
        assert!(matches!(welch_t(&[1.0], &[1.0, 2.0], 0.05), Err(ImpactError::ArmTooSmall { .. })));
        assert_eq!(pooled_t(&[1.0, 1.0], &[2.0, 2.0], 0.05), Err(ImpactError::NoVariation));
        assert!(welch_t(&[1.0, f64::INFINITY], &[1.0, 2.0], 0.05).is_err());
        assert!(welch_t(&[1.0, 1.0], &[1.0, 2.0], 0.05).is_ok());
    }
}
