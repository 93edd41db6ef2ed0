//! Multiple imputation of scores of students in schools, and the pooling of what is estimated on each
//! completed data set (or on each set of plausible values).
//!
//! `multilevel` draws the missing scores from a bivariate model of both waves with a random effect of the
//! school for each wave, one model per arm; `gibbs` is its sampler, `convergence` its check. `pool`
//! combines by Rubin's rules on the degrees of freedom of the schools.

mod algebra;
mod convergence;
mod gibbs;
mod multilevel;
mod pool;
mod run;
mod sums;

pub use convergence::{Convergence, LARGEST_R_HAT, split_r_hat};
pub use multilevel::{
    Completed, GroupModel, ImputationOptions, Imputations, MissingScores, imputations_needed, impute,
};
pub use pool::{PoolOptions, Pooled, pool};
