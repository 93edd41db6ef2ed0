//! Mixed models against lme4, lmerTest and pbkrtest.

use dampak::impact::ImpactError;
use dampak::impact::mixed::{
    Ddf, FittedMixed, Likelihood, MixedError, RESIDUAL, RandomTerm, SCHOOL, STUDENT, Singularity, fit_mixed,
};
use dampak::impact::ols::Design;
use serde_json::Value;

use crate::logit::reference;
use crate::peers::{Csv, Worst, csv, entry, indices, number, numbers};

/// Fixed effects and standard errors at lme4's optimum, which is flat to its stopping rule.
const FIXED: f64 = 1e-6;
/// REML variance components: the accuracy asked for, and that of lme4's bobyqa.
const VARIANCE: f64 = 1e-6;
/// -2 log likelihood: second order in the distance to the optimum.
const CRITERION: f64 = 1e-10;
/// lmerTest's Hessian is numerical.
const DF: f64 = 1e-4;
/// Kenward-Roger is a closed form at lme4's optimum.
const KR: f64 = 1e-5;

fn row(values: &Value, column: &str) -> Vec<f64> {
    numbers(&values[column])
}

/// Fixed effects, both kinds of df and variances of one fit against a shared entry.
fn check_shared(id: &'static str, fit: &FittedMixed) {
    let Some(expected) = entry("12_models_cluster.json", id) else { return };
    let mut worst = Worst::new(id);
    worst.check("criterion", fit.criterion, number(&expected["reml_or_dev"]), CRITERION);
    let vcov = numbers(&expected["varcomp"]["vcov"]);
    for (component, variance) in fit.components.iter().zip(vcov) {
        worst.check(&component.name, component.estimate, variance, VARIANCE);
    }
    worst.check("icc", fit.icc(0.05).unwrap().estimate, number(&expected["icc"]), VARIANCE);
    let table = &expected["fixef_satterthwaite"];
    check_fixed(
        &mut worst,
        fit,
        Ddf::Satterthwaite,
        [row(table, "Estimate"), row(table, "Std. Error"), row(table, "df")],
    );
    let table = &expected["fixef_kenward_roger"];
    if !table.is_null() {
        check_fixed(
            &mut worst,
            fit,
            Ddf::KenwardRoger,
            [row(table, "Estimate"), row(table, "Std. Error"), row(table, "df")],
        );
    }
}

fn check_fixed(worst: &mut Worst, fit: &FittedMixed, ddf: Ddf, [beta, se, df]: [Vec<f64>; 3]) {
    let tolerance = if ddf == Ddf::Satterthwaite { DF } else { KR };
    for j in 0..beta.len() {
        let mut contrast = vec![0.0; beta.len()];
        contrast[j] = 1.0;
        let found = fit.test(&contrast, ddf, 0.05).unwrap().coef;
        // Estimates are judged on the scale of their error: some are near zero.
        worst.check(&fit.names[j], found.estimate / se[j], beta[j] / se[j], FIXED);
        worst.check(&format!("se {}", fit.names[j]), found.se, se[j], FIXED);
        worst.check(&format!("df {}", fit.names[j]), found.df, df[j], tolerance);
    }
}

fn design(data: &Csv, y: &str, school: &str) -> Design {
    Design::new(&data.numbers(y), &data.labels(school))
}

fn random_intercept(design: &Design) -> FittedMixed {
    fit_mixed(design, &[RandomTerm::School], Likelihood::Restricted).unwrap()
}

#[test]
fn random_intercepts_of_lme4_on_shared_data() {
    if let Some(d) = csv("data/peers/Exam.csv") {
        let base = design(&d, "normexam", "school");
        check_shared("lmer_exam_null", &random_intercept(&base));
        let full = base
            .with("lrt", &d.numbers("standLRT"))
            .with("male", &d.is("sex", "M"))
            .with("girls", &d.is("schgend", "girls"))
            .with("mixed", &d.is("schgend", "mixed"));
        check_shared("lmer_exam", &random_intercept(&full));
    }
    if let Some(d) = csv("data/peers/Hsb82.csv") {
        let base = design(&d, "mAch", "school");
        check_shared("lmer_hsb_null", &random_intercept(&base));
        let full = base.with("ses", &d.numbers("ses")).with("public", &d.is("sector", "Public"));
        check_shared("lmer_hsb", &random_intercept(&full));
    }
    if let Some(d) = csv("data/peers/bdf.csv") {
        let full = ["langPRET", "IQ.verb", "ses"]
            .iter()
            .fold(design(&d, "langPOST", "schoolNR"), |x, c| x.with(c, &d.numbers(c)));
        check_shared("lmer_bdf", &random_intercept(&full));
    }
    if let Some(d) = csv("data/peers/sleepstudy.csv") {
        let full = design(&d, "Reaction", "Subject").with("days", &d.numbers("Days"));
        check_shared("lmer_sleepstudy_ri", &random_intercept(&full));
    }
}

#[test]
fn school_trial_of_lme4() {
    let numeric = ["siblings", "immigrant", "father_ed", "mother_ed", "lagscore"];
    let columns: Vec<&str> =
        [["Bagrut_status", "treated", "school_type", "sex"].as_slice(), &numeric].concat();
    let Some(d) = crate::cluster::awards(|d, r| d.text("year")[r] == "2001", &columns) else { return };
    let base = design(&d, "Bagrut_status", "school_id")
        .with("treated", &d.numbers("treated"))
        .with("religious", &d.is("school_type", "Religious"))
        .with("secular", &d.is("school_type", "Secular"))
        .with("girl", &d.is("sex", "Girl"));
    let full = numeric.iter().fold(base, |x, c| x.with(c, &d.numbers(c)));
    check_shared("lmer_achv_schools", &random_intercept(&full));
}

#[test]
fn random_slopes_of_lme4() {
    let (Some(d), Some(expected)) =
        (csv("data/peers/sleepstudy.csv"), entry("12_models_cluster.json", "lmer_sleepstudy_rs"))
    else {
        return;
    };
    let days = d.numbers("Days");
    let full = design(&d, "Reaction", "Subject").with("days", &days);
    let terms = [RandomTerm::SchoolAndSlope { name: "days".to_owned(), values: days }];
    let fit = fit_mixed(&full, &terms, Likelihood::Restricted).unwrap();
    let mut worst = Worst::new("lmer_sleepstudy_rs");
    worst.check("criterion", fit.criterion, number(&expected["reml"]), CRITERION);
    let vc = numbers(&expected["vc"]["vcov"]);
    // lme4 lists the covariance after both variances, as here.
    for (component, variance) in fit.components.iter().zip(vc) {
        worst.check(&component.name, component.estimate, variance, VARIANCE);
    }
    let table = &expected["fixef_satt"];
    check_fixed(
        &mut worst,
        &fit,
        Ddf::Satterthwaite,
        [row(table, "Estimate"), row(table, "Std. Error"), row(table, "df")],
    );
    let table = &expected["kr"];
    check_fixed(
        &mut worst,
        &fit,
        Ddf::KenwardRoger,
        [row(table, "Estimate"), row(table, "Std. Error"), row(table, "df")],
    );
}

/// One fit of the project's own reference file.
fn check_own(name: &'static str, fit: &FittedMixed, expected: &Value, order: &[usize]) {
    let mut worst = Worst::new(name);
    worst.check("criterion", fit.criterion, number(&expected["criterion"]), CRITERION);
    let variance = numbers(&expected["variance"]);
    for (component, place) in fit.components.iter().zip(order) {
        worst.check(&component.name, component.estimate, variance[*place], VARIANCE);
    }
    let [beta, se, df] = ["beta", "se", "df"].map(|c| row(expected, c));
    check_fixed(&mut worst, fit, Ddf::Satterthwaite, [beta.clone(), se, df]);
    if !expected["kr_df"].is_null() {
        check_fixed(
            &mut worst,
            fit,
            Ddf::KenwardRoger,
            [beta, row(expected, "kr_se"), row(expected, "kr_df")],
        );
    }
}

/// Students in schools over two waves: the design of the three-term model and its terms.
fn waves() -> (Design, Vec<RandomTerm>, Value) {
    let expected = reference("three");
    let d = &expected["data"];
    let (wave, treat) = (numbers(&d["wave"]), numbers(&d["treat"]));
    let both: Vec<f64> = wave.iter().zip(&treat).map(|(a, b)| a * b).collect();
    let design = Design::new(&numbers(&d["y"]), &indices(&d["school"]))
        .with("wave", &wave)
        .with("treat", &treat)
        .with("girl", &numbers(&d["girl"]))
        .with("wave:treat", &both);
    let terms = vec![
        RandomTerm::School,
        RandomTerm::WithinSchool { name: "school:wave".to_owned(), unit: indices(&d["wave"]) },
        RandomTerm::Student { person: indices(&d["person"]) },
    ];
    (design, terms, expected)
}

#[test]
fn schools_waves_and_students() {
    let (design, terms, expected) = waves();
    let places: Vec<usize> = ["school ", "school:wave ", "person ", "Residual "]
        .iter()
        .map(|n| {
            let names = expected["reml"]["component"].as_array().unwrap();
            names.iter().position(|v| v.as_str().unwrap().starts_with(n)).unwrap()
        })
        .collect();
    let fit = fit_mixed(&design, &terms, Likelihood::Restricted).unwrap();
    check_own("three terms, REML", &fit, &expected["reml"], &places);
    assert!(fit.singular.is_empty() && fit.log.stop.is_converged());
    let fit = fit_mixed(&design, &terms, Likelihood::Full).unwrap();
    check_own("three terms, ML", &fit, &expected["ml"], &places);
    let contrast = fit.contrast(&[("wave:treat", 1.0)]).unwrap();
    assert_eq!(fit.test(&contrast, Ddf::KenwardRoger, 0.05).unwrap_err(), MixedError::NeedsReml);
}

#[test]
fn effects_that_differ_between_schools() {
    let expected = reference("multisite");
    let d = &expected["data"];
    let t = numbers(&d["t"]);
    let design =
        Design::new(&numbers(&d["y"]), &indices(&d["school"])).with("t", &t).with("pre", &numbers(&d["pre"]));
    let slope = |name: &str| name.to_owned();
    let pair = [RandomTerm::SchoolAndSlope { name: slope("t"), values: t.clone() }];
    let fit = fit_mixed(&design, &pair, Likelihood::Restricted).unwrap();
    check_own("multisite, correlated", &fit, &expected["correlated"], &[0, 1, 2, 3]);
    let edge = reference("line");
    let line = Design { y: numbers(&edge["y"]), ..design.clone() };
    let fit = fit_mixed(&line, &pair, Likelihood::Restricted).unwrap();
    assert_eq!(fit.singular, [Singularity::PerfectCorrelation { slope: "t".to_owned() }]);
    let mut worst = Worst::new("multisite, correlation of one");
    worst.check("criterion", fit.criterion, number(&edge["criterion"]), CRITERION);
    for (component, variance) in fit.components.iter().zip(numbers(&edge["variance"])) {
        // lme4 searches along the edge with steps that its bound cuts.
        worst.check(&component.name, component.estimate, variance, 1e-4);
    }
    let apart = [RandomTerm::School, RandomTerm::Slope { name: slope("t"), values: t }];
    let fit = fit_mixed(&design, &apart, Likelihood::Restricted).unwrap();
    check_own("multisite, independent", &fit, &expected["independent"], &[0, 1, 2]);
}

#[test]
fn classes_within_schools() {
    let expected = reference("classes");
    let d = &expected["data"];
    let design = Design::new(&numbers(&d["y"]), &indices(&d["school"])).with("x", &numbers(&d["x"]));
    let class = RandomTerm::WithinSchool { name: "class".to_owned(), unit: indices(&d["class"]) };
    let fit = fit_mixed(&design, &[RandomTerm::School, class], Likelihood::Restricted).unwrap();
    let names = expected["reml"]["component"].as_array().unwrap();
    let places: Vec<usize> = ["school", "class", "Residual"]
        .iter()
        .map(|n| names.iter().position(|v| v.as_str().unwrap().starts_with(n)).unwrap())
        .collect();
    check_own("classes", &fit, &expected["reml"], &places);
}

/// lme4 profiles standard deviations of the ML fit by splines through a dozen points.
#[test]
fn profile_intervals_of_lme4() {
    let (design, mut terms, _) = waves();
    terms.remove(1);
    let fit = fit_mixed(&design, &terms, Likelihood::Full).unwrap();
    let expected = reference("profile");
    let names = expected["names"].as_array().unwrap();
    let mut worst = Worst::new("profile intervals of standard deviations");
    for (own, theirs) in [(STUDENT, ".sig01"), (SCHOOL, ".sig02"), (RESIDUAL, ".sigma")] {
        let at = names.iter().position(|n| n == theirs).unwrap();
        let found = fit.component_interval(own, 0.05).unwrap();
        worst.check(own, found.profile.low.sqrt(), numbers(&expected["low"])[at], 1e-3);
        worst.check(own, found.profile.high.sqrt(), numbers(&expected["high"])[at], 1e-3);
        let wald = found.wald.unwrap();
        assert!(wald.low > 0.0 && wald.low < found.estimate && found.estimate < wald.high);
    }
    let icc = fit.icc(0.05).unwrap();
    let ci = icc.ci.unwrap();
    assert!(0.0 < ci.low && ci.low < icc.estimate && icc.estimate < ci.high && ci.high < 1.0);
}

#[test]
fn a_balanced_design_is_the_analysis_of_variance() {
    // Six schools of four: REML gives (MSB - MSW) / 4 and MSW exactly, and Satterthwaite the J - 1 df.
    let school: Vec<usize> = (0..24).map(|i| i / 4).collect();
    let y: Vec<f64> = (0..24).map(|i| ((7 * i) % 11) as f64 + 3.0 * ((i / 4) % 3) as f64).collect();
    let fit = random_intercept(&Design::new(&y, &school));
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let means: Vec<f64> = y.chunks(4).map(mean).collect();
    let grand = mean(&y);
    let msb = 4.0 * means.iter().map(|m| (m - grand).powi(2)).sum::<f64>() / 5.0;
    let msw =
        y.chunks(4).zip(&means).flat_map(|(c, m)| c.iter().map(move |v| (v - m).powi(2))).sum::<f64>() / 18.0;
    assert!((fit.component(SCHOOL).unwrap().estimate - (msb - msw) / 4.0).abs() < 1e-11);
    assert!((fit.component(RESIDUAL).unwrap().estimate - msw).abs() < 1e-11);
    for ddf in [Ddf::Satterthwaite, Ddf::KenwardRoger] {
        let test = fit.test(&[1.0], ddf, 0.05).unwrap();
        assert!((test.coef.df - 5.0).abs() < 1e-8, "{ddf:?}: {}", test.coef.df);
        assert!((test.coef.se - (msb / 24.0).sqrt()).abs() < 1e-11);
    }
}

/// The worked numbers of the golden data set.
#[test]
fn golden_set() {
    let sizes = [4, 5, 3, 4, 5, 3, 4, 5];
    let school: Vec<usize> = sizes.iter().enumerate().flat_map(|(g, n)| vec![g; *n]).collect();
    let shift = [2.0, -1.0, 0.0, 3.0, -2.0, 1.0, -3.0, 0.0];
    let t: Vec<f64> = school.iter().map(|g| f64::from(u8::from(g % 2 == 0))).collect();
    let x: Vec<f64> = (1..=33).map(|i| ((7 * i) % 11) as f64).collect();
    let y: Vec<f64> = (0..33)
        .map(|i| {
            50.0 + 3.0 * t[i] + 2.0 * x[i] + shift[school[i]] + (((13 * (i + 1)) % 17) as f64 - 8.0) / 4.0
        })
        .collect();
    let fit = random_intercept(&Design::new(&y, &school).with("t", &t).with("x", &x));
    let contrast = fit.contrast(&[("t", 1.0)]).unwrap();
    let satterthwaite = fit.test(&contrast, Ddf::Satterthwaite, 0.05).unwrap().coef;
    let kr = fit.test(&contrast, Ddf::KenwardRoger, 0.05).unwrap();
    // Half a unit of the last digit printed in the specification, wider where a numerical Hessian made it.
    for (found, expected, tolerance) in [
        (fit.components[0].estimate, 3.6086, 5e-5),
        (fit.components[1].estimate, 1.7267, 5e-5),
        (satterthwaite.estimate, 0.958_332_6, 1e-6),
        (satterthwaite.se, 1.425_119, 1e-6),
        (satterthwaite.df, 6.119_782, 1e-5),
        (satterthwaite.p, 0.525_854, 1e-6),
        (kr.coef.se, 1.425_397, 1e-6),
        (kr.coef.df, 6.029_039, 1e-5),
        (kr.coef.p, 0.526_289, 1e-6),
        (kr.plain_se, satterthwaite.se, 1e-12),
    ] {
        assert!((found - expected).abs() <= tolerance, "{found} for {expected}");
    }
}

#[test]
fn named_outcomes() {
    let expected = reference("singular");
    let d = &expected["data"];
    let design = Design::new(&numbers(&d["y"]), &indices(&d["school"])).with("t", &numbers(&d["t"]));
    let fit = random_intercept(&design);
    assert_eq!(fit.singular, [Singularity::ZeroVariance { component: SCHOOL.to_owned() }]);
    let variance = numbers(&expected["variance"]);
    assert_eq!(fit.components[0].estimate, 0.0);
    assert!((fit.components[1].estimate / variance[1] - 1.0).abs() < 1e-9);
    assert_eq!(fit.test(&[0.0, 1.0], Ddf::Satterthwaite, 0.05).unwrap_err(), MixedError::NoSchoolVariance);
    assert_eq!(fit.icc(0.05).unwrap().ci, None);
    let interval = fit.component_interval(SCHOOL, 0.05).unwrap();
    assert!(interval.profile.low == 0.0 && interval.profile.high > 0.0 && interval.wald.is_none());

    let fit = |y: &[f64], school: &[usize], terms: &[RandomTerm]| {
        fit_mixed(&Design::new(y, school), terms, Likelihood::Restricted).map(|f| f.coefficients).unwrap_err()
    };
    let y = [1.0, 4.0, 2.0, 8.0, 5.0, 7.0];
    let school = [0, 0, 0, 1, 1, 1];
    assert!(matches!(
        fit(&y, &[0; 6], &[RandomTerm::School]),
        MixedError::TooFewGroups { needed: 2, found: 1, .. }
    ));
    assert_eq!(fit(&y, &[0, 1, 2, 3, 4, 5], &[RandomTerm::School]), MixedError::Unidentified);
    let wave = RandomTerm::WithinSchool { name: "wave".to_owned(), unit: vec![0; 6] };
    assert_eq!(fit(&y, &school, &[RandomTerm::School, wave]), MixedError::Unidentified);
    let person = RandomTerm::Student { person: vec![0, 1, 2, 0, 4, 5] };
    assert_eq!(
        fit(&y, &school, &[RandomTerm::School, person]),
        MixedError::StudentInTwoSchools { person: 0 }
    );
    let alone = RandomTerm::Student { person: vec![0, 1, 2, 3, 4, 5] };
    assert_eq!(fit(&y, &school, &[RandomTerm::School, alone]), MixedError::Unidentified);
    assert!(matches!(
        fit(&y, &school, &[RandomTerm::School, RandomTerm::School]),
        MixedError::TermTwice { .. }
    ));
    assert_eq!(fit(&[3.0; 6], &school, &[RandomTerm::School]), ImpactError::NoVariation.into());
    // A program that is the school leaves nothing to tell the variance between schools.
    let arm = Design::new(&y, &school).with("t", &[0.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
    let refused = fit_mixed(&arm, &[RandomTerm::School], Likelihood::Restricted).unwrap_err();
    assert_eq!(refused, MixedError::Unidentified);
}

#[test]
fn row_order_and_scale_do_not_matter() {
    let (design, terms, _) = waves();
    let fit = fit_mixed(&design, &terms, Likelihood::Restricted).unwrap();
    let n = design.y.len();
    let order: Vec<usize> = (0..n).map(|i| (i * 97) % n).collect();
    let pick = |v: &[f64]| order.iter().map(|&i| v[i]).collect::<Vec<f64>>();
    let labels =
        |v: &[usize]| order.iter().map(|&i| 1000 - v[i] % 1000 + v[i] / 1000).collect::<Vec<usize>>();
    let moved = Design {
        names: design.names.clone(),
        columns: design.columns.iter().map(|c| pick(c)).collect(),
        y: pick(&design.y).iter().map(|y| 10.0 * y + 1e6).collect(),
        cluster: labels(&design.cluster),
    };
    let again: Vec<RandomTerm> = terms
        .iter()
        .map(|t| match t {
            RandomTerm::WithinSchool { name, unit } => RandomTerm::WithinSchool {
                name: name.clone(),
                unit: order.iter().map(|&i| unit[i]).collect(),
            },
            RandomTerm::Student { person } => {
                RandomTerm::Student { person: order.iter().map(|&i| person[i]).collect() }
            }
            other => other.clone(),
        })
        .collect();
    let other = fit_mixed(&moved, &again, Likelihood::Restricted).unwrap();
    for (a, b) in fit.components.iter().zip(&other.components) {
        assert!((b.estimate / (100.0 * a.estimate) - 1.0).abs() < 1e-8, "{}", a.name);
    }
    for (a, b) in fit.coefficients.iter().zip(&other.coefficients).skip(1) {
        assert!((b - 10.0 * a).abs() < 1e-7);
    }
}
