//! Gauss-Legendre quadrature.

/// A node on -1..1 and its weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node {
    /// Place on -1..1.
    pub place: f64,
    /// Weight; the weights add up to 2.
    pub weight: f64,
}

/// The `n` nodes of Gauss-Legendre quadrature, ascending: exact for polynomials of degree `2 n - 1`.
///
/// Roots of the Legendre polynomial by Newton from Tricomi's approximation.
///
/// # References
/// Davis & Rabinowitz (1984), Methods of Numerical Integration, 2nd ed., section 2.7.
pub fn gauss_legendre(n: usize) -> Vec<Node> {
    let order = n as f64;
    let one = |i: usize| {
        let mut x = -(std::f64::consts::PI * (i as f64 + 0.75) / (order + 0.5)).cos();
        let mut slope = 1.0;
        // Newton doubles the digits; the start has three, so that four steps reach a double's last digit.
        for _ in 0..6 {
            let (mut before, mut value) = (1.0, x);
            for degree in 2..=n {
                let d = degree as f64;
                (before, value) = (value, ((2.0 * d - 1.0) * x * value - (d - 1.0) * before) / d);
            }
            slope = order * (before - x * value) / (1.0 - x * x);
            x -= value / slope;
        }
        Node { place: x, weight: 2.0 / ((1.0 - x * x) * slope * slope) }
    };
    (0..n).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrates_polynomials() {
        let nodes = gauss_legendre(20);
        let integral = |degree: i32| nodes.iter().map(|n| n.weight * n.place.powi(degree)).sum::<f64>();
        for degree in [0, 2, 10, 38] {
            assert!((integral(degree) - 2.0 / f64::from(degree + 1)).abs() < 1e-14, "{degree}");
        }
        assert!(integral(7).abs() < 1e-15);
        assert!((gauss_legendre(2)[1].place - (1.0f64 / 3.0).sqrt()).abs() < 1e-15);
        assert_eq!(gauss_legendre(1)[0].weight, 2.0);
        assert!(gauss_legendre(0).is_empty());
    }
}
