//! The resamples: every different one with its probability, or random draws.

use super::cases::{Cases, Totals, add};
use super::{CaseOptions, Replicate};
use crate::impact::resampling::Reference;
use crate::num::rng::Stream;

/// The statistic of one resample.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resample {
    pub estimate: f64,
    pub se: Option<f64>,
    /// Probability when enumerated, one of the draws when sampled.
    pub probability: f64,
}

/// All resamples that have a statistic.
#[derive(Debug, Clone)]
pub(super) struct Resamples {
    pub found: Vec<Resample>,
    pub failed: u64,
    pub total: u64,
    pub reference: Reference,
}

/// Enumerates the resamples where there are at most `most_enumerated` different ones, draws them otherwise.
pub(super) fn resample(
    cases: &Cases,
    statistic: &dyn Fn(&Totals) -> Option<Replicate>,
    options: &CaseOptions,
) -> Resamples {
    match different(cases) {
        Some(count) if count <= options.most_enumerated => enumerated(cases, statistic),
        _ => sampled(cases, statistic, options),
    }
}

/// How many different resamples there are: the product of C(2 J_s - 1, J_s); `None` beyond 64 bits.
fn different(cases: &Cases) -> Option<u64> {
    (0..cases.strata()).try_fold(1u64, |product, stratum| {
        let j = cases.size(stratum) as u64;
        // Each step is itself a binomial coefficient, so the division leaves no rest.
        let ways = (1..j).try_fold(1u64, |ways, k| ways.checked_mul(j + k).map(|up| up / k))?;
        product.checked_mul(ways)
    })
}

fn sampled(
    cases: &Cases,
    statistic: &dyn Fn(&Totals) -> Option<Replicate>,
    options: &CaseOptions,
) -> Resamples {
    let mut stream = Stream::new(options.seed, "school case bootstrap");
    let blank = cases.blank();
    let mut totals = blank.clone();
    let mut found = Vec::with_capacity(options.draws as usize);
    let probability = 1.0 / f64::from(options.draws);
    for _ in 0..options.draws {
        totals.sums.fill(0.0);
        for stratum in 0..cases.strata() {
            let size = cases.size(stratum);
            for _ in 0..size {
                add(&mut totals, stratum, cases.row(stratum, stream.below(size)), 1.0);
            }
        }
        let of =
            |replicate: Replicate| Resample { estimate: replicate.estimate, se: replicate.se, probability };
        found.extend(statistic(&totals).map(of));
    }
    let failed = u64::from(options.draws) - found.len() as u64;
    Resamples { found, failed, total: u64::from(options.draws), reference: Reference::Sampled }
}

/// Sums and probability of one way to draw a stratum.
struct Way {
    sums: Vec<f64>,
    probability: f64,
}

fn enumerated(cases: &Cases, statistic: &dyn Fn(&Totals) -> Option<Replicate>) -> Resamples {
    let ways: Vec<Vec<Way>> = (0..cases.strata()).map(|stratum| ways_of(cases, stratum)).collect();
    let mut totals = cases.blank();
    let (mut found, mut total) = (Vec::new(), 0u64);
    let mut at = vec![0usize; ways.len()];
    'all: loop {
        let mut probability = 1.0;
        for (stratum, own) in ways.iter().enumerate() {
            let way = &own[at[stratum]];
            totals.sums[stratum * cases.width()..(stratum + 1) * cases.width()].copy_from_slice(&way.sums);
            probability *= way.probability;
        }
        total += 1;
        found.extend(statistic(&totals).map(|r| Resample { estimate: r.estimate, se: r.se, probability }));
        // The next combination of ways, the last stratum first.
        for stratum in (0..ways.len()).rev() {
            at[stratum] += 1;
            if at[stratum] < ways[stratum].len() {
                continue 'all;
            }
            at[stratum] = 0;
        }
        break;
    }
    let failed = total - found.len() as u64;
    Resamples { found, failed, total, reference: Reference::Enumerated }
}

/// Every way to draw the schools of a stratum: how often each, with the multinomial probability
/// J! / (c_1! ... c_J!) / J^J.
fn ways_of(cases: &Cases, stratum: usize) -> Vec<Way> {
    let j = cases.size(stratum);
    let ln_factorial: Vec<f64> = (0..=j).map(|k| (1..=k).map(|factor| (factor as f64).ln()).sum()).collect();
    let constant = ln_factorial[j] - j as f64 * (j as f64).ln();
    let mut ways = Vec::new();
    let mut counts = vec![0usize; j];
    counts[0] = j;
    loop {
        let mut sums = vec![0.0; cases.width()];
        for (school, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let row = cases.row(stratum, school);
            sums.iter_mut().zip(row).for_each(|(sum, own)| *sum += count as f64 * own);
        }
        let down: f64 = counts.iter().map(|&count| ln_factorial[count]).sum();
        ways.push(Way { sums, probability: (constant - down).exp() });
        if !next_composition(&mut counts) {
            return ways;
        }
    }
}

/// The next of the compositions of J into J parts, from (J, 0, ...) to (0, ..., J).
fn next_composition(counts: &mut [usize]) -> bool {
    let last = counts.len() - 1;
    let Some(place) = (0..last).rev().find(|&place| counts[place] > 0) else { return false };
    let rest = counts[last];
    counts[last] = 0;
    counts[place] -= 1;
    counts[place + 1] = rest + 1;
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compositions_are_complete() {
        let mut counts = [3, 0, 0];
        let mut all = vec![counts];
        while next_composition(&mut counts) {
            all.push(counts);
        }
        assert_eq!(all.len(), 10);
        assert!(all.iter().all(|c| c.iter().sum::<usize>() == 3));
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 10);
    }

    #[test]
    fn counts_of_different_resamples() {
        let cases = |sizes: &[usize]| {
            let strata: Vec<usize> =
                sizes.iter().enumerate().flat_map(|(s, n)| std::iter::repeat_n(s, *n)).collect();
            Cases::new(&strata, &vec![vec![1.0]; strata.len()]).unwrap()
        };
        assert_eq!(different(&cases(&[4])), Some(35));
        assert_eq!(different(&cases(&[8])), Some(6435));
        assert_eq!(different(&cases(&[5, 5])), Some(126 * 126));
        assert_eq!(different(&cases(&[60])), None);
        let probabilities: f64 = ways_of(&cases(&[6]), 0).iter().map(|way| way.probability).sum();
        assert!((probabilities - 1.0).abs() < 1e-13);
    }
}
