//! Reliability and discrimination of every scale on every form, from one covariance matrix each.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{Sheet, reliability, scales};
use crate::analysis::findings::{Estimate, Reliability};
use crate::instrument::Scale;
use crate::psych::ItemMatrix;
use crate::psych::ctt::{Alpha, ItemCovariance, alpha, item_covariance, item_statistics, upper_lower};

/// Share of persons in the upper and in the lower group of the discrimination index (Kelley 1939).
const GROUP: f64 = 0.27;

/// What the covariance matrix of one scale on one form says.
#[derive(Debug, Default)]
pub(super) struct FormAnalysis {
    /// Cronbach's alpha; none where it cannot be had.
    pub alpha: Option<Estimate>,
    /// Everything beside alpha.
    pub reliability: Reliability,
    /// Items that are judged within this scale.
    pub items: Vec<FormItem>,
}

/// An item on one form.
#[derive(Clone, Copy, Debug)]
pub(super) struct FormItem {
    /// Place of the item.
    item: usize,
    /// Persons with points.
    n: usize,
    /// What was found.
    strength: Strength,
}

/// How strongly an item goes with its scale.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Strength {
    /// Correlation with the sum of the other items.
    pub item_rest: Option<f64>,
    /// Correlation with the sum of all items.
    pub item_total: Option<f64>,
    /// Difficulty of the upper less that of the lower group.
    pub discrimination: Option<f64>,
    /// Alpha without the item less alpha with it.
    pub alpha_gain: Option<f64>,
}

/// One entry per scale and form: `[scale][form]`.
pub(super) type FormAnalyses = Vec<Vec<FormAnalysis>>;

/// Analyses every scale on every form.
pub(super) fn all(sheet: &Sheet<'_>) -> FormAnalyses {
    let scales = sheet.instrument.scales.par_iter();
    scales
        .map(|scale| (0..sheet.forms.len()).into_par_iter().map(|form| one(sheet, scale, form)).collect())
        .collect()
}

fn one(sheet: &Sheet<'_>, scale: &Scale, form: usize) -> FormAnalysis {
    let form = &sheet.forms[form];
    let items = sheet.items_in(&scale.items, form);
    let Some(matrix) = scales::matrix(sheet, scale, form, &items) else { return FormAnalysis::default() };
    let Ok(covariance) = item_covariance(&matrix) else { return FormAnalysis::default() };
    let found = alpha(&matrix, &covariance, sheet.alpha).ok();
    let is_home = |item: &usize| {
        scales::home(sheet, &sheet.instrument.items[*item]).is_some_and(|home| home.id == scale.id)
    };
    let judged = items.iter().any(is_home);
    let own = if judged { strengths(&matrix, &covariance, found.as_ref()) } else { Vec::new() };
    let name = |own: FormItem| Some(items[own.item]).filter(is_home).map(|item| FormItem { item, ..own });
    FormAnalysis {
        alpha: found.as_ref().map(|a| Estimate { value: a.value, ci: Some([a.ci.low, a.ci.high]) }),
        reliability: reliability::of(sheet, (scale, form), &matrix, &covariance),
        items: own.into_iter().filter_map(name).collect(),
    }
}

/// Every item of a matrix, by its place there.
fn strengths(matrix: &ItemMatrix, covariance: &ItemCovariance, whole: Option<&Alpha>) -> Vec<FormItem> {
    let statistics = item_statistics(matrix, covariance).unwrap_or_default();
    let groups = upper_lower(matrix, GROUP).ok();
    let gain = |item: usize| {
        let without = whole?.if_dropped.iter().find(|without| without.item == item)?;
        Some(without.value - whole?.value)
    };
    let one = |found: &crate::psych::ctt::ItemStatistics| FormItem {
        item: found.item,
        n: found.n,
        strength: Strength {
            item_rest: found.item_rest,
            item_total: found.item_total,
            discrimination: groups.as_ref().map(|groups| groups[found.item].d),
            alpha_gain: gain(found.item),
        },
    };
    statistics.iter().map(one).collect()
}

/// Strength by item place: over several forms the means, weighted by persons.
pub(super) fn strength(analyses: &FormAnalyses) -> BTreeMap<usize, Strength> {
    let mut found: BTreeMap<usize, Vec<FormItem>> = BTreeMap::new();
    for own in analyses.iter().flatten().flat_map(|analysis| &analysis.items) {
        found.entry(own.item).or_default().push(*own);
    }
    let mean = |own: &[FormItem], of: fn(&Strength) -> Option<f64>| {
        let known = || own.iter().filter_map(|form| Some((of(&form.strength)?, form.n as f64)));
        let persons: f64 = known().map(|(_, n)| n).sum();
        (persons > 0.0).then(|| known().map(|(value, n)| value * n).sum::<f64>() / persons)
    };
    let together = |own: &[FormItem]| Strength {
        item_rest: mean(own, |s| s.item_rest),
        item_total: mean(own, |s| s.item_total),
        discrimination: mean(own, |s| s.discrimination),
        alpha_gain: mean(own, |s| s.alpha_gain),
    };
    found.into_iter().map(|(place, own)| (place, together(&own))).collect()
}
