//! Tests an association, or says why not.

use super::notices;
use super::units::Pair;
use crate::analysis::Material;
use crate::analysis::findings::{
    AssociationFindings, AssociationPoint, AssociationSlope, SchoolwiseFindings,
};
use crate::analysis::frame::Linked;
use crate::analysis::notices as common;
use crate::analysis::plan::FEW_SCHOOLS;
use crate::impact::association::{SchoolAssociation, relate_persons, relate_schools};
use crate::impact::{CoefTest, ImpactError};
use crate::num::Interval;

/// Degrees of freedom below which a test is called unreliable (standards 5.1).
const FEW_DEGREES: f64 = 4.0;

/// Members of the staff from which on the mean of a school may be shown: up to three can be recognised
/// (standards 8).
const FEWEST_STAFF: usize = 4;

/// Over schools, every one counting the same.
pub(super) fn schools(material: Material<'_>, findings: &mut AssociationFindings, pairs: &[Pair]) {
    findings.schools = pairs.len();
    if pairs.len() < FEW_SCHOOLS {
        findings.notices.push(notices::few_schools(pairs.len(), FEW_SCHOOLS));
        return;
    }
    let rules = &material.study.study.analysis;
    let x: Vec<f64> = pairs.iter().map(|pair| pair.predictor.mean).collect();
    let y: Vec<f64> = pairs.iter().map(|pair| pair.gain.mean).collect();
    match relate_schools(&x, &y, rules.alpha) {
        Ok(found) => {
            findings.slope = Some(slope(&found.slope, findings.per));
            findings.schoolwise = Some(schoolwise(&found, findings.per, pairs, rules.smallest_cell));
            warn_of_few_degrees(findings);
        }
        Err(error) => findings.notices.push(refusal(&error)),
    }
}

/// Over persons, schools as clusters.
pub(super) fn persons(
    material: Material<'_>,
    findings: &mut AssociationFindings,
    linked: &Linked,
    received: &[f64],
) {
    let rules = &material.study.study.analysis;
    findings.n = linked.len();
    findings.staff = linked.len();
    findings.schools = linked.clusters().unwrap_or(0);
    if findings.schools < FEW_SCHOOLS {
        findings.notices.push(notices::few_schools(findings.schools, FEW_SCHOOLS));
        return;
    }
    if linked.len() < rules.smallest_cell {
        findings.notices.push(notices::few_persons(linked.len(), rules.smallest_cell));
        return;
    }
    let cluster = linked.cluster.as_deref().unwrap_or_default();
    match relate_persons(received, &linked.changes(), cluster, rules.alpha) {
        Ok(found) => {
            findings.slope = Some(slope(&found, findings.per));
            warn_of_few_degrees(findings);
        }
        Err(error) => findings.notices.push(refusal(&error)),
    }
}

fn refusal(error: &ImpactError) -> crate::analysis::findings::Notice {
    match error {
        ImpactError::NoVariation => notices::no_variation(),
        _ => notices::one_school_decides(),
    }
}

fn warn_of_few_degrees(findings: &mut AssociationFindings) {
    if let Some(slope) = findings.slope.filter(|slope| slope.df < FEW_DEGREES) {
        findings.notices.push(common::few_degrees(slope.df));
    }
}

fn slope(test: &CoefTest, per: f64) -> AssociationSlope {
    AssociationSlope {
        estimate: test.estimate * per,
        se: test.se * per,
        df: test.df,
        t: test.t,
        ci: [test.ci.low * per, test.ci.high * per],
        p: test.p,
    }
}

fn schoolwise(found: &SchoolAssociation, per: f64, pairs: &[Pair], smallest: usize) -> SchoolwiseFindings {
    let ends = |interval: Interval| [interval.low, interval.high];
    let may_be_shown = |pair: &&Pair| pair.gain.n >= smallest && pair.predictor.n >= FEWEST_STAFF;
    let mut points: Vec<AssociationPoint> = pairs
        .iter()
        .filter(may_be_shown)
        .map(|pair| AssociationPoint { x: pair.predictor.mean, y: pair.gain.mean })
        .collect();
    // Not in the order of the schools, which would name them.
    points.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    SchoolwiseFindings {
        pearson: found.pearson,
        pearson_ci: found.pearson_ci.map(ends),
        spearman: found.spearman,
        leave_one_out: found.leave_one_out.map(|range| ends(range.scaled(per))),
        intercept: found.intercept,
        hidden: pairs.len() - points.len(),
        points,
    }
}
