//! Wordings: every text in every declared language, none of them blank.

use schemars::JsonSchema;
use serde_json::Value;

use super::schema::{alternatives, is_required, is_text, property, resolve, schema_of};
use super::{Notes, pointer};
use crate::diag::{Rule, Severity};
use crate::i18n::Lang;

/// D-TEXT-001.
pub static NO_LANGUAGE: Rule = Rule {
    code: "D-TEXT-001",
    severity: Severity::Error,
    title: "no language is declared",
    doc: "Forms and reports are written once for every declared language; with none there is nothing to \
          write. Declare `\"id\"`, `\"en\"` or both.",
};
/// D-TEXT-002.
pub static REPEATED_LANGUAGE: Rule = Rule {
    code: "D-TEXT-002",
    severity: Severity::Error,
    title: "a language is declared twice",
    doc: "Each language is declared once, in the order in which it is printed.",
};
/// D-TEXT-003.
pub static MISSING_TRANSLATION: Rule = Rule {
    code: "D-TEXT-003",
    severity: Severity::Error,
    title: "a text lacks a declared language",
    doc: "A respondent or reader of that language would meet the other one in the middle of a page. Translate \
          the text, or declare only the languages that are complete.",
};
/// D-TEXT-004.
pub static UNDECLARED_LANGUAGE: Rule = Rule {
    code: "D-TEXT-004",
    severity: Severity::Warning,
    title: "a text has a language that is not declared",
    doc: "The wording is never printed. Declare the language if the whole instrument has it, or delete the \
          wording.",
};
/// D-TEXT-005.
pub static BLANK: Rule = Rule {
    code: "D-TEXT-005",
    severity: Severity::Error,
    title: "a text is blank",
    doc: "A question, label or title without words cannot be answered or read. Cells of a table may be blank; \
          optional texts are left out altogether.",
};

/// Checks the list of declared languages at `list`.
pub fn check_declared(notes: &mut Notes, list: &str, languages: &[Lang]) {
    if languages.is_empty() {
        let message = "no language is declared, expected at least one of id, en";
        notes.say(&NO_LANGUAGE, list, message, "write [\"id\"], [\"en\"] or [\"id\", \"en\"]");
    }
    for (index, lang) in languages.iter().enumerate() {
        if languages[..index].contains(lang) {
            let message = format!("language \"{lang}\" is declared twice");
            notes.say(&REPEATED_LANGUAGE, &pointer::child(list, index), message, "delete one of the two");
        }
    }
}

/// The address of a text in several languages, and whether its field must be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextSpot {
    /// Where it stands.
    pub pointer: String,
    /// Whether the schema requires the field.
    pub required: bool,
}

/// Every text of a value that has the shape of `T`.
pub fn find_texts<T: JsonSchema>(value: &Value) -> Vec<TextSpot> {
    let schema = schema_of::<T>();
    let mut spots = Vec::new();
    collect_texts(&schema, &schema, value, TextSpot { pointer: String::new(), required: true }, &mut spots);
    spots
}

fn collect_texts(root: &Value, schema: &Value, value: &Value, at: TextSpot, spots: &mut Vec<TextSpot>) {
    if is_text(schema) {
        spots.push(at);
        return;
    }
    let schema = resolve(root, schema);
    for branch in alternatives(schema) {
        collect_texts(root, branch, value, at.clone(), spots);
    }
    match value {
        Value::Object(fields) => {
            for (key, field) in fields {
                let below = TextSpot {
                    pointer: pointer::child(&at.pointer, key),
                    required: is_required(schema, key),
                };
                if let Some(inner) = property(schema, key) {
                    collect_texts(root, inner, field, below, spots);
                }
            }
        }
        Value::Array(entries) => {
            let Some(inner) = schema.get("items") else { return };
            for (index, entry) in entries.iter().enumerate() {
                let below = TextSpot { pointer: pointer::child(&at.pointer, index), required: true };
                collect_texts(root, inner, entry, below, spots);
            }
        }
        _ => {}
    }
}

/// What is asked of the texts of a definition.
#[derive(Clone, Copy, Debug)]
pub struct Languages<'a> {
    /// Languages every text must have.
    pub declared: &'a [Lang],
    /// Whether a wording in another language is worth a warning.
    pub warn_of_others: bool,
}

/// Checks every text of a definition.
pub fn check_texts(notes: &mut Notes, root: &Value, spots: &[TextSpot], languages: Languages) {
    for spot in spots {
        if let Some(Value::Object(wordings)) = root.pointer(&spot.pointer) {
            check_text(notes, spot, &describe(root, &spot.pointer), wordings, languages);
        }
    }
}

fn check_text(
    notes: &mut Notes,
    spot: &TextSpot,
    name: &str,
    wordings: &serde_json::Map<String, Value>,
    languages: Languages,
) {
    let at = &spot.pointer;
    if wordings.is_empty() {
        if spot.required {
            notes.say(
                &BLANK,
                at,
                format!("{name} has no words in any language"),
                "write the words, one wording for each language",
            );
        }
        return;
    }
    for lang in languages.declared {
        if !wordings.contains_key(lang.code()) {
            let message = format!("{name} lacks the language \"{lang}\", which is declared");
            notes.say(
                &MISSING_TRANSLATION,
                at,
                message,
                format!("add \"{lang}\": \"...\", or take {lang} off the declared languages"),
            );
        }
    }
    for (code, wording) in wordings {
        let here = pointer::child(at, code);
        let declared = languages.declared.iter().any(|lang| lang.code() == code);
        if !declared && languages.warn_of_others {
            let message = format!("{name} is written in \"{code}\", which is not declared");
            notes.say_key(
                &UNDECLARED_LANGUAGE,
                &here,
                message,
                format!("add {code} to `languages`, or delete this wording"),
            );
        } else if wording.as_str().is_some_and(|words| words.trim().is_empty()) && !may_be_blank(at) {
            notes.say(&BLANK, &here, format!("{name} is blank in \"{code}\""), "write the words");
        }
    }
}

/// Cells of a stimulus table may be blank: a corner, a cell to be filled in.
fn may_be_blank(pointer: &str) -> bool {
    pointer.contains("/table/")
}

/// The field, and what it belongs to: `text "label" of "A" in "N07"`.
fn describe(root: &Value, at: &str) -> String {
    let field = pointer::last(at);
    let mut out = match field.parse::<usize>() {
        Ok(index) => {
            let list = pointer::parent(at).map(pointer::last).unwrap_or_default();
            format!("entry {} of \"{list}\"", index + 1)
        }
        Err(_) => format!("text \"{field}\""),
    };
    let mut above = pointer::parent(at);
    while let Some(here) = above.filter(|here| !here.is_empty()) {
        let name = |field: &str| root.pointer(here)?.get(field)?.as_str();
        if let Some(code) = name("code") {
            out.push_str(&format!(" of answer \"{code}\""));
        } else if let Some(id) = name("id") {
            out.push_str(&format!(" of \"{id}\""));
            break;
        }
        above = pointer::parent(here);
    }
    out
}
