//! What a study knows about its own schools and scores, for planning the next one.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::PolarsResult;

use super::PlannedDesign;
use super::quantity::{Known, Quantity, Source};
use super::variances::{self, Components, MOST_R_BETWEEN, WaveScores};
use crate::analysis::findings::{Design, Plan, StrataSummary};
use crate::analysis::frame::{self, Linked, Measured};
use crate::analysis::outcome::spread::pooled_sd;
use crate::analysis::{Material, measurement, plan};
use crate::num::moments;
use crate::response::{Responses, Roster};
use crate::study::{ArmRole, Assignment, BoundStudy, Outcome};

/// What the study file alone says.
pub fn of_study(study: &BoundStudy) -> Known {
    let rules = &study.study.analysis;
    let mut known = Known::default();
    known.values.insert(Quantity::Alpha, (rules.alpha, Source::StudyFile));
    if let Some(effect) = rules.smallest_effect_of_interest {
        known.values.insert(Quantity::Effect, (effect, Source::StudyFile));
    }
    known
}

/// What study file and rosters say before there are answers.
pub fn of_roster(study: &BoundStudy, responses: &Responses, outcome: &Outcome) -> Known {
    let mut known = of_study(study);
    let plan = plan::read(study, responses);
    known.outcome = Some(outcome.id.clone());
    known.design = design_of(&plan, plan.schools.is_some());
    let respondent = frame::respondent_of(study, outcome);
    let Some(roster) = respondent.and_then(|respondent| responses.roster_of(study, respondent)) else {
        return known;
    };
    let persons = roster.persons.iter();
    known.values.insert(Quantity::Pairs, (roster.persons.len() as f64, Source::Roster));
    if roster.has_schools() {
        let mut sizes: BTreeMap<&str, f64> = BTreeMap::new();
        for school in persons.filter_map(|person| person.school.as_deref()) {
            // A roster of cohorts lists those of every wave.
            let own = if plan.cross_sections { (study.study.waves.len() as f64).recip() } else { 1.0 };
            *sizes.entry(school).or_default() += own;
        }
        count_schools(&mut known, sizes.len(), sizes.into_values(), Source::Roster);
    }
    known.strata(plan.strata, Source::Roster);
    share(&mut known, &plan, study, roster, 0..roster.persons.len(), Source::Roster);
    known
}

/// What rosters and scores say, for an outcome whose scores are there.
///
/// # Errors
/// polars cannot hand out a column.
pub fn of_scores(material: Material<'_>, outcome: &Outcome) -> PolarsResult<Known> {
    let study = material.study;
    let mut known = of_roster(study, material.responses, outcome);
    let Some(measured) = frame::measured(material, material.scores, outcome)? else { return Ok(known) };
    let plan = plan::read(study, material.responses);
    if plan.cross_sections {
        of_cohorts(&mut known, &plan, study, &measured);
    } else {
        of_linked(&mut known, &plan, study, &measured);
    }
    link(&mut known, material, outcome);
    Ok(known)
}

/// From persons met at both waves.
fn of_linked(known: &mut Known, plan: &Plan, study: &BoundStudy, measured: &Measured<'_>) {
    let linked = measured.linked(study);
    if linked.len() < 3 {
        return;
    }
    let arms = arms_of(plan, &linked);
    known.values.insert(Quantity::Pairs, (linked.len() as f64, Source::Scores));
    if let Some(sd) = pooled_sd(&linked.before, &arms) {
        known.values.insert(Quantity::Sd, (sd, Source::Scores));
    }
    if let Some(r) = correlation_within(&linked, &arms) {
        known.values.insert(Quantity::Correlation, (r, Source::Scores));
    }
    known.design = design_of(plan, linked.cluster.is_some());
    share(known, plan, study, measured.roster, linked.places.iter().copied(), Source::Scores);
    let Some(cluster) = &linked.cluster else { return };
    let mut sizes: BTreeMap<usize, f64> = BTreeMap::new();
    for school in cluster {
        *sizes.entry(*school).or_default() += 1.0;
    }
    count_schools(known, sizes.len(), sizes.into_values(), Source::Scores);
    known.strata(plan.strata, Source::Scores);
    if let Some(found) = variances::linked(&linked.before, &linked.after, cluster, &arms) {
        insert(known, plan, &found);
    }
}

/// From two waves of other students of the same schools.
fn of_cohorts(known: &mut Known, plan: &Plan, study: &BoundStudy, measured: &Measured<'_>) {
    let Some(scores) = measured.before_and_after() else { return };
    let names = measured.roster.schools();
    let school_of = |place: usize| {
        let school = measured.roster.persons[place].school.as_deref()?;
        Some(names.partition_point(|other| *other < school))
    };
    // A school that lacks a wave has no change.
    let [first, last] = scores.map(|wave| {
        let met = (0..wave.len()).filter(|place| wave[*place].is_some());
        met.filter_map(school_of).collect::<BTreeSet<usize>>()
    });
    let kept: BTreeSet<usize> = first.intersection(&last).copied().collect();
    let mut waves = [WaveScores::default(), WaveScores::default()];
    let mut places = Vec::new();
    for (own, scores) in waves.iter_mut().zip(scores) {
        for (place, score) in scores.iter().enumerate() {
            let school = school_of(place).filter(|school| kept.contains(school));
            let (Some(score), Some(school)) = (score, school) else { continue };
            own.scores.push(*score);
            own.school.push(school);
            own.arm.push(if compares(plan) { measured.arm_of(study, place) } else { 0 });
            places.push(place);
        }
    }
    let [before, after] = &waves;
    let mut sizes: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for (at, wave) in waves.iter().enumerate() {
        for school in &wave.school {
            *sizes.entry((*school, at)).or_default() += 1.0;
        }
    }
    count_schools(known, kept.len(), sizes.into_values(), Source::Scores);
    share(known, plan, study, measured.roster, places.into_iter(), Source::Scores);
    // The SD of everybody met before, as every other part of the analysis has it.
    let arm = |place: usize| if compares(plan) { measured.arm_of(study, place) } else { 0 };
    let (everybody, arms): (Vec<f64>, Vec<usize>) =
        scores[0].iter().enumerate().filter_map(|(place, score)| Some(((*score)?, arm(place)))).unzip();
    if let Some(sd) = pooled_sd(&everybody, &arms) {
        known.values.insert(Quantity::Sd, (sd, Source::Scores));
    }
    if let Some(found) = variances::unlinked(before, after) {
        insert(known, plan, &found);
    }
}

/// The link error of a measure in standard deviations of the score; differences between arms do not hold it.
fn link(known: &mut Known, material: Material<'_>, outcome: &Outcome) {
    let Some(error) = measurement::error_of(&material, outcome, false) else { return };
    let Some((sd, _)) = known.values.get(&Quantity::Sd).copied() else { return };
    if error.df >= 1.0 {
        known.values.insert(Quantity::LinkError, (error.se / sd, Source::Scores));
        known.values.insert(Quantity::LinkItems, (error.df + 1.0, Source::Scores));
    }
}

fn compares(plan: &Plan) -> bool {
    matches!(plan.design, Design::ComparisonClustered | Design::ComparisonUnclustered)
}

fn is_by_lot(plan: &Plan) -> bool {
    matches!(plan.assignment, Assignment::RandomSchool | Assignment::RandomStudent)
}

/// Arms of the linked; one group is one arm, whatever the roster calls it.
fn arms_of(plan: &Plan, linked: &Linked) -> Vec<usize> {
    if compares(plan) { linked.arm.clone() } else { vec![0; linked.len()] }
}

fn design_of(plan: &Plan, has_schools: bool) -> Option<PlannedDesign> {
    let by_lot = is_by_lot(plan);
    let pairs = plan.strata.is_some_and(|strata| strata.pairs);
    Some(match plan.design {
        Design::SingleWave => return None,
        Design::OneGroupClustered | Design::OneGroupUnclustered => match (has_schools, plan.cross_sections) {
            (true, true) => PlannedDesign::CrossSections,
            (true, false) => PlannedDesign::OneGroup,
            (false, _) => PlannedDesign::Pairs,
        },
        Design::ComparisonUnclustered if by_lot => PlannedDesign::IndependentRandomised,
        Design::ComparisonUnclustered => PlannedDesign::IndependentComparison,
        Design::ComparisonClustered if !has_schools && by_lot => PlannedDesign::IndependentRandomised,
        Design::ComparisonClustered if !has_schools => PlannedDesign::IndependentComparison,
        Design::ComparisonClustered if plan.cross_sections => PlannedDesign::ComparisonCrossSections,
        // Whoever drew or chose, students of one school are compared with each other.
        Design::ComparisonClustered if plan.arms_within_schools => PlannedDesign::Multisite,
        Design::ComparisonClustered => match (by_lot, pairs) {
            (true, true) => PlannedDesign::PairedRandomised,
            (true, false) => PlannedDesign::Randomised,
            (false, true) => PlannedDesign::PairedComparison,
            (false, false) => PlannedDesign::Comparison,
        },
    })
}

fn is_programme(study: &BoundStudy, arm: Option<&str>) -> bool {
    let found = study.study.arms.iter().find(|known| Some(known.id.as_str()) == arm);
    found.is_some_and(|arm| arm.role == ArmRole::Programme)
}

impl Known {
    /// Strata, and pairs by half the schools.
    fn strata(&mut self, strata: Option<StrataSummary>, source: Source) {
        let Some(strata) = strata else { return };
        self.values.insert(Quantity::Strata, (strata.count as f64, source));
        if strata.pairs {
            self.values.insert(Quantity::SchoolPairs, (strata.count as f64, source));
        }
    }
}

/// Schools, and their harmonic mean size: what unequal schools are worth as equal ones. Cohorts have a size per
/// school and wave.
fn count_schools(known: &mut Known, schools: usize, sizes: impl Iterator<Item = f64>, source: Source) {
    let (mut count, mut inverse) = (0.0, 0.0);
    for size in sizes {
        count += 1.0;
        inverse += size.recip();
    }
    if schools > 0 && count > 0.0 {
        known.values.insert(Quantity::Schools, (schools as f64, source));
        known.values.insert(Quantity::Students, ((count / inverse).max(1.0), source));
    }
}

/// Share of the units in the programme: of schools where schools are in one arm as a whole, of persons where schools
/// have both arms or are unknown.
fn share(
    known: &mut Known,
    plan: &Plan,
    study: &BoundStudy,
    roster: &Roster,
    places: impl Iterator<Item = usize>,
    source: Source,
) {
    let by_school = !plan.arms_within_schools;
    let mut units: BTreeMap<&str, bool> = BTreeMap::new();
    for place in places {
        let person = &roster.persons[place];
        let unit = person.school.as_deref().filter(|_| by_school).unwrap_or(&person.id);
        *units.entry(unit).or_default() |= is_programme(study, person.arm.as_deref());
    }
    let treated = units.values().filter(|treated| **treated).count();
    if treated > 0 && treated < units.len() {
        known.values.insert(Quantity::ProgramShare, (treated as f64 / units.len() as f64, source));
    }
}

/// Correlation of first and last scores within arms.
fn correlation_within(linked: &Linked, arms: &[usize]) -> Option<f64> {
    let [before, after] =
        [&linked.before, &linked.after].map(|scores| variances::without_means(scores, arms));
    moments::pearson(&before, &after).ok()
}

/// Writes variances and correlations into what is known.
fn insert(known: &mut Known, plan: &Plan, found: &Components) {
    if let Some(icc) = found.icc() {
        known.values.insert(Quantity::Icc, (icc, Source::Scores));
    }
    let capped = |r: f64| {
        let source = if r > MOST_R_BETWEEN { Source::Capped } else { Source::Scores };
        (r.clamp(-1.0, MOST_R_BETWEEN), source)
    };
    let r_between = found.r_between.map(capped);
    if let Some(own) = r_between {
        known.values.insert(Quantity::RBetween, own);
    }
    let Some(r_within) = found.r_within else { return };
    known.values.insert(Quantity::RWithin, (r_within, Source::Scores));
    // Arms within schools that nobody drew are compared by change, all others by the pretest's slope.
    let by_change = known.design == Some(PlannedDesign::Multisite) && !is_by_lot(plan);
    let slope = if by_change { 1.0 } else { r_within };
    known.values.insert(Quantity::R2Students, (variances::explained(slope, r_within), Source::Scores));
    if let Some((r_between, source)) = r_between {
        known.values.insert(Quantity::R2Schools, (variances::explained(slope, r_between), source));
    }
}
