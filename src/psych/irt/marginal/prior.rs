//! Node weights of the population, cell by cell.

use rayon::prelude::*;

use super::super::population::Cells;
use super::tables::Lattice;
use crate::num::special::log_sum_exp;

/// Cells whose weights are kept in a table; with more (continuous covariates) they are made when needed,
/// because the table would outgrow the data.
const TABLED_CELLS: usize = 4096;

/// Population means, and node weights normalised over the lattice.
pub(in super::super) struct Prior {
    /// Mean of each cell.
    pub mu: Vec<f64>,
    /// Mean and mean square of the normalised node weights of each cell.
    pub moments: Vec<[f64; 2]>,
    log_scale: Vec<f64>,
    precision: Vec<f64>,
    table: Option<Vec<f64>>,
    nodes: usize,
}

impl Prior {
    pub fn new(cells: &Cells, beta: &[f64], sigmas: &[f64], lattice: &Lattice) -> Self {
        let mu: Vec<f64> =
            (0..cells.len()).map(|c| cells.row(c).iter().zip(beta).map(|(x, b)| x * b).sum()).collect();
        let precision: Vec<f64> = cells.group.iter().map(|g| 1.0 / (sigmas[*g] * sigmas[*g])).collect();
        let nodes = lattice.len();
        let one = |cell: usize| {
            let logs: Vec<f64> =
                (0..nodes).map(|q| log_weight(lattice, q, mu[cell], precision[cell])).collect();
            let log_scale = log_sum_exp(&logs);
            let weights: Vec<f64> = logs.iter().map(|l| (l - log_scale).exp()).collect();
            let first = weights.iter().zip(&lattice.theta).map(|(w, t)| w * t).sum();
            let second = weights.iter().zip(&lattice.theta).map(|(w, t)| w * t * t).sum();
            (log_scale, [first, second], weights)
        };
        if cells.len() <= TABLED_CELLS {
            let all: Vec<_> = (0..cells.len()).map(one).collect();
            let table = all.iter().flat_map(|(_, _, w)| w.iter().copied()).collect();
            let log_scale = all.iter().map(|a| a.0).collect();
            let moments = all.iter().map(|a| a.1).collect();
            return Prior { mu, moments, log_scale, precision, table: Some(table), nodes };
        }
        let all: Vec<(f64, [f64; 2])> =
            (0..cells.len()).into_par_iter().with_min_len(256).map(|c| (one(c).0, one(c).1)).collect();
        let (log_scale, moments) = all.into_iter().unzip();
        Prior { mu, moments, log_scale, precision, table: None, nodes }
    }

    /// Writes the node weights of a cell.
    pub fn weights(&self, cell: usize, lattice: &Lattice, out: &mut [f64]) {
        if let Some(table) = &self.table {
            out.copy_from_slice(&table[cell * self.nodes..(cell + 1) * self.nodes]);
            return;
        }
        for (q, w) in out.iter_mut().enumerate() {
            *w = self.log_weight(cell, lattice, q).exp();
        }
    }

    /// Log weight of one node.
    pub fn log_weight(&self, cell: usize, lattice: &Lattice, q: usize) -> f64 {
        log_weight(lattice, q, self.mu[cell], self.precision[cell]) - self.log_scale[cell]
    }
}

fn log_weight(lattice: &Lattice, q: usize, mu: f64, precision: f64) -> f64 {
    lattice.log_base[q] - 0.5 * (lattice.theta[q] - mu).powi(2) * precision
}
