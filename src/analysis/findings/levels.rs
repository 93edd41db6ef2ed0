//! What levels say beyond their shares: who reached the declared level, odds, movement between levels.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{EffectSize, EstimateFindings};

/// Inference on levels.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LevelModels {
    /// The share that reached the declared level; none where the scale declares no level as reached.
    pub reached: Option<ReachedFindings>,
    /// Proportional odds models of the level.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ordinal: Vec<OddsFindings>,
    /// Movement between levels, one entry per arm, then the difference between the arms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub movement: Vec<MovementFindings>,
}

/// Persons at or above the level that counts as reached.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ReachedFindings {
    /// Id of the lowest level that counts as reached.
    pub level: String,
    /// Its cut score.
    pub from: f64,
    /// Shares by arm and wave (linked persons).
    pub shares: Vec<ReachedShare>,
    /// Estimates of the change of the share (comparison: of the difference in it), the main one first, in
    /// percentage points.
    pub estimates: Vec<EstimateFindings>,
    /// Logistic regressions.
    pub odds: Vec<OddsFindings>,
    /// Cox's index (comparison designs).
    pub effect_sizes: Vec<EffectSize>,
    /// The main estimate with the cut moved by the standard error of measurement.
    pub cuts: Vec<CutFindings>,
}

/// Persons who reached the level at one wave in one arm.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ReachedShare {
    /// Arm id; blank where there is one group.
    pub arm: String,
    /// Wave id.
    pub wave: String,
    /// Persons.
    pub n: usize,
    /// Persons who reached it.
    pub reached: usize,
    /// Their share.
    pub share: f64,
    /// Interval: by schools where they are known, Wilson's where not; none where nobody or everybody reached it, and
    /// none with too few schools.
    pub ci: Option<[f64; 2]>,
}

/// Results with the cut at another place.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct CutFindings {
    /// Standard errors of measurement by which the cut is moved: -1, 0, 1.
    pub shift: f64,
    /// The standard error of measurement at the first wave, in score units.
    pub sem: f64,
    /// The cut.
    pub from: f64,
    /// Shares by arm and wave.
    pub shares: Vec<ReachedShare>,
    /// The main estimate there; none where it cannot be had.
    pub estimate: Option<EstimateFindings>,
}

/// Which regression an odds ratio comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OddsModel {
    /// One group: both waves on the wave.
    Wave,
    /// Comparison: the last wave on the arm and the level before (its place as a number).
    Adjusted,
    /// Comparison: the last wave on the arm alone.
    Unadjusted,
    /// Comparison: both waves on wave, arm and their product, whose coefficient is given.
    ArmByWave,
}

/// An odds ratio: of reaching a level, or of standing higher by any level.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct OddsFindings {
    /// The regression.
    pub model: OddsModel,
    /// The coefficient in log odds.
    pub log_odds: f64,
    /// Its standard error: CR2 by school, by person where schools are unknown.
    pub se: f64,
    /// t.
    pub t: f64,
    /// Satterthwaite's degrees of freedom.
    pub df: f64,
    /// Two-sided p.
    pub p: f64,
    /// The odds ratio.
    pub odds_ratio: f64,
    /// Its interval.
    pub ci: [f64; 2],
    /// Persons.
    pub n: usize,
    /// Schools; none where unknown.
    pub clusters: Option<usize>,
    /// Whether one odds ratio does for all thresholds; only for proportional odds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parallel: Option<ParallelFindings>,
}

/// The odds ratio at each threshold alone.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ParallelFindings {
    /// Thresholds whose own logistic regression has an answer.
    pub cuts: Vec<ThresholdOdds>,
    /// F of the test that they are equal (CR2, HTZ); none where the schools are too few to tell.
    pub f: Option<f64>,
    /// Its degrees of freedom.
    pub df: Option<[f64; 2]>,
    /// Its p.
    pub p: Option<f64>,
}

/// The odds ratio of standing at a level or above it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ThresholdOdds {
    /// Id of the level.
    pub level: String,
    /// The odds ratio.
    pub odds_ratio: f64,
    /// Its interval (CR2).
    pub ci: [f64; 2],
}

/// Movement between levels.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct MovementFindings {
    /// Arm id; blank where there is one group, and for the difference between the arms.
    pub arm: String,
    /// Whether this is the difference between the arms.
    pub difference: bool,
    /// Linked persons.
    pub n: usize,
    /// Persons at a higher level than before.
    pub rose: usize,
    /// Persons at a lower level than before.
    pub fell: usize,
    /// Mean change in levels, by schools.
    pub levels: Option<EstimateFindings>,
    /// Share risen less share fallen, by schools, in percentage points.
    pub net: Option<EstimateFindings>,
    /// The same share by re-assignment of schools (sign-flip, permutation); none where schools are unknown.
    pub net_by_assignment: Option<EstimateFindings>,
    /// Stuart and Maxwell's test that the shares of the levels did not change. It takes persons for independent.
    pub stuart_maxwell: Option<TableTestFindings>,
    /// Bowker's test of symmetry. It takes persons for independent.
    pub bowker: Option<TableTestFindings>,
}

/// A chi-square test that takes persons for independent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TableTestFindings {
    /// Chi-square.
    pub chi2: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// p; too small where persons sit in schools.
    pub p: f64,
    /// Whether schools are known, and hence ignored.
    pub ignores_schools: bool,
}

impl OddsFindings {
    /// p-values that this entry prints.
    fn tests(&self) -> usize {
        1 + usize::from(self.parallel.as_ref().is_some_and(|own| own.p.is_some()))
    }
}

impl LevelModels {
    /// p-values behind these findings.
    pub fn tests(&self) -> usize {
        let of = |estimates: &[EstimateFindings]| estimates.iter().filter(|own| own.p.is_some()).count();
        let reached = self.reached.as_ref().map_or(0, |found| {
            let moved =
                found.cuts.iter().filter(|cut| cut.shift != 0.0).filter_map(|cut| cut.estimate.as_ref());
            of(&found.estimates)
                + found.odds.iter().map(OddsFindings::tests).sum::<usize>()
                + moved.filter(|own| own.p.is_some()).count()
        });
        let tables = |own: &MovementFindings| {
            usize::from(own.stuart_maxwell.is_some()) + usize::from(own.bowker.is_some())
        };
        let moved = |own: &MovementFindings| {
            let estimates = [&own.levels, &own.net, &own.net_by_assignment].into_iter().flatten();
            estimates.filter(|own| own.p.is_some()).count() + tables(own)
        };
        reached
            + self.ordinal.iter().map(OddsFindings::tests).sum::<usize>()
            + self.movement.iter().map(moved).sum::<usize>()
    }
}
