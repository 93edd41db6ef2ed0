//! A resolved item: its type carries exactly what that type needs.

use std::collections::BTreeMap;

use super::raw::{Choice, ItemType, RubricLevel, ScoringRule, ShowIf, Statement};
use crate::i18n::Text;

/// A checked item.
#[derive(Clone, Debug)]
pub struct Item {
    /// Short name, unique in the instrument.
    pub id: String,
    /// The question.
    pub prompt: Text,
    /// The stimulus it refers to.
    pub stimulus: Option<String>,
    /// Shown only where this holds.
    pub show_if: Option<ShowIf>,
    /// Whether a person must answer before going on.
    pub required: bool,
    /// Blueprint: content domain.
    pub domain: Option<String>,
    /// Blueprint: cognitive process.
    pub process: Option<String>,
    /// Blueprint: context.
    pub context: Option<String>,
    /// Whether the item links booklets and waves.
    pub anchor: bool,
    /// Points for a fully right answer; 0 for items that are not scored.
    pub points: f64,
    /// The answer a marker reads in the key.
    pub model_answer: Text,
    /// What the item asks for.
    pub kind: ItemKind,
}

/// What an item asks for, with its key.
#[derive(Clone, Debug)]
pub enum ItemKind {
    /// One right option.
    SingleChoice {
        /// The answers.
        options: Vec<Choice>,
        /// Code of the right one.
        key: String,
    },
    /// Several right options.
    MultipleChoice {
        /// The answers.
        options: Vec<Choice>,
        /// Codes of the right ones, in option order.
        key: Vec<String>,
        /// `Exact`, `PerOption` or `RightMinusWrong`.
        rule: ScoringRule,
    },
    /// Statements marked with one of several columns.
    StatementGrid {
        /// The columns.
        options: Vec<Choice>,
        /// The statements with their keys.
        statements: Vec<Statement>,
        /// `Exact` or `PerStatement`.
        rule: ScoringRule,
    },
    /// Left entries matched to right entries.
    Matching {
        /// Entries to match.
        left: Vec<Choice>,
        /// Entries to choose from.
        right: Vec<Choice>,
        /// Right code of every left code.
        key: BTreeMap<String, String>,
        /// `Exact` or `PerStatement`.
        rule: ScoringRule,
    },
    /// A number within a tolerance.
    ShortNumber {
        /// The right number.
        number: f64,
        /// How far off an answer may be.
        tolerance: f64,
        /// Unit printed after the answer line.
        unit: Text,
    },
    /// One of several accepted spellings.
    ShortText {
        /// The accepted spellings, as written.
        spellings: Vec<String>,
    },
    /// A written answer marked with a rubric.
    Essay {
        /// Levels from 0 upward.
        rubric: Vec<RubricLevel>,
        /// Raters per answer.
        raters: u32,
        /// Answer lines on paper.
        lines: u32,
    },
    /// An indicator rated with a rubric.
    Rating {
        /// Levels from 0 upward.
        rubric: Vec<RubricLevel>,
        /// Raters per observation.
        raters: u32,
    },
    /// An ordered answer set; every choice has a value.
    Likert {
        /// The answers, from low to high.
        options: Vec<Choice>,
    },
    /// A number, not scored.
    Number {
        /// Smallest believable value.
        min: Option<f64>,
        /// Largest believable value.
        max: Option<f64>,
        /// Unit printed after the answer line.
        unit: Text,
    },
    /// Free text, not scored.
    Text {
        /// Answer lines on paper.
        lines: u32,
    },
    /// A date, not scored.
    Date,
    /// A background question, not scored.
    Choice {
        /// The answers.
        options: Vec<Choice>,
        /// Whether several may be marked.
        multiple: bool,
    },
}

impl Item {
    /// Whether an answer gives points.
    pub fn is_scored(&self) -> bool {
        !matches!(
            self.kind,
            ItemKind::Number { .. } | ItemKind::Text { .. } | ItemKind::Date | ItemKind::Choice { .. }
        )
    }

    /// Whether the item has a right answer (a test item), unlike a Likert item or a background question.
    pub fn has_key(&self) -> bool {
        self.is_scored() && !matches!(self.kind, ItemKind::Likert { .. } | ItemKind::Rating { .. })
    }

    /// Lowest and highest points an answer can give.
    pub fn point_range(&self) -> (f64, f64) {
        match &self.kind {
            ItemKind::Likert { options } => options
                .iter()
                .filter_map(|choice| choice.value)
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v))),
            _ => (0.0, self.points),
        }
    }

    /// Raters per answer; 1 where nobody rates.
    pub fn raters(&self) -> u32 {
        match self.kind {
            ItemKind::Essay { raters, .. } | ItemKind::Rating { raters, .. } => raters,
            _ => 1,
        }
    }

    /// The form of the item, as its author wrote it.
    pub fn item_type(&self) -> ItemType {
        match self.kind {
            ItemKind::SingleChoice { .. } => ItemType::SingleChoice,
            ItemKind::MultipleChoice { .. } => ItemType::MultipleChoice,
            ItemKind::StatementGrid { .. } => ItemType::StatementGrid,
            ItemKind::Matching { .. } => ItemType::Matching,
            ItemKind::ShortNumber { .. } | ItemKind::ShortText { .. } => ItemType::ShortAnswer,
            ItemKind::Essay { .. } => ItemType::Essay,
            ItemKind::Rating { .. } => ItemType::Rating,
            ItemKind::Likert { .. } => ItemType::Likert,
            ItemKind::Number { .. } => ItemType::Number,
            ItemKind::Text { .. } => ItemType::Text,
            ItemKind::Date => ItemType::Date,
            ItemKind::Choice { .. } => ItemType::Choice,
        }
    }
}
