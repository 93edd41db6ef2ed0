//! Rows grouped by cluster.

use super::ImpactError;
use crate::num::moments;

/// The rows of each cluster, clusters in ascending order of their index. Indices may have gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterIndex {
    labels: Vec<usize>,
    starts: Vec<usize>,
    rows: Vec<usize>,
}

impl ClusterIndex {
    /// Groups rows by their cluster index, one entry per row.
    pub fn new(cluster: &[usize]) -> Self {
        let rows = in_order(cluster);
        let (mut labels, mut starts) = (Vec::new(), Vec::new());
        for (place, &row) in rows.iter().enumerate() {
            if labels.last() != Some(&cluster[row]) {
                labels.push(cluster[row]);
                starts.push(place);
            }
        }
        starts.push(rows.len());
        ClusterIndex { labels, starts, rows }
    }

    /// Number of clusters with rows.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// True when there are no rows.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Cluster index as given and the rows of each cluster.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &[usize])> {
        self.labels
            .iter()
            .zip(self.starts.windows(2))
            .map(|(&label, ends)| (label, &self.rows[ends[0]..ends[1]]))
    }

    /// Number of rows of each cluster.
    pub fn sizes(&self) -> Vec<usize> {
        self.starts.windows(2).map(|ends| ends[1] - ends[0]).collect()
    }
}

/// Row numbers by ascending cluster; the rows of a cluster stay in file order, so that sums do not depend on how
/// they were grouped. Labels not much larger than the number of rows are counted, which a million rows need;
/// others are sorted.
fn in_order(cluster: &[usize]) -> Vec<usize> {
    let n = cluster.len();
    let largest = cluster.iter().copied().max().unwrap_or(0);
    if largest > n {
        let mut rows: Vec<usize> = (0..n).collect();
        rows.sort_by_key(|&row| cluster[row]);
        return rows;
    }
    let mut next = vec![0; largest + 2];
    cluster.iter().for_each(|&label| next[label + 1] += 1);
    (1..next.len()).for_each(|label| next[label] += next[label - 1]);
    let mut rows = vec![0; n];
    for (row, &label) in cluster.iter().enumerate() {
        rows[next[label]] = row;
        next[label] += 1;
    }
    rows
}

/// Mean of one cluster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClusterMean {
    /// Cluster index as given.
    pub cluster: usize,
    /// Rows of the cluster.
    pub n: usize,
    /// Their mean.
    pub mean: f64,
}

/// The mean of `values` in each cluster, clusters ascending.
///
/// # Errors
/// `LengthMismatch`, `TooFew` when empty, `NotFinite`.
pub fn cluster_means(values: &[f64], cluster: &[usize]) -> Result<Vec<ClusterMean>, ImpactError> {
    moments::check_same_length(values.len(), cluster.len())?;
    moments::check_values(values, 1)?;
    let index = ClusterIndex::new(cluster);
    let means = index.iter().map(|(label, rows)| {
        let total = moments::sum(rows.iter().map(|&row| values[row]));
        ClusterMean { cluster: label, n: rows.len(), mean: total / rows.len() as f64 }
    });
    Ok(means.collect())
}

/// The average size of a student's own cluster, sum n^2 / N: the n of design effects when sizes differ.
/// 0 without rows.
pub fn weighted_size(sizes: &[usize]) -> f64 {
    let total: usize = sizes.iter().sum();
    let squares: f64 = sizes.iter().map(|&n| (n as f64).powi(2)).sum();
    if total == 0 { 0.0 } else { squares / total as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_rows_with_gaps_in_the_labels() {
        let index = ClusterIndex::new(&[7, 2, 7, usize::MAX]);
        let found: Vec<_> = index.iter().map(|(label, rows)| (label, rows.to_vec())).collect();
        assert_eq!(found, [(2, vec![1]), (7, vec![0, 2]), (usize::MAX, vec![3])]);
        assert_eq!(index.sizes(), [1, 2, 1]);
        let counted = ClusterIndex::new(&[3, 0, 3, 1, 0]);
        let found: Vec<_> = counted.iter().map(|(label, rows)| (label, rows.to_vec())).collect();
        assert_eq!(found, [(0, vec![1, 4]), (1, vec![3]), (3, vec![0, 2])]);
        assert!(ClusterIndex::new(&[]).is_empty());
        assert_eq!(ClusterIndex::new(&[]).iter().count(), 0);
        assert_eq!(weighted_size(&[]), 0.0);
    }
}
