//! More than two waves: the change from the first wave to each later one, from wave to wave, and the trend.

use super::{Sample, school_method, school_set};
use crate::analysis::findings::{GrowthContrast, GrowthFindings, TimeUnit};
use crate::impact::multiplicity::holm;
use crate::study::Wave;

/// Days of a year, leap years spread.
const YEAR: f64 = 365.25;

/// The contrasts; none with two waves or without schools.
pub(in crate::analysis::outcome) fn all(sample: &Sample<'_>) -> Option<GrowthFindings> {
    let waves = &sample.study.study.waves;
    if waves.len() < 3 || !sample.measured.roster.has_schools() {
        return None;
    }
    let mut pairs: Vec<[usize; 2]> = (1..waves.len()).map(|after| [0, after]).collect();
    pairs.extend((2..waves.len()).map(|after| [after - 1, after]));
    let mut contrasts: Vec<GrowthContrast> =
        pairs.into_iter().filter_map(|pair| contrast(sample, pair)).collect();
    adjust(&mut contrasts);
    let every: Vec<usize> = (0..waves.len()).collect();
    let (times, unit) = times(waves);
    let set = school_set(sample, &every, &slope(&times));
    let trend = set.test(school_method(sample, set.values.len()), sample).ok();
    (!contrasts.is_empty()).then_some(GrowthFindings { contrasts, trend, unit })
}

fn contrast(sample: &Sample<'_>, [before, after]: [usize; 2]) -> Option<GrowthContrast> {
    let waves = &sample.study.study.waves;
    let set = school_set(sample, &[before, after], &[-1.0, 1.0]);
    let smallest = sample.study.study.analysis.smallest_cell;
    if set.persons < smallest {
        return None;
    }
    let estimate = set.test(school_method(sample, set.values.len()), sample).ok()?;
    Some(GrowthContrast {
        from: waves[before].id.clone(),
        to: waves[after].id.clone(),
        primary: sample.study.study.compared_waves() == Some([before, after]),
        estimate,
        adjusted: None,
    })
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
