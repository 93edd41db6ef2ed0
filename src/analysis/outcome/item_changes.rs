//! The items behind a score: how many persons got each right who had it wrong before, and the other way.

use polars::prelude::PolarsResult;

use super::Sample;
use crate::analysis::Material;
use crate::analysis::findings::ItemChange;
use crate::impact::classical::mcnemar;
use crate::instrument::Item;
use crate::num::moments;
use crate::score::ScoredSet;
use crate::score::plan::points_column;
use crate::study::Outcome;

/// Right-or-wrong items of the outcome's scale, by arm; items with part marks are left out.
///
/// # Errors
/// polars cannot hand out a column.
pub(super) fn all(
    material: Material<'_>,
    outcome: &Outcome,
    sample: &Sample<'_>,
) -> PolarsResult<Vec<ItemChange>> {
    let instrument = sample.study.instrument_of(outcome);
    let scale = instrument.zip(outcome.from.scale.as_deref()).and_then(|(i, scale)| i.scale(scale));
    let (Some([first, last]), Some(instrument), Some(scale)) =
        (sample.study.study.compared(), instrument, scale)
    else {
        return Ok(Vec::new());
    };
    let (before, after) =
        (material.scores.set(&instrument.id, &first.id), material.scores.set(&instrument.id, &last.id));
    let (Some(before), Some(after)) = (before, after) else { return Ok(Vec::new()) };
    let items: Vec<&Item> = scale.items.iter().filter_map(|id| instrument.item(id)).collect();
    let mut changes = Vec::new();
    for item in items.into_iter().filter(|item| item.has_key()) {
        let [before, after] = [points(before, sample, item)?, points(after, sample, item)?];
        if [&before, &after].into_iter().flatten().flatten().any(|points| !is_right_or_wrong(item, *points)) {
            continue;
        }
        for (arm, name) in sample.arms.iter().enumerate() {
            let places = sample.of_arm(arm).places;
            changes.extend(one(item, name, &places, (&before, &after), sample.linked.cluster.is_some()));
        }
    }
    Ok(changes)
}

fn is_right_or_wrong(item: &Item, points: f64) -> bool {
    let (low, high) = item.point_range();
    points == low || points == high
}

/// Points of an item by place in the roster.
fn points(set: &ScoredSet, sample: &Sample<'_>, item: &Item) -> PolarsResult<Vec<Option<f64>>> {
    let roster = sample.measured.roster;
    let mut points = vec![None; roster.persons.len()];
    let persons = set.frame.column("person")?.str()?;
    let values = set.frame.column(&points_column(&item.id))?.f64()?;
    for (person, value) in persons.iter().zip(values.iter()) {
        if let Some(place) = person.and_then(|person| roster.index.get(person)) {
            points[*place] = value;
        }
    }
    Ok(points)
}

fn one(
    item: &Item,
    arm: &str,
    places: &[usize],
    (before, after): (&[Option<f64>], &[Option<f64>]),
    schools_known: bool,
) -> Option<ItemChange> {
    let changes: Vec<f64> =
        places.iter().filter_map(|place| Some(after[*place]? - before[*place]?)).collect();
    let improved = changes.iter().filter(|change| **change > 0.0).count();
    let declined = changes.iter().filter(|change| **change < 0.0).count();
    // McNemar's test takes persons for independent; where schools are known they are not.
    let test = mcnemar(improved as u64, declined as u64).ok().filter(|_| !schools_known);
    Some(ItemChange {
        item: item.id.clone(),
        arm: arm.to_owned(),
        n: changes.len(),
        change: moments::mean(&changes).ok()?,
        improved,
        declined,
        chi2: test.map(|test| test.chi2),
        p_exact: test.map(|test| test.p_exact),
    })
}
