//! One group: the test that flips the signs of the school changes.

use super::ImpactError;
use super::resampling::{Reference, ResamplingOptions, ResamplingTest, threshold};
use crate::num::moments;
use crate::num::rng::Stream;

/// Largest number of clusters whose sign patterns are enumerated: 2^20 sums take milliseconds.
pub const MOST_ENUMERATED: usize = 20;

/// Tests whether changes are symmetric about zero by giving them every pattern of signs.
///
/// ```text
/// statistic = mean(change_j),   p = #{ |mean*| >= |mean| } / 2^J
/// ```
///
/// Enumerated up to [`MOST_ENUMERATED`] clusters, sampled above. The smallest p is 2 / 2^J, so that
/// five clusters cannot fall below .0625. `changes` has one value per cluster.
///
/// # Errors
/// `TooFewClusters` below two changes, `NotFinite`.
///
/// # References
/// Fisher (1935), The Design of Experiments, section 21.
pub fn sign_flip_test(changes: &[f64], options: ResamplingOptions) -> Result<ResamplingTest, ImpactError> {
    let j = changes.len();
    if j < 2 {
        return Err(ImpactError::TooFewClusters { needed: 2, found: j });
    }
    moments::check_values(changes, 2)?;
    let observed = moments::sum(changes.iter().copied());
    let limit = threshold(observed, changes.iter().map(|c| c.abs()).sum());
    let statistic = observed / j as f64;
    if j <= MOST_ENUMERATED {
        let (first, second) = changes.split_at(j / 2);
        // Sums of each half once: every pattern is then one addition, without drift from a long chain.
        let (low, high) = (signed_sums(first), signed_sums(second));
        let extreme =
            low.iter().map(|a| high.iter().filter(|b| (a + *b).abs() >= limit).count()).sum::<usize>();
        return Ok(ResamplingTest::new(statistic, extreme as u64, 1 << j, Reference::Enumerated, j));
    }
    let mut stream = Stream::new(options.seed, "sign flip");
    let flipped = |stream: &mut Stream| -> f64 {
        changes.iter().map(|c| if stream.bits() >> 63 == 0 { *c } else { -c }).sum()
    };
    let extreme = (0..options.draws).filter(|_| flipped(&mut stream).abs() >= limit).count() as u64;
    Ok(ResamplingTest::new(statistic, extreme, u64::from(options.draws), Reference::Sampled, j))
}

fn signed_sums(values: &[f64]) -> Vec<f64> {
    values.iter().fold(vec![0.0], |sums, v| sums.iter().flat_map(|s| [s + v, s - v]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::SCHOOL_CHANGES;

    #[test]
    fn worked_school_changes() {
        let test = sign_flip_test(&SCHOOL_CHANGES, ResamplingOptions::default()).unwrap();
        assert_eq!((test.extreme, test.total, test.reference), (22, 8192, Reference::Enumerated));
        assert!((test.p - 0.0026855).abs() < 6e-8);
    }

    #[test]
    fn ties_and_small_numbers() {
        let five = sign_flip_test(&[0.1, 0.2, 0.3, 0.4, 0.5], ResamplingOptions::default()).unwrap();
        assert_eq!(five.p, 0.0625);
        // .1 + .2 against .3: equal in decimals, not in binary; it must count as a tie.
        let tie = sign_flip_test(&[0.1, 0.2, -0.3], ResamplingOptions::default()).unwrap();
        assert_eq!(tie.p, 1.0);
        assert!(sign_flip_test(&[1.0], ResamplingOptions::default()).is_err());
        assert!(sign_flip_test(&[1.0, f64::NAN], ResamplingOptions::default()).is_err());
    }

    #[test]
    fn sampling_agrees_with_enumeration() {
        let mut many = SCHOOL_CHANGES.to_vec();
        many.extend([0.5, -0.7, 1.1, -1.3, 0.2, 0.9, -2.0, 0.4]);
        let test = sign_flip_test(&many, ResamplingOptions::default()).unwrap();
        assert_eq!(test.reference, Reference::Sampled);
        let again = sign_flip_test(&many, ResamplingOptions::default()).unwrap();
        assert_eq!(test, again);
        assert!(test.p > 0.0 && test.p < 0.05);
    }
}
