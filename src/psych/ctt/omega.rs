//! McDonald's omega total from a one-factor fit.

use super::covariance::ItemCovariance;
use crate::psych::PsychError;
use crate::psych::dimension::{FactorMethod, OneFactor, fit_one_factor, item_correlations};

/// Omega total.
#[derive(Debug, Clone, PartialEq)]
pub struct Omega {
    /// Omega of the sum of points.
    pub value: f64,
    /// Omega of the sum of standardised items.
    pub standardised: f64,
    /// Items that count, in the order of the loadings.
    pub items: Vec<usize>,
    /// The one-factor solution behind it; its `stop` says whether to believe it.
    pub factor: OneFactor,
}

/// Omega total of the items that vary: the share of the variance of the sum that one common factor explains.
///
/// ```text
/// omega = (sum l_i)^2 / ((sum l_i)^2 + sum u_i),   l_i, u_i loadings and unique variances
/// ```
///
/// For the sum of points loadings and unique variances are multiplied by the SD and variance of the item.
/// Missing points: from the pairwise covariance matrix.
///
/// # Errors
/// `TooFewItems` below three items that vary, `NoVariation` when items do not correlate at all.
///
/// # References
/// McDonald (1999), Test Theory, chapter 6.
pub fn omega(covariance: &ItemCovariance, method: FactorMethod) -> Result<Omega, PsychError> {
    let correlations = item_correlations(covariance)?;
    let factor = fit_one_factor(&correlations.matrix, method)?;
    let share = |scale: &dyn Fn(usize) -> f64| {
        let common: f64 = factor.loadings.iter().enumerate().map(|(i, l)| l * scale(i)).sum();
        let unique: f64 = factor.uniquenesses.iter().enumerate().map(|(i, u)| u * scale(i).powi(2)).sum();
        common * common / (common * common + unique)
    };
    let items = correlations.items;
    let sd = |place: usize| covariance.matrix.get(items[place], items[place]).sqrt();
    let (value, standardised) = (share(&sd), share(&|_| 1.0));
    Ok(Omega { value, standardised, items, factor })
}

#[cfg(test)]
mod tests {
    use super::super::item_covariance;
    use super::*;
    use crate::psych::ItemMatrix;

    #[test]
    fn needs_three_items() {
        let points = vec![1., 1., 0., 1., 1., 1., 0., 0., 0., 1., 0., 0., 1., 1., 1., 0., 1., 0.];
        let m = ItemMatrix::complete(6, 3, points, vec![1.0; 3]).unwrap();
        let c = item_covariance(&m).unwrap();
        let found = omega(&c, FactorMethod::Minres).unwrap();
        assert!(found.value > 0.0 && found.value < 1.0 && found.items == [0, 1, 2]);
        let two = item_covariance(&m.select(&[0, 1])).unwrap();
        let few = PsychError::TooFewItems { needed: 3, found: 2 };
        assert_eq!(omega(&two, FactorMethod::Minres), Err(few));
    }
}
