//! Use of the answers of an item: options, categories, rubric levels.

use super::{Sheet, scales};
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
pub(super) fn all(sheet: &Sheet<'_>, place: usize) -> Vec<OptionFindings> {
    let item = &sheet.instrument.items[place];
    if sheet.set.scored {
        return Vec::new();
    }
    let Some(cells) = sheet.cells(place) else { return Vec::new() };
    let cells: Vec<Option<&str>> = cells.iter().collect();
    let rest = rest_scores(sheet, place);
    let offers = offers(item);
    if let ItemKind::MultipleChoice { .. } = item.kind {
        return marked(&offers, &cells, &rest);
    }
    let codes: Vec<Option<usize>> = cells.iter().map(|cell| category(item, (*cell)?)).collect();
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
fn rest_scores(sheet: &Sheet<'_>, place: usize) -> Vec<Option<f64>> {
    let rows = sheet.set.rows.len();
    let mut rest = vec![None; rows];
    let Some(scale) = scales::home(sheet, &sheet.instrument.items[place]) else { return rest };
    if rows != sheet.scored.frame.height() {
        return rest;
    }
    for form in &sheet.forms {
        let items = sheet.items_in(&scale.items, form);
        let Some(own) = items.iter().position(|item| *item == place) else { continue };
        let Some(matrix) = scales::matrix(sheet, scale, form, &items) else { continue };
        let persons = scales::answering(sheet, form, &items);
        for (person, score) in persons.iter().zip(matrix.rest_scores(own)) {
            // Booklets differ in their highest score; as a share of it the rest scores go together.
            rest[*person] = score.map(|score| score / matrix.max_total().max(f64::MIN_POSITIVE));
        }
    }
    rest
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
