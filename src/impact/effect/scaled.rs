//! An estimate over a standard deviation: one formula for every scale that an estimate with its own error is told on.

use super::{ClusteredSd, EffectInterval, EffectSize, SchoolArms, check_sd};
use crate::impact::{CoefTest, ImpactError};
use crate::num::{Interval, NumError, dist};

/// A standard deviation with what an effect over it needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standardizer {
    /// The standard deviation.
    pub sd: f64,
    /// Multiplies the effect: small-sample factors, and what repairs an SD that ignored schools.
    pub factor: f64,
    /// Degrees of freedom h of the squared SD; infinite for one that is known.
    pub df: f64,
}

impl Standardizer {
    /// Students within schools: S_W as it stands, on the degrees of freedom of its mean square.
    pub fn within_schools(sd_within: f64, df: f64) -> Self {
        Standardizer { sd: sd_within, factor: 1.0, df }
    }

    /// School means: sqrt((1 + (n-1) rho) / (n rho)) takes the sampling of students out of `sd_means`, the pooled SD
    /// of school means. M - 2 degrees of freedom, M schools; with unequal sizes n is the harmonic mean.
    ///
    /// # Errors
    /// As [`super::hedges_between`].
    pub fn between_schools(sd_means: f64, arms: &SchoolArms) -> Result<Self, ImpactError> {
        let ratio = arms.sampling_ratio()?;
        let schools = (arms.program.len() + arms.comparison.len()) as f64;
        Ok(Standardizer { sd: sd_means, factor: ratio.sqrt(), df: schools - 2.0 })
    }

    /// All students: the raw pooled SD with its repair for schools, see [`super::clustered_sd_of_arms`].
    pub fn all_students(sd_pooled: f64, schools: ClusteredSd) -> Self {
        Standardizer { sd: sd_pooled, factor: schools.factor, df: schools.df }
    }

    /// The same with another factor multiplied in.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Standardizer { factor: self.factor * factor, ..self }
    }
}

/// The estimate b of a test over a standard deviation, with the error of the test.
///
/// ```text
/// d = f b / S,   Var = (f SE(b) / S)^2 + d^2 / (2 h),   CI = d -/+ t(df of b) sqrt(Var)
/// ```
///
/// The first part is the error of the estimate itself, adjusted or not, so that the interval agrees with its test;
/// the second is that of the standard deviation (delta method, Var(S^2) = 2 E(S^2)^2 / h). The formulas of raw
/// differences, such as those of [`super::hedges_total`], hold for an estimate that no covariate sharpened.
///
/// # Errors
/// `NoVariation` for an SD not above 0, `OutOfRange` for h not above 0 or alpha.
///
/// # References
/// What Works Clearinghouse Handbook 5.0 (2022), appendix E (an effect size from a coefficient and its error).
/// Hedges (2007), Journal of Educational and Behavioral Statistics 32, 341-370.
pub fn scaled_effect(test: &CoefTest, by: &Standardizer, alpha: f64) -> Result<EffectSize, ImpactError> {
    check_sd(by.sd)?;
    if by.df.is_nan() || by.df <= 0.0 {
        return Err(NumError::OutOfRange { name: "sd_df", value: by.df }.into());
    }
    let unit = by.factor / by.sd;
    let value = unit * test.estimate;
    let se = ((unit * test.se).powi(2) + value * value / (2.0 * by.df)).sqrt();
    let ci = Interval::around(value, dist::t_critical(alpha, test.df)? * se);
    let method = EffectInterval::ClusterRobust { df: test.df, sd_df: by.df };
    Ok(EffectSize { value, se, ci, method, standardizer: by.sd })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::close;

    #[test]
    fn keeps_the_test_of_the_estimate() {
        let test = CoefTest::new(4.0, 1.6, 11.0, 0.05, 325, Some(13)).unwrap();
        let known = Standardizer { sd: 10.0, factor: 1.0, df: f64::INFINITY };
        let found = scaled_effect(&test, &known, 0.05).unwrap();
        close(found.ci.low, test.ci.low / 10.0, 1e-14);
        let by = Standardizer::within_schools(8.0, 312.0).times(0.5);
        let found = scaled_effect(&test, &by, 0.05).unwrap();
        close(found.value, 0.25, 1e-15);
        close(found.se.powi(2), 0.01 + 0.0625 / 624.0, 1e-15);
        assert!(scaled_effect(&test, &Standardizer { df: 0.0, ..by }, 0.05).is_err());
        assert!(scaled_effect(&test, &Standardizer { sd: 0.0, ..by }, 0.05).is_err());
    }
}
