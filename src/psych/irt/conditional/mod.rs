//! Conditional maximum likelihood for the Rasch family, and the tests built on it.
//!
//! Given the sum score the likelihood does not depend on ability, so items are estimated without any
//! assumption about the population:
//!
//! ```text
//! l_c = sum_ik n_ik c_ik - sum_p ln gamma_{r_p}(items of p)
//! ```
//!
//! with `gamma` the elementary symmetric functions. Zero and perfect scores add nothing.

mod andersen;
mod fit;
mod martin_loef;
mod symmetric;

pub use andersen::{Andersen, andersen, score_split};
pub use fit::{ConditionalFamily, FittedConditional, fit_conditional};
pub use martin_loef::martin_loef;
