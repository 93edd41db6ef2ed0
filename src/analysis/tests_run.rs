//! Counts the tests behind the findings by looking through all of them, so that no test can be forgotten.
//!
//! A record with a p-value is one test, however many p-values it has (exact, corrected for continuity). A test that
//! stands in two tables is counted where it stands first.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::findings::{Findings, TestCount, TestKind, TestsRun};

/// Fields that look like p-values and are none: a difference of shares, and a second p of a test counted
/// already.
const NOT_A_TEST: [&str; 2] = ["p_dif", "adjusted_p"];

/// Parts of the findings that hold rules and names only.
const WITHOUT_TESTS: [&str; 6] = ["provenance", "study", "plan", "plan_lock", "rules", "tests_run"];

/// Counts the tests of findings at a two-sided error rate.
pub fn count(findings: &Findings, alpha: f64) -> TestsRun {
    // Findings serialise without fail: they hold strings, numbers and lists.
    let Ok(Value::Object(parts)) = serde_json::to_value(findings) else { return TestsRun::default() };
    let mut counts: BTreeMap<TestKind, usize> = BTreeMap::new();
    for (part, value) in parts.iter().filter(|(part, _)| !WITHOUT_TESTS.contains(&part.as_str())) {
        match (part.as_str(), value) {
            ("outcomes", Value::Array(outcomes)) => {
                outcomes.iter().filter_map(Value::as_object).for_each(|own| of_outcome(own, &mut counts));
            }
            _ => *counts.entry(kind_of_part(part)).or_default() += tests_in(value),
        }
    }
    let total = counts.values().sum();
    let kinds = TestKind::ALL.into_iter().filter_map(|kind| {
        let n = counts.get(&kind).copied().filter(|n| *n > 0)?;
        Some(TestCount { kind, n })
    });
    TestsRun { total, expected_by_chance: alpha * total as f64, kinds: kinds.collect() }
}

fn of_outcome(outcome: &Map<String, Value>, counts: &mut BTreeMap<TestKind, usize>) {
    let estimates = outcome.get("estimates").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for estimate in estimates {
        let primary = estimate.get("primary").and_then(Value::as_bool).unwrap_or(false);
        let kind = if primary { TestKind::Primary } else { TestKind::Sensitivity };
        *counts.entry(kind).or_default() += tests_in(estimate);
    }
    for (part, value) in outcome.iter().filter(|(part, _)| *part != "estimates") {
        let kind = match part.as_str() {
            "arm_changes" => TestKind::WithinArm,
            "agreement" => TestKind::Agreement,
            "growth" => TestKind::Growth,
            "subgroups" => TestKind::Subgroup,
            "equivalence" | "imputed" | "measurement_error" | "bounds" => TestKind::Sensitivity,
            "levels" | "level_models" | "quantiles" | "superiority" => TestKind::Distribution,
            "item_changes" => TestKind::Item,
            _ => TestKind::Other,
        };
        *counts.entry(kind).or_default() += tests_in(value) - told_again(part, value, estimates);
    }
}

/// Tests of a part of an outcome that stand elsewhere in it already.
fn told_again(part: &str, value: &Value, estimates: &[Value]) -> usize {
    let list = |name: &str| value.get(name).and_then(Value::as_array).into_iter().flatten();
    match part {
        "agreement" => list("rows").filter(|row| repeats(row, estimates)).map(tests_in).sum(),
        // The contrast of the compared waves by the primary method is the primary estimate.
        "growth" => list("contrasts").filter(|row| row["primary"] == true).map(tests_in).sum(),
        "imputed" => value.get("complete_case").map_or(0, tests_in),
        // The cut in its place beside the moved ones.
        "level_models" => {
            let cuts = value.pointer("/reached/cuts").and_then(Value::as_array).into_iter().flatten();
            cuts.filter(|cut| cut["shift"] == 0.0).map(tests_in).sum()
        }
        _ => 0,
    }
}

/// Rows of the agreement table, and the methods of estimates that are the same test.
const SAME_TEST: [(&str, &[&str]); 6] = [
    ("school_means", &["cluster_mean_t", "did_cluster_cr2"]),
    ("school_means_pooled", &["did_cluster_pooled"]),
    ("working", &["ancova_working"]),
    ("cr2", &["student_cr2", "did_student_cr2", "ancova_cr2", "ancova_within"]),
    ("sign_flip", &["sign_flip"]),
    ("permutation", &["school_permutation"]),
];

/// p-values of one test computed twice differ by rounding only.
const ROUNDING: f64 = 1e-9;

/// Whether a row of the agreement table is one of the estimates: the same method with the same answer. A method of
/// that name on another model (without strata, say) is a test of its own.
fn repeats(row: &Value, estimates: &[Value]) -> bool {
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let number = |value: &Value, name: &str| value.get(name).and_then(Value::as_f64);
    let Some(name) = text(row, "method") else { return false };
    let methods = SAME_TEST.iter().find(|(own, _)| *own == name).map_or(&[][..], |(_, methods)| *methods);
    let close = |own: &Value, field: &str| match (number(row, field), number(own, field)) {
        (Some(a), Some(b)) => (a - b).abs() <= ROUNDING * a.abs().max(1.0),
        _ => false,
    };
    estimates.iter().any(|own| {
        text(own, "method").is_some_and(|method| methods.contains(&method.as_str()))
            && close(own, "estimate")
            && close(own, "p")
    })
}

fn kind_of_part(part: &str) -> TestKind {
    match part {
        "instruments" => TestKind::Item,
        "dif" => TestKind::Dif,
        "measurement" => TestKind::Model,
        "raters" | "severity" => TestKind::Rater,
        "classical" => TestKind::Classical,
        _ => TestKind::Other,
    }
}

/// Records with a p-value in a part of the findings.
fn tests_in(value: &Value) -> usize {
    match value {
        Value::Object(fields) => {
            let own = fields.iter().any(|(name, value)| is_p(name) && value.is_number());
            usize::from(own) + fields.values().map(tests_in).sum::<usize>()
        }
        Value::Array(entries) => entries.iter().map(tests_in).sum(),
        _ => 0,
    }
}

fn is_p(name: &str) -> bool {
    let looks_like_one = name == "p" || name.starts_with("p_") || name.ends_with("_p");
    looks_like_one && !NOT_A_TEST.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_record_with_a_p_is_one_test() {
        assert_eq!(tests_in(&json!({ "p": 0.2, "p_exact": 0.3 })), 1);
        assert_eq!(
            tests_in(&json!([{ "p": null }, { "p_dif": 0.1, "test": { "p": 0.4 }, "adjusted_p": 1 }])),
            1
        );
        assert_eq!(tests_in(&json!({ "uniform": { "p": 0.1 }, "nonuniform": { "p": 0.2 }, "n": 3 })), 2);
    }

    #[test]
    fn estimates_are_parted_by_their_role() {
        let outcome = json!({
            "estimates": [{ "primary": true, "p": 0.1 }, { "primary": false, "p": 0.1 }, { "p": null }],
            "subgroups": [{ "groups": [{ "estimate": { "p": 0.5 } }, { "estimate": { "p": 0.5 } }] }],
            "adjusted": { "holm": 0.1 },
        });
        let mut counts = BTreeMap::new();
        of_outcome(outcome.as_object().unwrap(), &mut counts);
        let of = |kind| counts.get(&kind).copied().unwrap_or(0);
        assert_eq!((of(TestKind::Primary), of(TestKind::Sensitivity), of(TestKind::Subgroup)), (1, 1, 2));
        assert_eq!(of(TestKind::Other), 0);
    }

    #[test]
    fn a_test_in_two_tables_is_one() {
        let outcome = json!({
            "estimates": [
                { "method": "cluster_mean_t", "primary": true, "estimate": 4.0, "p": 0.01 },
                { "method": "student_cr2", "primary": false, "estimate": 4.5, "p": 0.02 },
            ],
            "agreement": { "rows": [
                { "method": "school_means", "estimate": 4.0, "p": 0.01 },
                { "method": "cr2", "estimate": 4.5, "p": 0.020000000000001 },
                { "method": "sign_flip", "estimate": 4.0, "p": 0.01 },
                { "method": "cr1", "estimate": 4.5, "p": 0.02 },
            ] },
            "growth": { "contrasts": [
                { "primary": true, "estimate": { "p": 0.01 } }, { "primary": false, "estimate": { "p": 0.4 } },
            ], "trend": { "p": 0.2 } },
            "imputed": { "estimate": { "p": 0.02 }, "complete_case": { "p": 0.01 } },
            "level_models": { "reached": { "estimates": [{ "p": 0.3 }], "cuts": [
                { "shift": -1.0, "estimate": { "p": 0.2 } }, { "shift": 0.0, "estimate": { "p": 0.3 } },
            ] } },
            "quantiles": { "arms": [{ "quantiles": [{ "level": 0.1, "change": 2.0 }] }] },
        });
        let mut counts = BTreeMap::new();
        of_outcome(outcome.as_object().unwrap(), &mut counts);
        let of = |kind| counts.get(&kind).copied().unwrap_or(0);
        assert_eq!((of(TestKind::Primary), of(TestKind::Sensitivity), of(TestKind::Agreement)), (1, 2, 2));
        assert_eq!((of(TestKind::Growth), of(TestKind::Distribution)), (2, 2));
    }
}
