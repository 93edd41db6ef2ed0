//! Symmetric 2 x 2 matrices and the random draws of the sampler.

use crate::num::NumError;
use crate::num::rng::Stream;

/// A pair of values: before, after.
pub(super) type Pair = [f64; 2];

/// A symmetric 2 x 2 matrix.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Sym2 {
    /// First diagonal entry.
    pub a: f64,
    /// Entry off the diagonal.
    pub b: f64,
    /// Second diagonal entry.
    pub c: f64,
}

impl Sym2 {
    pub fn diagonal(value: f64) -> Self {
        Sym2 { a: value, b: 0.0, c: value }
    }

    pub fn plus(self, other: Sym2) -> Self {
        Sym2 { a: self.a + other.a, b: self.b + other.b, c: self.c + other.c }
    }

    pub fn times(self, factor: f64) -> Self {
        Sym2 { a: self.a * factor, b: self.b * factor, c: self.c * factor }
    }

    pub fn of(self, v: Pair) -> Pair {
        [self.a * v[0] + self.b * v[1], self.b * v[0] + self.c * v[1]]
    }

    pub fn entry(self, row: usize, column: usize) -> f64 {
        match (row, column) {
            (0, 0) => self.a,
            (1, 1) => self.c,
            _ => self.b,
        }
    }

    pub fn add_outer(&mut self, v: Pair) {
        self.a += v[0] * v[0];
        self.b += v[0] * v[1];
        self.c += v[1] * v[1];
    }

    /// `self other self`, which is symmetric.
    pub fn sandwich(self, other: Sym2) -> Self {
        let first = other.of([self.a, self.b]);
        let second = other.of([self.b, self.c]);
        Sym2 { a: self.of(first)[0], b: self.of(first)[1], c: self.of(second)[1] }
    }

    /// # Errors
    /// `Singular` when not positive definite up to rounding.
    pub fn inverse(self) -> Result<Self, NumError> {
        let determinant = self.a * self.c - self.b * self.b;
        if !(self.a > 0.0 && determinant > 1e-12 * self.a * self.c && determinant.is_finite()) {
            return Err(NumError::Singular);
        }
        Ok(Sym2 { a: self.c / determinant, b: -self.b / determinant, c: self.a / determinant })
    }

    /// A normal pair with covariance `self`.
    pub fn normal(self, stream: &mut Stream) -> Pair {
        let root = self.a.sqrt();
        let below = self.b / root;
        let (z1, z2) = (stream.normal(), stream.normal());
        [root * z1, below * z1 + (self.c - below * below).max(0.0).sqrt() * z2]
    }

    /// Correlation of the two.
    pub fn correlation(self) -> f64 {
        (self.b / (self.a * self.c).sqrt()).clamp(-1.0, 1.0)
    }
}

/// Draws from the inverse Wishart distribution with `df` > 1 degrees of freedom and the given scale matrix:
/// the inverse of a Wishart matrix by Bartlett's decomposition. Its mean is `scale / (df - 3)`.
///
/// # Errors
/// `Singular` when the scale is not positive definite.
pub(super) fn inverse_wishart(df: f64, scale: Sym2, stream: &mut Stream) -> Result<Sym2, NumError> {
    let precision = scale.inverse()?;
    let (l11, chi1) = (precision.a.sqrt(), chi_square(df, stream).sqrt());
    let l21 = precision.b / l11;
    let l22 = (precision.c - l21 * l21).max(0.0).sqrt();
    let (z, chi2) = (stream.normal(), chi_square(df - 1.0, stream).sqrt());
    // Rows of L A, with A lower triangular.
    let (m11, m21, m22) = (l11 * chi1, l21 * chi1 + l22 * z, l22 * chi2);
    Sym2 { a: m11 * m11, b: m11 * m21, c: m21 * m21 + m22 * m22 }.inverse()
}

/// A chi-square draw with `df` > 0 degrees of freedom.
///
/// # References
/// Marsaglia & Tsang (2000), doi:10.1145/358407.358414.
pub(super) fn chi_square(df: f64, stream: &mut Stream) -> f64 {
    let shape = df / 2.0;
    // Below shape 1 a draw of shape + 1 is taken down by a power of a uniform.
    let (shape, down) =
        if shape < 1.0 { (shape + 1.0, stream.uniform().powf(1.0 / shape)) } else { (shape, 1.0) };
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = stream.normal();
        let v = (1.0 + c * x).powi(3);
        if v > 0.0 && stream.uniform().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
            return 2.0 * d * v * down;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matrices() {
        let m = Sym2 { a: 4.0, b: 2.0, c: 3.0 };
        let unit = m.sandwich(m.inverse().unwrap());
        assert!((unit.a - m.a).abs() < 1e-14 && (unit.b - m.b).abs() < 1e-14 && (unit.c - m.c).abs() < 1e-14);
        assert!(Sym2 { a: 1.0, b: 1.0, c: 1.0 }.inverse().is_err());
    }

    /// Means and variances of 40,000 draws within five standard errors of the known ones.
    #[test]
    fn draws_have_their_moments() {
        let mut stream = Stream::new(3, "test");
        let n = 40_000;
        for df in [0.8, 3.0, 40.0] {
            let draws: Vec<f64> = (0..n).map(|_| chi_square(df, &mut stream)).collect();
            let mean = draws.iter().sum::<f64>() / n as f64;
            assert!((mean - df).abs() < 5.0 * (2.0 * df / n as f64).sqrt(), "{df}: {mean}");
        }
        let scale = Sym2 { a: 4.0, b: 1.0, c: 2.0 };
        let mut sum = Sym2::default();
        for _ in 0..n {
            sum = sum.plus(inverse_wishart(14.0, scale, &mut stream).unwrap());
        }
        let mean = sum.times(11.0 / n as f64);
        assert!((mean.a - 4.0).abs() < 0.05 && (mean.b - 1.0).abs() < 0.04 && (mean.c - 2.0).abs() < 0.03);
    }
}
