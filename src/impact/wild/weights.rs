//! The weights that clusters get in a draw.

use super::WildOptions;
use crate::impact::ImpactError;
use crate::impact::resampling::Reference;
use crate::num::NumError;
use crate::num::rng::Stream;

/// Largest number of clusters whose signs are enumerated: 2^16 patterns take some milliseconds.
pub(super) const MOST_ENUMERATED: usize = 16;

/// The distribution of the weights. Both have mean 0 and variance 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WildWeights {
    /// +1 or -1.
    Rademacher,
    /// -/+ sqrt(3/2), -/+ 1, -/+ sqrt(1/2), each with probability 1/6: with few clusters more patterns than
    /// signs alone give.
    Webb,
}

impl WildWeights {
    fn draw(self, stream: &mut Stream) -> f64 {
        match self {
            WildWeights::Rademacher => [1.0, -1.0][(stream.bits() >> 63) as usize],
            WildWeights::Webb => {
                let size = [1.5f64.sqrt(), 1.0, 0.5f64.sqrt()];
                let face = stream.below(6);
                if face < 3 { size[face] } else { -size[face - 3] }
            }
        }
    }
}

/// The patterns of all draws, made one at a time.
pub(super) struct Patterns {
    /// Patterns that are made. An enumeration makes one of each pair of opposite patterns: they give
    /// statistics of equal size.
    pub made: usize,
    /// Number of patterns they stand for.
    pub total: u64,
    pub reference: Reference,
    weights: WildWeights,
    stream: Stream,
}

impl Patterns {
    pub(super) fn new(options: &WildOptions, clusters: usize) -> Result<Self, ImpactError> {
        let (weights, stream) = (options.weights, Stream::new(options.seed, "wild bootstrap"));
        if weights == WildWeights::Rademacher && clusters <= MOST_ENUMERATED {
            let made = 1usize << (clusters - 1);
            return Ok(Patterns {
                made,
                total: 2 * made as u64,
                reference: Reference::Enumerated,
                weights,
                stream,
            });
        }
        if options.draws == 0 {
            return Err(NumError::OutOfRange { name: "draws", value: 0.0 }.into());
        }
        let total = u64::from(options.draws);
        Ok(Patterns { made: options.draws as usize, total, reference: Reference::Sampled, weights, stream })
    }

    /// Writes the pattern with this index; sampled ones must be asked for in order.
    pub(super) fn fill(&mut self, index: usize, pattern: &mut [f64]) {
        for (g, w) in pattern.iter_mut().enumerate() {
            *w = match self.reference {
                Reference::Enumerated => [1.0, -1.0][index >> g & 1],
                Reference::Sampled => self.weights.draw(&mut self.stream),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Square roots: the vignette that prints 1.5 and 0.5 gives a variance of 1.17.
    #[test]
    fn webb_weights_have_variance_one() {
        let mut stream = Stream::new(1, "test");
        let draws: Vec<f64> = (0..60_000).map(|_| WildWeights::Webb.draw(&mut stream)).collect();
        let variance = draws.iter().map(|w| w * w).sum::<f64>() / draws.len() as f64;
        assert!((variance - 1.0).abs() < 0.01);
        let mut seen: Vec<i64> = draws.iter().map(|w| (w * w * w.signum() * 2.0).round() as i64).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen, [-3, -2, -1, 1, 2, 3]);
    }
}
