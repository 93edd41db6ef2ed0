//! Elementary symmetric functions by summation.
//!
//! All terms are positive, so nothing cancels (Gustafsson 1980). Each item's vector is first divided by
//! its sum: the functions then are a distribution of the score and cannot overflow however long the test.

use super::super::item_scores::{convolve, leave_one_out};

/// Probabilities of points given the score, for one set of items.
pub(super) struct Symmetric {
    /// `ln gamma_r` for every score r.
    pub log_gamma: Vec<f64>,
    /// Distribution of the score under the divided vectors.
    gamma: Vec<f64>,
    /// The divided vectors.
    share: Vec<Vec<f64>>,
    rest: Vec<Vec<f64>>,
}

impl Symmetric {
    /// From the intercepts of each item (minus infinity for points that cannot occur).
    pub fn new(intercepts: &[Vec<f64>]) -> Self {
        let mut log_scale = 0.0;
        let share: Vec<Vec<f64>> = intercepts
            .iter()
            .map(|c| {
                let total = crate::num::special::log_sum_exp(c);
                log_scale += total;
                c.iter().map(|c| (c - total).exp()).collect()
            })
            .collect();
        let gamma = share.iter().fold(vec![1.0], |g, p| convolve(&g, p));
        let log_gamma = gamma.iter().map(|g| g.ln() + log_scale).collect();
        let rest = leave_one_out(&share);
        Symmetric { log_gamma, gamma, share, rest }
    }

    /// `P(x_i = k | score)`.
    pub fn given(&self, item: usize, k: usize, score: usize) -> f64 {
        if k > score || score - k >= self.rest[item].len() {
            return 0.0;
        }
        self.share[item][k] * self.rest[item][score - k] / self.gamma[score]
    }

    /// `sum_score n(score) P(x_i = k, x_j = l | score)` for all pairs of other items j with item i, as
    /// `[j][k][l]`; the entry of j = i is empty. `n` has one entry per score.
    pub fn pairs_with(&self, item: usize, n: &[f64]) -> Vec<Vec<Vec<f64>>> {
        let others: Vec<usize> = (0..self.share.len()).filter(|j| *j != item).collect();
        let shares: Vec<Vec<f64>> = others.iter().map(|j| self.share[*j].clone()).collect();
        let rests = leave_one_out(&shares);
        let mut all = vec![vec![]; self.share.len()];
        for (j, rest) in others.into_iter().zip(rests) {
            let own = |k: usize, l: usize| -> f64 {
                let scores = n.iter().enumerate().skip(k + l).take(rest.len());
                let sum: f64 = scores
                    .filter(|(r, n)| **n > 0.0 && self.gamma[*r] > 0.0)
                    .map(|(r, n)| n * rest[r - k - l] / self.gamma[r])
                    .sum();
                self.share[item][k] * self.share[j][l] * sum
            };
            all[j] = (0..self.share[item].len())
                .map(|k| (0..self.share[j].len()).map(|l| own(k, l)).collect())
                .collect();
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_subsets_and_conditions() {
        // Five equal items: gamma_r is the binomial coefficient, P(x = 1 | r) = r / 5.
        let s = Symmetric::new(&vec![vec![0.0, 0.0]; 5]);
        for (r, n) in [1.0, 5.0, 10.0, 10.0, 5.0, 1.0f64].iter().enumerate() {
            assert!((s.log_gamma[r] - n.ln()).abs() < 1e-14);
            assert!((s.given(2, 1, r) - r as f64 / 5.0).abs() < 1e-15);
        }
        // Two right given score 2: 1 / 10.
        let pairs = s.pairs_with(0, &[0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
        assert!((pairs[3][1][1] - 0.1).abs() < 1e-15);
    }

    #[test]
    fn long_tests_do_not_overflow() {
        let s = Symmetric::new(&vec![vec![0.0, 3.0]; 600]);
        assert!(s.log_gamma[600].is_finite() && (s.log_gamma[600] - 1800.0).abs() < 1e-8);
    }
}
