//! Two arms: the test that re-assigns arms over schools.
//!
//! Here with one mean per school, in `coefficient` with the arm's coefficient in a regression on students.

mod assignments;
mod coefficient;

use super::clusters::ClusterIndex;
use super::resampling::{Reference, ResamplingOptions, ResamplingTest, threshold};
use super::{Arm, ImpactError};
use crate::num::moments;
use crate::num::rng::Stream;
use assignments::{advance, choose};
pub use coefficient::{ArmPermutation, CoefficientTest, PermutationStatistic, permutation_of_coefficient};

/// Largest number of assignments that are enumerated.
pub const MOST_ENUMERATED: u64 = 200_000;

/// Tests the difference of arm means over schools by re-assigning the arms with their sizes kept.
///
/// ```text
/// statistic = mean_T(m_j) - mean_C(m_j),   p = #{ |statistic*| >= |statistic| } / choose(J, J_T)
/// ```
///
/// `means` and `arms` have one entry per school. Enumerated up to [`MOST_ENUMERATED`] assignments,
/// sampled above. A test of the program only where schools were assigned at random; elsewhere a
/// sensitivity check.
///
/// # Errors
/// `ArmTooSmall` when an arm has no school, `LengthMismatch`, `NotFinite`.
pub fn permutation_test(
    means: &[f64],
    arms: &[Arm],
    options: ResamplingOptions,
) -> Result<ResamplingTest, ImpactError> {
    moments::check_same_length(means.len(), arms.len())?;
    moments::check_values(means, 0)?;
    let j = means.len();
    let treated: Vec<usize> = (0..j).filter(|&i| arms[i] == Arm::Program).collect();
    let k = treated.len();
    for (arm, found) in [(Arm::Program, k), (Arm::Comparison, j - k)] {
        if found == 0 {
            return Err(ImpactError::ArmTooSmall { arm, needed: 1, found });
        }
    }
    // Centred values make the statistic a function of the treated sum alone: S (1/k + 1/(J - k)).
    let centre = moments::mean(means)?;
    let centred: Vec<f64> = means.iter().map(|m| m - centre).collect();
    let treated_sum = |chosen: &[usize]| chosen.iter().map(|&i| centred[i]).sum::<f64>();
    let observed = treated_sum(&treated);
    let limit = threshold(observed, centred.iter().map(|c| c.abs()).sum());
    let statistic = observed * (1.0 / k as f64 + 1.0 / (j - k) as f64);
    let is_extreme = |chosen: &[usize]| treated_sum(chosen).abs() >= limit;
    if let Some(total) = choose(j as u64, k as u64).filter(|total| *total <= MOST_ENUMERATED) {
        let mut chosen: Vec<usize> = (0..k).collect();
        let mut extreme = u64::from(is_extreme(&chosen));
        while advance(&mut chosen, j) {
            extreme += u64::from(is_extreme(&chosen));
        }
        return Ok(ResamplingTest::new(statistic, extreme, total, Reference::Enumerated, j));
    }
    let mut stream = Stream::new(options.seed, "permutation");
    let extreme = (0..options.draws).filter(|_| is_extreme(&stream.sample(j, k))).count() as u64;
    Ok(ResamplingTest::new(statistic, extreme, u64::from(options.draws), Reference::Sampled, j))
}

/// Tests the difference of arm means within strata (or pairs) by re-assigning the arms within each stratum.
///
/// ```text
/// statistic = sum_s (k_s (J_s - k_s) / J_s) d_s / sum_s (k_s (J_s - k_s) / J_s),   d_s = mean_T - mean_C in s
/// ```
///
/// which is the coefficient of the arm in a regression with an effect for each stratum. `means`, `arms` and
/// `strata` have one entry per school. Strata with one arm only tell nothing and stay as they are. Enumerated up
/// to [`MOST_ENUMERATED`] assignments (2^P with P pairs), sampled above.
///
/// # Errors
/// `ArmTooSmall` when no stratum has schools of both arms, `LengthMismatch`, `NotFinite`.
pub fn permutation_within(
    means: &[f64],
    arms: &[Arm],
    strata: &[usize],
    options: ResamplingOptions,
) -> Result<ResamplingTest, ImpactError> {
    moments::check_same_length(means.len(), arms.len())?;
    moments::check_same_length(means.len(), strata.len())?;
    moments::check_values(means, 0)?;
    let blocks: Vec<Block> =
        ClusterIndex::new(strata).iter().filter_map(|(_, rows)| Block::of(rows, means, arms)).collect();
    if blocks.is_empty() {
        let found = arms.iter().filter(|arm| **arm == Arm::Program).count();
        let arm = if found == 0 { Arm::Program } else { Arm::Comparison };
        return Err(ImpactError::ArmTooSmall { arm, needed: 1, found: 0 });
    }
    let weight: f64 = blocks.iter().map(Block::weight).sum();
    let observed: f64 = blocks.iter().map(|block| block.observed).sum();
    let limit = threshold(observed, blocks.iter().flat_map(|b| &b.centred).map(|c| c.abs()).sum());
    let statistic = observed / weight;
    let total = blocks.iter().try_fold(1u64, |total, block| {
        total.checked_mul(choose(block.centred.len() as u64, block.treated as u64)?)
    });
    if let Some(total) = total.filter(|total| *total <= MOST_ENUMERATED) {
        let sums: Vec<Vec<f64>> = blocks.iter().map(Block::all_sums).collect();
        let extreme = count_extreme(&sums, 0.0, limit);
        return Ok(ResamplingTest::new(statistic, extreme, total, Reference::Enumerated, means.len()));
    }
    let mut stream = Stream::new(options.seed, "permutation within strata");
    let mut drawn = || blocks.iter().map(|block| block.drawn(&mut stream)).sum::<f64>();
    let extreme = (0..options.draws).filter(|_| drawn().abs() >= limit).count() as u64;
    let draws = u64::from(options.draws);
    Ok(ResamplingTest::new(statistic, extreme, draws, Reference::Sampled, means.len()))
}

/// The schools of one stratum.
struct Block {
    /// Means less the mean of the stratum.
    centred: Vec<f64>,
    /// Schools of the programme.
    treated: usize,
    /// Sum of their centred means.
    observed: f64,
}

impl Block {
    /// None where the stratum has one arm only.
    fn of(rows: &[usize], means: &[f64], arms: &[Arm]) -> Option<Self> {
        let centre = rows.iter().map(|&row| means[row]).sum::<f64>() / rows.len() as f64;
        let centred: Vec<f64> = rows.iter().map(|&row| means[row] - centre).collect();
        let is_treated = |row: usize| arms[row] == Arm::Program;
        let treated = rows.iter().filter(|row| is_treated(**row)).count();
        let observed = rows.iter().zip(&centred).filter(|(row, _)| is_treated(**row)).map(|(_, c)| c).sum();
        (treated > 0 && treated < rows.len()).then_some(Block { centred, treated, observed })
    }

    fn weight(&self) -> f64 {
        let (k, j) = (self.treated as f64, self.centred.len() as f64);
        k * (j - k) / j
    }

    fn sum(&self, chosen: &[usize]) -> f64 {
        chosen.iter().map(|&place| self.centred[place]).sum()
    }

    fn all_sums(&self) -> Vec<f64> {
        let mut chosen: Vec<usize> = (0..self.treated).collect();
        let mut sums = vec![self.sum(&chosen)];
        while advance(&mut chosen, self.centred.len()) {
            sums.push(self.sum(&chosen));
        }
        sums
    }

    fn drawn(&self, stream: &mut Stream) -> f64 {
        self.sum(&stream.sample(self.centred.len(), self.treated))
    }
}

/// Assignments whose treated sum, added to `so_far`, reaches the limit.
fn count_extreme(sums: &[Vec<f64>], so_far: f64, limit: f64) -> u64 {
    match sums.split_first() {
        None => u64::from(so_far.abs() >= limit),
        Some((first, rest)) => first.iter().map(|sum| count_extreme(rest, so_far + sum, limit)).sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arms(pattern: &str) -> Vec<Arm> {
        pattern.chars().map(|c| if c == 'T' { Arm::Program } else { Arm::Comparison }).collect()
    }

    #[test]
    fn thirteen_schools_are_enumerated() {
        let means: Vec<f64> = (0..13).map(f64::from).collect();
        let test = permutation_test(&means, &arms("CCCCCCCTTTTTT"), ResamplingOptions::default()).unwrap();
        assert_eq!((test.total, test.extreme), (1716, 2));
        assert!((test.statistic - 6.5).abs() < 1e-14);
        let balanced =
            permutation_test(&means[..8], &arms("CCCCTTTT"), ResamplingOptions::default()).unwrap();
        assert_eq!((balanced.total, balanced.extreme), (70, 2));
    }

    #[test]
    fn large_studies_are_sampled_and_repeat() {
        let means: Vec<f64> = (0..40).map(|i| f64::from(i % 7)).collect();
        let arm: Vec<Arm> =
            (0..40).map(|i| if i % 2 == 0 { Arm::Program } else { Arm::Comparison }).collect();
        let test = permutation_test(&means, &arm, ResamplingOptions::default()).unwrap();
        assert_eq!((test.reference, test.total), (Reference::Sampled, 9_999));
        assert_eq!(test, permutation_test(&means, &arm, ResamplingOptions::default()).unwrap());
    }

    /// With pairs the test is the sign-flip test of the pairs' differences; with one stratum the plain one.
    #[test]
    fn pairs_are_sign_flips_and_one_stratum_is_no_stratum() {
        let means = [3.0, 1.0, 6.0, 5.5, 2.0, 2.5, 9.0, 4.0, 7.0, 6.0];
        let pairs = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4];
        let arm = arms("TCTCTCTCTC");
        let options = ResamplingOptions::default();
        let within = permutation_within(&means, &arm, &pairs, options).unwrap();
        let differences = [2.0, 0.5, -0.5, 5.0, 1.0];
        let flips = crate::impact::sign_flip::sign_flip_test(&differences, options).unwrap();
        assert_eq!((within.total, within.extreme), (32, flips.extreme));
        assert!((within.statistic - 1.6).abs() < 1e-12);
        let plain = permutation_test(&means, &arm, options).unwrap();
        let one = permutation_within(&means, &arm, &[7; 10], options).unwrap();
        assert_eq!((one.total, one.extreme), (plain.total, plain.extreme));
        assert!((one.statistic - plain.statistic).abs() < 1e-12);
        // A stratum with one arm adds nothing.
        let alone = permutation_within(&means, &arms("TCTCTCTCTT"), &pairs, options).unwrap();
        assert_eq!(alone.total, 16);
        assert!(permutation_within(&means, &arms("TTCCTTCCTT"), &pairs, options).is_err());
    }

    #[test]
    fn named_outcomes() {
        assert!(permutation_test(&[], &[], ResamplingOptions::default()).is_err());
        assert!(permutation_test(&[1.0, 2.0], &arms("TT"), ResamplingOptions::default()).is_err());
        assert!(permutation_test(&[1.0, f64::NAN], &arms("TC"), ResamplingOptions::default()).is_err());
        let flat = permutation_test(&[1.0; 4], &arms("TTCC"), ResamplingOptions::default()).unwrap();
        assert_eq!(flat.p, 1.0);
    }
}
