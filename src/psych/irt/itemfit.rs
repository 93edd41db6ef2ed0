//! Infit and outfit of items at given abilities.

use super::{IrtError, ItemCurve, Responses};

/// Mean squares of one item or person and their standardised forms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanSquares {
    /// Answers used.
    pub answers: usize,
    /// Unweighted mean of squared standardised residuals.
    pub outfit: f64,
    /// Standardised outfit.
    pub outfit_z: f64,
    /// Squared residuals over their expected sum.
    pub infit: f64,
    /// Standardised infit.
    pub infit_z: f64,
}

/// Sums behind the mean squares.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Residuals {
    answers: f64,
    z2: f64,
    y2: f64,
    w: f64,
    kurtosis: f64,
    excess: f64,
}

impl Residuals {
    /// Adds one answer at one ability.
    pub fn add(&mut self, curve: &ItemCurve, points: u8, theta: f64) {
        let m = curve.moments(theta);
        if !(m.variance > 0.0) {
            return;
        }
        let y2 = (f64::from(points) - m.mean).powi(2);
        self.answers += 1.0;
        self.z2 += y2 / m.variance;
        self.y2 += y2;
        self.w += m.variance;
        self.kurtosis += m.fourth / (m.variance * m.variance);
        self.excess += m.fourth - m.variance * m.variance;
    }

    pub fn mean_squares(&self) -> Option<MeanSquares> {
        if self.answers == 0.0 {
            return None;
        }
        let n = self.answers;
        let (outfit, infit) = (self.z2 / n, self.y2 / self.w);
        let outfit_sd = (self.kurtosis / (n * n) - 1.0 / n).max(0.0).sqrt();
        let infit_sd = (self.excess / (self.w * self.w)).max(0.0).sqrt();
        Some(MeanSquares {
            answers: n as usize,
            outfit,
            outfit_z: standardised(outfit, outfit_sd),
            infit,
            infit_z: standardised(infit, infit_sd),
        })
    }
}

/// Largest standard deviation for which the cube root transformation is used, as the Rasch programs do.
const WIDEST: f64 = std::f64::consts::SQRT_2;

/// The Wilson-Hilferty transformation of a mean square with standard deviation `sd` to about N(0, 1).
fn standardised(mean_square: f64, sd: f64) -> f64 {
    let q = sd.min(WIDEST);
    if q > 0.0 { (mean_square.cbrt() - 1.0) * (3.0 / q) + q / 3.0 } else { 0.0 }
}

/// Infit and outfit of each item.
///
/// ```text
/// z = (x - E) / sqrt(W);  outfit = mean z^2;  infit = sum (x - E)^2 / sum W
/// ```
///
/// with standardised forms by Wilson and Hilferty from the fourth moments. `theta[p]` is the ability
/// plugged in for person p (an estimate of any kind; they differ by kind), `None` leaves the person out.
/// `None` in the result: the item has no curve or no answers.
///
/// # Errors
/// `Shape` when `curves` or `theta` do not fit.
///
/// # References
/// Wright & Masters (1982), Rating Scale Analysis, chapter 5.
pub fn item_fit(
    curves: &[Option<&ItemCurve>],
    responses: &Responses,
    theta: &[Option<f64>],
) -> Result<Vec<Option<MeanSquares>>, IrtError> {
    check(curves, responses, theta)?;
    let mut sums = vec![Residuals::default(); curves.len()];
    for (person, theta) in theta.iter().enumerate() {
        let Some(theta) = theta.filter(|t| t.is_finite()) else { continue };
        for (item, points) in responses.answers(person) {
            if let Some(curve) = curves[item] {
                sums[item].add(curve, points, theta);
            }
        }
    }
    Ok(sums.iter().map(Residuals::mean_squares).collect())
}

pub(super) fn check(
    curves: &[Option<&ItemCurve>],
    responses: &Responses,
    theta: &[Option<f64>],
) -> Result<(), IrtError> {
    let lengths = [("curves", responses.items(), curves.len()), ("theta", responses.persons(), theta.len())];
    for (what, needed, found) in lengths {
        if needed != found {
            return Err(IrtError::Shape { what, needed, found });
        }
    }
    Ok(())
}
