//! For every kind of finding about a definition, `tests/invalid/<CODE>/` holds a minimal bad one and the
//! exact words it is met with. `DAMPAK_BLESS=1` writes the words anew.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use dampak::diag::{Diagnostic, Rule, render, tidy};
use dampak::io::Memory;
use dampak::{definition, instrument, study};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/invalid")
}

fn rules() -> Vec<&'static Rule> {
    [definition::RULES, instrument::rules::RULES, study::rules::RULES].concat()
}

/// What is said about the definition in a folder: its study where it has one, else its instrument.
fn findings(folder: &Path) -> Vec<Diagnostic> {
    let mut files = Memory::default();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        files.insert(entry.file_name(), std::fs::read(entry.path()).unwrap());
    }
    let mut found = Vec::new();
    if let Ok(bytes) = std::fs::read(folder.join("study.json")) {
        if let Some(study) = study::parse("study.json", &bytes).drain_into(&mut found) {
            study::bind(study, Path::new("study.json"), &files).drain_into(&mut found);
        }
    } else {
        let bytes = std::fs::read(folder.join("instrument.json")).unwrap();
        instrument::parse("instrument.json", &bytes).drain_into(&mut found);
    }
    tidy(&mut found);
    found
}

#[test]
fn every_finding_has_a_bad_definition_and_its_exact_words() {
    let bless = std::env::var_os("DAMPAK_BLESS").is_some();
    let mut slips = Vec::new();
    for rule in rules() {
        let folder = folder().join(rule.code);
        if !folder.is_dir() {
            slips.push(format!("{} has no folder", rule.code));
            continue;
        }
        let found = findings(&folder);
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
    let codes: BTreeSet<&str> = rules().iter().map(|rule| rule.code).collect();
    for entry in std::fs::read_dir(folder()).unwrap().map(Result::unwrap) {
        // Other kinds of input, such as data files, may have their own folders beside these.
        let name = entry.file_name().to_string_lossy().into_owned();
        assert!(!name.starts_with("D-") || codes.contains(name.as_str()), "folder {name} belongs to no rule");
    }
}

#[test]
fn every_rule_is_documented_once() {
    let mut codes = BTreeSet::new();
    for rule in rules() {
        assert!(codes.insert(rule.code), "{} stands twice", rule.code);
        assert!(rule.code.starts_with("D-"), "{} is not a definition code", rule.code);
        assert!(
            !rule.title.ends_with('.') && rule.doc.ends_with('.'),
            "{} has an odd title or text",
            rule.code
        );
    }
}

#[test]
fn every_finding_says_what_to_do() {
    for rule in rules() {
        for finding in findings(&folder().join(rule.code)) {
            assert!(!finding.hints.is_empty(), "{} has no hint", finding.code);
            assert!(!finding.message.contains('\n'), "{} is more than a line", finding.code);
            assert!(!finding.message.ends_with('.'), "{} ends with a full stop", finding.code);
        }
    }
}
