//! Whether a change is small enough not to matter.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Method;

/// The primary estimate against the smallest effect of interest, by two one-sided tests (TOST).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EquivalenceFindings {
    /// Method of the estimate that is tested.
    pub method: Method,
    /// Smallest effect of interest in standard deviations of the first wave, as the study declares it.
    pub margin_sd: f64,
    /// The same in score units.
    pub margin: f64,
    /// Standard deviation of linked persons at the first wave, pooled over arms, that turns one into the other.
    pub sd: f64,
    /// p of "the change is not above minus the margin".
    pub p_lower: f64,
    /// p of "the change is not below the margin".
    pub p_upper: f64,
    /// The larger of both: below alpha the change lies within the margins.
    pub p: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Persons.
    pub n: usize,
    /// Schools; none where unknown.
    pub clusters: Option<usize>,
    /// Level of `ci`: 1 - 2 alpha, which belongs to two one-sided tests at alpha each.
    pub level: f64,
    /// Interval of the change in score units.
    pub ci: [f64; 2],
    /// What follows.
    pub verdict: EquivalenceVerdict,
}

/// Where the interval lies against the margins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EquivalenceVerdict {
    /// Within them: whatever the change is, the study takes it to be too small to matter.
    Equivalent,
    /// Beyond one of them altogether.
    LargerThanMargin,
    /// Across one of them: the study cannot tell.
    Inconclusive,
}
