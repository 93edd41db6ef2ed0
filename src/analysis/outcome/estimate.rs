//! Estimates by the methods of the plan, the primary one first.

use std::collections::BTreeSet;

use polars::prelude::PolarsResult;

use super::regression::{self, Estimand};
use super::{Sample, link};
use crate::analysis::Material;
use crate::analysis::findings::{Draws, EstimateFindings, Method, Notice};
use crate::analysis::frame::{self, Linked};
use crate::analysis::notices;
use crate::analysis::plan::FEW_SCHOOLS;
use crate::impact::classical::{paired_t, pooled_t, welch_t};
use crate::impact::mixed::{Ddf, MixedError};
use crate::impact::resampling::{Reference, ResamplingOptions, ResamplingTest};
use crate::impact::vcov::{Adjustment, cluster_test};
use crate::impact::{Arm, CoefTest, ImpactError, cluster_mean, did, permutation, sign_flip};
use crate::study::Outcome;

/// Degrees of freedom below which an interval is called unreliable (standards 5.1).
const FEW_DEGREES: f64 = 4.0;

/// What an estimate by a method is an estimate of.
fn estimand(method: Method) -> &'static str {
    use Method::{ClusterMeanT, PairedT, SignFlip, StudentCr2};
    match method {
        ClusterMeanT | StudentCr2 | SignFlip | PairedT => "mean_change",
        method if repeats_primary(method) => "mean_change",
        method if method.is_adjusted() => "adjusted_difference",
        _ => "difference_in_change",
    }
}

/// Whether a method is the primary one on other scores or on fewer persons; its estimate is made beside.
fn repeats_primary(method: Method) -> bool {
    matches!(
        method,
        Method::NotReachedMissing
            | Method::WithoutFlagged
            | Method::SeverityAdjusted
            | Method::DriftFreeAnchors
    )
}

/// Every estimate of the plan that can be had; what cannot is said in a notice.
pub(super) fn all(sample: &Sample<'_>, notices: &mut Vec<Notice>) -> Vec<EstimateFindings> {
    let primary = primary_here(sample, notices);
    let mut methods = vec![primary];
    let others = here(sample, &sample.plan.sensitivity).into_iter().filter(|method| *method != primary);
    // The roster may have schools enough where the linked persons have not.
    let infers = sample.infers(sample.linked);
    methods.extend(others.filter(|method| infers || method.reassigns()));
    let mut estimates = Vec::new();
    for method in methods.into_iter().filter(|method| !repeats_primary(*method)) {
        match by(method, sample, sample.linked) {
            Ok(mut estimate) => {
                estimate.primary = method == primary;
                if estimate.primary
                    && let Some(df) = estimate.df.filter(|df| *df < FEW_DEGREES)
                {
                    notices.push(notices::few_degrees(df));
                }
                estimates.push(estimate);
            }
            Err(error) => notices.push(notices::no_estimate(&name(method), &notices::why(&error))),
        }
    }
    estimates
}

/// The plan's primary method, or the permutation test where this outcome has too few schools; one-group
/// methods where the roster of this outcome has no arms.
pub(super) fn primary_here(sample: &Sample<'_>, notices: &mut Vec<Notice>) -> Method {
    let planned = here(sample, sample.plan.primary.as_slice()).first().copied().unwrap_or(Method::PairedT);
    let Some(schools) = sample.linked.clusters() else { return planned };
    if schools >= FEW_SCHOOLS || matches!(planned, Method::SignFlip | Method::SchoolPermutation) {
        return planned;
    }
    notices.push(notices::few_schools(schools, FEW_SCHOOLS));
    if sample.compares() { Method::SchoolPermutation } else { Method::SignFlip }
}

/// The methods of the plan that fit this outcome. Teachers may have a roster without arms in a study that
/// compares arms of students, and a roster without schools in a study with schools.
fn here(sample: &Sample<'_>, methods: &[Method]) -> Vec<Method> {
    use Method::{
        AncovaCr2, AncovaOls, AncovaWithin, AncovaWorking, ClusterMeanT, DidClusterCr2, DidClusterPooled,
        DidPooled, DidStudentCr2, DidWelch, Multisite, PairedT, SchoolPermutation, SignFlip, StudentCr2,
        WeightedCr2,
    };
    let clustered = sample.linked.cluster.is_some();
    let mut out: Vec<Method> = methods
        .iter()
        .map(|method| match (method, sample.compares(), clustered) {
            (method, _, _) if repeats_primary(*method) => *method,
            (ClusterMeanT | StudentCr2 | SignFlip, false, true) | (WeightedCr2, _, true) => *method,
            (
                DidClusterCr2 | DidClusterPooled | DidStudentCr2 | AncovaCr2 | AncovaWithin | AncovaWorking
                | Multisite | SchoolPermutation,
                true,
                true,
            ) => *method,
            (PairedT, false, false) | (DidWelch | DidPooled | AncovaOls, true, false) => *method,
            (SchoolPermutation, false, true) => SignFlip,
            (DidStudentCr2 | AncovaCr2 | AncovaWithin | AncovaWorking | Multisite, false, true) => StudentCr2,
            (_, false, true) => ClusterMeanT,
            (_, false, false) => PairedT,
            (AncovaCr2 | AncovaWithin | AncovaWorking | Multisite, true, false) => AncovaOls,
            (_, true, false) => DidWelch,
            (_, true, true) => DidClusterCr2,
        })
        .collect();
    out.dedup();
    out
}

/// The estimate by one method for some linked persons.
pub(super) fn by(
    method: Method,
    sample: &Sample<'_>,
    linked: &Linked,
) -> Result<EstimateFindings, ImpactError> {
    let alpha = sample.alpha();
    let n = linked.len();
    let changes = linked.changes();
    let cluster = linked.cluster.as_deref().unwrap_or_default();
    let roles = || sample.roles(linked);
    let of = |wanted: Arm| -> Vec<f64> {
        changes.iter().zip(roles()).filter(|(_, role)| *role == wanted).map(|(change, _)| *change).collect()
    };
    let options = ResamplingOptions {
        draws: u32::try_from(sample.study.study.analysis.permutations).unwrap_or(u32::MAX),
        seed: sample.study.study.analysis.seed,
    };
    let test = match method {
        Method::ClusterMeanT
        | Method::NotReachedMissing
        | Method::DriftFreeAnchors
        | Method::WithoutFlagged
        | Method::SeverityAdjusted => cluster_mean::test_mean_change(
            &cluster_mean::linked_changes(&linked.before, &linked.after, cluster, alpha)?,
            alpha,
        )?,
        Method::StudentCr2 => cluster_mean::test_student_mean(&changes, cluster, alpha)?,
        Method::SignFlip => {
            let schools = cluster_mean::linked_changes(&linked.before, &linked.after, cluster, alpha)?;
            let means: Vec<f64> = schools.iter().map(|school| school.change).collect();
            return Ok(permuted(method, &sign_flip::sign_flip_test(&means, options)?, n));
        }
        Method::DidClusterCr2 if sample.strata(linked).is_some() => {
            let strata = sample.strata(linked).unwrap_or_default();
            did::did_schools_within(&changes, &roles(), cluster, &strata, alpha)?
        }
        Method::DidClusterCr2 => did::did_schools(&changes, &roles(), cluster, alpha)?.cr2,
        Method::DidClusterPooled => did::did_schools(&changes, &roles(), cluster, alpha)?.pooled,
        Method::DidStudentCr2 => did::did_students(&changes, &roles(), cluster, alpha)?,
        Method::SchoolPermutation => {
            let schools = crate::impact::clusters::cluster_means(&changes, cluster)?;
            let arms = did::cluster_arms(&roles(), cluster, &schools)?;
            two_of_each(&arms)?;
            let means: Vec<f64> = schools.iter().map(|school| school.mean).collect();
            let test = match sample.strata(linked) {
                Some(strata) => {
                    let of =
                        |school: usize| cluster.iter().position(|own| *own == school).map(|row| strata[row]);
                    let strata: Vec<usize> = schools.iter().filter_map(|school| of(school.cluster)).collect();
                    permutation::permutation_within(&means, &arms, &strata, options)?
                }
                None => permutation::permutation_test(&means, &arms, options)?,
            };
            return Ok(permuted(method, &test, n));
        }
        Method::AncovaCr2 | Method::AncovaOls | Method::AncovaWithin | Method::AncovaWorking => {
            return adjusted(method, sample, linked);
        }
        Method::Multisite => return Ok(multisite(sample, linked)?),
        Method::WeightedCr2 => {
            let found = tested(method, &weighted(sample, linked)?, n, linked.clusters());
            let estimand = Estimand::of(method, sample.compares()).name().to_owned();
            return Ok(EstimateFindings { estimand, ..found });
        }
        Method::PairedT => paired_t(&linked.before, &linked.after, alpha)?,
        Method::DidWelch => welch_t(&of(Arm::Program), &of(Arm::Comparison), alpha)?,
        Method::DidPooled => pooled_t(&of(Arm::Program), &of(Arm::Comparison), alpha)?,
    };
    let estimate = tested(method, &test, n, linked.clusters());
    Ok(match sample.link_error {
        Some(link) => link::with_error(estimate, link, alpha),
        None => estimate,
    })
}

/// At least two schools in each arm: with one, the programme cannot be told apart from the school, and every
/// assignment of schools is as extreme as the one that was made or nearly so.
fn two_of_each(arms: &[Arm]) -> Result<(), ImpactError> {
    for arm in [Arm::Program, Arm::Comparison] {
        let found = arms.iter().filter(|own| **own == arm).count();
        if found < 2 {
            return Err(ImpactError::ArmTooSmall { arm, needed: 2, found });
        }
    }
    Ok(())
}

fn adjusted(method: Method, sample: &Sample<'_>, linked: &Linked) -> Result<EstimateFindings, ImpactError> {
    let roles = sample.roles(linked);
    if method == Method::AncovaOls {
        let test = crate::impact::unclustered::ancova_classical(
            &linked.after,
            &linked.before,
            &roles,
            sample.alpha(),
        )?;
        return Ok(tested(method, &test, linked.len(), None));
    }
    let fitted = match method {
        Method::AncovaWorking => regression::working(sample, linked)?,
        _ => regression::least_squares(Estimand::AdjustedDifference, sample, linked)?,
    };
    let test = cluster_test(&fitted.fit, &fitted.contrast, Adjustment::Cr2, sample.alpha())?;
    Ok(tested(method, &test, linked.len(), linked.clusters()))
}

/// The multisite model with Kenward and Roger's degrees of freedom. A fault of the model is one of the estimate.
fn multisite(sample: &Sample<'_>, linked: &Linked) -> Result<EstimateFindings, MixedError> {
    let model = regression::multisite(sample, linked)?;
    let test = model.fit.test(&model.contrast, Ddf::KenwardRoger, sample.alpha())?;
    Ok(tested(Method::Multisite, &test.coef, linked.len(), linked.clusters()))
}

/// Students weighted as the roster says, errors by school.
fn weighted(sample: &Sample<'_>, linked: &Linked) -> Result<CoefTest, ImpactError> {
    let estimand = if sample.compares() { Estimand::DifferenceInChange } else { Estimand::MeanChange };
    let weights = sample.weights(linked).unwrap_or_else(|| vec![1.0; linked.len()]);
    let fitted = regression::weighted(estimand, sample, linked, &weights)?;
    cluster_test(&fitted.fit, &fitted.contrast, Adjustment::Cr2, sample.alpha())
}

/// A t-based estimate as a finding.
pub(super) fn tested(method: Method, test: &CoefTest, n: usize, clusters: Option<usize>) -> EstimateFindings {
    EstimateFindings {
        method,
        estimand: estimand(method).to_owned(),
        primary: false,
        estimate: test.estimate,
        se: Some(test.se),
        link_se: None,
        t: Some(test.t),
        df: Some(test.df),
        ci: Some([test.ci.low, test.ci.high]),
        p: Some(test.p),
        n,
        clusters,
        draws: None,
        notes: Vec::new(),
    }
}

pub(super) fn permuted(method: Method, test: &ResamplingTest, n: usize) -> EstimateFindings {
    EstimateFindings {
        method,
        estimand: estimand(method).to_owned(),
        primary: false,
        estimate: test.statistic,
        se: None,
        link_se: None,
        t: None,
        df: None,
        ci: None,
        p: Some(test.p),
        n,
        clusters: Some(test.clusters),
        draws: Some(Draws { count: test.total, enumerated: test.reference == Reference::Enumerated }),
        notes: Vec::new(),
    }
}

/// The primary estimate with not-reached answers counted the other way; none where that changes no score.
///
/// # Errors
/// polars cannot hand out a column.
pub(super) fn not_reached_missing(
    material: Material<'_>,
    outcome: &Outcome,
    sample: &Sample<'_>,
) -> PolarsResult<Option<EstimateFindings>> {
    let planned = sample.plan.sensitivity.contains(&Method::NotReachedMissing);
    let (Some(scores), true) = (material.alternative, planned && outcome.from.scale.is_some()) else {
        return Ok(None);
    };
    let Some(measured) = frame::measured(material, scores, outcome)? else { return Ok(None) };
    if measured.waves == sample.measured.waves {
        return Ok(None);
    }
    let linked = measured.linked(sample.study);
    let method = primary_here(sample, &mut Vec::new());
    Ok(by(method, sample, &linked)
        .ok()
        .map(|estimate| EstimateFindings { method: Method::NotReachedMissing, ..estimate }))
}

/// The linked persons whose answers do not look careless.
pub(super) fn unflagged(sample: &Sample<'_>, flagged: &BTreeSet<String>) -> Linked {
    let roster = sample.measured.roster;
    sample.linked.subset(roster, |row| !flagged.contains(&roster.persons[sample.linked.places[row]].id))
}

/// The primary estimate for the persons `kept`; none where that leaves nobody out.
pub(super) fn without_flagged(
    sample: &Sample<'_>,
    kept: &Linked,
    notices: &mut Vec<Notice>,
) -> Option<EstimateFindings> {
    let planned = sample.plan.sensitivity.contains(&Method::WithoutFlagged);
    if !planned || kept.len() == sample.linked.len() {
        return None;
    }
    let method = primary_here(sample, &mut Vec::new());
    match by(method, sample, kept) {
        Ok(estimate) => Some(EstimateFindings { method: Method::WithoutFlagged, ..estimate }),
        Err(error) => {
            notices.push(notices::no_estimate(&name(Method::WithoutFlagged), &notices::why(&error)));
            None
        }
    }
}

/// A method's name as it stands in findings.json.
pub(super) fn name(method: Method) -> String {
    match serde_json::to_value(method) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}
