//! Severities of raters as findings, and the outcomes with adjusted scores beside the raw ones.

use super::notices;
use crate::analysis::Material;
use crate::analysis::answer_quality::same_reading;
use crate::analysis::findings::{
    EqualSeverityTest, Method, Notice, OutcomeFindings, RaterSeverity, SeverityFindings, SeverityModel,
    SeverityRow, SeveritySensitivity,
};
use crate::measure::Severity;
use crate::measure::severity::{FittedSeverity, Unfitted};
use crate::num::dist;

/// Severities with what must be known of them.
#[derive(Clone, Debug, Default)]
pub struct Severities {
    /// One entry per instrument with raters.
    pub findings: Vec<SeverityFindings>,
    /// What was refused, and what must be known.
    pub notices: Vec<Notice>,
}

/// The severity of a rater of an instrument.
pub(super) fn of_rater(material: Material<'_>, instrument: &str, rater: &str) -> Option<RaterSeverity> {
    let found = material.measures.severities.iter().find(|found| found.instrument == instrument)?;
    let place = found.ratings.raters.iter().position(|name| name == rater)?;
    severity(found.result.as_ref().ok()?, place)
}

fn severity(found: &FittedSeverity, rater: usize) -> Option<RaterSeverity> {
    let rater = &found.fit.raters[rater];
    Some(RaterSeverity { value: rater.severity?, se: rater.se? })
}

/// Everything about severities.
pub fn analyze(material: Material<'_>, outcomes: &[OutcomeFindings]) -> Severities {
    let mut all = Severities::default();
    for found in &material.measures.severities {
        let Some(own) = one(material, found, outcomes) else { continue };
        all.notices.extend(notices::of_severity(found, &own));
        // One rater is no finding: a notice of its own says so.
        if !matches!(found.result, Err(Unfitted::OneRater)) {
            all.findings.push(own);
        }
    }
    all
}

fn one(material: Material<'_>, found: &Severity, outcomes: &[OutcomeFindings]) -> Option<SeverityFindings> {
    let alpha = material.study.study.analysis.alpha;
    let instrument = material.study.instrument(&found.instrument)?;
    let fitted = found.result.as_ref().ok();
    let concerned = |outcome: &&OutcomeFindings| {
        outcome.scale.split_once('/').is_some_and(|(instrument, _)| instrument == found.instrument)
    };
    let reached = outcomes.iter().filter(concerned);
    Some(SeverityFindings {
        instrument: found.instrument.clone(),
        respondent: instrument.respondent,
        scale: found.scale.clone(),
        items: found.ratings.items.iter().map(|item| item.id.clone()).collect(),
        columns: found.ratings.columns,
        performances: found.performances,
        range: found.range,
        model: fitted.map(model),
        raters: fitted.map(|own| rows(found, own, alpha)).unwrap_or_default(),
        outcomes: reached.filter_map(|outcome| sensitivity(outcome, alpha)).collect(),
    })
}

fn model(found: &FittedSeverity) -> SeverityModel {
    let fit = &found.fit;
    let equal = fit.equal_severity.likelihood_ratio;
    SeverityModel {
        ratings: fit.ratings,
        persons: fit.persons.iter().flatten().count(),
        infit: fit.overall_fit.map(|fit| fit.infit),
        outfit: fit.overall_fit.map(|fit| fit.outfit),
        sd: fit.separation.map(|spread| spread.sd),
        reliability: fit.separation.map(|spread| spread.reliability),
        equal: equal.map(|test| EqualSeverityTest { chi2: test.chi2, df: test.df, p: test.p }),
    }
}

fn rows(found: &Severity, fitted: &FittedSeverity, alpha: f64) -> Vec<SeverityRow> {
    let critical = dist::normal_quantile(1.0 - alpha / 2.0).ok();
    let row = |(place, name): (usize, &String)| {
        let rater = &fitted.fit.raters[place];
        let severity = severity(fitted, place);
        let ci = severity.zip(critical).map(|(own, z)| [own.value - z * own.se, own.value + z * own.se]);
        SeverityRow {
            rater: name.clone(),
            ratings: rater.ratings,
            persons: rater.persons,
            severity,
            ci,
            difference: fitted.differences[place],
            differs: ci.is_some_and(|[low, high]| low > 0.0 || high < 0.0),
            infit: rater.fit.map(|fit| fit.infit),
            outfit: rater.fit.map(|fit| fit.outfit),
        }
    };
    found.ratings.raters.iter().enumerate().map(row).collect()
}

fn sensitivity(outcome: &OutcomeFindings, alpha: f64) -> Option<SeveritySensitivity> {
    let primary = outcome.estimates.iter().find(|estimate| estimate.primary)?;
    let adjusted = outcome.estimates.iter().find(|estimate| estimate.method == Method::SeverityAdjusted)?;
    Some(SeveritySensitivity {
        outcome: outcome.id.clone(),
        primary: primary.estimate,
        primary_ci: primary.ci,
        n: primary.n,
        adjusted: Some(adjusted.estimate),
        adjusted_ci: adjusted.ci,
        adjusted_n: Some(adjusted.n),
        difference: Some(adjusted.estimate - primary.estimate),
        changed: Some(!same_reading(primary, adjusted, alpha)),
    })
}
