//! How the numbers were made: only what this report used.

use super::build::{bullets, part, section};
use super::writer::Writer;
use crate::analysis::findings::{Design, Method};
use crate::doc::{Block, Inline};

/// The section.
pub fn compose(w: &Writer) -> Vec<Block> {
    let mut blocks = vec![section(w.say("methods.title"), "methods")];
    blocks.push(part(2, w.say("methods.scoring"), "methods-scoring"));
    blocks.push(Block::paragraph(w.say("methods.scoring.text")));
    blocks.push(part(2, w.say("methods.reliability"), "methods-reliability"));
    blocks.push(Block::paragraph(w.say("methods.reliability.text")));
    blocks.push(part(2, w.say("methods.estimates"), "methods-estimates"));
    blocks.push(explained(used(w).into_iter().map(|method| {
        let key = method_key(method);
        (w.say(&format!("method.{key}.name")), w.say(&format!("method.{key}.text")))
    })));
    if w.findings.plan.design != Design::SingleWave {
        blocks.push(part(2, w.say("methods.effects"), "methods-effects"));
        blocks.push(explained(effect_kinds(w).into_iter().map(|kind| {
            let text = w.say_or(&format!("effect.text.{kind}"), "");
            (w.say_or(&format!("effect.kind.{kind}"), &kind), text)
        })));
    }
    blocks.push(part(2, w.say("methods.other"), "methods-other"));
    blocks.push(bullets(
        ["missing", "icc", "multiplicity", "mdes", "levels", "privacy"]
            .map(|name| w.say(&format!("methods.{name}.text")))
            .to_vec(),
    ));
    let seed = w.findings.provenance.seed.to_string();
    let software = super::cover::software(w);
    blocks.push(Block::paragraph(w.fill("methods.software", &[("software", &software), ("seed", &seed)])));
    blocks
}

/// A list of names with what they mean.
fn explained(entries: impl Iterator<Item = (String, String)>) -> Block {
    let items: Vec<Vec<Inline>> =
        entries.map(|(name, text)| vec![Inline::Strong(format!("{name}. ")), Inline::Text(text)]).collect();
    Block::List { ordered: false, items }
}

/// Methods of the plan and of every estimate, each once, the primary first.
fn used(w: &Writer) -> Vec<Method> {
    let plan = &w.findings.plan;
    let made =
        w.findings.outcomes.iter().flat_map(|outcome| &outcome.estimates).map(|estimate| estimate.method);
    let planned = std::iter::once(plan.primary).chain(plan.sensitivity.iter().copied());
    let planned = planned.filter(|_| plan.design != Design::SingleWave);
    let mut methods = Vec::new();
    for method in planned.chain(made) {
        if !methods.contains(&method) {
            methods.push(method);
        }
    }
    methods
}

fn effect_kinds(w: &Writer) -> Vec<String> {
    let mut kinds: Vec<String> = Vec::new();
    for size in w.findings.outcomes.iter().flat_map(|outcome| &outcome.effect_sizes) {
        if !kinds.contains(&size.kind) {
            kinds.push(size.kind.clone());
        }
    }
    kinds
}

/// A method as part of a phrase key.
pub fn method_key(method: Method) -> &'static str {
    match method {
        Method::ClusterMeanT => "cluster_mean_t",
        Method::StudentCr2 => "student_cr2",
        Method::SignFlip => "sign_flip",
        Method::DidClusterCr2 => "did_cluster_cr2",
        Method::DidClusterPooled => "did_cluster_pooled",
        Method::DidStudentCr2 => "did_student_cr2",
        Method::AncovaCr2 => "ancova_cr2",
        Method::SchoolPermutation => "school_permutation",
        Method::PairedT => "paired_t",
        Method::DidWelch => "did_welch",
        Method::DidPooled => "did_pooled",
        Method::AncovaOls => "ancova_ols",
        Method::NotReachedMissing => "not_reached_missing",
    }
}
