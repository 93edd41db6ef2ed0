//! The tables of group by points at each level of the matching score.

use super::groups::{Groups, Untestable};
use crate::psych::ItemMatrix;

/// Matching scores closer than this are one stratum: sums of the same few points differ by rounding only.
const SAME_SCORE: f64 = 1e-6;

/// One level of the matching score.
#[derive(Debug, Clone, PartialEq)]
pub struct Stratum {
    /// The matching score.
    pub score: f64,
    /// Persons by group (rows, reference first) and by point of the item (columns, ascending).
    pub counts: Vec<Vec<f64>>,
}

impl Stratum {
    /// Persons of a group.
    pub fn group_size(&self, group: usize) -> f64 {
        self.counts[group].iter().sum()
    }

    /// Persons of all groups.
    pub fn size(&self) -> f64 {
        self.counts.iter().flatten().sum()
    }

    /// Persons with the points of a column.
    pub fn column(&self, column: usize) -> f64 {
        self.counts.iter().map(|row| row[column]).sum()
    }

    /// Sum of a function of the points over a group.
    pub(super) fn group_sum(&self, group: usize, of: impl Fn(usize) -> f64) -> f64 {
        self.counts[group].iter().enumerate().map(|(column, n)| n * of(column)).sum()
    }
}

/// All strata of one item.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchedTables {
    /// Different points found, ascending.
    pub points: Vec<f64>,
    /// Levels of the matching score, ascending.
    pub strata: Vec<Stratum>,
}

impl MatchedTables {
    /// Persons of a group over all strata.
    pub fn group_size(&self, group: usize) -> usize {
        self.strata.iter().map(|s| s.group_size(group)).sum::<f64>() as usize
    }

    /// Checks for a statistic of two groups and two points.
    pub(super) fn check_two_by_two(&self) -> Result<(), Untestable> {
        self.check_groups(2)?;
        match self.points.len() {
            2 => Ok(()),
            0 | 1 => Err(Untestable::NoVariation),
            found => Err(Untestable::NotDichotomous { found }),
        }
    }

    /// Fails unless there are exactly `needed` groups, each with persons.
    pub(super) fn check_groups(&self, needed: usize) -> Result<(), Untestable> {
        let found = self.strata.first().map_or(0, |s| s.counts.len());
        if self.strata.is_empty() {
            return Err(Untestable::TooFewPersons { group: 0, needed: 1, found: 0 });
        }
        if found != needed {
            return Err(Untestable::GroupCount { needed, found });
        }
        match (0..found).find(|g| self.group_size(*g) == 0) {
            Some(group) => Err(Untestable::TooFewPersons { group, needed: 1, found: 0 }),
            None => Ok(()),
        }
    }
}

/// Sum of points on the anchor items and the studied item; `None` for persons who lack one of them.
///
/// The studied item counts whether or not it is an anchor: without it the matching is biased under the
/// Rasch model (Holland & Thayer 1988).
pub fn matching_scores(matrix: &ItemMatrix, item: usize, anchors: &[usize]) -> Vec<Option<f64>> {
    let others: Vec<usize> = anchors.iter().copied().filter(|a| *a != item).collect();
    let sum =
        |person: usize| others.iter().chain([&item]).map(|&i| matrix.get(person, i)).sum::<Option<f64>>();
    (0..matrix.persons()).map(sum).collect()
}

/// Crosses groups and points of an item at each level of the matching score.
///
/// `scores` are one per person: [`matching_scores`], or scores from elsewhere (bands of ability when
/// booklets differ). Missing: persons without group, score or points on the item do not take part.
///
/// # Errors
/// `Shape` for columns of other lengths or an item outside the matrix, `GroupCount` below two groups.
pub fn matched_tables(
    matrix: &ItemMatrix,
    item: usize,
    groups: &Groups,
    scores: &[Option<f64>],
) -> Result<MatchedTables, Untestable> {
    let persons = matrix.persons();
    if item >= matrix.items() || scores.len() != persons || groups.membership.len() != persons {
        return Err(Untestable::Shape);
    }
    if groups.compared.len() < 2 {
        return Err(Untestable::GroupCount { needed: 2, found: groups.compared.len() });
    }
    let level = |score: f64| (score / SAME_SCORE).round();
    let taking_part = (0..persons).filter_map(|p| {
        let score = scores[p].filter(|s| s.is_finite())?;
        Some((groups.place(p)?, level(matrix.get(p, item)?), level(score)))
    });
    let cases: Vec<(usize, f64, f64)> = taking_part.collect();
    let points = distinct(cases.iter().map(|c| c.1));
    let levels = distinct(cases.iter().map(|c| c.2));
    let empty = vec![vec![0.0; points.len()]; groups.compared.len()];
    let mut strata: Vec<Stratum> =
        levels.iter().map(|l| Stratum { score: l * SAME_SCORE, counts: empty.clone() }).collect();
    for (group, point, level) in cases {
        strata[place(&levels, level)].counts[group][place(&points, point)] += 1.0;
    }
    Ok(MatchedTables { points: points.iter().map(|p| p * SAME_SCORE).collect(), strata })
}

fn distinct(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut all: Vec<f64> = values.collect();
    all.sort_by(f64::total_cmp);
    all.dedup();
    all
}

fn place(sorted: &[f64], value: f64) -> usize {
    sorted.partition_point(|v| *v < value)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Tables of two groups from (A, B, C, D): reference right and wrong, focal right and wrong.
    pub(in super::super) fn from_cells(cells: &[[f64; 4]]) -> MatchedTables {
        let stratum = |(score, [a, b, c, d]): (usize, &[f64; 4])| Stratum {
            score: score as f64,
            counts: vec![vec![*b, *a], vec![*d, *c]],
        };
        MatchedTables { points: vec![0.0, 1.0], strata: cells.iter().enumerate().map(stratum).collect() }
    }

    #[test]
    fn strata_hold_who_takes_part() {
        let points = vec![1., 0., 1., 1., 0., 0., 1., 1.];
        let missing = vec![false, false, false, false, false, false, false, true];
        let m = ItemMatrix::new(4, 2, points, missing, vec![1.0; 2]).unwrap();
        let membership = [Some(0), Some(4), Some(4), Some(0)];
        let groups = Groups { membership: &membership, compared: &[0, 4] };
        let scores = matching_scores(&m, 0, &[0, 1]);
        assert_eq!(scores, [Some(1.0), Some(2.0), Some(0.0), None]);
        let tables = matched_tables(&m, 0, &groups, &scores).unwrap();
        assert_eq!((tables.points.len(), tables.strata.len()), (2, 3));
        assert_eq!((tables.group_size(0), tables.group_size(1)), (1, 2));
        assert_eq!(tables.strata[1].counts, [vec![0.0, 1.0], vec![0.0, 0.0]]);
        // The studied item counts although it is no anchor.
        assert_eq!(matching_scores(&m, 0, &[1])[1], Some(2.0));
        assert_eq!(matched_tables(&m, 7, &groups, &scores), Err(Untestable::Shape));
    }
}
