//! Tails and quantiles of the normal, t, F, chi-square and binomial distributions.
//!
//! Degrees of freedom are real numbers, as Satterthwaite's are. Upper tails are computed as such
//! (never `1 - cdf`), so that they are relatively accurate as far as doubles reach. Parameters outside
//! their range give an error; probabilities never leave 0..=1.

use std::f64::consts::SQRT_2;

use super::special::{beta_inc, gamma_inc_lower, gamma_inc_upper, ln_beta, ln_beta_inc};
use super::{NumError, root::find_root};

/// P(Z > z) of the standard normal.
pub fn normal_sf(z: f64) -> f64 {
    0.5 * libm::erfc(z / SQRT_2)
}

/// P(Z <= z) of the standard normal.
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z / SQRT_2)
}

/// The z with P(Z <= z) = p, for 0 < p < 1.
///
/// # Errors
/// `OutOfRange` when p is not strictly between 0 and 1.
pub fn normal_quantile(p: f64) -> Result<f64, NumError> {
    check_probability(p)?;
    let start = -SQRT_2 * statrs::function::erf::erfc_inv(2.0 * p);
    // One Halley step takes out what the rational approximation leaves; far out the density underflows.
    let density = (-0.5 * start * start).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let error = if p < 0.5 { normal_cdf(start) - p } else { (1.0 - p) - normal_sf(start) };
    let step = error / density;
    let polished = start - step / (1.0 + 0.5 * start * step);
    Ok(if polished.is_finite() { polished } else { start })
}

/// P(T > t) of Student's t with `df` degrees of freedom (real, or infinite for the normal).
///
/// # Errors
/// `OutOfRange` when `df` is not positive or `t` is NaN.
pub fn t_sf(t: f64, df: f64) -> Result<f64, NumError> {
    let both = t_two_sided_p(t, df)?;
    Ok(if t >= 0.0 { 0.5 * both } else { 1.0 - 0.5 * both })
}

/// P(|T| > |t|) of Student's t: the two-sided p-value.
///
/// ```text
/// p = I_x(df/2, 1/2),   x = df / (df + t^2)
/// ```
///
/// # Errors
/// `OutOfRange` when `df` is not positive or `t` is NaN.
pub fn t_two_sided_p(t: f64, df: f64) -> Result<f64, NumError> {
    check_df(df)?;
    if t.is_nan() {
        return Err(NumError::OutOfRange { name: "t", value: t });
    }
    if df.is_infinite() {
        return Ok(2.0 * normal_sf(t.abs()));
    }
    // Scaled by the larger of the two, so that t^2 cannot overflow.
    let ratio = t.abs() / df.sqrt();
    let (x, y) = if ratio <= 1.0 {
        (1.0 / (1.0 + ratio * ratio), ratio * ratio / (1.0 + ratio * ratio))
    } else {
        let inverse = 1.0 / ratio;
        (inverse * inverse / (1.0 + inverse * inverse), 1.0 / (1.0 + inverse * inverse))
    };
    Ok(beta_inc(0.5 * df, 0.5, x, y))
}

/// The t with P(T <= t) = p.
///
/// # Errors
/// `OutOfRange` when p is not strictly between 0 and 1 or `df` is not positive.
pub fn t_quantile(p: f64, df: f64) -> Result<f64, NumError> {
    check_probability(p)?;
    check_df(df)?;
    if df.is_infinite() {
        return normal_quantile(p);
    }
    if p == 0.5 {
        return Ok(0.0);
    }
    let tail = p.min(1.0 - p);
    let upper = root_of_tail(tail, |t| t_sf(t, df).unwrap_or(f64::NAN))?;
    Ok(if p < 0.5 { -upper } else { upper })
}

/// The t beyond which both tails together hold `alpha`: the multiplier of a two-sided interval.
///
/// # Errors
/// `OutOfRange` when `alpha` is not strictly between 0 and 1 or `df` is not positive.
pub fn t_critical(alpha: f64, df: f64) -> Result<f64, NumError> {
    check_probability(alpha)?;
    Ok(-t_quantile(0.5 * alpha, df)?)
}

/// P(F > f) of the F distribution with real degrees of freedom.
///
/// # Errors
/// `OutOfRange` when a degree of freedom is not positive or `f` is NaN.
pub fn f_sf(f: f64, df1: f64, df2: f64) -> Result<f64, NumError> {
    let (x, y) = f_arguments(f, df1, df2)?;
    Ok(beta_inc(0.5 * df2, 0.5 * df1, y, x))
}

/// P(F <= f) of the F distribution with real degrees of freedom.
///
/// # Errors
/// As [`f_sf`].
pub fn f_cdf(f: f64, df1: f64, df2: f64) -> Result<f64, NumError> {
    let (x, y) = f_arguments(f, df1, df2)?;
    Ok(beta_inc(0.5 * df1, 0.5 * df2, x, y))
}

/// The f with P(F <= f) = p.
///
/// # Errors
/// `OutOfRange` when p is not strictly between 0 and 1 or a degree of freedom is not positive.
pub fn f_quantile(p: f64, df1: f64, df2: f64) -> Result<f64, NumError> {
    check_probability(p)?;
    f_arguments(1.0, df1, df2)?;
    if p > 0.5 {
        root_of_tail(1.0 - p, |f| f_sf(f, df1, df2).unwrap_or(f64::NAN))
    } else {
        // The lower tail is the upper tail of 1/F with the degrees of freedom exchanged.
        Ok(1.0 / root_of_tail(p, |f| f_sf(f, df2, df1).unwrap_or(f64::NAN))?)
    }
}

/// P(X > x) of the chi-square distribution with real degrees of freedom.
///
/// # Errors
/// `OutOfRange` when `df` is not positive and finite or `x` is NaN.
pub fn chi2_sf(x: f64, df: f64) -> Result<f64, NumError> {
    check_chi2(x, df)?;
    Ok(gamma_inc_upper(0.5 * df, 0.5 * x))
}

/// The x with P(X <= x) = p of the chi-square distribution.
///
/// # Errors
/// `OutOfRange` when p is not strictly between 0 and 1 or `df` is not positive and finite.
pub fn chi2_quantile(p: f64, df: f64) -> Result<f64, NumError> {
    check_probability(p)?;
    check_chi2(1.0, df)?;
    if p > 0.5 {
        return root_of_tail(1.0 - p, |x| gamma_inc_upper(0.5 * df, 0.5 * x));
    }
    Ok(1.0 / root_of_tail(p, |inverse| gamma_inc_lower(0.5 * df, 0.5 / inverse))?)
}

/// Exact two-sided p of a binomial count: all outcomes that are no more likely than the observed one
/// (with R's relative tolerance of 1e-7 for equal probabilities).
///
/// # Errors
/// `OutOfRange` when `successes > trials` or `probability` is not strictly between 0 and 1.
///
/// # References
/// Clopper & Pearson (1934), Biometrika 26, 404-413; the rule is that of R's `binom.test`.
pub fn binomial_two_sided_p(successes: u64, trials: u64, probability: f64) -> Result<f64, NumError> {
    check_probability(probability)?;
    if successes > trials {
        return Err(NumError::OutOfRange { name: "successes", value: successes as f64 });
    }
    let ln_odds_free = libm::log1p(-probability);
    let ln_pmf = |k: u64| {
        let (k, n) = (k as f64, trials as f64);
        let choose = -libm::log1p(n) - ln_beta(k + 1.0, n - k + 1.0);
        choose + k * probability.ln() + (n - k) * ln_odds_free
    };
    let limit = ln_pmf(successes) + 1e-7;
    let included = (0..=trials).map(ln_pmf).filter(|ln_p| *ln_p <= limit).map(f64::exp);
    Ok(super::moments::sum(included).min(1.0))
}

/// ln P(|T| > |t|), for p-values below the smallest double.
///
/// # Errors
/// As [`t_two_sided_p`].
pub fn t_two_sided_ln_p(t: f64, df: f64) -> Result<f64, NumError> {
    check_df(df)?;
    if t.is_nan() || df.is_infinite() {
        return Err(NumError::OutOfRange { name: "df", value: df });
    }
    let square = t * t;
    Ok(ln_beta_inc(0.5 * df, 0.5, df / (df + square), square / (df + square)))
}

/// The positive x at which a decreasing tail function equals `tail`, found on the log scale.
fn root_of_tail(tail: f64, sf: impl Fn(f64) -> f64) -> Result<f64, NumError> {
    let distance = |ln_x: f64| sf(ln_x.exp()).max(f64::MIN_POSITIVE).ln() - tail.ln();
    let (mut low, mut high) = (-1.0, 1.0);
    while distance(low) < 0.0 && low > -700.0 {
        low *= 2.0;
    }
    while distance(high) > 0.0 && high < 700.0 {
        high *= 2.0;
    }
    Ok(find_root(low, high, distance)?.exp())
}

fn f_arguments(f: f64, df1: f64, df2: f64) -> Result<(f64, f64), NumError> {
    check_df(df1)?;
    check_df(df2)?;
    if f.is_nan() || df1.is_infinite() || df2.is_infinite() {
        return Err(NumError::OutOfRange { name: "f", value: f });
    }
    let scaled = df1 * f.max(0.0) / df2;
    Ok(if scaled.is_infinite() { (1.0, 0.0) } else { (scaled / (1.0 + scaled), 1.0 / (1.0 + scaled)) })
}

fn check_df(df: f64) -> Result<(), NumError> {
    if df > 0.0 { Ok(()) } else { Err(NumError::OutOfRange { name: "df", value: df }) }
}

fn check_chi2(x: f64, df: f64) -> Result<(), NumError> {
    if df > 0.0 && df.is_finite() && !x.is_nan() {
        Ok(())
    } else {
        Err(NumError::OutOfRange { name: "df", value: df })
    }
}

fn check_probability(p: f64) -> Result<(), NumError> {
    if p > 0.0 && p < 1.0 { Ok(()) } else { Err(NumError::OutOfRange { name: "probability", value: p }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, relative: f64) {
        assert!((found - expected).abs() <= relative * expected.abs(), "{found:e} for {expected:e}");
    }

    #[test]
    fn far_tails() {
        // R 4.2.2: 2 * pt(-53.6443766550005, 781), 2 * pt(-37.0051275047767, 390)
        close(t_two_sided_p(53.6443766550005, 781.0).unwrap(), 4.05220239623943e-264, 1e-9);
        close(t_two_sided_p(37.0051275047767, 390.0).unwrap(), 1.18229170592103e-129, 1e-9);
        close(normal_sf(30.0), 4.906713927148187e-198, 1e-12);
        close(t_two_sided_p(1e200, 3.0).unwrap().max(1e-300), 1e-300, 1e-9);
        close(t_two_sided_ln_p(53.6443766550005, 781.0).unwrap().exp(), 4.05220239623943e-264, 1e-9);
    }

    #[test]
    fn quantiles_invert_their_tails() {
        for df in [1.0, 1.7, 5.767523, 30.0, 1e4, 1e7] {
            for p in [1e-10, 0.025, 0.3, 0.8, 0.975] {
                let t = t_quantile(p, df).unwrap();
                close(1.0 - t_sf(t, df).unwrap(), p, if p < 1e-6 { 1e-5 } else { 1e-12 });
                close(t_sf(-t, df).unwrap(), p, 1e-12);
            }
        }
        close(t_quantile(0.975, 12.0).unwrap(), 2.178812829667228, 1e-13);
        close(normal_quantile(0.975).unwrap(), 1.959963984540054, 1e-15);
        close(normal_quantile(1e-200).unwrap(), -30.20559412, 1e-8);
        close(f_quantile(0.975, 7.0, 25.0).unwrap(), 2.847795382304853, 1e-13);
        close(f_sf(f_quantile(0.975, 7.0, 25.0).unwrap(), 7.0, 25.0).unwrap(), 0.025, 1e-12);
        close(f_cdf(f_quantile(0.025, 7.5, 25.0).unwrap(), 7.5, 25.0).unwrap(), 0.025, 1e-12);
        close(chi2_quantile(0.95, 1.0).unwrap(), 3.841458820694124, 1e-12);
        close(chi2_sf(chi2_quantile(0.01, 3.3).unwrap(), 3.3).unwrap(), 0.99, 1e-12);
    }

    #[test]
    fn binomial_follows_r() {
        // R: binom.test(26, 131)$p.value, binom.test(3, 10, .4)$p.value
        close(binomial_two_sided_p(26, 131, 0.5).unwrap(), 1.8819103170396e-12, 1e-10);
        close(binomial_two_sided_p(33, 67, 0.5).unwrap(), 1.0, 1e-15);
        close(binomial_two_sided_p(12, 36, 0.5).unwrap(), 0.0652453352231534, 1e-12);
        assert_eq!(binomial_two_sided_p(0, 0, 0.5), Ok(1.0));
    }

    #[test]
    fn refuses_what_is_undefined() {
        assert!(t_sf(1.0, 0.0).is_err());
        assert!(t_sf(f64::NAN, 3.0).is_err());
        assert!(t_quantile(1.0, 3.0).is_err());
        assert!(f_quantile(0.5, -1.0, 2.0).is_err());
        assert!(chi2_sf(f64::NAN, 1.0).is_err());
        assert!(binomial_two_sided_p(3, 2, 0.5).is_err());
    }
}
