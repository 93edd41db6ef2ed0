//! Quality of questionnaire answers: what looks careless, and what follows for the outcomes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::instrument::Respondent;

/// Quality of the answers to every questionnaire.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct AnswerQuality {
    /// Indices beyond their limits that make a person flagged.
    pub indices_needed: usize,
    /// One entry per questionnaire and wave.
    pub sets: Vec<QualityFindings>,
    /// What the outcomes come to without flagged persons, for the outcomes that have any.
    pub sensitivity: Vec<QualitySensitivity>,
}

/// Quality of the answers to one questionnaire at one wave.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct QualityFindings {
    /// Instrument id.
    pub instrument: String,
    /// Wave id.
    pub wave: String,
    /// Who answers.
    pub respondent: Respondent,
    /// Persons with an answer to a rating scale.
    pub n: usize,
    /// Items with a rating scale.
    pub items: usize,
    /// Items that are worded the other way round.
    pub reversed: usize,
    /// The indices, in a fixed order.
    pub indices: Vec<IndexFindings>,
    /// Persons with exactly one index beyond its limit.
    pub one_index: usize,
    /// Persons flagged: as many indices as needed are beyond their limits.
    pub flagged: usize,
    /// `flagged / n`; none where nobody answered.
    pub share: Option<f64>,
    /// Median seconds per answer, where times are known.
    pub median_seconds: Option<f64>,
}

/// One index over the persons.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IndexFindings {
    /// The index.
    pub index: QualityIndexKind,
    /// Its limit, in its own unit.
    pub limit: f64,
    /// Persons beyond the limit; none where the index cannot be used.
    pub over: Option<usize>,
    /// Why it cannot be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unused: Option<UnusedIndex>,
}

/// An index of careless answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QualityIndexKind {
    /// Longest run of equal answers, as a share of the answers; limit: a share.
    LongString,
    /// Answers that hardly vary; limit: SD as a share of the answer range.
    LowVariability,
    /// Answers that vary like answers at random; limit: as before.
    HighVariability,
    /// Odd and even halves of the scales do not go together; limit: a correlation.
    EvenOdd,
    /// A pattern far from all others; limit: a tail probability.
    Mahalanobis,
    /// A row equal to an earlier one; limit: answers.
    Duplicate,
    /// Faster than anybody reads; limit: seconds per answer.
    Speed,
}

/// Why an index cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnusedIndex {
    /// No item is worded the other way round, so equal answers may be meant.
    NoReversedItems,
    /// Fewer than three scales of two items or more.
    TooFewScales,
    /// Too few persons for so many items, or items that repeat others.
    NoDistances,
    /// Fewer items than a copy must have answers.
    TooFewItems,
    /// The file has no answering times.
    NoTimes,
}

/// An outcome without flagged persons.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct QualitySensitivity {
    /// Outcome id.
    pub outcome: String,
    /// Persons of the primary estimate.
    pub linked: usize,
    /// How many of them are flagged at the first or the last wave.
    pub flagged: usize,
    /// The primary estimate.
    pub primary: f64,
    /// Its interval.
    pub primary_ci: Option<[f64; 2]>,
    /// The estimate without flagged persons; none where it could not be computed.
    pub without: Option<f64>,
    /// Its interval.
    pub without_ci: Option<[f64; 2]>,
    /// Persons behind it.
    pub without_n: Option<usize>,
    /// How much the estimate changes, in score units.
    pub difference: Option<f64>,
    /// Whether the conclusion changes: the direction, or whether the interval (the p-value where there is no
    /// interval) excludes no change.
    pub changed: Option<bool>,
}
