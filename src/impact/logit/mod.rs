//! Binary and ordered outcomes of students in schools: logistic and proportional odds regression with
//! cluster-robust inference.
//!
//! Both models become the weighted least squares of their last step. With `L_i` the root of a student's working
//! covariance, the rows `L_i^-1 G_i X_i` and the working outcome make ordinary least squares give the maximum
//! likelihood estimate back, so that every adjustment and Satterthwaite's degrees of freedom of the linear model
//! (`vcov`) hold here as they stand, with the model's own variance as working model.
//!
//! CR2 has two roots when the variances of a school's students differ, both unbiased under the working model: the
//! symmetric root of the working regression, and that of Pustejovsky and Tipton, which clubSandwich has and which
//! needs a matrix of each school's students. They differ by some thousandths; [`Cr2Root`] says which one a test
//! used.
//!
//! Weights and residuals are those of the converged coefficients. R's `glm` keeps the information matrix of the step
//! before the last, which is clubSandwich's bread and moves its standard errors in the fourth to fifth digit at
//! glm's default tolerance; with a tighter one the difference disappears (tests/reference/mixed.R has both).

mod binary;
mod ordinal;
mod parallel;
mod published;

pub use binary::{FittedLogistic, fit_logistic};
pub use ordinal::{FittedOrdinal, Information, fit_ordinal};
pub use parallel::{CutOdds, ParallelCheck, check_parallel};

use super::vcov::{Adjustment, ClusterVariance};
use super::{CoefTest, ImpactError};
use crate::num::Interval;

/// Linear predictors have no outcome variance of their own, so the scalar of Stata, which counts rows, is refused
/// where rows are not students.
const STUDENT_FREE: &str = "adjustment";

/// Which root of the same condition CR2 takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cr2Root {
    /// Pustejovsky and Tipton (2018), as clubSandwich.
    Published,
    /// The symmetric root of the working regression, whose cost does not grow with the size of a school.
    Working,
}

/// A coefficient in log odds with its odds ratio.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OddsTest {
    /// Log odds per unit: standard error, Satterthwaite df, p, interval.
    pub coef: CoefTest,
    /// exp of the estimate.
    pub odds_ratio: f64,
    /// exp of the interval's ends.
    pub odds_ratio_ci: Interval,
    /// The root that CR2 took; `None` for the other adjustments.
    pub root: Option<Cr2Root>,
}

impl OddsTest {
    fn new(coef: CoefTest, root: Option<Cr2Root>) -> Self {
        let odds_ratio_ci = Interval { low: coef.ci.low.exp(), high: coef.ci.high.exp() };
        OddsTest { coef, odds_ratio: coef.estimate.exp(), odds_ratio_ci, root }
    }
}

/// Weights over the kept columns of a working fit from named weights; a column that was `dropped` has none.
fn contrast(
    working: &super::ols::FittedOls,
    dropped: &[String],
    weights: &[(&str, f64)],
) -> Result<Vec<f64>, ImpactError> {
    if let Some((name, _)) = weights.iter().find(|(name, _)| dropped.iter().any(|own| own == name)) {
        return Err(ImpactError::RankDeficient { name: (*name).to_owned() });
    }
    working.contrast(weights)
}

/// Tests one contrast of a working fit whose rows belong to `n` students.
fn odds_test(
    working: &super::ols::FittedOls,
    contrast: &[f64],
    adjustment: Adjustment,
    alpha: f64,
    n: usize,
) -> Result<OddsTest, ImpactError> {
    if adjustment == Adjustment::Cr1s {
        return Err(crate::num::NumError::OutOfRange { name: STUDENT_FREE, value: f64::NAN }.into());
    }
    let coef = ClusterVariance::new(working, adjustment)?.test(contrast, alpha)?;
    let root = (adjustment == Adjustment::Cr2).then_some(Cr2Root::Working);
    Ok(OddsTest::new(CoefTest { n, ..coef }, root))
}
