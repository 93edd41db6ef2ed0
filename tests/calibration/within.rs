//! Analyses of the designs beyond linked students in whole schools: students drawn by lot within schools, pairs of
//! schools, repeated cross-sections. Cheap methods only.

use dampak::impact::absorb::fit_within;
use dampak::impact::ancova::PRETEST;
use dampak::impact::classical::welch_t;
use dampak::impact::cluster_mean::{linked_changes, test_mean_change};
use dampak::impact::clusters::cluster_means;
use dampak::impact::did::{PROGRAM, did_schools, did_schools_within, stratum_columns};
use dampak::impact::ols::{Design, fit_ols};
use dampak::impact::unclustered::classical_test;
use dampak::impact::vcov::{Adjustment, cluster_test};

use super::methods::{ALPHA, Analysed, Answer, Method, Role, method, of, working};

pub const STUDENTS_RANDOMISED: [Method; 5] = [
    method("ancova_within", Role::Primary, true),
    method("ancova_cr2", Role::Sensitivity, true),
    method("did_student_cr2", Role::Sensitivity, true),
    method("within_classical", Role::Wrong, true),
    method("student_ancova_ols", Role::Wrong, true),
];

pub const PAIRED: [Method; 6] = [
    method("did_pairs_cr2", Role::Primary, true),
    method("ancova_working_pairs_cr2", Role::Sensitivity, true),
    method("did_cluster_cr2", Role::Sensitivity, true),
    method("ancova_working_cr2", Role::Sensitivity, true),
    method("student_welch", Role::Wrong, true),
    method("student_ancova_ols", Role::Wrong, true),
];

pub const CROSS_SECTIONS: [Method; 3] = [
    method("cluster_mean_t", Role::Primary, true),
    method("student_cr2", Role::Sensitivity, true),
    method("student_welch", Role::Wrong, true),
];

pub const CROSS_SECTIONS_COMPARISON: [Method; 5] = [
    method("did_cluster_cr2", Role::Primary, true),
    method("did_cluster_pooled", Role::Sensitivity, true),
    method("did_cluster_welch", Role::Sensitivity, true),
    method("did_student_cr2", Role::Sensitivity, true),
    method("student_did_ols", Role::Wrong, true),
];

impl Analysed<'_> {
    pub(super) fn of_students_randomised(&self, name: &str) -> Option<Answer> {
        if !matches!(name, "ancova_within" | "within_classical") {
            return self.of_two_arms(name);
        }
        let fit = fit_within(&self.ancova_design(), &[&self.study.school]).ok()?.fit;
        let contrast = fit.contrast(&[(PROGRAM, 1.0)]).ok()?;
        match name {
            "ancova_within" => cluster_test(&fit, &contrast, Adjustment::Cr2, ALPHA).ok().map(of),
            _ => classical_test(&fit, &contrast, ALPHA).ok().map(of),
        }
    }

    /// Schools 0 and 1, 2 and 3, ... are pairs.
    pub(super) fn of_pairs(&self, name: &str) -> Option<Answer> {
        let study = self.study;
        let pair: Vec<usize> = study.school.iter().map(|school| school / 2).collect();
        match name {
            "did_pairs_cr2" => {
                did_schools_within(&self.change, &study.arm, &study.school, &pair, ALPHA).ok().map(of)
            }
            "ancova_working_pairs_cr2" => {
                let design = Design::new(&study.post, &study.school)
                    .with(PROGRAM, &self.program)
                    .with(PRETEST, &study.pre);
                let columns = stratum_columns(&pair);
                working(&columns.iter().fold(design, |design, own| design.with(&own.name, &own.values)))
            }
            _ => self.of_two_arms(name),
        }
    }

    pub(super) fn of_cross_sections(&self, two: bool, name: &str) -> Option<Answer> {
        let study = self.study;
        let means = |v: &[f64]| cluster_means(v, &study.school);
        let (before, after) = (means(&study.pre).ok()?, means(&study.post).ok()?);
        let change: Vec<f64> =
            after.iter().zip(&before).map(|(after, before)| after.mean - before.mean).collect();
        let own: Vec<usize> = (0..change.len()).collect();
        let schools = || did_schools(&change, &study.school_arm, &own, ALPHA).ok();
        match name {
            "cluster_mean_t" => {
                let changes = linked_changes(&study.pre, &study.post, &study.school, ALPHA).ok()?;
                test_mean_change(&changes, ALPHA).ok().map(of)
            }
            "did_cluster_cr2" => schools().map(|s| of(s.cr2)),
            "did_cluster_pooled" => schools().map(|s| of(s.pooled)),
            "did_cluster_welch" => schools().map(|s| of(s.welch)),
            "student_welch" => welch_t(&study.post, &study.pre, ALPHA).ok().map(of),
            "student_cr2" | "did_student_cr2" | "student_did_ols" => {
                let (design, wanted) = self.both_waves(two);
                let fit = fit_ols(&design).ok()?;
                let contrast = fit.contrast(&[(wanted, 1.0)]).ok()?;
                match name {
                    "student_did_ols" => classical_test(&fit, &contrast, ALPHA).ok().map(of),
                    _ => cluster_test(&fit, &contrast, Adjustment::Cr2, ALPHA).ok().map(of),
                }
            }
            _ => panic!("no method {name}"),
        }
    }

    /// Scores of both waves on wave, or on arm, wave and their product.
    fn both_waves(&self, two: bool) -> (Design, &'static str) {
        let study = self.study;
        let n = study.pre.len();
        let wave: Vec<f64> = (0..2 * n).map(|i| f64::from(u8::from(i >= n))).collect();
        let scores = [study.pre.as_slice(), study.post.as_slice()].concat();
        let school = [study.school.as_slice(), study.school.as_slice()].concat();
        let design = Design::new(&scores, &school).with("wave", &wave);
        if !two {
            return (design, "wave");
        }
        let program = [self.program.as_slice(), self.program.as_slice()].concat();
        let product: Vec<f64> = program.iter().zip(&wave).map(|(a, b)| a * b).collect();
        (design.with(PROGRAM, &program).with("wave:program", &product), "wave:program")
    }
}
