//! Every row of the agreement table against the kernel that it names, called here by hand with the same options.

use dampak::analysis::Findings;
use dampak::analysis::findings::{AgreementFindings, AgreementRow, Draws, InferenceMethod, NoticeKind};
use dampak::impact::ancova::PRETEST;
use dampak::impact::case_bootstrap::{
    CaseOptions, ResampledFit, SchoolValues, bootstrap_coefficient, case_bootstrap,
};
use dampak::impact::did::PROGRAM;
use dampak::impact::mixed::{Ddf, Likelihood, RandomTerm, fit_mixed};
use dampak::impact::ols::{Design, FittedOls, fit_ols};
use dampak::impact::permutation::{
    ArmPermutation, PermutationStatistic, permutation_of_coefficient, permutation_test, permutation_within,
};
use dampak::impact::resampling::{Reference, ResamplingOptions};
use dampak::impact::vcov::{Adjustment, cluster_test};
use dampak::impact::wild::{WildOptions, WildResiduals, WildScores, WildWeights, wild_bootstrap};
use dampak::impact::working::{fit_random_intercept, random_intercept_icc};
use dampak::impact::{Arm, CoefTest};
use serde_json::{Value, json};

use super::{Row, analysed, close, drawn, mean, school_means};

const SEED: u64 = 77;
const DRAWS: u32 = 199;
/// The same sums of the same numbers.
const SAME: f64 = 1e-10;

fn found(rows: &[Row], change: impl FnOnce(&mut Value)) -> Findings {
    analysed(rows, |study| {
        study["analysis"] = json!({ "permutations": DRAWS, "seed": SEED });
        change(study);
    })
}

fn table(findings: &Findings) -> &AgreementFindings {
    findings.outcomes[0].agreement.as_ref().unwrap()
}

fn row(agreement: &AgreementFindings, method: InferenceMethod) -> &AgreementRow {
    let found = agreement.rows.iter().find(|row| row.method == method);
    found.unwrap_or_else(|| panic!("no row {method:?} among {:#?}", agreement.rows))
}

fn scores(rows: &[Row], wave: usize) -> Vec<f64> {
    rows.iter().map(|row| row.scores[wave].unwrap()).collect()
}

fn changes(rows: &[Row]) -> Vec<f64> {
    scores(rows, 1).iter().zip(scores(rows, 0)).map(|(after, before)| after - before).collect()
}

fn cluster(rows: &[Row]) -> Vec<usize> {
    rows.iter().map(|row| row.school).collect()
}

fn program(rows: &[Row]) -> Vec<f64> {
    rows.iter().map(|row| f64::from(u8::from(row.arm == "p"))).collect()
}

/// The arm of every school of `drawn`.
fn arms(schools: usize) -> Vec<Arm> {
    (0..schools).map(|s| if s % 2 == 0 { Arm::Program } else { Arm::Comparison }).collect()
}

fn school_changes(rows: &[Row]) -> Vec<f64> {
    school_means(rows, 1).iter().zip(school_means(rows, 0)).map(|(after, before)| after - before).collect()
}

#[track_caller]
fn is_test(row: &AgreementRow, test: &CoefTest, tolerance: f64) {
    close(row.estimate.unwrap(), test.estimate, tolerance);
    close(row.se.unwrap(), test.se, tolerance);
    close(row.df.unwrap(), test.df, 100.0 * tolerance);
    close(row.p.unwrap(), test.p, 100.0 * tolerance);
    close(row.ci.unwrap()[0], test.ci.low, 100.0 * tolerance);
    close(row.ci.unwrap()[1], test.ci.high, 100.0 * tolerance);
}

/// Six variants of the wild bootstrap, told apart by their p-values and intervals (`different` of them: jackknifing the
/// scores of the restricted fit changes nothing where that fit has no column left).
fn are_wild(agreement: &AgreementFindings, fit: &FittedOls, contrast: &[f64], different: usize) {
    use InferenceMethod as M;
    let base = WildOptions { draws: DRAWS, seed: SEED, ..WildOptions::default() };
    let mut seen = Vec::new();
    for (method, residuals, scores, weights) in [
        (M::WildRestricted, WildResiduals::Restricted, WildScores::Plain, WildWeights::Rademacher),
        (M::WildJackknife, WildResiduals::Restricted, WildScores::Jackknife, WildWeights::Rademacher),
        (M::WildUnrestricted, WildResiduals::Unrestricted, WildScores::Plain, WildWeights::Rademacher),
        (
            M::WildUnrestrictedJackknife,
            WildResiduals::Unrestricted,
            WildScores::Jackknife,
            WildWeights::Rademacher,
        ),
        (M::WildWebb, WildResiduals::Restricted, WildScores::Plain, WildWeights::Webb),
        (M::WildUnrestrictedWebb, WildResiduals::Unrestricted, WildScores::Plain, WildWeights::Webb),
    ] {
        let options = WildOptions { residuals, scores, weights, ..base };
        let test = wild_bootstrap(fit, contrast, &options).unwrap();
        let own = row(agreement, method);
        close(own.estimate.unwrap(), test.estimate, SAME);
        close(own.se.unwrap(), test.se, SAME);
        assert_eq!(own.p, Some(test.p), "{method:?}");
        let enumerated = test.reference == Reference::Enumerated;
        assert_eq!(own.draws, Some(Draws { count: test.draws, enumerated }));
        assert_eq!(enumerated, weights == WildWeights::Rademacher);
        match (test.ci.low, test.ci.high) {
            (Some(low), Some(high)) => {
                close(own.ci.unwrap()[0], low, SAME);
                close(own.ci.unwrap()[1], high, SAME);
                assert!(own.note.is_none());
            }
            _ => {
                assert_eq!(own.ci, None);
                assert_eq!(own.note.as_ref().unwrap().code, "A-AGREE-002");
            }
        }
        seen.push((test.p.to_bits(), test.ci.low.map(f64::to_bits)));
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), different, "the variants differ, so that none can stand for another");
}

fn are_least_squares(agreement: &AgreementFindings, fit: &FittedOls, contrast: &[f64]) {
    let schools = fit.clusters.len() as f64;
    for (method, adjustment, satterthwaite) in [
        (InferenceMethod::Cr0, Adjustment::Cr0, false),
        (InferenceMethod::Cr1, Adjustment::Cr1, false),
        (InferenceMethod::Cr2, Adjustment::Cr2, true),
        (InferenceMethod::Cr3, Adjustment::Cr3, true),
        (InferenceMethod::Jackknife, Adjustment::Jackknife, false),
    ] {
        let test = cluster_test(fit, contrast, adjustment, 0.05).unwrap();
        let df = if satterthwaite { test.df } else { schools - 1.0 };
        let test = CoefTest::new(test.estimate, test.se, df, 0.05, test.n, test.clusters).unwrap();
        is_test(row(agreement, method), &test, SAME);
    }
}

/// The mixed model of both waves by hand: school, school and wave, student.
fn are_mixed(agreement: &AgreementFindings, rows: &[Row], compares: bool) {
    let n = rows.len();
    let wave: Vec<f64> = (0..2 * n).map(|i| f64::from(u8::from(i >= n))).collect();
    let school = [cluster(rows), cluster(rows)].concat();
    let mut design = Design::new(&[scores(rows, 0), scores(rows, 1)].concat(), &school).with("post", &wave);
    let mut name = "post";
    if compares {
        let t = [program(rows), program(rows)].concat();
        let product: Vec<f64> = t.iter().zip(&wave).map(|(a, b)| a * b).collect();
        design = design.with("t", &t).with("t:post", &product);
        name = "t:post";
    }
    let unit = school.iter().zip(&wave).map(|(s, w)| 2 * s + *w as usize).collect();
    let terms = [
        RandomTerm::School,
        RandomTerm::WithinSchool { name: "school:wave".to_owned(), unit },
        RandomTerm::Student { person: (0..2 * n).map(|i| i % n).collect() },
    ];
    let fit = fit_mixed(&design, &terms, Likelihood::Restricted).unwrap();
    are_tests_of(agreement, &fit, name);
}

fn are_tests_of(agreement: &AgreementFindings, fit: &dampak::impact::mixed::FittedMixed, name: &str) {
    let contrast = fit.contrast(&[(name, 1.0)]).unwrap();
    for (method, ddf) in [
        (InferenceMethod::MixedSatterthwaite, Ddf::Satterthwaite),
        (InferenceMethod::MixedKenwardRoger, Ddf::KenwardRoger),
    ] {
        // The same optimiser on the same numbers in another order of columns.
        is_test(row(agreement, method), &fit.test(&contrast, ddf, 0.05).unwrap().coef, 1e-7);
    }
}

fn options() -> (ResamplingOptions, CaseOptions) {
    let case = CaseOptions { draws: DRAWS, seed: SEED, ..CaseOptions::default() };
    (ResamplingOptions { draws: DRAWS, seed: SEED }, case)
}

/// Schools that also differ from each other in both waves alike, and in their change, so that the mixed model has all
/// its variances.
fn lasting(mut rows: Vec<Row>) -> Vec<Row> {
    for row in &mut rows {
        let own = 3.0 * ((row.school * 7) % 5) as f64;
        let change = 1.5 * ((row.school * 5) % 7) as f64;
        for (wave, score) in row.scores.iter_mut().enumerate() {
            *score = score.map(|score| score + own + change * wave as f64);
        }
    }
    rows
}

#[test]
fn one_group_row_by_row() {
    let rows = lasting(drawn(9, 8, 2, false));
    let findings = found(&rows, |_| {});
    let agreement = table(&findings);
    let fit = fit_ols(&Design::new(&changes(&rows), &cluster(&rows))).unwrap();
    are_least_squares(agreement, &fit, &[1.0]);
    are_wild(agreement, &fit, &[1.0], 5);
    are_mixed(agreement, &rows, false);
    let values = school_changes(&rows);
    let schools = SchoolValues { values: &values, weights: None, arms: None, strata: None };
    let resampled = case_bootstrap(&schools, &options().1).unwrap();
    let own = row(agreement, InferenceMethod::SchoolBootstrap);
    let ends = resampled.bootstrap_t.unwrap();
    close(own.se.unwrap(), resampled.bootstrap_se, SAME);
    close(own.ci.unwrap()[0], ends.low, SAME);
    close(own.ci.unwrap()[1], ends.high, SAME);
    assert_eq!((own.p, own.note.is_none()), (resampled.p, true));
}

#[test]
fn comparison_row_by_row() {
    let rows = lasting(drawn(10, 8, 2, true));
    let findings = found(&rows, |study| study["assignment"] = json!("school"));
    let agreement = table(&findings);
    assert_eq!(agreement.estimand, "difference_in_change");
    let fit = fit_ols(&Design::new(&changes(&rows), &cluster(&rows)).with("t", &program(&rows))).unwrap();
    are_least_squares(agreement, &fit, &[0.0, 1.0]);
    are_wild(agreement, &fit, &[0.0, 1.0], 6);
    are_mixed(agreement, &rows, true);
    let (values, arms) = (school_changes(&rows), arms(10));
    let permuted = permutation_test(&values, &arms, options().0).unwrap();
    assert_eq!(row(agreement, InferenceMethod::Permutation).p, Some(permuted.p));
    let schools = SchoolValues { values: &values, weights: None, arms: Some(&arms), strata: None };
    let resampled = case_bootstrap(&schools, &options().1).unwrap();
    let own = row(agreement, InferenceMethod::SchoolBootstrap);
    close(own.se.unwrap(), resampled.bootstrap_se, SAME);
    close(own.ci.unwrap()[0], resampled.bootstrap_t.unwrap().low, SAME);
    assert!(agreement.rows.iter().all(|row| row.method != InferenceMethod::PermutationStudentised));
}

/// Schools drawn by lot: the primary method has a working covariance, and so have the methods that check it.
#[test]
fn randomised_schools_row_by_row() {
    let rows = drawn(10, 8, 2, true);
    let findings = found(&rows, |_| {});
    let agreement = table(&findings);
    assert_eq!(agreement.estimand, "adjusted_difference");
    let design = Design::new(&scores(&rows, 1), &cluster(&rows))
        .with(PROGRAM, &program(&rows))
        .with(PRETEST, &scores(&rows, 0));
    let contrast = [0.0, 1.0, 0.0];
    are_least_squares(agreement, &fit_ols(&design).unwrap(), &contrast);
    let working = fit_random_intercept(&design).unwrap().fit;
    let first = &agreement.rows[0];
    assert!(first.primary && first.method == InferenceMethod::Working);
    is_test(first, &cluster_test(&working, &contrast, Adjustment::Cr2, 0.05).unwrap(), SAME);
    are_wild(agreement, &working, &contrast, 6);
    let mixed = fit_mixed(&design, &[RandomTerm::School], Likelihood::Restricted).unwrap();
    are_tests_of(agreement, &mixed, PROGRAM);
    let without = Design::new(&scores(&rows, 1), &cluster(&rows)).with(PRETEST, &scores(&rows, 0));
    let icc = random_intercept_icc(&without).unwrap();
    for (method, statistic) in [
        (InferenceMethod::Permutation, PermutationStatistic::Coefficient),
        (InferenceMethod::PermutationStudentised, PermutationStatistic::Studentised),
    ] {
        let data = ArmPermutation { design: &design, column: PROGRAM, strata: None, icc, statistic };
        let test = permutation_of_coefficient(&data, options().0).unwrap();
        let own = row(agreement, method);
        close(own.estimate.unwrap(), test.coefficient, SAME);
        assert_eq!((own.p, own.draws.unwrap().count), (Some(test.test.p), 252));
    }
    let (unit, stratum): (Vec<usize>, Vec<usize>) =
        ((0..10).collect(), (0..10).map(|s| (s + 1) % 2).collect());
    let data =
        ResampledFit { fit: &working, contrast: &contrast, unit: &unit, stratum: &stratum, absorbed: 0 };
    let resampled = bootstrap_coefficient(&data, &options().1).unwrap();
    let own = row(agreement, InferenceMethod::SchoolBootstrapPercentile);
    close(own.estimate.unwrap(), first.estimate.unwrap(), SAME);
    close(own.se.unwrap(), resampled.bootstrap_se, 1e-8);
    close(own.ci.unwrap()[0], resampled.percentile.low, 1e-8);
    assert_eq!((own.p, own.note.as_ref().unwrap().code.as_str()), (None, "A-AGREE-003"));
    assert!(agreement.rows.iter().all(|row| row.method != InferenceMethod::SchoolBootstrap));
}

/// Pairs are permuted and resampled as pairs, whether they were formed by lot or not.
#[test]
fn pairs_row_by_row() {
    let rows = drawn(12, 8, 2, true);
    let pairs = |study: &mut Value| study["roster"][0]["columns"]["pair"] = json!("block");
    let chosen = found(&rows, |study| {
        pairs(study);
        study["assignment"] = json!("school");
    });
    let values = school_changes(&rows);
    let differences: Vec<f64> = (0..6).map(|pair| values[2 * pair] - values[2 * pair + 1]).collect();
    let as_one = SchoolValues { values: &differences, weights: None, arms: None, strata: None };
    let resampled = case_bootstrap(&as_one, &options().1).unwrap();
    let own = row(table(&chosen), InferenceMethod::SchoolBootstrap);
    close(own.estimate.unwrap(), mean(&differences), SAME);
    close(own.se.unwrap(), resampled.bootstrap_se, SAME);
    close(own.ci.unwrap()[1], resampled.bootstrap_t.unwrap().high, SAME);
    let strata: Vec<usize> = (0..12).map(|school| school / 2).collect();
    let permuted = permutation_within(&values, &arms(12), &strata, options().0).unwrap();
    assert_eq!(row(table(&chosen), InferenceMethod::Permutation).p, Some(permuted.p));
    // By lot: the coefficient beside the effects of pairs, which a resample of pairs keeps within them.
    let lot = found(&rows, pairs);
    let first = &table(&lot).rows[0];
    assert!(first.primary && first.method == InferenceMethod::Working);
    let own = row(table(&lot), InferenceMethod::Permutation);
    close(own.draws.unwrap().count as f64, 64.0, 0.0);
    let own = row(table(&lot), InferenceMethod::SchoolBootstrapPercentile);
    close(own.estimate.unwrap(), first.estimate.unwrap(), SAME);
    // The mean of so many pairs has (J - 1)/J of the usual variance over resamples: near the primary's error.
    let ratio = own.se.unwrap() / first.se.unwrap();
    assert!((0.5..1.2).contains(&ratio), "{ratio}");
    assert_eq!(own.draws, Some(Draws { count: 462, enumerated: true }));
}

/// Strata of several schools keep the estimand of the primary method: the difference within strata.
#[test]
fn strata_are_resampled_within() {
    let mut rows = drawn(12, 8, 2, true);
    rows.iter_mut().for_each(|row| row.block = row.school / 4);
    let findings = found(&rows, |study| {
        study["roster"][0]["columns"]["stratum"] = json!("block");
        study["assignment"] = json!("school");
    });
    let own = row(table(&findings), InferenceMethod::SchoolBootstrapPercentile);
    close(own.estimate.unwrap(), findings.outcomes[0].estimates[0].estimate, SAME);
    let lot = found(&rows, |study| study["roster"][0]["columns"]["stratum"] = json!("block"));
    let own = row(table(&lot), InferenceMethod::SchoolBootstrapPercentile);
    close(own.estimate.unwrap(), lot.outcomes[0].estimates[0].estimate, SAME);
    assert_eq!(row(table(&lot), InferenceMethod::Permutation).draws.unwrap().count, 216);
}

#[test]
fn a_single_school_in_an_arm_is_not_tested() {
    let mut rows = drawn(8, 8, 2, true);
    rows.iter_mut().for_each(|row| row.arm = if row.school == 0 { "p" } else { "c" });
    for assignment in ["school", "random_school"] {
        let findings = found(&rows, |study| study["assignment"] = json!(assignment));
        assert!(super::codes(&findings).contains(&"A-FEW-002"));
        assert!(findings.outcomes[0].agreement.is_none());
    }
}

/// Arms within schools: no re-assignment of schools, and schools drawn with both their arms.
#[test]
fn arms_within_schools_are_resampled_with_their_school() {
    let mut rows = drawn(8, 14, 2, true);
    for (index, row) in rows.iter_mut().enumerate() {
        row.arm = if (index * 7 + row.school) % 3 == 0 { "p" } else { "c" };
    }
    for (assignment, estimand) in
        [("random_student", "adjusted_difference"), ("self_selected", "difference_in_change")]
    {
        let findings = found(&rows, |study| study["assignment"] = json!(assignment));
        let agreement = table(&findings);
        assert_eq!(agreement.estimand, estimand);
        assert!(agreement.rows.iter().all(|row| row.method != InferenceMethod::Permutation));
        let own = row(agreement, InferenceMethod::SchoolBootstrapPercentile);
        close(own.estimate.unwrap(), agreement.rows[0].estimate.unwrap(), SAME);
        assert!(own.ci.unwrap()[0] < own.estimate.unwrap() && own.estimate.unwrap() < own.ci.unwrap()[1]);
    }
}

/// Schools that change alike: the mixed model has no answer, and its code and both languages say why.
#[test]
fn a_mixed_model_without_school_variance_says_so() {
    let mut rows = drawn(8, 9, 2, false);
    let mut place = [0usize; 8];
    rows.retain(|row| {
        place[row.school] += 1;
        place[row.school] <= 8
    });
    for (index, row) in rows.iter_mut().enumerate() {
        let within = [-7.0, -5.0, -3.0, -1.0, 1.0, 3.0, 5.0, 7.0][index % 8];
        let change = 4.0 + within + 0.01 * ((row.school * 5) % 7) as f64;
        row.scores[1] = row.scores[0].map(|before| before + change);
    }
    let findings = found(&rows, |_| {});
    let own = row(table(&findings), InferenceMethod::MixedKenwardRoger);
    let note = own.note.as_ref().unwrap();
    assert_eq!((own.estimate, note.code.as_str(), note.kind), (None, "A-MIXED-001", NoticeKind::Refusal));
    let [id, en] = dampak::i18n::Lang::ALL.map(|lang| note.text.get(lang).to_owned());
    assert_ne!(id, en);
}
