//! Shares of students with intervals.

use super::ImpactError;
use super::cluster_mean::test_student_mean;
use crate::num::{Interval, NumError, dist, moments};

/// How the interval of a share was made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ShareInterval {
    /// Cluster-robust (CR2, Satterthwaite's t), cut to 0..=1.
    ClusterRobust {
        /// Degrees of freedom.
        df: f64,
        /// Clusters.
        clusters: usize,
    },
    /// Wilson's score interval of independent students.
    Wilson,
}

/// A share with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// The share, 0..=1.
    pub value: f64,
    /// Its interval.
    pub ci: Interval,
    /// Students.
    pub n: usize,
    /// How the interval was made.
    pub method: ShareInterval,
}

/// Share of students as the mean of one value in 0..=1 per student (1 yes, 0 no, halves for ties), with
/// an interval that respects clusters.
///
/// # Errors
/// `OutOfRange` for values outside 0..=1, `TooFewClusters` below two, `NoVariation` when all students
/// agree (then only the count can be reported).
pub fn clustered_share(values: &[f64], cluster: &[usize], alpha: f64) -> Result<Share, ImpactError> {
    check_shares(values)?;
    let test = test_student_mean(values, cluster, alpha)?;
    let method = ShareInterval::ClusterRobust { df: test.df, clusters: test.clusters.unwrap_or(0) };
    Ok(Share { value: test.estimate.clamp(0.0, 1.0), ci: test.ci.clamped(0.0, 1.0), n: test.n, method })
}

/// Share of independent students with Wilson's interval; exists for 0% and 100% too.
///
/// ```text
/// (p + z^2/2n  -/+  z sqrt(p (1 - p)/n + z^2/4n^2)) / (1 + z^2/n)
/// ```
///
/// # Errors
/// `TooFew` when empty, `OutOfRange` for values outside 0..=1 or alpha outside (0, 1).
///
/// # References
/// Wilson (1927), Journal of the American Statistical Association 22, 209-212.
pub fn wilson_share(values: &[f64], alpha: f64) -> Result<Share, ImpactError> {
    check_shares(values)?;
    let n = values.len() as f64;
    let p = moments::mean(values)?;
    let z = dist::t_critical(alpha, f64::INFINITY)?;
    let square = z * z / n;
    let centre = (p + 0.5 * square) / (1.0 + square);
    let half = z * (p * (1.0 - p) / n + 0.25 * square / n).sqrt() / (1.0 + square);
    let ci = Interval::around(centre, half).clamped(0.0, 1.0);
    Ok(Share { value: p, ci, n: values.len(), method: ShareInterval::Wilson })
}

fn check_shares(values: &[f64]) -> Result<(), ImpactError> {
    moments::check_values(values, 1)?;
    match values.iter().find(|v| !(0.0..=1.0).contains(*v)) {
        Some(&value) => Err(NumError::OutOfRange { name: "share", value }.into()),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::close;

    #[test]
    fn wilson_at_known_values() {
        // R: prop.test(15, 20, correct = FALSE)$conf.int
        let values: Vec<f64> = (0..20).map(|i| f64::from(u8::from(i < 15))).collect();
        let share = wilson_share(&values, 0.05).unwrap();
        close(share.ci.low, 0.5312992, 1e-6);
        close(share.ci.high, 0.8881382985923344, 1e-12);
        let none = wilson_share(&[0.0; 12], 0.05).unwrap();
        assert!(none.ci.low == 0.0 && none.ci.high > 0.0);
    }

    #[test]
    fn named_outcomes() {
        assert!(wilson_share(&[], 0.05).is_err());
        assert!(wilson_share(&[2.0], 0.05).is_err());
        assert_eq!(clustered_share(&[1.0; 4], &[0, 0, 1, 1], 0.05), Err(ImpactError::NoVariation));
        let share = clustered_share(&[1.0, 1.0, 1.0, 0.0, 1.0, 1.0], &[0, 0, 1, 1, 2, 2], 0.05).unwrap();
        assert!(share.ci.high <= 1.0 && share.ci.low >= 0.0);
    }
}
