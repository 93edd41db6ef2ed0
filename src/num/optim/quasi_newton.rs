//! Limited-memory quasi-Newton minimisation with a preconditioner that the problem supplies.
//!
//! The preconditioner stands for the inverse Hessian of an easier problem. For a latent variable model it
//! is the inverse complete-data information: the first step is then a step of EM, and the memory adds
//! what EM does not know (the share of missing information).
//!
//! # References
//! Nocedal & Wright (2006), Numerical Optimization, chapter 7 (two-loop recursion).
//! Lange (1995), Statistica Sinica 5, 1-18 (quasi-Newton acceleration of the EM gradient algorithm).

use std::collections::VecDeque;

use super::{FitLog, StopReason, TracePoint};
use crate::num::linalg::dot;

/// A function to minimise.
pub trait Objective {
    /// Value, gradient and preconditioner at `x`.
    fn evaluate(&mut self, x: &[f64]) -> Value;
}

/// Applies an approximate inverse Hessian, symmetric and positive definite.
pub type Precondition = Box<dyn Fn(&[f64]) -> Vec<f64>>;

/// The function at one point.
pub struct Value {
    /// Value of the function.
    pub objective: f64,
    /// Gradient.
    pub gradient: Vec<f64>,
    /// Applies an approximate inverse Hessian, symmetric and positive definite.
    pub precondition: Precondition,
}

impl Value {
    fn is_finite(&self) -> bool {
        self.objective.is_finite() && self.gradient.iter().all(|g| g.is_finite())
    }
}

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Converged when the preconditioned gradient asks no parameter to change by more than this.
    pub step: f64,
    /// Cap of iterations.
    pub iterations: usize,
    /// Largest change of a parameter in one iteration; guards the first steps against overshooting.
    pub longest_step: f64,
}

/// Pairs kept: beyond about twenty the two-loop recursion gains nothing on problems of this kind.
const MEMORY: usize = 20;
/// Smallest share of the predicted decrease that a step must deliver (Nocedal & Wright's c1).
const SUFFICIENT: f64 = 1e-4;
/// Halvings before a line search is given up: 2^-30 of a step is below its rounding.
const HALVINGS: usize = 30;
/// Differences of the objective below this share of it are summation noise.
const NOISE: f64 = 1e-13;
/// A step below this is rounding when the objective cannot be improved any more.
const SMALL_STEP: f64 = 1e-5;

/// Minimises `objective` from `start`; the best point is returned with the log of the run.
pub fn minimise(objective: &mut impl Objective, start: &[f64], limits: Limits) -> (Vec<f64>, FitLog) {
    let mut x = start.to_vec();
    let mut value = objective.evaluate(&x);
    let mut log = FitLog {
        start: x.clone(),
        objective_at_start: value.objective,
        objective: value.objective,
        iterations: 0,
        evaluations: 1,
        stop: StopReason::IterationCap,
        trace: Vec::new(),
    };
    if !value.is_finite() {
        log.stop = StopReason::NotFinite;
        return (x, log);
    }
    let mut memory = Memory::default();
    loop {
        let plain = (value.precondition)(&value.gradient);
        let asked = largest(&plain);
        if log.iterations > 0 {
            log.trace.push(TracePoint { objective: value.objective, step: asked });
        }
        if asked <= limits.step {
            log.stop = StopReason::Converged;
            break;
        }
        if log.iterations == limits.iterations {
            break;
        }
        let direction = memory.direction(&value);
        let mut found = line_search(objective, &x, &value, direction, limits, &mut log);
        if found.is_none() && !memory.pairs.is_empty() {
            memory.pairs.clear();
            let direction = plain.iter().map(|p| -p).collect();
            found = line_search(objective, &x, &value, direction, limits, &mut log);
        }
        let Some((next_x, next)) = found else {
            log.stop =
                if asked < SMALL_STEP { StopReason::RoundingReached } else { StopReason::LineSearchFailed };
            break;
        };
        memory.learn(&x, &next_x, &value.gradient, &next.gradient);
        (x, value) = (next_x, next);
        log.iterations += 1;
    }
    log.objective = value.objective;
    (x, log)
}

fn largest(v: &[f64]) -> f64 {
    v.iter().fold(0.0, |top, x| top.max(x.abs()))
}

/// Backtracks along `direction` until the objective falls enough, or at the bottom, where the objective
/// is flat to rounding, until the gradient along the direction shrinks.
fn line_search(
    objective: &mut impl Objective,
    x: &[f64],
    value: &Value,
    direction: Vec<f64>,
    limits: Limits,
    log: &mut FitLog,
) -> Option<(Vec<f64>, Value)> {
    let slope = dot(&direction, &value.gradient);
    if !(slope < 0.0) {
        return None;
    }
    let mut length = (limits.longest_step / largest(&direction)).min(1.0);
    for _ in 0..HALVINGS {
        let next_x: Vec<f64> = x.iter().zip(&direction).map(|(x, d)| x + length * d).collect();
        let next = objective.evaluate(&next_x);
        log.evaluations += 1;
        if next.is_finite() {
            let change = next.objective - value.objective;
            let noise = NOISE * value.objective.abs();
            let flat = change.abs() <= noise && dot(&direction, &next.gradient).abs() < 0.9 * slope.abs();
            if change <= SUFFICIENT * length * slope || flat {
                return Some((next_x, next));
            }
            // The minimum of the parabola through both values and the slope, kept away from both ends.
            let vertex = -0.5 * slope * length / ((change / length - slope).max(f64::MIN_POSITIVE));
            length *= (vertex / length).clamp(0.1, 0.5);
        } else {
            length *= 0.25;
        }
    }
    None
}

/// Steps and changes of gradient of the last iterations.
#[derive(Default)]
struct Memory {
    pairs: VecDeque<Pair>,
}

struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    rho: f64,
}

impl Memory {
    fn learn(&mut self, x: &[f64], next_x: &[f64], gradient: &[f64], next_gradient: &[f64]) {
        let step: Vec<f64> = next_x.iter().zip(x).map(|(a, b)| a - b).collect();
        let change: Vec<f64> = next_gradient.iter().zip(gradient).map(|(a, b)| a - b).collect();
        let curvature = dot(&step, &change);
        let sizes = dot(&step, &step).sqrt() * dot(&change, &change).sqrt();
        if curvature > 1e-10 * sizes {
            self.pairs.push_back(Pair { step, change, rho: 1.0 / curvature });
            if self.pairs.len() > MEMORY {
                self.pairs.pop_front();
            }
        }
    }

    fn direction(&self, value: &Value) -> Vec<f64> {
        let mut q = value.gradient.clone();
        let mut shares = Vec::with_capacity(self.pairs.len());
        for pair in self.pairs.iter().rev() {
            let share = pair.rho * dot(&pair.step, &q);
            q.iter_mut().zip(&pair.change).for_each(|(q, y)| *q -= share * y);
            shares.push(share);
        }
        let mut r = (value.precondition)(&q);
        for (pair, share) in self.pairs.iter().zip(shares.iter().rev()) {
            let back = pair.rho * dot(&pair.change, &r);
            r.iter_mut().zip(&pair.step).for_each(|(r, s)| *r += (share - back) * s);
        }
        r.iter().map(|r| -r).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Valley;

    impl Objective for Valley {
        fn evaluate(&mut self, x: &[f64]) -> Value {
            let gap = x[1] - x[0] * x[0];
            let slope = -400.0 * gap * x[0] - 2.0 * (1.0 - x[0]);
            Value {
                objective: 100.0 * gap * gap + (1.0 - x[0]).powi(2),
                gradient: vec![slope, 200.0 * gap],
                precondition: Box::new(|g| vec![g[0] / 800.0, g[1] / 200.0]),
            }
        }
    }

    #[test]
    fn finds_the_bottom_of_a_curved_valley() {
        let limits = Limits { step: 1e-12, iterations: 200, longest_step: 1.0 };
        let (x, log) = minimise(&mut Valley, &[-1.2, 1.0], limits);
        assert!(log.stop.is_converged(), "{:?}", log.stop);
        assert!((x[0] - 1.0).abs() < 1e-8 && (x[1] - 1.0).abs() < 1e-8);
        assert_eq!(log.trace.len(), log.iterations);
        let (_, capped) = minimise(&mut Valley, &[-1.2, 1.0], Limits { iterations: 2, ..limits });
        assert_eq!(capped.stop, StopReason::IterationCap);
    }
}
