//! Information criteria and likelihood-ratio comparison of nested fits.

use super::FittedIrt;
use crate::num::dist;

/// Information criteria of a fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Criteria {
    /// `-2 l + 2 k`.
    pub aic: f64,
    /// `-2 l + k ln n`.
    pub bic: f64,
    /// `-2 l + k ln((n + 2) / 24)` (sample-size adjusted).
    pub sabic: f64,
}

/// Criteria from the log-likelihood, the number of free parameters and of persons (sum of weights).
pub fn criteria(fitted: &FittedIrt) -> Criteria {
    let (deviance, k, n) = (-2.0 * fitted.log_likelihood, fitted.parameters as f64, fitted.weight);
    Criteria {
        aic: deviance + 2.0 * k,
        bic: deviance + k * n.ln(),
        sabic: deviance + k * ((n + 2.0) / 24.0).ln(),
    }
}

/// A likelihood-ratio test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LikelihoodRatio {
    /// Twice the difference of log-likelihoods, not below 0.
    pub chi2: f64,
    /// Difference of the numbers of parameters.
    pub df: f64,
    /// Upper tail probability.
    pub p: f64,
}

/// Compares a restricted fit with the fit it is nested in, both on the same data. `None` when the second
/// has no more parameters than the first.
pub fn likelihood_ratio(restricted: &FittedIrt, full: &FittedIrt) -> Option<LikelihoodRatio> {
    ratio(restricted.log_likelihood, full.log_likelihood, full.parameters.checked_sub(restricted.parameters)?)
}

pub(super) fn ratio(restricted: f64, full: f64, df: usize) -> Option<LikelihoodRatio> {
    let chi2 = (2.0 * (full - restricted)).max(0.0);
    let df = df as f64;
    let p = if df > 0.0 { dist::chi2_sf(chi2, df).ok()? } else { return None };
    Some(LikelihoodRatio { chi2, df, p })
}
