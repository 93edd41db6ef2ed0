//! Charts of items, tests and linking in words.

use super::{fill, listed};
use crate::chart::wright_map::WrightMap;
use crate::i18n::{Lang, format, phrase};

/// Digits after the decimal mark of logits and shares in words.
const DECIMALS: usize = 2;

pub(super) fn of_wright_map(data: &WrightMap, lang: Lang) -> String {
    let number = |value| format::number(lang, value, DECIMALS);
    let items = || data.items.iter().filter(|item| item.location.is_finite());
    let mut sentences = Vec::new();
    let easiest = items().min_by(|a, b| a.location.total_cmp(&b.location));
    let hardest = items().max_by(|a, b| a.location.total_cmp(&b.location));
    if let (Some(easiest), Some(hardest)) = (easiest, hardest) {
        let values = [
            ("axis", data.axis.clone()),
            ("n", format::count(lang, items().count())),
            ("anchors", format::count(lang, items().filter(|item| item.anchor).count())),
            ("low", number(easiest.location)),
            ("low_item", easiest.item.clone()),
            ("high", number(hardest.location)),
            ("high_item", hardest.item.clone()),
        ];
        sentences.push(fill(lang, "chart.alt_wright_map", &values));
    }
    let wave = |wave: &crate::chart::wright_map::WrightWave| {
        let values =
            [("wave", wave.label.clone()), ("mean", number(wave.mean)), ("n", format::count(lang, wave.n))];
        fill(lang, "chart.wave_mean", &values)
    };
    let waves: Vec<String> = data.waves.iter().map(wave).collect();
    if !waves.is_empty() {
        sentences.push(fill(lang, "chart.alt_persons", &[("waves", listed(&waves))]));
    }
    if sentences.is_empty() { phrase(lang, "chart.no_data") } else { sentences.join(" ") }
}
