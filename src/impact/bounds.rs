//! What lost students could do to the estimate: trimming bounds, worst cases and the tipping point.

use super::{Arm, CoefTest, ImpactError};
use crate::num::{Interval, NumError, dist, moments};

/// Outcomes (or changes) of an arm and how many of its students have none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ArmOutcome<'a> {
    /// Outcomes of the students who stayed.
    pub observed: &'a [f64],
    /// Students who were lost.
    pub lost: usize,
}

impl ArmOutcome<'_> {
    fn response(&self) -> f64 {
        self.observed.len() as f64 / (self.observed.len() + self.lost) as f64
    }

    /// Mean when each lost student has the value `value`.
    fn mean_with_lost_at(&self, value: f64) -> Result<f64, ImpactError> {
        let share = self.response();
        Ok(share * moments::mean(self.observed)? + (1.0 - share) * value)
    }
}

/// Bounds on the effect among students who would stay in either arm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LeeBounds {
    /// Lower and upper bound of the difference, program less comparison.
    pub bounds: Interval,
    /// The difference without trimming.
    pub difference: f64,
    /// The arm that was trimmed; `None` when both lost the same share.
    pub trimmed: Option<Arm>,
    /// Share of the trimmed arm's outcomes that was taken away.
    pub share: f64,
}

/// Lee's bounds: the arm that kept more students is trimmed from the top, then from the bottom, until both
/// arms kept the same share.
///
/// ```text
/// q = (r_hi - r_lo) / r_hi
/// ```
///
/// The share is taken exactly: the outcome at the cut counts in part. Valid when the program moves
/// participation in one direction only. Sampling error is not in the bounds; resample schools for it.
///
/// # Errors
/// `ArmTooSmall` when an arm has no outcome, `NotFinite`.
///
/// # References
/// Lee (2009), Review of Economic Studies 76, 1071-1102.
pub fn lee_bounds(program: &ArmOutcome, comparison: &ArmOutcome) -> Result<LeeBounds, ImpactError> {
    check_observed(program, Arm::Program)?;
    check_observed(comparison, Arm::Comparison)?;
    let (r1, r0) = (program.response(), comparison.response());
    let (m1, m0) = (moments::mean(program.observed)?, moments::mean(comparison.observed)?);
    let share = (r1 - r0).abs() / r1.max(r0);
    let (trimmed, bounds) = if r1 > r0 {
        let kept = trimmed_means(program.observed, share);
        (Some(Arm::Program), Interval { low: kept.low - m0, high: kept.high - m0 })
    } else if r0 > r1 {
        let kept = trimmed_means(comparison.observed, share);
        (Some(Arm::Comparison), Interval { low: m1 - kept.high, high: m1 - kept.low })
    } else {
        (None, Interval { low: m1 - m0, high: m1 - m0 })
    };
    Ok(LeeBounds { bounds, difference: m1 - m0, trimmed, share })
}

/// The difference between arms when students who were lost take the given value in both arms: with changes
/// and 0, that they did not change. Without a comparison arm, the mean of the program arm.
///
/// # Errors
/// `ArmTooSmall` when an arm has no outcome, `NotFinite`, `OutOfRange` for `value`.
pub fn lost_students_at(
    program: &ArmOutcome,
    comparison: Option<&ArmOutcome>,
    value: f64,
) -> Result<f64, ImpactError> {
    extreme_case(program, comparison, value, value)
}

/// Bounds without assumptions: lost students of the program at the lowest possible value and those of the
/// comparison arm at the highest, and the reverse.
///
/// # Errors
/// As [`lost_students_at`]; `OutOfRange` when `low` exceeds `high`.
///
/// # References
/// Horowitz & Manski (2000), Journal of the American Statistical Association 95, 77-84.
pub fn worst_case_bounds(
    program: &ArmOutcome,
    comparison: Option<&ArmOutcome>,
    low: f64,
    high: f64,
) -> Result<Interval, ImpactError> {
    if !(low <= high) {
        return Err(NumError::OutOfRange { name: "low", value: low }.into());
    }
    Ok(Interval {
        low: extreme_case(program, comparison, low, high)?,
        high: extreme_case(program, comparison, high, low)?,
    })
}

fn extreme_case(
    program: &ArmOutcome,
    comparison: Option<&ArmOutcome>,
    of_program: f64,
    of_comparison: f64,
) -> Result<f64, ImpactError> {
    moments::check_values(&[of_program, of_comparison], 2)?;
    check_observed(program, Arm::Program)?;
    let mean = program.mean_with_lost_at(of_program)?;
    let Some(comparison) = comparison else { return Ok(mean) };
    check_observed(comparison, Arm::Comparison)?;
    Ok(mean - comparison.mean_with_lost_at(of_comparison)?)
}

fn check_observed(outcome: &ArmOutcome, arm: Arm) -> Result<(), ImpactError> {
    if outcome.observed.is_empty() {
        return Err(ImpactError::ArmTooSmall { arm, needed: 1, found: 0 });
    }
    Ok(moments::check_values(outcome.observed, 1)?)
}

/// Means of what is left without the top (low) and without the bottom (high) `share`.
fn trimmed_means(values: &[f64], share: f64) -> Interval {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let keep = (1.0 - share) * sorted.len() as f64;
    let whole = (keep + 1e-12).floor() as usize;
    let part = (keep - whole as f64).max(0.0);
    let lowest = |ordered: &mut dyn Iterator<Item = &f64>| {
        let weights = std::iter::repeat_n(1.0, whole).chain([part]);
        moments::sum(ordered.zip(weights).map(|(v, w)| v * w)) / keep
    };
    Interval { low: lowest(&mut sorted.iter()), high: lowest(&mut sorted.iter().rev()) }
}

/// How much worse lost students of the program would have to be to undo the finding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TippingPoint {
    /// Share of the program arm (or group) that was lost.
    pub lost_share: f64,
    /// Distance of the lost from the observed students of the arm, in points toward zero effect, at which the
    /// estimate is 0.
    pub to_zero: f64,
    /// Distance at which the estimate stops to differ from 0 at level alpha, standard error unchanged;
    /// `None` when it does not differ to begin with.
    pub to_not_significant: Option<f64>,
}

/// The tipping point of an estimate: lost students of the program at their arm's mean less delta, those of
/// the comparison arm at theirs, so that the estimate moves by delta times the lost share.
///
/// # Errors
/// `OutOfRange` when nobody was lost or nobody stayed, or for alpha.
///
/// # References
/// Yan, Lee & Li (2009), Journal of Biopharmaceutical Statistics 19, 1085-1098.
pub fn tipping_point(
    test: &CoefTest,
    stayed: usize,
    lost: usize,
    alpha: f64,
) -> Result<TippingPoint, ImpactError> {
    if stayed == 0 || lost == 0 {
        return Err(NumError::OutOfRange { name: "lost", value: lost as f64 }.into());
    }
    tipping_point_at(test, lost as f64 / (stayed + lost) as f64, alpha)
}

/// As [`tipping_point`] for an estimate in which the lost students of the program weigh `lost_share`: the mean of
/// the schools' shares where schools weigh alike.
///
/// # Errors
/// `OutOfRange` for a share not above 0 or above 1, or for alpha.
pub fn tipping_point_at(test: &CoefTest, lost_share: f64, alpha: f64) -> Result<TippingPoint, ImpactError> {
    if !(lost_share > 0.0 && lost_share <= 1.0) {
        return Err(NumError::OutOfRange { name: "lost_share", value: lost_share }.into());
    }
    let margin = test.estimate.abs() - dist::t_critical(alpha, test.df)? * test.se;
    Ok(TippingPoint {
        lost_share,
        to_zero: test.estimate.abs() / lost_share,
        to_not_significant: (margin > 0.0).then(|| margin / lost_share),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::close;

    #[test]
    fn trims_the_arm_that_kept_more() {
        // 8 of 10 and 6 of 10 stayed: a quarter of the eight, two outcomes, is trimmed.
        let program = ArmOutcome { observed: &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], lost: 2 };
        let comparison = ArmOutcome { observed: &[2.0, 3.0, 4.0, 4.0, 5.0, 6.0], lost: 4 };
        let found = lee_bounds(&program, &comparison).unwrap();
        close(found.share, 0.25, 1e-15);
        close(found.bounds.low, 3.5 - 4.0, 1e-12);
        close(found.bounds.high, 5.5 - 4.0, 1e-12);
        let turned = lee_bounds(&comparison, &program).unwrap();
        close(turned.bounds.low, -1.5, 1e-12);
        assert_eq!((found.trimmed, turned.trimmed), (Some(Arm::Program), Some(Arm::Comparison)));
        let same = lee_bounds(&program, &program).unwrap();
        assert_eq!((same.bounds, same.trimmed), (Interval { low: 0.0, high: 0.0 }, None));
        // Half an outcome: 1/8 of three is trimmed, .375 of the outermost value.
        let three = ArmOutcome { observed: &[0.0, 1.0, 8.0], lost: 0 };
        let fewer = ArmOutcome { observed: &[0.0; 7], lost: 1 };
        let found = lee_bounds(&three, &fewer).unwrap();
        close(found.bounds.low, (1.0 + 0.625 * 8.0) / 2.625, 1e-12);
        assert!(lee_bounds(&ArmOutcome { observed: &[], lost: 3 }, &fewer).is_err());
    }

    #[test]
    fn worst_cases_and_tipping_point() {
        let program = ArmOutcome { observed: &[4.0, 6.0], lost: 2 };
        let comparison = ArmOutcome { observed: &[1.0, 2.0, 3.0], lost: 1 };
        close(lost_students_at(&program, None, 0.0).unwrap(), 2.5, 1e-15);
        close(lost_students_at(&program, Some(&comparison), 0.0).unwrap(), 1.0, 1e-15);
        let bounds = worst_case_bounds(&program, Some(&comparison), 0.0, 10.0).unwrap();
        close(bounds.low, 2.5 - 4.0, 1e-15);
        close(bounds.high, 7.5 - 1.5, 1e-15);
        assert!(worst_case_bounds(&program, None, 2.0, f64::NAN).is_err());
        let test = CoefTest::new(3.0, 1.0, 12.0, 0.05, 90, Some(13)).unwrap();
        let tipping = tipping_point(&test, 90, 10, 0.05).unwrap();
        close(tipping.to_zero, 30.0, 1e-12);
        close(tipping.to_not_significant.unwrap(), (3.0 - 2.178812829667229) / 0.1, 1e-9);
        let weak = CoefTest::new(1.0, 1.0, 12.0, 0.05, 90, Some(13)).unwrap();
        assert_eq!(tipping_point(&weak, 90, 10, 0.05).unwrap().to_not_significant, None);
        assert!(tipping_point(&test, 90, 0, 0.05).is_err());
    }
}
