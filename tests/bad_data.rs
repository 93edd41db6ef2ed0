//! For every kind of finding about a data file, `tests/bad_data/<CODE>/` holds a minimal study that is met
//! with it, and the exact words. `DAMPAK_BLESS=1` writes the words anew.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use dampak::analysis::lock;
use dampak::diag::{Diagnostic, Rule, render, tidy};
use dampak::io::Disk;
use dampak::score::{self, MissingPolicy};
use dampak::{response, study};

/// Stands in a fixture for a cell of more than a million characters.
const LONG: &str = "@@long@@";

/// Rules of data files and of the lock of the plan that lies beside them.
fn rules() -> impl Iterator<Item = &'static Rule> {
    dampak::response::rules::RULES.iter().chain(lock::rules::RULES).copied()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_data")
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
            continue;
        }
        let bytes = std::fs::read(entry.path()).unwrap();
        let bytes = match String::from_utf8(bytes) {
            Ok(text) => text.replace(LONG, &"x".repeat(1_000_001)).into_bytes(),
            Err(error) => error.into_bytes(),
        };
        std::fs::write(target, bytes).unwrap();
    }
}

/// Everything that is said about the study in a folder, up to its scores.
fn findings(code: &str) -> Vec<Diagnostic> {
    let place = tempfile::tempdir().unwrap();
    copy(&folder().join(code), place.path());
    let file = place.path().join("study.json");
    let bytes = std::fs::read(&file).unwrap();
    let mut found = Vec::new();
    let parsed = study::parse("study.json", &bytes).drain_into(&mut found).unwrap();
    let Some(bound) = study::bind(parsed, &file, &Disk).drain_into(&mut found) else {
        panic!("{code}: the definitions are at fault:\n{}", render::text(&found));
    };
    let responses = response::read(&bound, &Disk).drain_into(&mut found);
    let policy = MissingPolicy::of(&bound.study.analysis);
    score::score(&bound, &responses, policy).unwrap().drain_into(&mut found);
    if let Ok(bytes) = std::fs::read(place.path().join("plan.lock.json")) {
        lock::parse("plan.lock.json", &bytes, &bound.study.id).drain_into(&mut found);
    }
    tidy(&mut found);
    found
}

#[test]
fn every_finding_has_a_bad_study_and_its_exact_words() {
    let bless = std::env::var_os("DAMPAK_BLESS").is_some();
    let mut slips = Vec::new();
    for rule in rules() {
        let folder = folder().join(rule.code);
        if !folder.is_dir() {
            slips.push(format!("{} has no folder", rule.code));
            continue;
        }
        let found = findings(rule.code);
        if !found.iter().any(|finding| finding.code == rule.code) {
            slips.push(format!("{} is not found in its folder, but:\n{}", rule.code, render::text(&found)));
            continue;
        }
        let words = render::text(&found);
        let expected = folder.join("expected.txt");
        if bless {
            std::fs::write(&expected, &words).unwrap();
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != words {
            slips.push(format!("{} is now worded:\n{words}", rule.code));
        }
    }
    assert!(slips.is_empty(), "{}", slips.join("\n"));
}

#[test]
fn no_folder_is_without_a_rule() {
    let codes: BTreeSet<&str> = rules().map(|rule| rule.code).collect();
    for entry in std::fs::read_dir(folder()).unwrap().map(Result::unwrap) {
        let name = entry.file_name().to_string_lossy().into_owned();
        assert!(codes.contains(name.as_str()), "folder {name} belongs to no rule");
    }
}

#[test]
fn every_rule_is_documented_once_and_in_order() {
    let codes: Vec<&str> = rules().map(|rule| rule.code).collect();
    let distinct: BTreeSet<&str> = codes.iter().copied().collect();
    assert_eq!(distinct.len(), codes.len(), "a code stands twice");
    for rule in rules() {
        assert!(rule.code.starts_with("R-"), "{} is no code of a data file", rule.code);
        assert!(
            !rule.title.ends_with('.') && rule.doc.ends_with('.'),
            "{} has an odd title or text",
            rule.code
        );
    }
}

#[test]
fn messages_stand_alone_and_leak_no_library() {
    for rule in rules() {
        for finding in findings(rule.code) {
            assert!(!finding.message.contains('\n'), "{} is more than a line", finding.code);
            assert!(!finding.message.ends_with('.'), "{} ends with a full stop", finding.code);
            for leak in ["polars", "CSV malformed", "LazyFrame", "PolarsError", "/tmp"] {
                assert!(!finding.message.contains(leak), "{} leaks: {}", finding.code, finding.message);
            }
            assert!(
                !finding.is_error() || !finding.hints.is_empty() || finding.code.starts_with("R-FILE"),
                "{} gives no hint",
                finding.code
            );
        }
    }
}
