//! Rules of the limits of the item analysis.

use crate::definition::Notes;
use crate::diag::{Rule, Severity};
use crate::study::raw::Study;

/// D-THR-001.
pub static SHARE: Rule = Rule {
    code: "D-THR-001",
    severity: Severity::Error,
    title: "a limit of the item analysis is not between 0 and 1",
    doc: "Difficulty is a share of points, item-rest a correlation, use of a distractor a share of persons: their \
          limits under `item_thresholds` lie between 0 and 1. So does the gain in alpha, which is more than 0.",
};
/// D-THR-002.
pub static ORDER: Rule = Rule {
    code: "D-THR-002",
    severity: Severity::Error,
    title: "two limits of the item analysis stand in the wrong order",
    doc: "The limit of very hard items lies below that of very easy ones, since difficulty counts points gained; an \
          item that hardly discriminates has a lower item-rest correlation than one that discriminates little.",
};

/// Checks the limits.
pub fn check(study: &Study, notes: &mut Notes) {
    let limits = &study.analysis.item_thresholds;
    let shares = [
        ("very_hard", limits.very_hard, 0.10),
        ("very_easy", limits.very_easy, 0.95),
        ("low_item_rest", limits.low_item_rest, 0.20),
        ("no_discrimination", limits.no_discrimination, 0.10),
        ("unused_distractor", limits.unused_distractor, 0.05),
        ("alpha_gain", limits.alpha_gain, 0.01),
    ];
    let mut all_good = true;
    for (name, value, usual) in shares {
        if !(0.0..=1.0).contains(&value) || (name == "alpha_gain" && value == 0.0) {
            all_good = false;
            let lowest = if name == "alpha_gain" { "more than 0 and at most 1" } else { "0 to 1" };
            let message = format!("{name} is {value}, expected {lowest}");
            let percent = value > 1.0 && value <= 100.0;
            let hint = if percent {
                format!("write it as a share: {}", value / 100.0)
            } else {
                format!("write a share; {usual} is usual")
            };
            notes.say(&SHARE, &format!("/analysis/item_thresholds/{name}"), message, hint);
        }
    }
    if !all_good {
        return;
    }
    let pairs = [
        ("very_hard", limits.very_hard, "very_easy", limits.very_easy),
        ("no_discrimination", limits.no_discrimination, "low_item_rest", limits.low_item_rest),
    ];
    for (low, lower, high, upper) in pairs {
        if lower > upper {
            let message = format!("{low} is {lower}, more than {high}, which is {upper}");
            let hint = format!("write a smaller {low} or a larger {high}");
            notes.say(&ORDER, &format!("/analysis/item_thresholds/{low}"), message, hint);
        }
    }
}
