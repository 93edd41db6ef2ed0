//! `dampak power` held against the worked numbers of planning, and what it takes from a study.

mod study_test;

use serde_json::Value;
use study_test::StudyTest;

/// The plan made by the options, as JSON.
fn plan(options: &str) -> Value {
    plan_of(&StudyTest::mini(), options)
}

fn plan_of(study: &StudyTest, options: &str) -> Value {
    let args: Vec<&str> = ["power", "--format", "json"].into_iter().chain(options.split(' ')).collect();
    let plans: Value = serde_json::from_str(&study.run(&args).exits(0).makes(&[]).stdout).unwrap();
    plans[0].clone()
}

#[track_caller]
fn close(found: &Value, wanted: f64, tolerance: f64) {
    let found = found.as_f64().unwrap();
    assert!((found - wanted).abs() <= tolerance, "{found} is not {wanted}");
}

/// The numbers are printed with six digits: half a unit of the last one.
const PRINTED: f64 = 6e-7;

#[test]
fn worked_trials_of_schools() {
    let plain = plan("--design randomised --schools 13 --students 25 --icc 0.2");
    close(&plain["planned"]["se"], 0.267179, PRINTED);
    close(&plain["planned"]["df"], 11.0, 0.0);
    close(&plain["planned"]["mdes"], 0.82198, 6e-6);
    close(&plain["multiplier"], 3.07652, 6e-6);
    for (schools, df, mdes) in [(13, 10.0, 0.534026), (26, 23.0, 0.355616)] {
        let plan = plan(&format!(
            "--design randomised --schools {schools} --students 25 --icc 0.2 --r2-students 0.5 --r2-schools 0.6 --covariates 1"
        ));
        close(&plan["planned"]["df"], df, 0.0);
        close(&plan["planned"]["mdes"], mdes, PRINTED);
    }
    // Districts with one school each are schools.
    let districts =
        plan("--design three_level --districts 13 --schools 1 --students 25 --icc 0 --icc-districts 0.2");
    close(&districts["planned"]["mdes"], 0.82198, 6e-6);
}

#[test]
fn worked_groups_before_and_after() {
    let values = "--schools 13 --students 25 --icc 0.2 --r-between 0.7";
    let linked = plan(&format!("--design one_group {values} --r-within 0.6"));
    close(&linked["planned"]["se"], 0.105830, PRINTED);
    close(&linked["planned"]["mdes"], 0.322932, PRINTED);
    let other = plan(&format!("--design cross_sections {values}"));
    close(&other["planned"]["se"], 0.118970, PRINTED);
    close(&other["planned"]["mdes"], 0.363028, PRINTED);
    // 13 schools in halves are seven and six.
    let compared = plan(&format!("--design comparison {values} --r-within 0.6"));
    let one_school = 0.105830 * 13f64.sqrt();
    close(&compared["planned"]["se"], one_school * (1.0 / 7.0 + 1.0 / 6.0f64).sqrt(), 2e-6);
    close(&compared["planned"]["df"], 11.0, 0.0);
    let pairs = plan("--design pairs --pairs 50 --correlation 0.5");
    close(&pairs["planned"]["se"], 0.02f64.sqrt(), 1e-12);
}

/// A pair costs a degree of freedom each, a stratum one; what they explain is taken out of the schools.
#[test]
fn pairs_and_strata_of_schools() {
    let trial = "--students 25 --icc 0.2 --r2-schools 0.3 --r2-students 0.5";
    let of_schools = |explained: f64| 0.2 * 0.7 * (1.0 - explained);
    let pairs = plan(&format!("--design paired_randomised --school-pairs 8 {trial} --r2-strata 0.4"));
    // 16 schools in halves: 1 / (0.25 * 16).
    let variance = (of_schools(0.4) + 0.8 * 0.5 / 25.0) / 4.0;
    close(&pairs["planned"]["se"], variance.sqrt(), 1e-12);
    close(&pairs["planned"]["df"], 7.0, 0.0);
    let with = plan(&format!("--design paired_randomised --school-pairs 8 {trial} --covariates 1"));
    close(&with["planned"]["df"], 6.0, 0.0);
    let strata = plan(&format!("--design randomised --schools 16 {trial} --strata 3 --covariates 1"));
    close(&strata["planned"]["df"], 16.0 - 3.0 - 1.0 - 1.0, 0.0);
    close(&strata["planned"]["se"], ((of_schools(0.0) + 0.8 * 0.5 / 25.0) / 4.0f64).sqrt(), 1e-12);
    let change = "--students 25 --icc 0.2 --r-between 0.7 --r-within 0.6";
    let one_school = |explained: f64| 0.4 * 0.3 * (1.0 - explained) + 1.6 * 0.4 / 25.0;
    let pairs = plan(&format!("--design paired_comparison --school-pairs 8 {change} --r2-strata 0.25"));
    close(&pairs["planned"]["se"], (one_school(0.25) * 2.0 / 8.0f64).sqrt(), 1e-12);
    close(&pairs["planned"]["df"], 7.0, 0.0);
    let strata = plan(&format!("--design comparison --schools 16 {change} --strata 4"));
    close(&strata["planned"]["se"], (one_school(0.0) * 2.0 / 8.0f64).sqrt(), 1e-12);
    close(&strata["planned"]["df"], 11.0, 0.0);
}

#[test]
fn cohorts_waves_and_the_link() {
    let values = "--schools 13 --students 25 --icc 0.2 --r-between 0.7";
    let cohorts = plan(&format!("--design comparison_cross_sections {values}"));
    // Standards: 0.118970 for one group of 13; programme and comparison have seven and six.
    close(&cohorts["planned"]["se"], 0.118970 * 13f64.sqrt() * (1.0 / 7.0 + 1.0 / 6.0f64).sqrt(), 2e-6);
    close(&cohorts["planned"]["df"], 11.0, 0.0);
    // Three waves do not change the first-to-last contrast, which is the trend; four waves add to it.
    let linked = format!("{values} --r-within 0.6");
    let of = |waves: u32| plan(&format!("--design one_group {linked} --waves {waves}"));
    close(&of(3)["planned"]["se"], 0.105830, PRINTED);
    close(&of(4)["planned"]["se"], 0.105830 * 0.9f64.sqrt(), PRINTED);
    // A link error of 0.05 SD from 17 items: it widens, and shares its degrees of freedom.
    let link = plan(&format!("--design one_group {linked} --link-error 0.05 --link-items 17"));
    let se = 0.105830f64.hypot(0.05);
    close(&link["planned"]["se"], se, PRINTED);
    let df = se.powi(4) / (0.105830f64.powi(4) / 12.0 + 0.05f64.powi(4) / 16.0);
    close(&link["planned"]["df"], df, 1e-3);
    // 0.1 SD of link error alone needs 0.31 SD: no number of schools reaches 0.25.
    let never = plan(&format!("--design one_group {linked} --link-error 0.1 --link-items 10 --effect 0.25"));
    assert_eq!(never["units_needed"], Value::Null);
    let last = never["table"].as_array().unwrap().last().unwrap();
    assert!(last["mdes"].as_f64().unwrap() > 0.3 && last["power"].as_f64().unwrap() < 0.7);
}

#[test]
fn two_arms_of_independent_students() {
    let change = plan("--design independent_comparison --pairs 120 --correlation 0.6 --program-share 0.4");
    // 48 and 72 students whose changes have the variance 0.8.
    close(&change["planned"]["se"], (0.8 * (1.0 / 48.0 + 1.0 / 72.0f64)).sqrt(), 1e-12);
    close(&change["planned"]["df"], 118.0, 0.0);
    let adjusted = plan("--design independent_randomised --pairs 120 --correlation 0.6");
    close(&adjusted["planned"]["se"], (0.64 / 30.0f64).sqrt(), 1e-12);
    close(&adjusted["planned"]["df"], 117.0, 0.0);
}

#[test]
fn shares_of_students_who_reach_a_level() {
    // From 40 to 60 percent, 20 schools of 20: variances 0.24 in both arms, design effect 1 + 19 * 0.1.
    let effect = 0.2 / 0.24f64.sqrt();
    let reached = plan(&format!(
        "--design reached --schools 20 --students 20 --share-reached 0.4 --icc 0.1 --effect {effect}"
    ));
    let se = (0.24 * 2.9 / 200.0 * 2.0f64).sqrt();
    close(&reached["planned"]["se"], se / 0.24f64.sqrt(), 1e-9);
    close(&reached["planned"]["df"], 18.0, 0.0);
    let points = reached["planned"]["mdes"].as_f64().unwrap() * 100.0 * 0.24f64.sqrt();
    close(&reached["planned"]["mdes_points"], points, 1e-9);
    let change = plan(&format!(
        "--design reached_change --schools 13 --students 25 --share-reached 0.4 --icc 0.2 --r-between 0.5 --r-within 0.4 --effect {effect}"
    ));
    close(&change["planned"]["se"], ((0.4 * 0.5 + 1.6 * 0.6 / 25.0) / 13.0f64).sqrt(), 1e-9);
    close(&change["planned"]["df"], 12.0, 0.0);
}

#[test]
fn students_drawn_within_schools_and_unequal_schools() {
    let multisite =
        plan("--design multisite --schools 13 --students 25 --icc 0.2 --effect-heterogeneity 0.3");
    let variance = 0.2 * 0.3 / 13.0 + 0.8 / (0.25 * 13.0 * 25.0f64);
    close(&multisite["planned"]["se"], variance.sqrt(), 1e-12);
    close(&multisite["planned"]["df"], 12.0, 0.0);
    let values = "--design one_group --schools 13 --students 25 --icc 0.2";
    let (equal, unequal) = (plan(values), plan(&format!("{values} --size-variation 0.6")));
    let lambda = 5.0 / 5.8;
    let inflation = 1.0 / (1.0 - 0.36 * lambda * (1.0 - lambda));
    let wanted = equal["planned"]["se"].as_f64().unwrap() * f64::sqrt(inflation);
    close(&unequal["planned"]["se"], wanted, 1e-12);
}

#[test]
fn the_needed_number_is_the_smallest_that_suffices() {
    let values = "--design randomised --students 25 --icc 0.15 --effect 0.4";
    let needed = plan(&format!("{values} --schools 13"))["units_needed"].as_u64().unwrap();
    let mdes = |schools: u64| plan(&format!("{values} --schools {schools}"))["planned"]["mdes"].as_f64();
    assert!(mdes(needed).unwrap() <= 0.4 && mdes(needed - 1).unwrap() > 0.4, "{needed}");
    // The noncentral t and the multiplier agree to a percent of power.
    let planned = plan(&format!("{values} --schools {needed}"));
    close(&planned["planned"]["power"], 0.8, 0.01);
    let nothing = plan("--design randomised --schools 13 --students 25 --effect 0.0000001");
    assert_eq!(nothing["units_needed"], Value::Null);
}

#[test]
fn more_schools_detect_more() {
    let plan = plan("--design comparison --schools 14 --students 25");
    let rows = plan["table"].as_array().unwrap();
    let column = |name: &str| rows.iter().map(|row| row[name].as_f64().unwrap()).collect::<Vec<_>>();
    assert!(column("units").is_sorted() && column("units").contains(&14.0));
    assert!(column("power").is_sorted() && column("mdes").is_sorted_by(|one, next| one > next));
}

#[test]
fn a_study_lends_its_own_values_and_each_names_its_source() {
    let study = StudyTest::dataset("pop-smp");
    let plan = plan_of(&study, "datasets/pop-smp --outcome numeracy --students 30");
    let entry = |name: &str| {
        let all = plan["assumptions"].as_array().unwrap();
        all.iter().find(|entry| entry["quantity"] == name).unwrap().clone()
    };
    assert_eq!(plan["design"], "one_group");
    for (name, source) in [
        ("schools", "scores"),
        ("students", "option"),
        ("icc", "scores"),
        ("r_between", "scores"),
        ("r_within", "scores"),
        ("sd", "scores"),
        ("alpha", "study_file"),
        ("effect", "study_file"),
        ("power", "default"),
    ] {
        assert_eq!(entry(name)["source"], source, "{name}");
    }
    // The ICC is the one of the findings: the first wave, one group.
    let findings: Value =
        serde_json::from_str(&study.run(&["analyze", "datasets/pop-smp"]).exits(0).stdout).unwrap();
    let outcomes = findings["outcomes"].as_array().unwrap();
    let numeracy = outcomes.iter().find(|outcome| outcome["id"] == "numeracy").unwrap();
    close(&entry("icc")["value"], numeracy["icc"][0]["value"].as_f64().unwrap(), 1e-9);
    // What the formula plans is near what the study reached with its 13 schools.
    let reached = numeracy["mdes"]["sd"].as_f64().unwrap();
    let planned = plan_of(&study, "datasets/pop-smp --outcome numeracy")["planned"]["mdes"].as_f64().unwrap();
    assert!((planned / reached - 1.0).abs() < 0.25, "{planned} planned, {reached} reached");
}

#[test]
fn before_the_answers_the_roster_tells_schools_and_students() {
    let study = StudyTest::mini();
    std::fs::remove_file(study.path("post.csv")).unwrap();
    let plan = plan_of(&study, "study");
    let entry = |name: &str| {
        let all = plan["assumptions"].as_array().unwrap();
        let found = all.iter().find(|entry| entry["quantity"] == name).unwrap();
        (found["value"].as_f64().unwrap(), found["source"].as_str().unwrap().to_owned())
    };
    assert_eq!(entry("schools"), (6.0, "roster".to_owned()));
    let (students, source) = entry("students");
    assert!((students - 6.0).abs() < 1e-12 && source == "roster");
    assert_eq!(entry("icc"), (0.2, "default".to_owned()));
}

#[test]
fn the_words_are_kept_in_both_languages() {
    let study = StudyTest::mini();
    for (lang, words) in [("id", "power-id"), ("en", "power-en")] {
        let args =
            "power --design one_group --schools 13 --students 25 --icc 0.15 --r-within 0.6 --sd 18 --lang";
        let args: Vec<&str> = args.split(' ').chain([lang]).collect();
        study.run(&args).exits(0).stays_silent().makes(&[]).pinned(words);
    }
}

#[test]
fn what_cannot_be_planned_is_said() {
    let study = StudyTest::mini();
    let fails = |options: &str, words: &str| {
        let args: Vec<&str> = std::iter::once("power").chain(options.split(' ')).collect();
        study.run(&args).exits(1).says(words).makes(&[]);
    };
    fails("--schools 13", "no design is known to plan for; choose one with --design");
    fails("--design one_group --schools 13", "--students is needed for this design");
    fails("--design pairs --pairs 50 --icc 0.2", "--icc has no part in the design pairs");
    fails("--design one_group --schools 13 --students 25 --icc 2", "lies outside its range");
    fails("--design one_group --schools 1 --students 25", "nothing can be planned");
    fails("--design one_group --schools 13 --students 25 --power 1", "nothing can be planned");
    fails("--design one_group --schools NaN --students 25", "nothing can be planned");
    fails("--design reached --schools 13 --students 25", "--share-reached is needed for this design");
    fails("--design reached --schools 13 --students 25 --share-reached 0.95", "nothing can be planned");
    fails("--design comparison --schools 13 --students 25 --link-error 0.1", "--link-error has no part");
    fails("--design one_group --schools 13 --students 25 --waves 2.5", "nothing can be planned");
    fails("--design did --schools 13", "is no design dampak plans for");
    fails("study --outcome tests", "the study has no outcome \"tests\": test, view");
    fails("--outcome test", "--outcome needs a study");
}
