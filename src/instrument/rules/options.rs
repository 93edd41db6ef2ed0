//! Answers of closed questions: enough of them, told apart, from one source, with values that make sense.

use std::collections::BTreeSet;

use super::Sheet;
use super::sheet::type_name;
use crate::definition::{Notes, ids, notes::did_you_mean, pointer::child};
use crate::diag::{Rule, Severity};
use crate::i18n::Lang;
use crate::instrument::raw::{Choice, ItemType};

/// D-OPT-001.
pub static TOO_FEW: Rule = Rule {
    code: "D-OPT-001",
    severity: Severity::Error,
    title: "fewer than two answers to choose from",
    doc: "A closed question needs at least two answers, given as `options` or by the name of a shared \
          `choice_set`; a matching item needs at least two entries on each side.",
};
/// D-OPT-002.
pub static REPEATED_CODE: Rule = Rule {
    code: "D-OPT-002",
    severity: Severity::Error,
    title: "an answer code stands twice",
    doc: "The code is what is written in the data; two answers with the same code cannot be told apart.",
};
/// D-OPT-003.
pub static REPEATED_LABEL: Rule = Rule {
    code: "D-OPT-003",
    severity: Severity::Error,
    title: "an answer label stands twice",
    doc: "The respondent reads the label. Two answers with the same words, mostly from copying a line, make \
          the question unanswerable and its key a matter of luck.",
};
/// D-OPT-004.
pub static UNKNOWN_SET: Rule = Rule {
    code: "D-OPT-004",
    severity: Severity::Error,
    title: "an answer set is not there",
    doc: "`choice_set` names one of the instrument's `choice_sets`.",
};
/// D-OPT-005.
pub static BOTH_SOURCES: Rule = Rule {
    code: "D-OPT-005",
    severity: Severity::Error,
    title: "an item has both options and a choice set",
    doc: "Only one of the two can be printed. Keep the shared set where several items use it.",
};
/// D-OPT-006.
pub static UNUSED_SET: Rule = Rule {
    code: "D-OPT-006",
    severity: Severity::Warning,
    title: "an answer set is never used",
    doc: "No item names it. Delete it, or look for the item that was meant to use it.",
};
/// D-OPT-007.
pub static IDLE_VALUE: Rule = Rule {
    code: "D-OPT-007",
    severity: Severity::Warning,
    title: "an answer has a value that is never used",
    doc: "Only answers of `likert` items are scored by their value. Test items are scored by their key, \
          background questions not at all.",
};
/// D-OPT-008.
pub static SOME_VALUES: Rule = Rule {
    code: "D-OPT-008",
    severity: Severity::Error,
    title: "some answers of a set have a value and some have none",
    doc: "Answers without a value count by their place in the list. A mixture mostly means that one value was \
          forgotten; give all of them or none.",
};
/// D-OPT-009.
pub static EQUAL_VALUES: Rule = Rule {
    code: "D-OPT-009",
    severity: Severity::Error,
    title: "answers of a likert item do not differ in value",
    doc: "An item on which every answer scores the same measures nothing.",
};

const WITH_OPTIONS: [ItemType; 5] = [
    ItemType::SingleChoice,
    ItemType::MultipleChoice,
    ItemType::StatementGrid,
    ItemType::Likert,
    ItemType::Choice,
];

/// Checks the answers of every closed question and every shared answer set.
pub fn check(sheet: &Sheet, notes: &mut Notes) {
    for (name, options) in &sheet.raw.choice_sets {
        check_list(notes, &child("/choice_sets", name), &format!("choice set \"{name}\""), options);
        let users = || sheet.items.iter().filter(|entry| entry.item.choice_set.as_ref() == Some(name));
        if users().next().is_none() {
            notes.say_key(
                &UNUSED_SET,
                &child("/choice_sets", name),
                format!("choice set \"{name}\" is not used by any item"),
                "delete it, or name it in an item",
            );
        } else if users().any(|entry| entry.item.kind == ItemType::Likert) {
            check_values(notes, &child("/choice_sets", name), &format!("choice set \"{name}\""), options);
        }
    }
    for entry in sheet.of_type(&WITH_OPTIONS) {
        let item = entry.item;
        let what = format!("item \"{}\"", item.id);
        match &item.choice_set {
            Some(_) if !item.options.is_empty() => {
                notes.say_key(
                    &BOTH_SOURCES,
                    &entry.field("choice_set"),
                    format!("{what} has both options and a choice set"),
                    "delete one of the two",
                );
            }
            Some(name) if !sheet.raw.choice_sets.contains_key(name) => {
                let known = sheet.raw.choice_sets.keys().map(String::as_str);
                notes.say(
                    &UNKNOWN_SET,
                    &entry.field("choice_set"),
                    format!("{what} uses the choice set \"{name}\", which is not there"),
                    did_you_mean(name, known),
                );
            }
            Some(_) => {}
            None => check_list(notes, &entry.field("options"), &what, &item.options),
        }
        if item.kind == ItemType::Likert {
            check_values(notes, &entry.field("options"), &what, &item.options);
        } else if let Some(place) = item.options.iter().position(|option| option.value.is_some()) {
            let message = format!(
                "{what} is of type {}, which does not use the value of an answer",
                type_name(item.kind)
            );
            notes.say_key(
                &IDLE_VALUE,
                &format!("{}/options/{place}/value", entry.at),
                message,
                "delete the value, or make it a likert item",
            );
        }
    }
    for entry in sheet.of_type(&[ItemType::Matching]) {
        for (side, options) in [("left", &entry.item.left), ("right", &entry.item.right)] {
            check_list(notes, &entry.field(side), &format!("item \"{}\" ({side})", entry.item.id), options);
        }
    }
}

fn check_list(notes: &mut Notes, at: &str, what: &str, options: &[Choice]) {
    if options.len() < 2 {
        let message = format!("{what} has {} to choose from, expected at least 2", count(options.len()));
        notes.say(&TOO_FEW, at, message, "add the missing answers");
    }
    let mut codes = BTreeSet::new();
    for (place, option) in options.iter().enumerate() {
        if ids::is_code(&option.code) && !codes.insert(option.code.as_str()) {
            let message = format!("{what} has the answer code \"{}\" twice", option.code);
            notes.say(
                &REPEATED_CODE,
                &format!("{at}/{place}/code"),
                message,
                "give each answer its own code",
            );
        }
    }
    for lang in Lang::ALL {
        check_labels(notes, at, what, options, lang);
    }
}

fn check_labels(notes: &mut Notes, at: &str, what: &str, options: &[Choice], lang: Lang) {
    let mut labels = BTreeSet::new();
    for (place, option) in options.iter().enumerate().filter(|(_, option)| option.label.has(lang)) {
        let label = option.label.get(lang).trim();
        if !labels.insert(label) {
            let message = format!("{what} has the answer \"{label}\" twice");
            notes.say(
                &REPEATED_LABEL,
                &format!("{at}/{place}/label/{lang}"),
                message,
                "rewrite one of the two",
            );
        }
    }
}

fn check_values(notes: &mut Notes, at: &str, what: &str, options: &[Choice]) {
    let values: Vec<f64> = options.iter().filter_map(|option| option.value).collect();
    if values.is_empty() || options.len() < 2 {
        return;
    }
    if values.len() < options.len() {
        let message = format!(
            "{what} gives a value to {} of its {} answers, expected all or none",
            values.len(),
            options.len()
        );
        notes.say(
            &SOME_VALUES,
            at,
            message,
            "give every answer a value, or none: then they count 1, 2, 3 and so on",
        );
    } else if values.iter().all(|value| *value == values[0]) {
        notes.say(
            &EQUAL_VALUES,
            at,
            format!("{what} gives every answer the value {}", values[0]),
            "give the answers different values",
        );
    }
}

fn count(answers: usize) -> String {
    match answers {
        0 => "no answers".to_owned(),
        1 => "one answer".to_owned(),
        n => format!("{n} answers"),
    }
}
