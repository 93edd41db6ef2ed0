//! A table of cells, written as the study says its file is written.

use super::SimulateError;
use crate::study::FileFormat;

/// A header and rows of cells.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Column names.
    pub header: Vec<String>,
    /// Rows, each as long as the header.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// The bytes of the file.
    ///
    /// # Errors
    /// The encoding is unknown or lacks a character.
    pub fn render(&self, file: &str, format: &FileFormat) -> Result<Vec<u8>, SimulateError> {
        let delimiter = format.delimiter.as_deref().unwrap_or(",");
        let mut text = String::new();
        for row in std::iter::once(&self.header).chain(&self.rows) {
            for (place, cell) in row.iter().enumerate() {
                if place > 0 {
                    text.push_str(delimiter);
                }
                push_cell(&mut text, cell, delimiter);
            }
            text.push('\n');
        }
        let label = format.encoding.as_deref().unwrap_or("utf-8");
        let failed = || SimulateError::Encoding { file: file.to_owned(), encoding: label.to_owned() };
        let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).ok_or_else(failed)?;
        let (bytes, _, lossy) = encoding.encode(&text);
        if lossy { Err(failed()) } else { Ok(bytes.into_owned()) }
    }
}

fn push_cell(text: &mut String, cell: &str, delimiter: &str) {
    if cell.contains(delimiter) || cell.contains(['"', '\n', '\r']) {
        text.push('"');
        text.push_str(&cell.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(cell);
    }
}

/// The decimal mark of a file.
pub fn decimal_mark(format: &FileFormat) -> char {
    format.decimal.as_deref().and_then(|mark| mark.chars().next()).unwrap_or('.')
}
