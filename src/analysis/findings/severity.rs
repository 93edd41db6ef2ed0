//! How strict raters are, and what outcomes would be without it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::RaterSeverity;
use crate::instrument::Respondent;

/// Severities of one instrument's raters over all waves, from a many-facet Rasch model.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SeverityFindings {
    /// Instrument id.
    pub instrument: String,
    /// Who was rated, as the instrument calls its respondents.
    pub respondent: Respondent,
    /// Scale whose items were fitted; none where the instrument has no scale.
    pub scale: Option<String>,
    /// Items in the fit.
    pub items: Vec<String>,
    /// Whether raters are numbers of columns.
    pub columns: bool,
    /// Persons rated by a rater, counted over raters.
    pub performances: usize,
    /// Lowest and highest of the score in which differences of raters are.
    pub range: [f64; 2],
    /// What was estimated; none where it was refused (a notice says why).
    pub model: Option<SeverityModel>,
    /// Raters in the order of their names.
    pub raters: Vec<SeverityRow>,
    /// Outcomes on scales that the adjustment reaches.
    pub outcomes: Vec<SeveritySensitivity>,
}

/// The fit behind severities.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SeverityModel {
    /// Ratings of an item in use.
    pub ratings: usize,
    /// Persons in use; a person at two waves counts twice.
    pub persons: usize,
    /// Infit of all ratings together, against which that of a rater is read.
    pub infit: Option<f64>,
    /// Outfit of all ratings together.
    pub outfit: Option<f64>,
    /// Standard deviation of the severities, in logits.
    pub sd: Option<f64>,
    /// Separation reliability: the share of that variance which is not error. A high value is bad news.
    pub reliability: Option<f64>,
    /// Likelihood-ratio test that all raters are equally severe.
    pub equal: Option<EqualSeverityTest>,
}

/// A test that all raters are equally severe.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EqualSeverityTest {
    /// Statistic.
    pub chi2: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Tail probability.
    pub p: f64,
}

/// One rater over all waves.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SeverityRow {
    /// Name of the rater, or number of the column.
    pub rater: String,
    /// Ratings of an item.
    pub ratings: usize,
    /// Persons rated; a person at two waves counts twice.
    pub persons: usize,
    /// Severity; none for raters all of whose ratings are at one end.
    pub severity: Option<RaterSeverity>,
    /// Its interval.
    pub ci: Option<[f64; 2]>,
    /// What the rater gives to an average person less what the others give, in points of the score.
    pub difference: Option<f64>,
    /// Whether the interval leaves out 0, the mean of the raters.
    pub differs: bool,
    /// Information-weighted mean square of the rater's residuals.
    pub infit: Option<f64>,
    /// Unweighted mean square.
    pub outfit: Option<f64>,
}

/// One outcome with raw and with adjusted scores.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SeveritySensitivity {
    /// Outcome id.
    pub outcome: String,
    /// The primary estimate.
    pub primary: f64,
    /// Its interval.
    pub primary_ci: Option<[f64; 2]>,
    /// Persons behind it.
    pub n: usize,
    /// The same with scores adjusted for the severity of raters; none where it cannot be had.
    pub adjusted: Option<f64>,
    /// Its interval.
    pub adjusted_ci: Option<[f64; 2]>,
    /// Persons behind it.
    pub adjusted_n: Option<usize>,
    /// Adjusted less primary.
    pub difference: Option<f64>,
    /// Whether the two are read differently: up, down, or open.
    pub changed: Option<bool>,
}
