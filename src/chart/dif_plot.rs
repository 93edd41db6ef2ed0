//! Differential item functioning: one item a row, with the zones of the three classes.

use plotters::prelude::DrawingBackend;
use plotters::style::Color;

use super::axis::Scale;
use super::canvas::{Align, Canvas, Face, Frame, at};
use super::draw::ChartError;
use super::interval_rows::{self, Row, Rows, Shape};
use super::legend::Entry;
use super::{text, theme};
use crate::i18n::{Lang, phrase, phrase_with};

/// Differences in difficulty between two groups of equal ability, one item a row in the order given.
#[derive(Clone, Debug)]
pub struct DifPlot {
    /// What the axis shows, with its unit: delta of ETS, or logits.
    pub axis: String,
    /// The group for which items are easier to the left of zero, and the one to the right.
    pub easier_for: [String; 2],
    /// Size where class B begins and where class C begins, to both sides: 1 and 1.5 on the delta scale.
    pub zones: [f64; 2],
    /// The items from top to bottom.
    pub items: Vec<DifItem>,
}

/// One item of a [`DifPlot`].
#[derive(Clone, Debug)]
pub struct DifItem {
    /// Item id.
    pub item: String,
    /// The difference in the unit of the axis.
    pub estimate: f64,
    /// 95 percent interval of the difference; none where it cannot be had.
    pub ci: Option<[f64; 2]>,
    /// Class by size and significance together: it may be milder than the zone the estimate lies in.
    pub class: DifClass,
}

/// Class of differential item functioning after the Educational Testing Service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DifClass {
    /// Negligible.
    A,
    /// Moderate.
    B,
    /// Large.
    C,
}

impl DifClass {
    /// The letter of the class.
    pub fn letter(self) -> &'static str {
        match self {
            DifClass::A => "A",
            DifClass::B => "B",
            DifClass::C => "C",
        }
    }

    fn shape(self) -> Shape {
        match self {
            DifClass::A => Shape::Dot,
            DifClass::B => Shape::Square,
            DifClass::C => Shape::Diamond,
        }
    }
}

fn rows<'a>(data: &'a DifPlot, lang: Lang) -> Rows<'a> {
    let classes = [(DifClass::A, "chart.dif_a"), (DifClass::B, "chart.dif_b"), (DifClass::C, "chart.dif_c")];
    let entry =
        |(class, key): (DifClass, &str)| Entry { label: phrase(lang, key), mark: class.shape().mark() };
    let row = |item: &'a DifItem| Row {
        label: &item.item,
        estimate: item.estimate,
        ci: item.ci,
        shape: item.class.shape(),
        tag: item.class.letter(),
    };
    Rows {
        axis: &data.axis,
        entries: classes.into_iter().map(entry).collect(),
        ends: [0, 1].map(|end| phrase_with(lang, "chart.easier_for", &[("group", &data.easier_for[end])])),
        reach: data.zones[1] * 1.25,
        rows: data.items.iter().map(row).collect(),
    }
}

/// Natural height at a width.
pub(super) fn height(data: &DifPlot, width: f64) -> f64 {
    let heights = Lang::ALL.into_iter().map(|lang| interval_rows::height(&rows(data, lang), width, lang));
    heights.fold(0.0, f64::max)
}

/// Draws the rows over the zones.
pub(super) fn draw<DB: DrawingBackend>(data: &DifPlot, canvas: &Canvas<'_, DB>) -> Result<(), ChartError> {
    interval_rows::draw(&rows(data, canvas.lang), canvas, |scale, plot| {
        let [b, c] = data.zones;
        let end = scale.values[1];
        if b > 0.0 && c >= b && c < end {
            for side in [-1.0, 1.0] {
                draw_zone(canvas, scale, plot, [side * b, side * c], "B")?;
                draw_zone(canvas, scale, plot, [side * c, side * end], "C")?;
            }
            draw_zone(canvas, scale, plot, [-b, b], "A")?;
        }
        Ok(())
    })
}

fn draw_zone<DB: DrawingBackend>(
    canvas: &Canvas<'_, DB>,
    scale: &Scale,
    plot: Frame,
    ends: [f64; 2],
    letter: &'static str,
) -> Result<(), ChartError> {
    let [one, other] = ends.map(|end| scale.place(end));
    let (left, right) = (one.min(other), one.max(other));
    let shade = match letter {
        "A" => 0.0,
        "B" => 0.13,
        _ => 0.24,
    };
    if shade > 0.0 {
        canvas.fill(Frame { left, right, ..plot }, theme::FLAG_GROUND.mix(shade))?;
    }
    if right - left > text::width(letter, theme::TEXT, true) + 2.0 {
        let middle = at((left + right) / 2.0, plot.top - 11.0);
        canvas.text(letter, middle, Face::bold(theme::MUTED, Align::Middle))?;
    }
    Ok(())
}
