//! Shares of levels, one stacked bar per wave and arm.

use plotters::prelude::DrawingBackend;

use super::axis::{self, Scale, TickFormat};
use super::bars::{self, Stack};
use super::canvas::{Align, Canvas, Face, Frame, at};
use super::draw::ChartError;
use super::legend::{self, Entry, Mark};
use super::{LevelBar, Levels, text, theme};
use crate::i18n::{Lang, format, phrase, phrase_with};

const EDGE: f64 = 4.0;
const SPACE: f64 = 12.0;
const BAR: f64 = 26.0;
const GAP: f64 = 10.0;

struct Layout {
    /// Labels stand above the bars, not beside them.
    above: bool,
    entries: Vec<Entry>,
    label_lines: Vec<Vec<String>>,
    counts: Vec<String>,
    plot: Frame,
    /// Upper edge of each row.
    tops: Vec<f64>,
}

fn lay_out(data: &Levels, width: f64, lang: Lang) -> Layout {
    let above = width < theme::NARROW;
    let colours = theme::levels(data.levels.len());
    let entries: Vec<Entry> = data
        .levels
        .iter()
        .zip(colours)
        .map(|(level, colour)| Entry { label: level.clone(), mark: Mark::Box(colour) })
        .collect();
    let label_limit = if above { width - 2.0 * EDGE } else { width * 0.34 };
    let label_lines: Vec<Vec<String>> =
        data.bars.iter().map(|bar| text::wrap(&bar.label, label_limit, false)).collect();
    let label_width = text::widest(label_lines.iter().flatten().map(String::as_str));
    let counts: Vec<String> = data.bars.iter().map(|bar| n_equals(bar, lang)).collect();
    let count_width = text::widest(counts.iter().map(String::as_str));
    let top = legend::height(&entries, width - 2.0 * EDGE) + 10.0;
    let mut tops = Vec::new();
    let mut bottom = top;
    for lines in &label_lines {
        tops.push(bottom);
        let words = lines.len() as f64 * theme::LINE;
        bottom += if above { words + BAR + GAP + 2.0 } else { words.max(BAR) + GAP };
    }
    let plot = Frame {
        left: if above { EDGE + 14.0 } else { EDGE + label_width + SPACE + 6.0 },
        top,
        right: width - EDGE - count_width - SPACE,
        bottom: bottom - GAP + 5.0,
    };
    Layout { above, entries, label_lines, counts, plot, tops }
}

fn n_equals(bar: &LevelBar, lang: Lang) -> String {
    phrase_with(lang, "chart.n_equals", &[("n", &format::count(lang, bar.n))])
}

/// Natural height at a width.
pub(super) fn height(data: &Levels, width: f64) -> f64 {
    lay_out(data, width, Lang::default()).plot.bottom + axis::TICK_ROOM + 6.0
}

/// Draws the key and the bars.
pub(super) fn draw<DB: DrawingBackend>(data: &Levels, canvas: &Canvas<'_, DB>) -> Result<(), ChartError> {
    let layout = lay_out(data, canvas.width, canvas.lang);
    legend::draw(canvas, &layout.entries, at(EDGE, 2.0), canvas.width - 2.0 * EDGE)?;
    let scale = Scale { values: [0.0, 1.0], places: [layout.plot.left, layout.plot.right] };
    axis::draw_horizontal(canvas, &scale, layout.plot, "", TickFormat::Percent)?;
    for (index, bar) in data.bars.iter().enumerate() {
        draw_bar(bar, index, canvas, &layout, &scale)?;
    }
    Ok(())
}

fn draw_bar<DB: DrawingBackend>(
    bar: &LevelBar,
    index: usize,
    canvas: &Canvas<'_, DB>,
    layout: &Layout,
    scale: &Scale,
) -> Result<(), ChartError> {
    let lines = &layout.label_lines[index];
    let words = lines.len() as f64 * theme::LINE;
    let row_top = layout.tops[index];
    let top = if layout.above { row_top + words + 2.0 } else { row_top + (words.max(BAR) - BAR) / 2.0 };
    let middle = top + BAR / 2.0;
    let left = Face::plain(theme::INK, Align::Left);
    if layout.above {
        canvas.lines_on_paper(lines, at(EDGE, row_top + words / 2.0), left)?;
    } else {
        let face = Face::plain(theme::INK, Align::Right);
        canvas.lines(lines, at(layout.plot.left - SPACE, middle), face)?;
    }
    let colours = theme::levels(layout.entries.len());
    let shares = bars::sound_shares(&bar.shares, layout.entries.len());
    if shares.iter().all(|share| *share <= 0.0) {
        let place = at(layout.plot.left + 8.0, middle);
        canvas.text(&phrase(canvas.lang, "chart.no_data"), place, Face::plain(theme::MUTED, Align::Left))?;
    }
    let stack = Stack { shares: &shares, colours: &colours, start: 0.0, top, bottom: top + BAR };
    bars::draw_stack(canvas, scale, &stack)?;
    let face = Face::plain(theme::MUTED, Align::Left);
    canvas.text(&layout.counts[index], at(layout.plot.right + SPACE, middle), face)
}
