//! Scales: score distribution, reliability, floor and ceiling.

use polars::prelude::PolarsResult;

use super::forms::{FormAnalyses, FormAnalysis};
use super::{Form, Sheet, flags};
use crate::analysis::findings::ScaleFindings;
use crate::instrument::{Item, Scale, ScaleMethod};
use crate::num::moments;
use crate::psych::ItemMatrix;
use crate::score::scale::score_column;

/// Every scale on every form.
pub(super) fn all(sheet: &Sheet<'_>, analyses: &FormAnalyses) -> PolarsResult<Vec<ScaleFindings>> {
    let mut findings = Vec::new();
    for ((scale, own), range) in sheet.instrument.scales.iter().zip(analyses).zip(&sheet.ranges) {
        let scores: Vec<Option<f64>> =
            sheet.scored.frame.column(&score_column(&scale.id))?.f64()?.iter().collect();
        for (form, analysis) in sheet.forms.iter().zip(own) {
            findings.extend(one(sheet, (scale, *range), form, (&scores, analysis)));
        }
    }
    Ok(findings)
}

fn one(
    sheet: &Sheet<'_>,
    (scale, range): (&Scale, Option<[f64; 2]>),
    form: &Form,
    (scores, analysis): (&[Option<f64>], &FormAnalysis),
) -> Option<ScaleFindings> {
    let items = sheet.items_in(&scale.items, form);
    let own: Vec<f64> = form.persons.iter().filter_map(|person| scores[*person]).collect();
    let mean = moments::mean(&own).ok()?;
    let sd = moments::sd(&own).ok();
    let reliability = analysis.alpha;
    let [low, high] = range?;
    let slack = 1e-9 * (high - low).abs();
    let share =
        |hit: &dyn Fn(f64) -> bool| own.iter().filter(|score| hit(**score)).count() as f64 / own.len() as f64;
    let (floor, ceiling) = (share(&|score| score <= low + slack), share(&|score| score >= high - slack));
    // The error of a measure differs from person to person; the section on measurement has it.
    let spread = sd.filter(|_| scale.method != ScaleMethod::Irt);
    let sem = reliability.zip(spread).map(|(alpha, sd)| sd * (1.0 - alpha.value.clamp(0.0, 1.0)).sqrt());
    Some(ScaleFindings {
        id: scale.id.clone(),
        title: scale.title.clone(),
        booklet: form.booklet.clone(),
        method: scale.method,
        range: [low, high],
        items: items.len(),
        n: own.len(),
        mean,
        sd,
        alpha: reliability,
        sem,
        floor,
        ceiling,
        reliability: analysis.reliability.clone(),
        flags: flags::of_scale(reliability.map(|alpha| alpha.value), floor, ceiling),
    })
}

/// Points of the form's persons on a scale's items, counted from the lowest an item can give and turned
/// round where the scale says so. Persons who were given none of the items are left out.
pub(super) fn matrix(sheet: &Sheet<'_>, scale: &Scale, form: &Form, items: &[usize]) -> Option<ItemMatrix> {
    let ranges: Vec<(f64, f64)> =
        items.iter().map(|item| sheet.instrument.items[*item].point_range()).collect();
    let persons = answering(sheet, form, items);
    let mut points = Vec::with_capacity(persons.len() * items.len());
    let mut missing = Vec::with_capacity(points.capacity());
    for person in &persons {
        for (item, (low, high)) in items.iter().zip(&ranges) {
            let value = sheet.points[*item][*person];
            let reversed = scale.reverse.contains(&sheet.instrument.items[*item].id);
            missing.push(value.is_none());
            points.push(value.map_or(0.0, |value| if reversed { high - value } else { value - low }));
        }
    }
    let max = ranges.iter().map(|(low, high)| high - low).collect();
    ItemMatrix::new(persons.len(), items.len(), points, missing, max).ok()
}

/// Persons of a form with points on at least one of the items.
pub(super) fn answering(sheet: &Sheet<'_>, form: &Form, items: &[usize]) -> Vec<usize> {
    form.persons
        .iter()
        .copied()
        .filter(|person| items.iter().any(|item| sheet.points[*item][*person].is_some()))
        .collect()
}

/// The scale an item is judged within: the first that holds it.
pub(super) fn home<'a>(sheet: &Sheet<'a>, item: &Item) -> Option<&'a Scale> {
    sheet.instrument.scales.iter().find(|scale| scale.items.contains(&item.id))
}
