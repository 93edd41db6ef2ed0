//! Diagnostics as data: what is wrong in the user's definition or data, where, and what to do.
//!
//! A diagnostic is collected, never thrown: every check goes on to the end of its input and hands back
//! a [`Checked`] value. Rendering is elsewhere ([`render`]), so that a terminal, a machine and a test
//! read the same record. The catalogue behind `dampak explain CODE` is made of [`Rule`]s, which stand
//! beside the checks that raise them.

pub mod render;
mod suggest;

use std::collections::BTreeMap;

use serde::Serialize;

pub use suggest::nearest;

/// How bad it is: an error stops the work, a warning does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The input cannot be used as it is.
    Error,
    /// The input can be used, but the author should look.
    Warning,
}

/// One kind of finding, documented: the entry that `dampak explain` prints.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Stable code, such as `D-ITEM-004`.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// One line that names the problem.
    pub title: &'static str,
    /// Why it matters and how to mend it, a few sentences.
    pub doc: &'static str,
}

/// Where in the user's input a diagnostic points.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file, as the user named it or as the study names it.
    pub file: String,
    /// Line, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// Column within the line, counted in characters from 1 (definitions), or none (data).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// JSON pointer within a definition, such as `/sections/0/items/3/key`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Data row, counted from 1 below the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<usize>,
    /// Name of the data column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl Place {
    /// A whole file.
    pub fn file(file: impl Into<String>) -> Self {
        Place { file: file.into(), ..Place::default() }
    }

    /// A cell of a data file: row counted from 1 below the header, and the column's name.
    pub fn cell(file: impl Into<String>, row: usize, field: impl Into<String>) -> Self {
        Place { row: Some(row), field: Some(field.into()), ..Place::file(file) }
    }

    /// A column of a data file.
    pub fn field(file: impl Into<String>, field: impl Into<String>) -> Self {
        Place { field: Some(field.into()), ..Place::file(file) }
    }
}

/// One finding about the user's input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Stable code of the [`Rule`].
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// One self-sufficient lower-case sentence with what was found and what was expected.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
}

impl Diagnostic {
    /// A finding of `rule` at `place`.
    pub fn new(rule: &'static Rule, place: Place, message: impl Into<String>) -> Self {
        Diagnostic {
            code: rule.code,
            severity: rule.severity,
            place,
            message: message.into(),
            hints: Vec::new(),
        }
    }

    /// The same with one more hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Whether it stops the work.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// A value with what was noticed while making it.
#[derive(Clone, Debug)]
pub struct Checked<T> {
    /// The value.
    pub value: T,
    /// The findings, in the order they were made.
    pub diagnostics: Vec<Diagnostic>,
}

impl<T> Checked<T> {
    /// A value with nothing to say about it.
    pub fn clean(value: T) -> Self {
        Checked { value, diagnostics: Vec::new() }
    }

    /// Hands out the value and moves the findings into `sink`.
    pub fn drain_into(self, sink: &mut Vec<Diagnostic>) -> T {
        sink.extend(self.diagnostics);
        self.value
    }
}

/// Whether any of the findings stops the work.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(Diagnostic::is_error)
}

/// Sorts by file, place and code and drops exact repeats, so that the order never depends on the checks.
pub fn tidy(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| {
        (&a.place, a.severity, a.code, &a.message).cmp(&(&b.place, b.severity, b.code, &b.message))
    });
    diagnostics.dedup();
}

/// Findings of one kind in one file that are listed one by one before the rest is only counted.
const LISTED: usize = 5;

/// Keeps the first few findings of every kind in every file and counts the rest, so that one slip that runs
/// through a whole column does not bury the others. Expects findings in order.
pub fn condense(diagnostics: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<(String, &'static str), usize> = BTreeMap::new();
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(diagnostics.len());
    for diagnostic in diagnostics.drain(..) {
        let count = seen.entry((diagnostic.place.file.clone(), diagnostic.code)).or_default();
        *count += 1;
        // One more line that says "1 more" would be no shorter.
        if *count <= LISTED + 1 {
            kept.push(diagnostic);
        }
    }
    for ((file, code), count) in seen.into_iter().filter(|(_, count)| *count > LISTED + 1) {
        let of_kind = |other: &Diagnostic| other.place.file == file && other.code == code;
        let Some(last) = kept.iter().rposition(of_kind) else { continue };
        kept.remove(last);
        let last = last - 1;
        let more = count - LISTED;
        let message = format!("{more} more of this kind in this file");
        let rest = Diagnostic { place: Place::file(file), message, hints: Vec::new(), ..kept[last].clone() };
        kept.insert(last + 1, rest);
    }
    *diagnostics = kept;
}

#[cfg(test)]
mod tests {
    use super::*;

    static RULE: Rule = Rule { code: "X-1", severity: Severity::Warning, title: "a slip", doc: "A slip." };

    #[test]
    fn many_findings_of_a_kind_become_a_few_and_a_count() {
        let slip = |file: &str, row| Diagnostic::new(&RULE, Place::cell(file, row, "a"), "slip");
        let mut found: Vec<Diagnostic> =
            (1..=8).map(|row| slip("f.csv", row)).chain([slip("g.csv", 1)]).collect();
        condense(&mut found);
        assert_eq!(found.len(), 7);
        assert_eq!(found[4].place.row, Some(5));
        assert_eq!(found[5].message, "3 more of this kind in this file");
        assert_eq!(found[6].place.file, "g.csv");
    }
}
