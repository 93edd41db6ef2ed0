//! Levels and whole distributions against R: clubSandwich, MASS::polr, quantile and plain resampling.
//! `tests/reference/levels.R` makes the values.

use std::fs;

use dampak::impact::cluster_mean::{linked_changes, test_mean_change};
use dampak::impact::did::did_schools;
use dampak::impact::effect::{d_cox_of_odds, share_improved, superiority};
use dampak::impact::logit::{OddsTest, check_parallel, fit_logistic, fit_ordinal};
use dampak::impact::ols::Design;
use dampak::impact::quantile_change::{QuantileSample, quantile_changes, quantile_differences};
use dampak::impact::school_draws::SchoolDraws;
use dampak::impact::superiority_bootstrap::bootstrap_superiority;
use dampak::impact::vcov::Adjustment;
use dampak::impact::{Arm, CoefTest};
use serde_json::Value;

/// Closed forms at the same coefficients.
const CLOSED: f64 = 1e-9;
/// Where R's optimiser (BFGS of polr) stops: its own accuracy.
const POLR: f64 = 1e-5;
/// Ends of bootstrap intervals, in standard deviations of the resamples: 9,999 draws here, 40,000 there, and type 7
/// quantiles of whole scores make steps of half a point.
const DRAWN: f64 = 0.2;

fn reference() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/levels.json");
    serde_json::from_str(&fs::read_to_string(path).expect("the reference file is here")).expect("valid JSON")
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("an array").iter().map(|v| v.as_f64().expect("a number")).collect()
}

fn places(value: &Value) -> Vec<usize> {
    numbers(value).into_iter().map(|v| v as usize).collect()
}

#[track_caller]
fn close(found: f64, expected: &Value, tolerance: f64) {
    let expected = expected.as_f64().expect("a number");
    let gap = (found - expected).abs() / expected.abs().max(1.0);
    assert!(gap <= tolerance, "{found} where R has {expected}: {gap:e}");
}

/// The students of the reference.
struct Students {
    school: Vec<usize>,
    arm: Vec<Arm>,
    program: Vec<f64>,
    before: Vec<f64>,
    after: Vec<f64>,
    pre: Vec<usize>,
    post: Vec<usize>,
}

fn students(all: &Value) -> Students {
    let d = &all["data"];
    let program = numbers(&d["program"]);
    Students {
        school: places(&d["school"]),
        arm: program.iter().map(|p| if *p == 1.0 { Arm::Program } else { Arm::Comparison }).collect(),
        program,
        before: numbers(&d["before"]),
        after: numbers(&d["after"]),
        pre: places(&d["pre"]),
        post: places(&d["post"]),
    }
}

fn reached(levels: &[usize]) -> Vec<f64> {
    levels.iter().map(|level| f64::from(u8::from(*level >= 2))).collect()
}

fn as_number(levels: &[usize]) -> Vec<f64> {
    levels.iter().map(|level| *level as f64).collect()
}

fn twice<T: Clone>(values: &[T]) -> Vec<T> {
    [values, values].concat()
}

fn wave(n: usize) -> Vec<f64> {
    (0..2 * n).map(|row| f64::from(u8::from(row >= n))).collect()
}

#[test]
fn share_at_a_level_by_schools() {
    let all = reference();
    let (d, expected) = (students(&all), &all["share"]);
    let changes = linked_changes(&reached(&d.pre), &reached(&d.post), &d.school, 0.05).unwrap();
    let test = test_mean_change(&changes, 0.05).unwrap();
    close(test.estimate, &expected["change"], CLOSED);
    close(test.se, &expected["se"], CLOSED);
    close(test.p, &expected["p"], CLOSED);
    close(test.ci.low, &expected["ci"][0], CLOSED);
    close(test.ci.high, &expected["ci"][1], CLOSED);
    let change: Vec<f64> =
        reached(&d.post).iter().zip(reached(&d.pre)).map(|(after, before)| after - before).collect();
    let did = did_schools(&change, &d.arm, &d.school, 0.05).unwrap();
    close(did.cr2.estimate, &expected["difference"], CLOSED);
    close(did.cr2.se, &expected["welch_se"], CLOSED);
}

#[track_caller]
fn same_test(found: &OddsTest, expected: &Value) {
    close(found.coef.estimate, &expected["beta"], CLOSED);
    close(found.coef.se, &expected["se"], CLOSED);
    close(found.coef.df, &expected["df"], 1e-7);
    close(found.coef.p, &expected["p"], CLOSED);
}

/// The test of one coefficient of a logistic regression of `y`.
fn logistic(y: &[f64], school: &[usize], columns: &[(&str, &[f64])]) -> OddsTest {
    let design = columns.iter().fold(Design::new(y, school), |d, (name, values)| d.with(name, values));
    let fit = fit_logistic(&design).unwrap();
    fit.test(&fit.contrast(&[(columns[0].0, 1.0)]).unwrap(), Adjustment::Cr2, 0.05).unwrap()
}

#[test]
fn logistic_regression_and_cox_index() {
    let all = reference();
    let (d, expected) = (students(&all), &all["logistic"]);
    let y = [reached(&d.pre), reached(&d.post)].concat();
    let waves = logistic(&y, &twice(&d.school), &[("wave", &wave(d.pre.len()))]);
    same_test(&waves, &expected["wave"]);
    let (y, pre) = (reached(&d.post), as_number(&d.pre));
    let adjusted = logistic(&y, &d.school, &[("program", &d.program), ("pre", &pre)]);
    same_test(&adjusted, &expected["adjusted"]);
    let bare = logistic(&y, &d.school, &[("program", &d.program)]);
    same_test(&bare, &expected["bare"]);
    close(d_cox_of_odds(&adjusted.coef).unwrap().value, &all["cox"]["adjusted"], CLOSED);
    close(d_cox_of_odds(&bare.coef).unwrap().value, &all["cox"]["bare"], CLOSED);
}

#[test]
fn proportional_odds_of_polr() {
    let all = reference();
    let (d, expected) = (students(&all), &all["ordinal"]);
    let level = [d.pre.clone(), d.post.clone()].concat();
    let (school, program, time) = (twice(&d.school), twice(&d.program), wave(d.pre.len()));
    let both: Vec<f64> = program.iter().zip(&time).map(|(p, w)| p * w).collect();
    let pre = as_number(&d.pre);
    type Columns<'a> = Vec<(&'a str, &'a [f64])>;
    let models: [(&str, &[usize], &[usize], Columns<'_>); 3] = [
        ("wave", &level, &school, vec![("wave", &time)]),
        ("adjusted", &d.post, &d.school, vec![("program", &d.program), ("pre", &pre)]),
        ("interaction", &level, &school, vec![("wave", &time), ("program", &program), ("both", &both)]),
    ];
    for (name, level, school, columns) in models {
        let names: Vec<String> = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        let values: Vec<Vec<f64>> = columns.iter().map(|(_, values)| values.to_vec()).collect();
        let fit = fit_ordinal(&names, &values, level, school).unwrap();
        let beta = expected[name]["beta"].as_array().cloned();
        let beta = beta.unwrap_or_else(|| vec![expected[name]["beta"].clone()]);
        fit.coefficients.iter().zip(&beta).for_each(|(own, other)| close(*own, other, POLR));
        let zeta = expected[name]["zeta"].as_array().expect("thresholds");
        fit.thresholds.iter().zip(zeta).for_each(|(own, other)| close(*own, other, POLR));
        close(fit.deviance, &expected[name]["deviance"], 1e-9);
    }
}

#[test]
fn separate_logits_and_their_equality() {
    let all = reference();
    let (d, expected) = (students(&all), &all["parallel"]);
    let names = ["program", "pre"].map(str::to_owned);
    let columns = [d.program.clone(), as_number(&d.pre)];
    let found = check_parallel(&names, &columns, &d.post, &d.school, ("program", 0.05)).unwrap();
    for (own, other) in found.cuts.iter().zip(expected["separate"].as_array().unwrap()) {
        same_test(&own.test, other);
    }
    let equal = found.equal.unwrap();
    close(equal.f, &expected["wald"]["f"], 1e-8);
    close(equal.df2, &expected["wald"]["df2"], 1e-7);
    close(equal.p, &expected["wald"]["p"], 1e-8);
    // The other root of CR2: near, and not the same.
    close(equal.p, &expected["wald_glm"]["p"], 0.01);
    assert_eq!((equal.n, equal.clusters, equal.df1), (d.school.len(), 13, 2.0));
    assert!(check_parallel(&names, &columns, &d.post, &d.school, ("girl", 0.05)).is_err());
}

#[test]
fn quantiles_and_their_resamples() {
    let all = reference();
    let (d, expected) = (students(&all), &all["quantiles"]);
    let p = numbers(&expected["p"]);
    let options = SchoolDraws { draws: 9_999, ..SchoolDraws::default() };
    let group = |keep: &dyn Fn(usize) -> bool, name: &str| {
        let rows: Vec<usize> = (0..d.school.len()).filter(|row| keep(*row)).collect();
        let of = |values: &[f64]| rows.iter().map(|row| values[*row]).collect::<Vec<_>>();
        let (before, after) = (of(&d.before), of(&d.after));
        let cluster: Vec<usize> = rows.iter().map(|row| d.school[*row]).collect();
        let sample = QuantileSample { before: &before, after: &after, cluster: &cluster };
        quantile_changes(&sample, &p, &options, name).unwrap()
    };
    let everybody = group(&|_| true, "everybody");
    for (place, found) in everybody.changes.iter().enumerate() {
        close(found.before, &expected["before"][place], 1e-12);
        close(found.after, &expected["after"][place], 1e-12);
        close(found.change, &expected["change"][place], 1e-12);
        near(&expected["bootstrap"], place, [found.ci.low, found.ci.high]);
    }
    let program = group(&|row| d.arm[row] == Arm::Program, "program");
    let comparison = group(&|row| d.arm[row] == Arm::Comparison, "comparison");
    for (place, found) in quantile_differences(&program, &comparison, 0.05).unwrap().iter().enumerate() {
        close(found.difference, &expected["difference"][place], 1e-12);
        near(&expected["difference_bootstrap"], place, [found.ci.low, found.ci.high]);
    }
}

/// Ends of an interval against drawn ones.
#[track_caller]
fn near(drawn: &Value, place: usize, ci: [f64; 2]) {
    let at = |what: &str| numbers(&drawn[what])[place];
    for (own, other) in ci.iter().zip([at("low"), at("high")]) {
        assert!((own - other).abs() <= DRAWN * at("sd"), "{own} where R drew {other}, sd {}", at("sd"));
    }
}

#[test]
fn superiority_between_arms_and_within_persons() {
    let all = reference();
    let (d, expected) = (students(&all), &all["superiority"]);
    let change: Vec<f64> = d.after.iter().zip(&d.before).map(|(a, b)| a - b).collect();
    let options = SchoolDraws { draws: 9_999, ..SchoolDraws::default() };
    let found = bootstrap_superiority(&change, &d.arm, &d.school, &options).unwrap();
    close(found.probability, &expected["a"], 1e-12);
    close(superiority(&change, &d.arm, &d.school, 0.05).unwrap().probability, &expected["a"], 1e-12);
    let sd = expected["sd"].as_f64().unwrap();
    for (own, other) in [(found.ci.low, "low"), (found.ci.high, "high")] {
        assert!((own - expected[other].as_f64().unwrap()).abs() <= DRAWN * sd, "{own}");
    }
    assert_eq!(found.draws, 9_999);
    let paired = share_improved(&d.before, &d.after, Some(&d.school), 0.05).unwrap();
    close(paired.share.value, &all["paired"], 1e-12);
}

#[test]
fn movement_by_schools() {
    let all = reference();
    let d = students(&all);
    let steps = |change: &dyn Fn(usize) -> f64| -> CoefTest {
        let values: Vec<f64> = (0..d.pre.len()).map(change).collect();
        let nothing = vec![0.0; values.len()];
        let changes = linked_changes(&nothing, &values, &d.school, 0.05).unwrap();
        test_mean_change(&changes, 0.05).unwrap()
    };
    let moved = |row: usize| d.post[row] as f64 - d.pre[row] as f64;
    for (name, found) in [("levels", steps(&moved)), ("net", steps(&|row| sign(moved(row))))] {
        let expected = &all["movement"][name];
        close(found.estimate, &expected["mean"], CLOSED);
        close(found.se, &expected["se"], CLOSED);
        close(found.p, &expected["p"], CLOSED);
    }
}

/// -1, 0 or 1; `signum` of the standard library has no 0.
fn sign(value: f64) -> f64 {
    if value == 0.0 { 0.0 } else { value.signum() }
}
