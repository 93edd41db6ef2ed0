//! Test information and standard error of measurement over ability, above the abilities of the persons.

use plotters::prelude::DrawingBackend;
use plotters::style::Color;

use super::ability::{self, AbilityWave, Corner};
use super::axis::{self, Scale, TickFormat};
use super::canvas::{Align, Canvas, Face, Frame, Stroke, at};
use super::curve::{self, CurvePoint};
use super::draw::ChartError;
use super::legend::{self, Entry, Mark};
use super::theme;
use crate::i18n::{Lang, format, phrase, phrase_with};

/// Where a test measures well, and where its persons are: three panels on one axis.
#[derive(Clone, Debug)]
pub struct TestInformation {
    /// What the axis shows, with its unit: ability in logits.
    pub axis: String,
    /// Lowest and highest ability shown; the bins of [`AbilityWave::shares`] span the same range.
    pub range: [f64; 2],
    /// One test, or one per booklet or wave; up to four can be told apart.
    pub tests: Vec<TestCurves>,
    /// Where measurement is good enough, shaded; none where it is nowhere so, or not to be shown.
    pub reliable: Option<ReliableRange>,
    /// The persons by wave; none leaves their panel out.
    pub waves: Vec<AbilityWave>,
}

/// The curves of one test.
#[derive(Clone, Debug)]
pub struct TestCurves {
    /// Name of the test or booklet; it is shown where there are several.
    pub label: String,
    /// Test information at rising abilities: some 60 points give a smooth line.
    pub information: Vec<CurvePoint>,
    /// Standard error of measurement at rising abilities, in the unit of the axis. Its panel does not follow
    /// it to the ends, where errors grow beyond all bounds.
    pub errors: Vec<CurvePoint>,
}

/// Abilities at which reliability, `1 - error² / variance of ability`, reaches a least value.
#[derive(Clone, Copy, Debug)]
pub struct ReliableRange {
    /// The least reliability, such as 0.70.
    pub least: f64,
    /// The standard error at which it is just reached.
    pub error: f64,
    /// The lowest ability at which it is reached.
    pub from: f64,
    /// The highest ability at which it is reached.
    pub to: f64,
}

const EDGE: f64 = 4.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 20.0;
const BETWEEN: f64 = 10.0;
/// Room for the name of a panel above its plot.
const NAME: f64 = theme::LINE + 8.0;
/// Heights of the plots of information, error and persons.
const HEIGHTS: [f64; 3] = [150.0, 112.0, 104.0];
/// The panel of errors reaches up to this many times the smallest error.
const LARGEST_ERROR: f64 = 3.0;

struct Layout {
    entries: Vec<Entry>,
    names: Vec<String>,
    plots: Vec<Frame>,
    bottom: f64,
}

fn test_line(index: usize) -> Stroke {
    Stroke { width: 2.25, ..Stroke::of(theme::arm(index)) }
}

fn limit_line() -> Stroke {
    Stroke { dash: Some([4.0, 3.0]), ..Stroke::solid(theme::MUTED, 1.5) }
}

fn is_drawable(reliable: &ReliableRange) -> bool {
    reliable.from.is_finite() && reliable.to > reliable.from && reliable.to.is_finite()
}

fn entries(data: &TestInformation, lang: Lang) -> Vec<Entry> {
    let tests = data.tests.iter().enumerate().filter(|_| data.tests.len() > 1);
    let tests =
        tests.map(|(index, test)| Entry { label: test.label.clone(), mark: Mark::Line(test_line(index)) });
    let mut entries: Vec<Entry> = tests.chain(ability::entries(&data.waves, lang)).collect();
    if let Some(reliable) = data.reliable.filter(is_drawable) {
        let least = format::number(lang, reliable.least, 2);
        let ends = [reliable.from, reliable.to].map(|end| format::number(lang, end, 1));
        let values = [("least", least.as_str()), ("from", &ends[0]), ("to", &ends[1])];
        let label = phrase_with(lang, "chart.reliable_range", &values);
        entries.push(Entry { label, mark: Mark::Box(theme::SHADE) });
        let label = phrase_with(lang, "chart.reliable_error", &[("least", &least)]);
        entries.push(Entry { label, mark: Mark::Line(limit_line()) });
    }
    entries
}

/// `height` is that of the whole chart where it is given; what is beyond the natural one goes to the plots.
fn lay_out(data: &TestInformation, width: f64, height: Option<f64>, lang: Lang) -> Layout {
    let entries = entries(data, lang);
    let keys = ["chart.information", "chart.standard_error", "chart.share_of_respondents"];
    let count = if data.waves.is_empty() { 2 } else { 3 };
    let names = keys.into_iter().take(count).map(|key| phrase(lang, key)).collect();
    let top = legend::height(&entries, width - 2.0 * EDGE) + 8.0;
    let foot = axis::horizontal_height(&data.axis, width - 8.0) + 6.0;
    let natural = top + HEIGHTS.iter().take(count).map(|plot| NAME + plot + BETWEEN).sum::<f64>() + foot;
    let more = height.map_or(0.0, |height| (height - natural).max(0.0)) / count as f64;
    let mut plots = Vec::new();
    let mut plot_top = top;
    for plot in HEIGHTS.into_iter().take(count) {
        plot_top += NAME;
        let bottom = plot_top + plot + more;
        plots.push(Frame { left: LEFT, top: plot_top, right: width - RIGHT, bottom });
        plot_top = bottom + BETWEEN;
    }
    Layout { entries, names, plots, bottom: natural }
}

/// Natural height at a width.
pub(super) fn height(data: &TestInformation, width: f64) -> f64 {
    Lang::ALL.into_iter().map(|lang| lay_out(data, width, None, lang).bottom).fold(0.0, f64::max)
}

/// Draws the panels.
pub(super) fn draw<DB: DrawingBackend>(
    data: &TestInformation,
    canvas: &Canvas<'_, DB>,
) -> Result<(), ChartError> {
    let layout = lay_out(data, canvas.width, Some(canvas.height), canvas.lang);
    legend::draw(canvas, &layout.entries, at(EDGE, 2.0), canvas.width - 2.0 * EDGE)?;
    let range = axis::sound_range(data.range[0], data.range[1]);
    let tops = [most_information(data), most_error(data), upper_end(ability::most_share(&data.waves))];
    for (index, (plot, name)) in layout.plots.iter().zip(&layout.names).enumerate() {
        let x = Scale { values: range, places: [plot.left, plot.right] };
        let y = Scale { values: [0.0, tops[index]], places: [plot.bottom, plot.top] };
        canvas.text(name, at(EDGE, plot.top - NAME / 2.0), Face::plain(theme::MUTED, Align::Left))?;
        draw_reliable(data, canvas, &x, *plot)?;
        let tick_format = if index == 2 { TickFormat::Percent } else { TickFormat::Number };
        axis::draw_vertical(canvas, &y, *plot, tick_format)?;
        if index + 1 == layout.plots.len() {
            axis::draw_horizontal(canvas, &x, *plot, &data.axis, TickFormat::Number)?;
        } else {
            axis::draw_grid_down(canvas, &x, *plot, TickFormat::Number)?;
        }
        draw_reliable_ends(data, canvas, &x, *plot)?;
        let base = [at(plot.left, plot.bottom), at(plot.right, plot.bottom)];
        canvas.line(&base, &Stroke::solid(theme::RULE, 1.0))?;
        match index {
            0 => draw_curves(data, canvas, &x, &y, |test| &test.information)?,
            1 => {
                draw_limit(data, canvas, &y, *plot)?;
                draw_curves(data, canvas, &x, &y, |test| &test.errors)?;
            }
            _ => draw_waves(data, canvas, &x, &y)?,
        }
    }
    Ok(())
}

/// A round upper end for an axis from zero.
fn upper_end(most: f64) -> f64 {
    if most > 0.0 && most.is_finite() { axis::rounded([0.0, most * 1.02], 5)[1] } else { 1.0 }
}

fn finite(points: &[CurvePoint]) -> impl Iterator<Item = f64> {
    points.iter().map(|point| point.value).filter(|value| value.is_finite() && *value > 0.0)
}

fn most_information(data: &TestInformation) -> f64 {
    upper_end(data.tests.iter().flat_map(|test| finite(&test.information)).fold(0.0, f64::max))
}

fn most_error(data: &TestInformation) -> f64 {
    let errors = || data.tests.iter().flat_map(|test| finite(&test.errors));
    let (least, most) = (errors().fold(f64::INFINITY, f64::min), errors().fold(0.0, f64::max));
    let limit = data.reliable.map_or(0.0, |reliable| reliable.error * 1.3);
    upper_end(most.min((least * LARGEST_ERROR).max(limit)))
}

/// Lines at the ends of the band, which a grey print shows.
fn draw_reliable_ends<DB: DrawingBackend>(
    data: &TestInformation,
    canvas: &Canvas<'_, DB>,
    x: &Scale,
    plot: Frame,
) -> Result<(), ChartError> {
    let Some(reliable) = data.reliable.filter(is_drawable) else { return Ok(()) };
    [reliable.from, reliable.to].map(|end| x.clamped(end)).into_iter().try_for_each(|end| {
        canvas.line(&[at(end, plot.top), at(end, plot.bottom)], &Stroke::solid(theme::RULE, 1.0))
    })
}

/// The band of good measurement.
fn draw_reliable<DB: DrawingBackend>(
    data: &TestInformation,
    canvas: &Canvas<'_, DB>,
    x: &Scale,
    plot: Frame,
) -> Result<(), ChartError> {
    let Some(reliable) = data.reliable.filter(is_drawable) else { return Ok(()) };
    let (left, right) = (x.clamped(reliable.from), x.clamped(reliable.to));
    canvas.fill(Frame { left, right, ..plot }, theme::SHADE.mix(1.0))
}

fn draw_limit<DB: DrawingBackend>(
    data: &TestInformation,
    canvas: &Canvas<'_, DB>,
    y: &Scale,
    plot: Frame,
) -> Result<(), ChartError> {
    let inside = |error: &f64| *error > 0.0 && *error <= y.values[1];
    let Some(error) = data.reliable.filter(is_drawable).map(|reliable| reliable.error).filter(inside) else {
        return Ok(());
    };
    canvas.line(&[at(plot.left, y.place(error)), at(plot.right, y.place(error))], &limit_line())
}

fn draw_curves<DB: DrawingBackend>(
    data: &TestInformation,
    canvas: &Canvas<'_, DB>,
    x: &Scale,
    y: &Scale,
    points: impl Fn(&TestCurves) -> &[CurvePoint],
) -> Result<(), ChartError> {
    for (index, test) in data.tests.iter().enumerate() {
        for path in curve::paths(points(test), x, y) {
            canvas.line(&path, &test_line(index))?;
        }
    }
    Ok(())
}

/// Histograms, with a dashed line at each mean.
fn draw_waves<DB: DrawingBackend>(
    data: &TestInformation,
    canvas: &Canvas<'_, DB>,
    x: &Scale,
    y: &Scale,
) -> Result<(), ChartError> {
    let place = |corner: Corner| at(x.clamped(corner.ability), y.clamped(corner.share));
    let mean = |value: f64| y.places.map(|end| at(x.clamped(value), end));
    ability::draw(canvas, &data.waves, data.range, place, mean)
}
