//! What the sampler needs of the students, as sums per school.

use super::algebra::{Pair, Sym2};
use crate::num::linalg::SmallMatrix;

/// A student with a missing score.
#[derive(Debug, Clone)]
pub(super) struct Incomplete {
    /// Row of the data.
    pub row: usize,
    /// School within the group.
    pub school: usize,
    /// Row of X.
    pub x: Vec<f64>,
    /// Scores, in standard units; `None` where missing.
    pub y: [Option<f64>; 2],
}

/// Sums over the students of one school: of x x', x, x y', y, y y'.
#[derive(Debug, Clone)]
pub(super) struct SchoolSums {
    pub n: f64,
    pub xx: SmallMatrix,
    pub x: Vec<f64>,
    pub xy: Vec<Pair>,
    pub y: Pair,
    pub yy: Sym2,
}

impl SchoolSums {
    pub fn new(columns: usize) -> Self {
        SchoolSums {
            n: 0.0,
            xx: SmallMatrix::zeros(columns, columns),
            x: vec![0.0; columns],
            xy: vec![[0.0; 2]; columns],
            y: [0.0; 2],
            yy: Sym2::default(),
        }
    }

    /// The part that is known of every student.
    pub fn add_x(&mut self, x: &[f64]) {
        self.n += 1.0;
        self.xx.add_outer(x, x, 1.0);
        self.x.iter_mut().zip(x).for_each(|(sum, own)| *sum += own);
    }

    /// The part with the scores.
    pub fn add_y(&mut self, x: &[f64], y: Pair) {
        for (sum, own) in self.xy.iter_mut().zip(x) {
            sum[0] += own * y[0];
            sum[1] += own * y[1];
        }
        self.y = [self.y[0] + y[0], self.y[1] + y[1]];
        self.yy.add_outer(y);
    }

    /// Sum of (y - B'x - u)(y - B'x - u)'.
    pub fn residual(&self, beta: &[Pair], u: Pair) -> Sym2 {
        let fixed = |of: &dyn Fn(usize) -> f64, c: usize| -> f64 {
            beta.iter().enumerate().map(|(k, b)| b[c] * of(k)).sum()
        };
        // B'x summed, B'(sum x x')B and B'(sum x y').
        let total = [0, 1].map(|c| fixed(&|k| self.x[k], c));
        let bxy = |c: usize, d: usize| fixed(&|k| self.xy[k][d], c);
        let bxxb = |c: usize, d: usize| fixed(&|k| fixed(&|l| self.xx.get(k, l), d), c);
        let entry = |c: usize, d: usize| {
            self.yy.entry(c, d) - bxy(c, d) - bxy(d, c) + bxxb(c, d) - self.y[c] * u[d] - u[c] * self.y[d]
                + total[c] * u[d]
                + u[c] * total[d]
                + self.n * u[c] * u[d]
        };
        Sym2 { a: entry(0, 0), b: entry(0, 1), c: entry(1, 1) }
    }
}

/// The students of one group (arm), standardised.
#[derive(Debug, Clone)]
pub(super) struct GroupData {
    /// Columns of X, the intercept first.
    pub columns: usize,
    /// Schools with X of everybody and y of the complete students.
    pub schools: Vec<SchoolSums>,
    /// Students with a missing score.
    pub incomplete: Vec<Incomplete>,
    /// Students.
    pub n: usize,
}
