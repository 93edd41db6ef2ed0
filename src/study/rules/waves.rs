//! Waves and dates.

use crate::definition::Notes;
use crate::diag::{Rule, Severity};
use crate::study::raw::Study;

/// D-WAVE-001.
pub static NONE: Rule = Rule {
    code: "D-WAVE-001",
    severity: Severity::Error,
    title: "a study has no wave",
    doc: "A wave is a time of measurement. Without one there is nothing to analyse.",
};
/// D-WAVE-002.
pub static ONE: Rule = Rule {
    code: "D-WAVE-002",
    severity: Severity::Warning,
    title: "a study has one wave only",
    doc: "With a single measurement no change can be estimated; the report describes the wave. Arms that were \
          measured only afterwards are not compared yet.",
};
/// D-WAVE-003.
pub static DATE: Rule = Rule {
    code: "D-WAVE-003",
    severity: Severity::Error,
    title: "a date is not a date",
    doc: "Dates are written as year-month-day with leading zeros, such as 2025-07-12, so that nobody takes the \
          day for the month.",
};
/// D-WAVE-004.
pub static ORDER: Rule = Rule {
    code: "D-WAVE-004",
    severity: Severity::Error,
    title: "waves are not in order of time",
    doc: "Change is counted from the first wave to the last. Waves in the wrong order would turn its sign round.",
};

/// Checks waves and dates.
pub fn check(study: &Study, notes: &mut Notes) {
    match study.waves.as_slice() {
        [] => notes.say(
            &NONE,
            "/waves",
            "the study has no wave, expected at least one, mostly two",
            "add { \"id\": \"pre\", \"label\": ... } and { \"id\": \"post\", \"label\": ... }",
        ),
        [wave] => notes.say(
            &ONE,
            "/waves",
            format!("the study has one wave, \"{}\", so no change can be estimated", wave.id),
            "add the other wave if there was one",
        ),
        _ => {}
    }
    let mut latest: Option<(&str, &str)> = None;
    for (index, wave) in study.waves.iter().enumerate() {
        let Some(date) = wave.date.as_deref() else { continue };
        let at = format!("/waves/{index}/date");
        if !check_date(notes, &at, date) {
            continue;
        }
        if let Some((id, before)) = latest.filter(|(_, before)| date < *before) {
            let message = format!("wave \"{}\" is dated {date}, before wave \"{id}\" of {before}", wave.id);
            notes.say(&ORDER, &at, message, "write the waves in order of time, or mend the date");
        }
        latest = Some((&wave.id, date));
    }
    if let Some(date) = &study.report.date {
        check_date(notes, "/report/date", date);
    }
}

fn check_date(notes: &mut Notes, at: &str, date: &str) -> bool {
    let good = is_date(date);
    if !good {
        let message = format!("\"{date}\" is not a date, expected year-month-day");
        notes.say(&DATE, at, message, "write it like 2025-07-12");
    }
    good
}

/// Whether a text is a day of the Gregorian calendar as `YYYY-MM-DD`.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let shaped = bytes.len() == 10
        && bytes
            .iter()
            .enumerate()
            .all(|(place, byte)| if matches!(place, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() });
    if !shaped {
        return false;
    }
    let number = |range: std::ops::Range<usize>| text[range].parse::<u32>().unwrap_or(0);
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    year > 0 && (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::is_date;

    #[test]
    fn the_calendar_is_known() {
        assert!(is_date("2024-02-29") && is_date("2025-12-31"));
        assert!(
            !is_date("2025-02-29")
                && !is_date("2025-13-01")
                && !is_date("12-07-2025")
                && !is_date("2025-7-1")
        );
    }
}
