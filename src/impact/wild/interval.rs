//! The interval of all values that the test does not reject.

use crate::impact::ImpactError;
use crate::num::{NumError, dist};

/// Steps outward that double the distance: beyond 2^20 standard errors an end counts as open.
const MOST_STEPS: usize = 20;

/// Halvings: the end is then known to 2^-50 of the bracket, below any jump of the step function.
const HALVINGS: usize = 50;

/// An interval by inversion of a test. An end is `None` when no value on that side is rejected, which
/// happens when there are too few clusters for the level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WildInterval {
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// Where `p(null)` falls to alpha on both sides of the estimate, at which p is 1.
pub(super) fn invert(
    estimate: f64,
    se: f64,
    alpha: f64,
    p: impl Fn(f64) -> f64,
) -> Result<WildInterval, ImpactError> {
    if !(alpha > 0.0 && alpha < 1.0) {
        return Err(NumError::OutOfRange { name: "alpha", value: alpha }.into());
    }
    let unit = dist::t_critical(alpha, f64::INFINITY)?.max(0.1) * se;
    let end = |side: f64| {
        let (mut inside, mut outside) = (0.0, unit);
        for _ in 0..MOST_STEPS {
            if p(estimate + side * outside) <= alpha {
                for _ in 0..HALVINGS {
                    let middle = 0.5 * (inside + outside);
                    if p(estimate + side * middle) <= alpha { outside = middle } else { inside = middle }
                }
                return Some(estimate + side * 0.5 * (inside + outside));
            }
            (inside, outside) = (outside, 2.0 * outside);
        }
        None
    };
    Ok(WildInterval { low: end(-1.0), high: end(1.0) })
}
