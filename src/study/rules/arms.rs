//! Arms and how units came into them.

use crate::definition::Notes;
use crate::diag::{Rule, Severity};
use crate::study::raw::{ArmRole, Assignment, Study};

/// D-ARM-001.
pub static NO_ASSIGNMENT: Rule = Rule {
    code: "D-ARM-001",
    severity: Severity::Error,
    title: "there are arms but no word on how units came into them",
    doc: "Whether arms were drawn by lot decides what a difference means and how it is tested. Say \
          random_school, random_student, school or self_selected.",
};
/// D-ARM-002.
pub static IDLE_ASSIGNMENT: Rule = Rule {
    code: "D-ARM-002",
    severity: Severity::Warning,
    title: "an assignment is declared but there are no two arms",
    doc: "With one group nothing was assigned. Add the other arm, or delete `assignment`.",
};
/// D-ARM-003.
pub static NO_PROGRAMME: Rule = Rule {
    code: "D-ARM-003",
    severity: Severity::Error,
    title: "no arm received the programme",
    doc: "Effects are differences between an arm with the role `programme` and one with the role `comparison`.",
};
/// D-ARM-004.
pub static NO_COMPARISON: Rule = Rule {
    code: "D-ARM-004",
    severity: Severity::Warning,
    title: "every arm received the programme",
    doc: "There is no comparison group, so the arms are reported side by side and no effect of the programme \
          against doing nothing can be estimated.",
};
/// D-ARM-005.
pub static NO_COLUMN: Rule = Rule {
    code: "D-ARM-005",
    severity: Severity::Error,
    title: "a roster has no arm column",
    doc: "With two arms, the roster says who belongs to which.",
};

/// Checks arms and assignment.
pub fn check(study: &Study, notes: &mut Notes) {
    let has_two = study.arms.len() > 1;
    if has_two && study.assignment == Assignment::None {
        let message = format!("the study has {} arms, but `assignment` is none", study.arms.len());
        notes.say(
            &NO_ASSIGNMENT,
            "/arms",
            message,
            "write \"school\", \"random_school\", \"random_student\" or \"self_selected\"",
        );
    }
    if !has_two && study.assignment != Assignment::None {
        let message = format!(
            "`assignment` is declared, but the study has {}",
            if study.arms.is_empty() { "no arms" } else { "one arm" }
        );
        notes.say_key(&IDLE_ASSIGNMENT, "/assignment", message, "add the other arm, or delete `assignment`");
    }
    let any = |role| study.arms.iter().any(|arm| arm.role == role);
    if !study.arms.is_empty() && !any(ArmRole::Programme) {
        notes.say(
            &NO_PROGRAMME,
            "/arms",
            "no arm has the role programme",
            "give the arm that received the programme the role \"programme\"",
        );
    } else if has_two && !any(ArmRole::Comparison) {
        notes.say(
            &NO_COMPARISON,
            "/arms",
            format!("all {} arms have the role programme", study.arms.len()),
            "give the arm without the programme the role \"comparison\"",
        );
    }
    for (index, roster) in study.roster.iter().enumerate() {
        if has_two && roster.columns.arm.is_none() {
            let message = format!(
                "the study has {} arms, but roster \"{}\" has no arm column",
                study.arms.len(),
                roster.file
            );
            notes.say(
                &NO_COLUMN,
                &format!("/roster/{index}/columns"),
                message,
                "add \"arm\": the name of the column with the arm ids",
            );
        }
    }
}
