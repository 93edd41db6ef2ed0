//! The standard error of every design by its number of units.

use super::{PlannedDesign as Design, Quantity as Q, Values};
use crate::impact::ImpactError;
use crate::impact::power::{OneGroupPlan, SchoolTrialPlan};
use crate::impact::power_designs::{
    BlockedPlan, PlannedError, ThreeLevelPlan, paired_error, unequal_size_inflation,
};

/// Standard error and degrees of freedom of a design with so many units.
pub(super) fn planned_error(
    design: Design,
    values: &Values,
    units: f64,
) -> Result<PlannedError, ImpactError> {
    let of = |quantity: Q| values.get(&quantity).copied().unwrap_or_default();
    let planned = match design {
        Design::OneGroup | Design::CrossSections => {
            PlannedError { se: one_group(design, values, units).se()?, df: units - 1.0 }
        }
        Design::Comparison => {
            let [program, comparison] = arms(units, of(Q::ProgramShare));
            let se = one_group(design, values, units).did_se(program, comparison)?;
            PlannedError { se, df: units - 2.0 }
        }
        Design::Randomised => {
            let plan = SchoolTrialPlan {
                schools: units,
                students: of(Q::Students),
                program_share: of(Q::ProgramShare),
                icc: of(Q::Icc),
                r2_students: of(Q::R2Students),
                r2_schools: of(Q::R2Schools),
                school_covariates: of(Q::Covariates),
            };
            PlannedError { se: plan.se()?, df: plan.df() }
        }
        Design::Multisite => multisite(values, units).error()?,
        Design::ThreeLevel => three_level(values, units).error()?,
        Design::Pairs => return paired_error(units, of(Q::Correlation)),
    };
    if design == Design::ThreeLevel {
        return Ok(planned);
    }
    let inflation = unequal_size_inflation(of(Q::Students), of(Q::SizeVariation), of(Q::Icc))?;
    Ok(PlannedError { se: planned.se * inflation.sqrt(), ..planned })
}

fn one_group(design: Design, values: &Values, schools: f64) -> OneGroupPlan {
    let of = |quantity: Q| values.get(&quantity).copied().unwrap_or_default();
    OneGroupPlan {
        schools,
        students: of(Q::Students),
        icc: of(Q::Icc),
        r_between: of(Q::RBetween),
        // Other students at the second wave share nothing but their school.
        r_within: if design == Design::CrossSections { 0.0 } else { of(Q::RWithin) },
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
