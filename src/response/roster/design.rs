//! Columns of a roster that say how the sample was drawn: strata, pairs, weights.

use std::collections::BTreeMap;

use super::Person;
use crate::diag::{Diagnostic, Place};
use crate::response::rules;
use crate::study::RosterFile;

/// Schools whose rows name more than one stratum or pair.
pub(super) fn two_strata(entry: &RosterFile, persons: &[Person], rows: &[usize]) -> Vec<Diagnostic> {
    let Some(column) = entry.columns.pair.as_ref().or(entry.columns.stratum.as_ref()) else {
        return Vec::new();
    };
    let mut of_school: BTreeMap<&str, (&str, bool)> = BTreeMap::new();
    let mut diagnostics = Vec::new();
    for (person, row) in persons.iter().zip(rows) {
        let Some(school) = person.school.as_deref() else { continue };
        let stratum = person.stratum.as_deref().unwrap_or_default();
        let (first, said) = of_school.entry(school).or_insert((stratum, false));
        if *first == stratum || *said {
            continue;
        }
        *said = true;
        let message =
            format!("school \"{school}\" stands in \"{stratum}\" here and in \"{first}\" in a row before");
        diagnostics.push(
            Diagnostic::new(&rules::TWO_STRATA, Place::cell(&entry.file, *row, column), message)
                .hint("give every row of the school the same stratum or pair"),
        );
    }
    diagnostics
}

/// The weights as numbers; cells that are none, or not above zero, are reported and count as 1.
pub(super) fn weights(
    entry: &RosterFile,
    cells: &[Option<String>],
    rows: &[usize],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<f64> {
    let column = entry.columns.weight.as_deref().unwrap_or_default();
    let comma = entry.format.decimal.as_deref() == Some(",");
    let mut one = |(cell, row): (&Option<String>, &usize)| {
        let words = cell.as_deref().unwrap_or_default();
        let plain = if comma { words.replace(',', ".") } else { words.to_owned() };
        match plain.trim().parse::<f64>() {
            Ok(weight) if weight.is_finite() && weight > 0.0 => weight,
            _ => {
                let message = format!("the weight is \"{words}\", expected a number above zero");
                let place = Place::cell(&entry.file, *row, column);
                diagnostics.push(
                    Diagnostic::new(&rules::WEIGHT, place, message)
                        .hint("write the weight, or take the person out of the roster"),
                );
                1.0
            }
        }
    };
    cells.iter().zip(rows).map(&mut one).collect()
}
