//! The same question by every method that answers it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Draws, Notice};

/// Estimates, intervals and p-values of one outcome by all methods for its design.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct AgreementFindings {
    /// What the rows estimate: `mean_change`, `difference_in_change`, `adjusted_difference`.
    pub estimand: String,
    /// Methods, the declared primary one first.
    pub rows: Vec<AgreementRow>,
    /// How far the primary estimate moves when one school is left out; none with fewer than three schools.
    pub leave_one_out: Option<LeaveOneOut>,
}

/// One method.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct AgreementRow {
    /// The method.
    pub method: InferenceMethod,
    /// Whether it is the declared primary method.
    pub primary: bool,
    /// The estimate, in score units; none where there is no answer.
    pub estimate: Option<f64>,
    /// Standard error; none for tests by permutation.
    pub se: Option<f64>,
    /// Degrees of freedom; none for resampling methods.
    pub df: Option<f64>,
    /// Interval at 1 - alpha; none where there is none or one end is open.
    pub ci: Option<[f64; 2]>,
    /// Two-sided p-value.
    pub p: Option<f64>,
    /// Draws of a resampling method, and whether all were listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draws: Option<Draws>,
    /// Why there is no answer, or what to know about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Notice>,
}

/// How estimate and uncertainty of an agreement row were made. Regression: change on nothing, change on arm, or
/// last score on arm and pretest, as the estimand asks. Where the primary method has a working covariance, the wild
/// bootstraps, the re-assignment of arms and the resampling of schools use it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InferenceMethod {
    /// School mean changes, t on schools - 1; for a comparison their difference with CR2.
    SchoolMeans,
    /// Difference of school mean changes with pooled variance, t on schools - 2.
    SchoolMeansPooled,
    /// Difference of school mean changes with Welch's degrees of freedom.
    SchoolMeansWelch,
    /// Regression on students under a random-intercept working covariance, CR2, Satterthwaite df.
    Working,
    /// Regression on students, CR0, t on schools - 1: too small with few schools.
    Cr0,
    /// Regression on students, CR1, t on schools - 1.
    Cr1,
    /// Regression on students, CR2, Satterthwaite df.
    Cr2,
    /// Regression on students, CR3 as clubSandwich has it, Satterthwaite df.
    Cr3,
    /// Regression on students, jackknife over schools, t on schools - 1.
    Jackknife,
    /// Mixed model, REML, Satterthwaite df.
    MixedSatterthwaite,
    /// Mixed model, REML, Kenward-Roger.
    MixedKenwardRoger,
    /// Wild cluster bootstrap, null imposed.
    WildRestricted,
    /// Wild cluster bootstrap, null imposed, jackknifed scores (31 or S).
    WildJackknife,
    /// Wild cluster bootstrap, null not imposed.
    WildUnrestricted,
    /// Wild cluster bootstrap, null not imposed, jackknifed scores (31 or S).
    WildUnrestrictedJackknife,
    /// Wild cluster bootstrap, null imposed, Webb's six-point weights.
    WildWebb,
    /// Wild cluster bootstrap, null not imposed, Webb's six-point weights.
    WildUnrestrictedWebb,
    /// Resampling of whole schools (of whole pairs, in a design of pairs), studentised interval.
    SchoolBootstrap,
    /// The same with a percentile interval, where the resamples have no standard errors of their own.
    SchoolBootstrapPercentile,
    /// Signs of school changes flipped.
    SignFlip,
    /// Arms re-assigned over schools, within strata or pairs where the design has them. The difference of school mean
    /// changes, or the coefficient of the arm in the regression, as the estimand asks.
    Permutation,
    /// The same with the coefficient divided by its CR1 standard error under every assignment.
    PermutationStudentised,
}

/// The range of the primary estimate over samples that lack one school.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LeaveOneOut {
    /// Smallest estimate.
    pub low: f64,
    /// Name of the school whose absence gives it.
    pub low_without: String,
    /// Largest estimate.
    pub high: f64,
    /// Name of the school whose absence gives it.
    pub high_without: String,
}
