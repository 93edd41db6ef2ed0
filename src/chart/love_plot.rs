//! Differences between groups before the programme, one characteristic a row, with the bands of equivalence.

use plotters::prelude::DrawingBackend;
use plotters::style::Color;

use super::axis::{self, Scale, TickFormat};
use super::canvas::{Align, Canvas, Face, Frame, Stroke, at};
use super::draw::ChartError;
use super::legend::{self, Entry, Mark};
use super::{text, theme};
use crate::i18n::format;

const EDGE: f64 = 4.0;
const SPACE: f64 = 14.0;
const ROW: f64 = 24.0;
/// Room above the plot for the numbers of the limits.
const HEAD: f64 = 20.0;

/// Standardised differences between two groups.
#[derive(Clone, Debug)]
pub struct LovePlot {
    /// What the axis shows.
    pub axis: String,
    /// Who is compared: the persons behind the estimate (filled), everybody (open).
    pub samples: [String; 2],
    /// Sizes up to which groups are alike as they are, and up to which an adjustment mends it: 0.05 and 0.25.
    pub limits: [f64; 2],
    /// The characteristics from top to bottom.
    pub rows: Vec<LoveRow>,
}

/// One characteristic of a [`LovePlot`].
#[derive(Clone, Debug)]
pub struct LoveRow {
    /// Its name.
    pub label: String,
    /// The difference among the persons behind the estimate.
    pub analysed: Option<f64>,
    /// The difference among everybody.
    pub everybody: Option<f64>,
}

/// Places of rows and words.
struct Layout {
    /// Labels stand above the marks, not beside them.
    above: bool,
    entries: Vec<Entry>,
    label_lines: Vec<Vec<String>>,
    plot: Frame,
    /// Upper edge of each row, and the lower edge of the last.
    edges: Vec<f64>,
}

fn lay_out(data: &LovePlot, width: f64) -> Layout {
    let above = width < theme::NARROW;
    let colour = theme::arm(0).line;
    let [analysed, everybody] = data.samples.clone();
    let mut entries = vec![Entry { label: analysed, mark: Mark::Dot(colour) }];
    if data.rows.iter().any(|row| row.everybody.is_some()) {
        entries.push(Entry { label: everybody, mark: Mark::Ring(theme::MUTED) });
    }
    let limit = if above { width - 2.0 * EDGE } else { width * 0.36 };
    let label_lines: Vec<Vec<String>> =
        data.rows.iter().map(|row| text::wrap(&row.label, limit, false)).collect();
    let label_width = text::widest(label_lines.iter().flatten().map(String::as_str));
    let top = legend::height(&entries, width - 2.0 * EDGE) + HEAD;
    let mut edges = vec![top];
    let mut bottom = top;
    for lines in &label_lines {
        let words = lines.len() as f64 * theme::LINE;
        bottom += if above { words + ROW } else { (words + 6.0).max(ROW) };
        edges.push(bottom);
    }
    let left = if above { EDGE + 10.0 } else { EDGE + label_width + SPACE };
    let plot = Frame { left, top, right: width - EDGE - 14.0, bottom: bottom + 4.0 };
    Layout { above, entries, label_lines, plot, edges }
}

/// Natural height at a width.
pub(super) fn height(data: &LovePlot, width: f64) -> f64 {
    lay_out(data, width).plot.bottom + axis::horizontal_height(&data.axis, width - 8.0) + 6.0
}

/// How far the axis reaches to both sides: past the outer limit and every difference.
fn reach(data: &LovePlot) -> f64 {
    let sizes = data.rows.iter().flat_map(|row| [row.analysed, row.everybody]).flatten();
    let farthest = sizes.chain(data.limits).filter(|size| size.is_finite()).map(f64::abs).fold(0.1, f64::max);
    farthest * 1.15
}

/// Draws the rows over the bands.
pub(super) fn draw<DB: DrawingBackend>(data: &LovePlot, canvas: &Canvas<'_, DB>) -> Result<(), ChartError> {
    let layout = lay_out(data, canvas.width);
    let plot = layout.plot;
    let reach = reach(data);
    let scale = Scale { values: [-reach, reach], places: [plot.left, plot.right] };
    legend::draw(canvas, &layout.entries, at(EDGE, 0.0), canvas.width - 2.0 * EDGE)?;
    draw_bands(data, canvas, &scale, plot)?;
    axis::draw_horizontal(canvas, &scale, plot, &data.axis, TickFormat::Number)?;
    draw_limits(data, canvas, &scale, plot)?;
    for (index, row) in data.rows.iter().enumerate() {
        draw_row(row, index, canvas, &layout, &scale)?;
    }
    Ok(())
}

/// Grounds of the bands: none where groups are alike, darker the further they are apart.
fn draw_bands<DB: DrawingBackend>(
    data: &LovePlot,
    canvas: &Canvas<'_, DB>,
    scale: &Scale,
    plot: Frame,
) -> Result<(), ChartError> {
    let [near, far] = data.limits;
    for side in [-1.0, 1.0] {
        for (ends, shade) in [([near, far], 0.10), ([far, scale.values[1]], 0.22)] {
            let [one, other] = ends.map(|end| scale.clamped(side * end));
            let (left, right) = (one.min(other), one.max(other));
            canvas.fill(Frame { left, right, ..plot }, theme::FLAG_GROUND.mix(shade))?;
        }
    }
    Ok(())
}

fn draw_limits<DB: DrawingBackend>(
    data: &LovePlot,
    canvas: &Canvas<'_, DB>,
    scale: &Scale,
    plot: Frame,
) -> Result<(), ChartError> {
    let zero = scale.place(0.0);
    canvas.line(&[at(zero, plot.top), at(zero, plot.bottom)], &Stroke::solid(theme::MUTED, 1.5))?;
    for (place, limit) in data.limits.into_iter().enumerate() {
        let dash = Some(if place == 0 { [2.5, 3.0] } else { [7.0, 3.0] });
        let stroke = Stroke { dash, ..Stroke::solid(theme::FLAG, 1.25) };
        for value in [-limit, limit] {
            let x = scale.clamped(value);
            canvas.line(&[at(x, plot.top), at(x, plot.bottom)], &stroke)?;
            let words = format::number(canvas.lang, value, 2);
            if has_room(data, scale, place, value, text::plain_width(&words)) {
                let face = Face::plain(theme::FLAG, Align::Middle);
                canvas.text(&words, at(x, plot.top - HEAD / 2.0), face)?;
            }
        }
    }
    Ok(())
}

/// Whether the number of a limit has room beside the others. The right outer one always stands; the inner ones are so
/// close to each other that only the right one may.
fn has_room(data: &LovePlot, scale: &Scale, place: usize, value: f64, width: f64) -> bool {
    let [near, far] = data.limits;
    let apart = |one: f64, other: f64| (scale.clamped(one) - scale.clamped(other)).abs() > width + 8.0;
    match (place, value > 0.0) {
        (0, true) => apart(near, far) && apart(near, -far),
        (0, false) => false,
        (_, true) => true,
        (_, false) => apart(far, -far),
    }
}

fn draw_row<DB: DrawingBackend>(
    row: &LoveRow,
    index: usize,
    canvas: &Canvas<'_, DB>,
    layout: &Layout,
    scale: &Scale,
) -> Result<(), ChartError> {
    let (top, bottom) = (layout.edges[index], layout.edges[index + 1]);
    let lines = &layout.label_lines[index];
    let face = Face::plain(theme::INK, Align::Left);
    let y = if layout.above {
        let words = lines.len() as f64 * theme::LINE;
        canvas.lines_on_paper(lines, at(EDGE, top + words / 2.0 + 3.0), face)?;
        top + words + 11.0
    } else {
        let y = (top + bottom) / 2.0;
        canvas.lines(lines, at(EDGE, y), face)?;
        y
    };
    if let Some(size) = row.everybody {
        canvas.ring(at(scale.clamped(size), y), 6.5, &Stroke::solid(theme::MUTED, 1.75))?;
    }
    if let Some(size) = row.analysed {
        canvas.dot(at(scale.clamped(size), y), 4.5, theme::arm(0).line.mix(1.0))?;
    }
    Ok(())
}
