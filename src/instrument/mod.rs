//! What is asked: items, keys, rubrics, scales and booklets.
//!
//! `text -> RawInstrument -> Instrument`: `parse` reads a definition and collects everything that is
//! wrong with it; an [`Instrument`] in hand has passed every check, so the rooms below (forms, responses,
//! scoring) need not doubt it. [`rules`] holds the checks, one family a file.

pub mod item;
pub mod parse;
pub mod raw;
pub mod resolve;
pub mod rules;

use std::collections::BTreeMap;

pub use item::{Item, ItemKind};
pub use parse::parse;
pub use raw::{
    AbilityMethod, Accept, Booklet, Choice, IrtModel, IrtRules, ItemType, Level, Picture, Respondent,
    RubricLevel, Scale, ScaleMethod, ScoreUnit, ScoringRule, ShowIf, Statement, Stimulus, StimulusTable,
};

use crate::i18n::{Lang, Text};

/// The version tag every instrument definition carries.
pub const FORMAT: &str = "dampak.instrument/1";

/// A checked instrument.
#[derive(Clone, Debug)]
pub struct Instrument {
    /// Short name.
    pub id: String,
    /// Version of the content.
    pub version: String,
    /// Who answers.
    pub respondent: Respondent,
    /// Languages every text is written in.
    pub languages: Vec<Lang>,
    /// Title.
    pub title: Text,
    /// Words before the first section.
    pub instructions: Text,
    /// Working time in minutes.
    pub minutes: Option<u32>,
    /// Shared passages, tables and pictures.
    pub stimuli: Vec<Stimulus>,
    /// Sections; items are named by their place in `items`.
    pub sections: Vec<Section>,
    /// All items in printed order.
    pub items: Vec<Item>,
    /// Scales.
    pub scales: Vec<Scale>,
    /// Booklets; empty where everybody gets every item.
    pub booklets: Vec<Booklet>,
    /// Shared answer sets, by name.
    pub choice_sets: BTreeMap<String, Vec<Choice>>,
}

/// A section of a checked instrument.
#[derive(Clone, Debug)]
pub struct Section {
    /// Short name.
    pub id: String,
    /// Heading.
    pub title: Text,
    /// Words under the heading.
    pub intro: Text,
    /// Places of its items in [`Instrument::items`].
    pub items: std::ops::Range<usize>,
}

impl Instrument {
    /// The item of that id.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// The scale of that id.
    pub fn scale(&self, id: &str) -> Option<&Scale> {
        self.scales.iter().find(|scale| scale.id == id)
    }

    /// The stimulus of that id.
    pub fn stimulus(&self, id: &str) -> Option<&Stimulus> {
        self.stimuli.iter().find(|stimulus| stimulus.id == id)
    }

    /// The booklet of that id.
    pub fn booklet(&self, id: &str) -> Option<&Booklet> {
        self.booklets.iter().find(|booklet| booklet.id == id)
    }

    /// The items that give points, in printed order.
    pub fn scored_items(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.is_scored())
    }
}
