//! Logistic regression with cluster-robust inference.

use super::published::published_cr2;
use super::{Cr2Root, OddsTest, contrast, odds_test};
use crate::impact::ols::{Design, FittedOls, fit_ols};
use crate::impact::vcov::{Adjustment, ClusterVariance, WaldTest};
use crate::impact::{CoefTest, ImpactError};
use crate::num::linalg::OrthogonalBasis;
use crate::num::{NumError, logit, moments};

/// Students of a school up to which CR2 takes the published root: its cost is their cube, a second or so here.
const LARGEST_SCHOOL: usize = 1_000;

/// A logistic regression of students in schools.
#[derive(Debug, Clone)]
pub struct FittedLogistic {
    /// Names of the kept columns.
    pub names: Vec<String>,
    /// Names of the columns that earlier ones span.
    pub dropped: Vec<String>,
    /// Log odds per unit.
    pub coefficients: Vec<f64>,
    /// -2 log likelihood.
    pub deviance: f64,
    /// The same for one probability for all.
    pub null_deviance: f64,
    /// Students.
    pub n: usize,
    /// Students whose outcome is 1.
    pub successes: usize,
    working: FittedOls,
    /// Variances p (1 - p) of the outcomes.
    variances: Vec<f64>,
}

/// What least squares gives back the estimate.
struct Working {
    fit: FittedOls,
    variances: Vec<f64>,
}

/// Fits `logit P(y = 1) = X beta` by maximum likelihood; `design.y` holds 0 and 1, clusters are the schools.
///
/// Missing values never enter; students are weighted alike. Columns that earlier ones span are dropped.
///
/// # Errors
/// `Num` with `OutOfRange` for an outcome other than 0 and 1, `NoVariation` when all are alike, `NotConverged`
/// for separated data; `NoResidualDf`, `LengthMismatch`, `NotFinite`.
///
/// # References
/// Liang & Zeger (1986), Biometrika 73, 13-22. Bell & McCaffrey (2002), Survey Methodology 28, 169-181.
pub fn fit_logistic(design: &Design) -> Result<FittedLogistic, ImpactError> {
    let n = design.y.len();
    moments::check_same_length(design.names.len(), design.columns.len())?;
    moments::check_same_length(design.cluster.len(), n)?;
    moments::check_values(&design.y, 1)?;
    if let Some(value) = design.y.iter().find(|y| **y != 0.0 && **y != 1.0) {
        return Err(NumError::OutOfRange { name: "binary outcome", value: *value }.into());
    }
    let columns: Vec<&[f64]> = design.columns.iter().map(Vec::as_slice).collect();
    let basis = OrthogonalBasis::new(&columns)?;
    moments::check_same_length(basis.rows, n)?;
    let kept: Vec<&[f64]> = basis.kept.iter().map(|&j| columns[j]).collect();
    let fit = logit::fit_logit(&kept, &design.y, &vec![1.0; n])?;
    let working = working_fit(design, &kept, &basis.kept, &fit.coefficients)?;
    Ok(FittedLogistic {
        names: working.fit.names.clone(),
        dropped: basis.dropped.iter().map(|&j| design.names[j].clone()).collect(),
        coefficients: fit.coefficients,
        deviance: fit.deviance,
        null_deviance: fit.null_deviance,
        n,
        successes: design.y.iter().filter(|y| **y == 1.0).count(),
        working: working.fit,
        variances: working.variances,
    })
}

/// Least squares of `sqrt(w) (x b + (y - p) / w)` on `sqrt(w) x`, `w = p (1 - p)`.
fn working_fit(
    design: &Design,
    kept: &[&[f64]],
    places: &[usize],
    b: &[f64],
) -> Result<Working, ImpactError> {
    let n = design.y.len();
    let eta: Vec<f64> = (0..n).map(|i| kept.iter().zip(b).map(|(c, b)| c[i] * b).sum()).collect();
    let p: Vec<f64> = eta.iter().map(|e| 1.0 / (1.0 + (-e).exp())).collect();
    // The complement keeps its digits in the tails where 1 - p would not.
    let q: Vec<f64> = eta.iter().map(|e| 1.0 / (1.0 + e.exp())).collect();
    let root: Vec<f64> = p.iter().zip(&q).map(|(p, q)| (p * q).sqrt()).collect();
    let rest = |i: usize| if design.y[i] == 1.0 { q[i] } else { -p[i] };
    let fit = fit_ols(&Design {
        names: places.iter().map(|&j| design.names[j].clone()).collect(),
        columns: kept.iter().map(|c| c.iter().zip(&root).map(|(x, w)| x * w).collect()).collect(),
        y: (0..n).map(|i| root[i] * eta[i] + rest(i) / root[i]).collect(),
        cluster: design.cluster.clone(),
    })?;
    Ok(Working { fit, variances: root.iter().map(|w| w * w).collect() })
}

impl FittedLogistic {
    /// Weights over the kept columns from named weights, as [`FittedOls::contrast`].
    ///
    /// # Errors
    /// `RankDeficient`, `UnknownColumn`.
    pub fn contrast(&self, weights: &[(&str, f64)]) -> Result<Vec<f64>, ImpactError> {
        contrast(&self.working, &self.dropped, weights)
    }

    /// Tests `contrast' beta` with a cluster-robust variance and Satterthwaite's t. CR2 takes the published root
    /// while no school has more than 1,000 students, and else the working one.
    ///
    /// # Errors
    /// As [`crate::impact::vcov::cluster_test`]; `OutOfRange` for CR1S.
    ///
    /// # References
    /// Pustejovsky & Tipton (2018), Journal of Business & Economic Statistics 36, 672-683,
    /// doi 10.1080/07350015.2016.1247004.
    pub fn test(
        &self,
        contrast: &[f64],
        adjustment: Adjustment,
        alpha: f64,
    ) -> Result<OddsTest, ImpactError> {
        // Refuses what no adjustment can test, such as a coefficient that one school alone determines.
        let working = odds_test(&self.working, contrast, adjustment, alpha, self.n)?;
        let largest = self.working.clusters.sizes().into_iter().max().unwrap_or(0);
        if adjustment != Adjustment::Cr2 || largest > LARGEST_SCHOOL {
            return Ok(working);
        }
        let u = self.working.basis.solve_r_transposed(contrast);
        let found = published_cr2(&self.working, &self.variances, &u)?;
        let clusters = working.coef.clusters;
        let (se, estimate) = (found.variance.sqrt(), working.coef.estimate);
        let coef = CoefTest::new(estimate, se, found.df, alpha, self.n, clusters)?;
        Ok(OddsTest::new(coef, Some(Cr2Root::Published)))
    }

    /// Tests that several contrasts are zero together (HTZ), on the working regression.
    ///
    /// # Errors
    /// As [`ClusterVariance::new`] and [`ClusterVariance::wald`].
    pub fn joint_test(
        &self,
        contrasts: &[Vec<f64>],
        adjustment: Adjustment,
    ) -> Result<WaldTest, ImpactError> {
        ClusterVariance::new(&self.working, adjustment)?.wald(contrasts)
    }
}
