//! The standard error of every design by its number of units.

use super::{PlannedDesign as Design, Quantity as Q, Values};
use crate::impact::ImpactError;
use crate::impact::power::{OneGroupPlan, SchoolTrialPlan};
use crate::impact::power_designs::{
    BlockedPlan, PlannedError, ThreeLevelPlan, independent_error, paired_error, trend_factor,
    unequal_size_inflation, with_link,
};
use crate::impact::power_shares::SharePlan;
use crate::num::NumError;

/// Standard error and degrees of freedom of a design with so many units.
pub(super) fn planned_error(
    design: Design,
    values: &Values,
    units: f64,
) -> Result<PlannedError, ImpactError> {
    let of = |quantity: Q| values.get(&quantity).copied().unwrap_or_default();
    let planned = match design {
        Design::Pairs => {
            return with_link(paired_error(units, of(Q::Correlation))?, of(Q::LinkError), of(Q::LinkItems));
        }
        Design::IndependentComparison | Design::IndependentRandomised => {
            let adjusted = design == Design::IndependentRandomised;
            return independent_error(units, of(Q::ProgramShare), of(Q::Correlation), adjusted);
        }
        Design::ThreeLevel => return three_level(values, units).error(),
        Design::OneGroup | Design::CrossSections => {
            PlannedError { se: changes(design, values, units)?.se()?, df: units - 1.0 }
        }
        Design::Comparison | Design::ComparisonCrossSections => {
            let [program, comparison] = arms(units, of(Q::ProgramShare));
            let se = changes(design, values, units)?.did_se(program, comparison)?;
            PlannedError { se, df: units - strata(values, units)? - 1.0 }
        }
        Design::PairedComparison => {
            PlannedError { se: changes(design, values, units)?.did_se(units, units)?, df: units - 1.0 }
        }
        Design::Randomised => {
            let plan = trial(values, units, of(Q::ProgramShare))?;
            PlannedError { se: plan.se()?, df: plan.df() + 1.0 - strata(values, units)? }
        }
        Design::PairedRandomised => {
            let plan = trial(values, 2.0 * units, 0.5)?;
            PlannedError { se: plan.se()?, df: units - 1.0 - of(Q::Covariates) }
        }
        Design::Multisite => multisite(values, units).error()?,
        Design::Reached => {
            let [program, comparison] = arms(units, of(Q::ProgramShare));
            let planned = shares(values).difference(program, comparison)?;
            PlannedError { df: units - strata(values, units)? - 1.0, ..planned }
        }
        Design::ReachedChange => shares(values).change(units, of(Q::RBetween), of(Q::RWithin))?,
    };
    let inflation = unequal_size_inflation(of(Q::Students), of(Q::SizeVariation), of(Q::Icc))?.sqrt();
    let trend = match values.get(&Q::Waves) {
        Some(waves) => trend_factor(*waves)?,
        None => 1.0,
    };
    let planned = PlannedError { se: planned.se * inflation * trend, ..planned };
    with_link(planned, of(Q::LinkError), of(Q::LinkItems))
}

/// Schools that change; strata or pairs take their share out of what schools differ in.
pub(super) fn changes(design: Design, values: &Values, schools: f64) -> Result<OneGroupPlan, ImpactError> {
    let of = |quantity: Q| values.get(&quantity).copied().unwrap_or_default();
    Ok(OneGroupPlan {
        schools,
        students: of(Q::Students),
        icc: of(Q::Icc),
        r_between: 1.0 - explained(1.0 - of(Q::RBetween), of(Q::R2Strata))?,
        // Other students at the second wave share nothing but their school.
        r_within: if design.is_cross_sections() { 0.0 } else { of(Q::RWithin) },
    })
}

pub(super) fn trial(
    values: &Values,
    schools: f64,
    program_share: f64,
) -> Result<SchoolTrialPlan, ImpactError> {
    let of = |quantity: Q| values.get(&quantity).copied().unwrap_or_default();
    Ok(SchoolTrialPlan {
        schools,
        students: of(Q::Students),
        program_share,
        icc: of(Q::Icc),
        r2_students: of(Q::R2Students),
        r2_schools: 1.0 - explained(1.0 - of(Q::R2Schools), of(Q::R2Strata))?,
        school_covariates: of(Q::Covariates),
    })
}

/// What strata or pairs leave of a variance between schools.
fn explained(variance: f64, share: f64) -> Result<f64, ImpactError> {
    if !(0.0..=1.0).contains(&share) {
        return Err(NumError::OutOfRange { name: "r2_strata", value: share }.into());
    }
    Ok(variance * (1.0 - share))
}

pub(super) fn shares(values: &Values) -> SharePlan {
    let of = |quantity: Q| values.get(&quantity).copied().unwrap_or_default();
    SharePlan {
        students: of(Q::Students),
        share: of(Q::ShareReached),
        effect: of(Q::Effect),
        icc: of(Q::Icc),
    }
}

/// Strata, each with a school in either arm: never more than half the schools.
pub(super) fn strata(values: &Values, schools: f64) -> Result<f64, ImpactError> {
    let strata = values.get(&Q::Strata).copied().unwrap_or(1.0);
    if strata >= 1.0 && strata.is_finite() {
        Ok(strata.min((schools / 2.0).floor().max(1.0)))
    } else {
        Err(NumError::OutOfRange { name: "strata", value: strata }.into())
    }
}

/// Whole schools per arm, at least one in each; a share of schools cannot be trained.
pub(super) fn arms(schools: f64, share: f64) -> [f64; 2] {
    let program = (schools * share).round().clamp(1.0, (schools - 1.0).max(1.0));
    [program, (schools - program).max(1.0)]
}

fn multisite(values: &Values, schools: f64) -> BlockedPlan {
    let of = |quantity: Q| values.get(&quantity).copied().unwrap_or_default();
    BlockedPlan {
        schools,
        students: of(Q::Students),
        program_share: of(Q::ProgramShare),
        icc: of(Q::Icc),
        effect_heterogeneity: of(Q::EffectHeterogeneity),
        r2_effects: 0.0,
        r2_students: of(Q::R2Students),
        covariates: of(Q::Covariates),
        reliability: of(Q::Reliability),
    }
}

fn three_level(values: &Values, units: f64) -> ThreeLevelPlan {
    let of = |quantity: Q| values.get(&quantity).copied().unwrap_or_default();
    ThreeLevelPlan {
        units,
        schools: of(Q::Schools),
        students: of(Q::Students),
        program_share: of(Q::ProgramShare),
        icc_units: of(Q::IccDistricts),
        icc_schools: of(Q::Icc),
        r2: [of(Q::R2Districts), of(Q::R2Schools), of(Q::R2Students)],
        covariates: of(Q::Covariates),
    }
}
