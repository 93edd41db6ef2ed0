//! Small linear systems and Cholesky factors.

use super::linalg::SmallMatrix;
use super::{NumError, moments};

/// A pivot below this share of the largest entry counts as zero: some digits above rounding.
const SINGULAR: f64 = 1e-13;

/// Solves `A x = b` for a square A by elimination with row exchanges.
///
/// # Errors
/// `LengthMismatch` when the shapes do not fit, `Singular` when A has no inverse.
///
/// # References
/// Golub & Van Loan (2013), Matrix Computations, section 3.4.
pub fn solve(a: &SmallMatrix, b: &[f64]) -> Result<Vec<f64>, NumError> {
    let n = a.rows();
    moments::check_same_length(n, a.columns())?;
    moments::check_same_length(n, b.len())?;
    let mut rows: Vec<Vec<f64>> =
        (0..n).map(|i| (0..n).map(|j| a.get(i, j)).chain([b[i]]).collect()).collect();
    let largest = rows.iter().flat_map(|r| &r[..n]).fold(0.0f64, |m, v| m.max(v.abs()));
    for k in 0..n {
        let pivot = (k..n).max_by(|&i, &j| rows[i][k].abs().total_cmp(&rows[j][k].abs())).unwrap_or(k);
        rows.swap(k, pivot);
        let head = rows[k][k];
        // Written so that NaN fails too.
        if !(head.abs() > SINGULAR * largest) {
            return Err(NumError::Singular);
        }
        let (done, rest) = rows.split_at_mut(k + 1);
        for row in rest {
            let factor = row[k] / head;
            row[k..].iter_mut().zip(&done[k][k..]).for_each(|(v, p)| *v -= factor * p);
        }
    }
    let mut x = vec![0.0; n];
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|j| rows[i][j] * x[j]).sum();
        x[i] = (rows[i][n] - known) / rows[i][i];
    }
    Ok(x)
}

/// The inverse of a square matrix, for the places where the inverse itself is the answer (covariances).
///
/// # Errors
/// As [`solve`].
pub fn inverse(a: &SmallMatrix) -> Result<SmallMatrix, NumError> {
    let n = a.rows();
    let mut inverse = SmallMatrix::zeros(n, n);
    for j in 0..n {
        let mut unit = vec![0.0; n];
        unit[j] = 1.0;
        solve(a, &unit)?.into_iter().enumerate().for_each(|(i, v)| inverse.set(i, j, v));
    }
    Ok(inverse)
}

/// The lower triangle L with `A = L L'` of a symmetric positive definite matrix.
///
/// # Errors
/// `LengthMismatch` when not square, `Singular` when not positive definite.
pub fn cholesky(a: &SmallMatrix) -> Result<SmallMatrix, NumError> {
    let n = a.rows();
    moments::check_same_length(n, a.columns())?;
    let mut l = SmallMatrix::zeros(n, n);
    for j in 0..n {
        let own: f64 = (0..j).map(|k| l.get(j, k).powi(2)).sum();
        let open = a.get(j, j) - own;
        if !(open > SINGULAR * a.get(j, j).abs()) {
            return Err(NumError::Singular);
        }
        let root = open.sqrt();
        l.set(j, j, root);
        for i in j + 1..n {
            let known: f64 = (0..j).map(|k| l.get(i, k) * l.get(j, k)).sum();
            l.set(i, j, (a.get(i, j) - known) / root);
        }
    }
    Ok(l)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rows: &[&[f64]]) -> SmallMatrix {
        let mut m = SmallMatrix::zeros(rows.len(), rows.len());
        for (i, row) in rows.iter().enumerate() {
            row.iter().enumerate().for_each(|(j, v)| m.set(i, j, *v));
        }
        m
    }

    #[test]
    fn solves_and_inverts() {
        let a = matrix(&[&[0.0, 2.0, 1.0], &[1.0, 1.0, 0.0], &[3.0, 0.0, 4.0]]);
        let x = solve(&a, &[5.0, 3.0, 11.0]).unwrap();
        let back = a.times(&x);
        assert!(back.iter().zip([5.0, 3.0, 11.0]).all(|(p, q)| (p - q).abs() < 1e-13));
        let i = inverse(&a).unwrap();
        assert!((a.times(&i.times(&[1.0, 2.0, 3.0]))[2] - 3.0).abs() < 1e-13);
        assert_eq!(solve(&matrix(&[&[1.0, 2.0], &[2.0, 4.0]]), &[1.0, 1.0]), Err(NumError::Singular));
        assert_eq!(solve(&matrix(&[&[f64::NAN]]), &[1.0]), Err(NumError::Singular));
        assert_eq!(solve(&matrix(&[&[0.0]]), &[1.0]), Err(NumError::Singular));
    }

    #[test]
    fn factors_positive_definite_matrices_only() {
        let l = cholesky(&matrix(&[&[4.0, 2.0], &[2.0, 5.0]])).unwrap();
        assert_eq!((l.get(0, 0), l.get(1, 0), l.get(1, 1)), (2.0, 1.0, 2.0));
        assert!(cholesky(&matrix(&[&[1.0, 2.0], &[2.0, 1.0]])).is_err());
    }
}
