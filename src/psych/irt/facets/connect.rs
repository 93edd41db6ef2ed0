//! Which raters the ratings allow to compare.
//!
//! The logits of the ratings are `theta_p - b_i - s_r`. Two severities can be told apart without assuming
//! anything about who was rated by whom when their difference is a combination of differences *within*
//! persons. Within persons the design of items and raters has the cross products
//!
//! ```text
//! M = sum_p sum_(n in p) (z_pn - mean z_p)(z_pn - mean z_p)',       z = (item indicators, rater indicators)
//! ```
//!
//! and `s_r - s_r'` is determined exactly when the difference of their indicators has no part in the null
//! space of M. Sharing persons is not enough: raters who each keep to one item are confounded with it.

use super::super::IrtError;
use super::design::Design;
use crate::num::linalg::{SmallMatrix, symmetric_eigen};

/// Eigenvalues below this share of the largest are null: counts of ratings are whole numbers, so a link by a
/// single person among a million is still above it, and rounding is far below.
const NULL: f64 = 1e-10;
/// Largest part in the null space that is rounding.
const ROUNDING: f64 = 1e-6;

/// Sets of raters within which severities can be compared, each ascending, by their first rater.
pub(super) fn parts(design: &Design) -> Result<Vec<Vec<usize>>, IrtError> {
    let (items, raters) = (design.items(), design.raters());
    let size = items.len() + raters.len();
    let eigen = symmetric_eigen(&within_persons(design, &items, &raters, size))?;
    let top = eigen.values.iter().copied().fold(0.0, f64::max);
    let null: Vec<usize> = (0..size).filter(|j| eigen.values[*j] <= NULL * top).collect();
    // Places of two comparable raters are equal in every vector of the null space.
    let place = |r: usize| null.iter().map(move |j| (r, *j));
    let same = |a: usize, b: usize| {
        place(a).zip(place(b)).all(|((a, j), (b, _))| {
            let at = |r: usize| eigen.vectors.get(items.len() + r, j);
            (at(a) - at(b)).abs() < ROUNDING
        })
    };
    let mut parts: Vec<Vec<usize>> = vec![];
    for r in 0..raters.len() {
        match parts.iter_mut().find(|part| same(part[0], r)) {
            Some(part) => part.push(r),
            None => parts.push(vec![r]),
        }
    }
    Ok(parts.into_iter().map(|part| part.into_iter().map(|r| raters[r]).collect()).collect())
}

fn within_persons(design: &Design, items: &[usize], raters: &[usize], size: usize) -> SmallMatrix {
    let mut m = SmallMatrix::zeros(size, size);
    let mut add = |i: usize, j: usize, value: f64| m.set(i, j, m.get(i, j) + value);
    let mut total = vec![0.0; size];
    for own in design.ratings.chunk_by(|a, b| a.person == b.person) {
        let mut touched: Vec<usize> = vec![];
        for rating in own {
            let i = items.partition_point(|x| *x < rating.item);
            let r = items.len() + raters.partition_point(|x| *x < rating.rater);
            for (a, b) in [(i, i), (r, r), (i, r), (r, i)] {
                add(a, b, 1.0);
            }
            touched.extend([i, r]);
            total[i] += 1.0;
            total[r] += 1.0;
        }
        touched.sort_unstable();
        touched.dedup();
        for a in &touched {
            touched.iter().for_each(|b| add(*a, *b, -total[*a] * total[*b] / own.len() as f64));
        }
        touched.iter().for_each(|a| total[*a] = 0.0);
    }
    m
}
