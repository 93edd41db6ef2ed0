//! Unit slopes: the posterior depends on the answers only through their sum.
//!
//! ```text
//! prod_i P_i(x_i | theta) = exp(sum_i c_i(x_i)) exp(r theta) / prod_i Z_i(theta)
//! ```
//!
//! so persons with equal sum r on equal items share one row, and a test of 40 items needs 41 rows however
//! many persons took it.

use rayon::prelude::*;

use super::super::Responses;
use super::super::population::Cells;
use super::rows::{Key, Rows, collapse};
use super::{Expected, Lattice, Masks, Prior, Tables};
use crate::num::special::log_sum_exp;

pub(super) struct ByScore {
    pub rows: Rows,
    score: Vec<f64>,
    /// First row of each set of items, and the end.
    runs: Vec<(u32, std::ops::Range<usize>)>,
}

/// Sets of items handled by one task.
const RUNS_PER_TASK: usize = 64;

impl ByScore {
    pub fn new(responses: &Responses, masks: &Masks, cells: &Cells, weights: Option<&[f64]>) -> Self {
        let key = |p: usize| {
            let mask = masks.of_person[p];
            let items = &masks.items[mask as usize];
            let row = responses.row(p).0;
            let score: u128 = items.iter().map(|i| u128::from(row[*i as usize])).sum();
            (!items.is_empty()).then_some(Key { mask, cell: cells.of_person[p], answers: score })
        };
        let keys: Vec<Option<Key>> = (0..responses.persons()).into_par_iter().map(key).collect();
        let rows = collapse(&keys, weights);
        let score =
            rows.example.iter().map(|p| keys[*p as usize].map_or(0.0, |k| k.answers as f64)).collect();
        let mut runs: Vec<(u32, std::ops::Range<usize>)> = vec![];
        for (row, mask) in rows.mask.iter().enumerate() {
            match runs.last_mut() {
                Some((last, range)) if last == mask => range.end = row + 1,
                _ => runs.push((*mask, row..row + 1)),
            }
        }
        ByScore { rows, score, runs }
    }

    pub fn expect(
        &self,
        masks: &Masks,
        counts: &[Vec<f64>],
        tables: &Tables,
        prior: &Prior,
        lattice: &Lattice,
    ) -> Expected {
        let items = counts.len();
        let nodes = lattice.len();
        let mut expected = Expected {
            log_likelihood: constant(counts, tables),
            mass: vec![0.0; items * nodes],
            slope_sum: vec![0.0; items],
            first: Vec::with_capacity(self.score.len()),
            second: Vec::with_capacity(self.score.len()),
            row_log_likelihood: Vec::with_capacity(self.score.len()),
        };
        let parts: Vec<Part> = self
            .runs
            .par_chunks(RUNS_PER_TASK)
            .map(|runs| self.expect_runs(runs, masks, tables, prior, lattice, items))
            .collect();
        for part in parts {
            expected.log_likelihood += part.log_likelihood;
            expected.mass.iter_mut().zip(&part.mass).for_each(|(a, b)| *a += b);
            expected.first.extend(part.first);
            expected.second.extend(part.second);
            expected.row_log_likelihood.extend(part.row_log_likelihood);
        }
        expected
    }

    /// Hands the posterior of each row of a range to `take`, summing to 1 over the nodes.
    pub fn visit(
        &self,
        range: std::ops::Range<usize>,
        masks: &Masks,
        tables: &Tables,
        prior: &Prior,
        lattice: &Lattice,
        take: &mut impl FnMut(usize, &[f64]),
    ) {
        let nodes = lattice.len();
        let (mut log_total, mut l, mut mask) = (vec![0.0; nodes], vec![0.0; nodes], None);
        for row in range {
            if mask.replace(self.rows.mask[row]) != Some(self.rows.mask[row]) {
                log_total.fill(0.0);
                for item in &masks.items[self.rows.mask[row] as usize] {
                    log_total.iter_mut().zip(tables.log_total(*item as usize)).for_each(|(a, b)| *a += b);
                }
            }
            let (score, cell) = (self.score[row], self.rows.cell[row] as usize);
            for (q, l) in l.iter_mut().enumerate() {
                *l = score * lattice.theta[q] - log_total[q] + prior.log_weight(cell, lattice, q);
            }
            let scale = log_sum_exp(&l);
            l.iter_mut().for_each(|l| *l = (*l - scale).exp());
            take(row, &l);
        }
    }

    fn expect_runs(
        &self,
        runs: &[(u32, std::ops::Range<usize>)],
        masks: &Masks,
        tables: &Tables,
        prior: &Prior,
        lattice: &Lattice,
        items: usize,
    ) -> Part {
        let nodes = lattice.len();
        let mut part = Part { mass: vec![0.0; items * nodes], ..Part::default() };
        let (mut log_total, mut mass, mut l) = (vec![0.0; nodes], vec![0.0; nodes], vec![0.0; nodes]);
        for (mask, range) in runs {
            log_total.fill(0.0);
            mass.fill(0.0);
            for item in &masks.items[*mask as usize] {
                log_total.iter_mut().zip(tables.log_total(*item as usize)).for_each(|(a, b)| *a += b);
            }
            for row in range.clone() {
                let (score, cell) = (self.score[row], self.rows.cell[row] as usize);
                let mut top = f64::NEG_INFINITY;
                for (q, l) in l.iter_mut().enumerate() {
                    *l = score * lattice.theta[q] - log_total[q] + prior.log_weight(cell, lattice, q);
                    top = top.max(*l);
                }
                part.take_row(&mut l, top, self.rows.weight[row], &mut mass, lattice);
            }
            for item in &masks.items[*mask as usize] {
                let own = &mut part.mass[*item as usize * nodes..(*item as usize + 1) * nodes];
                own.iter_mut().zip(&mass).for_each(|(a, b)| *a += b);
            }
        }
        part
    }
}

/// `sum_ik n_ik c_ik`, the part of the log-likelihood outside the integral.
fn constant(counts: &[Vec<f64>], tables: &Tables) -> f64 {
    let item = |(counts, curve): (&Vec<f64>, &Option<super::super::ItemCurve>)| {
        let pairs = curve.iter().flat_map(|c| counts.iter().zip(&c.intercepts));
        pairs.filter(|(n, _)| **n > 0.0).map(|(n, c)| n * c).sum::<f64>()
    };
    counts.iter().zip(&tables.curves).map(item).sum()
}

#[derive(Default)]
struct Part {
    log_likelihood: f64,
    mass: Vec<f64>,
    first: Vec<f64>,
    second: Vec<f64>,
    row_log_likelihood: Vec<f64>,
}

impl Part {
    /// Turns log weights of one row into its posterior and adds it up.
    fn take_row(&mut self, l: &mut [f64], top: f64, weight: f64, mass: &mut [f64], lattice: &Lattice) {
        let (mut total, mut first, mut second) = (0.0, 0.0, 0.0);
        for (l, theta) in l.iter_mut().zip(&lattice.theta) {
            *l = (*l - top).exp();
            total += *l;
            first += *l * theta;
            second += *l * theta * theta;
        }
        let share = weight / total;
        mass.iter_mut().zip(l.iter()).for_each(|(m, l)| *m += share * l);
        let log_likelihood = top + total.ln();
        self.log_likelihood += weight * log_likelihood;
        self.first.push(first / total);
        self.second.push(second / total);
        self.row_log_likelihood.push(log_likelihood);
    }
}
