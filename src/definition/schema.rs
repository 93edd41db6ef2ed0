//! The JSON Schemas of the definitions: the ones checks read, and the ones editors read.

use schemars::JsonSchema;
use serde_json::{Value, json};

use crate::i18n::Lang;

/// The JSON Schema of a definition type; the languages of a text are spelt out.
pub fn schema_of<T: JsonSchema>() -> Value {
    let mut schema = Value::from(schemars::schema_for!(T));
    if let Some(text) = schema.pointer_mut("/$defs/Text").and_then(Value::as_object_mut) {
        let codes: Vec<&str> = Lang::ALL.iter().map(|lang| lang.code()).collect();
        text.insert("propertyNames".to_owned(), json!({ "enum": codes }));
    }
    schema
}

/// The schema as it is published: the format tag is pinned, so that an editor fills it in. The checks read
/// [`schema_of`] instead, because they explain a wrong tag at more length.
pub fn published<T: JsonSchema>(format: &str) -> Value {
    let mut schema = schema_of::<T>();
    if let Some(tag) = schema.pointer_mut("/properties/format").and_then(Value::as_object_mut) {
        tag.insert("const".to_owned(), json!(format));
    }
    schema
}

/// Whether the schema is that of a text in several languages.
pub(super) fn is_text(schema: &Value) -> bool {
    schema.get("$ref").and_then(Value::as_str) == Some("#/$defs/Text")
}

/// The schema a reference leads to; any other schema is itself.
pub(super) fn resolve<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
    target.and_then(|target| root.pointer(target)).unwrap_or(schema)
}

/// The alternatives of a schema, if it has any.
pub(super) fn alternatives(schema: &Value) -> impl Iterator<Item = &Value> {
    schema.get("anyOf").and_then(Value::as_array).into_iter().flatten()
}

/// The schema of a field: its own, or the one of all further fields.
pub(super) fn property<'s>(schema: &'s Value, key: &str) -> Option<&'s Value> {
    let own = schema.get("properties").and_then(|properties| properties.get(key));
    own.or_else(|| schema.get("additionalProperties").filter(|further| further.is_object()))
}

/// A list of words in a schema.
pub(super) fn strings<'s>(schema: &'s Value, field: &str) -> Vec<&'s str> {
    schema.get(field).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Whether a field must be there.
pub(super) fn is_required(schema: &Value, key: &str) -> bool {
    strings(schema, "required").contains(&key)
}

/// The words a value may be, where the schema lists them.
pub(super) fn allowed_words(schema: &Value) -> Vec<&str> {
    let constants = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    let mut words: Vec<&str> =
        constants.filter_map(|one| one.get("const")).filter_map(Value::as_str).collect();
    words.extend(strings(schema, "enum"));
    words.extend(schema.get("const").and_then(Value::as_str));
    words
}

/// The JSON types a schema admits; none where it does not say.
pub(super) fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one.as_str()],
        _ => strings(schema, "type"),
    }
}

/// Whether a value is of a JSON type.
pub(super) fn fits_type(value: &Value, wanted: &str) -> bool {
    match wanted {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}
