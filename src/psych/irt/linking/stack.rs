//! One matrix of answers from several waves or booklets, for a concurrent calibration.

use super::super::{IrtError, Responses};

/// Answers of one wave and where its items stand in the common list.
#[derive(Debug, Clone)]
pub struct Wave<'a> {
    /// Answers.
    pub responses: &'a Responses,
    /// For each item of the wave its number in the common list; equal numbers are the same item.
    pub items: &'a [usize],
}

/// Stacked answers; persons of the first wave come first.
#[derive(Debug, Clone)]
pub struct Stacked {
    /// Answers on all items, missing where a wave did not have the item.
    pub responses: Responses,
    /// Wave of each person, for [`super::super::Population::groups`].
    pub waves: Vec<usize>,
}

/// Stacks waves on a common list of `items` items.
///
/// # Errors
/// `Shape` when a wave's list does not fit or names an item outside the list.
pub fn stack(waves: &[Wave], items: usize) -> Result<Stacked, IrtError> {
    let mut max = vec![0u8; items];
    for wave in waves {
        let needed = wave.responses.items();
        if wave.items.len() != needed {
            return Err(IrtError::Shape { what: "items of a wave", needed, found: wave.items.len() });
        }
        for (own, m) in wave.items.iter().zip(wave.responses.max()) {
            let Some(slot) = max.get_mut(*own) else {
                return Err(IrtError::Shape { what: "common items", needed: own + 1, found: items });
            };
            *slot = (*slot).max(*m);
        }
    }
    let persons: usize = waves.iter().map(|w| w.responses.persons()).sum();
    let mut categories = vec![0u8; persons * items];
    let mut answered = vec![false; persons * items];
    let mut of_person = Vec::with_capacity(persons);
    for (number, wave) in waves.iter().enumerate() {
        for person in 0..wave.responses.persons() {
            let start = of_person.len() * items;
            for (own, points) in wave.responses.answers(person) {
                categories[start + wave.items[own]] = points;
                answered[start + wave.items[own]] = true;
            }
            of_person.push(number);
        }
    }
    let responses = Responses::new(persons, items, categories, answered, max)?;
    Ok(Stacked { responses, waves: of_person })
}
