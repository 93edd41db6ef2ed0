//! Scored categories of persons on items, in the compact form the likelihood reads.

use super::IrtError;
use crate::psych::ItemMatrix;

/// Largest number of points on an item; block tables index categories within a byte.
const MOST_POINTS: usize = 40;

/// Points as categories 0..=max, persons x items, with a mask for answers that are there.
#[derive(Debug, Clone, PartialEq)]
pub struct Responses {
    persons: usize,
    items: usize,
    categories: Vec<u8>,
    answered: Vec<bool>,
    max: Vec<u8>,
}

impl Responses {
    /// Checks and takes categories.
    ///
    /// `categories` and `answered` are row-major (person by person); `max` has one entry per item. The
    /// category at a place that is not answered is not looked at.
    ///
    /// # Errors
    /// `Shape`, `NotACategory` (above the item's maximum) and `TooManyCategories`.
    pub fn new(
        persons: usize,
        items: usize,
        mut categories: Vec<u8>,
        answered: Vec<bool>,
        max: Vec<u8>,
    ) -> Result<Self, IrtError> {
        let needed = persons.saturating_mul(items);
        let lengths = [
            ("categories", needed, categories.len()),
            ("answered", needed, answered.len()),
            ("max", items, max.len()),
        ];
        for (what, needed, found) in lengths {
            if needed != found {
                return Err(IrtError::Shape { what, needed, found });
            }
        }
        if let Some(item) = max.iter().position(|m| usize::from(*m) > MOST_POINTS) {
            return Err(IrtError::TooManyCategories { item, max: max[item].into(), most: MOST_POINTS });
        }
        for (place, (category, there)) in categories.iter_mut().zip(&answered).enumerate() {
            if !*there {
                *category = 0;
            } else if *category > max[place % items] {
                return Err(IrtError::NotACategory { person: place / items, item: place % items });
            }
        }
        Ok(Responses { persons, items, categories, answered, max })
    }

    /// Answers without missing ones.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn complete(
        persons: usize,
        items: usize,
        categories: Vec<u8>,
        max: Vec<u8>,
    ) -> Result<Self, IrtError> {
        let answered = vec![true; categories.len()];
        Self::new(persons, items, categories, answered, max)
    }

    /// Takes over points that are whole numbers.
    ///
    /// # Errors
    /// `NotACategory` when points are not whole or outside 0..=max, `TooManyCategories`.
    pub fn from_points(points: &ItemMatrix) -> Result<Self, IrtError> {
        let (persons, items) = (points.persons(), points.items());
        let mut max = Vec::with_capacity(items);
        for (item, m) in points.max_points().iter().enumerate() {
            if !(0.0..=MOST_POINTS as f64).contains(m) {
                return Err(IrtError::TooManyCategories { item, max: *m as usize, most: MOST_POINTS });
            }
            max.push(m.floor() as u8);
        }
        let mut categories = Vec::with_capacity(persons * items);
        let mut answered = Vec::with_capacity(persons * items);
        for person in 0..persons {
            for item in 0..items {
                let point = points.get(person, item);
                if point.is_some_and(|p| p.fract() != 0.0 || !(0.0..=f64::from(max[item])).contains(&p)) {
                    return Err(IrtError::NotACategory { person, item });
                }
                answered.push(point.is_some());
                categories.push(point.unwrap_or(0.0) as u8);
            }
        }
        Self::new(persons, items, categories, answered, max)
    }

    /// Number of persons.
    pub fn persons(&self) -> usize {
        self.persons
    }

    /// Number of items.
    pub fn items(&self) -> usize {
        self.items
    }

    /// Maximum of each item.
    pub fn max(&self) -> &[u8] {
        &self.max
    }

    /// Category of a person on an item, `None` when not answered or outside the matrix.
    pub fn get(&self, person: usize, item: usize) -> Option<u8> {
        if person >= self.persons || item >= self.items {
            return None;
        }
        let place = person * self.items + item;
        self.answered[place].then(|| self.categories[place])
    }

    /// The answers of a person as pairs of item and category.
    pub fn answers(&self, person: usize) -> impl Iterator<Item = (usize, u8)> + '_ {
        let row = person * self.items..(person + 1) * self.items;
        let row = if person < self.persons { row } else { 0..0 };
        let answered = self.answered[row.clone()].iter();
        self.categories[row]
            .iter()
            .zip(answered)
            .enumerate()
            .filter(|(_, (_, there))| **there)
            .map(|(item, (category, _))| (item, *category))
    }

    /// The places of a person's row: categories (0 where missing) and mask.
    pub(super) fn row(&self, person: usize) -> (&[u8], &[bool]) {
        let row = person * self.items..(person + 1) * self.items;
        (&self.categories[row.clone()], &self.answered[row])
    }

    /// True when nothing is missing.
    pub fn is_complete(&self) -> bool {
        self.answered.iter().all(|there| *there)
    }

    /// Only the given items and persons, in their order; numbers outside are left out.
    #[must_use]
    pub fn select(&self, persons: &[usize], items: &[usize]) -> Responses {
        let persons: Vec<usize> = persons.iter().copied().filter(|p| *p < self.persons).collect();
        let items: Vec<usize> = items.iter().copied().filter(|i| *i < self.items).collect();
        let places = || persons.iter().flat_map(|p| items.iter().map(move |i| p * self.items + i));
        Responses {
            persons: persons.len(),
            items: items.len(),
            categories: places().map(|p| self.categories[p]).collect(),
            answered: places().map(|p| self.answered[p]).collect(),
            max: items.iter().map(|&i| self.max[i]).collect(),
        }
    }
}
