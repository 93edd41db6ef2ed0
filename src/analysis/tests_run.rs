//! Counts the tests behind the findings by looking through all of them, so that no test can be forgotten.
//!
//! A record with a p-value is one test, however many p-values it has (exact, corrected for continuity).

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
    for (part, value) in outcome {
        if let ("estimates", Value::Array(estimates)) = (part.as_str(), value) {
            for estimate in estimates {
                let primary = estimate.get("primary").and_then(Value::as_bool).unwrap_or(false);
                let kind = if primary { TestKind::Primary } else { TestKind::Sensitivity };
                *counts.entry(kind).or_default() += tests_in(estimate);
            }
            continue;
        }
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
        *counts.entry(kind).or_default() += tests_in(value);
    }
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
}
