//! Means, variances and correlations by compensated two-pass sums, and quantiles.
//!
//! No function skips missing values: a NaN is an error, so that the caller decides who is left out and
//! can say so.

use super::{NumError, tol};

/// Sum with Neumaier's compensation: exact to about one unit in the last place unless terms cancel by
/// more than sixteen digits.
pub fn sum(values: impl IntoIterator<Item = f64>) -> f64 {
    let (mut total, mut lost) = (0.0f64, 0.0f64);
    for value in values {
        let next = total + value;
        lost += if total.abs() >= value.abs() { (total - next) + value } else { (value - next) + total };
        total = next;
    }
    total + lost
}

/// Fails on the first value that is NaN, infinite or beyond [`tol::LARGEST`], and on fewer than `needed`
/// values.
pub fn check_values(x: &[f64], needed: usize) -> Result<(), NumError> {
    if let Some(index) = x.iter().position(|v| !is_usable(*v)) {
        return Err(NumError::NotFinite { index });
    }
    if x.len() < needed { Err(NumError::TooFew { needed, found: x.len() }) } else { Ok(()) }
}

/// True for a number that is neither NaN nor beyond [`tol::LARGEST`].
pub fn is_usable(value: f64) -> bool {
    value.abs() <= tol::LARGEST
}

/// Fails when two inputs that belong together differ in length.
pub fn check_same_length(left: usize, right: usize) -> Result<(), NumError> {
    if left == right { Ok(()) } else { Err(NumError::LengthMismatch { left, right }) }
}

/// Arithmetic mean of at least one value.
///
/// # Errors
/// `TooFew` when empty, `NotFinite` on NaN or infinity.
pub fn mean(x: &[f64]) -> Result<f64, NumError> {
    check_values(x, 1)?;
    Ok(mean_unchecked(x))
}

/// Variance with divisor n - 1, about the mean, in two passes.
///
/// # Errors
/// `TooFew` below two values, `NotFinite` on NaN or infinity.
///
/// # References
/// Chan, Golub & LeVeque (1983), The American Statistician 37, 242-247: the corrected two-pass form.
pub fn variance(x: &[f64]) -> Result<f64, NumError> {
    covariance(x, x)
}

/// Standard deviation with divisor n - 1. Errors as [`variance`].
pub fn sd(x: &[f64]) -> Result<f64, NumError> {
    Ok(variance(x)?.max(0.0).sqrt())
}

/// Covariance with divisor n - 1 of two columns of equal length.
///
/// # Errors
/// `LengthMismatch`, `TooFew` below two pairs, `NotFinite`.
pub fn covariance(x: &[f64], y: &[f64]) -> Result<f64, NumError> {
    check_same_length(x.len(), y.len())?;
    check_values(x, 2)?;
    check_values(y, 2)?;
    Ok(co_moment(x, y) / (x.len() - 1) as f64)
}

/// Pearson correlation of two columns of equal length.
///
/// # Errors
/// `NoVariation` when a column is constant; else as [`covariance`].
pub fn pearson(x: &[f64], y: &[f64]) -> Result<f64, NumError> {
    check_same_length(x.len(), y.len())?;
    check_values(x, 2)?;
    check_values(y, 2)?;
    let (sxx, syy) = (co_moment(x, x), co_moment(y, y));
    if !varies(x, sxx) || !varies(y, syy) {
        return Err(NumError::NoVariation);
    }
    Ok((co_moment(x, y) / (sxx.sqrt() * syy.sqrt())).clamp(-1.0, 1.0))
}

/// True when the spread of `x` is more than rounding noise of equal values.
pub fn has_variation(x: &[f64]) -> bool {
    x.len() > 1 && x.iter().all(|v| v.is_finite()) && (clearly_varies(x) || varies(x, co_moment(x, x)))
}

/// Whether one value alone is far enough from the first: two values d apart have a sum of squares of at least
/// d^2 / 2 about any mean.
fn clearly_varies(x: &[f64]) -> bool {
    let largest = x.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    let noise = tol::NO_VARIATION * largest * (x.len() as f64).sqrt();
    x.first().is_some_and(|first| x.iter().any(|v| (v - first).abs() > 2.0 * noise))
}

/// Quantile of type 7 (linear between order statistics, the default of R, NumPy and Excel).
///
/// ```text
/// h = (n - 1) p,   q = x[floor h] + (h - floor h)(x[floor h + 1] - x[floor h])
/// ```
///
/// # Errors
/// `OutOfRange` when `p` is outside 0..=1, `TooFew` when empty, `NotFinite`.
///
/// # References
/// Hyndman & Fan (1996), The American Statistician 50, 361-365.
pub fn quantile(x: &[f64], p: f64) -> Result<f64, NumError> {
    check_values(x, 1)?;
    if !(0.0..=1.0).contains(&p) {
        return Err(NumError::OutOfRange { name: "p", value: p });
    }
    let mut sorted = x.to_vec();
    sorted.sort_by(f64::total_cmp);
    let h = (sorted.len() - 1) as f64 * p;
    let below = h.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    Ok(sorted[below] + (h - h.floor()) * (sorted[above] - sorted[below]))
}

fn mean_unchecked(x: &[f64]) -> f64 {
    let n = x.len() as f64;
    let first = sum(x.iter().copied()) / n;
    // One correction step: the rounding of `first` itself is taken out.
    first + sum(x.iter().map(|v| v - first)) / n
}

/// Sum of products about the means, less the product of what the rounded means leave over.
fn co_moment(x: &[f64], y: &[f64]) -> f64 {
    let (mx, my) = (mean_unchecked(x), mean_unchecked(y));
    let products = sum(x.iter().zip(y).map(|(a, b)| (a - mx) * (b - my)));
    let left_x = sum(x.iter().map(|a| a - mx));
    let left_y = sum(y.iter().map(|b| b - my));
    products - left_x * left_y / x.len() as f64
}

fn varies(x: &[f64], sum_of_squares: f64) -> bool {
    let largest = x.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    sum_of_squares.sqrt() > tol::NO_VARIATION * largest * (x.len() as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_digits_far_from_zero() {
        // NIST NumAcc4: certified mean 10000000.2 and sd 0.1; the data themselves are rounded doubles.
        let mut x = vec![10_000_000.2];
        for _ in 0..500 {
            x.extend([10_000_000.1, 10_000_000.3]);
        }
        assert!((mean(&x).unwrap() - 10_000_000.2).abs() < 1e-8);
        assert!((sd(&x).unwrap() - 0.1).abs() < 1e-8);
    }

    #[test]
    fn small_known_numbers() {
        let x = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(mean(&x), Ok(2.5));
        assert!((variance(&x).unwrap() - 5.0 / 3.0).abs() < 1e-15);
        assert_eq!(quantile(&x, 0.25), Ok(1.75));
        assert_eq!(quantile(&x, 1.0), Ok(4.0));
        assert!((pearson(&x, &[2.0, 4.0, 6.0, 8.0]).unwrap() - 1.0).abs() < 1e-15);
    }

    #[test]
    fn names_what_is_wrong() {
        assert_eq!(mean(&[]), Err(NumError::TooFew { needed: 1, found: 0 }));
        assert_eq!(sd(&[1.0, f64::NAN]), Err(NumError::NotFinite { index: 1 }));
        assert_eq!(pearson(&[0.1, 0.1, 0.1], &[1.0, 2.0, 3.0]), Err(NumError::NoVariation));
        assert!(pearson(&[1.0], &[1.0, 2.0]).is_err());
        assert!(quantile(&[1.0], f64::NAN).is_err());
    }
}
