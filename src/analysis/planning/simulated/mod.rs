//! Power by simulation: studies drawn from the assumptions of a plan and analysed by the method that the
//! analysis of such a study would choose.
//!
//! The formulas give the standard error of an ideal analysis. A simulation gives that of the one that will be
//! run: Satterthwaite degrees of freedom, unequal schools, one slope for two levels, a sign-flip test below six
//! schools. `draw` makes the scores of one study (`answers` where they are
//! yes or no), `tested` analyses them, `summary` counts.

mod answers;
mod draw;
mod summary;
mod tested;

use rayon::prelude::*;
use serde::Serialize;

pub use summary::{Drawn, MonteCarlo, Share, summarise};

use super::{PlannedDesign, Planning, PlanningError, Quantity, Values, error::planned_error};
use crate::analysis::findings::{Design, Method};
use crate::analysis::plan;
use crate::impact::ImpactError;
use crate::impact::power_designs::power_at;
use crate::num::NumError;
use crate::num::rng::Stream;
use crate::study::Assignment;

/// Rows of the planning table that are simulated where not all are asked for.
const ROWS: usize = 5;

/// Students of one study beyond which drawing it would fill the memory.
const MOST_STUDENTS: f64 = 1_000_000.0;

/// How a simulation is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Studies drawn for every number of units.
    pub studies: usize,
    /// Seed: the same seed gives the same studies.
    pub seed: u64,
}

/// Simulated power at some numbers of units.
#[derive(Clone, Debug, Serialize)]
pub struct Simulation {
    /// Studies drawn for every row.
    pub studies: usize,
    /// Seed.
    pub seed: u64,
    /// One row per number of units.
    pub rows: Vec<SimulatedRow>,
}

/// What studies with so many units find.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SimulatedRow {
    /// Schools; pairs of students or districts where the design counts those.
    pub units: f64,
    /// The method that analysed them.
    pub method: Method,
    /// Standard error by the formula, in standard deviations.
    pub planned_se: f64,
    /// Power by the formula.
    pub planned_power: f64,
    /// What was found.
    #[serde(flatten)]
    pub found: MonteCarlo,
}

/// The numbers of units to simulate: the whole planning table, or the planned number, the needed one and those
/// of the table that lie nearest to the planned one.
pub fn numbers(planning: &Planning, whole: bool) -> Vec<f64> {
    if whole { planning.table.iter().map(|row| row.units).collect() } else { planning.numbers(ROWS) }
}

/// Draws and analyses studies of a plan with so many units.
///
/// Every study has a random stream of its own, named by its number, so that the result depends neither on the
/// number of threads nor on the other rows.
///
/// # Errors
/// The values lie outside their range, the studies are too large to draw, or none of them can be analysed.
pub fn simulate(planning: &Planning, units: f64, options: Options) -> Result<SimulatedRow, PlanningError> {
    let (design, values) = (planning.design, planning.values());
    let of = |quantity: Quantity| values.get(&quantity).copied().unwrap_or_default();
    let (alpha, effect) = (of(Quantity::Alpha), of(Quantity::Effect));
    let planned = planned_error(design, &values, units)?;
    check_size(design, &values, units)?;
    let method = method_of(design, units);
    let one = |study: usize| {
        let mut stream = Stream::new(options.seed, &format!("power/{}/{units}/{study}", design.name()));
        let scores = draw::draw(design, &values, units, &mut stream)?;
        tested::test(method, design, &scores, alpha).and_then(|found| found.with_link(&values, alpha))
    };
    let drawn: Vec<Result<Drawn, ImpactError>> = (0..options.studies).into_par_iter().map(one).collect();
    Ok(SimulatedRow {
        units,
        method,
        planned_se: planned.se,
        planned_power: power_at(effect, planned, alpha)?,
        found: summarise(&drawn, Some(effect), alpha)?,
    })
}

fn check_size(design: PlannedDesign, values: &Values, units: f64) -> Result<(), ImpactError> {
    let of = |quantity: Quantity| values.get(&quantity).copied().unwrap_or_default();
    let students = match design.unit() {
        Quantity::Pairs => units,
        Quantity::Districts => units * of(Quantity::Schools) * of(Quantity::Students),
        Quantity::SchoolPairs => 2.0 * units * of(Quantity::Students),
        _ => units * of(Quantity::Students),
    };
    if students <= MOST_STUDENTS {
        return Ok(());
    }
    Err(NumError::OutOfRange { name: "students of a simulated study", value: students }.into())
}

/// The primary method of a study of that design: the one its plan would choose.
fn method_of(design: PlannedDesign, units: f64) -> Method {
    use PlannedDesign as P;
    // Numbers of units are whole and far below 2^53.
    let units = units.round() as usize;
    let schools = [if design.unit() == Quantity::SchoolPairs { 2 * units } else { units }];
    let (read, assignment, split) = match design {
        P::OneGroup | P::CrossSections | P::ReachedChange => {
            (Design::OneGroupClustered, Assignment::None, false)
        }
        P::Pairs => (Design::OneGroupUnclustered, Assignment::None, false),
        P::IndependentComparison => (Design::ComparisonUnclustered, Assignment::SelfSelected, false),
        P::IndependentRandomised => (Design::ComparisonUnclustered, Assignment::RandomStudent, false),
        // Shares are compared by school means too.
        P::Comparison | P::ComparisonCrossSections | P::PairedComparison | P::Reached => {
            (Design::ComparisonClustered, Assignment::School, false)
        }
        P::Randomised | P::PairedRandomised | P::ThreeLevel => {
            (Design::ComparisonClustered, Assignment::RandomSchool, false)
        }
        P::Multisite => (Design::ComparisonClustered, Assignment::RandomStudent, true),
    };
    let known = (design.unit() != Quantity::Pairs).then_some(&schools[..]);
    plan::primary_of(read, assignment, split, known).unwrap_or(Method::PairedT)
}
