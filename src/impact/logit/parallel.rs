//! Whether one odds ratio does for all thresholds: separate logits beside the proportional odds model.

use super::{FittedLogistic, OddsTest, fit_logistic};
use crate::impact::ImpactError;
use crate::impact::ols::{Design, INTERCEPT};
use crate::impact::vcov::{Adjustment, WaldTest};
use crate::num::{NumError, moments};

/// One coefficient at one threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CutOdds {
    /// The outcome is being above level `cut`.
    pub cut: usize,
    /// Students above it.
    pub above: usize,
    /// Log odds and odds ratio of a logistic regression at this threshold alone, CR2.
    pub test: OddsTest,
}

/// Separate logits of one coefficient, and whether they are equal.
#[derive(Debug, Clone, PartialEq)]
pub struct ParallelCheck {
    /// Thresholds, ascending, whose logistic regression has an answer.
    pub cuts: Vec<CutOdds>,
    /// Test that the coefficient is the same at all thresholds (CR2, HTZ); `None` when fewer than two thresholds
    /// have an answer, or the schools are too few to tell.
    pub equal: Option<WaldTest>,
}

/// Compares the coefficient `name` over logistic regressions of `level > 0`, `level > 1`, ... on the same columns.
///
/// ```text
/// logit P(Y > k) = a_k + x b_k   for each k;   H0: b_k[name] is the same for all k
/// ```
///
/// The regressions are stacked, a student standing once per threshold, so that the cluster-robust variance holds the
/// covariances of the thresholds too; the working model of CR2 takes them for independent, which the degrees of
/// freedom do not see. Inputs as [`super::fit_ordinal`]. A threshold whose regression has no answer (separated
/// data) is left out.
///
/// # Errors
/// `UnknownColumn`, `LengthMismatch`; `NoVariation` where no threshold has an answer.
///
/// # References
/// Brant (1990), Biometrics 46, 1171-1178. Tipton & Pustejovsky (2015), Journal of Educational and Behavioral
/// Statistics 40, 604-634.
pub fn check_parallel(
    names: &[String],
    columns: &[Vec<f64>],
    level: &[usize],
    cluster: &[usize],
    (name, alpha): (&str, f64),
) -> Result<ParallelCheck, ImpactError> {
    moments::check_same_length(names.len(), columns.len())?;
    if !names.iter().any(|own| own == name) {
        return Err(ImpactError::UnknownColumn { name: name.to_owned() });
    }
    let top = level.iter().copied().max().unwrap_or(0);
    let mut cuts = Vec::new();
    for cut in 0..top {
        let y: Vec<f64> = level.iter().map(|&own| f64::from(u8::from(own > cut))).collect();
        let design = names.iter().zip(columns).fold(Design::new(&y, cluster), |d, (n, c)| d.with(n, c));
        let tested = fit_logistic(&design).and_then(|fit| {
            let test = fit.test(&fit.contrast(&[(name, 1.0)])?, Adjustment::Cr2, alpha)?;
            Ok(CutOdds { cut, above: fit.successes, test })
        });
        match tested {
            Ok(found) => cuts.push(found),
            Err(error @ ImpactError::Num(NumError::LengthMismatch { .. } | NumError::NotFinite { .. })) => {
                return Err(error);
            }
            // Separated at this threshold, or decided by one school: the other thresholds still tell something.
            Err(_) => {}
        }
    }
    if cuts.is_empty() {
        return Err(ImpactError::NoVariation);
    }
    let kept: Vec<usize> = cuts.iter().map(|own| own.cut).collect();
    let equal = equal_coefficients(names, columns, level, cluster, (name, &kept)).ok();
    Ok(ParallelCheck { cuts, equal: equal.map(|test| WaldTest { n: level.len(), ..test }) })
}

fn equal_coefficients(
    names: &[String],
    columns: &[Vec<f64>],
    level: &[usize],
    cluster: &[usize],
    (name, cuts): (&str, &[usize]),
) -> Result<WaldTest, ImpactError> {
    let fit = stacked(names, columns, level, cluster, cuts)?;
    let at = |cut: usize| named(name, cut);
    let contrast = |pair: &[usize]| fit.contrast(&[(&at(pair[0]), -1.0), (&at(pair[1]), 1.0)]);
    let contrasts = cuts.windows(2).map(contrast).collect::<Result<Vec<_>, _>>()?;
    fit.joint_test(&contrasts, Adjustment::Cr2)
}

fn named(name: &str, cut: usize) -> String {
    format!("{name} > {cut}")
}

/// The regressions of all thresholds as one: columns apart, rows below one another.
fn stacked(
    names: &[String],
    columns: &[Vec<f64>],
    level: &[usize],
    cluster: &[usize],
    cuts: &[usize],
) -> Result<FittedLogistic, ImpactError> {
    let n = level.len();
    let mut design = Design { names: Vec::new(), columns: Vec::new(), y: Vec::new(), cluster: Vec::new() };
    let constant = vec![1.0; n];
    for (block, &cut) in cuts.iter().enumerate() {
        design.y.extend(level.iter().map(|&own| f64::from(u8::from(own > cut))));
        design.cluster.extend_from_slice(cluster);
        let own = [(INTERCEPT, &constant)].into_iter();
        for (name, column) in own.chain(names.iter().map(String::as_str).zip(columns)) {
            let mut long = vec![0.0; n * cuts.len()];
            long[block * n..(block + 1) * n].copy_from_slice(column);
            design.names.push(named(name, cut));
            design.columns.push(long);
        }
    }
    fit_logistic(&design)
}
