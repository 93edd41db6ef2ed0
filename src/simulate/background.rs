//! Values that are not scored: roster columns and background questions.

use std::collections::BTreeMap;

use super::model::{Draw, NumberDraw};
use super::stream::Stream;

/// When a value is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Occasion<'a> {
    /// Wave id.
    pub wave: &'a str,
    /// Place of the wave in time.
    pub place: usize,
    /// Day of the wave as `2025-07-12`; empty where the study gives none.
    pub date: &'a str,
}

/// Whether the value is drawn anew at every wave.
pub fn changes_by_wave(draw: &Draw) -> bool {
    matches!(draw, Draw::WeightsByWave(_) | Draw::Sentences(_) | Draw::Days(_))
}

/// Draws a value. `values` are the person's roster columns; where `multiple`, several codes may be marked.
pub fn draw_value(
    draw: &Draw,
    values: &BTreeMap<String, String>,
    occasion: &Occasion,
    multiple: bool,
    stream: &mut Stream,
) -> String {
    match draw {
        Draw::Weights(weights) => by_weight(weights, multiple, stream),
        Draw::WeightsByWave(waves) => {
            waves.get(occasion.wave).map(|weights| by_weight(weights, multiple, stream)).unwrap_or_default()
        }
        Draw::Number(rule) => number(rule, values, occasion.place, stream),
        Draw::Column(column) => values.get(column).cloned().unwrap_or_default(),
        Draw::Sentences(rule) => {
            let written = stream.chance(rule.chance);
            let sentence = rule.list.get(stream.below(rule.list.len())).cloned().unwrap_or_default();
            if written { sentence } else { String::new() }
        }
        Draw::Days([first, last]) => {
            let days = *first as usize + stream.below((last.saturating_sub(*first) + 1) as usize);
            later(occasion.date, days as i64).unwrap_or_default()
        }
    }
}

fn by_weight(weights: &BTreeMap<String, f64>, multiple: bool, stream: &mut Stream) -> String {
    let codes: Vec<&String> = weights.keys().collect();
    let shares: Vec<f64> = weights.values().copied().collect();
    let one = codes.get(stream.weighted(&shares)).map(|code| code.as_str()).unwrap_or_default();
    if !multiple {
        return one.to_owned();
    }
    let marked: Vec<&str> = codes
        .iter()
        .zip(&shares)
        .filter_map(|(code, share)| stream.chance(*share).then_some(code.as_str()))
        .collect();
    if marked.is_empty() { one.to_owned() } else { marked.join(";") }
}

fn number(rule: &NumberDraw, values: &BTreeMap<String, String>, wave: usize, stream: &mut Stream) -> String {
    let base = rule
        .column
        .as_ref()
        .and_then(|column| values.get(column))
        .and_then(|value| value.parse::<f64>().ok())
        .unwrap_or(0.0);
    let first = base + rule.mean + rule.sd * stream.normal();
    (first.clamp(rule.min, rule.max) + rule.per_wave * wave as f64)
        .clamp(rule.min, rule.max)
        .round()
        .to_string()
}

/// An ISO day so many days later.
fn later(iso: &str, days: i64) -> Option<String> {
    let mut parts = iso.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let (mut year, mut month, mut day) = (year, month, day + days);
    while day > days_of_month(year, month)? {
        day -= days_of_month(year, month)?;
        month += 1;
        if month > 12 {
            (year, month) = (year + 1, 1);
        }
    }
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

fn days_of_month(year: i64, month: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => Some(if leap { 29 } else { 28 }),
        4 | 6 | 9 | 11 => Some(30),
        1..=12 => Some(31),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_run_over_the_end_of_month_and_year() {
        assert_eq!(later("2023-12-28", 5).as_deref(), Some("2024-01-02"));
        assert_eq!(later("2024-02-27", 3).as_deref(), Some("2024-03-01"));
        assert_eq!(later("soon", 3), None);
    }
}
