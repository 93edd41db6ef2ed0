//! What the report is asked for.

use crate::definition::Notes;
use crate::diag::{Rule, Severity};
use crate::study::{ArmRole, Study};

/// D-REPORT-001.
pub static MONTHS_WITHOUT_COMPARISON: Rule = Rule {
    code: "D-REPORT-001",
    severity: Severity::Error,
    title: "months of progress are asked for without a comparison group",
    doc: "Months of additional progress say how much more a group learned than a comparison group. The change of \
          one group holds ordinary growth too, so it has no such translation. The tables are calibrated to pupils \
          in England.",
};

/// Checks the rules of the report.
pub fn check(study: &Study, notes: &mut Notes) {
    let has = |role: ArmRole| study.arms.iter().any(|arm| arm.role == role);
    if study.report.months_of_progress.is_some() && !(has(ArmRole::Programme) && has(ArmRole::Comparison)) {
        notes.say(
            &MONTHS_WITHOUT_COMPARISON,
            "/report/months_of_progress",
            "months of progress need an arm with the programme and an arm for comparison",
            "delete `months_of_progress`",
        );
    }
}
