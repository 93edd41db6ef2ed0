//! RawInstrument -> Instrument: defaults filled in, every item carrying exactly what its type needs.
//!
//! Only a raw instrument that has passed [`super::rules`] comes here. What those rules guarantee is taken
//! for granted, and a gap in them is a defect of ours that stops the program (`guaranteed`): a silently
//! missing key would mark every answer wrong.

use std::collections::BTreeMap;

use super::item::{Item, ItemKind};
use super::raw::{Choice, ItemType, Key, RawInstrument, RawItem, ScoringRule};
use super::{Instrument, Section};

const ESSAY_LINES: u32 = 5;
const TEXT_LINES: u32 = 1;

/// The instrument of a raw one without errors.
pub fn resolve(raw: RawInstrument) -> Instrument {
    let mut choice_sets = raw.choice_sets;
    choice_sets.values_mut().for_each(|options| number_values(options));
    let mut items = Vec::new();
    let mut sections = Vec::new();
    for section in raw.sections {
        let start = items.len();
        items.extend(section.items.into_iter().map(|item| resolve_item(item, &choice_sets)));
        let (id, title, intro) = (section.id, section.title, section.intro);
        sections.push(Section { id, title, intro, items: start..items.len() });
    }
    Instrument {
        id: raw.id,
        version: raw.version,
        respondent: raw.respondent,
        languages: raw.languages,
        title: raw.title,
        instructions: raw.instructions,
        minutes: raw.minutes,
        stimuli: raw.stimuli,
        sections,
        items,
        scales: raw.scales,
        booklets: raw.booklets,
        choice_sets,
    }
}

/// Values default to the place in the list, counted from 1; the rules let only all or none be given.
fn number_values(options: &mut [Choice]) {
    for (index, option) in options.iter_mut().enumerate() {
        // Answer sets are short, so the conversion is exact.
        option.value.get_or_insert(index as f64 + 1.0);
    }
}

fn resolve_item(raw: RawItem, choice_sets: &BTreeMap<String, Vec<Choice>>) -> Item {
    let points = points_of(&raw);
    let show_if = raw.show_if.clone();
    let (id, prompt, stimulus, model_answer) =
        (raw.id.clone(), raw.prompt.clone(), raw.stimulus.clone(), raw.model_answer.clone());
    let (domain, process, context) = (raw.domain.clone(), raw.process.clone(), raw.context.clone());
    let (required, anchor) = (raw.required, raw.anchor);
    let kind = resolve_kind(raw, choice_sets);
    let points = match &kind {
        ItemKind::Likert { options } => {
            options.iter().filter_map(|option| option.value).fold(f64::MIN, f64::max)
        }
        _ => points,
    };
    Item {
        id,
        prompt,
        stimulus,
        show_if,
        required,
        domain,
        process,
        context,
        anchor,
        points,
        model_answer,
        kind,
    }
}

/// Points of a fully right answer: as written, else the highest rubric level, else 1; 0 where unscored.
fn points_of(raw: &RawItem) -> f64 {
    match raw.kind {
        ItemType::Number | ItemType::Text | ItemType::Date | ItemType::Choice => 0.0,
        ItemType::Essay | ItemType::Rating => {
            raw.rubric.iter().map(|level| f64::from(level.points)).fold(0.0, f64::max)
        }
        _ => raw.points.unwrap_or(1.0),
    }
}

fn resolve_kind(raw: RawItem, choice_sets: &BTreeMap<String, Vec<Choice>>) -> ItemKind {
    let kind = raw.kind;
    let options = match &raw.choice_set {
        Some(name) => choice_sets.get(name).cloned().unwrap_or_default(),
        None => raw.options,
    };
    let rule = raw.scoring.unwrap_or(ScoringRule::Exact);
    let raters = raw.raters.unwrap_or(1);
    match kind {
        ItemType::SingleChoice => ItemKind::SingleChoice { options, key: one_key(raw.key) },
        ItemType::MultipleChoice => {
            let right = many_keys(raw.key);
            let key = options
                .iter()
                .map(|option| option.code.clone())
                .filter(|code| right.contains(code))
                .collect();
            ItemKind::MultipleChoice { options, key, rule }
        }
        ItemType::StatementGrid => ItemKind::StatementGrid { options, statements: raw.statements, rule },
        ItemType::Matching => {
            ItemKind::Matching { left: raw.left, right: raw.right, key: pair_keys(raw.key), rule }
        }
        ItemType::ShortAnswer => short_answer(raw.accept, raw.unit),
        ItemType::Essay => {
            ItemKind::Essay { rubric: raw.rubric, raters, lines: raw.lines.unwrap_or(ESSAY_LINES) }
        }
        ItemType::Rating => ItemKind::Rating { rubric: raw.rubric, raters },
        ItemType::Likert => {
            let mut options = options;
            number_values(&mut options);
            ItemKind::Likert { options }
        }
        ItemType::Number => ItemKind::Number { min: raw.min, max: raw.max, unit: raw.unit },
        ItemType::Text => ItemKind::Text { lines: raw.lines.unwrap_or(TEXT_LINES) },
        ItemType::Date => ItemKind::Date,
        ItemType::Choice => ItemKind::Choice { options, multiple: raw.multiple },
    }
}

fn short_answer(accept: Option<super::raw::Accept>, unit: crate::i18n::Text) -> ItemKind {
    let accept = guaranteed(accept, "a short answer has `accept`");
    match accept.number {
        Some(number) => ItemKind::ShortNumber { number, tolerance: accept.tolerance.unwrap_or(0.0), unit },
        None => ItemKind::ShortText { spellings: accept.spellings },
    }
}

fn one_key(key: Option<Key>) -> String {
    let code = match key {
        Some(Key::One(code)) => Some(code),
        _ => None,
    };
    guaranteed(code, "a single choice has one key")
}

fn many_keys(key: Option<Key>) -> Vec<String> {
    let codes = match key {
        Some(Key::Many(codes)) => Some(codes),
        _ => None,
    };
    guaranteed(codes, "a multiple choice has a list of keys")
}

fn pair_keys(key: Option<Key>) -> BTreeMap<String, String> {
    let pairs = match key {
        Some(Key::Pairs(pairs)) => Some(pairs),
        _ => None,
    };
    guaranteed(pairs, "a matching item has pairs")
}

/// What the rules have made sure of.
fn guaranteed<T>(value: Option<T>, what: &str) -> T {
    match value {
        Some(value) => value,
        None => unreachable!("the rules of instruments make sure that {what}"),
    }
}
