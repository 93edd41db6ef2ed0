//! `dampak score`: the scores as a table, or the trace of one person.

use std::process::ExitCode;

use super::args::{MessageFormat, ScoreArgs};
use super::{CliError, VerbResult, load, print_result, print_warnings};
use crate::io::whole;
use crate::score::{table, trace};

pub fn run(args: &ScoreArgs) -> VerbResult {
    if let Some(out) = &args.out
        && !["parquet", "csv"].iter().any(|ending| out.extension().is_some_and(|own| own == *ending))
    {
        return Err(CliError::Asked(format!("{} must end in .parquet or .csv", out.display())));
    }
    let loaded = load::scored(&args.study)?;
    load::spare_inputs(&loaded.study, args.out.clone())?;
    print_warnings(&loaded.warnings);
    if let Some(person) = &args.trace {
        let lines = trace::trace(&loaded.study, &loaded.responses, &loaded.scores, person);
        if lines.is_empty() {
            return Err(CliError::Asked(format!("no file holds an answer of person \"{person}\"")));
        }
        print_result(&rendered(person, &lines, args.format))?;
    }
    if let Some(out) = &args.out {
        let defect = |error: polars::prelude::PolarsError| CliError::Defect(error.to_string());
        let mut frame = table::build(&loaded.study, &loaded.responses, &loaded.scores).map_err(defect)?;
        let bytes = if out.extension().is_some_and(|ending| ending == "csv") {
            table::csv(&mut frame)
        } else {
            table::parquet(&mut frame)
        };
        whole::write_file(out, &bytes.map_err(defect)?)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn rendered(person: &str, lines: &[trace::TraceLine], format: MessageFormat) -> String {
    if format == MessageFormat::Json {
        return serde_json::to_string_pretty(lines).map(|text| text + "\n").unwrap_or_default();
    }
    let mut text = format!("person {person}\n");
    let mut file = "";
    for line in lines {
        if line.file != file {
            file = &line.file;
            text.push_str(&format!(
                "\n{} at {} ({}, row {})\n",
                line.instrument, line.wave, line.file, line.row
            ));
        }
        let points = line.points.map_or_else(|| "–".to_owned(), |points| points.to_string());
        let remark = if line.remark.is_empty() { String::new() } else { format!(" ({})", line.remark) };
        if line.item.starts_with('=') {
            let scale = &line.item;
            let possible =
                if line.possible.is_finite() { line.possible.to_string() } else { "–".to_owned() };
            text.push_str(&format!(
                "  {scale}: {points} of {possible}, {} {}{remark}\n",
                line.rule, line.answer
            ));
            continue;
        }
        text.push_str(&format!(
            "  {:<8} answer {:<12} key {:<16} {:>5} of {:<4} {}{}\n",
            line.item,
            if line.answer.is_empty() { "–" } else { &line.answer },
            if line.key.is_empty() { "–" } else { &line.key },
            points,
            line.possible,
            line.rule,
            remark,
        ));
    }
    text
}
