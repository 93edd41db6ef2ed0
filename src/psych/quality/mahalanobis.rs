//! Answers far from everybody else's pattern.

use crate::num::cholesky::Cholesky;
use crate::num::linalg::dot;
use crate::num::{dist, moments};
use crate::psych::{ItemMatrix, PsychError, ctt};

/// Distance of one person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mahalanobis {
    /// Squared distance from the mean pattern.
    pub d2: f64,
    /// Items it is taken over: those the person answered and that vary.
    pub items: usize,
    /// Probability of a larger distance under normality (chi-square with `items` df).
    pub p: f64,
}

/// Distances of all persons.
#[derive(Debug, Clone, PartialEq)]
pub struct MahalanobisTable {
    /// One entry per person; `None` for a person without answers.
    pub persons: Vec<Option<Mahalanobis>>,
    /// Items left out because they do not vary.
    pub constant: Vec<usize>,
}

/// Squared Mahalanobis distance of each person from the mean of all.
///
/// ```text
/// D2 = (x - m)' S^-1 (x - m),   S the covariance matrix of the items (divisor n - 1)
/// ```
///
/// Missing answers: means and covariances are pairwise, and a person's distance is over the items answered,
/// with the matching part of S. The chi-square reference is rough for answers in few categories: the usual
/// cut at .999 is meant as a screen.
///
/// # Errors
/// `TooFewPersons` without enough common answers, `TooFewItems` when nothing varies, `NoVariation` when some
/// items determine others (identical items), so that S has no inverse.
///
/// # References
/// Meade & Craig (2012), Psychological Methods 17, 437-455.
pub fn mahalanobis(matrix: &ItemMatrix) -> Result<MahalanobisTable, PsychError> {
    let covariance = ctt::item_covariance(matrix)?;
    let varying = &covariance.varying;
    if varying.is_empty() {
        return Err(PsychError::TooFewItems { needed: 1, found: 0 });
    }
    let mean = |&item: &usize| {
        let answers: Vec<f64> = matrix.item(item).into_iter().flatten().collect();
        moments::mean(&answers)
    };
    let means: Vec<f64> = varying.iter().map(mean).collect::<Result<_, _>>()?;
    let factor = |places: &[usize]| {
        let items: Vec<usize> = places.iter().map(|&p| varying[p]).collect();
        Cholesky::new(&covariance.part(&items)).map_err(|_| PsychError::NoVariation)
    };
    let all: Vec<usize> = (0..varying.len()).collect();
    let full = factor(&all)?;
    let one = |person: usize| {
        let answers: Vec<Option<f64>> = varying.iter().map(|&item| matrix.get(person, item)).collect();
        let places: Vec<usize> = all.iter().copied().filter(|&p| answers[p].is_some()).collect();
        if places.is_empty() {
            return Ok(None);
        }
        let deviation: Vec<f64> =
            places.iter().filter_map(|&p| answers[p].map(|answer| answer - means[p])).collect();
        let solved = if places.len() == all.len() {
            full.solve(&deviation)
        } else {
            factor(&places)?.solve(&deviation)
        };
        let d2 = dot(&deviation, &solved).max(0.0);
        let p = dist::chi2_sf(d2, places.len() as f64)?;
        Ok(Some(Mahalanobis { d2, items: places.len(), p }))
    };
    let persons = (0..matrix.persons()).map(one).collect::<Result<_, PsychError>>()?;
    Ok(MahalanobisTable { persons, constant: covariance.constant.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_add_up() {
        let points = vec![1., 2., 2., 4., 3., 3., 4., 1., 5., 5., 3., 1.];
        let m = ItemMatrix::complete(6, 2, points, vec![5.0; 2]).unwrap();
        let found = mahalanobis(&m).unwrap();
        let sum: f64 = found.persons.iter().flatten().map(|p| p.d2).sum();
        // The distances of n persons on k items add up to k (n - 1).
        assert!((sum - 10.0).abs() < 1e-12);
        let same = ItemMatrix::complete(3, 2, vec![1., 1., 2., 2., 5., 5.], vec![5.0; 2]).unwrap();
        assert_eq!(mahalanobis(&same), Err(PsychError::NoVariation));
        let one = ItemMatrix::complete(1, 2, vec![1., 2.], vec![5.0; 2]).unwrap();
        assert!(mahalanobis(&one).is_err());
    }

    #[test]
    fn missing_answers() {
        let points = vec![1., 2., 2., 4., 3., 3., 4., 1., 5., 5., 3., 1.];
        let missing = (0..12).map(|i| i == 0 || i > 9).collect();
        let m = ItemMatrix::new(6, 2, points, missing, vec![5.0; 2]).unwrap();
        let found = mahalanobis(&m).unwrap().persons;
        assert_eq!((found[0].unwrap().items, found[1].unwrap().items, found[5]), (1, 2, None));
    }
}
