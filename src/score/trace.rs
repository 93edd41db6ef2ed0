//! Why a person got their points: item by item, with the rule that gave them.

use polars::prelude::DataFrame;
use serde::Serialize;

use super::answer::{CellFormat, State, Worth, score_cell};
use super::plan::{points_column, state_column};
use super::scale::{score_column, score_range};
use super::{ScoredSet, Scores};
use crate::instrument::{Instrument, Item, ItemKind, Scale, ScaleMethod, ScoringRule};
use crate::response::slot::Part;
use crate::response::{ResponseSet, Responses, Slot};
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
    /// Item id; a rater's column where several rated; `= id` for a scale.
    pub item: String,
    /// The cell as it stands in the file; for a scale, its items.
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

/// Every answer of one person and the scales made of them, in file and item order. Points are those of
/// `scores`, so that what a blank counts as is what it counted as.
pub fn trace(study: &BoundStudy, responses: &Responses, scores: &Scores, person: &str) -> Vec<TraceLine> {
    let mut lines = Vec::new();
    for set in &responses.sets {
        let Some(instrument) = study.instrument(&set.instrument) else { continue };
        let Some(scored) = scores.set(&set.instrument, &set.wave) else { continue };
        let Some(result) = Result::of(scored, person) else { continue };
        let places: Vec<usize> =
            set.persons.iter().enumerate().filter(|(_, id)| *id == person).map(|(place, _)| place).collect();
        for place in &places {
            lines.extend(Row { instrument, set, place: *place, result: &result }.lines());
        }
        if let Some(place) = places.last() {
            lines.extend(Row { instrument, set, place: *place, result: &result }.scales());
        }
    }
    lines
}

/// The scores of one person in a scored set.
struct Result<'a> {
    frame: &'a DataFrame,
    row: usize,
}

impl<'a> Result<'a> {
    fn of(scored: &'a ScoredSet, person: &str) -> Option<Self> {
        let persons = scored.frame.column("person").ok()?.str().ok()?;
        let row = persons.iter().position(|id| id == Some(person))?;
        Some(Result { frame: &scored.frame, row })
    }

    fn number(&self, column: &str) -> Option<f64> {
        self.frame.column(column).ok()?.f64().ok()?.get(self.row)
    }

    fn state(&self, item: &str) -> State {
        let states = self.frame.column(&state_column(item)).ok().and_then(|column| column.i32().ok());
        let number =
            states.and_then(|states| states.get(self.row)).and_then(|number| usize::try_from(number).ok());
        number.and_then(|number| State::ALL.get(number)).copied().unwrap_or(State::NotAdministered)
    }
}

/// One row of a file.
struct Row<'a> {
    instrument: &'a Instrument,
    set: &'a ResponseSet,
    place: usize,
    result: &'a Result<'a>,
}

impl Row<'_> {
    fn lines(&self) -> Vec<TraceLine> {
        let mut lines = Vec::new();
        for (place, item) in self.instrument.items.iter().enumerate() {
            let slots: Vec<&Slot> = self.set.slots.iter().filter(|slot| slot.item == place).collect();
            let Some(first) = slots.first() else { continue };
            if matches!(first.part, Part::Rater(_)) || self.set.has_raters() {
                lines.extend(slots.iter().map(|slot| self.mark(item, slot)));
            }
            if !self.set.has_raters() && (!matches!(first.part, Part::Rater(_)) || slots.len() > 1) {
                lines.push(self.total(item, &slots));
            }
        }
        lines
    }

    fn cell(&self, column: &str) -> String {
        let cells = self.set.table.frame.column(column).ok().and_then(|column| column.str().ok());
        cells.and_then(|cells| cells.get(self.place)).unwrap_or_default().to_owned()
    }

    fn line(&self, item: &str) -> TraceLine {
        TraceLine {
            instrument: self.instrument.id.clone(),
            wave: self.set.wave.clone(),
            file: self.set.table.file.clone(),
            row: self.set.rows[self.place],
            item: item.to_owned(),
            answer: String::new(),
            key: String::new(),
            rule: String::new(),
            points: None,
            possible: 0.0,
            remark: String::new(),
        }
    }

    /// One rater's mark, or one rater's row.
    fn mark(&self, item: &Item, slot: &Slot) -> TraceLine {
        let format = CellFormat {
            decimal_comma: self.set.table.decimal_comma,
            missing: &self.set.missing,
            scored: self.set.scored,
        };
        let answer = self.cell(&slot.column);
        let (points, remark) = match score_cell(item, slot.part, &answer, format) {
            Worth::Points(points) => (Some(points), String::new()),
            Worth::Missing(state) => (None, words(state).to_owned()),
            Worth::Bad(expected) => (None, format!("not an answer of this item; expected {expected}")),
        };
        TraceLine {
            answer,
            rule: self.rule(item),
            points: points.filter(|_| item.is_scored()),
            possible: item.point_range().1,
            remark,
            ..self.line(&slot.column)
        }
    }

    /// An item with the points it got.
    fn total(&self, item: &Item, slots: &[&Slot]) -> TraceLine {
        let points = self.result.number(&points_column(&item.id)).filter(|_| item.is_scored());
        let state = self.result.state(&item.id);
        let counts = match points {
            Some(points) if item.has_key() && state != State::Answered => {
                format!(", counts as {points} points")
            }
            _ => String::new(),
        };
        let rule = match slots.first().map(|slot| slot.part) {
            Some(Part::Rater(_)) => "mean of the raters".to_owned(),
            _ => self.rule(item),
        };
        let cells: Vec<String> = slots.iter().map(|slot| self.cell(&slot.column)).collect();
        let is_blank = cells.iter().all(String::is_empty);
        TraceLine {
            answer: if is_blank { String::new() } else { cells.join(";") },
            key: key_words(item),
            rule,
            points,
            possible: item.point_range().1,
            remark: format!("{}{counts}", words(state)),
            ..self.line(&item.id)
        }
    }

    fn rule(&self, item: &Item) -> String {
        if self.set.scored { "points given in the file".to_owned() } else { rule_words(item).to_owned() }
    }

    /// The scales of the instrument, with how they are made of the items.
    fn scales(&self) -> Vec<TraceLine> {
        let line = |scale: &Scale| {
            let points = self.result.number(&score_column(&scale.id));
            let method = match scale.method {
                ScaleMethod::Percent => "percent of the possible points",
                ScaleMethod::Mean => "mean of the items with points",
                ScaleMethod::Sum => "sum of the items",
                ScaleMethod::Irt => "measure by item response theory",
            };
            TraceLine {
                answer: scale.items.join(" "),
                rule: method.to_owned(),
                points,
                possible: score_range(self.instrument, scale).map_or(f64::NAN, |range| range[1]),
                remark: if points.is_none() { "too few answers".to_owned() } else { String::new() },
                ..self.line(&format!("= {}", scale.id))
            }
        };
        self.instrument.scales.iter().map(line).collect()
    }
}

fn words(state: State) -> &'static str {
    match state {
        State::Answered => "",
        State::Omitted => "blank",
        State::NotReached => "not reached",
        State::NotAdministered => "not given to this person",
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
