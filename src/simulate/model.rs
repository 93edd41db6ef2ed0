//! The generating model of a simulated study: format `dampak.model/1`.
//!
//! It stands beside the study file as `model.json`. The study says which files there are and how they are
//! written; the model says who is in the schools, how hard the items are and what the programme does, in
//! logits. `super::truth` turns it into the scores that an analysis should find.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::instrument::{ItemType, Respondent};

/// The version tag every generating model carries.
pub const FORMAT: &str = "dampak.model/1";

/// A generating model.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "dampak generating model", extend("$id" = "dampak.model/1"))]
pub struct Model {
    /// For editors only: where the JSON Schema lies.
    #[serde(default, rename = "$schema", skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Always `dampak.model/1`.
    pub format: String,
    /// Seed of the item parameters; apart from the seed of the persons, so that every replication of a
    /// study uses the same test.
    pub item_seed: u64,
    /// Share of the school and person variance that all instruments of the same respondents have in
    /// common, 0 to 1.
    #[serde(default)]
    pub shared: f64,
    /// Schools, in roster order.
    pub schools: Vec<School>,
    /// Roster columns beyond school, class, district, venue and arm.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attribute>,
    /// Who comes to which wave; a kind of respondent not named here always comes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attendance: Vec<Attendance>,
    /// One entry per instrument of the study.
    pub instruments: BTreeMap<String, InstrumentModel>,
}

/// A school with its people.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct School {
    /// School id, such as `S01`.
    pub id: String,
    /// An invented name that shows that it is one.
    pub name: String,
    /// District.
    pub district: String,
    /// Venue.
    pub venue: String,
    /// Arm id of the study; none where the study has no arms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arm: Option<String>,
    /// Classes with the number of students on the roster.
    pub classes: BTreeMap<String, u32>,
    /// Teachers on the roster.
    #[serde(default)]
    pub teachers: u32,
}

/// A roster column with drawn values.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    /// Whose roster.
    pub respondent: Respondent,
    /// Column name.
    pub column: String,
    /// How its values are drawn.
    pub draw: Draw,
}

/// How a value that is not scored is drawn.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Draw {
    /// One of several values, by weight, the same at every wave. Where several may be marked, each weight
    /// is the chance that it is.
    Weights(BTreeMap<String, f64>),
    /// The same, drawn anew at every wave: wave id to weights.
    WeightsByWave(BTreeMap<String, BTreeMap<String, f64>>),
    /// A rounded normal number, kept within its limits.
    Number(NumberDraw),
    /// The person's value in a roster column.
    Column(String),
    /// A sentence, or with the remaining chance nothing.
    Sentences(SentenceDraw),
    /// The day of the wave plus so many days, from first to last.
    Days([u32; 2]),
}

/// A rounded normal number.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberDraw {
    /// A roster column whose number is added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    #[serde(default)]
    pub sd: f64,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// Added at every later wave, such as the years between them.
    #[serde(default)]
    pub per_wave: f64,
}

/// Sentences for an open question.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SentenceDraw {
    /// Chance that something is written.
    pub chance: f64,
    /// What is written, each with the same chance.
    pub list: Vec<String>,
}

/// Who comes to which wave. All of it is independent of ability, so that it changes no expected score.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attendance {
    /// Whose attendance.
    pub respondent: Respondent,
    /// Chance to leave the study before the last wave.
    #[serde(default)]
    pub attrition: f64,
    /// The same for single arms.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attrition_by_arm: BTreeMap<String, f64>,
    /// Chance to join after the first wave.
    #[serde(default)]
    pub late: f64,
    /// Chance to miss one instrument at one wave.
    #[serde(default)]
    pub absent: f64,
    /// Standard deviation, in logits, of the three chances between schools.
    #[serde(default)]
    pub school_sd: f64,
}

/// How one instrument is answered.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InstrumentModel {
    /// Difficulties by item type; every scored type of the instrument needs one.
    pub forms: BTreeMap<ItemType, FormRule>,
    /// Added to the difficulty of the items of a cognitive process.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub process: BTreeMap<String, f64>,
    /// What is set for single items.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub items: BTreeMap<String, ItemRule>,
    /// Change from the first to the last wave, in equal steps.
    pub growth: Growth,
    /// The same for the items of single domains.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub domains: BTreeMap<String, Growth>,
    /// Mean ability of an arm at the first wave; 0 where none is given.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub arm_shift: BTreeMap<String, f64>,
    /// Added to the ability of persons with a value of a drawn attribute: column to value to logits.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub shift: BTreeMap<String, BTreeMap<String, f64>>,
    /// Standard deviations of ability, in logits.
    pub spread: Spread,
    /// Blank and spoilt answers.
    #[serde(default)]
    pub blanks: Blanks,
    /// Who rates essays and lessons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raters: Option<Raters>,
    /// Which teachers are observed (instruments for observers only).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lessons: Option<Lessons>,
    /// How items that are not scored are answered.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub background: BTreeMap<String, Draw>,
}

/// Difficulty of the items of one type: `b = mean + sd z`, with `z` drawn from the item seed, plus the
/// shift of the item's process. Options, statements and pairs scatter around their item.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormRule {
    /// Mean difficulty in logits.
    pub mean: f64,
    /// Standard deviation of the difficulties.
    pub sd: f64,
    /// Standard deviation of the parts of an item (options, statements, pairs) around it.
    #[serde(default)]
    pub parts: f64,
    /// Steps of a rubric or answer set around the item's difficulty, from the lowest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<f64>,
}

/// What is set for one item instead of drawn.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemRule {
    /// Difficulty in logits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difficulty: Option<f64>,
    /// Right short answers as they are written down; each must be accepted by the item.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub right: Vec<String>,
    /// Wrong short answers as they are written down, commonest first; none may be accepted by the item.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wrong: Vec<String>,
}

/// Change from the first to the last wave, in logits.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Growth {
    /// What happens without the programme.
    pub natural: f64,
    /// What the programme adds.
    pub effect: f64,
}

/// Standard deviations of the parts of ability, in logits; the parts are independent and add up.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// Between schools, the same at every wave.
    pub school: f64,
    /// Between schools, new at every wave.
    pub school_wave: f64,
    /// Between persons of a school, the same at every wave.
    pub person: f64,
    /// Between persons of a school, new at every wave.
    pub person_wave: f64,
    /// Between the domains of a person, the same at every wave.
    #[serde(default)]
    pub domain: f64,
}

impl Spread {
    /// Standard deviation of ability on the items of one domain at one wave.
    pub fn total(&self) -> f64 {
        [self.school, self.school_wave, self.person, self.person_wave, self.domain]
            .iter()
            .map(|sd| sd * sd)
            .sum::<f64>()
            .sqrt()
    }
}

/// Blank and spoilt answers. In a test they only replace answers without points, so that no score changes
/// where blanks count as wrong; in a questionnaire they fall anywhere with the same chance.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Blanks {
    /// Chance that a closed item without points (questionnaire: any item) is left blank.
    pub closed: f64,
    /// Chance that a short answer or essay without points is left blank.
    pub written: f64,
    /// Chance that a wrong statement or pair is left blank within an item.
    pub part: f64,
    /// Chance that the last answers in a row without points are left blank together.
    pub not_reached: f64,
    /// Chance that a wrong single choice carries two marks.
    pub two_marks: f64,
}

/// Raters of essays or lessons.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Raters {
    /// Chance that a rater gives exactly the level the work deserves; else one level off.
    pub exact: f64,
    /// The raters. Essays: the first marks `.r1`, the second `.r2`. Lessons: drawn by lot.
    pub people: Vec<Rater>,
}

/// A rater.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rater {
    /// Short name.
    pub id: String,
    /// From -1 (whenever off, one level too high) to 1 (whenever off, one level too low).
    #[serde(default)]
    pub severity: f64,
}

/// Which teachers are observed.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lessons {
    /// Teachers per school, the same at every wave.
    pub per_school: u32,
    /// Chance that a lesson is rated by a second observer.
    pub double: f64,
}
