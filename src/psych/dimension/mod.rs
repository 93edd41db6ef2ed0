//! How many things a scale measures: correlations of items, eigenvalues, one common factor.

mod correlations;
mod factor;
mod parallel;
mod polychoric;

pub use correlations::{ItemCorrelations, item_correlations};
pub use factor::{FactorMethod, FactorStop, OneFactor, fit_one_factor};
pub use parallel::{ParallelAnalysis, ParallelOptions, parallel_analysis};
pub use polychoric::{PairOutcome, Polychoric, polychoric};
