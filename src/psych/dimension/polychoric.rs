//! Polychoric correlations: of the normal variables thought to lie behind ordered answers.

use crate::num::binormal::{binormal_cdf, binormal_density};
use crate::num::linalg::SmallMatrix;
use crate::num::{dist, root::find_root};
use crate::psych::{ItemMatrix, PsychError};

/// Correlations are searched up to here; a likelihood that still rises has its maximum at 1.
const LIMIT: f64 = 0.9999;

/// Answers with more categories are treated as continuous elsewhere.
const MOST_CATEGORIES: usize = 12;

/// Probabilities of cells below this are rounding of the bivariate normal distribution.
const SMALLEST_CELL: f64 = 1e-15;

/// What became of one pair of items.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PairOutcome {
    /// An estimate.
    Estimated {
        /// Polychoric correlation.
        rho: f64,
        /// Standard error with the thresholds taken as known.
        se: f64,
    },
    /// The likelihood rises up to +-1 (given as +-.9999): some cells are empty, as with identical items.
    Boundary {
        /// The end it runs into.
        rho: f64,
    },
    /// An item does not vary among the persons with both.
    NoVariation,
    /// More than twelve different points, too many to be ordered categories.
    TooManyCategories,
}

impl PairOutcome {
    /// The correlation, where there is one.
    pub fn rho(&self) -> Option<f64> {
        match self {
            PairOutcome::Estimated { rho, .. } | PairOutcome::Boundary { rho } => Some(*rho),
            _ => None,
        }
    }
}

/// Polychoric (for two categories tetrachoric) correlations.
#[derive(Debug, Clone, PartialEq)]
pub struct Polychoric {
    items: usize,
    pairs: Vec<PairOutcome>,
}

impl Polychoric {
    /// Outcome of a pair of different items; `None` outside the matrix.
    pub fn get(&self, i: usize, j: usize) -> Option<PairOutcome> {
        let (high, low) = (i.max(j), i.min(j));
        if high == low { None } else { self.pairs.get(high * (high - 1) / 2 + low).copied() }
    }

    /// The correlation matrix; `None` when a pair has no correlation.
    ///
    /// It is not smoothed: with few persons an eigenvalue may be negative.
    pub fn matrix(&self) -> Option<SmallMatrix> {
        let mut matrix = SmallMatrix::identity(self.items);
        for i in 0..self.items {
            for j in 0..i {
                let rho = self.get(i, j)?.rho()?;
                matrix.set(i, j, rho);
                matrix.set(j, i, rho);
            }
        }
        Some(matrix)
    }

    /// Ordinal alpha: alpha from these correlations (Zumbo, Gadermann & Zeisser 2007); `None` as in
    /// [`Self::matrix`] and below two items.
    pub fn ordinal_alpha(&self) -> Option<f64> {
        let matrix = self.matrix()?;
        let k = self.items as f64;
        let total: f64 = matrix.times(&vec![1.0; self.items]).iter().sum();
        (self.items > 1 && total > 0.0).then(|| k / (k - 1.0) * (1.0 - k / total))
    }
}

/// Polychoric correlations of all pairs by two-step maximum likelihood.
///
/// ```text
/// thresholds: t_c = Phi^-1(share of answers at or below category c)
/// rho: root of sum n_ij / p_ij (d p_ij / d rho),   p_ij from the bivariate normal distribution
/// ```
///
/// Missing points: each pair uses the persons with both items, thresholds included. `empty_cell` is added to
/// the empty cells of two-by-two tables (psych uses .5; 0 leaves them).
///
/// # Errors
/// `TooFewItems` below two.
///
/// # References
/// Olsson (1979), Psychometrika 44, 443-460.
pub fn polychoric(matrix: &ItemMatrix, empty_cell: f64) -> Result<Polychoric, PsychError> {
    let items = matrix.items();
    if items < 2 {
        return Err(PsychError::TooFewItems { needed: 2, found: items });
    }
    let columns: Vec<Vec<Option<f64>>> = (0..items).map(|i| matrix.item(i)).collect();
    let pairs = (0..items).flat_map(|i| (0..i).map(move |j| (i, j)));
    let outcome = |(i, j): (usize, usize)| match Table::new(&columns[i], &columns[j], empty_cell) {
        Ok(table) => table.estimate(),
        Err(outcome) => outcome,
    };
    Ok(Polychoric { items, pairs: pairs.map(outcome).collect() })
}

/// Two items crossed, with the thresholds of each.
struct Table {
    rows: usize,
    columns: usize,
    counts: Vec<f64>,
    row_cuts: Vec<f64>,
    column_cuts: Vec<f64>,
}

impl Table {
    fn new(x: &[Option<f64>], y: &[Option<f64>], empty_cell: f64) -> Result<Self, PairOutcome> {
        let both: Vec<(f64, f64)> = x.iter().zip(y).filter_map(|(x, y)| x.zip(*y)).collect();
        let row_points = distinct(both.iter().map(|b| b.0));
        let column_points = distinct(both.iter().map(|b| b.1));
        let (rows, columns) = (row_points.len(), column_points.len());
        if rows < 2 || columns < 2 {
            return Err(PairOutcome::NoVariation);
        }
        if rows.max(columns) > MOST_CATEGORIES {
            return Err(PairOutcome::TooManyCategories);
        }
        let place = |points: &[f64], value: f64| points.partition_point(|p| *p < value);
        let mut counts = vec![0.0; rows * columns];
        for (x, y) in both {
            counts[place(&row_points, x) * columns + place(&column_points, y)] += 1.0;
        }
        let row_sums: Vec<f64> = counts.chunks(columns).map(|row| row.iter().sum()).collect();
        let column_sums: Vec<f64> =
            (0..columns).map(|c| counts.iter().skip(c).step_by(columns).sum()).collect();
        if rows == 2 && columns == 2 {
            counts.iter_mut().filter(|n| **n == 0.0).for_each(|n| *n = empty_cell);
        }
        let (row_cuts, column_cuts) = (thresholds(&row_sums), thresholds(&column_sums));
        Ok(Table { rows, columns, counts, row_cuts, column_cuts })
    }

    fn estimate(&self) -> PairOutcome {
        let slope = |rho: f64| self.derivatives(rho).0;
        if slope(LIMIT) > 0.0 {
            return PairOutcome::Boundary { rho: LIMIT };
        }
        if slope(-LIMIT) < 0.0 {
            return PairOutcome::Boundary { rho: -LIMIT };
        }
        match find_root(-LIMIT, LIMIT, slope) {
            Ok(rho) => {
                let information = self.derivatives(rho).1;
                PairOutcome::Estimated { rho, se: 1.0 / information.sqrt() }
            }
            // The ends bracket a root and the slope is finite, so that this is not met.
            Err(_) => PairOutcome::NoVariation,
        }
    }

    /// Slope of the log likelihood in rho, and the expected information.
    fn derivatives(&self, rho: f64) -> (f64, f64) {
        let corner = |of: fn(f64, f64, f64) -> f64| -> Vec<f64> {
            let cuts = self.row_cuts.iter().flat_map(|h| self.column_cuts.iter().map(move |k| (*h, *k)));
            cuts.map(|(h, k)| of(h, k, rho)).collect()
        };
        let (cdf, density) = (corner(binormal_cdf), corner(binormal_density));
        let width = self.columns + 1;
        let cell = |corners: &[f64], i: usize, j: usize| {
            let at = |a: usize, b: usize| corners[a * width + b];
            (at(i + 1, j + 1) - at(i, j + 1)) - (at(i + 1, j) - at(i, j))
        };
        let n: f64 = self.counts.iter().sum();
        let (mut slope, mut information) = (0.0, 0.0);
        for i in 0..self.rows {
            for j in 0..self.columns {
                let (p, count) = (cell(&cdf, i, j), self.counts[i * self.columns + j]);
                if p < SMALLEST_CELL {
                    // Towards the ends such a cell empties; persons in it pull the correlation back. The
                    // quotient of its own derivative is 0 over 0 in doubles.
                    slope -= rho.signum() * count / SMALLEST_CELL;
                    continue;
                }
                let change = cell(&density, i, j);
                slope += count * change / p;
                information += n * change * change / p;
            }
        }
        (slope, information)
    }
}

fn distinct(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut all: Vec<f64> = values.collect();
    all.sort_by(f64::total_cmp);
    all.dedup();
    all
}

/// -infinity, the cuts between categories, infinity.
fn thresholds(sums: &[f64]) -> Vec<f64> {
    let n: f64 = sums.iter().sum();
    let mut cuts = vec![f64::NEG_INFINITY];
    let mut below = 0.0;
    for sum in &sums[..sums.len() - 1] {
        below += sum;
        // Every category found has persons, so that the share lies strictly inside.
        cuts.push(dist::normal_quantile(below / n).unwrap_or(0.0));
    }
    cuts.push(f64::INFINITY);
    cuts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_table(counts: &[&[usize]]) -> ItemMatrix {
        let cells = counts.iter().enumerate().flat_map(|(i, row)| {
            row.iter().enumerate().flat_map(move |(j, n)| std::iter::repeat_n([i as f64, j as f64], *n))
        });
        let points: Vec<f64> = cells.flatten().collect();
        ItemMatrix::complete(points.len() / 2, 2, points, vec![9.0; 2]).unwrap()
    }

    #[test]
    fn tetrachoric_with_even_margins_has_a_closed_form() {
        // rho = sin(2 pi (p11 - 1/4)) when both items split evenly
        let found = polychoric(&from_table(&[&[40, 10], &[10, 40]]), 0.5).unwrap();
        let exact = (2.0 * std::f64::consts::PI * 0.15).sin();
        assert!((found.get(0, 1).unwrap().rho().unwrap() - exact).abs() < 1e-12);
    }

    /// Easy items: near -1 the cell of persons wrong on both has no probability left in doubles.
    #[test]
    fn uneven_margins_keep_their_estimate() {
        let found = polychoric(&from_table(&[&[70, 102], &[272, 556]]), 0.0).unwrap().get(0, 1).unwrap();
        assert!(matches!(found, PairOutcome::Estimated { rho, .. } if rho > 0.1 && rho < 0.3), "{found:?}");
    }

    #[test]
    fn named_outcomes() {
        let outcome = |m: &ItemMatrix, add| polychoric(m, add).unwrap().get(0, 1).unwrap();
        assert_eq!(outcome(&from_table(&[&[40, 0], &[0, 40]]), 0.0), PairOutcome::Boundary { rho: LIMIT });
        assert_eq!(outcome(&from_table(&[&[0, 9], &[12, 0]]), 0.0), PairOutcome::Boundary { rho: -LIMIT });
        assert_eq!(outcome(&from_table(&[&[4, 9]]), 0.0), PairOutcome::NoVariation);
        assert!(matches!(outcome(&from_table(&[&[40, 0], &[9, 40]]), 0.5), PairOutcome::Estimated { .. }));
        let many = ItemMatrix::complete(20, 2, (0..40).map(f64::from).collect(), vec![99.0; 2]).unwrap();
        assert_eq!(outcome(&many, 0.5), PairOutcome::TooManyCategories);
        let one = ItemMatrix::complete(1, 2, vec![1.0, 0.0], vec![1.0; 2]).unwrap();
        assert_eq!(polychoric(&one, 0.5).unwrap().matrix(), None);
        assert!(polychoric(&many.select(&[0]), 0.5).is_err());
        assert_eq!(polychoric(&many, 0.5).unwrap().get(1, 1), None);
    }
}
