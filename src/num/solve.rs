//! Small linear systems.

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
    fn solves_and_refuses() {
        let a = matrix(&[&[0.0, 2.0, 1.0], &[1.0, 1.0, 0.0], &[3.0, 0.0, 4.0]]);
        let x = solve(&a, &[5.0, 3.0, 11.0]).unwrap();
        let back = a.times(&x);
        assert!(back.iter().zip([5.0, 3.0, 11.0]).all(|(p, q)| (p - q).abs() < 1e-13));
        assert_eq!(solve(&matrix(&[&[1.0, 2.0], &[2.0, 4.0]]), &[1.0, 1.0]), Err(NumError::Singular));
        assert_eq!(solve(&matrix(&[&[f64::NAN]]), &[1.0]), Err(NumError::Singular));
        assert_eq!(solve(&matrix(&[&[0.0]]), &[1.0]), Err(NumError::Singular));
    }
}
