//! The regression on students that stands behind an estimand, and the mixed model beside it.

use super::Sample;
use crate::analysis::findings::{Method, Notice};
use crate::analysis::frame::Linked;
use crate::analysis::notices;
use crate::impact::absorb::fit_within;
use crate::impact::ancova::PRETEST;
use crate::impact::clusters::{ClusterIndex, cluster_means};
use crate::impact::did::{self, PROGRAM, StratumColumn};
use crate::impact::mixed::{FittedMixed, Likelihood, MixedError, RandomTerm, fit_mixed};
use crate::impact::ols::{Design, FittedOls, INTERCEPT, fit_ols};
use crate::impact::vcov::{Adjustment, cluster_test};
use crate::impact::working::fit_random_intercept;
use crate::impact::{Arm, CoefTest, ImpactError};

/// Name of the column that is 1 at the last wave.
const WAVE: &str = "wave";
/// Name of the column that is 1 for the programme at the last wave.
const WAVE_PROGRAM: &str = "wave x program";
/// Name of the column of the school's mean pretest.
const SCHOOL_PRETEST: &str = "school mean pretest";
/// Name of the random term of a school's wave.
pub(super) const SCHOOL_WAVE: &str = "school and wave";

/// What is estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Estimand {
    /// Mean change of one group.
    MeanChange,
    /// Difference of the arms in their change.
    DifferenceInChange,
    /// Difference of the arms after, adjusted for before.
    AdjustedDifference,
}

impl Estimand {
    /// What a method of the plan estimates.
    pub fn of(method: Method, compares: bool) -> Self {
        match (method, compares) {
            (method, true) if method.is_adjusted() => Estimand::AdjustedDifference,
            (_, true) => Estimand::DifferenceInChange,
            (_, false) => Estimand::MeanChange,
        }
    }

    /// Its name in the findings.
    pub fn name(self) -> &'static str {
        match self {
            Estimand::MeanChange => "mean_change",
            Estimand::DifferenceInChange => "difference_in_change",
            Estimand::AdjustedDifference => "adjusted_difference",
        }
    }
}

/// A fit with the contrast that is the estimate.
pub(super) struct Fitted {
    /// Least squares on students.
    pub fit: FittedOls,
    /// One weight per kept column.
    pub contrast: Vec<f64>,
}

impl Fitted {
    fn new(fit: FittedOls, wanted: &str) -> Result<Self, ImpactError> {
        let contrast = fit.contrast(&[(wanted, 1.0)])?;
        Ok(Fitted { fit, contrast })
    }
}

/// Least squares on the linked students, with strata; arms that share schools are compared within schools.
pub(super) fn least_squares(
    estimand: Estimand,
    sample: &Sample<'_>,
    linked: &Linked,
) -> Result<Fitted, ImpactError> {
    let (design, wanted) = match estimand {
        Estimand::MeanChange => (intercepts(&linked.changes(), sample, linked), INTERCEPT),
        Estimand::DifferenceInChange => (changes(sample, linked), PROGRAM),
        Estimand::AdjustedDifference => (adjusted(sample, linked), PROGRAM),
    };
    let cluster = linked.cluster.as_deref().unwrap_or_default();
    let fit = if estimand != Estimand::MeanChange && sample.arms_share_schools(linked) {
        fit_within(&design, &[cluster])?.fit
    } else {
        fit_ols(&design)?
    };
    Fitted::new(fit, wanted)
}

/// The regression with every person weighted: rows times the root of their weights, then least squares, so that the
/// working model of CR2 has variances inverse to the weights. This is clubSandwich on the transformed rows; on
/// `lm(weights = )` it takes another root of the adjustment with `target = 1 / weights` (as unbiased under that model)
/// and equal variances by default, and differs from this in the third digit. Where arms share schools, the weighted
/// means of the schools are taken out first, which is the weighted fit with an effect for each school.
pub(super) fn weighted(
    estimand: Estimand,
    sample: &Sample<'_>,
    linked: &Linked,
    weights: &[f64],
) -> Result<Fitted, ImpactError> {
    let cluster = linked.cluster.as_deref().unwrap_or_default();
    let within = estimand != Estimand::MeanChange && sample.arms_share_schools(linked);
    let times = |values: &[f64]| -> Vec<f64> {
        let values = if within { less_school_means(values, cluster, weights) } else { values.to_vec() };
        values.iter().zip(weights).map(|(value, weight)| value * weight.sqrt()).collect()
    };
    let mut design = Design {
        names: Vec::new(),
        columns: Vec::new(),
        y: times(&linked.changes()),
        cluster: cluster.to_vec(),
    };
    if !within {
        design = design.with(INTERCEPT, &times(&vec![1.0; linked.len()]));
        // Strata are effects of schools, which the schools' own take up.
        for column in sample.strata_columns(linked) {
            design = design.with(&column.name, &times(&column.values));
        }
    }
    if estimand == Estimand::MeanChange {
        return Fitted::new(fit_ols(&design)?, INTERCEPT);
    }
    Fitted::new(fit_ols(&design.with(PROGRAM, &times(&program(sample, linked))))?, PROGRAM)
}

/// The values less the weighted mean of their school.
fn less_school_means(values: &[f64], cluster: &[usize], weights: &[f64]) -> Vec<f64> {
    let mut less = values.to_vec();
    for (_, rows) in ClusterIndex::new(cluster).iter() {
        let total: f64 = rows.iter().map(|&row| weights[row]).sum();
        let mean = rows.iter().map(|&row| weights[row] * values[row]).sum::<f64>() / total;
        rows.iter().for_each(|&row| less[row] -= mean);
    }
    less
}

/// Last score on arm and pretest with students of one school alike in the working covariance.
pub(super) fn working(sample: &Sample<'_>, linked: &Linked) -> Result<Fitted, ImpactError> {
    Fitted::new(fit_random_intercept(&adjusted(sample, linked))?.fit, PROGRAM)
}

/// Last score on arm, pretest and the mean pretest of the school's linked students (and strata): a school that
/// started higher may also grow faster than its students' own scores foretell. Least squares on students.
pub(super) fn contextual(sample: &Sample<'_>, linked: &Linked) -> Result<Fitted, ImpactError> {
    let cluster = linked.cluster.as_deref().unwrap_or_default();
    let mut means = vec![0.0; linked.len()];
    for (_, rows) in ClusterIndex::new(cluster).iter() {
        let mean = rows.iter().map(|&row| linked.before[row]).sum::<f64>() / rows.len() as f64;
        rows.iter().for_each(|&row| means[row] = mean);
    }
    let design = intercepts(&linked.after, sample, linked).with(PRETEST, &linked.before);
    let design = design.with(SCHOOL_PRETEST, &means).with(PROGRAM, &program(sample, linked));
    Fitted::new(fit_ols(&design)?, PROGRAM)
}

/// School means of the last scores on arm and school means of the first (and strata), every school alike, CR2 with
/// every school a cluster and Satterthwaite's degrees of freedom.
pub(super) fn school_means(sample: &Sample<'_>, linked: &Linked) -> Result<CoefTest, ImpactError> {
    let cluster = linked.cluster.as_deref().unwrap_or_default();
    let (before, after) = (cluster_means(&linked.before, cluster)?, cluster_means(&linked.after, cluster)?);
    let arms = did::cluster_arms(&sample.roles(linked), cluster, &after)?;
    let own: Vec<usize> = (0..after.len()).collect();
    let values = |schools: &[crate::impact::clusters::ClusterMean]| -> Vec<f64> {
        schools.iter().map(|school| school.mean).collect()
    };
    let program: Vec<f64> = arms.into_iter().map(Arm::indicator).collect();
    let strata = sample.strata_of_schools(linked, &after).map(|strata| did::stratum_columns(&strata));
    let design = with_columns(Design::new(&values(&after), &own), &strata.unwrap_or_default());
    let fit = fit_ols(&design.with(PRETEST, &values(&before)).with(PROGRAM, &program))?;
    let test = cluster_test(&fit, &fit.contrast(&[(PROGRAM, 1.0)])?, Adjustment::Cr2, sample.alpha())?;
    Ok(CoefTest { n: linked.len(), clusters: Some(after.len()), ..test })
}

/// A fitted mixed model with its contrast.
pub(super) struct FittedModel {
    /// The fit.
    pub fit: FittedMixed,
    /// One weight per kept column.
    pub contrast: Vec<f64>,
    /// Variances at zero and other terms that the data could not fill.
    pub notes: Vec<Notice>,
}

impl FittedModel {
    fn new(fit: FittedMixed, wanted: &str) -> Result<Self, MixedError> {
        let contrast = fit.contrast(&[(wanted, 1.0)])?;
        let notes = fit.singular.iter().map(|found| notices::singular(found, SCHOOL_WAVE)).collect();
        Ok(FittedModel { fit, contrast, notes })
    }
}

/// The multisite model: last score on arm and pretest (or change on arm) and strata, intercept and difference of the
/// arms varying over schools. Where the two cannot be fitted together, they vary independently, and a note says so.
pub(super) fn multisite(
    estimand: Estimand,
    sample: &Sample<'_>,
    linked: &Linked,
) -> Result<FittedModel, MixedError> {
    let values = program(sample, linked);
    let design = match estimand {
        Estimand::AdjustedDifference => adjusted(sample, linked),
        _ => changes(sample, linked),
    };
    let name = PROGRAM.to_owned();
    let pair = [RandomTerm::SchoolAndSlope { name: name.clone(), values: values.clone() }];
    if let Ok(fit) = fit_mixed(&design, &pair, Likelihood::Restricted) {
        return FittedModel::new(fit, PROGRAM);
    }
    let apart = [RandomTerm::School, RandomTerm::Slope { name, values }];
    let mut model = FittedModel::new(fit_mixed(&design, &apart, Likelihood::Restricted)?, PROGRAM)?;
    model.notes.insert(0, notices::mixed_fallback());
    Ok(model)
}

/// The mixed model of the same question, strata among its fixed effects; the multisite model where arms share
/// schools.
pub(super) fn mixed(
    estimand: Estimand,
    sample: &Sample<'_>,
    linked: &Linked,
) -> Result<FittedModel, MixedError> {
    if estimand != Estimand::MeanChange && sample.arms_share_schools(linked) {
        return multisite(estimand, sample, linked);
    }
    if estimand == Estimand::AdjustedDifference {
        let fit = fit_mixed(&adjusted(sample, linked), &[RandomTerm::School], Likelihood::Restricted)?;
        return FittedModel::new(fit, PROGRAM);
    }
    let model = three_terms(estimand, sample, linked, &sample.strata_columns(linked))?;
    // A school that does not differ from the others in its change leaves students as the only evidence.
    if model.fit.component(SCHOOL_WAVE)?.estimate <= 0.0 {
        return Err(MixedError::NoSchoolVariance);
    }
    Ok(model)
}

/// The mixed model of the scores of both waves without covariates, strata or effects of schools: its variances are
/// those that effect sizes are divided by. A variance of zero is an answer here.
pub(super) fn components(
    estimand: Estimand,
    sample: &Sample<'_>,
    linked: &Linked,
) -> Result<FittedModel, MixedError> {
    three_terms(estimand, sample, linked, &[])
}

/// Scores of two waves need three random terms: school, school and wave, student; without the second, students would
/// count as independent evidence of the change (standards 0). A stratum has a level and a change of its own.
fn three_terms(
    estimand: Estimand,
    sample: &Sample<'_>,
    linked: &Linked,
    strata: &[StratumColumn],
) -> Result<FittedModel, MixedError> {
    let cluster = linked.cluster.as_deref().unwrap_or_default();
    let twice = |values: &[f64]| [values, values].concat();
    let wave = [vec![0.0; linked.len()], vec![1.0; linked.len()]].concat();
    let last = |values: &[f64]| [vec![0.0; values.len()], values.to_vec()].concat();
    let schools = [cluster, cluster].concat();
    let scores = [linked.before.as_slice(), linked.after.as_slice()].concat();
    let unit =
        schools.iter().zip(&wave).map(|(school, wave)| 2 * school + usize::from(*wave > 0.5)).collect();
    let mut design = Design::new(&scores, &schools).with(WAVE, &wave);
    for column in strata {
        let name = format!("{WAVE} x {}", column.name);
        design = design.with(&column.name, &twice(&column.values)).with(&name, &last(&column.values));
    }
    if estimand == Estimand::DifferenceInChange {
        let program = program(sample, linked);
        design = design.with(PROGRAM, &twice(&program)).with(WAVE_PROGRAM, &last(&program));
    }
    let person = (0..linked.len()).chain(0..linked.len()).collect();
    let terms = [
        RandomTerm::School,
        RandomTerm::WithinSchool { name: SCHOOL_WAVE.to_owned(), unit },
        RandomTerm::Student { person },
    ];
    let fit = fit_mixed(&design, &terms, Likelihood::Restricted)?;
    FittedModel::new(fit, if estimand == Estimand::MeanChange { WAVE } else { WAVE_PROGRAM })
}

/// Values on the intercept and the strata, which come before the arm: an arm that they span is then dropped, which is
/// an error, instead of one of them, which would leave a difference that means nothing.
fn intercepts(values: &[f64], sample: &Sample<'_>, linked: &Linked) -> Design {
    let design = Design::new(values, linked.cluster.as_deref().unwrap_or_default());
    with_columns(design, &sample.strata_columns(linked))
}

/// Change on strata and arm.
fn changes(sample: &Sample<'_>, linked: &Linked) -> Design {
    intercepts(&linked.changes(), sample, linked).with(PROGRAM, &program(sample, linked))
}

/// Last score on strata, arm and pretest.
fn adjusted(sample: &Sample<'_>, linked: &Linked) -> Design {
    let design = intercepts(&linked.after, sample, linked).with(PROGRAM, &program(sample, linked));
    design.with(PRETEST, &linked.before)
}

fn with_columns(design: Design, columns: &[StratumColumn]) -> Design {
    columns.iter().fold(design, |design, column| design.with(&column.name, &column.values))
}

fn program(sample: &Sample<'_>, linked: &Linked) -> Vec<f64> {
    sample.roles(linked).into_iter().map(Arm::indicator).collect()
}
