//! Products of the small dense matrices of one school.

use crate::num::linalg::SmallMatrix;

/// `A B`.
pub(super) fn product(a: &SmallMatrix, b: &SmallMatrix) -> SmallMatrix {
    let mut c = SmallMatrix::zeros(a.rows(), b.columns());
    for j in 0..b.columns() {
        for k in 0..b.rows() {
            let factor = b.get(k, j);
            if factor != 0.0 {
                (0..a.rows()).for_each(|i| c.set(i, j, c.get(i, j) + a.get(i, k) * factor));
            }
        }
    }
    c
}

/// Adds `A' B` to `c`.
pub(super) fn add_cross(c: &mut SmallMatrix, a: &SmallMatrix, b: &SmallMatrix) {
    for j in 0..b.columns() {
        for i in 0..a.columns() {
            let sum: f64 = (0..a.rows()).map(|k| a.get(k, i) * b.get(k, j)).sum();
            c.set(i, j, c.get(i, j) + sum);
        }
    }
}

/// Adds `factor * A` to `c`.
pub(super) fn add_scaled(c: &mut SmallMatrix, a: &SmallMatrix, factor: f64) {
    for j in 0..a.columns() {
        (0..a.rows()).for_each(|i| c.set(i, j, c.get(i, j) + factor * a.get(i, j)));
    }
}

/// `tr(A B)`.
pub(super) fn trace_of_product(a: &SmallMatrix, b: &SmallMatrix) -> f64 {
    (0..a.rows()).map(|i| (0..a.columns()).map(|j| a.get(i, j) * b.get(j, i)).sum::<f64>()).sum()
}

/// The leading `n` rows and columns.
pub(super) fn leading(a: &SmallMatrix, n: usize) -> SmallMatrix {
    let mut part = SmallMatrix::zeros(n, n);
    for j in 0..n {
        (0..n).for_each(|i| part.set(i, j, a.get(i, j)));
    }
    part
}

/// `v' A w`.
pub(super) fn form(a: &SmallMatrix, v: &[f64], w: &[f64]) -> f64 {
    crate::num::linalg::dot(v, &a.times(w))
}
