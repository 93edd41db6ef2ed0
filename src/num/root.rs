//! Roots of functions of one variable, always inside a bracket.

use super::{NumError, tol};

/// The root of `f` between `low` and `high`, whose values must differ in sign (Brent's method).
///
/// Combines inverse quadratic interpolation, the secant and bisection, so that it never leaves the
/// bracket. The answer is accurate to about two units in the last place of the root.
///
/// # Errors
/// `OutOfRange` when the ends do not bracket a root, `NotConverged` when `f` gives NaN inside.
///
/// # References
/// Brent, R. P. (1973). Algorithms for Minimization without Derivatives, chapter 4.
pub fn find_root(low: f64, high: f64, mut f: impl FnMut(f64) -> f64) -> Result<f64, NumError> {
    let (mut a, mut b) = (low, high);
    let (mut fa, mut fb) = (f(a), f(b));
    if fa == 0.0 {
        return Ok(a);
    }
    let bracketed = fa.signum() * fb.signum() <= 0.0 || fb == 0.0;
    if !bracketed {
        return Err(NumError::OutOfRange { name: "bracket", value: low });
    }
    let (mut c, mut fc) = (a, fa);
    let mut step = b - a;
    let mut previous_step = step;
    for _ in 0..tol::ROOT_STEPS {
        if fb.abs() > fc.abs() {
            (a, b, c) = (b, c, b);
            (fa, fb, fc) = (fb, fc, fb);
        }
        let tolerance = tol::ROOT * b.abs() + f64::MIN_POSITIVE;
        let half = 0.5 * (c - b);
        if fb == 0.0 || half.abs() <= tolerance {
            return Ok(b);
        }
        let trial = interpolated_step(a, b, c, fa, fb, fc);
        if trial.is_some_and(|d| {
            d.abs() < 0.5 * previous_step.abs() && d * half > 0.0 && d.abs() < 1.5 * half.abs()
        }) {
            previous_step = step;
            step = trial.unwrap_or(half);
        } else {
            previous_step = half;
            step = half;
        }
        (a, fa) = (b, fb);
        b += if step.abs() > tolerance { step } else { tolerance.copysign(half) };
        fb = f(b);
        if fb.is_nan() {
            break;
        }
        if fb.signum() == fc.signum() {
            (c, fc) = (a, fa);
            step = b - a;
            previous_step = step;
        }
    }
    Err(NumError::NotConverged { routine: "root finding" })
}

fn interpolated_step(a: f64, b: f64, c: f64, fa: f64, fb: f64, fc: f64) -> Option<f64> {
    let s = fb / fa;
    let step = if a == c {
        (c - b) * s / (1.0 - s)
    } else {
        let (q, r) = (fa / fc, fb / fc);
        let p = s * ((c - b) * q * (q - r) - (b - a) * (r - 1.0));
        -p / ((q - 1.0) * (r - 1.0) * (s - 1.0))
    };
    step.is_finite().then_some(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_known_roots() {
        let root = find_root(0.0, 3.0, |x| x * x - 2.0).unwrap();
        assert!((root - 2f64.sqrt()).abs() < 1e-15);
        let root = find_root(-5.0, 10.0, |x| (x - 1.0).powi(3)).unwrap();
        assert!((root - 1.0).abs() < 1e-5);
        let root = find_root(0.0, 4.0, |x| (-x).exp() - 0.3).unwrap();
        assert!((root + 0.3f64.ln()).abs() < 1e-14);
    }

    #[test]
    fn refuses_a_bracket_without_a_root() {
        assert!(find_root(1.0, 2.0, |x| x).is_err());
        assert!(find_root(1.0, 2.0, |_| f64::NAN).is_err());
    }
}
