//! How far raters differ beyond chance.

use super::super::compare::LikelihoodRatio;
use super::FittedRater;
use crate::num::cholesky::Cholesky;
use crate::num::dist;
use crate::num::linalg::{SmallMatrix, dot};

/// Spread of severities against their standard errors.
///
/// ```text
/// reliability = (v - mse) / v,    G = sqrt(reliability / (1 - reliability)),    strata = (4 G + 1) / 3
/// ```
///
/// with v the sample variance of the severities and mse the mean squared standard error. Unlike a test's
/// reliability, a high value is bad news: the raters differ reliably, and who is rated by whom matters.
///
/// # References
/// Wright & Masters (1982), Rating Scale Analysis, chapter 5. Linacre (1989).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeveritySeparation {
    /// Standard deviation of the severities, logits (divisor raters - 1).
    pub sd: f64,
    /// Root mean squared standard error.
    pub rmse: f64,
    /// Reliability of the separation, not below 0.
    pub reliability: f64,
    /// Separation G.
    pub separation: f64,
    /// Strata, the number of distinguishable levels of severity.
    pub strata: f64,
}

/// A Wald test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wald {
    /// Statistic.
    pub chi2: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Upper tail probability.
    pub p: f64,
}

/// Tests of the hypothesis that all raters are equally severe.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EqualSeverity {
    /// Against the fit without severities; the test to report.
    pub likelihood_ratio: Option<LikelihoodRatio>,
    /// From the severities and their covariance matrix.
    pub wald: Option<Wald>,
}

/// Separation of the raters with a severity; `None` with fewer than two or without standard errors.
pub(super) fn separation(raters: &[FittedRater]) -> Option<SeveritySeparation> {
    let measured: Vec<(f64, f64)> = raters.iter().filter_map(|r| Some((r.severity?, r.se?))).collect();
    if measured.len() < 2 {
        return None;
    }
    let n = measured.len() as f64;
    let mean = measured.iter().map(|(s, _)| s).sum::<f64>() / n;
    let variance = measured.iter().map(|(s, _)| (s - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let error = measured.iter().map(|(_, se)| se * se).sum::<f64>() / n;
    let reliability = if variance > 0.0 { ((variance - error) / variance).max(0.0) } else { 0.0 };
    let separation = (reliability / (1.0 - reliability)).sqrt();
    Some(SeveritySeparation {
        sd: variance.sqrt(),
        rmse: error.sqrt(),
        reliability,
        separation,
        strata: (4.0 * separation + 1.0) / 3.0,
    })
}

/// `s' V^-1 s` over the free severities: they are all 0 exactly when all raters are equal.
pub(super) fn wald(severities: &[Vec<(usize, f64)>], psi: &[f64], covariance: &SmallMatrix) -> Option<Wald> {
    let free: Vec<usize> =
        severities.iter().filter(|s| s.len() == 1 && s[0].1 == 1.0).map(|s| s[0].0).collect();
    if free.is_empty() {
        return None;
    }
    let mut v = SmallMatrix::zeros(free.len(), free.len());
    for (i, a) in free.iter().enumerate() {
        free.iter().enumerate().for_each(|(j, b)| v.set(i, j, covariance.get(*a, *b)));
    }
    let s: Vec<f64> = free.iter().map(|f| psi[*f]).collect();
    let chi2 = dot(&s, &Cholesky::new(&v).ok()?.solve(&s));
    let df = free.len() as f64;
    Some(Wald { chi2, df, p: dist::chi2_sf(chi2, df).ok()? })
}
