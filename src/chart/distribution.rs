//! Histograms of scores, one panel per arm below one another on one axis, one outline per wave.

use plotters::prelude::DrawingBackend;
use plotters::style::Color;

use super::axis::{self, Scale, TickFormat};
use super::canvas::{Align, Canvas, Face, Frame, Point, Stroke, at};
use super::draw::ChartError;
use super::{Distribution, DistributionPanel, DistributionWave, text, theme};
use crate::i18n::{format, phrase, phrase_with};

const PLOT_HEIGHT: f64 = 150.0;
const BETWEEN_PANELS: f64 = 14.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 20.0;
const SWATCH: f64 = 12.0;

/// Room above the plot of a panel: its name, then one line for the mean of each wave.
fn head_height(panel: &DistributionPanel) -> f64 {
    let name = if panel.label.trim().is_empty() { 0.0 } else { theme::LINE + 5.0 };
    name + panel.waves.len() as f64 * theme::LINE + 6.0
}

fn frame_height(data: &Distribution, width: f64) -> f64 {
    let heads: f64 = data.panels.iter().map(head_height).sum();
    let gaps = data.panels.len().saturating_sub(1) as f64 * BETWEEN_PANELS;
    theme::LINE + 6.0 + heads + gaps + axis::horizontal_height(&data.axis, width - 8.0) + 6.0
}

/// Natural height at a width.
pub(super) fn height(data: &Distribution, width: f64) -> f64 {
    frame_height(data, width) + data.panels.len() as f64 * PLOT_HEIGHT
}

/// Draws all panels; height beyond the natural one goes to the plots.
pub(super) fn draw<DB: DrawingBackend>(
    data: &Distribution,
    canvas: &Canvas<'_, DB>,
) -> Result<(), ChartError> {
    let plot_height = (canvas.height - frame_height(data, canvas.width)) / data.panels.len().max(1) as f64;
    let x = Scale {
        values: axis::sound_range(data.range[0], data.range[1]),
        places: [LEFT, canvas.width - RIGHT],
    };
    let shares = data.panels.iter().flat_map(|panel| &panel.waves).flat_map(|wave| &wave.shares);
    let most = shares.copied().filter(|share| share.is_finite()).fold(0.0, f64::max);
    let most = if most > 0.0 { axis::rounded([0.0, most * 1.02], 5)[1] } else { 0.1 };
    let title = phrase(canvas.lang, "chart.share_of_respondents");
    canvas.text(&title, at(4.0, theme::LINE / 2.0 + 2.0), Face::plain(theme::MUTED, Align::Left))?;
    let mut top = theme::LINE + 6.0;
    for (index, panel) in data.panels.iter().enumerate() {
        let plot_top = top + head_height(panel);
        let plot =
            Frame { left: LEFT, top: plot_top, right: canvas.width - RIGHT, bottom: plot_top + plot_height };
        let y = Scale { values: [0.0, most], places: [plot.bottom, plot.top] };
        let is_last = index + 1 == data.panels.len();
        draw_axes(canvas, &x, &y, plot, if is_last { Some(&data.axis) } else { None })?;
        draw_panel(canvas, panel, &PanelFrame { x, y, plot, top })?;
        top = plot.bottom + BETWEEN_PANELS;
    }
    Ok(())
}

/// Where a panel stands and how its values map to px.
struct PanelFrame {
    x: Scale,
    y: Scale,
    plot: Frame,
    top: f64,
}

fn draw_axes<DB: DrawingBackend>(
    canvas: &Canvas<'_, DB>,
    x: &Scale,
    y: &Scale,
    plot: Frame,
    title: Option<&str>,
) -> Result<(), ChartError> {
    axis::draw_vertical(canvas, y, plot, TickFormat::Percent)?;
    match title {
        Some(title) => axis::draw_horizontal(canvas, x, plot, title, TickFormat::Number)?,
        None => axis::draw_grid_down(canvas, x, plot, TickFormat::Number)?,
    }
    canvas.line(&[at(plot.left, plot.bottom), at(plot.right, plot.bottom)], &Stroke::solid(theme::RULE, 1.0))
}

fn draw_panel<DB: DrawingBackend>(
    canvas: &Canvas<'_, DB>,
    panel: &DistributionPanel,
    frame: &PanelFrame,
) -> Result<(), ChartError> {
    let mut means_top = frame.top;
    if !panel.label.trim().is_empty() {
        let place = at(4.0, frame.top + theme::LINE / 2.0);
        canvas.text(&panel.label, place, Face::bold(theme::INK, Align::Left))?;
        means_top += theme::LINE + 5.0;
    }
    let count = panel.waves.len();
    for (index, wave) in panel.waves.iter().enumerate() {
        let look = theme::wave(index, count);
        let outline = outline(wave, frame);
        canvas.polygon(&outline, look.fill.mix(look.cover))?;
        canvas.line(&outline, &Stroke::of(look))?;
    }
    // From the lowest mean to the highest, each one line lower: no line then runs through other words.
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|a, b| panel.waves[*a].mean.total_cmp(&panel.waves[*b].mean));
    for (row, index) in order.into_iter().enumerate() {
        let y = means_top + (row as f64 + 0.5) * theme::LINE;
        let mean = Mean {
            wave: &panel.waves[index],
            look: theme::wave(index, count),
            y,
            left: row == 0 && count > 1,
        };
        draw_mean(canvas, &mean, frame)?;
    }
    Ok(())
}

/// The steps of a histogram from the axis and back to it.
fn outline(wave: &DistributionWave, frame: &PanelFrame) -> Vec<Point> {
    let [low, high] = frame.x.values;
    let bin = (high - low) / wave.shares.len().max(1) as f64;
    let mut points = vec![at(frame.x.place(low), frame.y.place(0.0))];
    for (index, share) in wave.shares.iter().enumerate() {
        let share = if share.is_finite() { share.max(0.0) } else { 0.0 };
        let y = frame.y.place(share);
        points.push(at(frame.x.place(low + index as f64 * bin), y));
        points.push(at(frame.x.place(low + (index as f64 + 1.0) * bin), y));
    }
    points.push(at(frame.x.place(high), frame.y.place(0.0)));
    points
}

/// The mean of one wave and how it is shown.
struct Mean<'a> {
    wave: &'a DistributionWave,
    look: theme::Series,
    y: f64,
    /// Whether the words stand left of the line.
    left: bool,
}

/// A line down from the words "before: mean 48.2 (n = 358)".
fn draw_mean<DB: DrawingBackend>(
    canvas: &Canvas<'_, DB>,
    mean: &Mean<'_>,
    frame: &PanelFrame,
) -> Result<(), ChartError> {
    let decimals = axis::score_decimals(frame.x.values);
    let words = phrase_with(
        canvas.lang,
        "chart.wave_mean",
        &[
            ("wave", &mean.wave.label),
            ("mean", &format::number(canvas.lang, mean.wave.mean, decimals)),
            ("n", &format::count(canvas.lang, mean.wave.n)),
        ],
    );
    let x = if mean.wave.mean.is_finite() { frame.x.clamped(mean.wave.mean) } else { frame.plot.left };
    let full = SWATCH + 6.0 + text::width(&words, theme::TEXT, true);
    let start = if mean.left { x - 8.0 - full } else { x + 8.0 };
    let start = start.min(canvas.width - 4.0 - full).max(4.0);
    if mean.wave.mean.is_finite() {
        let is_below_words = start < x && x < start + full;
        let top = if is_below_words { mean.y + 9.0 } else { mean.y - 6.0 };
        let line = Stroke { dash: Some([4.0, 3.0]), width: 1.75, ..Stroke::of(mean.look) };
        canvas.line(&[at(x, top), at(x, frame.plot.bottom)], &line)?;
        canvas.dot(at(x, frame.plot.bottom), 4.0, mean.look.line.mix(1.0))?;
    }
    let ground =
        Frame { left: start - 3.0, top: mean.y - 8.0, right: start + full + 3.0, bottom: mean.y + 8.0 };
    canvas.fill(ground, theme::PAPER.mix(1.0))?;
    draw_swatch(canvas, mean, start)?;
    canvas.text(&words, at(start + SWATCH + 6.0, mean.y), Face::bold(mean.look.line, Align::Left))
}

fn draw_swatch<DB: DrawingBackend>(
    canvas: &Canvas<'_, DB>,
    mean: &Mean<'_>,
    left: f64,
) -> Result<(), ChartError> {
    let half = SWATCH / 2.0;
    let (top, bottom, right) = (mean.y - half, mean.y + half, left + SWATCH);
    canvas.fill(Frame { left, top, right, bottom }, mean.look.fill.mix(mean.look.cover))?;
    let corners = [at(left, top), at(right, top), at(right, bottom), at(left, bottom), at(left, top)];
    canvas.line(&corners, &Stroke::of(mean.look))
}
