//! The named outcomes of an item response analysis that has no answer.

use thiserror::Error;

use crate::num::NumError;

/// Why an item response quantity has no answer for its data.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum IrtError {
    /// An input does not have the length that persons and items ask for.
    #[error("{what} needs {needed} entries, found {found}")]
    Shape {
        /// The input that does not fit.
        what: &'static str,
        /// Entries needed.
        needed: usize,
        /// Entries given.
        found: usize,
    },
    /// An answer is not a whole number of points between 0 and the item's maximum.
    #[error("person {person} has no whole number of points within the maximum on item {item}")]
    NotACategory {
        /// Person, counted from 0.
        person: usize,
        /// Item, counted from 0.
        item: usize,
    },
    /// An item has more points than the models here serve.
    #[error("item {item} has {max} points, more than {most}")]
    TooManyCategories {
        /// Item, counted from 0.
        item: usize,
        /// Its maximum.
        max: usize,
        /// Largest maximum served.
        most: usize,
    },
    /// Fewer persons with answers than the quantity needs.
    #[error("{found} persons with answers where at least {needed} are needed")]
    TooFewPersons {
        /// Smallest number of persons.
        needed: usize,
        /// Persons with answers.
        found: usize,
    },
    /// Fewer items that vary than the quantity needs.
    #[error("{found} items vary where at least {needed} are needed")]
    TooFewItems {
        /// Smallest number of items.
        needed: usize,
        /// Items that vary.
        found: usize,
    },
    /// Fewer groups than the comparison needs.
    #[error("{found} groups where at least {needed} are needed")]
    TooFewGroups {
        /// Smallest number of groups.
        needed: usize,
        /// Groups given.
        found: usize,
    },
    /// Parts of the design share neither persons nor a population: their scales cannot be compared.
    #[error("the items fall into {} parts that nothing connects", parts.len())]
    Disconnected {
        /// Items of each part.
        parts: Vec<Vec<usize>>,
    },
    /// No person ties these raters together: their severities cannot be compared.
    #[error("the raters fall into {} parts that no common person ties together", parts.len())]
    DisconnectedRaters {
        /// Raters of each part.
        parts: Vec<Vec<usize>>,
    },
    /// A rater rated one person twice on one item.
    #[error("rater {rater} rated person {person} twice on item {item}")]
    RatedTwice {
        /// Person, counted from 0.
        person: usize,
        /// Item, counted from 0.
        item: usize,
        /// Rater, counted from 0.
        rater: usize,
    },
    /// A rating scale needs the same number of points on every item.
    #[error("item {item} has another number of points than the first: no rating scale")]
    UnequalCategories {
        /// First item that differs.
        item: usize,
    },
    /// An anchor names no item, gives another number of intercepts than the item has points, or makes an
    /// answer impossible that was given.
    #[error("the anchor for item {item} does not fit the item")]
    BadAnchor {
        /// Item named.
        item: usize,
    },
    /// A weight or covariate is not a usable number (weights: finite and not negative).
    #[error("person {person} has no usable {what}")]
    BadPersonValue {
        /// Person, counted from 0.
        person: usize,
        /// Weight or covariate.
        what: &'static str,
    },
    /// Covariates (with group and intercept) depend on each other.
    #[error("covariate {column} is a combination of the others, the groups or a constant")]
    DependentCovariate {
        /// Column, counted from 0.
        column: usize,
    },
    /// No items are common to both calibrations: the scales cannot be linked.
    #[error("no common items: the scales cannot be linked")]
    NoCommonItems,
    /// The numbers themselves have no answer.
    #[error(transparent)]
    Num(#[from] NumError),
}
