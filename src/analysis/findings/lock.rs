//! The plan that was fixed beforehand, held against what was done.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What became of the locked plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanLockFindings {
    /// Who locked it; none where no name was given.
    pub by: Option<String>,
    /// Day it was locked, as it was given; dampak never takes it from the clock.
    pub date: Option<String>,
    /// Version of dampak that locked it.
    pub version: String,
    /// SHA-256 of the plan as locked, and, in `provenance`, as done.
    pub plan_sha256: String,
    /// Seal of the last entry: it changes with every word of the lock file.
    pub seal: String,
    /// Files of answers that were there already when the plan was locked.
    pub answers_present: Vec<String>,
    /// Every item of the plan (after the last amendment) beside what was done.
    #[serde(default)]
    pub items: Vec<PlanItem>,
    /// Where what was done differs from what was locked, or from what the last amendment says.
    pub deviations: Vec<Deviation>,
    /// Changes that were declared after locking, in order.
    pub amendments: Vec<AmendmentFindings>,
}

/// A change of the plan that was declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AmendmentFindings {
    /// Number, from 1.
    pub number: usize,
    /// Day, as it was given.
    pub date: String,
    /// Who signed it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Files of answers that were there at the time.
    pub answers_present: Vec<String>,
    /// What it changed.
    pub changes: Vec<Deviation>,
}

/// One difference between plan and deed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// What differs.
    pub kind: DeviationKind,
    /// Outcome, instrument, file or rule; blank where it is the whole study.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// As planned; none where the plan did not have it.
    pub planned: Option<String>,
    /// As done; none where it was not done.
    pub done: Option<String>,
    /// Number of the amendment that declared it; none where nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amendment: Option<usize>,
}

/// An item of the plan beside what was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanItem {
    /// What it is.
    pub kind: DeviationKind,
    /// Outcome, instrument or file; blank where it is the whole study.
    pub about: String,
    /// As planned; none where the plan did not have it.
    pub planned: Option<String>,
    /// As done; none where it was not done.
    pub done: Option<String>,
    /// Whether both are the same.
    pub same: bool,
}

/// What differs between plan and deed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeviationKind {
    /// The design as read from the files.
    Design,
    /// How units came into their arm.
    Assignment,
    /// Schools per arm.
    Schools,
    /// Waves.
    Waves,
    /// Arms.
    Arms,
    /// The primary method.
    PrimaryMethod,
    /// A sensitivity method that was added or left out.
    SensitivityMethod,
    /// An outcome that the plan did not have.
    OutcomeAdded,
    /// An outcome of the plan that is gone.
    OutcomeRemoved,
    /// The role of an outcome.
    OutcomeRole,
    /// The family of an outcome.
    OutcomeFamily,
    /// The scale or columns an outcome comes from.
    OutcomeSource,
    /// A planned outcome for which nothing was estimated.
    NotEstimated,
    /// An outcome estimated by another method than the planned one.
    MethodNotUsed,
    /// A planned sensitivity method that gave no estimate for an outcome.
    SensitivityNotEstimated,
    /// A planned subgroup of which groups are not shown, because they are too small.
    SubgroupSuppressed,
    /// A planned covariate that the analysis could not use.
    CovariateDropped,
    /// A covariate that was added or left out.
    Covariate,
    /// A subgroup that was added or left out.
    Subgroup,
    /// A rule of the analysis, such as alpha or what a blank counts as.
    Rule,
    /// An instrument that was added, taken out or changed.
    Instrument,
    /// A roster that was added, taken out or changed.
    Roster,
    /// The bytes of the study file; what they mean is compared entry by entry.
    StudyFile,
    /// The version of dampak.
    Version,
}
