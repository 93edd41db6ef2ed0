//! Fleiss' kappa of several raters.

use super::linearised::{Chance, linearised};
use super::{AgreementOutcome, Ratings, Weighting};
use crate::num::dist;
use crate::psych::PsychError;

/// Fleiss' kappa.
#[derive(Debug, Clone, PartialEq)]
pub struct FleissKappa {
    /// Subjects with at least one rating.
    pub n: usize,
    /// Subjects with at least two ratings.
    pub double: usize,
    /// Share of agreeing pairs of raters.
    pub observed: f64,
    /// Share of agreeing pairs by chance.
    pub expected: f64,
    /// Kappa with a t interval (n - 1 df).
    pub outcome: AgreementOutcome,
    /// Test of kappa = 0; only when all subjects have the same number of ratings and there is variation.
    pub test: Option<FleissTest>,
    /// Kappa of each category against the rest, under the same condition; else empty. Categories that
    /// nobody used are left out.
    pub categories: Vec<CategoryKappa>,
}

/// Fleiss' kappa with weights for how far two categories lie apart.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightedFleissKappa {
    /// Subjects with at least one rating.
    pub n: usize,
    /// Subjects with at least two ratings.
    pub double: usize,
    /// Weighted share of agreement.
    pub observed: f64,
    /// Weighted share of agreement by chance.
    pub expected: f64,
    /// Kappa with a t interval (n - 1 df).
    pub outcome: AgreementOutcome,
}

/// Test that several raters agree only by chance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FleissTest {
    /// Standard error when kappa is 0.
    pub null_se: f64,
    /// Kappa over that standard error.
    pub z: f64,
    /// Two-sided p-value.
    pub p: f64,
}

/// Agreement on one category.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CategoryKappa {
    /// Category, counted from 0.
    pub category: usize,
    /// Share of ratings in it.
    pub share: f64,
    /// Kappa of this category against all others.
    pub kappa: f64,
    /// Kappa over its standard error when it is 0.
    pub z: f64,
    /// Two-sided p-value.
    pub p: f64,
}

/// Fleiss' kappa with agreement weights `w`, for two or more raters who need not be the same for each subject.
/// With two ratings of each subject it is Scott's pi with weights: the raters share their category shares, so
/// it does not matter which of two ratings stands first.
///
/// ```text
/// kappa = (pa - pe) / (1 - pe),   pe = sum w_kl pi_k pi_l
/// ```
///
/// Missing ratings: a subject with one rating informs the category shares only. The variance is over subjects.
///
/// # Errors
/// `TooFewRaters` below two, `TooFewPersons` below two subjects rated twice, `OutOfRange` for alpha.
///
/// # References
/// Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., chapter 3.
pub fn weighted_fleiss_kappa(
    ratings: &Ratings,
    weighting: Weighting,
    alpha: f64,
) -> Result<WeightedFleissKappa, PsychError> {
    let found = linearised(ratings, weighting, Chance::Fleiss, alpha)?;
    Ok(WeightedFleissKappa {
        n: found.n,
        double: found.double,
        observed: found.observed,
        expected: found.expected,
        outcome: found.outcome,
    })
}

/// Fleiss' kappa of two or more raters who need not be the same for each subject.
///
/// ```text
/// kappa = (pa - pe) / (1 - pe),   pe = sum pi_k^2
/// null SE = sqrt(2 [(sum pi q)^2 - sum pi q (q - pi)] / (n m (m - 1))) / sum pi q,   q = 1 - pi
/// ```
///
/// Missing ratings: as in Gwet's generalisation a subject with one rating informs the category shares only.
/// With the same number of ratings everywhere it is Fleiss' own coefficient. The interval uses the variance
/// over subjects for any kappa, the test the null variance.
///
/// # Errors
/// `TooFewRaters` below two, `TooFewPersons` below two subjects rated twice, `OutOfRange` for alpha.
///
/// # References
/// Fleiss (1971), Psychological Bulletin 76, 378-382. Fleiss, Nee & Landis (1979), Psychological Bulletin
/// 86, 974-977.
pub fn fleiss_kappa(ratings: &Ratings, alpha: f64) -> Result<FleissKappa, PsychError> {
    let found = linearised(ratings, Weighting::Identity, Chance::Fleiss, alpha)?;
    let counts = ratings.counts_with(1);
    let m = counts.first().map_or(0, |c| c.iter().sum::<usize>());
    let balanced = counts.iter().all(|c| c.iter().sum::<usize>() == m);
    let (test, categories) = match found.outcome.value() {
        Some(value) if balanced => {
            let pairs = counts.len() as f64 * (m * (m - 1)) as f64;
            (Some(null_test(value, &shares(&counts), pairs)), by_category(&counts, m as f64, pairs))
        }
        _ => (None, Vec::new()),
    };
    Ok(FleissKappa {
        n: found.n,
        double: found.double,
        observed: found.observed,
        expected: found.expected,
        outcome: found.outcome,
        test,
        categories,
    })
}

fn shares(counts: &[Vec<usize>]) -> Vec<f64> {
    let total: usize = counts.iter().flatten().sum();
    let q = counts.first().map_or(0, Vec::len);
    (0..q).map(|k| counts.iter().map(|c| c[k]).sum::<usize>() as f64 / total as f64).collect()
}

fn null_test(kappa: f64, pi: &[f64], pairs: f64) -> FleissTest {
    let spread: f64 = pi.iter().map(|p| p * (1.0 - p)).sum();
    let skew: f64 = pi.iter().map(|p| p * (1.0 - p) * (1.0 - 2.0 * p)).sum();
    let null_se = (2.0 * (spread * spread - skew) / pairs).sqrt() / spread;
    let z = kappa / null_se;
    FleissTest { null_se, z, p: 2.0 * dist::normal_sf(z.abs()) }
}

fn by_category(counts: &[Vec<usize>], m: f64, pairs: f64) -> Vec<CategoryKappa> {
    let one = |(category, share): (usize, &f64)| {
        let split: f64 = counts.iter().map(|c| c[category] as f64 * (m - c[category] as f64)).sum();
        let kappa = 1.0 - split / (pairs * share * (1.0 - share));
        let z = kappa / (2.0 / pairs).sqrt();
        CategoryKappa { category, share: *share, kappa, z, p: 2.0 * dist::normal_sf(z.abs()) }
    };
    shares(counts).iter().enumerate().filter(|(_, s)| **s > 0.0 && **s < 1.0).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::super::krippendorff::tests::four_raters;
    use super::*;

    #[test]
    fn missing_ratings() {
        // Gwet (2014), four raters and twelve units: .76117, SE .15302.
        let found = fleiss_kappa(&four_raters(), 0.05).unwrap();
        let estimate = found.outcome.estimate().unwrap();
        assert!(
            (estimate.value - 0.761_17).abs() < 5e-6 && (estimate.se - 0.153_02).abs() < 5e-6,
            "{estimate:?}"
        );
        assert!(found.test.is_none() && found.categories.is_empty());
    }

    #[test]
    fn weighted_kappa_takes_the_ratings_in_any_order() {
        let identity = weighted_fleiss_kappa(&four_raters(), Weighting::Identity, 0.05).unwrap();
        assert_eq!(identity.outcome, fleiss_kappa(&four_raters(), 0.05).unwrap().outcome);
        // Entered both ways round, Cohen's kappa has the pooled shares of Fleiss' for both raters.
        let pairs = [(0, 1), (1, 1), (2, 0), (2, 2), (3, 2), (1, 3), (0, 0)];
        let values = vec![0.0, 1.0, 2.0, 3.0];
        let once = pairs.iter().flat_map(|(a, b)| [Some(*a), Some(*b)]).collect();
        let once = Ratings::new(7, 2, once, values.clone()).unwrap();
        let both = pairs.iter().flat_map(|(a, b)| [Some(*a), Some(*b), Some(*b), Some(*a)]).collect();
        let both = Ratings::new(14, 2, both, values).unwrap();
        for weighting in [Weighting::Linear, Weighting::Quadratic] {
            let fleiss = weighted_fleiss_kappa(&once, weighting, 0.05).unwrap().outcome.value().unwrap();
            let cohen = super::super::cohen_kappa(&both, 0, 1, weighting, 0.05).unwrap();
            assert!((fleiss - cohen.outcome.value().unwrap()).abs() < 1e-14);
        }
    }

    #[test]
    fn named_outcomes() {
        let perfect = [0, 0, 0, 1, 1, 1].into_iter().map(Some).collect();
        let found = fleiss_kappa(&Ratings::new(2, 3, perfect, vec![0.0, 1.0, 2.0]).unwrap(), 0.05).unwrap();
        assert_eq!((found.outcome, found.categories.len()), (AgreementOutcome::Perfect, 2));
        let same = Ratings::new(4, 2, vec![Some(1); 8], vec![0.0, 1.0]).unwrap();
        let found = fleiss_kappa(&same, 0.05).unwrap();
        assert_eq!((found.outcome, found.test), (AgreementOutcome::NoVariation, None));
    }
}
