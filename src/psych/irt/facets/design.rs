//! From a list of ratings to persons x virtual items.

use super::super::{IrtError, Responses};
use super::Rating;

/// Ratings in use, as answers on pairs of item and rater.
pub(super) struct Design {
    /// Persons x virtual items.
    pub responses: Responses,
    /// Item and rater of each virtual item, by item, then rater.
    pub pairs: Vec<Pair>,
    /// Ratings in use, in the order of person, item, rater.
    pub ratings: Vec<Rating>,
    /// Ratings with k points on item i, over all raters.
    pub counts: Vec<Vec<f64>>,
    /// Raters without a finite severity: all their ratings are the lowest (or the highest) given on the item.
    pub extreme: Vec<usize>,
}

/// A virtual item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pair {
    pub item: usize,
    pub rater: usize,
}

impl Design {
    /// Checks the ratings and lays them out. Items that nobody rated apart from each other carry no
    /// information and raters at an extreme have no finite severity; leaving one out can make another so.
    pub fn new(ratings: &[Rating], persons: usize, max: &[u8], raters: usize) -> Result<Self, IrtError> {
        let mut ratings = ratings.to_vec();
        ratings.sort_unstable();
        check(&ratings, persons, max, raters)?;
        let mut extreme = vec![];
        let counts = loop {
            let counts = counts(&ratings, max);
            let before = ratings.len();
            ratings.retain(|r| counts[r.item].iter().filter(|n| **n > 0.0).count() > 1);
            let found = extremes(&ratings, &counts, raters);
            ratings.retain(|r| !found.contains(&r.rater));
            extreme.extend(found);
            if ratings.len() == before {
                break counts;
            }
        };
        extreme.sort_unstable();
        let mut pairs: Vec<Pair> = ratings.iter().map(|r| Pair { item: r.item, rater: r.rater }).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let mut points = vec![0; persons * pairs.len()];
        let mut there = vec![false; points.len()];
        for r in &ratings {
            let pair = Pair { item: r.item, rater: r.rater };
            let at = r.person * pairs.len() + pairs.partition_point(|p| *p < pair);
            (points[at], there[at]) = (r.points, true);
        }
        let max = pairs.iter().map(|p| max[p.item]).collect();
        let responses = Responses::new(persons, pairs.len(), points, there, max)?;
        Ok(Design { responses, pairs, ratings, counts, extreme })
    }

    /// Raters with ratings in use, ascending.
    pub fn raters(&self) -> Vec<usize> {
        let mut raters: Vec<usize> = self.pairs.iter().map(|p| p.rater).collect();
        raters.sort_unstable();
        raters.dedup();
        raters
    }

    /// Items with ratings in use, ascending.
    pub fn items(&self) -> Vec<usize> {
        let mut items: Vec<usize> = self.pairs.iter().map(|p| p.item).collect();
        items.dedup();
        items
    }

    /// Column of a pair that is in use.
    pub fn column(&self, item: usize, rater: usize) -> usize {
        self.pairs.partition_point(|p| *p < Pair { item, rater })
    }
}

fn check(sorted: &[Rating], persons: usize, max: &[u8], raters: usize) -> Result<(), IrtError> {
    for r in sorted {
        let bounds = [("person", r.person, persons), ("item", r.item, max.len()), ("rater", r.rater, raters)];
        if let Some((what, found, needed)) = bounds.into_iter().find(|(_, found, needed)| found >= needed) {
            return Err(IrtError::Shape { what, needed, found });
        }
        if r.points > max[r.item] {
            return Err(IrtError::NotACategory { person: r.person, item: r.item });
        }
    }
    let twice = |w: &&[Rating]| (w[0].person, w[0].item, w[0].rater) == (w[1].person, w[1].item, w[1].rater);
    match sorted.windows(2).find(twice) {
        Some(w) => Err(IrtError::RatedTwice { person: w[0].person, item: w[0].item, rater: w[0].rater }),
        None => Ok(()),
    }
}

fn counts(ratings: &[Rating], max: &[u8]) -> Vec<Vec<f64>> {
    let mut counts: Vec<Vec<f64>> = max.iter().map(|m| vec![0.0; usize::from(*m) + 1]).collect();
    for r in ratings {
        counts[r.item][usize::from(r.points)] += 1.0;
    }
    counts
}

/// Raters all of whose ratings are at one end of what anybody gives on the items.
fn extremes(ratings: &[Rating], counts: &[Vec<f64>], raters: usize) -> Vec<usize> {
    let end = |item: usize, high: bool| {
        let mut given = (0..counts[item].len()).filter(|k| counts[item][*k] > 0.0);
        if high { given.next_back() } else { given.next() }
    };
    let all_at = |rater: usize, high: bool| {
        let mut own = ratings.iter().filter(|r| r.rater == rater).peekable();
        own.peek().is_some() && own.all(|r| end(r.item, high) == Some(usize::from(r.points)))
    };
    (0..raters).filter(|r| all_at(*r, false) || all_at(*r, true)).collect()
}
