//! What goes together with the change: training hours, and the change of the staff. Associations, no causes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Notice;
use crate::i18n::Text;

/// One predictor against the change of one outcome.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct AssociationFindings {
    /// What is related, and over which units.
    pub kind: AssociationKind,
    /// Dose id, or id of the outcome of the staff.
    pub predictor: String,
    /// Wording of the predictor.
    pub predictor_label: Text,
    /// Unit of the predictor; blank for the unit of its outcome, and for hours.
    pub predictor_unit: Text,
    /// Outcome whose change it is related to.
    pub outcome: String,
    /// Units of the predictor that the slope is told for.
    pub per: f64,
    /// Change of the outcome per `per` units of the predictor; none where refused (see `notices`).
    pub slope: Option<AssociationSlope>,
    /// What is told beside the slope over schools; none over persons.
    pub schoolwise: Option<SchoolwiseFindings>,
    /// Persons behind the outcome.
    pub n: usize,
    /// Members of the staff behind the predictor.
    pub staff: usize,
    /// Members of the staff whose predictor is not known.
    pub unknown: usize,
    /// Schools.
    pub schools: usize,
    /// What was refused, and what must be known.
    pub notices: Vec<Notice>,
}

/// What is related, and over which units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssociationKind {
    /// Mean dose of the staff against mean change of students, school by school.
    DoseSchools,
    /// Own dose against own change, person by person.
    DosePersons,
    /// Mean change of the staff against mean change of students, school by school.
    Linkage,
}

/// A slope with everything that justifies it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AssociationSlope {
    /// Change of the outcome, in score units, per `per` units of the predictor.
    pub estimate: f64,
    /// Standard error: HC2 over schools, CR2 by school over persons.
    pub se: f64,
    /// Satterthwaite degrees of freedom.
    pub df: f64,
    /// t.
    pub t: f64,
    /// Interval at 1 - alpha.
    pub ci: [f64; 2],
    /// Two-sided p-value.
    pub p: f64,
}

/// What is told beside a slope over schools.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SchoolwiseFindings {
    /// Pearson's correlation of school means.
    pub pearson: f64,
    /// Its interval at 1 - alpha on Fisher's scale.
    pub pearson_ci: Option<[f64; 2]>,
    /// Spearman's rank correlation of school means.
    pub spearman: f64,
    /// Smallest and largest slope (per `per`) when one school at a time is left out.
    pub leave_one_out: Option<[f64; 2]>,
    /// Change of the fitted line where the predictor is 0.
    pub intercept: f64,
    /// Schools that may be shown as points, without their names, by ascending predictor.
    pub points: Vec<AssociationPoint>,
    /// Schools in the estimate that are not shown, because too few persons stand behind them.
    pub hidden: usize,
}

/// One school.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AssociationPoint {
    /// Mean of the predictor.
    pub x: f64,
    /// Mean change of the outcome.
    pub y: f64,
}
