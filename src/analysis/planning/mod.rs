//! The next study: smallest detectable effects, power and the number of schools, from stated assumptions.
//!
//! Every value that goes into a plan is an [`Assumption`] with its [`Source`]: typed by the user, found in
//! the scores or the roster of a study, written in the study file, or a default. The formulas are the
//! kernels in `impact::power`, `impact::power_designs` and `impact::power_shares`.

mod design;
mod error;
mod next_study;
mod observed;
mod quantity;
pub mod simulated;
mod variances;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use design::PlannedDesign;
pub use next_study::{NextStudy, findings_of, next_study};
pub use observed::{of_roster, of_scores, of_study};
pub use quantity::{Assumption, Known, Quantity, Source};

use crate::analysis::findings::Method;
use crate::impact::ImpactError;
use crate::impact::power::minimum_detectable_effect;
use crate::impact::power_designs::{PlannedError, power_at, units_needed};
use error::{planned_error, shares};

/// The version tag of a planning result.
pub const FORMAT: &str = "dampak.planning/1";

/// Numbers of units in the planning table, besides the planned and the needed one.
const TABLE: [u32; 13] = [6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 60, 80, 100];

/// The same for pairs of students, which are many more than schools.
const TABLE_OF_PAIRS: [u32; 9] = [25, 50, 75, 100, 150, 200, 300, 400, 600];

/// ICCs for which the smallest detectable effect is given besides the assumed one: schools differ more
/// between countries and subjects than any default can say (standards section 10).
const ICC_GRID: [f64; 3] = [0.1, 0.2, 0.3];

/// Why nothing can be planned.
#[derive(Debug, thiserror::Error)]
pub enum PlanningError {
    /// A quantity that has no default was neither given nor found.
    #[error("--{0} is needed for this design and is not known from a study")]
    Missing(&'static str),
    /// A quantity was given that the design has no use for.
    #[error("--{0} has no part in the design {1}")]
    Unused(&'static str, &'static str),
    /// The formulas do not hold for these values.
    #[error("nothing can be planned with these values: {0}")]
    Kernel(#[from] ImpactError),
}

/// A plan for one outcome.
#[derive(Clone, Debug, Serialize)]
pub struct Planning {
    /// Always `dampak.planning/1`.
    pub format: &'static str,
    /// The outcome whose data were used; none without a study.
    pub outcome: Option<String>,
    /// The design.
    pub design: PlannedDesign,
    /// What was assumed, each with its source.
    pub assumptions: Vec<Assumption>,
    /// The planned study.
    pub planned: PlanRow,
    /// t(1 - alpha/2, df) + t(power, df).
    pub multiplier: f64,
    /// Units with which the wanted power for the effect is reached; none where a million do not suffice.
    pub units_needed: Option<u32>,
    /// The planned study for other ICCs.
    pub by_icc: Vec<IccRow>,
    /// Power and smallest detectable effects by number of units: the power curve and next year's table.
    pub table: Vec<PlanRow>,
    /// The same by simulation, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub simulation: Option<simulated::Simulation>,
    /// The study itself drawn again and again from its generating model, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub study_simulation: Option<StudySimulation>,
}

impl Planning {
    /// Numbers of units of the table: the planned one, the needed one where the table has it, and those nearest to
    /// the planned one, at most so many.
    fn numbers(&self, most: usize) -> Vec<f64> {
        let mut near: Vec<f64> = self.table.iter().map(|row| row.units).collect();
        let planned = self.planned.units;
        let mut chosen = vec![planned];
        chosen.extend(self.units_needed.map(f64::from).filter(|needed| near.contains(needed)));
        // A ratio, because 6 schools are as far from 12 as 24 are.
        near.sort_by(|a, b| (a / planned).ln().abs().total_cmp(&(b / planned).ln().abs()));
        for units in near {
            if chosen.len() < most && !chosen.contains(&units) {
                chosen.push(units);
            }
        }
        chosen.sort_by(f64::total_cmp);
        chosen.dedup();
        chosen
    }

    /// The assumed values.
    fn values(&self) -> Values {
        self.assumptions.iter().map(|entry| (entry.quantity, entry.value)).collect()
    }
}

/// A study drawn again and again from its generating model and analysed whole.
#[derive(Clone, Debug, Serialize)]
pub struct StudySimulation {
    /// Studies that were drawn.
    pub drawn: usize,
    /// Seed of the first one.
    pub seed: u64,
    /// The primary method of the outcome.
    pub method: Method,
    /// What was found, in score units.
    #[serde(flatten)]
    pub found: simulated::MonteCarlo,
}

/// What a number of units can detect.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanRow {
    /// Schools; pairs of schools, pairs of scores or districts where the design counts those.
    pub units: f64,
    /// Standard error in standard deviations of the score.
    pub se: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Smallest detectable effect in standard deviations.
    pub mdes: f64,
    /// The same in score points, where the standard deviation is known; in percentage points for a share.
    pub mdes_points: Option<f64>,
    /// Power for the effect of interest.
    pub power: f64,
}

/// The smallest detectable effect for another ICC.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct IccRow {
    /// ICC.
    pub icc: f64,
    /// Smallest detectable effect in standard deviations.
    pub mdes: f64,
    /// Power for the effect of interest.
    pub power: f64,
}

/// Values of the quantities of one plan.
pub(crate) type Values = BTreeMap<Quantity, f64>;

/// Plans a study of that design.
///
/// # Errors
/// A needed quantity is missing, a given one has no part in the design, or a value is out of range.
pub fn plan(
    design: PlannedDesign,
    asked: &BTreeMap<Quantity, f64>,
    known: &Known,
) -> Result<Planning, PlanningError> {
    if let Some(unused) = asked.keys().find(|quantity| !design.quantities().contains(quantity)) {
        return Err(PlanningError::Unused(unused.option(), design.name()));
    }
    let assumptions = assumptions(design, asked, known)?;
    let values: Values = assumptions.iter().map(|entry| (entry.quantity, entry.value)).collect();
    let unit = design.unit();
    let of = |quantity: Quantity| values.get(&quantity).copied().unwrap_or_default();
    let units = of(unit);
    let planned = row(design, &values, units)?;
    let needed = units_needed(
        of(Quantity::Effect),
        of(Quantity::Alpha),
        of(Quantity::Power),
        design.fewest(),
        |units| planned_error(design, &values, units),
    )
    .ok();
    Ok(Planning {
        format: FORMAT,
        outcome: known.outcome.clone(),
        design,
        planned,
        multiplier: planned.mdes / planned.se,
        units_needed: needed,
        by_icc: by_icc(design, &values, units)?,
        table: table(design, &values, units, needed)?,
        simulation: None,
        study_simulation: None,
        assumptions,
    })
}

fn assumptions(
    design: PlannedDesign,
    asked: &BTreeMap<Quantity, f64>,
    known: &Known,
) -> Result<Vec<Assumption>, PlanningError> {
    let mut found = Vec::new();
    for quantity in design.quantities() {
        let given = asked.get(&quantity).map(|value| (*value, Source::Option));
        let default = quantity.default().map(|value| (value, Source::Default));
        match given.or_else(|| known.values.get(&quantity).copied()).or(default) {
            Some((value, source)) => found.push(Assumption { quantity, value, source }),
            // The standard deviation only turns effects into points.
            None if quantity == Quantity::Sd => {}
            None => return Err(PlanningError::Missing(quantity.option())),
        }
    }
    // Items without a link error, and what strata explain where there are none, say nothing.
    let of = |wanted: Quantity| found.iter().find(|entry| entry.quantity == wanted).map(|entry| entry.value);
    let (unlinked, unstratified) = (of(Quantity::LinkError) == Some(0.0), of(Quantity::Strata) == Some(1.0));
    found.retain(|entry| match entry.quantity {
        Quantity::LinkItems => !unlinked,
        Quantity::R2Strata => !unstratified,
        _ => true,
    });
    Ok(found)
}

/// Standard deviation in points: that of the score, or of a yes or no in percentage points.
fn points(design: PlannedDesign, values: &Values) -> Option<f64> {
    if design.is_share() { Some(100.0 * shares(values).sd()) } else { values.get(&Quantity::Sd).copied() }
}

fn row(design: PlannedDesign, values: &Values, units: f64) -> Result<PlanRow, ImpactError> {
    let of = |quantity: Quantity| values.get(&quantity).copied().unwrap_or_default();
    let PlannedError { se, df } = planned_error(design, values, units)?;
    let alpha = of(Quantity::Alpha);
    let mdes = minimum_detectable_effect(se, df, alpha, of(Quantity::Power))?.value;
    let power = power_at(of(Quantity::Effect), PlannedError { se, df }, alpha)?;
    let mdes_points = points(design, values).map(|sd| sd * mdes);
    Ok(PlanRow { units, se, df, mdes, mdes_points, power })
}

fn by_icc(design: PlannedDesign, values: &Values, units: f64) -> Result<Vec<IccRow>, ImpactError> {
    if !design.quantities().contains(&Quantity::Icc) {
        return Ok(Vec::new());
    }
    let with = |icc: f64| {
        let mut other = values.clone();
        other.insert(Quantity::Icc, icc);
        row(design, &other, units).map(|row| IccRow { icc, mdes: row.mdes, power: row.power })
    };
    ICC_GRID.into_iter().map(with).collect()
}

fn table(
    design: PlannedDesign,
    values: &Values,
    units: f64,
    needed: Option<u32>,
) -> Result<Vec<PlanRow>, ImpactError> {
    let usual: &[u32] = if design.unit() == Quantity::Pairs { &TABLE_OF_PAIRS } else { &TABLE };
    // Needed numbers far beyond the table would make it a list of one huge number.
    let needed = needed.filter(|needed| *needed <= 1000).map(f64::from);
    let mut all: Vec<f64> = usual.iter().map(|n| f64::from(*n)).chain([units]).chain(needed).collect();
    all.sort_by(f64::total_cmp);
    all.dedup();
    let testable = |units: f64| planned_error(design, values, units).is_ok_and(|error| error.df >= 1.0);
    all.into_iter().filter(|units| testable(*units)).map(|units| row(design, values, units)).collect()
}
