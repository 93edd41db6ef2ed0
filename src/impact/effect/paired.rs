//! One group, before and after.

use super::{EffectInterval, EffectSize, check_sd, small_sample_factor, with_normal_interval};
use crate::impact::ImpactError;
use crate::num::{NumError, moments, noncentral};

/// Moments of linked scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairedSummary {
    /// Students with both scores.
    pub n: usize,
    /// Mean before.
    pub mean_pre: f64,
    /// Mean after.
    pub mean_post: f64,
    /// SD before.
    pub sd_pre: f64,
    /// SD after.
    pub sd_post: f64,
    /// Pre-post correlation.
    pub r: f64,
}

impl PairedSummary {
    /// From one score per student and wave.
    ///
    /// # Errors
    /// `NoVariation` when a wave is constant, `TooFew` below two students, `LengthMismatch`, `NotFinite`.
    pub fn new(pre: &[f64], post: &[f64]) -> Result<Self, ImpactError> {
        Ok(PairedSummary {
            n: pre.len(),
            r: moments::pearson(pre, post)?,
            mean_pre: moments::mean(pre)?,
            mean_post: moments::mean(post)?,
            sd_pre: moments::sd(pre)?,
            sd_post: moments::sd(post)?,
        })
    }

    /// Mean after less mean before.
    pub fn change(&self) -> f64 {
        self.mean_post - self.mean_pre
    }

    /// SD of the differences, sqrt(S0^2 + S1^2 - 2 r S0 S1).
    pub fn sd_change(&self) -> f64 {
        let (a, b) = (self.sd_pre, self.sd_post);
        // As a sum of two squares, so that r near 1 cannot make it negative.
        ((a - b).powi(2) + 2.0 * (1.0 - self.r) * a * b).max(0.0).sqrt()
    }

    /// Root of the average variance of the two waves.
    pub fn sd_average(&self) -> f64 {
        (0.5 * (self.sd_pre.powi(2) + self.sd_post.powi(2))).sqrt()
    }

    pub(super) fn check(&self) -> Result<(), ImpactError> {
        check_sd(self.sd_pre)?;
        check_sd(self.sd_post)?;
        if self.n < 3 {
            return Err(NumError::TooFew { needed: 3, found: self.n }.into());
        }
        if !(-1.0..=1.0).contains(&self.r) || !self.change().is_finite() {
            return Err(NumError::OutOfRange { name: "r", value: self.r }.into());
        }
        Ok(())
    }
}

/// d_z = D / S_D, the effect behind the paired t, with the exact interval from the noncentral t.
///
/// Depends on r, so it does not compare across studies; lead with [`becker_g`] or [`d_av`].
/// Large-sample variance 1/n + d^2 / (2n).
///
/// # Errors
/// `NoVariation` when differences do not vary, `TooFew` below three students.
pub fn d_z(summary: &PairedSummary, alpha: f64) -> Result<EffectSize, ImpactError> {
    summary.check()?;
    let standardizer = summary.sd_change();
    check_sd(standardizer)?;
    let n = summary.n as f64;
    let value = summary.change() / standardizer;
    let df = n - 1.0;
    let ci = noncentral::noncentrality_interval(value * n.sqrt(), df, alpha)?.scaled(1.0 / n.sqrt());
    let se = (1.0 / n + value * value / (2.0 * n)).sqrt();
    Ok(EffectSize { value, se, ci, method: EffectInterval::NoncentralT { df }, standardizer })
}

/// d_rm = d_z sqrt(2 (1 - r)), with variance (1/n + d_z^2 / (2n)) 2 (1 - r).
///
/// # Errors
/// As [`d_z`].
///
/// # References
/// Morris & DeShon (2002), Psychological Methods 7, 105-125.
pub fn d_rm(summary: &PairedSummary, alpha: f64) -> Result<EffectSize, ImpactError> {
    let base = d_z(summary, alpha)?;
    let scale = 2.0 * (1.0 - summary.r);
    let variance = base.se * base.se * scale;
    with_normal_interval(base.value * scale.sqrt(), variance, base.standardizer / scale.sqrt(), alpha)
}

/// d_av = D / sqrt((S0^2 + S1^2) / 2).
///
/// ```text
/// Var = S_D^2 / (S_av^2 (n-1)) + d^2 (S0^4 + S1^4 + 2 r^2 S0^2 S1^2) / (8 S_av^4 (n-1))
/// ```
///
/// # Errors
/// `NoVariation` when a wave is constant, `TooFew` below three students.
///
/// # References
/// Bonett (2008), Psychological Methods 13, 99-109.
pub fn d_av(summary: &PairedSummary, alpha: f64) -> Result<EffectSize, ImpactError> {
    summary.check()?;
    let standardizer = summary.sd_average();
    let value = summary.change() / standardizer;
    let (v0, v1, df) = (summary.sd_pre.powi(2), summary.sd_post.powi(2), summary.n as f64 - 1.0);
    let first = summary.sd_change().powi(2) / (standardizer.powi(2) * df);
    let spread = v0 * v0 + v1 * v1 + 2.0 * summary.r.powi(2) * v0 * v1;
    let variance = first + value * value * spread / (8.0 * standardizer.powi(4) * df);
    with_normal_interval(value, variance, standardizer, alpha)
}

/// Becker's g (standardised mean change, raw score metric): J(n - 1) D / S0.
///
/// Variance 2 (1 - r) / n + g^2 / (2n), which takes both waves to have the same SD.
///
/// # Errors
/// As [`d_av`].
///
/// # References
/// Becker (1988), British Journal of Mathematical and Statistical Psychology 41, 257-278.
pub fn becker_g(summary: &PairedSummary, alpha: f64) -> Result<EffectSize, ImpactError> {
    summary.check()?;
    let n = summary.n as f64;
    let value = small_sample_factor(n - 1.0)? * summary.change() / summary.sd_pre;
    let variance = 2.0 * (1.0 - summary.r) / n + value * value / (2.0 * n);
    with_normal_interval(value, variance, summary.sd_pre, alpha)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::impact::golden::close;

    pub(crate) const GOLDEN: PairedSummary =
        PairedSummary { n: 200, mean_pre: 48.0, mean_post: 54.0, sd_pre: 14.0, sd_post: 15.0, r: 0.65 };

    #[test]
    fn worked_example() {
        close(GOLDEN.sd_change(), 12.16553, 6e-6);
        let z = d_z(&GOLDEN, 0.05).unwrap();
        close(z.value, 0.493197, 6e-7);
        close(z.ci.low, 0.34583, 6e-6);
        close(z.ci.high, 0.63945, 6e-6);
        close(d_rm(&GOLDEN, 0.05).unwrap().value, 0.412638, 6e-7);
        let av = d_av(&GOLDEN, 0.05).unwrap();
        close(av.value, 0.413547, 6e-7);
        close(av.se * av.se, 0.0038393, 6e-8);
        let g = becker_g(&GOLDEN, 0.05).unwrap();
        close(g.value, 0.426954, 6e-7);
        close(g.se * g.se, 0.0039557, 6e-8);
        close(small_sample_factor(199.0).unwrap() * z.value, 0.491335, 6e-7);
        close(small_sample_factor(1e5).unwrap(), small_sample_factor(1e5 + 1e-3).unwrap(), 1e-10);
    }

    #[test]
    fn named_outcomes() {
        assert!(PairedSummary::new(&[1.0, 1.0], &[1.0, 2.0]).is_err());
        assert!(PairedSummary::new(&[], &[]).is_err());
        assert!(d_z(&PairedSummary { r: 1.0, sd_post: 14.0, ..GOLDEN }, 0.05).is_err());
        assert!(d_av(&PairedSummary { r: f64::NAN, ..GOLDEN }, 0.05).is_err());
        assert!(becker_g(&PairedSummary { n: 1, ..GOLDEN }, 0.05).is_err());
        assert!(becker_g(&PairedSummary { sd_pre: 0.0, ..GOLDEN }, 0.05).is_err());
    }
}
