//! Items: difficulty, item-rest correlation, answers by state.

use rayon::prelude::*;

use super::forms::{self, FormAnalyses, Strength};
use super::totals::{self, Totals};
use super::verdicts::{self, Case};
use super::{Sheet, flags, options, scales};
use crate::analysis::findings::{AnswerCounts, ItemFindings};
use crate::instrument::{Item, ItemKind};
use crate::num::moments;
use crate::psych::ctt::ItemStatistics;
use crate::score::State;

/// Every item in printed order.
pub(super) fn all(sheet: &Sheet<'_>, analyses: &FormAnalyses) -> Vec<ItemFindings> {
    let strength = forms::strength(analyses);
    let totals = totals::all(sheet);
    let places = 0..sheet.instrument.items.len();
    let own = |place: usize| strength.get(&place).copied().unwrap_or_default();
    places.into_par_iter().map(|place| one(sheet, &totals, place, own(place))).collect()
}

fn one(sheet: &Sheet<'_>, totals: &Totals, place: usize, strength: Strength) -> ItemFindings {
    let item = &sheet.instrument.items[place];
    let answers = count(&sheet.states[place]);
    let points: Vec<f64> = sheet.points[place].iter().flatten().copied().collect();
    // A background question has no points that could differ.
    let difficulty = if item.is_scored() { difficulty(item, &points) } else { None };
    let mut use_of = options::all(sheet, totals, place);
    options::judge(item, &mut use_of.options, sheet.limits.unused_distractor);
    let statistics = difficulty.map(|difficulty| ItemStatistics {
        item: place,
        n: points.len(),
        mean: difficulty,
        sd: moments::sd(&points).ok(),
        difficulty,
        item_total: strength.item_total,
        item_rest: strength.item_rest,
    });
    let limits = flags::limits(&sheet.limits);
    let mut marks =
        statistics.as_ref().map(|found| flags::of_item(found, item.has_key(), &limits)).unwrap_or_default();
    marks.extend(flags::of_options(item, &use_of.options, &limits));
    let verdict = statistics.and_then(|statistics| {
        let id = &sheet.instrument.id;
        let case = Case {
            item,
            statistics,
            strength,
            marks: &marks,
            options: &use_of.options,
            dif: sheet.evidence.dif(id, &item.id),
            mean_square: sheet.evidence.mean_square(id, &item.id),
        };
        verdicts::of(&case, &sheet.limits)
    });
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
        item_rest: strength.item_rest,
        item_total: strength.item_total,
        discrimination: strength.discrimination,
        verdict,
        option_curves: use_of.curves,
        answers,
        flags: marks.iter().map(|mark| flags::worded(mark, &use_of.options)).collect(),
        options: use_of.options,
    }
}

/// Mean points as a share of the way from the lowest to the highest.
fn difficulty(item: &Item, points: &[f64]) -> Option<f64> {
    let (low, high) = item.point_range();
    let mean = moments::mean(points).ok()?;
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
