//! Optimisers and the record each fit keeps of its run.

mod quasi_newton;

pub use quasi_newton::{Limits, Objective, Value, minimise};

/// Why an optimiser stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// Steps and gradient fell below their tolerances.
    Converged,
    /// No step improved the objective by more than its rounding, with the gradient already small.
    RoundingReached,
    /// The cap of iterations was reached first.
    IterationCap,
    /// No step improved the objective although the gradient is not small.
    LineSearchFailed,
    /// The objective or its gradient is not finite at the start.
    NotFinite,
}

impl StopReason {
    /// True when the result can be used as the optimum.
    pub fn is_converged(self) -> bool {
        matches!(self, StopReason::Converged | StopReason::RoundingReached)
    }
}

/// One accepted iteration.
#[derive(Debug, Clone, PartialEq)]
pub struct TracePoint {
    /// Objective after the iteration.
    pub objective: f64,
    /// Largest change that the preconditioned gradient still asks of any parameter.
    pub step: f64,
}

/// How a fit was reached: from where, how far, how fast, and why it stopped.
#[derive(Debug, Clone, PartialEq)]
pub struct FitLog {
    /// Parameters at the start.
    pub start: Vec<f64>,
    /// Objective at the start.
    pub objective_at_start: f64,
    /// Objective at the end.
    pub objective: f64,
    /// Accepted iterations.
    pub iterations: usize,
    /// Evaluations of the objective.
    pub evaluations: usize,
    /// Why it stopped.
    pub stop: StopReason,
    /// The accepted iterations in order.
    pub trace: Vec<TracePoint>,
}
