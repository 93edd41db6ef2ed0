//! Standard errors of measurement that depend on the score.

use std::ops::Range;

use super::bands::score_bands;
use super::kuder_richardson::{check_right_wrong, kuder_richardson};
use crate::num::moments;
use crate::psych::{ItemMatrix, PsychError};

/// Error of measurement at one number-right score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreSem {
    /// Number right.
    pub score: usize,
    /// Persons with all items and this score.
    pub n: usize,
    /// Lord's binomial standard error: items as a random sample of a pool.
    pub lord: f64,
    /// Lord's, shrunk so that its mean square over persons fits KR-20: items are those of this test. `None`
    /// when KR-20 and KR-21 cannot give the factor (both reliabilities must be below 1).
    pub keats: Option<f64>,
}

/// Conditional standard errors of number-right scores 0 to k.
///
/// ```text
/// lord  = sqrt(x (k - x) / (k - 1))
/// keats = lord sqrt((1 - KR20) / (1 - KR21))
/// ```
///
/// Missing points: only persons with all items count.
///
/// # Errors
/// As [`kuder_richardson`].
///
/// # References
/// Lord (1955), Educational and Psychological Measurement 15, 325-336. Keats (1957), Psychometrika 22, 29-41.
pub fn binomial_sem(matrix: &ItemMatrix) -> Result<Vec<ScoreSem>, PsychError> {
    check_right_wrong(matrix)?;
    let reliability = kuder_richardson(matrix)?;
    let k = matrix.items();
    let factor = (1.0 - reliability.kr20) / (1.0 - reliability.kr21);
    let factor = (factor.is_finite() && factor >= 0.0).then(|| factor.sqrt());
    let totals: Vec<f64> = matrix.total_scores().into_iter().flatten().collect();
    let one = |score: usize| {
        let lord = ((score * (k - score)) as f64 / (k as f64 - 1.0)).sqrt();
        let n = totals.iter().filter(|t| **t == score as f64).count();
        ScoreSem { score, n, lord, keats: factor.map(|f| lord * f) }
    };
    Ok((0..=k).map(one).collect())
}

/// Error of measurement in a band of scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BandSem {
    /// Smallest total in the band.
    pub low: f64,
    /// Largest total in the band.
    pub high: f64,
    /// Persons in the band.
    pub n: usize,
    /// SD of the difference of the halves, which is the standard error of their sum; `None` below two persons.
    pub sem: Option<f64>,
}

/// Conditional standard errors of any points from two halves, in `bands` groups of about equal size.
///
/// ```text
/// SEM(band) = SD of (odd - even) among persons in the band
/// ```
///
/// Rough in small bands, but assumes nothing about the points. Equal totals stay in one band. Missing points:
/// only persons with all items count.
///
/// # Errors
/// `TooFewItems` below two, `TooFewPersons` below two persons with all items, `OutOfRange` without bands.
///
/// # References
/// Thorndike (1951), in Lindquist, Educational Measurement, 560-620.
pub fn halves_sem(matrix: &ItemMatrix, bands: usize) -> Result<Vec<BandSem>, PsychError> {
    if matrix.items() < 2 {
        return Err(PsychError::TooFewItems { needed: 2, found: matrix.items() });
    }
    let half = |person: usize, start: usize| {
        (start..matrix.items()).step_by(2).map(|i| matrix.get(person, i)).sum::<Option<f64>>()
    };
    let halves = (0..matrix.persons()).filter_map(|p| half(p, 0).zip(half(p, 1)));
    let mut persons: Vec<(f64, f64)> = halves.map(|(odd, even)| (odd + even, odd - even)).collect();
    if persons.len() < 2 {
        return Err(PsychError::TooFewPersons { needed: 2, found: persons.len() });
    }
    persons.sort_by(|a, b| a.0.total_cmp(&b.0));
    let band = |place: Range<usize>| {
        let members = &persons[place];
        let differences: Vec<f64> = members.iter().map(|m| m.1).collect();
        BandSem {
            low: members[0].0,
            high: members[members.len() - 1].0,
            n: members.len(),
            sem: moments::sd(&differences).ok(),
        }
    };
    Ok(score_bands(&persons, |person| person.0, bands)?.into_iter().map(band).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix() -> ItemMatrix {
        let points = vec![1., 1., 0., 1., 1., 1., 0., 0., 0., 1., 0., 0., 1., 1., 1., 0., 1., 0.];
        ItemMatrix::complete(6, 3, points, vec![1.0; 3]).unwrap()
    }

    #[test]
    fn keats_gives_back_the_test_wide_error() {
        let found = binomial_sem(&matrix()).unwrap();
        assert_eq!((found[0].lord, found[3].lord, found.iter().map(|s| s.n).sum::<usize>()), (0.0, 0.0, 6));
        assert!((found[1].lord - 1.0).abs() < 1e-15);
        // Mean square of Lord's error over persons is s2 (1 - KR21) with divisor n.
        // Mean square of Lord's error over persons is s2 (1 - KR21) with divisor n.
        let totals: Vec<f64> = matrix().total_scores().into_iter().flatten().collect();
        let square = |keats: bool| {
            let of = |s: &ScoreSem| if keats { s.keats.unwrap() } else { s.lord };
            found.iter().map(|s| s.n as f64 * of(s).powi(2)).sum::<f64>() / 6.0
        };
        let kr = kuder_richardson(&matrix()).unwrap();
        let mean = moments::mean(&totals).unwrap();
        let exact = totals.iter().map(|t| t * (3.0 - t) / 2.0).sum::<f64>() / 6.0;
        assert!((square(false) - exact).abs() < 1e-14 && mean > 0.0);
        assert!((square(true) / square(false) - (1.0 - kr.kr20) / (1.0 - kr.kr21)).abs() < 1e-14);
    }

    #[test]
    fn bands_keep_ties_together() {
        let found = halves_sem(&matrix(), 3).unwrap();
        assert_eq!(found.iter().map(|b| b.n).sum::<usize>(), 6);
        assert!(found.windows(2).all(|w| w[0].high < w[1].low));
        assert_eq!(halves_sem(&matrix(), 1).unwrap().len(), 1);
        assert!(halves_sem(&matrix(), 0).is_err());
        assert!(halves_sem(&matrix().select(&[0]), 2).is_err());
        assert!(halves_sem(&ItemMatrix::complete(1, 2, vec![1.0; 2], vec![1.0; 2]).unwrap(), 2).is_err());
    }
}
