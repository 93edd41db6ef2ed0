//! Levels of a scale: ascending cut scores that cover it from its bottom.

use super::Sheet;
use super::sheet::point_range;
use crate::definition::Notes;
use crate::diag::{Rule, Severity};
use crate::instrument::raw::{Scale, ScaleMethod};

/// D-LEVEL-001.
pub static ORDER: Rule = Rule {
    code: "D-LEVEL-001",
    severity: Severity::Error,
    title: "levels are not in ascending order",
    doc: "Levels are written from the lowest upward; each begins above the one before.",
};
/// D-LEVEL-002.
pub static BOTTOM: Rule = Rule {
    code: "D-LEVEL-002",
    severity: Severity::Error,
    title: "the first level starts above the bottom of the scale",
    doc: "People with lower scores would have no level. The first level starts at the lowest score that is \
          possible: 0 for percent and tests, the lowest answer for a mean.",
};
/// D-LEVEL-003.
pub static OUTSIDE: Rule = Rule {
    code: "D-LEVEL-003",
    severity: Severity::Error,
    title: "a level lies outside the scale",
    doc: "Nobody can reach a level that starts above the highest possible score. Cut scores are in the unit of \
          the scale: points for sum, answer steps for mean, 0 to 100 for percent.",
};
/// D-LEVEL-004.
pub static ONE: Rule = Rule {
    code: "D-LEVEL-004",
    severity: Severity::Error,
    title: "a scale has one level only",
    doc: "Everybody would be in it. Describe at least two levels, or none.",
};
/// D-LEVEL-005.
pub static REACHED: Rule = Rule {
    code: "D-LEVEL-005",
    severity: Severity::Error,
    title: "the levels that count as reached are not the upper ones",
    doc: "`reached` marks the levels of those who have reached what is expected of everybody, such as minimum \
          competency. Whoever scores higher has reached it too, and a mark at the lowest level would say that \
          everybody has: mark a level and all levels above it, never the lowest.",
};

/// Checks the levels of every scale.
pub fn check(sheet: &Sheet, notes: &mut Notes) {
    for (index, scale) in sheet.raw.scales.iter().enumerate().filter(|(_, scale)| !scale.levels.is_empty()) {
        check_scale(sheet, notes, &format!("/scales/{index}/levels"), scale);
    }
}

fn check_scale(sheet: &Sheet, notes: &mut Notes, at: &str, scale: &Scale) {
    if scale.levels.len() == 1 {
        notes.say(
            &ONE,
            at,
            format!("scale \"{}\" has one level, expected at least two", scale.id),
            "add the other levels, or delete this one",
        );
    }
    for (place, pair) in scale.levels.windows(2).enumerate() {
        if pair[1].from <= pair[0].from {
            let message = format!(
                "level \"{}\" starts at {}, but \"{}\" before it starts at {}",
                pair[1].id, pair[1].from, pair[0].id, pair[0].from
            );
            notes.say(
                &ORDER,
                &format!("{at}/{}/from", place + 1),
                message,
                "write the levels from the lowest upward",
            );
        }
    }
    check_reached(notes, at, scale);
    let Some((low, high)) = score_range(sheet, scale) else { return };
    if let Some(first) = scale.levels.first().filter(|level| level.from > low) {
        let message = format!(
            "the first level \"{}\" of scale \"{}\" starts at {}, but scores start at {low}",
            first.id, scale.id, first.from
        );
        notes.say(&BOTTOM, &format!("{at}/0/from"), message, format!("write {low}, or add a level below"));
    }
    for (place, level) in
        scale.levels.iter().enumerate().filter(|(_, level)| level.from > high || level.from < low)
    {
        let message = format!(
            "level \"{}\" of scale \"{}\" starts at {}, but scores go from {low} to {high}",
            level.id, scale.id, level.from
        );
        notes.say(&OUTSIDE, &format!("{at}/{place}/from"), message, "write a score that can be reached");
    }
}

fn check_reached(notes: &mut Notes, at: &str, scale: &Scale) {
    let Some(lowest) = scale.level_reached() else { return };
    if lowest == 0 {
        let message = format!(
            "the lowest level \"{}\" of scale \"{}\" counts as reached, so everybody would have reached it",
            scale.levels[0].id, scale.id
        );
        notes.say(&REACHED, &format!("{at}/0/reached"), message, "mark the upper levels only");
    }
    for (place, level) in scale.levels.iter().enumerate().skip(lowest).filter(|(_, level)| !level.reached) {
        let message = format!(
            "level \"{}\" of scale \"{}\" does not count as reached, but the lower level \"{}\" does",
            level.id, scale.id, scale.levels[lowest].id
        );
        let hint = "add `\"reached\": true` to it";
        notes.say(&REACHED, &format!("{at}/{place}"), message, hint);
    }
}

/// Lowest and highest score of a scale whose items are all there.
fn score_range(sheet: &Sheet, scale: &Scale) -> Option<(f64, f64)> {
    match scale.method {
        ScaleMethod::Percent => return Some((0.0, 100.0)),
        // The ends of a measure are known when the data are.
        ScaleMethod::Irt => return None,
        ScaleMethod::Sum | ScaleMethod::Mean => {}
    }
    let ranges: Option<Vec<(f64, f64)>> =
        scale.items.iter().map(|id| point_range(sheet, sheet.item(id)?)).collect();
    let ranges = ranges.filter(|ranges| !ranges.is_empty())?;
    let (low, high) = ranges.iter().fold((0.0, 0.0), |(low, high), range| (low + range.0, high + range.1));
    // Item counts are small, so the conversion is exact.
    let count = ranges.len() as f64;
    Some(if scale.method == ScaleMethod::Mean { (low / count, high / count) } else { (low, high) })
}
