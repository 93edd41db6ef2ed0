//! What was planned and not done although the plan is the same: estimates that were not made, or were made in another
//! way, groups that are not shown, covariates that could not be used.

use super::PlanLock;
use super::compare::differs;
use super::state::name_of;
use crate::analysis::Findings;
use crate::analysis::findings::{Deviation, DeviationKind as Kind, Method, OutcomeFindings};
use crate::study::OutcomeRole;

/// Planned estimates, groups and covariates that are not in the findings as planned.
pub(super) fn all(lock: &PlanLock, findings: &Findings) -> Vec<Deviation> {
    let plan = lock.latest().plan;
    let mut found = Vec::new();
    let declared = plan.outcomes.iter().filter(|planned| planned.role != OutcomeRole::Exploratory);
    for planned in declared {
        let Some(done) = findings.outcomes.iter().find(|outcome| outcome.id == planned.id) else { continue };
        found.extend(plan.primary.and_then(|primary| primary_of(done, primary, findings)));
        found.extend(sensitivity(done, &plan.sensitivity, findings));
        found.extend(subgroups(done, &plan.subgroups));
    }
    found.extend(covariates(&plan.covariates, findings));
    found
}

/// Whether the plan's methods are those of the outcome: teachers without schools have their own.
fn is_main(done: &OutcomeFindings, findings: &Findings) -> bool {
    // As the plan chooses whom it is about: primary outcomes first.
    let of = |role: OutcomeRole| findings.outcomes.iter().find(move |outcome| outcome.role == role);
    let main = of(OutcomeRole::Primary).or_else(|| of(OutcomeRole::Secondary)).or(findings.outcomes.first());
    main.is_some_and(|main| main.respondent == done.respondent)
}

/// The primary estimate that is missing or by another method.
pub(super) fn primary_of(done: &OutcomeFindings, primary: Method, findings: &Findings) -> Option<Deviation> {
    let Some(estimate) = done.estimates.iter().find(|estimate| estimate.primary) else {
        return Some(differs(Kind::NotEstimated, &done.id, Some(name_of(&primary)), None));
    };
    let other = is_main(done, findings) && estimate.method != primary;
    let method = Some(name_of(&estimate.method));
    other.then(|| differs(Kind::MethodNotUsed, &done.id, Some(name_of(&primary)), method))
}

/// Sensitivity methods without an estimate, where the outcome has a primary one. Repetitions of the primary estimate on
/// other scores are left out where those scores are the same, which is no deviation.
fn sensitivity(done: &OutcomeFindings, planned: &[Method], findings: &Findings) -> Vec<Deviation> {
    if done.estimates.is_empty() || !is_main(done, findings) {
        return Vec::new();
    }
    let repeats = |method: &Method| {
        matches!(
            method,
            Method::NotReachedMissing
                | Method::WithoutFlagged
                | Method::SeverityAdjusted
                | Method::DriftFreeAnchors
        )
    };
    let made = |method: &Method| done.estimates.iter().any(|estimate| estimate.method == *method);
    let missing = planned.iter().filter(|method| !repeats(method) && !made(method));
    missing
        .map(|method| differs(Kind::SensitivityNotEstimated, &done.id, Some(name_of(method)), None))
        .collect()
}

/// Subgroups of which groups are not shown: planned all, done those shown.
fn subgroups(done: &OutcomeFindings, planned: &[String]) -> Vec<Deviation> {
    let own = done.subgroups.iter().filter(|subgroup| planned.contains(&subgroup.id));
    let hidden = own.filter(|subgroup| subgroup.suppressed + subgroup.withheld > 0);
    hidden
        .map(|subgroup| {
            let shown = subgroup.groups.len();
            let all = shown + subgroup.suppressed + subgroup.withheld;
            let about = format!("{}/{}", done.id, subgroup.id);
            differs(Kind::SubgroupSuppressed, &about, Some(all.to_string()), Some(shown.to_string()))
        })
        .collect()
}

/// Covariates that the baseline table or the model of imputation left out.
fn covariates(planned: &[String], findings: &Findings) -> Vec<Deviation> {
    let baseline = &findings.baseline.arms;
    let compared = |id: &String| baseline.iter().any(|row| row.subject.covariate.as_ref() == Some(id));
    let imputed = findings.outcomes.iter().filter_map(|outcome| outcome.imputed.as_ref());
    let left_out: Vec<&str> = imputed.flat_map(|own| &own.left_out).map(|own| own.id.as_str()).collect();
    planned
        .iter()
        .filter(|id| left_out.contains(&id.as_str()) || (!baseline.is_empty() && !compared(id)))
        .map(|id| differs(Kind::CovariateDropped, id, Some(id.clone()), None))
        .collect()
}
