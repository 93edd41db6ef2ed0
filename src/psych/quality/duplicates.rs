//! Persons with exactly the same answers.

use std::collections::BTreeMap;

use crate::psych::ItemMatrix;

/// A row that repeats an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DuplicateRow {
    /// The later person.
    pub person: usize,
    /// The first person with the same answers.
    pub first: usize,
    /// Answers in common; the longer, the less likely by chance.
    pub answers: usize,
}

/// Rows that repeat an earlier row in every answer and every missing answer, in the order of persons.
///
/// Rows with fewer than `min_answers` answers or without any variation are left out: short and constant rows
/// repeat by chance, and constant ones are straight lines, which have their own index.
pub fn duplicate_rows(matrix: &ItemMatrix, min_answers: usize) -> Vec<DuplicateRow> {
    let mut seen: BTreeMap<Vec<Option<u64>>, usize> = BTreeMap::new();
    let mut found = Vec::new();
    for person in 0..matrix.persons() {
        // + 0.0 makes one number of 0 and -0.
        let row: Vec<Option<u64>> =
            (0..matrix.items()).map(|i| matrix.get(person, i).map(|v| (v + 0.0).to_bits())).collect();
        let given: Vec<u64> = row.iter().flatten().copied().collect();
        let constant = given.iter().all(|v| *v == given[0]);
        if given.len() < min_answers.max(1) || constant {
            continue;
        }
        match seen.get(&row) {
            Some(&first) => found.push(DuplicateRow { person, first, answers: given.len() }),
            None => {
                seen.insert(row, person);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_of_the_first() {
        let points = vec![1., 2., 3., 1., 1., 1., 1., 2., 3., 1., 1., 1., 1., 2., 0.];
        let missing = (0..15).map(|i| i == 14).collect();
        let m = ItemMatrix::new(5, 3, points, missing, vec![4.0; 3]).unwrap();
        assert_eq!(duplicate_rows(&m, 3), [DuplicateRow { person: 2, first: 0, answers: 3 }]);
        assert!(duplicate_rows(&m, 4).is_empty());
    }
}
