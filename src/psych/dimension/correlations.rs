//! Inter-item correlations.

use crate::num::linalg::SmallMatrix;
use crate::num::moments;
use crate::psych::PsychError;
use crate::psych::ctt::ItemCovariance;

/// Correlations of the items that vary.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemCorrelations {
    /// Items in the order of the matrix.
    pub items: Vec<usize>,
    /// Pearson correlations.
    pub matrix: SmallMatrix,
    /// Mean over pairs; .15 to .50 is usual for a scale (Clark & Watson 1995).
    pub mean: f64,
    /// Median over pairs.
    pub median: f64,
    /// Smallest over pairs.
    pub lowest: f64,
    /// Largest over pairs; near 1 means that two items ask the same.
    pub highest: f64,
}

/// Pearson correlations from the pairwise covariance matrix: `c_ij / sqrt(c_ii c_jj)`.
///
/// Missing points: as in the covariance matrix, with the variances over all answers to an item, so that an entry
/// may leave -1..1 when few persons have both items; it is then cut. Items without variation are left out.
///
/// # Errors
/// `TooFewItems` below two items that vary.
pub fn item_correlations(covariance: &ItemCovariance) -> Result<ItemCorrelations, PsychError> {
    let items = covariance.varying.clone();
    let k = items.len();
    if k < 2 {
        return Err(PsychError::TooFewItems { needed: 2, found: k });
    }
    let mut matrix = SmallMatrix::identity(k);
    let mut pairs = Vec::with_capacity(k * (k - 1) / 2);
    for a in 0..k {
        for b in 0..a {
            let (i, j) = (items[a], items[b]);
            let scale = (covariance.matrix.get(i, i) * covariance.matrix.get(j, j)).sqrt();
            let r = (covariance.matrix.get(i, j) / scale).clamp(-1.0, 1.0);
            matrix.set(a, b, r);
            matrix.set(b, a, r);
            pairs.push(r);
        }
    }
    Ok(ItemCorrelations {
        items,
        matrix,
        mean: moments::mean(&pairs)?,
        median: moments::quantile(&pairs, 0.5)?,
        lowest: pairs.iter().copied().fold(f64::INFINITY, f64::min),
        highest: pairs.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::psych::{ItemMatrix, ctt};

    #[test]
    fn identical_and_constant_items() {
        let points = vec![1., 1., 1., 0., 0., 0., 1., 1., 1., 1., 0., 1., 0., 0., 1., 1.];
        let m = ItemMatrix::complete(4, 4, points, vec![1.0; 4]).unwrap();
        let c = ctt::item_covariance(&m).unwrap();
        let found = item_correlations(&c).unwrap();
        assert!(found.highest <= 1.0 && found.items.len() >= 2);
        let one = m.select(&[0]);
        assert!(item_correlations(&ctt::item_covariance(&one).unwrap()).is_err());
    }
}
