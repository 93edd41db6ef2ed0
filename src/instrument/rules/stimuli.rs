//! Stimuli: named rightly, used, and complete in themselves.

use std::collections::BTreeSet;

use super::Sheet;
use crate::definition::{Notes, notes::did_you_mean};
use crate::diag::{Rule, Severity};
use crate::instrument::raw::{Picture, Stimulus};

/// D-STIM-001.
pub static UNKNOWN: Rule = Rule {
    code: "D-STIM-001",
    severity: Severity::Error,
    title: "a stimulus is not there",
    doc: "`stimulus` names one of the instrument's `stimuli`; without it the item cannot be answered.",
};
/// D-STIM-002.
pub static UNUSED: Rule = Rule {
    code: "D-STIM-002",
    severity: Severity::Warning,
    title: "a stimulus is never used",
    doc: "No item refers to it, so it is not printed. Delete it, or name it in the items that need it.",
};
/// D-STIM-003.
pub static RAGGED: Rule = Rule {
    code: "D-STIM-003",
    severity: Severity::Error,
    title: "a table row is not as long as the header",
    doc: "Every row has one cell per column heading; empty cells are written as blank texts.",
};
/// D-STIM-004.
pub static NO_WORD: Rule = Rule {
    code: "D-STIM-004",
    severity: Severity::Error,
    title: "a word of a drawing is missing",
    doc: "`{name}` in the SVG text stands for the word `name` of `words`, in the language of the form. Without \
          it the braces would be printed.",
};
/// D-STIM-005.
pub static IDLE_WORD: Rule = Rule {
    code: "D-STIM-005",
    severity: Severity::Warning,
    title: "a word of a drawing is never used",
    doc: "The SVG text has no `{name}` for it. Delete the word, or put it into the drawing.",
};
/// D-STIM-006.
pub static EMPTY: Rule = Rule {
    code: "D-STIM-006",
    severity: Severity::Error,
    title: "a stimulus has no content",
    doc: "A stimulus holds paragraphs, a table or a picture, or several of them.",
};
/// D-STIM-007.
pub static NOT_SVG: Rule = Rule {
    code: "D-STIM-007",
    severity: Severity::Error,
    title: "a drawing is not SVG text",
    doc: "`svg` holds the drawing itself, from `<svg` to `</svg>`, not the name of a file: an instrument is one \
          file that can be sent around.",
};

/// Checks stimuli and the items that refer to them.
pub fn check(sheet: &Sheet, notes: &mut Notes) {
    let stimuli = &sheet.raw.stimuli;
    let known = || stimuli.iter().map(|stimulus| stimulus.id.as_str());
    for entry in &sheet.items {
        if let Some(name) = entry.item.stimulus.as_deref()
            && !known().any(|id| id == name)
        {
            let message =
                format!("item \"{}\" refers to the stimulus \"{name}\", which is not there", entry.item.id);
            let ids: Vec<&str> = known().collect();
            notes.say(&UNKNOWN, &entry.field("stimulus"), message, did_you_mean(name, ids.iter().copied()));
        }
    }
    for (index, stimulus) in stimuli.iter().enumerate() {
        let at = format!("/stimuli/{index}");
        if !sheet.items.iter().any(|entry| entry.item.stimulus.as_deref() == Some(stimulus.id.as_str())) {
            let message = format!("stimulus \"{}\" is not used by any item", stimulus.id);
            notes.say(&UNUSED, &at, message, "delete it, or name it in an item");
        }
        check_content(notes, &at, stimulus);
    }
}

fn check_content(notes: &mut Notes, at: &str, stimulus: &Stimulus) {
    if stimulus.paragraphs.is_empty() && stimulus.table.is_none() && stimulus.picture.is_none() {
        let message = format!("stimulus \"{}\" has no paragraphs, no table and no picture", stimulus.id);
        notes.say(&EMPTY, at, message, "add its content");
    }
    if let Some(table) = &stimulus.table {
        let width = table.header.len();
        for (row, cells) in table.rows.iter().enumerate().filter(|(_, cells)| cells.len() != width) {
            let message = format!(
                "row {} of the table in stimulus \"{}\" is {} wide, but the header is {width} wide",
                row + 1,
                stimulus.id,
                cells.len()
            );
            notes.say(&RAGGED, &format!("{at}/table/rows/{row}"), message, "add or delete cells");
        }
    }
    if let Some(picture) = &stimulus.picture {
        check_picture(notes, &format!("{at}/picture"), &stimulus.id, picture);
    }
}

fn check_picture(notes: &mut Notes, at: &str, id: &str, picture: &Picture) {
    let svg = picture.svg.trim();
    if !((svg.starts_with("<svg") || svg.starts_with("<?xml")) && svg.ends_with("</svg>")) {
        let message =
            format!("the picture of stimulus \"{id}\" is not SVG text, expected <svg ...> ... </svg>");
        notes.say(&NOT_SVG, &format!("{at}/svg"), message, "put the text of the SVG file here");
    }
    let used = placeholders(svg);
    for word in used.iter().filter(|word| !picture.words.contains_key(**word)) {
        let message =
            format!("the picture of stimulus \"{id}\" has {{{word}}}, but `words` has no \"{word}\"");
        notes.say(
            &NO_WORD,
            &format!("{at}/svg"),
            message,
            format!("add \"{word}\": {{ \"id\": \"...\", \"en\": \"...\" }} to `words`"),
        );
    }
    for word in picture.words.keys().filter(|word| !used.contains(word.as_str())) {
        let message = format!("word \"{word}\" does not appear in the picture of stimulus \"{id}\"");
        notes.say_key(
            &IDLE_WORD,
            &format!("{at}/words/{word}"),
            message,
            format!("put {{{word}}} into the drawing, or delete the word"),
        );
    }
}

/// The `{name}`s of a drawing; braces around anything else, as in a style sheet, are left alone.
fn placeholders(svg: &str) -> BTreeSet<&str> {
    let inner = svg.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name);
    inner
        .filter(|name| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        })
        .collect()
}
