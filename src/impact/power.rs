//! Minimum detectable effects.

use super::ImpactError;
use crate::num::{NumError, dist};

/// The smallest true effect that a design detects with the given power.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mdes {
    /// multiplier x se, in the units of the standard error.
    pub value: f64,
    /// t(1 - alpha/2, df) + t(power, df).
    pub multiplier: f64,
    /// Standard error it was computed from.
    pub se: f64,
    /// Degrees of freedom.
    pub df: f64,
}

/// Minimum detectable effect from a standard error, as achieved or as planned.
///
/// Give the standard error in SD units for an effect size, in points for points. This describes the
/// design; it is not power at the observed effect, which says nothing beyond p.
///
/// # Errors
/// `OutOfRange` for a negative or not finite `se`, `df` not positive, `alpha` or `power` not in (0, 1).
///
/// # References
/// Bloom (1995), Evaluation Review 19, 547-556.
pub fn minimum_detectable_effect(se: f64, df: f64, alpha: f64, power: f64) -> Result<Mdes, ImpactError> {
    check_at_least("se", se, 0.0)?;
    let multiplier = dist::t_critical(alpha, df)? + dist::t_quantile(power, df)?;
    Ok(Mdes { value: multiplier * se, multiplier, se, df })
}

/// Schools, students per school and correlations of a planned one-group study with linked waves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneGroupPlan {
    /// Schools J.
    pub schools: f64,
    /// Students per school n (harmonic mean when sizes differ).
    pub students: f64,
    /// Intraclass correlation rho.
    pub icc: f64,
    /// Pre-post correlation of school means.
    pub r_between: f64,
    /// Pre-post correlation of students within schools; 0 when waves are not linked.
    pub r_within: f64,
}

impl OneGroupPlan {
    /// Standard error of the mean change in units of the total pre SD:
    /// `sqrt((2 rho (1 - r_B) + 2 (1 - rho)(1 - r_W) / n) / J)`. Degrees of freedom are J - 1.
    ///
    /// # Errors
    /// `OutOfRange` for fewer than one school or student, or correlations outside their range.
    pub fn se(&self) -> Result<f64, ImpactError> {
        Ok((self.variance_of_one_school()? / self.schools).sqrt())
    }

    /// Standard error of a difference in differences with the schools split into two arms:
    /// the variance of one school times `1/J_T + 1/J_C`. Degrees of freedom are J_T + J_C - 2.
    ///
    /// # Errors
    /// As [`Self::se`].
    pub fn did_se(&self, program_schools: f64, comparison_schools: f64) -> Result<f64, ImpactError> {
        check_at_least("schools", program_schools.min(comparison_schools), 1.0)?;
        Ok((self.variance_of_one_school()? * (1.0 / program_schools + 1.0 / comparison_schools)).sqrt())
    }

    fn variance_of_one_school(&self) -> Result<f64, ImpactError> {
        check_at_least("schools", self.schools, 1.0)?;
        check_at_least("students", self.students, 1.0)?;
        check_share("icc", self.icc)?;
        check_share("r_between", self.r_between.abs())?;
        check_share("r_within", self.r_within.abs())?;
        let between = 2.0 * self.icc * (1.0 - self.r_between);
        let within = 2.0 * (1.0 - self.icc) * (1.0 - self.r_within) / self.students;
        Ok(between + within)
    }
}

/// A planned trial that assigns schools, with what the covariates explain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SchoolTrialPlan {
    /// Schools J in both arms.
    pub schools: f64,
    /// Students per school n.
    pub students: f64,
    /// Share of schools in the program arm.
    pub program_share: f64,
    /// Intraclass correlation rho.
    pub icc: f64,
    /// Share of the student-level variance that covariates explain; below 0 where they add to it.
    pub r2_students: f64,
    /// Share of the school-level variance that covariates explain; below 0 where one slope for students and schools adds
    /// to what schools differ in.
    pub r2_schools: f64,
    /// School-level covariates g; degrees of freedom are J - g - 2.
    pub school_covariates: f64,
}

impl SchoolTrialPlan {
    /// Standard error of the adjusted difference in units of the total SD:
    /// `sqrt(rho (1 - R2_2) / (P (1 - P) J) + (1 - rho)(1 - R2_1) / (P (1 - P) J n))`.
    ///
    /// # Errors
    /// `OutOfRange` for values outside their range.
    ///
    /// # References
    /// Dong & Maynard (2013), Journal of Research on Educational Effectiveness 6, 24-67.
    pub fn se(&self) -> Result<f64, ImpactError> {
        check_at_least("schools", self.schools, 2.0)?;
        check_at_least("students", self.students, 1.0)?;
        check_share("icc", self.icc)?;
        check_explained(self.r2_students)?;
        check_explained(self.r2_schools)?;
        let split = self.program_share * (1.0 - self.program_share) * self.schools;
        if split.is_nan() || split <= 0.0 {
            return Err(NumError::OutOfRange { name: "program_share", value: self.program_share }.into());
        }
        let between = self.icc * (1.0 - self.r2_schools) / split;
        let within = (1.0 - self.icc) * (1.0 - self.r2_students) / (split * self.students);
        Ok((between + within).sqrt())
    }

    /// Degrees of freedom J - g - 2.
    pub fn df(&self) -> f64 {
        self.schools - self.school_covariates - 2.0
    }
}

fn check_at_least(name: &'static str, value: f64, least: f64) -> Result<(), ImpactError> {
    if value >= least && value.is_finite() {
        Ok(())
    } else {
        Err(NumError::OutOfRange { name, value }.into())
    }
}

fn check_share(name: &'static str, value: f64) -> Result<(), ImpactError> {
    if (0.0..=1.0).contains(&value) { Ok(()) } else { Err(NumError::OutOfRange { name, value }.into()) }
}

/// A share that is explained: at most 1, and above -3, what a difference in change of scores that go against each other
/// (r = -1) has.
pub(super) fn check_explained(r2: f64) -> Result<(), ImpactError> {
    if (-3.0..=1.0).contains(&r2) {
        Ok(())
    } else {
        Err(NumError::OutOfRange { name: "r2", value: r2 }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::close;

    fn trial(schools: f64, r2_students: f64, r2_schools: f64, school_covariates: f64) -> SchoolTrialPlan {
        let (students, program_share, icc) = (25.0, 0.5, 0.2);
        SchoolTrialPlan { schools, students, program_share, icc, r2_students, r2_schools, school_covariates }
    }

    #[test]
    fn worked_trials() {
        let plain = trial(13.0, 0.0, 0.0, 0.0);
        close(plain.se().unwrap(), 0.267179, 6e-7);
        let mdes = minimum_detectable_effect(plain.se().unwrap(), plain.df(), 0.05, 0.8).unwrap();
        close(mdes.multiplier, 3.07652, 6e-6);
        close(mdes.value, 0.82198, 6e-6);
        for (plan, value) in [(trial(13.0, 0.5, 0.6, 1.0), 0.534026), (trial(26.0, 0.5, 0.6, 1.0), 0.355616)]
        {
            let mdes = minimum_detectable_effect(plan.se().unwrap(), plan.df(), 0.05, 0.8).unwrap();
            close(mdes.value, value, 6e-7);
        }
    }

    #[test]
    fn worked_one_group_plans() {
        let linked = OneGroupPlan { schools: 13.0, students: 25.0, icc: 0.2, r_between: 0.7, r_within: 0.6 };
        close(linked.se().unwrap(), 0.105830, 6e-7);
        let mdes = minimum_detectable_effect(linked.se().unwrap(), 12.0, 0.05, 0.8).unwrap();
        close(mdes.value, 0.322932, 6e-7);
        close(OneGroupPlan { r_within: 0.0, ..linked }.se().unwrap(), 0.118970, 6e-7);
        assert!(OneGroupPlan { icc: f64::NAN, ..linked }.se().is_err());
        assert!(minimum_detectable_effect(f64::NAN, 3.0, 0.05, 0.8).is_err());
        assert!(minimum_detectable_effect(0.1, 0.0, 0.05, 0.8).is_err());
    }
}
