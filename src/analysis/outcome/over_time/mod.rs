//! Changes between any two waves, school by school: cohorts of other students, and more than two waves.

mod cohorts;
mod contrasts;

pub(super) use cohorts::estimate as of_cohorts;
pub(super) use contrasts::all as growth;

use std::collections::BTreeMap;

use super::{Sample, estimate};
use crate::analysis::findings::{EstimateFindings, Method};
use crate::impact::resampling::ResamplingOptions;
use crate::impact::{Arm, ImpactError, cluster_mean, did, permutation, sign_flip};
use crate::num::moments;
use crate::study::PersonsRule;

/// One value per school: its mean change between two waves, or another contrast of its wave means.
#[derive(Clone, Debug, Default)]
pub(super) struct SchoolSet {
    /// School ids, sorted.
    pub schools: Vec<String>,
    /// The value of each school.
    pub values: Vec<f64>,
    /// Place of each school's arm among the study's arms.
    pub arm: Vec<usize>,
    /// Stratum of each school; 0 where the roster names none.
    pub stratum: Vec<usize>,
    /// Persons behind the values.
    pub persons: usize,
}

/// Mean of every school at every wave wanted, over the persons the rule of the study counts: those met at all of
/// these waves, or everybody met at each.
pub(super) fn school_means(sample: &Sample<'_>, waves: &[usize]) -> (BTreeMap<String, Vec<Vec<f64>>>, usize) {
    let roster = sample.measured.roster;
    let linked = sample.study.study.analysis.persons == PersonsRule::Linked;
    let mut of_school: BTreeMap<String, Vec<Vec<f64>>> = BTreeMap::new();
    let mut persons = 0;
    for (place, person) in roster.persons.iter().enumerate() {
        let Some(school) = &person.school else { continue };
        let scores: Vec<Option<f64>> = waves.iter().map(|wave| sample.measured.waves[*wave][place]).collect();
        let met = scores.iter().flatten().count();
        if met == 0 || (linked && met < waves.len()) {
            continue;
        }
        persons += 1;
        let own = of_school.entry(school.clone()).or_insert_with(|| vec![Vec::new(); waves.len()]);
        for (at, score) in scores.into_iter().enumerate() {
            own[at].extend(score);
        }
    }
    // A school that lacks a wave has no change.
    of_school.retain(|_, waves| waves.iter().all(|scores| !scores.is_empty()));
    (of_school, persons)
}

/// A linear contrast of the wave means of every school.
pub(super) fn school_set(sample: &Sample<'_>, waves: &[usize], weights: &[f64]) -> SchoolSet {
    let (means, persons) = school_means(sample, waves);
    let roster = sample.measured.roster;
    let mut set = SchoolSet { persons, ..SchoolSet::default() };
    let mut strata: Vec<&str> =
        roster.persons.iter().filter_map(|person| person.stratum.as_deref()).collect();
    strata.sort_unstable();
    strata.dedup();
    for (school, scores) in means {
        let Some(place) = roster.persons.iter().position(|p| p.school.as_deref() == Some(school.as_str()))
        else {
            continue;
        };
        let value = scores
            .iter()
            .zip(weights)
            .map(|(scores, weight)| weight * moments::mean(scores).unwrap_or_default());
        set.values.push(value.sum());
        set.arm.push(sample.measured.arm_of(sample.study, place));
        let stratum = roster.persons[place].stratum.as_deref();
        set.stratum.push(stratum.map_or(0, |name| 1 + strata.partition_point(|other| *other < name)));
        set.schools.push(school);
    }
    set
}

impl SchoolSet {
    /// Tests the values by a method on schools.
    pub fn test(&self, method: Method, sample: &Sample<'_>) -> Result<EstimateFindings, ImpactError> {
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
}

/// The method on schools for a sample with so many of them.
pub(super) fn school_method(sample: &Sample<'_>, schools: usize) -> Method {
    match (sample.compares(), schools < crate::analysis::plan::FEW_SCHOOLS) {
        (false, true) => Method::SignFlip,
        (false, false) => Method::ClusterMeanT,
        (true, true) => Method::SchoolPermutation,
        (true, false) => Method::DidClusterCr2,
    }
}
