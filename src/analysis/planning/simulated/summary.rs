//! What many drawn studies say together, each share with its Monte Carlo interval.

use serde::Serialize;

use crate::impact::ImpactError;
use crate::impact::proportion::wilson_share;
use crate::num::{NumError, moments};

/// Error rate of the Monte Carlo intervals, whatever that of the plan is.
const MONTE_CARLO_ALPHA: f64 = 0.05;

/// What one drawn study found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawn {
    /// Estimate.
    pub estimate: f64,
    /// Its standard error; none for tests by permutation.
    pub se: Option<f64>,
    /// Degrees of freedom of the standard error.
    pub df: Option<f64>,
    /// Its interval at 1 - alpha; none for tests by permutation.
    pub ci: Option<[f64; 2]>,
    /// Two-sided p.
    pub p: f64,
}

/// A share of the drawn studies with Wilson's 95 percent interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// The share.
    pub value: f64,
    /// Its Monte Carlo interval.
    pub ci: [f64; 2],
}

/// What the drawn studies found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MonteCarlo {
    /// Studies with an estimate, which the shares are of.
    pub studies: usize,
    /// Studies that could not be analysed.
    pub failed: usize,
    /// Share with p below alpha.
    pub power: Share,
    /// The true value; none where the model has none for this outcome.
    pub truth: Option<f64>,
    /// Mean of the estimates.
    pub mean: f64,
    /// Mean of the estimates minus the truth.
    pub bias: Option<f64>,
    /// Monte Carlo standard error of mean and bias; none for one study.
    pub bias_se: Option<f64>,
    /// Standard deviation of the estimates: the standard error as it is; none for one study.
    pub sd: Option<f64>,
    /// Root mean square of the estimated standard errors; none for tests by permutation.
    pub mean_se: Option<f64>,
    /// Share of the intervals that hold the truth; none without intervals or truth.
    pub coverage: Option<Share>,
}

/// Counts what drawn studies found, with the true value where it is known.
///
/// # Errors
/// The first error where no study could be analysed.
pub fn summarise(
    drawn: &[Result<Drawn, ImpactError>],
    truth: Option<f64>,
    alpha: f64,
) -> Result<MonteCarlo, ImpactError> {
    let found: Vec<Drawn> = drawn.iter().filter_map(|one| one.as_ref().ok().copied()).collect();
    if found.is_empty() {
        let error = drawn.iter().find_map(|one| one.as_ref().err().cloned());
        return Err(error.unwrap_or_else(|| NumError::TooFew { needed: 1, found: 0 }.into()));
    }
    let estimates: Vec<f64> = found.iter().map(|one| one.estimate).collect();
    let mean = moments::mean(&estimates)?;
    let sd = moments::sd(&estimates).ok();
    let squares: Option<Vec<f64>> = found.iter().map(|one| one.se.map(|se| se * se)).collect();
    let mean_se = squares.and_then(|squares| moments::mean(&squares).ok()).map(f64::sqrt);
    let covered = |truth: f64| {
        let held = |one: &Drawn| one.ci.map(|[low, high]| low <= truth && truth <= high);
        found.iter().map(held).collect::<Option<Vec<bool>>>()
    };
    let coverage = truth.and_then(covered).map(|held| share(held.into_iter())).transpose()?;
    Ok(MonteCarlo {
        studies: found.len(),
        failed: drawn.len() - found.len(),
        power: share(found.iter().map(|one| one.p < alpha))?,
        truth,
        mean,
        bias: truth.map(|truth| mean - truth),
        bias_se: sd.map(|sd| sd / (found.len() as f64).sqrt()),
        sd,
        mean_se,
        coverage,
    })
}

fn share(held: impl Iterator<Item = bool>) -> Result<Share, ImpactError> {
    let values: Vec<f64> = held.map(|held| f64::from(u8::from(held))).collect();
    let share = wilson_share(&values, MONTE_CARLO_ALPHA)?;
    Ok(Share { value: share.value, ci: [share.ci.low, share.ci.high] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_bias_and_coverage() {
        let one = |estimate: f64, p: f64| {
            Ok(Drawn {
                estimate,
                se: Some(0.5),
                df: Some(9.0),
                ci: Some([estimate - 1.0, estimate + 1.0]),
                p,
            })
        };
        let drawn = [one(0.0, 0.6), one(1.0, 0.04), one(2.0, 0.001), Err(ImpactError::NoVariation)];
        let found = summarise(&drawn, Some(0.5), 0.05).unwrap();
        assert_eq!((found.studies, found.failed, found.mean, found.bias), (3, 1, 1.0, Some(0.5)));
        assert!((found.power.value - 2.0 / 3.0).abs() < 1e-15 && found.power.ci[0] > 0.2);
        assert_eq!((found.sd, found.mean_se), (Some(1.0), Some(0.5)));
        assert!((found.coverage.unwrap().value - 2.0 / 3.0).abs() < 1e-15);
        let flipped = [Ok(Drawn { estimate: 1.0, se: None, df: None, ci: None, p: 0.2 })];
        let found = summarise(&flipped, Some(0.5), 0.05).unwrap();
        assert_eq!((found.coverage, found.mean_se, found.sd), (None, None, None));
        assert!(summarise(&[Err(ImpactError::NoVariation)], None, 0.05).is_err());
    }
}
