//! Whether changes differ between groups of persons: the interaction that comes before any look within groups.
//!
//! One group of schools, before and after: the groups' mean changes are compared. Two arms: the groups'
//! differences between the arms are compared. Either way the contrasts of one least squares fit are tested
//! with CR2, by Satterthwaite's t where there is one contrast and by HTZ where there are several.

use super::absorb::fit_within;
use super::ancova::PRETEST;
use super::clusters::{ClusterIndex, cluster_means};
use super::did::{PROGRAM, StratumColumn, cluster_arms};
use super::ols::{Design, FittedOls, fit_ols};
use super::vcov::{Adjustment, ClusterVariance, WaldTest};
use super::working::fit_random_intercept;
use super::{Arm, CoefTest, ImpactError};
use crate::num::{NumError, moments};

/// Changes with the group, arm and cluster of each person.
#[derive(Debug, Clone, Copy)]
pub struct GroupedChanges<'a> {
    /// Change (post - pre).
    pub change: &'a [f64],
    /// Group, counted from 0 without gaps; group 0 is the reference.
    pub group: &'a [usize],
    /// Arm; none where there is one group of schools.
    pub arm: Option<&'a [Arm]>,
    /// Cluster; give every person an own one where clusters are unknown.
    pub cluster: &'a [usize],
}

/// The test that the groups do not differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Interaction {
    /// Two groups: the second less the first.
    One(CoefTest),
    /// Three and more: all of them together.
    Several(WaldTest),
}

impl GroupedChanges<'_> {
    /// Number of groups.
    pub fn groups(&self) -> usize {
        self.group.iter().map(|g| g + 1).max().unwrap_or(0)
    }

    /// Clusters with persons in each cell: by group, and within a group comparison before program.
    pub fn clusters_per_cell(&self) -> Vec<usize> {
        let arms = if self.arm.is_some() { 2 } else { 1 };
        let mut count = vec![0; arms * self.groups()];
        for (_, rows) in ClusterIndex::new(self.cluster).iter() {
            let mut cells: Vec<usize> = rows.iter().map(|&row| self.cell(row)).collect();
            cells.sort_unstable();
            cells.dedup();
            cells.into_iter().for_each(|cell| count[cell] += 1);
        }
        count
    }

    /// Whether nobody's group differs within a cluster, as for a district.
    pub fn is_cluster_level(&self) -> bool {
        let index = ClusterIndex::new(self.cluster);
        index.iter().all(|(_, rows)| rows.iter().all(|&row| self.group[row] == self.group[rows[0]]))
    }

    fn cell(&self, row: usize) -> usize {
        match self.arm {
            Some(arm) => 2 * self.group[row] + usize::from(arm[row] == Arm::Program),
            None => self.group[row],
        }
    }

    fn check(&self) -> Result<(), ImpactError> {
        let n = self.change.len();
        moments::check_same_length(n, self.group.len())?;
        moments::check_same_length(n, self.cluster.len())?;
        if let Some(arm) = self.arm {
            moments::check_same_length(n, arm.len())?;
        }
        if self.groups() < 2 {
            return Err(NumError::TooFew { needed: 2, found: self.groups() }.into());
        }
        Ok(())
    }
}

/// Tests whether persons' changes differ between groups, errors clustered (CR2).
///
/// ```text
/// one group of schools:  change ~ 1 + [group = g],                       H0: all group coefficients are 0
/// two arms:              change ~ 1 + [group = g] + T + T [group = g],   H0: all T [group = g] are 0
/// ```
///
/// Every person counts the same. Rows: n persons, changes in score units.
///
/// # Errors
/// `TooFew` below two groups, `OneClusterDecides` when a cell has persons of one cluster only,
/// `RankDeficient` when a cell is empty, `NoVariation`, `TooFewClusters`, `LengthMismatch`, `NotFinite`.
///
/// # References
/// Pustejovsky & Tipton (2018), Journal of Business & Economic Statistics 36, 672-683,
/// doi 10.1080/07350015.2016.1247004.
pub fn compare_groups(data: GroupedChanges<'_>, alpha: f64) -> Result<Interaction, ImpactError> {
    data.check()?;
    let is = |g: usize| -> Vec<f64> { data.group.iter().map(|own| f64::from(u8::from(*own == g))).collect() };
    let mut design = Design::new(data.change, data.cluster);
    for g in 1..data.groups() {
        design = design.with(&format!("group {g}"), &is(g));
    }
    if let Some(arm) = data.arm {
        let program: Vec<f64> = arm.iter().map(|arm| arm.indicator()).collect();
        design = design.with(PROGRAM, &program);
        for g in 1..data.groups() {
            let both: Vec<f64> = is(g).iter().zip(&program).map(|(a, b)| a * b).collect();
            design = design.with(&format!("program in group {g}"), &both);
        }
    }
    let fit = fit_ols(&design)?;
    let prefix = if data.arm.is_some() { "program in group" } else { "group" };
    test(&fit, prefix, data.groups(), alpha)
}

fn test(fit: &FittedOls, prefix: &str, groups: usize, alpha: f64) -> Result<Interaction, ImpactError> {
    let contrasts: Vec<Vec<f64>> = (1..groups)
        .map(|g| fit.contrast(&[(format!("{prefix} {g}").as_str(), 1.0)]))
        .collect::<Result<_, _>>()?;
    let variance = ClusterVariance::new(fit, Adjustment::Cr2)?;
    Ok(match contrasts.as_slice() {
        [one] => Interaction::One(variance.test(one, alpha)?),
        several => Interaction::Several(variance.wald(several)?),
    })
}

/// The same for a group that is a property of clusters: their mean changes are compared, every cluster
/// counts the same (HC2, the Welch standard error; Satterthwaite's df under equal variances of clusters).
///
/// # Errors
/// As [`compare_groups`]; `ClusterInBothArms` when a cluster has persons in both arms.
pub fn compare_cluster_groups(data: GroupedChanges<'_>, alpha: f64) -> Result<Interaction, ImpactError> {
    data.check()?;
    let means = cluster_means(data.change, data.cluster)?;
    let index = ClusterIndex::new(data.cluster);
    let group: Vec<usize> = index.iter().map(|(_, rows)| data.group[rows[0]]).collect();
    let arm = data.arm.map(|arm| cluster_arms(arm, data.cluster, &means)).transpose()?;
    let change: Vec<f64> = means.iter().map(|mean| mean.mean).collect();
    let own: Vec<usize> = (0..means.len()).collect();
    let clusters = GroupedChanges { change: &change, group: &group, arm: arm.as_deref(), cluster: &own };
    let n = data.change.len();
    Ok(match compare_groups(clusters, alpha)? {
        Interaction::One(test) => Interaction::One(CoefTest { n, ..test }),
        Interaction::Several(test) => Interaction::Several(WaldTest { n, ..test }),
    })
}

/// Scores of two arms with the group and cluster of each person; all slices have one entry per person.
#[derive(Debug, Clone, Copy)]
pub struct GroupedScores<'a> {
    /// Score after.
    pub after: &'a [f64],
    /// Score before.
    pub before: &'a [f64],
    /// Group, counted from 0 without gaps; group 0 is the reference.
    pub group: &'a [usize],
    /// Arm.
    pub arm: &'a [Arm],
    /// Cluster; give every person an own one where clusters are unknown.
    pub cluster: &'a [usize],
    /// Indicators of strata or pairs within which clusters were assigned; empty without.
    pub strata: &'a [StratumColumn],
}

/// What is assumed of the persons of one cluster when scores after are adjusted for scores before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdjustedModel {
    /// Independent: least squares.
    Plain,
    /// Alike by a random intercept (see [`super::working`]): arms of whole clusters.
    RandomIntercept,
    /// An effect for every cluster, so that arms are compared within clusters.
    WithinClusters,
}

/// Tests whether the difference between the arms, adjusted for the score before, differs between groups (CR2).
///
/// ```text
/// after ~ 1 + [group = g] + T + T [group = g] + before (+ strata),   H0: all T [group = g] are 0
/// ```
///
/// One slope of the score before for all groups. Satterthwaite's t for two groups, HTZ for several; both under the
/// working covariance of the model.
///
/// # Errors
/// As [`compare_groups`]; those of the random-intercept fit in their own words.
///
/// # References
/// Pustejovsky & Tipton (2018), Journal of Business & Economic Statistics 36, 672-683,
/// doi 10.1080/07350015.2016.1247004.
pub fn compare_adjusted_groups(
    data: GroupedScores<'_>,
    model: AdjustedModel,
    alpha: f64,
) -> Result<Interaction, ImpactError> {
    let GroupedScores { after, before, group, arm, cluster, strata } = data;
    let grouped = GroupedChanges { change: after, group, arm: Some(arm), cluster };
    grouped.check()?;
    moments::check_same_length(before.len(), after.len())?;
    let is = |g: usize| -> Vec<f64> { group.iter().map(|own| f64::from(u8::from(*own == g))).collect() };
    let program: Vec<f64> = arm.iter().map(|arm| arm.indicator()).collect();
    let mut design = Design::new(after, cluster);
    for g in 1..grouped.groups() {
        design = design.with(&format!("group {g}"), &is(g));
    }
    design = design.with(PROGRAM, &program);
    for g in 1..grouped.groups() {
        let both: Vec<f64> = is(g).iter().zip(&program).map(|(a, b)| a * b).collect();
        design = design.with(&format!("program in group {g}"), &both);
    }
    design = design.with(PRETEST, before);
    for column in strata {
        design = design.with(&column.name, &column.values);
    }
    let fit = match model {
        AdjustedModel::Plain => fit_ols(&design)?,
        AdjustedModel::RandomIntercept => fit_random_intercept(&design)?.fit,
        AdjustedModel::WithinClusters => fit_within(&design, &[cluster])?.fit,
    };
    test(&fit, "program in group", grouped.groups(), alpha)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::did::{did_schools, did_students};
    use crate::impact::golden::{self, close};

    /// Two groups of one arm are compared as two arms are: the same columns under another name.
    #[test]
    fn two_groups_are_two_arms() {
        let data = golden::data();
        let arms = data.arms();
        let group: Vec<usize> = arms.iter().map(|arm| usize::from(*arm == Arm::Program)).collect();
        let grouped = GroupedChanges { change: &data.y, group: &group, arm: None, cluster: &data.cluster };
        let Interaction::One(found) = compare_groups(grouped, 0.05).unwrap() else { panic!() };
        let did = did_students(&data.y, &arms, &data.cluster, 0.05).unwrap();
        close(found.estimate, did.estimate, 1e-12);
        close(found.se, did.se, 1e-12);
        close(found.df, did.df, 1e-9);
        assert!(grouped.is_cluster_level());
        assert_eq!(grouped.clusters_per_cell(), [4, 4]);
        let Interaction::One(found) = compare_cluster_groups(grouped, 0.05).unwrap() else { panic!() };
        let did = did_schools(&data.y, &arms, &data.cluster, 0.05).unwrap().cr2;
        assert_eq!(found, did);
    }

    #[test]
    fn the_reference_group_does_not_matter() {
        let data = golden::data();
        let group: Vec<usize> = (0..33).map(|i| i % 3).collect();
        let turned: Vec<usize> = group.iter().map(|g| 2 - g).collect();
        let f = |group: &[usize]| {
            let arms = data.arms();
            let grouped = GroupedChanges { change: &data.y, group, arm: Some(&arms), cluster: &data.cluster };
            match compare_groups(grouped, 0.05).unwrap() {
                Interaction::Several(test) => test,
                Interaction::One(_) => panic!(),
            }
        };
        let (a, b) = (f(&group), f(&turned));
        close(a.f, b.f, 1e-9);
        close(a.df2, b.df2, 1e-8);
        assert_eq!(a.df1, 2.0);
    }

    #[test]
    fn named_outcomes() {
        let change = [1.0, 2.0, 4.0, 3.0];
        let of = |group: &'static [usize], cluster: &'static [usize], arm: Option<&'static [Arm]>| {
            compare_groups(GroupedChanges { change: &change, group, arm, cluster }, 0.05)
        };
        let alone = of(&[0, 0, 0, 1], &[0, 1, 2, 3], None);
        assert!(matches!(alone, Err(ImpactError::OneClusterDecides { .. })));
        assert!(matches!(of(&[0; 4], &[0, 1, 2, 3], None), Err(ImpactError::Num(_))));
        use Arm::{Comparison as C, Program as T};
        let empty = of(&[0, 0, 1, 1], &[0, 1, 2, 3], Some(&[C, T, T, T]));
        assert!(matches!(empty, Err(ImpactError::RankDeficient { .. })));
        let both = GroupedChanges {
            change: &change,
            group: &[0, 0, 1, 1],
            arm: Some(&[C, T, C, T]),
            cluster: &[0, 0, 1, 1],
        };
        assert_eq!(compare_cluster_groups(both, 0.05), Err(ImpactError::ClusterInBothArms { cluster: 0 }));
        assert!(!GroupedChanges { group: &[0, 1, 0, 1], ..both }.is_cluster_level());
    }
}
