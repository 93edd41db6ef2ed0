//! Marks on items that deserve a look.
//!
//! The limits are conventions, not tests; every one can be set in a study.

use super::ctt::ItemStatistics;
use super::options::OptionRow;

/// Limits at which items are marked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// Below this difficulty an item is very hard.
    pub very_hard: f64,
    /// Above this difficulty an item is very easy.
    pub very_easy: f64,
    /// Below this item-rest correlation an item is marked as low.
    pub low_item_rest: f64,
    /// A distractor chosen by fewer is marked as unused.
    pub unused_distractor: f64,
}

impl Default for Thresholds {
    /// .10 and .95 for difficulty, .20 for item-rest (Ebel & Frisbie 1991), 5% for distractors
    /// (Haladyna & Downing 1993, doi 10.1177/0013164493053004013).
    fn default() -> Self {
        Thresholds { very_hard: 0.10, very_easy: 0.95, low_item_rest: 0.20, unused_distractor: 0.05 }
    }
}

/// A mark on an item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ItemFlag {
    /// Nearly everyone has full points.
    VeryEasy {
        /// Difficulty found.
        difficulty: f64,
    },
    /// Nearly nobody has points.
    VeryHard {
        /// Difficulty found.
        difficulty: f64,
    },
    /// All points are equal, so the item says nothing about differences.
    Constant,
    /// The item hardly goes with the rest of the test.
    LowItemRest {
        /// Correlation found.
        item_rest: f64,
    },
    /// The item goes against the rest of the test: check the key or the direction first.
    NegativeItemRest {
        /// Correlation found.
        item_rest: f64,
    },
    /// A distractor goes with the rest of the test, and more than the key does.
    PossibleMiskey {
        /// The distractor.
        option: usize,
        /// Its correlation with the rest score.
        option_rest: f64,
        /// That of the key; `None` when the key was chosen by nobody or everybody.
        key_rest: Option<f64>,
    },
    /// Hardly anybody chose a distractor.
    UnusedDistractor {
        /// The distractor.
        option: usize,
        /// Share who chose it.
        share: f64,
    },
}

/// Marks from difficulty and discrimination.
pub fn flag_item(item: &ItemStatistics, limits: &Thresholds) -> Vec<ItemFlag> {
    let mut flags = Vec::new();
    let difficulty = item.difficulty;
    if difficulty > limits.very_easy {
        flags.push(ItemFlag::VeryEasy { difficulty });
    }
    if difficulty < limits.very_hard {
        flags.push(ItemFlag::VeryHard { difficulty });
    }
    match item.item_rest {
        Some(item_rest) if item_rest < 0.0 => flags.push(ItemFlag::NegativeItemRest { item_rest }),
        Some(item_rest) if item_rest < limits.low_item_rest => {
            flags.push(ItemFlag::LowItemRest { item_rest })
        }
        _ => {}
    }
    if item.sd.is_none_or(|sd| sd == 0.0) {
        flags.push(ItemFlag::Constant);
    }
    flags
}

/// Marks from the option table of an item with one key. Of several distractors above the key only the
/// strongest is named.
pub fn flag_options(table: &[OptionRow], key: usize, limits: &Thresholds) -> Vec<ItemFlag> {
    let mut flags = Vec::new();
    let key_rest = table.iter().find(|row| row.option == Some(key)).and_then(|row| row.option_rest);
    let distractors = || table.iter().filter_map(|row| row.option.filter(|o| *o != key).map(|o| (o, row)));
    let strongest = distractors()
        .filter_map(|(option, row)| row.option_rest.map(|r| (option, r)))
        .filter(|(_, r)| *r > 0.0 && key_rest.is_none_or(|key| *r > key))
        .max_by(|a, b| a.1.total_cmp(&b.1));
    if let Some((option, option_rest)) = strongest {
        flags.push(ItemFlag::PossibleMiskey { option, option_rest, key_rest });
    }
    let unused = distractors().filter(|(_, row)| row.share < limits.unused_distractor);
    flags.extend(unused.map(|(option, row)| ItemFlag::UnusedDistractor { option, share: row.share }));
    flags
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(difficulty: f64, item_rest: Option<f64>) -> ItemStatistics {
        ItemStatistics {
            item: 0,
            n: 50,
            mean: difficulty,
            sd: Some(0.4),
            difficulty,
            item_total: None,
            item_rest,
        }
    }

    fn row(option: usize, share: f64, option_rest: Option<f64>) -> OptionRow {
        OptionRow { option: Some(option), n: 1, share, mean_rest: None, option_rest }
    }

    #[test]
    fn items() {
        let limits = Thresholds::default();
        assert_eq!(flag_item(&item(0.5, Some(0.3)), &limits), []);
        assert_eq!(flag_item(&item(0.96, Some(0.1)), &limits).len(), 2);
        let negative = ItemFlag::NegativeItemRest { item_rest: -0.02 };
        assert_eq!(flag_item(&item(0.5, Some(-0.02)), &limits), [negative]);
        let constant = ItemStatistics { sd: Some(0.0), ..item(1.0, None) };
        assert!(flag_item(&constant, &limits).contains(&ItemFlag::Constant));
    }

    #[test]
    fn options() {
        let table = [row(0, 0.4, Some(0.1)), row(1, 0.57, Some(0.3)), row(2, 0.03, Some(-0.2))];
        let flags = flag_options(&table, 0, &Thresholds::default());
        assert_eq!(
            flags,
            [
                ItemFlag::PossibleMiskey { option: 1, option_rest: 0.3, key_rest: Some(0.1) },
                ItemFlag::UnusedDistractor { option: 2, share: 0.03 }
            ]
        );
        assert_eq!(flag_options(&table[1..2], 1, &Thresholds::default()), []);
        assert_eq!(flag_options(&[], 1, &Thresholds::default()), []);
    }
}
