//! Linking by characteristic curves: Haebara and Stocking-Lord.

use super::super::{IrtError, ItemCurve};
use super::transform::{Link, MomentMethod, moment_link};
use crate::num::cholesky::Cholesky;
use crate::num::linalg::SmallMatrix;
use crate::num::optim::{self, Limits, Objective, StopReason};
use crate::num::quadrature;

/// What is made equal on the reference scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Criterion {
    /// The probabilities of each point on each item (Haebara 1980).
    Haebara,
    /// The expected sum of points over all common items (Stocking & Lord 1983).
    StockingLord,
}

/// Nodes of the criterion's weight, a standard normal density on the reference scale.
const NODES: usize = 61;

/// Links by least squares between characteristic curves,
///
/// ```text
/// Haebara:        sum_q w_q sum_i sum_k (P_yik(theta_q) - P*_xik(theta_q))^2
/// Stocking-Lord:  sum_q w_q (sum_i E_yi(theta_q) - sum_i E*_xi(theta_q))^2
/// ```
///
/// with * the new calibration's items carried to the reference scale and `theta_q` standard normal there.
/// `free_scale = false` keeps the scale at 1 (Rasch family).
///
/// # Errors
/// `NoCommonItems`; `Num` when the search does not converge.
///
/// # References
/// Haebara (1980), Japanese Psychological Research 22, 144-149. Stocking & Lord (1983),
/// doi:10.1177/014662168300700208.
pub fn characteristic_link(
    pairs: &[(&ItemCurve, &ItemCurve)],
    criterion: Criterion,
    free_scale: bool,
) -> Result<Link, IrtError> {
    let method = if free_scale { MomentMethod::MeanMean } else { MomentMethod::Mean };
    let start = moment_link(pairs, method)?;
    let grid = quadrature::grid(NODES, -4.0, 4.0)?;
    let weights: Vec<f64> = grid.at.iter().map(|t| (-0.25 * t * t).exp()).collect();
    let reference: Vec<&ItemCurve> = pairs.iter().map(|p| p.1).collect();
    let mut distance = Distance {
        new: pairs.iter().map(|p| p.0).collect(),
        reference: traits(&reference, &grid.at, &weights, criterion),
        theta: grid.at,
        root_weights: weights,
        criterion,
    };
    let first: Vec<f64> =
        if free_scale { vec![start.shift, start.scale.abs().ln()] } else { vec![start.shift] };
    let limits = Limits { step: 1e-9, iterations: 200, longest_step: 1.0 };
    let (found, log) = optim::minimise(&mut distance, &first, limits);
    if !log.stop.is_converged() && log.stop != StopReason::LineSearchFailed {
        return Err(crate::num::NumError::NotConverged { routine: "characteristic curve linking" }.into());
    }
    Ok(link(&found))
}

fn link(parameters: &[f64]) -> Link {
    Link { shift: parameters[0], scale: parameters.get(1).map_or(1.0, |s| s.exp()) }
}

/// The curve values whose squared differences are summed, each times the root of its weight.
fn traits(curves: &[&ItemCurve], theta: &[f64], root_weights: &[f64], criterion: Criterion) -> Vec<f64> {
    let mut all = vec![];
    for (t, w) in theta.iter().zip(root_weights) {
        match criterion {
            Criterion::Haebara => {
                all.extend(curves.iter().flat_map(|c| c.probabilities(*t)).map(|p| w * p));
            }
            Criterion::StockingLord => {
                all.push(w * curves.iter().map(|c| c.moments(*t).mean).sum::<f64>());
            }
        }
    }
    all
}

struct Distance<'a> {
    new: Vec<&'a ItemCurve>,
    reference: Vec<f64>,
    theta: Vec<f64>,
    root_weights: Vec<f64>,
    criterion: Criterion,
}

impl Distance<'_> {
    fn residuals(&self, parameters: &[f64]) -> Vec<f64> {
        let link = link(parameters);
        let moved: Vec<ItemCurve> = self.new.iter().map(|c| link.apply_curve(c)).collect();
        let views: Vec<&ItemCurve> = moved.iter().collect();
        let traits = traits(&views, &self.theta, &self.root_weights, self.criterion);
        traits.iter().zip(&self.reference).map(|(a, b)| a - b).collect()
    }
}

impl Objective for Distance<'_> {
    /// Gauss-Newton from central differences: the residuals are smooth and there are two parameters.
    fn evaluate(&mut self, parameters: &[f64]) -> optim::Value {
        const H: f64 = 1e-5;
        let residuals = self.residuals(parameters);
        let column = |j: usize| -> Vec<f64> {
            let mut moved = parameters.to_vec();
            moved[j] += H;
            let up = self.residuals(&moved);
            moved[j] -= 2.0 * H;
            let down = self.residuals(&moved);
            up.iter().zip(&down).map(|(u, d)| (u - d) / (2.0 * H)).collect()
        };
        let jacobian: Vec<Vec<f64>> = (0..parameters.len()).map(column).collect();
        let dot = crate::num::linalg::dot;
        let mut normal = SmallMatrix::zeros(jacobian.len(), jacobian.len());
        for (i, a) in jacobian.iter().enumerate() {
            jacobian.iter().enumerate().for_each(|(j, b)| normal.set(i, j, dot(a, b)));
        }
        let factor = Cholesky::new(&normal).ok();
        optim::Value {
            objective: 0.5 * dot(&residuals, &residuals),
            gradient: jacobian.iter().map(|j| dot(j, &residuals)).collect(),
            precondition: Box::new(move |g| factor.as_ref().map_or_else(|| g.to_vec(), |f| f.solve(g))),
        }
    }
}
