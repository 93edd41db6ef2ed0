//! Reading a JSON definition: syntax, places and shape, before anybody asks what it means.
//!
//! `text -> Source` keeps the line and column of every value; [`shape`] holds a parsed value against the
//! JSON Schema of its type and collects every unknown key, missing field and wrong type at once, each with
//! its place; what passes goes through serde into a plain struct.

pub mod shape;
pub mod source;

pub use source::Source;
