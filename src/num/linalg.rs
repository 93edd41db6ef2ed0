//! Small dense linear algebra: orthogonal bases that keep the column order, symmetric eigenvalues.
//!
//! Designs here are long and narrow (n rows, a handful of columns), so columns are contiguous slices
//! and the p x p parts are [`SmallMatrix`]. Eigenvalues come from faer.

use super::{NumError, moments, tol};

/// A dense column-major matrix for the p x p parts of a fit.
#[derive(Debug, Clone, PartialEq)]
pub struct SmallMatrix {
    rows: usize,
    columns: usize,
    values: Vec<f64>,
}

impl SmallMatrix {
    /// A matrix of zeros.
    pub fn zeros(rows: usize, columns: usize) -> Self {
        SmallMatrix { rows, columns, values: vec![0.0; rows * columns] }
    }

    /// The identity of order `n`.
    pub fn identity(n: usize) -> Self {
        let mut identity = Self::zeros(n, n);
        (0..n).for_each(|i| identity.set(i, i, 1.0));
        identity
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Entry in `row`, `column`, both counted from 0 and inside the matrix.
    pub fn get(&self, row: usize, column: usize) -> f64 {
        self.values[column * self.rows + row]
    }

    /// Sets one entry.
    pub fn set(&mut self, row: usize, column: usize, value: f64) {
        self.values[column * self.rows + row] = value;
    }

    /// Adds `factor * u v'`; `u` has as many entries as rows, `v` as columns.
    pub fn add_outer(&mut self, u: &[f64], v: &[f64], factor: f64) {
        for (column, b) in self.values.chunks_exact_mut(self.rows.max(1)).zip(v) {
            for (entry, a) in column.iter_mut().zip(u) {
                *entry += factor * a * b;
            }
        }
    }

    /// The product with a vector of as many entries as columns.
    pub fn times(&self, v: &[f64]) -> Vec<f64> {
        let mut product = vec![0.0; self.rows];
        for (column, b) in self.values.chunks_exact(self.rows.max(1)).zip(v) {
            for (entry, a) in product.iter_mut().zip(column) {
                *entry += a * b;
            }
        }
        product
    }

    /// The product of the transposed matrix with a vector of as many entries as rows.
    pub fn transposed_times(&self, v: &[f64]) -> Vec<f64> {
        self.values
            .chunks_exact(self.rows.max(1))
            .map(|column| column.iter().zip(v).map(|(a, b)| a * b).sum())
            .collect()
    }

    /// Sum of the squared entries.
    pub fn squared_norm(&self) -> f64 {
        self.values.iter().map(|v| v * v).sum()
    }
}

/// Eigenvalues in ascending order with their unit vectors as columns: `A = V diag(values) V'`.
#[derive(Debug, Clone)]
pub struct Eigen {
    /// Eigenvalues, ascending.
    pub values: Vec<f64>,
    /// Column j belongs to `values[j]`.
    pub vectors: SmallMatrix,
}

/// Eigenvalues and vectors of a symmetric matrix (its lower triangle is read).
///
/// # Errors
/// `NotFinite` on NaN or infinite entries, `LengthMismatch` when not square, `NotConverged` from faer.
pub fn symmetric_eigen(matrix: &SmallMatrix) -> Result<Eigen, NumError> {
    moments::check_values(&matrix.values, 0)?;
    moments::check_same_length(matrix.rows, matrix.columns)?;
    let n = matrix.rows;
    let dense = faer::MatRef::from_column_major_slice(&matrix.values, n, n);
    let eigen = dense
        .self_adjoint_eigen(faer::Side::Lower)
        .map_err(|_| NumError::NotConverged { routine: "symmetric eigenvalues" })?;
    let values: Vec<f64> = (0..n).map(|j| eigen.S()[j]).collect();
    let mut vectors = SmallMatrix::zeros(n, n);
    for j in 0..n {
        (0..n).for_each(|i| vectors.set(i, j, eigen.U()[(i, j)]));
    }
    Ok(Eigen { values, vectors })
}

/// `X = Q R` over the independent columns of X, in their given order.
///
/// `Q` (n x r, orthonormal, row-major so that a cluster's rows lie together) and `R` (r x r, upper
/// triangular). A column that the earlier ones already span is left out and listed in `dropped`.
#[derive(Debug, Clone)]
pub struct OrthogonalBasis {
    /// Number of rows of X.
    pub rows: usize,
    /// Columns of X that were kept, ascending.
    pub kept: Vec<usize>,
    /// Columns of X that depend on earlier ones, ascending.
    pub dropped: Vec<usize>,
    q_columns: Vec<Vec<f64>>,
    r: SmallMatrix,
}

impl OrthogonalBasis {
    /// Builds the basis by Gram-Schmidt, each column orthogonalised twice, which keeps Q orthogonal to
    /// rounding whatever the condition of X. `columns` are p slices of equal length n.
    ///
    /// # Errors
    /// `LengthMismatch`, `NotFinite`, and `TooFew` without rows or columns.
    ///
    /// # References
    /// Giraud, Langou & Rozloznik (2005), Computers & Mathematics with Applications 50, 1069-1075:
    /// twice is enough.
    pub fn new(columns: &[&[f64]]) -> Result<Self, NumError> {
        let rows = columns.first().map_or(0, |c| c.len());
        if rows == 0 {
            return Err(NumError::TooFew { needed: 1, found: 0 });
        }
        for column in columns {
            moments::check_same_length(column.len(), rows)?;
            moments::check_values(column, 1)?;
        }
        let mut basis = OrthogonalBasis {
            rows,
            kept: Vec::new(),
            dropped: Vec::new(),
            q_columns: Vec::new(),
            r: SmallMatrix::zeros(0, 0),
        };
        let mut r_columns: Vec<Vec<f64>> = Vec::new();
        for (index, column) in columns.iter().enumerate() {
            match basis.split(column) {
                Some((weights, q)) => {
                    basis.kept.push(index);
                    basis.q_columns.push(q);
                    r_columns.push(weights);
                }
                None => basis.dropped.push(index),
            }
        }
        basis.r = SmallMatrix::zeros(r_columns.len(), r_columns.len());
        for (j, weights) in r_columns.iter().enumerate() {
            weights.iter().enumerate().for_each(|(i, w)| basis.r.set(i, j, *w));
        }
        Ok(basis)
    }

    /// Weights on the basis so far plus the length of the rest, and the rest scaled to length 1.
    fn split(&self, column: &[f64]) -> Option<(Vec<f64>, Vec<f64>)> {
        let length = norm(column);
        let mut rest = column.to_vec();
        let mut weights = vec![0.0; self.q_columns.len()];
        for _ in 0..2 {
            for (q, weight) in self.q_columns.iter().zip(&mut weights) {
                let projection = dot(q, &rest);
                rest.iter_mut().zip(q).for_each(|(v, b)| *v -= projection * b);
                *weight += projection;
            }
        }
        let remaining = norm(&rest);
        let independent = remaining.is_finite() && remaining > tol::RANK * length;
        if !independent || self.q_columns.len() >= self.rows {
            return None;
        }
        rest.iter_mut().for_each(|v| *v /= remaining);
        weights.push(remaining);
        Some((weights, rest))
    }

    /// Number of independent columns.
    pub fn rank(&self) -> usize {
        self.kept.len()
    }

    /// `Q' v` for a vector of n entries.
    pub fn project(&self, v: &[f64]) -> Vec<f64> {
        self.q_columns.iter().map(|q| dot(q, v)).collect()
    }

    /// Row i of Q, written into `row` (r entries).
    pub fn q_row(&self, i: usize, row: &mut [f64]) {
        for (entry, q) in row.iter_mut().zip(&self.q_columns) {
            *entry = q[i];
        }
    }

    /// `v - Q Q' v`: what the columns cannot explain. Taken twice, so that small residuals of large
    /// values are free of the first pass's rounding.
    pub fn residuals(&self, v: &[f64]) -> Vec<f64> {
        let mut rest = v.to_vec();
        for _ in 0..2 {
            for q in &self.q_columns {
                let projection = dot(q, &rest);
                rest.iter_mut().zip(q).for_each(|(e, b)| *e -= projection * b);
            }
        }
        rest
    }

    /// Solves `R b = v`: coefficients from projections.
    pub fn solve_r(&self, v: &[f64]) -> Vec<f64> {
        let r = self.rank();
        let mut b = v.to_vec();
        for i in (0..r).rev() {
            let known: f64 = (i + 1..r).map(|j| self.r.get(i, j) * b[j]).sum();
            b[i] = (b[i] - known) / self.r.get(i, i);
        }
        b
    }

    /// Solves `R' u = c`: a contrast of coefficients in the basis.
    pub fn solve_r_transposed(&self, c: &[f64]) -> Vec<f64> {
        let r = self.rank();
        let mut u = c.to_vec();
        for i in 0..r {
            let known: f64 = (0..i).map(|j| self.r.get(j, i) * u[j]).sum();
            u[i] = (u[i] - known) / self.r.get(i, i);
        }
        u
    }
}

/// Scalar product of two slices, in four running sums so that the compiler can vectorise.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; 4];
    let (head_a, head_b) = (a.chunks_exact(4), b.chunks_exact(4));
    let tail: f64 = head_a.remainder().iter().zip(head_b.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in head_a.zip(head_b) {
        for lane in 0..4 {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]) + tail
}

fn norm(v: &[f64]) -> f64 {
    dot(v, v).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_dependent_columns_and_keeps_the_order() {
        let one = [1.0; 4];
        let x = [1.0, 2.0, 3.0, 4.0];
        let twice: Vec<f64> = x.iter().map(|v| 2.0 * v + 1.0).collect();
        let z = [1.0, 0.0, 0.0, 1.0];
        let basis = OrthogonalBasis::new(&[&one, &x, &twice, &z]).unwrap();
        assert_eq!((basis.kept.as_slice(), basis.dropped.as_slice()), ([0, 1, 3].as_slice(), [2].as_slice()));
        let y = [3.0, 5.0, 7.0, 9.0];
        let b = basis.solve_r(&basis.project(&y));
        assert!((b[0] - 1.0).abs() < 1e-13 && (b[1] - 2.0).abs() < 1e-13 && b[2].abs() < 1e-13);
        assert!(OrthogonalBasis::new(&[]).is_err());
        assert!(OrthogonalBasis::new(&[&[f64::NAN]]).is_err());
        assert_eq!(OrthogonalBasis::new(&[&[0.0, 0.0]]).unwrap().rank(), 0);
    }

    #[test]
    fn eigenvalues_rebuild_the_matrix() {
        let mut a = SmallMatrix::identity(3);
        a.add_outer(&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0], 0.5);
        let eigen = symmetric_eigen(&a).unwrap();
        assert!((eigen.values[0] - 1.0).abs() < 1e-13 && (eigen.values[2] - 8.0).abs() < 1e-12);
        let mut rebuilt = SmallMatrix::zeros(3, 3);
        for j in 0..3 {
            let v: Vec<f64> = (0..3).map(|i| eigen.vectors.get(i, j)).collect();
            rebuilt.add_outer(&v, &v, eigen.values[j]);
        }
        rebuilt.values.iter().zip(&a.values).for_each(|(x, y)| assert!((x - y).abs() < 1e-13));
    }
}
