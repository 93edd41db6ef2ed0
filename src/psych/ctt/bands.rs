//! Groups of persons with similar scores.

use std::ops::Range;

use crate::num::NumError;

/// Scores closer than this are equal: sums of the same few points differ by rounding only.
const SAME_SCORE: f64 = 1e-9;

/// Places of up to `bands` groups of about equal size among persons sorted by score.
///
/// Equal scores stay in one group, so that there may be fewer groups.
///
/// # Errors
/// `OutOfRange` without bands.
pub(super) fn score_bands<T>(
    sorted: &[T],
    score: impl Fn(&T) -> f64,
    bands: usize,
) -> Result<Vec<Range<usize>>, NumError> {
    if bands == 0 {
        return Err(NumError::OutOfRange { name: "bands", value: 0.0 });
    }
    let mut found = Vec::new();
    let mut start = 0;
    for band in 1..=bands {
        let mut end = (sorted.len() * band / bands).max(start);
        while end > start && end < sorted.len() && score(&sorted[end]) - score(&sorted[end - 1]) < SAME_SCORE
        {
            end += 1;
        }
        if end > start {
            found.push(start..end);
        }
        start = end;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_stay_together_and_nobody_is_lost() {
        let scores = [1., 1., 1., 2., 3., 4., 4., 5.];
        let found = score_bands(&scores, |s| *s, 4).unwrap();
        assert_eq!(found, [0..3, 3..4, 4..7, 7..8]);
        assert_eq!(score_bands(&scores, |s| *s, 1).unwrap(), vec![0..8]);
        assert!(score_bands(&scores[..0], |s| *s, 3).unwrap().is_empty());
        assert!(score_bands(&scores, |s| *s, 0).is_err());
    }
}
