//! An interval with named ends.

/// A closed interval, mostly a confidence interval. The record that holds it names level and method.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// `centre - half_width` to `centre + half_width`.
    pub fn around(centre: f64, half_width: f64) -> Self {
        Interval { low: centre - half_width, high: centre + half_width }
    }

    /// Both ends multiplied by `factor`, which must not be negative for the ends to keep their order.
    pub fn scaled(self, factor: f64) -> Self {
        Interval { low: self.low * factor, high: self.high * factor }
    }

    /// The part of the interval inside `low..=high`, for quantities with natural bounds such as shares.
    pub fn clamped(self, low: f64, high: f64) -> Self {
        Interval { low: self.low.max(low), high: self.high.min(high) }
    }

    /// True when `value` lies inside or on an end.
    pub fn contains(self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}
