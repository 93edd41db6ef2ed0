//! Minimum detectable effects of further designs, power at an effect and the number of units needed.

use super::ImpactError;
use super::power::{check_explained, minimum_detectable_effect};
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
    /// Share of the student variance that covariates explain; below 0 where a difference in change has more variance than
    /// the last score.
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
        for value in [self.icc, self.r2_effects, self.reliability] {
            check_share("icc, r2 or reliability", value)?;
        }
        check_explained(self.r2_students)?;
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

/// Two arms of independent students with linked pairs of scores: `sqrt(2 (1 - r) / (P (1-P) N))` on N - 2 degrees of
/// freedom for the difference in change, and `sqrt((1 - r^2) / (P (1-P) N))` on N - 3 for the last score `adjusted` for
/// the first.
///
/// # Errors
/// `OutOfRange` for fewer than two pairs, |r| above 1 or a share outside (0, 1).
///
/// # References
/// Borm, Fransen & Lemmens (2007), Journal of Clinical Epidemiology 60, 1234-1238.
pub fn independent_error(
    pairs: f64,
    program_share: f64,
    r: f64,
    adjusted: bool,
) -> Result<PlannedError, ImpactError> {
    check_share("r", r.abs())?;
    if !(pairs >= 2.0 && pairs.is_finite()) {
        return Err(NumError::OutOfRange { name: "pairs", value: pairs }.into());
    }
    let split = split("program_share", program_share)? * pairs;
    let (variance, used) = if adjusted { (1.0 - r * r, 3.0) } else { (2.0 * (1.0 - r), 2.0) };
    Ok(PlannedError { se: (variance / split).sqrt(), df: pairs - used })
}

/// What more than two waves do to the standard error of the change from the first to the last: the least squares trend
/// over equally spaced waves, any two of which correlate alike, times the number of steps.
///
/// ```text
/// SE(trend) / SE(two waves) = sqrt(6 (T - 1) / (T (T + 1)))
/// ```
///
/// since the contrast (T - 1)(t - mean) / sum (t - mean)^2 has squared length 12 (T - 1) / (T (T + 1)), against 2 of a
/// plain change.
///
/// # Errors
/// `OutOfRange` below two waves or for a broken number of them.
pub fn trend_factor(waves: f64) -> Result<f64, ImpactError> {
    if !(waves >= 2.0 && waves.is_finite() && waves.fract() == 0.0) {
        return Err(NumError::OutOfRange { name: "waves", value: waves }.into());
    }
    Ok((6.0 * (waves - 1.0) / (waves * (waves + 1.0))).sqrt())
}

/// The error of a change with that of linking its waves, which no number of schools makes smaller.
///
/// ```text
/// SE = sqrt(se^2 + link^2),   df = SE^4 / (se^4 / df + link^4 / (L - 1))
/// ```
///
/// with L common items. A link error of 0 leaves the error as it is.
///
/// # Errors
/// `OutOfRange` for a negative link error or, beside one, fewer than two items.
///
/// # References
/// Satterthwaite (1946), Biometrics Bulletin 2, 110-114. OECD (2017), PISA 2015 Technical Report, chapter 12.
pub fn with_link(planned: PlannedError, link: f64, items: f64) -> Result<PlannedError, ImpactError> {
    if link == 0.0 {
        return Ok(planned);
    }
    check_positive("link_error", link)?;
    if !(items >= 2.0 && items.is_finite()) {
        return Err(NumError::OutOfRange { name: "link_items", value: items }.into());
    }
    let se = planned.se.hypot(link);
    let df = se.powi(4) / (planned.se.powi(4) / planned.df + link.powi(4) / (items - 1.0));
    Ok(PlannedError { se, df })
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
/// Beside an error that does not shrink (that of a link) a million units may detect a little less than a thousand,
/// because the degrees of freedom fall; so the search is over powers of two first.
///
/// # Errors
/// `NotConverged` when no number suffices; errors of the plan at the number where it is asked.
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
    const MOST: u32 = 1_000_000;
    let (mut few, mut many) = (least, least.max(1));
    while !enough(many)? {
        if many >= MOST {
            return Err(NumError::NotConverged { routine: "units needed" }.into());
        }
        few = many + 1;
        many = many.saturating_mul(2).min(MOST);
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
    fn two_arms_of_independent_students() {
        // 100 pairs in halves: the variance of a difference of two means of 50.
        let change = independent_error(100.0, 0.5, 0.6, false).unwrap();
        close(change.se, (2.0 * 0.4 * (1.0 / 50.0 + 1.0 / 50.0f64)).sqrt(), 1e-15);
        let adjusted = independent_error(100.0, 0.5, 0.6, true).unwrap();
        close(adjusted.se, 0.16, 1e-15);
        assert_eq!((change.df, adjusted.df), (98.0, 97.0));
        assert!(independent_error(100.0, 0.0, 0.6, true).is_err());
        assert!(independent_error(100.0, 0.5, 1.2, true).is_err());
    }

    #[test]
    fn a_trend_is_a_contrast_of_the_waves() {
        close(trend_factor(2.0).unwrap(), 1.0, 1e-15);
        for waves in 2..8u32 {
            let t = f64::from(waves);
            let centred: Vec<f64> = (0..waves).map(|own| f64::from(own) - (t - 1.0) / 2.0).collect();
            let squares: f64 = centred.iter().map(|own| own * own).sum();
            let length: f64 = centred.iter().map(|own| ((t - 1.0) * own / squares).powi(2)).sum();
            close(trend_factor(t).unwrap(), (length / 2.0).sqrt(), 1e-14);
        }
        assert!(trend_factor(2.5).is_err() && trend_factor(1.0).is_err());
    }

    #[test]
    fn the_link_does_not_shrink() {
        let schools = PlannedError { se: 3.0, df: 12.0 };
        let linked = with_link(schools, 4.0, 10.0).unwrap();
        close(linked.se, 5.0, 1e-15);
        close(linked.df, 625.0 / (81.0 / 12.0 + 256.0 / 9.0), 1e-12);
        assert_eq!(with_link(schools, 0.0, 0.0).unwrap(), schools);
        assert!(with_link(schools, 0.1, 1.0).is_err() && with_link(schools, -0.1, 9.0).is_err());
        let plan = |link: f64| {
            move |units: f64| with_link(PlannedError { se: 1.0 / units.sqrt(), df: units - 1.0 }, link, 10.0)
        };
        // 0.1 SD of link error on 9 df: no number of schools detects less than (2.262 + 0.883) 0.1.
        assert!(units_needed(0.31, 0.05, 0.8, 2, plan(0.1)).is_err());
        let (without, with) =
            (units_needed(0.4, 0.05, 0.8, 2, plan(0.0)), units_needed(0.4, 0.05, 0.8, 2, plan(0.1)));
        assert!(with.unwrap() > without.unwrap());
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
