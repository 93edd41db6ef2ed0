//! Kernels for impact: pre/post and two-arm designs with students in schools, their tests, effect sizes
//! and power.
//!
//! Notation: J clusters (schools), N students, n students of a cluster, T and C the program and the
//! comparison arm, rho the intraclass correlation, r the pre-post correlation. Inputs are slices with
//! one entry per student and a cluster index of the same length; any whole numbers serve as cluster
//! index. Missing values never enter: the caller leaves rows out and counts them. A computation without
//! an answer returns an [`ImpactError`] that names the reason.

mod coef_test;
mod error;
#[cfg(test)]
mod golden;
mod scores;

pub mod absorb;
pub mod ancova;
pub mod anova;
pub mod association;
pub mod attrition;
pub mod balance;
pub mod bounds;
pub mod case_bootstrap;
pub mod classical;
pub mod cluster_mean;
pub mod clusters;
pub mod did;
pub mod effect;
pub mod equivalence;
pub mod icc;
pub mod imputation;
pub mod lee_resampling;
pub mod logit;
pub mod measurement;
pub mod mixed;
pub mod moderation;
pub mod multiplicity;
pub mod normality;
pub mod ols;
pub mod permutation;
pub mod power;
pub mod power_designs;
pub mod power_shares;
pub mod proportion;
pub mod quantile_change;
pub mod ranks;
pub mod resampling;
pub mod school_draws;
pub mod sign_flip;
pub mod superiority_bootstrap;
pub mod transitions;
pub mod unclustered;
pub mod vcov;
pub mod wild;
pub mod working;

pub use coef_test::CoefTest;
pub use error::ImpactError;

/// The arm of a student or school.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Arm {
    /// Did not take part: the reference.
    Comparison,
    /// Took part in the program.
    Program,
}

impl Arm {
    /// 1 for the program, 0 for the comparison arm: the column T of a design.
    pub fn indicator(self) -> f64 {
        f64::from(u8::from(self == Arm::Program))
    }
}
