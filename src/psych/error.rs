//! The named outcomes of an item analysis that has no answer.

use thiserror::Error;

use crate::num::NumError;

/// Why an item or test statistic has no answer for its data.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum PsychError {
    /// Shape, mask or maxima do not fit together.
    #[error("{persons} x {items} points need {needed} entries in {what}, found {found}")]
    Shape {
        /// Persons.
        persons: usize,
        /// Items.
        items: usize,
        /// The input that does not fit.
        what: &'static str,
        /// Entries needed.
        needed: usize,
        /// Entries given.
        found: usize,
    },
    /// An item's maximum is not a positive number.
    #[error("item {item} has no positive maximum")]
    NoMaximum {
        /// Item, counted from 0.
        item: usize,
    },
    /// Fewer items that vary than the statistic needs.
    #[error("{found} items vary where at least {needed} are needed")]
    TooFewItems {
        /// Smallest number of items.
        needed: usize,
        /// Items that vary.
        found: usize,
    },
    /// Fewer persons with answers than the statistic needs.
    #[error("{found} persons where at least {needed} are needed")]
    TooFewPersons {
        /// Smallest number of persons.
        needed: usize,
        /// Persons with answers.
        found: usize,
    },
    /// Fewer raters than the statistic needs.
    #[error("{found} raters where at least {needed} are needed")]
    TooFewRaters {
        /// Smallest number of raters.
        needed: usize,
        /// Raters found.
        found: usize,
    },
    /// Total scores do not vary.
    #[error("the scores do not vary")]
    NoVariation,
    /// The numbers themselves have no answer.
    #[error(transparent)]
    Num(#[from] NumError),
}
