//! Satterthwaite's degrees of freedom without matrices of n or J.

use super::adjust::Leverage;
use crate::num::linalg::{SmallMatrix, dot};

/// Degrees of freedom of the contrast `u = R'^-1 c` under the working covariance (independent, equal errors for least
/// squares).
///
/// ```text
/// p_g = (I - H)_g' A_g X_g (X'X)^-1 c,   P_gh = p_g'p_h
/// nu  = (sum_g P_gg)^2 / sum_gh P_gh^2
/// ```
///
/// With t_g the weights of the cluster's residuals and `v_g = Q_g't_g`, `P_gh = [g = h] t_g't_g - v_g'v_h`. The double
/// sum is then `|sum_g v_g v_g'|^2 - 2 sum a_g |v_g|^2 + sum a_g^2` with `a_g = t_g't_g`: J p^2 steps instead of J^2 n.
/// For least squares `t_g = Q_g w_g`, `w_g = A_g u`, so that `v_g = S_g w_g` and `a_g = w_g'v_g`. `None` when all `P_gg` vanish.
///
/// # References
/// Pustejovsky & Tipton (2018), doi 10.1080/07350015.2016.1247004, equation 11.
pub(super) fn satterthwaite(leverages: &[Leverage], u: &[f64]) -> Option<f64> {
    let mut outer = SmallMatrix::zeros(u.len(), u.len());
    let (mut trace, mut own, mut mixed) = (0.0, 0.0, 0.0);
    for leverage in leverages {
        let w = leverage.adjust(u);
        let v = leverage.image(&w);
        let (a, length) = (leverage.inner(&w, &w, &v), dot(&v, &v));
        trace += a - length;
        own += a * a;
        mixed += a * length;
        outer.add_outer(&v, &v, 1.0);
    }
    let squares = outer.squared_norm() - 2.0 * mixed + own;
    let scale = own.max(f64::MIN_POSITIVE);
    // Below rounding of the terms that cancel, there is no information left on the variance.
    (trace > 0.0 && squares > 1e-14 * scale).then(|| trace * trace / squares)
}
