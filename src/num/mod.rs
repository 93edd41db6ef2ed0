//! Numerics shared by the kernels `psych` and `impact`.
//!
//! Everything here takes slices and numbers and returns numbers or small records. Three rules hold:
//!
//! * sums that feed a variance are compensated and taken about the mean, so that scores around one
//!   million with a spread of one keep their digits;
//! * tail probabilities come from survival functions and are built in logs, so that a p-value of
//!   1e-264 is a number and not a rounded zero;
//! * input that has no answer (empty, not finite, constant, rank deficient) gives a [`NumError`],
//!   never a NaN and never a panic.

mod error;
mod interval;

pub mod binormal;
pub mod cholesky;
pub mod cumulative_logit;
pub mod dist;
pub mod legendre;
pub mod linalg;
pub mod logit;
pub mod moments;
pub mod noncentral;
pub mod optim;
pub mod quadrature;
pub mod rng;
pub mod root;
pub mod solve;
pub mod special;
pub mod tol;

pub use error::NumError;
pub use interval::Interval;
