//! Effect size and test as the What Works Clearinghouse repairs them when an analysis ignored schools.

use super::{EffectInterval, EffectSize, GroupSummary, clustered_sd, pooled_sd};
use crate::impact::ImpactError;
use crate::num::{Interval, NumError, dist};

/// The repair of a t that took students as independent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClusterCorrection {
    /// gamma = sqrt(1 - 2 (n-1) rho / (N-2)), which multiplies g.
    pub gamma: f64,
    /// What multiplies t.
    pub t_factor: f64,
    /// t after correction.
    pub t: f64,
    /// Degrees of freedom h. They are those of the SD, far above the J - 2 of schools: with few schools use a
    /// clustered analysis instead.
    pub df: f64,
    /// Two-sided p of the corrected t.
    pub p: f64,
}

/// Corrects a t of two arms for schools.
///
/// ```text
/// t_adj = t sqrt( ((N-2) - 2(n-1) rho) / ((N-2)(1 + (n-1) rho)) ),   h: see `clustered_sd` with two groups
/// ```
///
/// `sizes` are the students of each school of both arms; n is sum n_j^2 / N. A negative ICC counts as 0.
///
/// # Errors
/// `TooFewClusters` below three schools, `OutOfRange`, `NoVariation`.
///
/// # References
/// What Works Clearinghouse Handbook 5.0 (2022), appendix E, equations E.20 and E.21.
pub fn wwc_cluster_correction(t: f64, sizes: &[usize], icc: f64) -> Result<ClusterCorrection, ImpactError> {
    if !t.is_finite() {
        return Err(NumError::OutOfRange { name: "t", value: t }.into());
    }
    let sd = clustered_sd(sizes, icc, 2)?;
    let n = crate::impact::clusters::weighted_size(sizes);
    let t_factor = sd.factor / (1.0 + (n - 1.0) * icc.max(0.0)).sqrt();
    let p = dist::t_two_sided_p(t * t_factor, sd.df)?;
    Ok(ClusterCorrection { gamma: sd.factor, t_factor, t: t * t_factor, df: sd.df, p })
}

/// The small-sample factor of the Clearinghouse, w = 1 - 3 / (4N - 9).
///
/// # Errors
/// `TooFew` below three students.
pub fn clearinghouse_factor(students: usize) -> Result<f64, ImpactError> {
    if students < 3 {
        return Err(NumError::TooFew { needed: 3, found: students }.into());
    }
    Ok(1.0 - 3.0 / (4.0 * students as f64 - 9.0))
}

/// What a g of the Clearinghouse is made of.
#[derive(Debug, Clone, Copy)]
pub struct WwcData<'a> {
    /// Raw or adjusted difference of means.
    pub difference: f64,
    /// Last scores of the program arm.
    pub program: &'a GroupSummary,
    /// Last scores of the comparison arm.
    pub comparison: &'a GroupSummary,
    /// Students of every school.
    pub sizes: &'a [usize],
    /// Intraclass correlation; a negative estimate counts as 0.
    pub icc: f64,
    /// Share of the variance within arms that covariates explain; 0 for a raw difference.
    pub r2: f64,
}

/// Hedges' g with the correction for schools.
///
/// ```text
/// g = gamma w b / S_p,   w = 1 - 3 / (4N - 9)
/// Var = (gamma w)^2 eta (n_T + n_C) / (n_T n_C) (1 - R^2) + g^2 / (2h),   eta = 1 + (n-1) rho
/// ```
///
/// `difference` is the raw or adjusted difference of means, `r2` what covariates explain within arms (0 for a
/// raw difference); the SD is never adjusted. The interval uses t on h. Where the difference has its own error, the
/// handbook's form is that of [`super::scaled_effect`].
///
/// # Errors
/// As [`wwc_cluster_correction`]; `ArmTooSmall` below two students in an arm, `LengthMismatch` when the sizes
/// do not add up to the students of the arms.
///
/// # References
/// What Works Clearinghouse Handbook 5.0 (2022), appendix E. Hedges (2007), Journal of Educational and
/// Behavioral Statistics 32, 341-370.
pub fn wwc_g(data: &WwcData<'_>, alpha: f64) -> Result<EffectSize, ImpactError> {
    let &WwcData { difference, program, comparison, sizes, icc, r2 } = data;
    if !(0.0..=1.0).contains(&r2) {
        return Err(NumError::OutOfRange { name: "r2", value: r2 }.into());
    }
    if !difference.is_finite() {
        return Err(NumError::OutOfRange { name: "difference", value: difference }.into());
    }
    let total = program.n + comparison.n;
    crate::num::moments::check_same_length(sizes.iter().sum(), total)?;
    let standardizer = pooled_sd(program, comparison)?;
    let sd = clustered_sd(sizes, icc, 2)?;
    let (n1, n0, all) = (program.n as f64, comparison.n as f64, total as f64);
    let w = sd.factor * clearinghouse_factor(total)?;
    let value = w * difference / standardizer;
    let effect = 1.0 + (crate::impact::clusters::weighted_size(sizes) - 1.0) * icc.max(0.0);
    let variance = w * w * effect * all / (n1 * n0) * (1.0 - r2) + value * value / (2.0 * sd.df);
    let se = variance.sqrt();
    let ci = Interval::around(value, dist::t_critical(alpha, sd.df)? * se);
    Ok(EffectSize { value, se, ci, method: EffectInterval::SchoolModel { df: sd.df }, standardizer })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::close;

    #[test]
    fn worked_correction() {
        let found = wwc_cluster_correction(2.5, &[25; 13], 0.2).unwrap();
        close(found.t_factor, 0.40901, 6e-6);
        close(found.gamma, 0.98503, 6e-6);
        close(found.df, 172.400, 6e-4);
        close(found.t, 2.5 * found.t_factor, 1e-15);
        let none = wwc_cluster_correction(2.5, &[25; 13], 0.0).unwrap();
        assert_eq!((none.gamma, none.t_factor), (1.0, 1.0));
        close(none.df, 323.0, 1e-9);
        assert!(wwc_cluster_correction(f64::NAN, &[25; 13], 0.2).is_err());
        assert!(wwc_cluster_correction(1.0, &[25; 2], 0.2).is_err());
    }

    #[test]
    fn correction_is_applied_once() {
        let program = GroupSummary { n: 150, mean: 53.0, sd: 10.0 };
        let comparison = GroupSummary { n: 175, mean: 50.0, sd: 10.0 };
        let sizes = [25; 13];
        let data = WwcData {
            difference: 3.0,
            program: &program,
            comparison: &comparison,
            sizes: &sizes,
            icc: 0.2,
            r2: 0.0,
        };
        let g = wwc_g(&data, 0.05).unwrap();
        close(g.value, 0.3 * (1.0 - 3.0 / 1291.0) * 0.98503, 3e-6);
        let adjusted = wwc_g(&WwcData { r2: 0.5, ..data }, 0.05).unwrap();
        assert!(adjusted.se < g.se);
        assert!(wwc_g(&WwcData { sizes: &sizes[1..], ..data }, 0.05).is_err());
        assert!(wwc_g(&WwcData { r2: 1.5, ..data }, 0.05).is_err());
    }
}
