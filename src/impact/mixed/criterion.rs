//! The (restricted) likelihood of the variances with its exact derivatives.

use super::blocks::Blocks;
use super::dense::{form, leading, product, trace_of_product};
use super::pieces::{Pieces, log_det};
use super::{Likelihood, MixedError};
use crate::num::cholesky::Cholesky;
use crate::num::linalg::SmallMatrix;

/// -2 log likelihood without its constants, its gradient and both information matrices over `phi`.
///
/// ```text
/// P       = V^-1 - V^-1 X (X'V^-1 X)^-1 X'V^-1
/// REML    : log|V| + log|X'V^-1 X| + y'Py
/// d/dr    : tr(P G_r) - y'P G_r P y
/// d2/drds : 2 y'P G_r P G_s P y - tr(P G_r P G_s)       expected: tr(P G_r P G_s)
/// ```
///
/// ML has V^-1 instead of P in the traces and lacks log|X'V^-1 X|.
#[derive(Debug, Clone)]
pub(super) struct Criterion {
    pub value: f64,
    pub gradient: Vec<f64>,
    /// Second derivatives of `value`.
    pub hessian: SmallMatrix,
    /// Their expectation.
    pub expected: SmallMatrix,
    /// Coefficients on Q.
    pub coefficients: Vec<f64>,
    /// (Q'V^-1 Q)^-1.
    pub covariance: SmallMatrix,
    pub pieces: Pieces,
}

impl Criterion {
    /// Evaluates at `phi`.
    ///
    /// # Errors
    /// `Impact` when V or Q'V^-1 Q is not positive definite.
    pub fn at(blocks: &Blocks, phi: &[f64], likelihood: Likelihood) -> Result<Self, MixedError> {
        let pieces = Pieces::at(blocks, phi)?;
        let (count, p) = (phi.len(), pieces.m0.columns() - 1);
        let restricted = likelihood == Likelihood::Restricted;
        let factor = Cholesky::new(&leading(&pieces.m0, p))?;
        let covariance = factor.inverse();
        let xy: Vec<f64> = (0..p).map(|i| pieces.m0.get(i, p)).collect();
        let coefficients = factor.solve(&xy);
        let w: Vec<f64> = coefficients.iter().map(|b| -b).chain([1.0]).collect();
        let mut value = pieces.log_det + form(&pieces.m0, &w, &w);
        if restricted {
            value += log_det(&factor, p);
        }
        let spread: Vec<SmallMatrix> =
            pieces.m.iter().map(|m| product(&covariance, &leading(m, p))).collect();
        let pull: Vec<Vec<f64>> = pieces.m.iter().map(|m| m.times(&w)[..p].to_vec()).collect();
        let trace = |m: &SmallMatrix| (0..p).map(|i| m.get(i, i)).sum::<f64>();
        let gradient = (0..count)
            .map(|r| {
                let removed = if restricted { trace(&spread[r]) } else { 0.0 };
                pieces.t[r] - removed - form(&pieces.m[r], &w, &w)
            })
            .collect();
        let (mut hessian, mut expected) =
            (SmallMatrix::zeros(count, count), SmallMatrix::zeros(count, count));
        for r in 0..count {
            for s in 0..count {
                let mm = &pieces.mm[r * count + s];
                let mut fisher = pieces.tt[r * count + s];
                if restricted {
                    fisher += trace_of_product(&spread[r], &spread[s])
                        - 2.0 * trace_of_product(&covariance, &leading(mm, p));
                }
                let observed = form(mm, &w, &w) - form(&covariance, &pull[r], &pull[s]);
                expected.set(r, s, fisher);
                hessian.set(r, s, 2.0 * observed - fisher);
            }
        }
        Ok(Criterion { value, gradient, hessian, expected, coefficients, covariance, pieces })
    }
}
