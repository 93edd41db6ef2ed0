//! The grammar of names and codes, and that siblings differ in theirs.

use std::collections::BTreeMap;

use super::{Notes, pointer};
use crate::diag::{Rule, Severity};

/// D-ID-001.
pub static NAME: Rule = Rule {
    code: "D-ID-001",
    severity: Severity::Error,
    title: "a name has letters or signs it must not have",
    doc: "Names of instruments, studies, scales, waves and the like become file names, column names and \
          anchors in reports. They are made of lower-case letters, digits, hyphens and underscores and start \
          with a letter or digit; sections, stimuli and booklets may have capitals. What people read goes into `title` \
          or `label`.",
};
/// D-ID-002.
pub static CODE: Rule = Rule {
    code: "D-ID-002",
    severity: Severity::Error,
    title: "a code cannot stand in a data file",
    doc: "A code is what is written in a cell of the data. Semicolon, comma and colon separate several \
          codes within one cell, and blanks are lost in spreadsheets, so none of them may be part of a code.",
};
/// D-ID-003.
pub static REPEATED: Rule = Rule {
    code: "D-ID-003",
    severity: Severity::Error,
    title: "two entries of a list have the same id",
    doc: "Everything that refers to the id would be ambiguous. Rename one of the two, or delete it if it was \
          pasted twice.",
};

/// Lower-case letters, digits, hyphens and underscores, the first a letter or digit.
pub fn is_name(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'))
}

/// As a name, with capitals allowed: `T1`, `A`.
pub fn is_mark(id: &str) -> bool {
    is_name(&id.to_ascii_lowercase())
}

/// Letters, digits and underscores, the first a letter: fit for a column of SPSS, R or KoboToolbox.
pub fn is_variable(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_alphabetic())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Not empty and free of blanks, control characters and the signs that separate codes in a cell.
pub fn is_code(code: &str) -> bool {
    !code.is_empty()
        && !code.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, ';' | ',' | ':'))
}

/// Checks that `id` is a name; `what` says what it names.
pub fn check_name(notes: &mut Notes, at: &str, what: &str, id: &str) {
    if !is_name(id) {
        let message = format!(
            "{what} id \"{id}\" has signs that are not allowed, expected lower-case letters, digits, `-` and `_`"
        );
        notes.say(&NAME, at, message, suggestion(id, |c| c.to_ascii_lowercase(), '-'));
    }
}

/// Checks that `id` is a mark such as `T1`; `what` says what it names.
pub fn check_mark(notes: &mut Notes, at: &str, what: &str, id: &str) {
    if !is_mark(id) {
        let message = format!(
            "{what} id \"{id}\" has signs that are not allowed, expected letters, digits, `-` and `_`"
        );
        notes.say(&NAME, at, message, suggestion(id, |c| c, '-'));
    }
}

/// Checks that `code` can stand in a data file; `what` says what it is the code of.
pub fn check_code(notes: &mut Notes, at: &str, what: &str, code: &str) {
    if !is_code(code) {
        let message = format!(
            "{what} code \"{code}\" cannot stand in a data cell, expected no blank and none of `;` `,` `:`"
        );
        notes.say(&CODE, at, message, "use a short code such as A or 1 and keep the words in the label");
    }
}

/// Checks that no two of `ids` are equal; each stands at `list/<index>/id`.
pub fn check_repeats<'a>(
    notes: &mut Notes,
    rule: &'static Rule,
    list: &str,
    what: &str,
    ids: impl IntoIterator<Item = &'a str>,
) {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, id) in ids.into_iter().enumerate() {
        if let Some(first) = seen.get(id) {
            let at = pointer::child(&pointer::child(list, index), "id");
            let message =
                format!("{what} \"{id}\" stands twice, as entry {} and entry {}", first + 1, index + 1);
            notes.say(rule, &at, message, "rename one of the two, or delete it if it was pasted twice");
        } else {
            seen.insert(id, index);
        }
    }
}

/// The hint with the closest allowed spelling of `id`.
pub fn suggestion(id: &str, case: impl Fn(char) -> char, joiner: char) -> String {
    let good: String = id
        .trim()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '_') || c == joiner { case(c) } else { joiner })
        .collect();
    let good = good.trim_matches(|c| c == joiner || c == '_');
    if good.is_empty() { "give it a short name".to_owned() } else { format!("write \"{good}\"") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grammars() {
        assert!(is_name("numeracy-smp") && is_name("kelas_8") && !is_name("Numeracy") && !is_name("-a"));
        assert!(is_mark("T1") && !is_mark("T 1"));
        assert!(is_variable("N07_a") && !is_variable("7N") && !is_variable("N-07"));
        assert!(is_code("A") && is_code("≥3") && !is_code("A;B") && !is_code(""));
    }
}
