//! What must hold of the kernels whatever the data: invariances, limits, cost, and no panic.

use std::time::Instant;

use dampak::impact::ols::{Design, fit_ols};
use dampak::impact::resampling::ResamplingOptions;
use dampak::impact::vcov::{Adjustment, cluster_test};
use dampak::impact::{
    Arm, CoefTest, ancova, classical, cluster_mean, did, effect, icc, multiplicity, permutation,
};
use dampak::impact::{proportion, sign_flip};
use dampak::num::rng::Stream;
use dampak::num::{dist, moments, noncentral};
use dampak::psych::{ItemMatrix, ctt, options};

struct Study {
    school: Vec<usize>,
    arm: Vec<Arm>,
    pre: Vec<f64>,
    post: Vec<f64>,
}

/// Schools of uneven size with a school effect; half of the schools take part.
fn study(schools: usize, mean_size: usize, seed: u64) -> Study {
    let mut stream = Stream::new(seed, "study");
    let mut study = Study { school: vec![], arm: vec![], pre: vec![], post: vec![] };
    for school in 0..schools {
        let arm = if school % 2 == 0 { Arm::Program } else { Arm::Comparison };
        let (level, gain) = (5.0 * stream.normal(), 2.0 * stream.normal());
        for _ in 0..mean_size / 2 + stream.below(mean_size + 1) + 1 {
            let pre = 50.0 + level + 10.0 * stream.normal();
            study.school.push(school);
            study.arm.push(arm);
            study.pre.push(pre);
            study.post.push(15.0 + 0.8 * pre + gain + 3.0 * arm.indicator() + 6.0 * stream.normal());
        }
    }
    study
}

impl Study {
    fn change(&self) -> Vec<f64> {
        self.pre.iter().zip(&self.post).map(|(a, b)| b - a).collect()
    }

    fn reordered(&self, order: &[usize]) -> Study {
        Study {
            school: order.iter().map(|&i| self.school[i]).collect(),
            arm: order.iter().map(|&i| self.arm[i]).collect(),
            pre: order.iter().map(|&i| self.pre[i]).collect(),
            post: order.iter().map(|&i| self.post[i]).collect(),
        }
    }

    fn ancova(&self) -> CoefTest {
        let (post, pre, arm, cluster) = (&self.post, &self.pre, &self.arm, &self.school);
        ancova::ancova(&ancova::AncovaData { post, pre, arm, cluster, covariates: &[] }, 0.05).unwrap().effect
    }
}

fn assert_same(a: &CoefTest, b: &CoefTest) {
    for (x, y) in [(a.estimate, b.estimate), (a.se, b.se), (a.df, b.df), (a.p, b.p)] {
        assert!((x - y).abs() <= 1e-9 * x.abs().max(1e-3), "{x} and {y}");
    }
}

#[test]
fn row_order_and_school_labels_do_not_matter() {
    let base = study(14, 20, 1);
    let mut order: Vec<usize> = (0..base.school.len()).collect();
    Stream::new(2, "order").shuffle(&mut order);
    let mut other = base.reordered(&order);
    other.school.iter_mut().for_each(|s| *s = 9_000 - 13 * *s);
    assert_same(&base.ancova(), &other.ancova());
    let (a, b) = (base.change(), other.change());
    let test = |change: &[f64], s: &Study| did::did_schools(change, &s.arm, &s.school, 0.05).unwrap();
    assert_same(&test(&a, &base).welch, &test(&b, &other).welch);
    let mean = |change: &[f64], s: &Study| cluster_mean::test_student_mean(change, &s.school, 0.05).unwrap();
    assert_same(&mean(&a, &base), &mean(&b, &other));
    let icc = |s: &Study| icc::anova_icc(&s.pre, &s.school, 0.05).unwrap().value;
    assert!((icc(&base) - icc(&other)).abs() < 1e-10);
}

#[test]
fn shift_and_scale() {
    let base = study(12, 15, 3);
    let change = base.change();
    let moved: Vec<f64> = change.iter().map(|c| 1e5 + 4.0 * c).collect();
    let a = did::did_students(&change, &base.arm, &base.school, 0.05).unwrap();
    let b = did::did_students(&moved, &base.arm, &base.school, 0.05).unwrap();
    assert!((b.estimate / 4.0 - a.estimate).abs() < 1e-9 && (b.se / 4.0 - a.se).abs() < 1e-9);
    let swapped: Vec<Arm> =
        base.arm.iter().map(|a| if *a == Arm::Program { Arm::Comparison } else { Arm::Program }).collect();
    let c = did::did_students(&change, &swapped, &base.school, 0.05).unwrap();
    assert!(
        (a.estimate + c.estimate).abs() < 1e-10 && (a.se - c.se).abs() < 1e-10 && (a.df - c.df).abs() < 1e-7
    );
}

/// CR2 is unbiased under the working model: with independent errors its mean square equals the true
/// variance. Checked exactly by summing over the unit errors instead of drawing them.
#[test]
fn cr2_is_unbiased_under_independence() {
    let base = study(6, 6, 5);
    let n = base.pre.len();
    let x: Vec<f64> = base.arm.iter().map(|a| a.indicator()).collect();
    // The variance estimate is a quadratic form in y; its expectation under unit errors is its trace,
    // the sum over rows of the estimate with y = e_i.
    let mut total = 0.0;
    for i in 0..n {
        let y: Vec<f64> = (0..n).map(|k| f64::from(u8::from(k == i))).collect();
        let fit = fit_ols(&Design::new(&y, &base.school).with("arm", &x)).unwrap();
        total += cluster_test(&fit, &[0.0, 1.0], Adjustment::Cr2, 0.05).unwrap().se.powi(2);
    }
    let treated: f64 = x.iter().sum();
    let truth = 1.0 / treated + 1.0 / (n as f64 - treated);
    assert!((total / truth - 1.0).abs() < 1e-10, "{}", total / truth);
}

#[test]
fn a_hundred_thousand_students_take_well_under_a_second() {
    let large = study(5_000, 20, 7);
    assert!(large.school.len() > 90_000);
    let start = Instant::now();
    let effect = large.ancova();
    let one_group = cluster_mean::test_student_mean(&large.change(), &large.school, 0.05).unwrap();
    let took = start.elapsed();
    eprintln!(
        "CR2 on {} students in 5,000 schools: {took:?}, df {:.1} and {:.1}",
        effect.n, effect.df, one_group.df
    );
    let few = study(20, 5_000, 8);
    let start = Instant::now();
    few.ancova();
    let clusters = start.elapsed();
    let alone = Study { school: (0..large.school.len()).collect(), ..large };
    let start_alone = Instant::now();
    alone.ancova();
    eprintln!("20 schools of 5,000: {clusters:?}; every student alone: {:?}", start_alone.elapsed());
    // Generous for a busy machine and an unoptimised build.
    assert!(took.as_secs_f64() < 5.0 && clusters.as_secs_f64() < 5.0);
}

/// One-group effect size of the standards (section 4.1): the clustered interval must hold its level where
/// the student-level interval does not.
#[test]
fn clustered_effect_size_covers_the_truth() {
    let (schools, size, rho, r_between, r_within, truth) = (13usize, 25usize, 0.2f64, 0.7f64, 0.6f64, 0.30);
    let mut stream = Stream::new(11, "coverage");
    let mut pair = |sd: f64, r: f64| {
        let (a, b) = (stream.normal(), stream.normal());
        (sd * a, sd * (r * a + (1.0 - r * r).sqrt() * b))
    };
    let (mut robust, mut naive, mut sum) = (0usize, 0usize, 0.0);
    let repetitions = 1_000;
    for _ in 0..repetitions {
        let (mut pre, mut post, mut school) = (vec![], vec![], vec![]);
        for j in 0..schools {
            let (u0, u1) = pair(rho.sqrt(), r_between);
            for _ in 0..size {
                let (e0, e1) = pair((1.0 - rho).sqrt(), r_within);
                pre.push(u0 + e0);
                post.push(truth + u1 + e1);
                school.push(j);
            }
        }
        let summary = effect::PairedSummary::new(&pre, &post).unwrap();
        let changes = cluster_mean::linked_changes(&pre, &post, &school, 0.05).unwrap();
        let test = cluster_mean::test_mean_change(&changes, 0.05).unwrap();
        let icc = icc::anova_icc(&pre, &school, 0.05).unwrap().value;
        let sd = effect::clustered_sd(&vec![size; schools], icc, 1).unwrap();
        let g = effect::clustered_becker_g(&test, &summary, sd, 0.05).unwrap();
        sum += g.value;
        robust += usize::from(g.ci.contains(truth));
        naive += usize::from(effect::becker_g(&summary, 0.05).unwrap().ci.contains(truth));
    }
    let share = |count: usize| count as f64 / f64::from(repetitions);
    eprintln!("coverage {:.3}, student-level {:.3}, mean g {:.3}", share(robust), share(naive), sum / 1e3);
    // .956 and .626 in the standards; 1,000 draws leave a standard error of .007 and .015: three of them each.
    assert!((share(robust) - 0.956).abs() < 0.022);
    assert!((share(naive) - 0.626).abs() < 0.05);
    assert!((sum / f64::from(repetitions) - truth).abs() < 0.015);
}

/// Every kernel on inputs without an answer: an error, never a panic and never a NaN inside `Ok`.
#[test]
fn hopeless_input_is_an_error() {
    let nan = [f64::NAN, 1.0, 2.0, 3.0];
    let flat = [2.0; 4];
    let huge = [1e308, -1e308, 1e308, 5.0];
    let school = [0usize, 0, 1, 1];
    let arms = [Arm::Program, Arm::Program, Arm::Comparison, Arm::Comparison];
    let options = ResamplingOptions::default();
    for x in [&nan[..], &flat, &huge, &[], &[1.0]] {
        let cluster = &school[..x.len()];
        let arm = &arms[..x.len()];
        let finite = |v: f64| assert!(!v.is_nan(), "NaN from {x:?}");
        let _ = moments::mean(x).map(finite);
        let _ = moments::sd(x).map(finite);
        let _ = moments::pearson(x, x).map(finite);
        let _ = cluster_mean::test_student_mean(x, cluster, 0.05).map(|t| finite(t.p));
        let _ = cluster_mean::linked_changes(x, x, cluster, 0.05);
        let _ = cluster_mean::unlinked_changes(x, cluster, x, cluster, 0.05);
        let _ = did::did_schools(x, arm, cluster, 0.05).map(|d| finite(d.welch.p));
        let _ = did::did_students(x, arm, cluster, 0.05).map(|t| finite(t.p));
        let data = ancova::AncovaData { post: x, pre: x, arm, cluster, covariates: &[] };
        let _ = ancova::ancova(&data, 0.05).map(|a| finite(a.effect.p));
        let _ = classical::paired_t(x, x, 0.05).map(|t| finite(t.p));
        let _ = classical::welch_t(x, x, 0.05).map(|t| finite(t.p));
        let _ = icc::anova_icc(x, cluster, 0.05).map(|i| finite(i.value));
        let _ = sign_flip::sign_flip_test(x, options).map(|t| finite(t.p));
        let _ = permutation::permutation_test(x, arm, options).map(|t| finite(t.p));
        let _ = multiplicity::holm(x);
        let _ = proportion::clustered_share(x, cluster, 0.05).map(|s| finite(s.value));
        let _ = proportion::wilson_share(x, 0.05).map(|s| finite(s.value));
        let _ = effect::PairedSummary::new(x, x).map(|s| effect::d_z(&s, 0.05));
        let _ = effect::share_improved(x, x, Some(cluster), 0.05);
        let _ = effect::GroupSummary::new(x).map(|g| effect::baseline_g(&g, &g, 0.05));
        let _ = ItemMatrix::complete(x.len(), 1, x.to_vec(), vec![1.0]).map(|m| {
            let covariance = ctt::item_covariance(&m).unwrap();
            assert!(ctt::alpha(&m, &covariance, 0.05).is_err());
            let _ = ctt::item_statistics(&m, &covariance);
            let _ = ctt::score_ends(&m);
            let _ = ctt::upper_lower(&m, 0.27);
        });
        let codes = vec![Some(1usize); x.len()];
        let rest: Vec<Option<f64>> = x.iter().map(|v| Some(*v)).collect();
        let _ = options::option_table(&codes, &rest, 3);
        for alpha in [0.0, 1.0, -1.0, f64::NAN] {
            assert!(cluster_mean::test_student_mean(&[1.0, 2.0, 4.0], &[0, 1, 2], alpha).is_err());
        }
    }
    for bad in [f64::NAN, f64::INFINITY, -1.0, 0.0] {
        let _ = dist::t_sf(bad, bad);
        let _ = dist::t_quantile(bad, bad);
        let _ = dist::f_sf(bad, bad, bad);
        let _ = dist::f_quantile(0.5, bad, bad);
        let _ = dist::chi2_quantile(0.5, bad);
        let _ = noncentral::t_cdf(bad, bad, bad);
        let _ = noncentral::noncentrality_interval(bad, 5.0, 0.05);
    }
}
