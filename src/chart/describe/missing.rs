//! Charts of groups before the programme and of the flow of participants in words.

use super::{fill, listed};
use crate::chart::{Flow, FlowArm, LovePlot};
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

pub(super) fn of_flow(data: &Flow, lang: Lang) -> String {
    let way = |arm: &FlowArm| {
        let boxes: Vec<String> =
            arm.boxes.iter().map(|own| format!("{}: {}", own.title, own.lines.join(", "))).collect();
        super::named(&arm.label, &boxes.join(" → "))
    };
    let ways: Vec<String> = data.arms.iter().map(way).collect();
    fill(lang, "chart.alt_flow", &[("ways", listed(&ways))])
}
