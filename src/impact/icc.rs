//! Intraclass correlation: the share of variance that lies between clusters.

use super::ImpactError;
use super::clusters::{ClusterIndex, weighted_size};
use crate::num::{Interval, dist, moments};

/// One-way analysis of variance of students in clusters and its intraclass correlation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Icc {
    /// The correlation, with its sign: a negative value says that clusters differ less than chance.
    pub value: f64,
    /// Searle's interval.
    pub ci: Interval,
    /// Students.
    pub n: usize,
    /// Clusters.
    pub clusters: usize,
    /// Typical cluster size n0 = (N - sum n^2 / N) / (J - 1).
    pub n0: f64,
    /// Size of a student's own cluster, sum n^2 / N.
    pub weighted_size: f64,
    /// Mean square between clusters.
    pub ms_between: f64,
    /// Mean square within clusters.
    pub ms_within: f64,
}

impl Icc {
    /// Kish's design effect 1 + (n - 1) rho of a mean, with n the weighted size and rho not below 0.
    pub fn design_effect(&self) -> f64 {
        1.0 + (self.weighted_size - 1.0) * self.value.max(0.0)
    }
}

/// ANOVA estimator of the intraclass correlation, `values` and `cluster` one entry per student.
///
/// ```text
/// rho = (MSB - MSW) / (MSB + (n0 - 1) MSW)
/// low = (F/Fq(1 - alpha/2) - 1) / (F/Fq(1 - alpha/2) + n0 - 1),  high with Fq(alpha/2), df J-1 and N-J
/// ```
///
/// The interval is exact for equal sizes and approximate otherwise (n0 in place of n).
///
/// # Errors
/// `TooFewClusters` below two clusters, `TooFew` when no cluster has two students, `NoVariation` when
/// students do not vary within clusters.
///
/// # References
/// Searle (1971), Linear Models, section 9.8. Donner (1986), International Statistical Review 54, 67-82.
pub fn anova_icc(values: &[f64], cluster: &[usize], alpha: f64) -> Result<Icc, ImpactError> {
    moments::check_same_length(values.len(), cluster.len())?;
    moments::check_values(values, 1)?;
    let index = ClusterIndex::new(cluster);
    let (n, j) = (values.len(), index.len());
    if j < 2 {
        return Err(ImpactError::TooFewClusters { needed: 2, found: j });
    }
    moments::check_values(values, j + 1)?;
    let grand = moments::mean(values)?;
    let (mut between, mut within) = (Vec::with_capacity(j), Vec::with_capacity(n));
    for (_, rows) in index.iter() {
        let own: Vec<f64> = rows.iter().map(|&i| values[i]).collect();
        let mean = moments::mean(&own)?;
        between.push(rows.len() as f64 * (mean - grand).powi(2));
        within.extend(own.iter().map(|v| (v - mean).powi(2)));
    }
    let (df1, df2) = ((j - 1) as f64, (n - j) as f64);
    let (ms_between, ms_within) = (moments::sum(between) / df1, moments::sum(within) / df2);
    let scale = values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    if ms_within.sqrt() <= crate::num::tol::NO_VARIATION * scale {
        return Err(ImpactError::NoVariation);
    }
    let weighted = weighted_size(&index.sizes());
    let n0 = (n as f64 - weighted) / df1;
    let from_ratio = |f: f64| (f - 1.0) / (f + n0 - 1.0);
    let f = ms_between / ms_within;
    let low = from_ratio(f / dist::f_quantile(1.0 - 0.5 * alpha, df1, df2)?);
    let high = from_ratio(f / dist::f_quantile(0.5 * alpha, df1, df2)?);
    Ok(Icc {
        value: from_ratio(f),
        ci: Interval { low, high },
        n,
        clusters: j,
        n0,
        weighted_size: weighted,
        ms_between,
        ms_within,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::{self, close};

    #[test]
    fn worked_data_set() {
        let data = golden::data();
        let icc = anova_icc(&data.y, &data.cluster, 0.05).unwrap();
        close(icc.ms_between, 49.86408, 6e-6);
        close(icc.ms_within, 45.03321, 6e-6);
        close(icc.n0, 4.103896, 6e-7);
        close(icc.value, 0.0254736, 6e-8);
        assert!(icc.ci.low < icc.value && icc.value < icc.ci.high);
    }

    /// Standards 2.2 and 9.3: 13 schools of 25 at an ICC of .2 act like 56 students, and a standard error that ignores
    /// schools is 2.4 times too small.
    #[test]
    fn worked_design_effect() {
        let data = golden::data();
        let own = anova_icc(&data.y, &data.cluster, 0.05).unwrap();
        let icc = Icc { value: 0.2, weighted_size: weighted_size(&[25; 13]), ..own };
        close(icc.design_effect(), 5.8, 1e-12);
        close(325.0 / icc.design_effect(), 56.0, 0.5);
        close(icc.design_effect().sqrt(), 2.4, 0.05);
    }

    #[test]
    fn sign_is_kept_and_outcomes_are_named() {
        let negative = anova_icc(&[1.0, 5.0, 1.1, 5.1, 0.9, 5.2], &[0, 0, 1, 1, 2, 2], 0.05).unwrap();
        assert!(negative.value < 0.0 && negative.design_effect() == 1.0);
        assert!(matches!(anova_icc(&[1.0, 2.0], &[0, 0], 0.05), Err(ImpactError::TooFewClusters { .. })));
        assert!(anova_icc(&[1.0, 2.0], &[0, 1], 0.05).is_err());
        assert_eq!(anova_icc(&[1.0, 1.0, 2.0, 2.0], &[0, 0, 1, 1], 0.05), Err(ImpactError::NoVariation));
        assert!(anova_icc(&[], &[], 0.05).is_err());
        assert!(anova_icc(&[1.0, 2.0, 3.0, 5.0], &[0, 0, 1, 1], 0.0).is_err());
    }
}
