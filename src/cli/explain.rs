//! `dampak explain CODE`: the catalogue entry behind a diagnostic.

use std::process::ExitCode;

use super::{CliError, VerbResult, print_result};
use crate::diag::{Rule, Severity, nearest};

/// Every rule of the program, room by room.
fn catalogue() -> impl Iterator<Item = &'static Rule> {
    crate::definition::RULES
        .iter()
        .chain(crate::instrument::rules::RULES)
        .chain(crate::study::rules::RULES)
        .chain(crate::response::rules::RULES)
        .chain(crate::analysis::lock::rules::RULES)
        .copied()
        .chain([&super::report::CHANGED_DEFINITION])
}

pub fn run(code: &str) -> VerbResult {
    let wanted = code.to_uppercase();
    let Some(rule) = catalogue().find(|rule| rule.code == wanted) else {
        let close = nearest(&wanted, catalogue().map(|rule| rule.code));
        let hint = close.map(|close| format!("; did you mean {close}?")).unwrap_or_default();
        return Err(CliError::Asked(format!("there is no diagnostic \"{code}\"{hint}")));
    };
    let severity = match rule.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    print_result(&format!("{} ({severity}): {}\n\n{}\n", rule.code, rule.title, rule.doc))?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::catalogue;

    #[test]
    fn no_code_stands_twice_and_none_is_undocumented() {
        let mut codes: Vec<&str> = catalogue().map(|rule| rule.code).collect();
        let all = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all);
        assert!(catalogue().all(|rule| !rule.title.is_empty() && rule.doc.len() > 20));
    }
}
