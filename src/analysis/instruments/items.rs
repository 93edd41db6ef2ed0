//! Items: difficulty, item-rest correlation, answers by state.

use rayon::prelude::*;

use super::forms::{self, FormAnalyses};
use super::totals::{self, Totals};
use super::{Sheet, flags, options, scales};
use crate::analysis::findings::{AnswerCounts, ItemFindings};
use crate::instrument::{Item, ItemKind};
use crate::psych::flags::Thresholds;
use crate::score::State;

/// Every item in printed order.
pub(super) fn all(sheet: &Sheet<'_>, analyses: &FormAnalyses) -> Vec<ItemFindings> {
    let rest = forms::item_rest(analyses);
    let totals = totals::all(sheet);
    let places = 0..sheet.instrument.items.len();
    places.into_par_iter().map(|place| one(sheet, &totals, place, rest.get(&place).copied())).collect()
}

fn one(sheet: &Sheet<'_>, totals: &Totals, place: usize, item_rest: Option<f64>) -> ItemFindings {
    let item = &sheet.instrument.items[place];
    let answers = count(&sheet.states[place]);
    let points: Vec<f64> = sheet.points[place].iter().flatten().copied().collect();
    let difficulty = item.is_scored().then(|| difficulty(item, &points)).flatten();
    let options = options::all(sheet, totals, place);
    // A background question has no points that could differ.
    let judged = if item.is_scored() { points.as_slice() } else { &[] };
    let mut flags = flags::of_item(difficulty, item_rest, item.has_key(), judged, &Thresholds::default());
    flags.extend(flags::of_options(item, &options, &Thresholds::default()));
    ItemFindings {
        id: item.id.clone(),
        prompt: item.prompt.clone(),
        domain: item.domain.clone(),
        process: item.process.clone(),
        scale: scales::home(sheet, item).map(|scale| scale.id.clone()),
        rubric: matches!(item.kind, ItemKind::Rating { .. } | ItemKind::Essay { .. }),
        anchor: item.anchor,
        administered: sheet.states[place].len() - answers.not_administered,
        n: points.len(),
        difficulty,
        item_rest,
        answers,
        options,
        flags,
    }
}

/// Mean points as a share of the way from the lowest to the highest.
fn difficulty(item: &Item, points: &[f64]) -> Option<f64> {
    let (low, high) = item.point_range();
    let mean = crate::num::moments::mean(points).ok()?;
    (high > low).then(|| (mean - low) / (high - low))
}

fn count(states: &[State]) -> AnswerCounts {
    let of = |wanted: State| states.iter().filter(|state| **state == wanted).count();
    AnswerCounts {
        answered: of(State::Answered),
        omitted: of(State::Omitted),
        not_reached: of(State::NotReached),
        not_administered: of(State::NotAdministered),
        invalid: of(State::Invalid),
    }
}
