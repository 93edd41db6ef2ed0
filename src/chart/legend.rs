//! Keys to colours and lines, in rows that wrap.

use plotters::prelude::DrawingBackend;
use plotters::style::{Color, RGBColor};

use super::canvas::{Align, Canvas, Face, Frame, Point, Stroke, at};
use super::draw::ChartError;
use super::{text, theme};

/// Height of one row of a legend.
pub(super) const ROW: f64 = 20.0;
const SWATCH: f64 = 14.0;
const LINE_SWATCH: f64 = 30.0;
const SPACE: f64 = 6.0;
const BETWEEN: f64 = 18.0;

/// One entry.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) label: String,
    pub(super) mark: Mark,
}

/// What stands before the words.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mark {
    Box(RGBColor),
    Line(Stroke),
    Dot(RGBColor),
    Ring(RGBColor),
    Square(RGBColor),
    Diamond(RGBColor),
    /// A fill with an outline above it.
    Area(theme::Series),
}

impl Mark {
    fn width(self) -> f64 {
        match self {
            Mark::Line(_) => LINE_SWATCH,
            Mark::Box(_)
            | Mark::Dot(_)
            | Mark::Ring(_)
            | Mark::Square(_)
            | Mark::Diamond(_)
            | Mark::Area(_) => SWATCH,
        }
    }
}

/// An entry with its place: left edge, row, broken words.
struct Placed<'a> {
    entry: &'a Entry,
    left: f64,
    row: usize,
    lines: Vec<String>,
}

/// Puts entries side by side and on to the next row where the width is used up.
fn place(entries: &[Entry], width: f64) -> Vec<Placed<'_>> {
    let (mut left, mut row) = (0.0, 0);
    let mut placed: Vec<Placed<'_>> = Vec::new();
    for entry in entries {
        let lead = entry.mark.width() + SPACE;
        let lines = text::wrap(&entry.label, width - lead, false);
        let full = lead + text::widest(lines.iter().map(String::as_str));
        if left > 0.0 && left + full > width {
            row += placed
                .iter()
                .filter(|other| other.row == row)
                .map(|other| other.lines.len())
                .max()
                .unwrap_or(1);
            left = 0.0;
        }
        placed.push(Placed { entry, left, row, lines });
        left += full + BETWEEN;
    }
    placed
}

/// Height of a legend of `width` px.
pub(super) fn height(entries: &[Entry], width: f64) -> f64 {
    place(entries, width).iter().map(|placed| placed.row + placed.lines.len()).max().unwrap_or(0) as f64 * ROW
}

/// Draws a legend whose upper left corner is `corner`.
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &Canvas<'_, DB>,
    entries: &[Entry],
    corner: Point,
    width: f64,
) -> Result<(), ChartError> {
    for placed in place(entries, width) {
        let y = corner.y + (placed.row as f64 + 0.5) * ROW;
        let left = corner.x + placed.left;
        draw_mark(canvas, placed.entry.mark, at(left, y))?;
        let words = at(left + placed.entry.mark.width() + SPACE, y);
        for (index, line) in placed.lines.iter().enumerate() {
            let line_at = at(words.x, words.y + index as f64 * ROW);
            canvas.text(line, line_at, Face::plain(theme::INK, Align::Left))?;
        }
    }
    Ok(())
}

/// Draws a mark with its left end at `left`.
fn draw_mark<DB: DrawingBackend>(canvas: &Canvas<'_, DB>, mark: Mark, left: Point) -> Result<(), ChartError> {
    let centre = at(left.x + SWATCH / 2.0, left.y);
    let half = SWATCH / 2.0;
    let frame = Frame { left: left.x, top: left.y - half, right: left.x + SWATCH, bottom: left.y + half };
    match mark {
        Mark::Box(colour) => canvas.fill(frame, colour.mix(1.0)),
        Mark::Diamond(colour) => canvas.diamond(centre, 4.5, colour.mix(1.0)),
        Mark::Area(look) => {
            let Frame { left, top, right, bottom } = frame;
            canvas.fill(frame, look.fill.mix(look.cover))?;
            let corners = [at(left, top), at(right, top), at(right, bottom), at(left, bottom), at(left, top)];
            canvas.line(&corners, &Stroke::of(look))
        }
        Mark::Line(stroke) => canvas.line(&[left, at(left.x + LINE_SWATCH, left.y)], &stroke),
        Mark::Dot(colour) => canvas.dot(centre, 4.5, colour.mix(1.0)),
        Mark::Ring(colour) => canvas.ring(centre, 4.5, &Stroke::solid(colour, 1.75)),
        Mark::Square(colour) => canvas.open_square(centre, 5.0, &Stroke::solid(colour, 1.75)),
    }
}
