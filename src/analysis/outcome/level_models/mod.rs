//! Inference on levels: the share that reached what is expected, odds of standing higher, movement.
//!
//! A binary outcome exists only where the scale declares which level counts as reached. The main number is a change
//! in percentage points with schools as the units; odds ratios stand beside it, with cluster-robust errors (CR2).
//! Below [`FEW_SCHOOLS`] schools only description and re-assignment tests are given.

mod movement;
mod notices;
mod odds;
mod ordinal;
mod reached;

use polars::prelude::PolarsResult;

use super::{Sample, estimate};
use crate::analysis::Material;
use crate::analysis::findings::{EstimateFindings, LevelModels, Method, Notice};
use crate::analysis::frame::Linked;
use crate::analysis::plan::FEW_SCHOOLS;
use crate::impact::{Arm, ImpactError};
use crate::instrument::Scale;
use crate::study::Outcome;

/// Persons above which regressions are left out, because their rows would fill the memory of a laptop.
const MOST_MODELLED: usize = 200_000;

/// Levels of the linked persons at the two waves that the study compares.
struct Levels<'a> {
    sample: &'a Sample<'a>,
    scale: &'a Scale,
    /// Place of the level before, one entry per linked person.
    before: Vec<usize>,
    /// Place of the level after.
    after: Vec<usize>,
}

/// Everything inferred from levels; none where the scale has no cuts.
///
/// # Errors
/// polars cannot hand out a column.
pub(super) fn all(
    material: Material<'_>,
    outcome: &Outcome,
    sample: &Sample<'_>,
    notices: &mut Vec<Notice>,
) -> PolarsResult<Option<LevelModels>> {
    let Some(found) = sample.measured.levels.as_ref() else { return Ok(None) };
    let instrument = sample.study.instrument_of(outcome);
    let scale = instrument.and_then(|own| own.scale(outcome.from.scale.as_deref()?));
    let (Some(instrument), Some(scale), Some(compared)) =
        (instrument, scale, sample.study.study.compared_waves())
    else {
        return Ok(None);
    };
    let placed = Placed::of(sample.linked, compared.map(|wave| found[wave].as_slice()));
    if placed.rows.len() < sample.linked.len() {
        notices.push(notices::without_level(sample.linked.len() - placed.rows.len()));
    }
    if placed.rows.is_empty() {
        return Ok(None);
    }
    let linked = sample.linked.subset(sample.measured.roster, |row| placed.rows.binary_search(&row).is_ok());
    let sample = Sample { linked: &linked, arms: sample.arms.clone(), ..*sample };
    let levels = Levels { sample: &sample, scale, before: placed.before, after: placed.after };
    let wave = &sample.study.study.waves[compared[0]].id;
    let sem = match scale.level_reached() {
        Some(_) => crate::analysis::instruments::standard_error(material, instrument, scale, wave)?,
        None => None,
    };
    let reached = scale.level_reached().map(|place| reached::all(&levels, place, sem, notices));
    let ordinal = if levels.is_modelled(notices) { ordinal::all(&levels, notices) } else { Vec::new() };
    Ok(Some(LevelModels { reached, ordinal, movement: movement::all(&levels, notices) }))
}

/// The linked persons whose level is known before and after.
struct Placed {
    /// Their rows among the linked persons, ascending.
    rows: Vec<usize>,
    before: Vec<usize>,
    after: Vec<usize>,
}

impl Placed {
    /// A person without a level at one of the waves stands in none: the lowest level is no place for the unknown.
    fn of(linked: &Linked, [before, after]: [&[Option<usize>]; 2]) -> Placed {
        let mut placed = Placed { rows: Vec::new(), before: Vec::new(), after: Vec::new() };
        for (row, place) in linked.places.iter().enumerate() {
            let (Some(from), Some(to)) = (before[*place], after[*place]) else { continue };
            placed.rows.push(row);
            placed.before.push(from);
            placed.after.push(to);
        }
        placed
    }
}

impl Levels<'_> {
    /// Whether regressions are made: with enough schools, and not with more persons than fit.
    fn is_modelled(&self, notices: &mut Vec<Notice>) -> bool {
        if self.sample.linked.len() > MOST_MODELLED {
            notices.push(notices::too_many(self.sample.linked.len(), MOST_MODELLED));
            return false;
        }
        self.sample.linked.clusters().is_none_or(|schools| schools >= FEW_SCHOOLS)
    }

    /// School of every linked person; the person where schools are unknown.
    fn clusters(&self) -> Vec<usize> {
        let own = &self.sample.linked.cluster;
        own.clone().unwrap_or_else(|| (0..self.sample.linked.len()).collect())
    }

    /// 1 for a person of the programme.
    fn program(&self) -> Vec<f64> {
        self.sample.roles(self.sample.linked).into_iter().map(Arm::indicator).collect()
    }
}

/// The linked persons with other values before and after.
fn with_values(linked: &Linked, before: Vec<f64>, after: Vec<f64>) -> Linked {
    Linked { before, after, ..linked.clone() }
}

/// An estimate of the change of other values than scores, to which the error of linking does not belong.
fn estimate(method: Method, sample: &Sample<'_>, linked: &Linked) -> Result<EstimateFindings, ImpactError> {
    let plain = Sample { arms: sample.arms.clone(), link_error: None, ..*sample };
    estimate::by(method, &plain, linked)
}

/// The method of the change within one group, then the test by re-assignment beside it.
fn methods_of_change(linked: &Linked) -> Vec<Method> {
    match linked.clusters() {
        None => vec![Method::PairedT],
        Some(schools) if schools < FEW_SCHOOLS => vec![Method::SignFlip],
        Some(_) => vec![Method::ClusterMeanT, Method::SignFlip],
    }
}

/// The same for the difference between arms.
fn methods_of_difference(sample: &Sample<'_>) -> Vec<Method> {
    match sample.linked.clusters() {
        None => vec![Method::DidWelch],
        Some(_) if sample.arms_share_schools(sample.linked) => vec![Method::DidStudentCr2],
        Some(schools) if schools < FEW_SCHOOLS => vec![Method::SchoolPermutation],
        Some(_) => vec![Method::DidClusterCr2, Method::SchoolPermutation],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_put_into_the_lowest_level_for_want_of_one() {
        let linked = Linked { places: vec![0, 2, 3, 5], ..Linked::default() };
        let before = [Some(1), None, Some(2), None, None, Some(0)];
        let after = [Some(2), None, Some(2), Some(1), None, None];
        let placed = Placed::of(&linked, [&before, &after]);
        assert_eq!((placed.rows, placed.before, placed.after), (vec![0, 1], vec![1, 2], vec![2, 2]));
    }
}
