//! Exact and adjacent agreement of two raters.

use super::ratings::Ratings;
use crate::num::{Interval, NumError, dist};
use crate::psych::PsychError;

/// How often two raters give the same category, or neighbouring ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RawAgreement {
    /// Subjects rated by both.
    pub n: usize,
    /// Share with the same category.
    pub exact: f64,
    /// Wilson interval of `exact`.
    pub exact_ci: Interval,
    /// Share with the same or a neighbouring category.
    pub adjacent: f64,
    /// Wilson interval of `adjacent`.
    pub adjacent_ci: Interval,
    /// Mean value given by the second rater less that of the first: how much milder the second is.
    pub mean_difference: f64,
}

/// Exact and adjacent agreement of raters `first` and `second`, over the subjects rated by both. Neighbouring
/// means next to each other in the list of categories.
///
/// # Errors
/// `TooFewRaters` when a rater does not exist, `TooFewPersons` without a subject rated by both,
/// `OutOfRange` for alpha.
///
/// # References
/// Wilson (1927), Journal of the American Statistical Association 22, 209-212, for the intervals.
pub fn raw_agreement(
    ratings: &Ratings,
    first: usize,
    second: usize,
    alpha: f64,
) -> Result<RawAgreement, PsychError> {
    let last = first.max(second);
    if last >= ratings.raters() {
        return Err(PsychError::TooFewRaters { needed: last + 1, found: ratings.raters() });
    }
    let pairs: Vec<(usize, usize)> =
        (0..ratings.subjects()).filter_map(|s| ratings.get(s, first).zip(ratings.get(s, second))).collect();
    if pairs.is_empty() {
        return Err(PsychError::TooFewPersons { needed: 1, found: 0 });
    }
    let within = |steps: usize| pairs.iter().filter(|(a, b)| a.abs_diff(*b) <= steps).count() as f64;
    let n = pairs.len() as f64;
    let values = ratings.values();
    Ok(RawAgreement {
        n: pairs.len(),
        exact: within(0) / n,
        exact_ci: wilson(within(0) / n, n, alpha)?,
        adjacent: within(1) / n,
        adjacent_ci: wilson(within(1) / n, n, alpha)?,
        mean_difference: pairs.iter().map(|(a, b)| values[*b] - values[*a]).sum::<f64>() / n,
    })
}

fn wilson(share: f64, n: f64, alpha: f64) -> Result<Interval, NumError> {
    let z = dist::t_critical(alpha, f64::INFINITY)?;
    let square = z * z / n;
    let centre = (share + 0.5 * square) / (1.0 + square);
    let reach = z / (1.0 + square) * (share * (1.0 - share) / n + 0.25 * square / n).sqrt();
    Ok(Interval::around(centre, reach).clamped(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_severity() {
        let codes = [0, 0, 1, 2, 2, 0, 1, 1].into_iter().map(Some).collect();
        let ratings = Ratings::new(4, 2, codes, vec![0.0, 1.0, 2.0]).unwrap();
        let found = raw_agreement(&ratings, 0, 1, 0.05).unwrap();
        assert_eq!((found.n, found.exact, found.adjacent, found.mean_difference), (4, 0.5, 0.75, -0.25));
        assert!(found.exact_ci.contains(0.5) && found.adjacent_ci.high < 1.0);
        assert!(raw_agreement(&ratings, 0, 2, 0.05).is_err());
        let none = Ratings::new(1, 2, vec![Some(0), None], vec![0.0]).unwrap();
        assert_eq!(raw_agreement(&none, 0, 1, 0.05), Err(PsychError::TooFewPersons { needed: 1, found: 0 }));
    }
}
