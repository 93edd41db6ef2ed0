//! Whether enough was rated twice for agreement to stand for all of it.

use super::marks::Marks;

/// Share of the work that must be rated twice (standards 6.6 ask for 10 to 20 percent).
pub(super) const SMALLEST_SHARE: f64 = 0.1;
/// Share that is advised.
pub(super) const ADVISED_SHARE: f64 = 0.2;

/// How much was rated twice, and how much should have been.
pub(super) struct Gate {
    /// Persons with a rating.
    pub rated: usize,
    /// Persons with ratings by two raters or more.
    pub double: usize,
    /// Persons that must be rated twice.
    pub needed: usize,
}

impl Gate {
    /// The gate of one set of marks. Fewer than `smallest` persons are too few for a coefficient, whatever
    /// their share.
    pub(super) fn of(marks: &Marks<'_>, smallest: usize) -> Self {
        let sizes: Vec<usize> = (0..marks.persons).map(|person| marks.raters_of(person).len()).collect();
        let rated = sizes.iter().filter(|n| **n > 0).count();
        let double = sizes.iter().filter(|n| **n > 1).count();
        Gate { rated, double, needed: needed(rated, SMALLEST_SHARE).max(smallest) }
    }

    /// Share rated twice.
    pub(super) fn share(&self) -> f64 {
        if self.rated == 0 { 0.0 } else { self.double as f64 / self.rated as f64 }
    }

    /// Whether agreement is evidence.
    pub(super) fn passes(&self) -> bool {
        self.double >= self.needed
    }
}

/// Persons that make up a share, rounded up; 10 percent of 30 are 3 in spite of binary fractions.
pub(super) fn needed(rated: usize, share: f64) -> usize {
    // Persons of a study are far fewer than 2^53.
    (rated as f64 * share - 1e-9).ceil().max(0.0) as usize
}

#[cfg(test)]
mod tests {
    use super::needed;

    #[test]
    fn shares_are_rounded_up() {
        assert_eq!([0, 1, 30, 31, 39].map(|n| needed(n, 0.1)), [0, 1, 3, 4, 4]);
    }
}
