//! Points of persons on items.

use super::PsychError;
use crate::num::NumError;
use crate::num::moments::is_usable;

/// Scored points, persons x items, with a mask for missing ones.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemMatrix {
    persons: usize,
    items: usize,
    points: Vec<f64>,
    missing: Vec<bool>,
    max_points: Vec<f64>,
    present: Vec<usize>,
}

impl ItemMatrix {
    /// Checks and takes the points.
    ///
    /// `points` and `missing` are row-major (person by person), `max_points` has one entry per item. The
    /// value at a missing place is not looked at.
    ///
    /// # Errors
    /// `Shape`, `NoMaximum`, and `NotFinite` for a point that is not missing and not a usable number.
    pub fn new(
        persons: usize,
        items: usize,
        points: Vec<f64>,
        missing: Vec<bool>,
        max_points: Vec<f64>,
    ) -> Result<Self, PsychError> {
        let needed = persons.saturating_mul(items);
        let lengths = [
            ("points", needed, points.len()),
            ("missing", needed, missing.len()),
            ("max_points", items, max_points.len()),
        ];
        for (what, needed, found) in lengths {
            if needed != found {
                return Err(PsychError::Shape { persons, items, what, needed, found });
            }
        }
        if let Some(item) = max_points.iter().position(|m| !(*m > 0.0 && m.is_finite())) {
            return Err(PsychError::NoMaximum { item });
        }
        if let Some(index) = (0..needed).find(|&i| !missing[i] && !is_usable(points[i])) {
            return Err(NumError::NotFinite { index }.into());
        }
        let mut present = vec![0; items];
        for (place, gone) in missing.iter().enumerate() {
            present[place % items] += usize::from(!gone);
        }
        Ok(ItemMatrix { persons, items, points, missing, max_points, present })
    }

    /// A matrix without missing points.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn complete(
        persons: usize,
        items: usize,
        points: Vec<f64>,
        max_points: Vec<f64>,
    ) -> Result<Self, PsychError> {
        let missing = vec![false; points.len()];
        Self::new(persons, items, points, missing, max_points)
    }

    /// Number of persons.
    pub fn persons(&self) -> usize {
        self.persons
    }

    /// Number of items.
    pub fn items(&self) -> usize {
        self.items
    }

    /// Largest points of each item.
    pub fn max_points(&self) -> &[f64] {
        &self.max_points
    }

    /// Points of a person on an item, `None` when missing or outside the matrix.
    pub fn get(&self, person: usize, item: usize) -> Option<f64> {
        if item >= self.items || person >= self.persons {
            return None;
        }
        let place = person * self.items + item;
        (!self.missing[place]).then(|| self.points[place])
    }

    /// Persons with a point on an item.
    pub fn answered(&self, item: usize) -> usize {
        self.present.get(item).copied().unwrap_or(0)
    }

    /// True when no point is missing.
    pub fn is_complete(&self) -> bool {
        self.present.iter().all(|n| *n == self.persons)
    }

    /// The points of one item, `None` where missing.
    pub fn item(&self, item: usize) -> Vec<Option<f64>> {
        (0..self.persons).map(|person| self.get(person, item)).collect()
    }

    /// Sum of points of persons with all items, `None` for the others.
    pub fn total_scores(&self) -> Vec<Option<f64>> {
        (0..self.persons).map(|person| (0..self.items).map(|item| self.get(person, item)).sum()).collect()
    }

    /// Sum of points of persons without one item: `None` when another item is missing.
    pub fn rest_scores(&self, left_out: usize) -> Vec<Option<f64>> {
        let others =
            |person| (0..self.items).filter(|i| *i != left_out).map(move |i| self.get(person, i)).sum();
        (0..self.persons).map(others).collect()
    }

    /// Largest possible total.
    pub fn max_total(&self) -> f64 {
        self.max_points.iter().sum()
    }

    /// The matrix with only the given items, in their order; numbers outside the matrix are left out.
    #[must_use]
    pub fn select(&self, items: &[usize]) -> ItemMatrix {
        let items: Vec<usize> = items.iter().copied().filter(|i| *i < self.items).collect();
        let places = || (0..self.persons).flat_map(|p| items.iter().map(move |i| p * self.items + i));
        ItemMatrix {
            persons: self.persons,
            items: items.len(),
            points: places().map(|p| self.points[p]).collect(),
            missing: places().map(|p| self.missing[p]).collect(),
            max_points: items.iter().map(|&i| self.max_points[i]).collect(),
            present: items.iter().map(|&i| self.present[i]).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_its_parts() {
        assert!(ItemMatrix::complete(2, 2, vec![1.0; 3], vec![1.0; 2]).is_err());
        assert!(ItemMatrix::complete(1, 2, vec![1.0; 2], vec![1.0, 0.0]).is_err());
        assert!(ItemMatrix::complete(1, 1, vec![f64::NAN], vec![1.0]).is_err());
        assert!(ItemMatrix::complete(0, 0, vec![], vec![]).is_ok());
        assert!(ItemMatrix::complete(usize::MAX, 2, vec![], vec![1.0; 2]).is_err());
    }

    #[test]
    fn totals_need_all_items_and_rests_all_others() {
        let points = vec![1.0, 2.0, 3.0, f64::NAN];
        let m = ItemMatrix::new(2, 2, points, vec![false, false, false, true], vec![3.0, 3.0]).unwrap();
        assert_eq!(m.total_scores(), [Some(3.0), None]);
        assert_eq!(m.rest_scores(1), [Some(1.0), Some(3.0)]);
        assert_eq!((m.answered(1), m.is_complete(), m.max_total()), (1, false, 6.0));
        assert_eq!(m.select(&[1, 9]).item(0), [Some(2.0), None]);
        assert_eq!(m.get(5, 0), None);
    }
}
