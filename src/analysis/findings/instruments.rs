//! Instruments at each wave: scales, items, answers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::classical::{Distractor, ItemVerdict, OptionCurves, Reliability};
use crate::i18n::Text;
use crate::instrument::Respondent;
use crate::instrument::ScaleMethod;

/// One instrument at one wave.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct InstrumentFindings {
    /// Instrument id.
    pub id: String,
    /// Version of its content.
    pub version: String,
    /// Title.
    pub title: Text,
    /// Who answers.
    pub respondent: Respondent,
    /// Wave id.
    pub wave: String,
    /// Persons in the file (rows, where raters give several per person).
    pub n: usize,
    /// Whether items were scored right or wrong (a test) or rated (a questionnaire).
    pub is_test: bool,
    /// Answers by state over all items and persons.
    pub answers: AnswerCounts,
    /// Scales with their reliability.
    pub scales: Vec<ScaleFindings>,
    /// Items in printed order.
    pub items: Vec<ItemFindings>,
}

/// Answers by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AnswerCounts {
    /// Usable answers.
    pub answered: usize,
    /// Left blank before the last answer.
    pub omitted: usize,
    /// Blank after the last answer.
    pub not_reached: usize,
    /// Not in the person's booklet, or hidden by a condition.
    pub not_administered: usize,
    /// Unusable.
    pub invalid: usize,
}

/// A scale at one wave.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ScaleFindings {
    /// Scale id.
    pub id: String,
    /// Title.
    pub title: Text,
    /// Booklet; blank where there is one form. Reliability is per booklet: nobody answered all items.
    pub booklet: String,
    /// How points become a score.
    pub method: ScaleMethod,
    /// Lowest and highest possible score.
    pub range: [f64; 2],
    /// Items behind it.
    pub items: usize,
    /// Persons with a score.
    pub n: usize,
    /// Mean score.
    pub mean: f64,
    /// Standard deviation; none for one person.
    pub sd: Option<f64>,
    /// Cronbach's alpha with Feldt's interval; none where it cannot be had.
    pub alpha: Option<Estimate>,
    /// Standard error of measurement, in score points.
    pub sem: Option<f64>,
    /// Share of persons at the lowest possible score.
    pub floor: f64,
    /// Share of persons at the highest possible score.
    pub ceiling: f64,
    /// What else classical test theory says.
    #[serde(default)]
    pub reliability: Reliability,
    /// Flags with their reason.
    pub flags: Vec<Flag>,
}

/// A value with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// Its interval.
    pub ci: Option<[f64; 2]>,
}

/// A flag on an item or scale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Flag {
    /// Stable name, such as `very_hard`, `negative_item_rest`, `possible_miskey`, `floor`.
    pub kind: String,
    /// Why, in both languages.
    pub reason: Text,
}

/// An item at one wave.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ItemFindings {
    /// Item id.
    pub id: String,
    /// The question.
    pub prompt: Text,
    /// Blueprint domain.
    pub domain: Option<String>,
    /// Blueprint process.
    pub process: Option<String>,
    /// First scale that holds the item; none for questions outside every scale.
    pub scale: Option<String>,
    /// Whether the answers are levels of the item's own rubric, coded by their points.
    pub rubric: bool,
    /// Whether it is an anchor.
    pub anchor: bool,
    /// Persons it was given to.
    pub administered: usize,
    /// Persons with points.
    pub n: usize,
    /// Mean points as a share of the highest possible (0 to 1; for rating scales from lowest to highest).
    pub difficulty: Option<f64>,
    /// Corrected item-total correlation, within the first scale that holds the item.
    pub item_rest: Option<f64>,
    /// Correlation with the sum of the scale, the item included: the point-biserial for items scored 0 or 1.
    #[serde(default)]
    pub item_total: Option<f64>,
    /// Discrimination index D: difficulty in the 27 percent of persons with the highest sums less that in the 27
    /// percent with the lowest.
    #[serde(default)]
    pub discrimination: Option<f64>,
    /// What to do with it; none where too few persons answered or it stands in no scale.
    #[serde(default)]
    pub verdict: Option<ItemVerdict>,
    /// Choice of options by score; for items with one key.
    #[serde(default)]
    pub option_curves: Option<OptionCurves>,
    /// Answers by state.
    pub answers: AnswerCounts,
    /// Options, or rating categories, with their use.
    pub options: Vec<OptionFindings>,
    /// Flags with their reason.
    pub flags: Vec<Flag>,
}

/// Use of one answer.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct OptionFindings {
    /// Code in the data.
    pub code: String,
    /// Wording.
    pub label: Text,
    /// Whether it is the key.
    pub is_key: bool,
    /// Persons who chose it.
    pub n: usize,
    /// Share of those who answered.
    pub share: f64,
    /// Correlation of choosing it with the rest score.
    pub option_rest: Option<f64>,
    /// For distractors of items with one key: what to think of it.
    #[serde(default)]
    pub distractor: Option<Distractor>,
}
