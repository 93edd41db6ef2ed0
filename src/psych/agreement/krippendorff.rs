//! Krippendorff's alpha for any number of raters, missing ratings and levels of measurement.

use super::AgreementOutcome;
use super::ratings::Ratings;
use crate::psych::PsychError;

/// The distance between two categories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// 0 or 1.
    Nominal,
    /// From the number of ratings between the two categories.
    Ordinal,
    /// Squared difference of the category values.
    Interval,
}

/// Krippendorff's alpha.
#[derive(Debug, Clone, PartialEq)]
pub struct KrippendorffAlpha {
    /// Subjects with at least two ratings.
    pub n: usize,
    /// Ratings on those subjects.
    pub pairable: usize,
    /// Disagreement found.
    pub observed: f64,
    /// Disagreement expected by chance.
    pub expected: f64,
    /// Alpha with a jackknife standard error over subjects and its t interval (n - 1 df).
    pub outcome: AgreementOutcome,
}

/// Krippendorff's alpha.
///
/// ```text
/// alpha = 1 - (n - 1) sum o_ck d_ck / sum n_c n_k d_ck
/// o_ck = sum over subjects of (pairs of c and k) / (m_u - 1),   n_c = sum_k o_ck,   n = sum n_c
/// ordinal d_ck = (n_c/2 + n_{c+1} + ... + n_k/2)^2
/// ```
///
/// Missing ratings: subjects with fewer than two ratings do not count, all others count with what they have.
/// The literature gives a bootstrap interval; the delete-one-subject jackknife used here needs no seed and
/// treats all metrics alike.
///
/// # Errors
/// `TooFewRaters` below two, `TooFewPersons` below two subjects rated twice, `OutOfRange` for alpha.
///
/// # References
/// Krippendorff (2011), Computing Krippendorff's alpha-reliability. Krippendorff (2013), Content Analysis,
/// 3rd ed., chapter 12.
pub fn krippendorff_alpha(
    ratings: &Ratings,
    metric: Metric,
    alpha: f64,
) -> Result<KrippendorffAlpha, PsychError> {
    ratings.check_pairs()?;
    let units: Vec<Unit> = ratings.counts_with(2).iter().map(|c| Unit::new(c)).collect();
    let mut sums = Coincidences::new(ratings.values().len());
    units.iter().for_each(|unit| sums.add(unit, 1.0));
    let all = sums.disagreement(metric, ratings.values());
    let outcome = if all.expected <= 0.0 {
        AgreementOutcome::NoVariation
    } else if all.observed <= 0.0 {
        AgreementOutcome::Perfect
    } else {
        let n = units.len() as f64;
        let mut without = Vec::with_capacity(units.len());
        for unit in &units {
            sums.add(unit, -1.0);
            // A sample without any variation left says nothing; the full alpha stands in for it.
            without.push(sums.disagreement(metric, ratings.values()).alpha().unwrap_or(all.observed_alpha()));
            sums.add(unit, 1.0);
        }
        let mean = without.iter().sum::<f64>() / n;
        let squares: f64 = without.iter().map(|a| (a - mean).powi(2)).sum();
        AgreementOutcome::estimated(all.observed_alpha(), ((n - 1.0) / n * squares).sqrt(), n - 1.0, alpha)?
    };
    Ok(KrippendorffAlpha {
        n: units.len(),
        pairable: units.iter().map(|u| u.size as usize).sum(),
        observed: all.observed,
        expected: all.expected,
        outcome,
    })
}

/// One subject: the categories it got and how often.
struct Unit {
    size: f64,
    given: Vec<(usize, f64)>,
}

impl Unit {
    fn new(counts: &[usize]) -> Self {
        let given = counts.iter().enumerate().filter(|(_, c)| **c > 0).map(|(k, c)| (k, *c as f64)).collect();
        Unit { size: counts.iter().sum::<usize>() as f64, given }
    }
}

struct Coincidences {
    q: usize,
    cells: Vec<f64>,
    margins: Vec<f64>,
}

struct Disagreement {
    observed: f64,
    expected: f64,
}

impl Disagreement {
    fn alpha(&self) -> Option<f64> {
        (self.expected > 0.0).then(|| self.observed_alpha())
    }

    fn observed_alpha(&self) -> f64 {
        1.0 - self.observed / self.expected
    }
}

impl Coincidences {
    fn new(q: usize) -> Self {
        Coincidences { q, cells: vec![0.0; q * q], margins: vec![0.0; q] }
    }

    fn add(&mut self, unit: &Unit, sign: f64) {
        for &(c, count) in &unit.given {
            self.margins[c] += sign * count;
            for &(k, other) in &unit.given {
                let pairs = count * if c == k { other - 1.0 } else { other };
                self.cells[c * self.q + k] += sign * pairs / (unit.size - 1.0);
            }
        }
    }

    fn disagreement(&self, metric: Metric, values: &[f64]) -> Disagreement {
        let n: f64 = self.margins.iter().sum();
        let (mut found, mut chance) = (0.0, 0.0);
        for c in 0..self.q {
            let mut between = 0.5 * self.margins[c];
            for k in c + 1..self.q {
                let distance = match metric {
                    Metric::Nominal => 1.0,
                    Metric::Ordinal => (between + 0.5 * self.margins[k]).powi(2),
                    Metric::Interval => (values[c] - values[k]).powi(2),
                };
                between += self.margins[k];
                found += self.cells[c * self.q + k] * distance;
                chance += self.margins[c] * self.margins[k] * distance;
            }
        }
        if n < 2.0 {
            return Disagreement { observed: 0.0, expected: 0.0 };
        }
        Disagreement { observed: 2.0 * found / n, expected: 2.0 * chance / (n * (n - 1.0)) }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Krippendorff's example of four observers and twelve units with missing values.
    pub(in super::super) fn four_raters() -> Ratings {
        let rows = ["123321412...", "1233224125..", ".33323422513", "12332441251."].map(str::as_bytes);
        let code = |b: u8| (b != b'.').then(|| usize::from(b - b'1'));
        let codes = (0..12).flat_map(|u| rows.iter().map(move |r| code(r[u]))).collect();
        Ratings::new(12, 4, codes, (1..=5).map(f64::from).collect()).unwrap()
    }

    #[test]
    fn the_published_example() {
        let value =
            |metric| krippendorff_alpha(&four_raters(), metric, 0.05).unwrap().outcome.value().unwrap();
        // Krippendorff (2011): nominal .743, ordinal .815, interval .849
        assert!((value(Metric::Nominal) - 0.743_421_052_631_579).abs() < 1e-13);
        assert!((value(Metric::Ordinal) - 0.815_387_503_754_881_3).abs() < 1e-13);
        assert!((value(Metric::Interval) - 0.849_107_142_857_142_8).abs() < 1e-13);
    }

    #[test]
    fn named_outcomes() {
        let same = Ratings::new(3, 2, vec![Some(0); 6], vec![0.0, 1.0]).unwrap();
        let outcome = |r: &Ratings| krippendorff_alpha(r, Metric::Ordinal, 0.05).unwrap().outcome;
        assert_eq!(outcome(&same), AgreementOutcome::NoVariation);
        let codes = [0, 0, 1, 1].into_iter().map(Some).collect();
        assert_eq!(outcome(&Ratings::new(2, 2, codes, vec![0.0, 1.0]).unwrap()), AgreementOutcome::Perfect);
        let empty = Ratings::new(2, 2, vec![None; 4], vec![0.0]).unwrap();
        let few = PsychError::TooFewPersons { needed: 2, found: 0 };
        assert_eq!(krippendorff_alpha(&empty, Metric::Nominal, 0.05), Err(few));
    }
}
