//! The instrument as its author writes it: a mirror of the JSON, before anything is resolved.
//!
//! Every field that only some item types use is optional here; [`super::resolve`] turns a [`RawItem`] into
//! an [`super::Item`] whose type carries exactly what it needs, and reports what is missing or out of place.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::i18n::{Lang, Text};

/// An instrument definition, format `dampak.instrument/1`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "dampak instrument", extend("$id" = "dampak.instrument/1"))]
pub struct RawInstrument {
    /// For editors only: where the JSON Schema lies.
    #[serde(default, rename = "$schema", skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Always `dampak.instrument/1`.
    pub format: String,
    /// Short name, such as `numeracy-smp`: lower-case letters, digits, hyphens.
    pub id: String,
    /// Version of the content, such as `1.0.0`; changes when a word or a key changes.
    pub version: String,
    /// Who answers.
    pub respondent: Respondent,
    /// Languages every text is written in.
    pub languages: Vec<Lang>,
    /// Title of the instrument.
    pub title: Text,
    /// Instructions printed before the first section.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub instructions: Text,
    /// Working time in minutes, for timed tests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// Answer sets shared by several items, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub choice_sets: BTreeMap<String, Vec<Choice>>,
    /// Reading passages, tables and pictures that items refer to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stimuli: Vec<Stimulus>,
    /// Sections with their items, in printed order.
    pub sections: Vec<RawSection>,
    /// Scales computed from the items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scales: Vec<Scale>,
    /// Test booklets; none means that everybody gets every item.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub booklets: Vec<Booklet>,
    /// Smallest number of anchor items every booklet must hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_anchors: Option<usize>,
}

/// Who answers an instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Respondent {
    /// Pupils.
    Student,
    /// Teachers.
    Teacher,
    /// School principals.
    Principal,
    /// Classroom observers; the person observed is a teacher.
    Observer,
}

/// One answer of a closed question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What is written in the data, such as `A` or `1`.
    pub code: String,
    /// What the respondent reads.
    pub label: Text,
    /// Score of the answer on a `likert` item; by default the place in the list, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
}

/// A passage, table or picture that several items share.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stimulus {
    /// Short name, such as `T1`.
    pub id: String,
    /// Title printed above it.
    pub title: Text,
    /// What kind of text it is, such as `informational`, `literary`, `table`, `situation`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub genre: Option<String>,
    /// Paragraphs, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paragraphs: Vec<Text>,
    /// A table, printed after the paragraphs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<StimulusTable>,
    /// A drawing, as SVG text with `{key}` where a word of `words` is to stand, printed after the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<Picture>,
    /// Where the content comes from; "written for this instrument" where the authors made it.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub source: Text,
}

/// A table within a stimulus.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StimulusTable {
    /// Column headings.
    pub header: Vec<Text>,
    /// Rows; each as long as the header.
    pub rows: Vec<Vec<Text>>,
}

/// A drawing within a stimulus.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Picture {
    /// The drawing as SVG text.
    pub svg: String,
    /// Words in the drawing, by the `{key}` that stands for them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<String, Text>,
    /// What the drawing shows, for a reader who cannot see it.
    pub alt: Text,
}

/// A section as written.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawSection {
    /// Short name.
    pub id: String,
    /// Heading.
    pub title: Text,
    /// Words printed under the heading.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub intro: Text,
    /// Items in printed order.
    pub items: Vec<RawItem>,
}

/// The form of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemType {
    /// One right answer among several (pilihan ganda).
    SingleChoice,
    /// Several right answers (pilihan ganda kompleks).
    MultipleChoice,
    /// A table of statements, each marked true/false or yes/no (pilihan ganda kompleks).
    StatementGrid,
    /// Left entries matched to right entries (menjodohkan).
    Matching,
    /// A number or a short word (isian singkat).
    ShortAnswer,
    /// A written answer marked with a rubric (uraian).
    Essay,
    /// An indicator that an observer rates with a rubric.
    Rating,
    /// Agreement or frequency on an ordered answer set.
    Likert,
    /// A number, not scored.
    Number,
    /// Free text, not scored.
    Text,
    /// A date, not scored.
    Date,
    /// A background question with a choice of answers, not scored.
    Choice,
}

/// An item as written; which fields belong to which type stands with each field.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawItem {
    /// Short name, unique in the instrument, such as `N07`.
    pub id: String,
    /// The form of the item.
    #[serde(rename = "type")]
    pub kind: ItemType,
    /// The question.
    pub prompt: Text,
    /// The stimulus it refers to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stimulus: Option<String>,
    /// Shown only where this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_if: Option<ShowIf>,
    /// Whether a person must answer before going on (phones only).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// Blueprint: content domain, such as `algebra`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// Blueprint: cognitive process, such as `reasoning`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<String>,
    /// Blueprint: context, such as `personal`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// Whether the item links booklets and waves.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub anchor: bool,
    /// `single_choice`, `multiple_choice`, `choice`: the answers, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Choice>,
    /// `likert`, `choice`, `statement_grid`: the name of a shared answer set instead of `options`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice_set: Option<String>,
    /// `single_choice`: one code. `multiple_choice`: codes. `matching`: left code to right code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// `statement_grid`: the statements with their right answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<Statement>,
    /// `matching`: entries on the left, each to be matched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<Choice>,
    /// `matching`: entries on the right; may hold more than the left (distractors).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub right: Vec<Choice>,
    /// `short_answer`: what counts as right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept: Option<Accept>,
    /// `essay`, `rating`: the levels of the rubric, from 0 upward without a gap.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rubric: Vec<RubricLevel>,
    /// `essay`, `rating`: how many raters mark each answer (default 1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raters: Option<u32>,
    /// Points for a fully right answer (default 1; for rubrics the highest level).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<f64>,
    /// How a partly right answer is scored (default `exact`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scoring: Option<ScoringRule>,
    /// `choice`: whether several answers may be marked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub multiple: bool,
    /// `number`: smallest believable value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// `number`: largest believable value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// `number`, `short_answer`: the unit printed after the answer line.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub unit: Text,
    /// `essay`, `text`: answer lines on paper (default 5 and 1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<u32>,
    /// `short_answer`, `essay`: the answer a marker reads in the key.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub model_answer: Text,
}

/// The right answer, in the shape its item type needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Key {
    /// `single_choice`: one option code.
    One(String),
    /// `multiple_choice`: every right option code.
    Many(Vec<String>),
    /// `matching`: the right-hand code of each left-hand code.
    Pairs(BTreeMap<String, String>),
}

/// A statement of a grid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Short name within the item, such as `a`.
    pub id: String,
    /// The statement.
    pub text: Text,
    /// The right column code.
    pub key: String,
}

/// What counts as a right short answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Accept {
    /// A number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<f64>,
    /// How far off the number may be (default 0).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<f64>,
    /// Accepted spellings; case, surrounding blanks and repeated blanks do not matter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spellings: Vec<String>,
}

/// One level of a rubric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RubricLevel {
    /// Points for this level: 0, 1, 2 and so on.
    pub points: u32,
    /// What an answer at this level looks like.
    pub description: Text,
}

/// How a partly right answer is scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScoringRule {
    /// Everything right or nothing.
    Exact,
    /// `multiple_choice`: the share of options judged rightly (marked or left as the key says).
    PerOption,
    /// `statement_grid`: the share of statements right; `matching`: the share of pairs right.
    PerStatement,
    /// `multiple_choice`: (right marks - wrong marks) / number of keys, never below 0.
    RightMinusWrong,
    /// `essay`, `rating`: the rubric level.
    Rubric,
}

/// A condition on an earlier answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShowIf {
    /// The earlier item.
    pub item: String,
    /// Shown where its answer is one of these codes.
    pub any_of: Vec<String>,
}

/// A scale: items brought together into one score.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// Short name, unique in the instrument, such as `total`.
    pub id: String,
    /// Name in reports.
    pub title: Text,
    /// Item ids.
    pub items: Vec<String>,
    /// Items whose points are turned round: min + max - x.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reverse: Vec<String>,
    /// How item points become a score.
    pub method: ScaleMethod,
    /// How the method `irt` measures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub irt: Option<IrtRules>,
    /// Smallest share of the administered items that must have points (default 0.5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_valid: Option<f64>,
    /// Levels, from the lowest; the first starts at the bottom of the scale.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<Level>,
}

/// How item points become a scale score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScaleMethod {
    /// Sum of points; missing items are filled with the person's mean share of points.
    Sum,
    /// Mean of item points.
    Mean,
    /// 100 x points / points obtainable on the administered items.
    Percent,
    /// A measure by item response theory, on one scale for all booklets and waves.
    Irt,
}

/// How a scale of the method `irt` is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IrtRules {
    /// The model (default `rasch`); with too few persons a simpler one is taken, and the report says so.
    pub model: IrtModel,
    /// Which estimate of ability is a person's score (default `wle`).
    pub ability: AbilityMethod,
    /// Unit of the scores; without it scores are logits around the mean of the first wave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<ScoreUnit>,
}

/// A model of item response theory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IrtModel {
    /// Equal slopes: the Rasch model, for items with more than two point values the partial credit model.
    #[default]
    Rasch,
    /// Equal slopes and the same steps for all items (Andrich).
    RatingScale,
    /// A slope per item: the 2PL, for items with more than two point values the generalised partial credit
    /// model. Needs about 500 persons.
    TwoParameter,
}

/// An estimate of a person's ability.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AbilityMethod {
    /// Warm's weighted likelihood estimate: nearly unbiased for each person.
    #[default]
    Wle,
    /// Posterior mean: drawn towards the mean of the person's group, so that changes come out too small.
    Eap,
}

/// The unit of measures: mean and standard deviation of the population at the first wave.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoreUnit {
    /// Mean at the first wave, such as 500.
    pub mean: f64,
    /// Standard deviation at the first wave, such as 100.
    pub sd: f64,
}

/// A level of a scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Short name, such as `proficient`.
    pub id: String,
    /// Name in reports.
    pub label: Text,
    /// Lowest score of the level.
    pub from: f64,
    /// Whether whoever is at this level has reached what is expected of everybody, such as minimum competency.
    /// Said of the upper levels only; the share that reaches it is then an outcome of its own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reached: bool,
}

impl Scale {
    /// Place of the lowest level that counts as reached; none where the scale declares none.
    pub fn level_reached(&self) -> Option<usize> {
        self.levels.iter().position(|level| level.reached)
    }
}

/// A test booklet: the items it holds, in printed order.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Booklet {
    /// Short name, such as `A`.
    pub id: String,
    /// Name on the cover.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub title: Text,
    /// Item ids in printed order.
    pub items: Vec<String>,
}
