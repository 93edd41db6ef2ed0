//! Linear mixed models for students in schools: random intercepts of schools, waves within schools and students,
//! and treatment effects that differ between schools.
//!
//! ```text
//! y = X beta + e,   Var(e) = V = sigma2 I + sum_r phi_r G_r,   block-diagonal by school
//! ```
//!
//! `phi` are the variances (and the covariance of an intercept-slope pair), `G_r` is 1 where two rows share the
//! random effect, times their covariates. REML by default.
//!
//! The steps: [`terms`](RandomTerm) name the random effects, `blocks` reduces the data once to a few rows per
//! school and pooled cross products, `pieces` and `criterion` give likelihood, gradient and information exactly
//! from them, `search` is Newton's method with zero variances as its limit, `fit` puts the parts together,
//! `inference` has Satterthwaite and Kenward-Roger, `components` intervals of variances and the ICC. Nothing of the
//! size of the data is touched after the reduction, so that a million rows cost one pass.
//!
//! Written here rather than taken from a library: the exact derivatives serve optimum, Satterthwaite and
//! Kenward-Roger at once, and the accuracy asked for (1e-6 on variances) is beyond a derivative-free search.

mod blocks;
mod components;
mod criterion;
mod dense;
mod error;
mod fit;
mod inference;
mod pieces;
mod search;
mod terms;

pub use components::{ComponentInterval, Icc};
pub use error::MixedError;
pub use fit::{Component, FittedMixed, Singularity, fit_mixed};
pub use inference::{Ddf, MixedTest};
pub use terms::{ComponentKind, RESIDUAL, RandomTerm, SCHOOL, STUDENT};

/// Which likelihood is maximised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likelihood {
    /// REML: variances free of the degrees of freedom that the coefficients use. The default everywhere.
    Restricted,
    /// ML: too small variances with few schools; only for comparing models with other fixed effects.
    Full,
}
