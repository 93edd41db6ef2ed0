//! The curve of one item: probabilities, moments of the points, information, steps.

use crate::num::special::log_sum_exp;

/// Slope and intercepts of one item: `P(k | theta)` is the softmax of `a k theta + c_k`.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemCurve {
    /// Slope `a` (1 in the Rasch family).
    pub slope: f64,
    /// Intercepts `c_0 .. c_m`; minus infinity marks points that cannot occur.
    pub intercepts: Vec<f64>,
}

/// Moments of the points on one item at one ability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// Expected points.
    pub mean: f64,
    /// Variance.
    pub variance: f64,
    /// Third central moment.
    pub third: f64,
    /// Fourth central moment.
    pub fourth: f64,
}

impl ItemCurve {
    /// The curve with the given slope and steps `b_1 .. b_m`: `c_k = -a (b_1 + .. + b_k)`.
    pub fn from_steps(slope: f64, steps: &[f64]) -> Self {
        let mut sum = 0.0;
        let rest = steps.iter().map(|b| {
            sum += b;
            -slope * sum
        });
        ItemCurve { slope, intercepts: std::iter::once(0.0).chain(rest).collect() }
    }

    /// Largest points.
    pub fn max(&self) -> usize {
        self.intercepts.len().saturating_sub(1)
    }

    /// Log probabilities of 0..=m points.
    pub fn log_probabilities(&self, theta: f64) -> Vec<f64> {
        let predictor = |(k, c): (usize, &f64)| self.slope * k as f64 * theta + c;
        let mut logs: Vec<f64> = self.intercepts.iter().enumerate().map(predictor).collect();
        let total = log_sum_exp(&logs);
        logs.iter_mut().for_each(|l| *l -= total);
        logs
    }

    /// Probabilities of 0..=m points; they sum to 1.
    pub fn probabilities(&self, theta: f64) -> Vec<f64> {
        self.log_probabilities(theta).into_iter().map(f64::exp).collect()
    }

    /// Moments of the points.
    pub fn moments(&self, theta: f64) -> Moments {
        let slope = self.slope;
        if let [c0, c1] = self.intercepts[..] {
            let p = 1.0 / (1.0 + (c0 - c1 - slope * theta).exp());
            let q = 1.0 / (1.0 + (c1 - c0 + slope * theta).exp());
            let variance = p * q;
            let fourth = variance * (1.0 - 3.0 * variance);
            return Moments { mean: p, variance, third: variance * (q - p), fourth };
        }
        let p = self.probabilities(theta);
        let mean: f64 = p.iter().enumerate().map(|(k, p)| k as f64 * p).sum();
        let central = |power: i32| -> f64 {
            p.iter().enumerate().map(|(k, p)| (k as f64 - mean).powi(power) * p).sum()
        };
        Moments { mean, variance: central(2), third: central(3), fourth: central(4) }
    }

    /// Fisher information about ability: `a^2 Var(points)`.
    pub fn information(&self, theta: f64) -> f64 {
        self.slope * self.slope * self.moments(theta).variance
    }

    /// Steps `b_k = (c_{k-1} - c_k) / a`, the abilities where neighbouring points are equally likely;
    /// `None` where a neighbour cannot occur or the slope is 0.
    pub fn steps(&self) -> Vec<Option<f64>> {
        let step = |pair: &[f64]| (pair[0] - pair[1]) / self.slope;
        self.intercepts.windows(2).map(step).map(|b| b.is_finite().then_some(b)).collect()
    }

    /// Location: the mean of the steps, `-c_m / (a m)`; `None` when 0 or m points cannot occur.
    pub fn location(&self) -> Option<f64> {
        let last = self.intercepts.last()? - self.intercepts.first()?;
        let b = -last / (self.slope * self.max() as f64);
        b.is_finite().then_some(b)
    }

    /// The same item on the scale `theta' = scale theta + shift`.
    #[must_use]
    pub fn rescaled(&self, scale: f64, shift: f64) -> ItemCurve {
        let slope = self.slope / scale;
        let intercepts =
            self.intercepts.iter().enumerate().map(|(k, c)| c - slope * k as f64 * shift).collect();
        ItemCurve { slope, intercepts }
    }
}

/// Expected points and information of a set of items at one ability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TestPoint {
    /// Ability.
    pub theta: f64,
    /// Expected sum of points.
    pub expected: f64,
    /// Test information.
    pub information: f64,
    /// Standard error of measurement `1 / sqrt(information)`.
    pub standard_error: f64,
}

/// The test characteristic and information curve at the given abilities.
pub fn test_curve(curves: &[ItemCurve], abilities: &[f64]) -> Vec<TestPoint> {
    let point = |&theta: &f64| {
        let expected = curves.iter().map(|c| c.moments(theta).mean).sum();
        let information: f64 = curves.iter().map(|c| c.information(theta)).sum();
        TestPoint { theta, expected, information, standard_error: 1.0 / information.sqrt() }
    };
    abilities.iter().map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_sum_to_one_also_far_out() {
        let curve = ItemCurve::from_steps(1.3, &[-1.0, 0.2, 0.1, 2.0]);
        for theta in [-800.0, -4.0, 0.0, 3.0, 700.0] {
            let total: f64 = curve.probabilities(theta).iter().sum();
            assert!((total - 1.0).abs() < 1e-14);
        }
        assert!(curve.moments(-800.0).mean.abs() < 1e-300);
        assert!((curve.moments(800.0).mean - 4.0).abs() < 1e-12);
    }

    #[test]
    fn the_binary_shortcut_is_the_general_form() {
        let binary = ItemCurve::from_steps(0.8, &[0.4]);
        let wide = ItemCurve { slope: 0.8, intercepts: vec![0.0, binary.intercepts[1], f64::NEG_INFINITY] };
        for theta in [-2.0, 0.1, 5.0] {
            let (a, b) = (binary.moments(theta), wide.moments(theta));
            for (x, y) in
                [(a.mean, b.mean), (a.variance, b.variance), (a.third, b.third), (a.fourth, b.fourth)]
            {
                assert!((x - y).abs() < 1e-15);
            }
        }
    }

    #[test]
    fn information_is_the_slope_of_the_expected_points() {
        let curve = ItemCurve::from_steps(1.7, &[-0.5, 0.9]);
        let h = 1e-5;
        let slope = (curve.moments(0.3 + h).mean - curve.moments(0.3 - h).mean) / (2.0 * h);
        assert!((1.7 * slope - curve.information(0.3)).abs() < 1e-8);
        let steps: Vec<f64> = curve.steps().into_iter().flatten().collect();
        assert!((steps[0] + 0.5).abs() < 1e-14 && (steps[1] - 0.9).abs() < 1e-14);
        let moved = curve.rescaled(2.0, 1.0);
        assert!((moved.moments(2.0 * 0.3 + 1.0).mean - curve.moments(0.3).mean).abs() < 1e-14);
    }
}
