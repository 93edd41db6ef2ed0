//! A delimited text file before it becomes a table: characters, separator, quotation marks, row lengths.
//!
//! polars would read most broken files without a word, or stop at the first slip without its line. This
//! pass finds what is wrong with its line number, in one walk over the bytes.

use std::borrow::Cow;

use super::rules;
use crate::diag::{Checked, Diagnostic, Place};
use crate::study::FileFormat;

/// No row of a questionnaire is longer than this; a longer line is not a row.
const LONGEST_LINE: usize = 1_000_000;

/// Ragged rows listed one by one before the rest is only counted.
const LISTED: usize = 5;

/// A text file that is safe to hand to a reader.
#[derive(Debug)]
pub struct CleanText<'a> {
    /// UTF-8 without a byte order mark.
    pub text: Cow<'a, str>,
    /// The separator.
    pub delimiter: u8,
    /// Names of the columns.
    pub header: Vec<String>,
    /// Data rows below the header, blank lines not counted.
    pub rows: usize,
}

/// Decodes and checks the bytes of a delimited file.
pub fn check<'a>(name: &str, bytes: &'a [u8], format: &FileFormat) -> Checked<Option<CleanText<'a>>> {
    let refused = |diagnostic| Checked { value: None, diagnostics: vec![diagnostic] };
    let file = Place::file(name);
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if body.iter().all(u8::is_ascii_whitespace) {
        return refused(Diagnostic::new(&rules::EMPTY_FILE, file, "the file is empty"));
    }
    if let Some(kind) = looks_binary(body) {
        let message = format!("the file is not text: it looks like {kind}");
        return refused(
            Diagnostic::new(&rules::BINARY_FILE, file, message)
                .hint("save the sheet as CSV (UTF-8) and name that file in the study"),
        );
    }
    let mut diagnostics = Vec::new();
    let text = match decode(name, body, format) {
        Ok(decoded) => decoded.drain_into(&mut diagnostics),
        Err(diagnostic) => return refused(diagnostic),
    };
    let delimiter = match find_delimiter(name, &text, format) {
        Ok(delimiter) => delimiter,
        Err(diagnostic) => return refused(diagnostic),
    };
    let shape = walk(name, &text, delimiter);
    diagnostics.extend(shape.diagnostics);
    let value = (!crate::diag::has_errors(&diagnostics)).then_some(CleanText {
        text,
        delimiter,
        header: shape.header,
        rows: shape.rows,
    });
    Checked { value, diagnostics }
}

/// What a file that is not text looks like, by its first bytes or by the NUL bytes text never holds.
fn looks_binary(bytes: &[u8]) -> Option<&'static str> {
    const MARKS: [(&[u8], &str); 7] = [
        (b"PK\x03\x04", "an Excel workbook or a zip archive"),
        (b"\xd0\xcf\x11\xe0", "an older Excel or Word file"),
        (b"$FL2", "an SPSS data file"),
        (b"PAR1", "a parquet file with another ending"),
        (b"%PDF", "a PDF"),
        (b"\x89PNG", "a picture"),
        (b"\xff\xfe", "text in UTF-16"),
    ];
    if let Some((_, kind)) = MARKS.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        return Some(kind);
    }
    bytes.iter().take(1 << 16).any(|byte| *byte == 0).then_some("a binary file (it holds NUL bytes)")
}

type Decoded<'a> = Result<Checked<Cow<'a, str>>, Diagnostic>;

fn decode<'a>(name: &str, bytes: &'a [u8], format: &FileFormat) -> Decoded<'a> {
    let declared = format.encoding.as_deref();
    if declared != Some("windows-1252") {
        match std::str::from_utf8(bytes) {
            Ok(text) => return Ok(Checked::clean(Cow::Borrowed(text))),
            Err(error) if declared == Some("utf-8") => {
                let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
                let place = Place { line: Some(line), ..Place::file(name) };
                let message = "the file is declared as utf-8, but this line holds bytes that are not UTF-8";
                return Err(Diagnostic::new(&rules::ENCODING, place, message)
                    .hint("leave \"encoding\" out, or declare \"windows-1252\""));
            }
            Err(_) => {}
        }
    }
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
    let diagnostics = match declared {
        Some(_) => Vec::new(),
        None => vec![
            Diagnostic::new(
                &rules::DECODED,
                Place::file(name),
                "the file is not UTF-8 and was read as Windows-1252",
            )
            .hint("declare \"format\": { \"encoding\": \"windows-1252\" } to confirm"),
        ],
    };
    Ok(Checked { value: text, diagnostics })
}

fn first_line(text: &str) -> &str {
    text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default()
}

/// The declared separator, or the one of `;`, tab and `,` that splits the header into most columns.
fn find_delimiter(name: &str, text: &str, format: &FileFormat) -> Result<u8, Diagnostic> {
    let header = first_line(text);
    let columns = |delimiter: u8| header.bytes().filter(|byte| *byte == delimiter).count();
    let best = [b';', b'\t', b','].into_iter().max_by_key(|delimiter| columns(*delimiter)).unwrap_or(b',');
    let declared = format.delimiter.as_deref().and_then(|text| match text {
        "\\t" | "tab" => Some(b'\t'),
        other => other.bytes().next(),
    });
    let Some(declared) = declared else { return Ok(best) };
    if columns(declared) == 0 && columns(best) > 0 {
        let shown = |byte: u8| if byte == b'\t' { "tab".to_owned() } else { (byte as char).to_string() };
        let message = format!(
            "the study declares the separator \"{}\", but the header holds none of it and {} of \"{}\"",
            shown(declared),
            columns(best),
            shown(best)
        );
        return Err(Diagnostic::new(&rules::WRONG_DELIMITER, Place::file(name), message)
            .hint(format!("declare \"delimiter\": \"{}\", or leave it out", shown(best))));
    }
    Ok(declared)
}

/// What a walk over the records found.
struct Shape {
    header: Vec<String>,
    rows: usize,
    diagnostics: Vec<Diagnostic>,
}

/// Where the walk stands within the file.
#[derive(Default)]
struct Walk {
    in_quotes: bool,
    opened_at: usize,
    cells: usize,
    line: usize,
    record_line: usize,
    record_start: usize,
}

fn walk(name: &str, text: &str, delimiter: u8) -> Shape {
    let bytes = text.as_bytes();
    let mut shape = Shape { header: Vec::new(), rows: 0, diagnostics: Vec::new() };
    let mut ragged = 0usize;
    let mut at = Walk { line: 1, record_line: 1, cells: 1, ..Walk::default() };
    let mut cell_start = true;
    for (index, byte) in bytes.iter().copied().enumerate() {
        if at.in_quotes {
            match byte {
                // A doubled quote closes and opens again on the next byte.
                b'"' => at.in_quotes = false,
                b'\n' => at.line += 1,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' if cell_start || bytes[index - 1] == b'"' => {
                at.in_quotes = true;
                at.opened_at = at.line;
            }
            b'\n' => {
                end_record(name, &text[at.record_start..index], delimiter, &at, &mut shape, &mut ragged);
                at = Walk {
                    line: at.line + 1,
                    record_line: at.line + 1,
                    record_start: index + 1,
                    cells: 1,
                    ..Walk::default()
                };
                cell_start = true;
                continue;
            }
            _ if byte == delimiter => at.cells += 1,
            _ => {}
        }
        cell_start = byte == delimiter;
        if index - at.record_start > LONGEST_LINE {
            shape.diagnostics.push(too_long(name, at.record_line));
            return shape;
        }
    }
    if at.in_quotes {
        let place = Place { line: Some(at.opened_at), ..Place::file(name) };
        let message =
            "a quotation mark is opened on this line and never closed; the file seems to be cut off";
        shape.diagnostics.push(Diagnostic::new(&rules::OPEN_QUOTE, place, message));
        return shape;
    }
    if at.record_start < bytes.len() {
        end_record(name, &text[at.record_start..], delimiter, &at, &mut shape, &mut ragged);
    }
    finish(name, &mut shape, ragged);
    shape
}

fn too_long(name: &str, line: usize) -> Diagnostic {
    let place = Place { line: Some(line), ..Place::file(name) };
    let message = format!("this line is longer than {LONGEST_LINE} characters; no row of answers is");
    Diagnostic::new(&rules::LONG_LINE, place, message)
        .hint("line ends may be missing, or the file is not a table")
}

fn end_record(name: &str, record: &str, delimiter: u8, at: &Walk, shape: &mut Shape, ragged: &mut usize) {
    if record.trim().is_empty() {
        return;
    }
    if shape.header.is_empty() {
        shape.header = split_header(record.trim_end_matches('\r'), delimiter);
        return;
    }
    shape.rows += 1;
    if at.cells == shape.header.len() {
        return;
    }
    *ragged += 1;
    if *ragged <= LISTED {
        let place = Place { line: Some(at.record_line), row: Some(shape.rows), ..Place::file(name) };
        let message =
            format!("this row has {} cells, but the header has {} columns", at.cells, shape.header.len());
        shape.diagnostics.push(
            Diagnostic::new(&rules::RAGGED_ROW, place, message)
                .hint("a separator inside a text needs quotation marks around the cell"),
        );
    }
}

fn split_header(record: &str, delimiter: u8) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut in_quotes = false;
    for character in record.chars() {
        match character {
            '"' => in_quotes = !in_quotes,
            _ if character == delimiter as char && !in_quotes => cells.push(String::new()),
            _ => {
                if let Some(cell) = cells.last_mut() {
                    cell.push(character);
                }
            }
        }
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

fn finish(name: &str, shape: &mut Shape, ragged: usize) {
    if ragged > LISTED {
        let message = format!("{} more rows have another number of cells than the header", ragged - LISTED);
        shape.diagnostics.push(Diagnostic::new(&rules::RAGGED_ROW, Place::file(name), message));
    }
    if shape.rows == 0 {
        let message = format!("the file has a header of {} columns and no rows", shape.header.len());
        shape.diagnostics.push(Diagnostic::new(&rules::NO_ROWS, Place::file(name), message));
    }
    let mut seen: Vec<&str> = Vec::new();
    for column in &shape.header {
        if !column.is_empty() && seen.contains(&column.as_str()) {
            let message = format!("the header names the column \"{column}\" twice");
            shape.diagnostics.push(Diagnostic::new(
                &rules::DUPLICATE_COLUMN,
                Place::field(name, column),
                message,
            ));
        }
        seen.push(column);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(bytes: &[u8], format: &FileFormat) -> Vec<&'static str> {
        check("f.csv", bytes, format).diagnostics.iter().map(|d| d.code).collect()
    }

    #[test]
    fn names_what_is_wrong_with_a_file() {
        let plain = FileFormat::default();
        let comma = FileFormat { delimiter: Some(",".into()), ..FileFormat::default() };
        let utf8 = FileFormat { encoding: Some("utf-8".into()), ..FileFormat::default() };
        assert_eq!(codes(b"", &plain), ["R-FILE-001"]);
        assert_eq!(codes(b"\xef\xbb\xbf \n", &plain), ["R-FILE-001"]);
        assert_eq!(codes(b"id,a\n", &plain), ["R-FILE-002"]);
        assert_eq!(codes(b"PK\x03\x04xx", &plain), ["R-FILE-003"]);
        assert_eq!(codes(b"id;a\n1;2\n", &comma), ["R-FILE-004"]);
        assert_eq!(codes(b"id,a\n1,\"2\n2,3\n", &plain), ["R-FILE-005"]);
        assert_eq!(codes(b"id,a\n1,2,3\n", &plain), ["R-FILE-006"]);
        assert_eq!(codes(b"id,a\n1,caf\xe9\n", &utf8), ["R-FILE-008"]);
        assert_eq!(codes(b"id,a\n1,caf\xe9\n", &plain), ["R-FILE-009"]);
        assert_eq!(codes(b"id,a,a\n1,2,3\n", &plain), ["R-COLUMN-001"]);
    }

    #[test]
    fn a_line_of_ten_megabytes_is_refused() {
        let mut bytes = b"id,a\n1,".to_vec();
        bytes.resize(10_000_000, b'x');
        assert_eq!(codes(&bytes, &FileFormat::default()), ["R-FILE-007"]);
    }

    #[test]
    fn quotes_hide_separators_and_line_ends() {
        let bytes = b"id;a\r\n1;\"x;\"\"y\"\"\nz\"\r\n2;b\r\n";
        let clean = check("f.csv", bytes, &FileFormat::default()).value.expect("a sound file");
        assert_eq!((clean.delimiter, clean.rows, clean.header), (b';', 2, vec!["id".into(), "a".into()]));
    }
}
