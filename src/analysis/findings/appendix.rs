//! The classical tests that reports and theses expect, as an appendix. They take persons for independent.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Method, Notice};

/// The classical tests of one outcome. Nothing of it enters the results.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ClassicalFindings {
    /// Outcome id.
    pub outcome: String,
    /// How much larger the standard error is that respects schools; none where schools are unknown or the plan
    /// has no such estimate.
    pub school_error: Option<SchoolError>,
    /// Normality of the differences, by arm.
    pub normality: Vec<NormalityFindings>,
    /// Equal variances of the gains of two arms.
    pub equal_variances: Option<EqualVariances>,
    /// Equal variances of the scores after of two arms, which their pooled t takes for granted.
    #[serde(default)]
    pub equal_variances_post: Option<EqualVariances>,
    /// Paired t, by arm.
    pub paired_t: Vec<PairedT>,
    /// Independent t of gains and of scores after, both rows each.
    pub independent_t: Vec<IndependentT>,
    /// The independent t corrected for schools as the What Works Clearinghouse does; empty where schools are unknown
    /// or hold participants of both arms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrected_t: Vec<CorrectedT>,
    /// Wilcoxon's signed rank test, by arm.
    pub signed_ranks: Vec<SignedRanks>,
    /// Mann-Whitney of gains and of scores after.
    pub rank_sums: Vec<RankSums>,
    /// Normalised gain, by arm.
    pub gain: Vec<GainFindings>,
    /// What could not be computed.
    pub notices: Vec<Notice>,
}

/// The standard error of one and the same change by schools and by persons.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SchoolError {
    /// The method that respects schools.
    pub method: Method,
    /// Its standard error, without the error of linking.
    pub schools: f64,
    /// The standard error of the classical t (paired, or Welch on gains).
    pub persons: f64,
    /// The first divided by the second.
    pub ratio: f64,
}

/// Normality of the differences of one arm.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct NormalityFindings {
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// Persons, which SPSS prints as df.
    pub n: usize,
    /// Shapiro and Wilk (Royston); none beyond 5,000 persons.
    pub shapiro_wilk: Option<NormalityTest>,
    /// Kolmogorov and Smirnov with Lilliefors' correction.
    pub lilliefors: Option<NormalityTest>,
}

/// A test of normality.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NormalityTest {
    /// W or D.
    pub statistic: f64,
    /// p.
    pub p: f64,
    /// Whether p is only known to be larger than the one given (Lilliefors above .200, SPSS's asterisk).
    pub at_least: bool,
}

/// Levene's test of gains or of scores after.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EqualVariances {
    /// Deviations from the mean: what SPSS prints first.
    pub mean_centred: VarianceRatio,
    /// Deviations from the median: Brown and Forsythe.
    pub median_centred: VarianceRatio,
}

/// An F test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VarianceRatio {
    /// F.
    pub f: f64,
    /// Degrees of freedom between groups.
    pub df_between: f64,
    /// Degrees of freedom within groups.
    pub df_within: f64,
    /// p.
    pub p: f64,
}

/// The paired t of one arm.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct PairedT {
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// Standard deviation of the differences.
    pub sd: f64,
    /// The test.
    pub test: ClassicalT,
}

/// A t test of persons taken for independent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClassicalT {
    /// Mean difference.
    pub estimate: f64,
    /// Standard error.
    pub se: f64,
    /// t.
    pub t: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Two-sided p.
    pub p: f64,
    /// Interval.
    pub ci: [f64; 2],
    /// Persons.
    pub n: usize,
}

/// What two arms are compared on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ComparedScore {
    /// Score after less score before.
    Gain,
    /// Score after.
    Post,
}

/// Where the likeness of persons within schools comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RhoSource {
    /// Estimated from the scores of the test, arms taken out; 0 for a negative estimate.
    Estimated,
    /// The value of the What Works Clearinghouse for achievement.
    Convention,
}

/// The pooled t of two arms, corrected for schools after the fact. Its degrees of freedom are those of the standard
/// deviation, far above the number of schools less two.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CorrectedT {
    /// What is compared.
    pub score: ComparedScore,
    /// Intraclass correlation.
    pub rho: f64,
    /// Where it comes from.
    pub source: RhoSource,
    /// What multiplies t.
    pub factor: f64,
    /// t after correction.
    pub t: f64,
    /// Degrees of freedom h.
    pub df: f64,
    /// Two-sided p.
    pub p: f64,
    /// Persons.
    pub n: usize,
    /// Schools.
    pub clusters: usize,
}

/// The independent t: programme less comparison.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IndependentT {
    /// What is compared.
    pub score: ComparedScore,
    /// Variances may differ (Welch): the row to read.
    pub welch: ClassicalT,
    /// One variance for both arms.
    pub pooled: ClassicalT,
}

/// Where the p of a rank test comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RankP {
    /// The exact distribution: fewer than 50 persons (in each group) without ties.
    Exact,
    /// Z with the variance corrected for ties, without continuity correction, as in SPSS.
    TieCorrectedZ,
}

/// Wilcoxon's signed rank test of one arm.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SignedRanks {
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// Persons with a lower score after.
    pub negative: usize,
    /// Their mean rank; none where there are none.
    pub negative_rank: Option<f64>,
    /// Persons with a higher score after.
    pub positive: usize,
    /// Their mean rank.
    pub positive_rank: Option<f64>,
    /// Persons with equal scores, left out of the test.
    pub equal: usize,
    /// Sum of positive ranks.
    pub statistic: f64,
    /// Z; positive: higher after.
    pub z: f64,
    /// Two-sided p.
    pub p: f64,
    /// Where p comes from.
    pub method: RankP,
}

/// The Mann-Whitney test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RankSums {
    /// What is compared.
    pub score: ComparedScore,
    /// Persons of programme and comparison.
    pub n: [usize; 2],
    /// Mean ranks of programme and comparison.
    pub mean_rank: [f64; 2],
    /// U: the smaller of both.
    pub u: f64,
    /// Z; positive: programme higher.
    pub z: f64,
    /// Two-sided p.
    pub p: f64,
    /// Where p comes from.
    pub method: RankP,
}

/// Normalised gain of one arm: customary, never a headline.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct GainFindings {
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// Linked persons.
    pub n: usize,
    /// Schools; none where unknown.
    pub clusters: Option<usize>,
    /// Class-average gain: (mean after - mean before) / (highest - mean before).
    pub class_average: f64,
    /// Its cluster-robust interval; none where schools are unknown or too few.
    pub ci: Option<[f64; 2]>,
    /// Degrees of freedom of the interval.
    pub df: Option<f64>,
    /// Hake's band of the class average.
    pub band: HakeBand,
    /// Place of the class average on the percent scale in local use.
    pub percent_band: PercentBand,
    /// Mean of the persons' own gains, which is another number.
    pub mean_individual: Option<f64>,
    /// Persons whose own gain is low, medium and high.
    pub individual_bands: [usize; 3],
    /// Mean normalised change (losses divided by the score before).
    pub mean_change: Option<f64>,
    /// Persons at the maximum before, who have no own gain.
    pub excluded_at_maximum: usize,
    /// Persons at the lowest or at the highest score both times, who have no normalised change.
    pub excluded_from_change: usize,
}

/// Hake's bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HakeBand {
    /// Below .3.
    Low,
    /// .3 to below .7.
    Medium,
    /// .7 and above.
    High,
}

/// The percent scale ("tafsiran") of Indonesian theses. It is not Hake's, and leaves gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PercentBand {
    /// Below 40 percent: the lowest of four.
    Lowest,
    /// 40 to 55 percent.
    Second,
    /// 56 to 75 percent.
    Third,
    /// Above 76 percent.
    Highest,
    /// Between 55 and 56 or between 75 and 76 percent: the scale has no word.
    Gap,
}

impl PercentBand {
    /// The band of an unrounded gain.
    pub fn of(gain: f64) -> Self {
        match gain {
            g if g < 0.40 => PercentBand::Lowest,
            g if g <= 0.55 => PercentBand::Second,
            g if g < 0.56 => PercentBand::Gap,
            g if g <= 0.75 => PercentBand::Third,
            g if g <= 0.76 => PercentBand::Gap,
            _ => PercentBand::Highest,
        }
    }
}
