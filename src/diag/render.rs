//! Diagnostics as text for a terminal and as JSON for a machine.

use std::fmt::Write as _;

use super::{Diagnostic, Place, Severity};

/// All findings as lines for a reader, with a count at the end; empty where there is nothing to say.
pub fn text(diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        out.push_str(&one(diagnostic));
    }
    if !diagnostics.is_empty() {
        let _ = writeln!(out, "{}", summary(diagnostics));
    }
    out
}

/// One finding: a headline that stands alone, then its hints.
pub fn one(diagnostic: &Diagnostic) -> String {
    let label = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut out =
        format!("{}: {label}[{}]: {}\n", place(&diagnostic.place), diagnostic.code, diagnostic.message);
    for hint in &diagnostic.hints {
        let _ = writeln!(out, "  hint: {hint}");
    }
    out
}

/// `file:line:column`, or `file, row 12, column "N03"`.
fn place(place: &Place) -> String {
    let mut out = place.file.clone();
    for part in [place.line, place.column].into_iter().flatten() {
        let _ = write!(out, ":{part}");
    }
    if let Some(row) = place.row {
        let _ = write!(out, ", row {row}");
    }
    if let Some(field) = &place.field {
        let _ = write!(out, ", column \"{field}\"");
    }
    out
}

/// "3 errors and 1 warning".
pub fn summary(diagnostics: &[Diagnostic]) -> String {
    let errors = diagnostics.iter().filter(|d| d.is_error()).count();
    let warnings = diagnostics.len() - errors;
    let plural = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    match (errors, warnings) {
        (_, 0) => plural(errors, "error"),
        (0, _) => plural(warnings, "warning"),
        _ => format!("{} and {}", plural(errors, "error"), plural(warnings, "warning")),
    }
}

/// The findings as a JSON array.
pub fn json(diagnostics: &[Diagnostic]) -> String {
    serde_json::to_string_pretty(diagnostics).unwrap_or_else(|_| "[]".to_owned())
}
