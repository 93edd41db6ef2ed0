//! The covariance matrix of items from all pairs of answers.

use crate::num::linalg::{SmallMatrix, dot};
use crate::num::tol;
use crate::psych::{ItemMatrix, PsychError};

/// Covariances of items, each from the persons with both items.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemCovariance {
    /// items x items, divisor n - 1 of the persons with both items.
    pub matrix: SmallMatrix,
    /// Items whose points vary, ascending. Reliability counts only these.
    pub varying: Vec<usize>,
    /// Items without variation (all right, all wrong, or fewer than two answers), ascending.
    pub constant: Vec<usize>,
}

/// Pairwise complete covariance matrix, as `cov(x, use = "pairwise")` in R: each entry takes its means
/// over the persons with both items. With complete data it is the usual covariance matrix.
///
/// # Errors
/// `TooFewPersons` when two items that vary have fewer than two persons in common.
pub fn item_covariance(matrix: &ItemMatrix) -> Result<ItemCovariance, PsychError> {
    let k = matrix.items();
    let columns: Vec<Column> = (0..k).map(|item| Column::new(matrix, item)).collect();
    let varying: Vec<usize> = (0..k).filter(|&i| columns[i].varies).collect();
    let constant = (0..k).filter(|&i| !columns[i].varies).collect();
    let sums = Sums::of(&columns);
    let mut covariance = SmallMatrix::zeros(k, k);
    for (position, &i) in varying.iter().enumerate() {
        for &j in &varying[..=position] {
            let value = sums.covariance(i, j)?;
            covariance.set(i, j, value);
            covariance.set(j, i, value);
        }
    }
    Ok(ItemCovariance { matrix: covariance, varying, constant })
}

impl ItemCovariance {
    /// Sum over all pairs of the given items: the variance of their sum score.
    pub fn total(&self, items: &[usize]) -> f64 {
        items.iter().map(|&i| items.iter().map(|&j| self.matrix.get(i, j)).sum::<f64>()).sum()
    }

    /// The covariance matrix of the given items, in their order.
    pub fn part(&self, items: &[usize]) -> SmallMatrix {
        let mut part = SmallMatrix::zeros(items.len(), items.len());
        for (a, &i) in items.iter().enumerate() {
            items.iter().enumerate().for_each(|(b, &j)| part.set(a, b, self.matrix.get(i, j)));
        }
        part
    }

    /// Sum of the variances of the given items.
    pub fn trace(&self, items: &[usize]) -> f64 {
        items.iter().map(|&i| self.matrix.get(i, i)).sum()
    }

    /// Covariance of one item with the sum of the given items.
    pub fn with_sum(&self, item: usize, items: &[usize]) -> f64 {
        items.iter().map(|&j| self.matrix.get(item, j)).sum()
    }
}

/// One item's points about their mean; 0 where missing, so that sums of products skip them.
struct Column {
    centred: Vec<f64>,
    /// 1 where there are points, 0 elsewhere; empty where nobody lacks them.
    present: Vec<f64>,
    varies: bool,
}

impl Column {
    fn new(matrix: &ItemMatrix, item: usize) -> Self {
        let points = matrix.item(item);
        let n = matrix.answered(item);
        let mean = points.iter().flatten().sum::<f64>() / n.max(1) as f64;
        let centred: Vec<f64> = points.iter().map(|p| p.map_or(0.0, |v| v - mean)).collect();
        let is_complete = n == matrix.persons();
        let mask = || points.iter().map(|p| f64::from(u8::from(p.is_some()))).collect();
        let largest = points.iter().flatten().fold(0.0f64, |largest, p| largest.max(p.abs()));
        let noise = tol::NO_VARIATION * largest * (n as f64).sqrt();
        let varies = n > 1 && dot(&centred, &centred).sqrt() > noise;
        Column { present: if is_complete { Vec::new() } else { mask() }, centred, varies }
    }
}

/// Persons whose columns are multiplied at once: forty columns of them fit into the cache of a core.
const BLOCK: usize = 2_048;

/// Sums over persons of the products of every two columns.
struct Sums {
    items: usize,
    /// Of centred points.
    products: Vec<f64>,
    /// Persons with both items, and the centred points of the first over them; none where nobody lacks any.
    pairs: Option<Pairs>,
    persons: f64,
}

struct Pairs {
    n: Vec<f64>,
    /// Entry `(i, j)`: centred points of `i` over the persons who have `j`.
    own: Vec<f64>,
}

impl Sums {
    fn of(columns: &[Column]) -> Self {
        let items = columns.len();
        let persons = columns.first().map_or(0, |column| column.centred.len());
        let centred: Vec<&[f64]> = columns.iter().map(|column| column.centred.as_slice()).collect();
        let is_complete = columns.iter().all(|column| column.present.is_empty());
        let pairs = (!is_complete).then(|| {
            let everybody = vec![1.0; persons];
            let present: Vec<&[f64]> = columns
                .iter()
                .map(|column| if column.present.is_empty() { &everybody } else { &column.present })
                .map(Vec::as_slice)
                .collect();
            Pairs { n: cross_products(&present, &present), own: cross_products(&centred, &present) }
        });
        Sums { items, products: cross_products(&centred, &centred), pairs, persons: persons as f64 }
    }

    fn covariance(&self, i: usize, j: usize) -> Result<f64, PsychError> {
        let (place, turned) = (i * self.items + j, j * self.items + i);
        let Some(pairs) = &self.pairs else { return Ok(self.products[place] / (self.persons - 1.0)) };
        let n = pairs.n[place];
        if n < 2.0 {
            return Err(PsychError::TooFewPersons { needed: 2, found: n as usize });
        }
        // The own means are over other persons than the pair's; the shift is taken out afterwards.
        Ok((self.products[place] - pairs.own[place] * pairs.own[turned] / n) / (n - 1.0))
    }
}

/// Sums of products of every left with every right column, left by row.
fn cross_products(left: &[&[f64]], right: &[&[f64]]) -> Vec<f64> {
    let mut sums = vec![0.0; left.len() * right.len()];
    let persons = left.first().map_or(0, |column| column.len());
    for start in (0..persons).step_by(BLOCK) {
        let block = start..persons.min(start + BLOCK);
        for (i, a) in left.iter().enumerate() {
            for (j, b) in right.iter().enumerate() {
                sums[i * right.len() + j] += dot(&a[block.clone()], &b[block.clone()]);
            }
        }
    }
    sums
}
