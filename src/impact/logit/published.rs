//! CR2 in the form of Pustejovsky and Tipton, on the scale of the outcome.

use crate::impact::ImpactError;
use crate::impact::ols::FittedOls;
use crate::num::linalg::{SmallMatrix, dot, symmetric_eigen};

/// Eigenvalues below this share of the largest are a direction that the school alone determines.
const OPEN: f64 = 1e-12;

/// One school's part, as it acts on a contrast u in the basis Q.
struct Part {
    /// E'E with E = A'Q.
    spread: SmallMatrix,
    /// Q'E.
    overlap: SmallMatrix,
    /// E'e.
    score: Vec<f64>,
}

/// Variance and degrees of freedom of one contrast.
pub(super) struct PublishedCr2 {
    pub variance: f64,
    pub df: f64,
}

/// CR2 with `A_g = D'(D (I - H) Theta D')^(-1/2) D`, `Theta = D'D` the variances `p (1 - p)` of the outcomes.
///
/// On the working regression (outcome and rows over the root of Theta) the adjustment is
/// `(Theta (I - H) Theta)^(-1/2) Theta`: another root of the same condition than `(I - H)^(-1/2)`, equal to it only
/// when the variances of a school are equal. It has no short form, so each school costs the cube of its students.
///
/// `variances` are Theta, one per row of `working`; `u` is the contrast in the basis.
pub(super) fn published_cr2(
    working: &FittedOls,
    variances: &[f64],
    u: &[f64],
) -> Result<PublishedCr2, ImpactError> {
    let p = u.len();
    let mut outer = SmallMatrix::zeros(p, p);
    let (mut variance, mut trace, mut own, mut mixed) = (0.0, 0.0, 0.0, 0.0);
    for (_, rows) in working.clusters.iter() {
        let part = part(working, variances, rows)?;
        let v = part.overlap.times(u);
        let (a, length) = (dot(u, &part.spread.times(u)), dot(&v, &v));
        variance += dot(u, &part.score).powi(2);
        trace += a - length;
        own += a * a;
        mixed += a * length;
        outer.add_outer(&v, &v, 1.0);
    }
    let squares = outer.squared_norm() - 2.0 * mixed + own;
    if !(variance > 0.0 && trace > 0.0 && squares > 0.0) {
        return Err(ImpactError::NoVariation);
    }
    Ok(PublishedCr2 { variance, df: trace * trace / squares })
}

fn part(working: &FittedOls, variances: &[f64], rows: &[usize]) -> Result<Part, ImpactError> {
    let (n, p) = (rows.len(), working.rank());
    let mut q = SmallMatrix::zeros(n, p);
    let mut own = vec![0.0; p];
    for (i, &row) in rows.iter().enumerate() {
        working.basis.q_row(row, &mut own);
        (0..p).for_each(|j| q.set(i, j, own[j]));
    }
    let theta: Vec<f64> = rows.iter().map(|&row| variances[row]).collect();
    let mut g = SmallMatrix::zeros(n, n);
    for k in 0..n {
        for i in 0..n {
            let hat: f64 = (0..p).map(|j| q.get(i, j) * q.get(k, j)).sum();
            g.set(i, k, theta[i] * (f64::from(u8::from(i == k)) - hat) * theta[k]);
        }
    }
    let eigen = symmetric_eigen(&g)?;
    let largest = eigen.values.last().copied().unwrap_or(0.0);
    // E = Theta G^(-1/2) Q, column by column through the eigenvectors.
    let mut e = SmallMatrix::zeros(n, p);
    for (k, &value) in eigen.values.iter().enumerate().filter(|(_, value)| **value > OPEN * largest) {
        let vector: Vec<f64> = (0..n).map(|i| eigen.vectors.get(i, k)).collect();
        let along: Vec<f64> =
            (0..p).map(|j| (0..n).map(|i| vector[i] * q.get(i, j)).sum::<f64>() / value.sqrt()).collect();
        e.add_outer(&vector, &along, 1.0);
    }
    let (mut spread, mut overlap) = (SmallMatrix::zeros(p, p), SmallMatrix::zeros(p, p));
    let mut score = vec![0.0; p];
    for i in 0..n {
        let turned: Vec<f64> = (0..p).map(|j| theta[i] * e.get(i, j)).collect();
        let original: Vec<f64> = (0..p).map(|j| q.get(i, j)).collect();
        spread.add_outer(&turned, &turned, 1.0);
        overlap.add_outer(&original, &turned, 1.0);
        score.iter_mut().zip(&turned).for_each(|(s, t)| *s += t * working.residuals[rows[i]]);
    }
    Ok(Part { spread, overlap, score })
}
