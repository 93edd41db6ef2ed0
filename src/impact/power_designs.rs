//! Minimum detectable effects of further designs, power at an effect and the number of units needed.

use super::ImpactError;
use super::power::minimum_detectable_effect;
use crate::num::{NumError, dist, noncentral};

/// Standard error of a planned estimate in SD units and its degrees of freedom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlannedError {
    /// Standard error.
    pub se: f64,
    /// Degrees of freedom.
    pub df: f64,
}

/// A trial that assigns clusters of the third level (districts, say) with schools and students in them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ThreeLevelPlan {
    /// Third-level units K in both arms.
    pub units: f64,
    /// Schools per unit J.
    pub schools: f64,
    /// Students per school n.
    pub students: f64,
    /// Share of units in the program arm.
    pub program_share: f64,
    /// Share of the variance between units, rho3.
    pub icc_units: f64,
    /// Share of the variance between schools within units, rho2.
    pub icc_schools: f64,
    /// Explained share of the variance of units, schools and students.
    pub r2: [f64; 3],
    /// Covariates of the units, g.
    pub covariates: f64,
}

impl ThreeLevelPlan {
    /// `sqrt((rho3 (1 - R2_3) + rho2 (1 - R2_2) / J + (1 - rho3 - rho2)(1 - R2_1) / (J n)) / (P (1-P) K))` on
    /// K - g - 2 degrees of freedom (design CRA3_3r).
    ///
    /// # Errors
    /// `OutOfRange` for values outside their range.
    ///
    /// # References
    /// Dong & Maynard (2013), Journal of Research on Educational Effectiveness 6, 24-67.
    pub fn error(&self) -> Result<PlannedError, ImpactError> {
        check_positive("units", self.units)?;
        check_positive("schools", self.schools)?;
        check_positive("students", self.students)?;
        let rest = 1.0 - self.icc_units - self.icc_schools;
        let [units, schools, students] = self.r2;
        for value in [self.icc_units, self.icc_schools, rest, units, schools, students] {
            check_share("icc or r2", value)?;
        }
        let split = split("program_share", self.program_share)? * self.units;
        let variance = self.icc_units * (1.0 - units)
            + self.icc_schools * (1.0 - schools) / self.schools
            + rest * (1.0 - students) / (self.schools * self.students);
        Ok(PlannedError { se: (variance / split).sqrt(), df: self.units - self.covariates - 2.0 })
    }
}

/// A trial that assigns students (or classes) within schools, schools with effects of their own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlockedPlan {
    /// Schools J.
    pub schools: f64,
    /// Students per school n.
    pub students: f64,
    /// Share of students in the program arm.
    pub program_share: f64,
    /// Intraclass correlation rho.
    pub icc: f64,
    /// Variance of the effect between schools over that of the school means, omega.
    pub effect_heterogeneity: f64,
    /// Share of the effect's variance that school covariates explain.
    pub r2_effects: f64,
    /// Share of the student variance that covariates explain.
    pub r2_students: f64,
    /// Covariates of the schools, g.
    pub covariates: f64,
    /// Reliability of the outcome, which divides the student term; 1 when ignored.
    pub reliability: f64,
}

impl BlockedPlan {
    /// `sqrt(rho omega (1 - R2_T) / J + (1 - rho)(1 - R2_1) / (rel P (1-P) J n))` on J - g - 1 degrees of
    /// freedom (design BIRA2_1r).
    ///
    /// # Errors
    /// `OutOfRange` for values outside their range.
    ///
    /// # References
    /// Dong & Maynard (2013), as above.
    pub fn error(&self) -> Result<PlannedError, ImpactError> {
        check_positive("schools", self.schools)?;
        check_positive("students", self.students)?;
        check_positive("reliability", self.reliability)?;
        for value in [self.icc, self.r2_effects, self.r2_students, self.reliability] {
            check_share("icc, r2 or reliability", value)?;
        }
        if !(self.effect_heterogeneity >= 0.0) {
            return Err(NumError::OutOfRange { name: "omega", value: self.effect_heterogeneity }.into());
        }
        let split = split("program_share", self.program_share)?;
        let effects = self.icc * self.effect_heterogeneity * (1.0 - self.r2_effects) / self.schools;
        let students = (1.0 - self.icc) * (1.0 - self.r2_students)
            / (self.reliability * split * self.schools * self.students);
        Ok(PlannedError { se: (effects + students).sqrt(), df: self.schools - self.covariates - 1.0 })
    }
}

/// Linked pairs of independent students: `sqrt(2 (1 - r) / n)` on n - 1 degrees of freedom.
///
/// # Errors
/// `OutOfRange` for fewer than two pairs or |r| above 1.
pub fn paired_error(pairs: f64, r: f64) -> Result<PlannedError, ImpactError> {
    check_share("r", r.abs())?;
    if !(pairs >= 2.0 && pairs.is_finite()) {
        return Err(NumError::OutOfRange { name: "pairs", value: pairs }.into());
    }
    Ok(PlannedError { se: (2.0 * (1.0 - r) / pairs).sqrt(), df: pairs - 1.0 })
}

/// What unequal school sizes do to the variance of a clustered mean with the mean size n in its formula.
///
/// ```text
/// 1 / (1 - CV^2 lambda (1 - lambda)),   lambda = n rho / (n rho + 1 - rho),   CV = sd / mean of the sizes
/// ```
///
/// # Errors
/// `OutOfRange` for values outside their range, also when the sizes vary too much for the approximation.
///
/// # References
/// Van Breukelen, Candel & Berger (2007), Statistics in Medicine 26, 2589-2603.
pub fn unequal_size_inflation(mean_size: f64, cv: f64, icc: f64) -> Result<f64, ImpactError> {
    check_positive("mean_size", mean_size)?;
    check_share("icc", icc)?;
    if !(cv >= 0.0) {
        return Err(NumError::OutOfRange { name: "cv", value: cv }.into());
    }
    let lambda = mean_size * icc / (mean_size * icc + 1.0 - icc);
    let kept = 1.0 - cv * cv * lambda * (1.0 - lambda);
    if kept > 0.0 { Ok(kept.recip()) } else { Err(NumError::OutOfRange { name: "cv", value: cv }.into()) }
}

/// Power of the two-sided t test when the true effect is `effect`, with the noncentral t.
///
/// # Errors
/// `OutOfRange` for `se` or `df` not positive, or alpha.
pub fn power_at(effect: f64, planned: PlannedError, alpha: f64) -> Result<f64, ImpactError> {
    check_positive("se", planned.se)?;
    let critical = dist::t_critical(alpha, planned.df)?;
    let ncp = effect / planned.se;
    let upper = noncentral::t_sf(critical, planned.df, ncp)?;
    Ok((upper + noncentral::t_cdf(-critical, planned.df, ncp)?).clamp(0.0, 1.0))
}

/// The smallest whole number of units (schools, pairs) from `least` to 1,000,000 with which the design
/// detects `effect`; `plan` gives the error for a number of units.
///
/// # Errors
/// `NotConverged` when not even a million suffice; errors of the plan at the number where it is asked.
pub fn units_needed(
    effect: f64,
    alpha: f64,
    power: f64,
    least: u32,
    plan: impl Fn(f64) -> Result<PlannedError, ImpactError>,
) -> Result<u32, ImpactError> {
    let enough = |units: u32| -> Result<bool, ImpactError> {
        let planned = plan(f64::from(units))?;
        // Without degrees of freedom there is no test; more units bring them.
        if planned.df < 1.0 {
            return Ok(false);
        }
        Ok(minimum_detectable_effect(planned.se, planned.df, alpha, power)?.value <= effect.abs())
    };
    let (mut few, mut many) = (least, 1_000_000);
    if !enough(many)? {
        return Err(NumError::NotConverged { routine: "units needed" }.into());
    }
    while few < many {
        let middle = few + (many - few) / 2;
        if enough(middle)? { many = middle } else { few = middle + 1 }
    }
    Ok(many)
}

fn split(name: &'static str, share: f64) -> Result<f64, ImpactError> {
    if share > 0.0 && share < 1.0 {
        Ok(share * (1.0 - share))
    } else {
        Err(NumError::OutOfRange { name, value: share }.into())
    }
}

fn check_positive(name: &'static str, value: f64) -> Result<(), ImpactError> {
    if value > 0.0 && value.is_finite() { Ok(()) } else { Err(NumError::OutOfRange { name, value }.into()) }
}

fn check_share(name: &'static str, value: f64) -> Result<(), ImpactError> {
    if (0.0..=1.0).contains(&value) { Ok(()) } else { Err(NumError::OutOfRange { name, value }.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::close;
    use crate::impact::power::OneGroupPlan;

    #[test]
    fn two_levels_are_three_with_one_school_per_unit() {
        let plan = ThreeLevelPlan {
            units: 13.0,
            schools: 1.0,
            students: 25.0,
            program_share: 0.5,
            icc_units: 0.2,
            icc_schools: 0.0,
            r2: [0.0; 3],
            covariates: 0.0,
        };
        let error = plan.error().unwrap();
        close(error.se, 0.267179, 6e-7);
        assert_eq!(error.df, 11.0);
        assert!(ThreeLevelPlan { icc_schools: 0.9, ..plan }.error().is_err());
        assert!(ThreeLevelPlan { program_share: 1.0, ..plan }.error().is_err());
    }

    #[test]
    fn difference_in_differences_of_schools() {
        // The variance of one school times 1/J_T + 1/J_C, df J - 2.
        let plan = OneGroupPlan { schools: 1.0, students: 25.0, icc: 0.2, r_between: 0.7, r_within: 0.6 };
        close(plan.did_se(6.0, 7.0).unwrap(), plan.se().unwrap() * (1.0 / 6.0 + 1.0 / 7.0f64).sqrt(), 1e-15);
    }

    #[test]
    fn sizes_pairs_and_numbers() {
        close(paired_error(50.0, 0.5).unwrap().se, 0.02f64.sqrt(), 1e-15);
        close(unequal_size_inflation(25.0, 0.0, 0.2).unwrap(), 1.0, 1e-15);
        let lambda = 5.0 / 5.8;
        close(
            unequal_size_inflation(25.0, 0.6, 0.2).unwrap(),
            1.0 / (1.0 - 0.36 * lambda * (1.0 - lambda)),
            1e-14,
        );
        assert!(unequal_size_inflation(25.0, f64::NAN, 0.2).is_err());
        let plan = |units: f64| Ok(PlannedError { se: 1.0 / units.sqrt(), df: units - 1.0 });
        let n = units_needed(0.3, 0.05, 0.8, 2, plan).unwrap();
        let power = |n: u32| power_at(0.3, plan(f64::from(n)).unwrap(), 0.05).unwrap();
        // The multiplier formula and the noncentral t differ by less than a unit here.
        assert!((power(n) - 0.8).abs() < 0.005 && n == 90, "{n}");
        assert!(units_needed(0.0, 0.05, 0.8, 2, plan).is_err());
        assert!(power_at(0.3, PlannedError { se: 0.0, df: 3.0 }, 0.05).is_err());
    }
}
