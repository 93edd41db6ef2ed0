//! The analyses that are held against each other, each through the public kernels.

use dampak::impact::ancova::{AncovaData, PRETEST, ancova};
use dampak::impact::classical::{paired_t, pooled_t, welch_t};
use dampak::impact::cluster_mean::{linked_changes, test_mean_change, test_student_mean};
use dampak::impact::clusters::cluster_means;
use dampak::impact::did::{PROGRAM, did_schools, did_students};
use dampak::impact::mixed::{Ddf, Likelihood, RandomTerm, fit_mixed};
use dampak::impact::ols::{Design, FittedOls, fit_ols};
use dampak::impact::permutation::permutation_test;
use dampak::impact::resampling::ResamplingOptions;
use dampak::impact::sign_flip::sign_flip_test;
use dampak::impact::unclustered::{ancova_classical, classical_test};
use dampak::impact::vcov::{Adjustment, ClusterVariance, cluster_test};
use dampak::impact::wild::{WildOptions, wild_bootstrap};
use dampak::impact::working::fit_random_intercept;
use dampak::impact::{Arm, CoefTest};

use super::design::{DesignKind, Study};
use super::within;

/// Level of tests and intervals.
pub const ALPHA: f64 = 0.05;

/// Draws of the wild bootstrap and the permutation test where they are not enumerated.
const DRAWS: u32 = 999;

/// What the plan does with a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// What `analysis::plan` chooses for the design.
    Primary,
    /// Beside it, or a candidate.
    Sensitivity,
    /// What evaluations are seen to use, and should not.
    Wrong,
}

impl Role {
    pub fn name(self) -> &'static str {
        match self {
            Role::Primary => "primary",
            Role::Sensitivity => "sensitivity",
            Role::Wrong => "wrong",
        }
    }
}

/// A method of one design.
#[derive(Debug, Clone, Copy)]
pub struct Method {
    pub name: &'static str,
    pub role: Role,
    /// Run on every study; the others on the first [`super::cell::EXPENSIVE`] ones.
    pub cheap: bool,
}

pub(super) const fn method(name: &'static str, role: Role, cheap: bool) -> Method {
    Method { name, role, cheap }
}

const ONE_GROUP: [Method; 12] = [
    method("cluster_mean_t", Role::Primary, true),
    method("student_cr2", Role::Sensitivity, true),
    method("mixed_satterthwaite", Role::Sensitivity, false),
    method("mixed_kenward_roger", Role::Sensitivity, false),
    method("wild_restricted", Role::Sensitivity, false),
    method("sign_flip", Role::Sensitivity, false),
    method("student_paired_t", Role::Wrong, true),
    method("student_cr0_normal", Role::Wrong, true),
    method("student_cr1_normal", Role::Wrong, true),
    method("mixed_no_school_wave", Role::Wrong, false),
    method("mixed_no_school_wave_satterthwaite", Role::Wrong, false),
    method("mixed_normal", Role::Wrong, false),
];

const fn two_arms(did: Role, ancova: Role) -> [Method; 24] {
    [
        method("did_cluster_cr2", did, true),
        method("ancova_cr2", Role::Sensitivity, true),
        method("did_cluster_pooled", Role::Sensitivity, true),
        method("did_cluster_welch", Role::Sensitivity, true),
        method("did_student_cr2", Role::Sensitivity, true),
        method("did_working_cr2", Role::Sensitivity, true),
        method("ancova_working_cr2", ancova, true),
        method("ancova_school_means_t", Role::Sensitivity, true),
        method("ancova_school_means_cr2", Role::Sensitivity, true),
        method("mixed_satterthwaite", Role::Sensitivity, false),
        method("mixed_kenward_roger", Role::Sensitivity, false),
        method("ancova_mixed_satterthwaite", Role::Sensitivity, false),
        method("ancova_mixed_kenward_roger", Role::Sensitivity, false),
        method("wild_did", Role::Sensitivity, false),
        method("wild_ancova", Role::Sensitivity, false),
        method("school_permutation", Role::Sensitivity, false),
        method("student_welch", Role::Wrong, true),
        method("student_pooled_t", Role::Wrong, true),
        method("student_ancova_ols", Role::Wrong, true),
        method("did_cr0_normal", Role::Wrong, true),
        method("did_cr1_normal", Role::Wrong, true),
        method("ancova_cr1_normal", Role::Wrong, true),
        method("mixed_no_school_wave", Role::Wrong, false),
        method("mixed_normal", Role::Wrong, false),
    ]
}

const COMPARISON: [Method; 24] = two_arms(Role::Primary, Role::Sensitivity);
const RANDOMISED: [Method; 24] = two_arms(Role::Sensitivity, Role::Primary);

/// The methods of a design in the order of the table.
pub fn methods(design: DesignKind) -> &'static [Method] {
    match design {
        DesignKind::OneGroup => &ONE_GROUP,
        DesignKind::Comparison => &COMPARISON,
        DesignKind::Randomised => &RANDOMISED,
        DesignKind::StudentsRandomised => &within::STUDENTS_RANDOMISED,
        DesignKind::Paired => &within::PAIRED,
        DesignKind::CrossSections => &within::CROSS_SECTIONS,
        DesignKind::CrossSectionsComparison => &within::CROSS_SECTIONS_COMPARISON,
    }
}

/// What one method said about one study.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    pub p: f64,
    /// Ends of the interval; an open end is infinite. `None` for a test without interval.
    pub interval: Option<[f64; 2]>,
}

pub(super) fn of(test: CoefTest) -> Answer {
    Answer { p: test.p, interval: Some([test.ci.low, test.ci.high]) }
}

/// The fits that several methods share, made once per study.
pub struct Analysed<'a> {
    pub(super) study: &'a Study,
    pub(super) change: Vec<f64>,
    pub(super) program: Vec<f64>,
}

impl<'a> Analysed<'a> {
    pub fn new(study: &'a Study) -> Self {
        let program = study.arm.iter().map(|arm| arm.indicator()).collect();
        Analysed { study, change: study.change(), program }
    }

    /// The answer of the method with this name; `None` when it gives none for these data (a singular mixed model).
    pub fn answer(&self, design: DesignKind, name: &str) -> Option<Answer> {
        let two = design.compares();
        match design {
            DesignKind::StudentsRandomised => return self.of_students_randomised(name),
            DesignKind::Paired => return self.of_pairs(name),
            _ if design.unlinked() => return self.of_cross_sections(two, name),
            _ => {}
        }
        match name {
            "mixed_satterthwaite" => self.mixed(two, Waves::InSchools, Some(Ddf::Satterthwaite)),
            "mixed_kenward_roger" => self.mixed(two, Waves::InSchools, Some(Ddf::KenwardRoger)),
            "mixed_normal" => self.mixed(two, Waves::InSchools, None),
            "mixed_no_school_wave" => self.mixed(two, Waves::Ignored, None),
            "mixed_no_school_wave_satterthwaite" => self.mixed(two, Waves::Ignored, Some(Ddf::Satterthwaite)),
            _ if two => self.of_two_arms(name),
            _ => self.of_one_group(name),
        }
    }

    fn of_one_group(&self, name: &str) -> Option<Answer> {
        let Study { pre, post, school, seed, .. } = self.study;
        let fit = || fit_ols(&Design::new(&self.change, school)).ok();
        match name {
            "cluster_mean_t" => {
                test_mean_change(&linked_changes(pre, post, school, ALPHA).ok()?, ALPHA).ok().map(of)
            }
            "student_cr2" => test_student_mean(&self.change, school, ALPHA).ok().map(of),
            "wild_restricted" => wild(&fit()?, &[1.0], *seed),
            "sign_flip" => {
                let means: Vec<f64> =
                    cluster_means(&self.change, school).ok()?.iter().map(|m| m.mean).collect();
                let options = ResamplingOptions { draws: DRAWS, seed: *seed };
                let test = sign_flip_test(&means, options).ok()?;
                Some(Answer { p: test.p, interval: None })
            }
            "student_paired_t" => paired_t(pre, post, ALPHA).ok().map(of),
            "student_cr0_normal" => normal(&fit()?, &[1.0], Adjustment::Cr0),
            "student_cr1_normal" => normal(&fit()?, &[1.0], Adjustment::Cr1),
            _ => panic!("no method {name}"),
        }
    }

    pub(super) fn of_two_arms(&self, name: &str) -> Option<Answer> {
        let Study { pre, post, school, arm, .. } = self.study;
        let change_fit = || fit_ols(&self.change_design()).ok();
        let contrast = |fit: &FittedOls| fit.contrast(&[(PROGRAM, 1.0)]).ok();
        let schools = || did_schools(&self.change, arm, school, ALPHA).ok();
        let of_arm = |wanted: Arm| -> Vec<f64> {
            self.change.iter().zip(arm).filter(|(_, a)| **a == wanted).map(|(v, _)| *v).collect()
        };
        match name {
            "did_cluster_cr2" => schools().map(|s| of(s.cr2)),
            "did_cluster_pooled" => schools().map(|s| of(s.pooled)),
            "did_cluster_welch" => schools().map(|s| of(s.welch)),
            "did_student_cr2" => did_students(&self.change, arm, school, ALPHA).ok().map(of),
            "ancova_cr2" => {
                let data = AncovaData { post, pre, arm, cluster: school, covariates: &[] };
                ancova(&data, ALPHA).ok().map(|a| of(a.effect))
            }
            "did_working_cr2" => working(&self.change_design()),
            "ancova_working_cr2" => working(&self.ancova_design()),
            "ancova_school_means_t" => self.ancova_of_means(false),
            "ancova_school_means_cr2" => self.ancova_of_means(true),
            "ancova_mixed_satterthwaite" => self.ancova_mixed(Ddf::Satterthwaite),
            "ancova_mixed_kenward_roger" => self.ancova_mixed(Ddf::KenwardRoger),
            "wild_did" => change_fit().and_then(|fit| wild(&fit, &contrast(&fit)?, self.study.seed)),
            "wild_ancova" => self.ancova_fit().and_then(|fit| wild(&fit, &contrast(&fit)?, self.study.seed)),
            "school_permutation" => self.permutation(),
            "student_welch" => welch_t(&of_arm(Arm::Program), &of_arm(Arm::Comparison), ALPHA).ok().map(of),
            "student_pooled_t" => {
                pooled_t(&of_arm(Arm::Program), &of_arm(Arm::Comparison), ALPHA).ok().map(of)
            }
            "student_ancova_ols" => ancova_classical(post, pre, arm, ALPHA).ok().map(of),
            "did_cr0_normal" => change_fit().and_then(|fit| normal(&fit, &contrast(&fit)?, Adjustment::Cr0)),
            "did_cr1_normal" => change_fit().and_then(|fit| normal(&fit, &contrast(&fit)?, Adjustment::Cr1)),
            "ancova_cr1_normal" => {
                self.ancova_fit().and_then(|fit| normal(&fit, &contrast(&fit)?, Adjustment::Cr1))
            }
            _ => panic!("no method {name}"),
        }
    }

    fn change_design(&self) -> Design {
        Design::new(&self.change, &self.study.school).with(PROGRAM, &self.program)
    }

    pub(super) fn ancova_design(&self) -> Design {
        let Study { pre, post, school, .. } = self.study;
        Design::new(post, school).with(PROGRAM, &self.program).with(PRETEST, pre)
    }

    fn ancova_fit(&self) -> Option<FittedOls> {
        fit_ols(&self.ancova_design()).ok()
    }

    /// Mean after on arm and mean before, one row per school.
    fn ancova_of_means(&self, cr2: bool) -> Option<Answer> {
        let mean = |v: &[f64]| -> Option<Vec<f64>> {
            Some(cluster_means(v, &self.study.school).ok()?.iter().map(|m| m.mean).collect())
        };
        let (pre, post) = (mean(&self.study.pre)?, mean(&self.study.post)?);
        let own: Vec<usize> = (0..post.len()).collect();
        if cr2 {
            let arm = &self.study.school_arm;
            let data = AncovaData { post: &post, pre: &pre, arm, cluster: &own, covariates: &[] };
            return ancova(&data, ALPHA).ok().map(|a| of(a.effect));
        }
        let program: Vec<f64> = self.study.school_arm.iter().map(|a| a.indicator()).collect();
        let fit = fit_ols(&Design::new(&post, &own).with(PROGRAM, &program).with(PRETEST, &pre)).ok()?;
        classical_test(&fit, &fit.contrast(&[(PROGRAM, 1.0)]).ok()?, ALPHA).ok().map(of)
    }

    fn permutation(&self) -> Option<Answer> {
        let means: Vec<f64> =
            cluster_means(&self.change, &self.study.school).ok()?.iter().map(|m| m.mean).collect();
        let options = ResamplingOptions { draws: DRAWS, seed: self.study.seed };
        let test = permutation_test(&means, &self.study.school_arm, options).ok()?;
        Some(Answer { p: test.p, interval: None })
    }

    /// The mixed model of both waves: change of one group, or difference of the changes.
    fn mixed(&self, two: bool, waves: Waves, ddf: Option<Ddf>) -> Option<Answer> {
        let n = self.change.len();
        let both = |v: &[f64]| [v, v].concat();
        let y = [self.study.pre.as_slice(), self.study.post.as_slice()].concat();
        let school: Vec<usize> = self.study.school.iter().chain(&self.study.school).copied().collect();
        let post: Vec<f64> = (0..2 * n).map(|i| f64::from(u8::from(i >= n))).collect();
        let mut design = Design::new(&y, &school).with("post", &post);
        let mut name = "post";
        if two {
            let program = both(&self.program);
            let product: Vec<f64> = program.iter().zip(&post).map(|(a, b)| a * b).collect();
            design = design.with(PROGRAM, &program).with("post:program", &product);
            name = "post:program";
        }
        let person: Vec<usize> = (0..2 * n).map(|i| i % n).collect();
        let mut terms = vec![RandomTerm::School, RandomTerm::Student { person }];
        if waves == Waves::InSchools {
            let unit = (0..2 * n).map(|i| i / n).collect();
            terms.push(RandomTerm::WithinSchool { name: "school:wave".to_owned(), unit });
        }
        mixed_answer(&design, &terms, name, ddf)
    }

    fn ancova_mixed(&self, ddf: Ddf) -> Option<Answer> {
        mixed_answer(&self.ancova_design(), &[RandomTerm::School], PROGRAM, Some(ddf))
    }
}

/// Whether the mixed model knows that a school's students of one wave share a circumstance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waves {
    InSchools,
    Ignored,
}

/// Test of the named column; without `ddf` by the normal distribution, the variances taken as known.
fn mixed_answer(design: &Design, terms: &[RandomTerm], name: &str, ddf: Option<Ddf>) -> Option<Answer> {
    let fit = fit_mixed(design, terms, Likelihood::Restricted).ok()?;
    let contrast = fit.contrast(&[(name, 1.0)]).ok()?;
    match ddf {
        Some(ddf) => fit.test(&contrast, ddf, ALPHA).ok().map(|t| of(t.coef)),
        None => {
            let estimate: f64 = contrast.iter().zip(&fit.coefficients).map(|(c, b)| c * b).sum();
            let se = fit.plain_se(&contrast);
            CoefTest::new(estimate, se, f64::INFINITY, ALPHA, fit.n, None).ok().map(of)
        }
    }
}

/// Working covariance of equally correlated students with the correlation of REML, then CR2.
pub(super) fn working(design: &Design) -> Option<Answer> {
    let fit = fit_random_intercept(design).ok()?.fit;
    let contrast = fit.contrast(&[(PROGRAM, 1.0)]).ok()?;
    cluster_test(&fit, &contrast, Adjustment::Cr2, ALPHA).ok().map(of)
}

fn normal(fit: &FittedOls, contrast: &[f64], adjustment: Adjustment) -> Option<Answer> {
    let test = ClusterVariance::new(fit, adjustment).ok()?.test(contrast, ALPHA).ok()?;
    CoefTest::new(test.estimate, test.se, f64::INFINITY, ALPHA, test.n, test.clusters).ok().map(of)
}

fn wild(fit: &FittedOls, contrast: &[f64], seed: u64) -> Option<Answer> {
    let options = WildOptions { draws: DRAWS, seed, alpha: ALPHA, ..WildOptions::default() };
    let test = wild_bootstrap(fit, contrast, &options).ok()?;
    let ends = [test.ci.low.unwrap_or(f64::NEG_INFINITY), test.ci.high.unwrap_or(f64::INFINITY)];
    Some(Answer { p: test.p, interval: Some(ends) })
}
