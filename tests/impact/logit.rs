//! Logistic and proportional odds regression with schools against clubSandwich, polr and sandwich.

use std::fs;

use dampak::impact::ImpactError;
use dampak::impact::logit::{Information, fit_logistic, fit_ordinal};
use dampak::impact::ols::Design;
use dampak::impact::vcov::Adjustment;
use dampak::num::NumError;
use serde_json::Value;

use crate::peers::{Worst, entry, indices, number, numbers};

/// Sandwiches are closed forms at the same coefficients.
const CLOSED: f64 = 1e-9;
/// glm at its default tolerance keeps the information of the step before the last, clubSandwich's bread.
const LAGGED: f64 = 1e-4;
/// Satterthwaite's df: sums that nearly cancel.
const DF: f64 = 1e-7;

/// A topic of the reference file of mixed and logistic models.
pub fn reference(topic: &str) -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/mixed.json");
    let text = fs::read_to_string(path).expect("the project's own reference file is here");
    let all: Value = serde_json::from_str(&text).expect("reference files are valid JSON");
    let found = all[topic].clone();
    assert!(!found.is_null(), "mixed.json has no topic {topic}");
    found
}

fn unit(length: usize, place: usize) -> Vec<f64> {
    let mut contrast = vec![0.0; length];
    contrast[place] = 1.0;
    contrast
}

const FAMILY: [(&str, Adjustment); 4] =
    [("CR0", Adjustment::Cr0), ("CR1", Adjustment::Cr1), ("CR2", Adjustment::Cr2), ("CR3", Adjustment::Cr3)];

#[test]
fn logistic_regression_of_club_sandwich() {
    let (expected, data) = (reference("logit"), reference("multisite"));
    let d = &data["data"];
    let design = Design::new(&numbers(&expected["pass"]), &indices(&d["school"]))
        .with("t", &numbers(&d["t"]))
        .with("pre", &numbers(&d["pre"]));
    let fit = fit_logistic(&design).unwrap();
    let mut worst = Worst::new("logistic regression, converged weights");
    let mut late = Worst::new("logistic regression, glm's default weights");
    for j in 0..3 {
        worst.check("beta", fit.coefficients[j], numbers(&expected["converged"]["beta"])[j], CLOSED);
        for (name, adjustment) in FAMILY {
            let found = fit.test(&unit(3, j), adjustment, 0.05).unwrap();
            let side = |kind: &str, column: &str| numbers(&expected[kind][name][column])[j];
            worst.check(name, found.coef.se, side("converged", "se"), CLOSED);
            worst.check(name, found.coef.df, side("converged", "df"), DF);
            late.check(name, found.coef.se, side("default", "se"), 1e-3);
            assert!((found.odds_ratio.ln() - fit.coefficients[j]).abs() < 1e-13);
            assert_eq!((found.coef.n, found.coef.clusters), (182, Some(10)));
        }
    }
}

#[test]
fn school_trial_of_club_sandwich() {
    let numeric = ["siblings", "immigrant", "father_ed", "mother_ed", "lagscore"];
    let columns: Vec<&str> =
        [["Bagrut_status", "treated", "school_type", "sex"].as_slice(), &numeric].concat();
    let (Some(expected), Some(d)) = (
        entry("12_models_cluster.json", "achv_logit_2001"),
        crate::cluster::awards(|d, r| d.text("year")[r] == "2001", &columns),
    ) else {
        return;
    };
    let base = Design::new(&d.numbers("Bagrut_status"), &d.labels("school_id"))
        .with("treated", &d.numbers("treated"))
        .with("religious", &d.is("school_type", "Religious"))
        .with("secular", &d.is("school_type", "Secular"))
        .with("girl", &d.is("sex", "Girl"));
    let fit = fit_logistic(&numeric.iter().fold(base, |x, c| x.with(c, &d.numbers(c)))).unwrap();
    let mut worst = Worst::new("logistic regression, achievement awards");
    worst.check("deviance", fit.deviance, number(&expected["deviance"]), 1e-12);
    for j in 0..fit.names.len() {
        let errors = numbers(&expected["coef"]["Std. Error"]);
        let beta = numbers(&expected["coef"]["Estimate"])[j];
        worst.check("beta", fit.coefficients[j] / errors[j], beta / errors[j], 1e-6);
        for (name, adjustment) in &FAMILY[..3] {
            let found = fit.test(&unit(fit.names.len(), j), *adjustment, 0.05).unwrap().coef;
            let cr = &expected["cr"][name];
            worst.check(name, found.se, numbers(&cr["se"])[j], LAGGED);
            worst.check(name, found.df, numbers(&cr["df_satt"])[j], LAGGED);
        }
    }
}

#[test]
fn proportional_odds_of_polr_and_sandwich() {
    let (expected, data) = (reference("ordinal"), reference("multisite"));
    let d = &data["data"];
    let names = ["t", "pre"].map(str::to_owned);
    let level: Vec<usize> = indices(&expected["level"]).iter().map(|l| l - 1).collect();
    let fit =
        fit_ordinal(&names, &[numbers(&d["t"]), numbers(&d["pre"])], &level, &indices(&d["school"])).unwrap();
    let theta = [fit.thresholds.clone(), fit.coefficients.clone()].concat();
    let side = |name: &str| numbers(&expected[name]);
    let mut worst = Worst::new("proportional odds");
    // polr stops by function values; its Hessian is optim's differences.
    let mut loose = Worst::new("proportional odds, polr and sandwich as they stand");
    for j in 0..5 {
        worst.check("theta", theta[j], side("theta")[j], CLOSED);
        worst.check("se", fit.model_se(Information::Expected)[j], side("se_expected")[j], CLOSED);
        // The reference's observed information is a central difference of exact scores.
        worst.check("se", fit.model_se(Information::Observed)[j], side("se_observed")[j], 1e-7);
        worst.check("CR0", fit.sandwich_se(Information::Expected)[j], side("cr0_expected")[j], CLOSED);
        worst.check("CR0", fit.sandwich_se(Information::Observed)[j], side("cr0_observed")[j], 1e-7);
        let of = |adjustment| fit.test(&unit(5, j), adjustment, 0.05).unwrap().coef;
        worst.check("CR0", of(Adjustment::Cr0).se, side("cr0_expected")[j], CLOSED);
        worst.check("CR1", of(Adjustment::Cr1).se, side("cr1_expected")[j], CLOSED);
        worst.check("CR2", of(Adjustment::Cr2).se, side("cr2_se")[j], CLOSED);
        worst.check("CR2 df", of(Adjustment::Cr2).df, side("cr2_df")[j], DF);
        loose.check("theta", theta[j], side("polr")[j], 1e-6);
        loose.check("sandwich", fit.sandwich_se(Information::Observed)[j], side("sandwich_cr0")[j], 1e-3);
    }
    assert_eq!(fit.test(&unit(5, 3), Adjustment::Cr2, 0.05).unwrap().coef.n, 182);
}

#[test]
fn two_levels_are_a_logistic_regression() {
    let (expected, data) = (reference("logit"), reference("multisite"));
    let d = &data["data"];
    let (school, t, pre) = (indices(&d["school"]), numbers(&d["t"]), numbers(&d["pre"]));
    let pass = numbers(&expected["pass"]);
    let binary = fit_logistic(&Design::new(&pass, &school).with("t", &t).with("pre", &pre)).unwrap();
    let level: Vec<usize> = pass.iter().map(|y| *y as usize).collect();
    let ordinal = fit_ordinal(&["t".to_owned(), "pre".to_owned()], &[t, pre], &level, &school).unwrap();
    // With one threshold a student has one row, so only CR2's root differs.
    for (_, adjustment) in FAMILY {
        let of_binary = binary.test(&unit(3, 1), adjustment, 0.05).unwrap();
        let of_ordinal = ordinal.test(&unit(3, 1), adjustment, 0.05).unwrap();
        let tolerance = if adjustment == Adjustment::Cr2 { 1e-2 } else { 1e-9 };
        assert!((of_binary.coef.estimate - of_ordinal.coef.estimate).abs() < 1e-10);
        assert!((of_binary.coef.se / of_ordinal.coef.se - 1.0).abs() < tolerance);
        assert!((of_binary.coef.df / of_ordinal.coef.df - 1.0).abs() < 10.0 * tolerance);
    }
}

#[test]
fn named_outcomes() {
    let school = [0, 0, 1, 1, 2, 2];
    let x = [1.0, 2.0, 1.0, 3.0, 2.0, 3.0];
    let fit = |y: &[f64]| fit_logistic(&Design::new(y, &school).with("x", &x)).map(|f| f.coefficients);
    assert_eq!(fit(&[1.0; 6]).unwrap_err(), ImpactError::Num(NumError::NoVariation));
    let separated = fit(&[0.0, 0.0, 0.0, 1.0, 0.0, 1.0]).unwrap_err();
    assert!(matches!(separated, ImpactError::Num(NumError::NotConverged { .. })));
    assert!(matches!(
        fit(&[0.0, 2.0, 0.0, 1.0, 0.0, 1.0]),
        Err(ImpactError::Num(NumError::OutOfRange { .. }))
    ));
    let good = Design::new(&[0.0, 1.0, 0.0, 1.0, 1.0, 0.0], &school).with("x", &x).with("again", &x);
    let good = fit_logistic(&good).unwrap();
    assert_eq!(good.dropped, ["again"]);
    assert!(matches!(good.contrast(&[("again", 1.0)]), Err(ImpactError::RankDeficient { .. })));
    assert!(good.test(&[0.0, 1.0], Adjustment::Cr1s, 0.05).is_err());
    let empty_level = fit_ordinal(&["x".to_owned()], &[x.to_vec()], &[0, 2, 0, 2, 2, 0], &school);
    assert_eq!(empty_level.map(|f| f.n).unwrap_err(), ImpactError::Num(NumError::NoVariation));
    let one_school =
        fit_logistic(&Design::new(&[0.0, 1.0, 0.0, 1.0, 1.0, 0.0], &[0; 6]).with("x", &x)).unwrap();
    assert!(matches!(
        one_school.test(&[0.0, 1.0], Adjustment::Cr2, 0.05),
        Err(ImpactError::TooFewClusters { .. })
    ));
}
