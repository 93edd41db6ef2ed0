//! Distributions of sum scores, the score-to-ability table, and the S-X2 item fit statistic.

use super::ability::{Ability, Answer, weighted_likelihood};
use super::posterior::Posterior;
use super::{IrtError, ItemCurve, Responses};
use crate::num::{dist, quadrature};

/// Probabilities of each sum of points at one ability (Lord & Wingersky's recursion).
///
/// # References
/// Lord & Wingersky (1984), Applied Psychological Measurement 8, 453-461.
pub fn score_distribution(curves: &[&ItemCurve], theta: f64) -> Vec<f64> {
    let mut total = vec![1.0];
    for curve in curves {
        total = convolve(&total, &curve.probabilities(theta));
    }
    total
}

pub(super) fn convolve(a: &[f64], b: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; a.len() + b.len() - 1];
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            out[i + j] += x * y;
        }
    }
    out
}

/// Ability for one sum of points on all items.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreRow {
    /// Sum of points.
    pub score: usize,
    /// Weighted likelihood estimate; `None` with unequal slopes, where the sum does not determine it.
    pub weighted_likelihood: Option<Ability>,
    /// Posterior given the sum score, under a normal population.
    pub posterior: Option<Posterior>,
    /// Share of the population expected to have this score.
    pub share: f64,
}

/// Nodes for integrals over a population in this file; fine enough for tests of 200 points.
const NODES: usize = 201;

fn population_nodes(mean: f64, sd: f64) -> Result<(Vec<f64>, Vec<f64>), IrtError> {
    let grid = quadrature::grid(NODES, mean - 6.5 * sd, mean + 6.5 * sd)?;
    let density: Vec<f64> = grid.at.iter().map(|t| (-0.5 * ((t - mean) / sd).powi(2)).exp()).collect();
    let total: f64 = density.iter().sum();
    Ok((grid.at, density.into_iter().map(|d| d / total).collect()))
}

/// The table from sum scores to ability for the items given, in a population N(mean, sd^2).
///
/// # Errors
/// `Num` when `sd` is not a positive number or `mean` is not finite.
pub fn score_table(curves: &[&ItemCurve], mean: f64, sd: f64) -> Result<Vec<ScoreRow>, IrtError> {
    let (theta, weight) = population_nodes(mean, sd)?;
    let top: usize = curves.iter().map(|c| c.max()).sum();
    let mut sums = vec![[0.0; 3]; top + 1];
    for (t, w) in theta.iter().zip(&weight) {
        for (sum, p) in sums.iter_mut().zip(score_distribution(curves, *t)) {
            (0..3).for_each(|power| sum[power] += w * p * t.powi(power as i32));
        }
    }
    let unit = curves.iter().all(|c| c.slope == 1.0);
    let row = |score: usize| {
        let [share, first, second] = sums[score];
        ScoreRow {
            score,
            weighted_likelihood: unit
                .then(|| spread(curves, score))
                .flatten()
                .and_then(|a| weighted_likelihood(&a)),
            posterior: (share > 0.0).then(|| Posterior::new(first / share, second / share)),
            share,
        }
    };
    Ok((0..=top).map(row).collect())
}

/// Some answers with the given sum; which ones does not matter with unit slopes.
fn spread<'a>(curves: &[&'a ItemCurve], score: usize) -> Option<Vec<Answer<'a>>> {
    let mut left = score;
    let answers = curves
        .iter()
        .map(|c| {
            let points = left.min(c.max());
            left -= points;
            (*c, points as u8)
        })
        .collect();
    (left == 0).then_some(answers)
}

/// The S-X2 statistic of one item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreFit {
    /// Statistic.
    pub chi2: f64,
    /// Degrees of freedom: cells less groups less free parameters of the item.
    pub df: f64,
    /// Upper tail probability; `None` when no degrees of freedom are left.
    pub p: Option<f64>,
    /// Persons with complete answers.
    pub persons: usize,
}

/// Options of [`score_fit`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreFitOptions {
    /// Mean of the population.
    pub mean: f64,
    /// Standard deviation of the population.
    pub sd: f64,
    /// Cells with a smaller expected count are merged with a neighbour.
    pub smallest_cell: f64,
}

/// S-X2: observed against expected points on each item within groups of equal sum score.
///
/// ```text
/// S-X2_i = sum_s sum_k (O_isk - E_isk)^2 / E_isk
/// E_isk = N_s  integral P_i(k) S^(i)_{s-k} phi / integral S_s phi
/// ```
///
/// Persons with missing answers on any of the items are left out. Groups of neighbouring scores are
/// merged from the ends inward while an item's extreme points are expected less than `smallest_cell`
/// times, then neighbouring categories within a group. `free[i]` is the number of free parameters of the
/// item. Zero and perfect sums carry no information and are left out.
///
/// # Errors
/// `Shape` when `free` or `curves` do not fit; `TooFewPersons` without complete answers; `TooFewItems`.
///
/// # References
/// Orlando & Thissen (2000), doi:10.1177/01466216000241003; Kang & Chen (2008),
/// doi:10.1111/j.1745-3984.2008.00071.x (polytomous items).
pub fn score_fit(
    curves: &[&ItemCurve],
    free: &[usize],
    responses: &Responses,
    options: ScoreFitOptions,
) -> Result<Vec<ScoreFit>, IrtError> {
    let items = responses.items();
    for (what, found) in [("curves", curves.len()), ("free", free.len())] {
        if found != items {
            return Err(IrtError::Shape { what, needed: items, found });
        }
    }
    if items < 3 {
        return Err(IrtError::TooFewItems { needed: 3, found: items });
    }
    let complete: Vec<usize> =
        (0..responses.persons()).filter(|p| responses.row(*p).1.iter().all(|there| *there)).collect();
    if complete.is_empty() {
        return Err(IrtError::TooFewPersons { needed: 1, found: 0 });
    }
    let (theta, weight) = population_nodes(options.mean, options.sd)?;
    let top: usize = curves.iter().map(|c| c.max()).sum();
    let mut observed: Vec<Vec<Vec<f64>>> =
        curves.iter().map(|c| vec![vec![0.0; c.max() + 1]; top + 1]).collect();
    for &person in &complete {
        let row = responses.row(person).0;
        let score: usize = row.iter().map(|x| usize::from(*x)).sum();
        row.iter().enumerate().for_each(|(i, x)| observed[i][score][usize::from(*x)] += 1.0);
    }
    let expected = expected_cells(curves, &theta, &weight, &observed[0]);
    let fit = |item: usize| {
        let mut cells: Vec<Cell> = (1..top)
            .map(|s| Cell { observed: observed[item][s].clone(), expected: expected[item][s].clone() })
            .filter(|cell| cell.expected.iter().sum::<f64>() > 0.0)
            .collect();
        merge_scores(&mut cells, options.smallest_cell);
        statistic(&mut cells, free[item], options.smallest_cell, complete.len())
    };
    Ok((0..items).map(fit).collect())
}

/// Expected counts per item, score and points.
fn expected_cells(
    curves: &[&ItemCurve],
    theta: &[f64],
    weight: &[f64],
    first_item: &[Vec<f64>],
) -> Vec<Vec<Vec<f64>>> {
    let top: usize = curves.iter().map(|c| c.max()).sum();
    let mut joint: Vec<Vec<Vec<f64>>> =
        curves.iter().map(|c| vec![vec![0.0; c.max() + 1]; top + 1]).collect();
    for (t, w) in theta.iter().zip(weight) {
        let p: Vec<Vec<f64>> = curves.iter().map(|c| c.probabilities(*t)).collect();
        for (item, rest) in leave_one_out(&p).into_iter().enumerate() {
            for (s, r) in rest.iter().enumerate() {
                p[item].iter().enumerate().for_each(|(k, p)| joint[item][s + k][k] += w * r * p);
            }
        }
    }
    for own in &mut joint {
        for (cell, observed) in own.iter_mut().zip(first_item) {
            let persons: f64 = observed.iter().sum();
            let total: f64 = cell.iter().sum();
            cell.iter_mut().for_each(|c| *c *= if total > 0.0 { persons / total } else { 0.0 });
        }
    }
    joint
}

/// The distribution of the sum over all but one item, for each item, from products before and after it
/// (no division, which would lose digits).
pub(super) fn leave_one_out(p: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let n = p.len();
    let mut after = vec![vec![1.0]; n + 1];
    for i in (0..n).rev() {
        after[i] = convolve(&p[i], &after[i + 1]);
    }
    let mut before = vec![1.0];
    let mut all = Vec::with_capacity(n);
    for i in 0..n {
        all.push(convolve(&before, &after[i + 1]));
        before = convolve(&before, &p[i]);
    }
    all
}

struct Cell {
    observed: Vec<f64>,
    expected: Vec<f64>,
}

impl Cell {
    fn absorb(&mut self, other: Cell) {
        self.observed.iter_mut().zip(other.observed).for_each(|(a, b)| *a += b);
        self.expected.iter_mut().zip(other.expected).for_each(|(a, b)| *a += b);
    }

    fn is_thin(&self, smallest: f64) -> bool {
        let last = self.expected.len() - 1;
        if last == 1 {
            return self.expected.iter().any(|e| *e < smallest);
        }
        self.expected.iter().sum::<f64>() < smallest
    }
}

/// Merges score groups from both ends inward until no group is thin.
fn merge_scores(cells: &mut Vec<Cell>, smallest: f64) {
    while cells.len() > 1 && cells[0].is_thin(smallest) {
        let first = cells.remove(0);
        cells[0].absorb(first);
    }
    while cells.len() > 1 && cells[cells.len() - 1].is_thin(smallest) {
        if let (Some(last), Some(before)) = (cells.pop(), cells.last_mut()) {
            before.absorb(last);
        }
    }
    let mut i = 1;
    while i + 1 < cells.len() {
        if cells[i].is_thin(smallest) {
            let thin = cells.remove(i);
            cells[i].absorb(thin);
        } else {
            i += 1;
        }
    }
}

fn statistic(cells: &mut [Cell], free: usize, smallest: f64, persons: usize) -> ScoreFit {
    let (mut chi2, mut df) = (0.0, 0.0);
    for cell in cells {
        merge_categories(cell, smallest);
        df += cell.expected.len() as f64 - 1.0;
        chi2 += cell.observed.iter().zip(&cell.expected).map(|(o, e)| (o - e).powi(2) / e).sum::<f64>();
    }
    df -= free as f64;
    let p = if df > 0.0 { dist::chi2_sf(chi2, df).ok() } else { None };
    ScoreFit { chi2, df, p, persons }
}

/// Merges neighbouring points within a group until all are expected often enough.
fn merge_categories(cell: &mut Cell, smallest: f64) {
    // Points that cannot occur in the group have no cell.
    let keep: Vec<bool> = cell.expected.iter().map(|e| *e > 0.0).collect();
    let mut it = keep.iter();
    cell.observed.retain(|_| *it.next().unwrap_or(&true));
    cell.expected.retain(|e| *e > 0.0);
    while cell.expected.len() > 1 {
        let Some(thin) = cell.expected.iter().position(|e| *e < smallest) else { break };
        let last = cell.expected.len() - 1;
        let to = match thin {
            0 => 1,
            t if t == last => t - 1,
            t if cell.expected[t - 1] < cell.expected[t + 1] => t - 1,
            t => t + 1,
        };
        let (o, e) = (cell.observed[thin], cell.expected[thin]);
        cell.observed[to] += o;
        cell.expected[to] += e;
        cell.observed.remove(thin);
        cell.expected.remove(thin);
    }
}
