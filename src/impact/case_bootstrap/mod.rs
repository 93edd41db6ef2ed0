//! School case bootstrap: whole schools are drawn with replacement, within their arm and stratum.
//!
//! What students of a school share stays together, and nothing of the size of the data is touched in a draw:
//! a school enters as a short row of sums ([`Cases`]), and a statistic is a function of the totals of the
//! schools drawn. `means` holds the statistics of designs (change of a group, difference of two arms), `coefficient`
//! those of a regression, `draws` the resamples, `interval` the limits. Where few schools make few different resamples, all are
//! enumerated with their probabilities and nothing is random.
//!
//! The variance of a mean over resamples is (J - 1)/J times the usual one, so that with few schools the
//! percentile interval is too short; the studentised interval (bootstrap-t) corrects for it.

mod cases;
mod coefficient;
mod draws;
mod interval;
mod means;
mod slopes;
mod within;

use super::ImpactError;
use super::resampling::Reference;
use crate::num::{Interval, NumError};
pub use cases::{Cases, Totals};
pub use coefficient::{ResampledFit, bootstrap_coefficient};
use draws::Resamples;
pub use means::{SchoolValues, case_bootstrap};
pub use slopes::corrected_case_bootstrap;
pub use within::corrected_within_bootstrap;

/// A statistic of one resample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Replicate {
    /// Its value.
    pub estimate: f64,
    /// Its standard error by formula, for the studentised interval; `None` where there is none, 0 where the
    /// schools drawn do not differ.
    pub se: Option<f64>,
}

/// How the bootstrap is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CaseOptions {
    /// Random resamples where they are not enumerated.
    pub draws: u32,
    /// Seed of the study.
    pub seed: u64,
    /// One less the level of the intervals.
    pub alpha: f64,
    /// Different resamples up to which all are enumerated.
    pub most_enumerated: u64,
}

impl Default for CaseOptions {
    /// 9,999 draws; enumeration up to 20,000 different resamples: 8 schools in one group, 5 and 5 in two
    /// arms.
    fn default() -> Self {
        CaseOptions { draws: 9_999, seed: 1, alpha: 0.05, most_enumerated: 20_000 }
    }
}

/// A bootstrap over schools.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseBootstrap {
    /// The statistic of the data.
    pub estimate: f64,
    /// Its standard error by formula, which studentises.
    pub se: Option<f64>,
    /// Standard deviation over the resamples.
    pub bootstrap_se: f64,
    /// Mean over the resamples less the estimate.
    pub bias: f64,
    /// The alpha/2 and 1 - alpha/2 quantiles of the resamples.
    pub percentile: Interval,
    /// Bias-corrected and accelerated interval; `None` where all resamples lie on one side of the estimate or
    /// the statistic has no jackknife.
    pub bca: Option<Interval>,
    /// Studentised interval; `None` without a standard error, or where too many resamples have none.
    pub bootstrap_t: Option<Interval>,
    /// Two-sided p of zero from the studentised resamples: the share with |t*| at least |t|.
    pub p: Option<f64>,
    /// Bias correction z0 of the BCa interval.
    pub z0: Option<f64>,
    /// Acceleration a of the BCa interval.
    pub acceleration: Option<f64>,
    /// Resamples looked at: all that differ when enumerated, the draws when sampled.
    pub total: u64,
    /// Resamples without a statistic, left out.
    pub failed: u64,
    /// How the resamples were made.
    pub reference: Reference,
    /// Schools.
    pub clusters: usize,
}

/// Draws schools with replacement within strata and repeats `statistic` on their totals.
///
/// ```text
/// percentile   [q(alpha/2), q(1 - alpha/2)] of theta*
/// BCa          the same at Phi(z0 + (z0 + z) / (1 - a (z0 + z))),   z0 = Phi^-1( share theta* < theta )
///              a = sum_s J_s^-3 sum l^3 / ( 6 (sum_s J_s^-2 sum l^2)^1.5 )
///              l = (J_s - 1)(theta - theta_(j))
/// bootstrap-t  [theta - q_t(1 - alpha/2) se, theta - q_t(alpha/2) se],   t* = (theta* - theta) / se*
/// ```
///
/// A quantile q(p) of B draws is the p (B + 1)-th smallest value; of an enumeration the smallest value whose
/// probability of lying at or below is at least p. Resamples that draw one school throughout have se* = 0 and
/// count as infinitely far.
///
/// # Errors
/// `TooFewClusters` below two schools in a stratum, `NoVariation` when the resamples do not vary or none has
/// a statistic, `OutOfRange` for alpha or no draws.
///
/// # References
/// Davison & Hinkley (1997), Bootstrap Methods and their Application, sections 3.8 and 5.2 to 5.4. Efron
/// (1987), doi:10.1080/01621459.1987.10478410.
pub fn bootstrap_cases(
    cases: &Cases,
    statistic: &dyn Fn(&Totals) -> Option<Replicate>,
    options: &CaseOptions,
) -> Result<CaseBootstrap, ImpactError> {
    if !(options.alpha > 0.0 && options.alpha < 1.0) {
        return Err(NumError::OutOfRange { name: "alpha", value: options.alpha }.into());
    }
    if options.draws == 0 {
        return Err(NumError::OutOfRange { name: "draws", value: 0.0 }.into());
    }
    cases.check_sizes()?;
    let observed = statistic(&cases.totals()).ok_or(ImpactError::NoVariation)?;
    let resamples = draws::resample(cases, statistic, options);
    let (bootstrap_se, bias) = spread(&resamples, observed.estimate)?;
    let jackknife = cases.acceleration(statistic);
    let z0 = interval::bias_correction(&resamples, observed.estimate);
    let estimates = interval::Weighted::new(&resamples, |r| Some(r.estimate));
    let bca = z0.zip(jackknife).and_then(|(z0, a)| interval::bca(&estimates, z0, a, options.alpha));
    let (bootstrap_t, p) = studentised(&resamples, observed, options.alpha);
    Ok(CaseBootstrap {
        estimate: observed.estimate,
        se: observed.se,
        bootstrap_se,
        bias,
        percentile: estimates.central(options.alpha).ok_or(ImpactError::NoVariation)?,
        bca,
        bootstrap_t,
        p,
        z0,
        acceleration: jackknife,
        total: resamples.total,
        failed: resamples.failed,
        reference: resamples.reference,
        clusters: cases.schools(),
    })
}

/// Standard deviation and bias of the resamples.
fn spread(resamples: &Resamples, estimate: f64) -> Result<(f64, f64), ImpactError> {
    let mass: f64 = resamples.found.iter().map(|r| r.probability).sum();
    if resamples.found.len() < 2 || !(mass > 0.0) {
        return Err(ImpactError::NoVariation);
    }
    let about = |power: i32| {
        let terms = resamples.found.iter().map(|r| r.probability * (r.estimate - estimate).powi(power));
        crate::num::moments::sum(terms) / mass
    };
    let bias = about(1);
    let variance = about(2) - bias * bias;
    let unbiased = match resamples.reference {
        Reference::Enumerated => variance,
        Reference::Sampled => {
            let b = resamples.found.len() as f64;
            variance * b / (b - 1.0)
        }
    };
    // What is left when all resamples are equal is rounding of the estimate.
    let floor = (crate::num::tol::RESAMPLING_TIE * estimate.abs()).powi(2);
    if unbiased > floor { Ok((unbiased.sqrt(), bias)) } else { Err(ImpactError::NoVariation) }
}

/// The studentised interval and its p-value.
fn studentised(resamples: &Resamples, observed: Replicate, alpha: f64) -> (Option<Interval>, Option<f64>) {
    let Some(se) = observed.se.filter(|se| *se > 0.0) else { return (None, None) };
    let distance = |r: &draws::Resample| {
        let from = r.estimate - observed.estimate;
        match r.se? {
            own if own > 0.0 => Some(from / own),
            _ if from == 0.0 => Some(0.0),
            _ => Some(f64::INFINITY.copysign(from)),
        }
    };
    let t = interval::Weighted::new(resamples, distance);
    let limits = t.central(alpha).filter(|ends| ends.low.is_finite() && ends.high.is_finite());
    let interval = limits.map(|ends| Interval {
        low: observed.estimate - ends.high * se,
        high: observed.estimate - ends.low * se,
    });
    let p = t.share_beyond((observed.estimate / se).abs());
    (interval, p)
}
