//! Cohen's kappa of two raters, weighted or not.

use super::AgreementOutcome;
use super::ratings::Ratings;
use super::weights::{Weighting, Weights};
use crate::num::dist;
use crate::psych::PsychError;

/// Kappa of two raters.
#[derive(Debug, Clone, PartialEq)]
pub struct CohenKappa {
    /// Subjects rated by both.
    pub n: usize,
    /// Weighted share of agreement.
    pub observed: f64,
    /// Weighted share of agreement that the raters' own category shares give by chance.
    pub expected: f64,
    /// Kappa with its standard error for any kappa, and a normal interval.
    pub outcome: AgreementOutcome,
    /// Test of kappa = 0; `None` when kappa does not exist or has no null variance.
    pub test: Option<KappaTest>,
}

/// Test that agreement is only by chance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KappaTest {
    /// Standard error when kappa is 0.
    pub null_se: f64,
    /// Kappa over that standard error.
    pub z: f64,
    /// Two-sided p-value.
    pub p: f64,
}

/// Cohen's kappa with agreement weights `w`.
///
/// ```text
/// kappa = (po - pe) / (1 - pe),   po = sum w_ij p_ij,   pe = sum w_ij p_i. p_.j
/// var   = [sum p_ij (w_ij - (w_i. + w_.j)(1 - kappa))^2 - (kappa - pe (1 - kappa))^2] / (n (1 - pe)^2)
/// w_i. = sum_j p_.j w_ij,   w_.j = sum_i p_i. w_ij
/// ```
///
/// Missing ratings: only subjects rated by both raters `first` and `second` count. The level of the
/// interval is `1 - alpha`.
///
/// # Errors
/// `TooFewRaters` when a rater does not exist, `TooFewPersons` below two subjects, `OutOfRange` for alpha.
///
/// # References
/// Cohen (1968), Psychological Bulletin 70, 213-220. Fleiss, Cohen & Everitt (1969), Psychological Bulletin
/// 72, 323-327.
pub fn cohen_kappa(
    ratings: &Ratings,
    first: usize,
    second: usize,
    weighting: Weighting,
    alpha: f64,
) -> Result<CohenKappa, PsychError> {
    let last = first.max(second);
    if last >= ratings.raters() || first == second {
        return Err(PsychError::TooFewRaters { needed: last.max(1) + 1, found: ratings.raters() });
    }
    let table = Table::new(ratings, first, second);
    if table.n < 2 {
        return Err(PsychError::TooFewPersons { needed: 2, found: table.n });
    }
    let w = Weights::new(weighting, ratings.values());
    let (n, q) = (table.n as f64, ratings.values().len());
    let cells = || (0..q).flat_map(|i| (0..q).map(move |j| (i, j)));
    let observed: f64 = cells().map(|(i, j)| w.get(i, j) * table.p(i, j)).sum();
    let expected: f64 = cells().map(|(i, j)| w.get(i, j) * table.rows[i] * table.columns[j]).sum();
    let mut kappa =
        CohenKappa { n: table.n, observed, expected, outcome: AgreementOutcome::NoVariation, test: None };
    if cells().all(|(i, j)| table.rows[i] * table.columns[j] == 0.0 || w.get(i, j) == 1.0) {
        return Ok(kappa);
    }
    let perfect = cells().all(|(i, j)| table.count(i, j) == 0 || w.get(i, j) == 1.0);
    let value = if perfect { 1.0 } else { (observed - expected) / (1.0 - expected) };
    let (by_row, by_column) = (w.times(&table.columns), w.times(&table.rows));
    let spread = |weight: &dyn Fn(usize, usize) -> f64, kappa: f64| {
        let part = |(i, j): (usize, usize)| w.get(i, j) - (by_row[i] + by_column[j]) * (1.0 - kappa);
        let squares: f64 = cells().map(|(i, j)| weight(i, j) * part((i, j)).powi(2)).sum();
        let variance = squares - (kappa - expected * (1.0 - kappa)).powi(2);
        (variance.max(0.0) / n).sqrt() / (1.0 - expected)
    };
    let null_se = spread(&|i, j| table.rows[i] * table.columns[j], 0.0);
    kappa.test = (null_se > 0.0).then(|| {
        let z = value / null_se;
        KappaTest { null_se, z, p: 2.0 * dist::normal_sf(z.abs()) }
    });
    kappa.outcome = if perfect {
        AgreementOutcome::Perfect
    } else {
        AgreementOutcome::estimated(value, spread(&|i, j| table.p(i, j), value), f64::INFINITY, alpha)?
    };
    Ok(kappa)
}

/// Two raters' categories crossed.
struct Table {
    n: usize,
    q: usize,
    counts: Vec<usize>,
    rows: Vec<f64>,
    columns: Vec<f64>,
}

impl Table {
    fn new(ratings: &Ratings, first: usize, second: usize) -> Self {
        let q = ratings.values().len();
        let mut counts = vec![0usize; q * q];
        for subject in 0..ratings.subjects() {
            if let (Some(i), Some(j)) = (ratings.get(subject, first), ratings.get(subject, second)) {
                counts[i * q + j] += 1;
            }
        }
        let n: usize = counts.iter().sum();
        let share = |count: usize| count as f64 / n.max(1) as f64;
        let rows = (0..q).map(|i| share((0..q).map(|j| counts[i * q + j]).sum())).collect();
        let columns = (0..q).map(|j| share((0..q).map(|i| counts[i * q + j]).sum())).collect();
        Table { n, q, counts, rows, columns }
    }

    fn count(&self, i: usize, j: usize) -> usize {
        self.counts[i * self.q + j]
    }

    fn p(&self, i: usize, j: usize) -> f64 {
        self.count(i, j) as f64 / self.n as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(x: &[usize], y: &[usize], categories: usize) -> Ratings {
        let codes = x.iter().zip(y).flat_map(|(a, b)| [Some(*a), Some(*b)]).collect();
        let values = (0..categories).map(|c| c as f64).collect();
        Ratings::new(x.len(), 2, codes, values).unwrap()
    }

    #[test]
    fn the_worked_example_of_the_standards() {
        let codes = |digits: &str| digits.bytes().map(|d| usize::from(d - b'1')).collect::<Vec<_>>();
        let ratings = pair(&codes("1234432123"), &codes("1244332223"), 4);
        let value = |w| cohen_kappa(&ratings, 0, 1, w, 0.05).unwrap().outcome.value().unwrap();
        assert!((value(Weighting::Identity) - 0.589_041_1).abs() < 5e-8);
        assert!((value(Weighting::Quadratic) - 0.842_105_3).abs() < 5e-8);
    }

    #[test]
    fn named_outcomes() {
        let perfect = cohen_kappa(&pair(&[0, 1, 1], &[0, 1, 1], 2), 0, 1, Weighting::Identity, 0.05).unwrap();
        assert_eq!((perfect.outcome, perfect.outcome.value()), (AgreementOutcome::Perfect, Some(1.0)));
        let one = cohen_kappa(&pair(&[1, 1, 1], &[1, 1, 1], 2), 0, 1, Weighting::Quadratic, 0.05).unwrap();
        assert_eq!((one.outcome, one.outcome.value(), one.test), (AgreementOutcome::NoVariation, None, None));
        let ratings = pair(&[0], &[1], 2);
        let few = PsychError::TooFewPersons { needed: 2, found: 1 };
        assert_eq!(cohen_kappa(&ratings, 0, 1, Weighting::Identity, 0.05), Err(few));
        assert!(cohen_kappa(&ratings, 0, 0, Weighting::Identity, 0.05).is_err());
        assert!(cohen_kappa(&ratings, 0, 5, Weighting::Identity, 0.05).is_err());
        // One rater uses one category only: nothing beyond chance, and no variance under the null.
        let flat = cohen_kappa(&pair(&[0, 0, 0], &[0, 1, 0], 2), 0, 1, Weighting::Identity, 0.05).unwrap();
        assert_eq!((flat.outcome.value(), flat.test), (Some(0.0), None));
    }
}
