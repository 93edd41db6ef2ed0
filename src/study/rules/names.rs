//! Ids of a study, and the list of its instruments.

use super::Named;
use crate::definition::ids::{REPEATED, check_code, check_name, check_repeats};
use crate::definition::{Notes, notes::list, pointer::child};
use crate::diag::{Rule, Severity};
use crate::study::raw::{Covariate, Study};

/// D-INST-001.
pub static INSTRUMENT_TWICE: Rule = Rule {
    code: "D-INST-001",
    severity: Severity::Error,
    title: "two instrument files have the same id",
    doc: "Responses and outcomes name an instrument by its id. Either one file is listed twice, or a copied \
          instrument has kept the id of the original.",
};
/// D-INST-002.
pub static INSTRUMENT_UNUSED: Rule = Rule {
    code: "D-INST-002",
    severity: Severity::Warning,
    title: "an instrument has no answers in this study",
    doc: "No entry of `responses` names it. Take it off the list, or add the file with its answers.",
};
/// D-INST-003.
pub static LANGUAGE: Rule = Rule {
    code: "D-INST-003",
    severity: Severity::Warning,
    title: "an instrument lacks a language of the report",
    doc: "Where the report quotes an item or a scale, it will do so in the language the instrument has.",
};

/// Checks every id of a study.
pub fn check(study: &Study, notes: &mut Notes) {
    check_name(notes, "/id", "study", &study.id);
    check_ids(notes, "/waves", "wave", study.waves.iter().map(|wave| wave.id.as_str()));
    check_ids(notes, "/score_files", "score file", study.score_files.iter().map(|file| file.id.as_str()));
    check_ids(notes, "/outcomes", "outcome", study.outcomes.iter().map(|outcome| outcome.id.as_str()));
    let ids = |covariates: &'_ [Covariate]| {
        covariates.iter().map(|covariate| covariate.id.clone()).collect::<Vec<_>>()
    };
    check_ids(notes, "/covariates", "covariate", ids(&study.covariates).iter().map(String::as_str));
    check_ids(notes, "/subgroups", "subgroup", ids(&study.subgroups).iter().map(String::as_str));
    check_ids(notes, "/analysis/dose", "dose", study.analysis.dose.iter().map(|dose| dose.id.as_str()));
    // The id of an arm is what the roster has in its arm column, so it may be anything a cell may hold.
    for (index, arm) in study.arms.iter().enumerate() {
        check_code(notes, &format!("/arms/{index}/id"), "arm", &arm.id);
    }
    check_repeats(notes, &REPEATED, "/arms", "arm", study.arms.iter().map(|arm| arm.id.as_str()));
}

fn check_ids<'a>(notes: &mut Notes, at: &str, what: &str, ids: impl Iterator<Item = &'a str> + Clone) {
    for (index, id) in ids.clone().enumerate() {
        check_name(notes, &format!("{}/id", child(at, index)), what, id);
    }
    check_repeats(notes, &REPEATED, at, what, ids);
}

/// Checks the list of instruments against what is in the files.
pub fn check_bound(study: &Study, named: &[Named], notes: &mut Notes) {
    for (place, one) in named.iter().enumerate() {
        let id = &one.instrument.id;
        let at = format!("/instruments/{}", one.index);
        if let Some(other) = named[..place].iter().find(|other| other.instrument.id == *id) {
            let message = format!(
                "\"{}\" and \"{}\" are both instrument \"{id}\"",
                study.instruments[other.index], study.instruments[one.index]
            );
            notes.say(&INSTRUMENT_TWICE, &at, message, "delete one of the two, or give the copy its own id");
        } else if !study.responses.iter().any(|file| file.instrument == *id) {
            let message = format!("instrument \"{id}\" has no answers in this study");
            notes.say(
                &INSTRUMENT_UNUSED,
                &at,
                message,
                "add an entry to `responses`, or take it off the list",
            );
        }
        let spoken = &one.instrument.languages;
        for lang in study.report.languages.iter().filter(|lang| !spoken.contains(lang)) {
            let message = format!(
                "the report is written in {lang}, but instrument \"{id}\" has only {}",
                list(spoken.iter().map(|lang| lang.code()))
            );
            notes.say(
                &LANGUAGE,
                &at,
                message,
                format!("add {lang} to the instrument, or take it off `report.languages`"),
            );
        }
    }
}
