//! Text -> JSON value with the place of everything in it.

use std::collections::{BTreeMap, BTreeSet};

use jsonc_parser::ast::{Object, Value as Node};
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, ParseOptions};
use serde_json::Value;

use super::pointer;
use crate::diag::{Diagnostic, Place, Rule, Severity};

/// D-JSON-001.
pub static EMPTY: Rule = Rule {
    code: "D-JSON-001",
    severity: Severity::Error,
    title: "the file is empty",
    doc: "A definition is one JSON object. The file holds nothing but blanks: it may not have been saved, \
          or the wrong file was named.",
};
/// D-JSON-002.
pub static NOT_UTF8: Rule = Rule {
    code: "D-JSON-002",
    severity: Severity::Error,
    title: "the file is not UTF-8 text",
    doc: "Definitions are read as UTF-8. Save the file again with the encoding UTF-8; if it is a workbook \
          or a Word file, it is not a definition.",
};
/// D-JSON-003.
pub static SYNTAX: Rule = Rule {
    code: "D-JSON-003",
    severity: Severity::Error,
    title: "the file is not valid JSON",
    doc: "JSON knows no comments, no comma after the last entry and only double quotation marks. Mend the \
          place that is named and check again: one slip often hides the next.",
};
/// D-JSON-004.
pub static REPEATED_KEY: Rule = Rule {
    code: "D-JSON-004",
    severity: Severity::Error,
    title: "a field stands twice in one object",
    doc: "JSON readers keep one of the two and drop the other in silence. Keep the one that is meant.",
};
/// D-JSON-005.
pub static TOO_DEEP: Rule = Rule {
    code: "D-JSON-005",
    severity: Severity::Error,
    title: "the file is nested too deeply",
    doc: "No definition needs more than a dozen levels; at 128 the reader stops, so that a broken or hostile \
          file cannot exhaust the machine.",
};

/// A definition as text and as value, with the place of every value and key.
#[derive(Clone, Debug)]
pub struct Source {
    file: String,
    value: Value,
    spots: BTreeMap<String, Spot>,
    lines: Lines,
}

/// Byte offsets of a value and of the key before it.
#[derive(Clone, Copy, Debug)]
struct Spot {
    value: usize,
    key: Option<usize>,
}

/// The text with the byte offset of every line's start.
#[derive(Clone, Debug)]
struct Lines {
    text: String,
    starts: Vec<usize>,
}

impl Lines {
    fn new(text: &str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(place, _)| place + 1)).collect();
        Lines { text: text.to_owned(), starts }
    }

    /// Line and column, counted in characters from 1.
    fn at(&self, offset: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let before = self.text.get(self.starts[line]..offset).unwrap_or("");
        (line + 1, before.chars().count() + 1)
    }
}

impl Source {
    /// Reads the bytes of a file.
    ///
    /// # Errors
    /// Bytes that are no UTF-8 text, and whatever [`Source::parse`] finds.
    pub fn from_bytes(file: &str, bytes: &[u8]) -> Result<Source, Vec<Diagnostic>> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Source::parse(file, text),
            Err(error) => {
                let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
                let (line, column) = Lines::new(&good).at(good.len());
                let place = Place { line: Some(line), column: Some(column), ..Place::file(file) };
                let message = "the file is not UTF-8 text: the byte here belongs to no character";
                let hint = if bytes.starts_with(b"PK") {
                    "this looks like a workbook or a Word file; name the JSON definition instead"
                } else {
                    "save the file with the encoding UTF-8"
                };
                Err(vec![Diagnostic::new(&NOT_UTF8, place, message).hint(hint)])
            }
        }
    }

    /// Reads a definition; a byte order mark at its head is tolerated.
    ///
    /// # Errors
    /// An empty text, bad syntax, a key that stands twice.
    pub fn parse(file: &str, text: &str) -> Result<Source, Vec<Diagnostic>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines = Lines::new(text);
        if text.trim().is_empty() {
            let finding =
                Diagnostic::new(&EMPTY, Place::file(file), "the file is empty, expected a JSON object");
            return Err(vec![finding.hint("start from a definition that `dampak new` writes")]);
        }
        let value = match serde_json::from_str(text) {
            Ok(value) => value,
            Err(error) => return Err(vec![syntax_error(file, &lines, &error)]),
        };
        let mut source = Source { file: file.to_owned(), value, spots: BTreeMap::new(), lines };
        let mut repeats = Vec::new();
        // serde_json has accepted the text and bounded its depth; this second reading only adds places.
        if let Ok(parsed) =
            jsonc_parser::parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default())
            && let Some(root) = &parsed.value
        {
            source.walk(root, "", None, &mut repeats);
        }
        if repeats.is_empty() { Ok(source) } else { Err(repeats) }
    }

    /// The parsed value.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The file as the user named it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Where the value at `pointer` stands; the nearest existing parent where there is none.
    pub fn place(&self, pointer: &str) -> Place {
        let (pointer, spot) = self.nearest(pointer);
        self.spot_place(pointer, spot.map(|spot| spot.value))
    }

    /// Where the key before the value at `pointer` stands; the value itself where it has no key.
    pub fn key_place(&self, pointer: &str) -> Place {
        let (pointer, spot) = self.nearest(pointer);
        self.spot_place(pointer, spot.map(|spot| spot.key.unwrap_or(spot.value)))
    }

    fn spot_place(&self, pointer: &str, offset: Option<usize>) -> Place {
        let Some(offset) = offset else { return Place::file(&self.file) };
        let (line, column) = self.lines.at(offset);
        Place {
            line: Some(line),
            column: Some(column),
            pointer: Some(pointer.to_owned()),
            ..Place::file(&self.file)
        }
    }

    fn nearest<'p>(&self, pointer: &'p str) -> (&'p str, Option<Spot>) {
        let mut pointer = pointer;
        loop {
            if let Some(spot) = self.spots.get(pointer) {
                return (pointer, Some(*spot));
            }
            match pointer::parent(pointer) {
                Some(parent) => pointer = parent,
                None => return ("", None),
            }
        }
    }

    fn walk(&mut self, node: &Node, at: &str, key: Option<usize>, repeats: &mut Vec<Diagnostic>) {
        self.spots.insert(at.to_owned(), Spot { value: node.start(), key });
        match node {
            Node::Object(object) => self.walk_object(object, at, repeats),
            Node::Array(array) => {
                for (index, element) in array.elements.iter().enumerate() {
                    self.walk(element, &pointer::child(at, index), None, repeats);
                }
            }
            _ => {}
        }
    }

    fn walk_object(&mut self, object: &Object, at: &str, repeats: &mut Vec<Diagnostic>) {
        let mut seen = BTreeSet::new();
        for property in &object.properties {
            let name = property.name.as_str();
            let here = pointer::child(at, name);
            let key = property.name.start();
            if seen.insert(name) {
                self.walk(&property.value, &here, Some(key), repeats);
                continue;
            }
            let first = self.key_place(&here).line.unwrap_or(1);
            let place = self.spot_place(&here, Some(key));
            let message = format!("field \"{name}\" stands twice in the same object, first on line {first}");
            repeats.push(
                Diagnostic::new(&REPEATED_KEY, place, message)
                    .hint("keep one of the two and delete the other"),
            );
        }
    }
}

fn syntax_error(file: &str, lines: &Lines, error: &serde_json::Error) -> Diagnostic {
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or_default();
    let start = lines.starts.get(error.line().saturating_sub(1)).copied().unwrap_or(0);
    // serde_json counts columns in bytes; a place counts characters.
    let mut offset = (start + error.column().saturating_sub(1)).min(lines.text.len());
    while !lines.text.is_char_boundary(offset) {
        offset -= 1;
    }
    let (line, column) = lines.at(offset);
    let place = Place { line: Some(line), column: Some(column), ..Place::file(file) };
    if said.contains("recursion limit") {
        let message = "the file is nested more than 128 levels deep, expected a dozen at most";
        return Diagnostic::new(&TOO_DEEP, place, message)
            .hint("look for brackets that are opened again and again");
    }
    let found = match lines.text[offset..].chars().next() {
        _ if error.is_eof() => "found the end of the file".to_owned(),
        Some('\n' | '\r') => "found the end of the line".to_owned(),
        Some(letter) => format!("found `{letter}`"),
        None => "found the end of the file".to_owned(),
    };
    let message = format!("this is not valid JSON: {found}; {said}");
    Diagnostic::new(&SYNTAX, place, message).hint(syntax_hint(
        said,
        lines.text[offset..].chars().next(),
        error,
    ))
}

fn syntax_hint(said: &str, found: Option<char>, error: &serde_json::Error) -> &'static str {
    match found {
        _ if error.is_eof() => "the file breaks off: close the open brackets and quotation marks",
        _ if said.contains("trailing comma") => "delete the comma before the closing bracket",
        _ if said.contains("trailing characters") => "a definition is one object: delete what follows it",
        Some('/' | '#') => "JSON has no comments: delete the comment",
        Some('\'' | '“' | '”' | '‘' | '’') => "use straight double quotation marks: \"...\"",
        _ if said.contains("control character") => "write a line break within a text as \\n",
        _ if said.contains("expected `,`") => {
            "put a comma between the entries, or close the bracket before this"
        }
        _ if said.contains("number out of range") => "write a number of ordinary size",
        _ => "look just before this place for a missing quotation mark, comma or colon",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_from_one() {
        let source = Source::parse("a.json", "{\n  \"é\": { \"b\": [10, 20] }\n}").unwrap();
        let place = source.place("/é/b/1");
        assert_eq!((place.line, place.column), (Some(2), Some(20)));
        let key = source.key_place("/é/b");
        assert_eq!((key.line, key.column), (Some(2), Some(10)));
    }

    #[test]
    fn a_place_that_is_not_there_is_its_parent() {
        let source = Source::parse("a.json", "{\n  \"a\": {}\n}").unwrap();
        let place = source.place("/a/title/id");
        assert_eq!((place.line, place.column, place.pointer.as_deref()), (Some(2), Some(8), Some("/a")));
    }

    #[test]
    fn a_byte_order_mark_is_not_counted() {
        let source = Source::parse("a.json", "\u{feff}{\"a\": 1}").unwrap();
        assert_eq!(source.place("/a").column, Some(7));
    }

    #[test]
    fn windows_line_ends_are_lines() {
        let source = Source::parse("a.json", "{\r\n\"a\": 1\r\n}").unwrap();
        assert_eq!(source.place("/a").line, Some(2));
    }

    #[test]
    fn a_hundred_thousand_brackets_are_refused_without_harm() {
        let findings = Source::parse("a.json", &"[".repeat(100_000)).unwrap_err();
        assert_eq!(findings[0].code, "D-JSON-005");
    }
}
