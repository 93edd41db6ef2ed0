//! Several tests: the correction within a family, and how many tests there were in all.

use super::writer::Writer;
use crate::analysis::findings::{AdjustedP, OutcomeFindings, TestCount, TestKind};
use crate::doc::Block;
use crate::study::Correction;

/// Every correction, in the order in which they are printed.
const CORRECTIONS: [Correction; 3] = [Correction::Holm, Correction::Hochberg, Correction::BenjaminiHochberg];

/// What the correction within its family makes of an outcome's primary p-value.
pub fn note(w: &Writer, adjusted: &AdjustedP) -> String {
    let family = w.family(&adjusted.family);
    if adjusted.tests == 1 {
        return w.fill("families.single", &[("family", &family)]);
    }
    let p = |correction: Correction| w.p(Some(adjusted.by(correction)));
    let beside = CORRECTIONS.into_iter().filter(|correction| *correction != adjusted.declared);
    let beside: Vec<String> =
        beside.map(|correction| format!("{} {}", name(w, correction), p(correction))).collect();
    w.fill(
        "families.note",
        &[
            ("family", &family),
            ("tests", &w.count(adjusted.tests)),
            ("declared", &name(w, adjusted.declared)),
            ("p", &p(adjusted.declared)),
            ("beside", &beside.join("; ")),
        ],
    )
}

/// The families of some outcomes with their corrections, each once: "achievement: Holm (2)".
pub fn families<'a>(w: &Writer, outcomes: impl Iterator<Item = &'a OutcomeFindings>) -> String {
    let mut named: Vec<String> = Vec::new();
    for adjusted in outcomes.filter_map(|outcome| outcome.adjusted.as_ref()) {
        let (family, tests) = (w.family(&adjusted.family), w.count(adjusted.tests));
        let one = format!("{family}: {} ({tests})", name(w, adjusted.declared));
        if !named.contains(&one) {
            named.push(one);
        }
    }
    named.join("; ")
}

/// How many tests the report rests on, and what that means.
pub fn tests_run(w: &Writer) -> Option<Block> {
    let tests = &w.findings.tests_run;
    if tests.total == 0 {
        return None;
    }
    let kind = |count: &TestCount| format!("{} ({})", w.say(kind_key(count.kind)), w.count(count.n));
    let kinds: Vec<String> = tests.kinds.iter().map(kind).collect();
    Some(Block::paragraph(w.fill(
        "tests.run",
        &[
            ("total", &w.count(tests.total)),
            ("kinds", &kinds.join("; ")),
            ("alpha", &w.number(w.findings.plan.alpha, 2)),
            ("expected", &w.number(tests.expected_by_chance, 0)),
        ],
    )))
}

/// A correction in words.
pub fn name(w: &Writer, correction: Correction) -> String {
    w.say(match correction {
        Correction::Holm => "families.holm",
        Correction::Hochberg => "families.hochberg",
        Correction::BenjaminiHochberg => "families.benjamini_hochberg",
    })
}

fn kind_key(kind: TestKind) -> &'static str {
    match kind {
        TestKind::Primary => "tests.kind.primary",
        TestKind::Sensitivity => "tests.kind.sensitivity",
        TestKind::Agreement => "tests.kind.agreement",
        TestKind::Growth => "tests.kind.growth",
        TestKind::WithinArm => "tests.kind.within_arm",
        TestKind::Subgroup => "tests.kind.subgroup",
        TestKind::Distribution => "tests.kind.distribution",
        TestKind::Item => "tests.kind.item",
        TestKind::Dif => "tests.kind.dif",
        TestKind::Model => "tests.kind.model",
        TestKind::Rater => "tests.kind.rater",
        TestKind::Classical => "tests.kind.classical",
        TestKind::Other => "tests.kind.other",
    }
}
