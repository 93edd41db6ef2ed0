//! Two one-sided tests against the smallest effect of interest.

use super::{CoefTest, ImpactError};
use crate::num::{Interval, NumError, dist};

/// An equivalence test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Equivalence {
    /// Smallest effect of interest, in the units of the estimate.
    pub margin: f64,
    /// p of "the effect is not above -margin".
    pub p_above_low: f64,
    /// p of "the effect is not below +margin".
    pub p_below_high: f64,
    /// The larger of the two: small when the effect lies within the margins.
    pub p: f64,
    /// Interval of level 1 - 2 alpha, which lies inside the margins when `equivalent`.
    pub ci: Interval,
    /// True when `p` is below alpha.
    pub equivalent: bool,
}

/// Tests whether the effect lies within -/+ `margin` (TOST), with the estimate's own t distribution.
///
/// Shown beside a result that is not significant, so that "no difference was found" is not read as "there is
/// no difference".
///
/// # Errors
/// `OutOfRange` for a margin not above 0 or alpha not in (0, .5).
///
/// # References
/// Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15, 657-680.
pub fn equivalence_test(test: &CoefTest, margin: f64, alpha: f64) -> Result<Equivalence, ImpactError> {
    if !(margin > 0.0 && margin.is_finite()) {
        return Err(NumError::OutOfRange { name: "margin", value: margin }.into());
    }
    if !(alpha > 0.0 && alpha < 0.5) {
        return Err(NumError::OutOfRange { name: "alpha", value: alpha }.into());
    }
    let p_above_low = dist::t_sf((test.estimate + margin) / test.se, test.df)?;
    let p_below_high = dist::t_sf((margin - test.estimate) / test.se, test.df)?;
    let p = p_above_low.max(p_below_high);
    let ci = Interval::around(test.estimate, dist::t_critical(2.0 * alpha, test.df)? * test.se);
    Ok(Equivalence { margin, p_above_low, p_below_high, p, ci, equivalent: p < alpha })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::close;

    #[test]
    fn agrees_with_its_interval() {
        for (estimate, margin) in [(0.5, 2.0), (0.5, 2.4), (-0.2, 2.0), (3.0, 2.0)] {
            let test = CoefTest::new(estimate, 1.0, 12.0, 0.05, 100, Some(13)).unwrap();
            let found = equivalence_test(&test, margin, 0.05).unwrap();
            let inside = found.ci.low > -margin && found.ci.high < margin;
            assert_eq!(found.equivalent, inside, "{estimate} {margin}");
        }
        let test = CoefTest::new(0.0, 1.0, 12.0, 0.05, 100, Some(13)).unwrap();
        let found = equivalence_test(&test, 1.782287555649159, 0.05).unwrap();
        close(found.p, 0.05, 1e-12);
        close(found.p_above_low, found.p_below_high, 1e-15);
        assert!(equivalence_test(&test, 0.0, 0.05).is_err());
        assert!(equivalence_test(&test, 1.0, 0.5).is_err());
    }
}
