//! Diverging bars of an ordered answer set: lower answers to the left, higher ones to the right, a middle
//! answer split around zero. The sums of both sides are printed at the ends.

use plotters::prelude::DrawingBackend;
use plotters::style::RGBColor;

use super::axis::{self, Scale, TickFormat};
use super::bars::{self, Stack};
use super::canvas::{Align, Canvas, Face, Frame, Stroke, at};
use super::draw::ChartError;
use super::legend::{self, Entry, Mark};
use super::{Likert, LikertBar, LikertItem, text, theme};
use crate::i18n::{Lang, format, phrase};

const EDGE: f64 = 4.0;
const SPACE: f64 = 10.0;
const BAR: f64 = 18.0;
const BETWEEN_BARS: f64 = 2.0;
const BETWEEN_ITEMS: f64 = 11.0;
const HEAD: f64 = 20.0;
/// Statements that need more lines than this beside the bars stand above them.
const MOST_LINES_BESIDE: usize = 4;

/// A bar cut in the middle.
struct Sides {
    shares: Vec<f64>,
    /// Sum of the answers below the middle.
    below: f64,
    /// Sum of the answers above the middle.
    higher: f64,
    /// Half of the middle answer.
    half_middle: f64,
}

impl Sides {
    fn of(bar: &LikertBar, count: usize) -> Self {
        let shares = bars::sound_shares(&bar.shares, count);
        let half = count / 2;
        let middle = if count % 2 == 1 { shares[half] } else { 0.0 };
        let below = shares[..half].iter().sum();
        let higher = shares[count - half..].iter().sum();
        Sides { shares, below, higher, half_middle: middle / 2.0 }
    }

    /// Whether nobody answered, so that there is nothing to say about either side.
    fn is_blank(&self) -> bool {
        self.shares.iter().all(|share| *share <= 0.0)
    }
}

/// Places of columns and rows.
struct Layout {
    /// Statements stand above the bars, not beside them.
    above: bool,
    entries: Vec<Entry>,
    statements: Vec<Vec<String>>,
    /// Left edge of the wave names.
    waves_left: f64,
    /// Right edge of the percentages below the middle, left edge of those above.
    sums: [f64; 2],
    plot: Frame,
    scale: Scale,
    colours: Vec<RGBColor>,
    /// Upper edge of each item.
    tops: Vec<f64>,
    note: Vec<String>,
}

fn lay_out(data: &Likert, width: f64, lang: Lang) -> Layout {
    let colours = theme::answers(data.answers.len());
    let entries: Vec<Entry> = data
        .answers
        .iter()
        .zip(&colours)
        .map(|(answer, colour)| Entry { label: answer.clone(), mark: Mark::Box(*colour) })
        .collect();
    let broken = |limit: f64| -> Vec<Vec<String>> {
        data.items.iter().map(|item| text::wrap(&item.label, limit, false)).collect()
    };
    let beside = broken(width * 0.38);
    let above = width < theme::NARROW || beside.iter().any(|lines| lines.len() > MOST_LINES_BESIDE);
    let statements = if above { broken(width - 2.0 * EDGE) } else { beside };
    let statement_width =
        if above { 0.0 } else { text::widest(statements.iter().flatten().map(String::as_str)) + SPACE + 4.0 };
    let all_bars = || data.items.iter().flat_map(|item| &item.bars);
    let wave_width = text::widest(all_bars().map(|bar| bar.label.as_str())).min(width * 0.22);
    let n_width = all_bars()
        .map(|bar| text::plain_width(&format::count(lang, bar.n)))
        .fold(text::plain_width("n"), f64::max);
    let sum_width = text::plain_width("100%");
    let waves_left = EDGE + statement_width;
    let sums = [waves_left + wave_width + SPACE + sum_width, width - EDGE - n_width - SPACE - sum_width];
    let top = legend::height(&entries, width - 2.0 * EDGE) + 8.0 + HEAD;
    let (tops, bottom) = stack(data, &statements, above, top);
    let plot = Frame { left: sums[0] + 6.0, top, right: sums[1] - 6.0, bottom };
    let [below, higher] = reach(data);
    let scale = Scale { values: [-below, higher], places: [plot.left, plot.right] };
    let note = text::wrap(&phrase(lang, note_key(data)), width - 2.0 * EDGE, false);
    Layout { above, entries, statements, waves_left, sums, plot, scale, colours, tops, note }
}

fn note_key(data: &Likert) -> &'static str {
    if data.answers.len() % 2 == 1 { "chart.likert_note_middle" } else { "chart.likert_note" }
}

/// Upper edges of the items from `top` on, and the lower edge of the last.
fn stack(data: &Likert, statements: &[Vec<String>], above: bool, top: f64) -> (Vec<f64>, f64) {
    let mut tops = Vec::new();
    let mut bottom = top + 4.0;
    for (item, lines) in data.items.iter().zip(statements) {
        tops.push(bottom);
        let words = lines.len() as f64 * theme::LINE;
        let bars = bars_height(item);
        bottom += BETWEEN_ITEMS + if above { words + 2.0 + bars } else { words.max(bars) };
    }
    (tops, bottom - BETWEEN_ITEMS + 6.0)
}

fn bars_height(item: &LikertItem) -> f64 {
    let count = item.bars.len() as f64;
    (count * BAR + (count - 1.0) * BETWEEN_BARS).max(0.0)
}

/// Natural height at a width.
pub(super) fn height(data: &Likert, width: f64) -> f64 {
    let layout = lay_out(data, width, Lang::default());
    layout.plot.bottom + axis::TICK_ROOM + 6.0 + layout.note.len() as f64 * theme::LINE + 4.0
}

/// The shares the axis covers to either side: as far as the longest bar, at least a fifth.
fn reach(data: &Likert) -> [f64; 2] {
    let mut reach = [0.2_f64; 2];
    for bar in data.items.iter().flat_map(|item| &item.bars) {
        let sides = Sides::of(bar, data.answers.len());
        reach =
            [reach[0].max(sides.below + sides.half_middle), reach[1].max(sides.higher + sides.half_middle)];
    }
    reach.map(|share| (share / 0.1 - 1e-9).ceil() * 0.1)
}

/// Draws the key, the bars and the note below them.
pub(super) fn draw<DB: DrawingBackend>(data: &Likert, canvas: &Canvas<'_, DB>) -> Result<(), ChartError> {
    let layout = lay_out(data, canvas.width, canvas.lang);
    legend::draw(canvas, &layout.entries, at(EDGE, 2.0), canvas.width - 2.0 * EDGE)?;
    let plot = layout.plot;
    axis::draw_horizontal(canvas, &layout.scale, plot, "", TickFormat::PercentBothWays)?;
    canvas.text(
        &phrase(canvas.lang, "chart.n"),
        at(canvas.width - EDGE, plot.top - HEAD / 2.0),
        Face::plain(theme::MUTED, Align::Right),
    )?;
    // Under the bars, so that it does not run through the percentage of a middle answer.
    let zero = layout.scale.place(0.0);
    canvas.line(&[at(zero, plot.top), at(zero, plot.bottom)], &Stroke::solid(theme::INK, 1.0))?;
    for (index, item) in data.items.iter().enumerate() {
        draw_item(item, index, canvas, &layout)?;
    }
    let note_middle = plot.bottom + axis::TICK_ROOM + 6.0 + layout.note.len() as f64 * theme::LINE / 2.0;
    canvas.lines(&layout.note, at(EDGE, note_middle), Face::plain(theme::MUTED, Align::Left))
}

fn draw_item<DB: DrawingBackend>(
    item: &LikertItem,
    index: usize,
    canvas: &Canvas<'_, DB>,
    layout: &Layout,
) -> Result<(), ChartError> {
    let lines = &layout.statements[index];
    let words = lines.len() as f64 * theme::LINE;
    let (top, bars) = (layout.tops[index], bars_height(item));
    let row = if layout.above { words } else { words.max(bars) };
    canvas.lines_on_paper(lines, at(EDGE, top + row / 2.0), Face::plain(theme::INK, Align::Left))?;
    let first = if layout.above { top + words + 2.0 } else { top + (row - bars) / 2.0 };
    for (place, bar) in item.bars.iter().enumerate() {
        let bar_top = first + place as f64 * (BAR + BETWEEN_BARS);
        draw_bar(bar, canvas, layout, bar_top)?;
    }
    Ok(())
}

fn draw_bar<DB: DrawingBackend>(
    bar: &LikertBar,
    canvas: &Canvas<'_, DB>,
    layout: &Layout,
    top: f64,
) -> Result<(), ChartError> {
    let sides = Sides::of(bar, layout.colours.len());
    let y = top + BAR / 2.0;
    let muted = |align| Face::plain(theme::MUTED, align);
    canvas.text(&bar.label, at(layout.waves_left, y), muted(Align::Left))?;
    canvas.text(&format::count(canvas.lang, bar.n), at(canvas.width - EDGE, y), muted(Align::Right))?;
    if sides.is_blank() {
        let place = at(layout.scale.place(0.0) + 6.0, y);
        return canvas.text(&phrase(canvas.lang, "chart.no_data"), place, muted(Align::Left));
    }
    let strong = |align| Face::bold(theme::INK, align);
    let percent = |share| format::percent(canvas.lang, share, 0);
    canvas.text(&percent(sides.below), at(layout.sums[0], y), strong(Align::Right))?;
    canvas.text(&percent(sides.higher), at(layout.sums[1], y), strong(Align::Left))?;
    let start = -(sides.below + sides.half_middle);
    let stack = Stack { shares: &sides.shares, colours: &layout.colours, start, top, bottom: top + BAR };
    bars::draw_stack(canvas, &layout.scale, &stack)
}
