//! `dampak` (Indonesian for "impact") takes an education study from its instruments to its impact report.
//!
//! The program is a chain of values. Each arrow is one public function, pure except where files are read or
//! written, and each value is a plain struct that can be printed, serialised and tested alone.
//!
//! ```text
//! instrument.json -> Instrument -> form (paper, web, key)
//!                        |
//! responses (csv ...) -> Responses -> Scores -> Findings -> Document -> html / pdf
//!                        |               |          |            \-> charts (svg, png)
//! study.json -> Study ---+---------------+----------+
//! ```
//!
//! Dependencies point down only; `tests/architecture.rs` reads the `use crate::` lines and fails on an
//! arrow that points up. The kernels ([`num`], [`psych`], [`impact`]) see slices, matrix views and index
//! vectors, never polars, JSON, languages or paths.

pub mod analysis;
pub mod chart;
pub mod cli;
pub mod definition;
pub mod diag;
pub mod doc;
pub mod form;
pub mod i18n;
pub mod impact;
pub mod instrument;
pub mod io;
pub mod measure;
pub mod num;
pub mod psych;
pub mod render;
pub mod report;
pub mod response;
pub mod score;
pub mod simulate;
pub mod study;
