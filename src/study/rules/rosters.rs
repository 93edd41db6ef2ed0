//! Rosters: one for everybody who answers, with schools and covariates.

use super::Named;
use crate::definition::Notes;
use crate::diag::{Rule, Severity};
use crate::instrument::Respondent;
use crate::study::raw::{Covariate, Study};

/// D-ROST-001.
pub static MISSING: Rule = Rule {
    code: "D-ROST-001",
    severity: Severity::Error,
    title: "nobody lists the persons who answered",
    doc: "The roster says who belongs to the study, at which school and in which arm; without it answers cannot \
          be told from strays and drop-out cannot be counted. Observers share the roster of teachers, principals \
          may.",
};
/// D-ROST-002.
pub static TWICE: Rule = Rule {
    code: "D-ROST-002",
    severity: Severity::Error,
    title: "two rosters for the same kind of person",
    doc: "Only the first would be read. Put them together into one file.",
};
/// D-ROST-003.
pub static NO_SCHOOL: Rule = Rule {
    code: "D-ROST-003",
    severity: Severity::Warning,
    title: "a roster has no school column",
    doc: "Students of one school resemble each other. Without schools the analysis must treat persons as \
          independent, and its intervals are too narrow; the report says so.",
};
/// D-ROST-004.
pub static COVARIATE: Rule = Rule {
    code: "D-ROST-004",
    severity: Severity::Error,
    title: "a covariate belongs to persons without a roster",
    doc: "Covariates and subgroups are columns of a roster; `respondent` (student, where it is left out) says of \
          which.",
};

/// D-ROST-005.
pub static PAIR_AND_STRATUM: Rule = Rule {
    code: "D-ROST-005",
    severity: Severity::Error,
    title: "a roster names both pairs and strata",
    doc: "A pair is a stratum of two schools, one for each arm. Name the finer of the two: what holds within pairs \
          holds within the strata they lie in.",
};

/// The word for a kind of person.
pub fn person(respondent: Respondent) -> &'static str {
    match respondent {
        Respondent::Student => "student",
        Respondent::Teacher => "teacher",
        Respondent::Principal => "principal",
        Respondent::Observer => "observer",
    }
}

/// Checks rosters and the columns taken from them.
pub fn check(study: &Study, notes: &mut Notes) {
    for (index, roster) in study.roster.iter().enumerate() {
        let who = person(roster.respondent);
        if study.roster[..index].iter().any(|other| other.respondent == roster.respondent) {
            let message = format!("there are two rosters for the respondent {who}");
            notes.say(
                &TWICE,
                &format!("/roster/{index}/respondent"),
                message,
                "put them together into one file, or mend the respondent",
            );
        }
        if roster.columns.pair.is_some() && roster.columns.stratum.is_some() {
            let message = format!("roster \"{}\" has a column of pairs and a column of strata", roster.file);
            notes.say(&PAIR_AND_STRATUM, &format!("/roster/{index}/columns"), message, "delete \"stratum\"");
        }
        if roster.columns.school.is_none() {
            let message =
                format!("roster \"{}\" has no school column, so clustering is unknown", roster.file);
            notes.say(
                &NO_SCHOOL,
                &format!("/roster/{index}/columns"),
                message,
                "add \"school\": the name of the column with the school ids",
            );
        }
    }
    check_covariates(study, notes, "/covariates", "covariate", &study.covariates);
    check_covariates(study, notes, "/subgroups", "subgroup", &study.subgroups);
    for (index, file) in study.score_files.iter().enumerate() {
        let respondent = file.respondent.unwrap_or(Respondent::Student);
        if study.roster_of(respondent).is_none() {
            report_missing(
                notes,
                &format!("/score_files/{index}"),
                &format!("score file \"{}\"", file.id),
                respondent,
            );
        }
    }
}

fn report_missing(notes: &mut Notes, at: &str, what: &str, respondent: Respondent) {
    let who = person(respondent);
    let message = format!("{what} holds answers of the respondent {who}, of whom there is no roster");
    notes.say(
        &MISSING,
        at,
        message,
        format!("add {{ \"respondent\": \"{who}\", \"file\": ..., \"columns\": ... }} to `roster`"),
    );
}

fn check_covariates(study: &Study, notes: &mut Notes, at: &str, what: &str, covariates: &[Covariate]) {
    for (index, covariate) in covariates.iter().enumerate() {
        let respondent = covariate.respondent.unwrap_or(Respondent::Student);
        if study.roster_of(respondent).is_none() {
            let message = format!(
                "{what} \"{}\" belongs to the respondent {}, of whom there is no roster",
                covariate.id,
                person(respondent)
            );
            notes.say(&COVARIATE, &format!("{at}/{index}"), message, "add the roster, or mend `respondent`");
        }
    }
}

/// Checks that everybody who answers an instrument is on a roster.
pub fn check_bound(study: &Study, named: &[Named], notes: &mut Notes) {
    for (index, file) in study.responses.iter().enumerate() {
        let instrument =
            named.iter().map(|one| one.instrument).find(|instrument| instrument.id == file.instrument);
        if let Some(instrument) =
            instrument.filter(|instrument| study.roster_of(instrument.respondent).is_none())
        {
            report_missing(
                notes,
                &format!("/responses/{index}"),
                &format!("file \"{}\"", file.file),
                instrument.respondent,
            );
        }
    }
}
