//! Items in printed order with their numbers.

use crate::i18n::{Lang, phrase};
use crate::instrument::{Booklet, Instrument, Item};

/// The items of a form in printed order; number = place + 1.
pub struct Numbering<'a> {
    /// The items.
    pub items: Vec<&'a Item>,
}

impl<'a> Numbering<'a> {
    /// The items of a booklet, or all of them.
    pub fn new(instrument: &'a Instrument, booklet: Option<&Booklet>) -> Self {
        let items = match booklet {
            Some(booklet) => booklet.items.iter().filter_map(|id| instrument.item(id)).collect(),
            None => instrument.items.iter().collect(),
        };
        Numbering { items }
    }

    /// The printed number of an item.
    pub fn of(&self, id: &str) -> Option<usize> {
        self.items.iter().position(|item| item.id == id).map(|place| place + 1)
    }

    /// The numbers of the items that refer to a stimulus, in order.
    pub fn of_stimulus(&self, stimulus: &str) -> Vec<usize> {
        self.items
            .iter()
            .enumerate()
            .filter(|(_, item)| item.stimulus.as_deref() == Some(stimulus))
            .map(|(place, _)| place + 1)
            .collect()
    }
}

/// Numbers in words: runs joined by a dash, such as "1–4, 7".
pub fn runs(numbers: &[usize]) -> String {
    let mut parts: Vec<[usize; 2]> = Vec::new();
    for &number in numbers {
        match parts.last_mut() {
            Some(run) if run[1] + 1 == number => run[1] = number,
            _ => parts.push([number, number]),
        }
    }
    let words: Vec<String> = parts
        .iter()
        .map(|[first, last]| match last - first {
            0 => first.to_string(),
            1 => format!("{first}, {last}"),
            _ => format!("{first}–{last}"),
        })
        .collect();
    words.join(", ")
}

/// Words joined by "or".
pub fn alternatives(lang: Lang, words: &[String]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, before)) => format!("{} {} {last}", before.join(", "), phrase(lang, "form.or")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_joined_and_gaps_kept() {
        assert_eq!(runs(&[1, 2, 3, 4, 7, 9, 10]), "1–4, 7, 9, 10");
        assert_eq!(runs(&[]), "");
    }

    #[test]
    fn the_last_alternative_follows_or() {
        let words = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
        assert_eq!(alternatives(Lang::En, &words), "a, b or c");
        assert_eq!(alternatives(Lang::Id, &words[..1]), "a");
    }
}
