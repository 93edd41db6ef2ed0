//! Who is compared with whom, and why a comparison cannot be made.

use thiserror::Error;

use crate::num::NumError;

/// Persons by group: the reference group first, then the focal group or groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Groups<'a> {
    /// Group of each person as an index; `None` when unknown. Persons of other groups do not take part.
    pub membership: &'a [Option<usize>],
    /// The groups compared, the reference group first.
    pub compared: &'a [usize],
}

impl Groups<'_> {
    /// Place of a person's group among those compared; `None` when the person takes no part.
    pub fn place(&self, person: usize) -> Option<usize> {
        let group = self.membership.get(person).copied().flatten()?;
        self.compared.iter().position(|g| *g == group)
    }
}

/// Why an item cannot be tested for DIF.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum Untestable {
    /// There is no such item, or group and score columns are not as long as there are persons.
    #[error("items, groups and scores do not fit together")]
    Shape,
    /// A statistic for two groups was given another number of groups.
    #[error("{found} groups where {needed} are needed")]
    GroupCount {
        /// Groups needed (at least, for statistics of several groups).
        needed: usize,
        /// Groups given.
        found: usize,
    },
    /// A group has fewer persons with the item and a matching score than needed.
    #[error("group {group} has {found} persons where at least {needed} are needed")]
    TooFewPersons {
        /// Place of the group among those compared.
        group: usize,
        /// Smallest number of persons.
        needed: usize,
        /// Persons found.
        found: usize,
    },
    /// The statistic needs an item with exactly two different points.
    #[error("the item has {found} different points where 2 are needed")]
    NotDichotomous {
        /// Different points found.
        found: usize,
    },
    /// All persons have the same points, for example because everybody is right.
    #[error("the points do not vary")]
    NoVariation,
    /// No matching score occurs in both groups with different points on the item.
    #[error("the groups do not overlap on the matching score")]
    NoOverlap,
    /// The odds ratio is 0 or infinite: within the strata one group is always right or always wrong.
    #[error("the odds ratio is not finite")]
    Separated,
    /// The numbers themselves have no answer.
    #[error(transparent)]
    Num(#[from] NumError),
}
