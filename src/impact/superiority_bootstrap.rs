//! Probability of superiority with schools resampled.

use super::quantile_change::{percentile_interval, sorted_rows};
use super::school_draws::{SchoolDraws, Schools, draw};
use super::{Arm, ImpactError};
use crate::num::rng::Stream;
use crate::num::{Interval, NumError, moments};

/// Percentile interval of the probability of superiority (see [`super::effect::superiority()`]) over resampled
/// schools.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SuperiorityInterval {
    /// A = P(program > comparison) + P(equal) / 2.
    pub probability: f64,
    /// Its interval.
    pub ci: Interval,
    /// Resamples with students in both arms.
    pub draws: usize,
}

/// Resamples schools with replacement and takes the quantiles alpha/2 and 1 - alpha/2 of A.
///
/// Schools of one arm are drawn from each other; where a school has students in both arms, all schools are drawn
/// together. A resample costs one walk through the sorted values. Inputs as [`super::effect::superiority()`].
///
/// # Errors
/// `ArmTooSmall` when an arm is empty, `TooFewClusters` below two schools in an arm (in all, where arms share
/// schools), `NotFinite`, `LengthMismatch`, `OutOfRange` without draws.
pub fn bootstrap_superiority(
    values: &[f64],
    arm: &[Arm],
    cluster: &[usize],
    options: &SchoolDraws,
) -> Result<SuperiorityInterval, ImpactError> {
    moments::check_same_length(values.len(), cluster.len())?;
    moments::check_values(values, 1)?;
    super::did::check_arms(arm, values.len(), 1)?;
    if options.draws == 0 {
        return Err(NumError::OutOfRange { name: "draws", value: 0.0 }.into());
    }
    let schools = Schools::new(cluster);
    let strata = strata(arm, &schools);
    let fewest = strata.iter().map(Vec::len).min().unwrap_or(0);
    if fewest < 2 {
        return Err(ImpactError::TooFewClusters { needed: 2, found: fewest });
    }
    let rows = sorted_rows(values);
    let mut times = vec![1u32; schools.count];
    let probability =
        weighted(values, &rows, arm, |row| f64::from(times[schools.of_row[row]])).unwrap_or(0.5);
    let mut stream = Stream::new(options.seed, "superiority");
    let mut found = Vec::with_capacity(options.draws as usize);
    for _ in 0..options.draws {
        strata.iter().for_each(|own| draw(&mut stream, own, &mut times));
        found.extend(weighted(values, &rows, arm, |row| f64::from(times[schools.of_row[row]])));
    }
    let ci = percentile_interval(&found, options.alpha)?;
    Ok(SuperiorityInterval { probability, ci, draws: found.len() })
}

/// Schools that are drawn from each other.
fn strata(arm: &[Arm], schools: &Schools) -> Vec<Vec<usize>> {
    let mut has = vec![[false; 2]; schools.count];
    for (row, arm) in arm.iter().enumerate() {
        has[schools.of_row[row]][usize::from(*arm == Arm::Program)] = true;
    }
    if has.iter().any(|own| own[0] && own[1]) {
        return vec![(0..schools.count).collect()];
    }
    [0, 1].map(|side| (0..schools.count).filter(|&school| has[school][side]).collect()).to_vec()
}

/// A of weighted students; none where an arm weighs nothing.
fn weighted(values: &[f64], rows: &[usize], arm: &[Arm], weight: impl Fn(usize) -> f64) -> Option<f64> {
    let (mut below, mut all, mut won) = (0.0, 0.0, 0.0);
    for tied in rows.chunk_by(|&a, &b| values[a] == values[b]) {
        let of = |wanted: Arm| tied.iter().filter(|r| arm[**r] == wanted).map(|&r| weight(r)).sum::<f64>();
        let (program, comparison) = (of(Arm::Program), of(Arm::Comparison));
        won += program * (below + 0.5 * comparison);
        below += comparison;
        all += program;
    }
    (below > 0.0 && all > 0.0).then(|| won / (below * all))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::effect::superiority;

    /// 48 students of 12 schools; `shared` puts both arms into every school.
    fn data(shared: bool) -> (Vec<f64>, Vec<Arm>, Vec<usize>) {
        let cluster: Vec<usize> = (0..48).map(|i| i / 4).collect();
        let program = |i: &usize| if shared { i.is_multiple_of(2) } else { cluster[*i].is_multiple_of(2) };
        let arm: Vec<Arm> =
            (0..48).map(|i| if program(&i) { Arm::Program } else { Arm::Comparison }).collect();
        let values = (0..48).map(|i| ((i * 29) % 17) as f64 + 2.0 * arm[i].indicator()).collect();
        (values, arm, cluster)
    }

    #[test]
    fn weights_of_one_give_the_probability_and_the_interval_is_near_that_by_t() {
        for shared in [false, true] {
            let (values, arm, cluster) = data(shared);
            let exact = superiority(&values, &arm, &cluster, 0.05).unwrap();
            let found = bootstrap_superiority(&values, &arm, &cluster, &SchoolDraws::default()).unwrap();
            assert!((found.probability - exact.probability).abs() < 1e-14);
            assert!((found.ci.low - exact.ci.low).abs() < 0.6 * (exact.probability - exact.ci.low));
            assert!(found.ci.low < found.probability && found.probability < found.ci.high);
        }
    }

    #[test]
    fn named_outcomes() {
        let (values, arm, _) = data(false);
        let options = SchoolDraws::default();
        let one_each: Vec<usize> = arm.iter().map(|a| usize::from(*a == Arm::Program)).collect();
        let found = bootstrap_superiority(&values, &arm, &one_each, &options);
        assert_eq!(found, Err(ImpactError::TooFewClusters { needed: 2, found: 1 }));
        assert!(bootstrap_superiority(&values, &[Arm::Program; 48], &one_each, &options).is_err());
        assert!(bootstrap_superiority(&[], &[], &[], &options).is_err());
    }
}
