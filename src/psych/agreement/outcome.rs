//! What an agreement coefficient can come out as.

use crate::num::{Interval, NumError, dist};

/// A coefficient with its sampling error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The coefficient; 1 is perfect, 0 what chance gives.
    pub value: f64,
    /// Standard error over subjects.
    pub se: f64,
    /// Confidence interval at the level asked for, never above 1.
    pub ci: Interval,
}

/// The outcome of an agreement coefficient.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AgreementOutcome {
    /// There is disagreement and variation: an estimate with its interval.
    Estimated(Estimate),
    /// All raters agree on all subjects and the subjects differ: the coefficient is 1. The usual standard
    /// error is 0 then, which says nothing about the population, so no interval is given.
    Perfect,
    /// All ratings fall into one category: agreement cannot be told from chance.
    NoVariation,
}

impl AgreementOutcome {
    /// The coefficient, `None` without variation.
    pub fn value(&self) -> Option<f64> {
        match self {
            AgreementOutcome::Estimated(estimate) => Some(estimate.value),
            AgreementOutcome::Perfect => Some(1.0),
            AgreementOutcome::NoVariation => None,
        }
    }

    /// The estimate with its interval, where there is one.
    pub fn estimate(&self) -> Option<&Estimate> {
        match self {
            AgreementOutcome::Estimated(estimate) => Some(estimate),
            _ => None,
        }
    }

    /// An estimate with a normal interval (`df` infinite) or a t interval.
    pub(super) fn estimated(value: f64, se: f64, df: f64, alpha: f64) -> Result<Self, NumError> {
        let reach = dist::t_critical(alpha, df)? * se;
        let ci = Interval { low: value - reach, high: (value + reach).min(1.0) };
        Ok(AgreementOutcome::Estimated(Estimate { value, se, ci }))
    }
}
