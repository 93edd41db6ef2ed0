//! The right answer of an item in words.

use crate::form::plain_number;
use crate::i18n::{Lang, phrase, phrase_with};
use crate::instrument::{Choice, Item, ItemKind};

/// The key as a cell; small print after a line break.
pub fn answer(item: &Item, lang: Lang) -> String {
    match &item.kind {
        ItemKind::SingleChoice { options, key } => coded(options, key, lang),
        ItemKind::MultipleChoice { key, .. } => key.join(", "),
        ItemKind::StatementGrid { options, statements, .. } => {
            let parts: Vec<String> = statements
                .iter()
                .map(|statement| format!("{} {}", statement.id, label(options, &statement.key, lang)))
                .collect();
            parts.join("; ")
        }
        ItemKind::Matching { left, key, .. } => {
            // The printed order of the left side, not the order of the map.
            let parts: Vec<String> = left
                .iter()
                .filter_map(|entry| key.get(&entry.code).map(|code| format!("{} {code}", entry.code)))
                .collect();
            parts.join("; ")
        }
        ItemKind::ShortNumber { number, tolerance, unit } => {
            let number = plain_number(lang, *number);
            let shown = if *tolerance > 0.0 {
                let tolerance = plain_number(lang, *tolerance);
                phrase_with(lang, "form.key_tolerance", &[("number", &number), ("tolerance", &tolerance)])
            } else {
                number
            };
            format!("{shown} {}", unit.get(lang)).trim_end().to_owned()
        }
        ItemKind::ShortText { spellings } => spellings.join(" / "),
        ItemKind::Essay { .. } | ItemKind::Rating { .. } => phrase(lang, "form.rule_rubric"),
        ItemKind::Likert { .. }
        | ItemKind::Number { .. }
        | ItemKind::Text { .. }
        | ItemKind::Date
        | ItemKind::Choice { .. } => "–".to_owned(),
    }
}

fn coded(options: &[Choice], code: &str, lang: Lang) -> String {
    format!("{code}\n{}", label(options, code, lang))
}

fn label<'a>(options: &'a [Choice], code: &'a str, lang: Lang) -> &'a str {
    options.iter().find(|choice| choice.code == code).map_or(code, |choice| choice.label.get(lang))
}
