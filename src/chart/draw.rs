//! A [`Chart`] on any plotters backend, and as SVG text.

use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingAreaErrorKind, DrawingBackend, IntoDrawingArea};
use plotters::style::Color;

use super::canvas::{Align, Canvas, Face, Frame, at};
use super::{
    Chart, anchor_drift, describe, dif_plot, difficulty, distribution, flow, forest, item_curves, levels,
    likert, love_plot, option_curves, power_curves, school_scatter, slopes, test_information, theme,
    wright_map,
};
use crate::i18n::{Lang, phrase};

/// Pixels of the SVG's own grid in one px: plotters places marks on whole pixels, which is too coarse for
/// print without a finer grid.
const FINENESS: u32 = 4;

/// Why a chart could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    /// The embedded font could not be read.
    #[error("the embedded font cannot be read")]
    Font,
    /// The drawing backend failed.
    #[error("the chart cannot be drawn: {0}")]
    Drawing(String),
    /// The SVG to be turned into a picture is not one.
    #[error("the drawing is no valid SVG: {0}")]
    Svg(String),
    /// The picture could not be made.
    #[error("the picture cannot be made: {0}")]
    Picture(String),
}

impl ChartError {
    pub(super) fn drawing<E: std::error::Error + Send + Sync>(error: DrawingAreaErrorKind<E>) -> Self {
        ChartError::Drawing(error.to_string())
    }
}

/// Width and height in px; 720 px are the 17 cm of a text column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// The size at which a chart fills the text column of a page: the height grows with its rows.
pub fn natural_size(chart: &Chart) -> Size {
    size_for_width(chart, theme::WIDTH as u32)
}

/// The size of a chart that is `width` px wide; 360 suits a phone.
pub fn size_for_width(chart: &Chart, width: u32) -> Size {
    // Without the font, widths are estimated; drawing will report the font.
    let _ = theme::register_fonts();
    let width = width.max(280);
    let wide = f64::from(width);
    let height = match chart {
        Chart::Distribution(data) => distribution::height(data, wide),
        Chart::Forest(data) => forest::height(data, wide),
        Chart::Slopes(data) => slopes::height(data, wide),
        Chart::Levels(data) => levels::height(data, wide),
        Chart::Difficulty(data) => difficulty::height(data, wide),
        Chart::Likert(data) => likert::height(data, wide),
        Chart::WrightMap(data) => wright_map::height(data, wide),
        Chart::TestInformation(data) => test_information::height(data, wide),
        Chart::ItemCurves(data) => item_curves::height(data, wide),
        Chart::OptionCurves(data) => option_curves::height(data, wide),
        Chart::DifPlot(data) => dif_plot::height(data, wide),
        Chart::AnchorDrift(data) => anchor_drift::height(data, wide),
        Chart::LovePlot(data) => love_plot::height(data, wide),
        Chart::Flow(data) => flow::height(data, wide),
        Chart::PowerCurves(data) => power_curves::height(data, wide),
        Chart::SchoolScatter(data) => school_scatter::height(data, wide),
    };
    Size { width, height: if is_empty(chart) { 60 } else { height.ceil() as u32 } }
}

/// A chart as SVG text, in which words stay words. Rows that need more than `size.height` get it.
///
/// # Errors
/// The embedded font cannot be read.
pub fn svg(chart: &Chart, lang: Lang, size: Size) -> Result<String, ChartError> {
    let least = size_for_width(chart, size.width);
    let size = Size { width: least.width, height: least.height.max(size.height) };
    let mut body = String::new();
    let grid = (size.width * FINENESS, size.height * FINENESS);
    draw(chart, lang, size, &SVGBackend::with_string(&mut body, grid).into_drawing_area())?;
    Ok(with_head(&body, size, &describe::describe(chart, lang)))
}

/// Draws a chart on a plotters area of any backend; the area has the proportions of `size`.
///
/// # Errors
/// The backend fails, or the embedded font cannot be read.
pub fn draw<DB: DrawingBackend>(
    chart: &Chart,
    lang: Lang,
    size: Size,
    area: &DrawingArea<DB, Shift>,
) -> Result<(), ChartError> {
    theme::register_fonts()?;
    let canvas = Canvas { area, lang, width: f64::from(size.width), height: f64::from(size.height) };
    let page = Frame { left: 0.0, top: 0.0, right: canvas.width, bottom: canvas.height };
    canvas.fill(page, theme::PAPER.mix(1.0))?;
    if is_empty(chart) {
        let centre = at(canvas.width / 2.0, canvas.height / 2.0);
        canvas.text(&phrase(lang, "chart.no_data"), centre, Face::plain(theme::MUTED, Align::Middle))?;
    } else {
        draw_kind(chart, &canvas)?;
    }
    area.present().map_err(ChartError::drawing)
}

fn draw_kind<DB: DrawingBackend>(chart: &Chart, canvas: &Canvas<'_, DB>) -> Result<(), ChartError> {
    match chart {
        Chart::Distribution(data) => distribution::draw(data, canvas),
        Chart::Forest(data) => forest::draw(data, canvas),
        Chart::Slopes(data) => slopes::draw(data, canvas),
        Chart::Levels(data) => levels::draw(data, canvas),
        Chart::Difficulty(data) => difficulty::draw(data, canvas),
        Chart::Likert(data) => likert::draw(data, canvas),
        Chart::WrightMap(data) => wright_map::draw(data, canvas),
        Chart::TestInformation(data) => test_information::draw(data, canvas),
        Chart::ItemCurves(data) => item_curves::draw(data, canvas),
        Chart::OptionCurves(data) => option_curves::draw(data, canvas),
        Chart::DifPlot(data) => dif_plot::draw(data, canvas),
        Chart::AnchorDrift(data) => anchor_drift::draw(data, canvas),
        Chart::LovePlot(data) => love_plot::draw(data, canvas),
        Chart::Flow(data) => flow::draw(data, canvas),
        Chart::PowerCurves(data) => power_curves::draw(data, canvas),
        Chart::SchoolScatter(data) => school_scatter::draw(data, canvas),
    }
}

/// Whether there is nothing to draw.
pub(super) fn is_empty(chart: &Chart) -> bool {
    match chart {
        Chart::Distribution(data) => data.panels.iter().all(|panel| panel.waves.is_empty()),
        Chart::Forest(data) => data.rows.is_empty(),
        Chart::Slopes(data) => data.lines.is_empty() && data.means.is_empty(),
        Chart::Levels(data) => data.bars.is_empty(),
        Chart::Difficulty(data) => data.points.is_empty(),
        Chart::Likert(data) => data.items.is_empty(),
        Chart::WrightMap(data) => data.items.is_empty() && data.waves.is_empty(),
        Chart::TestInformation(data) => data.tests.is_empty() && data.waves.is_empty(),
        Chart::ItemCurves(data) => data.items.is_empty(),
        Chart::OptionCurves(data) => data.items.is_empty(),
        Chart::DifPlot(data) => data.items.is_empty(),
        Chart::AnchorDrift(data) => data.items.is_empty(),
        Chart::LovePlot(data) => data.rows.is_empty(),
        Chart::Flow(data) => data.arms.iter().all(|arm| arm.boxes.is_empty()),
        Chart::PowerCurves(data) => !power_curves::is_drawable(data),
        Chart::SchoolScatter(data) => school_scatter::sound(data).next().is_none(),
    }
}

/// Replaces the head that plotters writes: size in px, the finer grid inside, words for a screen reader.
fn with_head(body: &str, size: Size, description: &str) -> String {
    let marks = body.split_once('>').map_or(body, |(_, marks)| marks);
    let Size { width, height } = size;
    let (grid_width, grid_height) = (width * FINENESS, height * FINENESS);
    let label = escape(description);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {grid_width} {grid_height}\" role=\"img\" aria-label=\"{label}\">{marks}"
    )
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars().filter(|c| !c.is_control()) {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}
