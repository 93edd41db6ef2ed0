//! Nodes and weights for integrals over a latent variable.

use super::NumError;
use super::linalg::{SmallMatrix, symmetric_eigen};

/// Nodes in ascending order with the logs of their weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Nodes {
    /// Places of the nodes.
    pub at: Vec<f64>,
    /// Log weight per node.
    pub log_weight: Vec<f64>,
}

/// Evenly spaced nodes with equal weights (the rectangle rule), which for smooth integrands that vanish
/// at both ends converges faster than any power of the spacing.
///
/// # Errors
/// `TooFew` for fewer than 3 nodes, `OutOfRange` when the ends are not finite or not in order.
pub fn grid(nodes: usize, low: f64, high: f64) -> Result<Nodes, NumError> {
    if nodes < 3 {
        return Err(NumError::TooFew { needed: 3, found: nodes });
    }
    if !low.is_finite() || !high.is_finite() || low >= high {
        return Err(NumError::OutOfRange { name: "high", value: high });
    }
    let step = (high - low) / (nodes - 1) as f64;
    let at = (0..nodes).map(|q| if q + 1 == nodes { high } else { low + step * q as f64 }).collect();
    Ok(Nodes { at, log_weight: vec![step.ln(); nodes] })
}

/// Gauss-Hermite nodes for the standard normal density: `sum_q w_q f(x_q)` is exact for polynomials up to
/// degree `2 nodes - 1` under N(0, 1). Nodes are the eigenvalues of the Jacobi matrix of the
/// probabilists' Hermite polynomials; weights come from the polynomials at the nodes.
///
/// # Errors
/// `TooFew` for fewer than 3 nodes, `OutOfRange` for more than 200, and the eigenvalue routine's errors.
///
/// # References
/// Golub & Welsch (1969), Mathematics of Computation 23, 221-230.
pub fn gauss_hermite(nodes: usize) -> Result<Nodes, NumError> {
    if nodes < 3 {
        return Err(NumError::TooFew { needed: 3, found: nodes });
    }
    if nodes > 200 {
        return Err(NumError::OutOfRange { name: "nodes", value: nodes as f64 });
    }
    let mut jacobi = SmallMatrix::zeros(nodes, nodes);
    for k in 1..nodes {
        jacobi.set(k, k - 1, (k as f64).sqrt());
        jacobi.set(k - 1, k, (k as f64).sqrt());
    }
    let mut at = symmetric_eigen(&jacobi)?.values;
    // The rule is symmetric; rounding in the eigenvalues is not.
    for q in 0..nodes / 2 {
        let half = 0.5 * (at[nodes - 1 - q] - at[q]);
        (at[q], at[nodes - 1 - q]) = (-half, half);
    }
    if nodes % 2 == 1 {
        at[nodes / 2] = 0.0;
    }
    let log_weight = at.iter().map(|x| hermite_log_weight(nodes, *x)).collect();
    Ok(Nodes { at, log_weight })
}

/// `-ln sum_k h_k(x)^2` over the orthonormal polynomials h_0 .. h_{n-1}, with the growth taken out.
fn hermite_log_weight(nodes: usize, x: f64) -> f64 {
    let (mut before, mut now, mut log_scale, mut total) = (0.0, 1.0, 0.0_f64, 1.0);
    for k in 1..nodes {
        let next = (x * now - ((k - 1) as f64).sqrt() * before) / (k as f64).sqrt();
        (before, now) = (now, next);
        total += now * now;
        if total > 1e200 {
            log_scale += 200.0 * std::f64::consts::LN_10;
            total *= 1e-200;
            now *= 1e-100;
            before *= 1e-100;
        }
    }
    -(log_scale + total.ln())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_moments_are_exact() {
        for nodes in [3, 15, 61, 150] {
            let rule = gauss_hermite(nodes).unwrap();
            let moment = |power: i32| -> f64 {
                rule.at.iter().zip(&rule.log_weight).map(|(x, w)| w.exp() * x.powi(power)).sum()
            };
            assert!((moment(0) - 1.0).abs() < 1e-12, "{nodes}: {}", moment(0));
            assert!(moment(1).abs() < 1e-13);
            assert!((moment(2) - 1.0).abs() < 1e-11);
            assert!((moment(4) - 3.0).abs() < 1e-10);
        }
    }

    #[test]
    fn a_grid_integrates_the_normal_density() {
        let rule = grid(61, -8.0, 8.0).unwrap();
        let total: f64 = rule.at.iter().zip(&rule.log_weight).map(|(x, w)| (w - x * x / 2.0).exp()).sum();
        assert!((total - (2.0 * std::f64::consts::PI).sqrt()).abs() < 1e-13);
        assert!(grid(2, 0.0, 1.0).is_err() && grid(5, 1.0, 1.0).is_err());
    }
}
