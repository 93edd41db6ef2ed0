//! Spread of one person's answers over the items.

use crate::num::moments;
use crate::psych::ItemMatrix;

/// Intra-individual response variability (IRV): the SD (divisor n - 1) of each person's answers over the
/// items; `None` below two answers.
///
/// Near 0 for straight lines, large for random or extreme answers. Use answers as given: with reversed items
/// an attentive person varies. Missing answers are left out.
///
/// # References
/// Dunn, Heggestad, Shanock & Theilgard (2018), Journal of Business and Psychology 33, 105-121.
pub fn individual_variability(matrix: &ItemMatrix) -> Vec<Option<f64>> {
    let answers = |person: usize| -> Vec<f64> {
        (0..matrix.items()).filter_map(|item| matrix.get(person, item)).collect()
    };
    (0..matrix.persons()).map(|person| moments::sd(&answers(person)).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sd_of_the_answers_given() {
        let points = vec![3., 3., 3., 1., 2., 0.];
        let missing = vec![false, false, false, false, false, true];
        let m = ItemMatrix::new(2, 3, points, missing, vec![4.0; 3]).unwrap();
        let found = individual_variability(&m);
        assert_eq!(found[0], Some(0.0));
        assert!((found[1].unwrap() - 0.5f64.sqrt()).abs() < 1e-15);
        let one = ItemMatrix::complete(1, 1, vec![3.0], vec![4.0]).unwrap();
        assert_eq!(individual_variability(&one), [None]);
    }
}
