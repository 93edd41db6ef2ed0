//! Option curves: the share that chose each answer of an item, by score group.

use plotters::prelude::DrawingBackend;
use plotters::style::{Color, RGBColor};

use super::axis;
use super::canvas::{Align, Canvas, Face, Frame, Point, Stroke, at};
use super::draw::ChartError;
use super::grid::{self, Grid, Panel, Words};
use super::legend::{self, Entry, Mark};
use super::spread::{Wish, spread};
use super::{text, theme};
use crate::i18n::{Lang, format, phrase};

/// One panel per item, one line per option. A page holds some 15 panels.
#[derive(Clone, Debug)]
pub struct OptionCurves {
    /// What the axis shows: score groups, with which end is the lowest.
    pub axis: String,
    /// Names of the score groups from the lowest, up to five; groups are numbered where names find no room.
    pub groups: Vec<String>,
    /// The items in order.
    pub items: Vec<OptionItem>,
}

/// One item of [`OptionCurves`].
#[derive(Clone, Debug)]
pub struct OptionItem {
    /// Item id.
    pub item: String,
    /// What else stands above the panel, such as difficulty and discrimination; may be blank.
    pub note: String,
    /// Whether the key is suspected to be wrong: the panel is tinted and says so.
    pub suspected_miskey: bool,
    /// The options in order; leaving the item blank may be one of them.
    pub options: Vec<OptionCurve>,
}

/// One option of an [`OptionItem`].
#[derive(Clone, Debug)]
pub struct OptionCurve {
    /// Letter of the option, or a short word.
    pub label: String,
    /// Whether it is the key.
    pub is_key: bool,
    /// Share that chose it in each score group, fractions of 1, in group order; not a number for an empty
    /// group, which breaks the line.
    pub shares: Vec<f64>,
}

const EDGE: f64 = 4.0;
const LABEL: f64 = 14.0;
/// Room between the end of a line and its label.
const TO_LABEL: f64 = 9.0;
/// Room left and right of the outer groups inside the plot.
const INSET: f64 = 9.0;

/// The look of option `place` among the distractors of an item.
fn distractor(place: usize) -> Stroke {
    let looks = [
        (theme::FLAG, [6.0, 3.0]),
        (theme::arm(2).line, [2.0, 2.5]),
        (theme::arm(3).line, [11.0, 3.0]),
        (theme::MUTED, [4.0, 4.0]),
        (theme::INK, [1.5, 5.0]),
    ];
    let (colour, dash) = looks[place % looks.len()];
    Stroke { dash: Some(dash), ..Stroke::solid(colour, 1.5) }
}

fn key_line() -> Stroke {
    Stroke::solid(theme::arm(0).line, 3.25)
}

fn entries(lang: Lang) -> Vec<Entry> {
    let entry = |key, stroke| Entry { label: phrase(lang, key), mark: Mark::Line(stroke) };
    vec![entry("chart.key", key_line()), entry("chart.distractor", distractor(0))]
}

fn label_limit(width: f64) -> f64 {
    if width < theme::NARROW { 34.0 } else { 64.0 }
}

fn lay_out(data: &OptionCurves, width: f64, lang: Lang) -> Grid {
    let words = |item: &OptionItem| Words {
        title: item.item.clone(),
        warning: item.suspected_miskey.then(|| phrase(lang, "chart.suspected_miskey")),
        note: item.note.clone(),
    };
    let words: Vec<Words> = data.items.iter().map(words).collect();
    let labels = data
        .items
        .iter()
        .flat_map(|item| &item.options)
        .map(|option| text::width(&text::shorten(&option.label, label_limit(width)), theme::TEXT, true));
    let labels = labels.fold(0.0, f64::max) + 4.0;
    let top = legend::height(&entries(lang), width - 2.0 * EDGE) + theme::LINE + 14.0;
    grid::lay_out(&words, &data.axis, width, top, labels)
}

/// Natural height at a width.
pub(super) fn height(data: &OptionCurves, width: f64) -> f64 {
    Lang::ALL.into_iter().map(|lang| lay_out(data, width, lang).bottom).fold(0.0, f64::max)
}

/// Draws all panels.
pub(super) fn draw<DB: DrawingBackend>(
    data: &OptionCurves,
    canvas: &Canvas<'_, DB>,
) -> Result<(), ChartError> {
    let grid = lay_out(data, canvas.width, canvas.lang);
    let entries = entries(canvas.lang);
    legend::draw(canvas, &entries, at(EDGE, 2.0), canvas.width - 2.0 * EDGE)?;
    let y = legend::height(&entries, canvas.width - 2.0 * EDGE) + 4.0 + theme::LINE / 2.0;
    let title = phrase(canvas.lang, "chart.share_choosing");
    canvas.text(&title, at(EDGE, y), Face::plain(theme::MUTED, Align::Left))?;
    for (item, panel) in data.items.iter().zip(&grid.panels) {
        draw_item(data, item, canvas, panel)?;
    }
    grid::draw_title(canvas, &grid)
}

/// Where score group `index` stands.
fn group_x(plot: Frame, index: usize, count: usize) -> f64 {
    let (left, right) = (plot.left + INSET, plot.right - TO_LABEL);
    if count < 2 { (left + right) / 2.0 } else { left + (right - left) * index as f64 / (count as f64 - 1.0) }
}

fn draw_item<DB: DrawingBackend>(
    data: &OptionCurves,
    item: &OptionItem,
    canvas: &Canvas<'_, DB>,
    panel: &Panel,
) -> Result<(), ChartError> {
    let count = data.groups.len();
    let y = grid::draw_panel(canvas, panel)?;
    if panel.lowest {
        draw_group_names(data, canvas, panel.plot)?;
    }
    let mut distractors = 0;
    let mut labels: Vec<EndLabel<'_>> = Vec::new();
    // The key is drawn last, above the others.
    for is_key in [false, true] {
        for option in item.options.iter().filter(|option| option.is_key == is_key) {
            let stroke = if is_key { key_line() } else { distractor(distractors) };
            distractors += usize::from(!is_key);
            let points = option.shares.iter().take(count).enumerate().map(|(index, share)| {
                share.is_finite().then(|| at(group_x(panel.plot, index, count), y.clamped(*share)))
            });
            let points: Vec<Option<Point>> = points.collect();
            for run in points.split(Option::is_none) {
                let run: Vec<Point> = run.iter().flatten().copied().collect();
                canvas.line(&run, &stroke)?;
                run.iter().try_for_each(|point| {
                    canvas.dot(*point, if is_key { 4.0 } else { 2.25 }, stroke.colour.to_rgba())
                })?;
            }
            let end = points.iter().rev().flatten().next().copied();
            labels.extend(end.map(|end| EndLabel { option, stroke, end }));
        }
    }
    draw_end_labels(canvas, panel.plot, &labels)
}

/// An option to be named where its line ends.
struct EndLabel<'a> {
    option: &'a OptionCurve,
    stroke: Stroke,
    end: Point,
}

fn draw_end_labels<DB: DrawingBackend>(
    canvas: &Canvas<'_, DB>,
    plot: Frame,
    labels: &[EndLabel<'_>],
) -> Result<(), ChartError> {
    let wishes: Vec<Wish> = labels.iter().map(|label| Wish { wanted: label.end.y, height: LABEL }).collect();
    for (label, y) in labels.iter().zip(spread(&wishes, plot.top - 4.0, plot.bottom + 4.0)) {
        let lead = [at(label.end.x + 3.0, label.end.y), at(plot.right + 1.0, y)];
        canvas.line(&lead, &Stroke { width: 0.75, dash: None, ..label.stroke })?;
        let words = text::shorten(&label.option.label, label_limit(canvas.width));
        let (red, green, blue) = label.stroke.colour.rgb();
        let face = Face { colour: RGBColor(red, green, blue), bold: label.option.is_key, align: Align::Left };
        canvas.text(&words, at(plot.right + 3.0, y), face)?;
    }
    Ok(())
}

/// Names of the groups, or their numbers where the names find no room side by side.
fn draw_group_names<DB: DrawingBackend>(
    data: &OptionCurves,
    canvas: &Canvas<'_, DB>,
    plot: Frame,
) -> Result<(), ChartError> {
    let count = data.groups.len();
    let widest = text::widest(data.groups.iter().map(String::as_str));
    let fits = widest + 8.0 <= (plot.right - plot.left - INSET - TO_LABEL) / (count as f64 - 1.0).max(1.0);
    for (index, name) in data.groups.iter().enumerate() {
        let number = format::count(canvas.lang, index + 1);
        let place = at(group_x(plot, index, count), plot.bottom + axis::TICK_ROOM / 2.0 + 1.0);
        let face = Face::plain(theme::MUTED, Align::Middle);
        canvas.text(if fits { name } else { &number }, place, face)?;
    }
    Ok(())
}
