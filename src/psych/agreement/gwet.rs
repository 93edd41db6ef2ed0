//! Gwet's AC1 and AC2, which keep their meaning when nearly all subjects fall into one category.

use super::linearised::{Chance, linearised};
use super::{AgreementOutcome, Ratings, Weighting};
use crate::psych::PsychError;

/// Gwet's coefficient.
#[derive(Debug, Clone, PartialEq)]
pub struct GwetAgreement {
    /// Subjects with at least one rating.
    pub n: usize,
    /// Subjects with at least two ratings.
    pub double: usize,
    /// Weighted share of agreement.
    pub observed: f64,
    /// Weighted share of agreement by chance.
    pub expected: f64,
    /// The coefficient with a t interval (n - 1 df).
    pub outcome: AgreementOutcome,
}

/// Gwet's AC1 (`Weighting::Identity`) or AC2 (other weights) of two or more raters.
///
/// ```text
/// AC = (pa - pe) / (1 - pe),   pe = T / (q (q - 1)) sum_k pi_k (1 - pi_k),   T = sum of weights
/// ```
///
/// Categories that nobody used count in `q`: pass the categories of the rubric, not those observed. Missing
/// ratings: a subject with one rating informs the category shares only. The variance is over subjects; the
/// raters are taken as they are.
///
/// # Errors
/// `TooFewRaters` below two, `TooFewPersons` below two subjects rated twice, `OutOfRange` for alpha.
///
/// # References
/// Gwet (2008), British Journal of Mathematical and Statistical Psychology 61, 29-48
/// (doi 10.1348/000711006X126600).
pub fn gwet_ac(ratings: &Ratings, weighting: Weighting, alpha: f64) -> Result<GwetAgreement, PsychError> {
    let found = linearised(ratings, weighting, Chance::Gwet, alpha)?;
    Ok(GwetAgreement {
        n: found.n,
        double: found.double,
        observed: found.observed,
        expected: found.expected,
        outcome: found.outcome,
    })
}

#[cfg(test)]
mod tests {
    use super::super::krippendorff::tests::four_raters;
    use super::*;

    #[test]
    fn high_agreement_in_one_category() {
        // Gwet (2008): 118 both plus, 5 and 2 split, none both minus: kappa -.023, AC1 .941.
        let codes = [(118, 0, 0), (5, 0, 1), (2, 1, 0)]
            .into_iter()
            .flat_map(|(n, a, b)| std::iter::repeat_n([Some(a), Some(b)], n).flatten())
            .collect();
        let ratings = Ratings::new(125, 2, codes, vec![0.0, 1.0]).unwrap();
        let found = gwet_ac(&ratings, Weighting::Identity, 0.05).unwrap();
        assert!((found.outcome.value().unwrap() - 0.940_776).abs() < 5e-7);
        let kappa = super::super::cohen_kappa(&ratings, 0, 1, Weighting::Identity, 0.05).unwrap();
        assert!((kappa.outcome.value().unwrap() + 0.023_392).abs() < 5e-7);
    }

    #[test]
    fn missing_ratings() {
        // Gwet (2014), four raters and twelve units: AC1 .77544, SE .14295.
        let found = gwet_ac(&four_raters(), Weighting::Identity, 0.05).unwrap();
        let estimate = found.outcome.estimate().unwrap();
        assert!((estimate.value - 0.775_44).abs() < 5e-6, "{estimate:?}");
        assert!((estimate.se - 0.142_95).abs() < 5e-6, "{estimate:?}");
        assert_eq!((found.n, found.double, estimate.ci.high), (12, 11, 1.0));
    }

    #[test]
    fn named_outcomes() {
        let same = Ratings::new(3, 2, vec![Some(0); 6], vec![0.0, 1.0]).unwrap();
        assert_eq!(gwet_ac(&same, Weighting::Identity, 0.05).unwrap().outcome, AgreementOutcome::NoVariation);
        let perfect: Vec<_> = [0, 0, 1, 1].into_iter().map(Some).collect();
        let perfect = Ratings::new(2, 2, perfect, vec![0.0, 1.0]).unwrap();
        assert_eq!(gwet_ac(&perfect, Weighting::Linear, 0.05).unwrap().outcome, AgreementOutcome::Perfect);
        let alone = Ratings::new(3, 1, vec![Some(0); 3], vec![0.0]).unwrap();
        assert_eq!(
            gwet_ac(&alone, Weighting::Identity, 0.05),
            Err(PsychError::TooFewRaters { needed: 2, found: 1 })
        );
    }
}
