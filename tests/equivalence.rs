//! Two one-sided tests against the smallest effect of interest: the kernel against R, and what a study finds.

mod pipeline;
mod small_study;

use std::path::Path;

use dampak::analysis::Findings;
use dampak::analysis::findings::EquivalenceVerdict as Verdict;
use dampak::impact::CoefTest;
use dampak::impact::classical::welch_t;
use dampak::impact::cluster_mean::test_cluster_values;
use dampak::impact::equivalence::equivalence_test;
use serde_json::Value;
use small_study::{Small, numbers, reference};

/// Both sides take a t tail of the same statistic.
const DERIVED: f64 = 1e-10;

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

fn study(changes: &[f64], smallest_effect: Option<f64>) -> Findings {
    let small = Small { changes, smallest_effect, ..Small::default() };
    pipeline::findings(Path::new(small_study::PATH), &small_study::files(small))
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
