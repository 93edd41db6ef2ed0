//! Estimates with intervals, one a row, around a reference line.

use plotters::prelude::DrawingBackend;
use plotters::style::Color;

use super::axis::{self, Scale, TickFormat};
use super::canvas::{Align, Canvas, Face, Frame, Stroke, at};
use super::draw::ChartError;
use super::legend::{self, Entry, Mark};
use super::{Forest, ForestKind, ForestRow, text, theme};
use crate::i18n::{Lang, format, phrase, phrase_with};

const EDGE: f64 = 4.0;
const HEAD: f64 = 24.0;
const SPACE: f64 = 14.0;
/// An interval longer than this many times the median interval is cut off with an arrow, so that one tiny
/// school does not squeeze all the others.
const LONGEST_INTERVAL: f64 = 2.5;

/// Places of the columns and rows.
struct Layout {
    /// Row labels stand above the marks, not beside them.
    above: bool,
    /// The key, where there are marks of two kinds.
    entries: Vec<Entry>,
    label_lines: Vec<Vec<String>>,
    printed: Vec<String>,
    /// Right edge of the column of n.
    n_right: f64,
    plot: Frame,
    /// Upper edge of each row, and the lower edge of the last.
    edges: Vec<f64>,
}

/// "3.4 [1.2; 5.6]".
fn printed(row: &ForestRow, decimals: usize, lang: Lang) -> String {
    let estimate = format::number(lang, row.estimate, decimals);
    match row.ci {
        Some(ci) if row.estimate.is_finite() => format!("{estimate} {}", format::bracket(lang, ci, decimals)),
        _ => estimate,
    }
}

fn label(row: &ForestRow, above: bool, lang: Lang) -> String {
    match row.n {
        Some(n) if above => {
            let n = phrase_with(lang, "chart.n_equals", &[("n", &format::count(lang, n))]);
            format!("{} ({n})", row.label)
        }
        _ => row.label.clone(),
    }
}

fn entries(data: &Forest, lang: Lang) -> Vec<Entry> {
    if data.rows.iter().all(|row| row.kind != ForestKind::Comparison) {
        return Vec::new();
    }
    let entry = |key, mark| Entry { label: phrase(lang, key), mark };
    vec![
        entry("chart.program_unit", Mark::Dot(theme::arm(0).line)),
        entry("chart.comparison_unit", Mark::Square(theme::arm(1).line)),
    ]
}

fn lay_out(data: &Forest, width: f64, lang: Lang) -> Layout {
    let above = width < theme::NARROW;
    let printed: Vec<String> = data.rows.iter().map(|row| printed(row, data.decimals, lang)).collect();
    let header = phrase(lang, "chart.estimate_header");
    let printed_width = text::widest(printed.iter().map(String::as_str).chain([header.as_str()])) * 1.06;
    let label_limit = if above { width - 2.0 * EDGE } else { width * 0.36 };
    let label_lines: Vec<Vec<String>> = data
        .rows
        .iter()
        .map(|row| text::wrap(&label(row, above, lang), label_limit, row.kind == ForestKind::Overall))
        .collect();
    let label_width =
        label_lines.iter().flatten().map(|line| text::width(line, theme::TEXT, true)).fold(0.0, f64::max);
    let n_width = if above || data.rows.iter().all(|row| row.n.is_none()) { 0.0 } else { 44.0 };
    let n_right = EDGE + label_width + n_width;
    let entries = entries(data, lang);
    let top = HEAD + legend::height(&entries, width - 2.0 * EDGE);
    let mut edges = vec![top];
    for lines in &label_lines {
        let words = lines.len() as f64 * theme::LINE;
        let row = if above { words + 24.0 } else { (words + 8.0).max(24.0) };
        edges.push(edges.last().copied().unwrap_or(top) + row);
    }
    let plot = Frame {
        left: if above { EDGE + 8.0 } else { n_right + SPACE },
        top,
        right: width - EDGE - printed_width - SPACE,
        bottom: edges.last().copied().unwrap_or(top) + 4.0,
    };
    Layout { above, entries, label_lines, printed, n_right, plot, edges }
}

/// Natural height at a width.
pub(super) fn height(data: &Forest, width: f64) -> f64 {
    lay_out(data, width, Lang::default()).plot.bottom + axis::horizontal_height(&data.axis, width - 8.0) + 6.0
}

/// The values the axis covers: every estimate, the reference, and intervals up to a sensible length.
fn covered(data: &Forest) -> [f64; 2] {
    let mut lengths: Vec<f64> = data
        .rows
        .iter()
        .filter_map(|row| row.ci)
        .map(|ci| ci[1] - ci[0])
        .filter(|length| length.is_finite())
        .collect();
    lengths.sort_by(f64::total_cmp);
    let longest =
        lengths.get(lengths.len() / 2).map_or(f64::INFINITY, |median| median * LONGEST_INTERVAL / 2.0);
    let ends = data.rows.iter().flat_map(|row| {
        let ci = row.ci.filter(|_| row.estimate.is_finite()).unwrap_or([f64::NAN; 2]);
        [row.estimate, ci[0].max(row.estimate - longest), ci[1].min(row.estimate + longest)]
    });
    let [low, high] = axis::hull(ends.chain([data.reference]));
    let room = (high - low) * 0.04;
    [low - room, high + room]
}

/// Draws the table with its marks.
pub(super) fn draw<DB: DrawingBackend>(data: &Forest, canvas: &Canvas<'_, DB>) -> Result<(), ChartError> {
    let layout = lay_out(data, canvas.width, canvas.lang);
    let plot = layout.plot;
    let scale = Scale { values: covered(data), places: [plot.left, plot.right] };
    axis::draw_horizontal(canvas, &scale, plot, &data.axis, TickFormat::Number)?;
    for row in data.rows.iter().filter(|row| row.kind == ForestKind::Overall) {
        let Some([low, high]) = row.ci else { continue };
        let (left, right) = (scale.clamped(low), scale.clamped(high));
        canvas.fill(Frame { left, right, ..plot }, theme::arm(0).line.mix(0.12))?;
    }
    if data.reference.is_finite() {
        let x = scale.place(data.reference);
        canvas.line(&[at(x, plot.top), at(x, plot.bottom)], &Stroke::solid(theme::MUTED, 1.5))?;
    }
    draw_head(data, canvas, &layout)?;
    for (index, row) in data.rows.iter().enumerate() {
        let opens_overall =
            row.kind == ForestKind::Overall && index > 0 && data.rows[index - 1].kind != row.kind;
        if opens_overall {
            let y = layout.edges[index];
            canvas.line(&[at(EDGE, y), at(canvas.width - EDGE, y)], &Stroke::solid(theme::RULE, 1.0))?;
        }
        draw_row(row, index, canvas, &layout, &scale)?;
    }
    Ok(())
}

fn draw_head<DB: DrawingBackend>(
    data: &Forest,
    canvas: &Canvas<'_, DB>,
    layout: &Layout,
) -> Result<(), ChartError> {
    let face = Face::plain(theme::MUTED, Align::Right);
    legend::draw(canvas, &layout.entries, at(EDGE, 0.0), canvas.width - 2.0 * EDGE)?;
    let y = layout.plot.top - HEAD / 2.0 - 1.0;
    canvas.text(&phrase(canvas.lang, "chart.estimate_header"), at(canvas.width - EDGE, y), face)?;
    if !layout.above && data.rows.iter().any(|row| row.n.is_some()) {
        canvas.text(&phrase(canvas.lang, "chart.n"), at(layout.n_right, y), face)?;
    }
    Ok(())
}

fn draw_row<DB: DrawingBackend>(
    row: &ForestRow,
    index: usize,
    canvas: &Canvas<'_, DB>,
    layout: &Layout,
    scale: &Scale,
) -> Result<(), ChartError> {
    let (top, bottom) = (layout.edges[index], layout.edges[index + 1]);
    let lines = &layout.label_lines[index];
    let words = lines.len() as f64 * theme::LINE;
    let y = if layout.above { top + words + 11.0 } else { (top + bottom) / 2.0 };
    let words_y = if layout.above { top + words / 2.0 + 3.0 } else { y };
    let face = |align| Face { colour: theme::INK, bold: row.kind == ForestKind::Overall, align };
    if layout.above {
        canvas.lines_on_paper(lines, at(EDGE, words_y), face(Align::Left))?;
    } else {
        canvas.lines(lines, at(EDGE, words_y), face(Align::Left))?;
    }
    canvas.text(&layout.printed[index], at(canvas.width - EDGE, y), face(Align::Right))?;
    if let Some(n) = row.n.filter(|_| !layout.above) {
        canvas.text(&format::count(canvas.lang, n), at(layout.n_right, y), face(Align::Right))?;
    }
    draw_marks(row, canvas, scale, y)
}

fn draw_marks<DB: DrawingBackend>(
    row: &ForestRow,
    canvas: &Canvas<'_, DB>,
    scale: &Scale,
    y: f64,
) -> Result<(), ChartError> {
    if !row.estimate.is_finite() {
        return Ok(());
    }
    let x = scale.clamped(row.estimate);
    let ci = row.ci.filter(|ci| !ci[0].is_nan() && !ci[1].is_nan());
    match row.kind {
        ForestKind::Overall => {
            let [left, right] = ci.map_or([x - 7.0, x + 7.0], |ci| ci.map(|end| scale.clamped(end)));
            let corners = [at(left, y), at(x, y - 7.0), at(right, y), at(x, y + 7.0)];
            canvas.polygon(&corners, theme::INK.mix(1.0))
        }
        ForestKind::Unit => {
            let colour = theme::arm(0).line;
            draw_interval(canvas, scale, ci, y, &Stroke::solid(colour, 1.75))?;
            canvas.dot(at(x, y), 4.5, colour.mix(1.0))
        }
        ForestKind::Comparison => {
            let colour = theme::arm(1).line;
            draw_interval(canvas, scale, ci, y, &Stroke::solid(colour, 1.75))?;
            canvas.open_square(at(x, y), 5.0, &Stroke::solid(colour, 1.75))
        }
    }
}

/// The line of an interval, with an arrow head where it goes on beyond the axis.
pub(super) fn draw_interval<DB: DrawingBackend>(
    canvas: &Canvas<'_, DB>,
    scale: &Scale,
    ci: Option<[f64; 2]>,
    y: f64,
    stroke: &Stroke,
) -> Result<(), ChartError> {
    let Some(ci) = ci else { return Ok(()) };
    let [left, right] = ci.map(|end| scale.clamped(end));
    canvas.line(&[at(left, y), at(right, y)], stroke)?;
    if ci[0] < scale.values[0] {
        canvas
            .polygon(&[at(left - 1.0, y), at(left + 7.0, y - 4.5), at(left + 7.0, y + 4.5)], stroke.colour)?;
    }
    if ci[1] > scale.values[1] {
        canvas.polygon(
            &[at(right + 1.0, y), at(right - 7.0, y - 4.5), at(right - 7.0, y + 4.5)],
            stroke.colour,
        )?;
    }
    Ok(())
}
