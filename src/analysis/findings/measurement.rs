//! Measurement: what item response theory says about a scale and the link of its waves.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Notice;
use crate::i18n::Text;
use crate::instrument::{AbilityMethod, IrtModel, Respondent};
use crate::study::LinkMethod;

/// One measured scale over all its waves.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct MeasurementFindings {
    /// Instrument id.
    pub instrument: String,
    /// Scale id.
    pub scale: String,
    /// Title of the scale.
    pub title: Text,
    /// Who answers.
    pub respondent: Respondent,
    /// Waves with answers, in time order.
    pub waves: Vec<String>,
    /// Model asked for.
    pub asked: IrtModel,
    /// Smallest number of answers to an item, at the wave where it has most.
    pub smallest_item: usize,
    /// Estimate of ability that is the score.
    pub ability: AbilityMethod,
    /// What was found; none where the scale could not be measured (its notices say why) and was scored in
    /// percent of the possible points.
    pub found: Option<Calibrated>,
    /// Anything that must be known.
    pub notices: Vec<Notice>,
}

/// A calibrated scale.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Calibrated {
    /// Model used.
    pub model: IrtModel,
    /// How the waves were put on one scale.
    pub link_method: LinkMethod,
    /// Whether scores are logits; else [`Calibrated::unit`] points per logit.
    pub logits: bool,
    /// Score points per logit.
    pub unit: f64,
    /// Score at 0 logits.
    pub origin: f64,
    /// One entry per fit: all waves together, or each apart.
    pub fits: Vec<FitFindings>,
    /// Models compared on the same answers.
    pub models: Vec<ModelFindings>,
    /// Populations by wave and arm, in score units.
    pub populations: Vec<PopulationFindings>,
    /// Items in the order of the scale.
    pub items: Vec<ItemMeasure>,
    /// Residual correlations between items.
    pub dependence: Option<DependenceFindings>,
    /// Andersen's test of equal item parameters in low and high scorers, by wave.
    pub andersen: Vec<WaveTest>,
    /// Persons by wave.
    pub persons: Vec<PersonFindings>,
    /// Score for every sum of steps, by booklet; empty with unequal slopes.
    pub score_table: Vec<ScoreTable>,
    /// Information over ability, by booklet.
    pub information: Vec<InformationCurve>,
    /// The link of each later wave to the first.
    pub links: Vec<LinkFindings>,
}

/// One fit with its log.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct FitFindings {
    /// Wave id; blank for all waves together.
    pub wave: String,
    /// Persons in the likelihood (a person at two waves counts twice).
    pub persons: usize,
    /// Distinct rows of answers the persons collapse to.
    pub rows: usize,
    /// Free parameters.
    pub parameters: usize,
    /// Log-likelihood.
    pub log_likelihood: f64,
    /// Log-likelihood at the starting values.
    pub log_likelihood_at_start: f64,
    /// Iterations.
    pub iterations: usize,
    /// Evaluations of the likelihood.
    pub evaluations: usize,
    /// Why the search stopped.
    pub stop: String,
    /// Quadrature: number of nodes, lowest, highest.
    pub nodes: usize,
}

/// A model on the answers of all waves.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ModelFindings {
    /// Model.
    pub model: IrtModel,
    /// Whether scores rest on it.
    pub used: bool,
    /// Free parameters.
    pub parameters: usize,
    /// Log-likelihood.
    pub log_likelihood: f64,
    /// Akaike's criterion.
    pub aic: f64,
    /// Schwarz's criterion.
    pub bic: f64,
    /// Likelihood-ratio test against the next simpler model of the list.
    pub ratio: Option<TestFindings>,
}

/// A chi-square test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TestFindings {
    /// Chi-square.
    pub chi2: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Probability of a larger value.
    pub p: f64,
}

/// A test at one wave.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct WaveTest {
    /// Wave id.
    pub wave: String,
    /// The test.
    pub test: TestFindings,
    /// Items in it.
    pub items: usize,
}

/// The ability of one group at one wave, in score units.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct PopulationFindings {
    /// Wave id.
    pub wave: String,
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// Persons with answers.
    pub n: usize,
    /// Mean.
    pub mean: f64,
    /// Standard deviation, free of measurement error.
    pub sd: f64,
}

/// An item on the common scale.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ItemMeasure {
    /// Item id.
    pub item: String,
    /// Whether it is declared an anchor.
    pub anchor: bool,
    /// Answers over all waves.
    pub n: usize,
    /// Slope.
    pub slope: f64,
    /// Its standard error; none where slopes are not free.
    pub slope_se: Option<f64>,
    /// Location in logits; none where it is not finite.
    pub location: Option<f64>,
    /// Its standard error.
    pub location_se: Option<f64>,
    /// Steps in logits; none for categories that cannot occur.
    pub steps: Vec<Option<f64>>,
    /// Points of each category.
    pub points: Vec<f64>,
    /// Mean squares of residuals at the persons' scores.
    pub fit: Option<MeanSquareFindings>,
    /// S-X2 test of fit; none where booklets or small cells leave no degrees of freedom.
    pub score_fit: Option<TestFindings>,
    /// Expected and observed share of the highest category by ability, for drawing.
    pub curve: ItemCurveFindings,
    /// Short names of what is wrong with the item: `underfit`, `overfit`, `reversed_steps`.
    pub flags: Vec<String>,
}

/// Infit and outfit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MeanSquareFindings {
    /// Information-weighted mean square.
    pub infit: f64,
    /// Its standardised form.
    pub infit_z: f64,
    /// Unweighted mean square.
    pub outfit: f64,
    /// Its standardised form.
    pub outfit_z: f64,
}

/// The characteristic curve of an item with what was observed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ItemCurveFindings {
    /// Abilities in logits.
    pub theta: Vec<f64>,
    /// Expected share of the steps at each ability.
    pub expected: Vec<f64>,
    /// Information at each ability.
    pub information: Vec<f64>,
    /// Observed share by groups of ability.
    pub observed: Vec<ObservedShare>,
}

/// The observed share of steps in one group of persons of similar ability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ObservedShare {
    /// Mean ability of the group in logits.
    pub theta: f64,
    /// Share of the steps passed.
    pub share: f64,
    /// Persons.
    pub n: usize,
}

/// Residual correlations (Yen's Q3).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct DependenceFindings {
    /// Mean over pairs.
    pub mean: f64,
    /// Largest.
    pub largest: f64,
    /// Pairs of items more than 0.2 above the mean, the largest first.
    pub pairs: Vec<DependentPair>,
    /// How many such pairs there are.
    pub count: usize,
}

/// Two items whose answers agree more than ability explains.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct DependentPair {
    /// One item.
    pub first: String,
    /// The other.
    pub second: String,
    /// Residual correlation.
    pub correlation: f64,
    /// Whether both refer to the same stimulus.
    pub same_stimulus: bool,
}

/// The persons of one wave.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct PersonFindings {
    /// Wave id.
    pub wave: String,
    /// Persons with a score.
    pub n: usize,
    /// Persons with the lowest possible answers to all their items.
    pub lowest: usize,
    /// Persons with the highest possible answers to all their items.
    pub highest: usize,
    /// Reliability of the weighted likelihood estimates.
    pub wle_reliability: Option<f64>,
    /// Reliability of the posterior means.
    pub eap_reliability: Option<f64>,
    /// Root mean square standard error, in score units.
    pub standard_error: Option<f64>,
    /// Mean and standard deviation of the plausible values, in score units.
    pub plausible: Option<[f64; 2]>,
    /// Persons whose answers do not fit the model: outfit above 2 or lz below -1.96.
    pub misfitting: usize,
    /// Histogram of ability: share of persons in each bin.
    pub histogram: Vec<f64>,
    /// Lower end of the first and upper end of the last bin, in logits.
    pub histogram_range: [f64; 2],
}

/// Scores by sum of steps on one booklet.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ScoreTable {
    /// Booklet id; blank where there is one form.
    pub booklet: String,
    /// Rows from the lowest sum upward.
    pub rows: Vec<ScoreRow>,
}

/// The score of one sum of steps.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScoreRow {
    /// Sum of steps.
    pub sum: usize,
    /// Score (weighted likelihood).
    pub score: f64,
    /// Its standard error.
    pub se: f64,
}

/// Information of the items of one booklet.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct InformationCurve {
    /// Booklet id; blank where there is one form.
    pub booklet: String,
    /// Its name.
    pub title: Text,
    /// The curve.
    pub points: Vec<InformationPoint>,
}

/// Information at one ability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InformationPoint {
    /// Ability in logits.
    pub theta: f64,
    /// Fisher information.
    pub information: f64,
}

/// The link of a later wave to the first.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LinkFindings {
    /// The later wave.
    pub wave: String,
    /// Common items.
    pub anchors: Vec<AnchorFindings>,
    /// How many were set aside as drifted.
    pub dropped: usize,
    /// Whether the limit on their number ended the search.
    pub limit_reached: bool,
    /// Correlation of the locations (0.95 or more is wanted).
    pub correlation: Option<f64>,
    /// Ratio of their standard deviations (0.9 to 1.1 is wanted).
    pub sd_ratio: Option<f64>,
    /// Link error with all common items, in score units.
    pub error_all: Option<f64>,
    /// Link error with the drift-free items, in score units.
    pub error_kept: Option<f64>,
    /// Change of the population mean with all common items, by arm, in score units.
    pub change_all: Vec<f64>,
    /// The same with drifted items freed; empty where none drifted.
    pub change_kept: Vec<f64>,
}

/// A common item at two waves, in logits.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct AnchorFindings {
    /// Item id.
    pub item: String,
    /// Location at the first wave, calibrated by itself.
    pub first: f64,
    /// Location at the later wave, calibrated by itself.
    pub later: f64,
    /// How much harder it became relative to the items kept; negative: easier.
    pub displacement: f64,
    /// Interval of the displacement.
    pub ci: Option<[f64; 2]>,
    /// Robust z.
    pub robust_z: Option<f64>,
    /// Whether it drifted and was set aside.
    pub dropped: bool,
}
