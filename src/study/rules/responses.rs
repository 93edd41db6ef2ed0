//! Files of answers: for a known instrument and wave, with the columns the instrument needs.

use std::collections::BTreeMap;

use super::Named;
use crate::definition::{Notes, notes::did_you_mean, pointer::child};
use crate::diag::{Rule, Severity};
use crate::instrument::{Instrument, Item, ItemKind};
use crate::study::raw::{ResponseFile, Study};

/// D-RESP-001.
pub static UNKNOWN_WAVE: Rule = Rule {
    code: "D-RESP-001",
    severity: Severity::Error,
    title: "a file of answers names a wave that is not there",
    doc: "`wave` is the id of one of the study's waves.",
};
/// D-RESP-002.
pub static UNKNOWN_INSTRUMENT: Rule = Rule {
    code: "D-RESP-002",
    severity: Severity::Error,
    title: "a file of answers names an instrument that is not there",
    doc: "`instrument` is the id within one of the files listed under `instruments`, not the name of the file.",
};
/// D-RESP-003.
pub static TWICE: Rule = Rule {
    code: "D-RESP-003",
    severity: Severity::Error,
    title: "two files of answers for the same instrument and wave",
    doc: "Put the files together into one, or mend the wave of one of them.",
};
/// D-RESP-004.
pub static UNKNOWN_ITEM: Rule = Rule {
    code: "D-RESP-004",
    severity: Severity::Error,
    title: "a column is mapped to an item that is not there",
    doc: "`columns.items` goes from item id to the name of the column in the file. Columns of statements, left \
          entries and raters follow from it: `name.a`, `name.r1`.",
};
/// D-RESP-005.
pub static BOOKLET: Rule = Rule {
    code: "D-RESP-005",
    severity: Severity::Error,
    title: "an instrument with several booklets, but no booklet column",
    doc: "Without it, items a person left blank cannot be told from items the person never saw.",
};
/// D-RESP-006.
pub static MISSING_CODE: Rule = Rule {
    code: "D-RESP-006",
    severity: Severity::Error,
    title: "a code for missing answers is also an answer",
    doc: "Real answers would be thrown away. Use a code that no item of the instrument has.",
};
/// D-RESP-007.
pub static SHARED_COLUMN: Rule = Rule {
    code: "D-RESP-007",
    severity: Severity::Error,
    title: "one column for two items",
    doc: "Each item has its own column. Mostly a line was copied and only half of it changed.",
};

/// Checks the files of answers within the study.
pub fn check(study: &Study, notes: &mut Notes) {
    for (index, file) in study.responses.iter().enumerate() {
        let at = format!("/responses/{index}");
        if study.wave_index(&file.wave).is_none() {
            let message =
                format!("file \"{}\" belongs to wave \"{}\", which is not there", file.file, file.wave);
            notes.say(
                &UNKNOWN_WAVE,
                &child(&at, "wave"),
                message,
                did_you_mean(&file.wave, study.waves.iter().map(|wave| wave.id.as_str())),
            );
        }
        let twin = study.responses[..index]
            .iter()
            .find(|other| other.instrument == file.instrument && other.wave == file.wave);
        if let Some(twin) = twin {
            let message = format!(
                "\"{}\" and \"{}\" are both answers to \"{}\" at wave \"{}\"",
                twin.file, file.file, file.instrument, file.wave
            );
            notes.say(&TWICE, &at, message, "put the files together, or mend the wave of one of them");
        }
        check_columns(notes, &at, file);
    }
}

fn check_columns(notes: &mut Notes, at: &str, file: &ResponseFile) {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::from([(file.columns.person.as_str(), "person")]);
    for (item, column) in &file.columns.items {
        if let Some(owner) = owners.insert(column, item) {
            let message = format!("column \"{column}\" is named for both \"{owner}\" and \"{item}\"");
            notes.say(
                &SHARED_COLUMN,
                &format!("{at}/columns{}", child("/items", item)),
                message,
                "name the column of this item",
            );
        }
    }
}

/// Checks the files of answers against their instruments.
pub fn check_bound(study: &Study, named: &[Named], notes: &mut Notes) {
    for (index, file) in study.responses.iter().enumerate() {
        let at = format!("/responses/{index}");
        let Some(one) = named.iter().find(|one| one.instrument.id == file.instrument) else {
            let message = format!(
                "file \"{}\" holds answers to \"{}\", which is not among the instruments",
                file.file, file.instrument
            );
            let known = named.iter().map(|one| one.instrument.id.as_str());
            notes.say(
                &UNKNOWN_INSTRUMENT,
                &child(&at, "instrument"),
                message,
                did_you_mean(&file.instrument, known),
            );
            continue;
        };
        check_against(notes, &at, file, one.instrument);
    }
}

fn check_against(notes: &mut Notes, at: &str, file: &ResponseFile, instrument: &Instrument) {
    let ids = || instrument.items.iter().map(|item| item.id.as_str());
    for (item, column) in &file.columns.items {
        let here = format!("{at}/columns{}", child("/items", item));
        if !ids().any(|id| id == item) {
            let message = format!(
                "a column is mapped to \"{item}\", which instrument \"{}\" does not have",
                instrument.id
            );
            notes.say_key(&UNKNOWN_ITEM, &here, message, did_you_mean(item, ids().collect::<Vec<_>>()));
        } else if column != item && ids().any(|id| id == column) && !file.columns.items.contains_key(column) {
            let message = format!(
                "column \"{column}\" is named for \"{item}\", but it is also the column of item \"{column}\""
            );
            notes.say(&SHARED_COLUMN, &here, message, format!("name the column of \"{column}\" as well"));
        }
    }
    if instrument.booklets.len() > 1 && file.columns.booklet.is_none() {
        let message = format!(
            "instrument \"{}\" has {} booklets, but no booklet column is named",
            instrument.id,
            instrument.booklets.len()
        );
        notes.say(
            &BOOKLET,
            &child(at, "columns"),
            message,
            "add \"booklet\": the name of the column with the booklet ids",
        );
    }
    for code in file.missing_codes.keys().filter(|_| !file.scored) {
        if let Some(item) =
            instrument.items.iter().find(|item| answer_codes(item).any(|answer| answer == code))
        {
            let message = format!(
                "\"{code}\" stands for a missing answer, but it is also an answer to item \"{}\"",
                item.id
            );
            notes.say_key(
                &MISSING_CODE,
                &format!("{at}/missing_codes{}", child("", code)),
                message,
                "use a code that no item has, such as 9 or 99",
            );
        }
    }
}

fn answer_codes(item: &Item) -> impl Iterator<Item = &String> {
    let options = match &item.kind {
        ItemKind::SingleChoice { options, .. }
        | ItemKind::MultipleChoice { options, .. }
        | ItemKind::StatementGrid { options, .. }
        | ItemKind::Likert { options }
        | ItemKind::Choice { options, .. } => options.as_slice(),
        ItemKind::Matching { right, .. } => right.as_slice(),
        _ => &[],
    };
    options.iter().map(|option| &option.code)
}
