//! Item characteristic curves: the points a model expects and those observed, by ability.

use plotters::prelude::DrawingBackend;
use plotters::style::Color;

use super::axis::{self, Scale, TickFormat};
use super::canvas::{Align, Canvas, Face, Stroke, at};
use super::curve::{self, CurvePoint};
use super::draw::ChartError;
use super::grid::{self, Grid, Panel, Words};
use super::legend::{self, Entry, Mark};
use super::theme;
use crate::i18n::{Lang, phrase};

/// One panel per item on common axes. A page holds some 15 panels.
#[derive(Clone, Debug)]
pub struct ItemCurves {
    /// What the axis shows, with its unit: ability in logits.
    pub axis: String,
    /// Lowest and highest ability shown.
    pub range: [f64; 2],
    /// The items in order.
    pub items: Vec<ItemCurve>,
}

/// One item of [`ItemCurves`].
#[derive(Clone, Debug)]
pub struct ItemCurve {
    /// Item id.
    pub item: String,
    /// What else stands above the panel, such as location and infit; may be blank.
    pub note: String,
    /// Whether the item does not fit: the panel is tinted and says so.
    pub misfit: bool,
    /// Expected share of points, a fraction of 1, at rising abilities: some 60 points give a smooth line.
    pub curve: Vec<CurvePoint>,
    /// Observed shares of points in groups of like ability.
    pub observed: Vec<ObservedGroup>,
}

/// Persons of like ability and their points on one item.
#[derive(Clone, Copy, Debug)]
pub struct ObservedGroup {
    /// Mean ability of the group.
    pub ability: f64,
    /// Observed share of points, a fraction of 1.
    pub share: f64,
    /// Its 95 percent interval; none where it is not to be shown.
    pub ci: Option<[f64; 2]>,
    /// Persons in the group: the area of the mark.
    pub n: usize,
}

const EDGE: f64 = 4.0;
const SMALLEST: f64 = 1.5;
const LARGEST: f64 = 5.0;

fn expected_line() -> Stroke {
    Stroke::solid(theme::arm(0).line, 2.25)
}

fn entries(data: &ItemCurves, lang: Lang) -> Vec<Entry> {
    let mut groups = data.items.iter().flat_map(|item| &item.observed);
    let has_groups = groups.clone().next().is_some();
    let key =
        if groups.any(|group| group.ci.is_some()) { "chart.observed_interval" } else { "chart.observed" };
    let expected = Entry { label: phrase(lang, "chart.expected"), mark: Mark::Line(expected_line()) };
    let observed = Entry { label: phrase(lang, key), mark: Mark::Dot(theme::FLAG) };
    [expected].into_iter().chain(has_groups.then_some(observed)).collect()
}

fn lay_out(data: &ItemCurves, width: f64, lang: Lang) -> Grid {
    let words = |item: &ItemCurve| Words {
        title: item.item.clone(),
        note: item.note.clone(),
        warning: item.misfit.then(|| phrase(lang, "chart.misfit")),
    };
    let words: Vec<Words> = data.items.iter().map(words).collect();
    let top = legend::height(&entries(data, lang), width - 2.0 * EDGE) + theme::LINE + 14.0;
    grid::lay_out(&words, &data.axis, width, top, 0.0)
}

/// Natural height at a width.
pub(super) fn height(data: &ItemCurves, width: f64) -> f64 {
    Lang::ALL.into_iter().map(|lang| lay_out(data, width, lang).bottom).fold(0.0, f64::max)
}

/// Draws all panels.
pub(super) fn draw<DB: DrawingBackend>(data: &ItemCurves, canvas: &Canvas<'_, DB>) -> Result<(), ChartError> {
    let grid = lay_out(data, canvas.width, canvas.lang);
    let entries = entries(data, canvas.lang);
    legend::draw(canvas, &entries, at(EDGE, 2.0), canvas.width - 2.0 * EDGE)?;
    let y = legend::height(&entries, canvas.width - 2.0 * EDGE) + 4.0 + theme::LINE / 2.0;
    let title = phrase(canvas.lang, "chart.share_of_points");
    canvas.text(&title, at(EDGE, y), Face::plain(theme::MUTED, Align::Left))?;
    let range = axis::sound_range(data.range[0], data.range[1]);
    let most = data.items.iter().flat_map(|item| &item.observed).map(|group| group.n).max().unwrap_or(1);
    for (item, panel) in data.items.iter().zip(&grid.panels) {
        draw_item(item, canvas, panel, range, most)?;
    }
    grid::draw_title(canvas, &grid)
}

fn draw_item<DB: DrawingBackend>(
    item: &ItemCurve,
    canvas: &Canvas<'_, DB>,
    panel: &Panel,
    range: [f64; 2],
    most: usize,
) -> Result<(), ChartError> {
    let y = grid::draw_panel(canvas, panel)?;
    let x = Scale { values: range, places: [panel.plot.left, panel.plot.right] };
    if panel.lowest {
        axis::draw_horizontal(canvas, &x, panel.plot, "", TickFormat::Number)?;
    } else {
        axis::draw_grid_down(canvas, &x, panel.plot, TickFormat::Number)?;
    }
    for path in curve::paths(&item.curve, &x, &y) {
        canvas.line(&path, &expected_line())?;
    }
    let inside = |group: &&ObservedGroup| {
        group.share.is_finite() && group.ability >= range[0] && group.ability <= range[1]
    };
    for group in item.observed.iter().filter(inside) {
        let place = at(x.place(group.ability), y.clamped(group.share));
        if let Some(ci) = group.ci.filter(|ci| !ci[0].is_nan() && !ci[1].is_nan()) {
            let ends = ci.map(|end| at(place.x, y.clamped(end)));
            canvas.line(&ends, &Stroke::solid(theme::FLAG, 1.25))?;
        }
        let size = (group.n as f64 / most.max(1) as f64).sqrt();
        canvas.dot(place, SMALLEST + (LARGEST - SMALLEST) * size, theme::FLAG.mix(1.0))?;
    }
    Ok(())
}
