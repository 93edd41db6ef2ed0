//! What a study knows about its own schools and scores, for planning the next one.

use std::collections::BTreeMap;

use polars::prelude::PolarsResult;

use super::quantity::{Known, PlannedDesign, Quantity, Source};
use crate::analysis::findings::{Design, Plan};
use crate::analysis::frame::{self, Linked, Measured};
use crate::analysis::{Material, plan};
use crate::impact::icc::anova_icc;
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
    known.values.insert(Quantity::Pairs, (roster.persons.len() as f64, Source::Roster));
    if roster.has_schools() {
        let schools = roster.persons.iter().filter_map(|person| person.school.as_deref());
        count_schools(&mut known, schools, Source::Roster);
    }
    let programme = |roster: &Roster, place: usize| is_programme(study, roster.persons[place].arm.as_deref());
    share(&mut known, roster, 0..roster.persons.len(), programme, Source::Roster);
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
    let linked = measured.linked(study);
    if linked.len() < 3 {
        return Ok(known);
    }
    known.values.insert(Quantity::Pairs, (linked.len() as f64, Source::Scores));
    if let Ok(sd) = moments::sd(&linked.before) {
        known.values.insert(Quantity::Sd, (sd, Source::Scores));
    }
    if let Ok(r) = moments::pearson(&linked.before, &linked.after) {
        known.values.insert(Quantity::Correlation, (r, Source::Scores));
    }
    let plan = plan::read(study, material.responses);
    known.design = design_of(&plan, linked.cluster.is_some());
    let Some(cluster) = &linked.cluster else { return Ok(known) };
    count_schools(&mut known, cluster.iter().map(|school| linked.schools[*school].as_str()), Source::Scores);
    let programme = |roster: &Roster, place: usize| is_programme(study, roster.persons[place].arm.as_deref());
    share(&mut known, measured.roster, linked.places.iter().copied(), programme, Source::Scores);
    variances(&mut known, &measured, study, &linked, cluster);
    Ok(known)
}

fn design_of(plan: &Plan, has_schools: bool) -> Option<PlannedDesign> {
    match (plan.design, plan.assignment) {
        (Design::OneGroupClustered | Design::OneGroupUnclustered, _) if has_schools => {
            Some(PlannedDesign::OneGroup)
        }
        (Design::OneGroupClustered | Design::OneGroupUnclustered, _) => Some(PlannedDesign::Pairs),
        (Design::ComparisonClustered, Assignment::RandomSchool) => Some(PlannedDesign::Randomised),
        (Design::ComparisonClustered, Assignment::RandomStudent) => Some(PlannedDesign::Multisite),
        (Design::ComparisonClustered, _) => Some(PlannedDesign::Comparison),
        (Design::ComparisonUnclustered | Design::SingleWave, _) => None,
    }
}

fn is_programme(study: &BoundStudy, arm: Option<&str>) -> bool {
    let found = study.study.arms.iter().find(|known| Some(known.id.as_str()) == arm);
    found.is_some_and(|arm| arm.role == ArmRole::Programme)
}

/// Schools, and their harmonic mean size: what unequal schools are worth as equal ones.
fn count_schools<'a>(known: &mut Known, schools: impl Iterator<Item = &'a str>, source: Source) {
    let mut sizes: BTreeMap<&str, f64> = BTreeMap::new();
    for school in schools {
        *sizes.entry(school).or_default() += 1.0;
    }
    if sizes.is_empty() {
        return;
    }
    let count = sizes.len() as f64;
    let harmonic = count / sizes.values().map(|size| size.recip()).sum::<f64>();
    known.values.insert(Quantity::Schools, (count, source));
    known.values.insert(Quantity::Students, (harmonic, source));
}

/// Share of the schools (of the persons where schools are unknown) in the programme.
fn share(
    known: &mut Known,
    roster: &Roster,
    places: impl Iterator<Item = usize>,
    programme: impl Fn(&Roster, usize) -> bool,
    source: Source,
) {
    let mut units: BTreeMap<String, bool> = BTreeMap::new();
    for place in places {
        let person = &roster.persons[place];
        let unit = person.school.clone().unwrap_or_else(|| person.id.clone());
        *units.entry(unit).or_default() |= programme(roster, place);
    }
    let treated = units.values().filter(|treated| **treated).count();
    if treated > 0 && treated < units.len() {
        known.values.insert(Quantity::ProgramShare, (treated as f64 / units.len() as f64, source));
    }
}

/// ICC and correlations of schools and of students within them, from the mean squares of both waves and of
/// their sum: the covariance of two scores is half of what the variance of the sum has beyond the two
/// variances. Arms are taken apart first, so that the programme adds nothing to the schools.
fn variances(
    known: &mut Known,
    measured: &Measured<'_>,
    study: &BoundStudy,
    linked: &Linked,
    cluster: &[usize],
) {
    let arms: Vec<usize> = linked.places.iter().map(|place| measured.arm_of(study, *place)).collect();
    let (before, after) = (centred(&linked.before, &arms), centred(&linked.after, &arms));
    let sum: Vec<f64> = before.iter().zip(&after).map(|(before, after)| before + after).collect();
    let parts = [&before, &after, &sum].map(|scores| {
        // The interval is not used, so any error rate does.
        let icc = anova_icc(scores, cluster, 0.05).ok()?;
        Some(((icc.ms_between - icc.ms_within) / icc.n0, icc.ms_within))
    });
    let [Some(before), Some(after), Some(sum)] = parts else { return };
    let between = [before.0.max(0.0), after.0.max(0.0)];
    let total = before.0.max(0.0) + before.1;
    if total > 0.0 {
        known.values.insert(Quantity::Icc, (between[0] / total, Source::Scores));
    }
    let r_within = correlation(sum.1 - before.1 - after.1, before.1, after.1);
    let r_between = correlation(sum.0 - before.0 - after.0, between[0], between[1]);
    for (r, own, explained) in [
        (r_within, Quantity::RWithin, Quantity::R2Students),
        (r_between, Quantity::RBetween, Quantity::R2Schools),
    ] {
        let Some(r) = r else { continue };
        known.values.insert(own, (r, Source::Scores));
        known.values.insert(explained, (r * r, Source::Scores));
    }
    if known.design == Some(PlannedDesign::Randomised) && r_between.is_some() {
        // The school mean of the pretest takes a degree of freedom.
        known.values.insert(Quantity::Covariates, (1.0, Source::Scores));
    }
}

/// Correlation from twice a covariance; estimates beyond the range are taken back to it.
fn correlation(twice_covariance: f64, one: f64, other: f64) -> Option<f64> {
    let scale = (one * other).sqrt();
    (scale > 0.0).then(|| (twice_covariance / 2.0 / scale).clamp(-1.0, 1.0))
}

fn centred(scores: &[f64], arms: &[usize]) -> Vec<f64> {
    let mut sums: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    for (score, arm) in scores.iter().zip(arms) {
        let entry = sums.entry(*arm).or_default();
        entry.0 += score;
        entry.1 += 1.0;
    }
    let mean = |arm: &usize| sums.get(arm).map_or(0.0, |(sum, n)| sum / n);
    scores.iter().zip(arms).map(|(score, arm)| score - mean(arm)).collect()
}
