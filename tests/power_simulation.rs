//! `dampak power --simulate`: drawn studies against the formulas, and a study drawn from its own model.

mod study_test;

use std::collections::BTreeMap;

use dampak::analysis::findings::Method;
use dampak::analysis::planning::simulated::{Options, SimulatedRow, numbers, simulate};
use dampak::analysis::planning::{self, Known, PlannedDesign as Design, Planning, Quantity as Q};
use serde_json::Value;
use study_test::StudyTest;

/// Studies per design: a power of a half is then known to 2.5 points.
const STUDIES: usize = 400;

fn plan(design: Design, values: &[(Q, f64)]) -> Planning {
    let asked: BTreeMap<Q, f64> = values.iter().copied().collect();
    planning::plan(design, &asked, &Known::default()).unwrap()
}

fn drawn(design: Design, values: &[(Q, f64)], studies: usize) -> SimulatedRow {
    let plan = plan(design, values);
    simulate(&plan, plan.planned.units, Options { studies, seed: 20261123 }).unwrap()
}

/// Power, bias, standard error and coverage agree with the formula within Monte Carlo error. A method may cost
/// some power against the ideal one, never win any: `cost` is what Satterthwaite's degrees of freedom take.
#[track_caller]
fn agrees(row: &SimulatedRow, method: Method, cost: f64) {
    let found = &row.found;
    assert_eq!((row.method, found.studies, found.failed), (method, STUDIES, 0));
    let error = (row.planned_power * (1.0 - row.planned_power) / STUDIES as f64).sqrt();
    let surplus = found.power.value - row.planned_power;
    assert!(surplus < 3.0 * error && surplus > -cost - 3.0 * error, "power {surplus} of {error}");
    assert!(found.bias.unwrap().abs() < 3.5 * found.bias_se.unwrap(), "bias {:?}", found.bias);
    let coverage = found.coverage.unwrap();
    assert!((coverage.value - 0.95).abs() < 0.033, "coverage {}", coverage.value);
    // The standard deviation of 400 estimates is known to 3.5 percent.
    let ratio = found.sd.unwrap() / row.planned_se;
    assert!((ratio - 1.0).abs() < 0.12, "standard error {ratio}");
}

#[test]
fn drawn_studies_have_the_power_of_the_formulas() {
    let schools = [(Q::Schools, 13.0), (Q::Students, 25.0), (Q::Icc, 0.2), (Q::RBetween, 0.7)];
    let with = |more: &[(Q, f64)]| [&schools[..], more].concat();
    let linked = with(&[(Q::RWithin, 0.6)]);
    agrees(&drawn(Design::OneGroup, &linked, STUDIES), Method::ClusterMeanT, 0.0);
    agrees(&drawn(Design::CrossSections, &schools, STUDIES), Method::ClusterMeanT, 0.0);
    let compared = with(&[(Q::RWithin, 0.6), (Q::Effect, 0.5)]);
    agrees(&drawn(Design::Comparison, &compared, STUDIES), Method::DidClusterCr2, 0.03);
    let pairs = [(Q::Pairs, 60.0), (Q::Correlation, 0.6)];
    agrees(&drawn(Design::Pairs, &pairs, STUDIES), Method::PairedT, 0.0);
}

#[test]
fn drawn_trials_have_the_power_of_the_formulas() {
    let trial = [
        (Q::Schools, 20.0),
        (Q::Students, 20.0),
        (Q::R2Schools, 0.5),
        (Q::R2Students, 0.5),
        (Q::Covariates, 1.0),
        (Q::Effect, 0.4),
    ];
    agrees(&drawn(Design::Randomised, &trial, STUDIES), Method::AncovaWorking, 0.03);
    let sites = [(Q::Schools, 13.0), (Q::Students, 26.0), (Q::R2Students, 0.4), (Q::Reliability, 0.8)];
    agrees(&drawn(Design::Multisite, &sites, STUDIES), Method::AncovaWithin, 0.03);
    let districts = [
        (Q::Districts, 14.0),
        (Q::Schools, 3.0),
        (Q::Students, 12.0),
        (Q::IccDistricts, 0.1),
        (Q::Icc, 0.1),
        (Q::Effect, 0.5),
    ];
    agrees(&drawn(Design::ThreeLevel, &districts, STUDIES), Method::AncovaWorking, 0.03);
}

#[test]
fn drawn_pairs_strata_and_cohorts_have_the_power_of_the_formulas() {
    let change = [(Q::Students, 20.0), (Q::RBetween, 0.7), (Q::RWithin, 0.6), (Q::Effect, 0.4)];
    let with = |more: &[(Q, f64)]| [&change[..], more].concat();
    let pairs = with(&[(Q::SchoolPairs, 10.0), (Q::R2Strata, 0.3)]);
    agrees(&drawn(Design::PairedComparison, &pairs, STUDIES), Method::DidClusterCr2, 0.03);
    let strata = with(&[(Q::Schools, 18.0), (Q::Strata, 3.0), (Q::R2Strata, 0.3)]);
    agrees(&drawn(Design::Comparison, &strata, STUDIES), Method::DidClusterCr2, 0.03);
    let cohorts = [(Q::Schools, 20.0), (Q::Students, 25.0), (Q::RBetween, 0.7), (Q::Effect, 0.5)];
    agrees(&drawn(Design::ComparisonCrossSections, &cohorts, STUDIES), Method::DidClusterCr2, 0.03);
    let trial = [
        (Q::SchoolPairs, 12.0),
        (Q::Students, 20.0),
        (Q::R2Schools, 0.48),
        (Q::R2Students, 0.36),
        (Q::Effect, 0.4),
    ];
    agrees(&drawn(Design::PairedRandomised, &trial, STUDIES), Method::AncovaWorking, 0.03);
}

#[test]
fn drawn_trends_links_and_independent_students_have_the_power_of_the_formulas() {
    let schools = [(Q::Schools, 13.0), (Q::Students, 25.0), (Q::RBetween, 0.7), (Q::RWithin, 0.6)];
    let with = |more: &[(Q, f64)]| [&schools[..], more].concat();
    agrees(&drawn(Design::OneGroup, &with(&[(Q::Waves, 5.0)]), STUDIES), Method::ClusterMeanT, 0.0);
    let link = with(&[(Q::LinkError, 0.06), (Q::LinkItems, 25.0), (Q::Effect, 0.3)]);
    agrees(&drawn(Design::OneGroup, &link, STUDIES), Method::ClusterMeanT, 0.03);
    let arms = [(Q::Pairs, 160.0), (Q::Correlation, 0.6), (Q::Effect, 0.35)];
    agrees(&drawn(Design::IndependentComparison, &arms, STUDIES), Method::DidWelch, 0.01);
    agrees(&drawn(Design::IndependentRandomised, &arms, STUDIES), Method::AncovaOls, 0.0);
    let negative = plan(Design::OneGroup, &with(&[(Q::Waves, 3.0), (Q::RWithin, -0.2)]));
    assert!(simulate(&negative, 13.0, Options { studies: 3, seed: 1 }).is_err());
}

#[test]
fn drawn_shares_have_the_power_of_the_formulas() {
    let reached =
        [(Q::Schools, 24.0), (Q::Students, 25.0), (Q::ShareReached, 0.4), (Q::Icc, 0.1), (Q::Effect, 0.4)];
    agrees(&drawn(Design::Reached, &reached, STUDIES), Method::DidClusterCr2, 0.03);
    let change = [
        (Q::Schools, 13.0),
        (Q::Students, 25.0),
        (Q::ShareReached, 0.4),
        (Q::Icc, 0.15),
        (Q::RBetween, 0.6),
        (Q::RWithin, 0.4),
        (Q::Effect, 0.3),
    ];
    agrees(&drawn(Design::ReachedChange, &change, STUDIES), Method::ClusterMeanT, 0.0);
}

#[test]
fn unequal_schools_lose_what_the_formula_says() {
    let values = [(Q::Schools, 16.0), (Q::Students, 25.0), (Q::SizeVariation, 0.5), (Q::RWithin, 0.5)];
    agrees(&drawn(Design::OneGroup, &values, STUDIES), Method::ClusterMeanT, 0.03);
}

#[test]
fn without_an_effect_five_percent_are_found() {
    let values = [(Q::Schools, 13.0), (Q::Students, 25.0), (Q::Effect, 1e-9)];
    let found = drawn(Design::OneGroup, &values, 1000).found;
    assert!(found.power.ci[0] < 0.05 && found.power.ci[1] > 0.05, "{:?}", found.power);
}

#[test]
fn five_schools_can_show_nothing() {
    // 2 of 32 sign patterns: the smallest p is 0.0625.
    let values = [(Q::Schools, 5.0), (Q::Students, 25.0), (Q::Effect, 2.0)];
    let row = drawn(Design::OneGroup, &values, 50);
    assert_eq!((row.method, row.found.power.value), (Method::SignFlip, 0.0));
    assert!(row.found.coverage.is_none() && row.found.mean_se.is_none());
}

#[test]
fn the_same_seed_gives_the_same_studies() {
    let plan = plan(Design::Comparison, &[(Q::Schools, 12.0), (Q::Students, 10.0)]);
    let with = |seed: u64| simulate(&plan, 12.0, Options { studies: 40, seed }).unwrap();
    assert_eq!(with(3), with(3));
    assert_ne!(with(3).found.mean, with(4).found.mean);
    let few = numbers(&plan, false);
    assert!(few.len() <= 5 && few.contains(&12.0) && few.is_sorted(), "{few:?}");
    assert_eq!(numbers(&plan, true).len(), plan.table.len());
    let huge = Options { studies: 2, seed: 1 };
    assert!(simulate(&plan, 1e6, huge).is_err());
}

fn json(study: &StudyTest, options: &str) -> Value {
    let args: Vec<&str> = ["power", "--format", "json"].into_iter().chain(options.split(' ')).collect();
    serde_json::from_str(&study.run(&args).exits(0).makes(&[]).stdout).unwrap()
}

#[test]
fn a_study_with_a_model_is_drawn_and_analysed_whole() {
    let study = StudyTest::dataset("pop-smp");
    let options = "datasets/pop-smp --outcome numeracy --simulate 4 --seed 11";
    let found = json(&study, options);
    let drawn = &found[0]["study_simulation"];
    assert_eq!((&drawn["drawn"], &drawn["seed"], &drawn["failed"]), (&4.into(), &11.into(), &0.into()));
    assert_eq!(drawn["method"], "cluster_mean_t");
    let truth: Value =
        serde_json::from_str(&std::fs::read_to_string("datasets/pop-smp/truth.json").unwrap()).unwrap();
    let truth = truth["outcomes"].as_array().unwrap().iter().find(|one| one["id"] == "numeracy").unwrap();
    assert_eq!(drawn["truth"], truth["arms"][0]["change"]);
    // Four studies of some 360 students: the mean is within a few points of the truth.
    assert!(drawn["bias"].as_f64().unwrap().abs() < 4.0 * drawn["bias_se"].as_f64().unwrap().max(0.7));
    assert_eq!(found[0]["simulation"]["rows"].as_array().unwrap().len(), 5);
    assert_eq!(json(&study, options), found);
}

#[test]
fn the_words_and_the_refusals() {
    let study = StudyTest::mini();
    let run = |options: &str| {
        let args: Vec<&str> = std::iter::once("power").chain(options.split(' ')).collect();
        study.run(&args)
    };
    let values = "--design one_group --schools 6 --students 5";
    let text = run(&format!("{values} --simulate 20 --lang id")).exits(0).makes(&[]).stdout.clone();
    for words in
        ["Simulasi: 20 studi per baris (seed 1)", "cakupan", "uji t atas rata-rata perubahan sekolah"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    let all = run(&format!("{values} --simulate 5 --curve --lang en")).exits(0).stdout.clone();
    assert!(all.contains("Simulation: 5 studies per row") && all.lines().count() > 45, "{all}");
    run(&format!("{values} --simulate 1")).exits(1);
    run(&format!("{values} --seed 5")).exits(1);
    let huge = "--design one_group --schools 50 --students 100000 --simulate 2";
    run(huge).exits(1).says("students of a simulated study");
}
