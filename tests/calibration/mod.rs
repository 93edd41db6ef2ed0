//! Do tests keep their level and intervals their coverage? Simulated studies of the size of real ones, analysed by the
//! primary methods of the plan, by the sensitivity methods and by the wrong ones that evaluations use.
//!
//! Shared by `benches/calibration.rs`, which writes the tables under `tests/reference`, and `tests/calibration.rs`,
//! which holds them to their bounds and remakes a small part.

pub mod cell;
pub mod design;
pub mod methods;
pub mod table;
mod within;
