//! Limits at which items of a test or questionnaire are marked and judged.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Limits of the item analysis; all are conventions.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ItemThresholds {
    /// Below this difficulty (share of points gained) a test item is very hard.
    pub very_hard: f64,
    /// Above this difficulty a test item is very easy.
    pub very_easy: f64,
    /// Below this item-rest correlation an item is to be reviewed.
    pub low_item_rest: f64,
    /// Below this item-rest correlation an item hardly discriminates and is to be revised.
    pub no_discrimination: f64,
    /// A distractor chosen by a smaller share is unused.
    pub unused_distractor: f64,
    /// Gain in alpha from which leaving an item out counts against it.
    pub alpha_gain: f64,
    /// Fewest persons with points on an item for a verdict.
    pub fewest_persons: usize,
}

impl Default for ItemThresholds {
    /// .10 and .95 for difficulty; .20 and .10 for item-rest (Ebel & Frisbie 1991); 5% for distractors (Haladyna &
    /// Downing 1993, doi 10.1177/0013164493053004013); a gain of .01 in alpha and 30 persons are this program's
    /// convention.
    fn default() -> Self {
        ItemThresholds {
            very_hard: 0.10,
            very_easy: 0.95,
            low_item_rest: 0.20,
            no_discrimination: 0.10,
            unused_distractor: 0.05,
            alpha_gain: 0.01,
            fewest_persons: 30,
        }
    }
}
