//! Wright map: abilities of persons and locations of items on one upright logit axis.

mod items;

use plotters::prelude::DrawingBackend;

use self::items::Marker;
use super::ability::{self, AbilityWave, Corner};
use super::axis::{self, Scale, TickFormat, Ticks};
use super::canvas::{Align, Canvas, Face, Frame, Stroke, at};
use super::dodge::Chip;
use super::draw::ChartError;
use super::legend::{self, Entry};
use super::{text, theme};
use crate::i18n::{Lang, format, phrase};

/// Persons to the left of an upright axis, items to the right of it.
#[derive(Clone, Debug)]
pub struct WrightMap {
    /// What the axis shows, with its unit: ability and location in logits.
    pub axis: String,
    /// Lower edge of the first and upper edge of the last bin of [`AbilityWave::shares`], in logits. The axis
    /// shows the bins in use and the items, which may reach beyond.
    pub range: [f64; 2],
    /// The persons, one or two waves in order; none where only items are to be shown.
    pub waves: Vec<AbilityWave>,
    /// The items in any order.
    pub items: Vec<WrightItem>,
}

/// One item of a [`WrightMap`].
#[derive(Clone, Debug)]
pub struct WrightItem {
    /// Item id; a long one is shortened on the chart.
    pub item: String,
    /// Location in logits, for a polytomous item the mean of its steps. An item without one is left out.
    pub location: f64,
    /// Steps of a polytomous item in logits, in order, labelled `id.1`, `id.2` and so on; none otherwise.
    pub steps: Vec<f64>,
    /// Whether it links the waves (filled) or not (open).
    pub anchor: bool,
}

const EDGE: f64 = 4.0;
/// Room between the two sides, for the numbers of the axis.
const GUTTER: f64 = 48.0;
/// Heights of the plot that are tried, in px: the lowest that lets every item stand at its own height.
const HEIGHTS: [f64; 6] = [430.0, 500.0, 570.0, 640.0, 710.0, 780.0];
/// Items farther from the persons than this many times the persons' own range stand at the end of the axis.
const FARTHEST: f64 = 1.0;

struct Layout {
    entries: Vec<Entry>,
    title: Vec<String>,
    heads_top: f64,
    /// Values the axis covers.
    covered: [f64; 2],
    /// From the left end of the persons to the right end of the items.
    plot: Frame,
    /// The two upright lines: where persons begin and where items begin.
    sides: [f64; 2],
    share_title: Vec<String>,
    markers: Vec<Marker>,
    chips: Vec<Chip>,
}

impl Layout {
    fn scale(&self) -> Scale {
        Scale { values: self.covered, places: [self.plot.bottom, self.plot.top] }
    }

    fn bottom(&self) -> f64 {
        let title = self.share_title.len() as f64 * theme::LINE;
        self.plot.bottom + if self.share_title.is_empty() { 8.0 } else { axis::TICK_ROOM + title + 6.0 }
    }
}

/// The values the axis covers: everybody, and the items unless they are far from anybody.
fn covered(data: &WrightMap, markers: &[Marker]) -> [f64; 2] {
    let values = || markers.iter().map(|marker| marker.value);
    let corners: Vec<Corner> =
        data.waves.iter().flat_map(|wave| ability::outline(wave, data.range)).collect();
    if corners.is_empty() {
        let [low, high] = axis::hull(values());
        let room = (high - low) * 0.05;
        return [low - room, high + room];
    }
    let [low, high] = axis::hull(corners.iter().map(|corner| corner.ability));
    let farthest = (high - low) * FARTHEST;
    let items = values().map(|value| value.clamp(low - farthest, high + farthest));
    axis::hull(items.chain([low, high]))
}

/// `height` is that of the whole chart where it is given.
fn lay_out(data: &WrightMap, width: f64, height: Option<f64>, lang: Lang) -> Layout {
    let persons = if width < theme::NARROW { 84.0 } else { width * 0.34 };
    let persons = if data.waves.is_empty() { 0.0 } else { persons };
    let sides = [EDGE + persons, EDGE + persons + GUTTER];
    let markers = items::markers(data);
    let covered = covered(data, &markers);
    let entries: Vec<Entry> =
        ability::entries(&data.waves, lang).chain(items::entries(&markers, lang)).collect();
    let markers = items::named(markers, covered, width - EDGE - sides[1], lang);
    let title = text::wrap(&data.axis, width - 2.0 * EDGE, false);
    let heads_top =
        legend::height(&entries, width - 2.0 * EDGE) + 8.0 + title.len() as f64 * theme::LINE + 6.0;
    let share_title = match data.waves.is_empty() {
        true => Vec::new(),
        false => text::wrap(&phrase(lang, "chart.share_of_respondents"), persons + GUTTER - 6.0, false),
    };
    let top = heads_top + 2.0 * theme::LINE + 12.0;
    let plot = Frame { left: EDGE, top, right: width - EDGE, bottom: top };
    let mut layout =
        Layout { entries, title, heads_top, covered, plot, sides, share_title, markers, chips: Vec::new() };
    let tried = match height {
        Some(height) => vec![height - layout.bottom()],
        None => HEIGHTS.to_vec(),
    };
    let mut least_moved = usize::MAX;
    for plot_height in tried {
        let bottom = top + plot_height;
        let scale = Scale { values: covered, places: [bottom, top] };
        let room = Frame { left: sides[1] + 6.0, bottom, ..plot };
        let candidate = items::place(&layout.markers, &scale, room);
        let moved = candidate.iter().filter(|chip| chip.is_moved()).count();
        if moved < least_moved {
            (layout.plot.bottom, layout.chips, least_moved) = (bottom, candidate, moved);
        }
    }
    layout
}

/// Natural height at a width.
pub(super) fn height(data: &WrightMap, width: f64) -> f64 {
    Lang::ALL.into_iter().map(|lang| lay_out(data, width, None, lang).bottom()).fold(0.0, f64::max)
}

/// Draws both sides and the axis between them.
pub(super) fn draw<DB: DrawingBackend>(data: &WrightMap, canvas: &Canvas<'_, DB>) -> Result<(), ChartError> {
    let layout = lay_out(data, canvas.width, Some(canvas.height), canvas.lang);
    legend::draw(canvas, &layout.entries, at(EDGE, 2.0), canvas.width - 2.0 * EDGE)?;
    let title_middle = layout.heads_top - 6.0 - layout.title.len() as f64 * theme::LINE / 2.0;
    canvas.lines(&layout.title, at(EDGE, title_middle), Face::plain(theme::MUTED, Align::Left))?;
    draw_heads(data, canvas, &layout)?;
    draw_axis(canvas, &layout)?;
    if !data.waves.is_empty() {
        draw_persons(data, canvas, &layout)?;
    }
    items::draw(canvas, &layout.markers, &layout.chips)
}

fn draw_heads<DB: DrawingBackend>(
    data: &WrightMap,
    canvas: &Canvas<'_, DB>,
    layout: &Layout,
) -> Result<(), ChartError> {
    let lines = [layout.heads_top + theme::LINE / 2.0, layout.heads_top + 1.5 * theme::LINE];
    let head = |keys: [&str; 2], x: f64, align: Align| {
        let words = keys.map(|key| phrase(canvas.lang, key));
        canvas.text(&words[0], at(x, lines[0]), Face::bold(theme::INK, align))?;
        canvas.text(&words[1], at(x, lines[1]), Face::plain(theme::MUTED, align))
    };
    let narrow = canvas.width < theme::NARROW;
    if !data.waves.is_empty() {
        let (x, align) = if narrow { (EDGE, Align::Left) } else { (layout.sides[0], Align::Right) };
        head(["chart.persons", "chart.more_able"], x, align)?;
    }
    head(["chart.items", "chart.harder_item"], layout.sides[1], Align::Left)
}

/// Grid lines over both sides, numbers between them.
fn draw_axis<DB: DrawingBackend>(canvas: &Canvas<'_, DB>, layout: &Layout) -> Result<(), ChartError> {
    let (scale, plot) = (layout.scale(), layout.plot);
    let Ticks { values, decimals } = scale.ticks(11);
    for value in values {
        let y = scale.place(value);
        for ends in [[plot.left, layout.sides[0]], [layout.sides[1], plot.right]] {
            canvas.line(&ends.map(|x| at(x, y)), &Stroke::solid(theme::GRID, 1.0))?;
        }
        let middle = at((layout.sides[0] + layout.sides[1]) / 2.0, y);
        let number = format::number(canvas.lang, value, decimals);
        canvas.text(&number, middle, Face::plain(theme::INK, Align::Middle))?;
    }
    for x in layout.sides {
        canvas.line(&[at(x, plot.top), at(x, plot.bottom)], &Stroke::solid(theme::RULE, 1.0))?;
    }
    Ok(())
}

/// Histograms that grow to the left, with a dashed line at each mean.
fn draw_persons<DB: DrawingBackend>(
    data: &WrightMap,
    canvas: &Canvas<'_, DB>,
    layout: &Layout,
) -> Result<(), ChartError> {
    let plot = layout.plot;
    let most = ability::most_share(&data.waves) * 1.03;
    let x = Scale { values: [0.0, most], places: [layout.sides[0], plot.left] };
    let y = layout.scale();
    draw_share_axis(canvas, layout, &x)?;
    let place = |corner: Corner| at(x.clamped(corner.share), y.clamped(corner.ability));
    let mean = |value: f64| [layout.sides[0], plot.left].map(|x| at(x, y.clamped(value)));
    ability::draw(canvas, &data.waves, data.range, place, mean)
}

fn draw_share_axis<DB: DrawingBackend>(
    canvas: &Canvas<'_, DB>,
    layout: &Layout,
    x: &Scale,
) -> Result<(), ChartError> {
    let bottom = layout.plot.bottom;
    let narrow = canvas.width < theme::NARROW;
    let ticks = x.ticks(if narrow { 3 } else { 5 });
    for share in ticks.values {
        let place = at(x.place(share), bottom + axis::TICK_ROOM / 2.0 + 1.0);
        let label = TickFormat::Percent.write(canvas.lang, share, 0);
        let half = text::plain_width(&label) / 2.0;
        let place = at(place.x.max(EDGE + half), place.y);
        canvas.text(&label, place, Face::plain(theme::MUTED, Align::Middle))?;
    }
    let middle = bottom + axis::TICK_ROOM + layout.share_title.len() as f64 * theme::LINE / 2.0;
    let (x, align) = if narrow { (EDGE, Align::Left) } else { (layout.sides[0], Align::Right) };
    canvas.lines(&layout.share_title, at(x, middle), Face::plain(theme::MUTED, align))
}
