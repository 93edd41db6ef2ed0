//! Sums of points by scale and form, made once: the rest score of an item is a sum less its own points.

use std::collections::BTreeMap;

use super::{Form, Sheet, scales};
use crate::instrument::Scale;

/// The sum of points of the persons of one form on one scale.
pub(super) struct FormTotal {
    /// Items of the scale that the form holds, as places.
    items: Vec<usize>,
    /// Highest sum.
    max: f64,
    /// Persons with points on any of them, by row of the scored frame.
    persons: Vec<usize>,
    /// Sum of each person's points, counted as the scale counts them.
    sums: Vec<f64>,
    /// Items on which each person has no points.
    missing: Vec<u32>,
}

/// Totals by scale id.
pub(super) type Totals = BTreeMap<String, Vec<FormTotal>>;

/// The totals of every scale in which some item is judged.
pub(super) fn all(sheet: &Sheet<'_>) -> Totals {
    let is_home = |scale: &&Scale| {
        let mut items = sheet.instrument.items.iter();
        items.any(|item| scales::home(sheet, item).is_some_and(|home| home.id == scale.id))
    };
    let homes = sheet.instrument.scales.iter().filter(is_home);
    homes
        .map(|scale| {
            let forms = sheet.forms.iter();
            (scale.id.clone(), forms.filter_map(|form| FormTotal::new(sheet, scale, form)).collect())
        })
        .collect()
}

/// Points as a scale counts them: from the lowest upward, turned round where it says so.
fn counted(sheet: &Sheet<'_>, scale: &Scale, place: usize) -> impl Fn(f64) -> f64 {
    let item = &sheet.instrument.items[place];
    let (low, high) = item.point_range();
    let reversed = scale.reverse.contains(&item.id);
    move |points| if reversed { high - points } else { points - low }
}

impl FormTotal {
    /// None where an item cannot earn points, as in [`scales::matrix`].
    fn new(sheet: &Sheet<'_>, scale: &Scale, form: &Form) -> Option<Self> {
        let items = sheet.items_in(&scale.items, form);
        let ranges = items.iter().map(|item| sheet.instrument.items[*item].point_range());
        let spans: Vec<f64> = ranges.map(|(low, high)| high - low).collect();
        if spans.iter().any(|span| *span <= 0.0) {
            return None;
        }
        let persons = scales::answering(sheet, form, &items);
        let (mut sums, mut missing) = (vec![0.0; persons.len()], vec![0; persons.len()]);
        for item in &items {
            let counted = counted(sheet, scale, *item);
            let points = &sheet.points[*item];
            for ((person, sum), missing) in persons.iter().zip(&mut sums).zip(&mut missing) {
                match points[*person] {
                    Some(points) => *sum += counted(points),
                    None => *missing += 1,
                }
            }
        }
        Some(FormTotal { items, max: spans.iter().sum(), persons, sums, missing })
    }
}

/// Score on the other items of the item's scale, by row of the scored frame: none for persons who lack
/// points on one of them.
pub(super) fn rest_scores(sheet: &Sheet<'_>, totals: &Totals, place: usize) -> Vec<Option<f64>> {
    let mut rest = vec![None; sheet.scored.frame.height()];
    let Some(scale) = scales::home(sheet, &sheet.instrument.items[place]) else { return rest };
    let counted = counted(sheet, scale, place);
    let forms = totals.get(&scale.id).into_iter().flatten();
    for total in forms.filter(|total| total.items.contains(&place)) {
        // Booklets differ in their highest score; as a share of it the rest scores go together.
        let share = |sum: f64| Some(sum / total.max);
        for ((person, sum), missing) in total.persons.iter().zip(&total.sums).zip(&total.missing) {
            rest[*person] = match (sheet.points[place][*person], missing) {
                (Some(own), 0) => share(sum - counted(own)),
                (None, 1) => share(*sum),
                _ => None,
            };
        }
    }
    rest
}
