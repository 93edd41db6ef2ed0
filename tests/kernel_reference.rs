//! The kernels against R: `reference/kernels.R` made `reference/kernels.json` (R 4.2.2, clubSandwich 0.5.8,
//! psych 2.2.9, metafor 3.8.1). Each quantity has its tolerance with a reason; none was loosened to pass.
//!
//! The JSON has 15 significant digits, so 1e-13 is the best that can be asked of a single number.

use dampak::impact::{
    Arm, CoefTest, ancova, classical, cluster_mean, did, effect, icc, multiplicity, proportion,
};
use dampak::impact::{ols, permutation, resampling::ResamplingOptions, sign_flip, vcov};
use dampak::num::{dist, moments, noncentral};
use dampak::psych::{ItemMatrix, ctt};
use serde_json::Value;

/// Closed forms in both programs: only the order of sums differs.
const CLOSED: f64 = 1e-11;
/// Satterthwaite's df subtract sums that nearly cancel; clubSandwich takes matrix roots of I - H.
const SATTERTHWAITE: f64 = 1e-10;
/// Tails: R's own pt and pf are good to about 1e-13 near the centre and lose digits with the size of ln p.
const TAIL: f64 = 1e-11;
/// R's noncentral t sums a series to 1e-12 and warns of less; limits also carry uniroot's 1e-12.
const NONCENTRAL: f64 = 1e-9;

fn reference() -> Value {
    serde_json::from_str(include_str!("reference/kernels.json")).expect("kernels.json is valid JSON")
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().map(number).collect(),
        other => vec![number(other)],
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// The largest relative difference met, printed so that a run says how close it came.
struct Worst {
    topic: &'static str,
    difference: f64,
}

impl Worst {
    fn new(topic: &'static str) -> Self {
        Worst { topic, difference: 0.0 }
    }

    fn check(&mut self, what: &str, found: f64, expected: f64, tolerance: f64) {
        let difference = (found - expected).abs() / expected.abs().max(1e-300);
        let difference = if found == expected { 0.0 } else { difference };
        assert!(difference <= tolerance, "{}: {what}: {found:e} for {expected:e}", self.topic);
        self.difference = self.difference.max(difference);
    }

    /// For quantities around zero, where a relative difference says nothing.
    fn check_absolute(&mut self, what: &str, found: f64, expected: f64, tolerance: f64) {
        let difference = (found - expected).abs();
        assert!(difference <= tolerance, "{}: {what}: {found:e} for {expected:e}", self.topic);
        self.difference = self.difference.max(difference);
    }
}

impl Drop for Worst {
    fn drop(&mut self) {
        eprintln!("{}: worst difference {:.1e}", self.topic, self.difference);
    }
}

struct Students {
    school: Vec<usize>,
    arm: Vec<Arm>,
    pre: Vec<f64>,
    post: Vec<f64>,
    ses: Vec<f64>,
    change: Vec<f64>,
}

fn students(reference: &Value) -> Students {
    let data = &reference["students"];
    let column = |name: &str| numbers(&data[name]);
    let (pre, post) = (column("pre"), column("post"));
    Students {
        school: column("school").iter().map(|s| *s as usize).collect(),
        arm: column("arm").iter().map(|a| if *a > 0.5 { Arm::Program } else { Arm::Comparison }).collect(),
        change: pre.iter().zip(&post).map(|(a, b)| b - a).collect(),
        ses: column("ses"),
        pre,
        post,
    }
}

fn check_coef(worst: &mut Worst, found: &CoefTest, expected: &Value, at: usize) {
    let value = |field: &str| numbers(&expected[field])[at];
    worst.check("estimate", found.estimate, value("estimate"), CLOSED);
    worst.check("se", found.se, value("se"), CLOSED);
    worst.check("df", found.df, value("df"), SATTERTHWAITE);
    worst.check("p", found.p, value("p"), 1e-9); // p multiplies the error of t and df by about |ln p|
    worst.check_absolute("low", found.ci.low, value("low"), 1e-9);
    worst.check_absolute("high", found.ci.high, value("high"), 1e-9);
}

#[test]
fn cluster_robust_tests() {
    let reference = reference();
    let s = students(&reference);
    let program: Vec<f64> = s.arm.iter().map(|a| a.indicator()).collect();
    let designs = [
        ("intercept_only", ols::Design::new(&s.change, &s.school)),
        ("did_students", ols::Design::new(&s.change, &s.school).with("arm", &program)),
        (
            "ancova",
            ols::Design::new(&s.post, &s.school)
                .with("arm", &program)
                .with("pre", &s.pre)
                .with("ses", &s.ses),
        ),
    ];
    let kinds = [
        ("CR0", vcov::Adjustment::Cr0),
        ("CR1", vcov::Adjustment::Cr1),
        ("CR1S", vcov::Adjustment::Cr1s),
        ("CR2", vcov::Adjustment::Cr2),
        ("CR3", vcov::Adjustment::Cr3),
    ];
    let mut worst = Worst::new("CR0 to CR3 with Satterthwaite df");
    for (name, design) in &designs {
        let fit = ols::fit_ols(design).unwrap();
        for (kind, adjustment) in kinds {
            let variance = vcov::ClusterVariance::new(&fit, adjustment).unwrap();
            for j in 0..fit.rank() {
                let mut contrast = vec![0.0; fit.rank()];
                contrast[j] = 1.0;
                check_coef(&mut worst, &variance.test(&contrast, 0.05).unwrap(), &reference[*name][kind], j);
            }
        }
    }
    let own: Vec<usize> = (0..s.post.len()).collect();
    let fit = ols::fit_ols(&ols::Design { cluster: own, ..designs[2].1.clone() }).unwrap();
    let variance = vcov::ClusterVariance::new(&fit, vcov::Adjustment::Cr2).unwrap();
    for j in 0..4 {
        let contrast: Vec<f64> = (0..4).map(|i| f64::from(u8::from(i == j))).collect();
        check_coef(&mut worst, &variance.test(&contrast, 0.05).unwrap(), &reference["singletons"], j);
    }
}

#[test]
fn designs_of_one_and_two_arms() {
    let reference = reference();
    let s = students(&reference);
    let mut worst = Worst::new("one group, DiD and ANCOVA");
    let changes = cluster_mean::linked_changes(&s.pre, &s.post, &s.school, 0.05).unwrap();
    check_coef(
        &mut worst,
        &cluster_mean::test_mean_change(&changes, 0.05).unwrap(),
        &reference["school_mean_t"],
        0,
    );
    let student = cluster_mean::test_student_mean(&s.change, &s.school, 0.05).unwrap();
    check_coef(&mut worst, &student, &reference["intercept_only"]["CR2"], 0);
    let schools = did::did_schools(&s.change, &s.arm, &s.school, 0.05).unwrap();
    check_coef(&mut worst, &schools.welch, &reference["did_welch"], 0);
    check_coef(&mut worst, &schools.pooled, &reference["did_pooled"], 0);
    check_coef(&mut worst, &schools.cr2, &reference["did_means_cr2"], 1);
    let students = did::did_students(&s.change, &s.arm, &s.school, 0.05).unwrap();
    check_coef(&mut worst, &students, &reference["did_students"]["CR2"], 1);
    let covariates = [ancova::Covariate { name: "ses", values: &s.ses }];
    let data = ancova::AncovaData {
        post: &s.post,
        pre: &s.pre,
        arm: &s.arm,
        cluster: &s.school,
        covariates: &covariates,
    };
    let fit = ancova::ancova(&data, 0.05).unwrap();
    check_coef(&mut worst, &fit.effect, &reference["ancova"]["CR2"], 1);
    check_coef(&mut worst, &fit.covariates[0].test, &reference["ancova"]["CR2"], 2);
    check_coef(&mut worst, &fit.covariates[1].test, &reference["ancova"]["CR2"], 3);
    let means = &reference["adjusted_means"];
    for (at, found) in [fit.program_mean, fit.comparison_mean].iter().enumerate() {
        worst.check("adjusted mean", found.estimate, numbers(&means["estimate"])[at], CLOSED);
        worst.check("its se", found.se, numbers(&means["se"])[at], CLOSED);
        worst.check("its df", found.df, numbers(&means["df"])[at], SATTERTHWAITE);
        worst.check("its low", found.ci.low, numbers(&means["low"])[at], CLOSED);
    }
    check_coef(&mut worst, &classical::paired_t(&s.pre, &s.post, 0.05).unwrap(), &reference["paired_t"], 0);
}

#[test]
fn tests_by_reassignment() {
    let reference = reference();
    let s = students(&reference);
    let schools = did::did_schools(&s.change, &s.arm, &s.school, 0.05).unwrap();
    let means: Vec<f64> = schools.schools.iter().map(|m| m.mean).collect();
    let found = permutation::permutation_test(&means, &schools.arms, ResamplingOptions::default()).unwrap();
    let expected = &reference["permutation"];
    assert_eq!((found.extreme, found.total), (count(&expected["extreme"]), count(&expected["total"])));
    let mut worst = Worst::new("permutation statistic");
    worst.check("statistic", found.statistic, number(&expected["statistic"]), CLOSED);
    let found = sign_flip::sign_flip_test(&means, ResamplingOptions::default()).unwrap();
    let expected = &reference["sign_flip"];
    assert_eq!((found.extreme, found.total), (count(&expected["extreme"]), count(&expected["total"])));
}

fn count(value: &Value) -> u64 {
    value.as_u64().expect("a count")
}

#[test]
fn intraclass_correlation() {
    let reference = reference();
    let s = students(&reference);
    let mut worst = Worst::new("ICC");
    for (name, values) in [("pre", &s.pre), ("post", &s.post)] {
        let found = icc::anova_icc(values, &s.school, 0.05).unwrap();
        let expected = &reference["icc"][name];
        worst.check("icc", found.value, number(&expected["value"]), CLOSED);
        worst.check("n0", found.n0, number(&expected["n0"]), CLOSED);
        worst.check("low", found.ci.low, number(&expected["low"]), CLOSED);
        worst.check("high", found.ci.high, number(&expected["high"]), CLOSED);
    }
}

#[test]
fn effect_sizes() {
    let reference = reference();
    let s = students(&reference);
    let expected = &reference["effects"];
    let summary = effect::PairedSummary::new(&s.pre, &s.post).unwrap();
    let mut worst = Worst::new("effect sizes");
    let g = effect::becker_g(&summary, 0.05).unwrap();
    // metafor's J(m) is a difference of log gammas around 300: about 1e-13 of rounding.
    worst.check("SMCR", g.value, number(&expected["smcr"]["value"]), CLOSED);
    worst.check("SMCR variance", g.se * g.se, number(&expected["smcr"]["variance"]), CLOSED);
    let av = effect::d_av(&summary, 0.05).unwrap();
    worst.check("d_av", av.value, number(&expected["d_av"]["value"]), CLOSED);
    worst.check("d_av variance", av.se * av.se, number(&expected["d_av"]["variance"]), CLOSED);
    let z = effect::d_z(&summary, 0.05).unwrap();
    worst.check("d_z", z.value, number(&expected["d_z"]["value"]), CLOSED);
    worst.check("d_z low", z.ci.low, number(&expected["d_z"]["low"]), NONCENTRAL);
    worst.check("d_z high", z.ci.high, number(&expected["d_z"]["high"]), NONCENTRAL);
    let nct = &expected["noncentral_t"];
    for (i, p) in numbers(&nct["p"]).iter().enumerate() {
        let at = |name: &str| numbers(&nct[name])[i];
        worst.check("noncentral t", noncentral::t_cdf(at("t"), at("df"), at("ncp")).unwrap(), *p, NONCENTRAL);
    }
}

#[test]
fn counts_shares_and_adjusted_p() {
    let reference = reference();
    let mut worst = Worst::new("McNemar, shares, Holm and BH");
    let pairs = &reference["mcnemar"];
    for (i, improved) in numbers(&pairs["improved"]).iter().enumerate() {
        let at = |name: &str| numbers(&pairs[name])[i];
        let found = classical::mcnemar(*improved as u64, at("declined") as u64).unwrap();
        worst.check("chi2", found.chi2, at("chi2"), CLOSED);
        worst.check("p chi2", found.p_chi2, at("p_chi2"), TAIL);
        worst.check("p exact", found.p_exact, at("p_exact"), TAIL);
    }
    let adjust = &reference["adjust"];
    let p = numbers(&adjust["p"]);
    for (name, found) in [("holm", multiplicity::holm(&p)), ("bh", multiplicity::benjamini_hochberg(&p))] {
        for (found, expected) in found.unwrap().iter().zip(numbers(&adjust[name])) {
            worst.check(name, *found, expected, CLOSED);
        }
    }
    let wilson = &reference["wilson"];
    for (i, x) in numbers(&wilson["x"]).iter().enumerate() {
        let values: Vec<f64> = (0..20).map(|k| f64::from(u8::from(f64::from(k) < *x))).collect();
        let found = proportion::wilson_share(&values, 0.05).unwrap();
        worst.check_absolute("wilson low", found.ci.low, numbers(&wilson["low"])[i], CLOSED);
        worst.check_absolute("wilson high", found.ci.high, numbers(&wilson["high"])[i], CLOSED);
    }
    let s = students(&reference);
    let improved: Vec<f64> = s.change.iter().map(|d| f64::from(u8::from(*d > 0.0))).collect();
    let share = proportion::clustered_share(&improved, &s.school, 0.05).unwrap();
    worst.check("share", share.value, number(&reference["share_cr2"]["estimate"]), CLOSED);
    worst.check("share low", share.ci.low, number(&reference["share_cr2"]["low"]), CLOSED);
}

#[test]
fn distributions_far_out() {
    let reference = reference();
    let mut worst = Worst::new("tails and quantiles");
    let at = |topic: &str, name: &str, i: usize| numbers(&reference[topic][name])[i];
    // R's ln p keeps going below the smallest double; there ours on the natural scale is 0.
    let mut compare = |what: &str, found: f64, ln_p: f64| {
        if ln_p > -700.0 {
            // The relative error of p is the absolute error of ln p, which R holds to about 1e-15 |ln p|.
            worst.check(what, found, ln_p.exp(), TAIL + 1e-14 * ln_p.abs());
        }
    };
    for (i, ln_p) in numbers(&reference["t_tails"]["ln_p"]).iter().enumerate() {
        let (t, df) = (at("t_tails", "t", i), at("t_tails", "df", i));
        compare("t", dist::t_two_sided_p(t, df).unwrap(), *ln_p);
    }
    for (i, ln_p) in numbers(&reference["f_tails"]["ln_p"]).iter().enumerate() {
        let (f, d1, d2) = (at("f_tails", "f", i), at("f_tails", "d1", i), at("f_tails", "d2", i));
        compare("F", dist::f_sf(f, d1, d2).unwrap(), *ln_p);
    }
    for (i, ln_p) in numbers(&reference["chi2_tails"]["ln_p"]).iter().enumerate() {
        compare("chi2", dist::chi2_sf(at("chi2_tails", "x", i), at("chi2_tails", "df", i)).unwrap(), *ln_p);
    }
    for (i, ln_p) in numbers(&reference["normal"]["ln_sf"]).iter().enumerate() {
        compare("normal", dist::normal_sf(at("normal", "z", i)), *ln_p);
    }
    for (i, t) in numbers(&reference["t_quantiles"]["t"]).iter().enumerate() {
        let found = dist::t_quantile(at("t_quantiles", "p", i), at("t_quantiles", "df", i)).unwrap();
        worst.check("t quantile", found, *t, 1e-11); // R's qt holds 1e-13 and prints 15 digits
    }
    for (i, q) in numbers(&reference["normal"]["q"]).iter().enumerate() {
        worst.check_absolute(
            "normal quantile",
            dist::normal_quantile(at("normal", "p", i)).unwrap(),
            *q,
            1e-12,
        );
    }
}

#[test]
fn classical_item_analysis() {
    let reference = reference();
    let items = &reference["items"];
    let max_points = numbers(&items["max_points"]);
    let mut worst = Worst::new("alpha and item-rest, complete and with missing points");
    for name in ["complete", "holed"] {
        let rows = items[name].as_array().unwrap();
        let cells: Vec<&Value> = rows.iter().flat_map(|r| r.as_array().unwrap()).collect();
        let points = cells.iter().map(|c| c.as_f64().unwrap_or(0.0)).collect();
        let missing = cells.iter().map(|c| c.is_null()).collect();
        let matrix = ItemMatrix::new(rows.len(), 9, points, missing, max_points.clone()).unwrap();
        let covariance = ctt::item_covariance(&matrix).unwrap();
        let alpha = ctt::alpha(&matrix, &covariance, 0.05).unwrap();
        let expected = &items[format!("{name}_result")];
        worst.check("alpha", alpha.value, number(&expected["alpha"]), CLOSED);
        worst.check("Feldt low", alpha.ci.low, number(&expected["low"]), CLOSED);
        worst.check("Feldt high", alpha.ci.high, number(&expected["high"]), CLOSED);
        for (at, item) in ctt::item_statistics(&matrix, &covariance).unwrap().iter().enumerate() {
            let value = |field: &str| numbers(&expected[field])[at];
            assert_eq!(item.n, value("n") as usize);
            worst.check("mean", item.mean, value("mean"), CLOSED);
            worst.check("sd", item.sd.unwrap(), value("sd"), CLOSED);
            worst.check("item-rest", item.item_rest.unwrap(), value("item_rest"), CLOSED);
            worst.check("if dropped", alpha.if_dropped[at].value, value("if_dropped"), CLOSED);
        }
    }
}

#[test]
fn moments_agree_with_each_other() {
    let s = students(&reference());
    let summary = effect::PairedSummary::new(&s.pre, &s.post).unwrap();
    let mut worst = Worst::new("SD of change from its parts");
    worst.check("sd", summary.sd_change(), moments::sd(&s.change).unwrap(), 1e-12);
}
