//! Category codes of subjects by raters.

use crate::num::{NumError, moments};
use crate::psych::PsychError;

/// Categories given by raters, subjects x raters, with missing ratings marked.
#[derive(Debug, Clone, PartialEq)]
pub struct Ratings {
    subjects: usize,
    raters: usize,
    codes: Vec<Option<usize>>,
    values: Vec<f64>,
}

/// How many subjects were rated, and how many by two or more raters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DoubleRating {
    /// Subjects with at least one rating.
    pub rated: usize,
    /// Subjects with at least two ratings: only these carry information on agreement.
    pub double: usize,
    /// `double / rated`; 0 when nobody was rated.
    pub share: f64,
}

impl DoubleRating {
    /// True when enough work was rated twice for the agreement to stand for all of it. The usual demand is a
    /// share of .10 to .20 and some 30 subjects.
    pub fn passes(&self, smallest_share: f64, smallest_number: usize) -> bool {
        self.share >= smallest_share && self.double >= smallest_number
    }
}

impl Ratings {
    /// Checks and takes the ratings.
    ///
    /// `codes` is row-major (subject by subject); a code is an index into `values`, the ascending values of
    /// the categories (0, 1, 2 ... when only their order matters).
    ///
    /// # Errors
    /// `Shape`, `NotFinite` for a value, `OutOfRange` for values that do not ascend or a code beyond them.
    pub fn new(
        subjects: usize,
        raters: usize,
        codes: Vec<Option<usize>>,
        values: Vec<f64>,
    ) -> Result<Self, PsychError> {
        let needed = subjects.saturating_mul(raters);
        if codes.len() != needed {
            let what = "codes";
            return Err(PsychError::Shape {
                persons: subjects,
                items: raters,
                what,
                needed,
                found: codes.len(),
            });
        }
        moments::check_values(&values, 0)?;
        if let Some(pair) = values.windows(2).find(|pair| pair[0] >= pair[1]) {
            return Err(NumError::OutOfRange { name: "category value", value: pair[1] }.into());
        }
        if let Some(code) = codes.iter().flatten().find(|code| **code >= values.len()) {
            return Err(NumError::OutOfRange { name: "category code", value: *code as f64 }.into());
        }
        Ok(Ratings { subjects, raters, codes, values })
    }

    /// Number of subjects.
    pub fn subjects(&self) -> usize {
        self.subjects
    }

    /// Number of raters.
    pub fn raters(&self) -> usize {
        self.raters
    }

    /// Values of the categories, ascending.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Code a rater gave a subject; `None` when missing or outside the table.
    pub fn get(&self, subject: usize, rater: usize) -> Option<usize> {
        if rater >= self.raters {
            None
        } else {
            self.codes.get(subject * self.raters + rater).copied().flatten()
        }
    }

    /// How many raters gave a subject each category.
    pub fn counts(&self, subject: usize) -> Vec<usize> {
        let mut counts = vec![0; self.values.len()];
        (0..self.raters).filter_map(|rater| self.get(subject, rater)).for_each(|code| counts[code] += 1);
        counts
    }

    /// How much of the work was rated more than once.
    pub fn double_rating(&self) -> DoubleRating {
        let sizes = || (0..self.subjects).map(|s| self.counts(s).iter().sum::<usize>());
        let (rated, double) = (sizes().filter(|m| *m > 0).count(), sizes().filter(|m| *m > 1).count());
        DoubleRating { rated, double, share: if rated > 0 { double as f64 / rated as f64 } else { 0.0 } }
    }

    /// Counts of the subjects that have at least `needed` ratings.
    pub(super) fn counts_with(&self, needed: usize) -> Vec<Vec<usize>> {
        (0..self.subjects).map(|s| self.counts(s)).filter(|c| c.iter().sum::<usize>() >= needed).collect()
    }

    /// Fails with fewer than two raters or fewer than two subjects rated twice.
    pub(super) fn check_pairs(&self) -> Result<(), PsychError> {
        if self.raters < 2 {
            return Err(PsychError::TooFewRaters { needed: 2, found: self.raters });
        }
        match self.double_rating().double {
            found @ (0 | 1) => Err(PsychError::TooFewPersons { needed: 2, found }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_its_parts() {
        assert!(Ratings::new(2, 2, vec![None; 3], vec![0.0]).is_err());
        assert!(Ratings::new(1, 1, vec![Some(1)], vec![0.0]).is_err());
        assert!(Ratings::new(1, 1, vec![Some(1)], vec![1.0, 1.0]).is_err());
        assert!(Ratings::new(0, 0, vec![], vec![]).is_ok());
    }

    #[test]
    fn counts_double_work() {
        let codes = vec![Some(0), Some(1), None, Some(1), None, None];
        let ratings = Ratings::new(3, 2, codes, vec![0.0, 1.0]).unwrap();
        assert_eq!(ratings.counts(0), [1, 1]);
        let double = ratings.double_rating();
        assert_eq!((double.rated, double.double, double.share), (2, 1, 0.5));
        assert!(double.passes(0.2, 1) && !double.passes(0.2, 2));
        assert_eq!(ratings.check_pairs(), Err(PsychError::TooFewPersons { needed: 2, found: 1 }));
        assert_eq!(ratings.get(0, 7), None);
    }
}
