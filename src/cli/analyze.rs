//! `dampak analyze`: the plan, or the findings as JSON.

use std::process::ExitCode;

use super::args::{AnalyzeArgs, MessageFormat};
use super::{CliError, VerbResult, load, print_result, print_warnings};
use crate::analysis::findings::{NoticeKind, Plan};
use crate::analysis::{self, Findings, Material};
use crate::i18n::Lang;
use crate::io::whole;
use crate::measure;
use crate::score::{self, MissingPolicy, Scores};
use crate::study::MissingRule;

pub fn run(args: &AnalyzeArgs) -> VerbResult {
    if args.plan {
        return print_plan(args);
    }
    let loaded = load::scored(&args.study)?;
    print_warnings(&loaded.warnings);
    let findings = findings(&loaded)?;
    let text = findings_json(&findings)?;
    match &args.out {
        Some(out) => {
            load::spare_inputs(&loaded.study, [out.clone()])?;
            whole::write_file(out, text.as_bytes())?;
        }
        None => print_result(&text)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The plan follows from study and rosters; there need not be answers yet.
fn print_plan(args: &AnalyzeArgs) -> VerbResult {
    let mut warnings = Vec::new();
    let (study, rosters) = load::rostered(&args.study, &mut warnings)?;
    print_warnings(&warnings);
    print_result(&rendered(&analysis::plan::read(&study, &rosters), args)?)?;
    Ok(ExitCode::SUCCESS)
}

/// The findings of a loaded study.
pub fn findings(loaded: &load::Loaded) -> Result<Findings, CliError> {
    let alternative = alternative_scores(loaded)?;
    let material = material(loaded, alternative.as_ref());
    let lock = load::lock(&loaded.study)?;
    let mut findings = analysis::analyze(material).map_err(|error| CliError::Defect(error.to_string()))?;
    findings.plan_lock = lock.map(|lock| {
        let now = analysis::lock::state(&loaded.study, &loaded.responses);
        analysis::lock::compare(&lock, &now, &findings)
    });
    Ok(findings)
}

/// What an analysis of a loaded study works on.
pub fn material<'a>(loaded: &'a load::Loaded, alternative: Option<&'a Scores>) -> Material<'a> {
    Material {
        study: &loaded.study,
        responses: &loaded.responses,
        scores: &loaded.scores,
        measures: &loaded.measures,
        alternative,
    }
}

/// Scores with not-reached answers counted the other way round.
fn alternative_scores(loaded: &load::Loaded) -> Result<Option<Scores>, CliError> {
    let own = MissingPolicy::of(&loaded.study.study.analysis);
    let flipped = match own.not_reached {
        MissingRule::Wrong => MissingRule::Missing,
        MissingRule::Missing => MissingRule::Wrong,
    };
    let policy = MissingPolicy { not_reached: flipped, ..own };
    let defect = |error: polars::prelude::PolarsError| CliError::Defect(error.to_string());
    let mut scores = score::score(&loaded.study, &loaded.responses, policy).map_err(defect)?.value;
    measure::add(&loaded.study, &loaded.responses, &mut scores).map_err(defect)?;
    Ok(Some(scores))
}

/// The findings as JSON with a line end.
pub fn findings_json(findings: &Findings) -> Result<String, CliError> {
    serde_json::to_string_pretty(findings)
        .map(|text| text + "\n")
        .map_err(|error| CliError::Defect(error.to_string()))
}

fn rendered(plan: &Plan, args: &AnalyzeArgs) -> Result<String, CliError> {
    if args.format == MessageFormat::Json {
        let text = serde_json::to_string_pretty(plan).map_err(|error| CliError::Defect(error.to_string()))?;
        return Ok(text + "\n");
    }
    let name = |value: &dyn erased::Named| value.name();
    let schools = plan.schools.as_ref().map_or_else(
        || "unknown".to_owned(),
        |schools| schools.iter().map(usize::to_string).collect::<Vec<_>>().join(" + "),
    );
    let sensitivity: Vec<String> = plan.sensitivity.iter().map(|method| name(method)).collect();
    let mut text = format!(
        "design       {}\nassignment   {}\nschools      {schools}\n{}claim        {}\nprimary      {}\nsensitivity  {}\n\n",
        name(&plan.design),
        name(&plan.assignment),
        sample_lines(plan),
        name(&plan.claim),
        plan.primary.as_ref().map_or_else(|| "–".to_owned(), |primary| name(primary)),
        if sensitivity.is_empty() { "–".to_owned() } else { sensitivity.join(", ") },
    );
    for reason in &plan.reasons {
        let kind = match (reason.kind, args.lang) {
            (NoticeKind::Reason, Lang::Id) => "alasan",
            (NoticeKind::Reason, Lang::En) => "reason",
            (NoticeKind::Refusal, Lang::Id) => "ditolak",
            (NoticeKind::Refusal, Lang::En) => "refused",
            (NoticeKind::Caution, Lang::Id) => "catatan",
            (NoticeKind::Caution, Lang::En) => "caution",
        };
        text.push_str(&format!("{} {kind}: {}\n", reason.code, reason.text.get(args.lang)));
    }
    Ok(text)
}

/// What the roster says about the sample, one line each.
fn sample_lines(plan: &Plan) -> String {
    let mut text = String::new();
    if let Some(sizes) = &plan.sizes {
        let (smallest, median, largest) = (sizes.smallest, sizes.median, sizes.largest);
        text.push_str(&format!("school size  {smallest} to {largest}, median {median}"));
        text.push_str(
            &sizes.variation.map_or_else(String::new, |cv| format!(", coefficient of variation {cv:.2}")),
        );
        text.push_str(&sizes.classes.map_or_else(String::new, |classes| format!("; {classes} classes")));
        text.push('\n');
    }
    if let Some(strata) = &plan.strata {
        let kind = if strata.pairs { "pairs" } else { "strata" };
        text.push_str(&format!("{kind:<12} {} ({} with one arm only)\n", strata.count, strata.one_sided));
    }
    let persons = if plan.cross_sections { "others at every wave" } else { "the same at every wave" };
    text.push_str(&format!("persons      {persons}\n"));
    text
}

/// The serialised name of an enum, as it stands in findings.json.
mod erased {
    pub trait Named {
        fn name(&self) -> String;
    }

    impl<T: serde::Serialize> Named for T {
        fn name(&self) -> String {
            match serde_json::to_value(self) {
                Ok(serde_json::Value::String(name)) => name,
                _ => String::new(),
            }
        }
    }
}
