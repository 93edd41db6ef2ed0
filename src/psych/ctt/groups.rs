//! Discrimination by upper and lower groups.

use crate::psych::{ItemMatrix, PsychError};

/// Upper-lower discrimination of one item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UpperLower {
    /// Item, counted from 0.
    pub item: usize,
    /// Persons in the upper group, ties at the cut included.
    pub n_upper: usize,
    /// Persons in the lower group, ties at the cut included.
    pub n_lower: usize,
    /// Difficulty in the upper group less that in the lower group.
    pub d: f64,
}

/// The index D of each item from the groups with the highest and lowest totals.
///
/// `share` is usually .27. The groups are everybody at or beyond the total of the person at that share,
/// so that persons with equal totals are never split. Only persons with all items take part.
///
/// # Errors
/// `TooFewPersons` below two, `NoVariation` when the groups would overlap, `OutOfRange` for a share not in
/// (0, 0.5].
///
/// # References
/// Kelley (1939), Journal of Educational Psychology 30, 17-24.
pub fn upper_lower(matrix: &ItemMatrix, share: f64) -> Result<Vec<UpperLower>, PsychError> {
    if !(share > 0.0 && share <= 0.5) {
        return Err(crate::num::NumError::OutOfRange { name: "share", value: share }.into());
    }
    let totals = matrix.total_scores();
    let mut sorted: Vec<f64> = totals.iter().flatten().copied().collect();
    let n = sorted.len();
    if n < 2 || matrix.items() == 0 {
        return Err(PsychError::TooFewPersons { needed: 2, found: n });
    }
    sorted.sort_by(f64::total_cmp);
    let group = ((n as f64 * share).round() as usize).clamp(1, n);
    let (low, high) = (sorted[group - 1], sorted[n - group]);
    if low >= high {
        return Err(PsychError::NoVariation);
    }
    let members = |inside: &dyn Fn(f64) -> bool| -> Vec<usize> {
        (0..matrix.persons()).filter(|&p| totals[p].is_some_and(inside)).collect()
    };
    let (lower, upper) = (members(&|t| t <= low), members(&|t| t >= high));
    let difficulty = |item: usize, persons: &[usize]| {
        let points: f64 = persons.iter().filter_map(|&p| matrix.get(p, item)).sum();
        points / (persons.len() as f64 * matrix.max_points()[item])
    };
    let one = |item| UpperLower {
        item,
        n_upper: upper.len(),
        n_lower: lower.len(),
        d: difficulty(item, &upper) - difficulty(item, &lower),
    };
    Ok((0..matrix.items()).map(one).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_stay_together() {
        let points = vec![0., 0., 0., 0., 1., 0., 1., 1., 0., 1.];
        let m = ItemMatrix::complete(5, 2, points, vec![1.0; 2]).unwrap();
        let found = upper_lower(&m, 0.27).unwrap();
        assert_eq!((found[0].n_lower, found[0].n_upper, found[0].d), (2, 1, 1.0));
        let flat = ItemMatrix::complete(2, 1, vec![1.0; 2], vec![1.0]).unwrap();
        assert_eq!(upper_lower(&flat, 0.27), Err(PsychError::NoVariation));
        assert!(upper_lower(&m, 0.9).is_err());
    }
}
