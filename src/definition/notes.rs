//! Findings set down by the checks on one definition.

use super::Source;
use crate::diag::{Diagnostic, Rule};

/// The findings of the checks on one definition, each set down at the place it is about.
#[derive(Debug)]
pub struct Notes<'a> {
    source: &'a Source,
    /// The findings so far.
    pub found: Vec<Diagnostic>,
}

impl<'a> Notes<'a> {
    /// No findings yet.
    pub fn new(source: &'a Source) -> Self {
        Notes { source, found: Vec::new() }
    }

    /// A finding about the value at `pointer`, with what to do about it.
    pub fn say(
        &mut self,
        rule: &'static Rule,
        pointer: &str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.found.push(Diagnostic::new(rule, self.source.place(pointer), message).hint(hint));
    }

    /// A finding about the field name at `pointer`.
    pub fn say_key(
        &mut self,
        rule: &'static Rule,
        pointer: &str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.found.push(Diagnostic::new(rule, self.source.key_place(pointer), message).hint(hint));
    }
}

/// `A, B and C` without quotation marks, for hints; long lists are cut.
pub fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 12;
    let words: Vec<&str> = words.into_iter().collect();
    if words.is_empty() {
        return "none".to_owned();
    }
    if words.len() > SHOWN {
        return format!("{} and {} more", words[..SHOWN].join(", "), words.len() - SHOWN);
    }
    words.join(", ")
}

/// The hint for a name that is not among the known ones: the nearest of them, else all of them.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match crate::diag::nearest(word, known.clone()) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("known here: {}", list(known)),
    }
}
