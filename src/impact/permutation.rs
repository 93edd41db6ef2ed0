//! Two arms: the test that re-assigns arms over schools.

use super::resampling::{Reference, ResamplingOptions, ResamplingTest, threshold};
use super::{Arm, ImpactError};
use crate::num::moments;
use crate::num::rng::Stream;

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

/// The next combination in lexicographic order; false after the last.
fn advance(chosen: &mut [usize], population: usize) -> bool {
    let k = chosen.len();
    let Some(place) = (0..k).rev().find(|&i| chosen[i] < population - k + i) else { return false };
    chosen[place] += 1;
    for i in place + 1..k {
        chosen[i] = chosen[i - 1] + 1;
    }
    true
}

/// Number of combinations, `None` when it exceeds the limit of enumeration by far.
fn choose(n: u64, k: u64) -> Option<u64> {
    let mut total: u64 = 1;
    for step in 1..=k.min(n - k) {
        total = total.checked_mul(n - step + 1)? / step;
    }
    Some(total)
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

    #[test]
    fn named_outcomes() {
        assert!(permutation_test(&[], &[], ResamplingOptions::default()).is_err());
        assert!(permutation_test(&[1.0, 2.0], &arms("TT"), ResamplingOptions::default()).is_err());
        assert!(permutation_test(&[1.0, f64::NAN], &arms("TC"), ResamplingOptions::default()).is_err());
        let flat = permutation_test(&[1.0; 4], &arms("TTCC"), ResamplingOptions::default()).unwrap();
        assert_eq!(flat.p, 1.0);
    }
}
