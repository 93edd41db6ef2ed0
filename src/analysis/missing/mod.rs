//! Who is missing, and what that does to a comparison: loss with its verdict, groups before the programme, and
//! the flow from roster to estimate.
//!
//! Loss is counted per outcome: somebody with a roster line and without both scores is lost to its estimate.
//! The bounds on what they could have scored stand with the outcome, since they repeat its estimate.

mod attrition;
mod baseline;
mod characteristic;
mod composition;
mod flow;
mod lost;
pub(in crate::analysis) mod notices;
mod people;

use polars::prelude::PolarsResult;

use super::Material;
use super::findings::{
    AttritionFindings, BaselineFindings, Design, FlowFindings, Notice, OutcomeFindings, Plan,
};
use crate::study::OutcomeRole;
use people::People;

/// What is found out about those who are missing.
#[derive(Debug, Default)]
pub(super) struct Missing {
    pub flow: FlowFindings,
    pub attrition: Vec<AttritionFindings>,
    pub baseline: BaselineFindings,
    pub notices: Vec<Notice>,
}

/// Looks at loss, baseline and flow of the declared outcomes.
///
/// # Errors
/// polars cannot hand out a column.
pub(super) fn analyze(
    material: Material<'_>,
    plan: &Plan,
    outcomes: &[OutcomeFindings],
) -> PolarsResult<Missing> {
    let mut missing = Missing::default();
    let mut declared = Vec::new();
    for (outcome, found) in material.study.study.outcomes.iter().zip(outcomes) {
        if outcome.role == OutcomeRole::Exploratory {
            continue;
        }
        if let Some(people) = People::of(material, plan, outcome)? {
            declared.push(Declared { people, found });
        }
    }
    if plan.cross_sections {
        // No person is lost between cohorts: every wave meets others. Schools are, and who is met may change.
        missing.attrition = attrition::judge(material, &declared, true, &mut missing.notices);
        missing.baseline.composition = composition::compare(material, &declared, &mut missing.notices);
        return Ok(missing);
    }
    missing.flow = flow::follow(material, plan, &declared, &mut missing.notices);
    if plan.design == Design::SingleWave {
        return Ok(missing);
    }
    missing.attrition = attrition::judge(material, &declared, false, &mut missing.notices);
    let lot_holds = baseline::LotHolds::of(plan, &missing.attrition);
    missing.baseline = baseline::compare(material, &declared, &lot_holds, &mut missing.notices);
    Ok(missing)
}

/// A declared outcome: its persons and what was found.
struct Declared<'a> {
    people: People<'a>,
    found: &'a OutcomeFindings,
}
