//! Named streams of random numbers.
//!
//! Every person, item and school draws from a stream of its own, named by what it is for: a model with one
//! more instrument, one more school or another drop-out rate leaves the answers of everybody else as they
//! were.

use rand::Rng as _;
use rand_pcg::Pcg64;
use sha2::{Digest as _, Sha256};
use statrs::distribution::{ContinuousCDF as _, Normal};

/// A stream of random numbers, the same on every machine.
pub struct Stream {
    generator: Pcg64,
    normal: Normal,
}

impl Stream {
    /// The stream of that name under a seed: PCG-64 whose state and increment are the SHA-256 of both.
    pub fn new(seed: u64, name: &str) -> Self {
        let digest = Sha256::new().chain_update(seed.to_le_bytes()).chain_update(name.as_bytes()).finalize();
        let half = |from: usize| {
            digest.iter().skip(from).take(16).fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte))
        };
        Stream { generator: Pcg64::new(half(0), half(16)), normal: Normal::standard() }
    }

    /// Uniform on the open interval (0, 1): the middle of one of 2^53 equal cells.
    pub fn uniform(&mut self) -> f64 {
        ((self.generator.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Standard normal by the inverse distribution function: one uniform a number, whatever it is, so that
    /// streams stay in step.
    pub fn normal(&mut self) -> f64 {
        let u = self.uniform();
        self.normal.inverse_cdf(u)
    }

    /// True with probability `p`.
    pub fn chance(&mut self, p: f64) -> bool {
        self.uniform() < p
    }

    /// A whole number from 0 to `n - 1`; 0 where `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        // Product and floor: the bias is below n / 2^53.
        ((self.uniform() * n as f64) as usize).min(n.saturating_sub(1))
    }

    /// A place in `weights`, each with a chance in proportion to its weight.
    pub fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.uniform() * weights.iter().sum::<f64>();
        let mut last = 0;
        for (place, weight) in weights.iter().enumerate() {
            if *weight > 0.0 {
                last = place;
                left -= weight;
                if left < 0.0 {
                    return place;
                }
            }
        }
        last
    }

    /// Fisher-Yates.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for place in (1..list.len()).rev() {
            let other = self.below(place + 1);
            list.swap(place, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_by_name_and_repeat_by_seed() {
        let draw = |seed, name: &str| Stream::new(seed, name).uniform();
        assert_eq!(draw(1, "a"), draw(1, "a"));
        assert_ne!(draw(1, "a"), draw(1, "b"));
        assert_ne!(draw(1, "a"), draw(2, "a"));
    }

    #[test]
    fn normals_have_mean_0_and_variance_1() {
        let mut stream = Stream::new(1, "normals");
        let z: Vec<f64> = (0..10_000).map(|_| stream.normal()).collect();
        let mean = z.iter().sum::<f64>() / 1e4;
        let variance = z.iter().map(|z| z * z).sum::<f64>() / 1e4;
        // Three standard errors: 3 / sqrt(n) and 3 sqrt(2 / n).
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.043, "{mean} {variance}");
    }

    #[test]
    fn a_place_without_weight_is_never_drawn() {
        let mut stream = Stream::new(1, "weights");
        assert!((0..1000).all(|_| stream.weighted(&[0.0, 1.0, 0.0, 2.0, 0.0]) % 2 == 1));
    }
}
