//! Two one-sided tests against the smallest effect of interest: the kernel against R, and what a study finds.

mod pipeline;

use std::path::Path;

use dampak::analysis::Findings;
use dampak::analysis::findings::EquivalenceVerdict as Verdict;
use dampak::impact::CoefTest;
use dampak::impact::classical::welch_t;
use dampak::impact::cluster_mean::test_cluster_values;
use dampak::impact::equivalence::equivalence_test;
use dampak::io::Memory;
use serde_json::{Value, json};

/// Both sides take a t tail of the same statistic.
const DERIVED: f64 = 1e-10;

fn reference() -> Value {
    serde_json::from_str(include_str!("reference/equivalence.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

#[track_caller]
fn close(found: f64, wanted: &Value) {
    let wanted = wanted.as_f64().unwrap();
    assert!((found - wanted).abs() <= DERIVED * wanted.abs().max(1e-3), "{found} is not {wanted}");
}

fn agrees(test: &CoefTest, case: &Value) {
    let of = |name: &str| case[name].as_f64().unwrap();
    let found = equivalence_test(test, of("margin"), of("alpha")).unwrap();
    close(test.estimate, &case["estimate"]);
    close(test.se, &case["se"]);
    close(test.df, &case["df"]);
    close(found.p_above_low, &case["p_lower"]);
    close(found.p_below_high, &case["p_upper"]);
    close(found.p, &case["p"]);
    close(found.ci.low, &case["ci"][0]);
    close(found.ci.high, &case["ci"][1]);
    assert_eq!(found.equivalent, of("p") < of("alpha"));
}

#[test]
fn the_kernel_agrees_with_one_sided_tests_of_r() {
    let reference = reference();
    let changes = numbers(&reference["school_changes"]);
    for case in reference["one_group"].as_array().unwrap() {
        agrees(&test_cluster_values(&changes, 26, case["alpha"].as_f64().unwrap()).unwrap(), case);
    }
    let (programme, comparison) = (numbers(&reference["programme"]), numbers(&reference["comparison"]));
    for case in reference["two_arms"].as_array().unwrap() {
        agrees(&welch_t(&programme, &comparison, case["alpha"].as_f64().unwrap()).unwrap(), case);
    }
}

/// Two students in each of the schools, who all change as their school does.
fn study(changes: &[f64], smallest_effect: Option<f64>) -> Findings {
    let (mut roster, mut scores) = ("id,school\n".to_owned(), "id,before,after\n".to_owned());
    for (place, change) in changes.iter().enumerate() {
        for (pupil, before) in [40.0, 60.0].into_iter().enumerate() {
            let id = format!("S{place:02}P{pupil}");
            roster.push_str(&format!("{id},School {place:02}\n"));
            scores.push_str(&format!("{id},{before},{}\n", before + change));
        }
    }
    let text = |words: &str| json!({ "id": words, "en": words });
    let mut study = json!({
        "format": "dampak.study/1", "id": "small", "title": text("Small"), "source": text("Made for a test."),
        "waves": [{ "id": "pre", "label": text("Before") }, { "id": "post", "label": text("After") }],
        "roster": [{ "respondent": "student", "file": "roster.csv", "columns": { "person": "id", "school": "school" } }],
        "score_files": [{ "id": "scores", "file": "scores.csv", "person": "id" }],
        "outcomes": [{
            "id": "test", "label": text("Test"), "role": "primary", "unit": text("points"),
            "from": { "score_file": "scores", "columns": { "pre": "before", "post": "after" } }
        }],
        "analysis": { "alpha": 0.05, "seed": 1 },
        "report": { "languages": ["id", "en"], "authors": ["dampak"], "date": "2026-11-23" }
    });
    if let Some(effect) = smallest_effect {
        study["analysis"]["smallest_effect_of_interest"] = json!(effect);
    }
    let mut files = Memory::default();
    let path = Path::new("small/study.json");
    files.insert(path, study.to_string().into_bytes());
    files.insert(path.with_file_name("roster.csv"), roster.into_bytes());
    files.insert(path.with_file_name("scores.csv"), scores.into_bytes());
    pipeline::findings(path, &files)
}

#[test]
fn a_study_tests_against_the_effect_it_declared() {
    let reference = reference();
    let changes = numbers(&reference["school_changes"]);
    // Thirteen times 40 and 60: the standard deviation is 10 sqrt(26 / 25).
    let sd = 10.0 * (26.0_f64 / 25.0).sqrt();
    let verdicts = [Verdict::LargerThanMargin, Verdict::Inconclusive, Verdict::Equivalent];
    for (case, verdict) in reference["one_group"].as_array().unwrap().iter().zip(verdicts) {
        let margin = case["margin"].as_f64().unwrap();
        let findings = study(&changes, Some(margin / sd));
        let found = findings.outcomes[0].equivalence.expect("an estimate with a standard error");
        assert_eq!((found.verdict, found.n, found.clusters), (verdict, 26, Some(13)));
        assert!((found.level - 0.9).abs() < 1e-12 && (found.sd - sd).abs() < 1e-9);
        assert!((found.margin - margin).abs() < 1e-9 && (found.margin_sd - margin / sd).abs() < 1e-12);
        close(found.p_lower, &case["p_lower"]);
        close(found.p_upper, &case["p_upper"]);
        close(found.p, &case["p"]);
        close(found.df, &case["df"]);
        close(found.ci[0], &case["ci"][0]);
        close(found.ci[1], &case["ci"][1]);
        assert!(findings.notices.iter().all(|notice| notice.code != "A-INTEREST-001"));
    }
}

#[test]
fn without_a_declared_effect_or_a_standard_error_nothing_is_tested() {
    let changes = numbers(&reference()["school_changes"]);
    let undeclared = study(&changes, None);
    assert_eq!(undeclared.outcomes[0].equivalence, None);
    let said = undeclared.notices.iter().filter(|notice| notice.code == "A-INTEREST-001");
    assert_eq!(said.count(), 1);
    // Five schools: a sign-flip test, which has no interval.
    let few = study(&changes[..5], Some(0.2));
    assert_eq!(few.outcomes[0].equivalence, None);
    assert!(few.notices.iter().any(|notice| notice.code == "A-FEW-001"));
}
