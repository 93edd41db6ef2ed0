//! Kernels for the quality of instruments: classical item and test statistics.
//!
//! Input is an [`ItemMatrix`] of scored points; raw option codes enter only in [`options`]. A missing
//! point is marked in the mask and never a number. Each statistic says what it does with missing points.

mod error;
mod item_matrix;

pub mod agreement;
pub mod ctt;
pub mod dif;
pub mod dimension;
pub mod flags;
pub mod irt;
pub mod options;
pub mod quality;
pub mod verdict;

pub use error::PsychError;
pub use item_matrix::ItemMatrix;
