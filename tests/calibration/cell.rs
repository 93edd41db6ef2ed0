//! Many studies of one cell, counted.

use rayon::prelude::*;

use super::design::{Cell, draw};
use super::methods::{ALPHA, Analysed, Method, methods};

/// Studies per cell for methods that cost microseconds: more than the 2,000 asked for, so that the Monte Carlo error
/// (0.22 points) is small against the bounds of 1.5 points.
pub const CHEAP: usize = 10_000;
/// Studies per cell for mixed models and resampling (Monte Carlo error 0.49 points).
pub const EXPENSIVE: usize = 2_000;

/// What a method did over the studies of a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tally {
    pub method: Method,
    /// Studies that were tried, and those with an answer.
    pub tried: usize,
    pub given: usize,
    /// p <= alpha, among the given.
    pub rejected: usize,
    /// The interval holds the true effect, among the given; `None` for tests without interval.
    pub covered: Option<usize>,
}

impl PartialEq for Method {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.role == other.role
    }
}

/// One study's verdict of one method: rejected, and covered when there is an interval.
type Verdict = Option<(bool, Option<bool>)>;

/// Runs the first `cheap` studies of a cell through the cheap methods and the first `expensive` through all.
pub fn run(cell: &Cell, cheap: usize, expensive: usize) -> Vec<Tally> {
    let list = methods(cell.design);
    let verdicts: Vec<Vec<Verdict>> =
        (0..cheap.max(expensive)).into_par_iter().map(|index| judge(cell, index, cheap, expensive)).collect();
    let tally = |(place, method): (usize, &Method)| {
        let tried = if method.cheap { cheap } else { expensive };
        let own: Vec<(bool, Option<bool>)> = verdicts[..tried].iter().filter_map(|v| v[place]).collect();
        let covered: Option<Vec<bool>> = own.iter().map(|v| v.1).collect();
        Tally {
            method: *method,
            tried,
            given: own.len(),
            rejected: own.iter().filter(|v| v.0).count(),
            covered: covered.map(|c| c.iter().filter(|inside| **inside).count()),
        }
    };
    list.iter().enumerate().map(tally).collect()
}

fn judge(cell: &Cell, index: usize, cheap: usize, expensive: usize) -> Vec<Verdict> {
    let study = draw(cell, index);
    let analysed = Analysed::new(&study);
    let one = |method: &Method| -> Verdict {
        if index >= if method.cheap { cheap } else { expensive } {
            return None;
        }
        let answer = analysed.answer(cell.design, method.name)?;
        let inside = |[low, high]: [f64; 2]| (low..=high).contains(&cell.effect);
        Some((answer.p <= ALPHA, answer.interval.map(inside)))
    };
    methods(cell.design).iter().map(one).collect()
}
