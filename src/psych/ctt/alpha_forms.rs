//! Alpha on standardised items, lambda 6 from correlations, and the standard error of alpha.

use super::covariance::ItemCovariance;
use crate::num::cholesky::Cholesky;
use crate::psych::PsychError;
use crate::psych::dimension::item_correlations;

/// What is reported beside alpha.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AlphaForms {
    /// Alpha of the sum of standardised items.
    pub standardised: f64,
    /// Guttman's lambda 6 of the sum of standardised items, from squared multiple correlations; `None` when some
    /// items determine another.
    pub lambda6_standardised: Option<f64>,
    /// Large-sample standard error of alpha under normality.
    pub standard_error: f64,
}

/// The forms of alpha that go with [`alpha`](super::alpha()).
///
/// ```text
/// standardised = k r / (1 + (k - 1) r),   r the mean inter-item correlation
/// lambda 6     = 1 - sum 1/(R^-1)_jj / sum r_ij
/// se^2         = 2 k^2 / ((k - 1)^2 V^3 n) (V (tr C^2 + (tr C)^2) - 2 tr C sum (C^2)_ij),   V = sum c_ij
/// ```
///
/// `n` persons. Missing points: from the pairwise covariance matrix, and `n` counts the persons with any answer,
/// as psych::alpha does; the standard error is then approximate.
///
/// # Errors
/// `TooFewItems` below two items that vary, `NoVariation` when the sum does not vary, `TooFewPersons` without
/// persons.
///
/// # References
/// Duhachek & Iacobucci (2004), Journal of Applied Psychology 89, 792-808 (standard error, after van Zyl,
/// Neudecker & Nel 2000, Psychometrika 65, 271-280).
pub fn alpha_forms(covariance: &ItemCovariance, n: usize) -> Result<AlphaForms, PsychError> {
    if n == 0 {
        return Err(PsychError::TooFewPersons { needed: 1, found: 0 });
    }
    let correlations = item_correlations(covariance)?;
    let items = &covariance.varying;
    let (size, total, trace) = (items.len(), covariance.total(items), covariance.trace(items));
    let k = size as f64;
    let sum_r = k + k * (k - 1.0) * correlations.mean;
    if total <= 0.0 || sum_r <= 0.0 {
        return Err(PsychError::NoVariation);
    }
    let inverse = Cholesky::new(&correlations.matrix).ok().map(|factor| factor.inverse());
    let unique = inverse.map(|r| (0..size).map(|j| 1.0 / r.get(j, j)).sum::<f64>());
    // The sum of all entries of C^2 is that of the squared row sums, its trace that of the squared entries.
    let row_sums: f64 = items.iter().map(|&i| covariance.with_sum(i, items).powi(2)).sum();
    let squares = covariance.part(items).squared_norm();
    let spread = total * (squares + trace * trace) - 2.0 * trace * row_sums;
    let variance = 2.0 * k * k / ((k - 1.0).powi(2) * total.powi(3)) * spread / n as f64;
    Ok(AlphaForms {
        standardised: k / (k - 1.0) * (1.0 - k / sum_r),
        lambda6_standardised: unique.map(|unique| 1.0 - unique / sum_r),
        standard_error: variance.max(0.0).sqrt(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::{alpha, item_covariance};
    use super::*;
    use crate::psych::ItemMatrix;

    #[test]
    fn items_of_equal_variance_have_one_alpha() {
        let points = vec![1., 1., 0., 1., 1., 1., 0., 0., 1., 0., 0., 0., 1., 0., 1., 0., 1., 0.];
        let m = ItemMatrix::complete(6, 3, points, vec![1.0; 3]).unwrap();
        let c = item_covariance(&m).unwrap();
        let found = alpha_forms(&c, 6).unwrap();
        assert!((found.standardised - alpha(&m, &c, 0.05).unwrap().value).abs() < 1e-14);
        assert!(found.standard_error > 0.0);
        let same = item_covariance(&m.select(&[0, 0, 1])).unwrap();
        assert_eq!(alpha_forms(&same, 6).unwrap().lambda6_standardised, None);
        assert!(alpha_forms(&item_covariance(&m.select(&[0])).unwrap(), 6).is_err());
        assert!(alpha_forms(&c, 0).is_err());
    }
}
