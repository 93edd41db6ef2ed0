//! What classical test theory says about scales and items beyond alpha, difficulty and item-rest.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Flag;
use crate::i18n::Text;

/// How consistently a scale measures, and whether it measures one thing. What could not be had stands in
/// `absent` with its reason.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reliability {
    /// Items whose points vary; the others count nowhere.
    pub items: usize,
    /// Persons with points on every item.
    pub complete: usize,
    /// Highest sum of points.
    pub max_points: f64,
    /// Alpha of the sum of standardised items.
    pub alpha_standardised: Option<f64>,
    /// KR-20 over persons with every item; for items scored 0 or 1 only.
    pub kr20: Option<f64>,
    /// Guttman's lambda 2.
    pub lambda2: Option<f64>,
    /// Guttman's lambda 5.
    pub lambda5: Option<f64>,
    /// Guttman's lambda 6.
    pub lambda6: Option<f64>,
    /// Odd against even items, stepped up by Spearman and Brown.
    pub split_half: Option<f64>,
    /// McDonald's omega total of the sum of points, from one common factor (minimal residuals).
    pub omega: Option<f64>,
    /// Root mean square of the residual correlations of that factor.
    pub omega_rmsr: Option<f64>,
    /// Alpha from polychoric correlations; for ratings in fewer than five categories only.
    pub ordinal_alpha: Option<f64>,
    /// Correlations between items.
    pub item_correlations: Option<ItemCorrelationRange>,
    /// Eigenvalues against those of unrelated items.
    pub dimensions: Option<Dimensions>,
    /// Standard error of measurement by score, in points of the sum; for tests only.
    pub score_errors: Vec<ScoreError>,
    /// What could not be had: `omega`, `dimensions` and so on, with the reason.
    pub absent: Vec<Flag>,
}

/// Correlations between the items of a scale.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ItemCorrelationRange {
    /// Mean over pairs.
    pub mean: f64,
    /// Smallest.
    pub lowest: f64,
    /// Largest; near 1 two items ask the same.
    pub highest: f64,
}

/// Eigenvalues of the item correlations against those of unrelated items (parallel analysis).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Dimensions {
    /// Persons the random eigenvalues are drawn for.
    pub n: usize,
    /// Eigenvalues, largest first.
    pub eigenvalues: Vec<f64>,
    /// 95th percentile of the random ones.
    pub random: Vec<f64>,
    /// Leading eigenvalues above it: 1 where one dimension holds.
    pub retained: usize,
    /// First over second eigenvalue.
    pub first_to_second: Option<f64>,
}

/// Standard error of measurement at a score or in a group of scores.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScoreError {
    /// Lowest sum of points.
    pub low: f64,
    /// Highest sum of points.
    pub high: f64,
    /// Persons there.
    pub n: usize,
    /// The standard error: Keats' for number-right scores, else from the halves of the test.
    pub sem: f64,
}

/// What to do with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Use it as it is.
    Keep,
    /// Look at it: content may justify what the numbers show.
    Review,
    /// Change it before using it again.
    Revise,
    /// Leave it out of the score.
    Drop,
}

/// The verdict on an item: the gravest that any reason calls for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ItemVerdict {
    /// What to do.
    pub verdict: Verdict,
    /// Why, gravest first; empty where it is kept without remark.
    pub reasons: Vec<VerdictReason>,
    /// What to do first, in both languages; blank where it is kept without remark.
    pub advice: Text,
}

/// A reason for a verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VerdictReason {
    /// Stable name: that of a flag, or `no_discrimination`, `at_chance`, `raises_alpha`, `dif`, `misfit`.
    pub kind: String,
    /// What it calls for.
    pub calls_for: Verdict,
    /// In words, in both languages.
    pub reason: Text,
}

/// What to think of a distractor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Distractor {
    /// Chosen, and by weaker persons.
    Working,
    /// Chosen by hardly anybody.
    Unused,
    /// Chosen as much by stronger persons.
    Attractive,
    /// Chosen by stronger persons more than the key is: check the key.
    AboveKey,
    /// Nothing can be said.
    Unknown,
}

/// How the choice of options changes with the score: the points of the option curves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OptionCurves {
    /// Up to five groups of persons by score on the other items, about equal in size, lowest first.
    pub groups: Vec<ScoreGroup>,
    /// One curve per option, in printed order.
    pub options: Vec<OptionCurve>,
    /// Share without an answer, by group.
    pub none: Vec<f64>,
}

/// Persons with similar scores on the other items of the scale.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScoreGroup {
    /// Persons.
    pub n: usize,
    /// Lowest score, as a share of the highest possible of the scale.
    pub low: f64,
    /// Highest score.
    pub high: f64,
    /// Mean score.
    pub mean: f64,
}

/// Use of one option by score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OptionCurve {
    /// Code in the data.
    pub code: String,
    /// Whether it is the key.
    pub is_key: bool,
    /// Share of each group who chose it.
    pub shares: Vec<f64>,
}
