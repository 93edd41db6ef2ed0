//! The designs that can be planned, and the quantities each is made of.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Quantity;

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
    /// Programme and comparison schools, other students before and after.
    ComparisonCrossSections,
    /// Pairs of schools, one of each in the programme, not drawn by lot: difference in change within pairs.
    PairedComparison,
    /// Schools drawn by lot, post scores with or without the pretest as covariate.
    Randomised,
    /// Schools drawn by lot within pairs, post scores with or without the pretest as covariate.
    PairedRandomised,
    /// Arms within schools (by lot, or not): students of a school are compared with each other.
    Multisite,
    /// Districts drawn by lot, with schools and students in them.
    ThreeLevel,
    /// Programme and comparison schools, share of students who reach a level at the end.
    Reached,
    /// One group of schools, change in the share of students who reach a level.
    ReachedChange,
    /// The same students before and after, schools unknown.
    Pairs,
    /// Two arms of students, schools unknown: difference in change.
    IndependentComparison,
    /// Two arms of students drawn by lot, schools unknown: last score with the pretest as covariate.
    IndependentRandomised,
}

impl PlannedDesign {
    /// Every design.
    pub const ALL: [PlannedDesign; 14] = [
        PlannedDesign::OneGroup,
        PlannedDesign::CrossSections,
        PlannedDesign::Comparison,
        PlannedDesign::ComparisonCrossSections,
        PlannedDesign::PairedComparison,
        PlannedDesign::Randomised,
        PlannedDesign::PairedRandomised,
        PlannedDesign::Multisite,
        PlannedDesign::ThreeLevel,
        PlannedDesign::Reached,
        PlannedDesign::ReachedChange,
        PlannedDesign::Pairs,
        PlannedDesign::IndependentComparison,
        PlannedDesign::IndependentRandomised,
    ];

    /// Its name on the command line and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            PlannedDesign::OneGroup => "one_group",
            PlannedDesign::CrossSections => "cross_sections",
            PlannedDesign::Comparison => "comparison",
            PlannedDesign::ComparisonCrossSections => "comparison_cross_sections",
            PlannedDesign::PairedComparison => "paired_comparison",
            PlannedDesign::Randomised => "randomised",
            PlannedDesign::PairedRandomised => "paired_randomised",
            PlannedDesign::Multisite => "multisite",
            PlannedDesign::ThreeLevel => "three_level",
            PlannedDesign::Reached => "reached",
            PlannedDesign::ReachedChange => "reached_change",
            PlannedDesign::Pairs => "pairs",
            PlannedDesign::IndependentComparison => "independent_comparison",
            PlannedDesign::IndependentRandomised => "independent_randomised",
        }
    }

    /// The design of that name.
    pub fn from_name(name: &str) -> Option<PlannedDesign> {
        PlannedDesign::ALL.into_iter().find(|design| design.name() == name)
    }

    /// What is counted: the units whose number is planned.
    pub fn unit(self) -> Quantity {
        match self {
            PlannedDesign::Pairs
            | PlannedDesign::IndependentComparison
            | PlannedDesign::IndependentRandomised => Quantity::Pairs,
            PlannedDesign::PairedComparison | PlannedDesign::PairedRandomised => Quantity::SchoolPairs,
            PlannedDesign::ThreeLevel => Quantity::Districts,
            _ => Quantity::Schools,
        }
    }

    /// Whether the outcome is a share of students and no score.
    pub fn is_share(self) -> bool {
        matches!(self, PlannedDesign::Reached | PlannedDesign::ReachedChange)
    }

    /// Whether every wave meets other students.
    pub fn is_cross_sections(self) -> bool {
        matches!(self, PlannedDesign::CrossSections | PlannedDesign::ComparisonCrossSections)
    }

    /// The fewest units that are tried when a number is sought.
    pub(super) fn fewest(self) -> u32 {
        match self {
            PlannedDesign::OneGroup | PlannedDesign::CrossSections | PlannedDesign::ReachedChange => 2,
            PlannedDesign::PairedComparison | PlannedDesign::PairedRandomised => 2,
            PlannedDesign::Multisite | PlannedDesign::Pairs => 2,
            PlannedDesign::Comparison | PlannedDesign::ComparisonCrossSections => 3,
            PlannedDesign::Randomised | PlannedDesign::ThreeLevel | PlannedDesign::Reached => 3,
            PlannedDesign::IndependentComparison => 3,
            PlannedDesign::IndependentRandomised => 4,
        }
    }

    /// The quantities the design is made of, in the order in which they are printed.
    pub fn quantities(self) -> Vec<Quantity> {
        use Quantity::{
            Correlation, Covariates, Districts, EffectHeterogeneity, Icc, IccDistricts, LinkError, LinkItems,
            Pairs, ProgramShare, R2Districts, R2Schools, R2Strata, R2Students, RBetween, RWithin,
            Reliability, SchoolPairs, Schools, ShareReached, SizeVariation, Strata, Students, Waves,
        };
        let own: &[Quantity] = match self {
            PlannedDesign::OneGroup => {
                &[Schools, Students, SizeVariation, Waves, Icc, RBetween, RWithin, LinkError, LinkItems]
            }
            PlannedDesign::CrossSections => {
                &[Schools, Students, SizeVariation, Waves, Icc, RBetween, LinkError, LinkItems]
            }
            PlannedDesign::Comparison => &[
                Schools,
                Students,
                SizeVariation,
                Waves,
                ProgramShare,
                Strata,
                Icc,
                RBetween,
                RWithin,
                R2Strata,
            ],
            PlannedDesign::ComparisonCrossSections => {
                &[Schools, Students, SizeVariation, Waves, ProgramShare, Strata, Icc, RBetween, R2Strata]
            }
            PlannedDesign::PairedComparison => {
                &[SchoolPairs, Students, SizeVariation, Waves, Icc, RBetween, RWithin, R2Strata]
            }
            PlannedDesign::Randomised => &[
                Schools,
                Students,
                SizeVariation,
                ProgramShare,
                Strata,
                Icc,
                R2Schools,
                R2Students,
                R2Strata,
                Covariates,
            ],
            PlannedDesign::PairedRandomised => {
                &[SchoolPairs, Students, SizeVariation, Icc, R2Schools, R2Students, R2Strata, Covariates]
            }
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
            ],
            PlannedDesign::Reached => {
                &[Schools, Students, SizeVariation, ProgramShare, Strata, ShareReached, Icc]
            }
            PlannedDesign::ReachedChange => {
                &[Schools, Students, SizeVariation, ShareReached, Icc, RBetween, RWithin]
            }
            PlannedDesign::Pairs => &[Pairs, Correlation, LinkError, LinkItems],
            PlannedDesign::IndependentComparison | PlannedDesign::IndependentRandomised => {
                &[Pairs, ProgramShare, Correlation]
            }
        };
        let mut all = own.to_vec();
        if !self.is_share() {
            all.push(Quantity::Sd);
        }
        all.extend([Quantity::Alpha, Quantity::Power, Quantity::Effect]);
        all
    }
}
