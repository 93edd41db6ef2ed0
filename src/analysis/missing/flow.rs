//! The flow of schools and persons from the roster to the estimates, and schools where it breaks off.

use std::collections::{BTreeMap, BTreeSet};

use super::{Declared, notices};
use crate::analysis::Material;
use crate::analysis::findings::{
    AnalysedFlow, ArmFlowFindings, FlowFindings, LinkRates, Notice, Plan, SchoolFlow, SchoolLink,
};
use crate::response::Roster;
use crate::response::link::{self, MatchCounts, Presence};
use crate::study::OutcomeRole;

/// Standard errors below the other schools at which a school is far below: the outer limits of a funnel plot
/// (Spiegelhalter, 2005, doi 10.1002/sim.1970).
const FAR: f64 = 3.0;
/// A smaller distance is not worth a visit, however sure it is.
const LEAST: f64 = 0.1;

/// Follows the participants of the first declared outcome.
pub(super) fn follow(
    material: Material<'_>,
    plan: &Plan,
    declared: &[Declared<'_>],
    notices: &mut Vec<Notice>,
) -> FlowFindings {
    let Some(lead) = declared.first() else { return FlowFindings::default() };
    let roster = lead.people.roster();
    let presence = link::presence(material.study, material.responses, roster.respondent);
    let arms = &material.study.study.arms;
    let ids: Vec<&str> =
        if lead.people.compares { arms.iter().map(|arm| arm.id.as_str()).collect() } else { vec![""] };
    let arms = ids.iter().map(|arm| arm_flow(roster, &presence, declared, arm)).collect();
    let twice = material.study.study.waves.len() > 1;
    let links = (twice && plan.schools.is_some())
        .then(|| links(roster, &presence, material.study.study.analysis.smallest_cell))
        .flatten();
    if let Some(links) = links.as_ref().filter(|links| !links.far_below.is_empty()) {
        let names: Vec<String> = links.far_below.iter().map(|school| school.name.clone()).collect();
        notices.push(notices::far_below(&names));
    }
    FlowFindings { arms, links }
}

fn arm_flow(roster: &Roster, presence: &Presence, declared: &[Declared<'_>], arm: &str) -> ArmFlowFindings {
    let inside = |place: &usize| arm.is_empty() || roster.persons[*place].arm.as_deref() == Some(arm);
    let places: Vec<usize> = (0..roster.persons.len()).filter(inside).collect();
    let counts = link::count(roster, presence, places.iter().copied());
    let met = |counts: &MatchCounts| counts.linked + counts.only_first + counts.only_last;
    let analysed = declared
        .iter()
        .filter(|outcome| outcome.found.role == OutcomeRole::Primary)
        .filter(|outcome| outcome.people.roster().respondent == roster.respondent)
        .map(|outcome| {
            let own = || places.iter().copied().filter(|place| outcome.people.stayed(*place));
            let schools: BTreeSet<&str> = own().filter_map(|place| outcome.people.school(place)).collect();
            AnalysedFlow {
                outcome: outcome.found.id.clone(),
                persons: own().count(),
                schools: roster.has_schools().then_some(schools.len()),
            }
        });
    ArmFlowFindings {
        arm: arm.to_owned(),
        schools: roster.has_schools().then(|| school_flow(roster, presence, &places)),
        roster: counts.roster,
        first: counts.tested.first().copied().unwrap_or(0),
        last: counts.tested.last().copied().unwrap_or(0),
        linked: counts.linked,
        first_only: counts.only_first,
        last_only: counts.only_last,
        never: counts.roster - met(&counts),
        analysed: analysed.collect(),
    }
}

fn school_flow(roster: &Roster, presence: &Presence, places: &[usize]) -> SchoolFlow {
    let with = |keep: &dyn Fn(&str) -> bool| {
        let own = places.iter().map(|place| &roster.persons[*place]).filter(|person| keep(&person.id));
        own.filter_map(|person| person.school.as_deref()).collect::<BTreeSet<_>>().len()
    };
    let met = |wave: Option<&BTreeSet<String>>, id: &str| wave.is_some_and(|met| met.contains(id));
    let (first, last) = (presence.waves.first(), presence.waves.last());
    SchoolFlow {
        roster: with(&|_| true),
        first: with(&|id| met(first, id)),
        last: with(&|id| met(last, id)),
        linked: with(&|id| met(first, id) && met(last, id)),
    }
}

/// How much of each school was linked; none where nobody was met first.
fn links(roster: &Roster, presence: &Presence, smallest: usize) -> Option<LinkRates> {
    let schools = link::count_by_school(roster, presence);
    let first_of = |counts: &MatchCounts| counts.linked + counts.only_first;
    let met: BTreeMap<&String, &MatchCounts> =
        schools.iter().filter(|(_, counts)| first_of(counts) > 0).collect();
    let (linked, first) = met
        .values()
        .fold((0, 0), |(linked, first), counts| (linked + counts.linked, first + first_of(counts)));
    if first == 0 {
        return None;
    }
    let large: Vec<(&String, &MatchCounts)> = met
        .iter()
        .filter(|(_, counts)| first_of(counts) >= smallest)
        .map(|(school, counts)| (*school, *counts))
        .collect();
    let rate = |counts: &MatchCounts| counts.linked as f64 / first_of(counts) as f64;
    let rates = || large.iter().map(|(_, counts)| rate(counts));
    let range = (!large.is_empty())
        .then(|| [rates().fold(f64::INFINITY, f64::min), rates().fold(f64::NEG_INFINITY, f64::max)]);
    let far_below = large
        .iter()
        .filter(|(_, counts)| {
            let (n, others) = (first_of(counts), first - first_of(counts));
            let expected = (linked - counts.linked) as f64 / others.max(1) as f64;
            let error = (expected * (1.0 - expected) / n as f64).sqrt();
            others > 0 && rate(counts) < expected - (FAR * error).max(LEAST)
        })
        .map(|(school, counts)| SchoolLink {
            school: (*school).clone(),
            name: roster.school_names.get(*school).unwrap_or(school).clone(),
            arm: arm_of(roster, school),
            first: first_of(counts),
            linked: counts.linked,
            rate: rate(counts),
        })
        .collect();
    Some(LinkRates { overall: linked as f64 / first as f64, schools: met.len(), range, far_below })
}

/// The arm of a school's first person; blank where there is one group.
fn arm_of(roster: &Roster, school: &str) -> String {
    let mut own = roster.persons.iter().filter(|person| person.school.as_deref() == Some(school));
    own.next().and_then(|person| person.arm.clone()).unwrap_or_default()
}
