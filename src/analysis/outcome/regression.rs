//! The regression on students that stands behind an estimand, and the mixed model beside it.

use super::Sample;
use crate::analysis::findings::Method;
use crate::analysis::frame::Linked;
use crate::impact::absorb::fit_within;
use crate::impact::ancova::PRETEST;
use crate::impact::did::PROGRAM;
use crate::impact::mixed::{FittedMixed, Likelihood, MixedError, RandomTerm, fit_mixed};
use crate::impact::ols::{Design, FittedOls, INTERCEPT, fit_ols};
use crate::impact::working::fit_random_intercept;
use crate::impact::{Arm, ImpactError};

/// Name of the column that is 1 at the last wave.
const WAVE: &str = "wave";
/// Name of the column that is 1 for the programme at the last wave.
const WAVE_PROGRAM: &str = "wave x program";
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

/// Least squares on the linked students.
pub(super) fn least_squares(
    estimand: Estimand,
    sample: &Sample<'_>,
    linked: &Linked,
) -> Result<Fitted, ImpactError> {
    let cluster = linked.cluster.as_deref().unwrap_or_default();
    let program = program(sample, linked);
    let (design, wanted) = match estimand {
        Estimand::MeanChange => (Design::new(&linked.changes(), cluster), INTERCEPT),
        Estimand::DifferenceInChange => {
            (Design::new(&linked.changes(), cluster).with(PROGRAM, &program), PROGRAM)
        }
        Estimand::AdjustedDifference => {
            let design = Design::new(&linked.after, cluster).with(PROGRAM, &program);
            (design.with(PRETEST, &linked.before), PROGRAM)
        }
    };
    let strata = sample.strata_columns(linked);
    let design = strata.iter().fold(design, |design, column| design.with(&column.name, &column.values));
    // Arms drawn within schools are compared within schools.
    let fit = if estimand == Estimand::AdjustedDifference && sample.plan.arms_within_schools {
        fit_within(&design, &[cluster])?.fit
    } else {
        fit_ols(&design)?
    };
    let contrast = fit.contrast(&[(wanted, 1.0)])?;
    Ok(Fitted { fit, contrast })
}

/// The regression with every person weighted: rows times the root of their weights, so that the working model of
/// CR2 has variances inverse to the weights.
pub(super) fn weighted(
    estimand: Estimand,
    sample: &Sample<'_>,
    linked: &Linked,
    weights: &[f64],
) -> Result<Fitted, ImpactError> {
    let cluster = linked.cluster.as_deref().unwrap_or_default();
    let root: Vec<f64> = weights.iter().map(|weight| weight.sqrt()).collect();
    let times =
        |values: &[f64]| values.iter().zip(&root).map(|(value, root)| value * root).collect::<Vec<_>>();
    let plain = Design::new(&times(&linked.changes()), cluster);
    let mut design = Design { columns: vec![root.clone()], ..plain };
    let mut wanted = INTERCEPT;
    if estimand != Estimand::MeanChange {
        design = design.with(PROGRAM, &times(&program(sample, linked)));
        wanted = PROGRAM;
    }
    for column in sample.strata_columns(linked) {
        design = design.with(&column.name, &times(&column.values));
    }
    let fit = fit_ols(&design)?;
    let contrast = fit.contrast(&[(wanted, 1.0)])?;
    Ok(Fitted { fit, contrast })
}

/// Last score on arm and pretest with students of one school alike in the working covariance.
pub(super) fn working(sample: &Sample<'_>, linked: &Linked) -> Result<Fitted, ImpactError> {
    let cluster = linked.cluster.as_deref().unwrap_or_default();
    let design = Design::new(&linked.after, cluster).with(PROGRAM, &program(sample, linked));
    let design = design.with(PRETEST, &linked.before);
    let strata = sample.strata_columns(linked);
    let design = strata.iter().fold(design, |design, column| design.with(&column.name, &column.values));
    let fit = fit_random_intercept(&design)?.fit;
    let contrast = fit.contrast(&[(PROGRAM, 1.0)])?;
    Ok(Fitted { fit, contrast })
}

/// The multisite model: last score on arm and pretest, intercept and difference of the arms varying over schools.
/// Where the two cannot be told apart, they vary independently.
pub(super) fn multisite(sample: &Sample<'_>, linked: &Linked) -> Result<FittedModel, MixedError> {
    let cluster = linked.cluster.as_deref().unwrap_or_default();
    let values = program(sample, linked);
    let design = Design::new(&linked.after, cluster).with(PROGRAM, &values).with(PRETEST, &linked.before);
    let name = PROGRAM.to_owned();
    let pair = [RandomTerm::SchoolAndSlope { name: name.clone(), values: values.clone() }];
    let apart = [RandomTerm::School, RandomTerm::Slope { name, values }];
    let fit = fit_mixed(&design, &pair, Likelihood::Restricted)
        .or_else(|_| fit_mixed(&design, &apart, Likelihood::Restricted))?;
    let contrast = fit.contrast(&[(PROGRAM, 1.0)])?;
    Ok(FittedModel { fit, contrast })
}

/// A fitted mixed model with its contrast.
pub(super) struct FittedModel {
    /// The fit.
    pub fit: FittedMixed,
    /// One weight per kept column.
    pub contrast: Vec<f64>,
}

/// The mixed model of the same question, as far as its test goes: a school that does not differ from the others in
/// its change leaves students as the only evidence, and then there is no test.
pub(super) fn mixed(
    estimand: Estimand,
    sample: &Sample<'_>,
    linked: &Linked,
) -> Result<FittedModel, MixedError> {
    let model = components(estimand, sample, linked)?;
    if estimand != Estimand::AdjustedDifference && model.fit.component(SCHOOL_WAVE)?.estimate <= 0.0 {
        return Err(MixedError::NoSchoolVariance);
    }
    Ok(model)
}

/// The fit behind [`mixed`], for its variances. Scores of two waves need three random terms: school, school and wave,
/// student; without the second, students would count as independent evidence of the change (standards 0). A variance
/// of zero is an answer here.
pub(super) fn components(
    estimand: Estimand,
    sample: &Sample<'_>,
    linked: &Linked,
) -> Result<FittedModel, MixedError> {
    let cluster = linked.cluster.as_deref().unwrap_or_default();
    let program = program(sample, linked);
    if estimand == Estimand::AdjustedDifference {
        let design =
            Design::new(&linked.after, cluster).with(PROGRAM, &program).with(PRETEST, &linked.before);
        let fit = fit_mixed(&design, &[RandomTerm::School], Likelihood::Restricted)?;
        let contrast = fit.contrast(&[(PROGRAM, 1.0)])?;
        return Ok(FittedModel { fit, contrast });
    }
    let twice = |values: &[f64]| [values, values].concat();
    let wave = [vec![0.0; linked.len()], vec![1.0; linked.len()]].concat();
    let schools = [cluster, cluster].concat();
    let scores = [linked.before.as_slice(), linked.after.as_slice()].concat();
    let unit =
        schools.iter().zip(&wave).map(|(school, wave)| 2 * school + usize::from(*wave > 0.5)).collect();
    let mut design = Design::new(&scores, &schools).with(WAVE, &wave);
    if estimand == Estimand::DifferenceInChange {
        let both: Vec<f64> =
            twice(&program).iter().zip(&wave).map(|(program, wave)| program * wave).collect();
        design = design.with(PROGRAM, &twice(&program)).with(WAVE_PROGRAM, &both);
    }
    let person = (0..linked.len()).chain(0..linked.len()).collect();
    let terms = [
        RandomTerm::School,
        RandomTerm::WithinSchool { name: SCHOOL_WAVE.to_owned(), unit },
        RandomTerm::Student { person },
    ];
    let fit = fit_mixed(&design, &terms, Likelihood::Restricted)?;
    let wanted = if estimand == Estimand::MeanChange { WAVE } else { WAVE_PROGRAM };
    let contrast = fit.contrast(&[(wanted, 1.0)])?;
    Ok(FittedModel { fit, contrast })
}

fn program(sample: &Sample<'_>, linked: &Linked) -> Vec<f64> {
    sample.roles(linked).into_iter().map(Arm::indicator).collect()
}
