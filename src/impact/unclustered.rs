//! Regression for studies that do not know their schools: ordinary standard errors.

use super::ancova::PRETEST;
use super::did::PROGRAM;
use super::ols::{Design, FittedOls, fit_ols};
use super::{Arm, CoefTest, ImpactError};
use crate::num::linalg::dot;
use crate::num::moments;

/// The test of a contrast under independent errors of equal variance.
///
/// ```text
/// se^2 = s^2 c'(X'X)^-1 c,   df = n - rank(X)
/// ```
///
/// `contrast` has one weight per kept column of the fit.
///
/// # Errors
/// `NoVariation` for a perfect fit, `OutOfRange` for alpha.
///
/// # References
/// Seber & Lee (2003), Linear Regression Analysis, chapter 3.
pub fn classical_test(fit: &FittedOls, contrast: &[f64], alpha: f64) -> Result<CoefTest, ImpactError> {
    moments::check_same_length(contrast.len(), fit.rank())?;
    let estimate = dot(contrast, &fit.coefficients);
    let half = fit.basis.solve_r_transposed(contrast);
    let se = if fit.is_perfect() { 0.0 } else { (fit.sigma2 * dot(&half, &half)).sqrt() };
    CoefTest::new(estimate, se, (fit.n() - fit.rank()) as f64, alpha, fit.n(), None)
}

/// Adjusted difference of two arms, `post ~ program + pre`, with students taken as independent.
///
/// # Errors
/// `RankDeficient` when arm and pretest cannot be told apart or an arm is empty, `NoVariation`,
/// `NoResidualDf`, `LengthMismatch`.
///
/// # References
/// Van Breukelen (2013), Multivariate Behavioral Research 48, 895-922.
pub fn ancova_classical(post: &[f64], pre: &[f64], arm: &[Arm], alpha: f64) -> Result<CoefTest, ImpactError> {
    moments::check_same_length(post.len(), pre.len())?;
    moments::check_same_length(post.len(), arm.len())?;
    let program: Vec<f64> = arm.iter().map(|arm| arm.indicator()).collect();
    let alone: Vec<usize> = (0..post.len()).collect();
    let fit = fit_ols(&Design::new(post, &alone).with(PROGRAM, &program).with(PRETEST, pre))?;
    classical_test(&fit, &fit.contrast(&[(PROGRAM, 1.0)])?, alpha)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::classical::pooled_t;
    use crate::impact::golden::{self, close};

    #[test]
    fn arm_alone_is_the_pooled_t() {
        let g = golden::data();
        let of = |wanted: f64| -> Vec<f64> {
            g.y.iter().zip(&g.t).filter(|(_, t)| **t == wanted).map(|(y, _)| *y).collect()
        };
        let expected = pooled_t(&of(1.0), &of(0.0), 0.05).unwrap();
        let fit = fit_ols(&Design::new(&g.y, &g.cluster).with(PROGRAM, &g.t)).unwrap();
        let found = classical_test(&fit, &[0.0, 1.0], 0.05).unwrap();
        close(found.se, expected.se, 1e-12);
        close(found.p, expected.p, 1e-12);
        assert!(classical_test(&fit, &[1.0], 0.05).is_err());
        assert!(ancova_classical(&[], &[], &[], 0.05).is_err());
        assert!(ancova_classical(&g.y, &g.x, &[Arm::Program; 33], 0.05).is_err());
    }
}
