//! Linear scales, round tick values, and axes with a light grid.

use plotters::prelude::DrawingBackend;

use super::canvas::{Align, Canvas, Face, Frame, Stroke, at};
use super::draw::ChartError;
use super::{text, theme};
use crate::i18n::{Lang, format};

/// Height of the tick labels below a plot.
pub(super) const TICK_ROOM: f64 = 22.0;

/// More ticks than this help nobody.
const MOST_TICKS: usize = 11;
/// Least room between the words of two ticks side by side.
const LABEL_GAP: f64 = 12.0;
/// Least distance of two ticks on a vertical axis.
const TICK_DISTANCE: f64 = 36.0;

/// Maps values to px.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    /// The values at the two ends.
    pub(super) values: [f64; 2],
    /// Their places in px.
    pub(super) places: [f64; 2],
}

impl Scale {
    /// Where a value stands.
    pub(super) fn place(&self, value: f64) -> f64 {
        let [low, high] = self.values;
        let [from, to] = self.places;
        from + (value - low) / (high - low) * (to - from)
    }

    /// Where a value stands, values beyond the ends put at the ends.
    pub(super) fn clamped(&self, value: f64) -> f64 {
        self.place(value.clamp(self.values[0], self.values[1]))
    }

    /// Round values on the scale.
    pub(super) fn ticks(&self, at_most: usize) -> Ticks {
        let [low, high] = self.values;
        let step = tick_step(high - low, at_most);
        let (first, last) = ((low / step - 1e-9).ceil() as i64, (high / step + 1e-9).floor() as i64);
        Ticks { values: (first..=last).map(|count| count as f64 * step).collect(), decimals: decimals(step) }
    }
}

/// Tick values and the digits they need after the decimal mark.
#[derive(Clone, Debug)]
pub(super) struct Ticks {
    pub(super) values: Vec<f64>,
    pub(super) decimals: usize,
}

/// The smallest of 1, 2, 5 times a power of ten that gives no more than `at_most` ticks over `span`.
fn tick_step(span: f64, at_most: usize) -> f64 {
    let rough = span / at_most.saturating_sub(1).max(1) as f64;
    let power = 10f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|times| times * power)
        .find(|step| *step >= rough * (1.0 - 1e-9))
        .unwrap_or(rough)
}

fn decimals(step: f64) -> usize {
    (-step.log10().floor()).clamp(0.0, 6.0) as usize
}

/// Two ends that can carry a scale: finite, in order, apart.
pub(super) fn sound_range(low: f64, high: f64) -> [f64; 2] {
    match (low.is_finite(), high.is_finite()) {
        (true, true) if high - low > 1e-9 * low.abs().max(high.abs()).max(1e-6) => [low, high],
        (true, true) if low > high => sound_range(high, low),
        (true, _) => [low - 1.0, low + 1.0],
        (false, true) => [high - 1.0, high + 1.0],
        (false, false) => [0.0, 1.0],
    }
}

/// The lowest and highest finite value; the ends of [`sound_range`] where there are none.
pub(super) fn hull(values: impl IntoIterator<Item = f64>) -> [f64; 2] {
    let finite = values.into_iter().filter(|value| value.is_finite());
    let [low, high] = finite
        .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| [low.min(value), high.max(value)]);
    sound_range(low, high)
}

/// `range` moved outwards to round values.
pub(super) fn rounded(range: [f64; 2], at_most: usize) -> [f64; 2] {
    let step = tick_step(range[1] - range[0], at_most);
    [(range[0] / step + 1e-9).floor() * step, (range[1] / step - 1e-9).ceil() * step]
}

/// Digits after the decimal mark that a score on `range` deserves: about one part in a thousand.
pub(super) fn score_decimals(range: [f64; 2]) -> usize {
    let span = (range[1] - range[0]).abs();
    if !span.is_finite() || span >= 20.0 { 1 } else { 2 }
}

/// How the numbers at the ticks are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TickFormat {
    /// As they are.
    Number,
    /// Shares of 1 as percentages.
    Percent,
    /// Shares of 1 to either side of zero as percentages without a sign.
    PercentBothWays,
}

impl TickFormat {
    pub(super) fn write(self, lang: Lang, value: f64, decimals: usize) -> String {
        match self {
            TickFormat::Number => format::number(lang, value, decimals),
            TickFormat::Percent => format::percent(lang, value, 0),
            TickFormat::PercentBothWays => format::percent(lang, value.abs(), 0),
        }
    }
}

/// Height of a horizontal axis with its title in a plot `width` px wide.
pub(super) fn horizontal_height(title: &str, width: f64) -> f64 {
    let lines = if title.trim().is_empty() { 0 } else { text::wrap(title, width, false).len() };
    TICK_ROOM + lines as f64 * theme::LINE
}

/// A tick with its place and its words.
struct Mark {
    place: f64,
    label: String,
}

/// As many ticks as have room for their words side by side.
fn marks_across(scale: &Scale, tick_format: TickFormat, lang: Lang) -> Vec<Mark> {
    let mut marks = Vec::new();
    for at_most in (2..=MOST_TICKS).rev() {
        let ticks = scale.ticks(at_most);
        let write = |value: f64| tick_format.write(lang, value, ticks.decimals);
        marks = ticks
            .values
            .iter()
            .map(|value| Mark { place: scale.place(*value), label: write(*value) })
            .collect();
        let widest = text::widest(marks.iter().map(|mark| mark.label.as_str()));
        if marks.windows(2).all(|pair| pair[1].place - pair[0].place >= widest + LABEL_GAP) {
            break;
        }
    }
    marks
}

/// Grid lines down `plot` at the values of a horizontal axis that stands elsewhere.
pub(super) fn draw_grid_down<DB: DrawingBackend>(
    canvas: &Canvas<'_, DB>,
    scale: &Scale,
    plot: Frame,
    tick_format: TickFormat,
) -> Result<(), ChartError> {
    marks_across(scale, tick_format, canvas.lang).into_iter().try_for_each(|mark| {
        canvas
            .line(&[at(mark.place, plot.top), at(mark.place, plot.bottom)], &Stroke::solid(theme::GRID, 1.0))
    })
}

/// Grid lines over `plot`, tick labels and a title below it.
pub(super) fn draw_horizontal<DB: DrawingBackend>(
    canvas: &Canvas<'_, DB>,
    scale: &Scale,
    plot: Frame,
    title: &str,
    tick_format: TickFormat,
) -> Result<(), ChartError> {
    draw_grid_down(canvas, scale, plot, tick_format)?;
    for mark in marks_across(scale, tick_format, canvas.lang) {
        let place = at(mark.place, plot.bottom + TICK_ROOM / 2.0 + 1.0);
        canvas.text(&mark.label, place, Face::plain(theme::MUTED, Align::Middle))?;
    }
    let lines = text::wrap(title, canvas.width - 8.0, false);
    let middle = plot.bottom + TICK_ROOM + lines.len() as f64 * theme::LINE / 2.0;
    let half = text::widest(lines.iter().map(String::as_str)) / 2.0;
    // A title wider than the plot is moved so that it stays on the chart.
    let x = ((plot.left + plot.right) / 2.0).min(canvas.width - 4.0 - half).max(4.0 + half);
    canvas.lines(&lines, at(x, middle), Face::plain(theme::INK, Align::Middle))
}

/// Grid lines over `plot`, tick labels to its left.
pub(super) fn draw_vertical<DB: DrawingBackend>(
    canvas: &Canvas<'_, DB>,
    scale: &Scale,
    plot: Frame,
    tick_format: TickFormat,
) -> Result<(), ChartError> {
    let ticks = scale.ticks((((plot.bottom - plot.top) / TICK_DISTANCE) as usize + 1).clamp(2, MOST_TICKS));
    for value in &ticks.values {
        let y = scale.place(*value);
        canvas.line(&[at(plot.left, y), at(plot.right, y)], &Stroke::solid(theme::GRID, 1.0))?;
        let label = tick_format.write(canvas.lang, *value, ticks.decimals);
        canvas.text(&label, at(plot.left - 8.0, y), Face::plain(theme::MUTED, Align::Right))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_few() {
        let scale = |low, high| Scale { values: [low, high], places: [0.0, 100.0] };
        assert_eq!(scale(0.0, 100.0).ticks(6).values, [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        let fine = scale(-0.2, 0.6).ticks(6);
        assert_eq!(fine.decimals, 1);
        assert_eq!(fine.values.len(), 5);
        assert_eq!(rounded([41.3, 58.7], 6), [40.0, 60.0]);
    }

    #[test]
    fn any_two_numbers_give_a_scale() {
        for low in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -3.0, 0.0, 7.5, 1e12] {
            for high in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -3.0, 0.0, 7.5, 1e12] {
                let [from, to] = sound_range(low, high);
                assert!(from < to && (to - from).is_finite(), "{low} {high}");
                assert!(Scale { values: [from, to], places: [0.0, 1.0] }.ticks(6).values.len() < 20);
            }
        }
    }
}
