//! What an analysis of the simulated study should find: expected scores, computed, not simulated.
//!
//! For every item, wave and arm the expected points are integrated over the ability of that arm at that
//! wave; a scale is linear in its items, so its expected score follows without error. Drop-out, absence and
//! late joining do not depend on ability, blanks in tests only replace answers without points, and blanks in
//! questionnaires fall on all items alike: none of them moves the expectation as long as missing test answers
//! count as wrong.

use std::collections::BTreeMap;

use serde::Serialize;

use super::ability::Standing;
use super::model::{Draw, Growth, InstrumentModel, Model, Spread};
use super::parameters::{ItemParameters, Parameters, Shape};
use super::points::expected_points;
use super::{SimulateError, has_programme, model_of};
use crate::instrument::{Respondent, Scale, ScaleMethod};
use crate::study::{BoundStudy, Study};

/// The version tag of a truth file.
pub const FORMAT: &str = "dampak.truth/1";

/// Half-width and step, in standard deviations, of the integration grid. The trapezoid rule converges
/// faster than any power on smooth integrands over the whole line: with this step the error is below 1e-12
/// for every item curve here, and beyond 8 SD lies a share of 1e-15.
const GRID_REACH: f64 = 8.0;
const GRID_STEP: f64 = 0.1;

/// The truth of a simulated study.
#[derive(Clone, Debug, Serialize)]
pub struct Truth {
    /// Always `dampak.truth/1`.
    pub format: &'static str,
    /// Study id.
    pub study: String,
    /// Always true: no person stands behind these numbers.
    pub simulated: bool,
    /// Outcomes that are scales, in study order.
    pub outcomes: Vec<OutcomeTruth>,
    /// The generating parameters, in logits.
    pub instruments: BTreeMap<String, InstrumentTruth>,
}

/// Expected scores of one outcome.
#[derive(Clone, Debug, Serialize)]
pub struct OutcomeTruth {
    /// Outcome id.
    pub id: String,
    /// Instrument id.
    pub instrument: String,
    /// Scale id.
    pub scale: String,
    /// Metric of the scores.
    pub metric: ScaleMethod,
    /// One entry per arm; one without a name where the study has none.
    pub arms: Vec<ArmTruth>,
    /// Change of the programme arm minus change of the comparison arm, where there are both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference_in_change: Option<f64>,
    /// Last wave of the programme arm minus what it would have been without the programme.
    pub programme_effect: f64,
}

/// Expected scores of one arm.
#[derive(Clone, Debug, Serialize)]
pub struct ArmTruth {
    /// Arm id.
    pub arm: Option<String>,
    /// Expected score at every wave.
    pub waves: Vec<WaveTruth>,
    /// Last wave minus first wave.
    pub change: f64,
}

/// Expected score at one wave.
#[derive(Clone, Debug, Serialize)]
pub struct WaveTruth {
    /// Wave id.
    pub wave: String,
    /// Expected score.
    pub mean: f64,
}

/// Generating parameters of one instrument, in logits.
#[derive(Clone, Debug, Serialize)]
pub struct InstrumentTruth {
    /// Change over the study.
    pub growth: Growth,
    /// The same for single domains.
    pub domains: BTreeMap<String, Growth>,
    /// Standard deviations of the parts of ability.
    pub spread: Spread,
    /// Standard deviation of ability as a whole.
    pub total_sd: f64,
    /// Difficulties of every scored item: one, or one for every part or step.
    pub items: BTreeMap<String, Vec<f64>>,
}

/// Computes the truth of a study.
///
/// # Errors
/// The model does not fit the study or its instruments.
pub fn truth(study: &BoundStudy, model: &Model) -> Result<Truth, SimulateError> {
    let all = super::resolve(study, model)?;
    let mut outcomes = Vec::new();
    for outcome in &study.study.outcomes {
        let (Some(instrument), Some(scale_id)) = (&outcome.from.instrument, &outcome.from.scale) else {
            continue;
        };
        let Some(parameters) = all.iter().find(|parameters| &parameters.instrument.id == instrument) else {
            continue;
        };
        let Some(scale) = parameters.instrument.scale(scale_id) else { continue };
        // The simulated answers follow no model of item response theory exactly: measures have no truth.
        if scale.method == ScaleMethod::Irt {
            continue;
        }
        outcomes.push(outcome_truth(&outcome.id, &study.study, model, parameters, scale));
    }
    let mut instruments = BTreeMap::new();
    for parameters in &all {
        let id = &parameters.instrument.id;
        instruments.insert(id.clone(), instrument_truth(model_of(model, id)?, parameters));
    }
    Ok(Truth { format: FORMAT, study: study.study.id.clone(), simulated: true, outcomes, instruments })
}

fn outcome_truth(
    id: &str,
    study: &Study,
    model: &Model,
    parameters: &Parameters,
    scale: &Scale,
) -> OutcomeTruth {
    let mixture = mixture(model, parameters);
    let score = |arm: Option<&str>, programme: bool, t: f64| {
        expected_score(parameters, scale, &Standing { arm, programme, t }, &mixture)
    };
    let last = study.waves.len().saturating_sub(1).max(1) as f64;
    let arms: Vec<Option<&str>> = match study.arms.as_slice() {
        [] => vec![None],
        arms => arms.iter().map(|arm| Some(arm.id.as_str())).collect(),
    };
    let mut entries = Vec::new();
    let (mut with, mut without, mut effect) = (None, None, 0.0);
    for arm in arms {
        let programme = has_programme(study, arm);
        let means: Vec<f64> =
            (0..study.waves.len()).map(|wave| score(arm, programme, wave as f64 / last)).collect();
        let end = means.last().copied().unwrap_or(0.0);
        let change = end - means.first().copied().unwrap_or(0.0);
        if programme {
            effect = end - score(arm, false, (study.waves.len() - 1) as f64 / last);
            with = Some(change);
        } else {
            without = Some(change);
        }
        let waves = study.waves.iter().zip(means);
        entries.push(ArmTruth {
            arm: arm.map(str::to_owned),
            waves: waves
                .map(|(wave, mean)| WaveTruth { wave: wave.id.clone(), mean: rounded(mean) })
                .collect(),
            change: rounded(change),
        });
    }
    OutcomeTruth {
        id: id.to_owned(),
        instrument: parameters.instrument.id.clone(),
        scale: scale.id.clone(),
        metric: scale.method,
        arms: entries,
        difference_in_change: with.zip(without).map(|(with, without)| rounded(with - without)),
        programme_effect: rounded(effect),
    }
}

/// Expected score on a scale: the mean over booklets, which are given equally often.
fn expected_score(parameters: &Parameters, scale: &Scale, standing: &Standing, mixture: &[Share]) -> f64 {
    let items: Vec<&ItemParameters> =
        parameters.items.iter().filter(|parameters| scale.items.contains(&parameters.item.id)).collect();
    let points: BTreeMap<&str, f64> = items
        .iter()
        .map(|item| {
            let mean = integrated_points(item, parameters.model, standing, mixture);
            let (low, high) = item.item.point_range();
            let turned = scale.reverse.contains(&item.item.id);
            (item.item.id.as_str(), if turned { low + high - mean } else { mean })
        })
        .collect();
    let booklets = &parameters.instrument.booklets;
    let scores: Vec<f64> = if booklets.is_empty() {
        vec![scale_score(scale.method, &items, &points)]
    } else {
        booklets
            .iter()
            .map(|booklet| {
                items.iter().filter(|i| booklet.items.contains(&i.item.id)).copied().collect::<Vec<_>>()
            })
            .filter(|given| !given.is_empty())
            .map(|given| scale_score(scale.method, &given, &points))
            .collect()
    };
    scores.iter().sum::<f64>() / scores.len().max(1) as f64
}

fn scale_score(method: ScaleMethod, items: &[&ItemParameters], points: &BTreeMap<&str, f64>) -> f64 {
    let sum: f64 = items.iter().filter_map(|item| points.get(item.item.id.as_str())).sum();
    match method {
        ScaleMethod::Sum => sum,
        ScaleMethod::Mean => sum / items.len() as f64,
        ScaleMethod::Percent | ScaleMethod::Irt => {
            100.0 * sum / items.iter().map(|item| item.item.point_range().1).sum::<f64>()
        }
    }
}

fn integrated_points(
    item: &ItemParameters,
    model: &InstrumentModel,
    standing: &Standing,
    mixture: &[Share],
) -> f64 {
    let mean = standing.mean(model, item.item.domain.as_deref());
    let sd = model.spread.total();
    let cells = (GRID_REACH / GRID_STEP).round() as i32;
    let (mut sum, mut weights) = (0.0, 0.0);
    for node in -cells..=cells {
        let z = f64::from(node) * GRID_STEP;
        let weight = libm::exp(-0.5 * z * z);
        weights += weight;
        for share in mixture {
            sum += weight * share.weight * expected_points(item, mean + share.shift + sd * z);
        }
    }
    sum / weights
}

/// A group of persons with the same attribute shift.
struct Share {
    weight: f64,
    shift: f64,
}

/// The groups that the shifting attributes make, with their shares.
fn mixture(model: &Model, parameters: &Parameters) -> Vec<Share> {
    let cohort = match parameters.instrument.respondent {
        Respondent::Observer => Respondent::Teacher,
        own => own,
    };
    let mut shares = vec![Share { weight: 1.0, shift: 0.0 }];
    for attribute in model.attributes.iter().filter(|attribute| attribute.respondent == cohort) {
        let (Some(by_value), Draw::Weights(weights)) =
            (parameters.model.shift.get(&attribute.column), &attribute.draw)
        else {
            continue;
        };
        let sum: f64 = weights.values().sum();
        shares = shares
            .iter()
            .flat_map(|share| {
                weights.iter().map(move |(value, weight)| Share {
                    weight: share.weight * weight / sum,
                    shift: share.shift + by_value.get(value).copied().unwrap_or(0.0),
                })
            })
            .collect();
    }
    shares
}

fn instrument_truth(model: &InstrumentModel, parameters: &Parameters) -> InstrumentTruth {
    let difficulties = |shape: &Shape| match shape {
        Shape::One(b) => Some(vec![rounded(*b)]),
        Shape::Parts(b) | Shape::Steps(b) => Some(b.iter().copied().map(rounded).collect()),
        Shape::Unscored => None,
    };
    InstrumentTruth {
        growth: model.growth,
        domains: model.domains.clone(),
        spread: model.spread,
        total_sd: rounded(model.spread.total()),
        items: parameters
            .items
            .iter()
            .filter_map(|item| Some((item.item.id.clone(), difficulties(&item.shape)?)))
            .collect(),
    }
}

/// Six decimals: far below any sampling error, and the same on every machine.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}
