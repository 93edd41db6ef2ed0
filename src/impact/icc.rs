//! Intraclass correlation: the share of variance that lies between clusters.

use super::ImpactError;
use super::absorb::fit_within;
use super::clusters::{ClusterIndex, weighted_size};
use super::ols::Design;
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
    /// Typical cluster size n0 = (N - sum n^2 / N) / (J - 1); with arms as in [`anova_icc_within`].
    pub n0: f64,
    /// Size of a student's own cluster, sum n^2 / N.
    pub weighted_size: f64,
    /// Mean square between clusters.
    pub ms_between: f64,
    /// Mean square within clusters.
    pub ms_within: f64,
    /// Degrees of freedom of the two: J - 1 and N - J; with arms as in [`anova_icc_within`].
    pub df: [f64; 2],
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
/// The interval is exact for equal sizes and approximate otherwise (n0 in place of n). Where students belong to
/// arms, take [`anova_icc_within`]: here a difference of the arms counts as one of the clusters.
///
/// # Errors
/// `TooFewClusters` below two clusters, `TooFew` when no cluster has two students, `NoVariation` when
/// students do not vary within clusters.
///
/// # References
/// Searle (1971), Linear Models, section 9.8. Donner (1986), International Statistical Review 54, 67-82.
pub fn anova_icc(values: &[f64], cluster: &[usize], alpha: f64) -> Result<Icc, ImpactError> {
    anova_icc_within(values, cluster, &vec![0; values.len()], alpha)
}

/// The intraclass correlation with the means of arms taken out, so that an effect of the programme does not count
/// as a difference of clusters; `arm` holds one whole number per student.
///
/// ```text
/// SSW = RSS(arm + cluster),   SSB = RSS(arm) - SSW,   df1 = rank(arm, cluster) - A,   df2 = N - rank(arm, cluster)
/// n0 = (N - sum over arms and clusters of n_aj^2 / N_a) / df1
/// ```
///
/// rho and its interval as in [`anova_icc`]. With clusters inside arms df1 = J - A and df2 = N - J; a cluster may
/// also hold students of several arms. Henderson's third method: unbiased variances for any sizes.
///
/// # Errors
/// `TooFewClusters` when clusters do not exceed arms, `NoResidualDf` when nothing is left beside arms and
/// clusters; else as [`anova_icc`].
///
/// # References
/// Henderson (1953), Biometrics 9, 226-252. Searle, Casella & McCulloch (1992), Variance Components, section 5.5.
pub fn anova_icc_within(
    values: &[f64],
    cluster: &[usize],
    arm: &[usize],
    alpha: f64,
) -> Result<Icc, ImpactError> {
    moments::check_same_length(values.len(), cluster.len())?;
    moments::check_same_length(values.len(), arm.len())?;
    moments::check_values(values, 1)?;
    let (clusters, arms) = (ClusterIndex::new(cluster), ClusterIndex::new(arm));
    let (n, j) = (values.len(), clusters.len());
    if j <= arms.len() {
        return Err(ImpactError::TooFewClusters { needed: arms.len() + 1, found: j });
    }
    moments::check_values(values, j + 1)?;
    let parts = Squares::of(values, cluster, &clusters, &arms)?;
    let (ms_between, ms_within) = (parts.between / parts.df1, parts.within / parts.df2);
    let scale = values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    if ms_within.sqrt() <= crate::num::tol::NO_VARIATION * scale {
        return Err(ImpactError::NoVariation);
    }
    let n0 = (n as f64 - own_shares(cluster, &arms)) / parts.df1;
    let from_ratio = |f: f64| (f - 1.0) / (f + n0 - 1.0);
    let f = ms_between / ms_within;
    let low = from_ratio(f / dist::f_quantile(1.0 - 0.5 * alpha, parts.df1, parts.df2)?);
    let high = from_ratio(f / dist::f_quantile(0.5 * alpha, parts.df1, parts.df2)?);
    Ok(Icc {
        value: from_ratio(f),
        ci: Interval { low, high },
        n,
        clusters: j,
        n0,
        weighted_size: weighted_size(&clusters.sizes()),
        ms_between,
        ms_within,
        df: [parts.df1, parts.df2],
    })
}

/// Sums of squares with their degrees of freedom.
struct Squares {
    between: f64,
    within: f64,
    df1: f64,
    df2: f64,
}

impl Squares {
    fn of(
        values: &[f64],
        cluster: &[usize],
        clusters: &ClusterIndex,
        arms: &ClusterIndex,
    ) -> Result<Self, ImpactError> {
        let mean = |values: &[f64], rows: &[usize]| {
            moments::sum(rows.iter().map(|&i| values[i])) / rows.len() as f64
        };
        let mut centred = values.to_vec();
        let mut place = vec![0; values.len()];
        for (own, (_, rows)) in arms.iter().enumerate() {
            let centre = mean(values, rows);
            rows.iter().for_each(|&i| (centred[i], place[i]) = (values[i] - centre, own));
        }
        let (n, j) = (values.len(), clusters.len());
        let nested = clusters.iter().all(|(_, rows)| rows.iter().all(|&i| place[i] == place[rows[0]]));
        if !nested {
            return Squares::crossed(&centred, cluster, &place, [n, j, arms.len()]);
        }
        let (mut between, mut within) = (Vec::with_capacity(j), Vec::with_capacity(n));
        for (_, rows) in clusters.iter() {
            let own = mean(&centred, rows);
            between.push(rows.len() as f64 * own * own);
            within.extend(rows.iter().map(|&i| (centred[i] - own).powi(2)));
        }
        let (df1, df2) = ((j - arms.len()) as f64, (n - j) as f64);
        Ok(Squares { between: moments::sum(between), within: moments::sum(within), df1, df2 })
    }

    /// Some cluster holds students of several arms: arms are estimated within clusters.
    fn crossed(
        centred: &[f64],
        cluster: &[usize],
        place: &[usize],
        [n, j, arms]: [usize; 3],
    ) -> Result<Self, ImpactError> {
        let design = (1..arms).fold(Design::new(centred, cluster), |design, arm| {
            let member: Vec<f64> = place.iter().map(|own| f64::from(u8::from(*own == arm))).collect();
            design.with(&format!("arm {arm}"), &member)
        });
        let found = fit_within(&design, &[cluster])?;
        let rank = j + found.fit.rank();
        let (df1, df2) = ((rank - arms) as f64, (n - rank) as f64);
        let within = found.fit.sigma2 * df2;
        let all = moments::sum(centred.iter().map(|v| v * v));
        Ok(Squares { between: (all - within).max(0.0), within, df1, df2 })
    }
}

/// Sum over arms and clusters of n_aj^2 / N_a.
fn own_shares(cluster: &[usize], arms: &ClusterIndex) -> f64 {
    let of_arm = |rows: &[usize]| {
        let own: Vec<usize> = rows.iter().map(|&i| cluster[i]).collect();
        weighted_size(&ClusterIndex::new(&own).sizes())
    };
    arms.iter().map(|(_, rows)| of_arm(rows)).sum()
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

    /// Arms are taken out: any difference between them leaves the result as it is.
    #[test]
    fn an_effect_does_not_enter() {
        let data = golden::data();
        let arm: Vec<usize> = data.cluster.iter().map(|school| school % 2).collect();
        let crossed: Vec<usize> = (0..data.y.len()).map(|row| row % 2).collect();
        for arm in [&arm, &crossed] {
            let moved: Vec<f64> = data.y.iter().zip(arm).map(|(y, arm)| y + 30.0 * *arm as f64).collect();
            let [before, after] =
                [&data.y, &moved].map(|y| anova_icc_within(y, &data.cluster, arm, 0.05).unwrap());
            close(after.value, before.value, 1e-11);
            close(after.ci.high, before.ci.high, 1e-11);
            assert!(anova_icc(&moved, &data.cluster, 0.05).unwrap().value != after.value);
        }
        let two = anova_icc_within(&[1.0, 2.0, 3.0, 4.0], &[0, 0, 1, 1], &[0, 0, 1, 1], 0.05);
        assert_eq!(two, Err(ImpactError::TooFewClusters { needed: 3, found: 2 }));
    }
}
