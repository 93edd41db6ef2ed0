//! Linking: exact transformations are recovered, noisy ones are at the criterion's minimum.

use dampak::psych::irt::linking::{
    AnchorItem, Criterion, DriftOptions, DriftStop, Link, MomentMethod, Wave, anchor_drift,
    characteristic_link, gain_standard_error, link_error, moment_link, stack,
};
use dampak::psych::irt::{IrtError, ItemCurve, Responses};

use crate::brute::{self, by_steps, probabilities};
use crate::simulated::*;

fn reference() -> Vec<ItemCurve> {
    [
        (0.8, vec![-1.0]),
        (1.3, vec![-0.3, 0.9]),
        (1.1, vec![0.4]),
        (0.9, vec![0.1, 0.0, 1.2]),
        (1.5, vec![1.0]),
    ]
    .iter()
    .map(|(a, b)| curve_of(&by_steps(*a, b)))
    .collect()
}

/// The reference items as another calibration would have them, whose scale maps to the reference by `link`.
fn carried_back(items: &[ItemCurve], link: Link) -> Vec<ItemCurve> {
    items.iter().map(|c| c.rescaled(1.0 / link.scale, -link.shift / link.scale)).collect()
}

fn pairs<'a>(x: &'a [ItemCurve], y: &'a [ItemCurve]) -> Vec<(&'a ItemCurve, &'a ItemCurve)> {
    x.iter().zip(y).collect()
}

#[test]
fn an_exact_transformation_is_recovered_by_every_method() {
    let want = Link { scale: 1.25, shift: -0.6 };
    let (y, x) = (reference(), carried_back(&reference(), want));
    let all = pairs(&x, &y);
    let found = [
        ("mean-mean", moment_link(&all, MomentMethod::MeanMean).unwrap()),
        ("mean-sigma", moment_link(&all, MomentMethod::MeanSigma).unwrap()),
        ("Haebara", characteristic_link(&all, Criterion::Haebara, true).unwrap()),
        ("Stocking-Lord", characteristic_link(&all, Criterion::StockingLord, true).unwrap()),
    ];
    for (name, link) in found {
        close(name, &[link.scale, link.shift], &[want.scale, want.shift], 1e-8);
        for (x, y) in &all {
            close(name, &link.apply_curve(x).intercepts, &y.intercepts, 1e-7);
        }
        // A person's expected points do not depend on the scale that is used to say so.
        let theta = 0.4;
        assert!((x[1].moments(theta).mean - y[1].moments(link.apply(theta)).mean).abs() < 1e-8);
    }
    let shift = Link { scale: 1.0, shift: 0.7 };
    let x = carried_back(&reference(), shift);
    let all = pairs(&x, &y);
    let found = [
        moment_link(&all, MomentMethod::Mean).unwrap(),
        characteristic_link(&all, Criterion::Haebara, false).unwrap(),
        characteristic_link(&all, Criterion::StockingLord, false).unwrap(),
    ];
    for link in found {
        close("shift only", &[link.scale, link.shift], &[1.0, 0.7], 1e-8);
    }
}

/// The criterion as it is printed, with a standard normal weight on the reference scale.
fn criterion(which: Criterion, pairs: &[(&ItemCurve, &ItemCurve)], scale: f64, shift: f64) -> f64 {
    let mut total = 0.0;
    for q in 0..61 {
        let theta = -4.0 + 8.0 * f64::from(q) / 60.0;
        let weight = (-0.5 * theta * theta).exp();
        let (mut items, mut scores) = (0.0, 0.0);
        for (x, y) in pairs {
            // On its own scale the new item sees (theta - shift) / scale.
            let a = probabilities(&item_of(x), (theta - shift) / scale);
            let b = probabilities(&item_of(y), theta);
            items += a.iter().zip(&b).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
            scores += a.iter().zip(&b).enumerate().map(|(k, (a, b))| k as f64 * (a - b)).sum::<f64>();
        }
        total += weight * if which == Criterion::Haebara { items } else { scores * scores };
    }
    total
}

#[test]
fn noisy_links_are_at_the_minimum_of_their_criterion() {
    let y = reference();
    let noise = abilities(20, 0.0, 0.15, 41);
    let mut x = carried_back(&y, Link { scale: 1.2, shift: 0.5 });
    for (i, item) in x.iter_mut().enumerate() {
        item.slope *= 1.0 + noise[i];
        item.intercepts.iter_mut().skip(1).enumerate().for_each(|(k, c)| *c += noise[5 + 3 * i + k]);
    }
    let all = pairs(&x, &y);
    let start = moment_link(&all, MomentMethod::MeanMean).unwrap();
    for which in [Criterion::Haebara, Criterion::StockingLord] {
        let link = characteristic_link(&all, which, true).unwrap();
        let f = |v: &[f64]| criterion(which, &all, v[0], v[1]);
        let at = [link.scale, link.shift];
        close(&format!("{which:?}, gradient"), &brute::gradient(&f, &at), &[0.0; 2], 1e-6);
        let hessian = brute::hessian(&f, &at);
        let determinant = hessian[0][0] * hessian[1][1] - hessian[0][1].powi(2);
        assert!(hessian[0][0] > 0.0 && determinant > 0.0, "a minimum");
        let best = f(&at);
        for step in [-0.1, -0.01, 0.01, 0.1] {
            assert!(f(&[at[0] + step, at[1]]) > best && f(&[at[0], at[1] + step]) > best);
        }
        assert!(f(&[start.scale, start.shift]) > best, "better than where the search began");
        let fixed = characteristic_link(&all, which, false).unwrap();
        let g = |v: &[f64]| criterion(which, &all, 1.0, v[0]);
        assert_eq!(fixed.scale, 1.0);
        close(&format!("{which:?}, scale 1"), &brute::gradient(&g, &[fixed.shift]), &[0.0], 1e-6);
        assert!(g(&[fixed.shift]) >= best);
    }
}

#[test]
fn without_common_items_there_is_no_link() {
    assert_eq!(moment_link(&[], MomentMethod::Mean), Err(IrtError::NoCommonItems));
    assert_eq!(characteristic_link(&[], Criterion::Haebara, true), Err(IrtError::NoCommonItems));
    assert_eq!(anchor_drift(&[], DriftOptions::default()), Err(IrtError::NoCommonItems));
    // Items whose steps never exist have nothing in common either.
    let hole = ItemCurve { slope: 1.0, intercepts: vec![0.0, f64::NEG_INFINITY, 0.3] };
    assert_eq!(moment_link(&[(&hole, &hole)], MomentMethod::Mean), Err(IrtError::NoCommonItems));
    // One item cannot say how wide the scale is.
    let one = curve_of(&by_steps(1.0, &[0.2]));
    assert!(matches!(moment_link(&[(&one, &one)], MomentMethod::MeanSigma), Err(IrtError::Num(_))));
}

fn anchors(d: &[f64]) -> Vec<AnchorItem> {
    let spread = |i: usize| (i as f64 * 0.37).sin() * 1.5;
    d.iter()
        .enumerate()
        .map(|(i, d)| AnchorItem { item: 10 + i, reference: spread(i), new: spread(i) + d })
        .collect()
}

#[test]
fn drift_by_hand() {
    let d = [0.2, 0.3, 0.1, 0.25, 0.15, 0.2, 0.3, 0.1, 1.4, 0.2];
    let found = anchor_drift(&anchors(&d), DriftOptions::default()).unwrap();
    let mean = d.iter().sum::<f64>() / 10.0;
    let kept: Vec<f64> = d.iter().copied().filter(|d| *d < 1.0).collect();
    let shift = kept.iter().sum::<f64>() / 9.0;
    close("shifts", &[found.shift_all, found.shift_kept], &[mean, shift], 1e-12);
    for (anchor, d) in found.anchors.iter().zip(d) {
        close("displacement", &[anchor.displacement], &[d - shift], 1e-12);
        // Sorted: .1 .1 .15 .2 .2 .2 .25 .3 .3 1.4; quartiles .1625 and .2875, median .2.
        close("robust z", &[anchor.robust_z.unwrap()], &[(d - 0.2) / (0.74 * 0.125)], 1e-9);
        assert_eq!(anchor.dropped.is_some(), d > 1.0);
    }
    let error = |d: &[f64]| {
        let mean = d.iter().sum::<f64>() / d.len() as f64;
        (d.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / (d.len() as f64 - 1.0) / d.len() as f64).sqrt()
    };
    close("link error", &[found.link_error_all.unwrap()], &[error(&d)], 1e-12);
    close("link error, kept", &[found.link_error_kept.unwrap()], &[error(&kept)], 1e-12);
    close("link error", &[link_error(&d).unwrap()], &[error(&d)], 1e-12);
    assert_eq!(link_error(&[0.3]), None);
    close("gain", &[gain_standard_error(0.3, 0.4)], &[0.5], 1e-15);
    assert_eq!(found.stop, DriftStop::NoneLeft);
    let given = anchors(&d);
    let column = |f: fn(&AnchorItem) -> f64| -> Vec<f64> {
        let all: Vec<f64> = given.iter().map(f).collect();
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        all.iter().map(|v| v - mean).collect()
    };
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let (x, y) = (column(|a| a.reference), column(|a| a.new));
    let r = dot(&x, &y) / (dot(&x, &x) * dot(&y, &y)).sqrt();
    close("correlation of difficulties", &[found.correlation.unwrap()], &[r], 1e-12);
    let ratio = (dot(&y, &y) / dot(&x, &x)).sqrt();
    close("ratio of spreads", &[found.sd_ratio.unwrap()], &[ratio], 1e-12);
}

#[test]
fn purification_stops_at_a_fifth() {
    for (count, bad, most) in [(10, 4, 2), (4, 2, 0), (5, 2, 1), (20, 3, 3), (20, 9, 4)] {
        let d: Vec<f64> =
            (0..count).map(|i| if i < bad { 3.0 + i as f64 * 0.7 } else { 0.01 * (i % 5) as f64 }).collect();
        // Without a robust z (drifters widen the quartiles) only the displacement decides.
        let options = DriftOptions { robust_z: 0.0, ..DriftOptions::default() };
        let found = anchor_drift(&anchors(&d), options).unwrap();
        let dropped = found.anchors.iter().filter(|a| a.dropped.is_some()).count();
        assert_eq!(dropped, most, "{count} anchors, {bad} drifted");
        let stop = if bad > most { DriftStop::ShareReached } else { DriftStop::NoneLeft };
        assert_eq!(found.stop, stop, "{count} anchors, {bad} drifted");
        // The farthest goes first.
        assert!(most == 0 || found.anchors[bad - 1].dropped == Some(0));
    }
    // Equal differences: no robust z, nothing dropped, no link error.
    let same = anchor_drift(&anchors(&[0.5; 6]), DriftOptions::default()).unwrap();
    assert!(same.anchors.iter().all(|a| a.robust_z.is_none() && a.dropped.is_none()));
    assert!(same.link_error_all.unwrap() < 1e-15);
    let broken = [AnchorItem { item: 0, reference: 0.0, new: f64::NAN }];
    assert!(matches!(anchor_drift(&broken, DriftOptions::default()), Err(IrtError::Num(_))));
}

#[test]
fn stacked_waves_keep_every_answer() {
    let (one, two) = (rows(&["01", "1."], 1), rows(&["20", "12", ".0"], 2));
    let waves = [Wave { responses: &one, items: &[0, 1] }, Wave { responses: &two, items: &[1, 2] }];
    let all = stack(&waves, 3).unwrap();
    assert_eq!(all.waves, [0, 0, 1, 1, 1]);
    assert_eq!(all.responses.max(), [1, 2, 2]);
    let row = |r: &Responses, p: usize| (0..3).map(|i| r.get(p, i)).collect::<Vec<_>>();
    assert_eq!(row(&all.responses, 0), [Some(0), Some(1), None]);
    assert_eq!(row(&all.responses, 3), [None, Some(1), Some(2)]);
    assert_eq!(row(&all.responses, 4), [None, None, Some(0)]);
    assert!(matches!(stack(&waves, 2), Err(IrtError::Shape { .. })));
    let short = [Wave { responses: &one, items: &[0] }];
    assert!(matches!(stack(&short, 3), Err(IrtError::Shape { .. })));
}
