//! From the roster to the persons behind the estimates, in schools and in persons. First and last are the two waves
//! that the study compares.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The flow of the participants the study is mainly about.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FlowFindings {
    /// One entry per arm; one for one group.
    pub arms: Vec<ArmFlowFindings>,
    /// Share of those met first who were met last, by school; none for one wave, or where schools are unknown.
    pub links: Option<LinkRates>,
}

/// The flow of one arm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ArmFlowFindings {
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// Schools; none where unknown.
    pub schools: Option<SchoolFlow>,
    /// Persons on the roster.
    pub roster: usize,
    /// Persons met at the earlier of the two waves that are compared.
    pub first: usize,
    /// Persons met at the later of them.
    pub last: usize,
    /// Persons met at both.
    pub linked: usize,
    /// Met first, not last.
    pub first_only: usize,
    /// Met last, not first: absent first, or joined later.
    pub last_only: usize,
    /// Never met.
    pub never: usize,
    /// Persons behind the estimate of each primary outcome.
    pub analysed: Vec<AnalysedFlow>,
}

/// Schools of one arm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SchoolFlow {
    /// On the roster.
    pub roster: usize,
    /// With somebody met first.
    pub first: usize,
    /// With somebody met last.
    pub last: usize,
    /// With somebody met at both.
    pub linked: usize,
}

/// Who stands behind the estimate of one outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AnalysedFlow {
    /// Outcome id.
    pub outcome: String,
    /// Persons with both scores.
    pub persons: usize,
    /// Their schools; none where unknown.
    pub schools: Option<usize>,
}

/// How many of those met first were met last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LinkRates {
    /// Over all schools.
    pub overall: f64,
    /// Schools with persons met first.
    pub schools: usize,
    /// Lowest and highest rate of a school of at least the smallest cell; none where there is no such school.
    pub range: Option<[f64; 2]>,
    /// Schools far below the others of their arm: more than three binomial standard errors, and ten percentage points,
    /// below the rate of these together.
    pub far_below: Vec<SchoolLink>,
}

/// The rate of one school.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SchoolLink {
    /// School id.
    pub school: String,
    /// Its name.
    pub name: String,
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// Persons met first.
    pub first: usize,
    /// Of them met last.
    pub linked: usize,
    /// Share.
    pub rate: f64,
}
