//! Differential item functioning: items that are harder for one group than for another of equal ability.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Notice, TestFindings};
use crate::i18n::Text;

/// One comparison of two groups on one scale at one wave.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct DifFindings {
    /// Instrument id.
    pub instrument: String,
    /// Scale id.
    pub scale: String,
    /// Title of the scale.
    pub title: Text,
    /// Wave id; blank where waves are compared.
    pub wave: String,
    /// What makes the groups: the id of a roster column, `arm`, `booklet` or `wave`.
    pub variable: String,
    /// Its name.
    pub label: Text,
    /// Name of the reference group.
    pub reference: Text,
    /// Name of the focal group.
    pub focal: Text,
    /// Persons of the two groups with answers.
    pub n: [usize; 2],
    /// Items that could be tested, in the order of the scale.
    pub items: Vec<DifItem>,
    /// Items left out of the matching score by purification.
    pub purified: Vec<String>,
    /// Rounds of purification.
    pub rounds: usize,
    /// Why nothing could be tested, and anything else to know.
    pub notices: Vec<Notice>,
}

/// The class of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum DifClass {
    /// Negligible.
    A,
    /// Moderate.
    B,
    /// Large.
    C,
}

/// One item.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct DifItem {
    /// Item id.
    pub item: String,
    /// Persons who could be matched, reference and focal.
    pub n: [usize; 2],
    /// Class by size and significance.
    pub class: DifClass,
    /// Mantel-Haenszel difference on the ETS delta scale; negative: harder for the focal group. None for
    /// items with more than two point values.
    pub delta: Option<f64>,
    /// Its standard error.
    pub delta_se: Option<f64>,
    /// Test of no difference (Mantel-Haenszel, or Mantel for more points).
    pub test: TestFindings,
    /// Standardised difference of mean points between matched groups.
    pub smd: Option<f64>,
    /// The same in standard deviations of the item.
    pub smd_sd: Option<f64>,
    /// Standardised difference of shares right, for items with two points.
    pub p_dif: Option<f64>,
    /// Logistic regression, for items with two points.
    pub logistic: Option<LogisticDif>,
    /// Likelihood-ratio test of equal item parameters in a fitted model; none where no model was fitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likelihood_ratio: Option<TestFindings>,
    /// Its p-value, Benjamini-Hochberg adjusted over the items of the comparison.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjusted_p: Option<f64>,
    /// Difference of locations in logits from that model, focal less reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location_difference: Option<f64>,
    /// Its standard error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location_difference_se: Option<f64>,
}

/// DIF by logistic regression.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LogisticDif {
    /// Uniform: the group shifts the item.
    pub uniform: TestFindings,
    /// Not uniform: the group changes its slope.
    pub nonuniform: TestFindings,
    /// Nagelkerke's R2 gained by both.
    pub delta_r2: f64,
}
