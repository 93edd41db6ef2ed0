//! The ratings of an instrument at all waves, as ordered categories of items.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::PolarsResult;

use crate::instrument::Instrument;
use crate::psych::irt::facets::Rating;
use crate::response::slot::Part;
use crate::response::{ResponseSet, Responses, Slot};
use crate::score::plan::{points_column, state_column};
use crate::score::{self, MissingPolicy, ScoredSet, Scores, State};
use crate::study::BoundStudy;

/// Points closer than this are the same value.
const SAME_POINTS: f64 = 1e-9;
/// Items on which more different points were given are numbers rather than levels; a step for each of them
/// would rest on next to no ratings.
const MOST_LEVELS: usize = 20;

/// The ratings of one instrument.
#[derive(Clone, Debug)]
pub struct Ratings {
    /// Items with ratings, in the order of the scale.
    pub items: Vec<RatedItem>,
    /// Raters, sorted by name; the same name at two waves is the same rater.
    pub raters: Vec<String>,
    /// Persons with ratings, one entry per wave.
    pub persons: Vec<RatedPerson>,
    /// The ratings, by person, item and rater.
    pub ratings: Vec<Rating>,
    /// Whether raters stand in columns, so that who is behind a number is not known.
    pub columns: bool,
}

/// One rated item.
#[derive(Clone, Debug)]
pub struct RatedItem {
    /// Item id.
    pub id: String,
    /// Lowest and highest points.
    pub range: [f64; 2],
    /// Whether the scale turns its points round.
    pub turned: bool,
    /// Points of each category, ascending, in the direction of the scale.
    pub values: Vec<f64>,
}

/// One person at one wave.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RatedPerson {
    /// Place of the scored set.
    pub set: usize,
    /// Person id.
    pub id: String,
    /// Place of the wave.
    pub wave: usize,
    /// Whether some row names no rater.
    pub unnamed: bool,
}

/// Points by person (set, id), item and rater.
type Given = BTreeMap<(usize, String), BTreeMap<(usize, String), f64>>;

#[derive(Default)]
struct Gathered {
    given: Given,
    unnamed: BTreeSet<(usize, String)>,
    columns: bool,
}

/// Gathers the ratings of the items `ids`; none where nobody's name or column of a rater is in the data.
///
/// # Errors
/// polars cannot run the scoring plan or hand out a column.
pub fn gather(
    study: &BoundStudy,
    responses: &Responses,
    instrument: &Instrument,
    (ids, reverse): (&[String], &[String]),
    scores: &Scores,
) -> PolarsResult<Option<Ratings>> {
    let policy = MissingPolicy::of(&study.study.analysis);
    let mut found = Gathered::default();
    for set in responses.sets.iter().filter(|set| set.instrument == instrument.id) {
        let same = |scored: &ScoredSet| {
            scored.instrument == set.instrument && scored.wave == set.wave && scored.file == set.table.file
        };
        let Some(place) = scores.sets.iter().position(same) else { continue };
        let source = Source { instrument, set, place, ids, policy };
        match &set.raters {
            Some(raters) => source.rows(raters, &mut found)?,
            None => source.columns(&mut found)?,
        }
    }
    if found.given.is_empty() {
        return Ok(None);
    }
    Ok(Some(laid_out(study, instrument, (ids, reverse), scores, found)))
}

struct Source<'a> {
    instrument: &'a Instrument,
    set: &'a ResponseSet,
    place: usize,
    ids: &'a [String],
    policy: MissingPolicy,
}

impl Source<'_> {
    /// A row per person and rater: every row is scored as if it were a person of its own.
    fn rows(&self, raters: &[Option<String>], found: &mut Gathered) -> PolarsResult<()> {
        let numbers = (0..self.set.persons.len()).map(|row| row.to_string()).collect();
        let alone = ResponseSet { persons: numbers, raters: None, ..self.set.clone() };
        let mut take = |row: usize, item: usize, points: f64| {
            let Some(id) = self.set.persons.get(row) else { return };
            match raters.get(row).cloned().flatten() {
                Some(rater) => {
                    let own = found.given.entry((self.place, id.clone())).or_default();
                    own.insert((item, rater), points);
                }
                None => {
                    found.unnamed.insert((self.place, id.clone()));
                }
            }
        };
        self.answered(&alone, self.ids, &mut take)
    }

    /// A column per rater: the columns of one rater are scored as if they were the answers.
    fn columns(&self, found: &mut Gathered) -> PolarsResult<()> {
        let rater_of = |slot: &Slot| match slot.part {
            Part::Rater(rater) => Some(rater),
            _ => None,
        };
        let raters: BTreeSet<u32> = self.set.slots.iter().filter_map(rater_of).collect();
        for rater in raters {
            found.columns = true;
            let own = self.set.slots.iter().filter(|slot| rater_of(slot) == Some(rater));
            let slots: Vec<Slot> = own.map(|slot| Slot { part: Part::Whole, ..slot.clone() }).collect();
            let rated = |id: &String| slots.iter().any(|slot| self.instrument.items[slot.item].id == *id);
            let ids: Vec<String> = self.ids.iter().filter(|id| rated(id)).cloned().collect();
            let numbers = (0..self.set.persons.len()).map(|row| row.to_string()).collect();
            let alone = ResponseSet { persons: numbers, slots: slots.clone(), ..self.set.clone() };
            let mut take = |row: usize, item: usize, points: f64| {
                let Some(id) = self.set.persons.get(row) else { return };
                let item = self.ids.iter().position(|other| *other == ids[item]).unwrap_or(item);
                let own = found.given.entry((self.place, id.clone())).or_default();
                own.insert((item, rater.to_string()), points);
            };
            self.answered(&alone, &ids, &mut take)?;
        }
        Ok(())
    }

    /// Points of the answers that were given: a blank that counts as wrong is no rating.
    fn answered(
        &self,
        alone: &ResponseSet,
        ids: &[String],
        take: &mut dyn FnMut(usize, usize, f64),
    ) -> PolarsResult<()> {
        let scored = score::score_set(self.instrument, alone, self.policy)?.value;
        let rows = scored.frame.column("person")?.str()?;
        let rows: Vec<Option<usize>> = rows.iter().map(|row| row?.parse().ok()).collect();
        for (item, id) in ids.iter().enumerate() {
            let points = scored.frame.column(&points_column(id))?.f64()?;
            let states = scored.frame.column(&state_column(id))?.i32()?;
            for (place, row) in rows.iter().enumerate() {
                let given = states.get(place) == Some(State::Answered as i32);
                let points = points.get(place).filter(|points| given && points.is_finite());
                if let (Some(row), Some(points)) = (row, points) {
                    take(*row, item, points);
                }
            }
        }
        Ok(())
    }
}

fn laid_out(
    study: &BoundStudy,
    instrument: &Instrument,
    (ids, reverse): (&[String], &[String]),
    scores: &Scores,
    found: Gathered,
) -> Ratings {
    let item = |(place, id): (usize, &String)| {
        let range = instrument.item(id)?.point_range();
        let turned = reverse.contains(id);
        let own = found.given.values().flatten().filter(|((item, _), _)| *item == place);
        let mut values: Vec<f64> =
            own.map(|(_, v)| if turned { range.0 + range.1 - v } else { *v }).collect();
        values.sort_by(f64::total_cmp);
        values.dedup_by(|a, b| (*a - *b).abs() < SAME_POINTS);
        let levels = !values.is_empty() && values.len() <= MOST_LEVELS;
        levels.then(|| (place, RatedItem { id: id.clone(), range: [range.0, range.1], turned, values }))
    };
    let (places, items): (Vec<usize>, Vec<RatedItem>) = ids.iter().enumerate().filter_map(item).unzip();
    let raters: BTreeSet<&String> = found.given.values().flatten().map(|((_, rater), _)| rater).collect();
    let raters: Vec<String> = raters.into_iter().cloned().collect();
    let (mut persons, mut ratings) = (Vec::new(), Vec::new());
    for (key, own) in &found.given {
        let person = persons.len();
        for ((place, rater), points) in own {
            let (Ok(item), Ok(rater)) = (places.binary_search(place), raters.binary_search(rater)) else {
                continue;
            };
            let RatedItem { range: [low, high], turned, values, .. } = &items[item];
            let points = if *turned { low + high - points } else { *points };
            let category = values.partition_point(|value| *value < points - SAME_POINTS);
            // At most MOST_LEVELS categories.
            ratings.push(Rating { person, item, rater, points: category as u8 });
        }
        persons.push(person_of(study, scores, key, &found.unnamed));
    }
    for key in found.unnamed.iter().filter(|key| !found.given.contains_key(key)) {
        persons.push(person_of(study, scores, key, &found.unnamed));
    }
    Ratings { items, raters, persons, ratings, columns: found.columns }
}

fn person_of(
    study: &BoundStudy,
    scores: &Scores,
    key: &(usize, String),
    unnamed: &BTreeSet<(usize, String)>,
) -> RatedPerson {
    let wave = study.study.wave_index(&scores.sets[key.0].wave).unwrap_or(0);
    RatedPerson { set: key.0, id: key.1.clone(), wave, unnamed: unnamed.contains(key) }
}
