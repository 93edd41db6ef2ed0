//! The statistics of designs: mean of a group of schools, difference of two arms.

use super::{CaseBootstrap, CaseOptions, Cases, Replicate, Totals, bootstrap_cases};
use crate::impact::{Arm, ImpactError};
use crate::num::{NumError, moments};

/// Rounding left of a sum of squares that should be zero, as a share of its terms.
const ROUNDING: f64 = 1e-12;

/// One value per school (such as the mean change of its students).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SchoolValues<'a> {
    /// The value of each school.
    pub values: &'a [f64],
    /// Weight of each school, such as its number of students; `None`: every school counts the same.
    pub weights: Option<&'a [f64]>,
    /// Arm of each school; `None` where there is one group.
    pub arms: Option<&'a [Arm]>,
    /// Stratum or pair of each school, within which schools are drawn; `None` without strata.
    pub strata: Option<&'a [usize]>,
}

/// Bootstraps the (weighted) mean of the schools, or its difference between the arms, program less
/// comparison.
///
/// ```text
/// theta = sum w v / sum w,   e = w (v - theta)
/// se^2 = sum_s J_s/(J_s - 1) sum_j (e_j - e_s)^2 / (sum w)^2
/// ```
///
/// summed over strata s of an arm; with equal weights and no strata the standard error is s / sqrt(J), so the
/// studentising t is that of the school means.
///
/// # Errors
/// As [`bootstrap_cases`]; `LengthMismatch`, `NotFinite`, `OutOfRange` for a weight that is not positive,
/// `ArmTooSmall` for an arm without schools.
pub fn case_bootstrap(data: &SchoolValues<'_>, options: &CaseOptions) -> Result<CaseBootstrap, ImpactError> {
    check(data)?;
    let j = data.values.len();
    let arm = |school: usize| data.arms.map_or(0, |arms| usize::from(arms[school] == Arm::Program));
    let weight = |school: usize| data.weights.map_or(1.0, |weights| weights[school]);
    let centres = centres(data, &arm, &weight);
    // The number of the stratum has the arm in front: strata of the comparison arm come first.
    let block = |school: usize| data.strata.map_or(0, |strata| strata[school]);
    let mut keys: Vec<(usize, usize)> = (0..j).map(|school| (arm(school), block(school))).collect();
    let of_school = keys.clone();
    keys.sort_unstable();
    keys.dedup();
    let stratum: Vec<usize> = of_school.iter().map(|key| keys.partition_point(|other| other < key)).collect();
    let rows: Vec<Vec<f64>> = (0..j)
        .map(|school| {
            let (w, v) = (weight(school), data.values[school] - centres[arm(school)]);
            vec![w, w * v, w * w, w * w * v, w * w * v * v]
        })
        .collect();
    let arm_of: Vec<usize> = keys.iter().map(|key| key.0).collect();
    let cases = Cases::new(&stratum, &rows)?;
    let compares = data.arms.is_some();
    let statistic = move |totals: &Totals| contrast(totals, &arm_of, centres, compares);
    bootstrap_cases(&cases, &statistic, options)
}

fn check(data: &SchoolValues<'_>) -> Result<(), ImpactError> {
    moments::check_values(data.values, 2)?;
    if let Some(weights) = data.weights {
        moments::check_same_length(data.values.len(), weights.len())?;
        moments::check_values(weights, 2)?;
        if let Some(&value) = weights.iter().find(|w| !(**w > 0.0)) {
            return Err(NumError::OutOfRange { name: "weight", value }.into());
        }
    }
    if let Some(strata) = data.strata {
        moments::check_same_length(data.values.len(), strata.len())?;
    }
    data.arms.map_or(Ok(()), |arms| crate::impact::did::check_arms(arms, data.values.len(), 1))
}

/// The observed mean of each arm: sums are taken about it, so that large values keep their digits.
fn centres(data: &SchoolValues<'_>, arm: &dyn Fn(usize) -> usize, weight: &dyn Fn(usize) -> f64) -> [f64; 2] {
    [0, 1].map(|wanted| {
        let own = || (0..data.values.len()).filter(|&school| arm(school) == wanted);
        let total: f64 = own().map(weight).sum();
        if total > 0.0 {
            moments::sum(own().map(|school| weight(school) * data.values[school])) / total
        } else {
            0.0
        }
    })
}

/// The mean of the only arm, or program less comparison.
fn contrast(totals: &Totals, arm_of: &[usize], centres: [f64; 2], compares: bool) -> Option<Replicate> {
    let group = |arm: usize| mean(totals, |stratum| arm_of[stratum] == arm, centres[arm]);
    if !compares {
        let (estimate, variance) = group(0)?;
        return Some(Replicate { estimate, se: variance.map(f64::sqrt) });
    }
    let ((comparison, v0), (program, v1)) = (group(0)?, group(1)?);
    let se = v0.zip(v1).map(|(v0, v1)| (v0 + v1).sqrt());
    Some(Replicate { estimate: program - comparison, se })
}

/// Mean of an arm and its variance.
fn mean(totals: &Totals, own: impl Fn(usize) -> bool, centre: f64) -> Option<(f64, Option<f64>)> {
    let strata: Vec<usize> = (0..totals.strata()).filter(|stratum| own(*stratum)).collect();
    let sum = |column: usize| -> f64 { strata.iter().map(|s| totals.of(*s)[column]).sum() };
    let weight = sum(0);
    if !(weight > 0.0) {
        return None;
    }
    let theta = sum(1) / weight;
    let variance = strata.iter().try_fold(0.0, |variance, &stratum| {
        let [w, wv, ww, wwv, wwvv] = totals.of(stratum) else { return None };
        let count = totals.count(stratum) as f64;
        let squares = wwvv - 2.0 * theta * wwv + theta * theta * ww;
        let within = squares - (wv - theta * w).powi(2) / count;
        let within = if within > ROUNDING * (wwvv + theta * theta * ww) { within } else { 0.0 };
        (count > 1.0).then(|| variance + count / (count - 1.0) * within / (weight * weight))
    });
    Some((centre + theta, variance))
}
