use super::*;
use crate::impact::golden::{self, close};
use crate::impact::ols::{Design, fit_ols};

fn golden_fit() -> FittedOls {
    fit_ols(&golden::data().design()).unwrap()
}

const C: [f64; 3] = [0.0, 1.0, 0.0];

#[test]
fn worked_data_set() {
    let test = wild_bootstrap(&golden_fit(), &C, &WildOptions::default()).unwrap();
    close(test.t, 0.7147148, 6e-8);
    assert_eq!((test.p, test.p_counted, test.p_strict), (0.4921875, 0.4921875, 0.484375));
    assert_eq!((test.draws, test.reference, test.clusters), (256, Reference::Enumerated, 8));
    let strict = WildOptions { ties: WildTies::Strict, ..WildOptions::default() };
    assert_eq!(wild_bootstrap(&golden_fit(), &C, &strict).unwrap().p, 0.484375);
}

/// The ends of the interval are the values whose own test has p around alpha.
#[test]
fn interval_inverts_the_test() {
    let fit = golden_fit();
    for residuals in [WildResiduals::Restricted, WildResiduals::Unrestricted] {
        for scores in [WildScores::Plain, WildScores::Jackknife] {
            let options = WildOptions { residuals, scores, ..WildOptions::default() };
            let test = wild_bootstrap(&fit, &C, &options).unwrap();
            for (end, inward) in [(test.ci.low.unwrap(), 1.0), (test.ci.high.unwrap(), -1.0)] {
                let at = |null| wild_bootstrap(&fit, &C, &WildOptions { null, ..options }).unwrap().p;
                assert!(at(end + inward * 1e-6) > 0.05 && at(end - inward * 1e-6) <= 0.05, "{options:?}");
            }
            if residuals == WildResiduals::Unrestricted {
                let (low, high) = (test.ci.low.unwrap(), test.ci.high.unwrap());
                close(test.estimate - low, high - test.estimate, 1e-9);
            }
        }
    }
}

#[test]
fn few_clusters_leave_the_interval_open() {
    let data = golden::data();
    let keep: Vec<usize> = (0..33).filter(|&i| data.cluster[i] <= 4).collect();
    let pick = |v: &[f64]| keep.iter().map(|&i| v[i]).collect::<Vec<_>>();
    let cluster: Vec<usize> = keep.iter().map(|&i| data.cluster[i]).collect();
    let design = Design::new(&pick(&data.y), &cluster).with("t", &pick(&data.t));
    let test = wild_bootstrap(&fit_ols(&design).unwrap(), &[0.0, 1.0], &WildOptions::default()).unwrap();
    assert_eq!(test.draws, 16);
    assert_eq!(test.ci, WildInterval { low: None, high: None });
}

#[test]
fn webb_is_close_and_repeats() {
    let options = WildOptions { weights: WildWeights::Webb, ..WildOptions::default() };
    let test = wild_bootstrap(&golden_fit(), &C, &options).unwrap();
    assert_eq!((test.reference, test.draws), (Reference::Sampled, 9_999));
    assert!((test.p - 0.49).abs() < 0.05, "{}", test.p);
    assert_eq!(wild_bootstrap(&golden_fit(), &C, &options).unwrap(), test);
}

#[test]
fn named_outcomes() {
    let fit = golden_fit();
    let none = WildOptions { draws: 0, weights: WildWeights::Webb, ..WildOptions::default() };
    assert!(wild_bootstrap(&fit, &C, &none).is_err());
    assert!(wild_bootstrap(&fit, &C, &WildOptions { alpha: 0.0, ..WildOptions::default() }).is_err());
    assert!(wild_bootstrap(&fit, &C, &WildOptions { null: f64::NAN, ..WildOptions::default() }).is_err());
    assert!(wild_bootstrap(&fit, &C[..2], &WildOptions::default()).is_err());
    let data = golden::data();
    let one = Design { cluster: vec![1; 33], ..data.design() };
    let found = wild_bootstrap(&fit_ols(&one).unwrap(), &C, &WildOptions::default());
    assert!(matches!(found, Err(ImpactError::TooFewClusters { .. })));
    // One program school: its residuals sum to zero, the comparison schools alone say nothing of it.
    let t: Vec<f64> = data.cluster.iter().map(|g| f64::from(u8::from(*g == 1))).collect();
    let design = Design::new(&data.y, &data.cluster).with("t", &t);
    let options = WildOptions { scores: WildScores::Jackknife, ..WildOptions::default() };
    let unrestricted = WildOptions { residuals: WildResiduals::Unrestricted, ..options };
    let found = wild_bootstrap(&fit_ols(&design).unwrap(), &[0.0, 1.0], &unrestricted);
    assert_eq!(found, Err(ImpactError::OneClusterDecides { cluster: 1 }));
    let perfect = Design::new(&data.x, &data.cluster).with("x", &data.x);
    let found = wild_bootstrap(&fit_ols(&perfect).unwrap(), &[0.0, 1.0], &options);
    assert_eq!(found, Err(ImpactError::NoVariation));
}
