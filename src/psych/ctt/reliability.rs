//! Cronbach's alpha, the standard error of measurement, and the ends of the scale.

use super::covariance::ItemCovariance;
use crate::num::{Interval, dist};
use crate::psych::{ItemMatrix, PsychError};

/// Internal consistency of a sum score.
#[derive(Debug, Clone, PartialEq)]
pub struct Alpha {
    /// Alpha; KR-20 when all items score 0 or 1.
    pub value: f64,
    /// Feldt's interval.
    pub ci: Interval,
    /// Persons counted for the interval.
    pub n: usize,
    /// Items that vary and count.
    pub items: usize,
    /// Items left out because their points do not vary.
    pub constant: Vec<usize>,
    /// Standard error of measurement S_X sqrt(1 - alpha) in points of the sum; alpha below 0 counts as 0.
    pub sem: f64,
    /// Alpha without each item, in the order of the items that count; empty below three items.
    pub if_dropped: Vec<AlphaWithout>,
}

/// Alpha of the scale without one item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AlphaWithout {
    /// The item left out.
    pub item: usize,
    /// Alpha of the others.
    pub value: f64,
}

/// Cronbach's alpha of the items that vary.
///
/// ```text
/// alpha = k / (k - 1) (1 - sum c_ii / sum c_ij)
/// CI: 1 - (1 - alpha) Fq(1 - a/2; n-1, (n-1)(k-1))  to  1 - (1 - alpha) Fq(a/2; same df)
/// ```
///
/// Missing points: `c` is the pairwise covariance matrix (as psych::alpha) and n counts the persons with
/// at least one answer; the interval is then approximate. With complete data it is exact under the
/// classical model.
///
/// # Errors
/// `TooFewItems` below two items that vary, `NoVariation` when the sum does not vary, `OutOfRange`.
///
/// # References
/// Cronbach (1951), Psychometrika 16, 297-334. Feldt (1965), Psychometrika 30, 357-370.
pub fn alpha(
    matrix: &ItemMatrix,
    covariance: &ItemCovariance,
    level_alpha: f64,
) -> Result<Alpha, PsychError> {
    let items = &covariance.varying;
    let k = items.len();
    if k < 2 {
        return Err(PsychError::TooFewItems { needed: 2, found: k });
    }
    let value = alpha_of(covariance, items).ok_or(PsychError::NoVariation)?;
    let seen = |person: &usize| items.iter().any(|&i| matrix.get(*person, i).is_some());
    let n = (0..matrix.persons()).filter(seen).count();
    let df1 = n as f64 - 1.0;
    let df2 = df1 * (k as f64 - 1.0);
    let bound = |p: f64| dist::f_quantile(p, df1, df2).map(|f| 1.0 - (1.0 - value) * f);
    let ci = Interval { low: bound(1.0 - 0.5 * level_alpha)?, high: bound(0.5 * level_alpha)? };
    let sem = (covariance.total(items) * (1.0 - value.max(0.0)).max(0.0)).sqrt();
    let without = |&left_out: &usize| {
        let rest: Vec<usize> = items.iter().copied().filter(|i| *i != left_out).collect();
        alpha_of(covariance, &rest).map(|value| AlphaWithout { item: left_out, value })
    };
    let if_dropped = if k > 2 { items.iter().filter_map(without).collect() } else { Vec::new() };
    Ok(Alpha { value, ci, n, items: k, constant: covariance.constant.clone(), sem, if_dropped })
}

fn alpha_of(covariance: &ItemCovariance, items: &[usize]) -> Option<f64> {
    let (k, total) = (items.len() as f64, covariance.total(items));
    (items.len() > 1 && total > 0.0).then(|| k / (k - 1.0) * (1.0 - covariance.trace(items) / total))
}

/// Share of persons at the ends of the scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreEnds {
    /// Persons with all items.
    pub n: usize,
    /// Share at 0 points.
    pub floor: f64,
    /// Share at full points.
    pub ceiling: f64,
}

/// Floor and ceiling of the total score, over persons with all items.
///
/// # Errors
/// `TooFewPersons` when nobody has all items.
pub fn score_ends(matrix: &ItemMatrix) -> Result<ScoreEnds, PsychError> {
    let totals: Vec<f64> = matrix.total_scores().into_iter().flatten().collect();
    if totals.is_empty() || matrix.items() == 0 {
        return Err(PsychError::TooFewPersons { needed: 1, found: 0 });
    }
    // Totals are sums of the same few points, so only rounding separates equal ones.
    let slack = 1e-9 * matrix.max_total();
    let share =
        |hit: &dyn Fn(f64) -> bool| totals.iter().filter(|t| hit(**t)).count() as f64 / totals.len() as f64;
    Ok(ScoreEnds {
        n: totals.len(),
        floor: share(&|t| t <= slack),
        ceiling: share(&|t| t >= matrix.max_total() - slack),
    })
}

#[cfg(test)]
mod tests {
    use super::super::covariance::item_covariance;
    use super::*;

    fn binary() -> ItemMatrix {
        let points = vec![1., 1., 0., 1., 1., 1., 0., 0., 0., 1., 0., 0., 1., 1., 1., 0., 1., 0.];
        ItemMatrix::complete(6, 3, points, vec![1.0; 3]).unwrap()
    }

    #[test]
    fn kr20_is_alpha_of_binary_items() {
        let m = binary();
        let found = alpha(&m, &item_covariance(&m).unwrap(), 0.05).unwrap();
        let p: Vec<f64> = (0..3).map(|i| m.item(i).into_iter().flatten().sum::<f64>() / 6.0).collect();
        let totals: Vec<f64> = m.total_scores().into_iter().flatten().collect();
        let variance = crate::num::moments::variance(&totals).unwrap() * 5.0 / 6.0;
        let kr20 = 1.5 * (1.0 - p.iter().map(|p| p * (1.0 - p)).sum::<f64>() / variance);
        assert!((found.value - kr20).abs() < 1e-14);
        assert_eq!((found.n, found.items, found.if_dropped.len()), (6, 3, 3));
        assert!(found.ci.contains(found.value));
    }

    #[test]
    fn ends_of_the_scale() {
        let ends = score_ends(&binary()).unwrap();
        assert_eq!((ends.floor, ends.ceiling), (1.0 / 6.0, 2.0 / 6.0));
        let nobody = ItemMatrix::complete(0, 3, vec![], vec![1.0; 3]).unwrap();
        assert!(score_ends(&nobody).is_err());
    }

    #[test]
    fn named_outcomes() {
        let flat = ItemMatrix::complete(3, 2, vec![1.0; 6], vec![1.0; 2]).unwrap();
        let c = item_covariance(&flat).unwrap();
        assert_eq!(alpha(&flat, &c, 0.05), Err(PsychError::TooFewItems { needed: 2, found: 0 }));
        let opposite = ItemMatrix::complete(3, 2, vec![1., 0., 0., 1., 1., 0.], vec![1.0; 2]).unwrap();
        let c = item_covariance(&opposite).unwrap();
        assert_eq!(alpha(&opposite, &c, 0.05), Err(PsychError::NoVariation));
    }
}
