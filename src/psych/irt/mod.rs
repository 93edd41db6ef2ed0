//! Item response theory: one family of models, estimated by marginal or conditional maximum likelihood.
//!
//! Every model here is one softmax. With points `k = 0 .. m` on item i and ability `theta` (logits)
//!
//! ```text
//! P(k | theta) = exp(a k theta + c_k) / sum_h exp(a h theta + c_h),        c_0 = 0
//! ```
//!
//! and what distinguishes the models is which parameters are free ([`Family`]): `a = 1` gives the Rasch
//! (m = 1) and the partial credit model, `a` free the two-parameter and the generalised partial credit
//! model, `c_k` shared up to a location the rating scale model. Steps are `b_k = (c_{k-1} - c_k) / a`.
//!
//! Notation: persons p, items i, points k, quadrature nodes q; `a` slope, `c` intercepts, `b` steps,
//! `theta` ability, `mu`, `sigma` of the population. Missing answers are a mask and are left out of the
//! likelihood (ignorable missingness; incomplete designs need nothing else).
//!
//! Files are the quantities: [`curve`] (probabilities and information), `params` (free parameters),
//! `marginal` (the likelihood of all persons, by sum scores where these suffice and by patterns where
//! not), [`fit`] (estimation), `information` (standard errors), [`ability`], [`posterior`], [`plausible`]
//! (persons), [`itemfit`], [`item_scores`], [`residuals`], [`personfit`], [`compare`] (fit),
//! [`conditional`] (CML and its tests), [`linking`] (putting scales together), [`facets`] (ratings by
//! several raters), [`dif`] (items that differ between groups).

mod connect;
mod error;
mod family;
mod grid;
mod information;
mod inverse;
mod responses;

pub mod ability;
pub mod compare;
pub mod conditional;
pub mod curve;
pub mod dif;
pub mod facets;
pub mod fit;
pub mod item_scores;
pub mod itemfit;
pub mod linking;
mod marginal;
mod newton;
mod options;
mod params;
pub mod personfit;
pub mod plausible;
mod population;
pub mod posterior;
pub mod residuals;
mod start;
mod stderr;
mod variance;

pub use curve::ItemCurve;
pub use error::IrtError;
pub use family::{Advice, Family, Gate, gate};
pub use fit::{Anchor, FitOptions, FittedIrt, Notice, Quadrature, fit_marginal};
pub use newton::NewtonStage;
pub use population::Population;
pub use responses::Responses;
