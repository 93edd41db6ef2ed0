//! Change of the whole distribution, and how often one group does better than the other.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Quantiles before and after.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct QuantileFindings {
    /// Resamples behind the intervals; 0 where there are too few schools for an interval.
    pub draws: u32,
    /// Whether schools were resampled; persons where schools are unknown.
    pub by_school: bool,
    /// One entry per arm.
    pub arms: Vec<ArmQuantiles>,
    /// Programme less comparison, for comparison designs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<QuantileDifferenceFindings>,
}

/// Quantiles of one arm (linked persons).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ArmQuantiles {
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// Persons.
    pub n: usize,
    /// Schools; none where unknown.
    pub clusters: Option<usize>,
    /// One entry per quantile.
    pub quantiles: Vec<QuantileRow>,
}

/// One quantile.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct QuantileRow {
    /// Share of persons below it. Not called `p`, which is the name of p-values.
    #[serde(alias = "p")]
    pub level: f64,
    /// Its value at the first wave (type 7).
    pub before: f64,
    /// Its value at the last wave.
    pub after: f64,
    /// How far it moved.
    pub change: f64,
    /// Percentile interval over resampled schools.
    pub ci: Option<[f64; 2]>,
}

/// Difference of the arms in the change of one quantile.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct QuantileDifferenceFindings {
    /// Share of persons below it. Not called `p`, which is the name of p-values.
    #[serde(alias = "p")]
    pub level: f64,
    /// Change in the programme arm less change in the comparison arm.
    pub difference: f64,
    /// Percentile interval, schools resampled within arms.
    pub ci: Option<[f64; 2]>,
}

/// What is compared in a probability of superiority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SuperiorityKind {
    /// Paired: a person's score after against the same person's score before.
    Paired,
    /// Independent: the change of a programme person against that of a comparison person.
    Change,
    /// Independent: the score after of a programme person against that of a comparison person.
    Last,
}

/// Probability that one score is higher than another, ties counted half.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SuperiorityFindings {
    /// What is compared. Paired and independent probabilities are not comparable with each other.
    pub kind: SuperiorityKind,
    /// Arm id of a paired probability; blank where there is one group, and between arms.
    pub arm: String,
    /// The probability.
    pub probability: f64,
    /// Its interval by t (CR2; between arms J - 2 degrees of freedom); Wilson's for paired persons without schools.
    pub ci: Option<[f64; 2]>,
    /// Percentile interval over resampled schools; between arms only.
    pub bootstrap_ci: Option<[f64; 2]>,
    /// Degrees of freedom of `ci`; none for Wilson's.
    pub df: Option<f64>,
    /// Cliff's delta, 2 A - 1; none where the probability is paired.
    pub cliffs_delta: Option<f64>,
    /// Its interval, from `ci`.
    pub delta_ci: Option<[f64; 2]>,
    /// Persons.
    pub n: usize,
    /// Schools; none where unknown.
    pub clusters: Option<usize>,
}
