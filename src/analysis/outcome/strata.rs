//! Strata and pairs of schools as the kernels take them.

use super::Sample;
use crate::analysis::frame::Linked;
use crate::impact::clusters::ClusterMean;
use crate::impact::did::{StratumColumn, stratum_columns};

impl Sample<'_> {
    /// Number of the stratum (or pair) of every linked person; none where the design compares nothing, the roster
    /// names no strata, or all are in one.
    pub fn strata(&self, linked: &Linked) -> Option<Vec<usize>> {
        if !self.compares() {
            return None;
        }
        let persons = &self.measured.roster.persons;
        let of = |place: &usize| persons[*place].stratum.as_deref();
        let mut names: Vec<&str> = linked.places.iter().filter_map(of).collect();
        names.sort_unstable();
        names.dedup();
        if names.len() < 2 {
            return None;
        }
        // A blank stratum sorts first among the numbers: schools outside all strata form one of their own.
        let number =
            |place: &usize| of(place).map_or(0, |name| 1 + names.partition_point(|other| *other < name));
        Some(linked.places.iter().map(number).collect())
    }

    /// Indicators of the strata but the first; empty without strata.
    pub fn strata_columns(&self, linked: &Linked) -> Vec<StratumColumn> {
        self.strata(linked).map(|strata| stratum_columns(&strata)).unwrap_or_default()
    }

    /// Number of the stratum (or pair) of every one of `schools`; none as for [`Sample::strata`].
    pub fn strata_of_schools(&self, linked: &Linked, schools: &[ClusterMean]) -> Option<Vec<usize>> {
        let (strata, cluster) = (self.strata(linked)?, linked.cluster.as_deref()?);
        let of = |school: &ClusterMean| cluster.iter().position(|own| *own == school.cluster);
        Some(schools.iter().filter_map(|school| of(school).map(|row| strata[row])).collect())
    }

    /// Weight of every linked person; none where the roster has no weights.
    pub fn weights(&self, linked: &Linked) -> Option<Vec<f64>> {
        let weights = self.measured.roster.weights.as_ref()?;
        Some(linked.places.iter().map(|place| weights[*place]).collect())
    }
}
