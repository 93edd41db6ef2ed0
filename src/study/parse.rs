//! Bytes -> Study, with everything that is wrong within the study file itself.

use serde_json::Value;

use super::raw::Study;
use super::{FORMAT, rules};
use crate::definition::{Notes, Source, schema, shape};
use crate::diag::{Checked, has_errors, tidy};

/// Reads a study definition; there is a value where nothing is wrong beyond warnings.
///
/// What the study says about its instruments and files is checked by `super::bind`.
pub fn parse(file_name: &str, bytes: &[u8]) -> Checked<Option<Study>> {
    let read = match Source::from_bytes(file_name, bytes) {
        Ok(source) => shape::read::<Study>(&source, FORMAT).map(|study| (source, study)),
        Err(findings) => Err(findings),
    };
    let (mut diagnostics, study) = match read {
        Ok((source, study)) => {
            let mut notes = Notes::new(&source);
            rules::check(&study, source.value(), &mut notes);
            (notes.found, Some(study))
        }
        Err(findings) => (findings, None),
    };
    tidy(&mut diagnostics);
    let value = study.filter(|_| !has_errors(&diagnostics));
    Checked { value, diagnostics }
}

/// The JSON Schema that editors check and complete studies with.
pub fn schema() -> Value {
    schema::published::<Study>(FORMAT)
}
