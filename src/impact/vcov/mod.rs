//! Cluster-robust variances of least squares coefficients, CR0 to CR3, with Satterthwaite's degrees of
//! freedom.
//!
//! ```text
//! V = (X'X)^-1 [ sum_g X_g' A_g e_g e_g' A_g' X_g ] (X'X)^-1
//! ```
//!
//! `A_g` differs by [`Adjustment`]. All work is done in an orthonormal basis Q of the columns of X:
//! with `S_g = Q_g'Q_g` the hat block is `H_gg = Q_g Q_g'`, and every function of `I - H_gg` acts on
//! the columns of `Q_g` as the same function of `I - S_g`, a p x p matrix. No n_g x n_g matrix is ever
//! formed, so a cluster of 10,000 students costs as much per row as one of ten. A fit under an exchangeable working
//! covariance (see [`super::working`]) has its own CR2, in `turned`.

mod adjust;
mod df;
mod turned;
mod wald;

pub use adjust::Adjustment;
use adjust::Leverage;
pub use wald::WaldTest;

use super::ols::FittedOls;
use super::scores::cluster_scores;
use super::{CoefTest, ImpactError};
use crate::num::linalg::{SmallMatrix, dot};
use crate::num::moments;

/// The cluster-robust variance of a fit, ready for any number of contrasts.
#[derive(Debug, Clone)]
pub struct ClusterVariance<'a> {
    fit: &'a FittedOls,
    leverages: Vec<Leverage>,
    /// Sum over clusters of the adjusted scores' outer products, in the basis Q.
    meat: SmallMatrix,
}

/// Standard error and degrees of freedom of one contrast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ContrastError {
    /// Standard error.
    pub se: f64,
    /// Satterthwaite degrees of freedom under the working model: independent, equal errors for least squares.
    pub df: f64,
}

impl<'a> ClusterVariance<'a> {
    /// Prepares the variance of `fit` with the given adjustment.
    ///
    /// # Errors
    /// `TooFewClusters` below two clusters, `NoVariation` when the fit is perfect.
    ///
    /// # References
    /// Bell & McCaffrey (2002), Survey Methodology 28, 169-181. Pustejovsky & Tipton (2018), Journal of
    /// Business & Economic Statistics 36, 672-683, doi 10.1080/07350015.2016.1247004.
    pub fn new(fit: &'a FittedOls, adjustment: Adjustment) -> Result<Self, ImpactError> {
        let clusters = fit.clusters.len();
        if clusters < 2 {
            return Err(ImpactError::TooFewClusters { needed: 2, found: clusters });
        }
        if fit.is_perfect() {
            return Err(ImpactError::NoVariation);
        }
        let p = fit.rank();
        let mut leverages = Vec::with_capacity(clusters);
        let mut meat = SmallMatrix::zeros(p, p);
        for (score, (_, rows)) in cluster_scores(fit).into_iter().zip(fit.clusters.iter()) {
            let (leverage, adjusted) = Leverage::of_cluster(fit, score, rows, adjustment)?;
            meat.add_outer(&adjusted, &adjusted, adjustment.factor(clusters, fit.n(), p));
            leverages.push(leverage);
        }
        Ok(ClusterVariance { fit, leverages, meat })
    }

    /// Standard error and degrees of freedom of `contrast' beta`, one weight per kept column.
    ///
    /// # Errors
    /// `OneClusterDecides` when a single cluster determines the contrast (CR2, CR3, jackknife),
    /// `NoVariation` when the variance is zero, `LengthMismatch` for a contrast of another length.
    pub fn contrast_error(&self, contrast: &[f64]) -> Result<ContrastError, ImpactError> {
        moments::check_same_length(contrast.len(), self.fit.rank())?;
        moments::check_values(contrast, 1)?;
        let u = self.fit.basis.solve_r_transposed(contrast);
        if let Some(leverage) = self.leverages.iter().find(|l| l.decides(&u)) {
            return Err(ImpactError::OneClusterDecides { cluster: leverage.label });
        }
        let variance = dot(&u, &self.meat.times(&u));
        let df = df::satterthwaite(&self.leverages, &u).ok_or(ImpactError::NoVariation)?;
        if variance.is_nan() || variance <= 0.0 {
            return Err(ImpactError::NoVariation);
        }
        Ok(ContrastError { se: variance.sqrt(), df })
    }

    /// Tests `contrast' beta` against zero.
    ///
    /// # Errors
    /// As [`Self::contrast_error`]; `OutOfRange` for alpha.
    pub fn test(&self, contrast: &[f64], alpha: f64) -> Result<CoefTest, ImpactError> {
        let error = self.contrast_error(contrast)?;
        let estimate = dot(contrast, &self.fit.coefficients);
        CoefTest::new(estimate, error.se, error.df, alpha, self.fit.n(), Some(self.fit.clusters.len()))
    }
}

/// Tests one contrast of a fit with a cluster-robust variance and Satterthwaite's t.
///
/// `contrast` has one weight per kept column (see [`FittedOls::contrast`]). For several contrasts of one
/// fit build a [`ClusterVariance`] once.
///
/// # Errors
/// As [`ClusterVariance::new`] and [`ClusterVariance::test`].
pub fn cluster_test(
    fit: &FittedOls,
    contrast: &[f64],
    adjustment: Adjustment,
    alpha: f64,
) -> Result<CoefTest, ImpactError> {
    ClusterVariance::new(fit, adjustment)?.test(contrast, alpha)
}

#[cfg(test)]
mod tests;
