//! What persons who were lost could do to the primary estimate of an outcome.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{GroupLoss, Method};
use crate::study::ArmRole;

/// How far loss could move the primary estimate. About persons measured first: who was never measured stands
/// outside, as in the estimate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BoundsFindings {
    /// The primary method, by which scores filled in are estimated too.
    pub method: Method,
    /// Persons measured first, and of them last; programme before comparison.
    pub groups: Vec<GroupLoss>,
    /// The primary estimate with scores filled in for the lost.
    pub filled: Vec<FilledIn>,
    /// Bounds of Lee on the difference in change; none without a comparison.
    pub lee: Option<LeeFindings>,
    /// How different the lost would have to be; none where the estimate has no interval.
    pub tipping: Option<TippingFindings>,
    /// Bounds on last scores over everybody on the roster, measured first or not, in a study that drew its groups by
    /// lot; none where everybody has a last score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roster: Option<RosterBounds>,
}

/// Bounds on the difference in last scores, over everybody who was drawn. The lot makes first scores needless.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RosterBounds {
    /// Persons on the roster, and of them measured last; programme before comparison.
    pub groups: Vec<GroupLoss>,
    /// Bounds of Lee on the difference in last scores.
    pub lee: Option<LeeFindings>,
    /// The difference with the lost of the programme at the lowest score and those of the comparison at the highest, and
    /// the reverse; none where the range of scores is not known.
    pub worst: Option<[f64; 2]>,
}

/// What the lost are taken to have scored at the last wave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LostScore {
    /// As at the first wave.
    Unchanged,
    /// The lowest score in the programme, the highest in the comparison.
    WorstForProgramme,
    /// The highest score in the programme, the lowest in the comparison.
    BestForProgramme,
}

/// The primary estimate with scores filled in. Its interval takes these scores as known.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FilledIn {
    /// What was filled in.
    pub lost: LostScore,
    /// The estimate.
    pub estimate: f64,
    /// Its interval.
    pub ci: Option<[f64; 2]>,
    /// Degrees of freedom of the interval.
    pub df: Option<f64>,
    /// Persons behind it.
    pub n: usize,
    /// Schools behind it; none where unknown.
    pub clusters: Option<usize>,
}

/// Bounds of Lee (2009): the arm that kept more is trimmed until both kept the same share. Every person counts
/// the same.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LeeFindings {
    /// Lower and upper bound of the difference in change.
    pub bounds: [f64; 2],
    /// The difference without trimming.
    pub difference: f64,
    /// What the trimmed arm received; none where both kept the same share.
    pub trimmed: Option<ArmRole>,
    /// Share of the trimmed arm's changes taken away.
    pub share: f64,
    /// From the lower limit of the lower bound to the upper limit of the upper one, by percentiles over schools
    /// (persons where schools are unknown) drawn anew within arms, widened for few schools; none with too few.
    pub ci: Option<[f64; 2]>,
    /// Draws behind it.
    pub draws: usize,
}

/// How much worse than those who stayed the lost of the programme would have to have done.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TippingFindings {
    /// Weight of the lost of the programme in the estimate: their share, averaged over schools where schools
    /// weigh alike.
    pub lost_weight: f64,
    /// Distance of their change from that of those who stayed, toward no effect, at which the estimate is 0.
    pub to_zero: f64,
    /// The same in standard deviations of the first wave.
    pub to_zero_sd: Option<f64>,
    /// Distance at which the interval reaches 0, its width unchanged; none where it holds 0 to begin with.
    pub to_open: Option<f64>,
    /// The same in standard deviations of the first wave.
    pub to_open_sd: Option<f64>,
    /// Whether `to_zero` is a distance that scores can have: at most the range of the scale, or four standard deviations
    /// where the range is not known.
    #[serde(default = "possible")]
    pub zero_possible: bool,
    /// The same for `to_open`.
    #[serde(default = "possible")]
    pub open_possible: bool,
}

/// Findings of earlier versions did not judge distances.
fn possible() -> bool {
    true
}
