//! Use of the answers of an item: options, categories, rubric levels.

use std::collections::BTreeMap;

use super::Sheet;
use super::totals::{self, Totals};
use crate::analysis::findings::OptionFindings;
use crate::i18n::Text;
use crate::instrument::{Choice, Item, ItemKind};
use crate::num::moments;
use crate::psych::options::option_table;
use crate::score::answer::{category, marks_option};

/// One answer an item offers.
struct Offer {
    code: String,
    label: Text,
    is_key: bool,
}

/// The answers of an item with their use; empty where it offers none or the file holds points.
pub(super) fn all(sheet: &Sheet<'_>, totals: &Totals, place: usize) -> Vec<OptionFindings> {
    let item = &sheet.instrument.items[place];
    if sheet.set.scored {
        return Vec::new();
    }
    let Some(cells) = sheet.cells(place) else { return Vec::new() };
    let cells: Vec<Option<&str>> = cells.iter().collect();
    let rest = rest_scores(sheet, totals, place);
    let offers = offers(item);
    if let ItemKind::MultipleChoice { .. } = item.kind {
        return marked(&offers, &cells, &rest);
    }
    let codes = categories(item, &cells);
    let answered = codes.iter().flatten().count();
    let Ok(table) = option_table(&codes, &rest, offers.len()) else { return Vec::new() };
    table
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
            })
        })
        .collect()
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
            }
        })
        .collect()
}
