//! The flow of participants: boxes from the roster down to the analysis, one column per arm, losses beside the way.

use plotters::prelude::DrawingBackend;
use plotters::style::Color;

use super::canvas::{Align, Canvas, Face, Frame, Point, Stroke, at};
use super::draw::ChartError;
use super::{text, theme};

const EDGE: f64 = 4.0;
const PAD: f64 = 8.0;
/// Height of the arrow between two boxes that share no loss.
const ARROW: f64 = 26.0;
const BETWEEN: f64 = 22.0;
/// Left edge of the words beside an arrow, from the arrow.
const BESIDE: f64 = 12.0;
/// A box is no wider than this: longer lines are hard to read.
const WIDEST: f64 = 330.0;

/// The way of participants through a study.
#[derive(Clone, Debug)]
pub struct Flow {
    /// One column per arm; below one another where there is no room.
    pub arms: Vec<FlowArm>,
}

/// The way through one arm.
#[derive(Clone, Debug)]
pub struct FlowArm {
    /// Name of the arm; blank where there is one group.
    pub label: String,
    /// Boxes from top to bottom.
    pub boxes: Vec<FlowBox>,
}

/// One box with the way to it.
#[derive(Clone, Debug)]
pub struct FlowBox {
    /// Who left or came on the way to this box, in a few words; none on the way to the first.
    pub before: Vec<String>,
    /// What the box is.
    pub title: String,
    /// How many stand in it: schools, persons.
    pub lines: Vec<String>,
}

/// A box with its place and its broken words.
struct Placed {
    frame: Frame,
    title: Vec<String>,
    lines: Vec<String>,
    before: Vec<String>,
    /// Upper end of the arrow to it; none for the first.
    from: Option<f64>,
}

/// A column with its name.
struct Column {
    heading: Vec<String>,
    middle: f64,
    top: f64,
    boxes: Vec<Placed>,
}

fn lay_out(data: &Flow, width: f64) -> Vec<Column> {
    let beside = data.arms.len() > 1 && width >= theme::NARROW;
    let count = if beside { data.arms.len() as f64 } else { 1.0 };
    let room = (width - 2.0 * EDGE - BETWEEN * (count - 1.0)) / count;
    let mut columns = Vec::new();
    let mut top = EDGE;
    for (index, arm) in data.arms.iter().enumerate() {
        let left = EDGE + if beside { index as f64 * (room + BETWEEN) } else { 0.0 };
        if !beside && index > 0 {
            top = bottom(&columns) + BETWEEN;
        }
        columns.push(lay_out_arm(arm, [left, left + room], top));
    }
    align_rows(&mut columns, beside);
    columns
}

fn lay_out_arm(arm: &FlowArm, [left, right]: [f64; 2], top: f64) -> Column {
    let half = ((right - left) / 2.0).min(WIDEST / 2.0);
    let middle = (left + right) / 2.0;
    let inner = 2.0 * (half - PAD);
    let heading =
        if arm.label.trim().is_empty() { Vec::new() } else { text::wrap(&arm.label, right - left, true) };
    let mut y = top + heading.len() as f64 * theme::LINE + if heading.is_empty() { 0.0 } else { 6.0 };
    let mut boxes = Vec::new();
    for (index, own) in arm.boxes.iter().enumerate() {
        let words = |line: &String| text::wrap(line, half - BESIDE - 4.0, false);
        let before: Vec<String> = own.before.iter().flat_map(words).collect();
        let from = (index > 0).then_some(y);
        if index > 0 {
            y += (before.len() as f64 * theme::LINE + 8.0).max(ARROW);
        }
        let title = text::wrap(&own.title, inner, true);
        let lines: Vec<String> = own.lines.iter().flat_map(|line| text::wrap(line, inner, false)).collect();
        let height = (title.len() + lines.len()) as f64 * theme::LINE + 2.0 * PAD - 2.0;
        let frame = Frame { left: middle - half, top: y, right: middle + half, bottom: y + height };
        y = frame.bottom;
        boxes.push(Placed { frame, title, lines, before, from });
    }
    Column { heading, middle, top, boxes }
}

/// Boxes of the same step stand on one height where columns stand side by side.
fn align_rows(columns: &mut [Column], beside: bool) {
    let steps = columns.iter().map(|column| column.boxes.len()).max().unwrap_or(0);
    if !beside {
        return;
    }
    for step in 0..steps {
        let of = |column: &Column| column.boxes.get(step).map(|own| own.frame);
        let top = columns.iter().filter_map(of).map(|frame| frame.top).fold(0.0, f64::max);
        let tallest = columns.iter().filter_map(of).map(|frame| frame.bottom - frame.top).fold(0.0, f64::max);
        for column in columns.iter_mut() {
            let Some(own) = column.boxes.get_mut(step) else { continue };
            let moved = top + tallest - own.frame.bottom;
            (own.frame.top, own.frame.bottom) = (top, top + tallest);
            for later in &mut column.boxes[step + 1..] {
                later.frame.top += moved;
                later.frame.bottom += moved;
                later.from = later.from.map(|from| from + moved);
            }
        }
    }
}

fn bottom(columns: &[Column]) -> f64 {
    let lowest = columns.iter().filter_map(|column| column.boxes.last()).map(|own| own.frame.bottom);
    lowest.fold(EDGE, f64::max)
}

/// Natural height at a width.
pub(super) fn height(data: &Flow, width: f64) -> f64 {
    bottom(&lay_out(data, width)) + EDGE
}

/// Draws boxes and ways.
pub(super) fn draw<DB: DrawingBackend>(data: &Flow, canvas: &Canvas<'_, DB>) -> Result<(), ChartError> {
    for (index, column) in lay_out(data, canvas.width).into_iter().enumerate() {
        let middle = at(column.middle, column.top + column.heading.len() as f64 * theme::LINE / 2.0);
        canvas.lines(&column.heading, middle, Face::bold(theme::arm(index).line, Align::Middle))?;
        for own in &column.boxes {
            draw_way(own, column.middle, canvas)?;
            draw_box(own, canvas)?;
        }
    }
    Ok(())
}

fn draw_box<DB: DrawingBackend>(own: &Placed, canvas: &Canvas<'_, DB>) -> Result<(), ChartError> {
    let Frame { left, top, right, bottom } = own.frame;
    canvas.fill(own.frame, theme::GRID.mix(0.45))?;
    let corners = [at(left, top), at(right, top), at(right, bottom), at(left, bottom), at(left, top)];
    canvas.line(&corners, &Stroke::solid(theme::RULE, 1.25))?;
    let middle = (left + right) / 2.0;
    let title_height = own.title.len() as f64 * theme::LINE;
    let title = at(middle, top + PAD - 1.0 + title_height / 2.0);
    canvas.lines(&own.title, title, Face::bold(theme::INK, Align::Middle))?;
    let lines = at(middle, top + PAD - 1.0 + title_height + own.lines.len() as f64 * theme::LINE / 2.0);
    canvas.lines(&own.lines, lines, Face::plain(theme::INK, Align::Middle))
}

fn draw_way<DB: DrawingBackend>(own: &Placed, x: f64, canvas: &Canvas<'_, DB>) -> Result<(), ChartError> {
    let Some(from) = own.from else { return Ok(()) };
    let to = own.frame.top;
    canvas.line(&[at(x, from), at(x, to - 5.0)], &Stroke::solid(theme::MUTED, 1.5))?;
    let head: [Point; 3] = [at(x - 4.5, to - 8.0), at(x + 4.5, to - 8.0), at(x, to - 0.5)];
    canvas.polygon(&head, theme::MUTED.mix(1.0))?;
    let place = at(x + BESIDE, (from + to) / 2.0 - 1.0);
    canvas.lines(&own.before, place, Face::plain(theme::MUTED, Align::Left))
}
