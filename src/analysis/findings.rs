//! Everything the report says, typed: format `dampak.findings/1`.
//!
//! A number in prose, in a table or on a chart comes from a field here; nothing is computed further down.
//! Shares are fractions of 1. What could not be computed is absent, with its reason in `outcomes` of the
//! kind [`Notice`], never NaN.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::i18n::Text;
use crate::instrument::{Respondent, ScaleMethod};
use crate::study::{ArmRole, Assignment, MissingRule, OutcomeRole};

/// The version tag of findings.
pub const FORMAT: &str = "dampak.findings/1";

/// Everything a study says.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Findings {
    /// Always `dampak.findings/1`.
    pub format: String,
    /// Where the findings come from.
    pub provenance: Provenance,
    /// What the study is.
    pub study: StudySummary,
    /// Which analysis was chosen, and why.
    pub plan: Plan,
    /// The rules of the study that shape scores and report.
    pub rules: Rules,
    /// Who took part.
    pub participants: Participants,
    /// Instruments, one entry per instrument and wave.
    pub instruments: Vec<InstrumentFindings>,
    /// Outcomes in the order of the study.
    pub outcomes: Vec<OutcomeFindings>,
    /// What the reader must know, collected from everywhere.
    pub notices: Vec<Notice>,
}

/// The rules of the study that shape scores and report.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rules {
    /// What a blank before a person's last answer counted as.
    pub omitted: MissingRule,
    /// What a blank after a person's last answer counted as.
    pub not_reached: MissingRule,
    /// Smallest group that is described; smaller ones are counted only.
    pub smallest_cell: usize,
    /// Smallest change that would matter, in standard deviations; none where the study declares none.
    pub smallest_effect_of_interest: Option<f64>,
    /// Draws of a permutation test that cannot list every assignment.
    pub permutations: usize,
}

/// Where findings come from, so that they can be made again.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Provenance {
    /// Version of dampak.
    pub version: String,
    /// Seed of everything drawn at random.
    pub seed: u64,
    /// Name of the study file, without its folder.
    pub study_file: String,
    /// SHA-256 of the analysis plan as JSON.
    pub plan_sha256: String,
    /// Input files with their SHA-256, in the order they are named.
    pub inputs: Vec<InputFile>,
}

/// An input file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InputFile {
    /// Path as the study names it.
    pub path: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Data rows, for data files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<usize>,
}

/// What the study is.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct StudySummary {
    /// Short name.
    pub id: String,
    /// Title.
    pub title: Text,
    /// Whether the data were made by a computer model.
    pub simulated: bool,
    /// Where the data come from.
    pub source: Text,
    /// Programme: name, provider, description.
    pub programme: Option<ProgrammeSummary>,
    /// Waves in order.
    pub waves: Vec<Named>,
    /// Arms; empty where there is one group without a name.
    pub arms: Vec<ArmSummary>,
    /// Authors.
    pub authors: Vec<String>,
    /// Date on the cover.
    pub date: Option<String>,
}

/// The programme.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ProgrammeSummary {
    /// Name.
    pub name: Text,
    /// Who ran it.
    pub provider: Text,
    /// What it did.
    pub description: Text,
    /// When.
    pub period: Option<String>,
}

/// An id with its wording.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Named {
    /// Short name.
    pub id: String,
    /// Wording.
    pub label: Text,
    /// Date, for waves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// An arm.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ArmSummary {
    /// Short name.
    pub id: String,
    /// Wording.
    pub label: Text,
    /// What it received.
    pub role: ArmRole,
}

/// The design as read from study and roster, and what follows from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// The design.
    pub design: Design,
    /// How units came into their arm.
    pub assignment: Assignment,
    /// Schools per arm (or in all); none where the roster names no school.
    pub schools: Option<Vec<usize>>,
    /// The verb the report may use.
    pub claim: Claim,
    /// Method of the primary estimate; none where nothing is estimated (a single wave).
    pub primary: Option<Method>,
    /// Methods of the sensitivity estimates.
    pub sensitivity: Vec<Method>,
    /// Reasons, and analyses refused, each with its code.
    pub reasons: Vec<Notice>,
    /// Two-sided error rate. Every interval of the findings holds 1 - alpha.
    pub alpha: f64,
}

/// A design.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Design {
    /// One group, linked before and after, schools known.
    OneGroupClustered,
    /// One group, linked before and after, schools unknown.
    OneGroupUnclustered,
    /// Programme and comparison, linked, schools known.
    ComparisonClustered,
    /// Programme and comparison, linked, schools unknown.
    ComparisonUnclustered,
    /// One wave only: nothing changed that could be seen.
    SingleWave,
}

/// What the wording may claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// Change between tests.
    Change,
    /// Difference in change, associated with the programme.
    Association,
    /// Effect of the programme.
    Effect,
    /// Description only.
    Description,
}

/// How an estimate was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Mean of the school mean changes, t on schools - 1.
    ClusterMeanT,
    /// Mean change of students, CR2 by school, Satterthwaite df.
    StudentCr2,
    /// Sign-flip test over schools; no interval.
    SignFlip,
    /// Difference of school mean changes, CR2 (the Welch standard error), Satterthwaite df.
    DidClusterCr2,
    /// Difference of school mean changes, pooled variance, t on schools - 2.
    DidClusterPooled,
    /// Difference of student changes, CR2 by school, Satterthwaite df.
    DidStudentCr2,
    /// Post score on arm and pretest, CR2 by school, Satterthwaite df.
    AncovaCr2,
    /// Permutation of schools over arms; no interval.
    SchoolPermutation,
    /// Paired t on persons; schools unknown.
    PairedT,
    /// Welch t on person changes; schools unknown.
    DidWelch,
    /// Pooled t on person changes; schools unknown.
    DidPooled,
    /// ANCOVA with ordinary standard errors; schools unknown.
    AncovaOls,
    /// The primary method with not-reached answers left out of the score.
    NotReachedMissing,
}

/// A reason, refusal or caution, worded in both languages where it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Notice {
    /// Stable code, such as `A-DESIGN-002`.
    pub code: String,
    /// What it is about: outcome, instrument or scale id; blank for the whole study.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// How it is to be read.
    pub kind: NoticeKind,
    /// The sentence.
    pub text: Text,
}

/// How a notice is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// Why something was chosen.
    Reason,
    /// What was refused and why.
    Refusal,
    /// What limits the reading.
    Caution,
}

/// Who took part.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Participants {
    /// Schools, by arm; absent where the roster names no school.
    pub schools: Option<usize>,
    /// Districts named in the roster.
    pub districts: usize,
    /// Venues named in the roster.
    pub venues: usize,
    /// One entry per kind of respondent.
    pub groups: Vec<ParticipantGroup>,
}

/// The participants of one kind.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ParticipantGroup {
    /// Who they are.
    pub respondent: Respondent,
    /// Persons in the roster.
    pub roster: usize,
    /// Flow by arm (one entry where there is one group): how many were tested, linked, lost.
    pub flow: Vec<Flow>,
    /// The same by school, for the match report; school codes only.
    pub by_school: Vec<Flow>,
    /// Counts of background characteristics: column id to value to persons.
    pub background: Vec<Background>,
    /// Linked against lost at the first wave, per outcome: attrition and its possible bias.
    pub lost: Vec<LostComparison>,
}

/// Persons from roster to linked.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Flow {
    /// Arm or school id; blank for everybody.
    pub group: String,
    /// Wording of the group.
    pub label: Text,
    /// Persons in the roster.
    pub roster: usize,
    /// Persons with an answer, by wave in wave order.
    pub tested: Vec<usize>,
    /// Persons with an answer at the first and at the last wave.
    pub linked: usize,
    /// Tested first, not last.
    pub only_first: usize,
    /// Tested last, not first: absentees of the first wave and late joiners.
    pub only_last: usize,
}

/// Counts of one background characteristic.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Background {
    /// Wording.
    pub label: Text,
    /// Value, wording and persons.
    pub values: Vec<BackgroundValue>,
}

/// Persons with one value.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct BackgroundValue {
    /// Wording.
    pub label: Text,
    /// Persons.
    pub n: usize,
}

/// First-wave scores of persons who stayed and persons who were lost.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LostComparison {
    /// Outcome id.
    pub outcome: String,
    /// Mean of the linked at the first wave.
    pub linked_mean: f64,
    /// Linked persons.
    pub linked_n: usize,
    /// Mean of the lost at the first wave.
    pub lost_mean: f64,
    /// Lost persons.
    pub lost_n: usize,
    /// Hedges g of linked minus lost.
    pub g: f64,
}

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
}

/// One outcome.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct OutcomeFindings {
    /// Outcome id.
    pub id: String,
    /// Wording.
    pub label: Text,
    /// Unit.
    pub unit: Text,
    /// Weight.
    pub role: OutcomeRole,
    /// Family of tests.
    pub family: String,
    /// Who it is measured on.
    pub respondent: Respondent,
    /// `instrument/scale`, or the score file.
    pub scale: String,
    /// Lowest and highest possible score.
    pub range: Option<[f64; 2]>,
    /// Scores by wave and arm: everybody with a score.
    pub descriptives: Vec<Descriptive>,
    /// Scores by wave and arm: linked persons only, the sample of the estimates.
    pub linked: Vec<Descriptive>,
    /// Pre-post correlation of linked persons, by arm in arm order (one entry for one group).
    pub correlation: Vec<Option<f64>>,
    /// ICC of schools, by wave; none where schools are unknown.
    pub icc: Vec<IccFindings>,
    /// Estimates, the primary one first.
    pub estimates: Vec<EstimateFindings>,
    /// For comparison designs: the change within each arm, in arm order; a description, not the answer.
    pub arm_changes: Vec<ArmChange>,
    /// Effect sizes.
    pub effect_sizes: Vec<EffectSize>,
    /// p-value of the primary estimate corrected within its family.
    pub adjusted: Option<AdjustedP>,
    /// Smallest change the study could detect with 80 percent power, in score units and in pre SDs.
    pub mdes: Option<Mdes>,
    /// Shares of persons who rose, stayed, fell (linked, by arm).
    pub direction: Vec<Direction>,
    /// Change of each school.
    pub schools: Vec<SchoolChange>,
    /// Levels; none where the scale has no cuts.
    pub levels: Option<LevelFindings>,
    /// Histogram by arm and wave (linked persons).
    pub histogram: Vec<Histogram>,
    /// Baseline difference of arms in pooled SDs (Hedges g), for comparison designs.
    pub baseline_g: Option<f64>,
    /// Changes within the groups of the study's subgroup columns; exploratory.
    pub subgroups: Vec<SubgroupFindings>,
    /// Right-or-wrong items of the scale before and after (linked persons), by arm; exploratory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub item_changes: Vec<ItemChange>,
    /// Anything that could not be computed or must be known.
    pub notices: Vec<Notice>,
}

/// Scores of one wave in one arm.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Descriptive {
    /// Wave id.
    pub wave: String,
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// Persons.
    pub n: usize,
    /// Schools; none where unknown.
    pub clusters: Option<usize>,
    /// Mean.
    pub mean: f64,
    /// Standard deviation; none for one person.
    pub sd: Option<f64>,
    /// Lowest, lower quartile, median, upper quartile, highest.
    pub five: [f64; 5],
}

/// ICC of schools at one wave.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct IccFindings {
    /// Wave id.
    pub wave: String,
    /// ANOVA estimate, sign kept.
    pub value: f64,
    /// Searle interval.
    pub ci: Option<[f64; 2]>,
}

/// One estimate: never a p-value or interval without method, df, n and clusters.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct EstimateFindings {
    /// How it was made.
    pub method: Method,
    /// What it estimates: `mean_change`, `difference_in_change`, `adjusted_difference`.
    pub estimand: String,
    /// Whether it is the declared primary estimate.
    pub primary: bool,
    /// The estimate, in score units.
    pub estimate: f64,
    /// Standard error; none for tests by permutation.
    pub se: Option<f64>,
    /// Test statistic; none for tests by permutation.
    pub t: Option<f64>,
    /// Degrees of freedom; none for tests by permutation.
    pub df: Option<f64>,
    /// Interval at 1 - alpha; none for tests by permutation.
    pub ci: Option<[f64; 2]>,
    /// Two-sided p-value; none where it cannot be had.
    pub p: Option<f64>,
    /// Persons.
    pub n: usize,
    /// Schools; none where unknown.
    pub clusters: Option<usize>,
    /// Draws or assignments behind a permutation p, and whether all were listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draws: Option<Draws>,
    /// Anything to know about it.
    pub notes: Vec<Text>,
}

/// Assignments behind a permutation test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Draws {
    /// How many.
    pub count: u64,
    /// Whether every possible assignment was listed.
    pub enumerated: bool,
}

/// The change within one arm of a comparison design.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ArmChange {
    /// Arm id.
    pub arm: String,
    /// The change with its interval.
    pub estimate: EstimateFindings,
    /// Effect sizes of the change.
    pub effect_sizes: Vec<EffectSize>,
}

/// An effect size with its standardiser named.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct EffectSize {
    /// `d_av`, `becker_g`, `d_z`, `d_ppc`, `ancova_g`.
    pub kind: String,
    /// `average_sd`, `pre_sd`, `change_sd`, `pooled_pre_sd`, `pooled_post_sd`.
    pub standardizer: String,
    /// The value.
    pub value: f64,
    /// Its interval; cluster-robust where schools are known.
    pub ci: Option<[f64; 2]>,
    /// Degrees of freedom of the interval; none for large-sample or noncentral-t limits.
    pub df: Option<f64>,
    /// Whether the interval allows for schools.
    pub cluster_robust: bool,
    /// Whether it leads in the report.
    pub leading: bool,
}

/// A p-value corrected within its family.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct AdjustedP {
    /// Family.
    pub family: String,
    /// Tests in the family.
    pub tests: usize,
    /// Holm.
    pub holm: f64,
    /// Benjamini-Hochberg.
    pub benjamini_hochberg: f64,
}

/// Smallest detectable change.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Mdes {
    /// In score units.
    pub score: f64,
    /// In standard deviations of the first wave.
    pub sd: f64,
    /// Power it is computed for.
    pub power: f64,
}

/// Shares of persons by direction of change.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Direction {
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// Persons.
    pub n: usize,
    /// Share who rose.
    pub rose: f64,
    /// Share who stayed the same.
    pub same: f64,
    /// Share who fell.
    pub fell: f64,
}

/// The change of one school.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SchoolChange {
    /// School id.
    pub school: String,
    /// Name in reports.
    pub name: String,
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// Linked persons.
    pub n: usize,
    /// Mean before.
    pub before: f64,
    /// Mean after.
    pub after: f64,
    /// Mean change.
    pub change: f64,
    /// Interval of the mean change over its persons (t, n - 1 degrees of freedom); none for one person.
    pub ci: Option<[f64; 2]>,
}

/// Levels before and after.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LevelFindings {
    /// Levels from the lowest, with their cuts.
    pub levels: Vec<LevelName>,
    /// Shares by wave and arm (linked persons).
    pub shares: Vec<LevelShares>,
    /// Linked persons by level before (rows) and after (columns), over all arms in arm order.
    pub transitions: Vec<LevelTransition>,
}

/// A level.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LevelName {
    /// Short name.
    pub id: String,
    /// Wording.
    pub label: Text,
    /// Lowest score.
    pub from: f64,
}

/// Level shares of one wave in one arm.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LevelShares {
    /// Wave id.
    pub wave: String,
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// Persons.
    pub n: usize,
    /// Persons, share and interval (cluster-robust where schools are known) of each level.
    pub shares: Vec<LevelShare>,
}

/// Share of one level.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LevelShare {
    /// Persons.
    pub n: usize,
    /// Share.
    pub share: f64,
    /// Interval: t on the schools' deviations with schools - 1 degrees of freedom; Wilson where schools are
    /// unknown.
    pub ci: Option<[f64; 2]>,
}

/// Movement between levels in one arm.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LevelTransition {
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// Persons: `counts[before][after]`.
    pub counts: Vec<Vec<usize>>,
}

/// Histogram of one wave in one arm.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Histogram {
    /// Wave id.
    pub wave: String,
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// Persons.
    pub n: usize,
    /// Mean.
    pub mean: f64,
    /// Lower and upper end of the bins together.
    pub range: [f64; 2],
    /// Share of persons in each bin of equal width.
    pub shares: Vec<f64>,
}

/// An item before and after.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ItemChange {
    /// Item id.
    pub item: String,
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// Linked persons with points at both waves.
    pub n: usize,
    /// Mean change in points.
    pub change: f64,
    /// Wrong before, right after.
    pub improved: usize,
    /// Right before, wrong after.
    pub declined: usize,
    /// McNemar's chi-square without continuity correction; none where nobody changed, or where schools are
    /// known: the test takes persons for independent.
    pub chi2: Option<f64>,
    /// Exact two-sided p of the changed under one half; none as for `chi2`.
    pub p_exact: Option<f64>,
}

/// Changes within the groups of one subgroup column.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SubgroupFindings {
    /// Wording of the column.
    pub label: Text,
    /// Its groups; those smaller than the smallest cell are left out and counted.
    pub groups: Vec<SubgroupChange>,
    /// Groups left out because they are too small.
    pub suppressed: usize,
}

/// Change within one subgroup.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SubgroupChange {
    /// Wording of the group.
    pub label: Text,
    /// The estimate by the plan's primary method.
    pub estimate: EstimateFindings,
}

/// Labels by id, used where an id must be worded (arms, waves).
pub type Labels = BTreeMap<String, Text>;
