//! Wild bootstrap, absorbed effects and joint cluster-robust tests.

use dampak::impact::absorb::fit_within;
use dampak::impact::ols::{Design, FittedOls, fit_ols};
use dampak::impact::resampling::Reference;
use dampak::impact::vcov::{Adjustment, ClusterVariance};
use dampak::impact::wild::{WildOptions, WildResiduals, WildScores, WildTies, WildWeights, wild_bootstrap};

use crate::peers::{Csv, Worst, csv, entry, indices, number, numbers, own};

/// Closed forms with sums over some thousand rows.
const CLOSED: f64 = 1e-10;
/// Satterthwaite's df: sums that nearly cancel, in the reference (n x n matrices) as here.
const DF: f64 = 1e-8;

/// The pupils of the achievement awards trial whose columns are all known.
pub fn awards(keep: impl Fn(&Csv, usize) -> bool, columns: &[&str]) -> Option<Csv> {
    let data = csv("data/peers/AchievementAwardsRCT.csv")?;
    Some(data.filtered(|d, row| keep(d, row) && columns.iter().all(|c| !d.text(c)[row].is_empty())))
}

fn check_wald(worst: &mut Worst, fit: &FittedOls, terms: &[&str], expected: (f64, f64, f64)) {
    let contrasts: Vec<Vec<f64>> = terms.iter().map(|t| fit.contrast(&[(t, 1.0)]).unwrap()).collect();
    let found = ClusterVariance::new(fit, Adjustment::Cr2).unwrap().wald(&contrasts).unwrap();
    worst.check("F", found.f, expected.0, CLOSED);
    worst.check("df", found.df2, expected.1, DF);
    worst.check("p", found.p, expected.2, DF);
}

#[test]
fn wild_bootstrap_of_fwildclusterboot() {
    let religious =
        |d: &Csv, r: usize| d.text("year")[r] == "2001" && d.text("school_type")[r] == "Religious";
    let columns = ["Bagrut_status", "treated", "lagscore", "siblings"];
    let (Some(expected), Some(data)) =
        (entry("19_wild_bootstrap.json", "wcr11_achv_religious_enumerated"), awards(religious, &columns))
    else {
        return;
    };
    let mut design = Design::new(&data.numbers(columns[0]), &data.labels("school_id"));
    for name in &columns[1..] {
        design = design.with(name, &data.numbers(name));
    }
    let fit = fit_ols(&design).unwrap();
    let options = WildOptions { ties: WildTies::Counted, ..WildOptions::default() };
    let test = wild_bootstrap(&fit, &fit.contrast(&[("treated", 1.0)]).unwrap(), &options).unwrap();
    let mut worst = Worst::new("wild bootstrap, religious schools");
    worst.check("estimate", test.estimate, number(&expected["coef"]["treated"]), CLOSED);
    worst.check("t", test.t, number(&expected["t"]), CLOSED);
    // The peer counts |t*| > |t| in floating point: here rounding put the observed pattern and its opposite,
    // which are ties, on the larger side (566 of 1,024); counted strictly they are 564.
    assert_eq!(test.p_counted, number(&expected["p"]), "an enumerated p is a ratio of whole numbers");
    assert_eq!(test.p_strict, number(&expected["p"]) - 2.0 / 1024.0);
    assert_eq!((test.n as f64, test.clusters as f64), (number(&expected["n"]), number(&expected["G"])));
    assert_eq!((test.draws as f64, test.reference), (number(&expected["n_boot"]), Reference::Enumerated));
}

/// Every pattern of signs with new outcomes and new fits in R: the definition of the variants.
#[test]
fn wild_variants_by_refitting() {
    let expected = own("wild");
    let cluster = indices(&expected["cluster"]);
    let design = Design::new(&numbers(&expected["y"]), &cluster)
        .with("t", &numbers(&expected["t"]))
        .with("x", &numbers(&expected["x"]));
    let fit = fit_ols(&design).unwrap();
    let mut worst = Worst::new("wild bootstrap variants, ends of intervals");
    for (name, residuals, scores) in [
        ("wcr11", WildResiduals::Restricted, WildScores::Plain),
        ("wcu11", WildResiduals::Unrestricted, WildScores::Plain),
        ("wcr31", WildResiduals::Restricted, WildScores::Jackknife),
        ("wcu31", WildResiduals::Unrestricted, WildScores::Jackknife),
    ] {
        let expected = &expected[name];
        for null in ["0", "2.5"] {
            let options =
                WildOptions { residuals, scores, null: null.parse().unwrap(), ..WildOptions::default() };
            let test = wild_bootstrap(&fit, &[0.0, 1.0, 0.0], &options).unwrap();
            assert_eq!(test.p_counted, number(&expected["p_counted"][null]), "{name} at {null}");
            assert_eq!(test.p_strict, number(&expected["p_strict"][null]), "{name} at {null}");
            // R halves its bracket until it is 1e-9 wide.
            worst.check(name, test.ci.low.unwrap(), number(&expected["low"]), 1e-7);
            worst.check(name, test.ci.high.unwrap(), number(&expected["high"]), 1e-7);
        }
    }
    // Six points on five clusters, all 6^5 patterns, against 99,999 draws: 4 Monte Carlo standard errors.
    let expected = own("webb");
    let design = Design::new(&numbers(&expected["y"]), &indices(&expected["cluster"]))
        .with("x", &numbers(&expected["x"]));
    let options = WildOptions { weights: WildWeights::Webb, draws: 99_999, ..WildOptions::default() };
    let test = wild_bootstrap(&fit_ols(&design).unwrap(), &[0.0, 1.0], &options).unwrap();
    let p = number(&expected["p_counted"]);
    assert!((test.p_counted - p).abs() < 4.0 * (p * (1.0 - p) / 99_999.0).sqrt(), "{} for {p}", test.p);
}

#[test]
fn joint_tests_of_club_sandwich() {
    let numeric = ["treated", "siblings", "immigrant", "father_ed", "mother_ed", "lagscore"];
    let columns: Vec<&str> = [["Bagrut_status", "school_type", "sex"].as_slice(), &numeric].concat();
    let year = |d: &Csv, r: usize| d.text("year")[r] == "2001";
    let (Some(expected), Some(data)) =
        (entry("12_models_cluster.json", "achv_lpm_2001_wald_HTZ"), awards(year, &columns))
    else {
        return;
    };
    let mut design = Design::new(&data.numbers("Bagrut_status"), &data.labels("school_id"))
        .with("religious", &data.is("school_type", "Religious"))
        .with("secular", &data.is("school_type", "Secular"))
        .with("girl", &data.is("sex", "Girl"));
    for name in numeric {
        design = design.with(name, &data.numbers(name));
    }
    let tests = &expected["tests"];
    let at = tests["test"].as_array().unwrap().iter().position(|t| t == "HTZ").unwrap();
    let field = |name: &str| number(&tests[name][at]);
    let mut worst = Worst::new("HTZ, achievement awards");
    let expected = (field("Fstat"), field("df_denom"), field("p_val"));
    check_wald(&mut worst, &fit_ols(&design).unwrap(), &["treated", "religious", "secular"], expected);
}

/// Pairs absorbed: clubSandwich on the data from which R took the pair means, school clusters.
#[test]
fn absorbed_pairs_of_club_sandwich() {
    let expected = own("absorbed");
    let column = |name: &str| numbers(&expected[name]);
    let design = Design::new(&column("y"), &indices(&expected["school"]))
        .with("t", &column("t"))
        .with("x", &column("x"));
    let within = fit_within(&design, &[&indices(&expected["pair"])]).unwrap();
    let mut worst = Worst::new("absorbed pairs");
    worst.check("sigma", within.fit.sigma2.sqrt(), number(&expected["sigma"]), CLOSED);
    for (kind, adjustment) in [
        ("CR0", Adjustment::Cr0),
        ("CR1", Adjustment::Cr1),
        ("CR2", Adjustment::Cr2),
        ("CR3", Adjustment::Cr3),
    ] {
        let variance = ClusterVariance::new(&within.fit, adjustment).unwrap();
        for (at, name) in ["t", "x"].iter().enumerate() {
            let found = variance.test(&within.fit.contrast(&[(name, 1.0)]).unwrap(), 0.05).unwrap();
            let field = |what: &str| number(&expected[kind][what][at]);
            worst.check(name, found.estimate, field("beta"), CLOSED);
            worst.check(name, found.se, field("se"), CLOSED);
            worst.check(name, found.df, field("df"), DF);
        }
    }
    let wald = &expected["HTZ"];
    let expected = (number(&wald["F"]), number(&wald["df"]), number(&wald["p"]));
    check_wald(&mut worst, &within.fit, &["t", "x"], expected);
}

/// School effects absorbed: the peer fitted one indicator per school.
#[test]
fn absorbed_schools_of_the_awards_trial() {
    let years = |d: &Csv, r: usize| ["2000", "2001"].contains(&d.text("year")[r].as_str());
    let (Some(expected), Some(data)) = (
        entry("12_models_cluster.json", "did_achv_schoolFE"),
        awards(years, &["Bagrut_status", "treated", "school_id"]),
    ) else {
        return;
    };
    let (post, school) = (data.is("year", "2001"), data.labels("school_id"));
    let product: Vec<f64> = data.numbers("treated").iter().zip(&post).map(|(a, b)| a * b).collect();
    let design = Design::new(&data.numbers("Bagrut_status"), &school)
        .with("post", &post)
        .with("treated:post", &product);
    let within = fit_within(&design, &[&school]).unwrap();
    let mut worst = Worst::new("absorbed schools, awards trial");
    for (kind, adjustment) in [("CR0", Adjustment::Cr0), ("CR1", Adjustment::Cr1), ("CR2", Adjustment::Cr2)] {
        let table = &expected["cr"][kind];
        let variance = ClusterVariance::new(&within.fit, adjustment).unwrap();
        for (at, term) in table["term"].as_array().unwrap().iter().enumerate() {
            let contrast = within.fit.contrast(&[(term.as_str().unwrap(), 1.0)]).unwrap();
            let found = variance.test(&contrast, 0.05).unwrap();
            worst.check(kind, found.estimate, number(&table["beta"][at]), 1e-9);
            worst.check(kind, found.se, number(&table["se"][at]), CLOSED);
            worst.check(kind, found.df, number(&table["df_satt"][at]), DF);
        }
    }
}
