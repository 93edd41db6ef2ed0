//! Subgroups, doses and linkages: what they name must be there.

use super::Named;
use super::files::BLANK;
use super::rosters::person;
use crate::definition::{Notes, notes::did_you_mean};
use crate::diag::{Rule, Severity};
use crate::instrument::Respondent;
use crate::study::raw::{Outcome, Study};

/// D-REL-001.
pub static NO_ROSTER: Rule = Rule {
    code: "D-REL-001",
    severity: Severity::Error,
    title: "a dose belongs to persons without a roster",
    doc: "A dose is a column of a roster with how much of the programme each person received, such as training \
          hours; `respondent` (teacher, where it is left out) says of which roster.",
};
/// D-REL-002.
pub static PER: Rule = Rule {
    code: "D-REL-002",
    severity: Severity::Error,
    title: "the step of a dose is not positive",
    doc: "The slope is told per so many units of the dose: `per` is a number above 0, and 10 where it is left out.",
};
/// D-REL-003.
pub static UNKNOWN_OUTCOME: Rule = Rule {
    code: "D-REL-003",
    severity: Severity::Error,
    title: "a linkage names an outcome that is not there",
    doc: "`from` and `to` are ids of outcomes of this study.",
};
/// D-REL-004.
pub static DIRECTION: Rule = Rule {
    code: "D-REL-004",
    severity: Severity::Error,
    title: "a linkage does not go from the staff to students",
    doc: "A linkage holds the change of teachers, principals or observed lessons (`from`) against the change of \
          the students of the same school (`to`).",
};
/// D-REL-005.
pub static TWICE: Rule = Rule {
    code: "D-REL-005",
    severity: Severity::Warning,
    title: "a linkage stands twice",
    doc: "The same association would be reported as two results.",
};
/// D-REL-006.
pub static IDLE_DECLARED: Rule = Rule {
    code: "D-REL-006",
    severity: Severity::Warning,
    title: "a covariate says that it was declared",
    doc: "`declared` marks a subgroup whose comparison was planned before the data were seen; it has no meaning \
          for a covariate, which is only described.",
};

/// Checks what can be seen in the study alone.
pub fn check(study: &Study, notes: &mut Notes) {
    for (index, covariate) in study.covariates.iter().enumerate().filter(|(_, covariate)| covariate.declared)
    {
        notes.say_key(
            &IDLE_DECLARED,
            &format!("/covariates/{index}/declared"),
            format!("covariate \"{}\" says that it was declared", covariate.id),
            "delete \"declared\", or move the entry to `subgroups`",
        );
    }
    check_doses(study, notes);
    for (index, linkage) in study.analysis.linkages.iter().enumerate() {
        let at = format!("/analysis/linkages/{index}");
        for (field, id) in [("from", &linkage.from), ("to", &linkage.to)] {
            if !study.outcomes.iter().any(|outcome| outcome.id == *id) {
                let known = study.outcomes.iter().map(|outcome| outcome.id.as_str());
                let message = format!("a linkage names outcome \"{id}\", which is not there");
                notes.say(&UNKNOWN_OUTCOME, &format!("{at}/{field}"), message, did_you_mean(id, known));
            }
        }
        if study.analysis.linkages[..index].contains(linkage) {
            let message = format!("the linkage of \"{}\" and \"{}\" stands twice", linkage.from, linkage.to);
            notes.say(&TWICE, &at, message, "delete one of the two");
        }
    }
}

fn check_doses(study: &Study, notes: &mut Notes) {
    for (index, dose) in study.analysis.dose.iter().enumerate() {
        let at = format!("/analysis/dose/{index}");
        if study.roster_of(dose.respondent()).is_none() {
            let who = person(dose.respondent());
            let message =
                format!("dose \"{}\" belongs to the respondent {who}, of whom there is no roster", dose.id);
            notes.say(&NO_ROSTER, &at, message, "add the roster, or mend `respondent`");
        }
        if dose.per <= 0.0 {
            let message = format!("`per` of dose \"{}\" is {}, expected more than 0", dose.id, dose.per);
            notes.say(&PER, &format!("{at}/per"), message, "write 10, or leave the field out");
        }
        if dose.column.trim().is_empty() {
            let message = format!("the column of \"{}\" is blank", dose.id);
            notes.say(&BLANK, &format!("{at}/column"), message, "write the name as it stands in the roster");
        }
    }
}

/// Checks that linkages go from the staff to students.
pub fn check_bound(study: &Study, named: &[Named], notes: &mut Notes) {
    for (index, linkage) in study.analysis.linkages.iter().enumerate() {
        let respondent = |id: &str| {
            let outcome = study.outcomes.iter().find(|outcome| outcome.id == id)?;
            respondent_of(study, named, outcome)
        };
        let ends = [("from", &linkage.from, false), ("to", &linkage.to, true)];
        for (field, id, students) in ends {
            let Some(found) = respondent(id).filter(|who| (*who == Respondent::Student) != students) else {
                continue;
            };
            let wanted = if students { "students" } else { "the staff" };
            let message = format!(
                "`{field}` of a linkage is \"{id}\", an outcome of the respondent {}; expected one of {wanted}",
                person(found)
            );
            let hint = "`from` is an outcome of the staff, `to` one of students";
            notes.say(&DIRECTION, &format!("/analysis/linkages/{index}/{field}"), message, hint);
        }
    }
}

fn respondent_of(study: &Study, named: &[Named], outcome: &Outcome) -> Option<Respondent> {
    if let Some(id) = &outcome.from.instrument {
        return named.iter().find(|one| one.instrument.id == *id).map(|one| one.instrument.respondent);
    }
    let id = outcome.from.score_file.as_ref()?;
    let file = study.score_files.iter().find(|file| file.id == *id)?;
    Some(file.respondent.unwrap_or(Respondent::Student))
}
