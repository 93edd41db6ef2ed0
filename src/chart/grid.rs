//! Small panels side by side, one per item: three in a row in print, two on a phone.

use plotters::prelude::DrawingBackend;
use plotters::style::Color;

use super::axis::{self, Scale, TickFormat};
use super::canvas::{Align, Canvas, Face, Frame, Stroke, at};
use super::draw::ChartError;
use super::{text, theme};

const EDGE: f64 = 4.0;
/// Room for the numbers left of the first panel of a row.
const TICKS: f64 = 44.0;
const BETWEEN: f64 = 14.0;
const BETWEEN_ROWS: f64 = 12.0;
/// Room above and below the words of a panel.
const HEAD: f64 = 9.0;

/// The words above a panel.
pub(super) struct Words {
    pub(super) title: String,
    pub(super) note: String,
    /// Why the panel needs a look: it is tinted then.
    pub(super) warning: Option<String>,
}

/// A panel with its place.
pub(super) struct Panel {
    title: Vec<String>,
    note: Vec<String>,
    warning: Vec<String>,
    /// Upper edge of the words.
    top: f64,
    pub(super) plot: Frame,
    first_in_row: bool,
    /// Whether no panel stands below it.
    pub(super) lowest: bool,
}

/// All panels and the title of their common axis.
pub(super) struct Grid {
    pub(super) panels: Vec<Panel>,
    axis: Vec<String>,
    axis_middle: f64,
    /// Lower edge of everything.
    pub(super) bottom: f64,
}

/// Places panels below `top`; `labels` px right of each plot stay free for words.
pub(super) fn lay_out(words: &[Words], axis_title: &str, width: f64, top: f64, labels: f64) -> Grid {
    let narrow = width < theme::NARROW;
    let columns = match (narrow, words.len()) {
        (true, 1) => 1,
        (false, 1 | 2) | (true, _) => 2,
        _ => 3,
    };
    let plot_width =
        (width - EDGE - TICKS - (columns as f64 - 1.0) * BETWEEN) / columns as f64 - labels.max(4.0);
    let plot_height = (plot_width * 0.72).clamp(110.0, 170.0);
    let mut panels: Vec<Panel> = Vec::new();
    let (mut row_top, words_count) = (top, words.len());
    for chunk in words.chunks(columns) {
        let wrapped = |words: &str, bold: bool| match words.trim().is_empty() {
            true => Vec::new(),
            false => text::wrap(words, plot_width, bold),
        };
        let heads: Vec<[Vec<String>; 3]> = chunk
            .iter()
            .map(|words| {
                let warning = words.warning.as_deref().unwrap_or_default();
                [wrapped(&words.title, true), wrapped(warning, false), wrapped(&words.note, false)]
            })
            .collect();
        let lines = heads.iter().map(|head| head.iter().map(Vec::len).sum()).max().unwrap_or(0usize);
        let plot_top = row_top + lines as f64 * theme::LINE + HEAD;
        for (column, [title, warning, note]) in heads.into_iter().enumerate() {
            let left = TICKS + column as f64 * (plot_width + labels.max(4.0) + BETWEEN);
            let plot =
                Frame { left, top: plot_top, right: left + plot_width, bottom: plot_top + plot_height };
            panels.push(Panel {
                title,
                note,
                warning,
                top: row_top,
                plot,
                first_in_row: column == 0,
                lowest: panels.len() + columns >= words_count,
            });
        }
        row_top = plot_top + plot_height + BETWEEN_ROWS;
    }
    let axis = text::wrap(axis_title, width - 2.0 * EDGE, false);
    let below = row_top - BETWEEN_ROWS + axis::TICK_ROOM;
    let axis_height = axis.len() as f64 * theme::LINE;
    Grid { panels, axis, axis_middle: below + axis_height / 2.0, bottom: below + axis_height + 6.0 }
}

/// Draws the title of the common axis.
pub(super) fn draw_title<DB: DrawingBackend>(canvas: &Canvas<'_, DB>, grid: &Grid) -> Result<(), ChartError> {
    let middle = at(canvas.width / 2.0, grid.axis_middle);
    canvas.lines(&grid.axis, middle, Face::plain(theme::INK, Align::Middle))
}

/// Draws words, ground and the upright axis of a panel, shares from 0 to 1, and gives back its scale.
pub(super) fn draw_panel<DB: DrawingBackend>(
    canvas: &Canvas<'_, DB>,
    panel: &Panel,
) -> Result<Scale, ChartError> {
    let plot = panel.plot;
    let y = Scale { values: [0.0, 1.0], places: [plot.bottom, plot.top] };
    if !panel.warning.is_empty() {
        canvas.fill(plot, theme::FLAG_GROUND.mix(0.14))?;
    }
    if panel.first_in_row {
        axis::draw_vertical(canvas, &y, plot, TickFormat::Percent)?;
    } else {
        for share in [0.0, 0.5, 1.0] {
            let ends = [at(plot.left, y.place(share)), at(plot.right, y.place(share))];
            canvas.line(&ends, &Stroke::solid(theme::GRID, 1.0))?;
        }
    }
    let base = [at(plot.left, plot.bottom), at(plot.right, plot.bottom)];
    canvas.line(&base, &Stroke::solid(theme::RULE, 1.0))?;
    let looks = [
        (&panel.title, Face::bold(theme::INK, Align::Left)),
        (&panel.warning, Face::plain(theme::FLAG, Align::Left)),
        (&panel.note, Face::plain(theme::MUTED, Align::Left)),
    ];
    let mut top = panel.top;
    for (lines, face) in looks {
        let height = lines.len() as f64 * theme::LINE;
        canvas.lines(lines, at(plot.left, top + height / 2.0), face)?;
        top += height;
    }
    Ok(y)
}
