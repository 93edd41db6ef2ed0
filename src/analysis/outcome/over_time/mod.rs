//! Changes between any two waves, school by school: cohorts of other students, and more than two waves.
//!
//! Where students of one school are in both arms, a school has no arm: its value is the programme's change less the
//! comparison's within it.

mod cohorts;
mod contrasts;
mod notices;
mod scores;

pub(super) use cohorts::estimate as of_cohorts;
pub(super) use contrasts::{Beside, all as growth};

use super::{Sample, estimate};
use crate::analysis::findings::{EstimateFindings, Method};
use crate::analysis::plan::FEW_SCHOOLS;
use crate::impact::resampling::ResamplingOptions;
use crate::impact::{Arm, ImpactError, cluster_mean, did, permutation, sign_flip};
use crate::num::moments;
use scores::SchoolScores;

/// One value per school: its mean change between two waves, or another contrast of its wave means; the programme's
/// less the comparison's where schools hold both arms.
#[derive(Clone, Debug, Default)]
struct SchoolSet {
    /// School ids, sorted.
    schools: Vec<String>,
    /// The value of each school.
    values: Vec<f64>,
    /// Place of each school's arm among the study's arms; without meaning where schools hold both.
    arm: Vec<usize>,
    /// Stratum of each school; 0 where the roster names none.
    stratum: Vec<usize>,
    /// Persons behind the values.
    persons: usize,
    /// Whether a value is the difference of the arms within the school.
    within: bool,
    /// Ids of schools that lack a wave, and so a value.
    without_wave: Vec<String>,
    /// Ids of schools that hold one arm only where the arms are compared within schools.
    without_arm: Vec<String>,
}

/// A linear contrast of the wave means of every school.
fn school_set(sample: &Sample<'_>, waves: &[usize], weights: &[f64]) -> SchoolSet {
    let SchoolScores { of_school, persons, within, without_wave, without_arm } =
        SchoolScores::gather(sample, waves);
    let roster = sample.measured.roster;
    let mut set = SchoolSet { persons, within, without_wave, without_arm, ..SchoolSet::default() };
    let mut strata: Vec<&str> =
        roster.persons.iter().filter_map(|person| person.stratum.as_deref()).collect();
    strata.sort_unstable();
    strata.dedup();
    let contrast = |side: &[Vec<f64>]| -> f64 {
        side.iter().zip(weights).map(|(own, weight)| weight * moments::mean(own).unwrap_or_default()).sum()
    };
    for (school, sides) in of_school {
        let Some(place) = roster.persons.iter().position(|p| p.school.as_deref() == Some(school.as_str()))
        else {
            continue;
        };
        set.values.push(match sides.as_slice() {
            [comparison, program] => contrast(program) - contrast(comparison),
            sides => sides.iter().map(|side| contrast(side)).sum(),
        });
        set.arm.push(sample.measured.arm_of(sample.study, place));
        let stratum = roster.persons[place].stratum.as_deref();
        set.stratum.push(stratum.map_or(0, |name| 1 + strata.partition_point(|other| *other < name)));
        set.schools.push(school);
    }
    set
}

impl SchoolSet {
    /// Tests the values by a method on schools.
    fn test(&self, method: Method, sample: &Sample<'_>) -> Result<EstimateFindings, ImpactError> {
        let found = self.tested(method, sample)?;
        // Signs are flipped on one value per school, whatever the value is.
        let estimand = if self.within { "difference_in_change".to_owned() } else { found.estimand };
        Ok(EstimateFindings { estimand, ..found })
    }

    fn tested(&self, method: Method, sample: &Sample<'_>) -> Result<EstimateFindings, ImpactError> {
        let alpha = sample.alpha();
        let rules = &sample.study.study.analysis;
        let options = ResamplingOptions {
            draws: u32::try_from(rules.permutations).unwrap_or(u32::MAX),
            seed: rules.seed,
        };
        let roles: Vec<Arm> = self.arm.iter().map(|arm| sample.role(*arm)).collect();
        let own: Vec<usize> = (0..self.values.len()).collect();
        let stratified = self.stratum.windows(2).any(|pair| pair[0] != pair[1]);
        let test = match method {
            Method::SignFlip => {
                return Ok(estimate::permuted(
                    method,
                    &sign_flip::sign_flip_test(&self.values, options)?,
                    self.persons,
                ));
            }
            Method::SchoolPermutation => {
                let test = if stratified {
                    permutation::permutation_within(&self.values, &roles, &self.stratum, options)?
                } else {
                    permutation::permutation_test(&self.values, &roles, options)?
                };
                return Ok(estimate::permuted(method, &test, self.persons));
            }
            Method::DidClusterPooled => did::did_schools(&self.values, &roles, &own, alpha)?.pooled,
            Method::DidClusterCr2 if stratified => {
                did::did_schools_within(&self.values, &roles, &own, &self.stratum, alpha)?
            }
            Method::DidClusterCr2 => did::did_schools(&self.values, &roles, &own, alpha)?.cr2,
            _ => cluster_mean::test_cluster_values(&self.values, self.persons, alpha)?,
        };
        Ok(estimate::tested(method, &test, self.persons, Some(self.values.len())))
    }

    /// The method on schools for so many of them.
    fn method(&self, sample: &Sample<'_>) -> Method {
        match (sample.compares(), self.within, self.values.len() < FEW_SCHOOLS) {
            (false, _, true) | (true, true, true) => Method::SignFlip,
            (false, _, false) => Method::ClusterMeanT,
            (true, true, false) => Method::WithinSchoolT,
            (true, false, true) => Method::SchoolPermutation,
            (true, false, false) => Method::DidClusterCr2,
        }
    }
}
