//! The covariance matrix of items from all pairs of answers.

use crate::num::linalg::{SmallMatrix, dot};
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
    let mut covariance = SmallMatrix::zeros(k, k);
    for (position, &i) in varying.iter().enumerate() {
        for &j in &varying[..=position] {
            let value = columns[i].covariance(&columns[j])?;
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
    present: Vec<f64>,
    complete: bool,
    varies: bool,
}

impl Column {
    fn new(matrix: &ItemMatrix, item: usize) -> Self {
        let points = matrix.item(item);
        let n = matrix.answered(item);
        let mean = points.iter().flatten().sum::<f64>() / n.max(1) as f64;
        let centred: Vec<f64> = points.iter().map(|p| p.map_or(0.0, |v| v - mean)).collect();
        let present = points.iter().map(|p| f64::from(u8::from(p.is_some()))).collect();
        let known: Vec<f64> = points.iter().flatten().copied().collect();
        let varies = crate::num::moments::has_variation(&known);
        Column { centred, present, complete: n == matrix.persons(), varies }
    }

    fn covariance(&self, other: &Column) -> Result<f64, PsychError> {
        let products = dot(&self.centred, &other.centred);
        if self.complete && other.complete {
            return Ok(products / (self.centred.len() as f64 - 1.0));
        }
        let n = dot(&self.present, &other.present);
        if n < 2.0 {
            return Err(PsychError::TooFewPersons { needed: 2, found: n as usize });
        }
        // The own means are over other persons than the pair's; the shift is taken out afterwards.
        let (own, others) = (dot(&self.centred, &other.present), dot(&self.present, &other.centred));
        Ok((products - own * others / n) / (n - 1.0))
    }
}
