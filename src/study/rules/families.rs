//! Families of tests: a correction is declared for a family that exists.

use std::collections::BTreeSet;

use crate::definition::Notes;
use crate::definition::notes::did_you_mean;
use crate::diag::{Rule, Severity};
use crate::study::Study;

/// D-ANA-020.
pub static UNKNOWN_FAMILY: Rule = Rule {
    code: "D-ANA-020",
    severity: Severity::Error,
    title: "a correction is declared for a family without outcomes",
    doc: "`analysis.families` names the correction of each family of tests: `holm`, `hochberg` or \
          `benjamini_hochberg`. A family is what outcomes name in `family`, else their role. Families that are \
          not named are corrected by Holm, those with exploratory outcomes alone by Benjamini-Hochberg.",
};

/// Checks the families against the outcomes.
pub fn check(study: &Study, notes: &mut Notes) {
    let known: BTreeSet<&str> = study.outcomes.iter().map(|outcome| outcome.family()).collect();
    for name in study.analysis.families.keys().filter(|name| !known.contains(name.as_str())) {
        let message = format!("no outcome belongs to the family \"{name}\"");
        let hint = did_you_mean(name, known.iter().copied());
        notes.say_key(&UNKNOWN_FAMILY, &format!("/analysis/families/{name}"), message, hint);
    }
}
