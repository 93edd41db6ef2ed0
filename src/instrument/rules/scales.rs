//! Scales: items that are there, scored, turned round where that makes sense, and comparable.

use std::collections::BTreeSet;

use super::Sheet;
use super::sheet::{is_scored, point_range, type_name};
use crate::definition::{Notes, notes::did_you_mean, pointer::child};
use crate::diag::{Rule, Severity};
use crate::instrument::raw::{ItemType, Scale, ScaleMethod};

/// D-SCALE-001.
pub static UNKNOWN_ITEM: Rule = Rule {
    code: "D-SCALE-001",
    severity: Severity::Error,
    title: "a scale names an item that is not there",
    doc: "`items` and `reverse` of a scale are item ids of the same instrument.",
};
/// D-SCALE-002.
pub static ITEM_TWICE: Rule = Rule {
    code: "D-SCALE-002",
    severity: Severity::Error,
    title: "an item stands twice in a scale",
    doc: "It would count double. In `reverse`, standing twice is a slip as well.",
};
/// D-SCALE-003.
pub static UNSCORED: Rule = Rule {
    code: "D-SCALE-003",
    severity: Severity::Error,
    title: "a scale contains an item without points",
    doc: "Items of the types number, text, date and choice describe respondents and are not scored.",
};
/// D-SCALE-004.
pub static REVERSE_STRANGER: Rule = Rule {
    code: "D-SCALE-004",
    severity: Severity::Error,
    title: "a reversed item is not in the scale",
    doc: "`reverse` picks some of the scale's own `items`. An item that is named only there would not count at \
          all.",
};
/// D-SCALE-005.
pub static REVERSE_KEYED: Rule = Rule {
    code: "D-SCALE-005",
    severity: Severity::Error,
    title: "an item with a right answer is reversed",
    doc: "Reversal turns agreement round (min + max - x). On a test item it would give points for wrong answers.",
};
/// D-SCALE-006.
pub static EMPTY: Rule = Rule {
    code: "D-SCALE-006",
    severity: Severity::Error,
    title: "a scale has no items",
    doc: "There is nothing to add up.",
};
/// D-SCALE-007.
pub static MIN_VALID: Rule = Rule {
    code: "D-SCALE-007",
    severity: Severity::Error,
    title: "the share of valid items is not between 0 and 1",
    doc: "`min_valid` is a share: 0.5 asks for answers to half of the administered items. It is greater than 0, \
          because a score of no answers is no score, and at most 1.",
};
/// D-SCALE-008.
pub static MIXED_RANGES: Rule = Rule {
    code: "D-SCALE-008",
    severity: Severity::Warning,
    title: "a mean of items with different ranges",
    doc: "Items with more answer steps weigh more, and the score has no common unit. Use items with the same \
          answers, or the method percent.",
};
/// D-SCALE-009.
pub static LEFT_OUT: Rule = Rule {
    code: "D-SCALE-009",
    severity: Severity::Warning,
    title: "a scored item is in no scale",
    doc: "Respondents spend time on it and its points are counted nowhere. Add it to a scale, or make it \
          unscored.",
};
/// D-SCALE-010.
pub static IRT_WITHOUT_METHOD: Rule = Rule {
    code: "D-SCALE-010",
    severity: Severity::Error,
    title: "rules of item response theory on a scale of another method",
    doc: "`irt` says how a scale of the method `irt` is measured. A scale of another method does not read it.",
};
/// D-SCALE-011.
pub static IRT_UNIT: Rule = Rule {
    code: "D-SCALE-011",
    severity: Severity::Error,
    title: "a unit of measures without spread",
    doc: "`unit` gives the mean and the standard deviation that the first wave is to have, such as 500 and 100. \
          The standard deviation is greater than 0.",
};
/// D-SCALE-012.
pub static IRT_ITEMS: Rule = Rule {
    code: "D-SCALE-012",
    severity: Severity::Error,
    title: "too few items for item response theory",
    doc: "A model needs at least three items: with two, item parameters and the spread of ability cannot be told \
          apart with any precision.",
};

/// Checks every scale.
pub fn check(sheet: &Sheet, notes: &mut Notes) {
    for (index, scale) in sheet.raw.scales.iter().enumerate() {
        let at = format!("/scales/{index}");
        check_items(sheet, notes, &at, scale);
        check_reversed(sheet, notes, &at, scale);
        check_ranges(sheet, notes, &at, scale);
        check_irt(notes, &at, scale);
        if let Some(share) = scale.min_valid.filter(|share| !(*share > 0.0 && *share <= 1.0)) {
            let message = format!(
                "scale \"{}\" asks for a share of {share} valid items, expected more than 0 and at most 1",
                scale.id
            );
            let hint = if share > 1.0 && share <= 100.0 {
                format!("write it as a share: {}", share / 100.0)
            } else {
                "write a share such as 0.5".to_owned()
            };
            notes.say(&MIN_VALID, &child(&at, "min_valid"), message, hint);
        }
    }
    check_left_out(sheet, notes);
}

fn check_items(sheet: &Sheet, notes: &mut Notes, at: &str, scale: &Scale) {
    if scale.items.is_empty() {
        notes.say(
            &EMPTY,
            &child(at, "items"),
            format!("scale \"{}\" has no items", scale.id),
            "list the ids of its items",
        );
    }
    for (place, id) in scale.items.iter().enumerate() {
        let here = format!("{at}/items/{place}");
        match sheet.item(id) {
            None => notes.say(
                &UNKNOWN_ITEM,
                &here,
                format!("scale \"{}\" names item \"{id}\", which is not there", scale.id),
                did_you_mean(id, sheet.item_ids()),
            ),
            Some(item) if !is_scored(item.kind) => {
                let message = format!(
                    "scale \"{}\" contains item \"{id}\" of type {}, which is not scored",
                    scale.id,
                    type_name(item.kind)
                );
                notes.say(&UNSCORED, &here, message, "take it out of the scale");
            }
            Some(_) if scale.items[..place].contains(id) => {
                notes.say(
                    &ITEM_TWICE,
                    &here,
                    format!("scale \"{}\" contains item \"{id}\" twice", scale.id),
                    "delete one of the two",
                );
            }
            Some(_) => {}
        }
    }
}

fn check_reversed(sheet: &Sheet, notes: &mut Notes, at: &str, scale: &Scale) {
    for (place, id) in scale.reverse.iter().enumerate() {
        let here = format!("{at}/reverse/{place}");
        if !scale.items.contains(id) {
            let message =
                format!("scale \"{}\" reverses item \"{id}\", which is not among its items", scale.id);
            notes.say(
                &REVERSE_STRANGER,
                &here,
                message,
                did_you_mean(id, scale.items.iter().map(String::as_str)),
            );
        } else if scale.reverse[..place].contains(id) {
            notes.say(
                &ITEM_TWICE,
                &here,
                format!("scale \"{}\" reverses item \"{id}\" twice", scale.id),
                "delete one of the two",
            );
        } else if let Some(item) = sheet.item(id)
            && is_scored(item.kind)
            && !matches!(item.kind, ItemType::Likert | ItemType::Rating)
        {
            let message = format!("scale \"{}\" reverses item \"{id}\", which has a right answer", scale.id);
            notes.say(&REVERSE_KEYED, &here, message, "take it out of `reverse`");
        }
    }
}

fn check_ranges(sheet: &Sheet, notes: &mut Notes, at: &str, scale: &Scale) {
    if scale.method != ScaleMethod::Mean {
        return;
    }
    let ranges = scale.items.iter().filter_map(|id| Some((id, point_range(sheet, sheet.item(id)?)?)));
    let mut ranges = ranges.collect::<Vec<_>>().into_iter();
    let Some((first, wanted)) = ranges.next() else { return };
    if let Some((other, found)) = ranges.find(|(_, range)| *range != wanted) {
        let message = format!(
            "scale \"{}\" takes the mean of items with different ranges: \"{first}\" from {} to {}, \"{other}\" from {} to {}",
            scale.id, wanted.0, wanted.1, found.0, found.1
        );
        notes.say(&MIXED_RANGES, &child(at, "method"), message, "use the method percent, or split the scale");
    }
}

/// Fewest items of a scale that is measured by item response theory.
const IRT_ITEMS_NEEDED: usize = 3;

fn check_irt(notes: &mut Notes, at: &str, scale: &Scale) {
    let id = &scale.id;
    if scale.method != ScaleMethod::Irt {
        if scale.irt.is_some() {
            let message = format!("scale \"{id}\" has rules under `irt`, but its method is another");
            notes.say(
                &IRT_WITHOUT_METHOD,
                &child(at, "irt"),
                message,
                "write `\"method\": \"irt\"`, or delete `irt`",
            );
        }
        return;
    }
    if !scale.items.is_empty() && scale.items.len() < IRT_ITEMS_NEEDED {
        let message =
            format!("scale \"{id}\" has {} items, expected at least {IRT_ITEMS_NEEDED}", scale.items.len());
        notes.say(&IRT_ITEMS, &child(at, "items"), message, "add items, or use the method percent");
    }
    if let Some(unit) = scale.irt.and_then(|irt| irt.unit).filter(|unit| !(unit.sd > 0.0)) {
        let message = format!("the unit of scale \"{id}\" has the standard deviation {}", unit.sd);
        notes.say(&IRT_UNIT, &format!("{at}/irt/unit/sd"), message, "write a number above 0, such as 100");
    }
}

fn check_left_out(sheet: &Sheet, notes: &mut Notes) {
    let counted: BTreeSet<&str> =
        sheet.raw.scales.iter().flat_map(|scale| &scale.items).map(String::as_str).collect();
    for entry in sheet.items.iter().filter(|entry| is_scored(entry.item.kind)) {
        if !counted.contains(entry.item.id.as_str()) {
            notes.say(
                &LEFT_OUT,
                &entry.at,
                format!("item \"{}\" is scored but in no scale", entry.item.id),
                "add it to the items of a scale",
            );
        }
    }
}
