//! The named outcomes of a mixed model that has no answer.

use thiserror::Error;

use crate::impact::ImpactError;
use crate::num::NumError;

/// Why a mixed model gives no answer.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum MixedError {
    /// Fewer schools (or units of a term) than a variance needs.
    #[error("the term `{term}` has {found} units where at least {needed} are needed")]
    TooFewGroups {
        /// Name of the random term.
        term: String,
        /// Smallest number of units.
        needed: usize,
        /// Units with data.
        found: usize,
    },
    /// The data cannot tell one variance from another: one row per student, one wave per school, or schools that
    /// the fixed effects already tell apart.
    #[error("the data cannot tell the variances of the random terms apart")]
    Unidentified,
    /// A student has rows in two schools, so that the blocks of the schools are not independent.
    #[error("student {person} has rows in two schools")]
    StudentInTwoSchools {
        /// Index of the student as given.
        person: usize,
    },
    /// A term is given twice, or two slopes would need a covariance matrix of their own.
    #[error("the random term `{term}` is given twice")]
    TermTwice {
        /// Name of the random term.
        term: String,
    },
    /// The optimiser stopped before the maximum.
    #[error("the variances did not converge in {iterations} steps")]
    NotConverged {
        /// Steps taken.
        iterations: usize,
    },
    /// Every variance between schools is estimated as zero: the model would treat students as independent, with
    /// thousands of degrees of freedom. Analyse the means of the schools instead.
    #[error("every variance between schools is zero, so the model ignores the schools")]
    NoSchoolVariance,
    /// Kenward and Roger's adjustment exists for REML only.
    #[error("Kenward-Roger needs a fit by REML")]
    NeedsReml,
    /// No random term has this name.
    #[error("the model has no random term `{name}`")]
    UnknownTerm {
        /// Name asked for.
        name: String,
    },
    /// The data or a test have no answer for a reason that other designs share.
    #[error(transparent)]
    Impact(#[from] ImpactError),
}

impl From<NumError> for MixedError {
    fn from(error: NumError) -> Self {
        MixedError::Impact(error.into())
    }
}

impl From<MixedError> for ImpactError {
    /// A fault of the data stays what it is; others keep their words.
    fn from(error: MixedError) -> Self {
        match error {
            MixedError::Impact(error) => error,
            other => ImpactError::Mixed(other.to_string()),
        }
    }
}
