//! Use of the answers of an item: options, categories, rubric levels.

use std::collections::BTreeMap;

use super::totals::{self, Totals};
use super::{Sheet, flags};
use crate::analysis::findings::{Distractor, OptionCurve, OptionCurves, OptionFindings, ScoreGroup};
use crate::i18n::Text;
use crate::instrument::{Choice, Item, ItemKind};
use crate::num::moments;
use crate::psych::ctt::{DistractorVerdict, judge_distractors, option_curves};
use crate::psych::options::option_table;
use crate::score::answer::{category, marks_option};

/// One answer an item offers.
struct Offer {
    code: String,
    label: Text,
    is_key: bool,
}

/// Groups of persons by score on a curve.
const GROUPS: usize = 5;

/// The use of an item's answers.
#[derive(Default)]
pub(super) struct Use {
    /// The answers; empty where it offers none or the file holds points.
    pub options: Vec<OptionFindings>,
    /// Their choice by score; for items with one key.
    pub curves: Option<OptionCurves>,
}

/// The answers of an item with their use.
pub(super) fn all(sheet: &Sheet<'_>, totals: &Totals, place: usize) -> Use {
    let item = &sheet.instrument.items[place];
    let cells = if sheet.set.scored { None } else { sheet.cells(place) };
    let Some(cells) = cells else { return Use::default() };
    let cells: Vec<Option<&str>> = cells.iter().collect();
    let rest = rest_scores(sheet, totals, place);
    let offers = offers(item);
    if let ItemKind::MultipleChoice { .. } = item.kind {
        return Use { options: marked(&offers, &cells, &rest), curves: None };
    }
    let codes = categories(item, &cells);
    let answered = codes.iter().flatten().count();
    let Ok(table) = option_table(&codes, &rest, offers.len()) else { return Use::default() };
    let options = table
        .iter()
        .filter_map(|row| {
            let offer = &offers[row.option?];
            Some(OptionFindings {
                code: offer.code.clone(),
                label: offer.label.clone(),
                is_key: offer.is_key,
                n: row.n,
                share: if answered == 0 { 0.0 } else { row.n as f64 / answered as f64 },
                option_rest: row.option_rest.filter(|_| item.has_key()),
                distractor: None,
            })
        })
        .collect();
    let one_key = matches!(item.kind, ItemKind::SingleChoice { .. });
    Use { options, curves: if one_key { curves(&offers, &codes, &rest) } else { None } }
}

/// Choice of options by score on the other items; none where nobody has such a score.
fn curves(offers: &[Offer], codes: &[Option<usize>], rest: &[Option<f64>]) -> Option<OptionCurves> {
    let bands = option_curves(codes, rest, offers.len(), GROUPS).ok()?;
    let curve = |(place, offer): (usize, &Offer)| OptionCurve {
        code: offer.code.clone(),
        is_key: offer.is_key,
        shares: bands.iter().map(|band| band.shares[place]).collect(),
    };
    Some(OptionCurves {
        groups: bands
            .iter()
            .map(|band| ScoreGroup { n: band.n, low: band.low, high: band.high, mean: band.mean })
            .collect(),
        options: offers.iter().enumerate().map(curve).collect(),
        none: bands.iter().map(|band| band.none).collect(),
    })
}

/// Judges the distractors of an item with one key.
pub(super) fn judge(item: &Item, options: &mut [OptionFindings], unused: f64) {
    let ItemKind::SingleChoice { .. } = item.kind else { return };
    let Some(key) = options.iter().position(|option| option.is_key) else { return };
    for (place, verdict) in judge_distractors(&flags::option_rows(options), key, unused) {
        options[place].distractor = Some(match verdict {
            DistractorVerdict::Working => Distractor::Working,
            DistractorVerdict::Unused => Distractor::Unused,
            DistractorVerdict::Attractive => Distractor::Attractive,
            DistractorVerdict::AboveKey => Distractor::AboveKey,
            DistractorVerdict::Unknown => Distractor::Unknown,
        });
    }
}

fn offers(item: &Item) -> Vec<Offer> {
    let choices = |options: &[Choice], is_key: &dyn Fn(&str) -> bool| -> Vec<Offer> {
        options
            .iter()
            .map(|option| Offer {
                code: option.code.clone(),
                label: option.label.clone(),
                is_key: is_key(&option.code),
            })
            .collect()
    };
    match &item.kind {
        ItemKind::SingleChoice { options, key } => choices(options, &|code| code == key),
        ItemKind::MultipleChoice { options, key, .. } => {
            choices(options, &|code| key.iter().any(|k| k == code))
        }
        ItemKind::Likert { options } | ItemKind::Choice { options, .. } => choices(options, &|_| false),
        ItemKind::Essay { rubric, .. } | ItemKind::Rating { rubric, .. } => rubric
            .iter()
            .map(|level| Offer {
                code: level.points.to_string(),
                label: level.description.clone(),
                is_key: false,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Score on the other items of the item's scale, by raw row; none where rows are not persons.
fn rest_scores(sheet: &Sheet<'_>, totals: &Totals, place: usize) -> Vec<Option<f64>> {
    let rows = sheet.set.rows.len();
    if rows == sheet.scored.frame.height() {
        totals::rest_scores(sheet, totals, place)
    } else {
        vec![None; rows]
    }
}

/// The place of every cell's answer among the item's options. Cells repeat, so each is judged once.
fn categories(item: &Item, cells: &[Option<&str>]) -> Vec<Option<usize>> {
    let mut known: BTreeMap<&str, Option<usize>> = BTreeMap::new();
    cells
        .iter()
        .map(|cell| cell.and_then(|cell| *known.entry(cell).or_insert_with(|| category(item, cell))))
        .collect()
}

/// Use of every option of an item on which several may be marked.
fn marked(offers: &[Offer], cells: &[Option<&str>], rest: &[Option<f64>]) -> Vec<OptionFindings> {
    let answered = cells.iter().flatten().count();
    offers
        .iter()
        .map(|offer| {
            let marks: Vec<bool> =
                cells.iter().map(|cell| cell.is_some_and(|cell| marks_option(cell, &offer.code))).collect();
            let n = marks.iter().filter(|mark| **mark).count();
            let known = marks.iter().zip(rest).filter_map(|(mark, rest)| Some((f64::from(*mark), (*rest)?)));
            let (chosen, scores): (Vec<f64>, Vec<f64>) = known.unzip();
            OptionFindings {
                code: offer.code.clone(),
                label: offer.label.clone(),
                is_key: offer.is_key,
                n,
                share: if answered == 0 { 0.0 } else { n as f64 / answered as f64 },
                option_rest: moments::pearson(&chosen, &scores).ok(),
                distractor: None,
            }
        })
        .collect()
}
