//! Why a person got their points: item by item, with the rule that gave them.

use serde::Serialize;

use super::answer::{CellFormat, State, Worth, score_cell};
use crate::instrument::{Instrument, Item, ItemKind, ScoringRule};
use crate::response::{ResponseSet, Responses};
use crate::study::BoundStudy;

/// One answer of a person with what it was worth.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TraceLine {
    /// Instrument id.
    pub instrument: String,
    /// Wave id.
    pub wave: String,
    /// File and row it stands in.
    pub file: String,
    /// Row of the file, counted from 1 below the header.
    pub row: usize,
    /// Item id.
    pub item: String,
    /// The cell as it stands in the file.
    pub answer: String,
    /// The right answer, in words of the key.
    pub key: String,
    /// The rule that decided.
    pub rule: String,
    /// Points; none where missing.
    pub points: Option<f64>,
    /// Highest points of the item.
    pub possible: f64,
    /// What happened, where the answer is missing or unusable.
    pub remark: String,
}

/// Every answer of one person, in file and item order.
pub fn trace(study: &BoundStudy, responses: &Responses, person: &str) -> Vec<TraceLine> {
    let mut lines = Vec::new();
    for set in &responses.sets {
        let Some(instrument) = study.instrument(&set.instrument) else { continue };
        for place in set.persons.iter().enumerate().filter(|(_, id)| *id == person).map(|(place, _)| place) {
            lines.extend(trace_row(instrument, set, place));
        }
    }
    lines
}

fn trace_row(instrument: &Instrument, set: &ResponseSet, place: usize) -> Vec<TraceLine> {
    let format =
        CellFormat { decimal_comma: set.table.decimal_comma, missing: &set.missing, scored: set.scored };
    let cell = |column: &str| -> String {
        let cells = set.table.frame.column(column).ok().and_then(|column| column.str().ok().cloned());
        cells.and_then(|cells| cells.get(place).map(str::to_owned)).unwrap_or_default()
    };
    let booklet = set.booklet.as_deref().map(cell);
    set.slots
        .iter()
        .map(|slot| {
            let item = &instrument.items[slot.item];
            let answer = cell(&slot.column);
            let outside = booklet
                .as_deref()
                .and_then(|booklet| instrument.booklet(booklet))
                .is_some_and(|booklet| !booklet.items.contains(&item.id));
            let worth = if outside {
                Worth::Missing(State::NotAdministered)
            } else {
                score_cell(item, slot.part, &answer, format)
            };
            let (points, remark) = match worth {
                Worth::Points(points) => (Some(points), String::new()),
                Worth::Missing(state) => (None, words(state).to_owned()),
                Worth::Bad(expected) => (None, format!("not an answer of this item; expected {expected}")),
            };
            TraceLine {
                instrument: instrument.id.clone(),
                wave: set.wave.clone(),
                file: set.table.file.clone(),
                row: set.rows[place],
                item: if slot.column.ends_with(&item.id) { item.id.clone() } else { slot.column.clone() },
                answer,
                key: key_words(item),
                rule: if set.scored {
                    "points given in the file".to_owned()
                } else {
                    rule_words(item).to_owned()
                },
                points: points.filter(|_| item.is_scored()),
                possible: item.point_range().1,
                remark,
            }
        })
        .collect()
}

fn words(state: State) -> &'static str {
    match state {
        State::Answered => "",
        State::Omitted => "blank",
        State::NotReached => "not reached",
        State::NotAdministered => "not in this booklet, or declared as not given",
        State::Invalid => "two marks where one was asked",
    }
}

fn key_words(item: &Item) -> String {
    match &item.kind {
        ItemKind::SingleChoice { key, .. } => key.clone(),
        ItemKind::MultipleChoice { key, .. } => key.join(";"),
        ItemKind::StatementGrid { statements, .. } => {
            statements.iter().map(|s| s.key.as_str()).collect::<Vec<_>>().join(";")
        }
        ItemKind::Matching { left, key, .. } => left
            .iter()
            .filter_map(|entry| key.get(&entry.code))
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(";"),
        ItemKind::ShortNumber { number, tolerance, .. } if *tolerance > 0.0 => {
            format!("{number} ± {tolerance}")
        }
        ItemKind::ShortNumber { number, .. } => number.to_string(),
        ItemKind::ShortText { spellings } => spellings.join(" | "),
        _ => String::new(),
    }
}

fn rule_words(item: &Item) -> &'static str {
    let rule = match &item.kind {
        ItemKind::MultipleChoice { rule, .. }
        | ItemKind::StatementGrid { rule, .. }
        | ItemKind::Matching { rule, .. } => *rule,
        ItemKind::Essay { .. } | ItemKind::Rating { .. } => ScoringRule::Rubric,
        ItemKind::Likert { .. } => return "value of the answer",
        _ if !item.is_scored() => return "not scored",
        _ => ScoringRule::Exact,
    };
    match rule {
        ScoringRule::Exact => "all right or nothing",
        ScoringRule::PerOption => "share of options judged rightly",
        ScoringRule::PerStatement => "share of statements right",
        ScoringRule::RightMinusWrong => "right marks minus wrong marks, not below 0",
        ScoringRule::Rubric => "rubric level",
    }
}
