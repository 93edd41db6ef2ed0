//! Wild bootstraps, re-assignment of the arms and resampling of schools, each for the estimand of the table.

use std::collections::BTreeMap;

use super::super::Sample;
use super::super::regression::{self, Estimand, Fitted};
use super::{blank, notices, unanswered};
use crate::analysis::findings::{AgreementRow, Draws, InferenceMethod, Method};
use crate::impact::ancova::PRETEST;
use crate::impact::case_bootstrap::{
    CaseBootstrap, CaseOptions, ResampledFit, SchoolValues, bootstrap_coefficient, case_bootstrap,
};
use crate::impact::clusters::{ClusterIndex, cluster_means};
use crate::impact::did::{self, PROGRAM};
use crate::impact::ols::{Design, fit_ols};
use crate::impact::permutation::{ArmPermutation, PermutationStatistic, permutation_of_coefficient};
use crate::impact::resampling::{Reference, ResamplingOptions};
use crate::impact::wild::{WildOptions, WildResiduals, WildScores, WildWeights, wild_bootstrap};
use crate::impact::working::{fit_random_intercept, random_intercept_icc};
use crate::impact::{Arm, ImpactError};

/// Schools below which signs alone give too few patterns, so that Webb's weights are shown too (standards 5.2).
const WEBB_BELOW: usize = 12;

pub(super) fn rows(sample: &Sample<'_>, estimand: Estimand, primary: Method) -> Vec<AgreementRow> {
    let mut rows = wild(sample, estimand, primary);
    if estimand == Estimand::AdjustedDifference && !sample.plan.arms_within_schools {
        rows.extend(permutations(sample));
    }
    let found = schools(sample, estimand);
    rows.push(found.unwrap_or_else(|why| unanswered(InferenceMethod::SchoolBootstrap, &why)));
    rows
}

fn draws(sample: &Sample<'_>) -> u32 {
    u32::try_from(sample.study.study.analysis.permutations).unwrap_or(u32::MAX)
}

/// Wild bootstraps of the regression that the primary method fits, under the working covariance where it has one.
fn wild(sample: &Sample<'_>, estimand: Estimand, primary: Method) -> Vec<AgreementRow> {
    use InferenceMethod::{
        WildJackknife, WildRestricted, WildUnrestricted, WildUnrestrictedJackknife, WildUnrestrictedWebb,
        WildWebb,
    };
    let base = WildOptions {
        draws: draws(sample),
        seed: sample.study.study.analysis.seed,
        alpha: sample.alpha(),
        ..WildOptions::default()
    };
    let unrestricted = WildOptions { residuals: WildResiduals::Unrestricted, ..base };
    let jackknife = |options: WildOptions| WildOptions { scores: WildScores::Jackknife, ..options };
    let mut variants = vec![
        (WildRestricted, base),
        (WildJackknife, jackknife(base)),
        (WildUnrestricted, unrestricted),
        (WildUnrestrictedJackknife, jackknife(unrestricted)),
    ];
    if sample.linked.clusters().is_some_and(|schools| schools < WEBB_BELOW) {
        let webb = |options: WildOptions| WildOptions { weights: WildWeights::Webb, ..options };
        variants.extend([(WildWebb, webb(base)), (WildUnrestrictedWebb, webb(unrestricted))]);
    }
    let fitted = match primary {
        Method::AncovaWorking => regression::working(sample, sample.linked),
        _ => regression::least_squares(estimand, sample, sample.linked),
    };
    match fitted {
        Err(why) => vec![unanswered(WildRestricted, &why)],
        Ok(fitted) => variants.into_iter().map(|(name, options)| one(&fitted, name, &options)).collect(),
    }
}

fn one(fitted: &Fitted, name: InferenceMethod, options: &WildOptions) -> AgreementRow {
    match wild_bootstrap(&fitted.fit, &fitted.contrast, options) {
        Err(why) => unanswered(name, &why),
        Ok(test) => AgreementRow {
            estimate: Some(test.estimate),
            se: Some(test.se),
            ci: test.ci.low.zip(test.ci.high).map(|(low, high)| [low, high]),
            p: Some(test.p),
            draws: Some(Draws { count: test.draws, enumerated: test.reference == Reference::Enumerated }),
            note: notices::open(&test.ci),
            ..blank(name)
        },
    }
}

/// Last score on strata, arm and pretest: the effects of strata first, so that they can be taken out of pairs.
fn adjusted(sample: &Sample<'_>) -> Design {
    let linked = sample.linked;
    let cluster = linked.cluster.as_deref().unwrap_or_default();
    let program: Vec<f64> = sample.roles(linked).into_iter().map(Arm::indicator).collect();
    let strata = sample.strata_columns(linked);
    strata
        .iter()
        .fold(Design::new(&linked.after, cluster), |design, own| design.with(&own.name, &own.values))
        .with(PROGRAM, &program)
        .with(PRETEST, &linked.before)
}

/// Re-assignment of the arms with the coefficient of the primary regression. The working correlation comes from a fit
/// without the arm, so that it is the same under every assignment.
fn permutations(sample: &Sample<'_>) -> Vec<AgreementRow> {
    use InferenceMethod::{Permutation, PermutationStudentised};
    let design = adjusted(sample);
    let mut without = design.clone();
    if let Some(at) = without.names.iter().position(|name| name == PROGRAM) {
        without.names.remove(at);
        without.columns.remove(at);
    }
    let strata = sample.strata(sample.linked);
    let options = ResamplingOptions { draws: draws(sample), seed: sample.study.study.analysis.seed };
    let icc = random_intercept_icc(&without).map_err(ImpactError::from);
    let row = |name, statistic| -> Result<AgreementRow, ImpactError> {
        let data = ArmPermutation {
            design: &design,
            column: PROGRAM,
            strata: strata.as_deref(),
            icc: icc.clone()?,
            statistic,
        };
        let found = permutation_of_coefficient(&data, options)?;
        let test = found.test;
        let enumerated = test.reference == Reference::Enumerated;
        Ok(AgreementRow {
            estimate: Some(found.coefficient),
            p: Some(test.p),
            draws: Some(Draws { count: test.total, enumerated }),
            ..blank(name)
        })
    };
    [
        (Permutation, PermutationStatistic::Coefficient),
        (PermutationStudentised, PermutationStatistic::Studentised),
    ]
    .map(|(name, statistic)| row(name, statistic).unwrap_or_else(|why| unanswered(name, &why)))
    .into()
}

/// Resampling of whole schools, or of whole pairs.
fn schools(sample: &Sample<'_>, estimand: Estimand) -> Result<AgreementRow, ImpactError> {
    let linked = sample.linked;
    let options = CaseOptions {
        draws: draws(sample),
        seed: sample.study.study.analysis.seed,
        alpha: sample.alpha(),
        ..CaseOptions::default()
    };
    let cluster = linked.cluster.as_deref().unwrap_or_default();
    let found = if sample.compares() && sample.plan.arms_within_schools {
        // Every school has both arms: schools of one kind only.
        let fitted = regression::least_squares(estimand, sample, linked)?;
        let unit: Vec<usize> = (0..fitted.fit.clusters.len()).collect();
        let (fit, contrast, stratum) = (&fitted.fit, fitted.contrast.as_slice(), &vec![0; unit.len()]);
        bootstrap_coefficient(&ResampledFit { fit, contrast, unit: &unit, stratum, absorbed: 0 }, &options)?
    } else if estimand == Estimand::AdjustedDifference {
        of_regression(sample, &options)?
    } else {
        let means = cluster_means(&linked.changes(), cluster)?;
        let values: Vec<f64> = means.iter().map(|school| school.mean).collect();
        let blocks = Blocks::of(sample)?;
        match (blocks.arms.as_deref(), &blocks.strata) {
            (Some(arms), Some(strata)) => of_means_within(&values, arms, strata, &options)?,
            (arms, _) => {
                let schools = SchoolValues { values: &values, weights: None, arms, strata: None };
                case_bootstrap(&schools, &options)?
            }
        }
    };
    Ok(row(&found))
}

fn row(found: &CaseBootstrap) -> AgreementRow {
    let (name, interval, p, note) = match found.bootstrap_t {
        Some(interval) => (InferenceMethod::SchoolBootstrap, interval, found.p, None),
        None => {
            let note = Some(notices::percentile());
            (InferenceMethod::SchoolBootstrapPercentile, found.percentile, None, note)
        }
    };
    AgreementRow {
        estimate: Some(found.estimate),
        se: Some(found.bootstrap_se),
        ci: Some([interval.low, interval.high]),
        p,
        draws: Some(Draws { count: found.total, enumerated: found.reference == Reference::Enumerated }),
        note,
        ..blank(name)
    }
}

/// Arms and strata of the schools, in the order of their clusters.
struct Blocks {
    /// None for one group.
    arms: Option<Vec<Arm>>,
    /// None without strata.
    strata: Option<Vec<usize>>,
}

impl Blocks {
    fn of(sample: &Sample<'_>) -> Result<Self, ImpactError> {
        let linked = sample.linked;
        let cluster = linked.cluster.as_deref().unwrap_or_default();
        if !sample.compares() {
            return Ok(Blocks { arms: None, strata: None });
        }
        let means = cluster_means(&linked.changes(), cluster)?;
        let arms = did::cluster_arms(&sample.roles(linked), cluster, &means)?;
        let of_rows = |strata: Vec<usize>| {
            ClusterIndex::new(cluster).iter().filter_map(|(_, rows)| Some(strata[*rows.first()?])).collect()
        };
        Ok(Blocks { arms: Some(arms), strata: sample.strata(linked).map(of_rows) })
    }
}

/// Whether every stratum that has schools of both arms has one of each.
fn are_pairs(arms: &[Arm], strata: &[usize]) -> bool {
    let mut counts: BTreeMap<usize, [usize; 2]> = BTreeMap::new();
    for (arm, stratum) in arms.iter().zip(strata) {
        counts.entry(*stratum).or_default()[usize::from(*arm == Arm::Program)] += 1;
    }
    let mut both = counts.values().filter(|own| own[0] > 0 && own[1] > 0).peekable();
    both.peek().is_some() && both.all(|own| own == &[1, 1])
}

/// What is drawn: schools within arm and stratum, or pairs as a whole.
fn units(arms: &[Arm], strata: Option<&[usize]>) -> (Vec<usize>, Vec<usize>, bool) {
    if let Some(strata) = strata.filter(|strata| are_pairs(arms, strata)) {
        return (strata.to_vec(), vec![0; strata.len()], true);
    }
    let block = |school: usize| strata.map_or(0, |strata| strata[school]);
    let within = (0..arms.len()).map(|school| 2 * block(school) + usize::from(arms[school] == Arm::Program));
    ((0..arms.len()).collect(), within.collect(), false)
}

/// The adjusted difference under the working covariance of the primary method.
fn of_regression(sample: &Sample<'_>, options: &CaseOptions) -> Result<CaseBootstrap, ImpactError> {
    let blocks = Blocks::of(sample)?;
    let fit = fit_random_intercept(&adjusted(sample))?.fit;
    let contrast = fit.contrast(&[(PROGRAM, 1.0)])?;
    let (unit, stratum, paired) = units(blocks.arms.as_deref().unwrap_or_default(), blocks.strata.as_deref());
    // The intercept and the effects of the pairs stand before the arm.
    let before_arm = fit.names.iter().position(|name| name == PROGRAM).unwrap_or(0);
    let absorbed = if paired { before_arm } else { 0 };
    let data = ResampledFit { fit: &fit, contrast: &contrast, unit: &unit, stratum: &stratum, absorbed };
    bootstrap_coefficient(&data, options)
}

/// Difference of school mean changes within strata: of pairs their differences as one group, of strata the coefficient
/// of the arm beside the effects of strata.
fn of_means_within(
    values: &[f64],
    arms: &[Arm],
    strata: &[usize],
    options: &CaseOptions,
) -> Result<CaseBootstrap, ImpactError> {
    if are_pairs(arms, strata) {
        let mut differences: BTreeMap<usize, [Option<f64>; 2]> = BTreeMap::new();
        for ((value, arm), stratum) in values.iter().zip(arms).zip(strata) {
            differences.entry(*stratum).or_default()[usize::from(*arm == Arm::Program)] = Some(*value);
        }
        let differences: Vec<f64> =
            differences.values().filter_map(|[before, own]| Some((*own)? - (*before)?)).collect();
        let pairs = SchoolValues { values: &differences, weights: None, arms: None, strata: None };
        return case_bootstrap(&pairs, options);
    }
    let own: Vec<usize> = (0..values.len()).collect();
    let program: Vec<f64> = arms.iter().map(|arm| arm.indicator()).collect();
    let columns = did::stratum_columns(strata);
    let design = columns
        .iter()
        .fold(Design::new(values, &own), |design, column| design.with(&column.name, &column.values));
    let fit = fit_ols(&design.with(PROGRAM, &program))?;
    let contrast = fit.contrast(&[(PROGRAM, 1.0)])?;
    let (unit, stratum, _) = units(arms, Some(strata));
    let data = ResampledFit { fit: &fit, contrast: &contrast, unit: &unit, stratum: &stratum, absorbed: 0 };
    bootstrap_coefficient(&data, options)
}
