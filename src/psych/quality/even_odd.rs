//! Even-odd consistency.

use crate::num::moments;
use crate::psych::{ItemMatrix, PsychError};

/// Consistency of one person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EvenOdd {
    /// Scales with an answer in both halves.
    pub scales: usize,
    /// Correlation of the half-scale means over scales, stepped up to full length and never below -1; `None`
    /// with fewer than three scales or without variation.
    pub consistency: Option<f64>,
}

/// Within-person correlation of the means of the odd and even items of each scale, stepped up.
///
/// ```text
/// consistency = 2 r / (1 + r)
/// ```
///
/// `scales` lists the items of each scale in their order; pass answers with reversed items already turned.
/// Needs at least three scales (thirty items or so to be of use); scales of one item do not count. Missing
/// answers are left out of the half means.
///
/// # Errors
/// `TooFewItems` for an item outside the matrix (found: items of the matrix).
///
/// # References
/// Johnson (2005), Journal of Research in Personality 39, 103-129.
pub fn even_odd(matrix: &ItemMatrix, scales: &[Vec<usize>]) -> Result<Vec<EvenOdd>, PsychError> {
    if let Some(item) = scales.iter().flatten().find(|i| **i >= matrix.items()) {
        return Err(PsychError::TooFewItems { needed: item + 1, found: matrix.items() });
    }
    let half = |person: usize, scale: &[usize], start: usize| {
        let answers: Vec<f64> =
            scale.iter().skip(start).step_by(2).filter_map(|&i| matrix.get(person, i)).collect();
        moments::mean(&answers).ok()
    };
    let one = |person: usize| {
        let pairs: Vec<(f64, f64)> =
            scales.iter().filter_map(|s| half(person, s, 0).zip(half(person, s, 1))).collect();
        let (odd, even): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        let r = if odd.len() < 3 { None } else { moments::pearson(&odd, &even).ok() };
        // At r = -1 the step-up has no value; it tends to minus infinity and is cut at -1.
        let step_up = |r: f64| if r > -1.0 / 3.0 { 2.0 * r / (1.0 + r) } else { -1.0 };
        EvenOdd { scales: odd.len(), consistency: r.map(step_up) }
    };
    Ok((0..matrix.persons()).map(one).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consistent_and_contrary_persons() {
        let points = vec![1., 1., 3., 3., 5., 5., 1., 5., 3., 3., 5., 1., 2., 2., 2., 2., 2., 2.];
        let m = ItemMatrix::complete(3, 6, points, vec![5.0; 6]).unwrap();
        let scales = [vec![0, 1], vec![2, 3], vec![4, 5]];
        let found = even_odd(&m, &scales).unwrap();
        assert!((found[0].consistency.unwrap() - 1.0).abs() < 1e-15);
        assert_eq!((found[1].consistency, found[2].consistency), (Some(-1.0), None));
        assert_eq!(even_odd(&m, &scales[..2]).unwrap()[0].consistency, None);
        assert!(even_odd(&m, &[vec![9]]).is_err());
    }
}
