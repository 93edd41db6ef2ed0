//! One line per school from before to after, with a thick mean line for each arm.

use plotters::prelude::DrawingBackend;
use plotters::style::Color;

use super::axis::{self, Scale, TickFormat};
use super::canvas::{Align, Canvas, Face, Frame, Stroke, at};
use super::draw::ChartError;
use super::legend::{self, Entry, Mark};
use super::spread::{Wish, spread};
use super::{Slope, Slopes, text, theme};
use crate::i18n::{Lang, format, phrase, phrase_with};

const EDGE: f64 = 4.0;
const TICKS: f64 = 44.0;
/// Room between the axis and the first wave, for the means before.
const BEFORE: f64 = 48.0;
/// Room between the second wave and the labels, for the lines that lead to them.
const LEADS: f64 = 26.0;
const LEAST_PLOT: f64 = 300.0;
/// The same for a chart without the names of schools.
const LEAST_NARROW_PLOT: f64 = 210.0;
/// With more schools than this, labels would fill more than a page: only the means are labelled then.
const MOST_LABELS: usize = 50;
const LABEL_LINE: f64 = 16.0;

/// A label to the right of a line.
struct Label<'a> {
    slope: &'a Slope,
    lines: Vec<String>,
    is_mean: bool,
}

struct Layout<'a> {
    entries: Vec<Entry>,
    labels: Vec<Label<'a>>,
    title: Vec<String>,
    /// Where the two waves stand.
    waves: [f64; 2],
    labels_left: f64,
    plot: Frame,
}

fn is_drawable(slope: &Slope) -> bool {
    slope.before.is_finite() && slope.after.is_finite()
}

fn words(data: &Slopes, slope: &Slope, is_mean: bool, lang: Lang) -> String {
    let decimals = axis::score_decimals(data.range);
    let change = format::signed(lang, slope.after - slope.before, decimals);
    let after = format::number(lang, slope.after, decimals);
    let key = if is_mean { "chart.mean_line" } else { "chart.school_line" };
    phrase_with(lang, key, &[("label", &slope.label), ("after", &after), ("change", &change)])
}

fn labels<'a>(data: &'a Slopes, width: f64, lang: Lang) -> Vec<Label<'a>> {
    let limit = if width < theme::NARROW { width * 0.42 } else { width * 0.44 };
    // A narrow chart has no room for names: the chart of changes beside it names the schools.
    let named = width >= theme::NARROW && data.lines.len() <= MOST_LABELS;
    let schools = data.lines.iter().filter(|_| named).map(|slope| (slope, false));
    let means = data.means.iter().map(|slope| (slope, true));
    schools
        .chain(means)
        .filter(|(slope, _)| is_drawable(slope))
        .map(|(slope, is_mean)| Label {
            slope,
            is_mean,
            lines: text::wrap(&words(data, slope, is_mean, lang), limit, is_mean),
        })
        .collect()
}

/// One entry per arm, and one that says what a thin line is.
fn entries(data: &Slopes, lang: Lang) -> Vec<Entry> {
    let mean = phrase(lang, "chart.mean");
    let mut entries: Vec<Entry> = Vec::new();
    for (index, arm) in data.arms.iter().enumerate() {
        let label = if arm.trim().is_empty() { mean.clone() } else { format!("{arm} ({mean})") };
        entries.push(Entry { label, mark: Mark::Line(Stroke::of(theme::arm(index))) });
    }
    entries.push(Entry { label: phrase(lang, "chart.one_school"), mark: Mark::Line(thin(0)) });
    entries
}

fn thin(arm: usize) -> Stroke {
    let look = theme::arm(arm);
    Stroke { colour: look.line.mix(0.5), width: 1.25, dash: look.dash.map(|[dash, _]| [dash.min(4.0), 2.5]) }
}

fn label_height(label: &Label<'_>) -> f64 {
    let lines = label.lines.len();
    let apart = if label.is_mean || lines > 1 { 4.0 } else { 0.0 };
    LABEL_LINE + (lines as f64 - 1.0) * theme::LINE + apart
}

fn lay_out<'a>(data: &'a Slopes, width: f64, height: Option<f64>, lang: Lang) -> Layout<'a> {
    let entries = entries(data, lang);
    let labels = labels(data, width, lang);
    let label_width = labels
        .iter()
        .flat_map(|label| label.lines.iter().map(|line| text::width(line, theme::TEXT, label.is_mean)))
        .fold(0.0, f64::max);
    let labels_left = width - EDGE - label_width;
    let title = text::wrap(&data.axis, width - 2.0 * EDGE, false);
    let top = legend::height(&entries, width - 2.0 * EDGE) + 6.0 + title.len() as f64 * theme::LINE + 10.0;
    let stacked: f64 = labels.iter().map(label_height).sum();
    let least = if width < theme::NARROW { LEAST_NARROW_PLOT } else { LEAST_PLOT };
    let natural = top + least.max(stacked) + axis::TICK_ROOM + 6.0;
    let bottom = height.unwrap_or(natural).max(natural) - axis::TICK_ROOM - 6.0;
    let plot = Frame { left: TICKS, top, right: labels_left - LEADS, bottom };
    let before = if width < theme::NARROW { BEFORE - 6.0 } else { BEFORE + 10.0 };
    Layout { entries, labels, title, waves: [plot.left + before, plot.right], labels_left, plot }
}

/// Natural height at a width.
pub(super) fn height(data: &Slopes, width: f64) -> f64 {
    lay_out(data, width, None, Lang::default()).plot.bottom + axis::TICK_ROOM + 6.0
}

/// The part of the score range that the lines use, with some room, never beyond the range.
fn covered(data: &Slopes) -> [f64; 2] {
    let values = data.lines.iter().chain(&data.means).flat_map(|slope| [slope.before, slope.after]);
    let [low, high] = axis::hull(values);
    let room = (high - low) * 0.06;
    let [low, high] = axis::rounded([low - room, high + room], 8);
    let [least, most] = axis::sound_range(data.range[0], data.range[1]);
    axis::sound_range(low.max(least.min(high)), high.min(most.max(low)))
}

/// Draws the lines, thin ones first.
pub(super) fn draw<DB: DrawingBackend>(data: &Slopes, canvas: &Canvas<'_, DB>) -> Result<(), ChartError> {
    let layout = lay_out(data, canvas.width, Some(canvas.height), canvas.lang);
    legend::draw(canvas, &layout.entries, at(EDGE, 2.0), canvas.width - 2.0 * EDGE)?;
    let scale = Scale { values: covered(data), places: [layout.plot.bottom, layout.plot.top] };
    draw_axes(data, canvas, &layout, &scale)?;
    for slope in data.lines.iter().filter(|slope| is_drawable(slope)) {
        draw_slope(slope, canvas, &layout, &scale, &thin(slope.arm))?;
    }
    for slope in data.means.iter().filter(|slope| is_drawable(slope)) {
        draw_slope(slope, canvas, &layout, &scale, &Stroke::of(theme::arm(slope.arm)))?;
    }
    draw_means_before(data, canvas, &layout, &scale)?;
    draw_labels(canvas, &layout, &scale)
}

fn draw_axes<DB: DrawingBackend>(
    data: &Slopes,
    canvas: &Canvas<'_, DB>,
    layout: &Layout<'_>,
    scale: &Scale,
) -> Result<(), ChartError> {
    let plot = layout.plot;
    let title_middle = plot.top - 10.0 - layout.title.len() as f64 * theme::LINE / 2.0;
    canvas.lines(&layout.title, at(EDGE, title_middle), Face::plain(theme::MUTED, Align::Left))?;
    axis::draw_vertical(canvas, scale, plot, TickFormat::Number)?;
    for (x, wave) in layout.waves.into_iter().zip(&data.waves) {
        canvas.line(&[at(x, plot.top), at(x, plot.bottom)], &Stroke::solid(theme::RULE, 1.0))?;
        let half = text::width(wave, theme::TEXT, true) / 2.0;
        let place = at(x.max(EDGE + half), plot.bottom + axis::TICK_ROOM / 2.0 + 2.0);
        canvas.text(wave, place, Face::bold(theme::INK, Align::Middle))?;
    }
    Ok(())
}

fn draw_slope<DB: DrawingBackend>(
    slope: &Slope,
    canvas: &Canvas<'_, DB>,
    layout: &Layout<'_>,
    scale: &Scale,
    stroke: &Stroke,
) -> Result<(), ChartError> {
    let ends =
        [at(layout.waves[0], scale.clamped(slope.before)), at(layout.waves[1], scale.clamped(slope.after))];
    canvas.line(&ends, stroke)?;
    let radius = if stroke.width > 2.0 { 5.0 } else { 3.0 };
    ends.into_iter().try_for_each(|end| canvas.dot(end, radius, theme::arm(slope.arm).line.mix(1.0)))
}

/// The means before, left of their dots.
fn draw_means_before<DB: DrawingBackend>(
    data: &Slopes,
    canvas: &Canvas<'_, DB>,
    layout: &Layout<'_>,
    scale: &Scale,
) -> Result<(), ChartError> {
    let means: Vec<&Slope> = data.means.iter().filter(|slope| is_drawable(slope)).collect();
    let wishes: Vec<Wish> =
        means.iter().map(|slope| Wish { wanted: scale.clamped(slope.before), height: LABEL_LINE }).collect();
    let decimals = axis::score_decimals(data.range);
    for (slope, y) in means.iter().zip(spread(&wishes, layout.plot.top, layout.plot.bottom)) {
        let number = format::number(canvas.lang, slope.before, decimals);
        let face = Face::bold(theme::arm(slope.arm).line, Align::Right);
        canvas.text(&number, at(layout.waves[0] - 9.0, y), face)?;
    }
    Ok(())
}

fn draw_labels<DB: DrawingBackend>(
    canvas: &Canvas<'_, DB>,
    layout: &Layout<'_>,
    scale: &Scale,
) -> Result<(), ChartError> {
    let end = layout.waves[1];
    let wish =
        |label: &Label<'_>| Wish { wanted: scale.clamped(label.slope.after), height: label_height(label) };
    let wishes: Vec<Wish> = layout.labels.iter().map(wish).collect();
    let middles = spread(&wishes, layout.plot.top - 6.0, layout.plot.bottom + 6.0);
    for (label, y) in layout.labels.iter().zip(middles) {
        let from = scale.clamped(label.slope.after);
        let lead = [at(end + 6.0, from), at(layout.labels_left - 12.0, y), at(layout.labels_left - 4.0, y)];
        canvas.line(&lead, &Stroke::solid(theme::RULE, 0.75))?;
        let colour = if label.is_mean { theme::arm(label.slope.arm).line } else { theme::INK };
        let face = Face { colour, bold: label.is_mean, align: Align::Left };
        canvas.lines(&label.lines, at(layout.labels_left, y), face)?;
    }
    Ok(())
}
