//! One-way analysis of variance and Levene's test.

use super::ImpactError;
use super::clusters::ClusterIndex;
use crate::num::{dist, moments};

/// A one-way analysis of variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Anova {
    /// Sum of squares between groups.
    pub ss_between: f64,
    /// Sum of squares within groups.
    pub ss_within: f64,
    /// Groups less one.
    pub df_between: f64,
    /// Values less groups.
    pub df_within: f64,
    /// F.
    pub f: f64,
    /// P(F > f).
    pub p: f64,
    /// Values.
    pub n: usize,
    /// Groups.
    pub groups: usize,
}

impl Anova {
    /// Mean square between groups.
    pub fn ms_between(&self) -> f64 {
        self.ss_between / self.df_between
    }

    /// Mean square within groups.
    pub fn ms_within(&self) -> f64 {
        self.ss_within / self.df_within
    }

    /// Share of the sum of squares between groups, eta squared.
    pub fn eta_squared(&self) -> f64 {
        self.ss_between / (self.ss_between + self.ss_within)
    }
}

/// F test that groups have equal means; one group index per value. Students count as independent.
///
/// Values are taken about one of them first, which doubles do without rounding when values lie close
/// together, so that digits far from zero are not lost in the means.
///
/// # Errors
/// `TooFewClusters` below two groups, `NoResidualDf` when no group has two values, `NoVariation` when values
/// do not vary within groups, `LengthMismatch`, `NotFinite`.
///
/// # References
/// Fisher (1925), Statistical Methods for Research Workers, chapter VII. Higham (2002), Accuracy and Stability
/// of Numerical Algorithms, section 1.9.
pub fn one_way(values: &[f64], group: &[usize]) -> Result<Anova, ImpactError> {
    moments::check_same_length(values.len(), group.len())?;
    moments::check_values(values, 1)?;
    let index = ClusterIndex::new(group);
    let (n, groups) = (values.len(), index.len());
    if groups < 2 {
        return Err(ImpactError::TooFewClusters { needed: 2, found: groups });
    }
    if n <= groups {
        return Err(ImpactError::NoResidualDf { rows: n, columns: groups });
    }
    let shifted: Vec<f64> = values.iter().map(|v| v - values[0]).collect();
    let grand = moments::mean(&shifted)?;
    let (mut between, mut within) = (Vec::with_capacity(groups), Vec::with_capacity(n));
    for (_, rows) in index.iter() {
        let own: Vec<f64> = rows.iter().map(|&i| shifted[i]).collect();
        let mean = moments::mean(&own)?;
        between.push(rows.len() as f64 * (mean - grand).powi(2));
        within.extend(own.iter().map(|v| (v - mean).powi(2)));
    }
    let (ss_between, ss_within) = (moments::sum(between), moments::sum(within));
    let scale = shifted.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    let (df_between, df_within) = ((groups - 1) as f64, (n - groups) as f64);
    if (ss_within / df_within).sqrt() <= 1e-14 * scale {
        return Err(ImpactError::NoVariation);
    }
    let f = (ss_between / df_between) / (ss_within / df_within);
    let p = dist::f_sf(f, df_between, df_within)?;
    Ok(Anova { ss_between, ss_within, df_between, df_within, f, p, n, groups })
}

/// From where Levene's test measures deviations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeveneCentre {
    /// The group mean: Levene's own, what SPSS prints first.
    Mean,
    /// The group median: Brown and Forsythe's, robust against skewness.
    Median,
}

/// Levene's test of equal variances: [`one_way`] on absolute deviations.
///
/// # Errors
/// As [`one_way`].
///
/// # References
/// Levene (1960), in Contributions to Probability and Statistics, 278-292. Brown & Forsythe (1974), Journal of
/// the American Statistical Association 69, 364-367.
pub fn levene(values: &[f64], group: &[usize], centre: LeveneCentre) -> Result<Anova, ImpactError> {
    moments::check_same_length(values.len(), group.len())?;
    moments::check_values(values, 1)?;
    let mut deviations = vec![0.0; values.len()];
    for (_, rows) in ClusterIndex::new(group).iter() {
        let own: Vec<f64> = rows.iter().map(|&i| values[i]).collect();
        let middle = match centre {
            LeveneCentre::Mean => moments::mean(&own)?,
            LeveneCentre::Median => moments::quantile(&own, 0.5)?,
        };
        rows.iter().for_each(|&i| deviations[i] = (values[i] - middle).abs());
    }
    one_way(&deviations, group)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::close;

    #[test]
    fn known_table() {
        let found = one_way(&[1.0, 2.0, 3.0, 2.0, 4.0, 6.0], &[0, 0, 0, 1, 1, 1]).unwrap();
        close(found.ss_between, 6.0, 1e-14);
        close(found.ss_within, 10.0, 1e-14);
        close(found.f, 2.4, 1e-14);
        close(found.eta_squared(), 0.375, 1e-14);
        let far = one_way(
            &[1e12 + 1.0, 1e12 + 2.0, 1e12 + 3.0, 1e12 + 2.0, 1e12 + 4.0, 1e12 + 6.0],
            &[0, 0, 0, 1, 1, 1],
        )
        .unwrap();
        close(far.f, 2.4, 1e-14);
    }

    #[test]
    fn named_outcomes() {
        assert!(matches!(one_way(&[1.0, 2.0], &[0, 0]), Err(ImpactError::TooFewClusters { .. })));
        assert!(matches!(one_way(&[1.0, 2.0], &[0, 1]), Err(ImpactError::NoResidualDf { .. })));
        assert_eq!(one_way(&[1.0, 1.0, 2.0, 2.0], &[0, 0, 1, 1]), Err(ImpactError::NoVariation));
        assert!(one_way(&[], &[]).is_err());
        assert!(levene(&[1.0, f64::NAN], &[0, 1], LeveneCentre::Mean).is_err());
    }
}
