//! A data file as a frame of strings.

use std::io::Cursor;
use std::path::Path;

use polars::prelude::*;
use sha2::{Digest as _, Sha256};

use super::{rules, text};
use crate::diag::{Checked, Diagnostic, Place, nearest};
use crate::io::Files;
use crate::study::{BoundStudy, FileFormat};

/// A data file: every column is text, so that ids keep their leading zeros.
#[derive(Clone, Debug)]
pub struct Table {
    /// Path as the study names it.
    pub file: String,
    /// SHA-256 of the bytes, in hexadecimal.
    pub sha256: String,
    /// Whether numbers are written with a decimal comma.
    pub decimal_comma: bool,
    /// The cells; an empty cell is null.
    pub frame: DataFrame,
}

impl Table {
    /// Names of the columns, in file order.
    pub fn columns(&self) -> Vec<String> {
        self.frame.get_column_names().iter().map(|name| name.to_string()).collect()
    }

    /// The cells of a column, or a diagnostic that names the nearest column.
    ///
    /// # Errors
    /// The file has no such column.
    pub fn texts(&self, column: &str) -> Result<Vec<Option<String>>, Diagnostic> {
        let texts = self.frame.column(column).ok().and_then(|found| found.str().ok().cloned());
        texts
            .map(|cells| cells.iter().map(|cell| cell.map(|text| text.trim().to_owned())).collect())
            .ok_or_else(|| self.no_column(column))
    }

    /// The finding that `column` is not in the file.
    pub fn no_column(&self, column: &str) -> Diagnostic {
        let columns = self.columns();
        let message = format!("the study names the column \"{column}\", which is not in this file");
        let diagnostic = Diagnostic::new(&rules::MISSING_COLUMN, Place::field(&self.file, column), message);
        match nearest(column, columns.iter().map(String::as_str)) {
            Some(close) => diagnostic.hint(format!("did you mean \"{close}\"?")),
            None => diagnostic.hint(format!("the file has: {}", shortened(&columns))),
        }
    }
}

/// The first few names of a list, with the number of the rest.
fn shortened(names: &[String]) -> String {
    const SHOWN: usize = 8;
    let shown = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// SHA-256 of some bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a data file that the study names.
pub fn open(
    study: &BoundStudy,
    file: &str,
    format: &FileFormat,
    files: &dyn Files,
) -> Checked<Option<Table>> {
    let path = study.folder.join(file);
    let bytes = match files.read(&path) {
        Ok(bytes) => bytes,
        Err(error) => {
            let diagnostic = Diagnostic::new(
                &rules::UNREADABLE,
                Place::file(file),
                format!("the file cannot be opened: {}", error.source),
            );
            let siblings = files.siblings(&path);
            let wanted = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let diagnostic = match nearest(&wanted, siblings.iter().map(String::as_str)) {
                Some(close) if close != wanted => diagnostic.hint(format!("did you mean \"{close}\"?")),
                _ => diagnostic,
            };
            return Checked { value: None, diagnostics: vec![diagnostic] };
        }
    };
    read(file, &bytes, format)
}

/// Reads the bytes of a data file: parquet by its ending, delimited text otherwise.
pub fn read(file: &str, bytes: &[u8], format: &FileFormat) -> Checked<Option<Table>> {
    let is_parquet = Path::new(file).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet"));
    let frame = if is_parquet { read_parquet(file, bytes) } else { read_text(file, bytes, format) };
    Checked {
        value: frame.value.map(|frame| Table {
            file: file.to_owned(),
            sha256: sha256(bytes),
            decimal_comma: format.decimal.as_deref() == Some(","),
            frame,
        }),
        diagnostics: frame.diagnostics,
    }
}

fn read_text(file: &str, bytes: &[u8], format: &FileFormat) -> Checked<Option<DataFrame>> {
    let mut diagnostics = Vec::new();
    let Some(clean) = text::check(file, bytes, format).drain_into(&mut diagnostics) else {
        return Checked { value: None, diagnostics };
    };
    let options = CsvReadOptions::default()
        .with_has_header(true)
        .with_infer_schema_length(Some(0))
        .with_raise_if_empty(true)
        .map_parse_options(|parse| parse.with_separator(clean.delimiter).with_missing_is_null(true));
    let frame = options
        .into_reader_with_file_handle(Cursor::new(clean.text.as_bytes()))
        .finish()
        .and_then(|frame| trim_names(frame, &clean.header));
    match frame {
        Ok(frame) => Checked { value: Some(frame), diagnostics },
        Err(error) => {
            let message = format!("the file cannot be read as a table: {error}");
            diagnostics.push(Diagnostic::new(&rules::RAGGED_ROW, Place::file(file), message));
            Checked { value: None, diagnostics }
        }
    }
}

/// Column names without the blanks around them that spreadsheets leave.
fn trim_names(mut frame: DataFrame, header: &[String]) -> PolarsResult<DataFrame> {
    if frame.width() == header.len() {
        frame.set_column_names(header)?;
    }
    Ok(frame)
}

fn read_parquet(file: &str, bytes: &[u8]) -> Checked<Option<DataFrame>> {
    // ParquetReader wants a handle it may keep, so the bytes are copied once.
    let frame = ParquetReader::new(Cursor::new(bytes.to_vec())).finish().and_then(as_text);
    match frame {
        Ok(frame) if frame.height() > 0 => Checked::clean(Some(frame)),
        Ok(_) => {
            let diagnostic = Diagnostic::new(&rules::NO_ROWS, Place::file(file), "the file has no rows");
            Checked { value: None, diagnostics: vec![diagnostic] }
        }
        Err(error) => {
            let message = format!("the file cannot be read as parquet: {error}");
            Checked {
                value: None,
                diagnostics: vec![Diagnostic::new(&rules::PARQUET, Place::file(file), message)],
            }
        }
    }
}

fn as_text(frame: DataFrame) -> PolarsResult<DataFrame> {
    let columns = frame
        .columns()
        .iter()
        .map(|column| column.cast(&DataType::String))
        .collect::<PolarsResult<Vec<_>>>()?;
    DataFrame::new(frame.height(), columns)
}
