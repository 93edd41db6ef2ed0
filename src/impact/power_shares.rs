//! Planned studies of shares: how many students reach a level.

use super::ImpactError;
use super::power_designs::PlannedError;
use crate::num::NumError;

/// Shares before (or without) and after (or with) the programme, in schools of n students.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SharePlan {
    /// Students per school n.
    pub students: f64,
    /// Share without the programme, p0.
    pub share: f64,
    /// What the programme adds, in standard deviations `sqrt(p0 (1 - p0))`: p1 = p0 + effect sqrt(p0 (1 - p0)).
    pub effect: f64,
    /// Intraclass correlation of the yes or no, rho.
    pub icc: f64,
}

impl SharePlan {
    /// Standard deviation of the yes or no without the programme.
    pub fn sd(&self) -> f64 {
        (self.share * (1.0 - self.share)).sqrt()
    }

    /// Share with the programme.
    pub fn share_after(&self) -> f64 {
        self.share + self.effect * self.sd()
    }

    /// Standard error of the difference between arms of schools, in those standard deviations:
    ///
    /// ```text
    /// sqrt((v / J_T + 1 / J_C)(rho + (1 - rho) / n)),   v = p1 (1 - p1) / (p0 (1 - p0))
    /// ```
    ///
    /// on J_T + J_C - 2 degrees of freedom. The variance is that under the effect, so it is not the same in the arms.
    ///
    /// # Errors
    /// `OutOfRange` for a share (also with the programme) outside (0, 1), an ICC outside 0..=1, or less than one
    /// school or student.
    ///
    /// # References
    /// Donner & Klar (2000), Design and Analysis of Cluster Randomization Trials, chapter 5.
    pub fn difference(&self, program: f64, comparison: f64) -> Result<PlannedError, ImpactError> {
        let ratio = self.variance_ratio()?;
        at_least_one("schools", program.min(comparison))?;
        let of_school = self.icc + (1.0 - self.icc) / self.students;
        let variance = (ratio / program + 1.0 / comparison) * of_school;
        Ok(PlannedError { se: variance.sqrt(), df: program + comparison - 2.0 })
    }

    /// Standard error of the change in one group of schools whose shares correlate `r_between`, and whose students'
    /// answers correlate `r_within` given their school:
    ///
    /// ```text
    /// sqrt((rho (1 + v - 2 r_B sqrt(v)) + (1 - rho)(1 + v - 2 r_W sqrt(v)) / n) / J)
    /// ```
    ///
    /// on J - 1 degrees of freedom.
    ///
    /// # Errors
    /// As [`Self::difference`]; `OutOfRange` for correlations beyond 1.
    pub fn change(&self, schools: f64, r_between: f64, r_within: f64) -> Result<PlannedError, ImpactError> {
        let ratio = self.variance_ratio()?;
        at_least_one("schools", schools)?;
        for (name, r) in [("r_between", r_between), ("r_within", r_within)] {
            if !(r.abs() <= 1.0) {
                return Err(NumError::OutOfRange { name, value: r }.into());
            }
        }
        let of_change = |r: f64| 1.0 + ratio - 2.0 * r * ratio.sqrt();
        let between = self.icc * of_change(r_between);
        let within = (1.0 - self.icc) * of_change(r_within) / self.students;
        Ok(PlannedError { se: ((between + within) / schools).sqrt(), df: schools - 1.0 })
    }

    fn variance_ratio(&self) -> Result<f64, ImpactError> {
        let after = self.share_after();
        for (name, share) in [("share_reached", self.share), ("share reached with the effect", after)] {
            if !(share > 0.0 && share < 1.0) {
                return Err(NumError::OutOfRange { name, value: share }.into());
            }
        }
        if !(0.0..=1.0).contains(&self.icc) {
            return Err(NumError::OutOfRange { name: "icc", value: self.icc }.into());
        }
        at_least_one("students", self.students)?;
        Ok(after * (1.0 - after) / (self.share * (1.0 - self.share)))
    }
}

fn at_least_one(name: &'static str, value: f64) -> Result<(), ImpactError> {
    if value >= 1.0 && value.is_finite() { Ok(()) } else { Err(NumError::OutOfRange { name, value }.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::close;
    use crate::impact::power::OneGroupPlan;

    #[test]
    fn shares_between_arms() {
        // 40 to 60 percent: the variances are alike, and one student per school is a plain comparison of shares.
        let plan = SharePlan { students: 1.0, share: 0.4, effect: 0.2 / 0.24f64.sqrt(), icc: 0.3 };
        close(plan.share_after(), 0.6, 1e-15);
        let found = plan.difference(50.0, 50.0).unwrap();
        close(found.se * plan.sd(), (0.24 / 50.0 + 0.24 / 50.0f64).sqrt(), 1e-15);
        assert_eq!(found.df, 98.0);
        // 20 students: design effect 1 + 19 * 0.3; 40 to 80 percent: variances 0.24 and 0.16.
        let plan = SharePlan { students: 20.0, effect: 0.4 / 0.24f64.sqrt(), ..plan };
        let by_hand = ((0.16 / (9.0 * 20.0) + 0.24 / (11.0 * 20.0f64)) * (1.0 + 19.0 * 0.3)).sqrt();
        close(plan.difference(9.0, 11.0).unwrap().se * plan.sd(), by_hand, 1e-14);
        assert!(SharePlan { effect: 2.0, ..plan }.difference(9.0, 11.0).is_err());
        assert!(SharePlan { share: 0.0, ..plan }.difference(9.0, 11.0).is_err());
    }

    #[test]
    fn a_change_without_effect_is_that_of_scores() {
        let plan = SharePlan { students: 25.0, share: 0.3, effect: 0.0, icc: 0.2 };
        let scores = OneGroupPlan { schools: 13.0, students: 25.0, icc: 0.2, r_between: 0.7, r_within: 0.6 };
        let found = plan.change(13.0, 0.7, 0.6).unwrap();
        close(found.se, scores.se().unwrap(), 1e-14);
        assert_eq!(found.df, 12.0);
        assert!(plan.change(13.0, 1.1, 0.6).is_err());
    }
}
