//! `dampak power`: smallest detectable effects, power and the number of schools of the next study.

mod rehearsal;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use super::args::{MessageFormat, PowerArgs};
use super::progress::Progress;
use super::{CliError, VerbResult, analyze, load, print_result, print_warnings};
use crate::analysis::planning::simulated::{self, Simulation};
use crate::analysis::planning::{self, Known, PlannedDesign, Planning, Quantity};
use crate::io::whole;
use crate::report::{self, power_curve};
use crate::study::{BoundStudy, Outcome, OutcomeRole};
use rehearsal::Rehearsal;

pub fn run(args: &PowerArgs) -> VerbResult {
    let known = match &args.study {
        Some(study) => known(study, args.outcome.as_deref())?,
        None if args.outcome.is_some() => {
            return Err(CliError::Asked("--outcome needs a study".to_owned()));
        }
        None => vec![Known::default()],
    };
    let asked = asked(args);
    let mut plans = Vec::new();
    for known in known {
        let design = args.design.or(known.design).ok_or_else(|| {
            let names = PlannedDesign::ALL.map(PlannedDesign::name).join(", ");
            CliError::Asked(format!("no design is known to plan for; choose one with --design: {names}"))
        })?;
        plans.push(planned(design, &asked, &known)?);
    }
    if let Some(studies) = args.simulate {
        simulate(args, studies, &mut plans)?;
    }
    if let Some(out) = &args.out {
        draw(args, out, &plans)?;
    }
    let text = match args.format {
        MessageFormat::Json => {
            let text = serde_json::to_string_pretty(&plans);
            text.map_err(|error| CliError::Defect(error.to_string()))? + "\n"
        }
        MessageFormat::Text => {
            plans.iter().map(|plan| report::planning::text(plan, args.lang)).collect::<Vec<_>>().join("\n")
        }
    };
    print_result(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Charts of power against the number of units, one per plan.
fn draw(args: &PowerArgs, out: &Path, plans: &[Planning]) -> Result<(), CliError> {
    let study =
        args.study.as_deref().map(|path| load::study_without_data(path, &mut Vec::new())).transpose()?;
    let lang = args.lang;
    let mut outputs = Vec::new();
    for plan in plans {
        let found = planning::findings_of(plan);
        let outcomes = study.iter().flat_map(|study| &study.study.outcomes);
        let label = outcomes.into_iter().find(|outcome| Some(&outcome.id) == plan.outcome.as_ref());
        let label = label.map(|outcome| outcome.label.get(lang)).filter(|label| !label.is_empty());
        let title = label.map_or_else(|| power_curve::title(&found, lang), str::to_owned);
        let figure = power_curve::figure(&found, &title, &power_curve::name(&found), lang);
        outputs.extend(super::report::drawn(&figure, lang, "")?);
    }
    if let Some(study) = &study {
        load::spare_inputs(study, outputs.iter().map(|output| out.join(&output.path)))?;
    }
    whole::write_all(out, &outputs)?;
    Ok(())
}

/// Adds to the plans what simulated studies find.
fn simulate(args: &PowerArgs, studies: u32, plans: &mut [Planning]) -> Result<(), CliError> {
    let read = |path: &Path| load::study_without_data(path, &mut Vec::new());
    let study = args.study.as_deref().map(read).transpose()?;
    let seed = args.seed.or(study.as_ref().map(|study| study.study.analysis.seed)).unwrap_or(1);
    let rehearsal = study.map(Rehearsal::of).transpose()?.flatten();
    // A u32 fits into the usize of every machine that dampak is built for.
    let options = simulated::Options { studies: studies as usize, seed };
    for plan in plans.iter_mut() {
        let numbers = simulated::numbers(plan, args.curve);
        let progress = Progress::new(numbers.len() as u64);
        let mut rows = Vec::new();
        for units in numbers {
            progress.step("drawing studies from the assumptions");
            let row = simulated::simulate(plan, units, options);
            rows.push(row.map_err(|error| CliError::Asked(error.to_string()))?);
        }
        progress.done();
        plan.simulation = Some(Simulation { studies: options.studies, seed, rows });
    }
    let Some(rehearsal) = rehearsal else { return Ok(()) };
    let outcomes: Vec<String> = plans.iter().filter_map(|plan| plan.outcome.clone()).collect();
    let mut found = rehearsal.run(&outcomes, options)?;
    for plan in plans {
        plan.study_simulation = plan.outcome.as_ref().and_then(|id| found.remove(id));
    }
    Ok(())
}

fn planned(
    design: PlannedDesign,
    asked: &BTreeMap<Quantity, f64>,
    known: &Known,
) -> Result<Planning, CliError> {
    planning::plan(design, asked, known).map_err(|error| CliError::Asked(error.to_string()))
}

/// What a study says: from its scores where the answers are there, from its rosters before.
fn known(path: &Path, wanted: Option<&str>) -> Result<Vec<Known>, CliError> {
    let mut warnings = Vec::new();
    let (study, rosters) = load::rostered(path, &mut warnings)?;
    let named = &study.study;
    let files = named.responses.iter().map(|entry| &entry.file);
    let mut files = files.chain(named.score_files.iter().map(|entry| &entry.file));
    if files.any(|file| !study.path_of(file).exists()) {
        print_warnings(&warnings);
        let outcomes = outcomes(&study, wanted)?;
        return Ok(outcomes.map(|outcome| planning::of_roster(&study, &rosters, outcome)).collect());
    }
    let loaded = load::scored(path)?;
    print_warnings(&loaded.warnings);
    let material = analyze::material(&loaded, None);
    let of = |outcome| planning::of_scores(material, outcome);
    let known = outcomes(&loaded.study, wanted)?.map(of).collect::<Result<_, _>>();
    known.map_err(|error: polars::prelude::PolarsError| CliError::Defect(error.to_string()))
}

/// The outcome that was asked for, else the primary ones, else the first.
fn outcomes<'a>(
    study: &'a BoundStudy,
    wanted: Option<&str>,
) -> Result<impl Iterator<Item = &'a Outcome>, CliError> {
    let all = &study.study.outcomes;
    let chosen: Vec<&Outcome> = match wanted {
        Some(id) => all.iter().filter(|outcome| outcome.id == id).collect(),
        None => all.iter().filter(|outcome| outcome.role == OutcomeRole::Primary).collect(),
    };
    if let Some(id) = wanted.filter(|_| chosen.is_empty()) {
        let ids: Vec<&str> = all.iter().map(|outcome| outcome.id.as_str()).collect();
        return Err(CliError::Asked(format!("the study has no outcome \"{id}\": {}", ids.join(", "))));
    }
    let chosen = if chosen.is_empty() { all.iter().take(1).collect() } else { chosen };
    Ok(chosen.into_iter())
}

fn asked(args: &PowerArgs) -> BTreeMap<Quantity, f64> {
    let given = [
        (Quantity::Districts, args.districts),
        (Quantity::Schools, args.schools),
        (Quantity::Students, args.students),
        (Quantity::Pairs, args.pairs),
        (Quantity::IccDistricts, args.icc_districts),
        (Quantity::Icc, args.icc),
        (Quantity::RBetween, args.r_between),
        (Quantity::RWithin, args.r_within),
        (Quantity::Correlation, args.correlation),
        (Quantity::R2Districts, args.r2_districts),
        (Quantity::R2Schools, args.r2_schools),
        (Quantity::R2Students, args.r2_students),
        (Quantity::Covariates, args.covariates),
        (Quantity::ProgramShare, args.program_share),
        (Quantity::SizeVariation, args.size_variation),
        (Quantity::EffectHeterogeneity, args.effect_heterogeneity),
        (Quantity::Reliability, args.reliability),
        (Quantity::SchoolPairs, args.school_pairs),
        (Quantity::Strata, args.strata),
        (Quantity::Waves, args.waves),
        (Quantity::ShareReached, args.share_reached),
        (Quantity::R2Strata, args.r2_strata),
        (Quantity::LinkError, args.link_error),
        (Quantity::LinkItems, args.link_items),
        (Quantity::Alpha, args.alpha),
        (Quantity::Power, args.power),
        (Quantity::Effect, args.effect),
        (Quantity::Sd, args.sd),
    ];
    given.into_iter().filter_map(|(quantity, value)| Some((quantity, value?))).collect()
}
