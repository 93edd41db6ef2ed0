//! What an estimate would be with missing scores imputed, and without the error of measurement.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::EstimateFindings;
use crate::i18n::Text;

/// The primary method on data sets with missing scores imputed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ImputedFindings {
    /// The primary method on every completed data set, pooled by Rubin's rules with the degrees of freedom of
    /// Barnard and Rubin.
    pub estimate: EstimateFindings,
    /// The primary estimate: persons with both scores.
    pub complete_case: EstimateFindings,
    /// Completed data sets.
    pub imputations: usize,
    /// Persons: those on the roster with a score at the first or at the last wave.
    pub persons: usize,
    /// Of these, persons with one score imputed.
    pub persons_imputed: usize,
    /// Scores imputed at the first and at the last wave.
    pub cells: [usize; 2],
    /// Share of the variance of the estimate that comes from what is missing: (1 + 1/m) B / T.
    pub share: f64,
    /// Fraction of missing information, which allows for the degrees of freedom too and is therefore never
    /// near 0 with few schools.
    pub fraction_missing: f64,
    /// Degrees of freedom of the analysis if nothing were missing.
    pub complete_df: f64,
    /// Labels of the covariates in the model of imputation.
    pub covariates: Vec<Text>,
    /// Declared covariates that the model left out, because somebody has no value or because values are neither numbers
    /// nor a few groups.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
    /// The check of the chains.
    pub convergence: ChainFindings,
    /// Share of the imputed scores outside the range of the scale; they are left as drawn. None without a
    /// range.
    pub outside: Option<f64>,
}

/// A covariate that the model of imputation left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LeftOut {
    /// Covariate id.
    pub id: String,
    /// Its wording.
    pub label: Text,
    /// Persons without a value.
    pub blank: usize,
}

/// The check of the chains of the sampler, the worst over arms.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ChainFindings {
    /// Whether the chains agree: split R-hat below 1.1.
    pub reached: bool,
    /// Largest split R-hat.
    pub r_hat: f64,
    /// The parameter that has it.
    pub parameter: String,
    /// Chains of each arm.
    pub chains: usize,
    /// Iterations of each chain before the first imputation is taken.
    pub burn_in: usize,
    /// Iterations from one imputation to the next.
    pub thin: usize,
}

/// The error of measurement and the estimate.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct MeasurementErrorFindings {
    /// The primary method on plausible values; for scales of the method `irt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plausible: Option<PlausibleFindings>,
    /// Reliability of the scores; none where the outcome comes from a file of scores.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reliability: Option<ScoreReliability>,
    /// Adjusted difference of the arms under assumed reliabilities of the first score; for comparison
    /// designs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrected: Vec<CorrectedFindings>,
    /// Changes beyond what error of measurement makes, by arm.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reliable_change: Vec<ReliableChangeFindings>,
}

/// An estimate pooled over plausible values.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct PlausibleFindings {
    /// The pooled estimate.
    pub estimate: EstimateFindings,
    /// Sets of plausible values.
    pub sets: usize,
    /// Share of the variance of the estimate that comes from measurement: (1 + 1/m) B / T.
    pub share: f64,
    /// Degrees of freedom of the analysis of one set.
    pub complete_df: f64,
    /// Whether the values were drawn given the schools.
    pub given_schools: bool,
}

/// Reliability of the scores of the first and of the last wave.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ScoreReliability {
    /// `wle` or `alpha`.
    pub kind: String,
    /// First wave.
    pub before: Option<f64>,
    /// Last wave.
    pub after: Option<f64>,
}

/// The adjusted difference under one reliability of the first score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CorrectedFindings {
    /// Reliability within arms.
    pub reliability: f64,
    /// Whether it is that of the study's own scores.
    pub own: bool,
    /// Adjusted difference, programme less comparison.
    pub estimate: f64,
    /// Standard deviation over resampled schools.
    pub se: f64,
    /// Bias-corrected and accelerated interval over resampled schools; percentiles where that has no answer.
    pub ci: [f64; 2],
    /// Resamples, and whether all were listed.
    pub draws: super::Draws,
    /// Persons.
    pub n: usize,
    /// Schools.
    pub clusters: usize,
}

/// Reliable changes in one arm.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ReliableChangeFindings {
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// Persons with both scores.
    pub n: usize,
    /// Change that error of measurement alone exceeds in 5 of 100 persons: 1.96 S0 sqrt(2 (1 - reliability)).
    pub threshold: f64,
    /// Persons who rose by more.
    pub improved: usize,
    /// Persons who fell by more.
    pub declined: usize,
    /// Reliability of the change; none where it cannot be had.
    pub gain_reliability: Option<f64>,
}
