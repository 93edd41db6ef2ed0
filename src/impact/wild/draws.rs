//! The bootstrap statistics as functions of the value under test.

use super::weights::Patterns;
use super::{Problem, WildCluster, WildOptions, WildResiduals, WildScores};
use crate::impact::ImpactError;
use crate::impact::resampling::Reference;
use crate::impact::scores::ClusterScore;
use crate::num::linalg::{SmallMatrix, dot};
use crate::num::solve::solve;
use crate::num::tol;

impl WildCluster {
    pub(super) fn new(
        cluster: ClusterScore,
        u: &[f64],
        length: f64,
        options: &WildOptions,
    ) -> Result<Self, ImpactError> {
        let k = cluster.s.times(u);
        let (mut fixed, mut moving) = (cluster.score.clone(), k.clone());
        if options.scores == WildScores::Jackknife {
            let p = u.len();
            // I - S P, with P = I - u u'/u'u when the hypothesis takes one column away.
            let mut open = SmallMatrix::identity(p);
            for j in 0..p {
                (0..p).for_each(|i| open.set(i, j, open.get(i, j) - cluster.s.get(i, j)));
            }
            if options.residuals == WildResiduals::Restricted {
                open.add_outer(&k, u, 1.0 / length);
            }
            let decides = |_| ImpactError::OneClusterDecides { cluster: cluster.label };
            fixed = solve(&open, &fixed).map_err(decides)?;
            moving = solve(&open, &moving).map_err(decides)?;
        }
        Ok(WildCluster { a0: dot(u, &fixed), a1: dot(u, &moving), fixed, moving, k })
    }
}

/// One draw: `t*^2 = (n0 + delta n1)^2 / (q0 + 2 delta q1 + delta^2 q2)`, both without the scalar of CR1S.
pub(super) struct Draw {
    n0: f64,
    n1: f64,
    q0: f64,
    q1: f64,
    q2: f64,
}

pub(super) fn all(problem: &Problem, mut patterns: Patterns) -> Vec<Draw> {
    let made = patterns.made;
    let p = problem.clusters.first().map_or(0, |c| c.k.len());
    let (mut fixed, mut moving) = (vec![0.0; p], vec![0.0; p]);
    let mut weights = vec![0.0; problem.clusters()];
    let mut one = |index: usize| {
        patterns.fill(index, &mut weights);
        fixed.fill(0.0);
        moving.fill(0.0);
        let mut draw = Draw { n0: 0.0, n1: 0.0, q0: 0.0, q1: 0.0, q2: 0.0 };
        for (c, w) in problem.clusters.iter().zip(&weights) {
            fixed.iter_mut().zip(&c.fixed).for_each(|(total, z)| *total += w * z);
            moving.iter_mut().zip(&c.moving).for_each(|(total, z)| *total += w * z);
            draw.n0 += w * c.a0;
            draw.n1 += w * c.a1;
        }
        for (c, w) in problem.clusters.iter().zip(&weights) {
            let v0 = w * c.a0 - short_dot(&c.k, &fixed);
            let v1 = w * c.a1 - short_dot(&c.k, &moving);
            draw.q0 += v0 * v0;
            draw.q1 += v0 * v1;
            draw.q2 += v1 * v1;
        }
        draw
    };
    (0..made).map(&mut one).collect()
}

/// A plain sum: with a handful of columns four running sums cost more than they save.
fn short_dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// How many draws lie beyond the observed statistic.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fractions {
    larger: usize,
    equal: usize,
    total: usize,
}

impl Fractions {
    pub(super) fn counted(self, reference: Reference) -> f64 {
        let beyond = (self.larger + self.equal) as f64;
        match reference {
            Reference::Enumerated => beyond / self.total as f64,
            Reference::Sampled => (1.0 + beyond) / (1.0 + self.total as f64),
        }
    }

    pub(super) fn strict(self) -> f64 {
        self.larger as f64 / self.total as f64
    }
}

/// Compares t*^2 with the observed square, multiplied out so that a draw without variance needs no division.
pub(super) fn fractions(draws: &[Draw], delta: f64, observed: f64) -> Fractions {
    let mut found = Fractions { larger: 0, equal: 0, total: draws.len() };
    for d in draws {
        let top = (d.n0 + delta * d.n1).powi(2);
        let bottom = observed * (d.q0 + delta * (2.0 * d.q1 + delta * d.q2)).max(0.0);
        if (top - bottom).abs() <= tol::RESAMPLING_TIE * top.max(bottom) {
            found.equal += 1;
        } else if top > bottom {
            found.larger += 1;
        }
    }
    found
}
