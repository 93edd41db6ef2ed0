//! Newton's method on the variances, with zero as their limit.
//!
//! The optimiser's coordinates psi are the variances themselves, so that a variance of zero is an ordinary point
//! with a gradient that says whether it stays there. A pair (intercept, slope) is `(d1, d2, c)` with variances
//! `d1` and `d2 + c^2 d1` and covariance `c d1`: nonnegative `d1`, `d2` are exactly the valid covariance matrices.

use super::blocks::Blocks;
use super::criterion::Criterion;
use super::dense::product;
use super::terms::{ComponentKind, Parameter};
use super::{Likelihood, MixedError};
use crate::num::cholesky::Cholesky;
use crate::num::linalg::{SmallMatrix, dot};
use crate::num::optim::{FitLog, StopReason, TracePoint};

/// Newton takes 5 to 15 steps; a fit that needs more walks along a flat ridge.
const STEPS: usize = 100;

/// Newton's own estimate of what is left to gain in -2 log likelihood. The step from there squares the error.
const GAIN_LEFT: f64 = 1e-9;

/// Halvings of one step.
const HALVINGS: usize = 40;

/// The residual variance may shrink to this share of itself in one step, so that it stays positive.
const SHRINK: f64 = 0.1;

/// Share by which the diagonal of a singular expected information is raised.
const LIFT: f64 = 1e-6;

/// A variance below this share of the total variance is zero: rounding of the cross products.
const ZERO_SHARE: f64 = 1e-11;

/// The optimum in both coordinates.
#[derive(Debug, Clone)]
pub(super) struct Optimum {
    pub psi: Vec<f64>,
    pub phi: Vec<f64>,
    pub criterion: Criterion,
    /// Second derivatives and their expectation over psi.
    pub observed: SmallMatrix,
    pub expected: SmallMatrix,
    /// d phi / d psi.
    pub jacobian: SmallMatrix,
    pub log: FitLog,
}

/// What is searched over.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search<'a> {
    pub blocks: &'a Blocks,
    pub parameters: &'a [Parameter],
    pub likelihood: Likelihood,
    /// A coordinate that keeps its value (profiles).
    pub held: Option<usize>,
}

/// Variances from coordinates.
pub(super) fn phi_of(parameters: &[Parameter], psi: &[f64]) -> Vec<f64> {
    let mut phi = psi.to_vec();
    for (place, parameter) in parameters.iter().enumerate() {
        if parameter.kind == ComponentKind::Covariance {
            let (d1, d2, c) = (psi[place - 2], psi[place - 1], psi[place]);
            phi[place - 1] = d2 + c * c * d1;
            phi[place] = c * d1;
        }
    }
    phi
}

/// d phi / d psi.
pub(super) fn jacobian(parameters: &[Parameter], psi: &[f64]) -> SmallMatrix {
    let mut j = SmallMatrix::identity(psi.len());
    for (place, parameter) in parameters.iter().enumerate() {
        if parameter.kind == ComponentKind::Covariance {
            let (d1, c) = (psi[place - 2], psi[place]);
            j.set(place - 1, place - 2, c * c);
            j.set(place - 1, place, 2.0 * c * d1);
            j.set(place, place - 2, c);
            j.set(place, place, d1);
        }
    }
    j
}

/// `J' A J`.
fn turned(a: &SmallMatrix, j: &SmallMatrix) -> SmallMatrix {
    let mut turned = SmallMatrix::zeros(a.rows(), a.rows());
    super::dense::add_cross(&mut turned, j, &product(a, j));
    turned
}

impl Optimum {
    /// Coordinates off their limit: those at zero are taken as known.
    pub fn free(&self, parameters: &[Parameter]) -> Vec<usize> {
        let free = |&place: &usize| match parameters[place].kind {
            ComponentKind::Covariance => self.psi[place - 2] > 0.0,
            _ => self.psi[place] > 0.0,
        };
        (0..self.psi.len()).filter(free).collect()
    }

    /// Covariance of the estimated variances phi: twice the inverse of an information matrix of -2 log likelihood
    /// over the free coordinates, turned into phi. `None` when it is not positive definite.
    pub fn covariance_of_phi(
        &self,
        information: &SmallMatrix,
        parameters: &[Parameter],
    ) -> Option<SmallMatrix> {
        let free = self.free(parameters);
        let mut part = SmallMatrix::zeros(free.len(), free.len());
        for (i, &r) in free.iter().enumerate() {
            free.iter().enumerate().for_each(|(j, &s)| part.set(i, j, information.get(r, s)));
        }
        let inverse = Cholesky::new(&part).ok()?.inverse();
        let count = self.psi.len();
        let mut covariance = SmallMatrix::zeros(count, count);
        for (i, &r) in free.iter().enumerate() {
            free.iter().enumerate().for_each(|(j, &s)| covariance.set(r, s, 2.0 * inverse.get(i, j)));
        }
        let mut in_phi = SmallMatrix::zeros(count, count);
        let half = product(&self.jacobian, &covariance);
        for r in 0..count {
            for s in 0..count {
                in_phi.set(r, s, (0..count).map(|k| half.get(r, k) * self.jacobian.get(s, k)).sum());
            }
        }
        Some(in_phi)
    }
}

impl Search<'_> {
    fn gradient(&self, at: &Criterion, psi: &[f64]) -> Vec<f64> {
        let j = jacobian(self.parameters, psi);
        (0..psi.len()).map(|s| (0..psi.len()).map(|r| j.get(r, s) * at.gradient[r]).sum()).collect()
    }

    /// Observed second derivatives in psi: those of phi turned, plus the bend of the pairs.
    fn hessian(&self, at: &Criterion, psi: &[f64]) -> SmallMatrix {
        let mut hessian = turned(&at.hessian, &jacobian(self.parameters, psi));
        for (place, parameter) in self.parameters.iter().enumerate() {
            if parameter.kind == ComponentKind::Covariance {
                let (d1, c) = (psi[place - 2], psi[place]);
                let (slope, covariance) = (at.gradient[place - 1], at.gradient[place]);
                let bend = 2.0 * c * slope + covariance;
                hessian.set(place, place, hessian.get(place, place) + 2.0 * d1 * slope);
                hessian.set(place, place - 2, hessian.get(place, place - 2) + bend);
                hessian.set(place - 2, place, hessian.get(place - 2, place) + bend);
            }
        }
        hessian
    }

    /// Coordinates that may move: not held, not at zero with the likelihood rising towards zero.
    fn free(&self, psi: &[f64], gradient: &[f64]) -> Vec<usize> {
        let may_move = |&place: &usize| {
            if self.held == Some(place) {
                return false;
            }
            match self.parameters[place].kind {
                ComponentKind::Covariance => psi[place - 2] > 0.0,
                _ => psi[place] > 0.0 || gradient[place] < 0.0,
            }
        };
        (0..psi.len()).filter(may_move).collect()
    }

    /// Newton's step over the free coordinates: with the observed information where it is positive definite, with
    /// the expected one elsewhere.
    fn step(&self, at: &Criterion, psi: &[f64], free: &[usize], gradient: &[f64]) -> Option<Vec<f64>> {
        let part = |m: &SmallMatrix| {
            let mut part = SmallMatrix::zeros(free.len(), free.len());
            for (i, &r) in free.iter().enumerate() {
                free.iter().enumerate().for_each(|(j, &s)| part.set(i, j, m.get(r, s)));
            }
            part
        };
        let observed = part(&self.hessian(at, psi));
        let expected = || part(&turned(&at.expected, &jacobian(self.parameters, psi)));
        // A pair's third coordinate has next to no information while its intercept's variance is next to nothing.
        let lifted = || {
            let mut lifted = expected();
            (0..free.len()).for_each(|i| lifted.set(i, i, lifted.get(i, i) * (1.0 + LIFT)));
            lifted
        };
        let factor = Cholesky::new(&observed)
            .or_else(|_| Cholesky::new(&expected()))
            .or_else(|_| Cholesky::new(&lifted()))
            .ok()?;
        let pull: Vec<f64> = free.iter().map(|&r| -gradient[r]).collect();
        let mut step = vec![0.0; psi.len()];
        free.iter().zip(factor.solve(&pull)).for_each(|(&place, s)| step[place] = s);
        Some(step)
    }

    fn moved(&self, psi: &[f64], step: &[f64], scale: f64) -> Vec<f64> {
        let last = psi.len() - 1;
        let mut next: Vec<f64> = psi.iter().zip(step).map(|(p, s)| p + scale * s).collect();
        let total: f64 =
            psi.iter().zip(self.parameters).map(|(p, q)| if is_variance(q) { *p } else { 0.0 }).sum();
        for (place, value) in next.iter_mut().enumerate() {
            if place == last {
                *value = value.max(SHRINK * psi[last]);
            } else if is_variance(&self.parameters[place])
                && self.held != Some(place)
                && *value < ZERO_SHARE * total
            {
                *value = 0.0;
            }
        }
        next
    }

    fn at(&self, psi: &[f64]) -> Result<Criterion, MixedError> {
        Criterion::at(self.blocks, &phi_of(self.parameters, psi), self.likelihood)
    }

    /// Minimises -2 log likelihood from `start`.
    ///
    /// # Errors
    /// `Unidentified` when no information matrix can be factored, `NotConverged`.
    pub fn run(&self, start: &[f64]) -> Result<Optimum, MixedError> {
        let mut psi = start.to_vec();
        let mut at = self.at(&psi)?;
        let mut log = FitLog {
            start: start.to_vec(),
            objective_at_start: at.value,
            objective: at.value,
            iterations: 0,
            evaluations: 1,
            stop: StopReason::IterationCap,
            trace: Vec::new(),
        };
        for _ in 0..STEPS {
            let gradient = self.gradient(&at, &psi);
            let free = self.free(&psi, &gradient);
            if free.is_empty() {
                log.stop = StopReason::Converged;
                break;
            }
            let step = self.step(&at, &psi, &free, &gradient).ok_or(MixedError::Unidentified)?;
            let gain = -dot(&step, &gradient);
            let last_step = gain.abs() < GAIN_LEFT;
            let Some((next, next_at)) = self.improve(&psi, &at, &step, last_step, &mut log) else {
                log.stop = StopReason::LineSearchFailed;
                break;
            };
            (psi, at) = (next, next_at);
            log.iterations += 1;
            log.trace.push(TracePoint { objective: at.value, step: gain });
            if last_step {
                log.stop = StopReason::Converged;
                break;
            }
        }
        log.objective = at.value;
        if !log.stop.is_converged() {
            return Err(MixedError::NotConverged { iterations: log.iterations });
        }
        let phi = phi_of(self.parameters, &psi);
        let observed = self.hessian(&at, &psi);
        let jacobian = jacobian(self.parameters, &psi);
        let expected = turned(&at.expected, &jacobian);
        Ok(Optimum { psi, phi, criterion: at, observed, expected, jacobian, log })
    }

    /// The first halving of the step that does not lower the likelihood.
    fn improve(
        &self,
        psi: &[f64],
        at: &Criterion,
        step: &[f64],
        last_step: bool,
        log: &mut FitLog,
    ) -> Option<(Vec<f64>, Criterion)> {
        let mut scale = 1.0;
        for _ in 0..HALVINGS {
            let next = self.moved(psi, step, scale);
            log.evaluations += 1;
            if let Ok(found) = self.at(&next)
                && (found.value < at.value || last_step)
            {
                return Some((next, found));
            }
            scale *= 0.5;
        }
        None
    }
}

fn is_variance(parameter: &Parameter) -> bool {
    parameter.kind != ComponentKind::Covariance
}
