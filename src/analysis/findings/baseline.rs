//! How alike groups were before the programme: arms, and those who stayed and were lost.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::i18n::Text;

/// Groups before the programme. Sizes only: balance is not a hypothesis to be tested.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BaselineFindings {
    /// Programme against comparison, one row per declared outcome, then per value of a covariate; empty where
    /// there is no comparison.
    pub arms: Vec<BaselineRow>,
    /// Those who stayed against those who were lost, one row per outcome, covariate value and arm.
    pub lost: Vec<LostRow>,
    /// Who was met before and who after, where the waves meet other students: one row per characteristic and group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub composition: Vec<CompositionRow>,
}

/// A characteristic of those met before and of those met after. A shift of it is mixed with the change of the scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CompositionRow {
    /// What is compared.
    pub subject: BaselineSubject,
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// How the size is measured.
    pub size: BalanceSize,
    /// Those with a score at the wave before.
    pub before: GroupScore,
    /// Those with a score at the wave after.
    pub after: GroupScore,
    /// After less before.
    pub value: f64,
    /// Persons met whose value is not known.
    pub missing: usize,
}

/// What a row is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BaselineSubject {
    /// Outcome whose persons are compared: by their first score, or by a covariate.
    pub outcome: String,
    /// Covariate id; none for the first score.
    pub covariate: Option<String>,
    /// Wording of the covariate; blank for the first score.
    pub label: Text,
    /// Value of the covariate that is counted; none for a measured one.
    pub value: Option<Text>,
}

/// How a difference is sized.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BalanceSize {
    /// Hedges' g of measured values.
    HedgesG,
    /// Cox index of shares.
    CoxIndex,
}

/// The arms before the programme in one characteristic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BaselineRow {
    /// What is compared.
    pub subject: BaselineSubject,
    /// How the difference is sized.
    pub size: BalanceSize,
    /// Persons behind the estimate.
    pub analysed: Option<Balance>,
    /// Everybody measured first, or everybody on the roster for covariates.
    pub everybody: Option<Balance>,
    /// Verdict on the persons behind the estimate, with what their analysis adjusts for; none for covariates.
    pub verdict: Option<BaselineVerdict>,
    /// Persons without a value, among everybody.
    pub missing: usize,
}

/// Two arms side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Balance {
    /// Programme.
    pub programme: GroupScore,
    /// Comparison.
    pub comparison: GroupScore,
    /// Programme less comparison in standard deviations, or the Cox index.
    pub size: f64,
    /// Its band.
    pub band: BaselineBand,
}

/// A group's mean, or share.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GroupScore {
    /// Persons with a value.
    pub n: usize,
    /// Mean, or share with the value.
    pub mean: f64,
    /// Standard deviation; none for shares.
    pub sd: Option<f64>,
}

/// Bands of the What Works Clearinghouse, by the unrounded size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BaselineBand {
    /// At most 0.05.
    Satisfied,
    /// Above 0.05, at most 0.25: satisfied only with an acceptable adjustment.
    NeedsAdjustment,
    /// Above 0.25.
    NotEquivalent,
}

/// The band together with what the primary analysis does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BaselineVerdict {
    /// Nothing is required: the groups were drawn by lot and few were lost, so that their difference is the lot's.
    NotRequired,
    /// The groups are equivalent as they are.
    Satisfied,
    /// They need an adjustment, and the primary estimate has an acceptable one: it is adjusted for the first
    /// score, or is a difference in change of scores that correlate at 0.6 and more.
    SatisfiedByAdjustment,
    /// They need an adjustment that the primary estimate lacks.
    NeedsAdjustment,
    /// No adjustment is accepted.
    NotEquivalent,
}

/// Those who stayed against those who were lost, before the programme.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LostRow {
    /// What is compared.
    pub subject: BaselineSubject,
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// How the difference is sized.
    pub size: BalanceSize,
    /// Measured first and last.
    pub stayed: GroupScore,
    /// Measured first only.
    pub lost: GroupScore,
    /// Stayed less lost in standard deviations, or the Cox index.
    pub value: f64,
    /// Interval: CR2 by school with Satterthwaite degrees of freedom where schools are known, a large-sample one
    /// otherwise; none for shares where schools are known.
    pub ci: Option<[f64; 2]>,
    /// Degrees of freedom of the interval.
    pub df: Option<f64>,
    /// Schools behind it; none where unknown.
    pub clusters: Option<usize>,
}
