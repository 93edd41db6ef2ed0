//! Agreement of raters, where several rated the same persons.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Estimate;
use crate::i18n::Text;
use crate::instrument::Respondent;

/// The raters of one instrument at one wave.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RaterFindings {
    /// Instrument id.
    pub instrument: String,
    /// Wave id.
    pub wave: String,
    /// Who was rated, as the instrument calls its respondents.
    pub respondent: Respondent,
    /// How the ratings stand in the file.
    pub layout: RaterLayout,
    /// Persons with at least one rating.
    pub rated: usize,
    /// Persons rated by two raters or more: only these carry information on agreement.
    pub double: usize,
    /// `double / rated`.
    pub share: f64,
    /// Persons that must be rated twice before agreement is evidence.
    pub needed: usize,
    /// Whether agreement is evidence. Below the gate no coefficient is given.
    pub passes: bool,
    /// Rows that name no rater.
    pub unnamed: usize,
    /// Whether everybody rated twice had the same raters; none where nobody was rated twice.
    pub design: Option<RaterDesign>,
    /// Raters in the order of their names.
    pub raters: Vec<RaterRow>,
    /// Pairs of raters with persons in common.
    pub pairs: Vec<RaterPair>,
    /// Agreement on each item.
    pub items: Vec<ItemAgreement>,
    /// Agreement of scores: one entry per scale, or per item where the file has a column per rater.
    pub scores: Vec<ScoreAgreement>,
}

/// How ratings stand in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RaterLayout {
    /// A row per person and rater; a column names the rater.
    Rows,
    /// A column per rater, such as `L15.r1`; who stands behind a column is not known.
    Columns,
}

/// Who rated whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RaterDesign {
    /// Everybody rated twice had the same raters.
    SameRaters,
    /// Different raters for different persons.
    DifferentRaters,
}

/// One rater.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RaterRow {
    /// Name of the rater in the data; the number of the column where raters stand in columns.
    pub rater: String,
    /// Persons rated.
    pub n: usize,
    /// Mean of the main score; none for a rater with one person.
    pub mean: Option<f64>,
    /// Persons rated by others as well.
    pub double: usize,
    /// Mean of the rater's score less the mean of the others on the same persons, with a t interval; none
    /// below two such persons.
    pub against_others: Option<Estimate>,
    /// Severity from the many-facet Rasch model; none where it was not fitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<RaterSeverity>,
}

/// How strict a rater is, in logits: positive values make high scores harder to get.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RaterSeverity {
    /// Severity in logits; the raters' severities add up to 0.
    pub value: f64,
    /// Standard error.
    pub se: f64,
}

/// Two raters with persons in common.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RaterPair {
    /// One rater.
    pub first: String,
    /// The other.
    pub second: String,
    /// Persons rated by both.
    pub n: usize,
    /// Mean of the second rater's main score less that of the first; none where no score is there.
    pub difference: Option<f64>,
}

/// Agreement on one item.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ItemAgreement {
    /// Item id.
    pub item: String,
    /// The question.
    pub prompt: Text,
    /// Categories of the item.
    pub categories: usize,
    /// Persons with two ratings or more.
    pub n: usize,
    /// Pairs of ratings of the same person.
    pub pairs: usize,
    /// Share of pairs in the same category, with Wilson's interval over the pairs.
    pub exact: Estimate,
    /// Share of pairs in the same or a neighbouring category, likewise.
    pub adjacent: Estimate,
    /// Which weighted kappa this is.
    pub kappa_kind: KappaKind,
    /// Kappa with quadratic weights.
    pub kappa: Coefficient,
    /// Gwet's AC2 with quadratic weights.
    pub ac2: Coefficient,
    /// Krippendorff's alpha for ordered categories.
    pub alpha: Coefficient,
}

/// A weighted kappa.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KappaKind {
    /// Cohen's: the same two raters throughout, each with category shares of their own.
    Cohen,
    /// Fleiss': raters who differ from person to person share their category shares.
    Fleiss,
}

/// A coefficient of agreement.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Coefficient {
    /// What it came out as.
    pub outcome: CoefficientOutcome,
    /// The coefficient: 1 is perfect, 0 what chance gives; none without variation.
    pub value: Option<f64>,
    /// Its interval; none for perfect agreement, whose standard error says nothing.
    pub ci: Option<[f64; 2]>,
}

/// What a coefficient came out as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CoefficientOutcome {
    /// An estimate.
    Estimated,
    /// The raters agree throughout.
    Perfect,
    /// All ratings are equal: agreement cannot be told from chance.
    NoVariation,
}

/// Agreement of a score.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ScoreAgreement {
    /// Scale id, or item id where the file has a column per rater.
    pub id: String,
    /// Title of the scale, or the question.
    pub title: Text,
    /// Whether raters and pairs are compared on it.
    pub main: bool,
    /// Lowest and highest possible score.
    pub range: [f64; 2],
    /// Persons with two scores or more.
    pub n: usize,
    /// Mean distance of two raters' scores for the same person, in score units.
    pub distance: f64,
    /// Intraclass correlations that the design allows.
    pub icc: Vec<RaterIcc>,
    /// What the leading one comes to; none without variation.
    pub verdict: Option<AgreementVerdict>,
}

/// One intraclass correlation of raters.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RaterIcc {
    /// The form.
    pub form: IccKind,
    /// Whether it is the one the design calls for.
    pub leading: bool,
    /// What it came out as, with its interval.
    pub coefficient: Coefficient,
    /// Bands in which the two ends of the interval lie.
    pub bands: Option<[AgreementBand; 2]>,
}

/// The six forms of Shrout and Fleiss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IccKind {
    /// ICC(1,1): each person has other raters; one rating.
    OneWaySingle,
    /// ICC(2,1): the same raters, drawn from many; absolute agreement of one rating.
    AgreementSingle,
    /// ICC(3,1): these raters only; consistency of one rating.
    ConsistencySingle,
    /// ICC(1,k): as the first, for the mean of k ratings.
    OneWayMean,
    /// ICC(2,k): as the second, for the mean of k ratings.
    AgreementMean,
    /// ICC(3,k): as the third, for the mean of k ratings.
    ConsistencyMean,
}

/// Bands of intraclass correlations (Koo & Li 2016).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgreementBand {
    /// Below 0.50.
    Poor,
    /// 0.50 to 0.75.
    Moderate,
    /// 0.75 to 0.90.
    Good,
    /// 0.90 and above.
    Excellent,
}

/// What the agreement of a score comes to, judged on the interval and not on the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgreementVerdict {
    /// The whole interval is excellent: two raters give nearly the same score.
    NearlySame,
    /// Good at least: two raters give similar scores.
    Close,
    /// Moderate at least: scores of single persons should rest on two raters.
    Rough,
    /// From poor to good or better: too few persons to tell.
    Unclear,
    /// Poor to moderate: the score depends on who rates.
    Apart,
}
