//! Proportional odds regression with cluster-robust inference.

use super::{OddsTest, contrast, odds_test};
use crate::impact::ImpactError;
use crate::impact::clusters::ClusterIndex;
use crate::impact::ols::{Design, FittedOls, fit_ols};
use crate::impact::vcov::Adjustment;
use crate::num::cholesky::Cholesky;
use crate::num::linalg::{OrthogonalBasis, SmallMatrix};
use crate::num::{NumError, cumulative_logit, moments};

/// Which information matrix is the bread of a plain sandwich.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Information {
    /// Second derivatives at the data, as R's `sandwich` has for `polr`.
    Observed,
    /// Their expectation: the bread that CR2 is unbiased with.
    Expected,
}

/// A proportional odds regression of students in schools.
#[derive(Debug, Clone)]
pub struct FittedOrdinal {
    /// Names of the kept columns; there is no intercept.
    pub names: Vec<String>,
    /// Names of the columns that earlier ones or the constant span.
    pub dropped: Vec<String>,
    /// Thresholds, one less than there are levels, ascending.
    pub thresholds: Vec<f64>,
    /// Log odds per unit of being above any threshold.
    pub coefficients: Vec<f64>,
    /// -2 log likelihood.
    pub deviance: f64,
    /// The same for the shares of the levels alone.
    pub null_deviance: f64,
    /// Students.
    pub n: usize,
    /// Students at each level, ascending.
    pub level_counts: Vec<usize>,
    /// Inverse observed information, thresholds first.
    observed: SmallMatrix,
    /// Rows of the working regression: one per student and threshold.
    working: FittedOls,
}

/// Fits `logit P(Y <= k) = threshold_k - x beta` to levels 0, 1, ... of students in schools.
///
/// `columns` are named columns of X without a constant; `level` and `cluster` have one entry per student. Levels
/// that nobody is in are the caller's to merge. Missing values never enter.
///
/// The working regression has a row per student and threshold: with `gamma` the cumulative probabilities, `G` their
/// slopes and `S_kl = gamma_k (1 - gamma_l)` (k <= l) the covariance of the indicators `Y <= k`,
///
/// ```text
/// rows  L^-1 G [I, -x],   residuals  L^-1 (1(Y <= k) - gamma_k),   S = L L'
/// ```
///
/// whose cross products are the expected information and whose normal equations are the score.
///
/// # Errors
/// `Num` with `NoVariation` for an empty level or fewer than two, `NotConverged` for separated data;
/// `NoResidualDf`, `LengthMismatch`, `NotFinite`.
///
/// # References
/// McCullagh (1980), Journal of the Royal Statistical Society B 42, 109-142. McCaffrey & Bell (2006), Statistics
/// in Medicine 25, 4081-4098, doi 10.1002/sim.2502 (the adjustment for generalised estimating equations).
pub fn fit_ordinal(
    names: &[String],
    columns: &[Vec<f64>],
    level: &[usize],
    cluster: &[usize],
) -> Result<FittedOrdinal, ImpactError> {
    let n = level.len();
    moments::check_same_length(names.len(), columns.len())?;
    moments::check_same_length(cluster.len(), n)?;
    let constant = vec![1.0; n];
    let all: Vec<&[f64]> =
        [constant.as_slice()].into_iter().chain(columns.iter().map(Vec::as_slice)).collect();
    let basis = OrthogonalBasis::new(&all)?;
    let kept: Vec<usize> = basis.kept.iter().filter(|j| **j > 0).map(|j| j - 1).collect();
    let x: Vec<&[f64]> = kept.iter().map(|&j| columns[j].as_slice()).collect();
    let levels = level.iter().max().map_or(0, |top| top + 1);
    let mut level_counts = vec![0; levels];
    level.iter().for_each(|&k| level_counts[k] += 1);
    let counts: Vec<Vec<f64>> =
        level.iter().map(|&k| (0..levels).map(|c| f64::from(u8::from(c == k))).collect()).collect();
    let fit = cumulative_logit::fit_cumulative_logit(&x, &counts)?;
    let kept_names: Vec<String> = kept.iter().map(|&j| names[j].clone()).collect();
    let working = working_fit(&kept_names, &x, level, cluster, &fit.thresholds, &fit.coefficients)?;
    Ok(FittedOrdinal {
        names: kept_names,
        dropped: basis.dropped.iter().filter(|j| **j > 0).map(|&j| names[j - 1].clone()).collect(),
        thresholds: fit.thresholds,
        coefficients: fit.coefficients,
        deviance: fit.deviance,
        null_deviance: fit.null_deviance,
        n,
        level_counts,
        observed: fit.covariance,
        working,
    })
}

/// Cumulative probability, its complement and its slope at one threshold.
struct Cut {
    below: f64,
    above: f64,
}

fn working_fit(
    names: &[String],
    x: &[&[f64]],
    level: &[usize],
    cluster: &[usize],
    thresholds: &[f64],
    b: &[f64],
) -> Result<FittedOls, ImpactError> {
    let (n, cuts, width) = (level.len(), thresholds.len(), thresholds.len() + x.len());
    let mut columns = vec![Vec::with_capacity(n * cuts); width];
    let (mut y, mut clusters) = (Vec::with_capacity(n * cuts), Vec::with_capacity(n * cuts));
    for i in 0..n {
        let shift: f64 = x.iter().zip(b).map(|(c, b)| c[i] * b).sum();
        let cut =
            |t: &f64| Cut { below: 1.0 / (1.0 + (shift - t).exp()), above: 1.0 / (1.0 + (t - shift).exp()) };
        let gamma: Vec<Cut> = thresholds.iter().map(cut).collect();
        let mut s = SmallMatrix::zeros(cuts, cuts);
        for k in 0..cuts {
            for l in 0..cuts {
                s.set(k, l, gamma[k.min(l)].below * gamma[k.max(l)].above);
            }
        }
        let factor = Cholesky::new(&s)?;
        let mut fitted = vec![0.0; cuts];
        for (j, column) in columns.iter_mut().enumerate() {
            let slope = |k: usize| gamma[k].below * gamma[k].above;
            let own: Vec<f64> = if j < cuts {
                (0..cuts).map(|k| if k == j { slope(k) } else { 0.0 }).collect()
            } else {
                (0..cuts).map(|k| -slope(k) * x[j - cuts][i]).collect()
            };
            let rows = factor.half_solve(&own);
            let coefficient = if j < cuts { thresholds[j] } else { b[j - cuts] };
            fitted.iter_mut().zip(&rows).for_each(|(f, r)| *f += r * coefficient);
            column.extend(rows);
        }
        let rest: Vec<f64> =
            (0..cuts).map(|k| if level[i] <= k { gamma[k].above } else { -gamma[k].below }).collect();
        y.extend(factor.half_solve(&rest).iter().zip(&fitted).map(|(e, f)| e + f));
        clusters.extend(std::iter::repeat_n(cluster[i], cuts));
    }
    let names = (0..cuts).map(|k| format!("{k}|{}", k + 1)).chain(names.iter().cloned()).collect();
    let working = fit_ols(&Design { names, columns, y, cluster: clusters })?;
    if working.dropped.is_empty() { Ok(working) } else { Err(NumError::Singular.into()) }
}

impl FittedOrdinal {
    /// A contrast of coefficients by name, over thresholds and coefficients.
    ///
    /// # Errors
    /// `RankDeficient` for a dropped column, `UnknownColumn`.
    pub fn contrast(&self, weights: &[(&str, f64)]) -> Result<Vec<f64>, ImpactError> {
        contrast(&self.working, &self.dropped, weights)
    }

    /// Tests a contrast (thresholds first, then coefficients) with CR0 to CR3 on the expected information and
    /// Satterthwaite's t.
    ///
    /// # Errors
    /// As [`crate::impact::vcov::cluster_test`]; `OutOfRange` for CR1S, whose scalar counts rows.
    pub fn test(
        &self,
        contrast: &[f64],
        adjustment: Adjustment,
        alpha: f64,
    ) -> Result<OddsTest, ImpactError> {
        odds_test(&self.working, contrast, adjustment, alpha, self.n)
    }

    /// Standard errors without clusters, thresholds first.
    pub fn model_se(&self, information: Information) -> Vec<f64> {
        let bread = self.bread(information);
        (0..bread.rows()).map(|j| bread.get(j, j).max(0.0).sqrt()).collect()
    }

    /// Standard errors of the plain sandwich (CR0), thresholds first.
    ///
    /// ```text
    /// V = B [ sum_g u_g u_g' ] B,   u_g the score of school g
    /// ```
    ///
    /// With the observed information this is `sandwich::vcovCL(polr, type = "HC0", cadjust = FALSE)`.
    pub fn sandwich_se(&self, information: Information) -> Vec<f64> {
        let bread = self.bread(information);
        let width = bread.rows();
        let mut meat = SmallMatrix::zeros(width, width);
        for score in self.scores() {
            let turned = bread.times(&score);
            meat.add_outer(&turned, &turned, 1.0);
        }
        (0..width).map(|j| meat.get(j, j).sqrt()).collect()
    }

    /// The score of each school on thresholds and coefficients.
    fn scores(&self) -> Vec<Vec<f64>> {
        let clusters: &ClusterIndex = &self.working.clusters;
        let width = self.working.rank();
        let mut q = vec![0.0; width];
        let one = |(_, rows): (usize, &[usize])| {
            let mut on_q = vec![0.0; width];
            for &i in rows {
                self.working.basis.q_row(i, &mut q);
                on_q.iter_mut().zip(&q).for_each(|(sum, v)| *sum += v * self.working.residuals[i]);
            }
            on_q
        };
        // X'e = R'Q'e: R' is applied through B R' = R^-1, so scores are kept as (X'X) R^-1 Q'e.
        clusters
            .iter()
            .map(one)
            .map(|on_q| self.expected_information(&self.working.basis.solve_r(&on_q)))
            .collect()
    }

    fn expected_information(&self, v: &[f64]) -> Vec<f64> {
        let covariance = self.bread(Information::Expected);
        crate::num::solve::solve(&covariance, v).unwrap_or_else(|_| vec![f64::NAN; v.len()])
    }

    fn bread(&self, information: Information) -> SmallMatrix {
        match information {
            Information::Observed => self.observed.clone(),
            Information::Expected => {
                let width = self.working.rank();
                let mut covariance = SmallMatrix::zeros(width, width);
                for j in 0..width {
                    let mut unit = vec![0.0; width];
                    unit[j] = 1.0;
                    let column = self.working.basis.solve_r(&self.working.basis.solve_r_transposed(&unit));
                    column.iter().enumerate().for_each(|(i, v)| covariance.set(i, j, *v));
                }
                covariance
            }
        }
    }
}
