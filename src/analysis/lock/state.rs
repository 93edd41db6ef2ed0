//! What is locked: the plan in readable form and the hashes of what it follows from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::analysis::findings::{Claim, Design, Method};
use crate::analysis::plan;
use crate::response::{Responses, table::sha256};
use crate::study::{ArmRole, Assignment, BoundStudy, Outcome, OutcomeRole};

/// A plan at one time, with the version of dampak that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockState {
    /// Hashes.
    pub hashes: Hashes,
    /// The plan.
    pub plan: PlannedAnalysis,
    /// Version of dampak.
    pub dampak: String,
}

/// SHA-256 of everything a plan follows from, in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hashes {
    /// The plan as JSON, as `provenance.plan_sha256` of the findings.
    pub plan: String,
    /// The study file.
    pub study: String,
    /// Instruments, in the order of the study.
    pub instruments: Vec<HashedFile>,
    /// Rosters, in the order of the study.
    pub rosters: Vec<HashedFile>,
}

/// A file with its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HashedFile {
    /// Instrument id, or the respondents of a roster.
    pub id: String,
    /// Path as the study names it.
    pub file: String,
    /// SHA-256.
    pub sha256: String,
}

/// A plan in readable form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedAnalysis {
    /// The design.
    pub design: Design,
    /// How units came into their arm.
    pub assignment: Assignment,
    /// Schools per arm.
    pub schools: Option<Vec<usize>>,
    /// The verb the report may use.
    pub claim: Claim,
    /// The primary method.
    pub primary: Option<Method>,
    /// The sensitivity methods.
    pub sensitivity: Vec<Method>,
    /// Waves in order.
    pub waves: Vec<String>,
    /// Arms with what they receive.
    pub arms: BTreeMap<String, ArmRole>,
    /// Outcomes in the order of the study.
    pub outcomes: Vec<PlannedOutcome>,
    /// Covariates.
    pub covariates: Vec<String>,
    /// Subgroups.
    pub subgroups: Vec<String>,
    /// Every rule of the analysis with its value, defaults too.
    pub rules: BTreeMap<String, String>,
}

/// A planned outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedOutcome {
    /// Id.
    pub id: String,
    /// Weight.
    pub role: OutcomeRole,
    /// Family of tests.
    pub family: String,
    /// `instrument/scale`, or the columns of a score file.
    pub source: String,
}

/// The plan of a study as it is now. Answers are not looked at; rosters are.
pub fn state(study: &BoundStudy, responses: &Responses) -> LockState {
    let plan = plan::read(study, responses);
    let plan_json = serde_json::to_vec(&plan).unwrap_or_default();
    let raw = &study.study;
    let instruments = study.instruments.iter().map(|bound| HashedFile {
        id: bound.instrument.id.clone(),
        file: bound.path.clone(),
        sha256: bound.sha256.clone(),
    });
    let rosters = responses.rosters.iter().map(|roster| HashedFile {
        id: name_of(&roster.respondent),
        file: roster.file.clone(),
        sha256: roster.sha256.clone(),
    });
    LockState {
        hashes: Hashes {
            plan: sha256(&plan_json),
            study: study.sha256.clone(),
            instruments: instruments.collect(),
            rosters: rosters.collect(),
        },
        plan: PlannedAnalysis {
            design: plan.design,
            assignment: plan.assignment,
            schools: plan.schools,
            claim: plan.claim,
            primary: plan.primary,
            sensitivity: plan.sensitivity,
            waves: raw.waves.iter().map(|wave| wave.id.clone()).collect(),
            arms: raw.arms.iter().map(|arm| (arm.id.clone(), arm.role)).collect(),
            outcomes: raw.outcomes.iter().map(planned).collect(),
            covariates: raw.covariates.iter().map(|entry| entry.id.clone()).collect(),
            subgroups: raw.subgroups.iter().map(|entry| entry.id.clone()).collect(),
            rules: serde_json::to_value(&raw.analysis).map(|rules| flat(&rules)).unwrap_or_default(),
        },
        dampak: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

fn planned(outcome: &Outcome) -> PlannedOutcome {
    let from = &outcome.from;
    let source = match (&from.instrument, &from.scale, &from.score_file) {
        (Some(instrument), Some(scale), _) => format!("{instrument}/{scale}"),
        (_, _, Some(file)) => {
            let columns: Vec<String> =
                from.columns.iter().map(|(wave, column)| format!("{wave}={column}")).collect();
            format!("{file}: {}", columns.join(", "))
        }
        _ => String::new(),
    };
    PlannedOutcome { id: outcome.id.clone(), role: outcome.role, family: outcome.family().to_owned(), source }
}

/// The name of an enum's variant as it stands in the files.
pub(super) fn name_of(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// Leaves of a JSON object by their path, such as `linking.displacement`, as they are written.
fn flat(rules: &serde_json::Value) -> BTreeMap<String, String> {
    fn walk(path: &str, value: &serde_json::Value, out: &mut BTreeMap<String, String>) {
        match value {
            serde_json::Value::Object(fields) => {
                for (name, field) in fields {
                    let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    walk(&path, field, out);
                }
            }
            serde_json::Value::String(text) => {
                out.insert(path.to_owned(), text.clone());
            }
            other => {
                out.insert(path.to_owned(), other.to_string());
            }
        }
    }
    let mut out = BTreeMap::new();
    walk("", rules, &mut out);
    out
}
