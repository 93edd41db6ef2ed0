//! Effect sizes, adjusted p-values and planned designs against R.

use dampak::impact::effect::{GroupSummary, glass_delta, superiority};
use dampak::impact::multiplicity::{benjamini_hochberg, hochberg, holm};
use dampak::impact::power::{SchoolTrialPlan, minimum_detectable_effect};
use dampak::impact::power_designs::{BlockedPlan, PlannedError, ThreeLevelPlan, power_at, units_needed};
use dampak::impact::{Arm, imputation};
use serde_json::Value;

use crate::peers::{Worst, csv, entry, number, numbers, own};

/// Closed forms.
const CLOSED: f64 = 1e-12;
const POWER: &str = "18_agreement_power_multiplicity.json";

#[test]
fn anorexia_of_effectsize() {
    let Some(data) = csv("data/peers/anorexia.csv") else { return };
    let gain = |treat: &str| {
        let own = data.filtered(|d, row| d.text("Treat")[row] == treat);
        own.numbers("Prewt").iter().zip(own.numbers("Postwt")).map(|(a, b)| b - a).collect::<Vec<f64>>()
    };
    let comparison = gain("Cont");
    let mut worst = Worst::new("Glass, probability of superiority, Cliff");
    for treat in ["CBT", "FT"] {
        let program = gain(treat);
        let of = |kind: &str| entry("11_effect_sizes.json", &format!("{kind}_anorexia_gain_{treat}_Cont"));
        let (Some(glass), Some(cles)) = (of("glass_delta"), of("cles")) else { return };
        let groups = (GroupSummary::new(&program).unwrap(), GroupSummary::new(&comparison).unwrap());
        let delta = glass_delta(&groups.0, &groups.1, 0.05).unwrap();
        worst.check(treat, delta.value, number(&glass["Glass_delta"]), CLOSED);
        let values: Vec<f64> = program.iter().chain(&comparison).copied().collect();
        let arm: Vec<Arm> = (0..values.len())
            .map(|i| if i < program.len() { Arm::Program } else { Arm::Comparison })
            .collect();
        let each: Vec<usize> = (0..values.len()).collect();
        let found = superiority(&values, &arm, &each, 0.05).unwrap();
        worst.check(treat, found.probability, number(&cles["psup_np"]["p_superiority"]), CLOSED);
        let biserial = of("rank_biserial").unwrap();
        worst.check(treat, found.cliffs_delta, number(&biserial["r_rank_biserial"]), 1e-11);
    }
}

#[test]
fn adjusted_p_of_r() {
    let mut worst = Worst::new("Holm, Hochberg, Benjamini-Hochberg");
    for id in ["p_adjust", "p_adjust_NA_ties"] {
        let Some(expected) = entry(POWER, id) else { return };
        let known = |name: &str| -> Vec<f64> {
            expected[name].as_array().unwrap().iter().filter_map(Value::as_f64).collect()
        };
        let p = known("p");
        for (name, found) in [("holm", holm(&p)), ("hochberg", hochberg(&p)), ("BH", benjamini_hochberg(&p))]
        {
            found.unwrap().iter().zip(known(name)).for_each(|(a, b)| worst.check(name, *a, b, CLOSED));
        }
    }
}

fn mdes(planned: PlannedError) -> f64 {
    minimum_detectable_effect(planned.se, planned.df, 0.05, 0.8).unwrap().value
}

#[test]
fn designs_of_power_up() {
    let expected = |id: &str| entry(POWER, id);
    let value = |v: &Value| number(&v["mdes"]["values"][0][0]);
    let (Some(cra2), Some(cra3), Some(bira2)) =
        (expected("powerup_mdes_cra2r2"), expected("powerup_mdes_cra3r3"), expected("powerup_mdes_bira2r1"))
    else {
        return;
    };
    // Quantiles of t on both sides: R's and ours agree to about 1e-12.
    let tolerance = 1e-10;
    let mut worst = Worst::new("PowerUpR");
    let plan = SchoolTrialPlan {
        schools: 40.0,
        students: 25.0,
        program_share: 0.5,
        icc: 0.15,
        r2_students: 0.4,
        r2_schools: 0.5,
        school_covariates: 1.0,
    };
    let planned = |p: &SchoolTrialPlan| p.se().map(|se| PlannedError { se, df: p.df() });
    worst.check("CRA2", mdes(planned(&plan).unwrap()), value(&cra2), tolerance);
    let plan3 = ThreeLevelPlan {
        units: 30.0,
        schools: 4.0,
        students: 20.0,
        program_share: 0.5,
        icc_units: 0.06,
        icc_schools: 0.1,
        r2: [0.0; 3],
        covariates: 0.0,
    };
    worst.check("CRA3", mdes(plan3.error().unwrap()), value(&cra3), tolerance);
    let blocked = BlockedPlan {
        schools: 20.0,
        students: 30.0,
        program_share: 0.5,
        icc: 0.15,
        effect_heterogeneity: 0.2,
        r2_effects: 0.0,
        r2_students: 0.3,
        covariates: 0.0,
        reliability: 1.0,
    };
    worst.check("BIRA2", mdes(blocked.error().unwrap()), value(&bira2), tolerance);
    let other = SchoolTrialPlan {
        schools: 50.0,
        students: 20.0,
        icc: 0.2,
        r2_students: 0.0,
        r2_schools: 0.0,
        school_covariates: 0.0,
        ..plan
    };
    let power = number(&expected("powerup_power_cra2r2").unwrap()["power"]);
    // PowerUpR counts one tail of the noncentral t; the other holds 1e-6 here.
    worst.check("power", power_at(0.25, planned(&other).unwrap(), 0.05).unwrap(), power, 1e-4);
    let schools = units_needed(0.25, 0.05, 0.8, 4, |j| planned(&SchoolTrialPlan { schools: j, ..other }));
    assert_eq!(f64::from(schools.unwrap()), number(&expected("powerup_mrss_cra2r2").unwrap()["J"]));
}

/// Rubin's rules with Barnard and Rubin's degrees of freedom, computed by R from the printed formulas.
#[test]
fn pooling() {
    let expected = own("pooling");
    let mut worst = Worst::new("Rubin, Barnard-Rubin");
    let found = imputation::pool(
        &numbers(&expected["estimates"]),
        &numbers(&expected["variances"]),
        &imputation::PoolOptions {
            complete_df: number(&expected["complete_df"]),
            alpha: 0.05,
            n: 300,
            clusters: Some(13),
        },
    )
    .unwrap();
    worst.check("estimate", found.test.estimate, number(&expected["estimate"]), CLOSED);
    worst.check("se", found.test.se, number(&expected["se"]), CLOSED);
    worst.check("df", found.test.df, number(&expected["df"]), CLOSED);
    worst.check("p", found.test.p, number(&expected["p"]), 1e-11);
    worst.check("fmi", found.fraction_missing, number(&expected["fmi"]), CLOSED);
}
