//! Short answers and numbers: what is accepted, how far off, between which bounds.

use std::collections::BTreeSet;

use super::Sheet;
use super::sheet::Entry;
use crate::definition::Notes;
use crate::diag::{Rule, Severity};
use crate::instrument::raw::{Accept, ItemType};

/// D-ANS-001.
pub static NOTHING_ACCEPTED: Rule = Rule {
    code: "D-ANS-001",
    severity: Severity::Error,
    title: "a short answer accepts nothing",
    doc: "`accept` holds either a `number` or a list of `spellings`; without either every answer is wrong. A \
          question that is not marked is of type `text` or `number`.",
};
/// D-ANS-002.
pub static NUMBER_AND_WORDS: Rule = Rule {
    code: "D-ANS-002",
    severity: Severity::Error,
    title: "a short answer accepts both a number and spellings",
    doc: "A number is compared as a number (12, 12.0 and 12,0 are the same), spellings as text. Choose one; \
          number words belong to the spellings of a text answer.",
};
/// D-ANS-003.
pub static TOLERANCE: Rule = Rule {
    code: "D-ANS-003",
    severity: Severity::Error,
    title: "a tolerance is negative",
    doc: "The tolerance is how far an answer may be from the right number: 0 or more.",
};
/// D-ANS-004.
pub static IDLE_TOLERANCE: Rule = Rule {
    code: "D-ANS-004",
    severity: Severity::Error,
    title: "a tolerance without a number",
    doc: "A tolerance applies to `number` only; spellings are compared letter by letter, without regard to \
          capitals and blanks.",
};
/// D-ANS-005.
pub static SPELLING: Rule = Rule {
    code: "D-ANS-005",
    severity: Severity::Error,
    title: "an accepted spelling is blank or stands twice",
    doc: "A blank spelling would mark an empty answer right. Capitals, surrounding blanks and repeated blanks \
          do not matter, so spellings that differ in nothing else are the same.",
};
/// D-ANS-006.
pub static BOUNDS: Rule = Rule {
    code: "D-ANS-006",
    severity: Severity::Error,
    title: "the smallest believable value is not below the largest",
    doc: "`min` and `max` catch slips of the pen, such as an age of 154. They must leave room for answers.",
};

/// Checks short answers and numbers.
pub fn check(sheet: &Sheet, notes: &mut Notes) {
    for entry in sheet.of_type(&[ItemType::ShortAnswer]) {
        let nothing = Accept { number: None, tolerance: None, spellings: Vec::new() };
        let accept = entry.item.accept.as_ref().unwrap_or(&nothing);
        check_accept(notes, entry, accept);
    }
    for entry in sheet.of_type(&[ItemType::Number]) {
        if let (Some(min), Some(max)) = (entry.item.min, entry.item.max)
            && min >= max
        {
            let message =
                format!("item \"{}\" goes from {min} to {max}, expected min below max", entry.item.id);
            notes.say(&BOUNDS, &entry.field("min"), message, "exchange the two, or mend the wrong one");
        }
    }
}

fn check_accept(notes: &mut Notes, entry: &Entry, accept: &Accept) {
    let (id, at) = (&entry.item.id, entry.field("accept"));
    match (accept.number.is_some(), !accept.spellings.is_empty()) {
        (false, false) => notes.say(
            &NOTHING_ACCEPTED,
            &at,
            format!("item \"{id}\" accepts no answer, expected a number or spellings"),
            "add \"accept\": { \"number\": 12 } or { \"spellings\": [\"...\"] }",
        ),
        (true, true) => notes.say(
            &NUMBER_AND_WORDS,
            &at,
            format!("item \"{id}\" accepts both a number and spellings"),
            "keep one of the two",
        ),
        _ => {}
    }
    if let Some(tolerance) = accept.tolerance {
        let here = format!("{at}/tolerance");
        if tolerance < 0.0 {
            notes.say(
                &TOLERANCE,
                &here,
                format!("item \"{id}\" has the tolerance {tolerance}, expected 0 or more"),
                format!("write {}", -tolerance),
            );
        } else if accept.number.is_none() && !accept.spellings.is_empty() {
            notes.say_key(
                &IDLE_TOLERANCE,
                &here,
                format!("item \"{id}\" has a tolerance but accepts spellings"),
                "delete the tolerance",
            );
        }
    }
    let mut seen = BTreeSet::new();
    for (place, spelling) in accept.spellings.iter().enumerate() {
        let here = format!("{at}/spellings/{place}");
        let plain = spelling.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        if plain.is_empty() {
            notes.say(
                &SPELLING,
                &here,
                format!("item \"{id}\" accepts a blank answer"),
                "delete the blank spelling",
            );
        } else if !seen.insert(plain) {
            notes.say(
                &SPELLING,
                &here,
                format!("item \"{id}\" accepts \"{spelling}\" twice"),
                "delete one of the two; capitals and blanks do not matter",
            );
        }
    }
}
