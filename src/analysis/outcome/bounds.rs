//! How far those who were lost could move the primary estimate: scores filled in, Lee's bounds, the tipping point.
//!
//! About persons measured first; where groups were drawn by lot, bounds on last scores are about everybody drawn. A score
//! filled in goes through the primary method like any other, so that schools
//! weigh in it as they weigh in the estimate.

use std::collections::BTreeMap;

use super::effects::as_test;
use super::{Sample, estimate};
use crate::analysis::findings::{
    BoundsFindings, Claim, EstimateFindings, FilledIn, GroupLoss, LeeFindings, LostScore, Method, Notice,
    RosterBounds, TippingFindings,
};
use crate::analysis::missing::notices;
use crate::analysis::plan::FEW_SCHOOLS;
use crate::impact::Arm;
use crate::impact::bounds::{ArmOutcome, lee_bounds, tipping_point_at, worst_case_bounds};
use crate::impact::lee_resampling::{LeeResampling, SchoolOutcomes, lee_interval};
use crate::num::moments;
use crate::study::{ArmRole, Outcome};

/// Standard deviations that count as far as scores can lie apart where their range is not known.
const FARTHEST_SD: f64 = 4.0;

/// The bounds of an outcome; none where nothing was estimated or nobody was lost.
pub(super) fn all(
    sample: &Sample<'_>,
    outcome: &Outcome,
    estimates: &[EstimateFindings],
    notices: &mut Vec<Notice>,
) -> Option<BoundsFindings> {
    let primary = estimates.iter().find(|estimate| estimate.primary)?;
    let started = Started::of(sample);
    let groups = started.groups();
    let roster = roster(sample, &outcome.id, notices);
    if groups.iter().all(|group| group.analysed == group.assigned) {
        let unmeasured = sample.measured.roster.persons.len() - started.persons.len();
        notices.push(notices::nobody_lost(unmeasured, roster.is_some()));
        return roster.map(|roster| BoundsFindings {
            method: primary.method,
            groups,
            filled: Vec::new(),
            lee: None,
            tipping: None,
            roster: Some(roster),
        });
    }
    Some(BoundsFindings {
        method: primary.method,
        filled: filled(sample, primary.method, notices),
        lee: sample.compares().then(|| lee(sample, &started, &outcome.id, notices)).flatten(),
        tipping: tipping(sample, &started, primary),
        roster,
        groups,
    })
}

/// Bounds on last scores over the whole roster of a study that drew its groups by lot.
fn roster(sample: &Sample<'_>, outcome: &str, notices: &mut Vec<Notice>) -> Option<RosterBounds> {
    if !sample.compares() || sample.plan.claim != Claim::Effect {
        return None;
    }
    let drawn = Started::drawn(sample);
    let groups = drawn.groups();
    if groups.iter().all(|group| group.analysed == group.assigned) {
        return None;
    }
    let sides = [Arm::Program, Arm::Comparison].map(|side| together(&drawn.schools(side)));
    let worst = sample.measured.range.and_then(|[low, high]| {
        worst_case_bounds(&arm_of(&sides[0]), Some(&arm_of(&sides[1])), low, high).ok()
    });
    let lee = lee(sample, &drawn, &format!("{outcome}-roster"), notices);
    Some(RosterBounds { groups, lee, worst: worst.map(|bounds| [bounds.low, bounds.high]) })
}

/// Persons with side, school and what is compared of those who stayed.
struct Started<'a> {
    compares: bool,
    persons: Vec<Person<'a>>,
}

struct Person<'a> {
    side: Arm,
    school: Option<&'a str>,
    /// Change, or last score; none of who was lost.
    value: Option<f64>,
}

impl<'a> Started<'a> {
    /// Everybody measured first, with the change of those who stayed.
    fn of(sample: &Sample<'a>) -> Self {
        let measured = sample.measured;
        let [first, last] = measured.before_and_after().unwrap_or([&[], &[]]);
        let scores = first.iter().zip(last).enumerate();
        let persons = scores.filter_map(|(place, (before, after))| {
            let before = (*before)?;
            Some(Person {
                side: sample.role(measured.arm_of(sample.study, place)),
                school: measured.roster.persons[place].school.as_deref(),
                value: after.map(|after| after - before),
            })
        });
        Started { compares: sample.compares(), persons: persons.collect() }
    }

    /// Everybody on the roster whose arm is known, with the last score of those who have one.
    fn drawn(sample: &Sample<'a>) -> Self {
        let measured = sample.measured;
        let [_, last] = measured.before_and_after().unwrap_or([&[], &[]]);
        let persons = last.iter().enumerate().filter_map(|(place, after)| {
            let person = &measured.roster.persons[place];
            person.arm.as_ref()?;
            Some(Person {
                side: sample.role(measured.arm_of(sample.study, place)),
                school: person.school.as_deref(),
                value: *after,
            })
        });
        Started { compares: sample.compares(), persons: persons.collect() }
    }

    /// The persons of a side; everybody where there is one group.
    fn on(&self, side: Arm) -> impl Iterator<Item = &Person<'a>> {
        self.persons.iter().filter(move |person| !self.compares || person.side == side)
    }

    fn groups(&self) -> Vec<GroupLoss> {
        let group = |side: Arm, role: Option<ArmRole>| {
            let assigned = self.on(side).count();
            let analysed = self.on(side).filter(|person| person.value.is_some()).count();
            let lost = if assigned == 0 { 0.0 } else { (assigned - analysed) as f64 / assigned as f64 };
            GroupLoss { role, assigned, analysed, lost }
        };
        if self.compares {
            vec![
                group(Arm::Program, Some(ArmRole::Programme)),
                group(Arm::Comparison, Some(ArmRole::Comparison)),
            ]
        } else {
            vec![group(Arm::Program, None)]
        }
    }

    /// Values and losses of a side by school; by person where schools are unknown.
    fn schools(&self, side: Arm) -> Vec<SchoolOutcomes> {
        let mut schools: BTreeMap<&str, SchoolOutcomes> = BTreeMap::new();
        let mut alone = Vec::new();
        for person in self.on(side) {
            let own = match person.school {
                Some(school) => schools.entry(school).or_default(),
                None => {
                    alone.push(SchoolOutcomes::default());
                    let Some(own) = alone.last_mut() else { continue };
                    own
                }
            };
            match person.value {
                Some(value) => own.observed.push(value),
                None => own.lost += 1,
            }
        }
        schools.into_values().chain(alone).collect()
    }
}

/// The primary estimate with the lost at their first score, and at the ends of the scale.
fn filled(sample: &Sample<'_>, method: Method, notices: &mut Vec<Notice>) -> Vec<FilledIn> {
    let mut scenarios = vec![LostScore::Unchanged];
    match sample.measured.range {
        Some(_) => scenarios.extend([LostScore::WorstForProgramme, LostScore::BestForProgramme]),
        None => notices.push(notices::no_range()),
    }
    let [low, high] = sample.measured.range.unwrap_or_default();
    let mut found = Vec::new();
    for lost in scenarios {
        let ends = if lost == LostScore::BestForProgramme { [high, low] } else { [low, high] };
        let linked = sample.measured.filled(sample.study, |place, before| {
            let program = !sample.compares()
                || sample.role(sample.measured.arm_of(sample.study, place)) == Arm::Program;
            match (lost, program) {
                (LostScore::Unchanged, _) => before,
                (_, true) => ends[0],
                (_, false) => ends[1],
            }
        });
        found.extend(estimate::by(method, sample, &linked).ok().map(|estimate| FilledIn {
            lost,
            estimate: estimate.estimate,
            ci: estimate.ci,
            df: estimate.df,
            n: estimate.n,
            clusters: estimate.clusters,
        }));
    }
    found
}

fn lee(
    sample: &Sample<'_>,
    started: &Started<'_>,
    outcome: &str,
    notices: &mut Vec<Notice>,
) -> Option<LeeFindings> {
    let sides = [Arm::Program, Arm::Comparison].map(|side| started.schools(side));
    let [program, comparison] = sides.each_ref().map(|schools| together(schools));
    let found = lee_bounds(&arm_of(&program), &arm_of(&comparison)).ok()?;
    let options = LeeResampling {
        seed: sample.study.study.analysis.seed,
        alpha: sample.alpha(),
        ..LeeResampling::default()
    };
    let fewest = sides.iter().map(Vec::len).min().unwrap_or(0);
    let ci = if fewest < FEW_SCHOOLS {
        let notice = notices::too_few_to_resample(fewest, FEW_SCHOOLS);
        if notices.iter().all(|known| known.code != notice.code) {
            notices.push(notice);
        }
        None
    } else {
        lee_interval(&sides[0], &sides[1], options, &format!("lee-{outcome}")).ok()
    };
    Some(LeeFindings {
        bounds: [found.bounds.low, found.bounds.high],
        difference: found.difference,
        trimmed: found.trimmed.map(|arm| match arm {
            Arm::Program => ArmRole::Programme,
            Arm::Comparison => ArmRole::Comparison,
        }),
        share: found.share,
        ci: ci.map(|ci| [ci.low, ci.high]),
        draws: options.draws,
    })
}

/// The schools of an arm as one.
fn together(schools: &[SchoolOutcomes]) -> SchoolOutcomes {
    SchoolOutcomes {
        observed: schools.iter().flat_map(|school| school.observed.iter().copied()).collect(),
        lost: schools.iter().map(|school| school.lost).sum(),
    }
}

fn arm_of(own: &SchoolOutcomes) -> ArmOutcome<'_> {
    ArmOutcome { observed: &own.observed, lost: own.lost }
}

/// How different the lost of the programme would have to be; none where nobody of it was lost, or where the estimate
/// has no interval.
fn tipping(
    sample: &Sample<'_>,
    started: &Started<'_>,
    primary: &EstimateFindings,
) -> Option<TippingFindings> {
    let test = as_test(primary)?;
    let schools = started.schools(Arm::Program);
    let size = |school: &SchoolOutcomes| school.observed.len() + school.lost;
    let weight = if schools_weigh_alike(primary.method) {
        let shares = schools.iter().map(|school| school.lost as f64 / size(school) as f64);
        moments::sum(shares) / schools.len().max(1) as f64
    } else {
        let lost: usize = schools.iter().map(|school| school.lost).sum();
        lost as f64 / schools.iter().map(size).sum::<usize>().max(1) as f64
    };
    let found = tipping_point_at(&test, weight, sample.alpha()).ok()?;
    let sd = sample.spread();
    let in_sd = |distance: f64| sd.map(|sd| distance / sd);
    let farthest = match sample.measured.range {
        Some([low, high]) => Some(high - low),
        None => sd.map(|sd| FARTHEST_SD * sd),
    };
    let possible = |distance: f64| farthest.is_none_or(|farthest| distance <= farthest);
    Some(TippingFindings {
        lost_weight: weight,
        to_zero: found.to_zero,
        to_zero_sd: in_sd(found.to_zero),
        to_open: found.to_not_significant,
        to_open_sd: found.to_not_significant.and_then(in_sd),
        zero_possible: possible(found.to_zero),
        open_possible: found.to_not_significant.is_none_or(possible),
    })
}

/// Whether a method gives every school the same weight.
fn schools_weigh_alike(method: Method) -> bool {
    matches!(
        method,
        Method::ClusterMeanT
            | Method::SignFlip
            | Method::DidClusterCr2
            | Method::DidClusterPooled
            | Method::SchoolPermutation
    )
}
