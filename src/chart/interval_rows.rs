//! Rows of items with an estimate and its interval on an axis that is symmetric around zero.

use plotters::prelude::DrawingBackend;
use plotters::style::{Color, RGBColor};

use super::axis::{self, Scale, TickFormat};
use super::canvas::{Align, Canvas, Face, Frame, Stroke, at};
use super::draw::ChartError;
use super::forest;
use super::legend::{self, Entry, Mark};
use super::{text, theme};
use crate::i18n::{Lang, format, phrase};

pub(super) const EDGE: f64 = 4.0;
const HEAD: f64 = 22.0;
const SPACE: f64 = 14.0;
const ROW: f64 = 20.0;
/// Room for a letter before the printed estimate.
const TAG: f64 = 18.0;
/// Digits after the decimal mark of the printed estimates.
const DECIMALS: usize = 2;
/// As in the forest: a longer interval is cut off with an arrow.
const LONGEST_INTERVAL: f64 = 2.5;

/// What stands for an estimate, from the harmless to the grave: shape and colour both tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Dot,
    Square,
    Diamond,
}

impl Shape {
    pub(super) fn colour(self) -> RGBColor {
        match self {
            Shape::Dot => theme::arm(0).line,
            Shape::Square => theme::FLAG,
            Shape::Diamond => theme::ALARM,
        }
    }

    pub(super) fn mark(self) -> Mark {
        match self {
            Shape::Dot => Mark::Dot(self.colour()),
            Shape::Square => Mark::Square(self.colour()),
            Shape::Diamond => Mark::Diamond(self.colour()),
        }
    }
}

/// One row.
pub(super) struct Row<'a> {
    pub(super) label: &'a str,
    pub(super) estimate: f64,
    pub(super) ci: Option<[f64; 2]>,
    pub(super) shape: Shape,
    /// A letter before the printed estimate.
    pub(super) tag: &'static str,
}

/// A chart of rows: what the kinds of it have in common.
pub(super) struct Rows<'a> {
    pub(super) axis: &'a str,
    pub(super) entries: Vec<Entry>,
    /// What the lower and the upper half mean.
    pub(super) ends: [String; 2],
    /// The axis reaches at least as far to both sides.
    pub(super) reach: f64,
    pub(super) rows: Vec<Row<'a>>,
}

/// Places of columns and rows.
pub(super) struct Layout {
    label_lines: Vec<Vec<String>>,
    printed: Vec<String>,
    tag_x: f64,
    ends: [Vec<String>; 2],
    /// Left and right edge of the words that name the halves.
    ends_span: [f64; 2],
    pub(super) plot: Frame,
    edges: Vec<f64>,
}

fn printed(row: &Row<'_>, lang: Lang) -> String {
    let estimate = format::number(lang, row.estimate, DECIMALS);
    match row.ci {
        Some(ci) if row.estimate.is_finite() => format!("{estimate} {}", format::bracket(lang, ci, DECIMALS)),
        _ => estimate,
    }
}

fn lay_out(data: &Rows<'_>, width: f64, lang: Lang) -> Layout {
    let narrow = width < theme::NARROW;
    let printed: Vec<String> = data.rows.iter().map(|row| printed(row, lang)).collect();
    let header = phrase(lang, "chart.estimate_header");
    let printed_width = printed
        .iter()
        .map(|words| text::width(words, theme::TEXT, true))
        .fold(text::plain_width(&header), f64::max);
    let has_tags = data.rows.iter().any(|row| !row.tag.is_empty());
    let tag_x = width - EDGE - printed_width - if has_tags { TAG } else { 0.0 };
    let limit = if narrow { width * 0.24 } else { width * 0.32 };
    let label_lines: Vec<Vec<String>> =
        data.rows.iter().map(|row| text::wrap(row.label, limit, row.shape != Shape::Dot)).collect();
    let label_width =
        label_lines.iter().flatten().map(|line| text::width(line, theme::TEXT, true)).fold(0.0, f64::max);
    let (left, right) = (EDGE + label_width + SPACE, tag_x - SPACE);
    let ends_span = if narrow { [EDGE, width - EDGE] } else { [left, right] };
    let ends_limit = (ends_span[1] - ends_span[0]) / 2.0 - 8.0;
    let ends = [
        text::wrap(&format!("← {}", data.ends[0]), ends_limit, false),
        text::wrap(&format!("{} →", data.ends[1]), ends_limit, false),
    ];
    let words = ends[0].len().max(ends[1].len()) as f64 * theme::LINE;
    let top = legend::height(&data.entries, width - 2.0 * EDGE) + 6.0 + words + HEAD;
    let mut edges = vec![top];
    let mut bottom = top;
    for lines in &label_lines {
        bottom += (lines.len() as f64 * theme::LINE + 3.0).max(ROW);
        edges.push(bottom);
    }
    let plot = Frame { left, top, right, bottom: bottom + 4.0 };
    Layout { label_lines, printed, tag_x, ends, ends_span, plot, edges }
}

/// Natural height at a width.
pub(super) fn height(data: &Rows<'_>, width: f64, lang: Lang) -> f64 {
    lay_out(data, width, lang).plot.bottom + axis::horizontal_height(data.axis, width - 8.0) + 6.0
}

/// How far the axis reaches to both sides.
fn reach(data: &Rows<'_>) -> f64 {
    let halves = data.rows.iter().filter_map(|row| row.ci.map(|ci| (ci[1] - ci[0]) / 2.0));
    let mut halves: Vec<f64> = halves.filter(|half| half.is_finite()).collect();
    halves.sort_by(f64::total_cmp);
    let longest = halves.get(halves.len() / 2).map_or(f64::INFINITY, |median| median * LONGEST_INTERVAL);
    let ends = data.rows.iter().filter(|row| row.estimate.is_finite()).flat_map(|row| {
        let ci = row.ci.unwrap_or([f64::NAN; 2]);
        [row.estimate, ci[0].max(row.estimate - longest), ci[1].min(row.estimate + longest)]
    });
    let farthest = ends.filter(|end| end.is_finite()).map(f64::abs).fold(0.0, f64::max);
    let least = if data.reach.is_finite() { data.reach.abs() } else { 0.0 };
    axis::sound_range(0.0, farthest.max(least).max(1e-3))[1] * 1.06
}

/// Draws the rows; `ground` draws what lies below them.
pub(super) fn draw<DB: DrawingBackend>(
    data: &Rows<'_>,
    canvas: &Canvas<'_, DB>,
    ground: impl Fn(&Scale, Frame) -> Result<(), ChartError>,
) -> Result<(), ChartError> {
    let layout = lay_out(data, canvas.width, canvas.lang);
    let plot = layout.plot;
    let reach = reach(data);
    let scale = Scale { values: [-reach, reach], places: [plot.left, plot.right] };
    legend::draw(canvas, &data.entries, at(EDGE, 0.0), canvas.width - 2.0 * EDGE)?;
    axis::draw_horizontal(canvas, &scale, plot, data.axis, TickFormat::Number)?;
    ground(&scale, plot)?;
    let zero = scale.place(0.0);
    canvas.line(&[at(zero, plot.top), at(zero, plot.bottom)], &Stroke::solid(theme::MUTED, 1.5))?;
    draw_head(canvas, &layout)?;
    for (index, row) in data.rows.iter().enumerate() {
        draw_row(row, index, canvas, &layout, &scale)?;
    }
    Ok(())
}

fn draw_head<DB: DrawingBackend>(canvas: &Canvas<'_, DB>, layout: &Layout) -> Result<(), ChartError> {
    let y = layout.plot.top - HEAD / 2.0 - 1.0;
    let header = phrase(canvas.lang, "chart.estimate_header");
    canvas.text(&header, at(canvas.width - EDGE, y), Face::plain(theme::MUTED, Align::Right))?;
    let sides = [Align::Left, Align::Right];
    for ((lines, x), align) in layout.ends.iter().zip(layout.ends_span).zip(sides) {
        let middle = layout.plot.top - HEAD - lines.len() as f64 * theme::LINE / 2.0;
        canvas.lines(lines, at(x, middle), Face::plain(theme::MUTED, align))?;
    }
    Ok(())
}

fn draw_row<DB: DrawingBackend>(
    row: &Row<'_>,
    index: usize,
    canvas: &Canvas<'_, DB>,
    layout: &Layout,
    scale: &Scale,
) -> Result<(), ChartError> {
    let y = (layout.edges[index] + layout.edges[index + 1]) / 2.0 + 2.0;
    let bold = row.shape != Shape::Dot;
    let face = |align| Face { colour: theme::INK, bold, align };
    canvas.lines(&layout.label_lines[index], at(EDGE, y), face(Align::Left))?;
    canvas.text(row.tag, at(layout.tag_x, y), Face::bold(row.shape.colour(), Align::Left))?;
    canvas.text(&layout.printed[index], at(canvas.width - EDGE, y), face(Align::Right))?;
    if !row.estimate.is_finite() {
        return Ok(());
    }
    let colour = row.shape.colour();
    let ci = row.ci.filter(|ci| !ci[0].is_nan() && !ci[1].is_nan());
    forest::draw_interval(canvas, scale, ci, y, &Stroke::solid(colour, 1.75))?;
    let centre = at(scale.clamped(row.estimate), y);
    match row.shape {
        Shape::Dot => canvas.dot(centre, 4.5, colour.mix(1.0)),
        Shape::Square => canvas.open_square(centre, 5.0, &Stroke::solid(colour, 1.75)),
        Shape::Diamond => canvas.diamond(centre, 6.5, colour.mix(1.0)),
    }
}
