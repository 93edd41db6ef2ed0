//! Two school means against each other, one point a school, with the fitted line.

use plotters::prelude::DrawingBackend;
use plotters::style::Color;

use super::axis::{self, Scale, TickFormat};
use super::canvas::{Align, Canvas, Face, Frame, Stroke, at};
use super::draw::ChartError;
use super::{text, theme};
use crate::i18n::{Lang, format, phrase_with};

const EDGE: f64 = 4.0;
const TICKS: f64 = 48.0;
const RADIUS: f64 = 4.5;
/// A point cloud gains nothing from a larger plot.
const LARGEST_WIDTH: f64 = 460.0;
const PLOT_HEIGHT: f64 = 210.0;
/// Room for the number of schools over the plot.
const HEAD: f64 = 22.0;
const MOST_TICKS: usize = 7;

/// School means: a predictor across, the change of an outcome up.
#[derive(Clone, Debug)]
pub struct SchoolScatter {
    /// Titles of the axis across and of the axis up, with their units.
    pub axes: [String; 2],
    /// One point per school that may be shown: across, up.
    pub points: Vec<[f64; 2]>,
    /// The fitted line: value where the predictor is 0, and slope per unit of it.
    pub line: Option<[f64; 2]>,
    /// Schools behind the line; more than the points where small ones are not shown.
    pub schools: usize,
}

struct Layout {
    title: Vec<String>,
    plot: Frame,
}

fn lay_out(data: &SchoolScatter, width: f64) -> Layout {
    let title = text::wrap(&data.axes[1], width - 2.0 * EDGE, false);
    let top = title.len() as f64 * theme::LINE + HEAD + 6.0;
    let right = TICKS + (width - TICKS - 16.0).min(LARGEST_WIDTH);
    Layout { title, plot: Frame { left: TICKS, top, right, bottom: top + PLOT_HEIGHT } }
}

/// Natural height at a width.
pub(super) fn height(data: &SchoolScatter, width: f64) -> f64 {
    lay_out(data, width).plot.bottom + axis::horizontal_height(&data.axes[0], width - 8.0) + 6.0
}

/// The finite points.
pub(super) fn sound(data: &SchoolScatter) -> impl Iterator<Item = [f64; 2]> + '_ {
    data.points.iter().copied().filter(|[x, y]| x.is_finite() && y.is_finite())
}

fn range(values: impl Iterator<Item = f64>) -> [f64; 2] {
    let [low, high] = axis::hull(values);
    let room = (high - low) * 0.06;
    axis::rounded([low - room, high + room], MOST_TICKS)
}

/// Draws axes, line and points.
pub(super) fn draw<DB: DrawingBackend>(
    data: &SchoolScatter,
    canvas: &Canvas<'_, DB>,
) -> Result<(), ChartError> {
    let Layout { title, plot } = lay_out(data, canvas.width);
    let across = range(sound(data).map(|[x, _]| x));
    let on_line = |x: f64| data.line.map(|[level, slope]| level + slope * x);
    let ends = across.into_iter().filter_map(on_line);
    let up = range(sound(data).map(|[_, y]| y).chain(ends));
    let x = Scale { values: across, places: [plot.left, plot.right] };
    let y = Scale { values: up, places: [plot.bottom, plot.top] };
    let middle = title.len() as f64 * theme::LINE / 2.0 + 2.0;
    canvas.lines(&title, at(EDGE, middle), Face::plain(theme::INK, Align::Left))?;
    let schools = words(data, canvas.lang);
    canvas.text(&schools, at(plot.right, plot.top - HEAD / 2.0), Face::plain(theme::MUTED, Align::Right))?;
    axis::draw_horizontal(canvas, &x, plot, &data.axes[0], TickFormat::Number)?;
    axis::draw_vertical(canvas, &y, plot, TickFormat::Number)?;
    if up[0] < 0.0 && up[1] > 0.0 {
        let zero = y.place(0.0);
        canvas.line(&[at(plot.left, zero), at(plot.right, zero)], &Stroke::solid(theme::MUTED, 1.0))?;
    }
    if let (Some(first), Some(last)) = (on_line(across[0]), on_line(across[1])) {
        let stroke = Stroke { dash: Some([6.0, 4.0]), ..Stroke::solid(theme::MUTED, 1.5) };
        canvas.line(&[at(plot.left, y.clamped(first)), at(plot.right, y.clamped(last))], &stroke)?;
    }
    let colour = theme::arm(0).line;
    sound(data).try_for_each(|[a, b]| canvas.dot(at(x.place(a), y.place(b)), RADIUS, colour.mix(1.0)))
}

/// How many schools stand behind the line.
fn words(data: &SchoolScatter, lang: Lang) -> String {
    phrase_with(lang, "chart.school_scatter_schools", &[("n", &format::count(lang, data.schools))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Chart, describe, draw};

    fn drawn(points: Vec<[f64; 2]>, line: Option<[f64; 2]>, lang: Lang) -> String {
        let axes = ["Training hours".to_owned(), "Mean change".to_owned()];
        let chart = Chart::SchoolScatter(SchoolScatter { axes, points, line, schools: 13 });
        assert!(!describe::describe(&chart, lang).is_empty());
        draw::svg(&chart, lang, draw::natural_size(&chart)).unwrap()
    }

    #[test]
    fn every_sound_school_is_a_point_and_no_number_breaks_it() {
        let dots = |svg: &str| svg.matches("<circle").count();
        let cloud = vec![[80.0, 4.5], [92.5, -1.0], [101.0, 7.25], [f64::NAN, 2.0]];
        let svg = drawn(cloud, Some([-3.0, 0.08]), Lang::Id);
        assert_eq!(dots(&svg), 3);
        assert!(svg.contains("J = 13 sekolah"), "{svg}");
        assert_eq!(dots(&drawn(vec![[1.0, 1.0]; 3], None, Lang::En)), 3);
        assert_eq!(dots(&drawn(vec![[f64::INFINITY, 1.0]], Some([0.0, f64::NAN]), Lang::En)), 0);
    }
}
