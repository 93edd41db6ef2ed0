//! Bytes -> PlanLock, with what is wrong with the file.

use serde_json::Value;

use super::{FORMAT, PlanLock, rules};
use crate::diag::{Checked, Diagnostic, Place, Rule};

/// Digits of a SHA-256 in hexadecimal.
const HASH_DIGITS: usize = 64;

/// Advice that fits every broken lock.
const TAKE_BACK: &str = "take the file back from where it was kept; do not write a new one over it";

/// Reads the lock of the study with that id.
pub fn parse(file_name: &str, bytes: &[u8], study: &str) -> Checked<Option<PlanLock>> {
    match read(file_name, bytes, study) {
        Ok(lock) => Checked::clean(Some(lock)),
        Err(diagnostics) => Checked { value: None, diagnostics },
    }
}

fn read(file_name: &str, bytes: &[u8], study: &str) -> Result<PlanLock, Vec<Diagnostic>> {
    let say = |rule: &'static Rule, pointer: Option<String>, message: String, hint: &str| {
        let place = Place { pointer, ..Place::file(file_name) };
        Diagnostic::new(rule, place, message).hint(hint)
    };
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        let place =
            Place { line: Some(error.line()), column: Some(error.column()), ..Place::file(file_name) };
        vec![Diagnostic::new(&rules::SYNTAX, place, "the plan lock is not JSON from here on").hint(TAKE_BACK)]
    })?;
    let format = value.get("format").and_then(Value::as_str).unwrap_or_default();
    if format != FORMAT {
        let message = format!("the plan lock has the format \"{format}\"; this dampak reads \"{FORMAT}\"");
        let hint = "use the version of dampak that locked the plan, or a newer one";
        return Err(vec![say(&rules::OTHER_FORMAT, Some("/format".to_owned()), message, hint)]);
    }
    let missing = missing_hashes(&value);
    if !missing.is_empty() {
        let found = missing.into_iter().map(|pointer| {
            let message = "there is no SHA-256 of 64 hexadecimal digits here".to_owned();
            say(&rules::NO_HASH, Some(pointer), message, TAKE_BACK)
        });
        return Err(found.collect());
    }
    let lock: PlanLock = serde_json::from_value(value).map_err(|error| {
        let message = format!("the plan lock does not hold what dampak writes: {error}");
        vec![say(&rules::SHAPE, None, message, TAKE_BACK)]
    })?;
    if !lock.is_intact() {
        let message = "the plan lock was changed after it was written: its seal does not fit".to_owned();
        let hint = "take the file back and declare the change with `dampak lock STUDY --amend`";
        return Err(vec![say(&rules::BROKEN_SEAL, None, message, hint)]);
    }
    if lock.study != study {
        let message = format!("the plan lock is that of study \"{}\", not of \"{study}\"", lock.study);
        let hint = "move the lock to its own study, or give the study its id back";
        return Err(vec![say(&rules::OTHER_STUDY, Some("/study".to_owned()), message, hint)]);
    }
    Ok(lock)
}

/// Places where a hash must stand and none does.
fn missing_hashes(lock: &Value) -> Vec<String> {
    let entries = lock.get("amendments").and_then(Value::as_array).map_or(0, Vec::len);
    let prefixes = std::iter::once(String::new()).chain((0..entries).map(|k| format!("/amendments/{k}")));
    let mut missing = Vec::new();
    for prefix in prefixes {
        let mut wanted = vec![format!("{prefix}/seal")];
        wanted.extend(["plan", "study"].map(|name| format!("{prefix}/hashes/{name}")));
        for list in ["instruments", "rosters"] {
            let path = format!("{prefix}/hashes/{list}");
            match lock.pointer(&path).and_then(Value::as_array) {
                Some(files) => wanted.extend((0..files.len()).map(|k| format!("{path}/{k}/sha256"))),
                None => missing.push(path),
            }
        }
        missing.extend(wanted.into_iter().filter(|path| !lock.pointer(path).is_some_and(is_hash)));
    }
    missing
}

fn is_hash(value: &Value) -> bool {
    value.as_str().is_some_and(|text| {
        text.len() == HASH_DIGITS && text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
    })
}
