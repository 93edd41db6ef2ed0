//! `dampak report`: the whole chain, from files to report.

use std::process::ExitCode;

use rayon::prelude::*;

use super::args::ReportArgs;
use super::progress::Progress;
use super::{CliError, VerbResult, analyze, load, print_result, print_warnings};
use crate::analysis::Findings;
use crate::chart;
use crate::diag::{Diagnostic, Place, Rule, Severity};
use crate::doc::Figure;
use crate::i18n::Lang;
use crate::io::whole::{self, Output};
use crate::io::{Disk, Files as _};
use crate::study::BoundStudy;
use crate::{render, report, score};

/// The key or the wording changed after the data came.
pub static CHANGED_DEFINITION: Rule = Rule {
    code: "R-KEY-001",
    severity: Severity::Warning,
    title: "an instrument changed since the last report on the same answers",
    doc: "The output folder holds findings made from the same answer files with another version of this instrument. If a key was mended on purpose, say so in the report; if not, go back to the version that was printed. Scores before and after must come from the same definition.",
};

pub fn run(args: &ReportArgs) -> VerbResult {
    let progress = Progress::new(4);
    progress.step("reading and scoring");
    let loaded = load::scored(&args.study)?;
    progress.step("analysing");
    let findings = analyze::findings(&loaded)?;
    progress.step("drawing and writing");
    let mut outputs = vec![Output::new("findings.json", analyze::findings_json(&findings)?)];
    outputs.push(scores(&loaded)?);
    let languages = &loaded.study.study.report.languages;
    for made in languages.par_iter().map(|lang| in_language(&findings, *lang)).collect::<Vec<_>>() {
        outputs.extend(made?);
    }
    progress.step("saving");
    let mut warnings = loaded.warnings.clone();
    warnings.extend(changed_definitions(args, &findings, &loaded.study));
    load::spare_inputs(&loaded.study, outputs.iter().map(|output| args.out.join(&output.path)))?;
    whole::write_all(&args.out, &outputs)?;
    progress.done();
    print_warnings(&warnings);
    for lang in languages {
        print_result(&format!("{}\n", args.out.join(format!("report-{lang}.pdf")).display()))?;
        print_result(&format!("{}\n", args.out.join(format!("report-{lang}.html")).display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn defect(error: impl std::fmt::Display) -> CliError {
    CliError::Defect(error.to_string())
}

fn scores(loaded: &load::Loaded) -> Result<Output, CliError> {
    let mut frame = score::table::build(&loaded.study, &loaded.responses, &loaded.scores).map_err(defect)?;
    Ok(Output::new("scores.parquet", score::table::parquet(&mut frame).map_err(defect)?))
}

/// Page, PDF and pictures in one language.
fn in_language(findings: &Findings, lang: Lang) -> Result<Vec<Output>, CliError> {
    let document = report::compose(findings, lang);
    let (page, (pdf, charts)) = rayon::join(
        || render::html::render(&document).map_err(defect),
        || rayon::join(|| render::pdf::render(&document).map_err(defect), || charts(findings, lang)),
    );
    let mut outputs = vec![
        Output::new(format!("report-{lang}.html"), page?),
        Output::new(format!("report-{lang}.pdf"), pdf?),
    ];
    outputs.extend(charts?);
    Ok(outputs)
}

fn charts(findings: &Findings, lang: Lang) -> Result<Vec<Output>, CliError> {
    let drawn: Vec<Result<[Output; 2], CliError>> =
        report::figures(findings, lang).par_iter().map(|figure| drawn(figure, lang, "charts/")).collect();
    let mut outputs = Vec::with_capacity(drawn.len() * 2);
    for pair in drawn {
        outputs.extend(pair?);
    }
    Ok(outputs)
}

/// A figure as SVG and PNG in a folder, whose name ends with a slash.
pub fn drawn(figure: &Figure, lang: Lang, folder: &str) -> Result<[Output; 2], CliError> {
    let size = chart::draw::natural_size(&figure.chart);
    let svg = chart::draw::svg(&figure.chart, lang, size).map_err(defect)?;
    let png = chart::raster::png(&svg, chart::raster::PRINT_DPI).map_err(defect)?;
    let path = |ending: &str| format!("{folder}{}-{lang}.{ending}", figure.id);
    Ok([Output::new(path("svg"), svg), Output::new(path("png"), png)])
}

/// Instruments that differ from those behind findings that stand in the output folder already, made from
/// the same answers.
fn changed_definitions(args: &ReportArgs, findings: &Findings, study: &BoundStudy) -> Vec<Diagnostic> {
    let Ok(bytes) = Disk.read(&args.out.join("findings.json")) else { return Vec::new() };
    let Ok(earlier) = serde_json::from_slice::<Findings>(&bytes) else { return Vec::new() };
    let before = |path: &str| earlier.provenance.inputs.iter().find(|input| input.path == path);
    let inputs = &findings.provenance.inputs;
    let same_answers = earlier.study.id == findings.study.id
        && inputs
            .iter()
            .filter(|input| input.rows.is_some())
            .all(|input| before(&input.path).is_some_and(|old| old.sha256 == input.sha256));
    if !same_answers {
        return Vec::new();
    }
    inputs
        .iter()
        // The study file comes first and may change freely; files with rows are data.
        .skip(1)
        .filter(|input| input.rows.is_none())
        .filter(|input| before(&input.path).is_some_and(|old| old.sha256 != input.sha256))
        .map(|input| {
            let message = "this instrument is not the one behind the earlier findings in the output folder, but the answers are the same";
            let place = Place::file(study.path_of(&input.path).display().to_string());
            Diagnostic::new(&CHANGED_DEFINITION, place, message)
                .hint("if a key was mended on purpose, say so in the report; keep versions apart with \"version\"")
        })
        .collect()
}
