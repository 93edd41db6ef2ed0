//! Rubrics of essays and ratings: levels 0, 1, 2 and so on, and raters to apply them.

use super::Sheet;
use super::sheet::{Entry, type_name};
use crate::definition::Notes;
use crate::diag::{Rule, Severity};
use crate::instrument::raw::ItemType;

/// D-RUB-001.
pub static MISSING: Rule = Rule {
    code: "D-RUB-001",
    severity: Severity::Error,
    title: "an essay or rating has no rubric",
    doc: "Without described levels two raters cannot agree. Write a `rubric` with a level for every number of \
          points, from 0 upward. A question that is not marked is of type `text`.",
};
/// D-RUB-002.
pub static GAP: Rule = Rule {
    code: "D-RUB-002",
    severity: Severity::Error,
    title: "rubric levels do not run 0, 1, 2 and so on",
    doc: "Levels are written from 0 upward without a gap, so that the points in the data and the described \
          levels are the same numbers.",
};
/// D-RUB-003.
pub static ONE_LEVEL: Rule = Rule {
    code: "D-RUB-003",
    severity: Severity::Error,
    title: "a rubric has one level only",
    doc: "Every answer would get the same points. A rubric needs at least the levels 0 and 1.",
};
/// D-RUB-004.
pub static POINTS: Rule = Rule {
    code: "D-RUB-004",
    severity: Severity::Error,
    title: "points disagree with the rubric",
    doc: "The points of an essay or rating are those of its highest level; `points` may be left out.",
};
/// D-RUB-005.
pub static RATERS: Rule = Rule {
    code: "D-RUB-005",
    severity: Severity::Error,
    title: "nobody rates the answers",
    doc: "At least one rater marks each answer; with two or more, agreement is reported.",
};

/// Checks the rubrics of essays and ratings.
pub fn check(sheet: &Sheet, notes: &mut Notes) {
    for entry in sheet.of_type(&[ItemType::Essay, ItemType::Rating]) {
        if entry.item.raters == Some(0) {
            let message = format!("item \"{}\" has 0 raters, expected at least 1", entry.item.id);
            notes.say(&RATERS, &entry.field("raters"), message, "write 1 or 2, or leave the field out");
        }
        check_levels(notes, entry);
    }
}

fn check_levels(notes: &mut Notes, entry: &Entry) {
    let (item, at) = (entry.item, entry.field("rubric"));
    let levels: Vec<u32> = item.rubric.iter().map(|level| level.points).collect();
    match levels.as_slice() {
        [] => {
            let message = format!("item \"{}\" of type {} has no rubric", item.id, type_name(item.kind));
            notes.say(
                &MISSING,
                &at,
                message,
                "add \"rubric\": [ { \"points\": 0, \"description\": ... }, ... ]",
            );
        }
        [_] => notes.say(
            &ONE_LEVEL,
            &at,
            format!("the rubric of item \"{}\" has one level, expected at least 0 and 1", item.id),
            "describe the missing levels",
        ),
        _ => {
            if let Some((place, found)) =
                levels.iter().enumerate().find(|(place, points)| **points as usize != *place)
            {
                let message = format!(
                    "the rubric of item \"{}\" has {found} points at its level {}, expected {place}",
                    item.id,
                    place + 1
                );
                notes.say(
                    &GAP,
                    &format!("{at}/{place}/points"),
                    message,
                    "write the levels 0, 1, 2 and so on, without a gap",
                );
            } else if let Some(points) = item.points.filter(|points| *points != (levels.len() - 1) as f64) {
                let message = format!(
                    "item \"{}\" is worth {points} points, but its highest rubric level is {}",
                    item.id,
                    levels.len() - 1
                );
                notes.say(&POINTS, &entry.field("points"), message, "delete \"points\"");
            }
        }
    }
}
