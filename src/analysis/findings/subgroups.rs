//! Subgroups: whether the groups differ, then the change within each.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{EstimateFindings, Notice};
use crate::i18n::Text;

/// Changes by the groups of one column, or by thirds of the first score.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SubgroupFindings {
    /// Short name of the column; `baseline` for thirds of the first score.
    pub id: String,
    /// Wording.
    pub label: Text,
    /// Whether the comparison was declared; exploratory otherwise.
    pub declared: bool,
    /// Whether schools have the property, as a district, and not their students.
    pub of_schools: bool,
    /// The test that the groups shown do not differ; none where it is refused (see `notices`).
    pub interaction: Option<InteractionFindings>,
    /// The groups that may be shown, in the order of their values.
    pub groups: Vec<SubgroupChange>,
    /// Groups left out because they (or their part of an arm) are smaller than the smallest cell.
    pub suppressed: usize,
    /// Groups left out because they would give away a small one by subtraction.
    pub withheld: usize,
    /// What was refused, and what must be known.
    pub notices: Vec<Notice>,
}

/// The test that changes (or differences between arms) are the same in all groups.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct InteractionFindings {
    /// How it was tested.
    pub method: InteractionMethod,
    /// `difference_between_groups`, or `difference_of_differences` where arms are compared.
    pub estimand: String,
    /// The groups that are compared; with two of them the estimate is the second less the first.
    pub groups: Vec<Text>,
    /// The difference in score units; none for several groups.
    pub estimate: Option<f64>,
    /// Its standard error.
    pub se: Option<f64>,
    /// Its interval at 1 - alpha.
    pub ci: Option<[f64; 2]>,
    /// t for two groups, F for several.
    pub statistic: f64,
    /// Contrasts tested together: numerator degrees of freedom of F.
    pub contrasts: f64,
    /// Degrees of freedom of t, or of the denominator of F.
    pub df: f64,
    /// p-value.
    pub p: f64,
    /// p-value corrected (Benjamini-Hochberg) over the interactions of the outcome's family that are equally
    /// declared or exploratory.
    pub adjusted: Option<f64>,
    /// Tests it was corrected over.
    pub tests: usize,
    /// Persons.
    pub n: usize,
    /// Schools; none where unknown.
    pub clusters: Option<usize>,
}

/// How an interaction was tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InteractionMethod {
    /// Changes of persons, CR2 by school, Satterthwaite df; HTZ for several groups.
    PersonsCr2,
    /// Mean changes of schools, HC2, Satterthwaite df; HTZ for several groups.
    SchoolsHc2,
    /// Changes of persons, HC2; schools unknown.
    PersonsHc2,
}

/// Change within one subgroup.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SubgroupChange {
    /// Wording of the group.
    pub label: Text,
    /// The estimate; persons weigh alike where the group is a property of persons, schools where it is one
    /// of schools, so that it agrees with the interaction.
    pub estimate: EstimateFindings,
}
