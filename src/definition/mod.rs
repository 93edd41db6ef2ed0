//! Reading a JSON definition: syntax, places and shape, before anybody asks what it means.
//!
//! `text -> Source` keeps the line and column of every value; [`shape`] holds a parsed value against the
//! JSON Schema of its type and collects every unknown key, missing field and wrong type at once, each with
//! its place; what passes goes through serde into a plain struct. [`ids`] and [`texts`] hold the checks
//! that instruments and studies share: the grammar of names, and wordings in every declared language.

pub mod ids;
pub mod notes;
pub mod pointer;
pub mod schema;
pub mod shape;
pub mod source;
pub mod texts;

pub use notes::Notes;
pub use source::Source;

use crate::diag::Rule;

/// Every kind of finding this room makes.
pub static RULES: &[&Rule] = &[
    &source::EMPTY,
    &source::NOT_UTF8,
    &source::SYNTAX,
    &source::REPEATED_KEY,
    &source::TOO_DEEP,
    &shape::UNKNOWN_KEY,
    &shape::MISSING_FIELD,
    &shape::WRONG_TYPE,
    &shape::NOT_ALLOWED,
    &shape::OUT_OF_BOUNDS,
    &shape::UNREADABLE,
    &shape::FORMAT_TAG,
    &ids::NAME,
    &ids::CODE,
    &ids::REPEATED,
    &texts::NO_LANGUAGE,
    &texts::REPEATED_LANGUAGE,
    &texts::MISSING_TRANSLATION,
    &texts::UNDECLARED_LANGUAGE,
    &texts::BLANK,
];
