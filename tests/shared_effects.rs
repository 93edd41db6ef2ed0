//! Effect sizes, noncentral limits, adjusted p-values and power against the peers' entries that
//! `impact_reference` leaves open. The files stay outside the project; absent ones are said loudly and skipped.

#[path = "impact/peers.rs"]
#[allow(dead_code, reason = "shared by several test binaries, each of which uses a part")]
mod peers;

use dampak::impact::anova::one_way;
use dampak::impact::classical::{paired_t, pooled_t};
use dampak::impact::effect::{
    ClusteredSd, GroupSummary, Morris, PairedSummary, baseline_g, becker_g, cohens_u3, d_av, d_rm, d_z,
    did_g, morris_d_ppc2, normal_superiority, pooled_sd, small_sample_factor,
};
use dampak::impact::logit::fit_logistic;
use dampak::impact::ols::Design;
use dampak::impact::power::minimum_detectable_effect;
use dampak::impact::power_designs::{PlannedError, power_at, units_needed};
use dampak::impact::vcov::Adjustment;
use dampak::num::{Interval, noncentral};
use serde_json::Value;

use peers::{Csv, Worst, csv, entry, number, numbers};

const FILE: &str = "11_effect_sizes.json";
const POWER: &str = "18_agreement_power_multiplicity.json";
/// Closed forms.
const CLOSED: f64 = 1e-10;
/// The limits of noncentrality of the reference come from uniroot with a tolerance of 1e-12.
const LIMITS: f64 = 1e-9;
/// effectsize finds noncentral limits with optim, good to 1e-4 to 1e-3: absolute, in standard deviations.
const OPTIM: f64 = 1e-3;

const ARMS: [&str; 3] = ["CBT", "Cont", "FT"];

fn anorexia() -> Option<Csv> {
    csv("data/peers/anorexia.csv")
}

fn waves(data: &Csv, treat: &str) -> (Vec<f64>, Vec<f64>) {
    let own = data.filtered(|d, row| d.text("Treat")[row] == treat);
    (own.numbers("Prewt"), own.numbers("Postwt"))
}

fn gains(data: &Csv, treat: &str) -> Vec<f64> {
    let (pre, post) = waves(data, treat);
    pre.iter().zip(post).map(|(a, b)| b - a).collect()
}

fn near(what: &str, found: Interval, expected: &Value) {
    for (end, name) in [(found.low, "CI_low"), (found.high, "CI_high")] {
        let other = number(&expected[name]);
        assert!((end - other).abs() < OPTIM, "{what} {name}: {end} for {other}");
    }
}

#[test]
fn limits_of_noncentrality() {
    let Some(expected) = entry(FILE, "nct_ci") else { return };
    let mut worst = Worst::new("limits of noncentrality");
    for case in expected.as_array().unwrap() {
        let found =
            noncentral::noncentrality_interval(number(&case["t"]), number(&case["df"]), 0.05).unwrap();
        worst.check("low", found.low, number(&case["ncp"][0]), LIMITS);
        worst.check("high", found.high, number(&case["ncp"][1]), LIMITS);
    }
}

/// The family of one group before and after: d_z, d_rm, both kinds of d_av, Becker's g with metafor's variance.
#[test]
fn one_group_before_and_after() {
    let Some(data) = anorexia() else { return };
    let mut worst = Worst::new("d_z, d_rm, d_av, Becker, SMCC, SMCR, MC");
    for treat in ARMS {
        let of = |kind: &str| entry(FILE, &format!("{kind}_anorexia_{treat}"));
        let (Some(family), Some(smcr), Some(smcc), Some(mc)) =
            (of("d_family_paired"), of("metafor_SMCR"), of("metafor_SMCC"), of("metafor_MC"))
        else {
            return;
        };
        let (pre, post) = waves(&data, treat);
        let s = PairedSummary::new(&pre, &post).unwrap();
        let side = |name: &str| number(&family[name]);
        let (z, rm, av, g) = (
            d_z(&s, 0.05).unwrap(),
            d_rm(&s, 0.05).unwrap(),
            d_av(&s, 0.05).unwrap(),
            becker_g(&s, 0.05).unwrap(),
        );
        let j = small_sample_factor(s.n as f64 - 1.0).unwrap();
        for (name, found) in [
            ("mean_diff", s.change()),
            ("sd_diff", s.sd_change()),
            ("sd_pre", s.sd_pre),
            ("sd_post", s.sd_post),
            ("r", s.r),
            ("dz", z.value),
            ("d_rm", rm.value),
            ("d_av_rmsSD", av.value),
            ("J_n_1", j),
            ("gz", j * z.value),
            ("g_rm", j * rm.value),
            ("g_pre", g.value),
            ("d_pre_becker", s.change() / s.sd_pre),
            ("se_smcr_metafor", g.se),
        ] {
            worst.check(&format!("{name} {treat}"), found, side(name), CLOSED);
        }
        // `d_av_meanSD` divides by the mean of the SDs (Cumming), `d_av` here by the root mean square (Bonett);
        // `se_becker` puts the uncorrected d into the variance; metafor's SMCR is what is used here.
        let mean_sd = s.change() / (0.5 * (s.sd_pre + s.sd_post));
        worst.check("d_av, mean of SDs", mean_sd, side("d_av_meanSD"), CLOSED);
        let d2 = (s.change() / s.sd_pre).powi(2);
        let other = (2.0 * (1.0 - s.r) / s.n as f64 + d2 / (2.0 * s.n as f64)).sqrt();
        worst.check("se_becker", other, side("se_becker"), CLOSED);
        worst.check("SMCR", g.value, number(&smcr["yi"]), CLOSED);
        worst.check("SMCR variance", g.se.powi(2), number(&smcr["vi"]), CLOSED);
        worst.check("SMCC", j * z.value, number(&smcc["yi"]), CLOSED);
        // metafor puts g into the variance of SMCC, d_z here keeps d: 1/n + g^2 / (2n).
        let n = s.n as f64;
        let smcc_variance = z.se.powi(2) - (1.0 - j * j) * z.value.powi(2) / (2.0 * n);
        worst.check("SMCC variance", smcc_variance, number(&smcc["vi"]), CLOSED);
        let test = paired_t(&pre, &post, 0.05).unwrap();
        worst.check("MC", test.estimate, number(&mc["yi"]), CLOSED);
        worst.check("MC variance", test.se.powi(2), number(&mc["vi"]), CLOSED);
    }
}

#[test]
fn paired_effects_and_their_intervals() {
    let mut worst = Worst::new("paired d and g of effectsize");
    let mut check = |id: &str, pre: &[f64], post: &[f64]| {
        let Some(expected) = entry(FILE, &format!("cohens_d_paired_{id}")) else { return };
        let found = d_z(&PairedSummary::new(pre, post).unwrap(), 0.05).unwrap();
        worst.check(id, found.value, number(&expected["Cohens_d"]), CLOSED);
        near(id, found.ci, &expected);
        if id != "bdf" {
            let Some(expected) = entry(FILE, &format!("hedges_g_paired_{id}")) else { return };
            let j = small_sample_factor(pre.len() as f64 - 1.0).unwrap();
            worst.check(id, j * found.value, number(&expected["Hedges_g"]), CLOSED);
            near(id, found.ci.scaled(j), &expected);
        }
    };
    if let Some(data) = anorexia() {
        for treat in ARMS {
            let (pre, post) = waves(&data, treat);
            check(&format!("anorexia_{treat}"), &pre, &post);
        }
    }
    if let Some(data) = csv("data/peers/sleep.csv") {
        let of = |wanted: &str| data.filtered(|d, row| d.text("group")[row] == wanted).numbers("extra");
        check("sleep", &of("1"), &of("2"));
    }
    if let Some(data) = csv("data/peers/bdf.csv") {
        check("bdf", &data.numbers("langPRET"), &data.numbers("langPOST"));
    }
}

/// Two groups: pooled d, Hedges' g with both factors, intervals of the noncentral t, translations of d.
#[test]
fn two_groups() {
    let Some(data) = anorexia() else { return };
    let comparison = gains(&data, "Cont");
    let mut worst = Worst::new("two groups: d, g, U3, superiority");
    for treat in ["CBT", "FT"] {
        let program = gains(&data, treat);
        let of = |kind: &str| entry(FILE, &format!("{kind}_anorexia_gain_{treat}_Cont"));
        let (Some(d), Some(g), Some(large), Some(cles)) =
            (of("cohens_d_pooled"), of("hedges_g"), of("smd_largesample_se"), of("cles"))
        else {
            return;
        };
        let (a, b) = (GroupSummary::new(&program).unwrap(), GroupSummary::new(&comparison).unwrap());
        let value = (a.mean - b.mean) / pooled_sd(&a, &b).unwrap();
        worst.check("d", value, number(&d["Cohens_d"]), CLOSED);
        let test = pooled_t(&program, &comparison, 0.05).unwrap();
        let scale = (1.0 / a.n as f64 + 1.0 / b.n as f64).sqrt();
        let limits = noncentral::noncentrality_interval(test.t, test.df, 0.05).unwrap().scaled(scale);
        near(treat, limits, &d);
        let j = small_sample_factor(test.df).unwrap();
        worst.check("J", j, number(&large["J_exact"]), CLOSED);
        worst.check("g", j * value, number(&g["Hedges_g"]), CLOSED);
        near(treat, limits.scaled(j), &g);
        let side = |name: &str| number(&large[name]);
        for (name, found) in [
            ("mean1", a.mean),
            ("mean2", b.mean),
            ("sd1", a.sd),
            ("sd2", b.sd),
            ("d", value),
            ("g", j * value),
        ] {
            worst.check(name, found, side(name), CLOSED);
        }
        // The baseline difference uses the approximate factor, as the What Works Clearinghouse prints it, and
        // g in place of d in the variance; the entry's se_g is J times se_d.
        let own = baseline_g(&a, &b, 0.05).unwrap().g;
        worst.check("g, approximate factor", own.value, side("g_approx"), CLOSED);
        let (w, total) = (side("J_approx"), (a.n + b.n) as f64);
        let se_d = ((own.se / w).powi(2) + (value.powi(2) - own.value.powi(2)) / (2.0 * total)).sqrt();
        worst.check("se of d", se_d, side("se_d"), CLOSED);
        worst.check("superiority", normal_superiority(value), number(&cles["psup"]["p_superiority"]), CLOSED);
        worst.check("U3", cohens_u3(value), number(&cles["u3"]["Cohens_U3"]), CLOSED);
    }
}

/// Morris takes the approximate factor (5e-5 below the exact one here), as his paper prints it.
#[test]
fn pretest_posttest_comparison_group() {
    let Some(data) = anorexia() else { return };
    let mut worst = Worst::new("Morris d_ppc2");
    let (pre0, post0) = waves(&data, "Cont");
    for treat in ["CBT", "FT"] {
        let Some(expected) = entry(FILE, &format!("morris_dppc2_anorexia_{treat}")) else { return };
        let (pre, post) = waves(&data, treat);
        let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
        let (a, b) = (GroupSummary::new(&pre).unwrap(), GroupSummary::new(&pre0).unwrap());
        let morris = Morris {
            program_pre: a,
            program_post_mean: mean(&post),
            comparison_pre: b,
            comparison_post_mean: mean(&post0),
            r: 0.5,
        };
        let found = morris_d_ppc2(&morris, 0.05).unwrap();
        worst.check("d_ppc2", found.value, number(&expected["dppc2"]), CLOSED);
        worst.check("SD", found.standardizer, number(&expected["sd_pre_pooled"]), CLOSED);
        let did = pooled_t(&gains(&data, treat), &gains(&data, "Cont"), 0.05).unwrap();
        let df = (a.n + b.n - 2) as f64;
        let exact = did_g(&did, &a, &b, ClusteredSd::plain(df), 0.05).unwrap();
        let ratio = small_sample_factor(df).unwrap() / number(&expected["cp"]);
        worst.check("DiD g", exact.value, ratio * number(&expected["dppc2"]), CLOSED);
    }
}

#[test]
fn explained_variance_and_odds() {
    let Some(data) = anorexia() else { return };
    let gains: Vec<f64> =
        data.numbers("Prewt").iter().zip(data.numbers("Postwt")).map(|(a, b)| b - a).collect();
    let found = one_way(&gains, &data.labels("Treat")).unwrap();
    let mut worst = Worst::new("eta squared, odds ratio");
    let (Some(eta), Some(table)) = (entry(FILE, "eta_anorexia"), entry(FILE, "table_2x2_birthwt")) else {
        return;
    };
    worst.check("eta", found.eta_squared(), number(&eta["eta"]["Eta2"]), CLOSED);
    let Some(cells) = entry("10_descriptives_tests.json", "chisq_2x2_birthwt") else { return };
    let count = |r: usize, c: usize| number(&cells["table"]["values"][r][c]) as usize;
    let rows: Vec<(f64, f64)> = [(0, 0), (0, 1), (1, 0), (1, 1)]
        .iter()
        .flat_map(|&(r, c)| vec![(r as f64, c as f64); count(r, c)])
        .collect();
    let (smoke, low): (Vec<f64>, Vec<f64>) = rows.into_iter().unzip();
    let own: Vec<usize> = (0..low.len()).collect();
    let fit = fit_logistic(&Design::new(&low, &own).with("smoke", &smoke)).unwrap();
    let odds = fit.test(&[0.0, 1.0], Adjustment::Cr0, 0.05).unwrap().odds_ratio;
    worst.check("odds ratio", odds, number(&table["or"]["Odds_ratio"]), 1e-9);
}

fn two_sample(n1: f64, n2: f64) -> PlannedError {
    PlannedError { se: (1.0 / n1 + 1.0 / n2).sqrt(), df: n1 + n2 - 2.0 }
}

fn pairs(n: f64) -> PlannedError {
    PlannedError { se: n.sqrt().recip(), df: n - 1.0 }
}

/// pwr's powers at given sizes, and at the sizes it solved for (to 1e-4 of uniroot).
#[test]
fn power_of_pwr() {
    let Some(expected) = entry(POWER, "power_t") else { return };
    let mut worst = Worst::new("power of t tests");
    let side = |case: &str, name: &str| number(&expected[case][name]);
    let mut check = |case: &str, planned: PlannedError, tolerance: f64| {
        let found = power_at(side(case, "d"), planned, 0.05).unwrap();
        worst.check(case, found, side(case, "power"), tolerance);
    };
    check("pow_two", two_sample(30.0, 30.0), CLOSED);
    check("unequal", two_sample(40.0, 90.0), CLOSED);
    check("mdes_two", two_sample(100.0, 100.0), 1e-4);
    check("mdes_paired", pairs(40.0), 1e-4);
    for case in ["n_two_d.5", "n_two_d.2"] {
        check(case, two_sample(side(case, "n"), side(case, "n")), 1e-4);
    }
    check("n_paired_d.3", pairs(side("n_paired_d.3", "n")), 1e-4);
    check("unequal_solve", two_sample(40.0, side("unequal_solve", "n2")), 1e-4);
    // Whole numbers: the multiplier t(1 - alpha/2) + t(power) stands for the noncentral t.
    let whole = |case: &str, plan: fn(f64) -> PlannedError, power: f64| {
        let found = units_needed(side(case, "d"), 0.05, power, 4, |n| Ok(plan(n))).unwrap();
        assert!((f64::from(found) - side(case, "n").ceil()).abs() <= 1.0, "{case}: {found}");
    };
    whole("n_paired_d.3", pairs, 0.8);
    whole("n_two_d.5", |n| two_sample(n, n), 0.8);
    whole("n_two_d.2", |n| two_sample(n, n), 0.9);
}

/// Designs of PowerUpR that have no plan of their own here: its multiplier on their printed errors.
#[test]
fn multipliers_of_power_up() {
    let (Some(ira), Some(bcra)) = (entry(POWER, "powerup_mdes_ira1r1"), entry(POWER, "powerup_mdes_bcra3r2"))
    else {
        return;
    };
    let mut worst = Worst::new("PowerUpR: IRA1, BCRA3");
    let errors = [
        (&ira, ((1.0 - 0.4) / (0.25 * 400.0f64)).sqrt()),
        (&bcra, (0.1 * 0.2 / 12.0 + 0.1 / (0.25 * 6.0 * 12.0) + 0.8 / (0.25 * 6.0 * 12.0 * 20.0f64)).sqrt()),
    ];
    for (expected, se) in errors {
        let found = minimum_detectable_effect(se, number(&expected["df"]), 0.05, 0.8).unwrap();
        let row = numbers(&expected["mdes"]["values"][0]);
        worst.check("MDES", found.value, row[0], CLOSED);
        worst.check("multiplier", found.value / se, number(&expected["ncp"]), CLOSED);
    }
}
