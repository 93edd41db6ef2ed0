//! The study as its author writes it: format `dampak.study/1`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::attrition::AttritionBoundary;
use super::correction::Correction;
use super::item_thresholds::ItemThresholds;
use super::progress_table::ProgressTable;
use super::relations::{Dose, Linkage, is_false};
use crate::i18n::{Lang, Text};
use crate::instrument::Respondent;

/// A study: who was measured with what, when, under which design, and what is to be found out.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "dampak study", extend("$id" = "dampak.study/1"))]
pub struct Study {
    /// For editors only: where the JSON Schema lies.
    #[serde(default, rename = "$schema", skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Always `dampak.study/1`.
    pub format: String,
    /// Short name: lower-case letters, digits, hyphens.
    pub id: String,
    /// Title of the study.
    pub title: Text,
    /// Whether the data were made by a computer model; marked on every page then.
    #[serde(default)]
    pub simulated: bool,
    /// Where the data come from, in a sentence.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub source: Text,
    /// What the programme is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programme: Option<Programme>,
    /// Times of measurement, in order.
    pub waves: Vec<Wave>,
    /// Groups; none or one means that there is no comparison.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arms: Vec<Arm>,
    /// How schools or students came into their arm.
    #[serde(default)]
    pub assignment: Assignment,
    /// Instrument files, relative to the study file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instruments: Vec<String>,
    /// Who belongs to the study: one file per kind of respondent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roster: Vec<RosterFile>,
    /// Answers to the instruments: one file per instrument and wave.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub responses: Vec<ResponseFile>,
    /// Scores that a file already has, one column per wave.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub score_files: Vec<ScoreFile>,
    /// What is to be estimated.
    pub outcomes: Vec<Outcome>,
    /// Roster columns that describe persons before the programme.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covariates: Vec<Covariate>,
    /// Roster columns whose groups are reported side by side.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subgroups: Vec<Covariate>,
    /// Rules of the analysis.
    #[serde(default)]
    pub analysis: AnalysisRules,
    /// What the report is to look like.
    #[serde(default)]
    pub report: ReportRules,
}

/// The programme that is evaluated.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Programme {
    /// Its name.
    pub name: Text,
    /// Who ran it.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub provider: Text,
    /// What it did, in a few sentences.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub description: Text,
    /// When it ran, as printed, such as `2021–2023`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
}

/// A time of measurement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wave {
    /// Short name, such as `pre`.
    pub id: String,
    /// Name in reports.
    pub label: Text,
    /// Day of the measurement, as `2025-07-12`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// A group of the design.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arm {
    /// Short name, as it stands in the roster's arm column.
    pub id: String,
    /// Name in reports.
    pub label: Text,
    /// Whether it received the programme.
    pub role: ArmRole,
}

/// What a group received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArmRole {
    /// The programme.
    Programme,
    /// No programme, or the usual one.
    Comparison,
}

/// How units came into their arm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Assignment {
    /// There is nothing to assign: one group.
    #[default]
    None,
    /// Schools were drawn by lot.
    RandomSchool,
    /// Students were drawn by lot within schools.
    RandomStudent,
    /// Schools were chosen, or chose, without a lot.
    School,
    /// Students or teachers chose for themselves.
    SelfSelected,
}

/// How a delimited text file is written. What is left out is found out from the file itself.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileFormat {
    /// Field separator: `,` or `;` or a tab.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<String>,
    /// Decimal mark of numbers: `.` (default) or `,`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimal: Option<String>,
    /// `utf-8` or `windows-1252`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
}

/// A file that lists who belongs to the study.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RosterFile {
    /// Who stands in it.
    pub respondent: Respondent,
    /// Path, relative to the study file.
    pub file: String,
    /// How the file is written.
    #[serde(default)]
    pub format: FileFormat,
    /// Which column holds what.
    pub columns: RosterColumns,
}

/// Columns of a roster.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RosterColumns {
    /// Person id.
    pub person: String,
    /// School id; without it clustering is unknown and the report says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school: Option<String>,
    /// Class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// District.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// Venue of the training or of the test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub venue: Option<String>,
    /// Arm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arm: Option<String>,
    /// School name in reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school_name: Option<String>,
    /// Stratum of the school, where schools were drawn or chosen within strata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stratum: Option<String>,
    /// Pair of the school, where schools were matched in pairs, one for each arm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pair: Option<String>,
    /// Weight of the person: how many persons of the population it stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<String>,
}

/// A file of answers to one instrument at one wave.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResponseFile {
    /// Instrument id.
    pub instrument: String,
    /// Wave id.
    pub wave: String,
    /// Path, relative to the study file; `.csv`, `.txt`, `.tsv` or `.parquet`.
    pub file: String,
    /// How the file is written.
    #[serde(default)]
    pub format: FileFormat,
    /// Which column holds what.
    pub columns: ResponseColumns,
    /// What special codes mean, such as `"9": "omitted"`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub missing_codes: BTreeMap<String, MissingReason>,
    /// Whether the cells hold points instead of answers.
    #[serde(default)]
    pub scored: bool,
}

/// Columns of a file of answers.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResponseColumns {
    /// Person id.
    pub person: String,
    /// School id, where the file names it: checked against the roster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school: Option<String>,
    /// Booklet id, where the instrument has booklets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booklet: Option<String>,
    /// Rater, where the same person stands in several rows rated by different people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rater: Option<String>,
    /// Seconds the person took to answer, as many survey tools export them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<String>,
    /// Item id to column name, where they differ.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub items: BTreeMap<String, String>,
}

/// Why an answer is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingReason {
    /// The person saw the item and left it blank.
    Omitted,
    /// The person did not get so far.
    NotReached,
    /// The item was not given to this person.
    NotAdministered,
    /// The answer cannot be used, such as two marks where one was asked.
    Invalid,
}

/// A file that already has a score for every person, one column per wave.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoreFile {
    /// Short name that outcomes refer to.
    pub id: String,
    /// Path, relative to the study file.
    pub file: String,
    /// How the file is written.
    #[serde(default)]
    pub format: FileFormat,
    /// Person column.
    pub person: String,
    /// Who the persons are (default `student`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respondent: Option<Respondent>,
}

/// What is to be estimated.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// Short name.
    pub id: String,
    /// Name in reports.
    pub label: Text,
    /// How much weight it has.
    pub role: OutcomeRole,
    /// Family within which several tests are corrected (default: its role).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// Where its score comes from.
    pub from: OutcomeSource,
    /// Unit in reports, such as `points of 100`.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub unit: Text,
    /// Lowest and highest possible score, for scores from a file (known for scales).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<[f64; 2]>,
}

/// How much weight an outcome has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeRole {
    /// What the study was made to find out.
    Primary,
    /// What else was declared beforehand.
    Secondary,
    /// What is looked at without a plan.
    Exploratory,
}

/// Where the score of an outcome comes from: a scale of an instrument, or columns of a score file.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutcomeSource {
    /// Instrument id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instrument: Option<String>,
    /// Scale of that instrument.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<String>,
    /// Score file id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score_file: Option<String>,
    /// Wave id to column of that file.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, String>,
}

/// A roster column used as covariate or subgroup.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Covariate {
    /// Short name.
    pub id: String,
    /// Name in reports.
    pub label: Text,
    /// Column of the roster.
    pub column: String,
    /// Respondents it belongs to (default `student`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respondent: Option<Respondent>,
    /// Names of its values in reports; values not named here are printed as they stand.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, Text>,
    /// For subgroups: whether the comparison was planned before the data were seen; exploratory otherwise.
    #[serde(default, skip_serializing_if = "is_false")]
    pub declared: bool,
}

/// Rules of the analysis.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AnalysisRules {
    /// Whether the same persons are met at several waves.
    pub persons: PersonsRule,
    /// The two waves between which the primary change is counted (default: the first and the last).
    pub compare: Option<[String; 2]>,
    /// Two-sided error rate of tests; intervals hold 1 - alpha.
    pub alpha: f64,
    /// Seed of everything that is drawn at random.
    pub seed: u64,
    /// Smallest change that would matter, in standard deviations.
    pub smallest_effect_of_interest: Option<f64>,
    /// What a blank before the last answer counts as.
    pub omitted: MissingRule,
    /// What blanks after the last answer count as.
    pub not_reached: MissingRule,
    /// Draws where a permutation test cannot list every assignment.
    pub permutations: usize,
    /// Smallest group that is reported by itself.
    pub smallest_cell: usize,
    /// How measures of several waves come onto one scale.
    pub linking: LinkingRules,
    /// Limits at which items are marked and judged.
    pub item_thresholds: ItemThresholds,
    /// Limits beyond which answers to a questionnaire look careless.
    pub answer_quality: AnswerQualityRules,
    /// Correction for several tests by family (default `holm`; `benjamini_hochberg` where every outcome of
    /// the family is exploratory).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub families: BTreeMap<String, Correction>,
    /// Whether changes are also told by thirds of the first score, with a warning of regression to the mean.
    #[serde(skip_serializing_if = "is_false")]
    pub baseline_thirds: bool,
    /// How much of the programme persons received, related to the change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dose: Vec<Dose>,
    /// Changes of the staff related to changes of students, school by school.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub linkages: Vec<Linkage>,
    /// The boundary at which loss of schools and persons counts as high.
    pub attrition: AttritionBoundary,
}

/// How measures of several waves come onto one scale, and when an item counts as drifted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LinkingRules {
    /// The method (default `concurrent`).
    pub method: LinkMethod,
    /// Largest displacement of a common item, in logits (default 0.5).
    pub displacement: f64,
    /// Largest robust z of a displacement (default 1.645). An item drifts when it exceeds both limits.
    pub robust_z: f64,
    /// Largest share of the common items that may be set aside as drifted (default 0.2).
    pub most_dropped: f64,
}

impl Default for LinkingRules {
    fn default() -> Self {
        LinkingRules { method: LinkMethod::Concurrent, displacement: 0.5, robust_z: 1.645, most_dropped: 0.2 }
    }
}

/// How waves come onto one scale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkMethod {
    /// One calibration of all waves; common items have the same parameters in all of them.
    #[default]
    Concurrent,
    /// The first wave is calibrated; common items keep its parameters in later waves.
    FixedAnchors,
    /// Waves are calibrated apart; the means of the common items are made equal.
    MeanMean,
    /// Waves are calibrated apart; means and standard deviations of difficulties are made equal.
    MeanSigma,
    /// Waves are calibrated apart; the curves of every common item are brought together.
    Haebara,
    /// Waves are calibrated apart; the sum of the curves of the common items is brought together.
    StockingLord,
}

/// Limits beyond which answers to a questionnaire look careless. They are conventions: set them for the
/// questionnaire at hand.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AnswerQualityRules {
    /// Longest run of equal answers, as a share of the answers given; used where items are turned round.
    pub long_string_share: f64,
    /// Standard deviation of a person's answers, as a share of the answer range, below which they hardly vary;
    /// used where items are turned round.
    pub low_variability_share: f64,
    /// The same, above which they vary like answers at random.
    pub high_variability_share: f64,
    /// Correlation of odd and even halves of the scales within a person, below which they do not go together.
    pub even_odd: f64,
    /// Tail of the chi-square distribution beyond which a pattern of answers is far from all others.
    pub mahalanobis_p: f64,
    /// Answers from which on two equal rows are taken for copies.
    pub duplicate_answers: usize,
    /// Seconds per answer below which nobody reads.
    pub seconds_per_item: f64,
    /// Indices beyond their limits that make a person flagged.
    pub indices_needed: usize,
}

impl Default for AnswerQualityRules {
    fn default() -> Self {
        AnswerQualityRules {
            long_string_share: 0.5,
            low_variability_share: 0.05,
            high_variability_share: 0.45,
            even_odd: 0.3,
            mahalanobis_p: 0.001,
            duplicate_answers: 10,
            seconds_per_item: 2.0,
            indices_needed: 2,
        }
    }
}

impl Default for AnalysisRules {
    fn default() -> Self {
        AnalysisRules {
            persons: PersonsRule::Linked,
            compare: None,
            alpha: 0.05,
            seed: 20_250_712,
            smallest_effect_of_interest: None,
            omitted: MissingRule::Wrong,
            not_reached: MissingRule::Wrong,
            permutations: 9_999,
            smallest_cell: 10,
            linking: LinkingRules::default(),
            item_thresholds: ItemThresholds::default(),
            answer_quality: AnswerQualityRules::default(),
            families: BTreeMap::new(),
            baseline_thirds: false,
            dose: Vec::new(),
            linkages: Vec::new(),
            attrition: AttritionBoundary::default(),
        }
    }
}

/// Whether the same persons are met at several waves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PersonsRule {
    /// The same persons answer at every wave and are linked by their id.
    #[default]
    Linked,
    /// Every wave meets other persons of the same schools, such as the eighth grades of three years.
    CrossSections,
}

/// What a missing test answer counts as. Questionnaire answers that are missing are always missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingRule {
    /// No points.
    Wrong,
    /// Left out of the score.
    Missing,
}

/// What the report is to look like.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReportRules {
    /// Languages to write.
    pub languages: Vec<Lang>,
    /// Who signs it.
    pub authors: Vec<String>,
    /// Date printed on the cover, as `2025-07-12`; dampak never takes it from the clock.
    pub date: Option<String>,
    /// Table by which a difference between programme and comparison is told in months of progress (default:
    /// none is).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub months_of_progress: Option<ProgressTable>,
}

impl Default for ReportRules {
    fn default() -> Self {
        ReportRules {
            languages: Lang::ALL.to_vec(),
            authors: Vec::new(),
            date: None,
            months_of_progress: None,
        }
    }
}
