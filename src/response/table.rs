//! A data file as a frame of strings.

use std::io::Cursor;
use std::path::Path;

use polars::prelude::*;
use sha2::{Digest as _, Sha256};

use super::{records, rules, text};
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
    /// The cells; an empty cell is null, and no cell has blanks around it.
    pub frame: DataFrame,
    /// Row of the file behind every row, counted from 1 below the header, blank rows included.
    pub rows: Vec<usize>,
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
            .map(|cells| cells.iter().map(|cell| cell.map(str::to_owned)).collect())
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
        value: frame.value.map(|(frame, rows)| Table {
            file: file.to_owned(),
            sha256: sha256(bytes),
            // Programs that write parquet write numbers as numbers, with a point.
            decimal_comma: !is_parquet && format.decimal.as_deref() == Some(","),
            frame,
            rows,
        }),
        diagnostics: frame.diagnostics,
    }
}

/// Cells with the row of the file behind each of their rows.
type Cells = (DataFrame, Vec<usize>);

fn read_text(file: &str, bytes: &[u8], format: &FileFormat) -> Checked<Option<Cells>> {
    let mut diagnostics = Vec::new();
    let records = text::check(file, bytes, format)
        .drain_into(&mut diagnostics)
        .and_then(|clean| records::split(file, &clean).drain_into(&mut diagnostics));
    let Some(records) = records else { return Checked { value: None, diagnostics } };
    let height = records.rows.len();
    let columns = records.header.iter().zip(records.columns);
    let columns: Vec<Column> = columns.map(|(name, cells)| Column::new(name.into(), cells)).collect();
    match DataFrame::new(height, columns) {
        Ok(frame) => Checked { value: Some((frame, records.rows)), diagnostics },
        Err(error) => {
            let message = format!("the file cannot be read as a table: {error}");
            diagnostics.push(Diagnostic::new(&rules::RAGGED_ROW, Place::file(file), message));
            Checked { value: None, diagnostics }
        }
    }
}

fn read_parquet(file: &str, bytes: &[u8]) -> Checked<Option<Cells>> {
    // ParquetReader wants a handle it may keep, so the bytes are copied once.
    let frame = ParquetReader::new(Cursor::new(bytes.to_vec())).finish().and_then(as_text);
    let refused = |rule, message: String| {
        let hint = "write it again from the program that made it; numbers, dates and text are understood";
        let diagnostic = Diagnostic::new(rule, Place::file(file), message).hint(hint);
        Checked { value: None, diagnostics: vec![diagnostic] }
    };
    match frame {
        Ok(frame) if frame.height() > 0 => {
            let rows = (1..=frame.height()).collect();
            Checked::clean(Some((frame, rows)))
        }
        Ok(_) => refused(&rules::NO_ROWS, "the file has no rows".to_owned()),
        Err(error) => {
            let error = error.to_string();
            let reason = error.lines().next().unwrap_or_default();
            refused(&rules::PARQUET, format!("the file cannot be read as parquet ({reason})"))
        }
    }
}

fn as_text(frame: DataFrame) -> PolarsResult<DataFrame> {
    let columns = frame.columns().iter().map(column_as_text).collect::<PolarsResult<Vec<_>>>()?;
    DataFrame::new(frame.height(), columns)
}

/// A column as a CSV file would hold it. Whole numbers that a program kept as floats, because some were
/// missing, are written without their ".0": codes and ids are what they were typed as.
fn column_as_text(column: &Column) -> PolarsResult<Column> {
    let name: PlSmallStr = column.name().trim().into();
    if column.dtype().is_float() {
        let numbers = column.cast(&DataType::Float64)?;
        let cells =
            numbers.f64()?.iter().map(|cell| cell.filter(|number| !number.is_nan()).map(|n| n.to_string()));
        return Ok(Column::new(name, cells.collect::<Vec<Option<String>>>()));
    }
    let texts = column.cast(&DataType::String)?;
    let cells = texts.str()?.iter().map(|cell| cell.map(str::trim).filter(|cell| !cell.is_empty()));
    Ok(Column::new(name, cells.collect::<Vec<Option<&str>>>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parquet(mut frame: DataFrame) -> Table {
        let mut bytes = Cursor::new(Vec::new());
        ParquetWriter::new(&mut bytes).finish(&mut frame).expect("a parquet file");
        read("f.parquet", &bytes.into_inner(), &FileFormat::default()).value.expect("a table")
    }

    #[test]
    fn parquet_columns_become_the_text_they_were_typed_as() {
        let table = parquet(
            df!("id" => ["0087", " 0088 ", ""], " L01" => [1.0, f64::NAN, 2.5], "L02" => [Some(4.0), None, Some(1.0)], "n" => [10i64, 2, 3])
                .expect("a frame"),
        );
        let text = |column: &str| {
            table
                .texts(column)
                .expect("the column")
                .into_iter()
                .map(|c| c.unwrap_or("-".into()))
                .collect::<Vec<_>>()
        };
        assert_eq!(text("id"), ["0087", "0088", "-"]);
        assert_eq!(text("L01"), ["1", "-", "2.5"]);
        assert_eq!(text("L02"), ["4", "-", "1"]);
        assert_eq!(text("n"), ["10", "2", "3"]);
    }

    #[test]
    fn leading_zeros_stay() {
        let table = read("f.csv", b"id,a\n0087,007\n", &FileFormat::default()).value.expect("a table");
        assert_eq!(table.texts("id").expect("the column"), [Some("0087".into())]);
        assert_eq!(table.texts("a").expect("the column"), [Some("007".into())]);
    }
}
