//! What cluster inference needs to know of a fit: each cluster's share of the design and of the residuals.

use super::ols::FittedOls;
use crate::num::linalg::SmallMatrix;

/// One cluster in the orthonormal basis Q of the design.
#[derive(Debug, Clone)]
pub(super) struct ClusterScore {
    /// Cluster index as given.
    pub label: usize,
    /// S_g = Q_g'Q_g.
    pub s: SmallMatrix,
    /// Q_g'e_g.
    pub score: Vec<f64>,
}

/// The scores of all clusters, clusters ascending. One pass over the rows; everything after it is of the
/// size of clusters and coefficients.
pub(super) fn cluster_scores(fit: &FittedOls) -> Vec<ClusterScore> {
    let p = fit.rank();
    let mut q = vec![0.0; p];
    let one = |(label, rows): (usize, &[usize])| {
        let mut s = SmallMatrix::zeros(p, p);
        let mut score = vec![0.0; p];
        for &i in rows {
            fit.basis.q_row(i, &mut q);
            s.add_outer(&q, &q, 1.0);
            score.iter_mut().zip(&q).for_each(|(total, v)| *total += v * fit.residuals[i]);
        }
        ClusterScore { label, s, score }
    };
    fit.clusters.iter().map(one).collect()
}
