//! The automatic grid: wide enough for the population, fine enough for the sharpest posterior.

use super::marginal::Problem;
use super::{ItemCurve, Quadrature};

/// Standard deviations covered on either side: the normal density beyond is below 1e-10.
const REACH: f64 = 6.5;
/// Node spacing in smallest posterior standard deviations; the error of the rectangle rule for a normal
/// density at this spacing is `exp(-2 pi^2 / 0.9^2)`, about 3e-11.
const SPACING: f64 = 0.9;
/// Bounds of the number of nodes.
const FEWEST_NODES: usize = 31;
const MOST_NODES: usize = 401;
/// Largest part of the population's scale that a grid may fall short by and still be kept.
const SLACK: f64 = 0.06;

/// The grid that the current parameters call for.
pub(super) fn grid_for(problem: &Problem, psi: &[f64]) -> Quadrature {
    let sigmas = problem.map.sigmas(psi);
    let beta = &psi[problem.map.beta.clone()];
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for cell in 0..problem.cells.len() {
        let mu: f64 = problem.cells.row(cell).iter().zip(beta).map(|(x, b)| x * b).sum();
        let sigma = sigmas[problem.cells.group[cell]].clamp(0.05, 50.0);
        low = low.min(mu - REACH * sigma);
        high = high.max(mu + REACH * sigma);
    }
    let curves: Vec<ItemCurve> = (0..problem.map.states.len())
        .filter(|i| problem.map.is_active(*i))
        .map(|i| problem.map.curve(i, psi))
        .collect();
    let information = (0..=24)
        .map(|step| low + (high - low) * f64::from(step) / 24.0)
        .map(|theta| curves.iter().map(|c| c.information(theta)).sum::<f64>())
        .fold(0.0, f64::max);
    // A group narrower than the nodes are apart would sit on single nodes.
    let narrowest = sigmas.iter().copied().fold(f64::INFINITY, f64::min).clamp(0.05, 50.0);
    let spacing = SPACING / (information + narrowest.powi(-2)).sqrt();
    let nodes = ((high - low) / spacing).ceil() as usize + 1;
    Quadrature::Grid { nodes: nodes.clamp(FEWEST_NODES, MOST_NODES), low, high }
}

/// True when a grid is as wide and as fine as needed, give or take a little.
pub(super) fn covers(have: Quadrature, need: Quadrature) -> bool {
    let (Quadrature::Grid { nodes, low, high }, Quadrature::Grid { nodes: n, low: l, high: h }) =
        (have, need)
    else {
        return true;
    };
    let slack = SLACK * (h - l);
    let fine = (high - low) / nodes as f64 <= (1.0 + SLACK) * (h - l) / n as f64 || nodes == MOST_NODES;
    low <= l + slack && high >= h - slack && fine
}
