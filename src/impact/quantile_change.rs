//! Change of the whole distribution: quantiles before and after, with schools resampled.

use super::ImpactError;
use super::school_draws::{SchoolDraws, Schools, draw};
use crate::num::rng::Stream;
use crate::num::{Interval, NumError, moments};

/// Students with both scores, one entry per student.
#[derive(Debug, Clone, Copy)]
pub struct QuantileSample<'a> {
    /// Scores before.
    pub before: &'a [f64],
    /// Scores after.
    pub after: &'a [f64],
    /// School of each student; give every student an own one where schools are unknown.
    pub cluster: &'a [usize],
}

/// A quantile before and after.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuantileChange {
    /// Probability below the quantile.
    pub p: f64,
    /// Quantile before (type 7).
    pub before: f64,
    /// Quantile after.
    pub after: f64,
    /// `after - before`: how far this place of the distribution moved, not how far the students at it moved.
    pub change: f64,
    /// Percentile interval over resampled schools.
    pub ci: Interval,
}

/// The program's quantile change less the comparison's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuantileDifference {
    /// Probability below the quantile.
    pub p: f64,
    /// Difference of the changes.
    pub difference: f64,
    /// Percentile interval, schools resampled within each arm.
    pub ci: Interval,
}

/// Quantile changes of one group; see [`quantile_changes`].
#[derive(Debug, Clone, PartialEq)]
pub struct QuantileChanges {
    /// One entry per probability asked for.
    pub changes: Vec<QuantileChange>,
    /// The change in every resample: `resamples[probability][draw]`.
    resamples: Vec<Vec<f64>>,
}

/// The change of quantiles of linked students with a percentile bootstrap over schools.
///
/// ```text
/// change(p) = Q_p(after) - Q_p(before),   Q_p of type 7
/// interval: quantiles alpha/2 and 1 - alpha/2 of change*(p), J schools drawn with replacement, J times
/// ```
///
/// Both waves of a drawn school enter as often as it was drawn, so that the pairing and the likeness of students
/// within schools are kept. With few schools percentile intervals are somewhat too narrow; the interval of a mean
/// by t is not. `name` names the stream of random numbers. Missing values never enter.
///
/// # Errors
/// `LengthMismatch`, `TooFew`, `NotFinite`; `TooFewClusters` below two; `OutOfRange` for a probability outside
/// 0..=1 or no draws.
///
/// # References
/// Hyndman & Fan (1996), The American Statistician 50, 361-365. Field & Welsh (2007), Journal of the Royal
/// Statistical Society B 69, 369-390, doi 10.1111/j.1467-9868.2007.00593.x (resampling of clusters).
pub fn quantile_changes(
    sample: &QuantileSample<'_>,
    probabilities: &[f64],
    options: &SchoolDraws,
    name: &str,
) -> Result<QuantileChanges, ImpactError> {
    moments::check_same_length(sample.before.len(), sample.after.len())?;
    moments::check_same_length(sample.before.len(), sample.cluster.len())?;
    moments::check_values(sample.after, 1)?;
    if options.draws == 0 {
        return Err(NumError::OutOfRange { name: "draws", value: 0.0 }.into());
    }
    let schools = Schools::new(sample.cluster);
    if schools.count < 2 {
        return Err(ImpactError::TooFewClusters { needed: 2, found: schools.count });
    }
    let mut observed = Vec::with_capacity(probabilities.len());
    for &p in probabilities {
        observed.push((moments::quantile(sample.before, p)?, moments::quantile(sample.after, p)?));
    }
    let resamples = resample(sample, &schools, probabilities, options, name);
    let mut changes = Vec::with_capacity(probabilities.len());
    for ((&p, (before, after)), own) in probabilities.iter().zip(observed).zip(&resamples) {
        let ci = percentile_interval(own, options.alpha)?;
        changes.push(QuantileChange { p, before, after, change: after - before, ci });
    }
    Ok(QuantileChanges { changes, resamples })
}

/// The difference of two groups' quantile changes, resampled independently of each other.
///
/// Both must have been made with the same probabilities and number of draws, and with different stream names.
///
/// # Errors
/// `LengthMismatch` where they were not.
pub fn quantile_differences(
    program: &QuantileChanges,
    comparison: &QuantileChanges,
    alpha: f64,
) -> Result<Vec<QuantileDifference>, ImpactError> {
    moments::check_same_length(program.changes.len(), comparison.changes.len())?;
    let mut out = Vec::with_capacity(program.changes.len());
    for (place, (own, other)) in program.changes.iter().zip(&comparison.changes).enumerate() {
        let (ours, theirs) = (&program.resamples[place], &comparison.resamples[place]);
        moments::check_same_length(ours.len(), theirs.len())?;
        let draws: Vec<f64> = ours.iter().zip(theirs).map(|(a, b)| a - b).collect();
        let ci = percentile_interval(&draws, alpha)?;
        out.push(QuantileDifference { p: own.p, difference: own.change - other.change, ci });
    }
    Ok(out)
}

/// Quantiles alpha/2 and 1 - alpha/2 of the draws.
pub(super) fn percentile_interval(draws: &[f64], alpha: f64) -> Result<Interval, ImpactError> {
    if !(alpha > 0.0 && alpha < 1.0) {
        return Err(NumError::OutOfRange { name: "alpha", value: alpha }.into());
    }
    let low = moments::quantile(draws, 0.5 * alpha)?;
    Ok(Interval { low, high: moments::quantile(draws, 1.0 - 0.5 * alpha)? })
}

fn resample(
    sample: &QuantileSample<'_>,
    schools: &Schools,
    probabilities: &[f64],
    options: &SchoolDraws,
    name: &str,
) -> Vec<Vec<f64>> {
    // Sorted once: a resample only changes how often each value stands there.
    let (before, after) = (sorted_rows(sample.before), sorted_rows(sample.after));
    let mut stream = Stream::new(options.seed, name);
    let all: Vec<usize> = (0..schools.count).collect();
    let mut times = vec![0u32; schools.count];
    let mut out = vec![Vec::with_capacity(options.draws as usize); probabilities.len()];
    for _ in 0..options.draws {
        draw(&mut stream, &all, &mut times);
        let weight = |row: usize| u64::from(times[schools.of_row[row]]);
        let n: u64 = (0..sample.before.len()).map(weight).sum();
        let own = |values: &[f64], rows: &[usize]| weighted_quantiles(values, rows, weight, n, probabilities);
        let (first, last) = (own(sample.before, &before), own(sample.after, &after));
        for ((draws, first), last) in out.iter_mut().zip(first).zip(last) {
            draws.push(last - first);
        }
    }
    out
}

pub(super) fn sorted_rows(values: &[f64]) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..values.len()).collect();
    rows.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    rows
}

/// Type 7 quantiles of values that stand there `weight` times, `n` in all; in the order of `probabilities`.
fn weighted_quantiles(
    values: &[f64],
    rows: &[usize],
    weight: impl Fn(usize) -> u64,
    n: u64,
    probabilities: &[f64],
) -> Vec<f64> {
    // The order statistics each quantile lies between, looked up in one walk through the sorted values.
    let places: Vec<f64> = probabilities.iter().map(|p| (n.max(1) - 1) as f64 * p).collect();
    let mut wanted: Vec<u64> = places.iter().flat_map(|h| [h.floor() as u64, h.ceil() as u64]).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut found = Vec::with_capacity(wanted.len());
    let mut upto = 0;
    for &row in rows {
        upto += weight(row);
        while found.len() < wanted.len() && wanted[found.len()] < upto {
            found.push(values[row]);
        }
    }
    let at = |place: f64| {
        let place = wanted.partition_point(|other| *other < place as u64);
        found.get(place).copied().unwrap_or(f64::NAN)
    };
    places
        .iter()
        .map(|h| {
            let (below, above) = (at(h.floor()), at(h.ceil()));
            below + (h - h.floor()) * (above - below)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const P: [f64; 5] = [0.1, 0.25, 0.5, 0.75, 0.9];

    #[test]
    fn counted_values_are_values_written_out() {
        let values = [3.0, 1.0, 4.0, 1.5, 9.0];
        let times = [2u64, 0, 1, 3, 1];
        let written: Vec<f64> =
            values.iter().zip(times).flat_map(|(v, t)| std::iter::repeat_n(*v, t as usize)).collect();
        let rows = sorted_rows(&values);
        let found = weighted_quantiles(&values, &rows, |row| times[row], 7, &P);
        for (p, own) in P.iter().zip(found) {
            assert!((own - moments::quantile(&written, *p).unwrap()).abs() < 1e-14);
        }
    }

    #[test]
    fn a_shift_of_everybody_shifts_every_quantile_and_no_interval_opens() {
        let before: Vec<f64> = (0..60).map(|i| f64::from((i * 37) % 61)).collect();
        let after: Vec<f64> = before.iter().map(|b| b + 4.0).collect();
        let cluster: Vec<usize> = (0..60).map(|i| i / 10).collect();
        let sample = QuantileSample { before: &before, after: &after, cluster: &cluster };
        let found = quantile_changes(&sample, &P, &SchoolDraws::default(), "test").unwrap();
        assert!(found.changes.iter().all(|c| (c.change - 4.0).abs() < 1e-12));
        assert!(
            found.changes.iter().all(|c| (c.ci.low - 4.0).abs() < 1e-9 && (c.ci.high - 4.0).abs() < 1e-9)
        );
        let same = quantile_differences(&found, &found, 0.05).unwrap();
        assert!(same.iter().all(|d| d.difference == 0.0 && d.ci.low == 0.0));
    }

    #[test]
    fn named_outcomes() {
        let sample = QuantileSample { before: &[1.0, 2.0], after: &[2.0, 4.0], cluster: &[7, 7] };
        let one = quantile_changes(&sample, &P, &SchoolDraws::default(), "test");
        assert_eq!(one, Err(ImpactError::TooFewClusters { needed: 2, found: 1 }));
        let sample = QuantileSample { cluster: &[7, 8], ..sample };
        assert!(quantile_changes(&sample, &[1.5], &SchoolDraws::default(), "test").is_err());
        let none = SchoolDraws { draws: 0, ..SchoolDraws::default() };
        assert!(quantile_changes(&sample, &P, &none, "test").is_err());
        let sample = QuantileSample { after: &[2.0, f64::NAN], ..sample };
        assert!(quantile_changes(&sample, &P, &SchoolDraws::default(), "test").is_err());
    }
}
