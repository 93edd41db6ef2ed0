//! Response curves of the generating model. `theta` ability, `b` difficulty, `delta` step difficulties,
//! all in logits.

/// Probability of success under the Rasch model.
///
/// ```text
/// P = 1 / (1 + exp(b - theta))
/// ```
///
/// # References
/// Rasch, G. (1960). Probabilistic models for some intelligence and attainment tests.
pub fn rasch(theta: f64, b: f64) -> f64 {
    1.0 / (1.0 + libm::exp(b - theta))
}

/// Probabilities of the levels 0..=m under the partial credit model, m steps `delta`.
///
/// ```text
/// P(k) proportional to exp(sum over j <= k of (theta - delta_j))
/// ```
///
/// # References
/// Masters, G. N. (1982). A Rasch model for partial credit scoring. Psychometrika 47, 149-174.
pub fn partial_credit(theta: f64, delta: &[f64]) -> Vec<f64> {
    let mut exponent = 0.0;
    let mut exponents = vec![0.0];
    for step in delta {
        exponent += theta - step;
        exponents.push(exponent);
    }
    let top = exponents.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut p: Vec<f64> = exponents.iter().map(|e| libm::exp(e - top)).collect();
    let sum: f64 = p.iter().sum();
    p.iter_mut().for_each(|p| *p /= sum);
    p
}

/// How a rater departs from the level that a piece of work deserves.
#[derive(Clone, Copy, Debug)]
pub struct RaterError {
    /// Chance to be one level too high (where there is a higher one).
    pub up: f64,
    /// Chance to be one level too low (where there is a lower one).
    pub down: f64,
}

impl RaterError {
    /// A rater who is exact with chance `exact` and otherwise off by one, downward with chance
    /// `(1 + severity) / 2`.
    pub fn new(exact: f64, severity: f64) -> Self {
        RaterError {
            up: (1.0 - exact) * (1.0 - severity) / 2.0,
            down: (1.0 - exact) * (1.0 + severity) / 2.0,
        }
    }

    /// Expected rating of work at `level` of 0..=`top`.
    pub fn expected(&self, level: usize, top: usize) -> f64 {
        let up = if level < top { self.up } else { 0.0 };
        let down = if level > 0 { self.down } else { 0.0 };
        level as f64 + up - down
    }

    /// The rating that a uniform number `u` picks.
    pub fn rate(&self, level: usize, top: usize, u: f64) -> usize {
        if u < self.up {
            (level + 1).min(top)
        } else if u < self.up + self.down {
            level.saturating_sub(1)
        } else {
            level
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partial_credit_with_one_step_is_rasch() {
        let p = partial_credit(0.7, &[-0.2]);
        assert!((p[1] - rasch(0.7, -0.2)).abs() < 1e-15);
        let p = partial_credit(30.0, &[-1.0, 0.0, 1.0]);
        assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-15 && p[3] > 0.999);
    }

    #[test]
    fn expected_rating_is_the_mean_over_ratings() {
        let rater = RaterError::new(0.8, 0.5);
        for level in 0..=3 {
            // 2000 equal cells of u; the shares of this rater are whole numbers of cells.
            let sum: usize = (0..2000).map(|cell| rater.rate(level, 3, (cell as f64 + 0.5) / 2000.0)).sum();
            assert!((sum as f64 / 2000.0 - rater.expected(level, 3)).abs() < 1e-12);
        }
    }
}
