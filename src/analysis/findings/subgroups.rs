//! Subgroups: whether the groups differ, then the change within each.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{EstimateFindings, Notice};
use crate::i18n::Text;
use crate::study::Correction;

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
    /// Groups left out because fewer persons than the smallest cell (of small groups, or with a blank) could be had
    /// from the total and the groups shown.
    pub withheld: usize,
    /// What was refused, and what must be known.
    pub notices: Vec<Notice>,
}

/// The test that changes (or differences between arms) are the same in all groups.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct InteractionFindings {
    /// How it was tested.
    pub method: InteractionMethod,
    /// `difference_between_groups`, or `difference_of_differences` where arms are compared;
    /// `difference_of_adjusted_differences` where their difference is adjusted for the first score.
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
    /// p-value corrected over the interactions of the outcome's family that are equally declared or exploratory.
    pub adjusted: Option<f64>,
    /// The correction: the one that the study names for the family; without a name Holm for declared and
    /// Benjamini-Hochberg for exploratory interactions.
    #[serde(default = "exploratory")]
    pub correction: Correction,
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
    /// Last scores of persons given the first, students of one school alike in the working covariance, CR2 by school,
    /// Satterthwaite df; HTZ for several groups.
    AdjustedWorking,
    /// Last scores of persons given the first with an effect for every school, CR2 by school.
    AdjustedWithin,
    /// Last scores of persons given the first, HC2; schools unknown.
    AdjustedHc2,
}

/// The correction of findings that do not name it.
fn exploratory() -> Correction {
    Correction::BenjaminiHochberg
}

/// Change within one subgroup.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SubgroupChange {
    /// Wording of the group.
    pub label: Text,
    /// The estimate. Persons weigh alike where the group is a property of persons, schools where it is one of
    /// schools, so that it agrees with the interaction; differences adjusted for the first score have a slope of
    /// their own in each group, and agree about.
    pub estimate: EstimateFindings,
}
