//! What sign-flip and permutation tests share.

use crate::num::tol;

/// How the reference distribution was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference {
    /// Every possible re-assignment once, the observed one among them.
    Enumerated,
    /// Random re-assignments from a seeded stream, the observed one added.
    Sampled,
}

/// A test by re-assignment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ResamplingTest {
    /// The observed statistic.
    pub statistic: f64,
    /// Two-sided p: the share of re-assignments at least as far from zero, the observed one counted.
    pub p: f64,
    /// Re-assignments at least as far from zero as the observed one.
    pub extreme: u64,
    /// Re-assignments looked at: all when enumerated, the draws when sampled.
    pub total: u64,
    /// How the reference distribution was made.
    pub reference: Reference,
    /// Number of units (schools).
    pub clusters: usize,
}

impl ResamplingTest {
    /// `extreme / total` when enumerated, `(1 + extreme) / (1 + total)` when sampled.
    ///
    /// # References
    /// Phipson & Smyth (2010), Statistical Applications in Genetics and Molecular Biology 9, article 39.
    pub(super) fn new(
        statistic: f64,
        extreme: u64,
        total: u64,
        reference: Reference,
        clusters: usize,
    ) -> Self {
        let p = match reference {
            Reference::Enumerated => extreme as f64 / total as f64,
            Reference::Sampled => (1 + extreme) as f64 / (1 + total) as f64,
        };
        ResamplingTest { statistic, p, extreme, total, reference, clusters }
    }
}

/// Number of draws and seed when a distribution is too large to enumerate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResamplingOptions {
    /// Random re-assignments.
    pub draws: u32,
    /// Seed of the study.
    pub seed: u64,
}

impl Default for ResamplingOptions {
    /// 9,999 draws, so that alpha (draws + 1) is whole for the usual alphas.
    fn default() -> Self {
        ResamplingOptions { draws: 9_999, seed: 1 }
    }
}

/// The value that a statistic must reach in size to count: the observed one less the rounding of `scale`.
pub(super) fn threshold(observed: f64, scale: f64) -> f64 {
    observed.abs() - tol::RESAMPLING_TIE * scale
}
