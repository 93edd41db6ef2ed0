//! Text to records: cells, quotation marks, row lengths, as RFC 4180 has them.
//!
//! A table reader made for speed loses its lines when a cell holds a single inch mark and takes a blank line
//! for a person. This walk keeps the number of every row, so that a finding can name it, and refuses a file
//! whose cells may stand in the wrong column.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::rules;
use super::text::CleanText;
use crate::diag::{Checked, Diagnostic, Place, has_errors};

/// No row of a questionnaire is longer than this; a longer line is not a row.
const LONGEST_LINE: usize = 1_000_000;

/// Ragged rows listed one by one before the rest is only counted.
const LISTED: usize = 5;

/// The cells of a file, column by column. Blanks around a cell are taken away; an empty cell is none.
#[derive(Debug, Default)]
pub struct Records {
    /// Names of the columns.
    pub header: Vec<String>,
    /// One list of cells per column.
    pub columns: Vec<Vec<Option<String>>>,
    /// Row of the file behind every row, counted from 1 below the header; blank rows count and are left out.
    pub rows: Vec<usize>,
}

/// Splits a text into records and checks its shape.
pub fn split(name: &str, clean: &CleanText<'_>) -> Checked<Option<Records>> {
    let mut walk = Walk {
        name,
        bytes: clean.text.as_bytes(),
        text: &clean.text,
        delimiter: clean.delimiter,
        at: 0,
        line: 1 + clean.skipped_lines,
    };
    let mut read = Read {
        name,
        records: Records::default(),
        below_header: 0,
        ragged: 0,
        longer: Vec::new(),
        found: Vec::new(),
    };
    let mut cells = Vec::new();
    loop {
        let line = walk.line;
        match walk.next_record(&mut cells) {
            Ok(true) => read.take(&cells, line),
            Ok(false) => break,
            Err(diagnostic) => {
                read.found.push(*diagnostic);
                return Checked { value: None, diagnostics: read.found };
            }
        }
    }
    read.finish()
}

/// Where the walk stands within the file.
struct Walk<'a> {
    name: &'a str,
    bytes: &'a [u8],
    text: &'a str,
    delimiter: u8,
    at: usize,
    line: usize,
}

impl<'a> Walk<'a> {
    /// The cells of the next record; false at the end of the file.
    fn next_record(&mut self, cells: &mut Vec<Cow<'a, str>>) -> Result<bool, Box<Diagnostic>> {
        cells.clear();
        if self.at >= self.bytes.len() {
            return Ok(false);
        }
        let (start, line) = (self.at, self.line);
        loop {
            let cell = self.next_cell()?;
            cells.push(cell);
            if self.at - start > LONGEST_LINE {
                return Err(Box::new(too_long(self.name, line)));
            }
            match self.bytes.get(self.at) {
                Some(byte) if *byte == self.delimiter => self.at += 1,
                Some(_) => {
                    self.at += 1;
                    self.line += 1;
                    return Ok(true);
                }
                None => return Ok(true),
            }
        }
    }

    /// One cell; the walk stands on the separator or line feed behind it then, or at the end.
    fn next_cell(&mut self) -> Result<Cow<'a, str>, Box<Diagnostic>> {
        if self.bytes.get(self.at) == Some(&b'"') {
            return self.quoted();
        }
        Ok(Cow::Borrowed(self.plain()))
    }

    /// Text up to the next separator or line feed. A quotation mark within it is a character like others.
    fn plain(&mut self) -> &'a str {
        let start = self.at;
        let rest = &self.bytes[start..];
        let length =
            rest.iter().position(|byte| *byte == self.delimiter || *byte == b'\n').unwrap_or(rest.len());
        self.at += length;
        self.text[start..self.at].trim()
    }

    fn quoted(&mut self) -> Result<Cow<'a, str>, Box<Diagnostic>> {
        let opened_at = self.line;
        let start = self.at + 1;
        let mut at = start;
        let end = loop {
            match (self.bytes.get(at), self.bytes.get(at + 1)) {
                (None, _) => return Err(Box::new(open_quote(self.name, opened_at, true))),
                (Some(b'"'), Some(b'"')) => at += 2,
                (Some(b'"'), _) => break at,
                (Some(b'\n'), _) => {
                    self.line += 1;
                    at += 1;
                }
                _ => at += 1,
            }
        };
        self.at = end + 1;
        let inside = &self.text[start..end];
        let behind = self.plain();
        if !behind.is_empty() && self.line > opened_at {
            return Err(Box::new(open_quote(self.name, opened_at, false)));
        }
        if behind.is_empty() && !inside.contains('"') {
            return Ok(Cow::Borrowed(inside.trim()));
        }
        Ok(Cow::Owned(format!("{}{behind}", inside.trim().replace("\"\"", "\""))))
    }
}

fn too_long(name: &str, line: usize) -> Diagnostic {
    let place = Place { line: Some(line), ..Place::file(name) };
    let message = format!("this line is longer than {LONGEST_LINE} characters; no row of answers is");
    Diagnostic::new(&rules::LONG_LINE, place, message)
        .hint("line ends may be missing, or the file is not a table")
}

fn open_quote(name: &str, line: usize, to_the_end: bool) -> Diagnostic {
    let place = Place { line: Some(line), ..Place::file(name) };
    let message = if to_the_end {
        "a quotation mark is opened on this line and never closed; the file seems to be cut off"
    } else {
        "a quotation mark at the start of a cell on this line is closed only in the middle of a later cell"
    };
    Diagnostic::new(&rules::OPEN_QUOTE, place, message)
        .hint("export the file again, or double the quotation mark and put the cell into quotation marks")
}

/// What was read so far.
struct Read<'a> {
    name: &'a str,
    records: Records,
    below_header: usize,
    ragged: usize,
    /// Cells, row and line of rows with blank cells beyond the header.
    longer: Vec<(usize, usize, usize)>,
    found: Vec<Diagnostic>,
}

impl Read<'_> {
    fn take(&mut self, cells: &[Cow<'_, str>], line: usize) {
        let is_blank = cells.iter().all(|cell| cell.is_empty());
        if self.records.header.is_empty() {
            if !is_blank {
                self.records.header = cells.iter().map(|cell| cell.to_string()).collect();
                self.records.columns = vec![Vec::new(); cells.len()];
            }
            return;
        }
        self.below_header += 1;
        if is_blank {
            return;
        }
        let columns = self.records.header.len();
        // A separator at the end of every line opens a cell that nobody fills in; in a single row it may as
        // well have pushed all answers one column on.
        let surplus_is_blank = cells.iter().skip(columns).all(|cell| cell.is_empty());
        if cells.len() < columns || !surplus_is_blank {
            self.report_ragged(cells.len(), self.below_header, line);
            return;
        }
        if cells.len() > columns {
            self.longer.push((cells.len(), self.below_header, line));
        }
        self.records.rows.push(self.below_header);
        for (column, cell) in self.records.columns.iter_mut().zip(cells) {
            column.push((!cell.is_empty()).then(|| cell.to_string()));
        }
    }

    fn report_ragged(&mut self, cells: usize, row: usize, line: usize) {
        self.ragged += 1;
        if self.ragged > LISTED {
            return;
        }
        let place = Place { line: Some(line), row: Some(row), ..Place::file(self.name) };
        let columns = self.records.header.len();
        let plural = if cells == 1 { "cell" } else { "cells" };
        let message = format!("this row has {cells} {plural}, but the header has {columns} columns");
        self.found.push(Diagnostic::new(&rules::RAGGED_ROW, place, message).hint(if cells < columns {
            "the row seems to be cut off; export the file again"
        } else {
            "a separator inside a text needs quotation marks around the cell"
        }));
    }

    fn finish(mut self) -> Checked<Option<Records>> {
        let name = self.name;
        if self.longer.len() < self.records.rows.len() {
            for (cells, row, line) in std::mem::take(&mut self.longer) {
                self.report_ragged(cells, row, line);
            }
        }
        if self.ragged > LISTED {
            let message =
                format!("{} more rows have another number of cells than the header", self.ragged - LISTED);
            self.found.push(Diagnostic::new(&rules::RAGGED_ROW, Place::file(name), message));
        }
        if self.records.rows.is_empty() && self.ragged == 0 {
            let message =
                format!("the file has a header of {} columns and no rows", self.records.header.len());
            self.found.push(Diagnostic::new(&rules::NO_ROWS, Place::file(name), message));
        }
        self.records.name_or_drop_blank_columns();
        self.found.extend(repeated_columns(name, &self.records.header));
        let value = (!has_errors(&self.found)).then_some(self.records);
        Checked { value, diagnostics: self.found }
    }
}

impl Records {
    /// Columns without a name: those that hold nothing go, the others are called by their place.
    fn name_or_drop_blank_columns(&mut self) {
        let header = std::mem::take(&mut self.header);
        let columns = std::mem::take(&mut self.columns);
        for (place, (mut title, cells)) in header.into_iter().zip(columns).enumerate() {
            if title.is_empty() {
                if cells.iter().all(Option::is_none) {
                    continue;
                }
                title = format!("(column {})", place + 1);
            }
            self.header.push(title);
            self.columns.push(cells);
        }
    }
}

/// The finding for every column that stands twice.
pub fn repeated_columns(name: &str, header: &[String]) -> Vec<Diagnostic> {
    let mut seen = BTreeSet::new();
    header
        .iter()
        .filter(|column| !seen.insert(column.as_str()))
        .map(|column| {
            let message = format!("the header names the column \"{column}\" twice");
            Diagnostic::new(&rules::DUPLICATE_COLUMN, Place::field(name, column), message)
                .hint("rename or delete one of them in a copy of the file")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::text;
    use crate::study::FileFormat;

    fn read(bytes: &[u8]) -> Checked<Option<Records>> {
        let clean = text::check("f.csv", bytes, &FileFormat::default()).value.expect("a text");
        split("f.csv", &clean)
    }

    fn codes(bytes: &[u8]) -> Vec<&'static str> {
        read(bytes).diagnostics.iter().map(|d| d.code).collect()
    }

    fn column(bytes: &[u8], place: usize) -> Vec<Option<String>> {
        read(bytes).value.expect("a sound file").columns[place].clone()
    }

    #[test]
    fn names_what_is_wrong_with_the_shape() {
        assert_eq!(codes(b"id,a\n"), ["R-FILE-002"]);
        assert_eq!(codes(b"id,a\n1,\"2\n2,3\n"), ["R-FILE-005"]);
        assert_eq!(codes(b"id,a\n1,\"2\n2,3\" x\n"), ["R-FILE-005"]);
        assert_eq!(codes(b"id,a\n1,2,3\n"), ["R-FILE-006"]);
        assert_eq!(codes(b"id,a,b\n1,2\n"), ["R-FILE-006"]);
        assert_eq!(codes(b"id,a,a\n1,2,3\n"), ["R-COLUMN-001"]);
    }

    #[test]
    fn a_line_of_ten_megabytes_is_refused_with_and_without_quotation_marks() {
        let mut bytes = b"id,a\n1,".to_vec();
        bytes.resize(10_000_000, b'x');
        assert_eq!(codes(&bytes), ["R-FILE-007"]);
        bytes[7] = b'"';
        bytes.push(b'"');
        assert_eq!(codes(&bytes), ["R-FILE-007"]);
    }

    #[test]
    fn quotes_hide_separators_and_line_ends() {
        let bytes = b"id;a\r\n1;\"x;\"\"y\"\"\nz\"\r\n2;b\r\n";
        assert_eq!(column(bytes, 1), [Some("x;\"y\"\nz".into()), Some("b".into())]);
    }

    #[test]
    fn a_quotation_mark_within_a_cell_is_a_character() {
        let bytes = b"id,a,b\n1,12\" pipa,x\n2,3\",\"\"\"x\"\"\"\n";
        assert_eq!(column(bytes, 1), [Some("12\" pipa".into()), Some("3\"".into())]);
        assert_eq!(column(bytes, 2), [Some("x".into()), Some("\"x\"".into())]);
    }

    #[test]
    fn blank_lines_and_rows_of_separators_are_nobody_but_count_as_rows() {
        let records = read(b"\nid,a\n\n1,x\n  \n,,,\n2,y\n\n\n").value.expect("a sound file");
        assert_eq!(records.rows, [2, 5]);
        assert_eq!(records.columns[0], [Some("1".into()), Some("2".into())]);
    }

    #[test]
    fn a_separator_behind_every_row_is_harmless_and_behind_one_row_is_not() {
        assert!(codes(b"id,a,b\n1,x,y,\n2,x,,\n").is_empty());
        assert_eq!(codes(b"id,a,b\n1,x,y\n2,,x,\n"), ["R-FILE-006"]);
    }

    #[test]
    fn columns_without_name_and_cells_are_left_out() {
        let records = read(b"id,,a,,\n1,,x,,\n2,z,y,,\n").value.expect("a sound file");
        assert_eq!(records.header, ["id", "(column 2)", "a"]);
    }
}
