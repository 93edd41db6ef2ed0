//! Drift of anchor items: how far each location moved from before to after.

use plotters::prelude::DrawingBackend;

use super::canvas::{Canvas, Stroke, at};
use super::draw::ChartError;
use super::interval_rows::{self, Row, Rows, Shape};
use super::legend::{Entry, Mark};
use super::theme;
use crate::i18n::{Lang, format, phrase, phrase_with};

/// Displacement of anchor items, one a row, sorted from the largest to the smallest.
#[derive(Clone, Debug)]
pub struct AnchorDrift {
    /// What the axis shows, with its unit: location after minus location before, in logits.
    pub axis: String,
    /// Distances from zero drawn as lines to both sides, in logits, from the mildest: 0.3 and 0.5.
    pub limits: Vec<f64>,
    /// The anchor items in any order.
    pub items: Vec<DriftItem>,
}

/// One anchor item.
#[derive(Clone, Debug)]
pub struct DriftItem {
    /// Item id.
    pub item: String,
    /// Location after minus location before on the linked scale, in logits: above zero is harder afterwards.
    pub difference: f64,
    /// 95 percent interval of the difference; none where it cannot be had.
    pub ci: Option<[f64; 2]>,
    /// Whether the item counts as drifting (marked) or holds still.
    pub drifting: bool,
}

fn limit_line(index: usize) -> Stroke {
    let dash = if index == 0 { [3.0, 3.0] } else { [9.0, 4.0] };
    Stroke { dash: Some(dash), ..Stroke::solid(theme::MUTED, 1.25) }
}

/// The limits that can be drawn.
fn limits(data: &AnchorDrift) -> impl Iterator<Item = f64> {
    data.limits.iter().copied().filter(|limit| limit.is_finite() && *limit > 0.0)
}

fn rows(data: &AnchorDrift, lang: Lang) -> Rows<'_> {
    let shape = |item: &DriftItem| if item.drifting { Shape::Diamond } else { Shape::Dot };
    let mut items: Vec<&DriftItem> = data.items.iter().collect();
    let height =
        |item: &DriftItem| if item.difference.is_finite() { item.difference } else { f64::NEG_INFINITY };
    items.sort_by(|a, b| height(b).total_cmp(&height(a)).then_with(|| a.item.cmp(&b.item)));
    let kinds = [(Shape::Diamond, "chart.drifting_item"), (Shape::Dot, "chart.steady_item")];
    let kinds = kinds
        .into_iter()
        .filter(|(kind, _)| items.iter().any(|item| shape(item) == *kind))
        .map(|(kind, key)| Entry { label: phrase(lang, key), mark: kind.mark() });
    let lines = limits(data).enumerate().map(|(index, limit)| Entry {
        label: phrase_with(lang, "chart.drift_limit", &[("limit", &format::number(lang, limit, 1))]),
        mark: Mark::Line(limit_line(index)),
    });
    Rows {
        axis: &data.axis,
        entries: kinds.chain(lines).collect(),
        ends: [phrase(lang, "chart.easier_after"), phrase(lang, "chart.harder_after")],
        reach: limits(data).fold(0.0, f64::max),
        rows: items
            .iter()
            .map(|item| Row {
                label: &item.item,
                estimate: item.difference,
                ci: item.ci,
                shape: shape(item),
                tag: "",
            })
            .collect(),
    }
}

/// Natural height at a width.
pub(super) fn height(data: &AnchorDrift, width: f64) -> f64 {
    let heights = Lang::ALL.into_iter().map(|lang| interval_rows::height(&rows(data, lang), width, lang));
    heights.fold(0.0, f64::max)
}

/// Draws the rows and the lines of the limits.
pub(super) fn draw<DB: DrawingBackend>(
    data: &AnchorDrift,
    canvas: &Canvas<'_, DB>,
) -> Result<(), ChartError> {
    interval_rows::draw(&rows(data, canvas.lang), canvas, |scale, plot| {
        for (index, limit) in limits(data).enumerate() {
            for x in [-limit, limit].map(|end| scale.place(end)) {
                canvas.line(&[at(x, plot.top), at(x, plot.bottom)], &limit_line(index))?;
            }
        }
        Ok(())
    })
}
