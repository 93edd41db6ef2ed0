//! Scores made of adjusted points.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use super::{RatedPerson, Ratings, expected};
use crate::instrument::{Instrument, Scale, ScaleMethod};
use crate::measure::{Material, columns};
use crate::psych::irt::facets::FittedFacets;
use crate::response::Responses;
use crate::score::Scores;
use crate::score::plan::points_column;
use crate::score::scale::{add_scales, measure_column, score_column};
use crate::study::BoundStudy;

/// What is added to the points of persons, by set and person.
pub(super) struct Corrections {
    /// Items that were fitted.
    items: Vec<String>,
    /// For each item of `items`, the points to add.
    points: BTreeMap<(usize, String), Vec<f64>>,
    /// Persons with ratings of unknown severity: no adjusted score can be had.
    unknown: BTreeSet<(usize, String)>,
}

/// The corrections of all persons.
pub(super) fn corrections(ratings: &Ratings, fit: &FittedFacets) -> Corrections {
    let items = ratings.items.iter().map(|item| item.id.clone()).collect();
    let mut found = Corrections { items, points: BTreeMap::new(), unknown: BTreeSet::new() };
    let key = |person: &RatedPerson| (person.set, person.id.clone());
    found.unknown.extend(ratings.persons.iter().filter(|person| person.unnamed).map(key));
    for own in ratings.ratings.chunk_by(|a, b| a.person == b.person) {
        let person = &ratings.persons[own[0].person];
        let theta = fit.persons[own[0].person].as_ref().map(|person| person.ability.theta);
        let known = own.iter().all(|rating| fit.raters[rating.rater].severity.is_some());
        let Some(theta) = theta.filter(|_| known) else {
            found.unknown.insert(key(person));
            continue;
        };
        let mut points = vec![0.0; ratings.items.len()];
        for on_item in own.chunk_by(|a, b| a.item == b.item) {
            let item = &ratings.items[on_item[0].item];
            let curve = fit.items[on_item[0].item].as_ref().map(|item| &item.curve);
            let under = on_item.iter().filter_map(|rating| fit.raters[rating.rater].severity);
            let under: f64 = under.map(|severity| expected(item, curve, theta - severity)).sum();
            let gain = expected(item, curve, theta) - under / on_item.len() as f64;
            points[on_item[0].item] = if item.turned { -gain } else { gain };
        }
        found.points.insert(key(person), points);
    }
    found
}

/// Writes the scales that adjusted points reach: into `adjusted` in place of the raw scores, into `scores`
/// beside them. Scores stay within the ends of their scale.
pub(super) fn write(
    (study, responses): (&BoundStudy, &Responses),
    instrument: &Instrument,
    found: &Corrections,
    (scores, adjusted): (&mut Scores, &mut Scores),
) -> PolarsResult<()> {
    let mut made = Scores { sets: Vec::new(), ranges: scores.ranges.clone() };
    for (place, set) in scores.sets.iter().enumerate() {
        let mut set = set.clone();
        if set.instrument == instrument.id {
            correct(&mut set.frame, place, found)?;
            set.frame = add_scales(set.frame.lazy(), instrument)?.collect()?;
        }
        made.sets.push(set);
    }
    for scale in
        instrument.scales.iter().filter(|scale| scale.items.iter().any(|id| found.items.contains(id)))
    {
        if scale.method == ScaleMethod::Irt {
            // Measures are made of categories, which adjusted points are not; where a measure was refused,
            // its place is taken by percent of the possible points.
            let percent = scores.range(instrument, scale) == Some([0.0, 100.0]);
            if !percent {
                continue;
            }
            let material = Material { study, responses, instrument, scale };
            let columns = columns::percent(&material, &made)?;
            columns::write(&mut made, &columns)?;
        }
        let range = scores.range(instrument, scale);
        for place in (0..made.sets.len()).filter(|place| made.sets[*place].instrument == instrument.id) {
            let values = values(&made.sets[place].frame, place, (scale, range), found)?;
            let beside = Column::new(measure_column(&scale.id, "fair").into(), &values);
            scores.sets[place].frame.with_column(beside)?;
            for column in columns::named(scale, values) {
                adjusted.sets[place].frame.with_column(column)?;
            }
        }
    }
    Ok(())
}

fn correct(frame: &mut DataFrame, set: usize, found: &Corrections) -> PolarsResult<()> {
    let persons = frame.column("person")?.str()?.clone();
    let own: Vec<Option<&Vec<f64>>> =
        persons.iter().map(|id| found.points.get(&(set, id?.to_owned()))).collect();
    for (item, id) in found.items.iter().enumerate() {
        let name = points_column(id);
        let points = frame.column(&name)?.f64()?;
        let with = |(points, own): (Option<f64>, &Option<&Vec<f64>>)| {
            points.map(|points| points + own.map_or(0.0, |own| own[item]))
        };
        let points: Vec<Option<f64>> = points.iter().zip(&own).map(with).collect();
        frame.with_column(Column::new(name.into(), points))?;
    }
    Ok(())
}

fn values(
    frame: &DataFrame,
    set: usize,
    (scale, range): (&Scale, Option<[f64; 2]>),
    found: &Corrections,
) -> PolarsResult<Vec<Option<f64>>> {
    let persons = frame.column("person")?.str()?;
    let scores = frame.column(&score_column(&scale.id))?.f64()?;
    let [low, high] = range.unwrap_or([f64::NEG_INFINITY, f64::INFINITY]);
    let one = |(id, score): (Option<&str>, Option<f64>)| {
        let known = !found.unknown.contains(&(set, id?.to_owned()));
        score.filter(|_| known).map(|score| score.max(low).min(high))
    };
    Ok(persons.iter().zip(scores.iter()).map(one).collect())
}
