//! Pooling of analyses of multiply imputed data (and of plausible values).

use crate::impact::{CoefTest, ImpactError};
use crate::num::{NumError, moments};

/// A pooled estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pooled {
    /// The pooled estimate with total standard error and Barnard-Rubin's degrees of freedom.
    pub test: CoefTest,
    /// Mean of the variances within imputations.
    pub within: f64,
    /// Variance of the estimates between imputations.
    pub between: f64,
    /// Share of the total variance that is due to what is missing: (1 + 1/m) B / T.
    pub lambda: f64,
    /// Relative increase of variance: (1 + 1/m) B / W.
    pub increase: f64,
    /// Fraction of missing information, with the degrees of freedom taken into account.
    pub fraction_missing: f64,
    /// Imputations m.
    pub imputations: usize,
}

/// What the pooled test needs besides estimates and variances.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PoolOptions {
    /// Degrees of freedom of the analysis without missing values: with students in schools the cluster
    /// degrees of freedom (J - 2 for two arms, or Satterthwaite's); infinite only for a large-sample
    /// analysis.
    pub complete_df: f64,
    /// One less the level of the interval.
    pub alpha: f64,
    /// Rows behind each estimate, passed on to the test.
    pub n: usize,
    /// Clusters behind each estimate, passed on to the test.
    pub clusters: Option<usize>,
}

/// Rubin's rules with the degrees of freedom of Barnard and Rubin.
///
/// ```text
/// T = W + (1 + 1/m) B,   lambda = (1 + 1/m) B / T
/// df_old = (m - 1) / lambda^2,   df_obs = (df_com + 1) / (df_com + 3) df_com (1 - lambda)
/// df = df_old df_obs / (df_old + df_obs)
/// ```
///
/// # Errors
/// `TooFew` below two imputations, `LengthMismatch`, `NotFinite`, `NoVariation` when the total variance is 0,
/// `OutOfRange` for a negative variance, `complete_df` not positive or alpha.
///
/// # References
/// Rubin (1987), Multiple Imputation for Nonresponse in Surveys. Barnard & Rubin (1999), Biometrika 86,
/// 948-955.
pub fn pool(estimates: &[f64], variances: &[f64], options: &PoolOptions) -> Result<Pooled, ImpactError> {
    let PoolOptions { complete_df, alpha, n, clusters } = *options;
    moments::check_same_length(estimates.len(), variances.len())?;
    moments::check_values(variances, 2)?;
    if let Some(&value) = variances.iter().find(|v| **v < 0.0) {
        return Err(NumError::OutOfRange { name: "variance", value }.into());
    }
    if !(complete_df > 0.0) {
        return Err(NumError::OutOfRange { name: "complete_df", value: complete_df }.into());
    }
    let m = estimates.len() as f64;
    let (within, between) = (moments::mean(variances)?, moments::variance(estimates)?);
    let extra = (1.0 + 1.0 / m) * between;
    let total = within + extra;
    if !(total > 0.0) {
        return Err(ImpactError::NoVariation);
    }
    let lambda = extra / total;
    let observed = if complete_df.is_finite() {
        (complete_df + 1.0) / (complete_df + 3.0) * complete_df * (1.0 - lambda)
    } else {
        f64::INFINITY
    };
    let old = (m - 1.0) / (lambda * lambda);
    // 1/df = 1/old + 1/observed, which also holds when one of them is infinite.
    let df = (old.recip() + observed.recip()).recip();
    let test = CoefTest::new(moments::mean(estimates)?, total.sqrt(), df, alpha, n, clusters)?;
    let increase = if within > 0.0 { extra / within } else { f64::INFINITY };
    let fraction_missing = (lambda * (df + 1.0) + 2.0) / (df + 3.0);
    let fraction_missing = if between == 0.0 { 0.0 } else { fraction_missing };
    Ok(Pooled { test, within, between, lambda, increase, fraction_missing, imputations: estimates.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::close;

    fn with(complete_df: f64) -> PoolOptions {
        PoolOptions { complete_df, alpha: 0.05, n: 325, clusters: Some(13) }
    }

    #[test]
    fn worked_example() {
        // m = 3, estimates 1, 2, 3, variances 1, 1.5, 2: W 1.5, B 1, T 2.8333, lambda .470588.
        let found = pool(&[1.0, 2.0, 3.0], &[1.0, 1.5, 2.0], &with(11.0)).unwrap();
        close(found.test.estimate, 2.0, 1e-15);
        close(found.test.se.powi(2), 1.5 + 4.0 / 3.0, 1e-14);
        close(found.lambda, (4.0 / 3.0) / (1.5 + 4.0 / 3.0), 1e-15);
        let (old, observed) = (2.0 / found.lambda.powi(2), 12.0 / 14.0 * 11.0 * (1.0 - found.lambda));
        close(found.test.df, old * observed / (old + observed), 1e-12);
        assert!(found.test.df < 11.0);
        let same = pool(&[2.0, 2.0], &[1.0, 1.0], &with(11.0)).unwrap();
        close(same.test.df, 12.0 / 14.0 * 11.0, 1e-12);
        assert_eq!((same.lambda, same.fraction_missing), (0.0, 0.0));
        let infinite = pool(&[1.0, 2.0, 3.0], &[1.0, 1.5, 2.0], &with(f64::INFINITY)).unwrap();
        close(infinite.test.df, old, 1e-12);
    }

    #[test]
    fn named_outcomes() {
        assert!(pool(&[1.0], &[1.0], &with(11.0)).is_err());
        assert!(pool(&[1.0, 2.0], &[1.0, -1.0], &with(11.0)).is_err());
        assert!(pool(&[1.0, 2.0], &[1.0, 1.0], &with(0.0)).is_err());
        assert_eq!(pool(&[1.0, 1.0], &[0.0, 0.0], &with(9.0)), Err(ImpactError::NoVariation));
        assert!(pool(&[1.0, f64::NAN], &[1.0, 1.0], &with(9.0)).is_err());
    }
}
