//! The bivariate normal distribution.

use std::f64::consts::{FRAC_PI_2, PI};
use std::sync::LazyLock;

use super::dist::normal_cdf;
use super::legendre::{Node, gauss_legendre};

/// Beyond this correlation the integrand changes fast near the end and the panels are graded towards it.
const STEEP: f64 = 0.9;

/// Twenty nodes a panel leave about 1e-15 (checked against closed forms in the tests).
static NODES: LazyLock<Vec<Node>> = LazyLock::new(|| gauss_legendre(20));

/// P(X <= h, Y <= k) of standard normal X and Y with correlation `rho`.
///
/// ```text
/// P = Phi(h) Phi(k) + 1/(2 pi) int_0^asin(rho) exp(-(h^2 + k^2 - 2 h k sin t) / (2 cos^2 t)) dt
/// ```
///
/// Absolute error about 1e-15. `h` and `k` may be infinite; `rho` beyond -1..1 counts as the nearer end.
///
/// # References
/// Drezner & Wesolowsky (1990), Journal of Statistical Computation and Simulation 35, 101-107. Genz (2004),
/// Statistics and Computing 14, 251-260.
pub fn binormal_cdf(h: f64, k: f64, rho: f64) -> f64 {
    if h == f64::NEG_INFINITY || k == f64::NEG_INFINITY {
        return 0.0;
    }
    if h == f64::INFINITY || k == f64::INFINITY {
        return normal_cdf(h.min(k));
    }
    if rho >= 1.0 {
        normal_cdf(h.min(k))
    } else if rho <= -1.0 {
        (normal_cdf(h) - normal_cdf(-k)).max(0.0)
    } else if rho < -STEEP {
        (normal_cdf(h) - binormal_cdf(h, -k, -rho)).max(0.0)
    } else if rho > STEEP {
        (normal_cdf(h.min(k)) - steep_rest(h, k, rho)).max(0.0)
    } else {
        let integrand = |t: f64| {
            let sine = t.sin();
            (-(h * h + k * k - 2.0 * h * k * sine) / (2.0 * (1.0 - sine * sine))).exp()
        };
        let end = rho.asin();
        // Two panels: at .9 a single one leaves 1e-13.
        let integral = panel(0.0, 0.5 * end, integrand) + panel(0.5 * end, end, integrand);
        (normal_cdf(h) * normal_cdf(k) + integral / (2.0 * PI)).clamp(0.0, 1.0)
    }
}

/// Density of the same distribution: the derivative of the probability by `rho`. 0 at infinite arguments.
pub fn binormal_density(h: f64, k: f64, rho: f64) -> f64 {
    if h.is_infinite() || k.is_infinite() {
        return 0.0;
    }
    let rest = (1.0 - rho) * (1.0 + rho);
    // h^2 + k^2 - 2 rho h k, written so that it does not cancel near rho = 1.
    let square = (h - k).powi(2) + 2.0 * (1.0 - rho) * h * k;
    (-square / (2.0 * rest)).exp() / (2.0 * PI * rest.sqrt())
}

/// What is missing from the limit at correlation 1: the integral from asin(rho) to pi/2. With u = pi/2 - t the
/// exponent is `(h - k)^2 / (2 sin^2 u) + h k / (1 + cos u)`, smooth in log u.
fn steep_rest(h: f64, k: f64, rho: f64) -> f64 {
    let end = ((1.0 - rho) * (1.0 + rho)).sqrt().asin();
    let square = (h - k).powi(2);
    let integrand = |u: f64| (-(square / (2.0 * u.sin().powi(2)) + h * k / (1.0 + u.cos()))).exp();
    let (mut high, mut total) = (end, 0.0);
    // Panels halve towards 0; below a thirtieth of |h - k| the integrand is under 1e-190, and with h = k it
    // is flat, so that one last panel from 0 is exact.
    let floor = (h - k).abs() / 30.0;
    while high > floor && high > end * 1e-9 && square > 0.0 {
        total += panel(0.5 * high, high, integrand);
        high *= 0.5;
    }
    if square == 0.0 {
        total += panel(0.0, high, |u| (-(h * k / (1.0 + u.cos()))).exp());
    } else if high > floor {
        total += panel(0.0, high, integrand);
    }
    total.min(FRAC_PI_2) / (2.0 * PI)
}

fn panel(low: f64, high: f64, integrand: impl Fn(f64) -> f64) -> f64 {
    let (centre, half) = (0.5 * (low + high), 0.5 * (high - low));
    half * NODES.iter().map(|node| node.weight * integrand(centre + half * node.place)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quadrants() {
        // P(X <= 0, Y <= 0) = 1/4 + asin(rho) / (2 pi)
        for rho in [-0.9999, -0.95, -0.9, -0.3, 0.0, 0.5, 0.89, 0.91, 0.99, 0.999_999] {
            let exact = 0.25 + f64::asin(rho) / (2.0 * PI);
            assert!((binormal_cdf(0.0, 0.0, rho) - exact).abs() < 2e-15, "{rho}");
        }
    }

    #[test]
    fn against_integration_over_one_variable() {
        // P = int phi(x) Phi((k - rho x) / sqrt(1 - rho^2)) dx up to h, by fine panels
        for (h, k) in [(0.5, -0.3), (-1.2, 2.0), (1.0, 1.000_1), (-2.5, -2.0), (3.0, -3.0)] {
            for rho in [-0.97, -0.6, 0.2, 0.9, 0.901, 0.99] {
                let scale = f64::sqrt(1.0 - rho * rho);
                let inner =
                    |x: f64| (-0.5 * x * x).exp() / (2.0 * PI).sqrt() * normal_cdf((k - rho * x) / scale);
                let panels = 400;
                let width = (h + 9.0) / f64::from(panels);
                let slow: f64 = (0..panels)
                    .map(|i| panel(-9.0 + f64::from(i) * width, -9.0 + f64::from(i + 1) * width, inner))
                    .sum();
                assert!((binormal_cdf(h, k, rho) - slow).abs() < 4e-15, "{h} {k} {rho}");
            }
        }
    }

    #[test]
    fn limits_and_derivative() {
        let inf = f64::INFINITY;
        assert_eq!((binormal_cdf(-inf, 1.0, 0.3), binormal_cdf(inf, 0.0, 0.3)), (0.0, 0.5));
        assert_eq!((binormal_cdf(0.0, 1.0, 1.0), binormal_cdf(-1.0, 0.5, -1.0)), (0.5, 0.0));
        for rho in [-0.95, -0.4, 0.6, 0.96] {
            let step = 1e-5;
            let slope = binormal_cdf(0.4, -0.2, rho + step) - binormal_cdf(0.4, -0.2, rho - step);
            assert!((slope / (2.0 * step) - binormal_density(0.4, -0.2, rho)).abs() < 1e-8);
        }
    }
}
