//! Wording and number formats in Indonesian and English.
//!
//! Instruments and studies carry their own words as [`Text`] maps. Everything dampak itself says in a
//! form, a chart or a report stands in `src/i18n/<lang>/<room>.txt`: flat `key = value` lines with
//! `{placeholders}`, compiled in. A key that one language lacks falls back to English; a test keeps
//! the two languages complete. Numbers and dates are formatted in `format` and nowhere else.

pub mod format;
mod text;
mod wording;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use text::Text;
pub use wording::{all_keys, phrase, phrase_with, raw_phrase};

/// A language dampak writes.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Indonesian, the primary language of the studies.
    #[default]
    Id,
    /// English.
    En,
}

impl Lang {
    /// Every language, in report order.
    pub const ALL: [Lang; 2] = [Lang::Id, Lang::En];

    /// The ISO 639-1 code, as used in file names and in the `lang` attribute of a page.
    pub fn code(self) -> &'static str {
        match self {
            Lang::Id => "id",
            Lang::En => "en",
        }
    }

    /// The language of an ISO 639-1 code.
    pub fn from_code(code: &str) -> Option<Lang> {
        Lang::ALL.into_iter().find(|lang| lang.code() == code)
    }
}

impl std::fmt::Display for Lang {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.code())
    }
}
