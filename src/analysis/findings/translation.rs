//! An effect in plainer units. All of them describe the same number; none adds evidence.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::study::ProgressTable;

/// Plain translations of the change or difference of one outcome.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Translation {
    /// Share who scored higher after than before, by arm: the probability of superiority of *paired* scores.
    pub improved: Vec<ImprovedShare>,
    /// Programme against comparison; none where there is one group.
    pub between: Option<BetweenArms>,
}

/// Who scored higher after than before in one arm.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ImprovedShare {
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// Persons who scored higher after.
    pub higher: usize,
    /// Persons with equal scores.
    pub equal: usize,
    /// Persons who scored lower after.
    pub lower: usize,
    /// (higher + equal / 2) / all.
    pub share: f64,
    /// Its interval: cluster-robust where schools are known, none with too few of them; Wilson's elsewhere.
    pub ci: Option<[f64; 2]>,
    /// Degrees of freedom; none for Wilson's interval.
    pub df: Option<f64>,
    /// Persons.
    pub n: usize,
    /// Schools; none where unknown.
    pub clusters: Option<usize>,
}

/// The difference of two arms.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct BetweenArms {
    /// Kind of the effect size that is translated: the leading one.
    pub effect: String,
    /// Its value.
    pub g: f64,
    /// Probability that a person of the programme scores higher than one of the comparison arm, under normal
    /// scores: Phi(g / sqrt 2). *Independent* scores.
    pub superiority: Translated,
    /// Improvement index: 100 (Phi(g) - .5) percentile points.
    pub improvement_index: Translated,
    /// The same probability as counted from the gains, ties as half; none below three schools.
    pub observed: Option<ObservedSuperiority>,
    /// Months of progress, where the study asks for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<MonthsFindings>,
}

/// A translated value with the translated limits of its effect size.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Translated {
    /// The value.
    pub value: f64,
    /// Its limits.
    pub ci: Option<[f64; 2]>,
}

/// Pairs of persons, one of each arm, in which the one of the programme gained more.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ObservedSuperiority {
    /// Share of the pairs, ties as half.
    pub probability: f64,
    /// Its interval, with schools as clusters (persons where schools are unknown); none with too few schools.
    pub ci: Option<[f64; 2]>,
    /// Cliff's delta: twice the share less one.
    pub cliffs_delta: f64,
    /// Its interval, from `ci`.
    pub cliffs_ci: Option<[f64; 2]>,
    /// Degrees of freedom of the intervals.
    pub df: Option<f64>,
    /// Persons.
    pub n: usize,
    /// Schools; none where unknown.
    pub clusters: Option<usize>,
}

/// Months of additional progress, calibrated to pupils in England.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MonthsFindings {
    /// The table.
    pub table: ProgressTable,
    /// Months; negative for less progress than the comparison arm made, which is not regress.
    pub months: i32,
    /// Whether the effect lies beyond the table's end.
    pub beyond: bool,
}
