//! Putting two calibrations on one scale, and watching the anchors.
//!
//! All transformations carry the scale of a new calibration (x) to a reference scale (y):
//! `theta_y = scale theta_x + shift`. Other roads to one scale are [`super::Anchor`] (fixed parameters) and
//! one fit of all answers with a group per wave (`stack`).

mod characteristic;
mod drift;
mod stack;
mod transform;

pub use characteristic::{Criterion, characteristic_link};
pub use drift::{AnchorItem, Drift, DriftOptions, DriftStop, anchor_drift, gain_standard_error, link_error};
pub use stack::{Stacked, Wave, stack};
pub use transform::{Link, MomentMethod, moment_link};
