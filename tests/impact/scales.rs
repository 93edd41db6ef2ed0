//! Effect sizes of students in schools of unequal size against `tests/reference/scales.R`, which writes the formulas
//! out anew: sums over schools as traces of the matrices they stand for.

use dampak::impact::anova::one_way;
use dampak::impact::effect::{
    ClusteredSd, EffectSize, GroupSummary, PairedSummary, SchoolArms, WwcData, becker_g, clustered_becker_g,
    clustered_d_av, clustered_sd, d_z, glass_delta_clustered, hedges_between, hedges_total, hedges_within,
    pooled_sd, wwc_cluster_correction, wwc_g,
};
use dampak::impact::{CoefTest, cluster_mean};
use serde_json::Value;

use crate::peers::{Worst, indices, number, numbers};

/// Closed forms; the largest is a trace over 139 students.
const CLOSED: f64 = 1e-10;
const ALPHA: f64 = 0.05;

struct Data {
    school: Vec<usize>,
    pre: Vec<f64>,
    post: Vec<f64>,
    /// Students of the programme come first.
    program: usize,
    icc: f64,
    root: Value,
}

impl Data {
    fn read() -> Self {
        let root: Value = serde_json::from_str(include_str!("../reference/scales.json")).unwrap();
        let of = |name: &str| numbers(&root["data"][name]);
        Data {
            school: indices(&root["data"]["school"]),
            pre: of("pre"),
            post: of("post"),
            program: of("arm").iter().filter(|arm| **arm == 1.0).count(),
            icc: number(&root["icc"]),
            root,
        }
    }

    fn sizes(&self, rows: std::ops::Range<usize>) -> Vec<usize> {
        let mut sizes = std::collections::BTreeMap::new();
        self.school[rows].iter().for_each(|school| *sizes.entry(*school).or_insert(0) += 1);
        sizes.into_values().collect()
    }

    fn arms(&self) -> [Vec<usize>; 2] {
        [self.sizes(0..self.program), self.sizes(self.program..self.school.len())]
    }

    fn groups(&self) -> [GroupSummary; 2] {
        let (program, comparison) = self.post.split_at(self.program);
        [program, comparison].map(|scores| GroupSummary::new(scores).unwrap())
    }
}

fn check(worst: &mut Worst, what: &str, found: &EffectSize, expected: &Value) {
    for (name, own) in
        [("value", found.value), ("se", found.se), ("low", found.ci.low), ("high", found.ci.high)]
    {
        worst.check(&format!("{what} {name}"), own, number(&expected[name]), CLOSED);
    }
}

#[test]
fn two_arms_of_unequal_schools() {
    let data = Data::read();
    let [first, second] = data.arms();
    let arms = SchoolArms { program: &first, comparison: &second, icc: data.icc };
    let [program, comparison] = data.groups();
    let difference = program.mean - comparison.mean;
    let mut worst = Worst::new("Hedges within, between, total; WWC; unequal schools");
    let within = one_way(&data.post, &data.school).unwrap().ms_within().sqrt();
    worst.check("within SD", within, number(&data.root["within"]["sd"]), CLOSED);
    check(
        &mut worst,
        "within",
        &hedges_within(difference, within, &arms, ALPHA).unwrap(),
        &data.root["within"],
    );
    let pooled = pooled_sd(&program, &comparison).unwrap();
    worst.check("pooled SD", pooled, number(&data.root["total"]["sd"]), CLOSED);
    let total = hedges_total(difference, pooled, &arms, ALPHA).unwrap();
    check(&mut worst, "total", &total, &data.root["total"]);
    let between = number(&data.root["between"]["sd"]);
    let found = hedges_between(difference, between, &arms, ALPHA).unwrap();
    check(&mut worst, "between", &found, &data.root["between"]);

    let (sizes, expected) = ([first, second].concat(), &data.root["wwc"]);
    for (name, r2) in [("raw", 0.0), ("adjusted", 0.4)] {
        let wwc = WwcData {
            difference,
            program: &program,
            comparison: &comparison,
            sizes: &sizes,
            icc: data.icc,
            r2,
        };
        check(&mut worst, name, &wwc_g(&wwc, ALPHA).unwrap(), &expected[name]);
    }
    let corrected = wwc_cluster_correction(number(&expected["t"]), &sizes, data.icc).unwrap();
    for (name, own) in
        [("corrected", corrected.t), ("df", corrected.df), ("gamma", corrected.gamma), ("p", corrected.p)]
    {
        worst.check(name, own, number(&expected[name]), CLOSED);
    }
    let glass = &data.root["glass"];
    let side = |name: &str| number(&glass["test"][name]);
    let test =
        CoefTest::new(side("estimate"), side("se"), side("df"), ALPHA, data.post.len(), Some(11)).unwrap();
    let sd = clustered_sd(&data.sizes(data.program..data.school.len()), data.icc, 1).unwrap();
    worst.check("Glass df of the SD", sd.df, number(&glass["sd_df"]), CLOSED);
    // Without the factor that repairs an SD over schools; effect_scales.json has it.
    let plain = ClusteredSd::plain(sd.df);
    check(&mut worst, "Glass", &glass_delta_clustered(&test, &comparison, plain, ALPHA).unwrap(), glass);
}

#[test]
fn one_group_of_unequal_schools() {
    let data = Data::read();
    let rows = 0..data.program;
    let (pre, post) = (&data.pre[rows.clone()], &data.post[rows.clone()]);
    let expected = &data.root["one_group"];
    let mut worst = Worst::new("clustered Becker and d_av; metafor's SMCR; unequal schools");
    let summary = PairedSummary::new(pre, post).unwrap();
    let changes = cluster_mean::linked_changes(pre, post, &data.school[rows.clone()], ALPHA).unwrap();
    let change = cluster_mean::test_mean_change(&changes, ALPHA).unwrap();
    let sd = clustered_sd(&data.sizes(rows), data.icc, 1).unwrap();
    for (name, own) in [("change", change.estimate), ("se", change.se), ("factor", sd.factor), ("df", sd.df)]
    {
        worst.check(name, own, number(&expected[name]), CLOSED);
    }
    let becker = clustered_becker_g(&change, &summary, sd, ALPHA).unwrap();
    check(&mut worst, "Becker", &becker, &expected["becker"]);
    check(&mut worst, "d_av", &clustered_d_av(&change, &summary, sd, ALPHA).unwrap(), &expected["d_av"]);
    let theirs = &data.root["metafor"];
    let plain = becker_g(&summary, ALPHA).unwrap();
    worst.check("SMCR", plain.value, number(&theirs["SMCR"]["value"]), CLOSED);
    worst.check("SMCR variance", plain.se.powi(2), number(&theirs["SMCR"]["variance"]), CLOSED);
    // metafor multiplies d_z by the small-sample factor, dampak does not; the factor is that of SMCR.
    let factor = plain.value * summary.sd_pre / summary.change();
    let z = d_z(&summary, ALPHA).unwrap();
    worst.check("SMCC", factor * z.value, number(&theirs["SMCC"]["value"]), CLOSED);
}
