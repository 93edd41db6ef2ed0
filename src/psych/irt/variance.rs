//! Is there a population variance at all, and is it finite?

use super::fit::Notice;
use super::grid::grid_for;
use super::marginal::{Lattice, Problem};
use super::params::ParameterMap;

/// Variances below this are tried against none at all.
const SMALL_VARIANCE: f64 = 0.1;
/// Standard deviation that stands for none.
const NO_SPREAD: f64 = 0.01;
/// What a variance must add to the log-likelihood to be told from none. The log-likelihood is flat near
/// variance 0, so the optimiser stops anywhere there and the estimate itself says nothing.
const NOTHING_ADDED: f64 = 1e-3;

/// Groups whose variance cannot be told from 0 at the estimates `psi` with log-likelihood `found`.
pub(super) fn groups_without(problem: &Problem, psi: &[f64], found: f64) -> Vec<Notice> {
    let lost = |free: usize| {
        let mut without = psi.to_vec();
        without[free] = NO_SPREAD.ln();
        let lattice = Lattice::new(grid_for(problem, &without)).ok()?;
        let (tables, prior) = (problem.tables(&without, &lattice), problem.prior(&without, &lattice));
        Some(found - problem.expect(&tables, &prior, &lattice).log_likelihood)
    };
    let nothing = |free: &usize| {
        let spread = psi[*free].exp();
        spread < NO_SPREAD
            || spread * spread < SMALL_VARIANCE && lost(*free).is_some_and(|l| l < NOTHING_ADDED)
    };
    let groups = problem.map.log_sigma.iter().enumerate();
    groups
        .filter(|(_, free)| free.as_ref().is_some_and(nothing))
        .map(|(group, _)| Notice::NoVariance { group })
        .collect()
}

/// A slope times a standard deviation of the population beyond which an item is a step: half the
/// persons would be right for certain and the others wrong for certain.
const STEEPEST: f64 = 40.0;

/// True when some item tells persons apart more sharply than any answers can show.
pub(super) fn is_unbounded(map: &ParameterMap, psi: &[f64]) -> bool {
    let widest = map.sigmas(psi).into_iter().fold(0.0, f64::max);
    let steep = |item: usize| !(map.curve(item, psi).slope.abs() * widest < STEEPEST);
    (0..map.states.len()).filter(|i| map.is_active(*i)).any(steep)
}
