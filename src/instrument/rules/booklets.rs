//! Booklets: which items they hold, and the anchors that link them.

use std::collections::BTreeSet;

use super::Sheet;
use crate::definition::{Notes, notes::did_you_mean, pointer::child};
use crate::diag::{Rule, Severity};
use crate::instrument::raw::Booklet;

/// D-BOOK-001.
pub static UNKNOWN_ITEM: Rule = Rule {
    code: "D-BOOK-001",
    severity: Severity::Error,
    title: "a booklet names an item that is not there",
    doc: "`items` of a booklet are item ids of the same instrument, in printed order.",
};
/// D-BOOK-002.
pub static ITEM_TWICE: Rule = Rule {
    code: "D-BOOK-002",
    severity: Severity::Error,
    title: "an item stands twice in a booklet",
    doc: "It would be printed twice and have two answers for one column.",
};
/// D-BOOK-003.
pub static LEFT_OUT: Rule = Rule {
    code: "D-BOOK-003",
    severity: Severity::Warning,
    title: "an item is in no booklet",
    doc: "Nobody would get to see it. Add it to a booklet, or delete it.",
};
/// D-BOOK-004.
pub static ANCHOR_MISSING: Rule = Rule {
    code: "D-BOOK-004",
    severity: Severity::Error,
    title: "an anchor item is missing from a booklet",
    doc: "Booklets are put on one scale through the items they share. An anchor stands in every booklet; an \
          item that does not is no anchor.",
};
/// D-BOOK-005.
pub static FEW_ANCHORS: Rule = Rule {
    code: "D-BOOK-005",
    severity: Severity::Error,
    title: "a booklet has fewer anchors than the declared minimum",
    doc: "`minimum_anchors` is the number of shared items every booklet must hold for a link that can be \
          trusted; a fifth of the test is a common rule (Kolen and Brennan, 2014).",
};
/// D-BOOK-006.
pub static NOTHING_TO_LINK: Rule = Rule {
    code: "D-BOOK-006",
    severity: Severity::Warning,
    title: "anchors are declared but there is only one booklet, or none",
    doc: "With one booklet everybody gets the same items and there is nothing to link within this instrument. \
          The same holds for `minimum_anchors` without booklets.",
};
/// D-BOOK-007.
pub static EMPTY: Rule = Rule {
    code: "D-BOOK-007",
    severity: Severity::Error,
    title: "a booklet has no items",
    doc: "It would be printed as a cover without questions.",
};
/// D-BOOK-008.
pub static GATE: Rule = Rule {
    code: "D-BOOK-008",
    severity: Severity::Error,
    title: "a booklet holds an item without the earlier item its condition needs",
    doc: "An item with `show_if` must come after the item it depends on in every booklet that holds it.",
};

/// Checks every booklet and the anchors.
pub fn check(sheet: &Sheet, notes: &mut Notes) {
    for (index, booklet) in sheet.raw.booklets.iter().enumerate() {
        let at = format!("/booklets/{index}/items");
        check_items(sheet, notes, &at, booklet);
        check_anchors(sheet, notes, &at, booklet);
    }
    check_links(sheet, notes);
    if !sheet.raw.booklets.is_empty() {
        let printed: BTreeSet<&str> =
            sheet.raw.booklets.iter().flat_map(|booklet| &booklet.items).map(String::as_str).collect();
        for entry in sheet.items.iter().filter(|entry| !printed.contains(entry.item.id.as_str())) {
            notes.say(
                &LEFT_OUT,
                &entry.at,
                format!("item \"{}\" is in no booklet", entry.item.id),
                "add it to a booklet, or delete it",
            );
        }
    }
}

fn check_items(sheet: &Sheet, notes: &mut Notes, at: &str, booklet: &Booklet) {
    if booklet.items.is_empty() {
        notes.say(
            &EMPTY,
            at,
            format!("booklet \"{}\" has no items", booklet.id),
            "list the ids of its items",
        );
    }
    for (place, id) in booklet.items.iter().enumerate() {
        let here = child(at, place);
        let Some(item) = sheet.item(id) else {
            let message = format!("booklet \"{}\" names item \"{id}\", which is not there", booklet.id);
            notes.say(&UNKNOWN_ITEM, &here, message, did_you_mean(id, sheet.item_ids()));
            continue;
        };
        let before = &booklet.items[..place];
        if before.contains(id) {
            notes.say(
                &ITEM_TWICE,
                &here,
                format!("booklet \"{}\" holds item \"{id}\" twice", booklet.id),
                "delete one of the two",
            );
        }
        if let Some(condition) = &item.show_if
            && sheet.item(&condition.item).is_some()
            && !before.contains(&condition.item)
        {
            let message = format!(
                "booklet \"{}\" holds item \"{id}\" without item \"{}\" before it",
                booklet.id, condition.item
            );
            notes.say(&GATE, &here, message, format!("put \"{}\" before \"{id}\"", condition.item));
        }
    }
}

fn check_anchors(sheet: &Sheet, notes: &mut Notes, at: &str, booklet: &Booklet) {
    let anchors: Vec<&str> =
        sheet.items.iter().filter(|entry| entry.item.anchor).map(|entry| entry.item.id.as_str()).collect();
    let held = anchors.iter().filter(|anchor| booklet.items.iter().any(|id| id == *anchor)).count();
    for anchor in anchors.iter().filter(|anchor| !booklet.items.iter().any(|id| id == *anchor)) {
        let message = format!("anchor item \"{anchor}\" is missing from booklet \"{}\"", booklet.id);
        notes.say(
            &ANCHOR_MISSING,
            at,
            message,
            "add it to the booklet, or take the anchor mark off the item",
        );
    }
    if let Some(minimum) = sheet.raw.minimum_anchors.filter(|minimum| held < *minimum) {
        let message = format!(
            "the number of anchor items in booklet \"{}\" is {held}, expected at least {minimum}",
            booklet.id
        );
        notes.say(&FEW_ANCHORS, at, message, "mark more shared items as anchors, or lower minimum_anchors");
    }
}

fn check_links(sheet: &Sheet, notes: &mut Notes) {
    let booklets = sheet.raw.booklets.len();
    if booklets == 0 && sheet.raw.minimum_anchors.is_some() {
        notes.say_key(
            &NOTHING_TO_LINK,
            "/minimum_anchors",
            "a minimum of anchors is declared, but there are no booklets",
            "add booklets, or delete minimum_anchors",
        );
    }
    if booklets == 1
        && let Some(entry) = sheet.items.iter().find(|entry| entry.item.anchor)
    {
        let message = format!("item \"{}\" is an anchor, but there is only one booklet", entry.item.id);
        notes.say_key(
            &NOTHING_TO_LINK,
            &entry.field("anchor"),
            message,
            "add the other booklets, or take the anchor mark off",
        );
    }
}
