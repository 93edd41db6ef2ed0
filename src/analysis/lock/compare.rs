//! Plan against done: every difference, and whether an amendment declared it.

use super::state::{HashedFile, name_of};
use super::{LockState, PlanLock, PlannedOutcome, items, undone};
use crate::analysis::Findings;
use crate::analysis::findings::{AmendmentFindings, Deviation, DeviationKind as Kind, PlanLockFindings};

/// Leading characters of a hash that tell versions of a file apart.
const SHORT_HASH: usize = 16;

/// Holds what was done against the lock.
pub fn compare(lock: &PlanLock, now: &LockState, findings: &Findings) -> PlanLockFindings {
    let mut deviations = states(&lock.original(), now);
    for deviation in &mut deviations {
        deviation.amendment = declared(lock, now, deviation);
    }
    // An amendment that was declared and then not followed differs from the last word, if not from the first.
    for other in states(&lock.latest(), now) {
        if !deviations.iter().any(|known| is_same(known, &other)) {
            deviations.push(other);
        }
    }
    deviations.extend(undone::all(lock, findings));
    PlanLockFindings {
        by: lock.by.clone(),
        date: lock.date.clone(),
        version: lock.dampak.clone(),
        plan_sha256: lock.hashes.plan.clone(),
        seal: lock.last_seal().to_owned(),
        answers_present: lock.answers_present.clone(),
        items: items::all(&lock.latest(), now, findings),
        deviations,
        amendments: lock.amendments.iter().map(told).collect(),
    }
}

fn told(entry: &super::Amendment) -> AmendmentFindings {
    AmendmentFindings {
        number: entry.number,
        date: entry.date.clone(),
        by: entry.by.clone(),
        reason: entry.reason.clone(),
        answers_present: entry.answers_present.clone(),
        changes: entry.changes.clone(),
    }
}

fn is_same(one: &Deviation, other: &Deviation) -> bool {
    one.kind == other.kind && one.about == other.about
}

/// The first amendment from which on the plan says what was done.
fn declared(lock: &PlanLock, now: &LockState, deviation: &Deviation) -> Option<usize> {
    let open_after = lock
        .amendments
        .iter()
        .rposition(|entry| states(&entry.state(), now).iter().any(|other| is_same(other, deviation)));
    let first = open_after.map_or(0, |place| place + 1);
    lock.amendments.get(first).map(|entry| entry.number)
}

/// Every difference between two states of a plan.
pub(super) fn states(planned: &LockState, done: &LockState) -> Vec<Deviation> {
    let mut found = design(planned, done);
    found.extend(outcomes(&planned.plan.outcomes, &done.plan.outcomes));
    found.extend(members(Kind::Covariate, &planned.plan.covariates, &done.plan.covariates));
    found.extend(members(Kind::Subgroup, &planned.plan.subgroups, &done.plan.subgroups));
    found.extend(rules(planned, done));
    found.extend(files(Kind::Instrument, &planned.hashes.instruments, &done.hashes.instruments));
    found.extend(files(Kind::Roster, &planned.hashes.rosters, &done.hashes.rosters));
    let (was, is) = (short(&planned.hashes.study), short(&done.hashes.study));
    found.extend(changed(Kind::StudyFile, "", &was, &is));
    found.extend(changed(Kind::Version, "", &planned.dampak, &done.dampak));
    found
}

fn design(planned: &LockState, done: &LockState) -> Vec<Deviation> {
    let mut found: Vec<Deviation> = whole(planned, done)
        .iter()
        .filter_map(|(kind, planned, done)| changed(*kind, "", planned, done))
        .collect();
    let names = |plan: &super::PlannedAnalysis| plan.sensitivity.iter().map(name_of).collect::<Vec<_>>();
    found.extend(members(Kind::SensitivityMethod, &names(&planned.plan), &names(&done.plan)));
    found
}

/// What the plan says of the whole study, as planned and as it is now.
pub(super) fn whole(planned: &LockState, done: &LockState) -> [(Kind, String, String); 6] {
    let (planned, done) = (&planned.plan, &done.plan);
    let schools = |counts: &Option<Vec<usize>>| {
        counts.as_ref().map_or_else(String::new, |counts| {
            counts.iter().map(usize::to_string).collect::<Vec<_>>().join(" + ")
        })
    };
    let arms = |plan: &super::PlannedAnalysis| {
        let named = plan.arms.iter().map(|(id, role)| format!("{id} ({})", name_of(role)));
        named.collect::<Vec<_>>().join(", ")
    };
    let primary = |plan: &super::PlannedAnalysis| plan.primary.map_or_else(String::new, |m| name_of(&m));
    [
        (Kind::Design, name_of(&planned.design), name_of(&done.design)),
        (Kind::Assignment, name_of(&planned.assignment), name_of(&done.assignment)),
        (Kind::Schools, schools(&planned.schools), schools(&done.schools)),
        (Kind::Waves, planned.waves.join(", "), done.waves.join(", ")),
        (Kind::Arms, arms(planned), arms(done)),
        (Kind::PrimaryMethod, primary(planned), primary(done)),
    ]
}

fn outcomes(planned: &[PlannedOutcome], done: &[PlannedOutcome]) -> Vec<Deviation> {
    let mut found = Vec::new();
    for was in planned {
        let Some(is) = done.iter().find(|other| other.id == was.id) else {
            found.push(differs(Kind::OutcomeRemoved, &was.id, Some(name_of(&was.role)), None));
            continue;
        };
        found.extend(changed(Kind::OutcomeRole, &was.id, &name_of(&was.role), &name_of(&is.role)));
        // A family that is not declared is the role, whose change is told already.
        if (was.family != name_of(&was.role)) || (is.family != name_of(&is.role)) {
            found.extend(changed(Kind::OutcomeFamily, &was.id, &was.family, &is.family));
        }
        found.extend(changed(Kind::OutcomeSource, &was.id, &was.source, &is.source));
    }
    let added = done.iter().filter(|is| !planned.iter().any(|was| was.id == is.id));
    found.extend(added.map(|is| differs(Kind::OutcomeAdded, &is.id, None, Some(name_of(&is.role)))));
    found
}

/// Names that only one of two lists holds.
fn members(kind: Kind, planned: &[String], done: &[String]) -> Vec<Deviation> {
    let gone = planned.iter().filter(|name| !done.contains(name));
    let added = done.iter().filter(|name| !planned.contains(name));
    gone.map(|name| differs(kind, name, Some(name.clone()), None))
        .chain(added.map(|name| differs(kind, name, None, Some(name.clone()))))
        .collect()
}

fn rules(planned: &LockState, done: &LockState) -> Vec<Deviation> {
    let (was, is) = (&planned.plan.rules, &done.plan.rules);
    let mut names: Vec<&String> = was.keys().chain(is.keys()).collect();
    names.sort_unstable();
    names.dedup();
    // A newer dampak may know rules that the lock could not name; they have their defaults.
    let new_program = planned.dampak != done.dampak;
    let differing = names.into_iter().filter(|name| was.get(*name) != is.get(*name));
    differing
        .filter(|name| !(new_program && (!was.contains_key(*name) || !is.contains_key(*name))))
        .map(|name| differs(Kind::Rule, name, was.get(name).cloned(), is.get(name).cloned()))
        .collect()
}

fn files(kind: Kind, planned: &[HashedFile], done: &[HashedFile]) -> Vec<Deviation> {
    let mut found = Vec::new();
    for was in planned {
        match done.iter().find(|other| other.id == was.id) {
            Some(is) if is.sha256 == was.sha256 => {}
            Some(is) => {
                found.push(differs(kind, &was.id, Some(short(&was.sha256)), Some(short(&is.sha256))));
            }
            None => found.push(differs(kind, &was.id, Some(short(&was.sha256)), None)),
        }
    }
    let added = done.iter().filter(|is| !planned.iter().any(|was| was.id == is.id));
    found.extend(added.map(|is| differs(kind, &is.id, None, Some(short(&is.sha256)))));
    found
}

pub(super) fn short(hash: &str) -> String {
    hash.get(..SHORT_HASH).unwrap_or(hash).to_owned()
}

fn changed(kind: Kind, about: &str, planned: &str, done: &str) -> Option<Deviation> {
    let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    (planned != done).then(|| differs(kind, about, filled(planned), filled(done)))
}

pub(super) fn differs(kind: Kind, about: &str, planned: Option<String>, done: Option<String>) -> Deviation {
    Deviation { kind, about: about.to_owned(), planned, done, amendment: None }
}
