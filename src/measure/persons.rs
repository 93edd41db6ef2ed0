//! The ability of every person of a calibration.

use super::{Calibration, WaveAnswers};
use crate::psych::irt::ItemCurve;
use crate::psych::irt::ability::{
    Ability, Answer, MaximumLikelihood, maximum_likelihood_all, weighted_likelihood, weighted_likelihood_all,
};
use crate::psych::irt::posterior::Posterior;

/// One person at one wave, in logits of the common scale.
#[derive(Clone, Debug)]
pub struct PersonMeasure {
    /// Warm's weighted likelihood estimate; none without answers.
    pub wle: Option<Ability>,
    /// Maximum likelihood estimate.
    pub mle: MaximumLikelihood,
    /// Posterior mean and standard deviation; none without answers.
    pub eap: Option<Posterior>,
    /// Plausible values; empty where there are none.
    pub plausible: Vec<f64>,
    /// Whether enough items were answered for a score.
    pub enough: bool,
}

/// The persons of every wave, in the rows of its answers.
pub fn measure_all(waves: &[WaveAnswers], calibration: &Calibration) -> Vec<Vec<PersonMeasure>> {
    let of_wave = |(place, wave): (usize, &WaveAnswers)| {
        let curves: Vec<Option<&ItemCurve>> = calibration.curves[place].iter().map(Option::as_ref).collect();
        let wle = weighted_likelihood_all(&curves, &wave.answers);
        let mle = maximum_likelihood_all(&curves, &wave.answers);
        let rows = wle.into_iter().zip(mle).zip(&calibration.posteriors[place]).zip(&wave.enough);
        rows.map(|(((wle, mle), eap), enough)| PersonMeasure {
            wle: wle.filter(|own| own.theta.is_finite() && own.se.is_finite()),
            mle,
            eap: *eap,
            plausible: Vec::new(),
            enough: *enough,
        })
        .collect()
    };
    waves.iter().enumerate().map(of_wave).collect()
}

/// The lowest and the highest weighted likelihood estimate that answers to all items can give.
pub fn range(calibration: &Calibration) -> [f64; 2] {
    let mut range = [f64::INFINITY, f64::NEG_INFINITY];
    for curves in &calibration.curves {
        let end = |highest: bool| {
            let answers: Vec<Answer<'_>> = curves
                .iter()
                .flatten()
                .map(|curve| {
                    let top = u8::try_from(curve.max()).unwrap_or(u8::MAX);
                    let up = (curve.slope > 0.0) == highest;
                    (curve, if up { top } else { 0 })
                })
                .collect();
            weighted_likelihood(&answers).map(|ability| ability.theta)
        };
        range[0] = end(false).map_or(range[0], |theta| range[0].min(theta));
        range[1] = end(true).map_or(range[1], |theta| range[1].max(theta));
    }
    if range[0] < range[1] { range } else { [-6.0, 6.0] }
}
