//! Cholesky factors of small symmetric positive definite matrices (information matrices of a fit).

use super::NumError;
use super::linalg::SmallMatrix;

/// `A = L L'` with L lower triangular.
#[derive(Debug, Clone)]
pub struct Cholesky {
    lower: SmallMatrix,
}

impl Cholesky {
    /// Factors a symmetric matrix; only its lower triangle is read.
    ///
    /// # Errors
    /// `LengthMismatch` when not square, `NotConverged` when not positive definite to rounding.
    pub fn new(matrix: &SmallMatrix) -> Result<Self, NumError> {
        let n = matrix.rows();
        if n != matrix.columns() {
            return Err(NumError::LengthMismatch { left: n, right: matrix.columns() });
        }
        let mut lower = SmallMatrix::zeros(n, n);
        for j in 0..n {
            let square: f64 = (0..j).map(|k| lower.get(j, k).powi(2)).sum();
            let pivot = matrix.get(j, j) - square;
            // What is left of a diagonal entry is rounding below this share of it.
            if !(pivot > 1e-13 * matrix.get(j, j).abs()) || !pivot.is_finite() {
                return Err(NumError::NotConverged { routine: "Cholesky factorisation" });
            }
            let root = pivot.sqrt();
            lower.set(j, j, root);
            for i in j + 1..n {
                let inner: f64 = (0..j).map(|k| lower.get(i, k) * lower.get(j, k)).sum();
                lower.set(i, j, (matrix.get(i, j) - inner) / root);
            }
        }
        Ok(Cholesky { lower })
    }

    /// The `y` of `L y = b`; its squared length is `b' A^-1 b`.
    pub fn half_solve(&self, b: &[f64]) -> Vec<f64> {
        let mut y = b.to_vec();
        for i in 0..self.lower.rows() {
            let inner: f64 = (0..i).map(|k| self.lower.get(i, k) * y[k]).sum();
            y[i] = (y[i] - inner) / self.lower.get(i, i);
        }
        y
    }

    /// The `x` of `A x = b`; `b` has as many entries as A has rows.
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        self.upper_solve(&self.half_solve(b))
    }

    /// The `x` of `L' x = z`: turns independent standard normal values into values with covariance A^-1.
    pub fn upper_solve(&self, z: &[f64]) -> Vec<f64> {
        let n = self.lower.rows();
        let mut x = z.to_vec();
        for i in (0..n).rev() {
            let inner: f64 = (i + 1..n).map(|k| self.lower.get(k, i) * x[k]).sum();
            x[i] = (x[i] - inner) / self.lower.get(i, i);
        }
        x
    }

    /// The inverse of A, where the inverse itself is the answer (a covariance matrix).
    pub fn inverse(&self) -> SmallMatrix {
        let n = self.lower.rows();
        let mut inverse = SmallMatrix::zeros(n, n);
        for j in 0..n {
            let mut unit = vec![0.0; n];
            unit[j] = 1.0;
            for (i, value) in self.solve(&unit).into_iter().enumerate() {
                inverse.set(i, j, value);
            }
        }
        inverse
    }

    /// `L z`: turns independent standard normal values into values with covariance A.
    pub fn times_lower(&self, z: &[f64]) -> Vec<f64> {
        (0..self.lower.rows()).map(|i| (0..=i).map(|k| self.lower.get(i, k) * z[k]).sum()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_and_refuses() {
        let mut a = SmallMatrix::zeros(2, 2);
        a.set(0, 0, 4.0);
        a.set(1, 0, 2.0);
        a.set(0, 1, 2.0);
        a.set(1, 1, 3.0);
        let factor = Cholesky::new(&a).unwrap();
        let x = factor.solve(&[8.0, 7.0]);
        assert!((x[0] - 1.25).abs() < 1e-15 && (x[1] - 1.5).abs() < 1e-15);
        assert!((factor.inverse().get(0, 0) - 0.375).abs() < 1e-15);
        a.set(1, 1, 1.0);
        assert!(Cholesky::new(&a).is_err());
    }
}
