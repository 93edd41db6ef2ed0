//! The named outcomes of a computation that has no answer.

use thiserror::Error;

/// Why a numerical routine has no answer for its input.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum NumError {
    /// Fewer values than the quantity needs.
    #[error("{found} values where at least {needed} are needed")]
    TooFew {
        /// Smallest number of values for which the quantity exists.
        needed: usize,
        /// Number of values given.
        found: usize,
    },
    /// A value is NaN, infinite or so large that its powers would overflow; missing values must be taken
    /// out by the caller.
    #[error("value {index} is not a number of usable size")]
    NotFinite {
        /// Position of the first such value.
        index: usize,
    },
    /// Two inputs that belong together differ in length.
    #[error("inputs of length {left} and {right} do not belong together")]
    LengthMismatch {
        /// Length of the first input.
        left: usize,
        /// Length of the second input.
        right: usize,
    },
    /// All values are equal, so that the quantity divides by zero.
    #[error("the values do not vary")]
    NoVariation,
    /// A parameter lies outside the range in which the quantity is defined.
    #[error("{name} = {value} lies outside its range")]
    OutOfRange {
        /// Name of the parameter.
        name: &'static str,
        /// Value given.
        value: f64,
    },
    /// A matrix has no inverse (or is not positive definite), up to rounding.
    #[error("the matrix is singular")]
    Singular,
    /// A root finder or factorisation did not finish within its cap.
    #[error("{routine} did not converge")]
    NotConverged {
        /// Name of the routine.
        routine: &'static str,
    },
}
