//! The next study planned from this one: its design, correlations and sizes, with other numbers of schools.

use polars::prelude::PolarsResult;

use super::error::planned_error;
use super::{Known, PlannedDesign, Planning, PlanningError, Quantity, Values, of_scores, plan};
use crate::analysis::Material;
use crate::analysis::findings::{Notice, OutcomeFindings, PlanningFindings, PowerCurve, PowerPoint};
use crate::analysis::notices;
use crate::analysis::plan::FEW_SCHOOLS;
use crate::impact::power_designs::{power_at, units_needed};
use crate::study::OutcomeRole;

/// Rows of the table in the report.
const ROWS: usize = 8;

/// Sizes of change with a curve, as multiples of the one of interest.
const MULTIPLES: [f64; 3] = [0.75, 1.0, 1.5];

/// Points of a curve: enough for a smooth line.
const POINTS: f64 = 60.0;

/// The curves end beyond this many units, so that they stay readable where very many would be needed.
const MOST_UNITS: f64 = 200.0;

/// Plans of the next study with their notices.
pub struct NextStudy {
    /// One plan per primary outcome that has an estimate.
    pub findings: Vec<PlanningFindings>,
    /// Why an outcome has none.
    pub notices: Vec<Notice>,
}

/// Plans the next study for the primary outcomes.
///
/// # Errors
/// polars cannot hand out a column.
pub fn next_study(material: Material<'_>, outcomes: &[OutcomeFindings]) -> PolarsResult<NextStudy> {
    let mut next = NextStudy { findings: Vec::new(), notices: Vec::new() };
    for outcome in &material.study.study.outcomes {
        let estimated = outcomes.iter().find(|other| other.id == outcome.id);
        let estimated = estimated.is_some_and(|found| found.estimates.iter().any(|one| one.primary));
        if outcome.role != OutcomeRole::Primary || !estimated {
            continue;
        }
        let known = of_scores(material, outcome)?;
        match planned(&known) {
            Some(Ok(planning)) => next.findings.push(findings_of(&planning)),
            Some(Err(error)) => next.notices.push(notices::no_plan(&outcome.id, Some(&error.to_string()))),
            None => next.notices.push(notices::no_plan(&outcome.id, None)),
        }
    }
    Ok(next)
}

fn planned(known: &Known) -> Option<Result<Planning, PlanningError>> {
    known.design.map(|design| plan(design, &Values::new(), known))
}

/// A plan as it stands in the findings, with its curves.
pub fn findings_of(planning: &Planning) -> PlanningFindings {
    let values = planning.values();
    let of = |quantity: Quantity| values.get(&quantity).copied().unwrap_or_default();
    let numbers = planning.numbers(ROWS);
    // The present number stays, however small.
    let least = f64::from(fewest(planning.design)).min(planning.planned.units);
    let curve = |multiple: f64| {
        // Two decimals, so that the effect a reader sees is the one that was computed.
        let of_interest = multiple == 1.0;
        let effect =
            if of_interest { of(Quantity::Effect) } else { hundredths(multiple * of(Quantity::Effect)) };
        curve(planning, &values, effect, of_interest)
    };
    PlanningFindings {
        outcome: planning.outcome.clone(),
        design: planning.design,
        assumptions: planning.assumptions.clone(),
        planned: planning.planned,
        power: of(Quantity::Power),
        rows: planning
            .table
            .iter()
            .filter(|row| numbers.contains(&row.units) && row.units >= least)
            .copied()
            .collect(),
        curves: MULTIPLES.into_iter().map(curve).filter(|curve| curve.effect > 0.0).collect(),
    }
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn curve(planning: &Planning, values: &Values, effect: f64, of_interest: bool) -> PowerCurve {
    let of = |quantity: Quantity| values.get(&quantity).copied().unwrap_or_default();
    let alpha = of(Quantity::Alpha);
    // The variance of a share depends on the effect.
    let mut values = values.clone();
    values.insert(Quantity::Effect, effect);
    let error = |units: f64| planned_error(planning.design, &values, units);
    let point = |units: f64| {
        let error = error(units).ok().filter(|error| error.df >= 1.0)?;
        Some(PowerPoint { units, power: power_at(effect, error, alpha).ok()? })
    };
    let needed = units_needed(effect, alpha, of(Quantity::Power), fewest(planning.design), error).ok();
    PowerCurve { effect, of_interest, needed, points: grid(planning).into_iter().filter_map(point).collect() }
}

/// Fewest units that are worth planning with: below six schools (or districts) no interval is given, and a
/// sign-flip test cannot reach 5 percent.
fn fewest(design: PlannedDesign) -> u32 {
    match design.unit() {
        Quantity::Pairs => design.fewest(),
        // FEW_SCHOOLS is a small constant.
        Quantity::SchoolPairs => (FEW_SCHOOLS / 2) as u32,
        _ => FEW_SCHOOLS as u32,
    }
}

/// Numbers of units from the fewest to well beyond the present and the needed one.
fn grid(planning: &Planning) -> Vec<f64> {
    let fewest = f64::from(fewest(planning.design));
    let needed = planning.units_needed.map_or(0.0, f64::from);
    let present = planning.planned.units;
    let most = (1.25 * needed).clamp(2.0 * present, MOST_UNITS.max(2.0 * present)).max(fewest + 10.0);
    let step = ((most - fewest) / POINTS).ceil().max(1.0);
    let mut grid: Vec<f64> =
        (0..).map(|place| fewest + step * f64::from(place)).take_while(|units| *units < most).collect();
    grid.push(most.ceil());
    grid
}
