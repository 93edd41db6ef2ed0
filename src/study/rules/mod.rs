//! The checks on a study, one family a file. Those of [`check`] need the study file alone; those of
//! `check_bound` hold it against its instruments.

pub(super) mod files;

mod analysis;
mod arms;
mod families;
mod names;
mod outcomes;
mod relations;
mod report;
mod responses;
mod rosters;
mod thresholds;
mod waves;

use serde_json::Value;

use super::bind::Named;
use super::raw::Study;
use crate::definition::Notes;
use crate::definition::texts::{Languages, check_declared, check_texts, find_texts};
use crate::diag::Rule;

/// Every kind of finding these checks make, beside those of [`crate::definition::RULES`].
pub static RULES: &[&Rule] = &[
    &waves::NONE,
    &waves::ONE,
    &waves::DATE,
    &waves::ORDER,
    &arms::NO_ASSIGNMENT,
    &arms::IDLE_ASSIGNMENT,
    &arms::NO_PROGRAMME,
    &arms::NO_COMPARISON,
    &arms::NO_COLUMN,
    &names::INSTRUMENT_TWICE,
    &names::INSTRUMENT_UNUSED,
    &names::LANGUAGE,
    &rosters::MISSING,
    &rosters::TWICE,
    &rosters::NO_SCHOOL,
    &rosters::COVARIATE,
    &rosters::PAIR_AND_STRATUM,
    &responses::UNKNOWN_WAVE,
    &responses::UNKNOWN_INSTRUMENT,
    &responses::TWICE,
    &responses::UNKNOWN_ITEM,
    &responses::BOOKLET,
    &responses::MISSING_CODE,
    &responses::SHARED_COLUMN,
    &outcomes::NONE,
    &outcomes::NO_PRIMARY,
    &outcomes::SOURCE,
    &outcomes::UNKNOWN_INSTRUMENT,
    &outcomes::UNKNOWN_SCALE,
    &outcomes::UNKNOWN_FILE,
    &outcomes::WAVE_MISSING,
    &outcomes::UNKNOWN_WAVE,
    &outcomes::RANGE,
    &outcomes::IDLE_RANGE,
    &outcomes::NO_ANSWERS,
    &outcomes::SAME_SOURCE,
    &analysis::ALPHA,
    &analysis::SMALLEST_CELL,
    &analysis::SMALLEST_EFFECT,
    &analysis::PERMUTATIONS,
    &analysis::LINKING,
    &analysis::COMPARE,
    &thresholds::SHARE,
    &thresholds::ORDER,
    &analysis::ANSWER_QUALITY,
    &families::UNKNOWN_FAMILY,
    &relations::NO_ROSTER,
    &relations::PER,
    &relations::UNKNOWN_OUTCOME,
    &relations::DIRECTION,
    &relations::TWICE,
    &relations::IDLE_DECLARED,
    &report::MONTHS_WITHOUT_COMPARISON,
    &files::DELIMITER,
    &files::DECIMAL,
    &files::ENCODING,
    &files::SAME_MARK,
    &files::KIND,
    &files::NOT_THERE,
    &files::BLANK,
];

/// Runs every check that needs the study file alone.
pub fn check(study: &Study, value: &Value, notes: &mut Notes) {
    check_declared(notes, "/report/languages", &study.report.languages);
    // A study may be written in more languages than one report of it, so others are no slip.
    let languages = Languages { declared: &study.report.languages, warn_of_others: false };
    check_texts(notes, value, &find_texts::<Study>(value), languages);
    names::check(study, notes);
    waves::check(study, notes);
    arms::check(study, notes);
    rosters::check(study, notes);
    responses::check(study, notes);
    outcomes::check(study, notes);
    analysis::check(study, notes);
    families::check(study, notes);
    relations::check(study, notes);
    report::check(study, notes);
    thresholds::check(study, notes);
    files::check(study, notes);
}

/// Runs every check that holds the study against its instruments.
pub(super) fn check_bound(study: &Study, named: &[Named], notes: &mut Notes) {
    names::check_bound(study, named, notes);
    rosters::check_bound(study, named, notes);
    responses::check_bound(study, named, notes);
    outcomes::check_bound(study, named, notes);
    relations::check_bound(study, named, notes);
}
