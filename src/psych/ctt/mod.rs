//! Classical test theory.

mod covariance;
mod groups;
mod item;
mod reliability;

pub use covariance::{ItemCovariance, item_covariance};
pub use groups::{UpperLower, upper_lower};
pub use item::{ItemStatistics, item_statistics};
pub use reliability::{Alpha, AlphaWithout, ScoreEnds, alpha, score_ends};
