//! Tests of fixed effects with the degrees of freedom of Satterthwaite or of Kenward and Roger.

use super::dense::{add_scaled, form, leading, product};
use super::fit::FittedMixed;
use super::{Likelihood, MixedError};
use crate::impact::CoefTest;
use crate::num::linalg::{SmallMatrix, dot};
use crate::num::moments;

/// How degrees of freedom (and with Kenward-Roger the standard error) account for estimated variances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ddf {
    /// Satterthwaite with the observed information, as lmerTest.
    Satterthwaite,
    /// Kenward and Roger (1997) with the expected information, as pbkrtest: also widens the standard error. The
    /// choice below about twenty schools.
    KenwardRoger,
}

/// A test with what a report says beside it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MixedTest {
    /// Estimate, standard error, t on `df`, p and interval.
    pub coef: CoefTest,
    /// Standard error before Kenward and Roger's adjustment.
    pub plain_se: f64,
    /// How df were found.
    pub ddf: Ddf,
}

impl FittedMixed {
    /// Tests `contrast' beta` against zero.
    ///
    /// ```text
    /// Phi = (X'V^-1 X)^-1,  f = c'Phi c,  g_r = c'Phi X'V^-1 G_r V^-1 X Phi c
    /// df  = 2 f^2 / (g' W g)
    /// ```
    ///
    /// `W` is the covariance of the variances: from the observed information (Satterthwaite) or the expected one
    /// (Kenward-Roger, whose df for one contrast reduce to this and whose scale factor to 1). Kenward-Roger's
    /// standard error adds `2 Lambda`, `Lambda = Phi sum_rs W_rs (Q_rs - P_r Phi P_s) Phi`. Variances at zero are
    /// taken as known.
    ///
    /// # Errors
    /// `NoSchoolVariance` when every variance between schools is zero, `NeedsReml` for Kenward-Roger after ML,
    /// `Unidentified` when the information is not positive definite, `Impact` for a contrast of another length.
    ///
    /// # References
    /// Satterthwaite (1946), Biometrics Bulletin 2, 110-114. Kenward & Roger (1997), Biometrics 53, 983-997,
    /// doi 10.2307/2533558. Kuznetsova et al. (2017), Journal of Statistical Software 82(13),
    /// doi 10.18637/jss.v082.i13.
    pub fn test(&self, contrast: &[f64], ddf: Ddf, alpha: f64) -> Result<MixedTest, MixedError> {
        moments::check_same_length(contrast.len(), self.coefficients.len())?;
        moments::check_values(contrast, 1)?;
        let between = |q: usize| self.parameters[q].kind.is_between_schools() && self.optimum.phi[q] > 0.0;
        if !(0..self.parameters.len()).any(between) {
            return Err(MixedError::NoSchoolVariance);
        }
        if ddf == Ddf::KenwardRoger && self.likelihood == Likelihood::Full {
            return Err(MixedError::NeedsReml);
        }
        let w = self.covariance_of_variances(ddf)?;
        let u = self.turn.times(contrast);
        let phi = &self.optimum.criterion.covariance;
        let along = phi.times(&u);
        let f = dot(&u, &along);
        let p = u.len();
        let padded: Vec<f64> = along.iter().copied().chain([0.0]).collect();
        let g: Vec<f64> = self.optimum.criterion.pieces.m.iter().map(|m| form(m, &padded, &padded)).collect();
        let df = 2.0 * f * f / form(&w, &g, &g);
        let variance = match ddf {
            Ddf::Satterthwaite => f,
            Ddf::KenwardRoger => f + 2.0 * form(&self.bias(&w, p), &along, &along),
        };
        let estimate = dot(contrast, &self.coefficients);
        let coef = CoefTest::new(estimate, variance.sqrt(), df, alpha, self.n, Some(self.schools))?;
        Ok(MixedTest { coef, plain_se: f.sqrt(), ddf })
    }

    /// Standard error of `contrast' beta` with the variances taken as known.
    pub fn plain_se(&self, contrast: &[f64]) -> f64 {
        let u = self.turn.times(contrast);
        form(&self.optimum.criterion.covariance, &u, &u).sqrt()
    }

    fn covariance_of_variances(&self, ddf: Ddf) -> Result<SmallMatrix, MixedError> {
        let information = match ddf {
            Ddf::Satterthwaite => &self.optimum.observed,
            Ddf::KenwardRoger => &self.optimum.expected,
        };
        self.optimum.covariance_of_phi(information, &self.parameters).ok_or(MixedError::Unidentified)
    }

    /// `sum_rs W_rs (Q_rs - P_r Phi P_s)` on Q.
    fn bias(&self, w: &SmallMatrix, p: usize) -> SmallMatrix {
        let pieces = &self.optimum.criterion.pieces;
        let count = self.parameters.len();
        let mut bias = SmallMatrix::zeros(p, p);
        for r in 0..count {
            let left = product(&leading(&pieces.m[r], p), &self.optimum.criterion.covariance);
            for s in 0..count {
                let weight = w.get(r, s);
                add_scaled(&mut bias, &leading(&pieces.mm[r * count + s], p), weight);
                add_scaled(&mut bias, &product(&left, &leading(&pieces.m[s], p)), -weight);
            }
        }
        bias
    }
}
