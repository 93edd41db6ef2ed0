//! A study drawn again and again from its generating model, each time scored and analysed as the real one.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::analysis::findings::{EstimateFindings, Method};
use crate::analysis::planning::StudySimulation;
use crate::analysis::planning::simulated::{Drawn, Options, summarise};
use crate::analysis::{self, Material};
use crate::cli::CliError;
use crate::cli::progress::Progress;
use crate::diag::has_errors;
use crate::impact::ImpactError;
use crate::io::{Disk, Files as _, Memory};
use crate::measure;
use crate::response;
use crate::score::{self, MissingPolicy};
use crate::simulate::{self, Model, OutcomeTruth};
use crate::study::BoundStudy;

/// A study with the model that draws it.
pub struct Rehearsal {
    study: BoundStudy,
    model: Model,
    truth: Vec<OutcomeTruth>,
}

/// What one drawn study says about one outcome.
struct Found {
    method: Method,
    estimand: String,
    drawn: Drawn,
}

impl Rehearsal {
    /// The study with its model; none where no `model.json` lies beside it.
    pub fn of(study: BoundStudy) -> Result<Option<Rehearsal>, CliError> {
        let file = study.folder.join("model.json");
        if !file.exists() {
            return Ok(None);
        }
        let bytes = Disk.read(&file)?;
        let parsed = simulate::parse(&file.display().to_string(), &bytes);
        let Some(model) = parsed.value else { return Err(CliError::Input(parsed.diagnostics)) };
        let truth = simulate::truth(&study, &model).map_err(|error| CliError::Asked(error.to_string()))?;
        Ok(Some(Rehearsal { study, model, truth: truth.outcomes }))
    }

    /// What the primary estimates of the outcomes are in so many drawn studies, by outcome. Study k has the seed
    /// `options.seed + k`.
    pub fn run(
        &self,
        outcomes: &[String],
        options: Options,
    ) -> Result<BTreeMap<String, StudySimulation>, CliError> {
        let studies = self.all(outcomes, options)?;
        let mut found = BTreeMap::new();
        for id in outcomes {
            let of_outcome: Vec<Option<&Found>> = studies.iter().map(|study| study.get(id)).collect();
            let Some(first) = of_outcome.iter().flatten().next() else { continue };
            let truth = self.truth.iter().find(|truth| truth.id == *id);
            let truth = truth.and_then(|truth| expected(truth, &first.estimand));
            let drawn: Vec<Result<Drawn, ImpactError>> = of_outcome
                .iter()
                .map(|one| one.map(|one| one.drawn).ok_or(ImpactError::NoVariation))
                .collect();
            let alpha = self.study.study.analysis.alpha;
            let summary =
                summarise(&drawn, truth, alpha).map_err(|error| CliError::Asked(error.to_string()))?;
            let simulation = StudySimulation {
                drawn: studies.len(),
                seed: options.seed,
                method: first.method,
                found: summary,
            };
            found.insert(id.clone(), simulation);
        }
        Ok(found)
    }

    /// The estimates of every drawn study, in the order of their seeds. Plain threads: a rayon worker that waits
    /// for polars would begin the next study on top of the one it waits for, until the stack overflows.
    fn all(&self, outcomes: &[String], options: Options) -> Result<Vec<BTreeMap<String, Found>>, CliError> {
        let progress = Progress::new(options.studies as u64);
        let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        std::thread::scope(|scope| {
            for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(|| {
                    loop {
                        let place = next.fetch_add(1, Ordering::Relaxed);
                        if place >= options.studies {
                            break;
                        }
                        let found = self.one(outcomes, options.seed.wrapping_add(place as u64));
                        progress.step("drawing and analysing studies");
                        // A poisoned lock means that another thread panicked; the scope passes that on.
                        if let Ok(mut done) = done.lock() {
                            done.push((place, found));
                        }
                    }
                });
            }
        });
        progress.done();
        let mut done = done.into_inner().unwrap_or_default();
        done.sort_by_key(|(place, _)| *place);
        done.into_iter().map(|(_, found)| found).collect()
    }

    fn one(&self, outcomes: &[String], seed: u64) -> Result<BTreeMap<String, Found>, CliError> {
        let defect = |error: polars::prelude::PolarsError| CliError::Defect(error.to_string());
        let study = &self.study;
        let outputs = simulate::simulate(study, &self.model, seed);
        let mut files = Memory::default();
        for output in outputs.map_err(|error| CliError::Asked(error.to_string()))? {
            files.insert(study.folder.join(&output.path), output.bytes);
        }
        let responses = response::read(study, &files);
        if has_errors(&responses.diagnostics) {
            return Err(CliError::Input(responses.diagnostics));
        }
        let responses = responses.value;
        let policy = MissingPolicy::of(&study.study.analysis);
        let mut scores = score::score(study, &responses, policy).map_err(defect)?.value;
        let measures = measure::add(study, &responses, &mut scores).map_err(defect)?;
        let material = Material {
            study,
            responses: &responses,
            scores: &scores,
            measures: &measures,
            alternative: None,
        };
        let wanted = |id: &str| outcomes.iter().any(|outcome| outcome == id);
        let findings = analysis::analyze_outcomes(material, wanted).map_err(defect)?;
        let of = |estimates: &[EstimateFindings]| estimates.iter().find(|one| one.primary).and_then(found);
        Ok(findings.iter().filter_map(|one| Some((one.id.clone(), of(&one.estimates)?))).collect())
    }
}

fn found(estimate: &EstimateFindings) -> Option<Found> {
    let EstimateFindings { method, se, df, ci, .. } = *estimate;
    let drawn = Drawn { estimate: estimate.estimate, se, df, ci, p: estimate.p? };
    Some(Found { method, estimand: estimate.estimand.clone(), drawn })
}

/// What an estimate of that kind should be near.
fn expected(truth: &OutcomeTruth, estimand: &str) -> Option<f64> {
    match estimand {
        "mean_change" => truth.arms.first().map(|arm| arm.change),
        "difference_in_change" => truth.difference_in_change,
        _ => Some(truth.programme_effect),
    }
}
