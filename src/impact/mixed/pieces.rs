//! What the likelihood and every inference on it need to know of the data at given variances.

use super::MixedError;
use super::blocks::{Blocks, School};
use super::dense::{add_cross, add_scaled, product, trace_of_product};
use crate::num::cholesky::Cholesky;
use crate::num::linalg::SmallMatrix;

/// Sums over the study, with A = [Q y] and G_r = dV/dphi_r.
#[derive(Debug, Clone)]
pub(super) struct Pieces {
    /// log |V|.
    pub log_det: f64,
    /// A' V^-1 A.
    pub m0: SmallMatrix,
    /// A' V^-1 G_r V^-1 A.
    pub m: Vec<SmallMatrix>,
    /// A' V^-1 G_r V^-1 G_s V^-1 A, all pairs, r * R + s.
    pub mm: Vec<SmallMatrix>,
    /// tr V^-1 G_r.
    pub t: Vec<f64>,
    /// tr V^-1 G_r V^-1 G_s, all pairs, r * R + s.
    pub tt: Vec<f64>,
}

impl Pieces {
    /// The sums at the variances `phi` (the residual last).
    ///
    /// # Errors
    /// `Impact` when V is not positive definite.
    pub fn at(blocks: &Blocks, phi: &[f64]) -> Result<Self, MixedError> {
        let count = phi.len();
        let width = blocks
            .schools
            .first()
            .map_or_else(|| blocks.pools.first().map_or(0, |p| p.cross.columns()), |s| s.a.columns());
        let empty = SmallMatrix::zeros(width, width);
        let mut sums = Pieces {
            log_det: 0.0,
            m0: empty.clone(),
            m: vec![empty.clone(); count],
            mm: vec![empty; count * count],
            t: vec![0.0; count],
            tt: vec![0.0; count * count],
        };
        for school in &blocks.schools {
            sums.add_school(school, phi)?;
        }
        sums.add_pools(blocks, phi);
        Ok(sums)
    }

    fn add_school(&mut self, school: &School, phi: &[f64]) -> Result<(), MixedError> {
        let (d, count) = (school.a.rows(), phi.len());
        let mut v = SmallMatrix::identity(d);
        (0..d).for_each(|i| v.set(i, i, phi[count - 1]));
        for (g, value) in school.g.iter().zip(phi) {
            add_scaled(&mut v, g, *value);
        }
        if d == 1 {
            return self.add_single(school, v.get(0, 0), count);
        }
        let factor = Cholesky::new(&v)?;
        self.log_det += log_det(&factor, d);
        let inverse = factor.inverse();
        let b = product(&inverse, &school.a);
        add_cross(&mut self.m0, &school.a, &b);
        // G of the residual is the identity.
        let w: Vec<SmallMatrix> =
            school.g.iter().map(|g| product(&inverse, g)).chain([inverse.clone()]).collect();
        let c: Vec<SmallMatrix> = school.g.iter().map(|g| product(g, &b)).chain([b.clone()]).collect();
        for r in 0..count {
            add_cross(&mut self.m[r], &b, &c[r]);
            self.t[r] += (0..d).map(|i| w[r].get(i, i)).sum::<f64>();
            for s in 0..count {
                let e = product(&inverse, &c[s]);
                add_cross(&mut self.mm[r * count + s], &c[r], &e);
                self.tt[r * count + s] += trace_of_product(&w[r], &w[s]);
            }
        }
        Ok(())
    }

    /// A school of one mean row: everything is a number times the outer product of that row.
    fn add_single(&mut self, school: &School, v: f64, count: usize) -> Result<(), MixedError> {
        if !(v > 0.0 && v.is_finite()) {
            return Err(crate::num::NumError::Singular.into());
        }
        let a: Vec<f64> = (0..school.a.columns()).map(|j| school.a.get(0, j)).collect();
        let g = |r: usize| if r + 1 == count { 1.0 } else { school.g[r].get(0, 0) };
        self.log_det += v.ln();
        self.m0.add_outer(&a, &a, v.recip());
        for r in 0..count {
            self.m[r].add_outer(&a, &a, g(r) / (v * v));
            self.t[r] += g(r) / v;
            for s in 0..count {
                self.mm[r * count + s].add_outer(&a, &a, g(r) * g(s) / (v * v * v));
                self.tt[r * count + s] += g(r) * g(s) / (v * v);
            }
        }
        Ok(())
    }

    fn add_pools(&mut self, blocks: &Blocks, phi: &[f64]) {
        let count = phi.len();
        for pool in &blocks.pools {
            let m = pool.rows_per_student as f64;
            let student = blocks.student.map_or(0.0, |place| phi[place]);
            let lambda = phi[count - 1] + m * student;
            let g = |r: usize| {
                if r + 1 == count {
                    1.0
                } else if Some(r) == blocks.student {
                    m
                } else {
                    0.0
                }
            };
            self.log_det += pool.df * lambda.ln();
            add_scaled(&mut self.m0, &pool.cross, lambda.recip());
            for r in 0..count {
                add_scaled(&mut self.m[r], &pool.cross, g(r) / lambda.powi(2));
                self.t[r] += pool.df * g(r) / lambda;
                for s in 0..count {
                    add_scaled(&mut self.mm[r * count + s], &pool.cross, g(r) * g(s) / lambda.powi(3));
                    self.tt[r * count + s] += pool.df * g(r) * g(s) / lambda.powi(2);
                }
            }
        }
    }
}

/// log |A| from its Cholesky factor.
pub(super) fn log_det(factor: &Cholesky, order: usize) -> f64 {
    // L times the unit vector e_i has L_ii in place i.
    let pivot = |i: usize| {
        let mut unit = vec![0.0; order];
        unit[i] = 1.0;
        factor.times_lower(&unit)[i]
    };
    (0..order).map(|i| 2.0 * pivot(i).ln()).sum()
}
