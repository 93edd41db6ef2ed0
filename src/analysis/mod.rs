//! `Study + Scores -> Findings`: the plan first, then its execution.
//!
//! [`plan`] reads the design from study and roster and says which analysis applies, which is refused and
//! why, before any score is looked at. [`frame`] is the only bridge from polars frames to the slices and
//! indices the kernels take. The other files each fill one part of the [`Findings`].

pub mod answer_quality;
mod associations;
mod classical;
pub mod codes;
pub mod findings;
pub mod frame;
pub mod instruments;
pub mod lock;
mod measurement;
mod missing;
pub mod multiplicity;
pub mod notices;
pub mod outcome;
pub mod participants;
pub mod plan;
pub mod planning;
pub mod raters;
pub mod tests_run;

pub use findings::Findings;

use findings::{ArmSummary, InputFile, Named, ProgrammeSummary, Provenance, Rules, StudySummary};
use std::path::Path;

use polars::prelude::PolarsResult;

use crate::measure::Measures;
use crate::response::{Responses, table::sha256};
use crate::score::Scores;
use crate::study::BoundStudy;

/// What an analysis works on.
#[derive(Clone, Copy, Debug)]
pub struct Material<'a> {
    /// The study with its instruments.
    pub study: &'a BoundStudy,
    /// Its data files.
    pub responses: &'a Responses,
    /// Scores under the study's missing rule.
    pub scores: &'a Scores,
    /// How measured scales were measured.
    pub measures: &'a Measures,
    /// Scores with not-reached answers counted the other way, for the sensitivity estimate.
    pub alternative: Option<&'a Scores>,
}

/// Analyses a study.
///
/// # Errors
/// polars cannot hand out a column, which is a defect of dampak.
pub fn analyze(material: Material<'_>) -> PolarsResult<Findings> {
    let study = material.study;
    let plan = plan::read(study, material.responses);
    let judged = answer_quality::judge(material)?;
    let mut outcomes = Vec::with_capacity(study.study.outcomes.len());
    for outcome in &study.study.outcomes {
        outcomes.push(outcome::analyze(material, &plan, &judged, outcome)?);
    }
    multiplicity::adjust(&mut outcomes, &study.study.analysis.families);
    multiplicity::adjust_interactions(&mut outcomes, &study.study.analysis.families);
    let participants = participants::count(material)?;
    let measurement = measurement::analyze(material);
    let dif = measurement::dif(material)?;
    let evidence = instruments::ModelEvidence::of(&measurement, &dif, study.study.analysis.alpha);
    let instruments = instruments::analyze(material, &evidence)?;
    outcome::measurement_error::attach(material, &plan, &mut outcomes, (&instruments, &measurement))?;
    let mut notices = plan.reasons.clone();
    notices.extend(notices::without_smallest_effect(study, &plan));
    notices.extend(notices::small_cells(study));
    notices.extend(outcomes.iter().flat_map(|outcome| outcome.notices.clone()));
    notices.extend(measurement.iter().flat_map(|scale| scale.notices.clone()));
    let rated = raters::analyze(material)?;
    notices.extend(rated.notices);
    let associations = associations::analyze(material, &outcomes)?;
    let severities = raters::severity::analyze(material, &outcomes);
    notices.extend(severities.notices);
    notices.extend(judged.notices(material));
    let classical = classical::analyze(material, &plan, &outcomes)?;
    let missing = missing::analyze(material, &plan, &outcomes)?;
    notices.extend(missing.notices);
    let next = planning::next_study(material, &outcomes)?;
    notices.extend(next.notices);
    let mut findings = Findings {
        format: findings::FORMAT.to_owned(),
        provenance: provenance(material, &plan),
        study: summary(study),
        plan,
        plan_lock: None,
        rules: rules(study),
        participants,
        flow: missing.flow,
        attrition: missing.attrition,
        baseline: missing.baseline,
        instruments,
        measurement,
        dif,
        raters: rated.findings,
        severity: severities.findings,
        answer_quality: judged.findings(&study.study.analysis, &outcomes),
        classical,
        outcomes,
        tests_run: findings::TestsRun::default(),
        associations,
        planning: next.findings,
        notices,
    };
    findings.tests_run = tests_run::count(&findings, study.study.analysis.alpha);
    Ok(findings)
}

/// The findings on the outcomes whose id is wanted, and on nothing else.
///
/// # Errors
/// polars cannot hand out a column, which is a defect of dampak.
pub fn analyze_outcomes(
    material: Material<'_>,
    wanted: impl Fn(&str) -> bool,
) -> PolarsResult<Vec<findings::OutcomeFindings>> {
    let plan = plan::read(material.study, material.responses);
    let judged = answer_quality::judge(material)?;
    let outcomes = material.study.study.outcomes.iter().filter(|outcome| wanted(&outcome.id));
    outcomes.map(|outcome| outcome::analyze(material, &plan, &judged, outcome)).collect()
}

fn rules(study: &BoundStudy) -> Rules {
    let declared = &study.study.analysis;
    Rules {
        omitted: declared.omitted,
        not_reached: declared.not_reached,
        smallest_cell: declared.smallest_cell,
        smallest_effect_of_interest: declared.smallest_effect_of_interest,
        permutations: declared.permutations,
        item_thresholds: declared.item_thresholds,
    }
}

fn summary(study: &BoundStudy) -> StudySummary {
    let raw = &study.study;
    StudySummary {
        id: raw.id.clone(),
        title: raw.title.clone(),
        simulated: raw.simulated,
        source: raw.source.clone(),
        programme: raw.programme.as_ref().map(|programme| ProgrammeSummary {
            name: programme.name.clone(),
            provider: programme.provider.clone(),
            description: programme.description.clone(),
            period: programme.period.clone(),
        }),
        waves: raw
            .waves
            .iter()
            .map(|wave| Named { id: wave.id.clone(), label: wave.label.clone(), date: wave.date.clone() })
            .collect(),
        compared: raw.compared().map(|pair| pair.map(|wave| wave.id.clone())),
        arms: raw
            .arms
            .iter()
            .map(|arm| ArmSummary { id: arm.id.clone(), label: arm.label.clone(), role: arm.role })
            .collect(),
        authors: raw.report.authors.clone(),
        date: raw.report.date.clone(),
    }
}

fn provenance(material: Material<'_>, plan: &findings::Plan) -> Provenance {
    let study = material.study;
    // The folder in which somebody keeps a study is no part of it, and findings must not depend on it.
    let study_file = Path::new(&study.file)
        .file_name()
        .map_or_else(|| study.file.clone(), |name| name.to_string_lossy().into_owned());
    let mut inputs = vec![InputFile { path: study_file.clone(), sha256: study.sha256.clone(), rows: None }];
    let mut add = |path: &str, sha256: &str, rows: Option<usize>| {
        let input = InputFile { path: path.to_owned(), sha256: sha256.to_owned(), rows };
        if !inputs.iter().any(|known| known.path == input.path) {
            inputs.push(input);
        }
    };
    for bound in &study.instruments {
        add(&bound.path, &bound.sha256, None);
    }
    for roster in &material.responses.rosters {
        add(&roster.file, &roster.sha256, Some(roster.persons.len()));
    }
    for set in &material.responses.sets {
        add(&set.table.file, &set.table.sha256, Some(set.rows.len()));
    }
    for table in &material.responses.score_tables {
        add(&table.file, &table.sha256, Some(table.frame.height()));
    }
    // A plan serialises without fail: it holds only strings, numbers and lists.
    let plan_json = serde_json::to_vec(plan).unwrap_or_default();
    Provenance {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: study.study.analysis.seed,
        study_file,
        plan_sha256: sha256(&plan_json),
        inputs,
    }
}
