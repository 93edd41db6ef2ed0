//! The worked data set of the statistical standards (section 5.6): 33 rows in 8 clusters of 3 to 5,
//! computed in R 4.2.2 with clubSandwich 0.5.8.

use super::Arm;
use super::ols::Design;

/// Outcome, treatment, covariate and cluster of the 33 rows.
pub(crate) struct Golden {
    pub(crate) y: Vec<f64>,
    pub(crate) t: Vec<f64>,
    pub(crate) x: Vec<f64>,
    pub(crate) cluster: Vec<usize>,
}

pub(crate) fn data() -> Golden {
    let shift = [2.0, -1.0, 0.0, 3.0, -2.0, 1.0, -3.0, 0.0];
    let mut golden = Golden { y: vec![], t: vec![], x: vec![], cluster: vec![] };
    let mut i = 0usize;
    for g in 1..=8usize {
        for _ in 0..3 + g % 3 {
            i += 1;
            let t = (g % 2) as f64;
            let x = ((7 * i) % 11) as f64;
            let wiggle = (((13 * i) % 17) as f64 - 8.0) / 4.0;
            golden.y.push(50.0 + 3.0 * t + 2.0 * x + shift[g - 1] + wiggle);
            golden.t.push(t);
            golden.x.push(x);
            golden.cluster.push(g);
        }
    }
    golden
}

impl Golden {
    pub(crate) fn design(&self) -> Design {
        Design::new(&self.y, &self.cluster).with("t", &self.t).with("x", &self.x)
    }

    pub(crate) fn arms(&self) -> Vec<Arm> {
        self.t.iter().map(|t| if *t > 0.5 { Arm::Program } else { Arm::Comparison }).collect()
    }
}

/// The thirteen school changes of the same section (twelve df after the mean).
pub(crate) const SCHOOL_CHANGES: [f64; 13] =
    [2.0, -1.0, 3.0, 4.0, 0.5, 6.0, 1.0, 2.5, 3.0, -0.5, 1.5, 2.0, 4.0];

/// Both agree to half a unit of the last printed digit.
pub(crate) fn close(found: f64, printed: f64, tolerance: f64) {
    assert!((found - printed).abs() <= tolerance, "{found} for {printed}");
}

#[test]
fn the_worked_data_are_those_of_the_standards() {
    let data = data();
    assert_eq!((data.y.len(), data.y.iter().sum::<f64>(), data.x.iter().sum::<f64>()), (33, 2026.0, 165.0));
}
