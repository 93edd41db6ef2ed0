//! Estimates with everything that justifies them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Method;
use crate::i18n::Text;
use crate::study::Correction;

/// One estimate: never a p-value or interval without method, df, n and clusters.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct EstimateFindings {
    /// How it was made.
    pub method: Method,
    /// What it estimates: `mean_change`, `difference_in_change`, `adjusted_difference`.
    pub estimand: String,
    /// Whether it is the declared primary estimate.
    pub primary: bool,
    /// The estimate, in score units.
    pub estimate: f64,
    /// Standard error; none for tests by permutation.
    pub se: Option<f64>,
    /// The part of it that comes from linking the waves, for the change of a measure; none elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_se: Option<f64>,
    /// Test statistic; none for tests by permutation.
    pub t: Option<f64>,
    /// Degrees of freedom; none for tests by permutation.
    pub df: Option<f64>,
    /// Interval at 1 - alpha; none for tests by permutation.
    pub ci: Option<[f64; 2]>,
    /// Two-sided p-value; none where it cannot be had.
    pub p: Option<f64>,
    /// Persons.
    pub n: usize,
    /// Schools; none where unknown.
    pub clusters: Option<usize>,
    /// Draws or assignments behind a permutation p, and whether all were listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draws: Option<Draws>,
    /// Anything to know about it.
    pub notes: Vec<Text>,
}

/// Assignments behind a permutation test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Draws {
    /// How many.
    pub count: u64,
    /// Whether every possible assignment was listed.
    pub enumerated: bool,
}

/// The change within one arm of a comparison design.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ArmChange {
    /// Arm id.
    pub arm: String,
    /// The change with its interval.
    pub estimate: EstimateFindings,
    /// Effect sizes of the change.
    pub effect_sizes: Vec<EffectSize>,
}

/// An effect size with its standardiser named.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct EffectSize {
    /// `d_av`, `becker_g`, `d_z`, `d_ppc`, `ancova_g`; among the scales also `mixed_total`, `mixed_within`, `d_rm`,
    /// `hedges_within`, `hedges_between`, `hedges_total`, `g_within_schools`, `wwc_g`, `glass_delta`.
    pub kind: String,
    /// `average_sd`, `pre_sd`, `change_sd`, `pooled_pre_sd`, `pooled_post_sd`.
    pub standardizer: String,
    /// The value.
    pub value: f64,
    /// Its interval; cluster-robust where schools are known, none with too few of them.
    pub ci: Option<[f64; 2]>,
    /// Degrees of freedom of the interval; none for large-sample or noncentral-t limits.
    pub df: Option<f64>,
    /// Whether the interval allows for schools.
    pub cluster_robust: bool,
    /// Whether it leads in the report.
    pub leading: bool,
}

/// A p-value corrected within its family.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct AdjustedP {
    /// Family.
    pub family: String,
    /// Tests in the family.
    pub tests: usize,
    /// The correction declared for the family.
    pub declared: Correction,
    /// Holm.
    pub holm: f64,
    /// Hochberg.
    pub hochberg: f64,
    /// Benjamini-Hochberg.
    pub benjamini_hochberg: f64,
}

impl AdjustedP {
    /// The p-value by one of the corrections.
    pub fn by(&self, correction: Correction) -> f64 {
        match correction {
            Correction::Holm => self.holm,
            Correction::Hochberg => self.hochberg,
            Correction::BenjaminiHochberg => self.benjamini_hochberg,
        }
    }
}

/// Smallest detectable change.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Mdes {
    /// In score units.
    pub score: f64,
    /// In standard deviations of the first wave.
    pub sd: f64,
    /// Power it is computed for.
    pub power: f64,
}
