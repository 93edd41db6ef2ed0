//! The two quantities of an association, school by school.

use std::collections::BTreeMap;

use crate::analysis::frame::Linked;
use crate::num::moments;
use crate::response::Roster;

/// A mean over the persons of one school.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct SchoolMean {
    /// The mean.
    pub mean: f64,
    /// Persons behind it.
    pub n: usize,
}

/// The doses of a roster.
pub(super) struct Doses {
    /// Mean of each school over those whose dose is known.
    pub schools: BTreeMap<String, SchoolMean>,
    /// Persons whose dose is not known.
    pub unknown: usize,
}

/// Both quantities of one school.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    /// The predictor.
    pub predictor: SchoolMean,
    /// The change of the students.
    pub gain: SchoolMean,
}

/// Mean dose by school: of everybody in the roster, also those who were not measured twice, because all of
/// them taught.
pub(super) fn doses(roster: &Roster, id: &str) -> Doses {
    let mut by_school: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    let mut unknown = 0;
    let Some(known) = roster.doses.get(id) else { return Doses { schools: BTreeMap::new(), unknown } };
    for (person, dose) in roster.persons.iter().zip(known) {
        match (&person.school, dose) {
            (Some(school), Some(dose)) => by_school.entry(school.clone()).or_default().push(*dose),
            _ => unknown += 1,
        }
    }
    Doses { schools: means(by_school), unknown }
}

/// Mean change by school.
pub(super) fn gains(linked: &Linked) -> BTreeMap<String, SchoolMean> {
    let mut by_school: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for (school, change) in linked.cluster.iter().flatten().zip(linked.changes()) {
        by_school.entry(linked.schools[*school].clone()).or_default().push(change);
    }
    means(by_school)
}

fn means(by_school: BTreeMap<String, Vec<f64>>) -> BTreeMap<String, SchoolMean> {
    let mean = |(school, values): (String, Vec<f64>)| {
        Some((school, SchoolMean { mean: moments::mean(&values).ok()?, n: values.len() }))
    };
    by_school.into_iter().filter_map(mean).collect()
}

/// The schools that have both, in the order of their ids.
pub(super) fn matched(
    predictors: &BTreeMap<String, SchoolMean>,
    gains: &BTreeMap<String, SchoolMean>,
) -> Vec<Pair> {
    let both = predictors
        .iter()
        .filter_map(|(school, predictor)| Some(Pair { predictor: *predictor, gain: *gains.get(school)? }));
    both.collect()
}
