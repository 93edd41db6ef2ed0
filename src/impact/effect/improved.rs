//! Share of students who improved.

use crate::impact::ImpactError;
use crate::impact::proportion::{Share, clustered_share, wilson_share};
use crate::num::moments;

/// Counts of improved, unchanged and declined students, and the share improved with ties as half.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShareImproved {
    /// Students who scored higher after.
    pub improved: usize,
    /// Students with equal scores.
    pub tied: usize,
    /// Students who scored lower after.
    pub declined: usize,
    /// (improved + tied / 2) / n with its interval.
    pub share: Share,
}

/// The probability that a student scored higher after than before, ties counted half.
///
/// `cluster` gives a cluster-robust interval; without it students are taken as independent (Wilson).
///
/// # Errors
/// `LengthMismatch`, `TooFew` when empty, `NotFinite`; with clusters `TooFewClusters` and `NoVariation`.
pub fn share_improved(
    pre: &[f64],
    post: &[f64],
    cluster: Option<&[usize]>,
    alpha: f64,
) -> Result<ShareImproved, ImpactError> {
    moments::check_same_length(pre.len(), post.len())?;
    moments::check_values(pre, 1)?;
    moments::check_values(post, 1)?;
    let won = |(a, b): (&f64, &f64)| {
        if b > a {
            1.0
        } else if b < a {
            0.0
        } else {
            0.5
        }
    };
    let values: Vec<f64> = pre.iter().zip(post).map(won).collect();
    let count = |wanted: f64| values.iter().filter(|v| **v == wanted).count();
    let share = match cluster {
        Some(cluster) => clustered_share(&values, cluster, alpha)?,
        None => wilson_share(&values, alpha)?,
    };
    Ok(ShareImproved { improved: count(1.0), tied: count(0.5), declined: count(0.0), share })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_count_half() {
        let found = share_improved(&[1.0, 2.0, 3.0, 4.0], &[2.0, 2.0, 2.0, 5.0], None, 0.05).unwrap();
        assert_eq!((found.improved, found.tied, found.declined, found.share.value), (2, 1, 1, 0.625));
        let schools = [0, 0, 1, 1];
        assert!(share_improved(&[1.0, 2.0, 3.0, 4.0], &[2.0, 2.0, 2.0, 5.0], Some(&schools), 0.05).is_ok());
        assert!(share_improved(&[], &[], None, 0.05).is_err());
    }
}
