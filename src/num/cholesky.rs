//! Cholesky factors of small symmetric positive definite matrices.

use super::linalg::SmallMatrix;

/// A pivot below this share of its diagonal entry means that the row depends on earlier ones.
const PIVOT: f64 = 1e-12;

/// `A = L L'` of a positive definite matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct Cholesky {
    l: SmallMatrix,
}

impl Cholesky {
    /// The factor of `a` (its lower triangle is read); `None` when `a` is not square, not finite or not
    /// positive definite to twelve digits.
    pub fn new(a: &SmallMatrix) -> Option<Self> {
        let n = a.rows();
        if a.columns() != n {
            return None;
        }
        let mut l = SmallMatrix::zeros(n, n);
        for j in 0..n {
            let pivot = a.get(j, j) - (0..j).map(|k| l.get(j, k).powi(2)).sum::<f64>();
            if !(pivot > PIVOT * a.get(j, j) && pivot.is_finite()) {
                return None;
            }
            let root = pivot.sqrt();
            l.set(j, j, root);
            for i in j + 1..n {
                let rest = a.get(i, j) - (0..j).map(|k| l.get(i, k) * l.get(j, k)).sum::<f64>();
                l.set(i, j, rest / root);
            }
        }
        Some(Cholesky { l })
    }

    /// Solves `A x = v`.
    pub fn solve(&self, v: &[f64]) -> Vec<f64> {
        let n = self.l.rows();
        let mut x = self.half_solve(v);
        for i in (0..n).rev() {
            let known: f64 = (i + 1..n).map(|k| self.l.get(k, i) * x[k]).sum();
            x[i] = (x[i] - known) / self.l.get(i, i);
        }
        x
    }

    /// Solves `L y = v`; the squared length of `y` is `v' A^-1 v`.
    pub fn half_solve(&self, v: &[f64]) -> Vec<f64> {
        let mut y = v.to_vec();
        for i in 0..self.l.rows() {
            let known: f64 = (0..i).map(|k| self.l.get(i, k) * y[k]).sum();
            y[i] = (y[i] - known) / self.l.get(i, i);
        }
        y
    }

    /// The inverse of A.
    pub fn inverse(&self) -> SmallMatrix {
        let n = self.l.rows();
        let mut inverse = SmallMatrix::zeros(n, n);
        for j in 0..n {
            let unit: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i == j))).collect();
            self.solve(&unit).into_iter().enumerate().for_each(|(i, v)| inverse.set(i, j, v));
        }
        inverse
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_and_inverts() {
        let mut a = SmallMatrix::identity(3);
        a.add_outer(&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0], 1.0);
        let factor = Cholesky::new(&a).unwrap();
        let x = factor.solve(&[1.0, 0.0, -1.0]);
        let back = a.times(&x);
        assert!((back[0] - 1.0).abs() + back[1].abs() + (back[2] + 1.0).abs() < 1e-14);
        let inverse = factor.inverse();
        assert!((inverse.get(0, 0) - (1.0 - 1.0 / 15.0)).abs() < 1e-15);
        let y = factor.half_solve(&[1.0, 0.0, 0.0]);
        assert!((y.iter().map(|v| v * v).sum::<f64>() - inverse.get(0, 0)).abs() < 1e-15);
    }

    #[test]
    fn refuses_what_is_singular() {
        let mut a = SmallMatrix::zeros(2, 2);
        a.add_outer(&[1.0, 1.0], &[1.0, 1.0], 1.0);
        assert_eq!(Cholesky::new(&a), None);
        assert_eq!(Cholesky::new(&SmallMatrix::zeros(2, 3)), None);
    }
}
