//! Correlations of the normal variable thought to lie behind an item's points with the score.

use super::item::ItemStatistics;
use crate::num::dist;
use crate::psych::ItemMatrix;

/// Biserial (for several points polyserial) correlations of one item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Biserial {
    /// Item, counted from 0.
    pub item: usize,
    /// With the sum of all items; may exceed 1 when scores are far from normal.
    pub total: Option<f64>,
    /// With the sum of the other items.
    pub rest: Option<f64>,
}

/// Biserial correlations from the product-moment ones.
///
/// ```text
/// r_bis = r s / sum_c phi(t_c) (x_(c+1) - x_c),   t_c = Phi^-1(share at or below x_c)
/// ```
///
/// with the points `x_c` that occur and `s` their SD (divisor n): for right-wrong items `r sqrt(pq) / phi`. Two
/// steps, no likelihood. Missing points: shares and SD over the persons with the item. `None` where the
/// correlation itself is.
///
/// # References
/// Olsson, Drasgow & Dorans (1982), Psychometrika 47, 337-347.
pub fn biserial(matrix: &ItemMatrix, statistics: &[ItemStatistics]) -> Vec<Biserial> {
    let one = |found: &ItemStatistics| {
        let mut points: Vec<f64> = matrix.item(found.item).into_iter().flatten().collect();
        points.sort_by(f64::total_cmp);
        let n = points.len() as f64;
        let mut ordinates = 0.0;
        for below in 1..points.len() {
            let gap = points[below] - points[below - 1];
            if gap > 0.0 {
                // A share strictly between 0 and 1 always has a quantile.
                ordinates += gap * dist::normal_quantile(below as f64 / n).map_or(0.0, normal_density);
            }
        }
        let sd = found.sd.unwrap_or(0.0) * ((n - 1.0) / n).sqrt();
        let step = |r: f64| (ordinates > 0.0).then(|| r * sd / ordinates);
        Biserial {
            item: found.item,
            total: found.item_total.and_then(step),
            rest: found.item_rest.and_then(step),
        }
    };
    statistics.iter().map(one).collect()
}

fn normal_density(z: f64) -> f64 {
    (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

#[cfg(test)]
mod tests {
    use super::super::{item_covariance, item_statistics};
    use super::*;

    #[test]
    fn half_right_steps_up_by_a_known_factor() {
        let points = vec![1., 1., 0., 1., 1., 1., 0., 0., 1., 0., 0., 0., 1., 0., 1., 0., 1., 0.];
        let m = ItemMatrix::complete(6, 3, points, vec![1.0; 3]).unwrap();
        let statistics = item_statistics(&m, &item_covariance(&m).unwrap()).unwrap();
        let found = biserial(&m, &statistics);
        // At p = 1/2 the factor is sqrt(pi / 2).
        let expected = statistics[0].item_rest.unwrap() * (std::f64::consts::PI / 2.0).sqrt();
        assert!((found[0].rest.unwrap() - expected).abs() < 1e-14);
        let flat = ItemMatrix::complete(3, 2, vec![1., 0., 1., 1., 1., 0.], vec![1.0; 2]).unwrap();
        let statistics = item_statistics(&flat, &item_covariance(&flat).unwrap()).unwrap();
        assert_eq!(biserial(&flat, &statistics)[0].total, None);
    }
}
