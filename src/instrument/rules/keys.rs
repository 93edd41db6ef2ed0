//! Keys of choices: there, of the right shape, and among the options.

use super::Sheet;
use super::sheet::{Entry, type_name};
use crate::definition::{Notes, notes::list, pointer::child};
use crate::diag::{Rule, Severity};
use crate::instrument::raw::{ItemType, Key};

/// D-KEY-001.
pub static MISSING: Rule = Rule {
    code: "D-KEY-001",
    severity: Severity::Error,
    title: "a test item has no key",
    doc: "Without a key no answer can be marked right. A question that is not to be marked is of type `choice`.",
};
/// D-KEY-002.
pub static NOT_AN_OPTION: Rule = Rule {
    code: "D-KEY-002",
    severity: Severity::Error,
    title: "a key is not among the options",
    doc: "Every answer would be marked wrong. The key is written as the option's code, capitals included.",
};
/// D-KEY-003.
pub static WRONG_SHAPE: Rule = Rule {
    code: "D-KEY-003",
    severity: Severity::Error,
    title: "a key has the shape of another item type",
    doc: "single_choice has one code, multiple_choice a list of codes, matching an object from left code to \
          right code. Statements of a grid carry their key themselves.",
};
/// D-KEY-004.
pub static REPEATED: Rule = Rule {
    code: "D-KEY-004",
    severity: Severity::Error,
    title: "a code stands twice in a key",
    doc: "One of the two was probably meant to be another option.",
};
/// D-KEY-005.
pub static ALL_RIGHT: Rule = Rule {
    code: "D-KEY-005",
    severity: Severity::Warning,
    title: "every option of a multiple choice is right",
    doc: "Somebody who marks everything without reading gets full points. Add options that are wrong.",
};
/// D-KEY-006.
pub static ONE_RIGHT: Rule = Rule {
    code: "D-KEY-006",
    severity: Severity::Warning,
    title: "a multiple choice has only one right option",
    doc: "Respondents are told that several answers may be right. If one is meant, make it a single_choice.",
};

/// Checks the keys of single and multiple choices.
pub fn check(sheet: &Sheet, notes: &mut Notes) {
    for entry in sheet.of_type(&[ItemType::SingleChoice, ItemType::MultipleChoice, ItemType::Matching]) {
        let (item, at) = (entry.item, entry.field("key"));
        match (&item.key, item.kind) {
            (None, _) => report_missing(notes, entry),
            (Some(Key::Many(codes)), _) if codes.is_empty() => report_missing(notes, entry),
            (Some(Key::Pairs(pairs)), _) if pairs.is_empty() => report_missing(notes, entry),
            (Some(Key::One(code)), ItemType::SingleChoice) => check_code(sheet, notes, entry, &at, code),
            (Some(Key::Many(codes)), ItemType::MultipleChoice) => check_codes(sheet, notes, entry, codes),
            (Some(Key::Pairs(_)), ItemType::Matching) => {}
            (Some(_), kind) => {
                let message = format!(
                    "the key of item \"{}\" has the wrong shape for {}, expected {}",
                    item.id,
                    type_name(kind),
                    shape_of(kind)
                );
                notes.say(&WRONG_SHAPE, &at, message, format!("write {}", example_of(kind)));
            }
        }
    }
}

fn shape_of(kind: ItemType) -> &'static str {
    match kind {
        ItemType::SingleChoice => "one code",
        ItemType::MultipleChoice => "a list of codes",
        _ => "an object from left code to right code",
    }
}

fn example_of(kind: ItemType) -> &'static str {
    match kind {
        ItemType::SingleChoice => "\"key\": \"A\"",
        ItemType::MultipleChoice => "\"key\": [\"A\", \"C\"]",
        _ => "\"key\": { \"1\": \"A\", \"2\": \"C\" }",
    }
}

fn report_missing(notes: &mut Notes, entry: &Entry) {
    let kind = entry.item.kind;
    let message = format!("item \"{}\" has no key, expected {}", entry.item.id, shape_of(kind));
    notes.say(
        &MISSING,
        &entry.field("key"),
        message,
        format!("add {}, or make it an unscored choice", example_of(kind)),
    );
}

fn check_code(sheet: &Sheet, notes: &mut Notes, entry: &Entry, at: &str, code: &str) {
    let known: Vec<&str> = sheet.options_of(entry.item).iter().map(|option| option.code.as_str()).collect();
    // Where the options themselves are missing, that finding says it all.
    if !known.is_empty() && !known.contains(&code) {
        let codes = list(known.iter().copied());
        let message = format!("item \"{}\" has key \"{code}\", but its options are {codes}", entry.item.id);
        notes.say(
            &NOT_AN_OPTION,
            at,
            message,
            format!("change the key to one of {codes}, or add option {code}"),
        );
    }
}

fn check_codes(sheet: &Sheet, notes: &mut Notes, entry: &Entry, codes: &[String]) {
    let at = entry.field("key");
    for (place, code) in codes.iter().enumerate() {
        let here = child(&at, place);
        check_code(sheet, notes, entry, &here, code);
        if codes[..place].contains(code) {
            let message = format!("item \"{}\" has \"{code}\" twice in its key", entry.item.id);
            notes.say(&REPEATED, &here, message, "delete it, or write the option that was meant");
        }
    }
    let options = sheet.options_of(entry.item);
    if codes.len() == 1 {
        let message = format!("item \"{}\" is a multiple choice with one right option", entry.item.id);
        notes.say(&ONE_RIGHT, &at, message, "make it a single_choice, or add a right option");
    } else if options.len() > 1 && options.iter().all(|option| codes.contains(&option.code)) {
        let message =
            format!("item \"{}\" counts all of its {} options as right", entry.item.id, options.len());
        notes.say(&ALL_RIGHT, &at, message, "add an option that is wrong");
    }
}
