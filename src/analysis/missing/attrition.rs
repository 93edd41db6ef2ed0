//! Loss at school level, then of persons in the schools that stayed, with the verdicts of the What Works
//! Clearinghouse (Standards Handbook 4.1, chapter II).

use std::collections::BTreeSet;

use super::people::role;
use super::{Declared, People, notices};
use crate::analysis::Material;
use crate::analysis::findings::{
    AttritionFindings, AttritionLevel, AttritionUnit, BoundaryVerdict, GroupLoss, Notice,
};
use crate::impact::Arm;
use crate::impact::attrition::{ArmFlow, AttritionVerdict, attrition};
use crate::study::{Assignment, AttritionBoundary};

/// Counts and judges the loss behind every outcome; of `cohorts`, which meet other persons every time, that of schools.
pub(super) fn judge(
    material: Material<'_>,
    declared: &[Declared<'_>],
    cohorts: bool,
    notices: &mut Vec<Notice>,
) -> Vec<AttritionFindings> {
    let boundary = material.study.study.analysis.attrition;
    let assignment = material.study.study.assignment;
    let mut found = Vec::new();
    for outcome in declared {
        let people = &outcome.people;
        if people.places().is_empty() {
            continue;
        }
        let levels = if cohorts { of_cohorts(people, assignment) } else { levels(people, assignment) };
        if levels.is_empty() {
            continue;
        }
        let low = people.compares.then(|| is_low(&levels, boundary)).flatten();
        let id = outcome.found.id.clone();
        if !people.compares && notices.iter().all(|notice| notice.code != notices::NO_VERDICT) {
            notices.push(notices::no_verdict());
        }
        let own = verdict_notices(people, &levels, boundary);
        notices.extend(own.into_iter().map(|notice| crate::analysis::notices::about(notice, &id)));
        found.push(AttritionFindings { outcome: id, declared: boundary, levels, low });
    }
    found
}

/// Whether loss is low at every level that counts; none where a level has no verdict.
fn is_low(levels: &[AttritionLevel], boundary: AttritionBoundary) -> Option<bool> {
    let counted = levels.iter().filter(|level| level.unit != AttritionUnit::PersonWithoutJoiners);
    let verdicts: Option<Vec<bool>> =
        counted.map(|level| level.verdict(boundary).map(|verdict| verdict.low)).collect();
    verdicts.filter(|verdicts| !verdicts.is_empty()).map(|verdicts| verdicts.into_iter().all(|low| low))
}

fn verdict_notices(
    people: &People<'_>,
    levels: &[AttritionLevel],
    boundary: AttritionBoundary,
) -> Vec<Notice> {
    if !people.compares {
        return Vec::new();
    }
    let other = match boundary {
        AttritionBoundary::Cautious => AttritionBoundary::Optimistic,
        AttritionBoundary::Optimistic => AttritionBoundary::Cautious,
    };
    let mut found = match (is_low(levels, boundary), is_low(levels, other)) {
        (None, _) | (_, None) => vec![notices::arm_without_roster()],
        (Some(false), Some(true)) => vec![notices::high_loss(), notices::boundaries_differ(other)],
        (Some(false), _) => vec![notices::high_loss()],
        (Some(true), Some(false)) => vec![notices::boundaries_differ(other)],
        (Some(true), _) => Vec::new(),
    };
    if joiners_decide(levels, boundary) {
        found.push(notices::joiners_decide());
    }
    found
}

/// Whether leaving out those met last only turns the verdict on persons round.
fn joiners_decide(levels: &[AttritionLevel], boundary: AttritionBoundary) -> bool {
    let low = |unit: AttritionUnit| {
        let level = levels.iter().find(|level| level.unit == unit)?;
        Some(level.verdict(boundary)?.low)
    };
    match (low(AttritionUnit::Person), low(AttritionUnit::PersonWithoutJoiners)) {
        (Some(with), Some(without)) => with != without,
        _ => false,
    }
}

fn levels(people: &People<'_>, assignment: Assignment) -> Vec<AttritionLevel> {
    let mut levels = Vec::new();
    if schools_were_assigned(people, assignment) {
        levels.push(level(people, AttritionUnit::School, |side| {
            let of = |keep: &dyn Fn(usize) -> bool| schools(people, side, keep).len();
            (of(&|_| true), of(&|place| people.stayed(place)))
        }));
    }
    // In a study that assigned persons a school that vanished takes assigned persons with it.
    let stayed_schools = levels.first().map(|_| schools(people, None, &|place| people.stayed(place)));
    let in_stayed = |place: usize| match (&stayed_schools, people.school(place)) {
        (Some(stayed), Some(school)) => stayed.contains(school),
        _ => true,
    };
    let persons = |side: Option<Arm>, keep: &dyn Fn(usize) -> bool| {
        let own = people.places().filter(|place| people.belongs(*place, side) && in_stayed(*place));
        own.filter(|place| keep(*place)).count()
    };
    let stayed = |side| persons(side, &|place| people.stayed(place));
    levels.push(level(people, AttritionUnit::Person, |side| (persons(side, &|_| true), stayed(side))));
    if people.places().any(|place| people.joined(place)) {
        levels.push(level(people, AttritionUnit::PersonWithoutJoiners, |side| {
            (persons(side, &|place| !people.joined(place)), stayed(side))
        }));
    }
    levels
}

/// Schools of cohorts: stayed are those with somebody met at either wave.
fn of_cohorts(people: &People<'_>, assignment: Assignment) -> Vec<AttritionLevel> {
    if !schools_were_assigned(people, assignment) {
        return Vec::new();
    }
    vec![level(people, AttritionUnit::School, |side| {
        let first = schools(people, side, &|place| people.first(place).is_some());
        let last = schools(people, side, &|place| people.last(place).is_some());
        (schools(people, side, &|_| true).len(), first.intersection(&last).count())
    })]
}

/// Whether schools came into arms as a whole, so that schools can be lost. In one group they are followed too.
fn schools_were_assigned(people: &People<'_>, assignment: Assignment) -> bool {
    if !people.roster().has_schools() || assignment == Assignment::RandomStudent {
        return false;
    }
    let of = |side| schools(people, Some(side), &|_| true);
    !people.compares || of(Arm::Program).is_disjoint(&of(Arm::Comparison))
}

/// Schools of a side with somebody for whom `keep` holds.
fn schools<'a>(people: &People<'a>, side: Option<Arm>, keep: &dyn Fn(usize) -> bool) -> BTreeSet<&'a str> {
    let own = people.places().filter(|place| people.belongs(*place, side) && keep(*place));
    own.filter_map(|place| people.school(place)).collect()
}

fn level(
    people: &People<'_>,
    unit: AttritionUnit,
    count: impl Fn(Option<Arm>) -> (usize, usize),
) -> AttritionLevel {
    let groups: Vec<GroupLoss> = people
        .sides()
        .into_iter()
        .map(|side| {
            let (assigned, analysed) = count(side);
            GroupLoss { role: role(side), assigned, analysed, lost: share_lost(assigned, analysed) }
        })
        .collect();
    let total = |of: fn(&GroupLoss) -> usize| groups.iter().map(of).sum::<usize>();
    let overall = share_lost(total(|group| group.assigned), total(|group| group.analysed));
    let judged = match groups.as_slice() {
        [program, comparison] => attrition(&ArmFlow {
            program_assigned: program.assigned,
            program_analysed: program.analysed,
            comparison_assigned: comparison.assigned,
            comparison_analysed: comparison.analysed,
        })
        .ok(),
        _ => None,
    };
    let verdict = |verdict: AttritionVerdict| BoundaryVerdict {
        limit: verdict.limit.map(|percent| percent / 100.0),
        low: verdict.low,
    };
    AttritionLevel {
        unit,
        overall,
        differential: judged.map(|found| found.differential / 100.0),
        cautious: judged.map(|found| verdict(found.cautious)),
        optimistic: judged.map(|found| verdict(found.optimistic)),
        groups,
    }
}

/// Share of the assigned who were lost; none of nobody.
fn share_lost(assigned: usize, analysed: usize) -> f64 {
    if assigned == 0 { 0.0 } else { (assigned - analysed) as f64 / assigned as f64 }
}
