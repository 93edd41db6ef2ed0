//! The last digits of a fit: Newton's method with the observed information.

use super::marginal::{Lattice, Problem};
use crate::num::linalg::SmallMatrix;
use crate::num::optim::TracePoint;

/// The finish after the accelerated EM.
#[derive(Debug, Clone, PartialEq)]
pub struct NewtonStage {
    /// Where the stage began and each step taken: the objective there, and the largest change of a parameter
    /// that Newton's method asks for from there. The last entry says how far the estimates still are from the
    /// maximum.
    pub trace: Vec<TracePoint>,
}

/// Steps at most: the information is that of the first point, each step wins the digits of the first.
const STEPS: usize = 4;
/// Changes that are rounding.
const ROUNDING: f64 = 1e-11;
/// A larger change means that the information is of another place.
const NEAR: f64 = 0.1;
/// Differences of the objective below this share of it are summation noise.
const NOISE: f64 = 1e-12;

/// Takes Newton steps from `psi` with the inverse of the observed information there, as long as each asks for
/// less than half of the one before. The best point is returned.
pub(super) fn finish(
    problem: &Problem,
    psi: Vec<f64>,
    lattice: &Lattice,
    covariance: &SmallMatrix,
) -> (Vec<f64>, NewtonStage) {
    let at = |psi: &[f64]| {
        let marginal = problem.evaluate(psi, lattice);
        let step = covariance.times(&marginal.gradient);
        let asked = step.iter().fold(0.0, |top: f64, s| if s.is_nan() { *s } else { top.max(s.abs()) });
        let objective = -marginal.log_likelihood - marginal.log_prior;
        (step, TracePoint { objective, step: asked })
    };
    let mut psi = psi;
    let (mut step, mut here) = at(&psi);
    let mut trace = vec![here.clone()];
    while trace.len() <= STEPS && here.step > ROUNDING && here.step < NEAR {
        let moved: Vec<f64> = psi.iter().zip(&step).map(|(p, s)| p + s).collect();
        let (next_step, next) = at(&moved);
        let falls = next.objective <= here.objective + NOISE * here.objective.abs();
        if !(falls && next.step < 0.5 * here.step) {
            break;
        }
        trace.push(next.clone());
        (psi, step, here) = (moved, next_step, next);
    }
    (psi, NewtonStage { trace })
}
