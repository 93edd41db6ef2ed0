//! One group, before and after: the change of school means, and of students with schools as clusters.

use std::collections::BTreeMap;

use super::clusters::ClusterIndex;
use super::ols::{Design, fit_ols};
use super::vcov::{Adjustment, cluster_test};
use super::{CoefTest, ImpactError};
use crate::num::{Interval, NumError, dist, moments};

/// What changed in one cluster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClusterChange {
    /// Cluster index as given.
    pub cluster: usize,
    /// Students before; equal to `n_post` when waves are linked.
    pub n_pre: usize,
    /// Students after.
    pub n_post: usize,
    /// Mean before.
    pub mean_pre: f64,
    /// Mean after.
    pub mean_post: f64,
    /// `mean_post - mean_pre`.
    pub change: f64,
    /// Standard error of the change over this cluster's students; `None` when there are too few or they
    /// do not vary.
    pub se: Option<f64>,
    /// Interval of the change on this cluster's own degrees of freedom.
    pub ci: Option<Interval>,
}

/// Changes of clusters whose students have both waves (`pre`, `post`, `cluster`: one entry per student).
///
/// The standard error is that of the students' differences, s_D / sqrt(n), with n - 1 df.
///
/// # Errors
/// `LengthMismatch`, `TooFew` when empty, `NotFinite`, `OutOfRange` for alpha.
pub fn linked_changes(
    pre: &[f64],
    post: &[f64],
    cluster: &[usize],
    alpha: f64,
) -> Result<Vec<ClusterChange>, ImpactError> {
    moments::check_same_length(pre.len(), post.len())?;
    moments::check_same_length(pre.len(), cluster.len())?;
    moments::check_values(pre, 1)?;
    moments::check_values(post, 1)?;
    let index = ClusterIndex::new(cluster);
    let mut multipliers = Multipliers::new(alpha);
    let one = |(label, rows): (usize, &[usize])| {
        let take = |v: &[f64]| rows.iter().map(|&i| v[i]).collect::<Vec<_>>();
        let (before, after) = (take(pre), take(post));
        let difference: Vec<f64> = before.iter().zip(&after).map(|(a, b)| b - a).collect();
        let n = rows.len() as f64;
        let se = moments::has_variation(&difference).then(|| moments::sd(&difference)).transpose()?;
        let spread = se.map(|s| (s / n.sqrt(), n - 1.0));
        change_of(label, &before, &after, moments::mean(&difference)?, spread, &mut multipliers)
    };
    index.iter().map(one).collect()
}

/// Changes of clusters whose waves hold different (or unlinked) students. Clusters that lack a wave are
/// left out.
///
/// The standard error is sqrt(s0^2/n0 + s1^2/n1) with Welch's degrees of freedom.
///
/// # Errors
/// `TooFewClusters` when no cluster has both waves; else as [`linked_changes`].
pub fn unlinked_changes(
    pre: &[f64],
    pre_cluster: &[usize],
    post: &[f64],
    post_cluster: &[usize],
    alpha: f64,
) -> Result<Vec<ClusterChange>, ImpactError> {
    moments::check_same_length(pre.len(), pre_cluster.len())?;
    moments::check_same_length(post.len(), post_cluster.len())?;
    moments::check_values(pre, 1)?;
    moments::check_values(post, 1)?;
    let (before_index, after_index) = (ClusterIndex::new(pre_cluster), ClusterIndex::new(post_cluster));
    let (mut changes, mut multipliers) = (Vec::new(), Multipliers::new(alpha));
    let mut after = after_index.iter().peekable();
    for (label, rows) in before_index.iter() {
        while after.next_if(|(other, _)| *other < label).is_some() {}
        let Some((_, after_rows)) = after.next_if(|(other, _)| *other == label) else { continue };
        let x: Vec<f64> = rows.iter().map(|&i| pre[i]).collect();
        let y: Vec<f64> = after_rows.iter().map(|&i| post[i]).collect();
        let change = moments::mean(&y)? - moments::mean(&x)?;
        changes.push(change_of(label, &x, &y, change, welch_spread(&x, &y), &mut multipliers)?);
    }
    if changes.is_empty() {
        return Err(ImpactError::TooFewClusters { needed: 1, found: 0 });
    }
    Ok(changes)
}

/// Tests the mean of the cluster changes against zero: every cluster counts the same.
///
/// ```text
/// t = mean(change_j) / (sd(change_j) / sqrt J),   df = J - 1
/// ```
///
/// # Errors
/// `TooFewClusters` below two clusters, `NoVariation` when all changes are equal.
pub fn test_mean_change(changes: &[ClusterChange], alpha: f64) -> Result<CoefTest, ImpactError> {
    let values: Vec<f64> = changes.iter().map(|c| c.change).collect();
    let n = changes.iter().map(|c| c.n_pre.max(c.n_post)).sum();
    test_cluster_values(&values, n, alpha)
}

/// One-sample t of one value per cluster; `n` is the number of students behind the values.
///
/// # Errors
/// As [`test_mean_change`].
pub fn test_cluster_values(values: &[f64], n: usize, alpha: f64) -> Result<CoefTest, ImpactError> {
    let j = values.len();
    if j < 2 {
        return Err(ImpactError::TooFewClusters { needed: 2, found: j });
    }
    let estimate = moments::mean(values)?;
    if !moments::has_variation(values) {
        return Err(ImpactError::NoVariation);
    }
    let se = moments::sd(values)? / (j as f64).sqrt();
    CoefTest::new(estimate, se, (j - 1) as f64, alpha, n, Some(j))
}

/// Tests the mean over students against zero with clusters of any size: every student counts the same.
///
/// Least squares on the intercept alone with CR2 and Satterthwaite's df; equals the t of cluster means
/// when all clusters have the same size.
///
/// # Errors
/// `TooFewClusters` below two clusters, `NoVariation` when all values are equal.
pub fn test_student_mean(values: &[f64], cluster: &[usize], alpha: f64) -> Result<CoefTest, ImpactError> {
    let fit = fit_ols(&Design::new(values, cluster))?;
    cluster_test(&fit, &[1.0], Adjustment::Cr2, alpha)
}

/// Standard error and degrees of freedom, where there are any.
fn welch_spread(x: &[f64], y: &[f64]) -> Option<(f64, f64)> {
    let (n0, n1) = (x.len() as f64, y.len() as f64);
    let (v0, v1) = (moments::variance(x).ok()? / n0, moments::variance(y).ok()? / n1);
    let total = v0 + v1;
    (total > 0.0).then(|| (total.sqrt(), total * total / (v0 * v0 / (n0 - 1.0) + v1 * v1 / (n1 - 1.0))))
}

/// Critical values of t, each searched once: many clusters have the same number of students.
struct Multipliers {
    alpha: f64,
    known: BTreeMap<u64, f64>,
}

impl Multipliers {
    fn new(alpha: f64) -> Self {
        Multipliers { alpha, known: BTreeMap::new() }
    }

    fn at(&mut self, df: f64) -> Result<f64, NumError> {
        if let Some(found) = self.known.get(&df.to_bits()) {
            return Ok(*found);
        }
        let found = dist::t_critical(self.alpha, df)?;
        self.known.insert(df.to_bits(), found);
        Ok(found)
    }
}

fn change_of(
    cluster: usize,
    pre: &[f64],
    post: &[f64],
    change: f64,
    spread: Option<(f64, f64)>,
    multipliers: &mut Multipliers,
) -> Result<ClusterChange, ImpactError> {
    let interval = |(se, df): (f64, f64)| multipliers.at(df).map(|m| Interval::around(change, m * se));
    Ok(ClusterChange {
        cluster,
        n_pre: pre.len(),
        n_post: post.len(),
        mean_pre: moments::mean(pre)?,
        mean_post: moments::mean(post)?,
        change,
        se: spread.map(|(se, _)| se),
        ci: spread.map(interval).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::{SCHOOL_CHANGES, close};

    #[test]
    fn worked_school_changes() {
        let test = test_cluster_values(&SCHOOL_CHANGES, 325, 0.05).unwrap();
        close(test.estimate, 2.153846, 6e-7);
        close(test.se, 0.535247, 6e-7);
        close(test.p, 0.0016872, 6e-8);
        close(test.ci.low, 0.987644, 6e-7);
        close(test.ci.high, 3.320049, 6e-7);
    }

    #[test]
    fn balanced_clusters_make_both_tests_equal() {
        let pre = [1.0, 2.0, 3.0, 4.0, 5.0, 7.0];
        let post = [2.0, 4.0, 3.0, 7.0, 5.0, 8.5];
        let cluster = [5, 5, 9, 9, 2, 2];
        let changes = linked_changes(&pre, &post, &cluster, 0.05).unwrap();
        assert_eq!(changes.iter().map(|c| c.cluster).collect::<Vec<_>>(), [2, 5, 9]);
        let by_school = test_mean_change(&changes, 0.05).unwrap();
        let difference: Vec<f64> = pre.iter().zip(post).map(|(a, b)| b - a).collect();
        let by_student = test_student_mean(&difference, &cluster, 0.05).unwrap();
        close(by_student.se, by_school.se, 1e-14);
        close(by_student.df, by_school.df, 1e-12);
        let apart = unlinked_changes(&pre, &cluster, &post, &cluster, 0.05).unwrap();
        close(apart[1].change, changes[1].change, 1e-14);
    }

    #[test]
    fn named_outcomes() {
        assert!(matches!(test_cluster_values(&[1.0], 3, 0.05), Err(ImpactError::TooFewClusters { .. })));
        assert_eq!(test_cluster_values(&[0.1, 0.1, 0.1], 3, 0.05), Err(ImpactError::NoVariation));
        assert!(linked_changes(&[], &[], &[], 0.05).is_err());
        let lone = linked_changes(&[1.0], &[2.0], &[0], 0.05).unwrap();
        assert_eq!((lone[0].se, lone[0].ci), (None, None));
        assert!(unlinked_changes(&[1.0], &[0], &[1.0], &[1], 0.05).is_err());
        assert!(test_student_mean(&[1.0, 1.0], &[0, 1], 0.05).is_err());
    }
}
