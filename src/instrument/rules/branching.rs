//! `show_if`: an item shown only after a certain answer to an earlier one.

use super::Sheet;
use super::sheet::{Entry, type_name};
use crate::definition::{
    Notes,
    notes::{did_you_mean, list},
    pointer::child,
};
use crate::diag::{Rule, Severity};
use crate::instrument::raw::{ItemType, ShowIf};

/// D-SHOW-001.
pub static UNKNOWN: Rule = Rule {
    code: "D-SHOW-001",
    severity: Severity::Error,
    title: "a condition names an item that is not there",
    doc: "`show_if.item` is the id of an earlier item of the same instrument.",
};
/// D-SHOW-002.
pub static ITSELF: Rule = Rule {
    code: "D-SHOW-002",
    severity: Severity::Error,
    title: "an item is shown after its own answer",
    doc: "The item could never be shown, because its answer is not there before it is shown.",
};
/// D-SHOW-003.
pub static FORWARD: Rule = Rule {
    code: "D-SHOW-003",
    severity: Severity::Error,
    title: "a condition looks ahead",
    doc: "Respondents answer in printed order, so a condition can only depend on an item further up.",
};
/// D-SHOW-004.
pub static NO_CODES: Rule = Rule {
    code: "D-SHOW-004",
    severity: Severity::Error,
    title: "a condition depends on an item without answer codes",
    doc: "`any_of` lists answer codes, so the earlier item must be a single_choice, multiple_choice, likert or \
          choice.",
};
/// D-SHOW-005.
pub static NOT_AN_ANSWER: Rule = Rule {
    code: "D-SHOW-005",
    severity: Severity::Error,
    title: "a condition names an answer that is not there",
    doc: "`any_of` lists codes of the earlier item's answers, capitals included.",
};
/// D-SHOW-006.
pub static NEVER: Rule = Rule {
    code: "D-SHOW-006",
    severity: Severity::Error,
    title: "a condition lists no answer",
    doc: "With an empty `any_of` the item would never be shown.",
};

/// Checks every condition.
pub fn check(sheet: &Sheet, notes: &mut Notes) {
    for (place, entry) in sheet.items.iter().enumerate() {
        if let Some(condition) = &entry.item.show_if {
            check_condition(sheet, notes, place, condition);
        }
    }
}

fn check_condition(sheet: &Sheet, notes: &mut Notes, place: usize, condition: &ShowIf) {
    let entry = &sheet.items[place];
    let (id, gate) = (&entry.item.id, &condition.item);
    let at = format!("{}/show_if", entry.at);
    let gate_at = child(&at, "item");
    if condition.any_of.is_empty() {
        notes.say(
            &NEVER,
            &child(&at, "any_of"),
            format!("item \"{id}\" is shown after none of the answers to \"{gate}\""),
            "list the codes after which it is shown, or delete show_if",
        );
    }
    match sheet.place_of(gate) {
        None => notes.say(
            &UNKNOWN,
            &gate_at,
            format!("item \"{id}\" depends on item \"{gate}\", which is not there"),
            did_you_mean(gate, sheet.item_ids()),
        ),
        Some(_) if gate == id => notes.say(
            &ITSELF,
            &gate_at,
            format!("item \"{id}\" depends on its own answer"),
            "name an earlier item, or delete show_if",
        ),
        Some(other) if other > place => notes.say(
            &FORWARD,
            &gate_at,
            format!("item \"{id}\" depends on item \"{gate}\", which comes later"),
            format!("move \"{gate}\" before \"{id}\""),
        ),
        Some(other) => {
            check_codes(sheet, notes, entry, &sheet.items[other], &child(&at, "any_of"), condition)
        }
    }
}

fn check_codes(sheet: &Sheet, notes: &mut Notes, entry: &Entry, gate: &Entry, at: &str, condition: &ShowIf) {
    let id = &entry.item.id;
    let with_codes = [ItemType::SingleChoice, ItemType::MultipleChoice, ItemType::Likert, ItemType::Choice];
    if !with_codes.contains(&gate.item.kind) {
        let message = format!(
            "item \"{id}\" depends on item \"{}\", which is of type {} and has no answer codes",
            gate.item.id,
            type_name(gate.item.kind)
        );
        notes.say(&NO_CODES, at, message, "depend on a choice instead");
        return;
    }
    let known: Vec<&str> = sheet.options_of(gate.item).iter().map(|option| option.code.as_str()).collect();
    for (index, code) in condition.any_of.iter().enumerate() {
        if !known.is_empty() && !known.contains(&code.as_str()) {
            let codes = list(known.iter().copied());
            let message = format!(
                "item \"{id}\" is shown after answer \"{code}\" to \"{}\", whose answers are {codes}",
                gate.item.id
            );
            notes.say(&NOT_AN_ANSWER, &child(at, index), message, format!("write one of {codes}"));
        }
    }
}
