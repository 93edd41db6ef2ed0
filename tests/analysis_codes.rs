//! Every `A-` code of the analysis is catalogued, and has a minimal study that is met with it.

#[path = "analysis_codes/answered.rs"]
mod answered;
mod pipeline;
#[path = "analysis_codes/rated.rs"]
mod rated;
#[path = "analysis_codes/scored.rs"]
mod scored;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use dampak::analysis::codes;
use dampak::analysis::findings::{Findings, Notice};
use dampak::i18n::Lang;
use dampak::io::Memory;
use serde_json::Value;

/// A study and the codes it is made for; others may be said beside them.
struct Case {
    name: &'static str,
    codes: &'static [&'static str],
    findings: fn() -> Findings,
}

/// The findings of the study in `files`.
fn told(files: &Memory) -> Findings {
    pipeline::findings(Path::new("study.json"), files)
}

/// Every `A-WORD-123` in double quotes below `src`, but for the catalogue itself.
fn said() -> BTreeSet<String> {
    fn walk(folder: &Path, out: &mut BTreeSet<String>) {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() && !path.ends_with("analysis/codes") {
                walk(&path, out);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                out.extend(text.split('"').filter(|words| is_code(words)).map(str::to_owned));
            }
        }
    }
    let mut out = BTreeSet::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut out);
    out
}

fn is_code(words: &str) -> bool {
    let parts: Vec<&str> = words.split('-').collect();
    matches!(&parts[..], ["A", word, number]
        if !word.is_empty() && word.chars().all(|sign| sign.is_ascii_uppercase())
            && number.len() == 3 && number.chars().all(|sign| sign.is_ascii_digit()))
}

#[test]
fn every_code_that_is_said_is_catalogued_and_no_other() {
    let said = said();
    let known: BTreeSet<String> = codes::all().map(|code| code.code.to_owned()).collect();
    assert!(said.len() > 100, "the source was not read: {said:?}");
    let missing: Vec<&String> = said.difference(&known).collect();
    assert!(missing.is_empty(), "said in src, but without an entry in src/analysis/codes: {missing:?}");
    let dead: Vec<&String> = known.difference(&said).collect();
    assert!(dead.is_empty(), "in src/analysis/codes, but said nowhere: {dead:?}");
}

fn cases() -> impl Iterator<Item = &'static Case> {
    [scored::CASES, answered::CASES, rated::CASES].into_iter().flatten()
}

/// Every notice of the findings, wherever it stands.
fn notices(value: &Value, out: &mut Vec<Notice>) {
    match value {
        Value::Array(entries) => entries.iter().for_each(|entry| notices(entry, out)),
        Value::Object(fields) => match serde_json::from_value::<Notice>(value.clone()) {
            Ok(notice) if is_code(&notice.code) => out.push(notice),
            _ => fields.values().for_each(|field| notices(field, out)),
        },
        _ => {}
    }
}

/// Codes that no study is met with: what a kernel may say of input that the steps before it never hand on.
const SAFETY_NETS: &[(&str, &str)] = &[
    (
        "A-LEVEL-004",
        "a regression of levels fails by separation, without variation or by one school, each with its own code; \
         every other error of the kernel is about input of the wrong shape",
    ),
    (
        "A-MODEL-004",
        "the search fails on the fuller model and not on the smaller one; no data are known to do it",
    ),
    ("A-LEVEL-010", "a level comes from the same score, so that cuts that cover the scale leave nobody out"),
    ("A-PLAUSIBLE-002", "a measure that has scores has a model to draw from"),
    ("A-PLAUSIBLE-003", "the method has answered for the scores of the same persons"),
];

/// Codes of fits that do not come out on demand; the sentence is held by a unit test of the file.
const OF_FITS: &[(&str, &str)] = &[
    ("A-AGREE-001", "src/analysis/outcome/agreement/notices.rs"),
    ("A-MIXED-002", "src/analysis/outcome/agreement/notices.rs"),
    ("A-MODEL-001", "src/analysis/notices/methods.rs"),
    ("A-MODEL-002", "src/analysis/notices/methods.rs"),
];

/// Codes whose study stands with the tests of what it is about: the file that asserts them.
const ELSEWHERE: &[(&str, &str)] = &[
    ("A-AGREE-002", "tests/designs/agreement.rs"),
    ("A-AGREE-003", "tests/designs/agreement.rs"),
    ("A-CELL-001", "tests/relations.rs"),
    ("A-CLASSIC-006", "tests/designs.rs"),
    ("A-COHORT-001", "tests/designs.rs"),
    ("A-DESIGN-009", "tests/estimators.rs"),
    ("A-ERROR-001", "tests/missing.rs"),
    ("A-FEW-004", "tests/estimators.rs"),
    ("A-FEW-005", "tests/estimators.rs"),
    ("A-LEVEL-011", "src/analysis/outcome/level_models/movement.rs"),
    ("A-LEVEL-012", "tests/level_findings.rs"),
    ("A-METHOD-004", "tests/estimators.rs"),
    ("A-METHOD-005", "tests/estimators.rs"),
    ("A-MIXED-001", "tests/designs/agreement.rs"),
    ("A-MODEL-003", "tests/estimators.rs"),
    ("A-PLANNING-001", "tests/next_study.rs"),
    ("A-PLAUSIBLE-001", "tests/measurement.rs"),
    ("A-SCALE-001", "tests/effect_scales.rs"),
    ("A-SCHOOL-001", "tests/designs/waves.rs"),
    ("A-SCHOOL-002", "tests/designs/waves.rs"),
    ("A-SCHOOL-003", "tests/designs/waves.rs"),
    ("A-STRATA-003", "tests/estimators.rs"),
    ("A-WAVE-001", "tests/designs/waves.rs"),
    ("A-WAVE-002", "tests/designs/waves.rs"),
    ("A-WEIGHT-002", "tests/estimators.rs"),
];

#[test]
fn studies_that_stand_elsewhere_assert_their_code() {
    for (code, file) in ELSEWHERE.iter().chain(OF_FITS) {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        assert!(text.contains(&format!("\"{code}\"")), "{file} does not name {code}");
    }
}

#[test]
fn every_code_has_a_case() {
    let made: BTreeSet<&str> =
        cases().flat_map(|case| case.codes).copied().chain(ELSEWHERE.iter().map(|(code, _)| *code)).collect();
    let nets = || SAFETY_NETS.iter().chain(OF_FITS).map(|(code, _)| *code);
    let missing: Vec<&str> = codes::all()
        .map(|code| code.code)
        .filter(|code| !made.contains(code) && !nets().any(|net| net == *code))
        .collect();
    assert!(missing.is_empty(), "no study of tests/analysis_codes is made for {missing:?}");
    assert!(nets().all(|net| !made.contains(net)), "what a study is met with is no mere safety net");
}

#[test]
fn every_case_is_met_with_its_codes_in_both_languages() {
    let known: BTreeMap<&str, &codes::Code> = codes::all().map(|code| (code.code, code)).collect();
    let mut silent = Vec::new();
    for case in cases() {
        let start = std::time::Instant::now();
        let findings = std::panic::catch_unwind(case.findings).unwrap_or_else(|_| panic!("in {}", case.name));
        let findings = serde_json::to_value(findings).expect("findings serialise");
        let mut own = Vec::new();
        notices(&findings, &mut own);
        let said: BTreeSet<&str> = own.iter().map(|notice| notice.code.as_str()).collect();
        println!("{} ({} ms): {said:?}", case.name, start.elapsed().as_millis());
        silent.extend(case.codes.iter().filter(|code| !said.contains(*code)).map(|code| (case.name, *code)));
        for notice in &own {
            let code =
                known.get(notice.code.as_str()).unwrap_or_else(|| panic!("{} is not known", notice.code));
            assert_eq!(notice.kind, code.kind, "{}: {}", case.name, notice.code);
            let [id, en] = [Lang::Id, Lang::En].map(|lang| notice.text.get(lang));
            assert!(!id.is_empty() && !en.is_empty() && id != en, "{}: {notice:?}", case.name);
        }
    }
    assert!(silent.is_empty(), "not said: {silent:#?}");
}
