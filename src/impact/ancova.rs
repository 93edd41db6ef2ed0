//! Two arms with a pretest: the difference after, adjusted for before.

use super::did::{PROGRAM, check_arms};
use super::ols::{Design, FittedOls, INTERCEPT, fit_ols};
use super::vcov::{Adjustment, ClusterVariance};
use super::{Arm, CoefTest, ImpactError};
use crate::num::moments;

/// Name of the pretest column.
pub const PRETEST: &str = "pretest";

/// One more column to adjust for, one value per student.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Covariate<'a> {
    /// Name, different from those of the other columns.
    pub name: &'a str,
    /// Values; groups come as indicator columns.
    pub values: &'a [f64],
}

/// Students of an analysis of covariance; all slices have one entry per student.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AncovaData<'a> {
    /// Outcome after.
    pub post: &'a [f64],
    /// Score before.
    pub pre: &'a [f64],
    /// Arm.
    pub arm: &'a [Arm],
    /// School.
    pub cluster: &'a [usize],
    /// Further columns.
    pub covariates: &'a [Covariate<'a>],
}

/// A named coefficient with its test.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedTest {
    /// Name of the column.
    pub name: String,
    /// Its coefficient.
    pub test: CoefTest,
}

/// An analysis of covariance.
#[derive(Debug, Clone)]
pub struct Ancova {
    /// Adjusted difference, program less comparison.
    pub effect: CoefTest,
    /// Mean of the program arm at the average of all covariates, tested against zero.
    pub program_mean: CoefTest,
    /// Mean of the comparison arm at the average of all covariates, tested against zero.
    pub comparison_mean: CoefTest,
    /// Coefficients of the pretest and the covariates.
    pub covariates: Vec<NamedTest>,
    /// Covariates that the columns before them span.
    pub dropped: Vec<String>,
    /// Share of the outcome's variance within arms that the covariates explain.
    pub r2_within: f64,
}

/// Fits `post ~ program + pre (+ covariates)` by least squares with CR2 errors by school.
///
/// Students with a missing value must be left out by the caller. Covariates that are dropped as
/// dependent are listed; the pretest or the arm being dependent is an error.
///
/// # Errors
/// `ArmTooSmall` when an arm is empty, `RankDeficient` when pretest or arm cannot be separated,
/// `OneClusterDecides` when an arm has a single school, `NoVariation`, `NoResidualDf`.
///
/// # References
/// Van Breukelen (2013), Multivariate Behavioral Research 48, 895-922.
pub fn ancova(data: &AncovaData, alpha: f64) -> Result<Ancova, ImpactError> {
    check_arms(data.arm, data.post.len(), 1)?;
    moments::check_same_length(data.pre.len(), data.post.len())?;
    let program: Vec<f64> = data.arm.iter().map(|a| a.indicator()).collect();
    let mut design = Design::new(data.post, data.cluster).with(PROGRAM, &program).with(PRETEST, data.pre);
    for covariate in data.covariates {
        design = design.with(covariate.name, covariate.values);
    }
    let fit = fit_ols(&design)?;
    let variance = ClusterVariance::new(&fit, Adjustment::Cr2)?;
    let effect = variance.test(&fit.contrast(&[(PROGRAM, 1.0)])?, alpha)?;
    fit.contrast(&[(PRETEST, 1.0)])?;
    let covariates = fit.names.iter().enumerate().skip(2).map(|(j, name)| {
        let mut contrast = vec![0.0; fit.rank()];
        contrast[j] = 1.0;
        Ok(NamedTest { name: name.clone(), test: variance.test(&contrast, alpha)? })
    });
    Ok(Ancova {
        effect,
        program_mean: variance.test(&mean_contrast(&fit, &design, 1.0)?, alpha)?,
        comparison_mean: variance.test(&mean_contrast(&fit, &design, 0.0)?, alpha)?,
        covariates: covariates.collect::<Result<_, ImpactError>>()?,
        dropped: fit.dropped.clone(),
        r2_within: r2_within(&fit, &program, data)?,
    })
}

/// Weights of the mean of an arm (`program` 1 or 0) at the average of every other kept column.
fn mean_contrast(fit: &FittedOls, design: &Design, program: f64) -> Result<Vec<f64>, ImpactError> {
    let weight = |(name, column): (&String, &Vec<f64>)| match name.as_str() {
        INTERCEPT => Ok(1.0),
        PROGRAM => Ok(program),
        _ => moments::mean(column),
    };
    let kept = design.names.iter().zip(&design.columns).filter(|(name, _)| fit.names.contains(name));
    Ok(kept.map(weight).collect::<Result<_, _>>()?)
}

fn r2_within(fit: &FittedOls, program: &[f64], data: &AncovaData) -> Result<f64, ImpactError> {
    let arms_only = fit_ols(&Design::new(data.post, data.cluster).with(PROGRAM, program))?;
    let left = |f: &FittedOls| moments::sum(f.residuals.iter().map(|e| e * e));
    let before = left(&arms_only);
    if before > 0.0 { Ok(1.0 - left(fit) / before) } else { Err(ImpactError::NoVariation) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::{self, close};

    #[test]
    fn worked_data_set() {
        let g = golden::data();
        let arms = g.arms();
        let data = AncovaData { post: &g.y, pre: &g.x, arm: &arms, cluster: &g.cluster, covariates: &[] };
        let fit = ancova(&data, 0.05).unwrap();
        close(fit.effect.estimate, 0.9720085, 5e-8);
        close(fit.effect.se, 1.446228, 6e-7);
        close(fit.covariates[0].test.estimate, 1.9713876, 5e-8);
        close(fit.program_mean.estimate - fit.comparison_mean.estimate, fit.effect.estimate, 1e-10);
        close(fit.comparison_mean.estimate, 51.0657246 + 5.0 * 1.9713876, 1e-6);
        assert!(fit.r2_within > 0.8 && fit.r2_within < 1.0);
    }

    #[test]
    fn constant_pretest_is_named() {
        let g = golden::data();
        let arms = g.arms();
        let flat = vec![3.0; 33];
        let data = AncovaData { post: &g.y, pre: &flat, arm: &arms, cluster: &g.cluster, covariates: &[] };
        assert_eq!(ancova(&data, 0.05).unwrap_err(), ImpactError::RankDeficient { name: PRETEST.to_owned() });
        let twice = Covariate { name: "twice", values: &g.x };
        let data =
            AncovaData { post: &g.y, pre: &g.x, arm: &arms, cluster: &g.cluster, covariates: &[twice] };
        assert_eq!(ancova(&data, 0.05).unwrap().dropped, ["twice"]);
    }
}
