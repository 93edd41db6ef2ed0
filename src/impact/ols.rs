//! Ordinary least squares on a named design.

use super::ImpactError;
use super::clusters::ClusterIndex;
use crate::num::linalg::OrthogonalBasis;
use crate::num::{moments, tol};

/// Name of the column of ones.
pub const INTERCEPT: &str = "(intercept)";

/// Outcome, clusters and named columns of a linear model, one entry per row.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    /// Names of the columns of X.
    pub names: Vec<String>,
    /// Columns of X, each with n entries.
    pub columns: Vec<Vec<f64>>,
    /// Outcome.
    pub y: Vec<f64>,
    /// Cluster of each row; give every row its own when there are none.
    pub cluster: Vec<usize>,
}

impl Design {
    /// A design whose only column is the intercept.
    pub fn new(y: &[f64], cluster: &[usize]) -> Self {
        Design {
            names: vec![INTERCEPT.to_owned()],
            columns: vec![vec![1.0; y.len()]],
            y: y.to_vec(),
            cluster: cluster.to_vec(),
        }
    }

    /// The design with one more column.
    #[must_use]
    pub fn with(mut self, name: &str, values: &[f64]) -> Self {
        self.names.push(name.to_owned());
        self.columns.push(values.to_vec());
        self
    }
}

/// A least squares fit.
#[derive(Debug, Clone)]
pub struct FittedOls {
    /// Names of the columns that were kept, in the order of the design.
    pub names: Vec<String>,
    /// Names of the columns that earlier ones span; they have no coefficient.
    pub dropped: Vec<String>,
    /// Coefficients of the kept columns.
    pub coefficients: Vec<f64>,
    /// Residuals, one per row.
    pub residuals: Vec<f64>,
    /// Residual variance with divisor n - rank.
    pub sigma2: f64,
    /// Rows grouped by cluster.
    pub clusters: ClusterIndex,
    /// Largest absolute outcome, against which residuals count as zero.
    largest_outcome: f64,
    /// Correlation of two rows of one cluster in the working covariance that the rows were turned by; 0 for rows as
    /// they came.
    pub(crate) icc: f64,
    pub(crate) basis: OrthogonalBasis,
}

/// Fits `y = X beta + e` by least squares.
///
/// X is reduced to the columns that earlier columns do not span (their order is kept) and made
/// orthogonal, so that the condition number of X enters once and not squared.
///
/// # Errors
/// `NoResidualDf` when rows do not exceed independent columns; `LengthMismatch`, `NotFinite`, `TooFew`.
///
/// # References
/// Golub & Van Loan (2013), Matrix Computations, chapter 5.
pub fn fit_ols(design: &Design) -> Result<FittedOls, ImpactError> {
    let n = design.y.len();
    moments::check_same_length(design.names.len(), design.columns.len())?;
    moments::check_same_length(design.cluster.len(), n)?;
    moments::check_values(&design.y, 1)?;
    let columns: Vec<&[f64]> = design.columns.iter().map(Vec::as_slice).collect();
    for column in &columns {
        moments::check_same_length(column.len(), n)?;
    }
    let basis = OrthogonalBasis::new(&columns)?;
    if n <= basis.rank() {
        return Err(ImpactError::NoResidualDf { rows: n, columns: basis.rank() });
    }
    let coefficients = basis.solve_r(&basis.project(&design.y));
    let residuals = basis.residuals(&design.y);
    let sigma2 = moments::sum(residuals.iter().map(|e| e * e)) / (n - basis.rank()) as f64;
    let name = |&j: &usize| design.names[j].clone();
    Ok(FittedOls {
        names: basis.kept.iter().map(name).collect(),
        dropped: basis.dropped.iter().map(name).collect(),
        coefficients,
        residuals,
        sigma2,
        clusters: ClusterIndex::new(&design.cluster),
        largest_outcome: design.y.iter().fold(0.0f64, |m, v| m.max(v.abs())),
        icc: 0.0,
        basis,
    })
}

impl FittedOls {
    /// Number of rows.
    pub fn n(&self) -> usize {
        self.residuals.len()
    }

    /// Number of estimated coefficients.
    pub fn rank(&self) -> usize {
        self.coefficients.len()
    }

    /// Weights over the kept columns from named weights; columns not named get 0.
    ///
    /// # Errors
    /// `RankDeficient` when a named column was dropped, `UnknownColumn` when the design has none such.
    pub fn contrast(&self, weights: &[(&str, f64)]) -> Result<Vec<f64>, ImpactError> {
        let mut contrast = vec![0.0; self.rank()];
        for (name, weight) in weights {
            match self.names.iter().position(|n| n == name) {
                Some(j) => contrast[j] = *weight,
                None if self.dropped.iter().any(|n| n == name) => {
                    return Err(ImpactError::RankDeficient { name: (*name).to_owned() });
                }
                None => return Err(ImpactError::UnknownColumn { name: (*name).to_owned() }),
            }
        }
        Ok(contrast)
    }

    /// True when the residuals are no more than rounding noise of the outcome.
    pub(crate) fn is_perfect(&self) -> bool {
        let largest = self.residuals.iter().fold(0.0f64, |m, e| m.max(e.abs()));
        largest <= tol::NO_VARIATION * self.largest_outcome
    }
}
