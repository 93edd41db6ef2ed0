//! Charts of groups before the programme and of the flow of participants in words.

use super::{fill, listed};
use crate::chart::LovePlot;
use crate::i18n::{Lang, format};

pub(super) fn of_love_plot(data: &LovePlot, lang: Lang) -> String {
    let sizes = || data.rows.iter().filter_map(|row| Some((&row.label, row.analysed.or(row.everybody)?)));
    let inside = sizes().filter(|(_, size)| size.abs() <= data.limits[0]).count();
    let beyond: Vec<String> = sizes()
        .filter(|(_, size)| size.abs() > data.limits[1])
        .map(|(label, size)| format!("{label} {}", format::signed(lang, size, 2)))
        .collect();
    let values = [
        ("axis", data.axis.clone()),
        ("n", format::count(lang, sizes().count())),
        ("inside", format::count(lang, inside)),
        ("near", format::number(lang, data.limits[0], 2)),
        ("far", format::number(lang, data.limits[1], 2)),
        ("beyond", format::count(lang, beyond.len())),
        ("names", if beyond.is_empty() { String::new() } else { format!(" ({})", listed(&beyond)) }),
    ];
    fill(lang, "chart.alt_love_plot", &values)
}
