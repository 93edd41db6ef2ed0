//! Matching items: every left entry has a right one.

use super::Sheet;
use super::sheet::Entry;
use crate::definition::{Notes, notes::did_you_mean, pointer::child};
use crate::diag::{Rule, Severity};
use crate::instrument::raw::{Choice, ItemType, Key};

/// D-MATCH-001.
pub static UNPAIRED: Rule = Rule {
    code: "D-MATCH-001",
    severity: Severity::Error,
    title: "a left entry has no pair",
    doc: "The key of a matching item names a right entry for every left entry; distractors stand on the right \
          only.",
};
/// D-MATCH-002.
pub static UNKNOWN_CODE: Rule = Rule {
    code: "D-MATCH-002",
    severity: Severity::Error,
    title: "a pair names an entry that is not there",
    doc: "The key goes from codes of `left` to codes of `right`.",
};
/// D-MATCH-003.
pub static TOO_FEW_RIGHT: Rule = Rule {
    code: "D-MATCH-003",
    severity: Severity::Error,
    title: "fewer entries on the right than on the left",
    doc: "Some right entry would have to serve twice. Sorting many things into few groups is a statement_grid \
          with the groups as columns.",
};
/// D-MATCH-004.
pub static SHARED_RIGHT: Rule = Rule {
    code: "D-MATCH-004",
    severity: Severity::Warning,
    title: "two left entries share a right one",
    doc: "Respondents expect each entry to be used once, and printed forms ask for one line per entry. Mostly \
          one of the pairs is a slip.",
};

/// Checks the pairs of matching items.
pub fn check(sheet: &Sheet, notes: &mut Notes) {
    for entry in sheet.of_type(&[ItemType::Matching]) {
        let item = entry.item;
        if item.right.len() < item.left.len() && item.right.len() > 1 {
            let message = format!(
                "item \"{}\" has {} entries on the right for {} on the left",
                item.id,
                item.right.len(),
                item.left.len()
            );
            notes.say(
                &TOO_FEW_RIGHT,
                &entry.field("right"),
                message,
                "add right entries, or make it a statement_grid",
            );
        }
        if let Some(Key::Pairs(pairs)) = &item.key
            && !pairs.is_empty()
        {
            check_pairs(notes, entry, pairs);
        }
    }
}

fn codes(options: &[Choice]) -> impl Iterator<Item = &str> + Clone {
    options.iter().map(|option| option.code.as_str())
}

fn check_pairs(notes: &mut Notes, entry: &Entry, pairs: &std::collections::BTreeMap<String, String>) {
    let (item, at) = (entry.item, entry.field("key"));
    for left in item.left.iter().filter(|left| !pairs.contains_key(&left.code)) {
        let message = format!("left entry \"{}\" of item \"{}\" has no pair", left.code, item.id);
        notes.say(&UNPAIRED, &at, message, format!("add \"{}\": \"...\" to the key", left.code));
    }
    let mut used: Vec<&str> = Vec::new();
    for (left, right) in pairs {
        let here = child(&at, left);
        if !codes(&item.left).any(|code| code == left) {
            let message =
                format!("the key of item \"{}\" pairs \"{left}\", which is not on the left", item.id);
            notes.say_key(&UNKNOWN_CODE, &here, message, did_you_mean(left, codes(&item.left)));
        }
        if !codes(&item.right).any(|code| code == right) {
            let message = format!(
                "the key of item \"{}\" pairs \"{left}\" with \"{right}\", which is not on the right",
                item.id
            );
            notes.say(&UNKNOWN_CODE, &here, message, did_you_mean(right, codes(&item.right)));
        }
        // With too few entries on the right some must be shared, and that has been said already.
        if used.contains(&right.as_str()) && item.right.len() >= item.left.len() {
            let message =
                format!("right entry \"{right}\" of item \"{}\" is the pair of two left entries", item.id);
            notes.say(&SHARED_RIGHT, &here, message, "check the pairs, or make it a statement_grid");
        }
        used.push(right);
    }
}
