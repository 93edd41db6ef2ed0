//! One group in schools: effect sizes whose intervals respect clusters.

use super::{EffectInterval, EffectSize, PairedSummary, check_sd};
use crate::impact::clusters::weighted_size;
use crate::impact::{CoefTest, ImpactError};
use crate::num::{Interval, NumError, dist};

/// What clustering does to a standard deviation that ignored it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClusteredSd {
    /// Multiplies an effect that was divided by the raw SD: sqrt(1 - k (n - 1) rho / (N - k)).
    pub factor: f64,
    /// Effective degrees of freedom h of the squared SD.
    pub df: f64,
}

/// Factor and degrees of freedom of the total SD of students in clusters, over `groups` = k arms.
///
/// ```text
/// factor^2 = 1 - k (n-1) rho / (N-k)
/// h = ((N-k) - k (n-1) rho)^2 / ((N-k)(1-rho)^2 + n (N - k n) rho^2 + 2 (N - k n) rho (1-rho))
/// ```
///
/// `sizes` are the students of each cluster (all arms), n is sum n_j^2 / N. A negative `icc` counts as 0.
/// k = 1 is one group, k = 2 is the correction of the What Works Clearinghouse for two arms.
///
/// # Errors
/// `OutOfRange` for an `icc` above 1 or NaN, `TooFewClusters` when clusters do not exceed groups.
///
/// # References
/// Hedges (2007), Journal of Educational and Behavioral Statistics 32, 341-370.
pub fn clustered_sd(sizes: &[usize], icc: f64, groups: usize) -> Result<ClusteredSd, ImpactError> {
    let clusters = sizes.iter().filter(|n| **n > 0).count();
    if clusters <= groups || groups == 0 {
        return Err(ImpactError::TooFewClusters { needed: groups.max(1) + 1, found: clusters });
    }
    if icc.is_nan() || icc > 1.0 {
        return Err(NumError::OutOfRange { name: "icc", value: icc }.into());
    }
    let (k, rho, n) = (groups as f64, icc.max(0.0), weighted_size(sizes));
    let total = sizes.iter().sum::<usize>() as f64;
    let free = (total - k) - k * (n - 1.0) * rho;
    let open = total - k * n;
    let spread = (total - k) * (1.0 - rho).powi(2) + n * open * rho.powi(2) + 2.0 * open * rho * (1.0 - rho);
    if !(free > 0.0 && spread > 0.0) {
        return Err(ImpactError::NoVariation);
    }
    Ok(ClusteredSd { factor: (free / (total - k)).sqrt(), df: free * free / spread })
}

/// Becker's g with a cluster-robust interval: the change in pre SDs.
///
/// ```text
/// g = D / S0 * factor,   Var = (SE_cluster(D) / S0)^2 + g^2 / (2 h),   CI = g -/+ t(J - 1) sqrt(Var)
/// ```
///
/// `change` is the clustered test of the mean change (its estimate is D, so that a change of school means
/// gives g of the average school), `sd` comes from [`clustered_sd`] with one group and the ICC at pretest.
///
/// # Errors
/// `NoVariation` for a constant pretest, `TooFewClusters` below two clusters, `OutOfRange` for alpha.
pub fn clustered_becker_g(
    change: &CoefTest,
    summary: &PairedSummary,
    sd: ClusteredSd,
    alpha: f64,
) -> Result<EffectSize, ImpactError> {
    standardized_change(change, summary.sd_pre, sd, alpha)
}

/// d_av with a cluster-robust interval: as [`clustered_becker_g`], divided by the average SD of the waves.
///
/// The degrees of freedom of the pre SD are used for the average SD, which has at least as many.
///
/// # Errors
/// As [`clustered_becker_g`].
pub fn clustered_d_av(
    change: &CoefTest,
    summary: &PairedSummary,
    sd: ClusteredSd,
    alpha: f64,
) -> Result<EffectSize, ImpactError> {
    standardized_change(change, summary.sd_average(), sd, alpha)
}

fn standardized_change(
    change: &CoefTest,
    standardizer: f64,
    sd: ClusteredSd,
    alpha: f64,
) -> Result<EffectSize, ImpactError> {
    check_sd(standardizer)?;
    let clusters = change.clusters.unwrap_or(0);
    if clusters < 2 {
        return Err(ImpactError::TooFewClusters { needed: 2, found: clusters });
    }
    let value = change.estimate / standardizer * sd.factor;
    let se = ((change.se / standardizer).powi(2) + value * value / (2.0 * sd.df)).sqrt();
    let df = (clusters - 1) as f64;
    let ci = Interval::around(value, dist::t_critical(alpha, df)? * se);
    Ok(EffectSize { value, se, ci, method: EffectInterval::ClusterRobust { df, sd_df: sd.df }, standardizer })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::close;

    #[test]
    fn worked_degrees_of_freedom() {
        let thirteen = [25usize; 13];
        close(clustered_sd(&thirteen, 0.2, 1).unwrap().df, 168.87, 6e-3);
        close(clustered_sd(&thirteen, 0.2, 2).unwrap().df, 172.400, 6e-4);
        close(clustered_sd(&thirteen, 0.2, 2).unwrap().factor, 0.98503, 6e-6);
        close(clustered_sd(&[5; 20], 0.1, 2).unwrap().df, 94.403, 6e-4);
        let independent = clustered_sd(&[1; 50], 0.0, 1).unwrap();
        close(independent.df, 49.0, 1e-12);
        assert_eq!(clustered_sd(&thirteen, -0.1, 1).unwrap().factor, 1.0);
        assert!(clustered_sd(&[25], 0.2, 1).is_err());
        assert!(clustered_sd(&[], 0.2, 1).is_err());
        assert!(clustered_sd(&thirteen, f64::NAN, 1).is_err());
    }

    #[test]
    fn interval_is_wider_than_for_independent_students() {
        use super::super::paired::{becker_g, tests::GOLDEN};
        let change = CoefTest::new(6.0, 2.0, 12.0, 0.05, 200, Some(13)).unwrap();
        let sd = clustered_sd(&[15; 13], 0.2, 1).unwrap();
        let clustered = clustered_becker_g(&change, &GOLDEN, sd, 0.05).unwrap();
        let plain = becker_g(&GOLDEN, 0.05).unwrap();
        assert!(clustered.ci.low < plain.ci.low && clustered.ci.high > plain.ci.high);
        let none = CoefTest { clusters: None, ..change };
        assert!(clustered_d_av(&none, &GOLDEN, sd, 0.05).is_err());
    }
}
