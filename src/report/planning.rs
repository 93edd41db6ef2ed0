//! A plan for the next study in words and a table, for the terminal.

use crate::analysis::planning::{PlanRow, PlannedDesign, Planning, Quantity, Source};
use crate::i18n::{Lang, format, phrase, phrase_with};

/// Characters of the bar that stands for certain detection.
const BAR: f64 = 20.0;

/// The plan of one outcome as plain text.
pub fn text(planning: &Planning, lang: Lang) -> String {
    let say = |key: &str| phrase(lang, &format!("power.{key}"));
    let mut out = String::new();
    let design = say(&format!("design.{}", planning.design.name()));
    out.push_str(&format!("{}: {design}\n", say("title")));
    if let Some(outcome) = &planning.outcome {
        out.push_str(&format!("{}: {outcome}\n", say("outcome")));
    }
    out.push_str(&format!("\n{}\n{}", say("assumptions"), assumptions(planning, lang)));
    out.push_str(&format!("\n{}\n", say("result")));
    for line in result(planning, lang) {
        out.push_str(&format!("  {line}\n"));
    }
    if !planning.by_icc.is_empty() {
        out.push_str(&format!("\n{}\n{}", say("by_icc"), by_icc(planning, lang)));
    }
    let effect = number(lang, value(planning, Quantity::Effect), 2);
    let words = phrase_with(lang, "power.table", &[("effect", &effect)]);
    out.push_str(&format!("\n{words}\n{}", table(planning, lang)));
    out.push_str(&format!("\n{}\n", say("note")));
    for key in notes(planning) {
        out.push_str(&format!("{}\n", say(key)));
    }
    out.push_str(&super::simulated::text(planning, lang));
    out
}

/// What the values of a plan call for in words.
fn notes(planning: &Planning) -> Vec<&'static str> {
    let from = |source: Source| planning.assumptions.iter().any(|entry| entry.source == source);
    let above = |quantity: Quantity, least: f64| value(planning, quantity) > least;
    [
        (from(Source::Scores), "note.scores"),
        (from(Source::Capped), "note.capped"),
        (above(Quantity::LinkError, 0.0), "note.link"),
        (above(Quantity::Waves, 2.0), "note.trend"),
        (planning.design.is_share(), "note.share"),
    ]
    .into_iter()
    .filter_map(|(holds, key)| holds.then_some(key))
    .collect()
}

fn value(planning: &Planning, quantity: Quantity) -> f64 {
    let found = planning.assumptions.iter().find(|entry| entry.quantity == quantity);
    found.map_or(f64::NAN, |entry| entry.value)
}

/// A number without zeros at its end, as a planner writes an assumption.
pub(super) fn number(lang: Lang, value: f64, decimals: usize) -> String {
    let fewest = (0..=decimals).find(|places| {
        let scale = 10f64.powi(i32::try_from(*places).unwrap_or(0));
        (value * scale - (value * scale).round()).abs() < 1e-9
    });
    format::number(lang, value, fewest.unwrap_or(decimals))
}

/// A power in percent; nothing is certain, so it never reads 100 percent.
pub(super) fn percent(lang: Lang, power: f64) -> String {
    if power > 0.995 {
        format!(">{}", format::percent(lang, 0.99, 0))
    } else {
        format::percent(lang, power, 0)
    }
}

fn assumptions(planning: &Planning, lang: Lang) -> String {
    let rows = planning.assumptions.iter().map(|entry| {
        vec![
            phrase(lang, &format!("power.quantity.{}", entry.quantity.option())),
            number(lang, entry.value, 3),
            phrase(lang, &format!("power.source.{}", source_key(entry.source))),
            format!("--{}", entry.quantity.option()),
        ]
    });
    columns(&rows.collect::<Vec<_>>(), &[false, true, false, false])
}

pub(super) fn source_key(source: Source) -> &'static str {
    match source {
        Source::Option => "option",
        Source::Scores => "scores",
        Source::Capped => "capped",
        Source::Roster => "roster",
        Source::StudyFile => "study_file",
        Source::Default => "default",
    }
}

fn result(planning: &Planning, lang: Lang) -> Vec<String> {
    let planned = &planning.planned;
    let effect = number(lang, value(planning, Quantity::Effect), 2);
    let wanted = format::percent(lang, value(planning, Quantity::Power), 0);
    let units = unit(planning.design, lang);
    let n = |places: usize, value: f64| format::number(lang, value, places);
    let df = format::degrees(lang, planned.df);
    let error = [("se", n(6, planned.se)), ("df", df), ("multiplier", n(5, planning.multiplier))];
    let mdes = [("mdes", n(3, planned.mdes)), ("power", wanted.clone())];
    let power = [("effect", effect.clone()), ("power", percent(lang, planned.power))];
    let mut lines = vec![
        filled(lang, "result.error", &error),
        filled(lang, "result.mdes", &mdes),
        filled(lang, "result.power", &power),
    ];
    if let Some(points) = planned.mdes_points {
        let key = if planning.design.is_share() { "result.percentage_points" } else { "result.points" };
        lines.insert(2, filled(lang, key, &[("points", n(1, points))]));
    }
    let needed = [("effect", effect), ("power", wanted), ("units", units)];
    lines.push(match planning.units_needed {
        Some(count) => {
            let count = ("n", format::count(lang, usize::try_from(count).unwrap_or(usize::MAX)));
            filled(lang, "result.needed", &[&needed[..], &[count]].concat())
        }
        None => filled(lang, "result.never", &needed),
    });
    lines
}

fn filled(lang: Lang, key: &str, values: &[(&str, String)]) -> String {
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    phrase_with(lang, &format!("power.{key}"), &values)
}

pub(super) fn unit(design: PlannedDesign, lang: Lang) -> String {
    phrase(lang, &format!("power.unit.{}", design.unit().option()))
}

fn by_icc(planning: &Planning, lang: Lang) -> String {
    let head = ["ICC", "MDES"].map(str::to_owned).to_vec();
    let head = [head, vec![phrase(lang, "power.column.power")]].concat();
    let rows = planning.by_icc.iter().map(|row| {
        vec![format::number(lang, row.icc, 2), format::number(lang, row.mdes, 3), percent(lang, row.power)]
    });
    columns(&std::iter::once(head).chain(rows).collect::<Vec<_>>(), &[true; 3])
}

fn table(planning: &Planning, lang: Lang) -> String {
    let has_points = planning.planned.mdes_points.is_some();
    let mut head = vec![unit(planning.design, lang), "df".to_owned(), "SE".to_owned(), "MDES".to_owned()];
    if has_points {
        head.push(phrase(lang, "power.column.points"));
    }
    head.extend([phrase(lang, "power.column.power"), String::new()]);
    let mut right = vec![true; head.len()];
    right[head.len() - 1] = false;
    let rows = planning.table.iter().map(|row| cells(row, planning, lang));
    columns(&std::iter::once(head).chain(rows).collect::<Vec<_>>(), &right)
}

fn cells(row: &PlanRow, planning: &Planning, lang: Lang) -> Vec<String> {
    let mut cells = vec![
        number(lang, row.units, 1),
        format::degrees(lang, row.df),
        format::number(lang, row.se, 3),
        format::number(lang, row.mdes, 3),
    ];
    cells.extend(row.mdes_points.map(|points| format::number(lang, points, 1)));
    cells.push(percent(lang, row.power));
    // Whole blocks of the bar; its length is between 0 and BAR.
    let bar = "█".repeat((row.power * BAR).round() as usize);
    let mark = if row.units == planning.planned.units {
        phrase(lang, "power.mark.planned")
    } else if planning.units_needed.is_some_and(|needed| f64::from(needed) == row.units) {
        phrase(lang, "power.mark.needed")
    } else {
        String::new()
    };
    cells.push(format!("{bar} {mark}").trim().to_owned());
    cells
}

/// Rows of cells in columns two spaces apart, numbers to the right.
pub(super) fn columns(rows: &[Vec<String>], right: &[bool]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..right.len()).map(width).collect();
    let mut out = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).zip(right).map(|((cell, &width), &right)| {
            if right { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        let line = format!("  {}", cells.collect::<Vec<_>>().join("  "));
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}
