//! Wright map: abilities of persons and locations of items on one upright logit axis.

use plotters::prelude::DrawingBackend;
use plotters::style::Color;

use super::axis::{self, Scale, TickFormat, Ticks};
use super::canvas::{Align, Canvas, Face, Frame, Point, Stroke, at};
use super::dodge::{self, Chip};
use super::draw::ChartError;
use super::legend::{self, Entry, Mark};
use super::{text, theme};
use crate::i18n::{Lang, format, phrase, phrase_with};

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

/// The abilities of one wave, in a [`WrightMap`] or below the information of a test.
#[derive(Clone, Debug)]
pub struct AbilityWave {
    /// Name of the wave.
    pub label: String,
    /// Persons with an ability.
    pub n: usize,
    /// Mean ability in logits; not a number where there is none.
    pub mean: f64,
    /// Bins of equal width over the range: share of persons in each, a fraction of 1.
    pub shares: Vec<f64>,
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
const RADIUS: f64 = 4.5;
/// Room from the middle of a marker to its label.
const TO_LABEL: f64 = 8.0;
const BETWEEN_COLUMNS: f64 = 9.0;
/// Height of a label with its marker.
const CHIP: f64 = 15.0;
/// Heights of the plot that are tried, in px: the lowest that lets every item stand at its own height.
const HEIGHTS: [f64; 6] = [430.0, 500.0, 570.0, 640.0, 710.0, 780.0];
/// Items farther from the persons than this many times the persons' own range stand at the end of the axis.
const FARTHEST: f64 = 1.0;

/// What is marked on the side of the items.
struct Marker {
    label: String,
    value: f64,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Anchor,
    Other,
    Step,
}

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

/// The bins that hold somebody.
fn used_bins(data: &WrightMap) -> impl Iterator<Item = f64> {
    let [low, high] = axis::sound_range(data.range[0], data.range[1]);
    data.waves.iter().flat_map(move |wave| {
        let bin = (high - low) / wave.shares.len().max(1) as f64;
        let used = wave.shares.iter().enumerate().filter(|(_, share)| **share > 0.0);
        used.flat_map(move |(index, _)| [low + index as f64 * bin, low + (index as f64 + 1.0) * bin])
    })
}

fn covered(data: &WrightMap, markers: &[Marker]) -> [f64; 2] {
    let values = || markers.iter().map(|marker| marker.value);
    if used_bins(data).next().is_none() {
        let [low, high] = axis::hull(values());
        let room = (high - low) * 0.05;
        return [low - room, high + room];
    }
    let [low, high] = axis::hull(used_bins(data));
    let farthest = (high - low) * FARTHEST;
    let items = values().map(|value| value.clamp(low - farthest, high + farthest));
    axis::hull(items.chain([low, high]))
}

fn markers(data: &WrightMap) -> Vec<Marker> {
    let mut markers: Vec<Marker> = Vec::new();
    for item in data.items.iter().filter(|item| item.location.is_finite()) {
        let kind = if item.anchor { Kind::Anchor } else { Kind::Other };
        markers.push(Marker { label: item.item.clone(), value: item.location, kind });
        for (index, step) in item.steps.iter().enumerate().filter(|(_, step)| step.is_finite()) {
            let label = format!("{}.{}", item.item, index + 1);
            markers.push(Marker { label, value: *step, kind: Kind::Step });
        }
    }
    markers.sort_by(|a, b| b.value.total_cmp(&a.value).then_with(|| a.label.cmp(&b.label)));
    markers
}

/// Markers that fall off the axis say in their label where they stand.
fn named(mut markers: Vec<Marker>, covered: [f64; 2], limit: f64, lang: Lang) -> Vec<Marker> {
    for marker in &mut markers {
        let outside = marker.value < covered[0] - 1e-9 || marker.value > covered[1] + 1e-9;
        let short = text::shorten(&marker.label, limit);
        marker.label = match outside {
            true => text::shorten(&format!("{short} ({})", format::number(lang, marker.value, 1)), limit),
            false => short,
        };
    }
    markers
}

fn entries(data: &WrightMap, markers: &[Marker], lang: Lang) -> Vec<Entry> {
    let count = data.waves.len();
    let wave = |(index, wave): (usize, &AbilityWave)| {
        let values = [
            ("wave", wave.label.as_str()),
            ("mean", &format::number(lang, wave.mean, 2)),
            ("n", &format::count(lang, wave.n)),
        ];
        let label = phrase_with(lang, "chart.wave_mean", &values);
        Entry { label, mark: Mark::Area(theme::wave(index, count)) }
    };
    let colour = theme::arm(0).line;
    let kinds = [
        (Kind::Anchor, "chart.anchor_item", Mark::Dot(colour)),
        (Kind::Other, "chart.other_item", Mark::Ring(colour)),
        (Kind::Step, "chart.item_step", Mark::Diamond(theme::MUTED)),
    ];
    let kinds = kinds
        .into_iter()
        .filter(|(kind, ..)| markers.iter().any(|marker| marker.kind == *kind))
        .map(|(_, key, mark)| Entry { label: phrase(lang, key), mark });
    data.waves.iter().enumerate().map(wave).chain(kinds).collect()
}

/// `height` is that of the whole chart where it is given.
fn lay_out(data: &WrightMap, width: f64, height: Option<f64>, lang: Lang) -> Layout {
    let persons = if width < theme::NARROW { 84.0 } else { width * 0.34 };
    let persons = if data.waves.is_empty() { 0.0 } else { persons };
    let sides = [EDGE + persons, EDGE + persons + GUTTER];
    let markers = markers(data);
    let covered = covered(data, &markers);
    let entries = entries(data, &markers, lang);
    let markers = named(markers, covered, (width - EDGE - sides[1]) * 0.5 - TO_LABEL, lang);
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
        let candidate = chips(&layout, Frame { bottom, ..plot });
        let moved = candidate.iter().filter(|chip| chip.is_moved()).count();
        if moved < least_moved {
            (layout.plot.bottom, layout.chips, least_moved) = (bottom, candidate, moved);
        }
    }
    layout
}

/// The places of the markers, in their order.
fn chips(layout: &Layout, plot: Frame) -> Vec<Chip> {
    let scale = Scale { values: layout.covered, places: [plot.bottom, plot.top] };
    let wanted: Vec<f64> = layout.markers.iter().map(|marker| scale.clamped(marker.value)).collect();
    let widest = text::widest(layout.markers.iter().map(|marker| marker.label.as_str()));
    let room = Frame { left: layout.sides[1] + 6.0, ..plot };
    let pitch = RADIUS + TO_LABEL + widest + BETWEEN_COLUMNS;
    dodge::place(&wanted, room, pitch, CHIP)
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
    draw_items(canvas, &layout)
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
    let shares = data.waves.iter().flat_map(|wave| &wave.shares);
    let most = shares.copied().filter(|share| share.is_finite()).fold(0.0, f64::max);
    let x = Scale {
        values: [0.0, if most > 0.0 { most * 1.03 } else { 0.1 }],
        places: [layout.sides[0], plot.left],
    };
    draw_share_axis(canvas, layout, &x)?;
    let scale = layout.scale();
    let count = data.waves.len();
    for (index, wave) in data.waves.iter().enumerate() {
        let look = theme::wave(index, count);
        let outline = outline(data, wave, &x, &scale);
        canvas.polygon(&outline, look.fill.mix(look.cover))?;
        canvas.line(&outline, &Stroke::of(look))?;
    }
    for (index, wave) in data.waves.iter().enumerate().filter(|(_, wave)| wave.mean.is_finite()) {
        let look = theme::wave(index, count);
        let y = scale.clamped(wave.mean);
        let line = Stroke { dash: Some([4.0, 3.0]), width: 1.75, ..Stroke::of(look) };
        canvas.line(&[at(plot.left, y), at(layout.sides[0], y)], &line)?;
        canvas.dot(at(layout.sides[0], y), 4.0, look.line.mix(1.0))?;
    }
    Ok(())
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

/// The steps of a histogram from the axis and back to it, from the lowest bin in use to the highest.
fn outline(data: &WrightMap, wave: &AbilityWave, x: &Scale, y: &Scale) -> Vec<Point> {
    let [low, high] = axis::sound_range(data.range[0], data.range[1]);
    let bin = (high - low) / wave.shares.len().max(1) as f64;
    let is_used = |share: &f64| *share > 0.0;
    let (Some(first), Some(last)) =
        (wave.shares.iter().position(is_used), wave.shares.iter().rposition(is_used))
    else {
        return Vec::new();
    };
    let edge = |index: usize| y.clamped(low + index as f64 * bin);
    let mut points = vec![at(x.place(0.0), edge(first))];
    for index in first..=last {
        let share = if is_used(&wave.shares[index]) { x.clamped(wave.shares[index]) } else { x.place(0.0) };
        points.extend([at(share, edge(index)), at(share, edge(index + 1))]);
    }
    points.push(at(x.place(0.0), edge(last + 1)));
    points
}

/// Markers with their ids; a marker that had to be moved up or down has a stem that ends at its own height.
fn draw_items<DB: DrawingBackend>(canvas: &Canvas<'_, DB>, layout: &Layout) -> Result<(), ChartError> {
    for chip in layout.chips.iter().filter(|chip| chip.is_moved()) {
        let stem = [at(chip.x + RADIUS, chip.y), at(chip.x + RADIUS, chip.wanted)];
        canvas.line(&stem, &Stroke::solid(theme::RULE, 1.0))?;
        let end = [at(chip.x, chip.wanted), at(chip.x + 2.0 * RADIUS, chip.wanted)];
        canvas.line(&end, &Stroke::solid(theme::RULE, 1.0))?;
    }
    let colour = theme::arm(0).line;
    for (marker, chip) in layout.markers.iter().zip(&layout.chips) {
        let centre = at(chip.x + RADIUS, chip.y);
        match marker.kind {
            Kind::Anchor => canvas.dot(centre, RADIUS, colour.mix(1.0))?,
            Kind::Other => canvas.ring(centre, RADIUS, &Stroke::solid(colour, 1.75))?,
            Kind::Step => canvas.diamond(centre, 3.5, theme::MUTED.mix(1.0))?,
        }
        let ink = if marker.kind == Kind::Step { theme::MUTED } else { theme::INK };
        canvas.text(&marker.label, at(centre.x + TO_LABEL, chip.y), Face::plain(ink, Align::Left))?;
    }
    Ok(())
}
