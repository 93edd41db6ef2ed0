//! Least squares under a working covariance of students in schools: every pair of one school alike.

use super::ImpactError;
use super::clusters::ClusterIndex;
use super::mixed::{Likelihood, MixedError, RandomTerm, SCHOOL, fit_mixed};
use super::ols::{Design, FittedOls, fit_ols};
use crate::num::{NumError, moments};

/// A generalised least squares fit with an exchangeable working covariance.
#[derive(Debug, Clone)]
pub struct FittedWorking {
    /// Least squares on the transformed rows. It knows its working covariance: cluster-robust variances of it are
    /// those of the generalised fit, with adjustment and degrees of freedom under that covariance.
    pub fit: FittedOls,
    /// Correlation of two rows of one cluster that the transformation assumes.
    pub icc: f64,
}

/// Fits `y = X beta + e` with `Corr(e_i, e_j) = icc` for rows of one cluster.
///
/// ```text
/// y~_ij = y_ij - theta_j mean(y_j),   theta_j = 1 - sqrt( (1 - icc) / (1 + (n_j - 1) icc) )
/// ```
///
/// and the same for every column of X, the intercept included. With `icc` 0 this is least squares; with 1 in the
/// limit the fixed effects of clusters. Clusters of very unequal size weigh by their precision instead of their
/// size, and CR2 with Satterthwaite's degrees of freedom on the result (see [`super::vcov`]) takes the working
/// covariance as its target, `A = D'[D (I - H) Phi (I - H)' D']^(-1/2) D`: the variance is unbiased when the working
/// covariance is right and consistent in clusters when it is not.
///
/// # Errors
/// `OutOfRange` when `icc` is not in 0..1; else as [`fit_ols`].
///
/// # References
/// Fuller & Battese (1973), Journal of the American Statistical Association 68, 626-632 (the transformation).
/// Bell & McCaffrey (2002), Survey Methodology 28, 169-181; Pustejovsky & Tipton (2018), Journal of Business &
/// Economic Statistics 36, 672-683, doi 10.1080/07350015.2016.1247004 (working models).
pub fn fit_exchangeable(design: &Design, icc: f64) -> Result<FittedWorking, ImpactError> {
    if !(0.0..1.0).contains(&icc) {
        return Err(NumError::OutOfRange { name: "icc", value: icc }.into());
    }
    let n = design.y.len();
    moments::check_same_length(design.cluster.len(), n)?;
    moments::check_values(&design.y, 1)?;
    for column in &design.columns {
        moments::check_same_length(column.len(), n)?;
        moments::check_values(column, 1)?;
    }
    let clusters = ClusterIndex::new(&design.cluster);
    let turned = Design {
        names: design.names.clone(),
        columns: design.columns.iter().map(|c| exchangeable_rows(c, &clusters, icc)).collect(),
        y: exchangeable_rows(&design.y, &clusters, icc),
        cluster: design.cluster.clone(),
    };
    let mut fit = fit_ols(&turned)?;
    fit.icc = icc;
    Ok(FittedWorking { fit, icc })
}

/// [`fit_exchangeable`] with the share of the clusters' variance that REML finds for a random intercept; 0 when
/// that variance vanishes, so that an answer is given for every set of clusters.
///
/// # Errors
/// As [`fit_mixed`] and [`fit_exchangeable`].
pub fn fit_random_intercept(design: &Design) -> Result<FittedWorking, MixedError> {
    Ok(fit_exchangeable(design, random_intercept_icc(design)?)?)
}

/// The share of the clusters' variance that REML finds for a random intercept; 0 when that variance vanishes.
///
/// # Errors
/// As [`fit_mixed`].
pub fn random_intercept_icc(design: &Design) -> Result<f64, MixedError> {
    let fit = fit_mixed(design, &[RandomTerm::School], Likelihood::Restricted)?;
    let between = fit.component(SCHOOL).map_or(0.0, |c| c.estimate);
    let total: f64 = fit.components.iter().map(|c| c.estimate).sum();
    Ok(if total > 0.0 { between / total } else { 0.0 })
}

/// A column less theta times its cluster means (see [`fit_exchangeable`]).
pub(super) fn exchangeable_rows(column: &[f64], clusters: &ClusterIndex, icc: f64) -> Vec<f64> {
    let mut values = column.to_vec();
    for (_, rows) in clusters.iter() {
        let n = rows.len() as f64;
        let theta = 1.0 - ((1.0 - icc) / (1.0 + (n - 1.0) * icc)).sqrt();
        let part = theta * moments::sum(rows.iter().map(|&i| column[i])) / n;
        rows.iter().for_each(|&i| values[i] -= part);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::{self, close};
    use crate::impact::vcov::{Adjustment, cluster_test};

    #[test]
    fn coefficients_are_those_of_the_mixed_model() {
        let design = golden::data().design();
        let working = fit_random_intercept(&design).unwrap();
        let mixed = fit_mixed(&design, &[RandomTerm::School], Likelihood::Restricted).unwrap();
        for (a, b) in working.fit.coefficients.iter().zip(&mixed.coefficients) {
            close(*a, *b, 1e-10);
        }
        close(working.icc, 3.6086 / (3.6086 + 1.7267), 1e-4);
        close(working.fit.coefficients[1], 0.9583326, 5e-7);
    }

    /// Without correlation and with single rows the working covariance changes nothing.
    #[test]
    fn no_correlation_is_least_squares() {
        let design = golden::data().design();
        let plain = fit_ols(&design).unwrap();
        let contrast = plain.contrast(&[("t", 1.0)]).unwrap();
        let expected = cluster_test(&plain, &contrast, Adjustment::Cr2, 0.05).unwrap();
        let working = fit_exchangeable(&design, 0.0).unwrap();
        let found = cluster_test(&working.fit, &contrast, Adjustment::Cr2, 0.05).unwrap();
        close(found.se, expected.se, 1e-12);
        close(found.df, expected.df, 1e-10);
        assert!(fit_exchangeable(&design, 1.0).is_err());
        assert!(fit_exchangeable(&design, f64::NAN).is_err());
    }

    /// A contrast between clusters of equal size does not see the transformation at all.
    #[test]
    fn balanced_arms_do_not_depend_on_the_correlation() {
        let g = golden::data();
        let cluster: Vec<usize> = (0..32).map(|i| i / 4).collect();
        let t: Vec<f64> = cluster.iter().map(|c| (c % 2) as f64).collect();
        let design = Design::new(&g.y[..32], &cluster).with("t", &t);
        let test = |icc| {
            let working = fit_exchangeable(&design, icc).unwrap();
            cluster_test(&working.fit, &[0.0, 1.0], Adjustment::Cr2, 0.05).unwrap()
        };
        let (none, much) = (test(0.0), test(0.6));
        close(none.estimate, much.estimate, 1e-12);
        close(none.se, much.se, 1e-12);
        close(none.df, much.df, 1e-9);
    }
}
