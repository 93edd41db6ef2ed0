//! The next study: what numbers of schools could detect, if it were like this one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::analysis::planning::{Assumption, PlanRow, PlannedDesign};

/// Power and smallest detectable changes of the next study for one outcome, by the number of schools.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanningFindings {
    /// Outcome id; none for a plan from stated values alone.
    pub outcome: Option<String>,
    /// Design of the next study: that of this one.
    pub design: PlannedDesign,
    /// What was assumed, each value with its source.
    pub assumptions: Vec<Assumption>,
    /// A study with as many units as this one.
    pub planned: PlanRow,
    /// Wanted power.
    pub power: f64,
    /// Numbers of units about the present one, with smallest detectable change and power.
    pub rows: Vec<PlanRow>,
    /// Power against the number of units, one curve per size of change, from the smallest.
    pub curves: Vec<PowerCurve>,
}

/// Power against the number of units for one size of change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PowerCurve {
    /// The change in standard deviations of the first wave.
    pub effect: f64,
    /// Whether it is the smallest effect of interest (or what is assumed in its place).
    pub of_interest: bool,
    /// Fewest units with the wanted power, six or more where schools are counted (below, no interval is given);
    /// none where a million do not suffice.
    pub needed: Option<u32>,
    /// The curve at rising numbers of units.
    pub points: Vec<PowerPoint>,
}

/// A point of a power curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PowerPoint {
    /// Schools; pairs of students or districts where the design counts those.
    pub units: f64,
    /// Power.
    pub power: f64,
}
