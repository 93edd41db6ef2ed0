//! Power against the number of schools, one curve for each size of effect, labelled at its end.

use plotters::prelude::DrawingBackend;

use super::axis::{self, Scale, TickFormat};
use super::canvas::{Align, Canvas, Face, Frame, Stroke, at};
use super::curve::{self, CurvePoint};
use super::draw::ChartError;
use super::spread::{Wish, spread};
use super::{text, theme};
use crate::i18n::{Lang, format, phrase, phrase_with};

/// Power by the number of units.
#[derive(Clone, Debug)]
pub struct PowerCurves {
    /// What is counted: the number of schools.
    pub axis: String,
    /// The wanted power, a fraction of 1: a line across.
    pub wanted: f64,
    /// The number of units that is planned or at hand: a line down.
    pub present: f64,
    /// Its words.
    pub present_label: String,
    /// One curve per effect; up to four can be told apart.
    pub lines: Vec<PowerLine>,
}

/// One curve of [`PowerCurves`].
#[derive(Clone, Debug)]
pub struct PowerLine {
    /// The effect, and what it needs.
    pub label: String,
    /// Whether it is the one that matters most: it is drawn thicker.
    pub leading: bool,
    /// Number of units (in the place of ability) and power.
    pub points: Vec<CurvePoint>,
}

const EDGE: f64 = 4.0;
const LEFT: f64 = 50.0;
/// Room between the ends of the curves and their labels.
const LEADS: f64 = 22.0;
const TOP: f64 = 2.0 * theme::LINE + 10.0;
const PLOT: f64 = 240.0;
const LABEL_LINE: f64 = 18.0;

struct Layout {
    plot: Frame,
    labels_left: f64,
    labels: Vec<Vec<String>>,
    natural: f64,
}

pub(super) fn is_drawable(data: &PowerCurves) -> bool {
    data.lines.iter().any(|line| line.points.len() > 1)
}

fn lay_out(data: &PowerCurves, width: f64, height: Option<f64>) -> Layout {
    let limit = if width < theme::NARROW { width * 0.32 } else { width * 0.34 };
    let labels: Vec<Vec<String>> =
        data.lines.iter().map(|line| text::wrap(&line.label, limit, line.leading)).collect();
    let widest = data
        .lines
        .iter()
        .zip(&labels)
        .flat_map(|(line, words)| words.iter().map(|word| text::width(word, theme::TEXT, line.leading)))
        .fold(0.0, f64::max);
    let labels_left = width - EDGE - widest;
    let foot = axis::horizontal_height(&data.axis, width - 8.0) + 6.0;
    let natural = TOP + PLOT + foot;
    let bottom = height.unwrap_or(natural).max(natural) - foot;
    let plot = Frame { left: LEFT, top: TOP, right: labels_left - LEADS, bottom };
    Layout { plot, labels_left, labels, natural }
}

/// Natural height at a width.
pub(super) fn height(data: &PowerCurves, width: f64) -> f64 {
    lay_out(data, width, None).natural
}

/// Draws the curves over the lines of the wanted power and the present number.
pub(super) fn draw<DB: DrawingBackend>(
    data: &PowerCurves,
    canvas: &Canvas<'_, DB>,
) -> Result<(), ChartError> {
    let layout = lay_out(data, canvas.width, Some(canvas.height));
    let plot = layout.plot;
    let range = axis::hull(data.lines.iter().flat_map(|line| &line.points).map(|point| point.ability));
    let x = Scale { values: range, places: [plot.left, plot.right] };
    let y = Scale { values: [0.0, 1.0], places: [plot.bottom, plot.top] };
    let title = phrase(canvas.lang, "chart.power");
    canvas.text(&title, at(EDGE, theme::LINE / 2.0 + 2.0), Face::plain(theme::MUTED, Align::Left))?;
    axis::draw_vertical(canvas, &y, plot, TickFormat::Percent)?;
    axis::draw_horizontal(canvas, &x, plot, &data.axis, TickFormat::Number)?;
    draw_references(data, canvas, plot, &x, &y)?;
    for (line, series) in data.lines.iter().zip(looks(data)) {
        let stroke = Stroke { width: if line.leading { 3.5 } else { 2.0 }, ..Stroke::of(series) };
        for path in curve::paths(&line.points, &x, &y) {
            canvas.line(&path, &stroke)?;
        }
    }
    draw_labels(data, canvas, &layout, &x, &y)
}

/// Colour and dash of every curve, which both tell them apart, also in a grey print: the leading one is solid.
fn looks(data: &PowerCurves) -> Vec<theme::Series> {
    let mut others = 0;
    let mut look = |line: &PowerLine| {
        others += usize::from(!line.leading);
        theme::arm(if line.leading { 0 } else { others })
    };
    data.lines.iter().map(&mut look).collect()
}

/// The wanted power across, the present number down, each with its words.
fn draw_references<DB: DrawingBackend>(
    data: &PowerCurves,
    canvas: &Canvas<'_, DB>,
    plot: Frame,
    x: &Scale,
    y: &Scale,
) -> Result<(), ChartError> {
    let reference = Stroke { dash: Some([4.0, 3.0]), ..Stroke::solid(theme::MUTED, 1.25) };
    if data.wanted > 0.0 && data.wanted < 1.0 {
        let height = y.place(data.wanted);
        canvas.line(&[at(plot.left, height), at(plot.right, height)], &reference)?;
    }
    if data.present >= x.values[0] && data.present <= x.values[1] {
        let across = x.place(data.present);
        canvas.line(&[at(across, plot.top - 4.0), at(across, plot.bottom)], &reference)?;
        let half = text::width(&data.present_label, theme::TEXT, false) / 2.0;
        let middle = across.clamp(EDGE + half, (canvas.width - EDGE - half).max(EDGE + half));
        let place = at(middle, plot.top - 4.0 - theme::LINE / 2.0);
        canvas.text(&data.present_label, place, Face::plain(theme::INK, Align::Middle))?;
    }
    Ok(())
}

fn draw_labels<DB: DrawingBackend>(
    data: &PowerCurves,
    canvas: &Canvas<'_, DB>,
    layout: &Layout,
    x: &Scale,
    y: &Scale,
) -> Result<(), ChartError> {
    let plot = layout.plot;
    let ends: Vec<f64> = data
        .lines
        .iter()
        .map(|line| line.points.last().map_or(plot.bottom, |end| y.clamped(end.value)))
        .collect();
    let height = |words: &Vec<String>| LABEL_LINE + (words.len() as f64 - 1.0) * theme::LINE;
    // The largest effect has the highest curve: from the top down, so that labels keep the order of the curves.
    let order: Vec<usize> = (0..data.lines.len()).rev().collect();
    let wishes: Vec<Wish> = order
        .iter()
        .map(|&index| Wish { wanted: ends[index], height: height(&layout.labels[index]) })
        .collect();
    let looks = looks(data);
    let middles = spread(&wishes, plot.top - 8.0, plot.bottom + 8.0);
    for (&index, middle) in order.iter().zip(middles) {
        let line = &data.lines[index];
        let from = at(x.places[1] + 3.0, ends[index]);
        let lead = [from, at(layout.labels_left - 10.0, middle), at(layout.labels_left - 4.0, middle)];
        canvas.line(&lead, &Stroke::solid(theme::RULE, 0.75))?;
        let face = Face { colour: looks[index].line, bold: line.leading, align: Align::Left };
        canvas.lines(&layout.labels[index], at(layout.labels_left, middle), face)?;
    }
    Ok(())
}

/// The curves in words, each with its power at the present number.
pub(super) fn described(data: &PowerCurves, lang: Lang) -> String {
    let at_present = |line: &PowerLine| {
        let away = |point: &&CurvePoint| (point.ability - data.present).abs();
        line.points.iter().min_by(|a, b| away(a).total_cmp(&away(b))).map(|point| point.value)
    };
    let lines: Vec<String> = data
        .lines
        .iter()
        .filter_map(|line| {
            let power = format::percent(lang, at_present(line)?, 0);
            Some(phrase_with(lang, "chart.alt_power_line", &[("label", &line.label), ("power", &power)]))
        })
        .collect();
    let words =
        [("axis", data.axis.as_str()), ("lines", &lines.join("; ")), ("present", &data.present_label)];
    phrase_with(lang, "chart.alt_power", &words)
}
