//! Classical item analysis of every instrument at every wave.
//!
//! Nobody answered all items where there are booklets, so reliability and item-rest correlations are
//! computed within booklets; an item that stands in several gets the mean of its correlations, weighted by
//! persons.

mod evidence;
mod flags;
mod forms;
mod items;
mod options;
mod reliability;
mod scales;
mod standard_error;
mod totals;
mod verdicts;

pub use evidence::ModelEvidence;
pub(super) use standard_error::standard_error;

use polars::prelude::{PolarsResult, StringChunked};

use super::Material;
use super::findings::{AnswerCounts, InstrumentFindings};
use crate::instrument::{Instrument, Item};
use crate::response::ResponseSet;
use crate::score::plan::{points_column, state_column};
use crate::score::{ScoredSet, State};
use crate::study::{AnalysisRules, ItemThresholds};

/// The answers to one instrument at one wave, as vectors.
pub(super) struct Sheet<'a> {
    /// The instrument.
    pub instrument: &'a Instrument,
    /// The raw answers.
    pub set: &'a ResponseSet,
    /// The scores.
    pub scored: &'a ScoredSet,
    /// Lowest and highest score of each scale of the instrument; none for a measure that was not made.
    pub ranges: Vec<Option<[f64; 2]>>,
    /// Points by item and person; none where missing.
    pub points: Vec<Vec<Option<f64>>>,
    /// States by item and person.
    pub states: Vec<Vec<State>>,
    /// The forms of the test with their persons: booklets, or one blank form with everybody.
    pub forms: Vec<Form>,
    /// Error rate of intervals.
    pub alpha: f64,
    /// Seed of everything drawn at random.
    pub seed: u64,
    /// Limits at which items are marked and judged.
    pub limits: ItemThresholds,
    /// What the measurement model says of the items.
    pub evidence: &'a ModelEvidence,
}

/// One form of a test.
pub(super) struct Form {
    /// Booklet id; blank where there is one form.
    pub booklet: String,
    /// Persons who got it, by row of the scored frame.
    pub persons: Vec<usize>,
}

/// Analyses every instrument at every wave.
///
/// # Errors
/// polars cannot hand out a column.
pub fn analyze(material: Material<'_>, evidence: &ModelEvidence) -> PolarsResult<Vec<InstrumentFindings>> {
    let mut findings = Vec::new();
    for scored in &material.scores.sets {
        let Some(instrument) = material.study.instrument(&scored.instrument) else { continue };
        let set = material
            .responses
            .sets
            .iter()
            .find(|set| set.instrument == scored.instrument && set.wave == scored.wave);
        let Some(set) = set else { continue };
        let mut sheet = Sheet::new(instrument, (set, scored), &material.study.study.analysis, evidence)?;
        sheet.ranges =
            instrument.scales.iter().map(|scale| material.scores.range(instrument, scale)).collect();
        findings.push(one(&sheet)?);
    }
    Ok(findings)
}

fn one(sheet: &Sheet<'_>) -> PolarsResult<InstrumentFindings> {
    let analyses = forms::all(sheet);
    let items = items::all(sheet, &analyses);
    let answers = items.iter().fold(AnswerCounts::default(), |sum, item| AnswerCounts {
        answered: sum.answered + item.answers.answered,
        omitted: sum.omitted + item.answers.omitted,
        not_reached: sum.not_reached + item.answers.not_reached,
        not_administered: sum.not_administered + item.answers.not_administered,
        invalid: sum.invalid + item.answers.invalid,
    });
    Ok(InstrumentFindings {
        id: sheet.instrument.id.clone(),
        version: sheet.instrument.version.clone(),
        title: sheet.instrument.title.clone(),
        respondent: sheet.instrument.respondent,
        wave: sheet.scored.wave.clone(),
        n: sheet.scored.frame.height(),
        is_test: sheet.instrument.items.iter().any(Item::has_key),
        answers,
        scales: scales::all(sheet, &analyses)?,
        items,
    })
}

impl<'a> Sheet<'a> {
    fn new(
        instrument: &'a Instrument,
        (set, scored): (&'a ResponseSet, &'a ScoredSet),
        rules: &AnalysisRules,
        evidence: &'a ModelEvidence,
    ) -> PolarsResult<Self> {
        let mut points = Vec::with_capacity(instrument.items.len());
        let mut states = Vec::with_capacity(instrument.items.len());
        for item in &instrument.items {
            points.push(scored.frame.column(&points_column(&item.id))?.f64()?.iter().collect());
            let column = scored.frame.column(&state_column(&item.id))?.i32()?.clone();
            let state = |number: Option<i32>| {
                let place =
                    number.and_then(|number| usize::try_from(number).ok()).unwrap_or(State::Invalid as usize);
                State::ALL.get(place).copied().unwrap_or(State::Invalid)
            };
            states.push(column.iter().map(state).collect());
        }
        let forms = forms_of(instrument, scored);
        let ranges = vec![None; instrument.scales.len()];
        let AnalysisRules { alpha, seed, item_thresholds: limits, .. } = *rules;
        Ok(Sheet { instrument, set, scored, ranges, points, states, forms, alpha, seed, limits, evidence })
    }

    /// Place of an item by its id.
    fn item_place(&self, id: &str) -> Option<usize> {
        self.instrument.items.iter().position(|item| item.id == id)
    }

    /// Items of a scale that a form holds, as places.
    fn items_in(&self, items: &[String], form: &Form) -> Vec<usize> {
        items
            .iter()
            .filter(|id| {
                self.instrument.booklet(&form.booklet).is_none_or(|booklet| booklet.items.contains(id))
            })
            .filter_map(|id| self.item_place(id))
            .collect()
    }

    /// Raw cells of an item whose whole answer stands in one column.
    fn cells(&self, item: usize) -> Option<StringChunked> {
        let slot = self.set.slots.iter().find(|slot| slot.item == item)?;
        if slot.part != crate::response::slot::Part::Whole {
            return None;
        }
        self.set.table.frame.column(&slot.column).ok()?.str().ok().cloned()
    }
}

fn forms_of(instrument: &Instrument, scored: &ScoredSet) -> Vec<Form> {
    let booklets = scored.frame.column("booklet").ok().and_then(|column| column.str().ok().cloned());
    match booklets {
        Some(booklets) if !instrument.booklets.is_empty() => instrument
            .booklets
            .iter()
            .map(|booklet| Form {
                booklet: booklet.id.clone(),
                persons: booklets
                    .iter()
                    .enumerate()
                    .filter(|(_, own)| *own == Some(booklet.id.as_str()))
                    .map(|(row, _)| row)
                    .collect(),
            })
            .filter(|form| !form.persons.is_empty())
            .collect(),
        _ => vec![Form { booklet: String::new(), persons: (0..scored.frame.height()).collect() }],
    }
}
