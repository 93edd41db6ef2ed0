//! One estimate with its standard error, test and interval.

use super::ImpactError;
use crate::num::{Interval, NumError, dist};

/// An estimate tested against zero with Student's t, with everything a report must say beside it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CoefTest {
    /// The estimate, in the units of the outcome.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// Degrees of freedom of t, whole or real.
    pub df: f64,
    /// estimate / se.
    pub t: f64,
    /// Two-sided p.
    pub p: f64,
    /// estimate -/+ t(1 - alpha/2, df) se.
    pub ci: Interval,
    /// Rows (mostly students) behind the estimate.
    pub n: usize,
    /// Clusters behind the estimate; `None` when the method ignores clusters.
    pub clusters: Option<usize>,
}

impl CoefTest {
    /// Builds the test from estimate, standard error and degrees of freedom.
    ///
    /// # Errors
    /// `NoVariation` when `se` is not positive; `OutOfRange` for `df` or `alpha` outside their range.
    pub fn new(
        estimate: f64,
        se: f64,
        df: f64,
        alpha: f64,
        n: usize,
        clusters: Option<usize>,
    ) -> Result<Self, ImpactError> {
        if !estimate.is_finite() {
            return Err(NumError::OutOfRange { name: "estimate", value: estimate }.into());
        }
        if !(se > 0.0 && se.is_finite()) {
            return Err(ImpactError::NoVariation);
        }
        let t = estimate / se;
        let p = dist::t_two_sided_p(t, df)?;
        let ci = Interval::around(estimate, dist::t_critical(alpha, df)? * se);
        Ok(CoefTest { estimate, se, df, t, p, ci, n, clusters })
    }
}
