//! Kuder-Richardson formulas 20 and 21 of right-wrong items.

use crate::num::moments;
use crate::psych::{ItemMatrix, PsychError};

/// Reliability of a number-right score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KuderRichardson {
    /// Persons with all items.
    pub n: usize,
    /// Items, those without variation included.
    pub items: usize,
    /// KR-20; equals alpha when all items vary.
    pub kr20: f64,
    /// KR-20 with `p (1 - p)` over the variance of divisor n - 1, as spreadsheets and many theses have it: too
    /// high by about 1/n.
    pub kr20_mixed: f64,
    /// KR-21, which takes all items as equally difficult.
    pub kr21: f64,
}

/// KR-20 and KR-21.
///
/// ```text
/// KR-20 = k/(k-1) (1 - sum p (1-p) / v),   v the variance of totals with divisor n (as p (1-p) has)
/// KR-21 = k/(k-1) (1 - M (k - M) / (k s2)),   s2 with divisor n - 1
/// ```
///
/// KR-21 follows the usual software in its divisor, so that in a handful of persons it may exceed KR-20; from
/// one variance it never does.
///
/// Missing points: only persons with all items count.
///
/// # Errors
/// `OutOfRange` for a point that is neither 0 nor 1, `TooFewItems` below two, `TooFewPersons` below two,
/// `NoVariation` when totals do not vary.
///
/// # References
/// Kuder & Richardson (1937), Psychometrika 2, 151-160.
pub fn kuder_richardson(matrix: &ItemMatrix) -> Result<KuderRichardson, PsychError> {
    check_right_wrong(matrix)?;
    let items = matrix.items();
    if items < 2 {
        return Err(PsychError::TooFewItems { needed: 2, found: items });
    }
    let totals = matrix.total_scores();
    let complete: Vec<usize> = (0..matrix.persons()).filter(|&p| totals[p].is_some()).collect();
    let scores: Vec<f64> = totals.into_iter().flatten().collect();
    if scores.len() < 2 {
        return Err(PsychError::TooFewPersons { needed: 2, found: scores.len() });
    }
    let (n, k) = (scores.len() as f64, items as f64);
    let (mean, variance) = (moments::mean(&scores)?, moments::variance(&scores)?);
    if variance <= 0.0 {
        return Err(PsychError::NoVariation);
    }
    let spread = |item: usize| {
        let p = complete.iter().filter_map(|&person| matrix.get(person, item)).sum::<f64>() / n;
        p * (1.0 - p)
    };
    let spreads: f64 = (0..items).map(spread).sum();
    let step_up = k / (k - 1.0);
    Ok(KuderRichardson {
        n: scores.len(),
        items,
        kr20: step_up * (1.0 - spreads / (variance * (n - 1.0) / n)),
        kr20_mixed: step_up * (1.0 - spreads / variance),
        kr21: step_up * (1.0 - mean * (k - mean) / (k * variance)),
    })
}

/// Fails on the first point that is neither 0 nor 1.
pub(super) fn check_right_wrong(matrix: &ItemMatrix) -> Result<(), PsychError> {
    let points = (0..matrix.items()).flat_map(|item| matrix.item(item)).flatten();
    match points.into_iter().find(|v| *v != 0.0 && *v != 1.0) {
        Some(value) => Err(crate::num::NumError::OutOfRange { name: "point", value }.into()),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{alpha, item_covariance};
    use super::*;

    #[test]
    fn kr20_is_alpha() {
        let points = vec![1., 1., 0., 1., 1., 1., 0., 0., 0., 1., 0., 0., 1., 1., 1., 0., 1., 0.];
        let m = ItemMatrix::complete(6, 3, points, vec![1.0; 3]).unwrap();
        let found = kuder_richardson(&m).unwrap();
        let alpha = alpha(&m, &item_covariance(&m).unwrap(), 0.05).unwrap().value;
        assert!((found.kr20 - alpha).abs() < 1e-14);
        let graded = ItemMatrix::complete(2, 2, vec![2., 1., 0., 1.], vec![2.0; 2]).unwrap();
        assert!(kuder_richardson(&graded).is_err());
        let flat = ItemMatrix::complete(2, 2, vec![1.0; 4], vec![1.0; 2]).unwrap();
        assert_eq!(kuder_richardson(&flat), Err(PsychError::NoVariation));
    }
}
