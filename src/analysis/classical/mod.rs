//! The classical appendix: what reports and theses expect ("uji klasik"), computed correctly and labelled.
//!
//! Every test here takes persons for independent. With students in schools its p-values are too small, which
//! is why none of it enters the results, and why the error that respects schools stands beside.

mod battery;
mod cluster_correction;
mod gain;
mod notices;
mod school_error;

use polars::prelude::PolarsResult;

use super::Material;
use super::findings::{ClassicalFindings, ComparedScore, OutcomeFindings, Plan};
use super::frame::{self, Linked};
use super::notices::about;
use super::outcome::{self, Sample};
use crate::study::{Outcome, OutcomeRole};

/// An arm with enough persons to be described.
struct Group<'a> {
    /// Arm id; blank where there is one group.
    arm: &'a str,
    /// Place among the study's arms.
    place: usize,
    /// Its linked persons.
    linked: Linked,
}

/// The classical tests of every primary and secondary outcome whose change is estimated.
///
/// # Errors
/// polars cannot hand out a column.
pub fn analyze(
    material: Material<'_>,
    plan: &Plan,
    outcomes: &[OutcomeFindings],
) -> PolarsResult<Vec<ClassicalFindings>> {
    let mut found = Vec::new();
    for outcome in &material.study.study.outcomes {
        let own = outcomes.iter().find(|own| own.id == outcome.id);
        let Some(own) = own.filter(|own| !own.estimates.is_empty()) else { continue };
        if outcome.role != OutcomeRole::Exploratory {
            found.extend(one(material, plan, outcome, own)?);
        }
    }
    Ok(found)
}

fn one(
    material: Material<'_>,
    plan: &Plan,
    outcome: &Outcome,
    own: &OutcomeFindings,
) -> PolarsResult<Option<ClassicalFindings>> {
    let study = material.study;
    let Some(measured) = frame::measured(material, material.scores, outcome)? else { return Ok(None) };
    let linked = measured.linked(study);
    let arms = outcome::arms(study, plan, &measured);
    let sample = Sample { study, plan, measured: &measured, linked: &linked, arms, link_error: None };
    let smallest = study.study.analysis.smallest_cell;
    let mut notices = Vec::new();
    let mut groups = Vec::new();
    for (place, arm) in sample.arms.iter().enumerate() {
        let linked = sample.of_arm(place);
        if linked.len() >= smallest {
            groups.push(Group { arm, place, linked });
        } else {
            notices.push(notices::small_arm(linked.len(), smallest));
        }
    }
    // A measure has limits for print, but no maximum that a gain could be a share of; a scale that could not be
    // measured is scored in percent and has one.
    let is_measured = material.measures.of_outcome(outcome).is_some_and(|measure| measure.result.is_ok());
    let maximum = measured.range.filter(|_| !is_measured);
    let pair = battery::Pair::of(&sample, &groups);
    if pair.is_none() && groups.len() > 1 {
        notices.push(notices::no_pair(groups.len()));
    }
    let mut findings = ClassicalFindings {
        outcome: outcome.id.clone(),
        school_error: school_error::of(own, &groups, pair.as_ref(), plan.alpha),
        normality: groups.iter().filter_map(|group| battery::normality(group, &mut notices)).collect(),
        equal_variances: pair.as_ref().and_then(|pair| pair.equal_variances(ComparedScore::Gain)),
        equal_variances_post: pair.as_ref().and_then(|pair| pair.equal_variances(ComparedScore::Post)),
        paired_t: groups
            .iter()
            .filter_map(|group| battery::paired(group, plan.alpha, &mut notices))
            .collect(),
        independent_t: pair.as_ref().map(|pair| pair.t_tests(plan.alpha)).unwrap_or_default(),
        corrected_t: pair
            .as_ref()
            .map(|pair| cluster_correction::all(&groups, pair, plan.alpha))
            .unwrap_or_default(),
        signed_ranks: groups.iter().filter_map(battery::signed_ranks).collect(),
        rank_sums: pair.as_ref().map(battery::Pair::rank_sums).unwrap_or_default(),
        gain: gain::all(maximum, &groups, plan.alpha, &mut notices),
        notices,
    };
    for notice in &mut findings.notices {
        *notice = about(notice.clone(), &outcome.id);
    }
    Ok(Some(findings))
}
