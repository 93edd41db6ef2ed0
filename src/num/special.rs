//! Log beta and the regularised incomplete beta and gamma functions, in logs.
//!
//! statrs computes these on the natural scale: the tails underflow and are off by some digits for real
//! (not whole) parameters far out, which is where a p-value of a large study lies.

use super::tol;

/// `ln B(a, b)` for a, b > 0, without the cancellation of three log gammas when one is large.
///
/// # References
/// Didonato & Morris (1992), ACM TOMS 18, 360-373 (algorithm 708): the Stirling correction form.
pub fn ln_beta(a: f64, b: f64) -> f64 {
    let (p, q) = (a.min(b), a.max(b));
    if p >= 10.0 {
        let correction = stirling_rest(p) + stirling_rest(q) - stirling_rest(p + q);
        let share = p / (p + q);
        -0.5 * q.ln()
            + 0.5 * (2.0 * std::f64::consts::PI).ln()
            + correction
            + (p - 0.5) * share.ln()
            + q * libm::log1p(-share)
    } else if q >= 10.0 {
        let correction = stirling_rest(q) - stirling_rest(p + q);
        libm::lgamma(p) + correction + p - p * (p + q).ln() + (q - 0.5) * libm::log1p(-p / (p + q))
    } else {
        libm::lgamma(p) + libm::lgamma(q) - libm::lgamma(p + q)
    }
}

/// `ln gamma(x) - [(x - 1/2) ln x - x + ln sqrt(2 pi)]` for x >= 10: six terms leave less than 1e-17.
fn stirling_rest(x: f64) -> f64 {
    const TERMS: [f64; 7] = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360_360.0,
        1.0 / 156.0,
    ];
    let square = 1.0 / (x * x);
    TERMS.iter().rev().fold(0.0, |rest, term| rest * square + term) / x
}

/// `ln I_x(a, b)`, the log of the regularised incomplete beta function.
///
/// `x` and `y = 1 - x` are both given, because each may be too close to 0 for the other to be found by
/// subtraction. Needs a, b > 0 and 0 <= x <= 1.
pub fn ln_beta_inc(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if x <= 0.0 {
        f64::NEG_INFINITY
    } else if y <= 0.0 {
        0.0
    } else if x <= (a + 1.0) / (a + b + 2.0) {
        ln_beta_tail(a, b, x, y)
    } else {
        libm::log1p(-ln_beta_tail(b, a, y, x).exp().min(1.0))
    }
}

/// `I_x(a, b)` on the natural scale; arguments as [`ln_beta_inc`].
pub fn beta_inc(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if x <= 0.0 {
        0.0
    } else if y <= 0.0 {
        1.0
    } else if x <= (a + 1.0) / (a + b + 2.0) {
        ln_beta_tail(a, b, x, y).exp().min(1.0)
    } else {
        (1.0 - ln_beta_tail(b, a, y, x).exp()).max(0.0)
    }
}

fn ln_beta_tail(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let ln_x = if x > 0.5 { libm::log1p(-y) } else { x.ln() };
    let ln_y = if y > 0.5 { libm::log1p(-x) } else { y.ln() };
    a * ln_x + b * ln_y - ln_beta(a, b) + beta_fraction(a, b, x, y).ln()
}

/// The even part of the continued fraction of I_x(a, b), by Lentz's method; converges fast for x below
/// (a+1)/(a+b+2).
///
/// The textbook form takes 1 - (a+b)x/(a+1), which cancels when a is large and x near 1, as for t with
/// thousands of degrees of freedom. Here that difference enters as a y - b x, which keeps its digits.
///
/// # References
/// Didonato & Morris (1992), ACM TOMS 18, 360-373, equation 9.
fn beta_fraction(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let guard = |v: f64| if v.abs() < f64::MIN_POSITIVE { f64::MIN_POSITIVE } else { v };
    let lambda = a * y - b * x + 1.0;
    let mut fraction = guard(a * lambda / (a + 1.0));
    let (mut c, mut d) = (fraction, 0.0);
    for step in 1..tol::SERIES_STEPS {
        let m = step as f64;
        let lower = a + 2.0 * m - 1.0;
        let numerator = (a + m - 1.0) * (a + b + m - 1.0) / lower * (m * (b - m) * x * x / lower);
        let denominator =
            m + m * (b - m) * x / lower + (a + m) * (lambda + m * (1.0 + y)) / (a + 2.0 * m + 1.0);
        d = 1.0 / guard(denominator + numerator * d);
        c = guard(denominator + numerator / c);
        fraction *= c * d;
        if (c * d - 1.0).abs() < tol::SERIES {
            break;
        }
    }
    1.0 / fraction
}

/// `Q(a, x)`, the upper regularised incomplete gamma function, for a > 0 and x >= 0.
pub fn gamma_inc_upper(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        1.0
    } else if x < a + 1.0 {
        (1.0 - gamma_series(a, x)).max(0.0)
    } else {
        gamma_fraction(a, x)
    }
}

/// `P(a, x)`, the lower regularised incomplete gamma function, for a > 0 and x >= 0.
pub fn gamma_inc_lower(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        0.0
    } else if x < a + 1.0 {
        gamma_series(a, x)
    } else {
        (1.0 - gamma_fraction(a, x)).max(0.0)
    }
}

/// `x^a e^-x / gamma(a)`, with the large parts cancelled before the exponential.
fn gamma_weight(a: f64, x: f64) -> f64 {
    if a < 10.0 {
        return (a * x.ln() - x - libm::lgamma(a)).exp();
    }
    let shift = (x - a) / a;
    let exponent = a * (libm::log1p(shift) - shift) - stirling_rest(a);
    exponent.exp() * (a / (2.0 * std::f64::consts::PI)).sqrt()
}

fn gamma_series(a: f64, x: f64) -> f64 {
    let (mut term, mut total) = (1.0 / a, 1.0 / a);
    for step in 1..tol::SERIES_STEPS {
        term *= x / (a + step as f64);
        total += term;
        if term < total * tol::SERIES {
            break;
        }
    }
    (total * gamma_weight(a, x)).min(1.0)
}

fn gamma_fraction(a: f64, x: f64) -> f64 {
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / f64::MIN_POSITIVE;
    let mut d = 1.0 / b;
    let mut fraction = d;
    for step in 1..tol::SERIES_STEPS {
        let m = step as f64;
        let an = -m * (m - a);
        b += 2.0;
        d = 1.0 / (an * d + b);
        c = b + an / c;
        fraction *= c * d;
        if (c * d - 1.0).abs() < tol::SERIES {
            break;
        }
    }
    (fraction * gamma_weight(a, x)).min(1.0)
}

/// `ln(sum(exp(v)))`, taken about the largest value so that nothing overflows; minus infinity for an
/// empty slice or when all values are minus infinity.
pub fn log_sum_exp(values: &[f64]) -> f64 {
    let top = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if top.is_infinite() {
        return top;
    }
    top + values.iter().map(|v| (v - top).exp()).sum::<f64>().ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_beta_agrees_across_its_branches() {
        // B(a, b) = B(a+1, b) (a+b)/a ties values on both sides of each branch limit.
        for (a, b) in [(9.5, 3.0), (9.5, 9.7), (9.9, 400.0), (0.5, 9.6), (0.5, 390.5), (1e6, 0.5), (1e6, 2e6)]
        {
            let step = ln_beta(a + 1.0, b) + ((a + b) / a).ln();
            assert!((ln_beta(a, b) - step).abs() < 1e-13 * ln_beta(a, b).abs().max(1.0), "{a} {b}");
        }
    }

    #[test]
    fn log_sum_exp_neither_overflows_nor_loses_small_parts() {
        assert!((log_sum_exp(&[1000.0, 1000.0]) - 1000.0 - 2f64.ln()).abs() < 1e-12);
        assert!((log_sum_exp(&[-1000.0, -1001.0]) + 1000.0 - (1.0 + (-1f64).exp()).ln()).abs() < 1e-12);
        assert_eq!(log_sum_exp(&[]), f64::NEG_INFINITY);
        assert_eq!(log_sum_exp(&[f64::NEG_INFINITY, 3.0]), 3.0);
    }

    #[test]
    fn incomplete_functions_at_closed_forms() {
        assert!((beta_inc(2.0, 3.0, 0.4, 0.6) - 0.5248).abs() < 1e-14);
        // mpmath with 40 digits: I_x(df/2, 1/2) at x = df/(df + t^2), t = 2, df = 100,000
        let (x, y) = (1e5 / 100_004.0, 4.0 / 100_004.0);
        assert!((beta_inc(5e4, 0.5, x, y) / 0.045502963457506463 - 1.0).abs() < 2e-14);
        assert!((ln_beta_inc(1.0, 700.0, 0.9, 0.1) - 0.0).abs() < 1e-300);
        assert!((gamma_inc_upper(1.0, 3.0) - (-3f64).exp()).abs() < 1e-16);
        assert!((gamma_inc_lower(2.0, 1.0) - (1.0 - 2.0 * (-1f64).exp())).abs() < 1e-15);
    }
}
