//! The checks on an instrument, one family a file; each file holds its rules, their documentation and the
//! code that raises them.

mod answers;
mod booklets;
mod branching;
mod ids;
mod items;
mod keys;
mod levels;
mod matching;
mod options;
mod rubrics;
mod scales;
mod sheet;
mod statements;
mod stimuli;

pub use sheet::{Entry, Sheet};

use serde_json::Value;

use super::raw::RawInstrument;
use crate::definition::Notes;
use crate::definition::texts::{Languages, check_declared, check_texts, find_texts};
use crate::diag::Rule;

/// Every kind of finding these checks make, beside those of [`crate::definition::RULES`].
pub static RULES: &[&Rule] = &[
    &items::NO_ITEMS,
    &items::REPEATED_ITEM,
    &items::FOREIGN_FIELD,
    &items::POINTS,
    &items::SCORING,
    &items::NO_ROOM,
    &items::PASTED_TWICE,
    &items::BLANK_VERSION,
    &ids::ITEM_NAME,
    &ids::CASE_TWINS,
    &ids::COLUMN_CLASH,
    &options::TOO_FEW,
    &options::REPEATED_CODE,
    &options::REPEATED_LABEL,
    &options::UNKNOWN_SET,
    &options::BOTH_SOURCES,
    &options::UNUSED_SET,
    &options::IDLE_VALUE,
    &options::SOME_VALUES,
    &options::EQUAL_VALUES,
    &keys::MISSING,
    &keys::NOT_AN_OPTION,
    &keys::WRONG_SHAPE,
    &keys::REPEATED,
    &keys::ALL_RIGHT,
    &keys::ONE_RIGHT,
    &matching::UNPAIRED,
    &matching::UNKNOWN_CODE,
    &matching::TOO_FEW_RIGHT,
    &matching::SHARED_RIGHT,
    &statements::NONE,
    &statements::KEY,
    &rubrics::MISSING,
    &rubrics::GAP,
    &rubrics::ONE_LEVEL,
    &rubrics::POINTS,
    &rubrics::RATERS,
    &answers::NOTHING_ACCEPTED,
    &answers::NUMBER_AND_WORDS,
    &answers::TOLERANCE,
    &answers::IDLE_TOLERANCE,
    &answers::SPELLING,
    &answers::BOUNDS,
    &stimuli::UNKNOWN,
    &stimuli::UNUSED,
    &stimuli::RAGGED,
    &stimuli::NO_WORD,
    &stimuli::IDLE_WORD,
    &stimuli::EMPTY,
    &stimuli::NOT_SVG,
    &branching::UNKNOWN,
    &branching::ITSELF,
    &branching::FORWARD,
    &branching::NO_CODES,
    &branching::NOT_AN_ANSWER,
    &branching::NEVER,
    &scales::UNKNOWN_ITEM,
    &scales::ITEM_TWICE,
    &scales::UNSCORED,
    &scales::REVERSE_STRANGER,
    &scales::REVERSE_KEYED,
    &scales::EMPTY,
    &scales::MIN_VALID,
    &scales::MIXED_RANGES,
    &scales::LEFT_OUT,
    &scales::IRT_WITHOUT_METHOD,
    &scales::IRT_UNIT,
    &scales::IRT_ITEMS,
    &levels::ORDER,
    &levels::BOTTOM,
    &levels::OUTSIDE,
    &levels::ONE,
    &levels::REACHED,
    &booklets::UNKNOWN_ITEM,
    &booklets::ITEM_TWICE,
    &booklets::LEFT_OUT,
    &booklets::ANCHOR_MISSING,
    &booklets::FEW_ANCHORS,
    &booklets::NOTHING_TO_LINK,
    &booklets::EMPTY,
    &booklets::GATE,
];

/// Runs every check over a raw instrument of the right shape.
pub fn check(raw: &RawInstrument, value: &Value, notes: &mut Notes) {
    let sheet = Sheet::new(raw);
    check_declared(notes, "/languages", &raw.languages);
    let languages = Languages { declared: &raw.languages, warn_of_others: !raw.languages.is_empty() };
    check_texts(notes, value, &find_texts::<RawInstrument>(value), languages);
    ids::check(&sheet, notes);
    items::check(&sheet, notes);
    options::check(&sheet, notes);
    keys::check(&sheet, notes);
    matching::check(&sheet, notes);
    statements::check(&sheet, notes);
    rubrics::check(&sheet, notes);
    answers::check(&sheet, notes);
    stimuli::check(&sheet, notes);
    branching::check(&sheet, notes);
    scales::check(&sheet, notes);
    levels::check(&sheet, notes);
    booklets::check(&sheet, notes);
}
