//! What a plan is made of: quantities and where their values come from.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::PlannedDesign;

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Typed by the user.
    Option,
    /// Estimated from the scores of the study.
    Scores,
    /// Estimated from the scores of the study, but taken back to the most that is planned with.
    Capped,
    /// Counted in the roster of the study.
    Roster,
    /// Written in the study file.
    StudyFile,
    /// Assumed for lack of anything better.
    Default,
}

/// A value with its source.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Assumption {
    /// What it is.
    pub quantity: Quantity,
    /// Its value.
    pub value: f64,
    /// Where it comes from.
    pub source: Source,
}

/// What a study says about the next one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// Outcome the values belong to.
    pub outcome: Option<String>,
    /// Design of the study, where it has one that can be planned.
    pub design: Option<PlannedDesign>,
    /// Values with their sources.
    pub values: BTreeMap<Quantity, (f64, Source)>,
}

/// A quantity of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Districts in both arms.
    Districts,
    /// Schools in all (in each district where those are drawn).
    Schools,
    /// Students per school with both scores.
    Students,
    /// Pairs of schools, one of each in the programme.
    SchoolPairs,
    /// Pairs of scores of the same student, in both arms where there are two.
    Pairs,
    /// Strata in which schools are drawn or compared.
    Strata,
    /// Waves; with more than two the trend is planned, told as the change from the first to the last.
    Waves,
    /// Share of students who reach the level without the programme (before it, in one group).
    ShareReached,
    /// Share of the variance between districts.
    IccDistricts,
    /// Share of the variance between schools.
    Icc,
    /// Pre-post correlation of school means, error-free.
    RBetween,
    /// Pre-post correlation of students within schools.
    RWithin,
    /// Pre-post correlation of students.
    Correlation,
    /// Share of the district variance that covariates explain.
    R2Districts,
    /// Share of the school variance that covariates explain.
    R2Schools,
    /// Share of the student variance that covariates explain.
    R2Students,
    /// Share of what schools differ in that strata or pairs explain.
    R2Strata,
    /// Covariates at the level that was drawn.
    Covariates,
    /// Share of the drawn units in the programme.
    ProgramShare,
    /// Standard deviation of school sizes over their mean.
    SizeVariation,
    /// Variance of the effect between schools over that of school means.
    EffectHeterogeneity,
    /// Reliability of the score.
    Reliability,
    /// Error of linking the waves, in standard deviations of the score.
    LinkError,
    /// Items that both waves have in common.
    LinkItems,
    /// Two-sided error rate.
    Alpha,
    /// Wanted power.
    Power,
    /// Effect of interest in standard deviations.
    Effect,
    /// Standard deviation of the score in points.
    Sd,
}

impl Quantity {
    /// The command-line option that sets it.
    pub fn option(self) -> &'static str {
        match self {
            Quantity::Districts => "districts",
            Quantity::Schools => "schools",
            Quantity::Students => "students",
            Quantity::SchoolPairs => "school-pairs",
            Quantity::Pairs => "pairs",
            Quantity::Strata => "strata",
            Quantity::Waves => "waves",
            Quantity::ShareReached => "share-reached",
            Quantity::IccDistricts => "icc-districts",
            Quantity::Icc => "icc",
            Quantity::RBetween => "r-between",
            Quantity::RWithin => "r-within",
            Quantity::Correlation => "correlation",
            Quantity::R2Districts => "r2-districts",
            Quantity::R2Schools => "r2-schools",
            Quantity::R2Students => "r2-students",
            Quantity::R2Strata => "r2-strata",
            Quantity::Covariates => "covariates",
            Quantity::ProgramShare => "program-share",
            Quantity::SizeVariation => "size-variation",
            Quantity::EffectHeterogeneity => "effect-heterogeneity",
            Quantity::Reliability => "reliability",
            Quantity::LinkError => "link-error",
            Quantity::LinkItems => "link-items",
            Quantity::Alpha => "alpha",
            Quantity::Power => "power",
            Quantity::Effect => "effect",
            Quantity::Sd => "sd",
        }
    }

    /// What is assumed where nobody says otherwise: no correlation and nothing explained, which is the
    /// cautious side; an ICC in the middle of the usual range (standards section 10); 0.25 SD, from which on
    /// the What Works Clearinghouse calls an effect substantively important. None for what must be known.
    pub fn default(self) -> Option<f64> {
        match self {
            Quantity::Districts | Quantity::Schools | Quantity::Students => None,
            Quantity::SchoolPairs | Quantity::Pairs | Quantity::ShareReached | Quantity::Sd => None,
            Quantity::Strata => Some(1.0),
            Quantity::Waves => Some(2.0),
            Quantity::IccDistricts => Some(0.05),
            Quantity::Icc => Some(0.2),
            Quantity::RBetween | Quantity::RWithin | Quantity::Correlation => Some(0.0),
            Quantity::R2Districts | Quantity::R2Schools | Quantity::R2Students => Some(0.0),
            Quantity::R2Strata | Quantity::Covariates | Quantity::SizeVariation => Some(0.0),
            Quantity::ProgramShare => Some(0.5),
            Quantity::EffectHeterogeneity => Some(0.2),
            Quantity::Reliability => Some(1.0),
            Quantity::LinkError => Some(0.0),
            // As many as a test of two lessons can hold in common; only used beside a link error.
            Quantity::LinkItems => Some(20.0),
            Quantity::Alpha => Some(0.05),
            Quantity::Power => Some(0.8),
            Quantity::Effect => Some(0.25),
        }
    }
}
