//! How the numbers were made: only what this report used.

use super::build::{bullets, part, section};
use super::writer::Writer;
use crate::analysis::findings::{Design, Method};
use crate::doc::{Block, Inline};
use crate::study::MissingRule;

/// The section.
pub fn compose(w: &Writer) -> Vec<Block> {
    let mut blocks = vec![section(w.say("methods.title"), "methods")];
    blocks.push(part(2, w.say("methods.scoring"), "methods-scoring"));
    blocks.push(Block::paragraph(format!("{} {}", w.say("methods.scoring.text"), missing_rules(w))));
    blocks.push(part(2, w.say("methods.reliability"), "methods-reliability"));
    blocks.push(Block::paragraph(w.say("methods.reliability.text")));
    let methods = used(w);
    if !methods.is_empty() {
        blocks.push(part(2, w.say("methods.estimates"), "methods-estimates"));
        blocks.push(explained(methods.into_iter().map(|method| {
            let key = method_key(method);
            (w.method(method), w.say(&format!("method.{key}.text")))
        })));
    }
    if !effect_kinds(w).is_empty() {
        blocks.push(part(2, w.say("methods.effects"), "methods-effects"));
        blocks.push(explained(effect_kinds(w).into_iter().map(|kind| {
            let text = w.say_or(&format!("effect.text.{kind}"), "");
            (super::build::sentence_case(&w.say_or(&format!("effect.kind.{kind}"), &kind)), text)
        })));
    }
    blocks.push(part(2, w.say("methods.other"), "methods-other"));
    blocks.push(bullets(other_matters(w).into_iter().map(|name| other_matter(w, name)).collect()));
    blocks.extend(super::multiplicity::tests_run(w));
    let seed = w.findings.provenance.seed.to_string();
    let software = super::cover::software(w);
    blocks.push(Block::paragraph(w.fill("methods.software", &[("software", &software), ("seed", &seed)])));
    blocks
}

/// What missing answers of tests counted as.
fn missing_rules(w: &Writer) -> String {
    let rule = |rule: MissingRule| match rule {
        MissingRule::Wrong => w.say("methods.missing.wrong"),
        MissingRule::Missing => w.say("methods.missing.left_out"),
    };
    let rules = &w.findings.rules;
    let (omitted, not_reached) = (rule(rules.omitted), rule(rules.not_reached));
    w.fill("methods.missing.rules", &[("omitted", &omitted), ("not_reached", &not_reached)])
}

/// What else this report used, as parts of phrase keys.
fn other_matters(w: &Writer) -> Vec<&'static str> {
    let outcomes = &w.findings.outcomes;
    let used = [
        ("missing", w.findings.plan.design != Design::SingleWave),
        ("icc", outcomes.iter().any(|outcome| !outcome.icc.is_empty())),
        ("multiplicity", outcomes.iter().any(|outcome| outcome.adjusted.is_some())),
        ("mdes", outcomes.iter().any(|outcome| outcome.mdes.is_some())),
        ("levels", outcomes.iter().any(|outcome| outcome.levels.is_some())),
        ("level_models", outcomes.iter().any(|outcome| outcome.level_models.is_some())),
        ("quantiles", outcomes.iter().any(|outcome| outcome.quantiles.is_some())),
        ("interest", w.findings.rules.smallest_effect_of_interest.is_some()),
        ("privacy", true),
    ];
    used.into_iter().filter(|(_, is_used)| *is_used).map(|(name, _)| name).collect()
}

fn other_matter(w: &Writer, name: &str) -> String {
    let limit = w.maybe(w.findings.rules.smallest_effect_of_interest, 2);
    let families = super::multiplicity::families(w, w.findings.outcomes.iter());
    w.fill(
        &format!("methods.{name}.text"),
        &[("limit", &limit), ("small", &w.count(w.small())), ("families", &families)],
    )
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
    let planned = plan.primary.into_iter().chain(plan.sensitivity.iter().copied());
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

impl Writer<'_> {
    /// The name of a method as it opens a cell or an entry.
    pub fn method(&self, method: Method) -> String {
        super::build::sentence_case(&self.say(&format!("method.{}.name", method_key(method))))
    }
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
        Method::WithinSchoolT => "within_school_t",
        Method::AncovaCr2 => "ancova_cr2",
        Method::AncovaWorking => "ancova_working",
        Method::AncovaWithin => "ancova_within",
        Method::AncovaContextual => "ancova_contextual",
        Method::AncovaSchoolMeans => "ancova_school_means",
        Method::Multisite => "multisite",
        Method::WeightedCr2 => "weighted_cr2",
        Method::SchoolPermutation => "school_permutation",
        Method::StudentPermutation => "student_permutation",
        Method::PairedT => "paired_t",
        Method::DidWelch => "did_welch",
        Method::DidPooled => "did_pooled",
        Method::AncovaOls => "ancova_ols",
        Method::NotReachedMissing => "not_reached_missing",
        Method::DriftFreeAnchors => "drift_free_anchors",
        Method::WithoutFlagged => "without_flagged",
        Method::SeverityAdjusted => "severity_adjusted",
    }
}
