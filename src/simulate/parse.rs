//! Bytes -> Model, with everything that is wrong on the way.

use serde_json::Value;

use super::model::{FORMAT, Model};
use crate::definition::{Source, schema, shape};
use crate::diag::Checked;

/// Reads a generating model; there is a value where nothing is wrong. Whether it fits a study is found out
/// by [`super::simulate`].
pub fn parse(file_name: &str, bytes: &[u8]) -> Checked<Option<Model>> {
    let read = Source::from_bytes(file_name, bytes).and_then(|source| shape::read::<Model>(&source, FORMAT));
    match read {
        Ok(model) => Checked::clean(Some(model)),
        Err(diagnostics) => Checked { value: None, diagnostics },
    }
}

/// The JSON Schema that editors check and complete models with.
pub fn schema() -> Value {
    schema::published::<Model>(FORMAT)
}
