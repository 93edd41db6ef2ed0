//! Difficulty and discrimination of single items.

use super::covariance::ItemCovariance;
use crate::psych::{ItemMatrix, PsychError};

/// Classical statistics of one item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ItemStatistics {
    /// Item, counted from 0.
    pub item: usize,
    /// Persons with a point.
    pub n: usize,
    /// Mean points.
    pub mean: f64,
    /// SD of points, divisor n - 1; `None` below two persons.
    pub sd: Option<f64>,
    /// Mean points as a share of the largest: 1 when everyone has full points.
    pub difficulty: f64,
    /// Correlation with the sum of all items, this one included; `None` when the item or the sum is constant.
    pub item_total: Option<f64>,
    /// Correlation with the sum of the other items; `None` when either is constant.
    pub item_rest: Option<f64>,
}

/// Statistics of every item that has at least one point; items without points are left out.
///
/// ```text
/// item_rest_i = sum_{j != i} c_ij / sqrt(c_ii sum_{j,l != i} c_jl)
/// ```
///
/// Missing points: mean and SD use the persons with the item; correlations come from the pairwise
/// covariance matrix `c` (as `r.drop` of psych::alpha), which with complete data is the plain Pearson
/// correlation with the rest score.
///
/// # Errors
/// `TooFewPersons` without persons.
///
/// # References
/// Crocker & Algina (1986), Introduction to Classical and Modern Test Theory, chapter 14.
pub fn item_statistics(
    matrix: &ItemMatrix,
    covariance: &ItemCovariance,
) -> Result<Vec<ItemStatistics>, PsychError> {
    if matrix.persons() == 0 {
        return Err(PsychError::TooFewPersons { needed: 1, found: 0 });
    }
    let all = &covariance.varying;
    let with_points = (0..matrix.items()).filter(|&item| matrix.answered(item) > 0);
    let one = |item: usize| {
        let n = matrix.answered(item);
        let points: Vec<f64> = matrix.item(item).into_iter().flatten().collect();
        let mean = crate::num::moments::mean(&points)?;
        let rest: Vec<usize> = all.iter().copied().filter(|j| *j != item).collect();
        let variance = covariance.matrix.get(item, item);
        let correlation = |items: &[usize]| {
            let product = variance * covariance.total(items);
            (product > 0.0).then(|| (covariance.with_sum(item, items) / product.sqrt()).clamp(-1.0, 1.0))
        };
        Ok(ItemStatistics {
            item,
            n,
            mean,
            sd: (n > 1).then(|| variance.max(0.0).sqrt()),
            difficulty: mean / matrix.max_points()[item],
            item_total: correlation(all),
            item_rest: correlation(&rest),
        })
    };
    with_points.map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::super::covariance::item_covariance;
    use super::*;
    use crate::num::moments::pearson;

    #[test]
    fn complete_data_give_plain_correlations() {
        let points = vec![1., 0., 2., 1., 1., 3., 0., 0., 1., 1., 1., 2., 0., 1., 0.];
        let m = ItemMatrix::complete(5, 3, points, vec![1.0, 1.0, 3.0]).unwrap();
        let c = item_covariance(&m).unwrap();
        let stats = item_statistics(&m, &c).unwrap();
        for s in &stats {
            let item: Vec<f64> = m.item(s.item).into_iter().flatten().collect();
            let rest: Vec<f64> = m.rest_scores(s.item).into_iter().flatten().collect();
            let total: Vec<f64> = m.total_scores().into_iter().flatten().collect();
            assert!((s.item_rest.unwrap() - pearson(&item, &rest).unwrap()).abs() < 1e-14);
            assert!((s.item_total.unwrap() - pearson(&item, &total).unwrap()).abs() < 1e-14);
        }
        assert!((stats[2].difficulty - 8.0 / 15.0).abs() < 1e-15);
    }

    #[test]
    fn constant_items_have_no_correlation() {
        let m = ItemMatrix::complete(3, 2, vec![1., 0., 1., 1., 1., 0.], vec![1.0; 2]).unwrap();
        let c = item_covariance(&m).unwrap();
        assert_eq!(c.constant, [0]);
        let stats = item_statistics(&m, &c).unwrap();
        assert_eq!((stats[0].item_rest, stats[1].item_rest), (None, None));
        let empty = ItemMatrix::complete(0, 2, vec![], vec![1.0; 2]).unwrap();
        assert!(item_statistics(&empty, &item_covariance(&empty).unwrap()).is_err());
    }
}
