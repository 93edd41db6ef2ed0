//! Which analysis a design calls for, read from study and roster before any score is looked at.
//!
//! The rules are those of the decision table: schools are the units of inference; one group before and
//! after shows a change and never an effect; below [`FEW_SCHOOLS`] schools only a permutation test is
//! given. Every choice and every refusal is written down with its code.

mod methods;
mod sample;

pub(super) use methods::{carries_school_covariate, is_randomised};

use std::collections::BTreeSet;

use self::methods::{Setting, choose};
use super::findings::{Claim, Design, Method, Notice, Plan};
use super::notices;
use crate::instrument::{Instrument, ItemKind, Respondent, ScaleMethod};
use crate::response::{Responses, Roster};
use crate::study::{ArmRole, Assignment, BoundStudy, OutcomeRole, PersonsRule};

/// With fewer schools than this no t-based interval is given (standards 5.4): description and permutation only.
pub const FEW_SCHOOLS: usize = 6;

/// Reads the design and chooses the analysis.
pub fn read(study: &BoundStudy, responses: &Responses) -> Plan {
    let roster = responses.roster_of(study, main_respondent(study));
    let clustered = roster.is_some_and(Roster::has_schools);
    let has_arms = study.study.arms.len() > 1
        && roster.is_some_and(|roster| roster.persons.iter().any(|p| p.arm.is_some()));
    let has_comparison = has_arms && roster.is_some_and(|roster| both_sides(study, roster));
    let design = match (study.study.waves.len(), has_comparison, clustered) {
        (0 | 1, _, _) => Design::SingleWave,
        (_, false, true) => Design::OneGroupClustered,
        (_, false, false) => Design::OneGroupUnclustered,
        (_, true, true) => Design::ComparisonClustered,
        (_, true, false) => Design::ComparisonUnclustered,
    };
    let split = roster.is_some_and(|roster| has_comparison && arms_share_schools(roster));
    let strata = roster.filter(|_| has_comparison && !split).and_then(|roster| sample::strata(study, roster));
    let setting = Setting {
        design,
        assignment: study.study.assignment,
        split,
        cross_sections: clustered
            && design != Design::SingleWave
            && study.study.analysis.persons == PersonsRule::CrossSections,
        strata: strata.map(|strata| strata.count),
        // A school with both arms counts once, whatever the counts by arm say.
        schools: roster.filter(|_| clustered).map(|roster| roster.schools().len()),
    };
    let methods::Chosen { primary, mut sensitivity } = choose(&setting);
    let weighted = roster.is_some_and(|roster| roster.weights.is_some());
    sensitivity.extend(others(study, &setting, primary, weighted));
    let mut plan = Plan {
        design,
        assignment: setting.assignment,
        schools: roster.filter(|_| clustered).map(|roster| schools_per_arm(study, roster, has_comparison)),
        cross_sections: setting.cross_sections,
        arms_within_schools: split,
        strata,
        sizes: roster.and_then(sample::sizes),
        claim: claim(design, setting.assignment),
        primary,
        sensitivity,
        reasons: Vec::new(),
        alpha: study.study.analysis.alpha,
    };
    plan.reasons = reasons(&plan, &setting);
    if let Some([before, after]) = study.study.compared_waves().filter(|_| study.study.waves.len() > 2) {
        let label = |at: usize| &study.study.waves[at].label;
        plan.reasons.push(notices::several_waves(label(before), label(after)));
    }
    if has_arms && !has_comparison {
        let declared = study.study.arms.iter().any(|arm| arm.role == ArmRole::Comparison);
        plan.reasons.push(if declared { notices::empty_arm() } else { notices::no_comparison() });
    }
    plan.reasons.extend(of_the_sample(&plan));
    if let Some(roster) = roster.filter(|_| strata.is_some_and(|strata| strata.pairs)) {
        plan.reasons.extend(notices::odd_pairs(&sample::odd_pairs(roster)));
    }
    if weighted {
        plan.reasons.push(notices::weights(plan.sensitivity.contains(&Method::WeightedCr2)));
    }
    plan
}

/// Methods that stand beside any primary one, where the study has what they need.
fn others(study: &BoundStudy, setting: &Setting, primary: Option<Method>, weighted: bool) -> Vec<Method> {
    // Waves that meet other persons have none of these.
    let Some(primary) = primary.filter(|_| !setting.cross_sections) else { return Vec::new() };
    let clustered = setting.schools.is_some();
    let listed = [
        (weighted && clustered && !primary.reassigns(), Method::WeightedCr2),
        (asks_questionnaires(study), Method::WithoutFlagged),
        (asks_raters(study), Method::SeverityAdjusted),
        (has_measures(study), Method::DriftFreeAnchors),
    ];
    listed.into_iter().filter(|(is_listed, _)| *is_listed).map(|(_, method)| method).collect()
}

/// Whether some outcome comes from answers to rating scales, which may be careless.
fn asks_questionnaires(study: &BoundStudy) -> bool {
    let has_scales = |instrument: &Instrument| {
        instrument.items.iter().any(|item| matches!(item.kind, ItemKind::Likert { .. }))
    };
    study.study.outcomes.iter().filter_map(|outcome| study.instrument_of(outcome)).any(has_scales)
}

/// Whether some outcome comes from ratings by several people, as study and instruments declare it: the plan is
/// the same before and after the answers come.
fn asks_raters(study: &BoundStudy) -> bool {
    let by_rows = |instrument: &Instrument| {
        study
            .study
            .responses
            .iter()
            .any(|file| file.instrument == instrument.id && file.columns.rater.is_some())
    };
    let by_columns = |item: &ItemKind| matches!(item, ItemKind::Essay { raters, .. } | ItemKind::Rating { raters, .. } if *raters > 1);
    let mut asked = study.study.outcomes.iter().filter_map(|outcome| study.instrument_of(outcome));
    asked.any(|instrument| by_rows(instrument) || instrument.items.iter().any(|item| by_columns(&item.kind)))
}

/// Whether some outcome is a measure by item response theory.
fn has_measures(study: &BoundStudy) -> bool {
    study.study.outcomes.iter().any(|outcome| {
        let scale = study.instrument_of(outcome).zip(outcome.from.scale.as_deref());
        let scale = scale.and_then(|(instrument, id)| instrument.scale(id));
        scale.is_some_and(|scale| scale.method == ScaleMethod::Irt)
    })
}

/// Whom the study is mainly about: the respondents of its first primary outcome, of its first secondary one where
/// none is primary, of its first one otherwise; students where that is not known.
fn main_respondent(study: &BoundStudy) -> Respondent {
    let outcomes = &study.study.outcomes;
    let of = |role: OutcomeRole| outcomes.iter().find(move |outcome| outcome.role == role);
    of(OutcomeRole::Primary)
        .or_else(|| of(OutcomeRole::Secondary))
        .or_else(|| outcomes.first())
        .and_then(|outcome| super::frame::respondent_of(study, outcome))
        .unwrap_or(Respondent::Student)
}

fn schools_per_arm(study: &BoundStudy, roster: &Roster, has_comparison: bool) -> Vec<usize> {
    let count = |arm: Option<&str>| {
        let members = roster.persons.iter().filter(|person| arm.is_none() || person.arm.as_deref() == arm);
        members.filter_map(|person| person.school.as_deref()).collect::<BTreeSet<_>>().len()
    };
    if has_comparison {
        study.study.arms.iter().map(|arm| count(Some(arm.id.as_str()))).collect()
    } else {
        vec![count(None)]
    }
}

/// Whether both a programme and a comparison arm have persons.
fn both_sides(study: &BoundStudy, roster: &Roster) -> bool {
    let named: BTreeSet<&str> = roster.persons.iter().filter_map(|person| person.arm.as_deref()).collect();
    let peopled = || study.study.arms.iter().filter(|arm| named.contains(arm.id.as_str()));
    let is_comparison = |role| role == ArmRole::Comparison;
    peopled().any(|arm| is_comparison(arm.role)) && peopled().any(|arm| !is_comparison(arm.role))
}

/// Whether some school has persons in more than one arm, so that school means cannot carry the comparison.
fn arms_share_schools(roster: &Roster) -> bool {
    let pairs: BTreeSet<(&str, &str)> =
        roster.persons.iter().filter_map(|p| Some((p.school.as_deref()?, p.arm.as_deref()?))).collect();
    let schools: BTreeSet<&str> = pairs.iter().map(|(school, _)| *school).collect();
    pairs.len() > schools.len()
}

fn claim(design: Design, assignment: Assignment) -> Claim {
    match (design, assignment) {
        (Design::SingleWave, _) => Claim::Description,
        (Design::OneGroupClustered | Design::OneGroupUnclustered, _) => Claim::Change,
        (_, Assignment::RandomSchool | Assignment::RandomStudent) => Claim::Effect,
        _ => Claim::Association,
    }
}

/// The primary method of a design with so many schools; none where nothing is estimated.
pub(super) fn primary_of(
    design: Design,
    assignment: Assignment,
    split: bool,
    schools: Option<&[usize]>,
) -> Option<Method> {
    let schools = schools.map(|schools| schools.iter().sum());
    choose(&Setting { design, assignment, split, cross_sections: false, strata: None, schools }).primary
}

fn reasons(plan: &Plan, setting: &Setting) -> Vec<Notice> {
    let mut reasons = Vec::new();
    let total = setting.schools.unwrap_or(0);
    match plan.design {
        Design::SingleWave => reasons.push(notices::one_wave()),
        Design::OneGroupClustered => {
            reasons.push(notices::one_group());
            reasons.push(notices::schools_are_units(total));
            reasons.push(notices::student_t_refused(total));
        }
        Design::OneGroupUnclustered => {
            reasons.push(notices::one_group());
            reasons.push(notices::schools_unknown());
        }
        Design::ComparisonClustered => {
            reasons.push(notices::comparison(plan.assignment));
            reasons.push(notices::schools_are_units(total));
            reasons.push(notices::student_t_refused(total));
        }
        Design::ComparisonUnclustered => {
            reasons.push(notices::comparison(plan.assignment));
            reasons.push(notices::schools_unknown());
        }
    }
    match plan.primary {
        Some(Method::StudentPermutation) => reasons.push(notices::few_schools_within(total)),
        Some(primary) if primary.reassigns() => reasons.push(notices::few_schools(total, FEW_SCHOOLS)),
        None if setting.split && setting.is_few() => reasons.push(notices::few_schools_not_drawn(total)),
        _ => {}
    }
    let one_alone = |schools: &Vec<usize>| schools.len() > 1 && schools.iter().any(|count| *count < 2);
    if !setting.split && plan.schools.as_ref().is_some_and(one_alone) {
        reasons.push(notices::one_school_in_an_arm());
    }
    let did_leads = plan.primary.is_some_and(|primary| !primary.is_adjusted());
    if did_leads && plan.sensitivity.iter().any(|method| method.is_adjusted()) {
        reasons.push(notices::did_and_ancova());
    }
    reasons.extend(plan.weighting().map(|weighting| notices::weighting(weighting, plan.students_beside())));
    reasons
}

/// What the way the sample is made brings with it.
fn of_the_sample(plan: &Plan) -> Vec<Notice> {
    let mut reasons = Vec::new();
    if plan.cross_sections {
        reasons.push(notices::cross_sections());
    }
    if plan.arms_within_schools {
        reasons.push(notices::arms_within_schools());
    }
    reasons.extend(plan.strata.into_iter().flat_map(notices::strata));
    reasons.extend(plan.sizes.and_then(|sizes| notices::unequal_schools(sizes, plan.students_beside())));
    reasons
}
