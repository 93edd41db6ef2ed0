//! `dampak check`: every problem of a definition, or of a study with all its files, in one run.

use std::path::Path;
use std::process::ExitCode;

use super::args::{CheckArgs, MessageFormat};
use super::{CliError, VerbResult, load, print_result};
use crate::diag::{self, Diagnostic, has_errors};
use crate::io::{Disk, Files as _};

pub fn run(args: &CheckArgs) -> VerbResult {
    if is_data_file(&args.path) {
        let message = format!("{} is a data file; check the study that names it", args.path.display());
        return Err(CliError::Asked(message));
    }
    let mut found = Vec::new();
    let result = if is_instrument(&args.path) {
        load::instrument(&args.path, &mut found).map(drop)
    } else {
        load::scored(&args.path).and_then(|loaded| {
            found.extend(loaded.warnings);
            load::lock(&loaded.study).map(drop)
        })
    };
    match result {
        Ok(()) => {}
        Err(CliError::Input(errors)) => found.extend(errors),
        Err(other) => return Err(other),
    }
    print_result(&rendered(&found, args.format))?;
    Ok(ExitCode::from(u8::from(has_errors(&found))))
}

fn rendered(found: &[Diagnostic], format: MessageFormat) -> String {
    match format {
        MessageFormat::Json => format!("{}\n", diag::render::json(found)),
        MessageFormat::Text if found.is_empty() => "no problems found\n".to_owned(),
        MessageFormat::Text => {
            let mut text = diag::render::text(found);
            if let Some(first) = found.first() {
                text.push_str(&format!("see `dampak explain {}` for more on the first one\n", first.code));
            }
            text
        }
    }
}

/// A data file cannot be judged without the study that says what stands in its columns.
fn is_data_file(path: &Path) -> bool {
    const ENDINGS: [&str; 6] = ["csv", "tsv", "txt", "parquet", "xlsx", "sav"];
    !path.is_dir()
        && path.extension().is_some_and(|own| ENDINGS.iter().any(|ending| own.eq_ignore_ascii_case(ending)))
}

/// Whether a file says that it is an instrument; everything else is taken for a study.
fn is_instrument(path: &Path) -> bool {
    if path.is_dir() {
        return false;
    }
    let Ok(bytes) = Disk.read(path) else { return false };
    let text = String::from_utf8_lossy(&bytes);
    match serde_json::from_str::<serde_json::Value>(&text) {
        Ok(value) => match value.get("format").and_then(serde_json::Value::as_str) {
            Some(format) => !format.starts_with("dampak.study"),
            None => value.get("waves").is_none() && value.get("outcomes").is_none(),
        },
        // A file that is no JSON: its name decides which catalogue speaks; the syntax error is the same.
        Err(_) => path.file_name().is_none_or(|name| name != "study.json"),
    }
}
