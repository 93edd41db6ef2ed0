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
    let [first, last] = presence
        .compared
        .unwrap_or([0, counts.tested.len().saturating_sub(1)])
        .map(|at| counts.tested.get(at).copied());
    ArmFlowFindings {
        arm: arm.to_owned(),
        schools: roster.has_schools().then(|| school_flow(roster, presence, &places)),
        roster: counts.roster,
        first: first.unwrap_or(0),
        last: last.unwrap_or(0),
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
    let [first, last] = presence.first_and_last();
    SchoolFlow {
        roster: with(&|_| true),
        first: with(&|id| met(first, id)),
        last: with(&|id| met(last, id)),
        linked: with(&|id| met(first, id) && met(last, id)),
    }
}

/// Persons met first, and of them last.
#[derive(Clone, Copy, Default)]
struct Kept {
    linked: usize,
    first: usize,
}

impl Kept {
    fn rate(self) -> f64 {
        self.linked as f64 / self.first as f64
    }

    fn add(&mut self, other: Kept) {
        self.linked += other.linked;
        self.first += other.first;
    }
}

/// How much of each school was linked; none where nobody was met first.
fn links(roster: &Roster, presence: &Presence, smallest: usize) -> Option<LinkRates> {
    let mut schools = Vec::new();
    let (mut all, mut arms) = (Kept::default(), BTreeMap::<String, Kept>::new());
    for (school, counts) in link::count_by_school(roster, presence) {
        let own = Kept { linked: counts.linked, first: counts.linked + counts.only_first };
        if own.first > 0 {
            let arm = arm_of(roster, &school);
            all.add(own);
            arms.entry(arm.clone()).or_default().add(own);
            schools.push((school, arm, own));
        }
    }
    let large = || schools.iter().filter(|(_, _, own)| own.first >= smallest);
    let rates = || large().map(|(_, _, own)| own.rate());
    let range = (large().next().is_some())
        .then(|| [rates().fold(f64::INFINITY, f64::min), rates().fold(f64::NEG_INFINITY, f64::max)]);
    let far_below = large()
        .filter(|(_, arm, own)| is_far_below(*own, arms.get(arm).copied().unwrap_or_default()))
        .map(|(school, arm, own)| SchoolLink {
            school: school.clone(),
            name: roster.school_names.get(school).unwrap_or(school).clone(),
            arm: arm.clone(),
            first: own.first,
            linked: own.linked,
            rate: own.rate(),
        })
        .collect();
    (all.first > 0).then(|| LinkRates { overall: all.rate(), schools: schools.len(), range, far_below })
}

/// Whether a school lies far below the other schools of its arm. Arms may differ: that is the verdict's business.
fn is_far_below(own: Kept, arm: Kept) -> bool {
    let others = Kept { linked: arm.linked - own.linked, first: arm.first - own.first };
    if others.first == 0 {
        return false;
    }
    let expected = others.rate();
    let error = (expected * (1.0 - expected) / own.first as f64).sqrt();
    own.rate() < expected - (FAR * error).max(LEAST)
}

/// The arm of a school's first person; blank where there is one group.
fn arm_of(roster: &Roster, school: &str) -> String {
    let mut own = roster.persons.iter().filter(|person| person.school.as_deref() == Some(school));
    own.next().and_then(|person| person.arm.clone()).unwrap_or_default()
}
