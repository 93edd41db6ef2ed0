//! What the roster says about how the sample is made: strata, pairs, sizes of schools, classes.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::findings::{SchoolSizes, StrataSummary};
use crate::num::moments;
use crate::response::Roster;
use crate::study::BoundStudy;

/// Strata or pairs of schools; none where the roster names fewer than two.
pub(super) fn strata(study: &BoundStudy, roster: &Roster) -> Option<StrataSummary> {
    let mut arms_of: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for person in &roster.persons {
        let Some(stratum) = person.stratum.as_deref() else { continue };
        arms_of.entry(stratum).or_default().extend(person.arm.as_deref());
    }
    if arms_of.len() < 2 {
        return None;
    }
    let file = study.study.roster_of(roster.respondent);
    Some(StrataSummary {
        pairs: file.is_some_and(|file| file.columns.pair.is_some()),
        count: arms_of.len(),
        one_sided: arms_of.values().filter(|arms| arms.len() < 2).count(),
    })
}

/// Pairs that do not hold two schools, by name, with the number of schools they hold.
pub(super) fn odd_pairs(roster: &Roster) -> Vec<(&str, usize)> {
    let mut schools_of: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for person in &roster.persons {
        let (Some(pair), Some(school)) = (person.stratum.as_deref(), person.school.as_deref()) else {
            continue;
        };
        schools_of.entry(pair).or_default().insert(school);
    }
    let sizes = schools_of.into_iter().map(|(pair, schools)| (pair, schools.len()));
    sizes.filter(|(_, schools)| *schools != 2).collect()
}

/// Sizes of the schools; none where the roster names no school.
pub(super) fn sizes(roster: &Roster) -> Option<SchoolSizes> {
    let mut persons_of: BTreeMap<&str, usize> = BTreeMap::new();
    let mut classes: BTreeSet<(&str, &str)> = BTreeSet::new();
    for person in &roster.persons {
        let Some(school) = person.school.as_deref() else { continue };
        *persons_of.entry(school).or_default() += 1;
        classes.extend(person.class.as_deref().map(|class| (school, class)));
    }
    let sizes: Vec<f64> = persons_of.values().map(|size| *size as f64).collect();
    let (smallest, largest) = (persons_of.values().min()?, persons_of.values().max()?);
    let mean = moments::mean(&sizes).ok()?;
    Some(SchoolSizes {
        smallest: *smallest,
        median: moments::quantile(&sizes, 0.5).ok()?,
        largest: *largest,
        variation: moments::sd(&sizes).ok().map(|sd| sd / mean),
        classes: (!classes.is_empty()).then_some(classes.len()),
    })
}
