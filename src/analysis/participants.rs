//! Who took part: from roster to linked, by arm and by school, and who was lost.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::PolarsResult;

use super::Material;
use super::findings::{Background, BackgroundValue, Flow, LostComparison, ParticipantGroup, Participants};
use super::frame::{self, Measured};
use crate::i18n::Text;
use crate::impact::effect;
use crate::instrument::Respondent;
use crate::response::Roster;
use crate::response::link::{self, MatchCounts, Presence};
use crate::study::{Covariate, OutcomeRole};

/// Counts the participants of every roster.
///
/// # Errors
/// polars cannot hand out a column.
pub fn count(material: Material<'_>) -> PolarsResult<Participants> {
    let mut participants = Participants::default();
    let mut schools = BTreeSet::new();
    let mut districts = BTreeSet::new();
    let mut venues = BTreeSet::new();
    for roster in &material.responses.rosters {
        schools.extend(roster.schools());
        districts.extend(roster.districts());
        venues.extend(roster.venues());
        participants.groups.push(group(material, roster)?);
    }
    participants.schools = (!schools.is_empty()).then_some(schools.len());
    participants.districts = districts.len();
    participants.venues = venues.len();
    Ok(participants)
}

fn group(material: Material<'_>, roster: &Roster) -> PolarsResult<ParticipantGroup> {
    let study = material.study;
    // Observers report on teachers: a lesson observed does not make a teacher a respondent.
    let presence = link::presence(study, material.responses, roster.respondent);
    let arms = &study.study.arms;
    let mut flow = Vec::new();
    if arms.len() > 1 && roster.persons.iter().any(|person| person.arm.is_some()) {
        for arm in arms {
            let places = places(roster, |person| person.arm.as_deref() == Some(arm.id.as_str()));
            flow.push(flow_of(&arm.id, arm.label.clone(), link::count(roster, &presence, places)));
        }
    } else {
        let counts = link::count(roster, &presence, 0..roster.persons.len());
        flow.push(flow_of("", Text::default(), counts));
    }
    Ok(ParticipantGroup {
        respondent: roster.respondent,
        roster: roster.persons.len(),
        flow,
        by_school: by_school(roster, &presence),
        background: background(material, roster),
        lost: lost(material, roster)?,
    })
}

fn places(roster: &Roster, keep: impl Fn(&crate::response::Person) -> bool) -> Vec<usize> {
    roster.persons.iter().enumerate().filter(|(_, person)| keep(person)).map(|(place, _)| place).collect()
}

fn flow_of(group: &str, label: Text, counts: MatchCounts) -> Flow {
    Flow {
        group: group.to_owned(),
        label,
        roster: counts.roster,
        tested: counts.tested,
        linked: counts.linked,
        only_first: counts.only_first,
        only_last: counts.only_last,
    }
}

fn by_school(roster: &Roster, presence: &Presence) -> Vec<Flow> {
    link::count_by_school(roster, presence)
        .into_iter()
        .map(|(school, counts)| {
            let name = roster.school_names.get(&school).cloned().unwrap_or_else(|| school.clone());
            flow_of(&school, Text::new(name.clone(), name), counts)
        })
        .collect()
}

/// Counts of the study's covariates and subgroups; values shared by fewer persons than the smallest cell are
/// kept: they are counts of a roster, not results of children.
fn background(material: Material<'_>, roster: &Roster) -> Vec<Background> {
    let rules = &material.study.study;
    let mut seen = BTreeSet::new();
    rules
        .covariates
        .iter()
        .chain(&rules.subgroups)
        .filter(|covariate| covariate.respondent.unwrap_or(Respondent::Student) == roster.respondent)
        .filter(|covariate| seen.insert(covariate.column.clone()))
        .filter_map(|covariate| {
            let cells = roster.columns.get(&covariate.column)?;
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            for cell in cells.iter().flatten() {
                *counts.entry(cell).or_default() += 1;
            }
            // A column with a value of its own for nearly everybody (an age, a name) is no background group.
            (counts.len() <= 12).then(|| Background {
                label: covariate.label.clone(),
                values: counts
                    .into_iter()
                    .map(|(value, n)| BackgroundValue { label: value_label(covariate, value), n })
                    .collect(),
            })
        })
        .collect()
}

/// The wording of a covariate's value.
pub fn value_label(covariate: &Covariate, value: &str) -> Text {
    covariate.values.get(value).cloned().unwrap_or_else(|| Text::new(value, value))
}

fn lost(material: Material<'_>, roster: &Roster) -> PolarsResult<Vec<LostComparison>> {
    let mut comparisons = Vec::new();
    for outcome in &material.study.study.outcomes {
        if outcome.role == OutcomeRole::Exploratory {
            continue;
        }
        let Some(measured) = frame::measured(material, material.scores, outcome)? else { continue };
        if measured.roster.respondent != roster.respondent {
            continue;
        }
        comparisons.extend(compare_lost(&outcome.id, &measured, material.study.study.analysis.smallest_cell));
    }
    Ok(comparisons)
}

fn compare_lost(outcome: &str, measured: &Measured<'_>, smallest: usize) -> Option<LostComparison> {
    let [first, last] = measured.before_and_after()?;
    let mut linked = Vec::new();
    let mut lost = Vec::new();
    for (before, after) in first.iter().zip(last) {
        match (before, after) {
            (Some(before), Some(_)) => linked.push(*before),
            (Some(before), None) => lost.push(*before),
            _ => {}
        }
    }
    if lost.len() < smallest || linked.len() < smallest {
        return None;
    }
    let summary = |scores: &[f64]| effect::GroupSummary::new(scores).ok();
    let g = effect::baseline_g(&summary(&linked)?, &summary(&lost)?, 0.05).ok()?.g.value;
    Some(LostComparison {
        outcome: outcome.to_owned(),
        linked_mean: crate::num::moments::mean(&linked).ok()?,
        linked_n: linked.len(),
        lost_mean: crate::num::moments::mean(&lost).ok()?,
        lost_n: lost.len(),
        g,
    })
}
