//! The persons of a wave on an ability axis: their histogram, their mean, their entry in the key.

use plotters::prelude::DrawingBackend;
use plotters::style::Color;

use super::canvas::{Canvas, Point, Stroke};
use super::draw::ChartError;
use super::legend::{Entry, Mark};
use super::{axis, theme};
use crate::i18n::{Lang, format, phrase_with};

/// The abilities of one wave, in a [`WrightMap`](super::WrightMap) or below the information of a test.
#[derive(Clone, Debug)]
pub struct AbilityWave {
    /// Name of the wave.
    pub label: String,
    /// Persons with an ability.
    pub n: usize,
    /// Mean ability in logits; not a number where there is none.
    pub mean: f64,
    /// Bins of equal width over the range of the chart: share of persons in each, a fraction of 1.
    pub shares: Vec<f64>,
}

/// "before: mean 0.42 (n = 358)" for each wave.
pub(super) fn entries(waves: &[AbilityWave], lang: Lang) -> impl Iterator<Item = Entry> {
    waves.iter().enumerate().map(move |(index, wave)| {
        let values = [
            ("wave", wave.label.as_str()),
            ("mean", &format::number(lang, wave.mean, 2)),
            ("n", &format::count(lang, wave.n)),
        ];
        let label = phrase_with(lang, "chart.wave_mean", &values);
        Entry { label, mark: Mark::Area(theme::wave(index, waves.len())) }
    })
}

/// A corner of the outline of a histogram.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Corner {
    pub(super) ability: f64,
    pub(super) share: f64,
}

/// The outline of a histogram from the lowest bin in use to the highest; empty where nobody is in any.
pub(super) fn outline(wave: &AbilityWave, range: [f64; 2]) -> Vec<Corner> {
    let [low, high] = axis::sound_range(range[0], range[1]);
    let bin = (high - low) / wave.shares.len().max(1) as f64;
    let is_used = |share: &f64| share.is_finite() && *share > 0.0;
    let ends = (wave.shares.iter().position(is_used), wave.shares.iter().rposition(is_used));
    let (Some(first), Some(last)) = ends else { return Vec::new() };
    let corner = |edge: usize, share: f64| Corner { ability: low + edge as f64 * bin, share };
    let mut corners = vec![corner(first, 0.0)];
    for index in first..=last {
        let share = Some(wave.shares[index]).filter(is_used).unwrap_or(0.0);
        corners.extend([corner(index, share), corner(index + 1, share)]);
    }
    corners.push(corner(last + 1, 0.0));
    corners
}

/// The largest share in any bin; a tenth where nobody is in any.
pub(super) fn most_share(waves: &[AbilityWave]) -> f64 {
    let shares = waves.iter().flat_map(|wave| &wave.shares).copied();
    let most = shares.filter(|share| share.is_finite()).fold(0.0, f64::max);
    if most > 0.0 { most } else { 0.1 }
}

/// The two ends of a line, from the axis away.
pub(super) type Ends = [Point; 2];

/// Draws the histograms, then the means, above them all. `place` puts a corner on the chart, `mean` gives
/// the line of a mean.
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &Canvas<'_, DB>,
    waves: &[AbilityWave],
    range: [f64; 2],
    place: impl Fn(Corner) -> Point,
    mean: impl Fn(f64) -> Ends,
) -> Result<(), ChartError> {
    let look = |index: usize| theme::wave(index, waves.len());
    for (index, wave) in waves.iter().enumerate() {
        let outline: Vec<Point> = outline(wave, range).into_iter().map(&place).collect();
        canvas.polygon(&outline, look(index).fill.mix(look(index).cover))?;
        canvas.line(&outline, &Stroke::of(look(index)))?;
    }
    for (index, wave) in waves.iter().enumerate().filter(|(_, wave)| wave.mean.is_finite()) {
        let ends = mean(wave.mean);
        let dashed = Stroke { dash: Some([4.0, 3.0]), width: 1.75, ..Stroke::of(look(index)) };
        canvas.line(&ends, &dashed)?;
        canvas.dot(ends[0], 4.0, look(index).line.mix(1.0))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_begins_and_ends_on_the_axis() {
        let shares = vec![0.0, 0.25, f64::NAN, 0.75, 0.0];
        let wave = AbilityWave { label: String::new(), n: 4, mean: 0.0, shares };
        let outline = outline(&wave, [0.0, 5.0]);
        let at = |ability, share| Corner { ability, share };
        let steps = [at(1.0, 0.25), at(2.0, 0.25), at(2.0, 0.0), at(3.0, 0.0), at(3.0, 0.75), at(4.0, 0.75)];
        assert_eq!(outline[0], at(1.0, 0.0));
        assert_eq!(outline[1..7], steps);
        assert_eq!(outline[7], at(4.0, 0.0));
    }
}
