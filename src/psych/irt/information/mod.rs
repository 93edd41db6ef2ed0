//! The observed information of a marginal fit, exactly.
//!
//! With S the score of one person's complete data (answers and ability) and B minus its derivative, the
//! observed information is the expected complete-data information less the missing information (Louis):
//!
//! ```text
//! I = sum_r w_r { E_r[B] - Cov_r(S) },    expectations over the posterior of ability in row r
//! ```
//!
//! For the softmax models the score of an item is `x theta - theta E(theta)` for the slope and
//! `1[x = k] - P_k(theta)` for an intercept: known functions of ability that are the same for all rows with
//! the same answered items, plus `e theta` with `e` the points on items with free slopes. So with
//! h(theta) the vector of these functions, m = E h, t = E[theta h], `T_n = E theta^n`
//!
//! ```text
//! E[SS'] = E[hh'] + e t' + t e' + T_2 e e',    E[S] = m + T_1 e
//! ```
//!
//! and the first term needs no row at all, only the sum of the posteriors. Rows are handled in tiles as
//! matrix products.
//!
//! # References
//! Louis (1982), JRSS B 44, 226-233.

#[cfg(test)]
mod differences;

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

use super::marginal::{Expected, Lattice, Prior, Problem, Tables};
use super::params::BlockInformation;
use crate::num::linalg::SmallMatrix;

/// Rows of one matrix product.
const TILE: usize = 128;

/// The negative Hessian of the log-likelihood (with priors, of the log posterior) at `psi`.
pub(super) fn observed_information(problem: &Problem, psi: &[f64], lattice: &Lattice) -> SmallMatrix {
    let (tables, prior) = (problem.tables(psi, lattice), problem.prior(psi, lattice));
    let expected = problem.expect(&tables, &prior, lattice);
    let n = psi.len();
    let mut information = SmallMatrix::zeros(n, n);
    let mut blocks = BlockInformation::new(&problem.map);
    problem.add_items(psi, &tables, &expected, lattice, &mut vec![0.0; n], &mut blocks);
    for (free, block) in &blocks.blocks {
        for (i, row) in free.iter().enumerate() {
            free.iter().enumerate().for_each(|(j, column)| information.set(*row, *column, block.get(i, j)));
        }
    }
    add_population(problem, psi, &prior, &expected, lattice, &mut information);
    let context =
        Context { problem, tables: &tables, prior: &prior, lattice, sigmas: problem.map.sigmas(psi) };
    let parts = problem.fold_posteriors(
        &tables,
        &prior,
        lattice,
        || Missing::new(&context),
        |missing, row, posterior| missing.take(&context, row, posterior),
    );
    for mut part in parts {
        part.close_run(&context);
        for i in 0..n {
            for j in 0..n {
                // Run sums are symmetric up to rounding; the mean is symmetric exactly.
                let missing = 0.5 * (part.total[i * n + j] + part.total[j * n + i]);
                information.set(i, j, information.get(i, j) - missing);
            }
        }
    }
    information
}

/// What all tasks read.
struct Context<'a> {
    problem: &'a Problem,
    tables: &'a Tables,
    prior: &'a Prior,
    lattice: &'a Lattice,
    sigmas: Vec<f64>,
}

/// The missing information of the rows of a task.
struct Missing {
    /// Free x free, over the runs that are closed.
    total: Vec<f64>,
    run: Option<Run>,
}

/// Rows with the same answered items.
struct Run {
    mask: u32,
    /// Free parameters of these items, ascending.
    free: Vec<usize>,
    /// Their functions of ability, nodes x free.
    h: Vec<f64>,
    /// Sum of the posteriors.
    mass: Vec<f64>,
    /// Sums of `e d'` with `d = t + T_2 e / 2`, and of `-s s'`; free x free.
    cross: Vec<f64>,
    outer: Vec<f64>,
    /// Covariances of the population's scores with the items', population parameter x free.
    population: Vec<(usize, Vec<f64>)>,
    tile: Tile,
}

/// Rows waiting for their matrix product.
#[derive(Default)]
struct Tile {
    rows: Vec<usize>,
    /// Posteriors times ability to the powers 0, 1 and 2; each rows x nodes.
    powers: [Vec<f64>; 3],
    /// Posterior moments `T_1 .. T_4`.
    moments: Vec<[f64; 4]>,
}

impl Missing {
    fn new(context: &Context) -> Self {
        let n = context.problem.map.len;
        Missing { total: vec![0.0; n * n], run: None }
    }

    fn take(&mut self, context: &Context, row: usize, posterior: &[f64]) {
        let mask = context.problem.rows().mask[row];
        if self.run.as_ref().is_none_or(|r| r.mask != mask) {
            self.close_run(context);
        }
        let run = self.run.get_or_insert_with(|| Run::new(context, mask));
        run.tile.push(row, posterior, &context.lattice.theta);
        if run.tile.rows.len() == TILE {
            run.close_tile(context, &mut self.total);
        }
    }

    /// Adds the run's sums at the places of its parameters.
    fn close_run(&mut self, context: &Context) {
        let Some(mut run) = self.run.take() else { return };
        run.close_tile(context, &mut self.total);
        let (n, f, nodes) = (context.problem.map.len, run.free.len(), run.mass.len());
        let weighted: Vec<f64> =
            run.h.chunks(f.max(1)).zip(&run.mass).flat_map(|(h, m)| h.iter().map(move |h| h * m)).collect();
        add_product(&mut run.outer, (&run.h, nodes, f), (&weighted, f), 1.0);
        for (i, row) in run.free.iter().enumerate() {
            for (j, column) in run.free.iter().enumerate() {
                let both = run.cross[i * f + j] + run.cross[j * f + i];
                self.total[row * n + column] += run.outer[i * f + j] + both;
            }
        }
        for (own, values) in &run.population {
            for (column, value) in run.free.iter().zip(values) {
                self.total[own * n + column] += value;
                self.total[column * n + own] += value;
            }
        }
    }
}

/// `out += factor A' B` for row-major A (rows x a) and B (rows x b).
fn add_product(out: &mut [f64], a: (&[f64], usize, usize), b: (&[f64], usize), factor: f64) {
    let (rows, left, right) = (a.1, a.2, b.1);
    matmul(
        MatMut::from_row_major_slice_mut(out, left, right),
        Accum::Add,
        MatRef::from_row_major_slice(a.0, rows, left).transpose(),
        MatRef::from_row_major_slice(b.0, rows, right),
        factor,
        Par::Seq,
    );
}

impl Run {
    fn new(context: &Context, mask: u32) -> Self {
        let map = &context.problem.map;
        let items = &context.problem.masks.items[mask as usize];
        let terms = || items.iter().flat_map(|i| &map.naturals[*i as usize]).flat_map(|n| &n.terms);
        let mut free: Vec<usize> = terms().map(|(f, _)| *f).collect();
        free.sort_unstable();
        free.dedup();
        let (nodes, f) = (context.lattice.len(), free.len());
        let mut h = vec![0.0; nodes * f];
        for item in items {
            add_functions(context, *item as usize, &free, &mut h);
        }
        let sigma = map.log_sigma.iter().flatten().copied();
        let population = map.beta.clone().chain(sigma).map(|p| (p, vec![0.0; f])).collect();
        let (cross, outer) = (vec![0.0; f * f], vec![0.0; f * f]);
        Run { mask, free, h, mass: vec![0.0; nodes], cross, outer, population, tile: Tile::default() }
    }

    fn close_tile(&mut self, context: &Context, total: &mut [f64]) {
        let tile = std::mem::take(&mut self.tile);
        let (count, nodes, f) = (tile.rows.len(), self.mass.len(), self.free.len());
        if count == 0 {
            return;
        }
        let product = |power: usize| {
            let mut out = vec![0.0; count * f];
            matmul(
                MatMut::from_row_major_slice_mut(&mut out, count, f),
                Accum::Replace,
                MatRef::from_row_major_slice(&tile.powers[power], count, nodes),
                MatRef::from_row_major_slice(&self.h, nodes, f),
                1.0,
                Par::Seq,
            );
            out
        };
        let means = product(0);
        let patterns = context.problem.points(tile.rows[0]).next().is_some();
        let with_theta = if patterns || !self.population.is_empty() { product(1) } else { vec![] };
        let with_square =
            if context.problem.map.log_sigma.iter().any(Option::is_some) { product(2) } else { vec![] };
        let weights = &context.problem.rows().weight;
        let (mut scores, mut e, mut d) = (means.clone(), vec![0.0; count * f], vec![0.0; count * f]);
        for (r, (&row, moments)) in tile.rows.iter().zip(&tile.moments).enumerate() {
            let own = r * f..(r + 1) * f;
            let e = &mut e[own.clone()];
            self.points(context, row, e);
            let root = weights[row].sqrt();
            let mass = self.mass.iter_mut().zip(&tile.powers[0][r * nodes..(r + 1) * nodes]);
            mass.for_each(|(m, p)| *m += weights[row] * p);
            self.population_row(context, row, moments, total, |power, i| {
                let (mean, e) = (means[own.start + i], e[i]);
                match power {
                    1 => {
                        with_theta[own.start + i] - moments[0] * mean + e * (moments[1] - moments[0].powi(2))
                    }
                    _ => {
                        with_square[own.start + i] - moments[1] * mean
                            + e * (moments[2] - moments[0] * moments[1])
                    }
                }
            });
            for (i, s) in scores[own.clone()].iter_mut().enumerate() {
                *s = root * (*s + moments[0] * e[i]);
            }
            if patterns {
                for (i, d) in d[own.clone()].iter_mut().enumerate() {
                    *d = root * (with_theta[own.start + i] + 0.5 * moments[1] * e[i]);
                    e[i] *= root;
                }
            }
        }
        add_product(&mut self.outer, (&scores, count, f), (&scores, f), -1.0);
        if patterns {
            add_product(&mut self.cross, (&e, count, f), (&d, f), 1.0);
        }
    }

    /// Writes e: points on items with free slopes, at the places of the slopes.
    fn points(&self, context: &Context, row: usize, e: &mut [f64]) {
        for (item, points) in context.problem.points(row).filter(|(_, x)| *x > 0) {
            for (free, coefficient) in &context.problem.map.naturals[item][0].terms {
                e[self.free.partition_point(|f| f < free)] += coefficient * points as f64;
            }
        }
    }

    /// Covariances of the population's scores, which are combinations of ability and its square; `with(n, i)`
    /// is the covariance of the n-th power of ability with the score of the i-th parameter of the run.
    fn population_row(
        &mut self,
        context: &Context,
        row: usize,
        moments: &[f64; 4],
        total: &mut [f64],
        with: impl Fn(usize, usize) -> f64,
    ) {
        if self.population.is_empty() {
            return;
        }
        let Context { problem, prior, sigmas, .. } = context;
        let (map, n) = (&problem.map, problem.map.len);
        let (cell, weight) = (problem.rows().cell[row] as usize, problem.rows().weight[row]);
        let group = problem.cells.group[cell];
        let variance = sigmas[group].powi(2);
        // Coefficients of ability and its square.
        let mean = problem.cells.row(cell).iter().map(|x| [x / variance, 0.0]);
        let spread = map.log_sigma.iter().enumerate().filter_map(|(g, free)| {
            let own = if g == group { [-2.0 * prior.mu[cell] / variance, 1.0 / variance] } else { [0.0; 2] };
            free.map(|_| own)
        });
        let coefficients: Vec<[f64; 2]> = mean.chain(spread).collect();
        let [t1, t2, t3, t4] = *moments;
        let (v11, v12, v22) = (t2 - t1 * t1, t3 - t1 * t2, t4 - t2 * t2);
        let f = self.free.len();
        let first: Vec<f64> = (0..f).map(|i| with(1, i)).collect();
        let square = coefficients.iter().any(|c| c[1] != 0.0);
        let second: Vec<f64> = if square { (0..f).map(|i| with(2, i)).collect() } else { vec![0.0; f] };
        for (a, (own, values)) in coefficients.iter().zip(&mut self.population) {
            for (value, (x, y)) in values.iter_mut().zip(first.iter().zip(&second)) {
                *value += weight * (a[0] * x + a[1] * y);
            }
            for (b, other) in
                coefficients.iter().zip(map.beta.clone().chain(map.log_sigma.iter().flatten().copied()))
            {
                total[*own * n + other] +=
                    weight * (a[0] * b[0] * v11 + (a[0] * b[1] + a[1] * b[0]) * v12 + a[1] * b[1] * v22);
            }
        }
    }
}

/// Adds `-theta E(theta)` (slope) and `-P_k(theta)` (intercepts) of an item, carried over to free parameters.
fn add_functions(context: &Context, item: usize, free: &[usize], h: &mut [f64]) {
    let naturals = &context.problem.map.naturals[item];
    let place = |f: &usize| free.partition_point(|x| x < f);
    let width = free.len();
    for (k, natural) in naturals[1..].iter().enumerate() {
        // Points that cannot occur have no parameters and probability 0.
        let p = context.tables.probability(item, k);
        let mut terms: Vec<(usize, f64, f64)> =
            natural.terms.iter().map(|(f, c)| (place(f), *c, 0.0)).collect();
        terms.extend(naturals[0].terms.iter().map(|(f, c)| (place(f), 0.0, c * k as f64)));
        for (place, own, slope) in terms {
            for (q, (p, theta)) in p.iter().zip(&context.lattice.theta).enumerate() {
                h[q * width + place] -= p * (own + slope * theta);
            }
        }
    }
}

impl Tile {
    fn push(&mut self, row: usize, posterior: &[f64], theta: &[f64]) {
        let mut moments = [0.0; 4];
        let [zero, one, two] = &mut self.powers;
        for (p, t) in posterior.iter().zip(theta) {
            let (first, second) = (p * t, p * t * t);
            zero.push(*p);
            one.push(first);
            two.push(second);
            for (sum, value) in moments.iter_mut().zip([first, second, second * t, second * t * t]) {
                *sum += value;
            }
        }
        self.rows.push(row);
        self.moments.push(moments);
    }
}

/// Adds the expected complete-data information of mean and log standard deviation, exact for node weights
/// that are normalised over the lattice.
fn add_population(
    problem: &Problem,
    psi: &[f64],
    prior: &Prior,
    expected: &Expected,
    lattice: &Lattice,
    information: &mut SmallMatrix,
) {
    let (map, cells, rows) = (&problem.map, &problem.cells, problem.rows());
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
    let mut weights = vec![0.0; lattice.len()];
    let mut add = |i: usize, j: usize, value: f64| information.set(i, j, information.get(i, j) + value);
    for (cell, [n, s1, s2]) in sums.into_iter().enumerate().filter(|(_, s)| s[0] > 0.0) {
        prior.weights(cell, lattice, &mut weights);
        let (mu, group) = (prior.mu[cell], cells.group[cell]);
        let variance = sigmas[group].powi(2);
        let mut central = [0.0; 5];
        for (w, theta) in weights.iter().zip(&lattice.theta) {
            (0..5).for_each(|power| central[power] += w * (theta - mu).powi(power as i32));
        }
        let spread = n * (central[2] - central[1].powi(2)) / variance.powi(2);
        let x = cells.row(cell);
        let beta = |j: usize| map.beta.start + j;
        for (j, a) in x.iter().enumerate() {
            x.iter().enumerate().for_each(|(h, b)| add(beta(j), beta(h), a * b * spread));
        }
        if let Some(free) = map.log_sigma[group] {
            let cross = 2.0 * (s1 - n * mu - n * central[1]) / variance
                + n * (central[3] - central[1] * central[2]) / variance.powi(2);
            for (j, a) in x.iter().enumerate() {
                add(beta(j), free, a * cross);
                add(free, beta(j), a * cross);
            }
            let square = s2 - 2.0 * mu * s1 + n * mu * mu;
            let own = 2.0 * (square - n * central[2]) / variance
                + n * (central[4] - central[2].powi(2)) / variance.powi(2);
            add(free, free, own);
        }
    }
}
