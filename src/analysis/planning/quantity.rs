//! What a plan is made of: quantities, where their values come from, and the designs that use them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Typed by the user.
    Option,
    /// Estimated from the scores of the study.
    Scores,
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

/// Planned designs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlannedDesign {
    /// One group of schools, the same students before and after.
    OneGroup,
    /// One group of schools, other students before and after.
    CrossSections,
    /// Programme and comparison schools before and after, difference in differences of school means.
    Comparison,
    /// Schools drawn by lot, post scores with or without the pretest as covariate.
    Randomised,
    /// Students drawn by lot within schools.
    Multisite,
    /// Districts drawn by lot, with schools and students in them.
    ThreeLevel,
    /// The same students before and after, schools unknown.
    Pairs,
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
    /// Pairs of scores of the same student.
    Pairs,
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
            Quantity::Pairs => "pairs",
            Quantity::IccDistricts => "icc-districts",
            Quantity::Icc => "icc",
            Quantity::RBetween => "r-between",
            Quantity::RWithin => "r-within",
            Quantity::Correlation => "correlation",
            Quantity::R2Districts => "r2-districts",
            Quantity::R2Schools => "r2-schools",
            Quantity::R2Students => "r2-students",
            Quantity::Covariates => "covariates",
            Quantity::ProgramShare => "program-share",
            Quantity::SizeVariation => "size-variation",
            Quantity::EffectHeterogeneity => "effect-heterogeneity",
            Quantity::Reliability => "reliability",
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
            Quantity::Pairs | Quantity::Sd => None,
            Quantity::IccDistricts => Some(0.05),
            Quantity::Icc => Some(0.2),
            Quantity::RBetween | Quantity::RWithin | Quantity::Correlation => Some(0.0),
            Quantity::R2Districts | Quantity::R2Schools | Quantity::R2Students => Some(0.0),
            Quantity::Covariates | Quantity::SizeVariation => Some(0.0),
            Quantity::ProgramShare => Some(0.5),
            Quantity::EffectHeterogeneity => Some(0.2),
            Quantity::Reliability => Some(1.0),
            Quantity::Alpha => Some(0.05),
            Quantity::Power => Some(0.8),
            Quantity::Effect => Some(0.25),
        }
    }
}

impl PlannedDesign {
    /// Every design.
    pub const ALL: [PlannedDesign; 7] = [
        PlannedDesign::OneGroup,
        PlannedDesign::CrossSections,
        PlannedDesign::Comparison,
        PlannedDesign::Randomised,
        PlannedDesign::Multisite,
        PlannedDesign::ThreeLevel,
        PlannedDesign::Pairs,
    ];

    /// Its name on the command line and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            PlannedDesign::OneGroup => "one_group",
            PlannedDesign::CrossSections => "cross_sections",
            PlannedDesign::Comparison => "comparison",
            PlannedDesign::Randomised => "randomised",
            PlannedDesign::Multisite => "multisite",
            PlannedDesign::ThreeLevel => "three_level",
            PlannedDesign::Pairs => "pairs",
        }
    }

    /// The design of that name.
    pub fn from_name(name: &str) -> Option<PlannedDesign> {
        PlannedDesign::ALL.into_iter().find(|design| design.name() == name)
    }

    /// What is counted: the units whose number is planned.
    pub fn unit(self) -> Quantity {
        match self {
            PlannedDesign::Pairs => Quantity::Pairs,
            PlannedDesign::ThreeLevel => Quantity::Districts,
            _ => Quantity::Schools,
        }
    }

    /// The fewest units that are tried when a number is sought.
    pub(super) fn fewest(self) -> u32 {
        match self {
            PlannedDesign::OneGroup | PlannedDesign::CrossSections | PlannedDesign::Pairs => 2,
            PlannedDesign::Multisite => 2,
            PlannedDesign::Comparison | PlannedDesign::Randomised | PlannedDesign::ThreeLevel => 3,
        }
    }

    /// The quantities the design is made of, in the order in which they are printed.
    pub fn quantities(self) -> &'static [Quantity] {
        use Quantity::{
            Alpha, Correlation, Covariates, Districts, Effect, EffectHeterogeneity, Icc, IccDistricts, Pairs,
            Power, ProgramShare, R2Districts, R2Schools, R2Students, RBetween, RWithin, Reliability, Schools,
            Sd, SizeVariation, Students,
        };
        match self {
            PlannedDesign::OneGroup => {
                &[Schools, Students, SizeVariation, Icc, RBetween, RWithin, Sd, Alpha, Power, Effect]
            }
            PlannedDesign::CrossSections => {
                &[Schools, Students, SizeVariation, Icc, RBetween, Sd, Alpha, Power, Effect]
            }
            PlannedDesign::Comparison => &[
                Schools,
                Students,
                SizeVariation,
                ProgramShare,
                Icc,
                RBetween,
                RWithin,
                Sd,
                Alpha,
                Power,
                Effect,
            ],
            PlannedDesign::Randomised => &[
                Schools,
                Students,
                SizeVariation,
                ProgramShare,
                Icc,
                R2Schools,
                R2Students,
                Covariates,
                Sd,
                Alpha,
                Power,
                Effect,
            ],
            PlannedDesign::Multisite => &[
                Schools,
                Students,
                SizeVariation,
                ProgramShare,
                Icc,
                EffectHeterogeneity,
                R2Students,
                Covariates,
                Reliability,
                Sd,
                Alpha,
                Power,
                Effect,
            ],
            PlannedDesign::ThreeLevel => &[
                Districts,
                Schools,
                Students,
                ProgramShare,
                IccDistricts,
                Icc,
                R2Districts,
                R2Schools,
                R2Students,
                Covariates,
                Sd,
                Alpha,
                Power,
                Effect,
            ],
            PlannedDesign::Pairs => &[Pairs, Correlation, Sd, Alpha, Power, Effect],
        }
    }
}
