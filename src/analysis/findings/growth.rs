//! More than two waves.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::EstimateFindings;

/// Changes between waves of a study with more than two, school by school.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct GrowthFindings {
    /// From the first wave to each later one, then from wave to wave.
    pub contrasts: Vec<GrowthContrast>,
    /// Least squares slope of the school means over time; none where it cannot be had.
    pub trend: Option<EstimateFindings>,
    /// What the trend is per.
    pub unit: TimeUnit,
}

/// The change between two waves.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct GrowthContrast {
    /// Wave before.
    pub from: String,
    /// Wave after.
    pub to: String,
    /// Whether this is the primary estimate once more: its waves by its method.
    pub primary: bool,
    /// The change, or the difference of changes between arms; with the link error, where the primary has it.
    pub estimate: EstimateFindings,
    /// p corrected over the contrasts of this outcome (Holm).
    pub adjusted: Option<f64>,
}

/// What a trend is per.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    /// A year: every wave has a date.
    Year,
    /// A wave.
    Wave,
}
