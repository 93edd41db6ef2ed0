//! Items as a whole: their ids, which fields belong to which type, points and scoring rules.

use super::Sheet;
use super::sheet::{Entry, is_scored, type_name};
use crate::definition::{Notes, notes::list, pointer::child};
use crate::diag::{Rule, Severity};
use crate::instrument::raw::{ItemType, RawItem, ScoringRule};

/// D-ITEM-001.
pub static NO_ITEMS: Rule = Rule {
    code: "D-ITEM-001",
    severity: Severity::Error,
    title: "an instrument or section has no items",
    doc: "An empty section prints a heading with nothing under it, and an empty instrument measures nothing.",
};
/// D-ITEM-002.
pub static REPEATED_ITEM: Rule = Rule {
    code: "D-ITEM-002",
    severity: Severity::Error,
    title: "two items have the same id",
    doc: "An item id is the column of its answers and the name scales use, so it is unique in the whole \
          instrument, not only in its section.",
};
/// D-ITEM-003.
pub static FOREIGN_FIELD: Rule = Rule {
    code: "D-ITEM-003",
    severity: Severity::Error,
    title: "a field does not belong to the type of its item",
    doc: "Each item type reads its own fields: options and key belong to choices, a rubric to essays and \
          ratings, bounds to numbers. A field that is not read would be ignored in silence, so it is an error. \
          Mostly the item was copied from one of another type, or `type` is the slip.",
};
/// D-ITEM-004.
pub static POINTS: Rule = Rule {
    code: "D-ITEM-004",
    severity: Severity::Error,
    title: "an item is worth nothing",
    doc: "Points of a scored item are greater than 0. An item that is not to count stays out of the scales.",
};
/// D-ITEM-005.
pub static SCORING: Rule = Rule {
    code: "D-ITEM-005",
    severity: Severity::Error,
    title: "a scoring rule does not belong to the type of its item",
    doc: "`exact` fits every item with a key; `per_option` and `right_minus_wrong` fit multiple_choice; \
          `per_statement` fits statement_grid and matching; `rubric` fits essay and rating.",
};
/// D-ITEM-006.
pub static NO_ROOM: Rule = Rule {
    code: "D-ITEM-006",
    severity: Severity::Error,
    title: "a count that must be at least 1 is 0",
    doc: "An answer needs at least one line, and a timed test at least one minute. Leave the field out for the \
          default.",
};
/// D-ITEM-007.
pub static PASTED_TWICE: Rule = Rule {
    code: "D-ITEM-007",
    severity: Severity::Warning,
    title: "two items ask the same",
    doc: "Same type, same prompt, same stimulus: mostly an item was pasted and not yet rewritten. Two equal \
          items also inflate the reliability of their scale.",
};
/// D-ITEM-008.
pub static BLANK_VERSION: Rule = Rule {
    code: "D-ITEM-008",
    severity: Severity::Error,
    title: "the version of the instrument is blank",
    doc: "Reports say which version of an instrument was used; without one, answers to different wordings \
          could be mixed.",
};

/// Checks every item as a whole.
pub fn check(sheet: &Sheet, notes: &mut Notes) {
    check_sections(sheet, notes);
    if sheet.raw.version.trim().is_empty() {
        notes.say(
            &BLANK_VERSION,
            "/version",
            "the version is blank, expected something like \"1.0.0\"",
            "write \"1.0.0\" and raise it whenever a word or a key changes",
        );
    }
    if sheet.raw.minutes == Some(0) {
        notes.say(
            &NO_ROOM,
            "/minutes",
            "the working time is 0 minutes",
            "write the minutes, or leave the field out where there is no limit",
        );
    }
    for (place, entry) in sheet.items.iter().enumerate() {
        check_twins(sheet, notes, place);
        check_fields(notes, entry);
        check_points(notes, entry);
        check_scoring(notes, entry);
        if entry.item.lines == Some(0) {
            let message = format!("item \"{}\" has 0 answer lines, expected at least 1", entry.item.id);
            notes.say(
                &NO_ROOM,
                &entry.field("lines"),
                message,
                "write a larger number, or leave the field out",
            );
        }
    }
}

fn check_sections(sheet: &Sheet, notes: &mut Notes) {
    if sheet.raw.sections.is_empty() {
        notes.say(
            &NO_ITEMS,
            "/sections",
            "the instrument has no section",
            "add a section with at least one item",
        );
    }
    for (index, section) in sheet.raw.sections.iter().enumerate() {
        if section.items.is_empty() {
            let at = child(&format!("/sections/{index}"), "items");
            notes.say(
                &NO_ITEMS,
                &at,
                format!("section \"{}\" has no items", section.id),
                "add an item, or delete the section",
            );
        }
    }
}

fn check_twins(sheet: &Sheet, notes: &mut Notes, place: usize) {
    let entry = &sheet.items[place];
    let item = entry.item;
    if sheet.place_of(&item.id).is_some_and(|first| first < place) {
        let message = format!("item id \"{}\" is used twice", item.id);
        notes.say(
            &REPEATED_ITEM,
            &entry.field("id"),
            message,
            "rename one of the two, or delete it if it was pasted twice",
        );
    }
    let twin = sheet.items[..place].iter().map(|other| other.item).find(|other| {
        other.kind == item.kind
            && other.prompt == item.prompt
            && other.stimulus == item.stimulus
            && !other.prompt.is_empty()
    });
    if let Some(twin) = twin.filter(|twin| twin.id != item.id) {
        let message = format!("item \"{}\" asks the same as item \"{}\"", item.id, twin.id);
        notes.say(&PASTED_TWICE, &entry.field("prompt"), message, "rewrite or delete one of the two");
    }
}

/// The fields beyond the common ones that a type reads.
fn own_fields(kind: ItemType) -> &'static [&'static str] {
    match kind {
        ItemType::SingleChoice | ItemType::MultipleChoice => {
            &["options", "choice_set", "key", "points", "scoring"]
        }
        ItemType::StatementGrid => &["options", "choice_set", "statements", "points", "scoring"],
        ItemType::Matching => &["left", "right", "key", "points", "scoring"],
        ItemType::ShortAnswer => &["accept", "points", "scoring", "unit", "model_answer"],
        ItemType::Essay => &["rubric", "raters", "points", "scoring", "lines", "model_answer"],
        ItemType::Rating => &["rubric", "raters", "points", "scoring"],
        ItemType::Likert => &["options", "choice_set"],
        ItemType::Choice => &["options", "choice_set", "multiple"],
        ItemType::Number => &["min", "max", "unit"],
        ItemType::Text => &["lines"],
        ItemType::Date => &[],
    }
}

/// The fields an item has of those that only some types read.
fn given_fields(item: &RawItem) -> Vec<&'static str> {
    let given = [
        ("options", !item.options.is_empty()),
        ("choice_set", item.choice_set.is_some()),
        ("key", item.key.is_some()),
        ("statements", !item.statements.is_empty()),
        ("left", !item.left.is_empty()),
        ("right", !item.right.is_empty()),
        ("accept", item.accept.is_some()),
        ("rubric", !item.rubric.is_empty()),
        ("raters", item.raters.is_some()),
        ("points", item.points.is_some()),
        ("scoring", item.scoring.is_some()),
        ("multiple", item.multiple),
        ("min", item.min.is_some()),
        ("max", item.max.is_some()),
        ("unit", !item.unit.is_empty()),
        ("lines", item.lines.is_some()),
        ("model_answer", !item.model_answer.is_empty()),
    ];
    given.into_iter().filter(|(_, is_given)| *is_given).map(|(name, _)| name).collect()
}

fn check_fields(notes: &mut Notes, entry: &Entry) {
    let own = own_fields(entry.item.kind);
    let kind = type_name(entry.item.kind);
    for name in given_fields(entry.item).into_iter().filter(|name| !own.contains(name)) {
        let message = format!("item \"{}\" is of type {kind}, which has no \"{name}\"", entry.item.id);
        let hint = if is_scored(entry.item.kind) || !matches!(name, "key" | "points" | "scoring" | "accept") {
            format!("delete \"{name}\", or change the type; fields of {kind}: {}", list(own.iter().copied()))
        } else {
            format!("{kind} items are not scored: delete \"{name}\", or change the type")
        };
        notes.say_key(&FOREIGN_FIELD, &entry.field(name), message, hint);
    }
}

fn check_points(notes: &mut Notes, entry: &Entry) {
    if let Some(points) = entry.item.points.filter(|points| *points <= 0.0) {
        let message = format!("item \"{}\" is worth {points} points, expected more than 0", entry.item.id);
        notes.say(
            &POINTS,
            &entry.field("points"),
            message,
            "write a positive number, or take the item out of the scales",
        );
    }
}

fn check_scoring(notes: &mut Notes, entry: &Entry) {
    let Some(rule) = entry.item.scoring else { return };
    let fitting: &[ScoringRule] = match entry.item.kind {
        ItemType::SingleChoice | ItemType::ShortAnswer => &[ScoringRule::Exact],
        ItemType::MultipleChoice => {
            &[ScoringRule::Exact, ScoringRule::PerOption, ScoringRule::RightMinusWrong]
        }
        ItemType::StatementGrid | ItemType::Matching => &[ScoringRule::Exact, ScoringRule::PerStatement],
        ItemType::Essay | ItemType::Rating => &[ScoringRule::Rubric],
        // A scoring rule on any other type is a field that does not belong there.
        _ => return,
    };
    if !fitting.contains(&rule) {
        let names: Vec<String> = fitting.iter().map(|rule| rule_name(*rule)).collect();
        let message = format!(
            "item \"{}\" of type {} has the scoring rule {}, expected {}",
            entry.item.id,
            type_name(entry.item.kind),
            rule_name(rule),
            names.join(" or ")
        );
        notes.say(
            &SCORING,
            &entry.field("scoring"),
            message,
            format!("write \"{}\", or leave the field out", names[0]),
        );
    }
}

fn rule_name(rule: ScoringRule) -> String {
    serde_json::to_value(rule).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}
