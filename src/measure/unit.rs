//! The unit in which measures are reported.

use super::Calibration;
use crate::instrument::ScoreUnit;

/// A linear unit: score = mean + factor (theta - centre).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// Ability at which the score is `mean`: the mean of the first wave's population, in logits.
    pub centre: f64,
    /// Score at the centre.
    pub mean: f64,
    /// Score points per logit.
    pub factor: f64,
    /// Whether scores are logits.
    pub logits: bool,
}

impl Unit {
    /// The unit that a scale asks for; logits around the mean of the first wave without one.
    pub fn of(asked: Option<ScoreUnit>, calibration: &Calibration) -> Self {
        let first = calibration.first_population();
        match asked.filter(|_| first.sd > 0.0) {
            Some(unit) => {
                Unit { centre: first.mean, mean: unit.mean, factor: unit.sd / first.sd, logits: false }
            }
            None => Unit { centre: first.mean, mean: 0.0, factor: 1.0, logits: true },
        }
    }

    /// An ability as a score.
    pub fn score(self, theta: f64) -> f64 {
        self.mean + self.factor * (theta - self.centre)
    }

    /// A distance of abilities as a distance of scores.
    pub fn distance(self, logits: f64) -> f64 {
        self.factor * logits
    }
}
