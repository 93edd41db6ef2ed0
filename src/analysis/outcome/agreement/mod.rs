//! The same question by every method that answers it, the declared primary one first.

mod notices;
mod resampled;

use std::collections::BTreeSet;

use super::regression::{self, Estimand, Fitted};
use super::{Sample, estimate};
use crate::analysis::findings::{
    AgreementFindings, AgreementRow, EstimateFindings, InferenceMethod, LeaveOneOut, Method, Notice,
};
use crate::analysis::frame::Linked;
use crate::analysis::plan::FEW_SCHOOLS;
use crate::impact::mixed::Ddf;
use crate::impact::vcov::{Adjustment, ClusterVariance};
use crate::impact::{Arm, CoefTest, ImpactError, did};
use crate::study::OutcomeRole;

/// The table; none for exploratory outcomes, unknown schools, fewer than [`FEW_SCHOOLS`] of them, and an arm with a
/// single school: there the difference is not tested (A-FEW-002), by no method.
pub(super) fn all(sample: &Sample<'_>, role: OutcomeRole) -> Option<AgreementFindings> {
    let schools = sample.linked.clusters()?;
    if schools < FEW_SCHOOLS || role == OutcomeRole::Exploratory || has_lone_school(sample) {
        return None;
    }
    let primary = estimate::primary_here(sample, &mut Vec::new());
    let estimand = Estimand::of(primary, sample.compares());
    let mut rows = school_level(sample, primary);
    rows.extend(working(sample, primary));
    rows.extend(student_level(sample, estimand, primary));
    rows.extend(mixed(sample, estimand));
    rows.extend(resampled::rows(sample, estimand, primary));
    // The primary leads; the others keep their order.
    rows.sort_by_key(|row| !row.primary);
    Some(AgreementFindings {
        estimand: estimand.name().to_owned(),
        rows,
        leave_one_out: leave_one_out(sample, primary),
    })
}

/// Whether an arm has fewer than two schools, where schools belong to one arm.
fn has_lone_school(sample: &Sample<'_>) -> bool {
    if !sample.compares() || sample.plan.arms_within_schools {
        return false;
    }
    let cluster = sample.linked.cluster.as_deref().unwrap_or_default();
    let roles = sample.roles(sample.linked);
    [Arm::Program, Arm::Comparison].into_iter().any(|arm| {
        let own = roles.iter().zip(cluster).filter(|(role, _)| **role == arm);
        own.map(|(_, school)| school).collect::<BTreeSet<_>>().len() < 2
    })
}

fn blank(method: InferenceMethod) -> AgreementRow {
    AgreementRow {
        method,
        primary: false,
        estimate: None,
        se: None,
        df: None,
        ci: None,
        p: None,
        draws: None,
        note: None,
    }
}

/// A row without an answer, and why.
fn unanswered(method: InferenceMethod, why: &ImpactError) -> AgreementRow {
    refused(method, notices::unanswered(why))
}

fn refused(method: InferenceMethod, note: Notice) -> AgreementRow {
    AgreementRow { note: Some(note), ..blank(method) }
}

fn of_test(method: InferenceMethod, test: &CoefTest) -> AgreementRow {
    AgreementRow {
        estimate: Some(test.estimate),
        se: Some(test.se),
        df: Some(test.df),
        ci: Some([test.ci.low, test.ci.high]),
        p: Some(test.p),
        ..blank(method)
    }
}

fn of_estimate(method: InferenceMethod, found: &EstimateFindings) -> AgreementRow {
    AgreementRow {
        estimate: Some(found.estimate),
        se: found.se,
        df: found.df,
        ci: found.ci,
        p: found.p,
        draws: found.draws,
        ..blank(method)
    }
}

/// Methods on one value per school. An adjusted difference has none (its pretest is the students'), and no more have
/// arms within schools.
fn school_level(sample: &Sample<'_>, primary: Method) -> Vec<AgreementRow> {
    use InferenceMethod::{Permutation, SchoolMeans, SchoolMeansPooled, SignFlip};
    let adjusted = Estimand::of(primary, sample.compares()) == Estimand::AdjustedDifference;
    let methods: &[(InferenceMethod, Method)] = match (sample.compares(), adjusted) {
        (false, _) => &[(SchoolMeans, Method::ClusterMeanT), (SignFlip, Method::SignFlip)],
        (true, true) => &[],
        (true, false) if sample.plan.arms_within_schools => &[],
        (true, false) => &[
            (SchoolMeans, Method::DidClusterCr2),
            (SchoolMeansPooled, Method::DidClusterPooled),
            (Permutation, Method::SchoolPermutation),
        ],
    };
    let mut rows = Vec::new();
    // One variance over all schools does not know of strata.
    let pooled = sample.strata(sample.linked).is_none();
    for (name, method) in methods.iter().filter(|(_, method)| pooled || *method != Method::DidClusterPooled) {
        match estimate::by(*method, sample, sample.linked) {
            Ok(found) => {
                rows.push(AgreementRow { primary: *method == primary, ..of_estimate(*name, &found) });
            }
            Err(why) => rows.push(unanswered(*name, &why)),
        }
    }
    rows.extend(welch(sample).filter(|_| !methods.is_empty()));
    rows
}

fn welch(sample: &Sample<'_>) -> Option<AgreementRow> {
    // Strata have no Welch test of their own.
    if !sample.compares() || sample.strata(sample.linked).is_some() {
        return None;
    }
    let linked = sample.linked;
    let found = did::did_schools(
        &linked.changes(),
        &sample.roles(linked),
        linked.cluster.as_deref()?,
        sample.alpha(),
    );
    Some(of_test(InferenceMethod::SchoolMeansWelch, &found.ok()?.welch))
}

/// The regression on students under every adjustment of its variance.
fn student_level(sample: &Sample<'_>, estimand: Estimand, primary: Method) -> Vec<AgreementRow> {
    use InferenceMethod::{Cr0, Cr1, Cr2, Cr3, Jackknife};
    let adjustments = [
        (Cr0, Adjustment::Cr0),
        (Cr1, Adjustment::Cr1),
        (Cr2, Adjustment::Cr2),
        (Cr3, Adjustment::Cr3),
        (Jackknife, Adjustment::Jackknife),
    ];
    let by_students = matches!(
        primary,
        Method::StudentCr2 | Method::DidStudentCr2 | Method::AncovaCr2 | Method::AncovaWithin
    );
    match regression::least_squares(estimand, sample, sample.linked) {
        Err(why) => vec![unanswered(Cr2, &why)],
        Ok(fitted) => adjustments
            .into_iter()
            .map(|(name, adjustment)| match robust(&fitted, adjustment, sample.alpha()) {
                Ok(test) => AgreementRow { primary: name == Cr2 && by_students, ..of_test(name, &test) },
                Err(why) => unanswered(name, &why),
            })
            .collect(),
    }
}

/// Satterthwaite's df for CR2 and CR3; the customary schools - 1 for the others.
fn robust(fitted: &Fitted, adjustment: Adjustment, alpha: f64) -> Result<CoefTest, ImpactError> {
    let test = ClusterVariance::new(&fitted.fit, adjustment)?.test(&fitted.contrast, alpha)?;
    let schools = fitted.fit.clusters.len();
    match adjustment {
        Adjustment::Cr2 | Adjustment::Cr3 => Ok(test),
        _ => CoefTest::new(test.estimate, test.se, schools as f64 - 1.0, alpha, test.n, Some(schools)),
    }
}

/// The primary method of schools drawn by lot.
fn working(sample: &Sample<'_>, primary: Method) -> Option<AgreementRow> {
    let name = InferenceMethod::Working;
    let found = (primary == Method::AncovaWorking).then(|| estimate::by(primary, sample, sample.linked))?;
    Some(match found {
        Ok(found) => AgreementRow { primary: true, ..of_estimate(name, &found) },
        Err(why) => unanswered(name, &why),
    })
}

fn mixed(sample: &Sample<'_>, estimand: Estimand) -> Vec<AgreementRow> {
    use InferenceMethod::{MixedKenwardRoger, MixedSatterthwaite};
    let names = [(MixedSatterthwaite, Ddf::Satterthwaite), (MixedKenwardRoger, Ddf::KenwardRoger)];
    match regression::mixed(estimand, sample, sample.linked) {
        Err(why) => vec![refused(MixedKenwardRoger, notices::mixed(&why))],
        Ok(model) => names
            .into_iter()
            .map(|(name, ddf)| match model.fit.test(&model.contrast, ddf, sample.alpha()) {
                Ok(test) => of_test(name, &test.coef),
                Err(why) => refused(name, notices::mixed(&why)),
            })
            .collect(),
    }
}

/// The primary estimate without each school in turn.
fn leave_one_out(sample: &Sample<'_>, primary: Method) -> Option<LeaveOneOut> {
    let linked = sample.linked;
    let cluster = linked.cluster.as_ref()?;
    if linked.schools.len() < 3 {
        return None;
    }
    let roster = sample.measured.roster;
    let mut found: Vec<(f64, &str)> = Vec::new();
    for (school, id) in linked.schools.iter().enumerate() {
        let rest: Linked = linked.subset(roster, |row| cluster[row] != school);
        // A school that alone carries an arm cannot be left out.
        let Ok(estimate) = estimate::by(primary, sample, &rest) else { continue };
        found.push((estimate.estimate, roster.school_names.get(id).map_or(id.as_str(), String::as_str)));
    }
    let low = found.iter().min_by(|a, b| a.0.total_cmp(&b.0))?;
    let high = found.iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(LeaveOneOut {
        low: low.0,
        low_without: low.1.to_owned(),
        high: high.0,
        high_without: high.1.to_owned(),
    })
}
