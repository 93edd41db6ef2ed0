//! The compiled-in phrase books: one file per room and language.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::Lang;

/// The phrase files of one language, in the order of the rooms that use them.
macro_rules! phrase_files {
    ($lang:literal) => {
        [
            include_str!(concat!($lang, "/agreement.txt")),
            include_str!(concat!($lang, "/appendix.txt")),
            include_str!(concat!($lang, "/chart.txt")),
            include_str!(concat!($lang, "/classical.txt")),
            include_str!(concat!($lang, "/common.txt")),
            include_str!(concat!($lang, "/form.txt")),
            include_str!(concat!($lang, "/imputed.txt")),
            include_str!(concat!($lang, "/levels.txt")),
            include_str!(concat!($lang, "/lock.txt")),
            include_str!(concat!($lang, "/measurement.txt")),
            include_str!(concat!($lang, "/missing.txt")),
            include_str!(concat!($lang, "/power.txt")),
            include_str!(concat!($lang, "/quality.txt")),
            include_str!(concat!($lang, "/raters.txt")),
            include_str!(concat!($lang, "/relations.txt")),
            include_str!(concat!($lang, "/report.txt")),
            include_str!(concat!($lang, "/waves.txt")),
        ]
    };
}

const INDONESIAN: &[&str] = &phrase_files!("id");
const ENGLISH: &[&str] = &phrase_files!("en");

type Phrases = BTreeMap<&'static str, &'static str>;

fn phrases(lang: Lang) -> &'static Phrases {
    static INDONESIAN_PHRASES: OnceLock<Phrases> = OnceLock::new();
    static ENGLISH_PHRASES: OnceLock<Phrases> = OnceLock::new();
    match lang {
        Lang::Id => INDONESIAN_PHRASES.get_or_init(|| parse_phrases(INDONESIAN)),
        Lang::En => ENGLISH_PHRASES.get_or_init(|| parse_phrases(ENGLISH)),
    }
}

/// Reads `key = value` lines; blank lines and lines that start with `#` are notes to translators.
fn parse_phrases(files: &[&'static str]) -> Phrases {
    files
        .iter()
        .flat_map(|file| file.lines())
        .filter(|line| !line.trim_start().starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key.trim(), value.trim()))
        .collect()
}

/// Every key of one language, sorted.
pub fn all_keys(lang: Lang) -> Vec<&'static str> {
    phrases(lang).keys().copied().collect()
}

/// The phrase as it stands in the book of `lang`, without the fallback to English.
pub fn raw_phrase(lang: Lang, key: &str) -> Option<&'static str> {
    phrases(lang).get(key).copied()
}

/// The phrase of `key` in `lang`; English where the language lacks it, the key itself where both do.
pub fn phrase(lang: Lang, key: &str) -> String {
    raw_phrase(lang, key).or_else(|| raw_phrase(Lang::En, key)).map_or_else(|| key.to_owned(), str::to_owned)
}

/// The phrase of `key` with each `{name}` replaced by its value.
///
/// ```
/// use dampak::i18n::{Lang, phrase_with};
/// assert_eq!(phrase_with(Lang::En, "common.n_schools", &[("n", "13")]), "13 schools");
/// ```
pub fn phrase_with(lang: Lang, key: &str, values: &[(&str, &str)]) -> String {
    // One pass over the template, so that a value that itself holds `{name}` is left as it is.
    let template = phrase(lang, key);
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template.as_str();
    while let Some(start) = rest.find('{') {
        out.push_str(&rest[..start]);
        let tail = &rest[start + 1..];
        let Some(end) = tail.find('}') else {
            out.push_str(&rest[start..]);
            return out;
        };
        match values.iter().find(|(name, _)| *name == &tail[..end]) {
            Some((_, value)) => out.push_str(value),
            None => out.push_str(&rest[start..start + end + 2]),
        }
        rest = &tail[end + 1..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placeholders(template: &str) -> Vec<&str> {
        let mut names: Vec<&str> = template
            .split('{')
            .skip(1)
            .filter_map(|part| part.split_once('}'))
            .map(|(name, _)| name)
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    #[test]
    fn both_languages_have_the_same_keys_and_placeholders() {
        assert_eq!(all_keys(Lang::Id), all_keys(Lang::En));
        for key in all_keys(Lang::En) {
            let (id, en) = (raw_phrase(Lang::Id, key).unwrap(), raw_phrase(Lang::En, key).unwrap());
            assert_eq!(placeholders(id), placeholders(en), "placeholders of {key}");
            assert!(!id.is_empty() && !en.is_empty(), "{key} is blank");
        }
    }

    #[test]
    fn no_key_stands_twice() {
        for files in [&INDONESIAN, &ENGLISH] {
            let mut keys: Vec<&str> = files
                .iter()
                .flat_map(|file| file.lines())
                .filter(|line| !line.trim_start().starts_with('#'))
                .filter_map(|line| line.split_once('='))
                .map(|(key, _)| key.trim())
                .collect();
            let all = keys.len();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), all, "a key stands twice in one language");
        }
    }

    #[test]
    fn a_value_that_looks_like_a_placeholder_is_left_alone() {
        assert_eq!(phrase_with(Lang::En, "common.n_schools", &[("n", "{n}")]), "{n} schools");
    }
}
