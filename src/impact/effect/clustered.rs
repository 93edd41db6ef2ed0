//! One group in schools: effect sizes whose intervals respect clusters.

use super::{EffectSize, PairedSummary, Standardizer, scaled_effect};
use crate::impact::clusters::weighted_size;
use crate::impact::{Arm, CoefTest, ImpactError};
use crate::num::{NumError, moments};

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

impl ClusteredSd {
    /// An SD that needs no repair, on `df` degrees of freedom.
    pub fn plain(df: f64) -> Self {
        ClusteredSd { factor: 1.0, df }
    }
}

/// Factor and degrees of freedom of the SD of students pooled over arms, exactly for any sizes; `counts[arm][school]`
/// are the students, 0 where a school has none in an arm.
///
/// ```text
/// factor^2 = 1 - rho (N - k - B) / (N - k),   h = ((N-k) - rho (N-k-B))^2 / ((N-k)(1-rho)^2 + A rho^2 + 2 B rho (1-rho))
/// B = N - sum over arms and schools of n_aj^2 / N_a
/// A = sum_j n_j^2 - 2 sum_aj n_j n_aj^2 / N_a + sum_ab (sum_j n_aj n_bj)^2 / (N_a N_b)
/// ```
///
/// A and B are the traces of (Z'MZ)^2 and of Z'MZ, with Z the schools and M what takes the means of the k arms out,
/// so that E(S^2) = ((1 - rho) + rho B / (N - k)) and Var(S^2) = 2 E(S^2)^2 / h in units of the total variance. With
/// schools in one arm each they are Hedges' A and B for unequal sizes, and with equal sizes the result is that of
/// [`clustered_sd`]. A negative `icc` counts as 0.
///
/// # Errors
/// `OutOfRange` for an `icc` above 1 or NaN, `ArmTooSmall` for an arm without students (the programme is the first),
/// `TooFewClusters` when schools do not exceed arms, `LengthMismatch`, `NoVariation`.
///
/// # References
/// Hedges (2007), Journal of Educational and Behavioral Statistics 32, 341-370, section on unequal cluster sizes.
pub fn clustered_sd_of_arms(counts: &[Vec<usize>], icc: f64) -> Result<ClusteredSd, ImpactError> {
    let schools = counts.first().map_or(0, Vec::len);
    for arm in counts {
        moments::check_same_length(arm.len(), schools)?;
    }
    let of_school: Vec<f64> =
        (0..schools).map(|school| counts.iter().map(|arm| arm[school] as f64).sum()).collect();
    let found = of_school.iter().filter(|n| **n > 0.0).count();
    if found <= counts.len() {
        return Err(ImpactError::TooFewClusters { needed: counts.len() + 1, found });
    }
    if icc.is_nan() || icc > 1.0 {
        return Err(NumError::OutOfRange { name: "icc", value: icc }.into());
    }
    let sizes: Vec<f64> = counts.iter().map(|arm| arm.iter().sum::<usize>() as f64).collect();
    if let Some(empty) = sizes.iter().position(|n| *n == 0.0) {
        let arm = if empty == 0 { Arm::Program } else { Arm::Comparison };
        return Err(ImpactError::ArmTooSmall { arm, needed: 1, found: 0 });
    }
    let (k, rho, total) = (counts.len() as f64, icc.max(0.0), sizes.iter().sum::<f64>());
    let together = |one: &[usize], other: &[usize]| -> f64 {
        one.iter().zip(other).map(|(a, b)| *a as f64 * *b as f64).sum()
    };
    let mut spread = of_school.iter().map(|n| n * n).sum::<f64>();
    let mut open = total;
    for (arm, n) in counts.iter().zip(&sizes) {
        open -= together(arm, arm) / n;
        let cubes: f64 = arm.iter().zip(&of_school).map(|(own, all)| all * (*own as f64).powi(2)).sum();
        spread -= 2.0 * cubes / n;
        let crossed = counts.iter().zip(&sizes).map(|(other, m)| together(arm, other).powi(2) / (n * m));
        spread += crossed.sum::<f64>();
    }
    let free = (total - k) - rho * (total - k - open);
    let spread = (total - k) * (1.0 - rho).powi(2) + spread * rho * rho + 2.0 * open * rho * (1.0 - rho);
    if !(free > 0.0 && spread > 0.0 && total > k) {
        return Err(ImpactError::NoVariation);
    }
    Ok(ClusteredSd { factor: (free / (total - k)).sqrt(), df: free * free / spread })
}

/// Becker's g with a cluster-robust interval: the change in pre SDs.
///
/// ```text
/// g = factor D / S0,   Var = (factor SE_cluster(D) / S0)^2 + g^2 / (2 h),   CI = g -/+ t(J - 1) sqrt(Var)
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
    let clusters = change.clusters.unwrap_or(0);
    if clusters < 2 {
        return Err(ImpactError::TooFewClusters { needed: 2, found: clusters });
    }
    let on_schools = CoefTest { df: (clusters - 1) as f64, ..*change };
    scaled_effect(&on_schools, &Standardizer::all_students(standardizer, sd), alpha)
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
    fn arms_of_equal_schools_are_the_balanced_formula() {
        let (mut program, mut comparison) = (vec![25; 6], vec![0; 6]);
        program.extend([0; 7]);
        comparison.extend([25; 7]);
        let exact = clustered_sd_of_arms(&[program.clone(), comparison], 0.2).unwrap();
        let balanced = clustered_sd(&[25; 13], 0.2, 2).unwrap();
        close(exact.factor, balanced.factor, 1e-14);
        close(exact.df, balanced.df, 1e-12);
        // One group of unequal schools: the same factor, and the exact spread.
        let one = clustered_sd_of_arms(&[vec![10, 30, 20, 5]], 0.3).unwrap();
        close(one.factor, clustered_sd(&[10, 30, 20, 5], 0.3, 1).unwrap().factor, 1e-14);
        // Without likeness every student counts.
        close(clustered_sd_of_arms(&[vec![4, 6, 5], vec![5, 5, 3]], 0.0).unwrap().df, 26.0, 1e-12);
        assert!(clustered_sd_of_arms(&[program.clone(), vec![0; 13]], 0.2).is_err());
        assert!(clustered_sd_of_arms(&[vec![5, 0], vec![0, 5]], 0.2).is_err());
        assert!(clustered_sd_of_arms(&[program, vec![1]], 0.2).is_err());
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
