//! Two arms, before and after: difference in differences.

use super::classical::{pooled_t, welch_t};
use super::cluster_mean::test_cluster_values;
use super::clusters::{ClusterIndex, ClusterMean, cluster_means};
use super::ols::{Design, fit_ols};
use super::vcov::{Adjustment, cluster_test};
use super::{Arm, CoefTest, ImpactError};
use crate::num::moments;

/// Name of the program column in two-arm designs.
pub const PROGRAM: &str = "program";

/// Difference in differences with schools as the unit: every school counts the same.
#[derive(Debug, Clone, PartialEq)]
pub struct SchoolDid {
    /// School mean changes regressed on the arm with CR2. Standard error and t are those of Welch; the
    /// degrees of freedom assume equal variances of schools, so they depend on the numbers of schools only.
    pub cr2: CoefTest,
    /// Welch's t: the same standard error, degrees of freedom from the estimated variances.
    pub welch: CoefTest,
    /// The same difference with one pooled variance and J - 2 degrees of freedom.
    pub pooled: CoefTest,
    /// Mean change of each school, schools ascending.
    pub schools: Vec<ClusterMean>,
    /// Arm of each school, in the same order.
    pub arms: Vec<Arm>,
}

/// Difference of the arms in the mean change of schools.
///
/// `change` (post - pre), `arm` and `cluster` have one entry per student.
///
/// # Errors
/// `ClusterInBothArms`, `ArmTooSmall` below two schools in an arm, `NoVariation`.
pub fn did_schools(
    change: &[f64],
    arm: &[Arm],
    cluster: &[usize],
    alpha: f64,
) -> Result<SchoolDid, ImpactError> {
    let schools = cluster_means(change, cluster)?;
    let arms = cluster_arms(arm, cluster, &schools)?;
    let of = |wanted: Arm| -> Vec<f64> {
        schools.iter().zip(&arms).filter(|(_, a)| **a == wanted).map(|(s, _)| s.mean).collect()
    };
    let (program, comparison) = (of(Arm::Program), of(Arm::Comparison));
    let in_schools = |test: CoefTest| CoefTest { n: change.len(), clusters: Some(schools.len()), ..test };
    let welch = in_schools(welch_t(&program, &comparison, alpha)?);
    let pooled = in_schools(pooled_t(&program, &comparison, alpha)?);
    let means: Vec<f64> = schools.iter().map(|s| s.mean).collect();
    let own: Vec<usize> = (0..schools.len()).collect();
    let cr2 = in_schools(did_students(&means, &arms, &own, alpha)?);
    Ok(SchoolDid { cr2, welch, pooled, schools, arms })
}

/// Difference of the arms in the mean change of schools within strata (or pairs): school means on the arm with an
/// effect for each stratum, CR2 with every school a cluster.
///
/// Inputs as [`did_schools`], and the stratum of every student's school. Strata with one arm tell nothing about the
/// difference.
///
/// # Errors
/// `ClusterInBothArms`, `RankDeficient` when no stratum has both arms, `NoResidualDf`, `NoVariation`.
///
/// # References
/// Bruhn & McKenzie (2009), American Economic Journal: Applied Economics 1(4), 200-232 (strata effects belong in
/// the model). Pustejovsky & Tipton (2018), Journal of Business & Economic Statistics 36, 672-683.
pub fn did_schools_within(
    change: &[f64],
    arm: &[Arm],
    cluster: &[usize],
    stratum: &[usize],
    alpha: f64,
) -> Result<CoefTest, ImpactError> {
    moments::check_same_length(stratum.len(), cluster.len())?;
    let schools = cluster_means(change, cluster)?;
    let arms = cluster_arms(arm, cluster, &schools)?;
    let means: Vec<f64> = schools.iter().map(|school| school.mean).collect();
    let own: Vec<usize> = (0..schools.len()).collect();
    let of_school =
        |school: &ClusterMean| cluster.iter().position(|c| *c == school.cluster).map(|at| stratum[at]);
    let strata: Vec<usize> = schools.iter().filter_map(of_school).collect();
    let program: Vec<f64> = arms.iter().map(|a| a.indicator()).collect();
    // Indicators rather than absorbed effects: a stratum holds several clusters, and the adjustment of CR2 must
    // know the leverage that its effect gives them. They come before the arm, so that an arm that they span is
    // dropped and not one of them.
    let design = stratum_columns(&strata)
        .into_iter()
        .fold(Design::new(&means, &own), |design, column| design.with(&column.name, &column.values));
    let fit = fit_ols(&design.with(PROGRAM, &program))?;
    let test = cluster_test(&fit, &fit.contrast(&[(PROGRAM, 1.0)])?, Adjustment::Cr2, alpha)?;
    Ok(CoefTest { n: change.len(), clusters: Some(schools.len()), ..test })
}

/// Difference of the arms in the mean change of students, errors clustered in schools (CR2).
///
/// Inputs as [`did_schools`]; every student counts the same. A school may have students in both arms.
///
/// # Errors
/// `OneClusterDecides` when an arm has a single school, `ArmTooSmall` when it is empty, `NoVariation`.
pub fn did_students(
    change: &[f64],
    arm: &[Arm],
    cluster: &[usize],
    alpha: f64,
) -> Result<CoefTest, ImpactError> {
    check_arms(arm, change.len(), 1)?;
    let program: Vec<f64> = arm.iter().map(|a| a.indicator()).collect();
    let fit = fit_ols(&Design::new(change, cluster).with(PROGRAM, &program))?;
    cluster_test(&fit, &fit.contrast(&[(PROGRAM, 1.0)])?, Adjustment::Cr2, alpha)
}

/// Difference of the arms in the mean change within schools, every school counting the same.
///
/// ```text
/// d_j = mean change of the program in school j - mean change of the comparison in school j
/// estimate = mean of d_j,   SE = SD(d_j) / sqrt(J),   df = J - 1
/// ```
///
/// Inputs as [`did_schools`]; schools with one arm only tell nothing and are left out, their students too.
///
/// # Errors
/// `TooFewClusters` below two schools with both arms, `NoVariation` when all differences are equal,
/// `LengthMismatch`, `NotFinite`.
pub fn did_within_schools(
    change: &[f64],
    arm: &[Arm],
    cluster: &[usize],
    alpha: f64,
) -> Result<CoefTest, ImpactError> {
    moments::check_same_length(arm.len(), change.len())?;
    moments::check_same_length(cluster.len(), change.len())?;
    let (mut values, mut n) = (Vec::new(), 0);
    for (_, rows) in ClusterIndex::new(cluster).iter() {
        let of = |wanted: Arm| -> Vec<f64> {
            rows.iter().filter(|&&row| arm[row] == wanted).map(|&row| change[row]).collect()
        };
        let (program, comparison) = (of(Arm::Program), of(Arm::Comparison));
        if !program.is_empty() && !comparison.is_empty() {
            values.push(moments::mean(&program)? - moments::mean(&comparison)?);
            n += rows.len();
        }
    }
    if values.len() < 2 {
        return Err(ImpactError::TooFewClusters { needed: 2, found: values.len() });
    }
    test_cluster_values(&values, n, alpha)
}

/// The arm of each cluster in `schools`.
///
/// # Errors
/// `ClusterInBothArms`, `LengthMismatch`.
pub fn cluster_arms(
    arm: &[Arm],
    cluster: &[usize],
    schools: &[ClusterMean],
) -> Result<Vec<Arm>, ImpactError> {
    moments::check_same_length(arm.len(), cluster.len())?;
    let share: Vec<f64> = arm.iter().map(|a| a.indicator()).collect();
    let means = cluster_means(&share, cluster)?;
    moments::check_same_length(means.len(), schools.len())?;
    means
        .iter()
        .map(|m| match m.mean {
            0.0 => Ok(Arm::Comparison),
            1.0 => Ok(Arm::Program),
            _ => Err(ImpactError::ClusterInBothArms { cluster: m.cluster }),
        })
        .collect()
}

/// An indicator of one stratum.
#[derive(Debug, Clone, PartialEq)]
pub struct StratumColumn {
    /// Name of the column.
    pub name: String,
    /// 1 in the stratum, 0 elsewhere.
    pub values: Vec<f64>,
}

/// Indicators of all strata but the first, in ascending order; one entry per row.
pub fn stratum_columns(stratum: &[usize]) -> Vec<StratumColumn> {
    let mut strata = stratum.to_vec();
    strata.sort_unstable();
    strata.dedup();
    let column = |wanted: &usize| StratumColumn {
        name: format!("stratum {wanted}"),
        values: stratum.iter().map(|own| f64::from(u8::from(own == wanted))).collect(),
    };
    strata.iter().skip(1).map(column).collect()
}

pub(super) fn check_arms(arm: &[Arm], rows: usize, needed: usize) -> Result<(), ImpactError> {
    moments::check_same_length(arm.len(), rows)?;
    for wanted in [Arm::Program, Arm::Comparison] {
        let found = arm.iter().filter(|a| **a == wanted).count();
        if found < needed {
            return Err(ImpactError::ArmTooSmall { arm: wanted, needed, found });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::{self, close};

    /// CR2 of school means on the arm is Welch's t; its df are Welch's with equal variances put in.
    #[test]
    fn means_on_arm_with_cr2_is_welch() {
        let data = golden::data();
        let keep: Vec<usize> = (0..33).filter(|&i| data.cluster[i] != 8).collect();
        let y: Vec<f64> = keep.iter().map(|&i| data.y[i]).collect();
        let arms: Vec<Arm> = keep.iter().map(|&i| data.arms()[i]).collect();
        let cluster: Vec<usize> = keep.iter().map(|&i| data.cluster[i]).collect();
        let did = did_schools(&y, &arms, &cluster, 0.05).unwrap();
        close(did.cr2.estimate, did.welch.estimate, 1e-12);
        close(did.cr2.se, did.welch.se, 1e-12);
        let (v1, v0) = (1.0 / 4.0, 1.0 / 3.0f64);
        let df = (v1 + v0).powi(2) / (v1 * v1 / 3.0 + v0 * v0 / 2.0);
        close(did.cr2.df, df, 1e-9);
        assert_eq!((did.welch.n, did.welch.clusters, did.pooled.df), (28, Some(7), 5.0));
    }

    /// With two schools a pair, the estimate is the mean of the pairs' differences, CR2 has its variance, and the
    /// degrees of freedom are pairs less one.
    #[test]
    fn pairs_make_the_paired_t() {
        use Arm::{Comparison as C, Program as T};
        let change = [4.0, 1.0, 6.0, 5.5, 2.0, 2.5, 9.0, 4.0, 7.0, 6.0];
        let arm = [T, C, T, C, T, C, T, C, T, C];
        let school: Vec<usize> = (0..10).collect();
        let pair = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4];
        let within = did_schools_within(&change, &arm, &school, &pair, 0.05).unwrap();
        let paired = crate::impact::cluster_mean::test_cluster_values(&[3.0, 0.5, -0.5, 5.0, 1.0], 10, 0.05);
        let paired = paired.unwrap();
        close(within.estimate, paired.estimate, 1e-12);
        close(within.se, paired.se, 1e-12);
        close(within.df, paired.df, 1e-9);
        assert!(did_schools_within(&change, &arm, &school, &school, 0.05).is_err());
        // Strata of two schools each, all of one arm.
        let alike = [0, 1, 0, 1, 2, 3, 2, 3, 2, 3];
        let spanned = did_schools_within(&change, &arm, &school, &alike, 0.05);
        assert_eq!(spanned, Err(ImpactError::RankDeficient { name: PROGRAM.to_owned() }));
    }

    /// Differences 3, 1.5 and 5 within three schools; a fourth school has one arm.
    #[test]
    fn schools_with_both_arms_are_their_own_comparison() {
        use Arm::{Comparison as C, Program as T};
        let change = [6.0, 4.0, 2.0, 7.0, 6.0, 5.0, 9.0, 2.0, 6.0, 90.0];
        let arm = [T, T, C, T, C, C, T, C, C, T];
        let cluster = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3];
        let test = did_within_schools(&change, &arm, &cluster, 0.05).unwrap();
        // 5 - 2, 7 - 5.5, 9 - 4
        let values = [3.0, 1.5, 5.0f64];
        let mean = 9.5 / 3.0;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 2.0;
        close(test.estimate, mean, 1e-14);
        close(test.se, (variance / 3.0).sqrt(), 1e-14);
        assert_eq!((test.df, test.n, test.clusters), (2.0, 9, Some(3)));
        let one = did_within_schools(&change[..3], &arm[..3], &cluster[..3], 0.05);
        assert!(matches!(one, Err(ImpactError::TooFewClusters { found: 1, .. })));
    }

    #[test]
    fn named_outcomes() {
        use Arm::{Comparison as C, Program as T};
        let change = [1.0, 2.0, 3.0, 5.0];
        let both = did_schools(&change, &[T, C, T, C], &[1, 1, 2, 2], 0.05);
        assert_eq!(both, Err(ImpactError::ClusterInBothArms { cluster: 1 }));
        let one = did_schools(&change, &[T, T, C, C], &[1, 1, 2, 2], 0.05);
        assert!(matches!(one, Err(ImpactError::ArmTooSmall { .. })));
        let one = did_students(&change, &[T, T, C, C], &[1, 1, 2, 2], 0.05);
        assert!(matches!(one, Err(ImpactError::OneClusterDecides { .. })));
        assert!(did_students(&[], &[], &[], 0.05).is_err());
        assert!(did_students(&change, &[T; 4], &[1, 2, 3, 4], 0.05).is_err());
    }
}
