//! Everybody on the roster of an outcome, measured or not.

use polars::prelude::PolarsResult;

use crate::analysis::Material;
use crate::analysis::findings::{Design, Plan};
use crate::analysis::frame::{self, Measured};
use crate::impact::Arm;
use crate::study::{ArmRole, BoundStudy, Outcome};

/// The persons of one outcome, by place in the roster.
pub(super) struct People<'a> {
    study: &'a BoundStudy,
    measured: Measured<'a>,
    /// Whether its roster has the arms of a comparison.
    pub compares: bool,
}

impl<'a> People<'a> {
    /// The persons of an outcome; none where its respondents have no roster.
    pub fn of(material: Material<'a>, plan: &Plan, outcome: &Outcome) -> PolarsResult<Option<Self>> {
        let Some(measured) = frame::measured(material, material.scores, outcome)? else { return Ok(None) };
        let compares = matches!(plan.design, Design::ComparisonClustered | Design::ComparisonUnclustered)
            && measured.roster.persons.iter().any(|person| person.arm.is_some());
        Ok(Some(People { study: material.study, measured, compares }))
    }

    /// Everybody by place.
    pub fn places(&self) -> std::ops::Range<usize> {
        0..self.measured.roster.persons.len()
    }

    /// The roster.
    pub fn roster(&self) -> &'a crate::response::Roster {
        self.measured.roster
    }

    /// Place of a person's arm among the study's arms; none where the roster names none of them.
    pub fn arm(&self, place: usize) -> Option<usize> {
        let arm = self.measured.roster.persons[place].arm.as_deref()?;
        self.study.study.arms.iter().position(|known| known.id == arm)
    }

    /// The side of the comparison on which a person stands.
    pub fn side(&self, place: usize) -> Option<Arm> {
        let arm = &self.study.study.arms[self.arm(place)?];
        Some(if arm.role == ArmRole::Comparison { Arm::Comparison } else { Arm::Program })
    }

    /// Id of the arm of a side; the first where several programmes stand on it.
    pub fn arm_of_side(&self, side: Arm) -> Option<String> {
        let is_comparison = side == Arm::Comparison;
        let mut arms = self.study.study.arms.iter();
        arms.find(|arm| (arm.role == ArmRole::Comparison) == is_comparison).map(|arm| arm.id.clone())
    }

    /// Whether a person belongs to the group: to a side of the comparison, or to anybody where there is one
    /// group (`wanted` is none).
    pub fn belongs(&self, place: usize, wanted: Option<Arm>) -> bool {
        wanted.is_none_or(|wanted| self.side(place) == Some(wanted))
    }

    /// School of a person.
    pub fn school(&self, place: usize) -> Option<&'a str> {
        self.measured.roster.persons[place].school.as_deref()
    }

    /// Score at the first wave.
    pub fn first(&self, place: usize) -> Option<f64> {
        *self.measured.before_and_after()?[0].get(place)?
    }

    /// Score at the last wave.
    pub fn last(&self, place: usize) -> Option<f64> {
        *self.measured.before_and_after()?[1].get(place)?
    }

    /// Whether a person has both scores and so stands behind the estimate.
    pub fn stayed(&self, place: usize) -> bool {
        self.first(place).is_some() && self.last(place).is_some()
    }

    /// Whether a person was met at the last wave only.
    pub fn joined(&self, place: usize) -> bool {
        self.first(place).is_none() && self.last(place).is_some()
    }

    /// The sides that are compared; a single none where there is one group.
    pub fn sides(&self) -> Vec<Option<Arm>> {
        if self.compares { vec![Some(Arm::Program), Some(Arm::Comparison)] } else { vec![None] }
    }
}

/// What a side received.
pub(super) fn role(side: Option<Arm>) -> Option<ArmRole> {
    side.map(|side| match side {
        Arm::Program => ArmRole::Programme,
        Arm::Comparison => ArmRole::Comparison,
    })
}
