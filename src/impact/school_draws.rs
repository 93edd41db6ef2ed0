//! Schools drawn with replacement, as how often each student's school came up.

use super::clusters::ClusterIndex;
use crate::num::rng::Stream;

/// How a case bootstrap over schools is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SchoolDraws {
    /// Resamples.
    pub draws: u32,
    /// Seed of the study.
    pub seed: u64,
    /// Error rate of the interval.
    pub alpha: f64,
}

impl Default for SchoolDraws {
    /// 1,999 draws: (draws + 1) alpha / 2 is whole for the usual alphas, and the ends move by less than a tenth of
    /// their standard error.
    fn default() -> Self {
        SchoolDraws { draws: 1_999, seed: 1, alpha: 0.05 }
    }
}

/// Schools with a place each, so that a draw is one count per school.
#[derive(Debug, Clone)]
pub(super) struct Schools {
    /// Place of each row's school.
    pub of_row: Vec<usize>,
    /// Number of schools.
    pub count: usize,
}

impl Schools {
    pub(super) fn new(cluster: &[usize]) -> Self {
        let index = ClusterIndex::new(cluster);
        let mut of_row = vec![0; cluster.len()];
        for (place, (_, rows)) in index.iter().enumerate() {
            rows.iter().for_each(|&row| of_row[row] = place);
        }
        Schools { of_row, count: index.len() }
    }
}

/// Draws as many of `schools` as there are, with replacement, and counts how often each came up.
pub(super) fn draw(stream: &mut Stream, schools: &[usize], times: &mut [u32]) {
    schools.iter().for_each(|&school| times[school] = 0);
    for _ in 0..schools.len() {
        times[schools[stream.below(schools.len())]] += 1;
    }
}
