//! `dampak explain CODE`: the catalogue entry behind a diagnostic or a notice.

use std::process::ExitCode;

use super::{CliError, VerbResult, print_result};
use crate::analysis::codes;
use crate::analysis::findings::NoticeKind;
use crate::diag::{Rule, Severity, nearest};

/// What can be explained: a diagnostic about the input, or a notice of the analysis.
struct Entry {
    code: &'static str,
    /// How bad it is, or how it is to be read.
    kind: &'static str,
    title: &'static str,
    doc: &'static str,
}

/// Every entry of the program, room by room.
fn catalogue() -> impl Iterator<Item = Entry> {
    crate::definition::RULES
        .iter()
        .chain(crate::instrument::rules::RULES)
        .chain(crate::study::rules::RULES)
        .chain(crate::response::rules::RULES)
        .chain(crate::analysis::lock::rules::RULES)
        .copied()
        .chain([&super::report::CHANGED_DEFINITION])
        .map(of_rule)
        .chain(codes::all().map(of_code))
}

fn of_rule(rule: &'static Rule) -> Entry {
    let kind = match rule.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    Entry { code: rule.code, kind, title: rule.title, doc: rule.doc }
}

fn of_code(code: &'static codes::Code) -> Entry {
    let kind = match code.kind {
        NoticeKind::Reason => "reason",
        NoticeKind::Refusal => "refusal",
        NoticeKind::Caution => "caution",
    };
    Entry { code: code.code, kind, title: code.title, doc: code.doc }
}

pub fn run(code: &str) -> VerbResult {
    let wanted = code.to_uppercase();
    let Some(entry) = catalogue().find(|entry| entry.code == wanted) else {
        let close = nearest(&wanted, catalogue().map(|entry| entry.code));
        let hint = close.map(|close| format!("; did you mean {close}?")).unwrap_or_default();
        return Err(CliError::Asked(format!("there is no diagnostic \"{code}\"{hint}")));
    };
    print_result(&format!("{} ({}): {}\n\n{}\n", entry.code, entry.kind, entry.title, entry.doc))?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::catalogue;

    #[test]
    fn no_code_stands_twice_and_none_is_undocumented() {
        let mut codes: Vec<&str> = catalogue().map(|entry| entry.code).collect();
        let all = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all);
        for entry in catalogue() {
            assert!(!entry.title.is_empty() && entry.doc.len() > 20, "{} says too little", entry.code);
            assert!(
                !entry.title.ends_with('.') && entry.doc.ends_with('.'),
                "{} is not a sentence",
                entry.code
            );
        }
    }
}
