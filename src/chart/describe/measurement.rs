//! Charts of items, tests and linking in words.

use super::{fill, listed};
use crate::chart::{
    AbilityWave, AnchorDrift, DifClass, DifItem, DifPlot, ItemCurves, OptionCurves, OptionItem,
    TestInformation, WrightMap,
};
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
    sentences.extend(persons(&data.waves, lang));
    if sentences.is_empty() { phrase(lang, "chart.no_data") } else { sentences.join(" ") }
}

pub(super) fn of_anchor_drift(data: &AnchorDrift, lang: Lang) -> String {
    let finite = || data.items.iter().filter(|item| item.difference.is_finite());
    let Some(largest) = finite().max_by(|a, b| a.difference.abs().total_cmp(&b.difference.abs())) else {
        return phrase(lang, "chart.no_data");
    };
    let drifting: Vec<String> = finite().filter(|item| item.drifting).map(|item| item.item.clone()).collect();
    let values = [
        ("axis", data.axis.clone()),
        ("n", format::count(lang, finite().count())),
        ("drifting", format::count(lang, drifting.len())),
        ("names", if drifting.is_empty() { String::new() } else { format!(" ({})", drifting.join(", ")) }),
        ("item", largest.item.clone()),
        ("largest", format::signed(lang, largest.difference, DECIMALS)),
    ];
    fill(lang, "chart.alt_anchor_drift", &values)
}

pub(super) fn of_dif_plot(data: &DifPlot, lang: Lang) -> String {
    let finite = || data.items.iter().filter(|item| item.estimate.is_finite());
    if finite().next().is_none() {
        return phrase(lang, "chart.no_data");
    }
    let count = |class| finite().filter(|item| item.class == class).count();
    let mut values = vec![("axis", data.axis.clone()), ("n", format::count(lang, finite().count()))];
    for (name, class) in [("a", DifClass::A), ("b", DifClass::B), ("c", DifClass::C)] {
        values.push((name, format::count(lang, count(class))));
    }
    let direction = |item: &DifItem| {
        let group = &data.easier_for[usize::from(item.estimate > 0.0)];
        let easier = fill(lang, "chart.easier_for", &[("group", group.clone())]);
        format!("{}: {easier} ({})", item.item, format::signed(lang, item.estimate, DECIMALS))
    };
    let large: Vec<String> = finite().filter(|item| item.class == DifClass::C).map(direction).collect();
    let sentence = fill(lang, "chart.alt_dif_plot", &values);
    if large.is_empty() { sentence } else { format!("{sentence} {}.", listed(&large)) }
}

pub(super) fn of_option_curves(data: &OptionCurves, lang: Lang) -> String {
    let share = |share: Option<&f64>| {
        share
            .filter(|share| share.is_finite())
            .map_or("–".to_owned(), |share| format::percent(lang, *share, 0))
    };
    let key = |item: &OptionItem| {
        let key = item.options.iter().find(|option| option.is_key)?;
        let (low, high) = (share(key.shares.first()), share(key.shares.last()));
        let values = [("item", item.item.clone()), ("key", key.label.clone()), ("low", low), ("high", high)];
        Some(fill(lang, "chart.alt_option_key", &values))
    };
    let keys: Vec<String> = data.items.iter().filter_map(key).take(super::MOST_SPELT_OUT).collect();
    let suspects = data.items.iter().filter(|item| item.suspected_miskey);
    let suspects: Vec<&str> = suspects.map(|item| item.item.as_str()).collect();
    let values = [("n", format::count(lang, data.items.len()))];
    let mut sentences = vec![fill(lang, "chart.alt_option_curves", &values)];
    if !keys.is_empty() {
        sentences.push(fill(lang, "chart.alt_option_keys", &[("keys", listed(&keys))]));
    }
    if !suspects.is_empty() {
        sentences.push(fill(lang, "chart.alt_miskey", &[("items", suspects.join(", "))]));
    }
    sentences.join(" ")
}

pub(super) fn of_item_curves(data: &ItemCurves, lang: Lang) -> String {
    let names: Vec<&str> = data.items.iter().map(|item| item.item.as_str()).collect();
    let misfits = data.items.iter().filter(|item| item.misfit);
    let misfits: Vec<&str> = misfits.map(|item| item.item.as_str()).collect();
    let values = [
        ("axis", data.axis.clone()),
        ("n", format::count(lang, data.items.len())),
        ("items", names.join(", ")),
    ];
    let mut sentences = vec![fill(lang, "chart.alt_item_curves", &values)];
    if !misfits.is_empty() {
        sentences.push(fill(lang, "chart.alt_misfit", &[("items", misfits.join(", "))]));
    }
    sentences.join(" ")
}

pub(super) fn of_test_information(data: &TestInformation, lang: Lang) -> String {
    let mut sentences = vec![fill(lang, "chart.alt_test_information", &[("axis", data.axis.clone())])];
    for test in &data.tests {
        let finite = test.information.iter().filter(|point| point.value.is_finite());
        let Some(peak) = finite.max_by(|a, b| a.value.total_cmp(&b.value)) else { continue };
        let values = [
            ("ability", format::number(lang, peak.ability, 1)),
            ("information", format::number(lang, peak.value, 1)),
        ];
        let words = fill(lang, "chart.alt_peak", &values);
        let named = data.tests.len() > 1 && !test.label.trim().is_empty();
        sentences.push(if named { format!("{}: {words}", test.label) } else { words });
    }
    if let Some(reliable) = data.reliable {
        let values = [
            ("least", format::number(lang, reliable.least, DECIMALS)),
            ("from", format::number(lang, reliable.from, 1)),
            ("to", format::number(lang, reliable.to, 1)),
        ];
        sentences.push(fill(lang, "chart.alt_reliable", &values));
    }
    sentences.extend(persons(&data.waves, lang));
    sentences.join(" ")
}

/// Means of the waves in a sentence; none without waves.
fn persons(waves: &[AbilityWave], lang: Lang) -> Option<String> {
    let wave = |wave: &AbilityWave| {
        let values = [
            ("wave", wave.label.clone()),
            ("mean", format::number(lang, wave.mean, DECIMALS)),
            ("n", format::count(lang, wave.n)),
        ];
        fill(lang, "chart.wave_mean", &values)
    };
    let waves: Vec<String> = waves.iter().map(wave).collect();
    (!waves.is_empty()).then(|| fill(lang, "chart.alt_persons", &[("waves", listed(&waves))]))
}
