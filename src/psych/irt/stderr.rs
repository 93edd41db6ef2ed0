//! The observed information of a marginal fit.
//!
//! The gradient of the marginal likelihood is exact, so its central differences, extrapolated once
//! (Richardson), give the Hessian to about nine digits.

use rayon::prelude::*;

use super::marginal::{Lattice, Problem};
use crate::num::cholesky::Cholesky;
use crate::num::linalg::SmallMatrix;

/// Half width of the wider difference; with extrapolation the truncation error is of order h^4.
const WIDTH: f64 = 2e-3;

/// The negative Hessian of the log-likelihood (with priors, of the log posterior) at `psi`.
pub(super) fn observed_information(problem: &Problem, psi: &[f64], lattice: &Lattice) -> SmallMatrix {
    let n = psi.len();
    let gradient = |free: usize, h: f64| {
        let mut moved = psi.to_vec();
        moved[free] += h;
        problem.evaluate(&moved, lattice).gradient
    };
    let column = |free: usize| -> Vec<f64> {
        let (up, down) = (gradient(free, WIDTH), gradient(free, -WIDTH));
        let (near_up, near_down) = (gradient(free, 0.5 * WIDTH), gradient(free, -0.5 * WIDTH));
        (0..n)
            .map(|i| {
                let wide = (up[i] - down[i]) / (2.0 * WIDTH);
                let near = (near_up[i] - near_down[i]) / WIDTH;
                (wide - 4.0 * near) / 3.0
            })
            .collect()
    };
    let columns: Vec<Vec<f64>> = (0..n).into_par_iter().map(column).collect();
    let mut information = SmallMatrix::zeros(n, n);
    for i in 0..n {
        for j in 0..n {
            information.set(i, j, 0.5 * (columns[i][j] + columns[j][i]));
        }
    }
    information
}

/// The covariance matrix of the estimates, `None` when the information is not positive definite.
pub(super) fn covariance(information: &SmallMatrix) -> Option<SmallMatrix> {
    Cholesky::new(information).ok().map(|factor| factor.inverse())
}

/// Standard error of `sum coefficient * parameter` (the delta method for any smooth function).
pub(super) fn standard_error(covariance: &SmallMatrix, gradient: &[(usize, f64)]) -> f64 {
    let mut variance = 0.0;
    for (i, a) in gradient {
        for (j, b) in gradient {
            variance += a * b * covariance.get(*i, *j);
        }
    }
    variance.max(0.0).sqrt()
}
