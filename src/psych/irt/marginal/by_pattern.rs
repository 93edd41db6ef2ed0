//! Free slopes: one row per distinct pattern of answers.
//!
//! Items are packed into blocks of at most 256 joint states (a missing answer is one more state), and the
//! likelihood of every joint state at every node is tabled once per evaluation. A row of 40 items is then
//! a product of five table lines instead of forty.

use rayon::prelude::*;

use super::super::Responses;
use super::super::population::Cells;
use super::rows::{Key, Rows, collapse};
use super::tables::LANES;
use super::{Expected, Lattice, Masks, Prior, Tables};
use crate::num::special::log_sum_exp;

/// Joint states of a block: codes are bytes.
const MOST_STATES: usize = 256;
/// Blocks whose codes fit into the key that collapses patterns; longer tests have no equal patterns
/// worth finding.
const KEY_BLOCKS: usize = 16;
/// Rows of one task; fixed, so that sums do not depend on the number of threads.
const ROWS_PER_TASK: usize = 2048;
/// Products below this may have lost digits to underflow and are taken again in logs.
const SAFE_PRODUCT: f64 = 1e-250;

pub(super) struct ByPattern {
    pub rows: Rows,
    blocks: Vec<Block>,
    /// Rows x blocks.
    codes: Vec<u8>,
    items: usize,
    complete: bool,
}

/// Items that share a table.
struct Block {
    places: Vec<Place>,
    states: usize,
}

/// An item's digit in the code of its block.
#[derive(Clone, Copy)]
struct Place {
    item: usize,
    stride: usize,
    /// Points 0..=max; the state `points` means missing.
    points: usize,
    states: usize,
}

impl ByPattern {
    pub fn new(
        responses: &Responses,
        active: &[bool],
        masks: &Masks,
        cells: &Cells,
        weights: Option<&[f64]>,
    ) -> Self {
        // Small samples do not pay for large tables.
        let states = (responses.persons() / 8).next_power_of_two().clamp(16, MOST_STATES);
        let blocks = pack(responses, active, states);
        let code = |person: usize| {
            let (points, there) = responses.row(person);
            let digit = |p: &Place| p.stride * if there[p.item] { points[p.item] as usize } else { p.points };
            blocks.iter().map(move |b| b.places.iter().map(digit).sum::<usize>() as u8)
        };
        let key = |p: usize| {
            let mask = masks.of_person[p];
            let answers = if blocks.len() <= KEY_BLOCKS {
                code(p).fold(0, |key: u128, c| key << 8 | u128::from(c))
            } else {
                p as u128
            };
            let some = !masks.items[mask as usize].is_empty();
            some.then_some(Key { mask, cell: cells.of_person[p], answers })
        };
        let keys: Vec<Option<Key>> = (0..responses.persons()).into_par_iter().map(key).collect();
        let rows = collapse(&keys, weights);
        let codes = rows.example.iter().flat_map(|p| code(*p as usize)).collect();
        let complete = masks.items.iter().filter(|m| !m.is_empty()).count() == 1;
        ByPattern { rows, codes, items: active.len(), complete, blocks }
    }

    pub fn expect(&self, masks: &Masks, tables: &Tables, prior: &Prior, lattice: &Lattice) -> Expected {
        let nodes = lattice.len();
        let shared = self.shared(masks, tables, prior, lattice);
        let count = self.rows.weight.len();
        let starts: Vec<usize> = (0..count).step_by(ROWS_PER_TASK).collect();
        let parts: Vec<Part> = starts
            .par_iter()
            .map(|&start| self.expect_rows(start..(start + ROWS_PER_TASK).min(count), &shared))
            .collect();
        let mut expected = Expected {
            log_likelihood: 0.0,
            mass: vec![0.0; self.items * nodes],
            slope_sum: vec![0.0; self.items],
            first: Vec::with_capacity(count),
            second: Vec::with_capacity(count),
            row_log_likelihood: Vec::with_capacity(count),
        };
        let mut by_code: Vec<f64> = vec![0.0; self.blocks.iter().map(|b| b.states).sum()];
        let mut mass = vec![0.0; if self.complete { nodes } else { self.items * nodes }];
        for part in parts {
            expected.log_likelihood += part.log_likelihood;
            mass.iter_mut().zip(&part.mass).for_each(|(a, b)| *a += b);
            by_code.iter_mut().zip(&part.by_code).for_each(|(a, b)| *a += b);
            expected.first.extend(part.first);
            expected.second.extend(part.second);
            expected.row_log_likelihood.extend(part.row_log_likelihood);
        }
        if self.complete {
            expected.mass.chunks_exact_mut(nodes).for_each(|own| own.copy_from_slice(&mass));
        } else {
            expected.mass = mass;
        }
        self.fold(&by_code, &mut expected.slope_sum);
        expected
    }

    /// What the tasks of one pass over the rows read.
    pub fn shared<'a>(
        &self,
        masks: &'a Masks,
        tables: &'a Tables,
        prior: &'a Prior,
        lattice: &'a Lattice,
    ) -> Shared<'a> {
        let lines = self.blocks.par_iter().map(|b| b.lines(tables, lattice.len())).collect();
        Shared { lines, masks, tables, prior, lattice }
    }

    /// Hands the posterior of each row of a range to `take`, summing to 1 over the nodes.
    pub fn visit(
        &self,
        range: std::ops::Range<usize>,
        shared: &Shared,
        take: &mut impl FnMut(usize, &[f64]),
    ) {
        let nodes = shared.lattice.len();
        let (mut l, mut weights, mut cell) = (vec![0.0; nodes], vec![0.0; nodes], u32::MAX);
        for row in range {
            if self.rows.cell[row] != cell {
                cell = self.rows.cell[row];
                shared.prior.weights(cell as usize, shared.lattice, &mut weights);
            }
            let (sums, _) = self.weigh(row, &weights, shared, &mut l);
            l.iter_mut().for_each(|l| *l /= sums[0]);
            take(row, &l);
        }
    }

    /// Answered items of a row with their points.
    pub fn points(&self, row: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let codes = &self.codes[row * self.blocks.len()..(row + 1) * self.blocks.len()];
        self.blocks
            .iter()
            .zip(codes)
            .flat_map(|(block, code)| {
                let point = |place: &Place| usize::from(*code) / place.stride % place.states;
                block.places.iter().map(move |p| (p.item, point(p), p.points)).filter(|(_, x, none)| x < none)
            })
            .map(|(item, points, _)| (item, points))
    }

    /// Writes the row's weight at each node; returns their sums with powers of ability and the log of the
    /// scale they were divided by.
    fn weigh(&self, row: usize, weights: &[f64], shared: &Shared, l: &mut [f64]) -> ([f64; 3], f64) {
        let codes = &self.codes[row * self.blocks.len()..(row + 1) * self.blocks.len()];
        let sums = weigh_blocks(l, weights, codes, &shared.lines, &shared.lattice.theta);
        if sums[0] > SAFE_PRODUCT {
            return (sums, 0.0);
        }
        let log_scale = self.in_logs(codes, self.rows.cell[row], shared, l);
        (sums_over(l, &shared.lattice.theta), log_scale)
    }

    /// Sums over codes to sums of points times posterior mean per item.
    fn fold(&self, by_code: &[f64], slope_sum: &mut [f64]) {
        let mut first = 0;
        for block in &self.blocks {
            for place in &block.places {
                let sums = by_code[first..first + block.states].iter().enumerate();
                let point = |code: usize| code / place.stride % place.states;
                slope_sum[place.item] = sums
                    .filter(|(code, _)| point(*code) < place.points)
                    .map(|(code, sum)| point(code) as f64 * sum)
                    .sum();
            }
            first += block.states;
        }
    }

    fn expect_rows(&self, range: std::ops::Range<usize>, shared: &Shared) -> Part {
        let nodes = shared.lattice.len();
        let mut part = Part {
            mass: vec![0.0; if self.complete { nodes } else { self.items * nodes }],
            by_code: vec![0.0; self.blocks.iter().map(|b| b.states).sum()],
            ..Part::default()
        };
        let (mut mass, mut l, mut weights) = (vec![0.0; nodes], vec![0.0; nodes], vec![0.0; nodes]);
        let mut cell = u32::MAX;
        let mut mask = self.rows.mask[range.start];
        for row in range {
            if self.rows.mask[row] != mask {
                self.close_run(mask, &mut mass, &mut part, shared);
                mask = self.rows.mask[row];
            }
            if self.rows.cell[row] != cell {
                cell = self.rows.cell[row];
                shared.prior.weights(cell as usize, shared.lattice, &mut weights);
            }
            let codes = &self.codes[row * self.blocks.len()..(row + 1) * self.blocks.len()];
            let (sums, log_scale) = self.weigh(row, &weights, shared, &mut l);
            let weight = self.rows.weight[row];
            let share = weight / sums[0];
            mass.iter_mut().zip(&l).for_each(|(m, l)| *m += share * l);
            let first = sums[1] / sums[0];
            let log_likelihood = sums[0].ln() + log_scale;
            part.log_likelihood += weight * log_likelihood;
            part.first.push(first);
            part.second.push(sums[2] / sums[0]);
            part.row_log_likelihood.push(log_likelihood);
            let mut at = 0;
            for (block, code) in self.blocks.iter().zip(codes) {
                part.by_code[at + *code as usize] += weight * first;
                at += block.states;
            }
        }
        self.close_run(mask, &mut mass, &mut part, shared);
        part
    }

    /// Adds the posterior weight of the rows of one set of items to these items.
    fn close_run(&self, mask: u32, mass: &mut [f64], part: &mut Part, shared: &Shared) {
        if self.complete {
            part.mass.iter_mut().zip(mass.iter()).for_each(|(a, b)| *a += b);
        } else {
            for item in &shared.masks.items[mask as usize] {
                let start = *item as usize * mass.len();
                part.mass[start..start + mass.len()].iter_mut().zip(mass.iter()).for_each(|(a, b)| *a += b);
            }
        }
        mass.fill(0.0);
    }

    /// The row's weights relative to the largest, from sums of logs; returns the log of that largest.
    fn in_logs(&self, codes: &[u8], cell: u32, shared: &Shared, l: &mut [f64]) -> f64 {
        for (q, l) in l.iter_mut().enumerate() {
            *l = shared.prior.log_weight(cell as usize, shared.lattice, q);
        }
        for (block, code) in self.blocks.iter().zip(codes) {
            for place in &block.places {
                let point = usize::from(*code) / place.stride % place.states;
                if point < place.points
                    && let Some(curve) = &shared.tables.curves[place.item]
                {
                    let log_total = shared.tables.log_total(place.item);
                    for (q, l) in l.iter_mut().enumerate() {
                        let theta = shared.lattice.theta[q];
                        *l += curve.slope * point as f64 * theta + curve.intercepts[point] - log_total[q];
                    }
                }
            }
        }
        let scale = log_sum_exp(l);
        l.iter_mut().for_each(|l| *l = (*l - scale).exp());
        scale
    }
}

/// What the tasks read.
pub(super) struct Shared<'a> {
    lines: Vec<Vec<f64>>,
    masks: &'a Masks,
    tables: &'a Tables,
    prior: &'a Prior,
    lattice: &'a Lattice,
}

#[derive(Default)]
struct Part {
    log_likelihood: f64,
    mass: Vec<f64>,
    by_code: Vec<f64>,
    first: Vec<f64>,
    second: Vec<f64>,
    row_log_likelihood: Vec<f64>,
}

/// Writes the prior weights times the table lines of all blocks, and sums.
fn weigh_blocks(l: &mut [f64], weights: &[f64], codes: &[u8], lines: &[Vec<f64>], theta: &[f64]) -> [f64; 3] {
    let nodes = l.len();
    let line = |b: usize| &lines[b][usize::from(codes[b]) * nodes..][..nodes];
    // A fixed number of lines is multiplied in registers, in one pass; more are multiplied one by one.
    macro_rules! fixed {
        ($($count:literal)*) => {
            match codes.len() {
                $($count => weigh_fixed::<$count>(l, weights, std::array::from_fn(line), theta),)*
                many => {
                    l.copy_from_slice(weights);
                    for b in 0..many {
                        l.iter_mut().zip(line(b)).for_each(|(l, x)| *l *= x);
                    }
                    sums_over(l, theta)
                }
            }
        };
    }
    fixed!(1 2 3 4 5 6 7 8 9 10 11 12)
}

fn weigh_fixed<const B: usize>(
    l: &mut [f64],
    weights: &[f64],
    lines: [&[f64]; B],
    theta: &[f64],
) -> [f64; 3] {
    let l = l.as_chunks_mut::<LANES>().0;
    let count = l.len();
    let whole = |v| -> &[[f64; LANES]] { &<[f64]>::as_chunks::<LANES>(v).0[..count] };
    let (weights, theta, lines) = (whole(weights), whole(theta), lines.map(whole));
    let mut sums = Sums::default();
    for i in 0..count {
        let mut product = weights[i];
        for line in &lines {
            (0..LANES).for_each(|k| product[k] *= line[i][k]);
        }
        l[i] = product;
        sums.add(&product, &theta[i]);
    }
    sums.total()
}

/// Sum, sum times theta, sum times theta squared.
fn sums_over(l: &[f64], theta: &[f64]) -> [f64; 3] {
    let mut sums = Sums::default();
    l.as_chunks::<LANES>().0.iter().zip(theta.as_chunks::<LANES>().0).for_each(|(l, t)| sums.add(l, t));
    sums.total()
}

/// Sums in lanes, so that the order of addition is fixed and the loops vectorise.
#[derive(Default)]
struct Sums([[f64; LANES]; 3]);

impl Sums {
    fn add(&mut self, l: &[f64; LANES], theta: &[f64; LANES]) {
        for k in 0..LANES {
            let first = l[k] * theta[k];
            self.0[0][k] += l[k];
            self.0[1][k] += first;
            self.0[2][k] += first * theta[k];
        }
    }

    fn total(self) -> [f64; 3] {
        self.0.map(|lane| (lane[0] + lane[1]) + (lane[2] + lane[3]))
    }
}

/// Packs active items into blocks of at most `most` joint states.
fn pack(responses: &Responses, active: &[bool], most: usize) -> Vec<Block> {
    let mut missing = vec![false; active.len()];
    for person in 0..responses.persons() {
        missing.iter_mut().zip(responses.row(person).1).for_each(|(m, there)| *m |= !there);
    }
    let mut blocks: Vec<Block> = vec![];
    for item in (0..active.len()).filter(|i| active[*i]) {
        let points = usize::from(responses.max()[item]) + 1;
        let states = points + usize::from(missing[item]);
        match blocks.last_mut() {
            Some(block) if block.states * states <= most => {
                block.places.push(Place { item, stride: block.states, points, states });
                block.states *= states;
            }
            _ => {
                blocks.push(Block { places: vec![Place { item, stride: 1, points, states }], states });
            }
        }
    }
    blocks
}

impl Block {
    /// Likelihood of every code at every node, codes x nodes.
    fn lines(&self, tables: &Tables, nodes: usize) -> Vec<f64> {
        let mut lines = vec![1.0; self.states * nodes];
        for place in &self.places {
            // Codes below the stride are done; the higher states of this item are built from them.
            for state in (0..place.states).rev() {
                let (done, above) = lines.split_at_mut(place.stride * nodes);
                let probability = (state < place.points).then(|| tables.probability(place.item, state));
                let target = if state == 0 {
                    done
                } else {
                    let start = (state - 1) * place.stride * nodes;
                    let target = &mut above[start..start + place.stride * nodes];
                    target.copy_from_slice(done);
                    target
                };
                if let Some(p) = probability {
                    for line in target.chunks_exact_mut(nodes) {
                        line.iter_mut().zip(p).for_each(|(l, p)| *l *= p);
                    }
                }
            }
        }
        lines
    }
}
