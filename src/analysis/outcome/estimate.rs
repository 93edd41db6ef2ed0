//! Estimates by the methods of the plan, the primary one first.

use std::collections::BTreeSet;

use polars::prelude::PolarsResult;

use super::regression::{self, Estimand, Fitted};
use super::{Sample, link, reassigned};
use crate::analysis::Material;
use crate::analysis::findings::{Draws, EstimateFindings, Method, Notice, Plan};
use crate::analysis::frame::{self, Linked};
use crate::analysis::notices;
use crate::analysis::plan::{FEW_SCHOOLS, carries_school_covariate, is_randomised};
use crate::i18n::{Lang, Text};
use crate::impact::classical::{paired_t, pooled_t, welch_t};
use crate::impact::mixed::{Ddf, MixedError};
use crate::impact::resampling::{Reference, ResamplingTest};
use crate::impact::unclustered::ancova_classical;
use crate::impact::vcov::{Adjustment, cluster_test};
use crate::impact::{Arm, CoefTest, ImpactError, cluster_mean, did};
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
    let linked = sample.linked;
    // The roster may have schools enough where the linked persons have not.
    let infers = sample.infers(linked);
    if !infers && sample.arms_share_schools(linked) && !is_randomised(sample.plan.assignment) {
        notices.push(notices::few_schools_not_drawn(linked.schools.len()));
        return Vec::new();
    }
    let primary = primary_here(sample, notices);
    let mut methods = vec![primary];
    for method in sample.plan.sensitivity.iter().filter_map(|method| here(*method, sample)) {
        if !methods.contains(&method) && !repeats_primary(method) && (infers || method.reassigns()) {
            methods.push(method);
        }
    }
    let mut estimates = Vec::new();
    for method in methods {
        match by(method, sample, linked) {
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

/// The plan's primary method, or the test by re-assignment where this outcome has too few schools; one-group
/// methods where the roster of this outcome has no arms.
pub(super) fn primary_here(sample: &Sample<'_>, notices: &mut Vec<Notice>) -> Method {
    let linked = sample.linked;
    let (compares, shares) = (sample.compares(), sample.arms_share_schools(linked));
    let planned = sample.plan.primary.and_then(|method| here(method, sample));
    let planned = planned.unwrap_or(match (compares, linked.cluster.is_some()) {
        (false, true) => Method::ClusterMeanT,
        (false, false) => Method::PairedT,
        (true, true) if shares => Method::DidStudentCr2,
        (true, true) => Method::DidClusterCr2,
        (true, false) => Method::DidWelch,
    });
    if planned.reassigns() || sample.infers(linked) {
        return planned;
    }
    let schools = linked.schools.len();
    let one_alone = |plan: &Plan| plan.schools.iter().flatten().any(|schools| *schools < 2);
    notices.extend(match (shares, schools < FEW_SCHOOLS) {
        (true, _) => Some(notices::few_schools_within(schools)),
        (false, true) => Some(notices::few_schools(schools, FEW_SCHOOLS)),
        // One arm has a single school. Where the roster has no more, the plan has said so.
        (false, false) => (!one_alone(sample.plan)).then(notices::one_school_in_an_arm),
    });
    match (compares, shares) {
        (false, _) => Method::SignFlip,
        (true, false) => Method::SchoolPermutation,
        (true, true) => Method::StudentPermutation,
    }
}

/// A method of the plan as it fits this outcome; none where nothing of its kind does. Teachers may have a roster
/// without arms in a study that compares arms of students, and a roster without schools in a study with schools;
/// their arms may share schools where those of students do not.
fn here(method: Method, sample: &Sample<'_>) -> Option<Method> {
    use Method::{
        AncovaContextual, AncovaCr2, AncovaOls, AncovaSchoolMeans, AncovaWithin, AncovaWorking, ClusterMeanT,
        DidPooled, DidStudentCr2, DidWelch, Multisite, PairedT, SchoolPermutation, SignFlip, StudentCr2,
        StudentPermutation, WeightedCr2,
    };
    if repeats_primary(method) {
        return Some(method);
    }
    Some(match (method, sample.compares(), sample.linked.cluster.is_some()) {
        (method, true, true) => return in_schools(method, sample),
        (AncovaContextual | AncovaSchoolMeans, _, _) => return None,
        (ClusterMeanT | StudentCr2 | SignFlip | WeightedCr2, false, true) => method,
        (PairedT, false, false) | (DidWelch | DidPooled | AncovaOls, true, false) => method,
        (SchoolPermutation | StudentPermutation, false, true) => SignFlip,
        (DidStudentCr2 | AncovaCr2 | AncovaWithin | AncovaWorking | Multisite, false, true) => StudentCr2,
        (_, false, true) => ClusterMeanT,
        (_, false, false) => PairedT,
        (AncovaCr2 | AncovaWithin | AncovaWorking | Multisite, true, false) => AncovaOls,
        (_, true, false) => DidWelch,
    })
}

/// A method as it fits arms of persons in schools.
fn in_schools(method: Method, sample: &Sample<'_>) -> Option<Method> {
    use Method::{
        AncovaContextual, AncovaCr2, AncovaOls, AncovaSchoolMeans, AncovaWithin, AncovaWorking,
        DidClusterCr2, DidClusterPooled, DidStudentCr2, Multisite, SchoolPermutation, StudentPermutation,
        WeightedCr2,
    };
    let linked = sample.linked;
    if sample.arms_share_schools(linked) {
        return match method {
            AncovaWithin | Multisite | DidStudentCr2 | StudentPermutation | WeightedCr2 => Some(method),
            AncovaCr2 | AncovaWorking | AncovaOls => Some(AncovaWithin),
            AncovaContextual | AncovaSchoolMeans => None,
            SchoolPermutation => is_randomised(sample.plan.assignment).then_some(StudentPermutation),
            _ => Some(DidStudentCr2),
        };
    }
    let strata = sample.strata(linked);
    match method {
        // One variance over all schools does not know of strata.
        DidClusterPooled => strata.is_none().then_some(method),
        AncovaContextual | AncovaSchoolMeans => {
            let count = strata.map_or(1, |strata| strata.into_iter().collect::<BTreeSet<_>>().len());
            carries_school_covariate(linked.schools.len(), count).then_some(method)
        }
        DidClusterCr2 | DidStudentCr2 | AncovaCr2 | AncovaWorking | SchoolPermutation | WeightedCr2 => {
            Some(method)
        }
        AncovaWithin => Some(AncovaWorking),
        Multisite | AncovaOls => Some(AncovaCr2),
        StudentPermutation => Some(SchoolPermutation),
        _ => Some(DidClusterCr2),
    }
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
        Method::SignFlip => return reassigned::signs(sample, linked),
        Method::SchoolPermutation => return reassigned::schools(sample, linked),
        Method::StudentPermutation => return reassigned::students(sample, linked),
        Method::DidClusterCr2 => match sample.strata(linked) {
            Some(strata) => did::did_schools_within(&changes, &roles(), cluster, &strata, alpha)?,
            None => did::did_schools(&changes, &roles(), cluster, alpha)?.cr2,
        },
        Method::DidClusterPooled => did::did_schools(&changes, &roles(), cluster, alpha)?.pooled,
        Method::DidStudentCr2 => {
            robust(&regression::least_squares(Estimand::DifferenceInChange, sample, linked)?, alpha)?
        }
        Method::WithinSchoolT => did::did_within_schools(&changes, &roles(), cluster, alpha)?,
        Method::AncovaCr2 | Method::AncovaWithin => {
            robust(&regression::least_squares(Estimand::AdjustedDifference, sample, linked)?, alpha)?
        }
        Method::AncovaWorking => robust(&regression::working(sample, linked)?, alpha)?,
        Method::AncovaContextual => robust(&regression::contextual(sample, linked)?, alpha)?,
        Method::AncovaSchoolMeans => regression::school_means(sample, linked)?,
        Method::AncovaOls => ancova_classical(&linked.after, &linked.before, &roles(), alpha)?,
        Method::Multisite => return Ok(multisite(sample, linked)?),
        Method::WeightedCr2 => return weighted(sample, linked),
        Method::PairedT => paired_t(&linked.before, &linked.after, alpha)?,
        Method::DidWelch => welch_t(&of(Arm::Program), &of(Arm::Comparison), alpha)?,
        Method::DidPooled => pooled_t(&of(Arm::Program), &of(Arm::Comparison), alpha)?,
    };
    let estimate = tested(method, &test, n, linked.clusters());
    // A difference of arms has no error of linking; what has none is left as it is.
    Ok(match sample.link_error {
        Some(link) => link::with_error(estimate, link, alpha),
        None => estimate,
    })
}

/// CR2 by school with Satterthwaite's degrees of freedom.
fn robust(fitted: &Fitted, alpha: f64) -> Result<CoefTest, ImpactError> {
    cluster_test(&fitted.fit, &fitted.contrast, Adjustment::Cr2, alpha)
}

/// The multisite model with Kenward and Roger's degrees of freedom. A fault of the model is one of the estimate.
fn multisite(sample: &Sample<'_>, linked: &Linked) -> Result<EstimateFindings, MixedError> {
    let model = regression::multisite(Estimand::AdjustedDifference, sample, linked)?;
    let test = model.fit.test(&model.contrast, Ddf::KenwardRoger, sample.alpha())?;
    let found = tested(Method::Multisite, &test.coef, linked.len(), linked.clusters());
    Ok(EstimateFindings { notes: model.notes.iter().map(coded).collect(), ..found })
}

/// A notice as the note of an estimate, its code behind the sentence.
pub(super) fn coded(notice: &Notice) -> Text {
    let words = |lang| format!("{} ({})", notice.text.get(lang), notice.code);
    Text::new(words(Lang::Id), words(Lang::En))
}

/// Students weighted as the roster says, errors by school.
fn weighted(sample: &Sample<'_>, linked: &Linked) -> Result<EstimateFindings, ImpactError> {
    let estimand = if sample.compares() { Estimand::DifferenceInChange } else { Estimand::MeanChange };
    let weights = sample.weights(linked).unwrap_or_else(|| vec![1.0; linked.len()]);
    let fitted = regression::weighted(estimand, sample, linked, &weights)?;
    let test = robust(&fitted, sample.alpha())?;
    let found = tested(Method::WeightedCr2, &test, linked.len(), linked.clusters());
    let found = EstimateFindings { estimand: estimand.name().to_owned(), ..found };
    Ok(match sample.link_error {
        Some(link) => link::with_error(found, link, sample.alpha()),
        None => found,
    })
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
