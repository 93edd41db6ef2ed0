//! What limits the reading: the threats to validity, ticked from the design.

use super::build::{bullets, note, part, section, table};
use super::strength;
use super::writer::Writer;
use crate::analysis::findings::{Claim, Notice, NoticeKind};
use crate::doc::{Block, Column, Row, Tone};
use crate::study::Assignment;

/// How far a design leaves a threat standing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Nothing in the design speaks against it.
    Open,
    /// The comparison group takes part of it away.
    Reduced,
    /// Drawing by lot takes it away on average.
    Met,
    /// Cannot arise in this design.
    NotApplicable,
}

impl Standing {
    fn key(self) -> &'static str {
        match self {
            Standing::Open => "open",
            Standing::Reduced => "reduced",
            Standing::Met => "met",
            Standing::NotApplicable => "not_applicable",
        }
    }
}

/// Threats in the customary order (Campbell and Stanley; Marsden and Torgerson, 2012).
const THREATS: [&str; 8] = [
    "history",
    "maturation",
    "testing",
    "instrumentation",
    "regression",
    "selection",
    "attrition",
    "no_comparison",
];

/// The section.
pub fn compose(w: &Writer) -> Vec<Block> {
    let mut blocks = vec![section(w.say("limits.title"), "limits")];
    let verdict = w.say(&format!("strength.verdict.{}", strength::verdict(w)));
    let verdict = w.fill("strength.grounds", &[("verdict", &verdict)]);
    blocks.push(Block::paragraph(format!("{} {verdict}", w.say(&format!("not_shown.{}", w.claim_key())))));
    blocks.push(bullets(strength::grounds(w)));
    blocks.extend(threats(w));
    if !w.knows_schools() {
        blocks.push(note(Tone::Caution, w.say("unclustered.title"), vec![w.say("unclustered.text")]));
    }
    let cautions = cautions(w);
    if !cautions.is_empty() {
        blocks.push(part(2, w.say("limits.cautions"), "limits-cautions"));
        blocks.push(bullets(cautions));
    }
    blocks.push(part(2, w.say("limits.next"), "limits-next"));
    blocks.push(bullets(next_round(w)));
    blocks
}

/// What the analysis warns of or refused, each once, with the outcomes it concerns. What concerns the plan as
/// a whole stands with the plan.
fn cautions(w: &Writer) -> Vec<String> {
    struct Caution<'a> {
        notice: &'a Notice,
        about: Vec<String>,
    }
    let mut found: Vec<Caution> = Vec::new();
    let of_plan = &w.findings.plan.reasons;
    for notice in &w.findings.notices {
        if notice.kind == NoticeKind::Reason || of_plan.contains(notice) {
            continue;
        }
        let label = w.subject_label(&notice.about);
        match found.iter_mut().find(|known| known.notice.text == notice.text) {
            Some(known) if known.about.contains(&label) => {}
            Some(known) => known.about.push(label),
            None => found.push(Caution { notice, about: vec![label] }),
        }
    }
    let worded = found.into_iter().map(|caution| {
        let words = super::design::coded(w, caution.notice);
        let about: Vec<String> = caution.about.into_iter().filter(|label| !label.is_empty()).collect();
        if about.is_empty() { words } else { format!("{}: {words}", about.join("; ")) }
    });
    worded.collect()
}

fn threats(w: &Writer) -> Option<Block> {
    let columns = vec![
        Column::wide(w.say("column.threat"), 2),
        Column::words(w.say("column.standing")),
        Column::wide(w.say("column.why"), 5),
    ];
    let rows = THREATS.map(|threat| {
        let standing = standing(w, threat);
        Row::body(vec![
            w.say(&format!("threat.{threat}.name")),
            w.say(&format!("standing.{}", standing.key())),
            w.say(&format!("threat.{threat}.text")),
        ])
    });
    table(w.say("limits.threats"), columns, rows.to_vec(), vec![w.say("limits.threats.note")])
}

fn standing(w: &Writer, threat: &str) -> Standing {
    if w.findings.plan.claim == Claim::Description {
        return if threat == "selection" { Standing::Open } else { Standing::NotApplicable };
    }
    let compares = w.compares();
    let drawn = w.findings.plan.claim == Claim::Effect
        || matches!(w.findings.plan.assignment, Assignment::RandomSchool | Assignment::RandomStudent);
    match (threat, compares, drawn) {
        ("no_comparison", true, _) => Standing::NotApplicable,
        // Who leaves is not decided by the lot.
        ("attrition", _, _) => Standing::Open,
        // One group is not chosen against another, but it was chosen.
        ("selection", true, true) => Standing::Met,
        ("selection", _, _) => Standing::Open,
        (_, true, true) => Standing::Met,
        (_, true, false) => Standing::Reduced,
        (_, false, _) => Standing::Open,
    }
}

fn next_round(w: &Writer) -> Vec<String> {
    let mut keys = Vec::new();
    if !w.compares() {
        keys.push("limits.next.comparison");
    }
    if !w.knows_schools() {
        keys.push("limits.next.schools");
    }
    keys.extend(["limits.next.ids", "limits.next.anchors", "limits.next.absent"]);
    if w.knows_schools() {
        keys.push("limits.next.more_schools");
    }
    keys.into_iter().map(|key| w.say(key)).collect()
}
