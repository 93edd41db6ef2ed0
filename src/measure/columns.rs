//! Measures as columns of the score frames: `scale:ID`, `level:ID`, and what else is known of each person.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::{Calibrated, Calibration, Material, Measure, PersonMeasure, persons};
use crate::instrument::{AbilityMethod, Scale};
use crate::psych::irt::ability::MaximumLikelihood;
use crate::score::Scores;
use crate::score::plan::{points_column, state_column};
use crate::score::scale::{PLAUSIBLE_VALUES, level_column, measure_column, score_column};
use crate::score::{ScaleKey, State};

/// Columns for one scored set.
pub struct SetColumns {
    set: usize,
    columns: Vec<Column>,
}

/// The columns of one scale.
pub struct ScaleColumns {
    /// Under the calibration behind the scores.
    pub main: Vec<SetColumns>,
    /// Under the calibration with drifted anchors freed.
    pub drift_free: Option<Vec<SetColumns>>,
    /// Lowest and highest score.
    pub range: BTreeMap<ScaleKey, [f64; 2]>,
}

/// Slack on cut scores, as for other scales.
const CUT_SLACK: f64 = 1e-9;

/// The columns of a measured scale; percent of the possible points where it could not be measured.
///
/// # Errors
/// polars cannot hand out a column.
pub fn of(material: &Material<'_>, measure: &Measure, scores: &Scores) -> PolarsResult<ScaleColumns> {
    let scale = material.scale;
    let mut range = BTreeMap::new();
    let key = (measure.instrument.clone(), measure.scale.clone());
    match &measure.result {
        Ok(found) => {
            range.insert(key, found.range);
            let main = measured(measure, found, (&found.persons, scale, true));
            let drift_free = found.drift_free.as_ref().map(|other: &Calibration| {
                measured(measure, found, (&persons::measure_all(&measure.waves, other), scale, false))
            });
            Ok(ScaleColumns { main, drift_free, range })
        }
        Err(_) => {
            range.insert(key, [0.0, 100.0]);
            Ok(ScaleColumns { main: percent(material, scores)?, drift_free: None, range })
        }
    }
}

fn measured(
    measure: &Measure,
    found: &Calibrated,
    (persons, scale, whole): (&[Vec<PersonMeasure>], &Scale, bool),
) -> Vec<SetColumns> {
    let unit = found.unit;
    let of_wave = |(place, wave): (usize, &super::WaveAnswers)| {
        let persons = &persons[place];
        let theta = |person: &PersonMeasure| match measure.rules.ability {
            AbilityMethod::Wle => person.wle.map(|own| own.theta),
            AbilityMethod::Eap => person.eap.map(|own| own.mean),
        };
        let scores: Vec<Option<f64>> =
            persons.iter().map(|p| theta(p).filter(|_| p.enough).map(|theta| unit.score(theta))).collect();
        let mut columns = named(scale, scores);
        if whole {
            columns.extend(details(scale, persons, unit));
        }
        SetColumns { set: wave.set, columns }
    };
    measure.waves.iter().enumerate().map(of_wave).collect()
}

/// Score and level.
pub(super) fn named(scale: &Scale, scores: Vec<Option<f64>>) -> Vec<Column> {
    let mut columns = Vec::new();
    if !scale.levels.is_empty() {
        let level = |score: &Option<f64>| {
            score.map(|score| {
                let reached = scale.levels.iter().skip(1).filter(|level| score >= level.from - CUT_SLACK);
                i32::try_from(reached.count()).unwrap_or(0)
            })
        };
        let levels: Vec<Option<i32>> = scores.iter().map(level).collect();
        columns.push(Column::new(level_column(&scale.id).into(), levels));
    }
    columns.insert(0, Column::new(score_column(&scale.id).into(), scores));
    columns
}

/// Estimates with their standard errors and the plausible values, in the unit of the scale.
fn details(scale: &Scale, persons: &[PersonMeasure], unit: super::Unit) -> Vec<Column> {
    let column = |what: &str, value: &dyn Fn(&PersonMeasure) -> Option<f64>| {
        let values: Vec<Option<f64>> = persons.iter().map(value).collect();
        Column::new(measure_column(&scale.id, what).into(), values)
    };
    let finite = |person: &PersonMeasure| match person.mle {
        MaximumLikelihood::Finite(ability) => Some(ability),
        _ => None,
    };
    let mut columns = vec![
        column("wle", &|p| p.wle.map(|own| unit.score(own.theta))),
        column("wle_se", &|p| p.wle.map(|own| unit.distance(own.se))),
        column("eap", &|p| p.eap.map(|own| unit.score(own.mean))),
        column("eap_sd", &|p| p.eap.map(|own| unit.distance(own.sd))),
        column("mle", &|p| finite(p).map(|own| unit.score(own.theta))),
        column("mle_se", &|p| finite(p).map(|own| unit.distance(own.se))),
    ];
    for draw in 0..PLAUSIBLE_VALUES {
        let value = |p: &PersonMeasure| p.plausible.get(draw).map(|theta| unit.score(*theta));
        columns.push(column(&format!("pv{}", draw + 1), &value));
    }
    columns
}

/// What the method `percent` gives, from the points in the frames.
pub(super) fn percent(material: &Material<'_>, scores: &Scores) -> PolarsResult<Vec<SetColumns>> {
    let mut all = Vec::new();
    let own = scores.sets.iter().enumerate().filter(|(_, set)| set.instrument == material.instrument.id);
    for (place, set) in own {
        let persons = set.frame.height();
        let (mut sum, mut possible) = (vec![0.0; persons], vec![0.0; persons]);
        let (mut valid, mut given) = (vec![0.0; persons], vec![0.0; persons]);
        for id in &material.scale.items {
            let Some(item) = material.instrument.item(id) else { continue };
            let (low, high) = item.point_range();
            let turned = material.scale.reverse.contains(id);
            let points = set.frame.column(&points_column(id))?.f64()?.clone();
            let states = set.frame.column(&state_column(id))?.i32()?.clone();
            for (row, (value, state)) in points.iter().zip(states.iter()).enumerate() {
                given[row] += f64::from(state.is_some_and(|s| s != State::NotAdministered as i32));
                let Some(value) = value else { continue };
                sum[row] += if turned { low + high - value } else { value };
                possible[row] += high;
                valid[row] += 1.0;
            }
        }
        let least = material.scale.min_valid.unwrap_or(crate::score::scale::DEFAULT_MIN_VALID) - 0.005;
        let score = |row: usize| {
            let complete = valid[row] > 0.0 && valid[row] >= least * given[row] && possible[row] > 0.0;
            complete.then(|| 100.0 * sum[row] / possible[row])
        };
        let columns = named(material.scale, (0..persons).map(score).collect());
        all.push(SetColumns { set: place, columns });
    }
    Ok(all)
}

/// Writes the columns into the frames, over those of the same name.
///
/// # Errors
/// polars cannot take a column.
pub fn write(scores: &mut Scores, columns: &[SetColumns]) -> PolarsResult<()> {
    for own in columns {
        let frame = &mut scores.sets[own.set].frame;
        for column in &own.columns {
            frame.with_column(column.clone())?;
        }
    }
    Ok(())
}
