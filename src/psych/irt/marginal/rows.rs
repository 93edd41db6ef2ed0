//! Persons collapsed to the rows of the likelihood.

use rayon::prelude::*;

/// What distinguishes two rows: the set of answered items, the cell of the population, and the answers
/// (a sum score, or the answers packed into bytes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub mask: u32,
    pub cell: u32,
    pub answers: u128,
}

/// Rows in the order of their keys, which does not depend on the order of persons.
pub(in super::super) struct Rows {
    /// Sum of the weights of the row's persons.
    pub weight: Vec<f64>,
    /// Set of answered items.
    pub mask: Vec<u32>,
    /// Cell of the population.
    pub cell: Vec<u32>,
    /// A person of the row.
    pub example: Vec<u32>,
    /// Row of each person; `None` for persons without answers or with weight 0.
    pub of_person: Vec<Option<u32>>,
}

/// Collapses persons with equal keys; `None` leaves a person out.
pub(super) fn collapse(keys: &[Option<Key>], weights: Option<&[f64]>) -> Rows {
    let weight = |p: u32| weights.map_or(1.0, |w| w[p as usize]);
    let mut order: Vec<(Key, u32)> = (0..keys.len() as u32)
        .filter(|p| weight(*p) > 0.0)
        .filter_map(|p| keys[p as usize].map(|key| (key, p)))
        .collect();
    order.par_sort_unstable();
    let mut rows = Rows {
        weight: vec![],
        mask: vec![],
        cell: vec![],
        example: vec![],
        of_person: vec![None; keys.len()],
    };
    let mut last = None;
    for (key, person) in order {
        if last != Some(key) {
            last = Some(key);
            rows.weight.push(0.0);
            rows.mask.push(key.mask);
            rows.cell.push(key.cell);
            rows.example.push(person);
        }
        let row = rows.weight.len() - 1;
        rows.weight[row] += weight(person);
        rows.of_person[person as usize] = Some(row as u32);
    }
    rows
}
