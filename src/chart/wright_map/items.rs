//! The right side of a Wright map: a marker and an id for every location and step.

use plotters::prelude::DrawingBackend;
use plotters::style::Color;

use super::WrightMap;
use crate::chart::canvas::{Align, Canvas, Face, Frame, Stroke, at};
use crate::chart::dodge::{self, Chip};
use crate::chart::draw::ChartError;
use crate::chart::legend::{Entry, Mark};
use crate::chart::{axis::Scale, text, theme};
use crate::i18n::{Lang, format, phrase};

const RADIUS: f64 = 4.5;
/// Room from the middle of a marker to its label.
const TO_LABEL: f64 = 8.0;
const BETWEEN_COLUMNS: f64 = 9.0;
/// Height of a label with its marker.
const CHIP: f64 = 15.0;

/// A location or a step.
pub(super) struct Marker {
    label: String,
    pub(super) value: f64,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Anchor,
    Other,
    Step,
}

/// The markers from the hardest to the easiest.
pub(super) fn markers(data: &WrightMap) -> Vec<Marker> {
    let mut markers: Vec<Marker> = Vec::new();
    for item in data.items.iter().filter(|item| item.location.is_finite()) {
        let kind = if item.anchor { Kind::Anchor } else { Kind::Other };
        markers.push(Marker { label: item.item.clone(), value: item.location, kind });
        for (index, step) in item.steps.iter().enumerate().filter(|(_, step)| step.is_finite()) {
            let label = format!("{}.{}", item.item, index + 1);
            markers.push(Marker { label, value: *step, kind: Kind::Step });
        }
    }
    markers.sort_by(|a, b| b.value.total_cmp(&a.value).then_with(|| a.label.cmp(&b.label)));
    markers
}

/// Labels short enough for half of `room`; markers that fall off the axis say where they stand.
pub(super) fn named(mut markers: Vec<Marker>, covered: [f64; 2], room: f64, lang: Lang) -> Vec<Marker> {
    let limit = room * 0.5 - TO_LABEL;
    for marker in &mut markers {
        let outside = marker.value < covered[0] - 1e-9 || marker.value > covered[1] + 1e-9;
        let short = text::shorten(&marker.label, limit);
        marker.label = match outside {
            true => text::shorten(&format!("{short} ({})", format::number(lang, marker.value, 1)), limit),
            false => short,
        };
    }
    markers
}

/// One entry for each kind of marker there is.
pub(super) fn entries(markers: &[Marker], lang: Lang) -> impl Iterator<Item = Entry> {
    let colour = theme::arm(0).line;
    let kinds = [
        (Kind::Anchor, "chart.anchor_item", Mark::Dot(colour)),
        (Kind::Other, "chart.other_item", Mark::Ring(colour)),
        (Kind::Step, "chart.item_step", Mark::Diamond(theme::MUTED)),
    ];
    kinds
        .into_iter()
        .filter(|(kind, ..)| markers.iter().any(|marker| marker.kind == *kind))
        .map(move |(_, key, mark)| Entry { label: phrase(lang, key), mark })
}

/// The places of the markers, in their order.
pub(super) fn place(markers: &[Marker], scale: &Scale, room: Frame) -> Vec<Chip> {
    let wanted: Vec<f64> = markers.iter().map(|marker| scale.clamped(marker.value)).collect();
    let widest = text::widest(markers.iter().map(|marker| marker.label.as_str()));
    dodge::place(&wanted, room, RADIUS + TO_LABEL + widest + BETWEEN_COLUMNS, CHIP)
}

/// Markers with their ids; a marker that had to be moved up or down has a stem that ends at its own height.
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &Canvas<'_, DB>,
    markers: &[Marker],
    chips: &[Chip],
) -> Result<(), ChartError> {
    for chip in chips.iter().filter(|chip| chip.is_moved()) {
        let stem = [at(chip.x + RADIUS, chip.y), at(chip.x + RADIUS, chip.wanted)];
        canvas.line(&stem, &Stroke::solid(theme::RULE, 1.0))?;
        let end = [at(chip.x, chip.wanted), at(chip.x + 2.0 * RADIUS, chip.wanted)];
        canvas.line(&end, &Stroke::solid(theme::RULE, 1.0))?;
    }
    let colour = theme::arm(0).line;
    for (marker, chip) in markers.iter().zip(chips) {
        let centre = at(chip.x + RADIUS, chip.y);
        match marker.kind {
            Kind::Anchor => canvas.dot(centre, RADIUS, colour.mix(1.0))?,
            Kind::Other => canvas.ring(centre, RADIUS, &Stroke::solid(colour, 1.75))?,
            Kind::Step => canvas.diamond(centre, 3.5, theme::MUTED.mix(1.0))?,
        }
        let ink = if marker.kind == Kind::Step { theme::MUTED } else { theme::INK };
        canvas.text(&marker.label, at(centre.x + TO_LABEL, chip.y), Face::plain(ink, Align::Left))?;
    }
    Ok(())
}
