//! More than two waves: the change from the first wave to each later one, from wave to wave, and the trend.

use std::collections::BTreeSet;

use super::{Sample, SchoolSet, notices, school_set};
use crate::analysis::findings::{EstimateFindings, GrowthContrast, GrowthFindings, Notice, TimeUnit};
use crate::analysis::measurement::LinkError;
use crate::analysis::notices as common;
use crate::analysis::outcome::link;
use crate::i18n::Text;
use crate::impact::multiplicity::holm;
use crate::study::Wave;

/// Days of a year, leap years spread.
const YEAR: f64 = 365.25;

/// The link error of a contrast, from its waves and their weights.
type LinkErrorOf<'a> = dyn Fn(&[usize], &[f64]) -> Option<LinkError> + 'a;

/// What the changes between waves stand beside.
pub(in crate::analysis::outcome) struct Beside<'a> {
    /// The primary estimate; none where it has no answer.
    pub primary: Option<&'a EstimateFindings>,
    /// The link error of a contrast of waves, for measures.
    pub link_error: &'a LinkErrorOf<'a>,
}

/// The contrasts; none with two waves or without schools. What has no answer, and which schools a contrast leaves
/// out, is said in notices.
pub(in crate::analysis::outcome) fn all(
    sample: &Sample<'_>,
    beside: &Beside<'_>,
    said: &mut Vec<Notice>,
) -> Option<GrowthFindings> {
    let waves = &sample.study.study.waves;
    if waves.len() < 3 || !sample.measured.roster.has_schools() {
        return None;
    }
    let mut pairs: Vec<[usize; 2]> = (1..waves.len()).map(|after| [0, after]).collect();
    pairs.extend((2..waves.len()).map(|after| [after - 1, after]));
    let sets = pairs.iter().map(|pair| (*pair, school_set(sample, pair, &[-1.0, 1.0])));
    let sets: Vec<([usize; 2], SchoolSet)> = sets.collect();
    let mut contrasts = Vec::new();
    for (pair, set) in &sets {
        match estimate(sample, set, pair, &[-1.0, 1.0], beside) {
            Ok(estimate) => contrasts.push(contrast(sample, *pair, estimate, beside)),
            Err(why) => said.push(notices::no_contrast(pair.map(|at| &waves[at]), &why)),
        }
    }
    adjust(&mut contrasts);
    let every: Vec<usize> = (0..waves.len()).collect();
    let (times, unit) = times(waves);
    let weights = slope(&times);
    let set = school_set(sample, &every, &weights);
    let trend = match estimate(sample, &set, &every, &weights, beside) {
        Ok(trend) => Some(trend),
        Err(why) => {
            said.push(notices::no_trend(&why));
            None
        }
    };
    name_schools(sample, sets.iter().map(|(_, set)| set).chain([&set]), said);
    (!contrasts.is_empty()).then_some(GrowthFindings { contrasts, trend, unit })
}

/// A contrast of wave means by the method on schools, with the error of linking where the scores are measures.
fn estimate(
    sample: &Sample<'_>,
    set: &SchoolSet,
    waves: &[usize],
    weights: &[f64],
    beside: &Beside<'_>,
) -> Result<EstimateFindings, Text> {
    let smallest = sample.study.study.analysis.smallest_cell;
    if set.persons < smallest {
        return Err(notices::too_few(set.persons, smallest));
    }
    let found = set.test(set.method(sample), sample).map_err(|error| common::why(&error))?;
    Ok(match (beside.link_error)(waves, weights) {
        Some(error) => link::with_error(found, error, sample.alpha()),
        None => found,
    })
}

/// The row that repeats the primary estimate is marked; a row of the same waves by another method is not.
fn contrast(
    sample: &Sample<'_>,
    [before, after]: [usize; 2],
    estimate: EstimateFindings,
    beside: &Beside<'_>,
) -> GrowthContrast {
    let waves = &sample.study.study.waves;
    let same_method = beside.primary.is_some_and(|primary| primary.method == estimate.method);
    GrowthContrast {
        from: waves[before].id.clone(),
        to: waves[after].id.clone(),
        primary: same_method && sample.study.study.compared_waves() == Some([before, after]),
        estimate,
        adjusted: None,
    }
}

/// Names the schools that any of the sets leaves out, unless the estimates by cohorts have named all of them.
fn name_schools<'a>(sample: &Sample<'_>, sets: impl Iterator<Item = &'a SchoolSet>, said: &mut Vec<Notice>) {
    let mut missing: BTreeSet<String> = BTreeSet::new();
    for set in sets {
        missing.extend(set.without_wave.iter().cloned());
        if said.iter().all(|notice| notice.code != "A-SCHOOL-002") {
            said.extend(notices::without_an_arm(sample, set));
        }
    }
    let told: Vec<String> = match sample.study.study.compared_waves() {
        Some(pair) if sample.plan.cross_sections => school_set(sample, &pair, &[-1.0, 1.0]).without_wave,
        _ => Vec::new(),
    };
    if missing.iter().any(|id| !told.contains(id)) {
        let missing: Vec<String> = missing.into_iter().collect();
        said.push(notices::left_out_of_growth(sample, &missing));
    }
}

/// Holm over all contrasts of the outcome.
fn adjust(contrasts: &mut [GrowthContrast]) {
    let p: Option<Vec<f64>> = contrasts.iter().map(|contrast| contrast.estimate.p).collect();
    let Some(Ok(adjusted)) = p.map(|p| holm(&p)) else { return };
    for (contrast, adjusted) in contrasts.iter_mut().zip(adjusted) {
        contrast.adjusted = Some(adjusted);
    }
}

/// Times of the waves in years where all have a date, in waves otherwise.
fn times(waves: &[Wave]) -> (Vec<f64>, TimeUnit) {
    let dated: Option<Vec<f64>> =
        waves.iter().map(|wave| wave.date.as_deref().and_then(days).map(|days| days / YEAR)).collect();
    match dated {
        Some(years) if years.windows(2).all(|pair| pair[0] < pair[1]) => (years, TimeUnit::Year),
        _ => ((0..waves.len()).map(|wave| wave as f64).collect(), TimeUnit::Wave),
    }
}

/// Days of a date `2025-07-12` from a fixed day (proleptic Gregorian calendar).
fn days(date: &str) -> Option<f64> {
    let mut parts = date.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    // Years begin in March, so that the leap day is the last one.
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = 365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some((days + (153 * month + 2) / 5 + day) as f64)
}

/// Weights that turn values at `times` into their least squares slope.
fn slope(times: &[f64]) -> Vec<f64> {
    let mean = times.iter().sum::<f64>() / times.len() as f64;
    let squares: f64 = times.iter().map(|time| (time - mean).powi(2)).sum();
    times.iter().map(|time| (time - mean) / squares).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slope_per_year_counts_days() {
        assert_eq!(days("2024-03-01").unwrap() - days("2024-02-28").unwrap(), 2.0);
        assert_eq!(days("2023-01-01").unwrap() - days("2022-01-01").unwrap(), 365.0);
        let weights = slope(&[0.0, 1.0, 3.0]);
        let value: f64 = weights.iter().zip([5.0, 7.0, 11.0]).map(|(weight, value)| weight * value).sum();
        assert!((value - 2.0).abs() < 1e-12);
    }
}
