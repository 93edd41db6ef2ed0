//! One outcome: scores, change, schools, levels, subgroups.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::AdjustedP;
use super::AgreementFindings;
use super::ArmChange;
use super::BoundsFindings;
use super::EffectSize;
use super::EquivalenceFindings;
use super::EstimateFindings;
use super::GrowthFindings;
use super::ImputedFindings;
use super::LevelModels;
use super::Mdes;
use super::MeasurementErrorFindings;
use super::Notice;
use super::QuantileFindings;
use super::SubgroupFindings;
use super::SuperiorityFindings;
use super::Translation;
use crate::i18n::Text;
use crate::instrument::Respondent;
use crate::study::OutcomeRole;

/// One outcome.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct OutcomeFindings {
    /// Outcome id.
    pub id: String,
    /// Wording.
    pub label: Text,
    /// Unit.
    pub unit: Text,
    /// Weight.
    pub role: OutcomeRole,
    /// Family of tests.
    pub family: String,
    /// Who it is measured on.
    pub respondent: Respondent,
    /// `instrument/scale`, or the score file.
    pub scale: String,
    /// Lowest and highest possible score.
    pub range: Option<[f64; 2]>,
    /// Scores by wave and arm: everybody with a score.
    pub descriptives: Vec<Descriptive>,
    /// Scores by wave and arm: linked persons only, the sample of the estimates.
    pub linked: Vec<Descriptive>,
    /// Pre-post correlation of linked persons, by arm in arm order (one entry for one group).
    pub correlation: Vec<Option<f64>>,
    /// ICC of schools, by wave; none where schools are unknown.
    pub icc: Vec<IccFindings>,
    /// Estimates, the primary one first.
    pub estimates: Vec<EstimateFindings>,
    /// Changes between all waves; none with two waves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub growth: Option<GrowthFindings>,
    /// The same question by every method that answers it; none for exploratory outcomes, unknown schools and fewer
    /// than six of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<AgreementFindings>,
    /// For comparison designs: the change within each arm, in arm order; a description, not the answer.
    pub arm_changes: Vec<ArmChange>,
    /// Effect sizes.
    pub effect_sizes: Vec<EffectSize>,
    /// The change or difference in plainer units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub translation: Option<Translation>,
    /// The primary estimate on other scales of standard deviations, for comparison with other studies; none for
    /// exploratory outcomes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effect_scales: Vec<EffectSize>,
    /// p-value of the primary estimate corrected within its family.
    pub adjusted: Option<AdjustedP>,
    /// Smallest change the study could detect with 80 percent power, in score units and in pre SDs.
    pub mdes: Option<Mdes>,
    /// The primary estimate against the smallest effect of interest; none where the study declares none, or the
    /// estimate has no standard error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equivalence: Option<EquivalenceFindings>,
    /// Shares of persons who rose, stayed, fell (linked, by arm).
    pub direction: Vec<Direction>,
    /// Change of each school.
    pub schools: Vec<SchoolChange>,
    /// Levels; none where the scale has no cuts.
    pub levels: Option<LevelFindings>,
    /// Inference on levels; none where the scale has no cuts or no change is estimated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level_models: Option<LevelModels>,
    /// Change of quantiles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantiles: Option<QuantileFindings>,
    /// Probabilities of superiority: within persons for one group, between arms for a comparison.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub superiority: Vec<SuperiorityFindings>,
    /// Histogram by arm and wave (linked persons).
    pub histogram: Vec<Histogram>,
    /// Baseline difference of arms in pooled SDs (Hedges g), for comparison designs.
    pub baseline_g: Option<f64>,
    /// How far loss could move the primary estimate; none where nobody was lost or nothing is estimated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<BoundsFindings>,
    /// Whether the change differs between the groups of the study's subgroup columns, and the change within each.
    pub subgroups: Vec<SubgroupFindings>,
    /// Right-or-wrong items of the scale before and after (linked persons), by arm; exploratory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub item_changes: Vec<ItemChange>,
    /// Linked persons whose answers to the outcome's questionnaire are flagged as careless; none where the
    /// outcome comes from no questionnaire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flagged: Option<usize>,
    /// The primary estimate with missing scores imputed; none where nobody lacks a score, where a notice
    /// says why not, and for exploratory outcomes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imputed: Option<ImputedFindings>,
    /// What the error of measurement does to the estimate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measurement_error: Option<MeasurementErrorFindings>,
    /// Anything that could not be computed or must be known.
    pub notices: Vec<Notice>,
}

/// Scores of one wave in one arm.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Descriptive {
    /// Wave id.
    pub wave: String,
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// Persons.
    pub n: usize,
    /// Schools; none where unknown.
    pub clusters: Option<usize>,
    /// Mean.
    pub mean: f64,
    /// Standard deviation; none for one person.
    pub sd: Option<f64>,
    /// Lowest, lower quartile, median, upper quartile, highest.
    pub five: [f64; 5],
}

/// ICC of schools at one wave.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct IccFindings {
    /// Wave id.
    pub wave: String,
    /// ANOVA estimate with the means of arms taken out, sign kept.
    pub value: f64,
    /// Searle's interval; none with too few schools to infer from.
    pub ci: Option<[f64; 2]>,
}

/// Shares of persons by direction of change.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Direction {
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// Persons.
    pub n: usize,
    /// Share who rose.
    pub rose: f64,
    /// Share who stayed the same.
    pub same: f64,
    /// Share who fell.
    pub fell: f64,
}

/// The change of one school.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SchoolChange {
    /// School id.
    pub school: String,
    /// Name in reports.
    pub name: String,
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// Linked persons.
    pub n: usize,
    /// Mean before.
    pub before: f64,
    /// Mean after.
    pub after: f64,
    /// Mean change.
    pub change: f64,
    /// Interval of the mean change over its persons (t, n - 1 degrees of freedom); none for one person. It tells how
    /// well this school is known and nothing about other schools, so that it stands however few schools there are.
    pub ci: Option<[f64; 2]>,
}

/// Levels before and after.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LevelFindings {
    /// Levels from the lowest, with their cuts.
    pub levels: Vec<LevelName>,
    /// Shares by wave and arm (linked persons).
    pub shares: Vec<LevelShares>,
    /// Linked persons by level before (rows) and after (columns), over all arms in arm order.
    pub transitions: Vec<LevelTransition>,
}

/// A level.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LevelName {
    /// Short name.
    pub id: String,
    /// Wording.
    pub label: Text,
    /// Lowest score.
    pub from: f64,
}

/// Level shares of one wave in one arm.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LevelShares {
    /// Wave id.
    pub wave: String,
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// Persons.
    pub n: usize,
    /// Persons, share and interval (cluster-robust where schools are known) of each level.
    pub shares: Vec<LevelShare>,
}

/// Share of one level.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LevelShare {
    /// Persons.
    pub n: usize,
    /// Share.
    pub share: f64,
    /// Interval: t on the schools' deviations (CR2), none with too few schools; Wilson where schools are unknown.
    pub ci: Option<[f64; 2]>,
}

/// Movement between levels in one arm.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LevelTransition {
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// Persons: `counts[before][after]`.
    pub counts: Vec<Vec<usize>>,
}

/// Histogram of one wave in one arm.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Histogram {
    /// Wave id.
    pub wave: String,
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// Persons.
    pub n: usize,
    /// Mean.
    pub mean: f64,
    /// Lower and upper end of the bins together.
    pub range: [f64; 2],
    /// Share of persons in each bin of equal width.
    pub shares: Vec<f64>,
}

/// An item before and after.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ItemChange {
    /// Item id.
    pub item: String,
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// Linked persons with points at both waves.
    pub n: usize,
    /// Mean change in points.
    pub change: f64,
    /// Wrong before, right after.
    pub improved: usize,
    /// Right before, wrong after.
    pub declined: usize,
    /// McNemar's chi-square without continuity correction; none where nobody changed, or where schools are
    /// known: the test takes persons for independent.
    pub chi2: Option<f64>,
    /// Exact two-sided p of the changed under one half; none as for `chi2`.
    pub p_exact: Option<f64>,
}
