//! Holding a value against the JSON Schema of its type, to the end, before serde stops at the first slip.
//!
//! The walk knows the part of JSON Schema that schemars writes for our structs: types, required and further
//! properties, property names, lists with bounds, constants, alternatives and references.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::notes::did_you_mean;
use super::schema::{
    allowed_words, alternatives, fits_type, is_text, property, resolve, schema_of, strings, types,
};
use super::{Notes, Source, pointer};
use crate::diag::{Diagnostic, Rule, Severity, has_errors};

/// D-SHAPE-001.
pub static UNKNOWN_KEY: Rule = Rule {
    code: "D-SHAPE-001",
    severity: Severity::Error,
    title: "a field has a name nobody reads",
    doc: "A misspelt field would be ignored in silence and its default used instead, so every unknown field \
          is an error. `dampak schema` prints all fields with what they mean.",
};
/// D-SHAPE-002.
pub static MISSING_FIELD: Rule = Rule {
    code: "D-SHAPE-002",
    severity: Severity::Error,
    title: "a field is missing",
    doc: "The object cannot be understood without it. `dampak schema` prints all fields with what they mean.",
};
/// D-SHAPE-003.
pub static WRONG_TYPE: Rule = Rule {
    code: "D-SHAPE-003",
    severity: Severity::Error,
    title: "a value is of the wrong type",
    doc: "Texts that people read are objects with one wording per language; codes and ids are always in \
          quotation marks, also when they are digits; numbers never are.",
};
/// D-SHAPE-004.
pub static NOT_ALLOWED: Rule = Rule {
    code: "D-SHAPE-004",
    severity: Severity::Error,
    title: "a value is not among the allowed ones",
    doc: "The field takes one of a few words, such as an item type, a scoring rule or a language.",
};
/// D-SHAPE-005.
pub static OUT_OF_BOUNDS: Rule = Rule {
    code: "D-SHAPE-005",
    severity: Severity::Error,
    title: "a number or a list is outside its bounds",
    doc: "Counts are never negative, and a pair such as `range` has exactly two entries.",
};
/// D-SHAPE-006.
pub static UNREADABLE: Rule = Rule {
    code: "D-SHAPE-006",
    severity: Severity::Error,
    title: "a value cannot be read",
    doc: "The value has the right type but cannot be stored, such as a count of more than four thousand \
          million.",
};
/// D-FORMAT-001.
pub static FORMAT_TAG: Rule = Rule {
    code: "D-FORMAT-001",
    severity: Severity::Error,
    title: "the format tag is not the expected one",
    doc: "`format` says which kind of definition a file is and in which version: `dampak.instrument/1` or \
          `dampak.study/1`. A file of another kind is not read any further.",
};

/// Reads a definition into its type.
///
/// # Errors
/// A wrong format tag, and every unknown field, missing field and value of the wrong type.
pub fn read<T: DeserializeOwned + JsonSchema>(source: &Source, format: &str) -> Result<T, Vec<Diagnostic>> {
    let mut notes = Notes::new(source);
    let is_other_kind = check_format(&mut notes, source.value(), format);
    if !is_other_kind {
        let schema = schema_of::<T>();
        Walk { schema: &schema, notes: &mut notes }.visit(&schema, source.value(), "");
    }
    if has_errors(&notes.found) {
        return Err(notes.found);
    }
    serde_path_to_error::deserialize(source.value()).map_err(|error| {
        let message = format!("this cannot be read: {}", error.inner());
        notes.say(&UNREADABLE, &pointer_of(error.path()), message, "write a value of ordinary size");
        notes.found
    })
}

fn pointer_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |at, segment| match segment {
        Segment::Seq { index } => pointer::child(&at, index),
        Segment::Map { key } => pointer::child(&at, key),
        Segment::Enum { .. } | Segment::Unknown => at,
    })
}

/// Reports a wrong tag; returns whether the file is of another kind, so that nothing else is worth saying.
fn check_format(notes: &mut Notes, root: &Value, format: &str) -> bool {
    let Some(found) = root.get("format").and_then(Value::as_str) else { return false };
    if found == format {
        return false;
    }
    let kind = |tag: &str| tag.split('/').next().unwrap_or_default().to_owned();
    let hint = match (kind(found), kind(format)) {
        (found, wanted) if found == wanted => format!("this dampak reads version 1: write \"{format}\""),
        (found, _) if found.starts_with("dampak.") => {
            format!("this file is a {}; name another file here", found.trim_start_matches("dampak."))
        }
        _ => format!("write \"{format}\""),
    };
    notes.say(&FORMAT_TAG, "/format", format!("the format is \"{found}\", expected \"{format}\""), hint);
    found.starts_with("dampak.")
        && crate::diag::nearest(found, [format]).is_none_or(|_| kind(found) != kind(format))
}

fn type_name(name: &str) -> &'static str {
    match name {
        "boolean" => "true or false",
        "string" => "a text in quotation marks",
        "integer" => "a whole number",
        "number" => "a number",
        "array" => "a list [ ... ]",
        "object" => "an object { ... }",
        _ => "nothing",
    }
}

/// What stands there, in a few words.
fn found(value: &Value) -> String {
    const SHOWN: usize = 40;
    match value {
        Value::Null => "null".to_owned(),
        Value::Array(_) => "a list [ ... ]".to_owned(),
        Value::Object(_) => "an object { ... }".to_owned(),
        Value::String(text) if text.chars().count() > SHOWN => {
            format!("\"{}…\"", text.chars().take(SHOWN).collect::<String>())
        }
        other => other.to_string(),
    }
}

struct Walk<'w, 'a> {
    schema: &'w Value,
    notes: &'w mut Notes<'a>,
}

impl<'w> Walk<'w, '_> {
    fn visit(&mut self, schema: &'w Value, value: &Value, at: &str) {
        if is_text(schema) && !value.is_object() {
            return self.report_bare_text(value, at);
        }
        let schema = resolve(self.schema, schema);
        let branches: Vec<&Value> = alternatives(schema).map(|branch| resolve(self.schema, branch)).collect();
        if !branches.is_empty() {
            return self.visit_alternatives(&branches, value, at);
        }
        let words = allowed_words(schema);
        if !words.is_empty() {
            return self.visit_word(&words, value, at);
        }
        let wanted = types(schema);
        if !wanted.is_empty() && !wanted.iter().any(|name| fits_type(value, name)) {
            return self.report_type(&wanted, value, at);
        }
        match value {
            Value::Object(fields) => self.visit_object(schema, fields, at),
            Value::Array(entries) => self.visit_list(schema, entries, at),
            Value::Number(number) => {
                let least = schema.get("minimum").and_then(Value::as_f64);
                if let (Some(least), Some(number)) = (least, number.as_f64())
                    && number < least
                {
                    let message = format!("{} is {number}, expected {least} or more", name_of(at));
                    self.notes.say(&OUT_OF_BOUNDS, at, message, format!("write {least} or a larger number"));
                }
            }
            _ => {}
        }
    }

    fn visit_alternatives(&mut self, branches: &[&'w Value], value: &Value, at: &str) {
        let mut wanted: Vec<&str> = Vec::new();
        for branch in branches {
            let names = types(branch);
            let is_words = !allowed_words(branch).is_empty();
            if names.iter().any(|name| fits_type(value, name)) || (is_words && value.is_string()) {
                return self.visit(branch, value, at);
            }
            // An alternative with alternatives of its own is the key in its three shapes.
            if names.is_empty() && !is_words && alternatives(branch).next().is_some() && !value.is_null() {
                return self.visit(branch, value, at);
            }
            wanted.extend(if is_words { vec!["string"] } else { names });
        }
        self.report_type(&wanted, value, at);
    }

    fn visit_word(&mut self, words: &[&str], value: &Value, at: &str) {
        let Some(word) = value.as_str() else { return self.report_type(&["string"], value, at) };
        if !words.contains(&word) {
            let message = format!("{} is \"{word}\", expected one of {}", name_of(at), words.join(", "));
            let hint = match crate::diag::nearest(word, words.iter().copied()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => "`dampak schema` says what each of them means".to_owned(),
            };
            self.notes.say(&NOT_ALLOWED, at, message, hint);
        }
    }

    fn visit_object(&mut self, schema: &'w Value, fields: &Map<String, Value>, at: &str) {
        let known: Vec<&str> = schema
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(key, _)| key.as_str())
            .collect();
        let names = schema.get("propertyNames").map(allowed_words).unwrap_or_default();
        let id =
            ["id", "code"].iter().find_map(|name| fields.get(*name)?.as_str()).filter(|_| !at.is_empty());
        let whole = id.map_or_else(|| name_of(at), |id| format!("\"{id}\""));
        for key in strings(schema, "required").into_iter().filter(|key| !fields.contains_key(*key)) {
            let message = format!("{whole} lacks the field \"{key}\"");
            let hint = schema
                .pointer(&format!("/properties/{key}/description"))
                .and_then(Value::as_str)
                .map_or_else(
                    || format!("add \"{key}\""),
                    |what| format!("add \"{key}\" ({})", first_sentence(what)),
                );
            self.notes.say(&MISSING_FIELD, at, message, hint);
        }
        for (key, value) in fields {
            let here = pointer::child(at, key);
            match property(schema, key) {
                Some(_) if !names.is_empty() && !names.contains(&key.as_str()) => {
                    let message = format!(
                        "\"{key}\" is not a language dampak writes, expected one of {}",
                        names.join(", ")
                    );
                    self.notes.say_key(
                        &NOT_ALLOWED,
                        &here,
                        message,
                        "use the two-letter code of the language",
                    );
                }
                Some(inner) => self.visit(inner, value, &here),
                None if schema.get("additionalProperties") == Some(&Value::Bool(false)) => {
                    let unused = known
                        .iter()
                        .copied()
                        .filter(|name| !fields.contains_key(*name) && *name != "$schema");
                    let message = format!("field \"{key}\" is unknown in {whole}");
                    self.notes.say_key(&UNKNOWN_KEY, &here, message, did_you_mean(key, unused));
                }
                None => {}
            }
        }
    }

    fn visit_list(&mut self, schema: &'w Value, entries: &[Value], at: &str) {
        let bound = |name: &str| schema.get(name).and_then(Value::as_u64);
        let count = entries.len() as u64;
        if bound("minItems").is_some_and(|least| count < least)
            || bound("maxItems").is_some_and(|most| count > most)
        {
            let wanted = bound("minItems").or(bound("maxItems")).unwrap_or_default();
            let message = format!("{} has {count} entries, expected {wanted}", name_of(at));
            self.notes.say(&OUT_OF_BOUNDS, at, message, format!("write exactly {wanted} entries"));
        }
        let Some(inner) = schema.get("items") else { return };
        for (index, entry) in entries.iter().enumerate() {
            self.visit(inner, entry, &pointer::child(at, index));
        }
    }

    fn report_bare_text(&mut self, value: &Value, at: &str) {
        let message = format!("{} is {}, expected one wording per language", name_of(at), found(value));
        self.notes.say(&WRONG_TYPE, at, message, "write { \"id\": \"...\", \"en\": \"...\" }");
    }

    fn report_type(&mut self, wanted: &[&str], value: &Value, at: &str) {
        let names: Vec<&str> =
            wanted.iter().filter(|name| **name != "null").map(|name| type_name(name)).collect();
        let message = format!("{} is {}, expected {}", name_of(at), found(value), names.join(" or "));
        let hint = match value {
            Value::Number(number) if wanted.contains(&"string") => {
                format!("put it in quotation marks: \"{number}\"")
            }
            Value::String(text)
                if text.trim().parse::<f64>().is_ok()
                    && wanted.iter().any(|name| matches!(*name, "number" | "integer")) =>
            {
                format!("write it without quotation marks: {}", text.trim())
            }
            Value::Number(_) if wanted.contains(&"integer") => "write it without decimals".to_owned(),
            Value::Null => "write a value, or leave the field out".to_owned(),
            _ if wanted.contains(&"array") && !wanted.contains(&"string") => {
                "put square brackets around it, also for a single entry".to_owned()
            }
            _ => format!("write {}", names.join(" or ")),
        };
        self.notes.say(&WRONG_TYPE, at, message, hint);
    }
}

/// What a message calls the value: its field, its place in a list, or the file.
fn name_of(at: &str) -> String {
    let last = pointer::last(at);
    match (last.parse::<usize>(), pointer::parent(at)) {
        (_, None) => "the file".to_owned(),
        (Ok(index), Some(above)) => format!("entry {} of \"{}\"", index + 1, pointer::last(above)),
        _ => format!("\"{last}\""),
    }
}

/// The doc comment of a field up to its first full stop, as a hint.
fn first_sentence(text: &str) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let first = flat.split_once(". ").map_or(flat.as_str(), |(first, _)| first).trim_end_matches('.');
    let mut letters = first.chars();
    letters.next().map(|letter| letter.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Pot {
        #[serde(rename = "format")]
        _format: String,
        #[serde(rename = "size", default)]
        _size: Option<u32>,
        #[serde(rename = "span", default)]
        _span: Option<[f64; 2]>,
        #[serde(rename = "lid", default)]
        _lid: Option<Lid>,
        #[serde(rename = "herbs", default)]
        _herbs: Vec<Herb>,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "only the shape of the alternatives matters here")]
    enum Lid {
        Name(String),
        Names(Vec<String>),
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(rename_all = "lowercase")]
    enum Herb {
        /// Green.
        Basil,
        /// Greener.
        Thyme,
    }

    fn codes(text: &str) -> Vec<&'static str> {
        let source = Source::parse("pot.json", text).unwrap();
        match read::<Pot>(&source, "pot/1") {
            Ok(_) => Vec::new(),
            Err(found) => found.iter().map(|finding| finding.code).collect(),
        }
    }

    #[test]
    fn what_fits_is_read() {
        assert!(
            codes(r#"{"format": "pot/1", "size": null, "span": [0, 1.5], "lid": ["a"], "herbs": ["basil"]}"#)
                .is_empty()
        );
    }

    #[test]
    fn every_slip_is_found_at_once() {
        let found =
            codes(r#"{"format": "pot/1", "size": -1, "span": [0], "lid": 3, "herbs": ["tyme"], "sise": 2}"#);
        let mut found = found;
        found.sort_unstable();
        assert_eq!(found, ["D-SHAPE-001", "D-SHAPE-003", "D-SHAPE-004", "D-SHAPE-005", "D-SHAPE-005"]);
    }

    #[test]
    fn the_root_may_be_anything() {
        assert_eq!(codes("[1]"), ["D-SHAPE-003"]);
        assert_eq!(codes("{}"), ["D-SHAPE-002"]);
    }

    #[test]
    fn a_fraction_is_no_whole_number() {
        assert_eq!(codes(r#"{"format": "pot/1", "size": 1.5}"#), ["D-SHAPE-003"]);
    }
}
