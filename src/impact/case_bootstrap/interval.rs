//! Limits from the resamples.

use super::draws::{Resample, Resamples};
use crate::impact::resampling::Reference;
use crate::num::{Interval, dist, tol};

/// Slack when probabilities that were added up are compared with a level.
const LEVEL_TIE: f64 = 1e-9;

/// Values of the resamples in ascending order, with their probabilities.
pub(super) struct Weighted {
    sorted: Vec<(f64, f64)>,
    /// Of draws, the data themselves count as one more.
    reference: Reference,
}

impl Weighted {
    /// Takes `value` of each resample; those without one are left out.
    pub fn new(resamples: &Resamples, value: impl Fn(&Resample) -> Option<f64>) -> Self {
        let mut sorted: Vec<(f64, f64)> =
            resamples.found.iter().filter_map(|r| value(r).map(|v| (v, r.probability))).collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mass: f64 = sorted.iter().map(|(_, p)| p).sum();
        let b = sorted.len() as f64;
        let scale = match resamples.reference {
            Reference::Enumerated => 1.0 / mass,
            Reference::Sampled => b / (b + 1.0) / mass,
        };
        sorted.iter_mut().for_each(|(_, p)| *p *= scale);
        Weighted { sorted, reference: resamples.reference }
    }

    /// The quantiles alpha/2 from below and from above.
    pub fn central(&self, alpha: f64) -> Option<Interval> {
        self.between(alpha / 2.0, alpha / 2.0)
    }

    /// The quantile `below` counted from the smallest and the quantile `above` counted from the largest.
    pub fn between(&self, below: f64, above: f64) -> Option<Interval> {
        let low = reach(self.sorted.iter(), below)?;
        let high = reach(self.sorted.iter().rev(), above)?;
        (low <= high).then_some(Interval { low, high })
    }

    /// Probability of values at least as far from zero as `distance`; of draws, the data count as one.
    pub fn share_beyond(&self, distance: f64) -> Option<f64> {
        let limit = distance * (1.0 - tol::RESAMPLING_TIE);
        let beyond: f64 = self.sorted.iter().filter(|(v, _)| v.abs() >= limit).map(|(_, p)| p).sum();
        let own = match self.reference {
            Reference::Enumerated => 0.0,
            Reference::Sampled => 1.0 / (self.sorted.len() as f64 + 1.0),
        };
        (!self.sorted.is_empty()).then(|| (beyond + own).min(1.0))
    }
}

/// The first value at which the probabilities add up to `level`.
fn reach<'a>(values: impl Iterator<Item = &'a (f64, f64)>, level: f64) -> Option<f64> {
    let mut sum = 0.0;
    for (value, probability) in values {
        sum += probability;
        if sum >= level * (1.0 - LEVEL_TIE) {
            return Some(*value);
        }
    }
    None
}

/// z0: the normal quantile of the share of resamples below the estimate, ties counted half.
pub(super) fn bias_correction(resamples: &Resamples, estimate: f64) -> Option<f64> {
    let scale = resamples.found.iter().fold(estimate.abs(), |most, r| most.max(r.estimate.abs()));
    let tie = tol::RESAMPLING_TIE * scale;
    let (mut below, mut mass) = (0.0, 0.0);
    for resample in &resamples.found {
        mass += resample.probability;
        let from = resample.estimate - estimate;
        if from.abs() <= tie {
            below += 0.5 * resample.probability;
        } else if from < 0.0 {
            below += resample.probability;
        }
    }
    let share = below / mass;
    (share > 0.0 && share < 1.0).then(|| dist::normal_quantile(share).ok()).flatten()
}

/// The bias-corrected and accelerated interval.
pub(super) fn bca(estimates: &Weighted, z0: f64, acceleration: f64, alpha: f64) -> Option<Interval> {
    let z = dist::t_critical(alpha, f64::INFINITY).ok()?;
    let moved = |z: f64| z0 + (z0 + z) / (1.0 - acceleration * (z0 + z));
    // Beyond 1 / a the transformation turns around and has no meaning.
    let inside = |z: f64| acceleration * (z0 + z) < 1.0;
    if !inside(z) || !inside(-z) {
        return None;
    }
    estimates.between(dist::normal_cdf(moved(-z)), dist::normal_sf(moved(z)))
}
