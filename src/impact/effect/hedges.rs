//! Hedges' effect sizes of trials that assign schools: within, between and total.
//!
//! Three scales of one difference: divided by the spread of students within schools (d_W), of school means
//! (d_B) or of all students (d_T). They are not interchangeable; d_T is the default of reports. Cite the SD.
//!
//! The variances here are those of a raw difference of last scores, as it stands in a published table with sizes,
//! SDs and an ICC. An estimate that has its own error goes through `scaled_effect` instead.

use super::{EffectInterval, EffectSize, check_sd};
use crate::impact::{Arm, ImpactError};
use crate::num::{Interval, NumError, dist};

/// Students of each school, by arm, with the intraclass correlation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SchoolArms<'a> {
    /// Students of each program school.
    pub program: &'a [usize],
    /// Students of each comparison school.
    pub comparison: &'a [usize],
    /// Intraclass correlation; a negative estimate counts as 0.
    pub icc: f64,
}

struct Sizes {
    n1: f64,
    n0: f64,
    schools: f64,
    /// The size that stands for n in the variance of the difference when sizes differ.
    tilde: f64,
    rho: f64,
}

impl SchoolArms<'_> {
    /// (1 + (n-1) rho) / (n rho) with n the harmonic mean: what the variance of school means has beyond that of
    /// schools, as a ratio.
    pub(super) fn sampling_ratio(&self) -> Result<f64, ImpactError> {
        let s = self.sizes()?;
        if s.rho <= 0.0 {
            return Err(ImpactError::NoVariation);
        }
        let inverse: f64 = self.program.iter().chain(self.comparison).map(|n| (*n as f64).recip()).sum();
        let n = s.schools / inverse;
        Ok((1.0 + (n - 1.0) * s.rho) / (n * s.rho))
    }

    fn sizes(&self) -> Result<Sizes, ImpactError> {
        for (arm, schools) in [(Arm::Program, self.program), (Arm::Comparison, self.comparison)] {
            if schools.len() < 2 {
                return Err(ImpactError::ArmTooSmall { arm, needed: 2, found: schools.len() });
            }
            if schools.contains(&0) {
                return Err(NumError::OutOfRange { name: "school size", value: 0.0 }.into());
            }
        }
        if self.icc.is_nan() || self.icc >= 1.0 {
            return Err(NumError::OutOfRange { name: "icc", value: self.icc }.into());
        }
        let (n1, n0) = (power_sum(self.program, 1), power_sum(self.comparison, 1));
        let total = n1 + n0;
        let tilde = n0 * power_sum(self.program, 2) / (n1 * total)
            + n1 * power_sum(self.comparison, 2) / (n0 * total);
        let schools = (self.program.len() + self.comparison.len()) as f64;
        Ok(Sizes { n1, n0, schools, tilde, rho: self.icc.max(0.0) })
    }
}

impl Sizes {
    fn base(&self) -> f64 {
        self.n1.recip() + self.n0.recip()
    }

    fn effect(&self, value: f64, variance: f64, sd: f64, alpha: f64) -> Result<EffectSize, ImpactError> {
        let (df, se) = (self.schools - 2.0, variance.sqrt());
        let ci = Interval::around(value, dist::t_critical(alpha, df)? * se);
        Ok(EffectSize { value, se, ci, method: EffectInterval::SchoolModel { df }, standardizer: sd })
    }
}

/// d_W: the difference in SDs of students within schools (`sd_within`, from mean squares or a mixed model).
///
/// ```text
/// Var = (1/N_T + 1/N_C) (1 + (n~ - 1) rho) / (1 - rho) + d^2 / (2 (N - M))
/// n~ = N_C sum n_T^2 / (N_T N) + N_T sum n_C^2 / (N_C N)
/// ```
///
/// The interval uses t with M - 2 degrees of freedom, M schools; the source uses the normal.
///
/// # Errors
/// `ArmTooSmall` below two schools in an arm, `NoVariation` for an SD not above 0, `NoResidualDf` when every
/// school has one student, `OutOfRange`.
///
/// # References
/// Hedges (2007), Journal of Educational and Behavioral Statistics 32, 341-370.
pub fn hedges_within(
    difference: f64,
    sd_within: f64,
    arms: &SchoolArms,
    alpha: f64,
) -> Result<EffectSize, ImpactError> {
    check_sd(sd_within)?;
    let s = arms.sizes()?;
    let df = s.n1 + s.n0 - s.schools;
    if df <= 0.0 {
        return Err(ImpactError::NoResidualDf { rows: (s.n1 + s.n0) as usize, columns: s.schools as usize });
    }
    let value = difference / sd_within;
    let variance = s.base() * (1.0 + (s.tilde - 1.0) * s.rho) / (1.0 - s.rho) + value * value / (2.0 * df);
    s.effect(value, variance, sd_within, alpha)
}

/// d_B: the difference in SDs between schools; `sd_means` is the pooled SD of school means, which also holds
/// the sampling of students.
///
/// ```text
/// d = diff / S_B sqrt((1 + (n-1) rho) / (n rho))
/// Var = (1/m_T + 1/m_C) (1 + (n-1) rho) / (n rho) + d^2 / (2 (M - 2))
/// ```
///
/// Some printed versions multiply the second term by (1 + (n-1) rho)/(n rho); simulation supports this form.
/// With unequal sizes n is the harmonic mean.
///
/// # Errors
/// As [`hedges_within`]; `NoVariation` when the ICC is not above 0: then there is no such scale.
///
/// # References
/// Hedges (2007), as above.
pub fn hedges_between(
    difference: f64,
    sd_means: f64,
    arms: &SchoolArms,
    alpha: f64,
) -> Result<EffectSize, ImpactError> {
    check_sd(sd_means)?;
    let s = arms.sizes()?;
    let (m1, m0) = (arms.program.len() as f64, arms.comparison.len() as f64);
    let ratio = arms.sampling_ratio()?;
    let value = difference / sd_means * ratio.sqrt();
    let variance = (m1.recip() + m0.recip()) * ratio + value * value / (2.0 * (s.schools - 2.0));
    s.effect(value, variance, sd_means, alpha)
}

/// d_T: the difference in SDs of all students, for equal and unequal school sizes.
///
/// ```text
/// d = diff / S_T sqrt(1 - rho ((N - nU_T m_T - nU_C m_C) + nU_T + nU_C - 2) / (N - 2))
/// nU_a = (N_a^2 - sum n^2) / (N_a (m_a - 1)),   B = nU_T (m_T - 1) + nU_C (m_C - 1)
/// A = sum over arms of (N_a^2 sum n^2 + (sum n^2)^2 - 2 N_a sum n^3) / N_a^2
/// Var = (1/N_T + 1/N_C) (1 + (n~ - 1) rho)
///     + d^2 ((N-2)(1-rho)^2 + A rho^2 + 2 B rho (1-rho)) / (2 (N-2)((N-2) - rho (N-2-B)))
/// ```
///
/// `sd_total` is the pooled SD of students that ignored schools: the factor repairs it. For
/// sqrt(sigma_B^2 + sigma_W^2) of a mixed model the repair is not due; divide the value by
/// [`super::ClusteredSd::factor`] in that case, or pass the raw SD.
///
/// # Errors
/// As [`hedges_within`].
///
/// # References
/// Hedges (2007), as above, section on unequal cluster sizes.
pub fn hedges_total(
    difference: f64,
    sd_total: f64,
    arms: &SchoolArms,
    alpha: f64,
) -> Result<EffectSize, ImpactError> {
    check_sd(sd_total)?;
    let s = arms.sizes()?;
    let (total, rho) = (s.n1 + s.n0, s.rho);
    let sizes = [(arms.program, s.n1), (arms.comparison, s.n0)];
    let unequal =
        |(schools, n): (&[usize], f64)| (n * n - power_sum(schools, 2)) / (n * (schools.len() as f64 - 1.0));
    let [u1, u0] = sizes.map(unequal);
    let (m1, m0) = (arms.program.len() as f64, arms.comparison.len() as f64);
    let b = u1 * (m1 - 1.0) + u0 * (m0 - 1.0);
    let a: f64 = sizes
        .iter()
        .map(|(schools, n)| {
            let squares = power_sum(schools, 2);
            (n * n * squares + squares * squares - 2.0 * n * power_sum(schools, 3)) / (n * n)
        })
        .sum();
    let lost = rho * ((total - u1 * m1 - u0 * m0) + u1 + u0 - 2.0) / (total - 2.0);
    let open = (total - 2.0) - rho * (total - 2.0 - b);
    if !(lost < 1.0 && open > 0.0) {
        return Err(ImpactError::NoVariation);
    }
    let value = difference / sd_total * (1.0 - lost).sqrt();
    let spread = (total - 2.0) * (1.0 - rho).powi(2) + a * rho * rho + 2.0 * b * rho * (1.0 - rho);
    let variance =
        s.base() * (1.0 + (s.tilde - 1.0) * rho) + value * value * spread / (2.0 * (total - 2.0) * open);
    s.effect(value, variance, sd_total, alpha)
}

fn power_sum(sizes: &[usize], power: i32) -> f64 {
    sizes.iter().map(|n| (*n as f64).powi(power)).sum()
}

#[cfg(test)]
mod tests {
    use super::super::clustered_sd;
    use super::*;
    use crate::impact::golden::close;

    const EQUAL: SchoolArms = SchoolArms { program: &[25; 6], comparison: &[25; 7], icc: 0.2 };

    /// The unequal formulas with equal sizes are the printed balanced ones.
    #[test]
    fn equal_sizes_are_the_balanced_formulas() {
        let (n, total, rho) = (25.0, 325.0, 0.2);
        let total_effect = hedges_total(3.0, 10.0, &EQUAL, 0.05).unwrap();
        let factor = clustered_sd(&[25; 13], rho, 2).unwrap().factor;
        close(total_effect.value, 0.3 * factor, 1e-13);
        let d2 = total_effect.value.powi(2);
        let base = 1.0 / 150.0 + 1.0 / 175.0;
        let open = (total - 2.0) - 2.0 * (n - 1.0) * rho;
        let spread =
            (total - 2.0) * 0.64 + n * (total - 2.0 * n) * 0.04 + 2.0 * (total - 2.0 * n) * rho * (1.0 - rho);
        close(
            total_effect.se.powi(2),
            base * (1.0 + 24.0 * rho) + d2 * spread / (2.0 * (total - 2.0) * open),
            1e-13,
        );
        let within = hedges_within(3.0, 9.0, &EQUAL, 0.05).unwrap();
        close(within.se.powi(2), base * 5.8 / 0.8 + within.value.powi(2) / (2.0 * 312.0), 1e-13);
        let between = hedges_between(3.0, 5.0, &EQUAL, 0.05).unwrap();
        close(between.value, 0.6 * (5.8f64 / 5.0).sqrt(), 1e-13);
        close(between.se.powi(2), (1.0 / 6.0 + 1.0 / 7.0) * 5.8 / 5.0 + between.value.powi(2) / 22.0, 1e-13);
    }

    #[test]
    fn scales_and_named_outcomes() {
        // With rho 0 the total scale is that of independent students.
        let none = SchoolArms { icc: -0.1, ..EQUAL };
        let found = hedges_total(3.0, 10.0, &none, 0.05).unwrap();
        close(found.value, 0.3, 1e-15);
        close(found.se.powi(2), 1.0 / 150.0 + 1.0 / 175.0 + 0.09 / (2.0 * 323.0), 1e-13);
        assert_eq!(hedges_between(3.0, 5.0, &none, 0.05), Err(ImpactError::NoVariation));
        assert!(hedges_total(3.0, 0.0, &EQUAL, 0.05).is_err());
        assert!(hedges_total(3.0, 1.0, &SchoolArms { program: &[30], ..EQUAL }, 0.05).is_err());
        assert!(hedges_total(3.0, 1.0, &SchoolArms { icc: f64::NAN, ..EQUAL }, 0.05).is_err());
        let single = SchoolArms { program: &[1, 1], comparison: &[1, 1], icc: 0.1 };
        assert!(matches!(hedges_within(1.0, 1.0, &single, 0.05), Err(ImpactError::NoResidualDf { .. })));
        let uneven = SchoolArms { program: &[100, 5, 5], comparison: &[20, 3, 60], icc: 0.2 };
        let found = hedges_total(3.0, 10.0, &uneven, 0.05).unwrap();
        assert!(found.value < 0.3 && found.value > 0.25 && found.se > 0.0);
    }
}
