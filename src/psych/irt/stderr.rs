//! Standard errors from the observed information.

use crate::num::cholesky::Cholesky;
use crate::num::linalg::SmallMatrix;

/// The covariance matrix of the estimates, `None` when the information is not positive definite.
pub(super) fn covariance(information: &SmallMatrix) -> Option<SmallMatrix> {
    Cholesky::new(information).ok().map(|factor| factor.inverse())
}

/// Standard error of `sum coefficient * parameter` (the delta method for any smooth function).
pub(super) fn standard_error(covariance: &SmallMatrix, gradient: &[(usize, f64)]) -> f64 {
    let mut variance = 0.0;
    for (i, a) in gradient {
        for (j, b) in gradient {
            variance += a * b * covariance.get(*i, *j);
        }
    }
    variance.max(0.0).sqrt()
}
