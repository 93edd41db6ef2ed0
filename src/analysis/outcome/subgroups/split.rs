//! Who is in which group: by a roster column, or by thirds of the first score.

use std::collections::BTreeSet;

use crate::analysis::outcome::{Sample, same};
use crate::i18n::Text;
use crate::instrument::Respondent;
use crate::num::moments;
use crate::study::Covariate;

/// Id of the split by thirds of the first score.
const BASELINE: &str = "baseline";

/// The linked persons of an outcome in groups.
pub(super) struct Split {
    /// Column id; `baseline` for thirds.
    pub id: String,
    /// Wording.
    pub label: Text,
    /// Whether the study declared the comparison.
    pub declared: bool,
    /// Whether the groups are made of the first score itself.
    pub of_baseline: bool,
    /// Wording of the groups.
    pub names: Vec<Text>,
    /// Group of each linked person; none where the roster has a blank.
    pub membership: Vec<Option<usize>>,
}

impl Split {
    /// Persons in a group, or in none, for whom `keep` holds.
    pub fn count(&self, group: Option<usize>, keep: impl Fn(usize) -> bool) -> usize {
        let rows = self.membership.iter().enumerate();
        rows.filter(|(row, own)| **own == group && keep(*row)).count()
    }
}

/// The splits of the study that belong to the outcome's respondents, thirds of the first score last.
pub(super) fn all(sample: &Sample<'_>) -> Vec<Split> {
    let study = &sample.study.study;
    let respondent = sample.measured.roster.respondent;
    let columns = study.subgroups.iter();
    let mut splits: Vec<Split> = columns
        .filter(|column| column.respondent.unwrap_or(Respondent::Student) == respondent)
        .filter_map(|column| by_column(sample, column))
        .collect();
    if study.analysis.baseline_thirds && respondent == Respondent::Student {
        splits.extend(by_thirds(sample));
    }
    splits
}

fn by_column(sample: &Sample<'_>, column: &Covariate) -> Option<Split> {
    let cells = sample.measured.roster.columns.get(&column.column)?;
    let own = |place: &usize| cells[*place].as_deref();
    let values: BTreeSet<&str> = sample.linked.places.iter().filter_map(own).collect();
    let values: Vec<&str> = values.into_iter().collect();
    let place = |value: &str| values.binary_search(&value).ok();
    Some(Split {
        id: column.id.clone(),
        label: column.label.clone(),
        declared: column.declared,
        of_baseline: false,
        names: values
            .iter()
            .map(|value| column.values.get(*value).cloned().unwrap_or_else(|| same(value)))
            .collect(),
        membership: sample.linked.places.iter().map(|person| own(person).and_then(place)).collect(),
    })
}

/// Thirds of the first score over all arms together, cut at its quantiles; equal scores stay together.
fn by_thirds(sample: &Sample<'_>) -> Option<Split> {
    let before = &sample.linked.before;
    let low = moments::quantile(before, 1.0 / 3.0).ok()?;
    let high = moments::quantile(before, 2.0 / 3.0).ok()?;
    let third = |score: &f64| usize::from(*score > low) + usize::from(*score > high);
    Some(Split {
        id: BASELINE.to_owned(),
        label: Text::new("Sepertiga skor awal", "Third of the first score"),
        declared: false,
        of_baseline: true,
        names: vec![
            Text::new("Sepertiga terbawah", "Lowest third"),
            Text::new("Sepertiga tengah", "Middle third"),
            Text::new("Sepertiga teratas", "Highest third"),
        ],
        membership: before.iter().map(|score| Some(third(score))).collect(),
    })
}
