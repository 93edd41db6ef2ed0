//! The school case bootstrap against every resample of a few schools listed one by one in R, against closed
//! forms, and against itself where draws replace the list.

use dampak::impact::case_bootstrap::{
    CaseBootstrap, CaseOptions, Cases, Replicate, SchoolValues, Totals, bootstrap_cases, case_bootstrap,
    corrected_case_bootstrap,
};
use dampak::impact::resampling::Reference;
use dampak::impact::{Arm, ImpactError};
use serde_json::Value;

/// Sums of the same few numbers in another order.
const TOLERANCE: f64 = 1e-10;

fn reference() -> Value {
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/case_bootstrap.json"));
    serde_json::from_str(&text.expect("case_bootstrap.json")).expect("the reference is JSON")
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("an array").iter().map(|v| v.as_f64().expect("a number")).collect()
}

fn close(name: &str, found: f64, expected: f64) {
    let difference = (found - expected).abs();
    assert!(difference <= TOLERANCE * (1.0 + expected.abs()), "{name}: {found} for {expected}");
}

fn one_group(values: &[f64]) -> SchoolValues<'_> {
    SchoolValues { values, weights: None, arms: None, strata: None }
}

fn agree(name: &str, found: &CaseBootstrap, expected: &Value) {
    let of = |key: &str| expected[key].as_f64().expect("a number");
    close(&format!("{name} estimate"), found.estimate, of("estimate"));
    close(&format!("{name} se"), found.se.unwrap(), of("se"));
    close(&format!("{name} bootstrap se"), found.bootstrap_se, of("bootstrap_se"));
    close(&format!("{name} bias"), found.bias, of("bias"));
    close(&format!("{name} z0"), found.z0.unwrap(), of("z0"));
    close(&format!("{name} acceleration"), found.acceleration.unwrap(), of("acceleration"));
    close(&format!("{name} p"), found.p.unwrap(), of("p"));
    let intervals =
        [("percentile", Some(found.percentile)), ("bca", found.bca), ("bootstrap_t", found.bootstrap_t)];
    for (kind, interval) in intervals {
        let ends = expected[kind].as_array().expect("two ends");
        let finite: Option<Vec<f64>> = ends.iter().map(Value::as_f64).collect();
        match (interval, finite) {
            (Some(interval), Some(ends)) => {
                close(&format!("{name} {kind} low"), interval.low, ends[0]);
                close(&format!("{name} {kind} high"), interval.high, ends[1]);
            }
            // An end at infinity is no interval.
            (None, None) => {}
            (found, ends) => panic!("{name} {kind}: {found:?} for {ends:?}"),
        }
    }
    assert_eq!((found.reference, found.failed), (Reference::Enumerated, 0));
}

#[test]
fn agrees_with_every_resample_listed() {
    let all = reference();
    let options = CaseOptions::default();
    let four = numbers(&all["four"]["values"]);
    let found = case_bootstrap(&one_group(&four), &options).unwrap();
    agree("four", &found, &all["four"]);
    assert_eq!((found.total, found.clusters), (35, 4));
    let (values, weights) = (numbers(&all["weighted"]["values"]), numbers(&all["weighted"]["weights"]));
    let data = SchoolValues { weights: Some(&weights), ..one_group(&values) };
    agree("weighted", &case_bootstrap(&data, &options).unwrap(), &all["weighted"]);
    let values = numbers(&all["arms"]["values"]);
    let arms: Vec<Arm> = numbers(&all["arms"]["program"])
        .iter()
        .map(|p| if *p == 1.0 { Arm::Program } else { Arm::Comparison })
        .collect();
    let data = SchoolValues { arms: Some(&arms), ..one_group(&values) };
    let found = case_bootstrap(&data, &options).unwrap();
    agree("arms", &found, &all["arms"]);
    assert_eq!(found.total, 35 * 10);
}

/// The variance over all J^J resamples of a mean is (J - 1)/J s^2/J; large values keep their digits.
#[test]
fn closed_form_of_the_bootstrap_variance() {
    for shift in [0.0, 1e8] {
        let values: Vec<f64> = [2.0, -1.0, 3.0, 4.0, 0.5, 6.0, 1.0, 2.5].iter().map(|v| v + shift).collect();
        let found = case_bootstrap(&one_group(&values), &CaseOptions::default()).unwrap();
        let mean = values.iter().sum::<f64>() / 8.0;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 7.0;
        close("variance", found.bootstrap_se.powi(2), 7.0 / 8.0 * variance / 8.0);
        close("se", found.se.unwrap(), (variance / 8.0).sqrt());
        assert_eq!(found.total, 6435);
        assert!(found.bias.abs() < 1e-9);
    }
}

const THIRTEEN: [f64; 13] = [2.0, -1.0, 3.0, 4.0, 0.5, 6.0, 1.0, 2.5, 3.0, -0.5, 1.5, 2.0, 4.0];

#[test]
fn draws_agree_with_the_list_and_repeat() {
    let eight = &THIRTEEN[..8];
    let listed = case_bootstrap(&one_group(eight), &CaseOptions::default()).unwrap();
    let options = CaseOptions { draws: 99_999, most_enumerated: 0, ..CaseOptions::default() };
    let drawn = case_bootstrap(&one_group(eight), &options).unwrap();
    assert_eq!((drawn.reference, drawn.total), (Reference::Sampled, 99_999));
    // Five standard errors of 100,000 draws: of a standard deviation se / sqrt(2 B).
    assert!((drawn.bootstrap_se / listed.bootstrap_se - 1.0).abs() < 5.0 / (2e5f64).sqrt());
    assert!((drawn.p.unwrap() - listed.p.unwrap()).abs() < 5.0 * (0.05 / 1e5f64).sqrt());
    for (a, b) in [(drawn.percentile, listed.percentile), (drawn.bca.unwrap(), listed.bca.unwrap())] {
        assert!((a.low - b.low).abs() < 0.07 && (a.high - b.high).abs() < 0.07, "{a:?} {b:?}");
    }
    let again = case_bootstrap(&one_group(eight), &options).unwrap();
    assert_eq!(again, drawn);
    let other = case_bootstrap(&one_group(eight), &CaseOptions { seed: 2, ..options }).unwrap();
    assert_ne!(other.bootstrap_se, drawn.bootstrap_se);
}

/// Thirteen schools: the studentised interval is wider than the percentile one and near to that of t.
#[test]
fn thirteen_schools() {
    let found = case_bootstrap(&one_group(&THIRTEEN), &CaseOptions::default()).unwrap();
    assert_eq!((found.reference, found.total, found.clusters), (Reference::Sampled, 9_999, 13));
    let (percentile, studentised) = (found.percentile, found.bootstrap_t.unwrap());
    assert!(studentised.high - studentised.low > percentile.high - percentile.low);
    assert!((studentised.low - 0.987644).abs() < 0.25 && (studentised.high - 3.320049).abs() < 0.35);
    assert!(found.p.unwrap() < 0.02);
}

/// Schools are drawn within strata: what differs between strata is not in the spread.
#[test]
fn strata_are_kept() {
    let values: Vec<f64> =
        THIRTEEN[..12].iter().enumerate().map(|(j, v)| v + 50.0 * (j % 2) as f64).collect();
    let strata: Vec<usize> = (0..12).map(|j| 7 + j % 2).collect();
    let free = case_bootstrap(&one_group(&values), &CaseOptions::default()).unwrap();
    let data = SchoolValues { strata: Some(&strata), ..one_group(&values) };
    let held = case_bootstrap(&data, &CaseOptions::default()).unwrap();
    assert_eq!(free.estimate, held.estimate);
    assert!(held.bootstrap_se < 1.0 && free.bootstrap_se > 5.0);
    assert!(held.se.unwrap() < 1.0);
}

#[test]
fn any_statistic_of_totals() {
    // The ratio of two sums, without a standard error: no studentised interval, the others stand.
    let rows: Vec<Vec<f64>> = THIRTEEN.iter().map(|v| vec![10.0 + v, 20.0 - v]).collect();
    let cases = Cases::new(&[0; 13], &rows).unwrap();
    let ratio = |totals: &Totals| {
        let sums = totals.of(0);
        (sums[1] > 0.0).then(|| Replicate { estimate: sums[0] / sums[1], se: None })
    };
    let found = bootstrap_cases(&cases, &ratio, &CaseOptions::default()).unwrap();
    assert!(found.bootstrap_t.is_none() && found.p.is_none() && found.bca.is_some());
    assert!(found.percentile.contains(found.estimate));
}

/// The same estimate as the covariance analysis of students, with a spread near to its CR2 standard error.
#[test]
fn corrected_covariance_analysis() {
    use dampak::impact::ancova::AncovaData;
    use dampak::impact::measurement::corrected_ancova;
    let mut stream = dampak::num::rng::Stream::new(4, "ancova");
    let (mut pre, mut post, mut arm, mut cluster) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for school in 0..24 {
        let program = school % 2 == 0;
        let level = 3.0 * stream.normal();
        for _ in 0..10 + school % 5 {
            let ability = level + 8.0 * stream.normal() + if program { 4.0 } else { 0.0 };
            pre.push(1e4 + ability + 4.0 * stream.normal());
            post.push(1e4 + ability + 4.0 * stream.normal() + if program { 3.0 } else { 0.0 });
            arm.push(if program { Arm::Program } else { Arm::Comparison });
            cluster.push(school);
        }
    }
    let data = AncovaData { post: &post, pre: &pre, arm: &arm, cluster: &cluster, covariates: &[] };
    for plain in corrected_ancova(&data, &[0.6, 0.8, 1.0], 0.05).unwrap() {
        let found = corrected_case_bootstrap(&data, plain.reliability, &CaseOptions::default()).unwrap();
        assert!((found.estimate - plain.effect.estimate).abs() < 1e-8);
        let ratio = found.bootstrap_se / plain.effect.se;
        // The formula takes the drawn pretest as given; resampled schools move the means of the arms too, which
        // counts the more the steeper the corrected slope.
        let most = if plain.reliability == 1.0 { 1.25 } else { 1.6 };
        assert!(ratio > 0.8 && ratio < most, "{}: {ratio}", plain.reliability);
        assert!(found.percentile.contains(found.estimate) && found.bootstrap_t.is_none());
    }
    assert!(corrected_case_bootstrap(&data, 0.0, &CaseOptions::default()).is_err());
}

#[test]
fn named_outcomes() {
    let options = CaseOptions::default();
    let run = |data: &SchoolValues<'_>| case_bootstrap(data, &options);
    assert_eq!(run(&one_group(&[1.0; 5])), Err(ImpactError::NoVariation));
    assert!(run(&one_group(&[1.0])).is_err());
    assert!(run(&one_group(&[1.0, f64::NAN])).is_err());
    let lone = SchoolValues { strata: Some(&[0, 0, 1]), ..one_group(&[1.0, 2.0, 3.0]) };
    assert_eq!(run(&lone), Err(ImpactError::TooFewClusters { needed: 2, found: 1 }));
    let arms = SchoolValues { arms: Some(&[Arm::Program; 3]), ..one_group(&[1.0, 2.0, 3.0]) };
    assert!(matches!(run(&arms), Err(ImpactError::ArmTooSmall { .. })));
    let weights = SchoolValues { weights: Some(&[1.0, 0.0, 2.0]), ..one_group(&[1.0, 2.0, 3.0]) };
    assert!(run(&weights).is_err());
    for wrong in [CaseOptions { alpha: 1.0, ..options }, CaseOptions { draws: 0, ..options }] {
        assert!(case_bootstrap(&one_group(&THIRTEEN), &wrong).is_err());
    }
}
