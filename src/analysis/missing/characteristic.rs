//! Roster columns as numbers: measured as they stand, or one yes-or-no characteristic per value.

use std::collections::BTreeMap;

use crate::analysis::findings::{BalanceSize, BaselineSubject};
use crate::analysis::participants::value_label;
use crate::i18n::Text;
use crate::response::Roster;
use crate::study::Covariate;

/// A column of numbers with more values than this is measured, such as an age in months; with fewer it is a group,
/// such as a grade.
const FEW_VALUES: usize = 5;
/// A column with more values than this that are no numbers is no group: a name, a street.
const MOST_VALUES: usize = 12;

/// One characteristic, by place in the roster.
pub(super) struct Characteristic {
    /// Covariate id.
    pub id: String,
    /// Its wording.
    pub label: Text,
    /// The value that counts as yes; none for a measured characteristic.
    pub value: Option<Text>,
    /// How a difference in it is sized.
    pub size: BalanceSize,
    /// Value of every person: a number, or 1 and 0.
    pub values: Vec<Option<f64>>,
}

impl Characteristic {
    /// What a row on it is about.
    pub fn subject(&self, outcome: &str) -> BaselineSubject {
        BaselineSubject {
            outcome: outcome.to_owned(),
            covariate: Some(self.id.clone()),
            label: self.label.clone(),
            value: self.value.clone(),
        }
    }
}

/// The characteristics of a covariate: none where the roster lacks the column or everybody has the same value, the
/// number of values as error where it is neither number nor group.
pub(super) fn characteristics(roster: &Roster, covariate: &Covariate) -> Result<Vec<Characteristic>, usize> {
    let Some(cells) = roster.columns.get(&covariate.column) else { return Ok(Vec::new()) };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for cell in cells.iter().flatten() {
        *counts.entry(cell).or_default() += 1;
    }
    let numbers: Vec<Option<f64>> = cells.iter().map(|cell| cell.as_deref().and_then(number)).collect();
    let all_numbers = cells.iter().zip(&numbers).all(|(cell, number)| cell.is_none() || number.is_some());
    let make = |value: Option<Text>, size, values| Characteristic {
        id: covariate.id.clone(),
        label: covariate.label.clone(),
        value,
        size,
        values,
    };
    if all_numbers && covariate.values.is_empty() && counts.len() > FEW_VALUES {
        return Ok(vec![make(None, BalanceSize::HedgesG, numbers)]);
    }
    if counts.len() > MOST_VALUES {
        return Err(counts.len());
    }
    // With two values the share of one says the share of the other.
    let skipped = match counts.len() {
        0 | 1 => counts.len(),
        2 => 1,
        _ => 0,
    };
    let rows = counts.keys().skip(skipped).map(|value| {
        let is = |cell: &Option<String>| cell.as_deref().map(|cell| f64::from(u8::from(cell == *value)));
        let values = cells.iter().map(is).collect();
        make(Some(value_label(covariate, value)), BalanceSize::CoxIndex, values)
    });
    Ok(rows.collect())
}

/// A number with point or comma as decimal mark.
fn number(cell: &str) -> Option<f64> {
    cell.trim().replace(',', ".").parse::<f64>().ok().filter(|value| value.is_finite())
}
