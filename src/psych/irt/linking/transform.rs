//! Linking by moments of the common items' parameters.

use super::super::{IrtError, ItemCurve};
use crate::num::moments;

/// A linear transformation of scales: `theta_y = scale theta_x + shift`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// Multiplies.
    pub scale: f64,
    /// Adds.
    pub shift: f64,
}

impl Link {
    /// An ability on the reference scale.
    pub fn apply(self, theta: f64) -> f64 {
        self.scale * theta + self.shift
    }

    /// An item on the reference scale.
    pub fn apply_curve(self, curve: &ItemCurve) -> ItemCurve {
        curve.rescaled(self.scale, self.shift)
    }
}

/// Which moments are equated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MomentMethod {
    /// Means of steps with scale 1: the link of the Rasch family.
    Mean,
    /// Means of slopes and of steps (Loyd & Hoover 1980).
    MeanMean,
    /// Means and standard deviations of steps (Marco 1977).
    MeanSigma,
}

/// Links by moments of common items; `pairs` are the item's curve in the new calibration and in the
/// reference. Steps that exist in both enter with equal weight (for binary items: the difficulties).
///
/// ```text
/// MeanMean:  scale = mean(a_x) / mean(a_y)      shift = mean(b_y) - scale mean(b_x)
/// MeanSigma: scale = sd(b_y) / sd(b_x)
/// ```
///
/// # Errors
/// `NoCommonItems` without common steps; `Num` when the steps do not vary (MeanSigma).
///
/// # References
/// Kolen & Brennan (2014), Test Equating, Scaling, and Linking, chapter 6.
pub fn moment_link(pairs: &[(&ItemCurve, &ItemCurve)], method: MomentMethod) -> Result<Link, IrtError> {
    let steps: Vec<(f64, f64)> = pairs
        .iter()
        .flat_map(|(x, y)| x.steps().into_iter().zip(y.steps()))
        .filter_map(|(x, y)| Some((x?, y?)))
        .collect();
    if steps.is_empty() {
        return Err(IrtError::NoCommonItems);
    }
    let (x, y): (Vec<f64>, Vec<f64>) = steps.into_iter().unzip();
    let scale = match method {
        MomentMethod::Mean => 1.0,
        MomentMethod::MeanMean => {
            let sum = |pick: fn(&(&ItemCurve, &ItemCurve)) -> f64| pairs.iter().map(pick).sum::<f64>();
            sum(|p| p.0.slope) / sum(|p| p.1.slope)
        }
        MomentMethod::MeanSigma => {
            let spread = moments::sd(&x)?;
            if !(spread > 0.0) {
                return Err(crate::num::NumError::NoVariation.into());
            }
            moments::sd(&y)? / spread
        }
    };
    Ok(Link { scale, shift: moments::mean(&y)? - scale * moments::mean(&x)? })
}
