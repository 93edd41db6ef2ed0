//! The marginal log-likelihood of all persons, its gradient, and the complete-data information.
//!
//! ```text
//! l = sum_p w_p ln sum_q pi_q(p) prod_i P_i(x_pi | theta_q)
//! ```
//!
//! The gradient comes from the posterior expectations (Fisher's identity), so one pass over the persons
//! gives everything a step of EM or of quasi-Newton needs. Persons are first collapsed: to sum scores per
//! set of answered items where all slopes are 1, to distinct patterns otherwise.
//!
//! # References
//! Bock & Aitkin (1981), Psychometrika 46, 443-459. Dempster, Laird & Rubin (1977), JRSS B 39, 1-38.

mod by_pattern;
mod by_score;
#[cfg(test)]
mod gradient_test;
mod masks;
mod prior;
mod rows;
mod tables;

use rayon::prelude::*;

use super::params::{BlockInformation, NaturalDerivatives, ParameterMap};
use super::population::Cells;
use super::{IrtError, Responses};
use crate::num::linalg::SmallMatrix;

pub(super) use masks::Masks;
pub(super) use prior::Prior;
pub(super) use rows::Rows;
pub(super) use tables::{Lattice, Tables};

/// Tasks of a fold over posteriors, and least rows of one: each task holds a matrix over all parameters.
const POSTERIOR_TASKS: usize = 16;
const LEAST_ROWS: usize = 256;

/// How persons are collapsed.
enum Engine {
    Scores(by_score::ByScore),
    Patterns(by_pattern::ByPattern),
}

/// Data and layout, fixed for one fit.
pub(super) struct Problem {
    pub map: ParameterMap,
    pub cells: Cells,
    pub masks: Masks,
    pub counts: Vec<Vec<f64>>,
    /// Independent normal priors on natural parameters, for fits that ask for them.
    pub prior: super::fit::ParameterPriors,
    engine: Engine,
}

/// Posterior expectations at one set of parameters.
pub(super) struct Expected {
    pub log_likelihood: f64,
    /// Items x nodes: posterior weight of the persons who answered the item.
    pub mass: Vec<f64>,
    /// Per item: sum of points times posterior mean (only where slopes are free).
    pub slope_sum: Vec<f64>,
    /// Per row: posterior mean and mean square of ability.
    pub first: Vec<f64>,
    pub second: Vec<f64>,
    /// Per row: log-likelihood.
    pub row_log_likelihood: Vec<f64>,
}

/// The likelihood at one set of parameters.
pub(super) struct Marginal {
    pub log_likelihood: f64,
    /// Log of the priors on parameters; 0 unless asked for.
    pub log_prior: f64,
    pub gradient: Vec<f64>,
    pub information: BlockInformation,
}

impl Problem {
    pub fn new(
        responses: &Responses,
        map: ParameterMap,
        cells: Cells,
        counts: Vec<Vec<f64>>,
        weights: Option<&[f64]>,
        prior: super::fit::ParameterPriors,
    ) -> Result<Self, IrtError> {
        let active: Vec<bool> = (0..responses.items()).map(|i| map.is_active(i)).collect();
        let masks = Masks::new(responses, &active);
        let unit = |i: usize| {
            let slope = &map.naturals[i][0];
            slope.terms.is_empty() && slope.constant == 1.0
        };
        let scores_suffice = (0..responses.items()).all(|i| !active[i] || unit(i));
        let engine = if scores_suffice {
            Engine::Scores(by_score::ByScore::new(responses, &masks, &cells, weights))
        } else {
            Engine::Patterns(by_pattern::ByPattern::new(responses, &active, &masks, &cells, weights))
        };
        let problem = Problem { map, cells, masks, counts, prior, engine };
        if problem.rows().weight.is_empty() {
            return Err(IrtError::TooFewPersons { needed: 1, found: 0 });
        }
        Ok(problem)
    }

    pub fn rows(&self) -> &Rows {
        match &self.engine {
            Engine::Scores(e) => &e.rows,
            Engine::Patterns(e) => &e.rows,
        }
    }

    pub fn tables(&self, psi: &[f64], lattice: &Lattice) -> Tables {
        Tables::new(&self.map, psi, lattice)
    }

    pub fn prior(&self, psi: &[f64], lattice: &Lattice) -> Prior {
        Prior::new(&self.cells, &psi[self.map.beta.clone()], &self.map.sigmas(psi), lattice)
    }

    pub fn expect(&self, tables: &Tables, prior: &Prior, lattice: &Lattice) -> Expected {
        match &self.engine {
            Engine::Scores(e) => e.expect(&self.masks, &self.counts, tables, prior, lattice),
            Engine::Patterns(e) => e.expect(&self.masks, tables, prior, lattice),
        }
    }

    /// Folds the posteriors of all rows: `take(state, row, posterior)` sees the rows of a task in their order,
    /// each posterior summing to 1 over the nodes. Tasks do not depend on the number of threads.
    pub fn fold_posteriors<S: Send>(
        &self,
        tables: &Tables,
        prior: &Prior,
        lattice: &Lattice,
        start: impl Fn() -> S + Sync,
        take: impl Fn(&mut S, usize, &[f64]) + Sync,
    ) -> Vec<S> {
        let rows = self.rows().weight.len();
        let own = rows.div_ceil(POSTERIOR_TASKS).max(LEAST_ROWS);
        let starts: Vec<usize> = (0..rows).step_by(own).collect();
        let shared = match &self.engine {
            Engine::Scores(_) => None,
            Engine::Patterns(e) => Some(e.shared(&self.masks, tables, prior, lattice)),
        };
        let task = |first: &usize| {
            let range = *first..(first + own).min(rows);
            let mut state = start();
            let mut take = |row: usize, posterior: &[f64]| take(&mut state, row, posterior);
            match (&self.engine, &shared) {
                (Engine::Patterns(e), Some(shared)) => e.visit(range, shared, &mut take),
                (Engine::Scores(e), _) => e.visit(range, &self.masks, tables, prior, lattice, &mut take),
                (Engine::Patterns(_), None) => {}
            }
            state
        };
        starts.par_iter().map(task).collect()
    }

    /// Answered items of a row with their points; none where the posterior depends on the sum score only.
    pub fn points(&self, row: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let patterns = match &self.engine {
            Engine::Scores(_) => None,
            Engine::Patterns(e) => Some(e),
        };
        patterns.into_iter().flat_map(move |e| e.points(row))
    }

    /// Likelihood, gradient and complete-data information.
    pub fn evaluate(&self, psi: &[f64], lattice: &Lattice) -> Marginal {
        let tables = self.tables(psi, lattice);
        let prior = self.prior(psi, lattice);
        let expected = self.expect(&tables, &prior, lattice);
        let mut gradient = vec![0.0; self.map.len];
        let mut information = BlockInformation::new(&self.map);
        let log_prior = self.add_items(psi, &tables, &expected, lattice, &mut gradient, &mut information);
        self.add_population(psi, &prior, &expected, &mut gradient, &mut information);
        Marginal { log_likelihood: expected.log_likelihood, log_prior, gradient, information }
    }

    /// Adds the items' part of gradient and complete-data information; returns the log of the priors.
    pub fn add_items(
        &self,
        psi: &[f64],
        tables: &Tables,
        expected: &Expected,
        lattice: &Lattice,
        gradient: &mut [f64],
        information: &mut BlockInformation,
    ) -> f64 {
        let items: Vec<usize> = (0..self.counts.len())
            .filter(|i| self.map.naturals[*i].iter().any(|n| !n.terms.is_empty()))
            .collect();
        let own: Vec<NaturalDerivatives> =
            items.par_iter().map(|&i| self.item_derivatives(i, tables, expected, lattice)).collect();
        let mut log_prior = 0.0;
        for (&item, mut own) in items.iter().zip(own) {
            log_prior += self.prior.add(&self.map.naturals[item], psi, &mut own);
            information.add_item(&self.map.naturals[item], &own, gradient);
        }
        log_prior
    }

    fn item_derivatives(
        &self,
        item: usize,
        tables: &Tables,
        expected: &Expected,
        lattice: &Lattice,
    ) -> NaturalDerivatives {
        let counts = &self.counts[item];
        let mass = &expected.mass[item * lattice.len()..(item + 1) * lattice.len()];
        let mut gradient = vec![expected.slope_sum[item]];
        gradient.extend(counts);
        let size = counts.len() + 1;
        let mut information = SmallMatrix::zeros(size, size);
        let mut p = vec![0.0; counts.len()];
        for (q, (&n, &theta)) in mass.iter().zip(&lattice.theta).enumerate().take(lattice.real) {
            (0..p.len()).for_each(|k| p[k] = tables.probability(item, k)[q]);
            let mean: f64 = p.iter().enumerate().map(|(k, p)| k as f64 * p).sum();
            let variance: f64 = p.iter().enumerate().map(|(k, p)| (k as f64 - mean).powi(2) * p).sum();
            gradient[0] -= n * theta * mean;
            information.set(0, 0, information.get(0, 0) + n * theta * theta * variance);
            for k in 0..p.len() {
                gradient[1 + k] -= n * p[k];
                let cross = n * theta * p[k] * (k as f64 - mean);
                information.set(0, 1 + k, information.get(0, 1 + k) + cross);
                for h in 0..=k {
                    let same = if h == k { p[k] } else { 0.0 };
                    information.set(1 + h, 1 + k, information.get(1 + h, 1 + k) + n * (same - p[k] * p[h]));
                }
            }
        }
        for row in 1..size {
            (0..row).for_each(|column| information.set(row, column, information.get(column, row)));
        }
        NaturalDerivatives { gradient, information }
    }

    /// Adds the population's part. The node weights are normalised over the lattice, so the gradient is
    /// taken against their own moments and is exact for any lattice.
    fn add_population(
        &self,
        psi: &[f64],
        prior: &Prior,
        expected: &Expected,
        gradient: &mut [f64],
        information: &mut BlockInformation,
    ) {
        let (map, cells, rows) = (&self.map, &self.cells, self.rows());
        if map.beta.is_empty() && map.log_sigma.iter().all(Option::is_none) {
            return;
        }
        let mut sums = vec![[0.0; 3]; cells.len()];
        for (row, &weight) in rows.weight.iter().enumerate() {
            let sum = &mut sums[rows.cell[row] as usize];
            sum[0] += weight;
            sum[1] += weight * expected.first[row];
            sum[2] += weight * expected.second[row];
        }
        let sigmas = map.sigmas(psi);
        for (cell, [n, s1, s2]) in sums.into_iter().enumerate().filter(|(_, s)| s[0] > 0.0) {
            let (mu, group) = (prior.mu[cell], cells.group[cell]);
            let variance = sigmas[group] * sigmas[group];
            let moments = prior.moments[cell];
            let pull = (s1 - n * moments[0]) / variance;
            let row = cells.row(cell);
            for (j, x) in row.iter().enumerate() {
                gradient[map.beta.start + j] += x * pull;
                for (h, y) in row.iter().enumerate() {
                    information.add(map.beta.start + j, map.beta.start + h, n * x * y / variance);
                }
            }
            if let Some(free) = map.log_sigma[group] {
                let about = |m1: f64, m2: f64, m0: f64| m2 - 2.0 * mu * m1 + mu * mu * m0;
                gradient[free] += (about(s1, s2, n) - n * about(moments[0], moments[1], 1.0)) / variance;
                information.add(free, free, 2.0 * n);
            }
        }
    }
}
