//! Reliability and item-rest correlations of every scale on every form, from one covariance matrix each.

use std::collections::BTreeMap;

use super::{Sheet, scales};
use crate::analysis::findings::Estimate;
use crate::instrument::Scale;
use crate::psych::ctt::{alpha, item_covariance, item_statistics};

/// What the covariance matrix of one scale on one form says.
#[derive(Debug, Default)]
pub(super) struct FormAnalysis {
    /// Cronbach's alpha; none where it cannot be had.
    pub alpha: Option<Estimate>,
    /// Items that are judged within this scale, by place: their item-rest correlation and persons.
    pub item_rest: Vec<ItemRest>,
}

/// The item-rest correlation of one item on one form.
#[derive(Clone, Copy, Debug)]
pub(super) struct ItemRest {
    /// Place of the item.
    pub item: usize,
    /// The correlation.
    pub correlation: f64,
    /// Persons with points.
    pub n: usize,
}

/// One entry per scale and form: `[scale][form]`.
pub(super) type FormAnalyses = Vec<Vec<FormAnalysis>>;

/// Analyses every scale on every form.
pub(super) fn all(sheet: &Sheet<'_>) -> FormAnalyses {
    let scales = sheet.instrument.scales.iter();
    scales.map(|scale| (0..sheet.forms.len()).map(|form| one(sheet, scale, form)).collect()).collect()
}

fn one(sheet: &Sheet<'_>, scale: &Scale, form: usize) -> FormAnalysis {
    let form = &sheet.forms[form];
    let items = sheet.items_in(&scale.items, form);
    let Some(matrix) = scales::matrix(sheet, scale, form, &items) else { return FormAnalysis::default() };
    let Ok(covariance) = item_covariance(&matrix) else { return FormAnalysis::default() };
    let alpha = alpha(&matrix, &covariance, sheet.alpha).ok();
    let is_home = |item: &usize| {
        scales::home(sheet, &sheet.instrument.items[*item]).is_some_and(|home| home.id == scale.id)
    };
    let statistics =
        if items.iter().any(is_home) { item_statistics(&matrix, &covariance).ok() } else { None };
    let rests = statistics.into_iter().flatten().filter_map(|statistic| {
        let item = Some(items[statistic.item]).filter(is_home)?;
        Some(ItemRest { item, correlation: statistic.item_rest?, n: statistic.n })
    });
    FormAnalysis {
        alpha: alpha.map(|alpha| Estimate { value: alpha.value, ci: Some([alpha.ci.low, alpha.ci.high]) }),
        item_rest: rests.collect(),
    }
}

/// Item-rest correlation by item place: over several forms their mean, weighted by persons.
pub(super) fn item_rest(analyses: &FormAnalyses) -> BTreeMap<usize, f64> {
    let mut sums: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    for rest in analyses.iter().flatten().flat_map(|analysis| &analysis.item_rest) {
        let (sum, persons) = sums.entry(rest.item).or_default();
        *sum += rest.correlation * rest.n as f64;
        *persons += rest.n as f64;
    }
    sums.into_iter().map(|(place, (sum, persons))| (place, sum / persons)).collect()
}
