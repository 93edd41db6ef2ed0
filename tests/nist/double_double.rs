//! Numbers of about 32 digits as the unevaluated sum of two doubles: enough to say what the rounded data
//! themselves give, before any algorithm touches them.

use std::ops::{Add, Div, Mul, Sub};

/// high + low, with |low| at most half a unit in the last place of high.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dd {
    high: f64,
    low: f64,
}

/// Knuth's sum: a + b = sum + error exactly.
fn two_sum(a: f64, b: f64) -> Dd {
    let high = a + b;
    let part = high - a;
    Dd { high, low: (a - (high - part)) + (b - part) }
}

impl Dd {
    pub fn sqrt(self) -> Dd {
        let first = Dd::from(self.high.sqrt());
        // One Newton step doubles the digits of the hardware's root.
        first + (self - first * first) / (first + first)
    }

    pub fn value(self) -> f64 {
        self.high + self.low
    }
}

impl From<f64> for Dd {
    fn from(value: f64) -> Dd {
        Dd { high: value, low: 0.0 }
    }
}

impl Add for Dd {
    type Output = Dd;
    fn add(self, other: Dd) -> Dd {
        let (high, low) = (two_sum(self.high, other.high), two_sum(self.low, other.low));
        let first = two_sum(high.high, high.low + low.high);
        two_sum(first.high, first.low + low.low)
    }
}

impl Sub for Dd {
    type Output = Dd;
    fn sub(self, other: Dd) -> Dd {
        self + Dd { high: -other.high, low: -other.low }
    }
}

impl Mul for Dd {
    type Output = Dd;
    fn mul(self, other: Dd) -> Dd {
        let high = self.high * other.high;
        let low = self.high.mul_add(other.high, -high) + (self.high * other.low + self.low * other.high);
        two_sum(high, low)
    }
}

impl Div for Dd {
    type Output = Dd;
    fn div(self, other: Dd) -> Dd {
        let first = Dd::from(self.high / other.high);
        let rest = self - other * first;
        let second = Dd::from(rest.high / other.high);
        first + second + Dd::from((rest - other * second).high / other.high)
    }
}

pub fn sum(values: impl IntoIterator<Item = Dd>) -> Dd {
    values.into_iter().fold(Dd::from(0.0), |total, v| total + v)
}

#[test]
fn thirty_digits() {
    let third = Dd::from(1.0) / Dd::from(3.0);
    let rest = third * Dd::from(3.0) - Dd::from(1.0);
    assert!(rest.value().abs() < 1e-31);
    let root = Dd::from(2.0).sqrt();
    assert!((root * root - Dd::from(2.0)).value().abs() < 1e-31);
    assert_eq!(sum([1e16, 1.0, -1e16].map(Dd::from)).value(), 1.0);
}
