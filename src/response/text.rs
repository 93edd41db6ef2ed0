//! A delimited text file before it becomes a table: is it text, in which characters, with which separator.

use std::borrow::Cow;

use super::rules;
use crate::diag::{Checked, Diagnostic, Place};
use crate::study::FileFormat;

/// A text file that is safe to split into records.
#[derive(Debug)]
pub struct CleanText<'a> {
    /// UTF-8 without a byte order mark; lines end with a line feed.
    pub text: Cow<'a, str>,
    /// The separator.
    pub delimiter: u8,
    /// Lines above the header that only name the separator.
    pub skipped_lines: usize,
}

/// Decodes and checks the bytes of a delimited file.
pub fn check<'a>(name: &str, bytes: &'a [u8], format: &FileFormat) -> Checked<Option<CleanText<'a>>> {
    let refused = |diagnostic| Checked { value: None, diagnostics: vec![diagnostic] };
    let file = Place::file(name);
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if body.iter().all(u8::is_ascii_whitespace) {
        return refused(Diagnostic::new(&rules::EMPTY_FILE, file, "the file is empty"));
    }
    let mut diagnostics = Vec::new();
    let text = if let Some(text) = decode_utf16(body) {
        text.into()
    } else if let Some(kind) = looks_binary(body) {
        let message = format!("the file is not text: it looks like {kind}");
        return refused(
            Diagnostic::new(&rules::BINARY_FILE, file, message)
                .hint("save the sheet as CSV (UTF-8) and name that file in the study"),
        );
    } else {
        match decode(name, body, format) {
            Ok(decoded) => decoded.drain_into(&mut diagnostics),
            Err(diagnostic) => return refused(diagnostic),
        }
    };
    let text = with_line_feeds(text);
    let (text, named) = without_separator_line(text);
    match named.map_or_else(|| find_delimiter(name, &text, format), Ok) {
        Ok(delimiter) => {
            let skipped_lines = usize::from(named.is_some());
            Checked { value: Some(CleanText { text, delimiter, skipped_lines }), diagnostics }
        }
        Err(diagnostic) => refused(diagnostic),
    }
}

/// Excel's "Unicode text": UTF-16 says so by its first two bytes.
fn decode_utf16(bytes: &[u8]) -> Option<String> {
    let encoding = match bytes {
        [0xff, 0xfe, ..] => encoding_rs::UTF_16LE,
        [0xfe, 0xff, ..] => encoding_rs::UTF_16BE,
        _ => return None,
    };
    let (text, faulty) = encoding.decode_without_bom_handling(&bytes[2..]);
    (!faulty && !text.contains('\0')).then(|| text.into_owned())
}

/// Old Mac files end their lines with a carriage return alone.
fn with_line_feeds(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('\r') && !text.contains('\n') { text.replace('\r', "\n").into() } else { text }
}

/// Excel may write `sep=;` above the header to name the separator.
fn without_separator_line(text: Cow<'_, str>) -> (Cow<'_, str>, Option<u8>) {
    let first = text.lines().next().unwrap_or_default();
    let named = match first.as_bytes() {
        [s, e, p, b'=', delimiter @ (b',' | b';' | b'\t')] if [*s, *e, *p].eq_ignore_ascii_case(b"sep") => {
            *delimiter
        }
        _ => return (text, None),
    };
    let rest = text.find('\n').map_or(text.len(), |end| end + 1);
    let text = match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[rest..]),
        Cow::Owned(text) => Cow::Owned(text[rest..].to_owned()),
    };
    (text, Some(named))
}

/// What a file that is not text looks like, by its first bytes or by the NUL bytes text never holds; a disk
/// that failed while writing leaves them at the end of a file.
fn looks_binary(bytes: &[u8]) -> Option<&'static str> {
    const MARKS: [(&[u8], &str); 6] = [
        (b"PK\x03\x04", "an Excel workbook or a zip archive"),
        (b"\xd0\xcf\x11\xe0", "an older Excel or Word file"),
        (b"$FL2", "an SPSS data file"),
        (b"PAR1", "a parquet file with another ending"),
        (b"%PDF", "a PDF"),
        (b"\x89PNG", "a picture"),
    ];
    if let Some((_, kind)) = MARKS.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        return Some(kind);
    }
    bytes.contains(&0).then_some("a binary or damaged file (it holds NUL bytes)")
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
    let columns = |delimiter: u8| {
        let mut in_quotes = false;
        let separates = |byte: &u8| {
            in_quotes ^= *byte == b'"';
            *byte == delimiter && !in_quotes
        };
        header.as_bytes().iter().copied().filter(separates).count()
    };
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

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(bytes: &[u8], format: &FileFormat) -> Vec<&'static str> {
        check("f.csv", bytes, format).diagnostics.iter().map(|d| d.code).collect()
    }

    fn text(bytes: &[u8]) -> String {
        check("f.csv", bytes, &FileFormat::default()).value.expect("a sound file").text.into_owned()
    }

    #[test]
    fn names_what_is_wrong_with_a_file() {
        let plain = FileFormat::default();
        let comma = FileFormat { delimiter: Some(",".into()), ..FileFormat::default() };
        let utf8 = FileFormat { encoding: Some("utf-8".into()), ..FileFormat::default() };
        assert_eq!(codes(b"", &plain), ["R-FILE-001"]);
        assert_eq!(codes(b"\xef\xbb\xbf \n", &plain), ["R-FILE-001"]);
        assert_eq!(codes(b"PK\x03\x04xx", &plain), ["R-FILE-003"]);
        assert_eq!(codes(b"id;a\n1;2\n", &comma), ["R-FILE-004"]);
        assert_eq!(codes(b"id,a\n1,caf\xe9\n", &utf8), ["R-FILE-008"]);
        assert_eq!(codes(b"id,a\n1,caf\xe9\n", &plain), ["R-FILE-009"]);
    }

    #[test]
    fn nul_bytes_far_down_are_seen() {
        let mut bytes = b"id,a\n".to_vec();
        bytes.extend(b"1,2\n".repeat(50_000));
        bytes.extend([0; 8]);
        assert_eq!(codes(&bytes, &FileFormat::default()), ["R-FILE-003"]);
    }

    #[test]
    fn utf16_and_old_line_ends_are_read() {
        assert_eq!(text(b"\xff\xfei\0d\0\n\x001\0"), "id\n1");
        assert_eq!(text(b"\xfe\xff\0i\0d\0\n\x001"), "id\n1");
        assert_eq!(text(b"id,a\r1,2\r"), "id,a\n1,2\n");
    }

    #[test]
    fn a_line_that_names_the_separator_is_no_header() {
        let clean =
            check("f.csv", b"sep=;\r\nid;a,b\n1;2", &FileFormat::default()).value.expect("a sound file");
        assert_eq!((clean.delimiter, &*clean.text, clean.skipped_lines), (b';', "id;a,b\n1;2", 1));
    }

    #[test]
    fn separators_within_quotation_marks_do_not_count() {
        let clean = check("f.csv", b"\"a;b;c\",id\n", &FileFormat::default()).value.expect("a sound file");
        assert_eq!(clean.delimiter, b',');
    }
}
