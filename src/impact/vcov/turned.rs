//! CR2 where rows of one cluster are correlated in the working covariance.

use crate::impact::ImpactError;
use crate::impact::ols::FittedOls;
use crate::num::linalg::{OrthogonalBasis, SmallMatrix, dot, symmetric_eigen};

/// One cluster's adjustment under an exchangeable working covariance `Phi_g`.
///
/// With D'D = Phi_g and H the hat matrix of the weighted fit,
///
/// ```text
/// A_g = D' [ D (I - H)_g Phi (I - H)_g' D' ]^(-1/2) D,     so that A_g E(e_g e_g') A_g' = Phi_g
/// ```
///
/// whichever root D is taken. On the turned rows (Q_g, e_g = Phi_g^(-1/2) times the residuals) the bracket is
/// `B_g = Phi_g (I - Q_g Q_g') Phi_g` with D the symmetric root, and the adjusted score is
/// `Q_g' B_g^(-1/2) Phi_g e_g`. In units of the variance within clusters `Phi_g = I + k 11'/n`,
/// `k = n icc / (1 - icc)`: B_g differs from the identity only on the span of 1 and the columns of Q_g, so that with
/// an orthonormal basis E of that span, 1 first, everything is at most p + 1 wide and Phi_g is diagonal.
///
/// # References
/// Pustejovsky & Tipton (2018), Journal of Business & Economic Statistics 36, 672-683, equations 4 to 6.
#[derive(Debug, Clone)]
pub(super) struct Turned {
    /// E'Q_g.
    q: SmallMatrix,
    /// Phi_g B_g^(-1/2) E'Q_g: what a contrast of the basis weighs the residuals with, in E.
    weights: SmallMatrix,
}

impl Turned {
    /// The adjustment of the cluster with these rows and its adjusted score. `alone` directions of the design are
    /// determined by this cluster only; residuals there are rounding and weigh nothing (pseudo-inverse).
    pub fn new(fit: &FittedOls, rows: &[usize], alone: usize) -> Result<(Self, Vec<f64>), ImpactError> {
        let (n, p) = (rows.len(), fit.rank());
        let mut columns = vec![vec![1.0; n]];
        columns.resize(p + 1, vec![0.0; n]);
        let mut row = vec![0.0; p];
        for (place, &i) in rows.iter().enumerate() {
            fit.basis.q_row(i, &mut row);
            columns[1..].iter_mut().zip(&row).for_each(|(column, q)| column[place] = *q);
        }
        let basis = OrthogonalBasis::new(&columns.iter().map(Vec::as_slice).collect::<Vec<_>>())?;
        let m = basis.rank();
        let mut q = SmallMatrix::zeros(m, p);
        for (j, column) in columns[1..].iter().enumerate() {
            basis.project(column).into_iter().enumerate().for_each(|(i, v)| q.set(i, j, v));
        }
        let phi = |i: usize| if i == 0 { 1.0 + n as f64 * fit.icc / (1.0 - fit.icc) } else { 1.0 };
        let mut bracket = SmallMatrix::zeros(m, m);
        for (i, j) in (0..m).flat_map(|i| (0..m).map(move |j| (i, j))) {
            let leverage: f64 = (0..p).map(|k| q.get(i, k) * q.get(j, k)).sum();
            bracket.set(i, j, phi(i) * phi(j) * (f64::from(u8::from(i == j)) - leverage));
        }
        let eigen = symmetric_eigen(&bracket)?;
        let mut root = SmallMatrix::zeros(m, m);
        // Ascending, so that the directions without residuals come first.
        for j in alone.min(m)..m {
            let v: Vec<f64> = (0..m).map(|i| eigen.vectors.get(i, j)).collect();
            root.add_outer(&v, &v, eigen.values[j].max(f64::MIN_POSITIVE).sqrt().recip());
        }
        let mut weights = SmallMatrix::zeros(m, p);
        for j in 0..p {
            let column: Vec<f64> = (0..m).map(|i| q.get(i, j)).collect();
            root.times(&column).into_iter().enumerate().for_each(|(i, v)| weights.set(i, j, phi(i) * v));
        }
        let residuals: Vec<f64> = rows.iter().map(|&i| fit.residuals[i]).collect();
        // What of Q_g the basis left out as dependent lies where B_g is the identity.
        let outside = basis.residuals(&residuals);
        let inside = weights.transposed_times(&basis.project(&residuals));
        let score =
            inside.iter().zip(&columns[1..]).map(|(own, column)| own + dot(column, &outside)).collect();
        Ok((Turned { q, weights }, score))
    }

    /// Weights of the residuals in E for a contrast of the basis.
    pub fn weights(&self, u: &[f64]) -> Vec<f64> {
        self.weights.times(u)
    }

    /// Q_g' t for weights t of the residuals.
    pub fn image(&self, t: &[f64]) -> Vec<f64> {
        self.q.transposed_times(t)
    }
}
