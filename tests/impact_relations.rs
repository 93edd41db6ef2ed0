//! Interactions of groups with the change, and associations over schools, against clubSandwich and R
//! (`tests/reference/relations.json`, made by the R script beside it).

use dampak::impact::association::{relate_persons, relate_schools};
use dampak::impact::did::stratum_columns;
use dampak::impact::moderation::{
    AdjustedModel, GroupedChanges, GroupedScores, Interaction, compare_adjusted_groups,
    compare_cluster_groups, compare_groups,
};
use dampak::impact::{Arm, CoefTest, clusters};
use serde_json::Value;

/// The JSON holds 14 digits; standard errors and F pass through eigenvalues of small matrices on both sides.
const TOLERANCE: f64 = 1e-9;
/// Degrees of freedom are ratios of sums of squares that cancel, and p follows them.
const DF_TOLERANCE: f64 = 1e-7;

struct Reference {
    root: Value,
}

impl Reference {
    fn read() -> Self {
        let text = include_str!("reference/relations.json");
        Reference { root: serde_json::from_str(text).unwrap() }
    }

    fn column(&self, name: &str) -> Vec<f64> {
        self.root["data"][name].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
    }

    fn index(&self, name: &str) -> Vec<usize> {
        self.column(name).iter().map(|v| *v as usize).collect()
    }

    fn arms(&self) -> Vec<Arm> {
        let role = |v: &f64| if *v == 1.0 { Arm::Program } else { Arm::Comparison };
        self.column("arm").iter().map(role).collect()
    }

    fn number(&self, path: &str) -> f64 {
        self.root.pointer(path).and_then(Value::as_f64).unwrap_or_else(|| panic!("{path}"))
    }

    fn near(&self, found: f64, path: &str, tolerance: f64) {
        let expected = self.number(path);
        let off = (found - expected).abs() / expected.abs().max(1e-3);
        assert!(off < tolerance, "{path}: {found} against {expected}, off by {off:e}");
    }

    fn same_test(&self, found: &CoefTest, path: &str) {
        self.near(found.estimate, &format!("{path}/estimate"), TOLERANCE);
        self.near(found.se, &format!("{path}/se"), TOLERANCE);
        self.near(found.df, &format!("{path}/df"), DF_TOLERANCE);
        self.near(found.p, &format!("{path}/p"), DF_TOLERANCE);
    }

    fn same(&self, found: Interaction, path: &str) {
        match found {
            Interaction::One(test) => self.same_test(&test, path),
            Interaction::Several(test) => {
                self.near(test.f, &format!("{path}/f"), TOLERANCE);
                self.near(test.df1, &format!("{path}/df1"), TOLERANCE);
                self.near(test.df2, &format!("{path}/df2"), DF_TOLERANCE);
                self.near(test.p, &format!("{path}/p"), DF_TOLERANCE);
            }
        }
    }
}

#[test]
fn interactions_are_those_of_club_sandwich() {
    let reference = Reference::read();
    let (change, school, arms) = (reference.column("change"), reference.index("school"), reference.arms());
    for name in ["sex", "grade"] {
        let group = reference.index(name);
        let data = GroupedChanges { change: &change, group: &group, arm: None, cluster: &school };
        reference.same(compare_groups(data, 0.05).unwrap(), &format!("/one_group/{name}"));
        let data = GroupedChanges { arm: Some(&arms), ..data };
        reference.same(compare_groups(data, 0.05).unwrap(), &format!("/two_arms/{name}"));
        assert!(!data.is_cluster_level());
    }
}

#[test]
fn groups_of_schools_are_compared_by_school_means() {
    let reference = Reference::read();
    let (change, school, arms) = (reference.column("change"), reference.index("school"), reference.arms());
    let district = reference.index("district");
    let data = GroupedChanges { change: &change, group: &district, arm: None, cluster: &school };
    assert!(data.is_cluster_level());
    assert_eq!(data.clusters_per_cell(), [5, 4, 5]);
    let found = compare_cluster_groups(data, 0.05).unwrap();
    reference.same(found, "/schools/district");
    assert!(matches!(found, Interaction::Several(test) if test.n == change.len() && test.clusters == 14));
    let two: Vec<usize> = district.iter().map(|d| usize::from(*d == 0)).collect();
    let data = GroupedChanges { group: &two, ..data };
    reference.same(compare_cluster_groups(data, 0.05).unwrap(), "/schools/two");
    let data = GroupedChanges { arm: Some(&arms), ..data };
    reference.same(compare_cluster_groups(data, 0.05).unwrap(), "/schools/two_arms");
}

#[test]
fn associations_are_those_of_r() {
    let reference = Reference::read();
    let (change, hours, school) =
        (reference.column("change"), reference.column("hours"), reference.index("school"));
    let persons = relate_persons(&hours, &change, &school, 0.05).unwrap();
    reference.same_test(&persons, "/association/persons");
    let means = |v: &[f64]| -> Vec<f64> {
        clusters::cluster_means(v, &school).unwrap().iter().map(|mean| mean.mean).collect()
    };
    let found = relate_schools(&means(&hours), &means(&change), 0.05).unwrap();
    let path = "/association/schools";
    reference.same_test(&found.slope, path);
    reference.near(found.intercept, &format!("{path}/intercept"), TOLERANCE);
    reference.near(found.pearson, &format!("{path}/pearson"), TOLERANCE);
    reference.near(found.spearman, &format!("{path}/spearman"), TOLERANCE);
    for (place, values) in [("pearson_ci", found.pearson_ci), ("leave_one_out", found.leave_one_out)] {
        let values = values.unwrap();
        reference.near(values.low, &format!("{path}/{place}/0"), TOLERANCE);
        reference.near(values.high, &format!("{path}/{place}/1"), TOLERANCE);
    }
}

/// nlme and the search here stop where the likelihood is flat: the share of schools' variance, and so the weights,
/// agree to some seven digits only.
const REML_TOLERANCE: f64 = 1e-6;

#[test]
fn adjusted_interactions_are_those_of_club_sandwich() {
    let reference = Reference::read();
    let (change, before) = (reference.column("change"), reference.column("before"));
    let after: Vec<f64> = change.iter().zip(&before).map(|(change, before)| before + change).collect();
    let (school, arms) = (reference.index("school"), reference.arms());
    let strata = stratum_columns(&reference.index("block"));
    let groups = ["sex", "grade"].map(|name| (name, reference.index(name)));
    for (name, group) in &groups {
        let data = GroupedScores {
            after: &after,
            before: &before,
            group,
            arm: &arms,
            cluster: &school,
            strata: &strata,
        };
        let plain = compare_adjusted_groups(data, AdjustedModel::Plain, 0.05).unwrap();
        reference.same(plain, &format!("/adjusted/plain/{name}"));
        let path = format!("/adjusted/working/{name}");
        let near =
            |found: f64, field: &str| reference.near(found, &format!("{path}/{field}"), REML_TOLERANCE);
        match compare_adjusted_groups(data, AdjustedModel::RandomIntercept, 0.05).unwrap() {
            Interaction::One(test) => {
                near(test.estimate, "estimate");
                near(test.se, "se");
                near(test.df, "df");
                near(test.p, "p");
            }
            Interaction::Several(test) => {
                near(test.f, "f");
                near(test.df2, "df2");
                near(test.p, "p");
            }
        }
    }
    // Arms within schools: every other student; a district is a property of schools and keeps its interaction.
    let inside: Vec<Arm> = reference
        .index("inside")
        .iter()
        .map(|arm| if *arm == 1 { Arm::Program } else { Arm::Comparison })
        .collect();
    for name in ["sex", "district"] {
        let group = reference.index(name);
        let data = GroupedScores {
            after: &after,
            before: &before,
            group: &group,
            arm: &inside,
            cluster: &school,
            strata: &[],
        };
        let found = compare_adjusted_groups(data, AdjustedModel::WithinClusters, 0.05).unwrap();
        reference.same(found, &format!("/adjusted/within/{name}"));
    }
}
