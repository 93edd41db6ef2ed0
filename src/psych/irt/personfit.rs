//! How well a person's answers fit the model at the person's ability.

use super::itemfit::{MeanSquares, Residuals, check};
use super::{IrtError, ItemCurve, Responses};

/// Person fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PersonFit {
    /// Infit and outfit over the person's items.
    pub mean_squares: MeanSquares,
    /// Standardised log-likelihood `lz`: about N(0, 1) with known ability, low values are misfit; with
    /// estimated ability its variance is below 1.
    pub lz: Option<f64>,
}

/// Infit, outfit and lz of each person at `theta`.
///
/// ```text
/// lz = (l - E l) / sqrt(Var l),   l = sum_i ln P_i(x_i | theta)
/// ```
///
/// # Errors
/// `Shape` when `curves` or `theta` do not fit.
///
/// # References
/// Drasgow, Levine & Williams (1985), doi:10.1111/j.2044-8317.1985.tb00817.x.
pub fn person_fit(
    curves: &[Option<&ItemCurve>],
    responses: &Responses,
    theta: &[Option<f64>],
) -> Result<Vec<Option<PersonFit>>, IrtError> {
    check(curves, responses, theta)?;
    let fit = |person: usize| {
        let theta = theta[person].filter(|t| t.is_finite())?;
        let mut residuals = Residuals::default();
        let (mut l, mut expected, mut variance) = (0.0, 0.0, 0.0);
        for (item, points) in responses.answers(person) {
            let Some(curve) = curves[item] else { continue };
            residuals.add(curve, points, theta);
            let logs = curve.log_probabilities(theta);
            let possible = || logs.iter().filter(|l| **l > f64::NEG_INFINITY);
            let mean: f64 = possible().map(|l| l.exp() * l).sum();
            l += logs[usize::from(points)];
            expected += mean;
            variance += possible().map(|l| l.exp() * (l - mean).powi(2)).sum::<f64>();
        }
        let lz = (variance > 0.0).then(|| (l - expected) / variance.sqrt());
        Some(PersonFit { mean_squares: residuals.mean_squares()?, lz })
    };
    Ok((0..responses.persons()).map(fit).collect())
}
