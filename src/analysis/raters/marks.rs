//! The ratings of one instrument at one wave: persons x raters, for every item and score.
//!
//! A file has a row per person and rater, or a column per rater. Either way each rating is scored by the plan
//! that scores everything else, as if every row (or every rater's columns) were a person's answers.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::PolarsResult;

use crate::analysis::Material;
use crate::analysis::findings::RaterLayout;
use crate::i18n::Text;
use crate::instrument::{Instrument, Item};
use crate::response::slot::Part;
use crate::response::{ResponseSet, Slot};
use crate::score::plan::{points_column, state_column};
use crate::score::scale::{score_column, score_range};
use crate::score::{self, MissingPolicy, ScoredSet, State};

/// The ratings of one instrument at one wave.
pub(super) struct Marks<'a> {
    /// The instrument.
    pub instrument: &'a Instrument,
    /// Wave id.
    pub wave: &'a str,
    /// How they stand in the file.
    pub layout: RaterLayout,
    /// Number of persons.
    pub persons: usize,
    /// Raters, sorted.
    pub raters: Vec<String>,
    /// Scored items with ratings.
    pub items: Vec<ItemMarks<'a>>,
    /// Scores: the scales, or the items where raters stand in columns.
    pub scores: Vec<ScoreMarks>,
    /// Rows that name no rater.
    pub unnamed: usize,
}

/// The ratings of one item.
pub(super) struct ItemMarks<'a> {
    /// The item.
    pub item: &'a Item,
    /// Points, persons x raters; none where a rater gave none.
    pub points: Vec<Option<f64>>,
}

/// The scores the raters' ratings come to.
pub(super) struct ScoreMarks {
    /// Scale or item id.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// Whether it stands for the instrument.
    pub main: bool,
    /// Lowest and highest possible score.
    pub range: [f64; 2],
    /// Scores, persons x raters.
    pub points: Vec<Option<f64>>,
}

/// Where a rating stands in a table of persons x raters.
struct Place {
    row: usize,
    cell: usize,
}

impl Marks<'_> {
    /// Raters of a person, by their places.
    pub(super) fn raters_of(&self, person: usize) -> Vec<usize> {
        let k = self.raters.len();
        let marked = |rater: &usize| self.items.iter().any(|item| item.points[person * k + rater].is_some());
        (0..k).filter(marked).collect()
    }

    /// The score that stands for the instrument.
    pub(super) fn main(&self) -> Option<&ScoreMarks> {
        self.scores.iter().find(|score| score.main)
    }

    /// What each rater gave a person in a table of persons x raters: rater and points.
    pub(super) fn given(&self, points: &[Option<f64>], person: usize) -> Vec<(usize, f64)> {
        let k = self.raters.len();
        (0..k).filter_map(|rater| points[person * k + rater].map(|points| (rater, points))).collect()
    }
}

/// The ratings of a set; none where nothing in it is rated by several people.
///
/// # Errors
/// polars cannot run the scoring plan or hand out a column.
pub(super) fn read<'a>(
    material: Material<'a>,
    instrument: &'a Instrument,
    set: &'a ResponseSet,
) -> PolarsResult<Option<Marks<'a>>> {
    let policy = MissingPolicy::of(&material.study.study.analysis);
    match &set.raters {
        Some(raters) => rows(instrument, set, raters, policy).map(Some),
        None => columns(instrument, set, policy),
    }
}

/// A row per person and rater.
fn rows<'a>(
    instrument: &'a Instrument,
    set: &'a ResponseSet,
    raters: &[Option<String>],
    policy: MissingPolicy,
) -> PolarsResult<Marks<'a>> {
    let names: BTreeSet<&str> = raters.iter().flatten().map(String::as_str).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let persons: BTreeMap<&str, usize> = numbered(set.persons.iter().map(String::as_str));
    let k = names.len();
    let place = |row: usize| {
        let rater = names.binary_search(&raters.get(row)?.as_deref()?).ok()?;
        Some(persons.get(set.persons.get(row)?.as_str())? * k + rater)
    };
    // Every row is scored as if it were a person of its own; its place stands in for the person's id.
    let alone = ResponseSet {
        persons: (0..set.persons.len()).map(|row| row.to_string()).collect(),
        raters: None,
        ..set.clone()
    };
    let scored = score::score_set(instrument, &alone, policy)?.value;
    let places = places(&scored, place)?;
    let size = persons.len() * k;
    let mut items = Vec::new();
    let has_column = |place: usize| set.slots.iter().any(|slot| slot.item == place);
    for (place, item) in instrument.items.iter().enumerate() {
        if !item.is_scored() || !has_column(place) {
            continue;
        }
        items.push(ItemMarks { item, points: answered(&scored, item, &places, size)? });
    }
    let mut scores = Vec::new();
    let main = main_scale(instrument);
    for scale in &instrument.scales {
        let Ok(column) = scored.frame.column(&score_column(&scale.id)) else { continue };
        // Measures are made from the means of the raters, never from one rater's marks.
        let Some(range) = score_range(instrument, scale) else { continue };
        let column = column.f64()?;
        let mut points = vec![None; size];
        for place in &places {
            points[place.cell] = column.get(place.row);
        }
        scores.push(ScoreMarks {
            id: scale.id.clone(),
            title: scale.title.clone(),
            main: main == Some(scale.id.as_str()),
            range,
            points,
        });
    }
    Ok(Marks {
        instrument,
        wave: &set.wave,
        layout: RaterLayout::Rows,
        persons: persons.len(),
        raters: names.into_iter().map(str::to_owned).collect(),
        items,
        scores,
        unnamed: raters.iter().filter(|rater| rater.is_none()).count(),
    })
}

/// A column per rater.
fn columns<'a>(
    instrument: &'a Instrument,
    set: &'a ResponseSet,
    policy: MissingPolicy,
) -> PolarsResult<Option<Marks<'a>>> {
    let rater_of = |slot: &Slot| match slot.part {
        Part::Rater(rater) => Some(rater),
        _ => None,
    };
    let raters: BTreeSet<u32> = set.slots.iter().filter_map(rater_of).collect();
    if raters.is_empty() {
        return Ok(None);
    }
    let (n, k) = (set.persons.len(), raters.len());
    let rated: Vec<&Item> = instrument
        .items
        .iter()
        .enumerate()
        .filter(|(place, _)| set.slots.iter().any(|slot| slot.item == *place && rater_of(slot).is_some()))
        .map(|(_, item)| item)
        .collect();
    let mut items: Vec<ItemMarks<'a>> =
        rated.into_iter().map(|item| ItemMarks { item, points: vec![None; n * k] }).collect();
    for (rater, number) in raters.iter().enumerate() {
        let own = set.slots.iter().filter(|slot| rater_of(slot) == Some(*number));
        let slots: Vec<Slot> = own.map(|slot| Slot { part: Part::Whole, ..slot.clone() }).collect();
        let alone =
            ResponseSet { persons: (0..n).map(|row| row.to_string()).collect(), slots, ..set.clone() };
        let scored = score::score_set(instrument, &alone, policy)?.value;
        let places = places(&scored, |row| Some(row * k + rater))?;
        for marks in &mut items {
            let found = answered(&scored, marks.item, &places, n * k)?;
            for (cell, points) in marks.points.iter_mut().zip(found) {
                *cell = cell.or(points);
            }
        }
    }
    let score = |(place, marks): (usize, &ItemMarks)| {
        let (low, high) = marks.item.point_range();
        ScoreMarks {
            id: marks.item.id.clone(),
            title: marks.item.prompt.clone(),
            main: place == 0,
            range: [low, high],
            points: marks.points.clone(),
        }
    };
    Ok(Some(Marks {
        instrument,
        wave: &set.wave,
        layout: RaterLayout::Columns,
        persons: n,
        raters: raters.iter().map(u32::to_string).collect(),
        scores: items.iter().enumerate().map(score).collect(),
        items,
        unnamed: 0,
    }))
}

/// Ids with their place in order of first appearance.
fn numbered<'a>(ids: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let mut places = BTreeMap::new();
    for id in ids {
        let next = places.len();
        places.entry(id).or_insert(next);
    }
    places
}

/// The scale called `total`, or the one with most items.
fn main_scale(instrument: &Instrument) -> Option<&str> {
    let longest = || {
        // The first of several equally long ones.
        let most = instrument.scales.iter().map(|scale| scale.items.len()).max()?;
        instrument.scales.iter().find(|scale| scale.items.len() == most)
    };
    instrument.scale("total").or_else(longest).map(|scale| scale.id.as_str())
}

/// Rows of a scored frame with their cell in the table; its persons are the numbers of rows.
fn places(scored: &ScoredSet, cell: impl Fn(usize) -> Option<usize>) -> PolarsResult<Vec<Place>> {
    let ids = scored.frame.column("person")?.str()?;
    let place = |(row, id): (usize, Option<&str>)| Some(Place { row, cell: cell(id?.parse().ok()?)? });
    Ok(ids.iter().enumerate().filter_map(place).collect())
}

/// Points of the answers that were given. A blank that counts as wrong is no rating: two raters cannot agree
/// on what neither of them marked.
fn answered(
    scored: &ScoredSet,
    item: &Item,
    places: &[Place],
    size: usize,
) -> PolarsResult<Vec<Option<f64>>> {
    let points = scored.frame.column(&points_column(&item.id))?.f64()?;
    let states = scored.frame.column(&state_column(&item.id))?.i32()?;
    let mut table = vec![None; size];
    for place in places {
        let given = states.get(place.row) == Some(State::Answered as i32);
        table[place.cell] = points.get(place.row).filter(|_| given);
    }
    Ok(table)
}
