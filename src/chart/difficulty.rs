//! Item difficulty before against after, with the line of no change.

use plotters::prelude::DrawingBackend;
use plotters::style::Color;

use super::axis::{self, Scale, TickFormat};
use super::canvas::{Align, Canvas, Face, Frame, Point, Stroke, at};
use super::draw::ChartError;
use super::legend::{self, Entry, Mark};
use super::{Difficulty, DifficultyPoint, text, theme};
use crate::i18n::{Lang, phrase};

const EDGE: f64 = 4.0;
const TICKS: f64 = 48.0;
const LARGEST_SIDE: f64 = 500.0;
const KEY_WIDTH: f64 = 150.0;
const RADIUS: f64 = 4.5;
const LABEL_HEIGHT: f64 = 14.0;
/// With many items, those are labelled that stand this far off the line (in share of points).
const FAR: f64 = 0.1;
/// Up to this many items all get a label where one fits.
const FEW: usize = 50;
/// Distances from a point at which a place for its label is looked for, in px.
const LABEL_GAPS: [f64; 4] = [0.0, 10.0, 20.0, 30.0];
/// Distance of the points of a lead that are looked at for collisions, in px.
const LEAD_STEP: f64 = 3.0;

struct Layout {
    entries: Vec<Entry>,
    key: Point,
    key_width: f64,
    titles: [Vec<String>; 2],
    plot: Frame,
}

fn entries(data: &Difficulty, lang: Lang) -> Vec<Entry> {
    let colour = theme::arm(0).line;
    let kinds =
        [(true, "chart.anchor_item", Mark::Dot(colour)), (false, "chart.booklet_item", Mark::Ring(colour))];
    let mut entries: Vec<Entry> = kinds
        .into_iter()
        .filter(|(anchor, ..)| data.points.iter().any(|point| point.anchor == *anchor))
        .map(|(_, key, mark)| Entry { label: phrase(lang, key), mark })
        .collect();
    entries.push(Entry { label: phrase(lang, "chart.no_change"), mark: Mark::Line(identity_line()) });
    entries
}

fn identity_line() -> Stroke {
    Stroke { dash: Some([6.0, 4.0]), ..Stroke::solid(theme::MUTED, 1.5) }
}

/// The key stands beside the square where there is room, above it otherwise.
fn lay_out(data: &Difficulty, width: f64, lang: Lang) -> Layout {
    let entries = entries(data, lang);
    let beside = width >= theme::NARROW + KEY_WIDTH;
    let key_width = if beside { KEY_WIDTH } else { width - 2.0 * EDGE };
    let side = if beside { width - TICKS - KEY_WIDTH - 3.0 * EDGE - 16.0 } else { width - TICKS - 22.0 };
    let side = side.min(LARGEST_SIDE);
    let key_height = if beside { 0.0 } else { legend::height(&entries, key_width) + 6.0 };
    let titles = [
        text::wrap(&data.axes[0], width - 2.0 * EDGE, false),
        text::wrap(&data.axes[1], width - 2.0 * EDGE, false),
    ];
    let top = key_height + titles[1].len() as f64 * theme::LINE + 18.0;
    let plot = Frame { left: TICKS, top, right: TICKS + side, bottom: top + side };
    let key = if beside { at(plot.right + 20.0, top) } else { at(EDGE, 2.0) };
    Layout { entries, key, key_width, titles, plot }
}

/// Natural height at a width.
pub(super) fn height(data: &Difficulty, width: f64) -> f64 {
    let layout = lay_out(data, width, Lang::default());
    layout.plot.bottom + axis::TICK_ROOM + layout.titles[0].len() as f64 * theme::LINE + 6.0
}

/// Draws the square, its line and the items.
pub(super) fn draw<DB: DrawingBackend>(data: &Difficulty, canvas: &Canvas<'_, DB>) -> Result<(), ChartError> {
    let layout = lay_out(data, canvas.width, canvas.lang);
    let plot = layout.plot;
    let x = Scale { values: [0.0, 1.0], places: [plot.left, plot.right] };
    let y = Scale { values: [0.0, 1.0], places: [plot.bottom, plot.top] };
    legend::draw(canvas, &layout.entries, layout.key, layout.key_width)?;
    axis::draw_horizontal(canvas, &x, plot, &data.axes[0], TickFormat::Percent)?;
    axis::draw_vertical(canvas, &y, plot, TickFormat::Percent)?;
    let title_middle = plot.top - 14.0 - layout.titles[1].len() as f64 * theme::LINE / 2.0;
    canvas.lines(&layout.titles[1], at(EDGE, title_middle), Face::plain(theme::INK, Align::Left))?;
    canvas.line(&[at(plot.left, plot.bottom), at(plot.right, plot.top)], &identity_line())?;
    let mut taken = draw_corner_words(canvas, plot)?;
    let items: Vec<Item<'_>> = placed_items(data, &x, &y);
    taken.extend(items.iter().map(|item| around(item.centre, RADIUS)));
    let colour = theme::arm(0).line;
    for item in &items {
        match item.point.anchor {
            true => canvas.dot(item.centre, RADIUS, colour.mix(1.0))?,
            false => canvas.ring(item.centre, RADIUS, &Stroke::solid(colour, 1.75))?,
        }
    }
    draw_labels(canvas, &items, taken, plot)
}

/// An item and its place on the chart.
struct Item<'a> {
    point: &'a DifficultyPoint,
    centre: Point,
}

/// The items that can be drawn, those farthest off the line first: they get the best places for labels.
fn placed_items<'a>(data: &'a Difficulty, x: &Scale, y: &Scale) -> Vec<Item<'a>> {
    let mut items: Vec<Item<'a>> = data
        .points
        .iter()
        .filter(|point| point.before.is_finite() && point.after.is_finite())
        .map(|point| Item { point, centre: at(x.clamped(point.before), y.clamped(point.after)) })
        .collect();
    items.sort_by(|a, b| distance(b.point).total_cmp(&distance(a.point)));
    items
}

fn distance(point: &DifficultyPoint) -> f64 {
    (point.after - point.before).abs()
}

fn around(centre: Point, radius: f64) -> Frame {
    Frame {
        left: centre.x - radius,
        top: centre.y - radius,
        right: centre.x + radius,
        bottom: centre.y + radius,
    }
}

/// Says what the two halves mean; gives back the room the words take.
fn draw_corner_words<DB: DrawingBackend>(
    canvas: &Canvas<'_, DB>,
    plot: Frame,
) -> Result<Vec<Frame>, ChartError> {
    let (easier, harder) =
        (phrase(canvas.lang, "chart.easier_after"), phrase(canvas.lang, "chart.harder_after"));
    let (above, below) = (plot.top + 14.0, plot.bottom - 14.0);
    canvas.text(&easier, at(plot.left + 8.0, above), Face::plain(theme::MUTED, Align::Left))?;
    canvas.text(&harder, at(plot.right - 8.0, below), Face::plain(theme::MUTED, Align::Right))?;
    let upper = Frame {
        left: plot.left,
        top: plot.top,
        right: plot.left + 8.0 + text::plain_width(&easier),
        bottom: above + LABEL_HEIGHT / 2.0,
    };
    let lower = Frame {
        left: plot.right - 8.0 - text::plain_width(&harder),
        top: below - LABEL_HEIGHT / 2.0,
        right: plot.right,
        bottom: plot.bottom,
    };
    Ok(vec![upper, lower])
}

/// Puts a label beside every item for which a free place is found, close by first.
fn draw_labels<DB: DrawingBackend>(
    canvas: &Canvas<'_, DB>,
    items: &[Item<'_>],
    mut taken: Vec<Frame>,
    plot: Frame,
) -> Result<(), ChartError> {
    let mut leads: Vec<Point> = Vec::new();
    for item in items {
        if items.len() > FEW && distance(item.point) < FAR {
            continue;
        }
        let width = text::plain_width(&item.point.item);
        let free = LABEL_GAPS.iter().flat_map(|gap| candidates(item, width, *gap)).find(|label| {
            let lead = lead(item.centre, label);
            plot.holds(label)
                && !crosses_line(label, plot)
                && taken
                    .iter()
                    .all(|other| !other.overlaps(label) && !lead.iter().any(|point| other.covers(*point)))
                && !leads.iter().any(|point| label.covers(*point))
        });
        let Some(label) = free else { continue };
        let lead = lead(item.centre, &label);
        canvas.line(&lead, &Stroke::solid(theme::RULE, 0.75))?;
        leads.extend(lead);
        let place = at((label.left + label.right) / 2.0, (label.top + label.bottom) / 2.0);
        canvas.text(&item.point.item, place, Face::plain(theme::INK, Align::Middle))?;
        taken.push(label);
    }
    Ok(())
}

/// Whether the line of no change runs through a rectangle.
fn crosses_line(label: &Frame, plot: Frame) -> bool {
    let height_at = |x: f64| plot.bottom - (x - plot.left);
    let (left, right) = (height_at(label.left), height_at(label.right));
    left > label.top && right < label.bottom
}

/// Places for a label around an item, `gap` px farther out than touching: first on the side away from the
/// line of no change, where most room is.
fn candidates(item: &Item<'_>, width: f64, gap: f64) -> Vec<Frame> {
    const SLANT: f64 = 0.75;
    /// To the right and down, for an item above the line.
    const WAYS: [[f64; 2]; 10] = [
        [-1.0, 0.0],
        [0.0, -1.0],
        [-SLANT, -SLANT],
        [-1.0, -0.5],
        [-0.4, -1.0],
        [1.0, 0.0],
        [0.0, 1.0],
        [SLANT, SLANT],
        [SLANT, -SLANT],
        [-SLANT, SLANT],
    ];
    let side = if item.point.after < item.point.before { -1.0 } else { 1.0 };
    let (beside, above) = (RADIUS + 3.0 + gap + width / 2.0, RADIUS + 2.0 + gap + LABEL_HEIGHT / 2.0);
    WAYS.into_iter()
        .map(|[right, down]| {
            let middle = at(item.centre.x + side * right * beside, item.centre.y + side * down * above);
            Frame {
                left: middle.x - width / 2.0,
                top: middle.y - LABEL_HEIGHT / 2.0,
                right: middle.x + width / 2.0,
                bottom: middle.y + LABEL_HEIGHT / 2.0,
            }
        })
        .collect()
}

/// The way from the rim of a point to a label that stands away from it, in small steps; nothing for a label
/// close by.
fn lead(centre: Point, label: &Frame) -> Vec<Point> {
    let near = at(centre.x.clamp(label.left, label.right), centre.y.clamp(label.top, label.bottom));
    let (right, down) = (near.x - centre.x, near.y - centre.y);
    let length = right.hypot(down);
    if length < RADIUS + 7.0 {
        return Vec::new();
    }
    let steps = (length / LEAD_STEP).ceil().max(1.0);
    // A little beyond the rim, so that the lead does not count as running through its own point.
    let start = (RADIUS + 0.5) / length;
    let along = |step: f64| start + (1.0 - start) * step / steps;
    (0..=steps as usize)
        .map(|step| at(centre.x + right * along(step as f64), centre.y + down * along(step as f64)))
        .collect()
}
