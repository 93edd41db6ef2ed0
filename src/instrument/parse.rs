//! Bytes -> Instrument, with everything that is wrong on the way.

use serde_json::Value;

use super::raw::RawInstrument;
use super::resolve::resolve;
use super::{FORMAT, Instrument, rules};
use crate::definition::{Notes, Source, schema, shape};
use crate::diag::{Checked, has_errors, tidy};

/// Reads an instrument definition; there is a value where nothing is wrong beyond warnings.
///
/// Syntax and shape are settled first: a file with slips there is not searched for slips of meaning.
pub fn parse(file_name: &str, bytes: &[u8]) -> Checked<Option<Instrument>> {
    let raw = match Source::from_bytes(file_name, bytes) {
        Ok(source) => shape::read::<RawInstrument>(&source, FORMAT).map(|raw| (source, raw)),
        Err(findings) => Err(findings),
    };
    let (mut diagnostics, raw) = match raw {
        Ok((source, raw)) => {
            let mut notes = Notes::new(&source);
            rules::check(&raw, source.value(), &mut notes);
            (notes.found, Some(raw))
        }
        Err(findings) => (findings, None),
    };
    tidy(&mut diagnostics);
    let value = raw.filter(|_| !has_errors(&diagnostics)).map(resolve);
    Checked { value, diagnostics }
}

/// The JSON Schema that editors check and complete instruments with.
pub fn schema() -> Value {
    schema::published::<RawInstrument>(FORMAT)
}
