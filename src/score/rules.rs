//! Scoring reports through the catalogue of `response`: a bad cell is a fault of the data file.

pub use crate::response::rules::{BAD_VALUE, IMPROBABLE, OUTSIDE_BOOKLET, TWO_MARKS, UNKNOWN_BOOKLET};
