use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Lang;

/// One wording in several languages: `{ "id": "...", "en": "..." }`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Text(pub BTreeMap<Lang, String>);

impl Text {
    /// A text with both wordings.
    pub fn new(id: impl Into<String>, en: impl Into<String>) -> Self {
        Text(BTreeMap::from([(Lang::Id, id.into()), (Lang::En, en.into())]))
    }

    /// The wording in `lang`, else in any language the author gave, else nothing.
    pub fn get(&self, lang: Lang) -> &str {
        self.0.get(&lang).or_else(|| self.0.values().next()).map_or("", String::as_str)
    }

    /// Whether the author gave a non-blank wording in `lang`.
    pub fn has(&self, lang: Lang) -> bool {
        self.0.get(&lang).is_some_and(|wording| !wording.trim().is_empty())
    }

    /// Whether no language has a wording.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(|wording| wording.trim().is_empty())
    }
}
