//! Pieces of stacked bars.

use plotters::prelude::DrawingBackend;
use plotters::style::{Color, RGBColor};

use super::axis::Scale;
use super::canvas::{Align, Canvas, Face, Frame, at};
use super::draw::ChartError;
use super::{text, theme};
use crate::i18n::format;

/// Shares that can be stacked: what is negative or no number counts as 0, and a sum above 1 is scaled
/// down to 1. One share for each of `count` categories, 0 where the data has none.
pub(super) fn sound_shares(shares: &[f64], count: usize) -> Vec<f64> {
    let share = |index| shares.get(index).copied().filter(|share: &f64| share.is_finite() && *share > 0.0);
    let sound: Vec<f64> = (0..count).map(|index| share(index).unwrap_or(0.0)).collect();
    let sum: f64 = sound.iter().sum();
    // Rounding may lift a sum a little above 1; that is left as it is.
    if sum > 1.001 { sound.into_iter().map(|share| share / sum).collect() } else { sound }
}

/// One stacked bar.
pub(super) struct Stack<'a> {
    /// Share of each category.
    pub(super) shares: &'a [f64],
    /// Colour of each category.
    pub(super) colours: &'a [RGBColor],
    /// Value at which the first piece begins.
    pub(super) start: f64,
    /// Upper and lower edge in px.
    pub(super) top: f64,
    pub(super) bottom: f64,
}

/// Draws the pieces of one bar, each with its percentage where that fits.
pub(super) fn draw_stack<DB: DrawingBackend>(
    canvas: &Canvas<'_, DB>,
    scale: &Scale,
    stack: &Stack<'_>,
) -> Result<(), ChartError> {
    let mut from = stack.start;
    for (share, colour) in stack.shares.iter().zip(stack.colours) {
        let to = from + share;
        let frame =
            Frame { left: scale.place(from), right: scale.place(to), top: stack.top, bottom: stack.bottom };
        from = to;
        if *share <= 0.0 {
            continue;
        }
        canvas.fill(frame, colour.mix(1.0))?;
        // A hairline of paper keeps neighbours apart in a grey print.
        let edge = Frame { left: frame.right - 0.5, right: frame.right + 0.5, ..frame };
        canvas.fill(edge, theme::PAPER.mix(1.0))?;
        let label = format::percent(canvas.lang, *share, 0);
        if text::plain_width(&label) + 8.0 <= frame.right - frame.left {
            let centre = at((frame.left + frame.right) / 2.0, (frame.top + frame.bottom) / 2.0);
            canvas.text(&label, centre, Face::plain(theme::text_on(*colour), Align::Middle))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unused_categories_keep_their_place() {
        assert_eq!(sound_shares(&[0.25, 0.0, 0.75], 4), [0.25, 0.0, 0.75, 0.0]);
        assert_eq!(sound_shares(&[f64::NAN, -1.0, 3.0, 1.0], 4), [0.0, 0.0, 0.75, 0.25]);
        assert_eq!(sound_shares(&[], 2), [0.0, 0.0]);
    }
}
