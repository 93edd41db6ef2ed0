//! Seeded random streams with names.
//!
//! A study has one seed. Every use draws from its own named stream, so that adding a bootstrap does not
//! change the permutation test beside it. Draws are made from the raw 64-bit output by rules written
//! here, so that a new version of a random library cannot change a report.

use rand::RngExt as _;
use rand_pcg::Pcg64;

use super::dist::normal_quantile;

/// A reproducible sequence of random numbers.
#[derive(Debug, Clone)]
pub struct Stream {
    generator: Pcg64,
}

impl Stream {
    /// The stream called `name` of the study seed. Equal arguments give equal sequences.
    pub fn new(seed: u64, name: &str) -> Self {
        // FNV-1a, because the standard hasher may change between compiler versions.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Stream { generator: Pcg64::new(u128::from(seed) << 64 | u128::from(hash), u128::from(hash)) }
    }

    /// Sixty-four random bits.
    pub fn bits(&mut self) -> u64 {
        self.generator.random()
    }

    /// Uniform on the open interval (0, 1), on a grid of 2^-53.
    pub fn uniform(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) * (1.0 / (1u64 << 53) as f64)
    }

    /// Standard normal, by inversion: one uniform per value.
    pub fn normal(&mut self) -> f64 {
        normal_quantile(self.uniform()).unwrap_or(0.0)
    }

    /// True with the given probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Uniform whole number in `0..bound`, without modulo bias; 0 when `bound` is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        if bound == 0 {
            return 0;
        }
        let bound = bound as u64;
        let whole = u64::MAX - u64::MAX % bound;
        loop {
            let bits = self.bits();
            if bits < whole {
                return (bits % bound) as usize;
            }
        }
    }

    /// Puts `items` into a uniformly random order (Fisher-Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }

    /// `count` different numbers of `0..population` in random order; all of them when fewer exist.
    pub fn sample(&mut self, population: usize, count: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..population).collect();
        let count = count.min(population);
        for place in 0..count {
            let pick = place + self.below(population - place);
            all.swap(place, pick);
        }
        all.truncate(count);
        all
    }

    /// `count` numbers of `0..population` with replacement: bootstrap indices. Empty without population.
    pub fn resample(&mut self, population: usize, count: usize) -> Vec<usize> {
        let count = if population == 0 { 0 } else { count };
        (0..count).map(|_| self.below(population)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_differ_by_name() {
        let draw = |seed, name| Stream::new(seed, name).bits();
        assert_eq!(draw(7, "permutation"), draw(7, "permutation"));
        assert_ne!(draw(7, "permutation"), draw(7, "bootstrap"));
        assert_ne!(draw(7, "permutation"), draw(8, "permutation"));
    }

    #[test]
    fn draws_are_within_bounds_and_balanced() {
        let mut stream = Stream::new(1, "test");
        let mut counts = [0usize; 7];
        for _ in 0..70_000 {
            counts[stream.below(7)] += 1;
        }
        assert!(counts.iter().all(|c| (9_600..10_400).contains(c)), "{counts:?}");
        let normals: Vec<f64> = (0..20_000).map(|_| stream.normal()).collect();
        assert!(crate::num::moments::mean(&normals).unwrap().abs() < 0.03);
        assert!((crate::num::moments::sd(&normals).unwrap() - 1.0).abs() < 0.02);
        let mut order = stream.sample(50, 50);
        order.sort_unstable();
        assert_eq!(order, (0..50).collect::<Vec<_>>());
        assert_eq!(stream.below(0), 0);
        assert!(stream.resample(0, 5).is_empty());
    }
}
