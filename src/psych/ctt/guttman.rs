//! Guttman's lower bounds of reliability.

use super::covariance::ItemCovariance;
use super::split_half::{AllSplits, SplitOptions, all_splits};
use crate::num::cholesky::Cholesky;
use crate::num::rng::Stream;
use crate::psych::PsychError;

/// The lambdas of a sum score; all are lower bounds of its reliability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GuttmanLambdas {
    /// 1 less the share of the item variances.
    pub lambda1: f64,
    /// Uses the size of the covariances; never below lambda 3.
    pub lambda2: f64,
    /// Cronbach's alpha.
    pub lambda3: f64,
    /// Largest split-half coefficient found; in small samples it is too high by chance.
    pub lambda4: f64,
    /// Uses the item with the strongest covariances.
    pub lambda5: f64,
    /// Uses what each item shares with all others; `None` when some items determine another (identical
    /// items), so that the covariance matrix has no inverse.
    pub lambda6: Option<f64>,
}

/// Guttman's lambda 1 to 6 of the items that vary.
///
/// ```text
/// V = sum c_ij
/// l1 = 1 - sum c_ii / V                        l2 = l1 + sqrt(k/(k-1) sum_{i != j} c_ij^2) / V
/// l3 = k/(k-1) l1                              l4 = max over splits of 4 cov(A, B) / V
/// l5 = l1 + 2 sqrt(max_j sum_{i != j} c_ij^2) / V    l6 = 1 - sum 1/(C^-1)_jj / V
/// ```
///
/// Missing points: `c` is the pairwise covariance matrix. The stream serves lambda 4 of long tests only.
///
/// # Errors
/// `TooFewItems` below two items that vary, `NoVariation` when the sum does not vary.
///
/// # References
/// Guttman (1945), Psychometrika 10, 255-282.
pub fn guttman(
    covariance: &ItemCovariance,
    options: &SplitOptions,
    stream: &mut Stream,
) -> Result<GuttmanLambdas, PsychError> {
    let items = &covariance.varying;
    let AllSplits { highest, .. } = all_splits(covariance, options, stream)?;
    let (k, total) = (items.len() as f64, covariance.total(items));
    let lambda1 = 1.0 - covariance.trace(items) / total;
    let squares = |j: usize| -> f64 {
        items.iter().filter(|i| **i != j).map(|&i| covariance.matrix.get(i, j).powi(2)).sum()
    };
    let all: f64 = items.iter().map(|&j| squares(j)).sum();
    let strongest = items.iter().map(|&j| squares(j)).fold(0.0, f64::max);
    let inverse = Cholesky::new(&covariance.part(items)).ok().map(|factor| factor.inverse());
    let unique = inverse.map(|c| (0..items.len()).map(|j| 1.0 / c.get(j, j)).sum::<f64>());
    Ok(GuttmanLambdas {
        lambda1,
        lambda2: lambda1 + (k / (k - 1.0) * all).sqrt() / total,
        lambda3: k / (k - 1.0) * lambda1,
        lambda4: highest,
        lambda5: lambda1 + 2.0 * strongest.sqrt() / total,
        lambda6: unique.map(|unique| 1.0 - unique / total),
    })
}

#[cfg(test)]
mod tests {
    use super::super::covariance::item_covariance;
    use super::*;
    use crate::psych::ItemMatrix;

    #[test]
    fn bounds_keep_their_order() {
        let points = vec![3., 2., 3., 1., 0., 1., 2., 2., 1., 0., 1., 0., 3., 3., 2., 1., 1., 2.];
        let m = ItemMatrix::complete(6, 3, points, vec![3.0; 3]).unwrap();
        let c = item_covariance(&m).unwrap();
        let found = guttman(&c, &SplitOptions::default(), &mut Stream::new(1, "splits")).unwrap();
        assert!(found.lambda1 < found.lambda3 && found.lambda3 <= found.lambda2);
        assert!(found.lambda6.is_some());
        let same = m.select(&[0, 0, 1]);
        let c = item_covariance(&same).unwrap();
        let found = guttman(&c, &SplitOptions::default(), &mut Stream::new(1, "splits")).unwrap();
        assert_eq!(found.lambda6, None);
        let one = item_covariance(&m.select(&[0])).unwrap();
        assert!(guttman(&one, &SplitOptions::default(), &mut Stream::new(1, "splits")).is_err());
    }
}
