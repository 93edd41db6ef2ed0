use super::*;
use crate::impact::golden::{self, close};
use crate::impact::ols::{Design, fit_ols};

const ALL: [Adjustment; 6] = [
    Adjustment::Cr0,
    Adjustment::Cr1,
    Adjustment::Cr1s,
    Adjustment::Cr2,
    Adjustment::Cr3,
    Adjustment::Jackknife,
];

fn golden_test(adjustment: Adjustment) -> CoefTest {
    let fit = fit_ols(&golden::data().design()).unwrap();
    cluster_test(&fit, &fit.contrast(&[("t", 1.0)]).unwrap(), adjustment, 0.05).unwrap()
}

#[test]
fn worked_data_set() {
    let fit = fit_ols(&golden::data().design()).unwrap();
    close(fit.coefficients[0], 51.0657246, 5e-8);
    close(fit.coefficients[1], 0.9720085, 5e-8);
    close(fit.coefficients[2], 1.9713876, 5e-8);
    for (adjustment, se) in ALL.iter().zip([1.231762, 1.316809, 1.359995, 1.446228, 1.699429, 1.589670]) {
        close(golden_test(*adjustment).se, se, 6e-7);
    }
    close(golden_test(Adjustment::Cr2).df, 5.767523, 6e-7);
    close(golden_test(Adjustment::Cr2).p, 0.5275096, 6e-8);
    close(golden_test(Adjustment::Cr3).df, 5.656471, 6e-7);
}

#[test]
fn jackknife_is_the_jackknife() {
    let data = golden::data();
    let full = fit_ols(&data.design()).unwrap().coefficients[1];
    let mut squares = 0.0;
    for left_out in 1..=8 {
        let keep: Vec<usize> = (0..33).filter(|&i| data.cluster[i] != left_out).collect();
        let pick = |v: &[f64]| keep.iter().map(|&i| v[i]).collect::<Vec<_>>();
        let cluster: Vec<usize> = keep.iter().map(|&i| data.cluster[i]).collect();
        let design =
            Design::new(&pick(&data.y), &cluster).with("t", &pick(&data.t)).with("x", &pick(&data.x));
        squares += (fit_ols(&design).unwrap().coefficients[1] - full).powi(2);
    }
    close(golden_test(Adjustment::Jackknife).se, (squares * 7.0 / 8.0f64).sqrt(), 1e-12);
}

#[test]
fn singleton_clusters_give_hc2() {
    let data = golden::data();
    let own: Vec<usize> = (0..33).collect();
    let design = Design { cluster: own, ..data.design() };
    let fit = fit_ols(&design).unwrap();
    let found = cluster_test(&fit, &[0.0, 1.0, 0.0], Adjustment::Cr2, 0.05).unwrap();
    let u = fit.basis.solve_r_transposed(&[0.0, 1.0, 0.0]);
    let mut q = vec![0.0; 3];
    let mut hc2 = 0.0;
    for i in 0..33 {
        fit.basis.q_row(i, &mut q);
        hc2 += (dot(&q, &u) * fit.residuals[i]).powi(2) / (1.0 - dot(&q, &q));
    }
    close(found.se, hc2.sqrt(), 1e-12);
}

/// Two rows at the same place in the design but in clusters of their own against the dense p x p path.
#[test]
fn one_row_path_equals_the_dense_path() {
    let mut s = SmallMatrix::zeros(3, 3);
    s.add_outer(&[0.3, -0.2, 0.5], &[0.3, -0.2, 0.5], 1.0);
    for adjustment in ALL {
        let one = Leverage::new(0, s.clone(), adjustment, 1).unwrap();
        let dense = Leverage::new(0, s.clone(), adjustment, 2).unwrap();
        for (a, b) in one.adjust(&[1.0, 2.0, -1.0]).iter().zip(dense.adjust(&[1.0, 2.0, -1.0])) {
            close(*a, b, 1e-13);
        }
    }
}

#[test]
fn order_and_labels_do_not_matter() {
    let data = golden::data();
    let base = golden_test(Adjustment::Cr2);
    let mut order: Vec<usize> = (0..33).collect();
    crate::num::rng::Stream::new(3, "order").shuffle(&mut order);
    let pick = |v: &[f64]| order.iter().map(|&i| v[i]).collect::<Vec<_>>();
    let cluster: Vec<usize> = order.iter().map(|&i| 1000 - 7 * data.cluster[i]).collect();
    let design = Design::new(&pick(&data.y), &cluster).with("t", &pick(&data.t)).with("x", &pick(&data.x));
    let fit = fit_ols(&design).unwrap();
    let shuffled = cluster_test(&fit, &[0.0, 1.0, 0.0], Adjustment::Cr2, 0.05).unwrap();
    close(shuffled.se, base.se, 1e-12);
    close(shuffled.df, base.df, 1e-10);
}

#[test]
fn shift_and_scale_of_the_outcome() {
    let data = golden::data();
    let y: Vec<f64> = data.y.iter().map(|v| 1e6 + 10.0 * v).collect();
    let fit = fit_ols(&Design { y, ..data.design() }).unwrap();
    let scaled = cluster_test(&fit, &[0.0, 1.0, 0.0], Adjustment::Cr2, 0.05).unwrap();
    close(scaled.se / 10.0, golden_test(Adjustment::Cr2).se, 1e-8);
}

#[test]
fn named_outcomes() {
    let y = [1.0, 2.0, 3.0, 5.0, 4.0, 7.0];
    let fit = |cluster: &[usize], t: &[f64]| fit_ols(&Design::new(&y, cluster).with("t", t)).unwrap();
    let one_school = fit(&[1, 1, 2, 2, 3, 3], &[1.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(
        cluster_test(&one_school, &[0.0, 1.0], Adjustment::Cr2, 0.05),
        Err(ImpactError::OneClusterDecides { cluster: 1 })
    );
    let single = fit(&[1; 6], &[1.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(
        cluster_test(&single, &[0.0, 1.0], Adjustment::Cr2, 0.05),
        Err(ImpactError::TooFewClusters { needed: 2, found: 1 })
    );
    let flat = fit_ols(&Design::new(&[0.1; 6], &[1, 1, 2, 2, 3, 3])).unwrap();
    assert_eq!(cluster_test(&flat, &[1.0], Adjustment::Cr2, 0.05), Err(ImpactError::NoVariation));
    let twin = fit_ols(&Design::new(&y, &[1, 1, 2, 2, 3, 3]).with("again", &[2.0; 6])).unwrap();
    assert_eq!(twin.dropped, ["again"]);
    assert!(matches!(twin.contrast(&[("again", 1.0)]), Err(ImpactError::RankDeficient { .. })));
    assert!(matches!(twin.contrast(&[("x", 1.0)]), Err(ImpactError::UnknownColumn { .. })));
    assert!(fit_ols(&Design::new(&[], &[])).is_err());
    assert!(fit_ols(&Design::new(&[1.0], &[1])).is_err());
    assert!(fit_ols(&Design::new(&[1.0, f64::NAN, 2.0], &[1, 2, 3])).is_err());
    assert!(cluster_test(&one_school, &[1.0], Adjustment::Cr2, 0.05).is_err());
}
