//! Cluster-robust inference under an exchangeable working covariance with a fixed correlation, so that no optimiser
//! stands between the numbers: `tests/reference/working.R` (clubSandwich on nlme::gls, checked there against the
//! formula with n x n matrices).

use dampak::impact::ols::Design;
use dampak::impact::vcov::{Adjustment, ClusterVariance};
use dampak::impact::working::fit_exchangeable;
use serde_json::Value;

use crate::peers::{Worst, number, numbers};

/// Standard errors, as the issue asks; the file prints 15 digits.
const SE: f64 = 1e-9;
/// Satterthwaite's df and what follows from them, as the issue asks.
const DF: f64 = 1e-6;

/// The worked set of the standards (section 5.6).
fn golden() -> Design {
    let shift = [2.0, -1.0, 0.0, 3.0, -2.0, 1.0, -3.0, 0.0];
    let sizes: Vec<usize> = (1..=8).map(|g| 3 + g % 3).collect();
    made(&sizes, |g, i| {
        let (t, x) = ((g % 2) as f64, ((7 * i) % 11) as f64);
        (t, x, 50.0 + 3.0 * t + 2.0 * x + shift[g - 1] + (((13 * i) % 17) as f64 - 8.0) / 4.0)
    })
}

fn unequal() -> Design {
    made(&[2, 3, 3, 4, 5, 7, 9, 12, 16, 25, 40, 70], |g, i| {
        let t = f64::from(u8::from([1, 4, 6, 7, 11].contains(&g)));
        let x = ((37 * i) % 101) as f64 / 10.0 + ((5 * g) % 7) as f64;
        let noise = (((53 * i) % 97) as f64 - 48.0) / 12.0;
        (t, x, 20.0 + 1.5 * t + 0.8 * x + ((11 * g) % 13) as f64 / 2.0 + noise)
    })
}

/// Rows numbered from 1, clusters from 1; `of` gives t, x and y.
fn made(sizes: &[usize], of: impl Fn(usize, usize) -> (f64, f64, f64)) -> Design {
    let cluster: Vec<usize> = (1..).zip(sizes).flat_map(|(g, n)| std::iter::repeat_n(g, *n)).collect();
    let rows: Vec<(f64, f64, f64)> = cluster.iter().zip(1..).map(|(g, i)| of(*g, i)).collect();
    let column = |pick: fn(&(f64, f64, f64)) -> f64| rows.iter().map(pick).collect::<Vec<f64>>();
    Design::new(&column(|r| r.2), &cluster).with("t", &column(|r| r.0)).with("x", &column(|r| r.1))
}

fn reference() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/working.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn club_sandwich_on_a_fixed_working_covariance() {
    let reference = reference();
    for (name, design) in [("golden", golden()), ("unequal", unequal())] {
        let mut worst = Worst::new("working covariance, SE, df and HTZ");
        for expected in reference[name].as_array().unwrap() {
            let fit = fit_exchangeable(&design, number(&expected["icc"])).unwrap().fit;
            for (found, beta) in fit.coefficients.iter().zip(numbers(&expected["beta"])) {
                worst.check("beta", *found, beta, SE);
            }
            for (kind, adjustment) in [
                ("CR0", Adjustment::Cr0),
                ("CR1", Adjustment::Cr1),
                ("CR2", Adjustment::Cr2),
                ("CR3", Adjustment::Cr3),
            ] {
                let variance = ClusterVariance::new(&fit, adjustment).unwrap();
                let side = &expected[kind];
                for (j, (se, df)) in numbers(&side["se"]).into_iter().zip(numbers(&side["df"])).enumerate() {
                    let contrast = [0, 1, 2].map(|k| f64::from(u8::from(k == j)));
                    let found = variance.contrast_error(&contrast).unwrap();
                    worst.check(&format!("{name} se {kind}"), found.se, se, SE);
                    worst.check(&format!("{name} df {kind}"), found.df, df, DF);
                }
            }
            let both = [vec![0.0, 1.0, 0.0], vec![0.0, 0.0, 1.0]];
            let joint = ClusterVariance::new(&fit, Adjustment::Cr2).unwrap().wald(&both).unwrap();
            worst.check("F of HTZ", joint.f, number(&expected["htz"]["f"]), SE);
            worst.check("df of HTZ", joint.df2, number(&expected["htz"]["df2"]), DF);
        }
    }
}
