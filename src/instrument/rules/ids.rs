//! Names of everything in an instrument, and the data columns they lead to.

use std::collections::BTreeMap;

use super::Sheet;
use crate::definition::ids::{
    REPEATED, check_code, check_mark, check_name, check_repeats, is_variable, suggestion,
};
use crate::definition::{Notes, pointer::child};
use crate::diag::{Rule, Severity};
use crate::instrument::raw::ItemType;

/// D-ID-004.
pub static ITEM_NAME: Rule = Rule {
    code: "D-ID-004",
    severity: Severity::Error,
    title: "an item or statement id cannot be a column name",
    doc: "Item ids are column names in answer files, SPSS, R and KoboToolbox. They consist of letters, digits \
          and underscores and start with a letter; ids of statements may start with a digit.",
};
/// D-ID-005.
pub static CASE_TWINS: Rule = Rule {
    code: "D-ID-005",
    severity: Severity::Warning,
    title: "two item ids differ in capitals only",
    doc: "SPSS and many spreadsheets do not tell capitals from small letters, so the two columns would be \
          taken for one.",
};
/// D-ID-006.
pub static COLUMN_CLASH: Rule = Rule {
    code: "D-ID-006",
    severity: Severity::Error,
    title: "an item id equals the column of a part of another item",
    doc: "A statement grid or matching item `N07` may have one data column per statement or left entry, such as \
          `N07_a`, and an essay one per rater, such as `N07_r1`. Another item of that id would claim the column.",
};

/// Checks every id of an instrument.
pub fn check(sheet: &Sheet, notes: &mut Notes) {
    let raw = sheet.raw;
    check_name(notes, "/id", "instrument", &raw.id);
    for name in raw.choice_sets.keys() {
        check_name(notes, &child("/choice_sets", name), "choice set", name);
    }
    check_lists(sheet, notes);
    check_items(sheet, notes);
    check_columns(sheet, notes);
}

fn check_lists(sheet: &Sheet, notes: &mut Notes) {
    let raw = sheet.raw;
    for (index, section) in raw.sections.iter().enumerate() {
        check_mark(notes, &format!("/sections/{index}/id"), "section", &section.id);
    }
    check_repeats(
        notes,
        &REPEATED,
        "/sections",
        "section",
        raw.sections.iter().map(|section| section.id.as_str()),
    );
    for (index, stimulus) in raw.stimuli.iter().enumerate() {
        check_mark(notes, &format!("/stimuli/{index}/id"), "stimulus", &stimulus.id);
    }
    check_repeats(
        notes,
        &REPEATED,
        "/stimuli",
        "stimulus",
        raw.stimuli.iter().map(|stimulus| stimulus.id.as_str()),
    );
    for (index, booklet) in raw.booklets.iter().enumerate() {
        check_mark(notes, &format!("/booklets/{index}/id"), "booklet", &booklet.id);
    }
    check_repeats(
        notes,
        &REPEATED,
        "/booklets",
        "booklet",
        raw.booklets.iter().map(|booklet| booklet.id.as_str()),
    );
    for (index, scale) in raw.scales.iter().enumerate() {
        let at = format!("/scales/{index}");
        check_name(notes, &child(&at, "id"), "scale", &scale.id);
        for (place, level) in scale.levels.iter().enumerate() {
            check_name(notes, &format!("{at}/levels/{place}/id"), "level", &level.id);
        }
        let levels = scale.levels.iter().map(|level| level.id.as_str());
        check_repeats(notes, &REPEATED, &child(&at, "levels"), "level", levels);
    }
    check_repeats(notes, &REPEATED, "/scales", "scale", raw.scales.iter().map(|scale| scale.id.as_str()));
}

fn check_items(sheet: &Sheet, notes: &mut Notes) {
    let mut small: BTreeMap<String, &str> = BTreeMap::new();
    for entry in &sheet.items {
        let id = entry.item.id.as_str();
        if !is_variable(id) {
            let message = format!(
                "item id \"{id}\" cannot be a column name, expected letters, digits and `_`, a letter first"
            );
            notes.say(&ITEM_NAME, &entry.field("id"), message, suggestion(id, |c| c, '_'));
        }
        let twin = small.entry(id.to_lowercase()).or_insert(id);
        if *twin != id {
            let message = format!("item ids \"{twin}\" and \"{id}\" differ in capitals only");
            notes.say(&CASE_TWINS, &entry.field("id"), message, "rename one of the two");
        }
        for (place, statement) in entry.item.statements.iter().enumerate() {
            if statement.id.is_empty() || !is_variable(&format!("s{}", statement.id)) {
                let message = format!(
                    "statement id \"{}\" of item \"{id}\" cannot be part of a column name, expected letters, digits and `_`",
                    statement.id
                );
                notes.say(
                    &ITEM_NAME,
                    &format!("{}/statements/{place}/id", entry.at),
                    message,
                    suggestion(&statement.id, |c| c, '_'),
                );
            }
        }
        let statements = entry.item.statements.iter().map(|statement| statement.id.as_str());
        check_repeats(notes, &REPEATED, &entry.field("statements"), "statement", statements);
    }
    for (name, options) in &sheet.raw.choice_sets {
        for (place, option) in options.iter().enumerate() {
            check_code(
                notes,
                &format!("{}/{place}/code", child("/choice_sets", name)),
                "answer",
                &option.code,
            );
        }
    }
    for entry in &sheet.items {
        for (field, options) in
            [("options", &entry.item.options), ("left", &entry.item.left), ("right", &entry.item.right)]
        {
            for (place, option) in options.iter().enumerate() {
                check_code(notes, &format!("{}/{field}/{place}/code", entry.at), "answer", &option.code);
            }
        }
    }
}

fn check_columns(sheet: &Sheet, notes: &mut Notes) {
    for entry in &sheet.items {
        let item = entry.item;
        let parts: Vec<String> = match item.kind {
            ItemType::StatementGrid => item.statements.iter().map(|statement| statement.id.clone()).collect(),
            ItemType::Matching => item.left.iter().map(|left| left.code.clone()).collect(),
            ItemType::Essay | ItemType::Rating => {
                (1..=item.raters.unwrap_or(1).min(9)).map(|rater| format!("r{rater}")).collect()
            }
            _ => continue,
        };
        for part in parts {
            let column = format!("{}_{part}", item.id);
            if let Some(place) = sheet.place_of(&column) {
                let message = format!(
                    "item id \"{column}\" is also the data column of \"{part}\" in item \"{}\"",
                    item.id
                );
                notes.say(&COLUMN_CLASH, &sheet.items[place].field("id"), message, "rename this item");
            }
        }
    }
}
