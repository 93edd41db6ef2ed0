use super::*;
use crate::impact::golden::{self, close};
use crate::impact::ols::fit_ols;
use crate::impact::vcov::{Adjustment, cluster_test};
use crate::impact::working::fit_exchangeable;

fn test_of(design: &Design, strata: Option<&[usize]>, icc: f64, s: PermutationStatistic) -> CoefficientTest {
    let data = ArmPermutation { design, column: "t", strata, icc, statistic: s };
    permutation_of_coefficient(&data, ResamplingOptions::default()).unwrap()
}

/// Every assignment refitted from the rows; `each` chooses which schools (in order) may have the program.
fn refitted(
    design: &Design,
    icc: f64,
    studentised: bool,
    keeps: impl Fn(&[usize]) -> bool,
    schools: &[usize],
) -> (u64, u64) {
    let at = design.names.iter().position(|name| name == "t").unwrap();
    let statistic = |own: &[usize]| {
        let mut moved = design.clone();
        moved.columns[at] = design.cluster.iter().map(|c| f64::from(u8::from(own.contains(c)))).collect();
        let fit = fit_exchangeable(&moved, icc).unwrap().fit;
        let contrast = fit.contrast(&[("t", 1.0)]).unwrap();
        let test = cluster_test(&fit, &contrast, Adjustment::Cr1, 0.05).unwrap();
        if studentised { test.t } else { test.estimate }
    };
    let observed: Vec<usize> = schools
        .iter()
        .copied()
        .filter(|s| design.cluster.iter().zip(&design.columns[at]).any(|(c, t)| c == s && *t == 1.0))
        .collect();
    let limit = statistic(&observed).abs() * (1.0 - 1e-9);
    let (mut extreme, mut total) = (0, 0);
    for mask in 0u32..1 << schools.len() {
        let own: Vec<usize> = (0..schools.len()).filter(|i| mask >> i & 1 == 1).map(|i| schools[i]).collect();
        if own.len() == observed.len() && keeps(&own) {
            total += 1;
            extreme += u64::from(statistic(&own).abs() >= limit);
        }
    }
    (extreme, total)
}

/// Standards 5.6: the randomisation test on the coefficient has 36 of 70 splits at least as extreme.
#[test]
fn worked_data_set() {
    let design = golden::data().design();
    let found = test_of(&design, None, 0.0, PermutationStatistic::Coefficient);
    close(found.coefficient, 0.9720085, 5e-8);
    assert_eq!((found.test.extreme, found.test.total, found.test.clusters), (36, 70, 8));
    assert_eq!(found.test.reference, Reference::Enumerated);
    close(found.test.p, 0.5142857, 5e-8);
}

/// The sums over schools give what refitting every assignment gives, whatever the statistic and the covariance.
#[test]
fn sums_of_schools_are_refits() {
    let design = golden::data().design();
    let schools: Vec<usize> = (1..=8).collect();
    for (statistic, studentised) in
        [(PermutationStatistic::Coefficient, false), (PermutationStatistic::Studentised, true)]
    {
        for icc in [0.0, 0.4] {
            let found = test_of(&design, None, icc, statistic);
            let expected = refitted(&design, icc, studentised, |_| true, &schools);
            assert_eq!((found.test.extreme, found.test.total), expected, "{statistic:?} {icc}");
            let fit = fit_exchangeable(&design, icc).unwrap().fit;
            let test = cluster_test(&fit, &[0.0, 1.0, 0.0], Adjustment::Cr1, 0.05).unwrap();
            close(found.coefficient, test.estimate, 1e-12);
            close(found.test.statistic, if studentised { test.t } else { test.estimate }, 1e-12);
        }
    }
}

/// Pairs (1, 2), (3, 4), ... have 16 assignments; strata of four schools 36. Their effects are columns.
#[test]
fn strata_and_pairs_are_kept_to() {
    let data = golden::data();
    let schools: Vec<usize> = (1..=8).collect();
    for size in [2, 4] {
        let stratum = |c: usize| (c - 1) / size;
        let strata: Vec<usize> = data.cluster.iter().map(|c| stratum(*c)).collect();
        let mut design = data.design();
        for level in 1..8 / size {
            let own: Vec<f64> = strata.iter().map(|s| f64::from(u8::from(*s == level))).collect();
            design = design.with(&format!("stratum {level}"), &own);
        }
        let keeps = |own: &[usize]| {
            (0..8 / size).all(|s| own.iter().filter(|c| stratum(**c) == s).count() == size / 2)
        };
        let found = test_of(&design, Some(&strata), 0.0, PermutationStatistic::Coefficient);
        let expected = refitted(&design, 0.0, false, keeps, &schools);
        assert_eq!((found.test.extreme, found.test.total), expected);
        assert_eq!(found.test.total, if size == 2 { 16 } else { 36 });
    }
}

/// One row per school and no covariate: the test of school means.
#[test]
fn single_rows_are_the_test_of_means() {
    let means = [3.0, 1.0, 6.0, 5.5, 2.0, 2.5, 9.0, 4.0, 7.0, 6.0];
    let t: Vec<f64> = (0..10).map(|i| f64::from(u8::from(i % 3 == 0))).collect();
    let arms: Vec<Arm> = t.iter().map(|t| if *t > 0.5 { Arm::Program } else { Arm::Comparison }).collect();
    let own: Vec<usize> = (0..10).collect();
    let design = Design::new(&means, &own).with("t", &t);
    let found = test_of(&design, None, 0.0, PermutationStatistic::Coefficient);
    let plain = super::super::permutation_test(&means, &arms, ResamplingOptions::default()).unwrap();
    assert_eq!((found.test.extreme, found.test.total), (plain.extreme, plain.total));
    close(found.test.statistic, plain.statistic, 1e-12);
}

#[test]
fn large_studies_are_sampled_and_repeat() {
    let cluster: Vec<usize> = (0..120).map(|i| i / 3).collect();
    let t: Vec<f64> = cluster.iter().map(|c| (c % 2) as f64).collect();
    let y: Vec<f64> = (0..120).map(|i| ((i * 37) % 41) as f64).collect();
    let x: Vec<f64> = (0..120).map(|i| ((i * 17) % 23) as f64).collect();
    let design = Design::new(&y, &cluster).with("t", &t).with("x", &x);
    let found = test_of(&design, None, 0.1, PermutationStatistic::Studentised);
    assert_eq!((found.test.reference, found.test.total), (Reference::Sampled, 9_999));
    assert_eq!(found, test_of(&design, None, 0.1, PermutationStatistic::Studentised));
}

#[test]
fn named_outcomes() {
    let base = golden::data().design();
    let run = |design: &Design, column: &str, icc: f64| {
        let statistic = PermutationStatistic::Coefficient;
        let data = ArmPermutation { design, column, strata: None, icc, statistic };
        permutation_of_coefficient(&data, ResamplingOptions::default())
    };
    assert!(matches!(run(&base, "arm", 0.0), Err(ImpactError::UnknownColumn { .. })));
    assert!(matches!(run(&base, "x", 0.0), Err(ImpactError::Num(NumError::OutOfRange { .. }))));
    assert!(matches!(run(&base, "t", 1.0), Err(ImpactError::Num(NumError::OutOfRange { .. }))));
    let mut both = base.clone();
    both.columns[1][0] = 0.0;
    assert_eq!(run(&both, "t", 0.0), Err(ImpactError::ClusterInBothArms { cluster: 1 }));
    let mut nobody = base.clone();
    nobody.columns[1].fill(0.0);
    assert!(matches!(run(&nobody, "t", 0.0), Err(ImpactError::ArmTooSmall { arm: Arm::Program, .. })));
    let twin = base.clone().with("twin", &base.columns[1]);
    assert!(matches!(run(&twin, "t", 0.0), Err(ImpactError::RankDeficient { .. })));
    // A covariate that is the arm of another assignment: that assignment has no coefficient and counts as extreme.
    let other: Vec<f64> = base.cluster.iter().map(|c| f64::from(u8::from(*c <= 4))).collect();
    let spanned = run(&base.clone().with("other", &other), "t", 0.0).unwrap();
    assert_eq!(spanned.test.total, 70);
    assert!(spanned.test.extreme >= 3);
    assert!(fit_ols(&base).is_ok());
}
