//! Every item of the plan beside what was done, the same or not.

use super::compare::{short, whole};
use super::state::{HashedFile, name_of};
use super::{LockState, undone};
use crate::analysis::Findings;
use crate::analysis::findings::{DeviationKind as Kind, PlanItem};
use crate::study::OutcomeRole;

/// The items of the plan after its last amendment, in the order of the plan.
pub(super) fn all(planned: &LockState, now: &LockState, findings: &Findings) -> Vec<PlanItem> {
    let mut items: Vec<PlanItem> = whole(planned, now)
        .into_iter()
        .filter(|(_, planned, done)| !planned.is_empty() || !done.is_empty())
        .map(|(kind, planned, done)| item(kind, "", filled(planned), filled(done)))
        .collect();
    let (plan, done) = (&planned.plan, &now.plan);
    for method in &plan.sensitivity {
        let kept = done.sensitivity.contains(method).then(|| name_of(method));
        items.push(item(Kind::SensitivityMethod, "", Some(name_of(method)), kept));
    }
    for outcome in &plan.outcomes {
        let is = done.outcomes.iter().find(|other| other.id == outcome.id);
        items.push(item(
            Kind::OutcomeRole,
            &outcome.id,
            Some(name_of(&outcome.role)),
            is.map(|is| name_of(&is.role)),
        ));
    }
    items.extend(estimates(planned, findings));
    items.extend(names(Kind::Covariate, &plan.covariates, &done.covariates));
    items.extend(names(Kind::Subgroup, &plan.subgroups, &done.subgroups));
    let kept = plan.rules.iter().filter(|(name, value)| done.rules.get(*name) == Some(value)).count();
    items.push(item(Kind::Rule, "", Some(plan.rules.len().to_string()), Some(kept.to_string())));
    items.extend(files(Kind::Instrument, &planned.hashes.instruments, &now.hashes.instruments));
    items.extend(files(Kind::Roster, &planned.hashes.rosters, &now.hashes.rosters));
    items
}

/// The planned primary estimate of every declared outcome.
fn estimates(planned: &LockState, findings: &Findings) -> Vec<PlanItem> {
    let Some(primary) = planned.plan.primary else { return Vec::new() };
    let declared = planned.plan.outcomes.iter().filter(|outcome| outcome.role != OutcomeRole::Exploratory);
    let of = |id: &str| findings.outcomes.iter().find(|outcome| outcome.id == id);
    declared
        .map(|outcome| {
            let found = of(&outcome.id);
            let done = found.and_then(|found| found.estimates.iter().find(|estimate| estimate.primary));
            let differs = found.is_none_or(|found| undone::primary_of(found, primary, findings).is_some());
            PlanItem {
                kind: Kind::MethodNotUsed,
                about: outcome.id.clone(),
                planned: Some(name_of(&primary)),
                done: done.map(|estimate| name_of(&estimate.method)),
                same: !differs,
            }
        })
        .collect()
}

fn names(kind: Kind, planned: &[String], done: &[String]) -> Vec<PlanItem> {
    let kept = |name: &String| done.contains(name).then(|| name.clone());
    planned.iter().map(|name| item(kind, name, Some(name.clone()), kept(name))).collect()
}

fn files(kind: Kind, planned: &[HashedFile], done: &[HashedFile]) -> Vec<PlanItem> {
    let of = |id: &str| done.iter().find(|other| other.id == id).map(|other| short(&other.sha256));
    planned.iter().map(|was| item(kind, &was.id, Some(short(&was.sha256)), of(&was.id))).collect()
}

fn filled(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

fn item(kind: Kind, about: &str, planned: Option<String>, done: Option<String>) -> PlanItem {
    let same = planned == done;
    PlanItem { kind, about: about.to_owned(), planned, done, same }
}
