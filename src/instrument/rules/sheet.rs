use std::collections::BTreeMap;

use crate::definition::pointer::child;
use crate::instrument::raw::{Choice, ItemType, RawInstrument, RawItem};

/// A raw instrument laid out for the checks: its items in printed order, each with its address.
#[derive(Debug)]
pub struct Sheet<'a> {
    /// The instrument as written.
    pub raw: &'a RawInstrument,
    /// Its items in printed order.
    pub items: Vec<Entry<'a>>,
    places: BTreeMap<&'a str, usize>,
}

/// An item with its address.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// The item as written.
    pub item: &'a RawItem,
    /// JSON pointer of the item.
    pub at: String,
}

impl Entry<'_> {
    /// JSON pointer of one of its fields.
    pub fn field(&self, name: &str) -> String {
        child(&self.at, name)
    }
}

impl<'a> Sheet<'a> {
    /// Lays out an instrument.
    pub fn new(raw: &'a RawInstrument) -> Self {
        let mut items = Vec::new();
        for (s, section) in raw.sections.iter().enumerate() {
            for (i, item) in section.items.iter().enumerate() {
                items.push(Entry { item, at: format!("/sections/{s}/items/{i}") });
            }
        }
        let mut places = BTreeMap::new();
        for (place, entry) in items.iter().enumerate() {
            places.entry(entry.item.id.as_str()).or_insert(place);
        }
        Sheet { raw, items, places }
    }

    /// Place of an item in printed order.
    pub fn place_of(&self, id: &str) -> Option<usize> {
        self.places.get(id).copied()
    }

    /// The item of that id.
    pub fn item(&self, id: &str) -> Option<&'a RawItem> {
        self.place_of(id).map(|place| self.items[place].item)
    }

    /// Every item id, in printed order.
    pub fn item_ids(&self) -> impl Iterator<Item = &'a str> + Clone {
        self.items.iter().map(|entry| entry.item.id.as_str())
    }

    /// The items of one of these types.
    pub fn of_type<'s>(&'s self, kinds: &'s [ItemType]) -> impl Iterator<Item = &'s Entry<'a>> {
        self.items.iter().filter(|entry| kinds.contains(&entry.item.kind))
    }

    /// The answers of an item: its own, or those of its answer set; none where neither is there.
    pub fn options_of(&self, item: &'a RawItem) -> &'a [Choice] {
        match &item.choice_set {
            Some(name) => self.raw.choice_sets.get(name).map_or(&[], Vec::as_slice),
            None => &item.options,
        }
    }
}

/// Whether an answer to an item of this type gives points.
pub fn is_scored(kind: ItemType) -> bool {
    !matches!(kind, ItemType::Number | ItemType::Text | ItemType::Date | ItemType::Choice)
}

/// The name of a type as it is written in a definition.
pub fn type_name(kind: ItemType) -> String {
    serde_json::to_value(kind).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Lowest and highest points of an item, as far as it is well formed.
pub fn point_range(sheet: &Sheet, item: &RawItem) -> Option<(f64, f64)> {
    match item.kind {
        ItemType::Likert => {
            let options = match &item.choice_set {
                Some(name) => sheet.raw.choice_sets.get(name)?,
                None => &item.options,
            };
            let values =
                options.iter().enumerate().map(|(place, option)| option.value.unwrap_or(place as f64 + 1.0));
            let range =
                values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
            (range.0 <= range.1).then_some(range)
        }
        ItemType::Essay | ItemType::Rating => {
            item.rubric.iter().map(|level| level.points).max().map(|top| (0.0, f64::from(top)))
        }
        kind if is_scored(kind) => Some((0.0, item.points.unwrap_or(1.0))),
        _ => None,
    }
}
