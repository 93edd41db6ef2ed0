//! The rating-scale items of a questionnaire at one wave, as a matrix.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::PolarsResult;

use crate::analysis::Material;
use crate::instrument::{Instrument, Item, ItemKind, Scale};
use crate::psych::ItemMatrix;
use crate::psych::quality::{QualityInput, mahalanobis};
use crate::score::ScoredSet;
use crate::score::plan::points_column;

/// Items without which a questionnaire has no pattern of answers to judge.
const FEWEST_ITEMS: usize = 3;
/// Scales that even-odd consistency needs.
const FEWEST_SCALES: usize = 3;

/// The rating-scale items of one questionnaire at one wave.
pub(super) struct Block<'a> {
    /// The instrument.
    pub instrument: &'a Instrument,
    /// Wave id.
    pub wave: &'a str,
    /// Persons with an answer, by row of the matrix.
    pub persons: Vec<String>,
    /// Answers as given, counted from the lowest category of each item.
    pub matrix: ItemMatrix,
    /// Items that some scale turns round.
    pub reversed: Vec<bool>,
    /// Items of scales that share none.
    scales: Vec<Vec<usize>>,
    /// Seconds each person took, where the file has such a column.
    pub seconds: Option<Vec<Option<f64>>>,
}

/// The block of a scored set; none where it is no questionnaire of persons about themselves.
///
/// # Errors
/// polars cannot hand out a column.
pub(super) fn read<'a>(material: Material<'a>, scored: &'a ScoredSet) -> PolarsResult<Option<Block<'a>>> {
    let Some(instrument) = material.study.instrument(&scored.instrument) else { return Ok(None) };
    let mut sets = material.responses.sets.iter();
    let set = sets.find(|set| set.instrument == scored.instrument && set.wave == scored.wave);
    // Rows of raters are averaged per person: there is no pattern of answers left to look at.
    let Some(set) = set.filter(|set| !set.has_raters()) else { return Ok(None) };
    let rated = |item: &&Item| {
        let (low, high) = item.point_range();
        matches!(item.kind, ItemKind::Likert { .. })
            && high > low
            && set.slots.iter().any(|slot| instrument.items[slot.item].id == item.id)
    };
    let items: Vec<&Item> = instrument.items.iter().filter(rated).collect();
    if items.len() < FEWEST_ITEMS {
        return Ok(None);
    }
    let mut answers: Vec<Vec<Option<f64>>> = Vec::with_capacity(items.len());
    for item in &items {
        answers.push(scored.frame.column(&points_column(&item.id))?.f64()?.iter().collect());
    }
    let ids = scored.frame.column("person")?.str()?;
    let answered = |row: &usize| answers.iter().any(|item| item[*row].is_some());
    let rows: Vec<usize> = (0..scored.frame.height()).filter(answered).collect();
    let persons = rows.iter().map(|row| ids.get(*row).unwrap_or_default().to_owned()).collect::<Vec<_>>();
    let Some(matrix) = matrix(&items, &answers, &rows) else { return Ok(None) };
    let seconds = set.seconds.as_ref().map(|seconds| {
        let by_person: BTreeMap<&str, f64> =
            set.persons.iter().zip(seconds).filter_map(|(id, time)| Some((id.as_str(), (*time)?))).collect();
        persons.iter().map(|person| by_person.get(person.as_str()).copied()).collect()
    });
    let reversed = |item: &&Item| instrument.scales.iter().any(|scale| scale.reverse.contains(&item.id));
    Ok(Some(Block {
        instrument,
        wave: &scored.wave,
        persons,
        matrix,
        reversed: items.iter().map(reversed).collect(),
        scales: disjoint(instrument, &items),
        seconds,
    }))
}

fn matrix(items: &[&Item], answers: &[Vec<Option<f64>>], rows: &[usize]) -> Option<ItemMatrix> {
    let ranges: Vec<(f64, f64)> = items.iter().map(|item| item.point_range()).collect();
    let mut points = Vec::with_capacity(rows.len() * items.len());
    let mut missing = Vec::with_capacity(points.capacity());
    for row in rows {
        for (own, (low, _)) in answers.iter().zip(&ranges) {
            missing.push(own[*row].is_none());
            points.push(own[*row].map_or(0.0, |answer| answer - low));
        }
    }
    let most = ranges.iter().map(|(low, high)| high - low).collect();
    ItemMatrix::new(rows.len(), items.len(), points, missing, most).ok()
}

/// Scales as places of items, the shortest first, without those that share an item with an earlier one: a
/// total over all items would correlate with its own parts.
fn disjoint(instrument: &Instrument, items: &[&Item]) -> Vec<Vec<usize>> {
    let places = |scale: &Scale| -> Vec<usize> {
        scale.items.iter().filter_map(|id| items.iter().position(|item| item.id == *id)).collect()
    };
    let mut scales: Vec<Vec<usize>> =
        instrument.scales.iter().map(places).filter(|own| own.len() > 1).collect();
    scales.sort_by_key(Vec::len);
    let mut taken = BTreeSet::new();
    scales.retain(|own| {
        let free = own.iter().all(|item| !taken.contains(item));
        if free {
            taken.extend(own.iter().copied());
        }
        free
    });
    scales
}

impl Block<'_> {
    /// What the kernel is told beyond the answers.
    pub(super) fn input(&self) -> QualityInput<'_> {
        QualityInput {
            lowest: 0.0,
            reversed: &self.reversed,
            scales: &self.scales,
            seconds: self.seconds.as_deref(),
        }
    }

    /// Whether there are scales enough for even-odd consistency.
    pub(super) fn has_halves(&self) -> bool {
        self.scales.len() >= FEWEST_SCALES
    }

    /// Whether distances from the mean pattern exist.
    pub(super) fn has_distances(&self) -> bool {
        mahalanobis(&self.matrix).is_ok()
    }
}
