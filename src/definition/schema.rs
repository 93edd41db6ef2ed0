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
