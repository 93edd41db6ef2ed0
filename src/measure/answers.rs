//! Points of a scale as ordered categories, wave by wave.

use std::collections::BTreeMap;

use polars::prelude::PolarsResult;

use super::{Material, Unmeasured};
use crate::psych::irt::{IrtError, Responses as Answers};
use crate::score::plan::{points_column, state_column};
use crate::score::{ScoredSet, Scores, State};

/// The answers of one wave.
#[derive(Clone, Debug)]
pub struct WaveAnswers {
    /// Place of the wave in the study.
    pub wave: usize,
    /// Wave id.
    pub id: String,
    /// Place of the scored set in the scores.
    pub set: usize,
    /// Person ids, by row.
    pub persons: Vec<String>,
    /// Booklet of each person; none where there are no booklets.
    pub booklets: Vec<Option<String>>,
    /// Place of each person's arm among the study's arms; 0 where there is one group.
    pub arms: Vec<usize>,
    /// Place of each person's school in a list of schools common to all waves; none where unknown.
    pub schools: Vec<Option<usize>>,
    /// Categories: persons (rows of the frame) x items of the scale.
    pub answers: Answers,
    /// Whether each person answered enough items for a score.
    pub enough: Vec<bool>,
}

/// What was gathered for one scale.
pub struct Gathered {
    /// Waves with answers, in time order.
    pub waves: Vec<WaveAnswers>,
    /// Point values of each item's categories.
    pub values: Vec<Vec<f64>>,
    /// Why these points cannot be measured.
    pub refused: Option<Unmeasured>,
}

/// Points of one wave, as its frame has them: `points[item][row]`, turned round where the scale says so.
struct WavePoints {
    place: usize,
    points: Vec<Vec<Option<f64>>>,
    given: Vec<Vec<bool>>,
}

/// Points closer than this are the same value: shares such as 2/3 are computed.
const SAME_POINTS: f64 = 1e-9;

/// Gathers the answers to a scale. The distinct points that occur on an item, over all waves, are its
/// categories: partial-credit points such as 0, 2/3, 4/3, 2 become 0, 1, 2, 3.
///
/// # Errors
/// polars cannot hand out a column.
pub fn gather(material: &Material<'_>, scores: &Scores) -> PolarsResult<Gathered> {
    let study = &material.study.study;
    let mut sets: Vec<(usize, usize)> = scores
        .sets
        .iter()
        .enumerate()
        .filter(|(_, set)| set.instrument == material.instrument.id && set.frame.height() > 0)
        .filter_map(|(place, set)| Some((study.wave_index(&set.wave)?, place)))
        .collect();
    sets.sort_unstable();
    let mut points = Vec::with_capacity(sets.len());
    for (_, place) in &sets {
        points.push(wave_points(material, &scores.sets[*place], *place)?);
    }
    let values = values(material.scale.items.len(), &points);
    let mut schools = BTreeMap::new();
    let mut gathered = Gathered { waves: Vec::new(), values, refused: raters(material) };
    for ((wave, _), own) in sets.iter().zip(&points) {
        match answers(&gathered.values, own, scores.sets[own.place].frame.height()) {
            Ok(answers) => {
                let set = &scores.sets[own.place];
                gathered.waves.push(wave_answers(material, (*wave, set), own, (answers, &mut schools))?);
            }
            Err(error) => gathered.refused = Some(Unmeasured::Irt(error)),
        }
    }
    Ok(gathered)
}

/// Means over raters are no categories.
fn raters(material: &Material<'_>) -> Option<Unmeasured> {
    let rated = |set: &&crate::response::ResponseSet| set.instrument == material.instrument.id;
    let mut sets = material.responses.sets.iter().filter(rated);
    sets.any(|set| set.has_raters()).then_some(Unmeasured::Raters)
}

fn wave_points(material: &Material<'_>, set: &ScoredSet, place: usize) -> PolarsResult<WavePoints> {
    let mut own = WavePoints { place, points: Vec::new(), given: Vec::new() };
    for id in &material.scale.items {
        let column = set.frame.column(&points_column(id))?.f64()?.clone();
        let turned = material.instrument.item(id).filter(|_| material.scale.reverse.contains(id));
        let points = |value: Option<f64>| {
            value.filter(|v| v.is_finite()).map(|v| match turned {
                Some(item) => item.point_range().0 + item.point_range().1 - v,
                None => v,
            })
        };
        own.points.push(column.iter().map(points).collect());
        let states = set.frame.column(&state_column(id))?.i32()?.clone();
        let not_given = State::NotAdministered as i32;
        own.given.push(states.iter().map(|state| state.is_some_and(|s| s != not_given)).collect());
    }
    Ok(own)
}

/// The distinct points of each item over all waves, ascending.
fn values(items: usize, waves: &[WavePoints]) -> Vec<Vec<f64>> {
    let of_item = |item: usize| {
        let mut all: Vec<f64> = waves.iter().flat_map(|w| w.points[item].iter().flatten().copied()).collect();
        all.sort_by(f64::total_cmp);
        all.dedup_by(|a, b| (*a - *b).abs() < SAME_POINTS);
        all
    };
    (0..items).map(of_item).collect()
}

fn answers(values: &[Vec<f64>], own: &WavePoints, persons: usize) -> Result<Answers, IrtError> {
    let items = values.len();
    let max: Vec<u8> =
        values.iter().map(|v| u8::try_from(v.len().saturating_sub(1)).unwrap_or(u8::MAX)).collect();
    let (mut categories, mut answered) = (vec![0; persons * items], vec![false; persons * items]);
    for (item, points) in own.points.iter().enumerate() {
        for (person, value) in points.iter().enumerate() {
            let Some(value) = value else { continue };
            let category = values[item].partition_point(|v| *v < value - SAME_POINTS);
            categories[person * items + item] = u8::try_from(category).unwrap_or(u8::MAX);
            answered[person * items + item] = true;
        }
    }
    Answers::new(persons, items, categories, answered, max)
}

fn wave_answers<'a>(
    material: &Material<'a>,
    (wave, set): (usize, &ScoredSet),
    own: &WavePoints,
    (answers, known): (Answers, &mut BTreeMap<&'a str, usize>),
) -> PolarsResult<WaveAnswers> {
    let column = set.frame.column("person")?.str()?.clone();
    let persons: Vec<String> = column.iter().map(|id| id.unwrap_or_default().to_owned()).collect();
    let booklets = match set.frame.column("booklet").and_then(|column| column.str().cloned()) {
        Ok(column) => column.iter().map(|id| id.map(str::to_owned)).collect(),
        Err(_) => vec![None; persons.len()],
    };
    let roster = material.responses.roster_of(material.study, material.instrument.respondent);
    let (mut arms, mut schools) = (Vec::new(), Vec::new());
    for person in &persons {
        let person = roster.and_then(|roster| roster.person(person));
        let arm = person.and_then(|person| person.arm.as_deref());
        let arms_known = &material.study.study.arms;
        arms.push(arms_known.iter().position(|known| Some(known.id.as_str()) == arm).unwrap_or(0));
        let school = person.and_then(|person| person.school.as_deref());
        let next = known.len();
        schools.push(school.map(|school| *known.entry(school).or_insert(next)));
    }
    let least = material.scale.min_valid.unwrap_or(crate::score::scale::DEFAULT_MIN_VALID) - SHARE_SLACK;
    let enough = |row: usize| {
        let given = own.given.iter().filter(|item| item[row]).count();
        let valid = own.points.iter().filter(|item| item[row].is_some()).count();
        valid > 0 && valid as f64 >= least * given as f64
    };
    Ok(WaveAnswers {
        wave,
        id: set.wave.clone(),
        set: own.place,
        enough: (0..persons.len()).map(enough).collect(),
        persons,
        booklets,
        arms,
        schools,
        answers,
    })
}

/// Slack on the share of valid items, as for other scales.
const SHARE_SLACK: f64 = 0.005;

/// Answers per item and category in the wave where the item has most: the same persons at two waves are not
/// twice as many persons.
pub fn largest_counts(waves: &[WaveAnswers]) -> Vec<Vec<usize>> {
    let Some(first) = waves.first() else { return Vec::new() };
    let of_wave = |wave: &WaveAnswers, item: usize| {
        let mut counts = vec![0; usize::from(wave.answers.max()[item]) + 1];
        let points = (0..wave.answers.persons()).filter_map(|person| wave.answers.get(person, item));
        points.for_each(|category| counts[usize::from(category)] += 1);
        counts
    };
    (0..first.answers.items())
        .map(|item| {
            let all = waves.iter().map(|wave| of_wave(wave, item));
            all.max_by_key(|counts| counts.iter().sum::<usize>()).unwrap_or_default()
        })
        .collect()
}
