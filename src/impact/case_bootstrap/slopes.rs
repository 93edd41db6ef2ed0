//! School case bootstrap of the analysis of covariance, with the pretest's slope corrected for its reliability.

use super::{CaseBootstrap, CaseOptions, Cases, Replicate, Totals, bootstrap_cases};
use crate::impact::ancova::AncovaData;
use crate::impact::clusters::ClusterIndex;
use crate::impact::{Arm, ImpactError};
use crate::num::{NumError, moments};

/// Sums within an arm below this share of what they were made of are rounding.
const ROUNDING: f64 = 1e-12;

/// Bootstraps the adjusted difference under an assumed reliability of the pretest, schools drawn within arms.
///
/// ```text
/// theta = (y_T - y_C) - (b / lambda)(x_T - x_C),   b = pooled slope within arms
/// ```
///
/// Equal to [`crate::impact::measurement::corrected_ancova`] without covariates; lambda 1 is the plain analysis.
/// Covariates are not used. The standard error takes lambda as known; there is no studentised interval.
///
/// # Errors
/// As [`bootstrap_cases`]; `OutOfRange` for a reliability outside (0, 1], `ClusterInBothArms`, `ArmTooSmall`.
///
/// # References
/// Trochim (1984), Research Design for Program Evaluation, chapter 6.
pub fn corrected_case_bootstrap(
    data: &AncovaData<'_>,
    reliability: f64,
    options: &CaseOptions,
) -> Result<CaseBootstrap, ImpactError> {
    if !(reliability > 0.0 && reliability <= 1.0) {
        return Err(NumError::OutOfRange { name: "reliability", value: reliability }.into());
    }
    moments::check_same_length(data.pre.len(), data.post.len())?;
    moments::check_same_length(data.cluster.len(), data.post.len())?;
    crate::impact::did::check_arms(data.arm, data.post.len(), 1)?;
    moments::check_values(data.pre, 2)?;
    moments::check_values(data.post, 2)?;
    // Sums about the means of everybody, so that large scores keep their digits.
    let (x0, y0) = (moments::mean(data.pre)?, moments::mean(data.post)?);
    let (mut strata, mut rows) = (Vec::new(), Vec::new());
    for (label, members) in ClusterIndex::new(data.cluster).iter() {
        let program = members.iter().filter(|&&row| data.arm[row] == Arm::Program).count();
        if program != 0 && program != members.len() {
            return Err(ImpactError::ClusterInBothArms { cluster: label });
        }
        let mut sums = vec![0.0; 5];
        for &row in members {
            let (x, y) = (data.pre[row] - x0, data.post[row] - y0);
            sums.iter_mut().zip([1.0, x, y, x * x, x * y]).for_each(|(sum, own)| *sum += own);
        }
        strata.push(usize::from(program > 0));
        rows.push(sums);
    }
    let cases = Cases::new(&strata, &rows)?;
    bootstrap_cases(&cases, &|totals| adjusted(totals, reliability), options)
}

fn adjusted(totals: &Totals, reliability: f64) -> Option<Replicate> {
    let mean = |arm: usize, column: usize| totals.of(arm)[column] / totals.of(arm)[0];
    let within = |column: usize, with: usize| -> f64 {
        (0..2).map(|arm| totals.of(arm)[column] - mean(arm, 1) * totals.of(arm)[with]).sum()
    };
    let (xx, xy) = (within(3, 1), within(4, 2));
    let scale: f64 = (0..2).map(|arm| totals.of(arm)[3]).sum();
    if !(xx > ROUNDING * scale) {
        return None;
    }
    let slope = xy / xx / reliability;
    let difference = |column: usize| mean(1, column) - mean(0, column);
    Some(Replicate { estimate: difference(2) - slope * difference(1), se: None })
}
