//! Effect sizes. Estimates only: words such as "small" are chosen elsewhere.

mod binary;
mod clustered;
mod gain;
mod glass;
mod groups;
mod hedges;
mod improved;
mod paired;
mod scaled;
mod superiority;
mod translate;
mod wwc;

pub use binary::{DCox, d_cox, d_cox_of_odds};
pub use clustered::{ClusteredSd, clustered_becker_g, clustered_d_av, clustered_sd, clustered_sd_of_arms};
pub use gain::{GainBand, NormalisedGain, normalised_gain};
pub use glass::{glass_delta, glass_delta_clustered};
pub use groups::{
    BaselineBand, BaselineDifference, GroupSummary, Morris, ancova_g, baseline_g, did_g, morris_d_ppc2,
    pooled_sd,
};
pub use hedges::{SchoolArms, hedges_between, hedges_total, hedges_within};
pub use improved::{ShareImproved, share_improved};
pub use paired::{PairedSummary, becker_g, d_av, d_rm, d_z};
pub use scaled::{Standardizer, scaled_effect};
pub use superiority::{Superiority, superiority};
pub use translate::{
    MonthsTable, ProgressMonths, cohens_u3, improvement_index, months_of_progress, normal_superiority,
};
pub use wwc::{ClusterCorrection, WwcData, clearinghouse_factor, wwc_cluster_correction, wwc_g};

use super::ImpactError;
use crate::num::{Interval, NumError, dist};

/// How the interval of an effect size was made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum EffectInterval {
    /// value -/+ z se from a large-sample variance of independent students.
    Normal,
    /// Limits of the noncentrality of t with these degrees of freedom.
    NoncentralT {
        /// Degrees of freedom of t.
        df: f64,
    },
    /// value -/+ t se of a formula in which schools and students have normal parts with a known ICC.
    SchoolModel {
        /// Degrees of freedom of t.
        df: f64,
    },
    /// value -/+ t se with a cluster-robust standard error.
    ClusterRobust {
        /// Degrees of freedom of t.
        df: f64,
        /// Degrees of freedom of the standardiser, which add value^2 / (2 df) to the variance.
        sd_df: f64,
    },
}

/// An effect in standard deviations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EffectSize {
    /// The effect.
    pub value: f64,
    /// Its standard error.
    pub se: f64,
    /// Its interval.
    pub ci: Interval,
    /// How the interval was made.
    pub method: EffectInterval,
    /// The standard deviation that divides the difference.
    pub standardizer: f64,
}

/// The exact small-sample factor J(m) = gamma(m/2) / (sqrt(m/2) gamma((m-1)/2)) of Hedges, for m > 1.
///
/// # Errors
/// `OutOfRange` for m not above 1.
///
/// # References
/// Hedges (1981), Journal of Educational Statistics 6, 107-128.
pub fn small_sample_factor(m: f64) -> Result<f64, ImpactError> {
    if !(m > 1.0 && m.is_finite()) {
        return Err(NumError::OutOfRange { name: "m", value: m }.into());
    }
    // Far out the two log gammas cancel; there the series 1 - 3/(4m) - 7/(32 m^2) is exact to rounding.
    if m > 1e5 {
        return Ok(1.0 - 0.75 / m - 7.0 / (32.0 * m * m));
    }
    Ok((libm::lgamma(0.5 * m) - libm::lgamma(0.5 * (m - 1.0)) - 0.5 * (0.5 * m).ln()).exp())
}

fn with_normal_interval(
    value: f64,
    variance: f64,
    standardizer: f64,
    alpha: f64,
) -> Result<EffectSize, ImpactError> {
    let se = variance.sqrt();
    let ci = Interval::around(value, dist::t_critical(alpha, f64::INFINITY)? * se);
    Ok(EffectSize { value, se, ci, method: EffectInterval::Normal, standardizer })
}

fn check_sd(sd: f64) -> Result<(), ImpactError> {
    if sd > 0.0 && sd.is_finite() { Ok(()) } else { Err(ImpactError::NoVariation) }
}
