//! Palette, type sizes and the embedded font of every chart.
//!
//! Colours start from Okabe and Ito's set, which readers with any of the common colour deficiencies can
//! tell apart, and are shifted so that two that mean different things also differ in lightness: a grey
//! print keeps them apart. Before is pale, after is dark, in every chart.

use std::sync::OnceLock;

use plotters::style::{FontStyle, RGBColor, register_font};

use super::draw::ChartError;

/// The font family as it stands in the SVG; the fonts are registered with plotters under the same name.
pub const FAMILY: &str = "Noto Sans, sans-serif";

/// Width of a chart in px; it fills a text column of [`PRINT_WIDTH_CM`].
pub const WIDTH: f64 = 720.0;

/// Width of the text column in print.
pub const PRINT_WIDTH_CM: f64 = 17.0;

/// Size of all text in px: 13.5 px of 720 on 17 cm are 9 pt, the smallest comfortable size in print.
pub const TEXT: f64 = 13.5;

/// Distance of two lines of text in px.
pub const LINE: f64 = 17.0;

/// Charts narrower than this (a phone held upright) put row labels above the bars.
pub const NARROW: f64 = 560.0;

/// Text, and marks that must stand out.
pub const INK: RGBColor = RGBColor(0x1F, 0x29, 0x33);
/// Text of second rank: 6 to 1 against white, above the 4.5 that WCAG 2 asks for.
pub const MUTED: RGBColor = RGBColor(0x52, 0x60, 0x6D);
/// Axis and reference lines.
pub const RULE: RGBColor = RGBColor(0x8A, 0x96, 0xA3);
/// Grid lines.
pub const GRID: RGBColor = RGBColor(0xE3, 0xE7, 0xEC);
/// The page.
pub const PAPER: RGBColor = RGBColor(0xFF, 0xFF, 0xFF);

/// Marks and words of what needs a look: 4.5 to 1 against white.
pub const FLAG: RGBColor = RGBColor(0xC2, 0x57, 0x00);
/// Marks of what must not be overlooked: darker than [`FLAG`], so that a grey print tells them apart.
pub const ALARM: RGBColor = RGBColor(0x8C, 0x2D, 0x04);
/// Ground of zones and panels that need a look, thinned with paper.
pub const FLAG_GROUND: RGBColor = RGBColor(0xE6, 0x9F, 0x00);
/// Ground of a part of an axis that is singled out.
pub const SHADE: RGBColor = RGBColor(0xDF, 0xEE, 0xE8);

/// The look of one series of lines or outlines.
#[derive(Clone, Copy, Debug)]
pub struct Series {
    /// Line and text colour.
    pub line: RGBColor,
    /// Fill of an area under the line.
    pub fill: RGBColor,
    /// How much of what lies below the fill is hidden, 0 to 1.
    pub cover: f64,
    /// Width of the line in px.
    pub width: f64,
    /// Dash and gap in px; none for a solid line.
    pub dash: Option<[f64; 2]>,
}

const BEFORE: Series = Series {
    line: RGBColor(0x56, 0x71, 0x89),
    fill: RGBColor(0xB4, 0xC4, 0xD3),
    cover: 0.75,
    width: 1.5,
    dash: None,
};
const BETWEEN: Series = Series {
    line: RGBColor(0xC2, 0x57, 0x00),
    fill: RGBColor(0xE6, 0x9F, 0x00),
    cover: 0.12,
    width: 1.75,
    dash: Some([7.0, 3.0]),
};
const AFTER: Series = Series {
    line: RGBColor(0x00, 0x3F, 0x73),
    fill: RGBColor(0x00, 0x72, 0xB2),
    cover: 0.22,
    width: 2.25,
    dash: None,
};

/// The look of wave `index` of `count`: the first pale, the last dark, those between orange and dashed.
pub fn wave(index: usize, count: usize) -> Series {
    match index {
        _ if index + 1 == count => AFTER,
        0 => BEFORE,
        _ => BETWEEN,
    }
}

/// The look of an arm: colour and dash both tell arms apart.
pub fn arm(index: usize) -> Series {
    const LOOKS: [(RGBColor, Option<[f64; 2]>); 4] = [
        (RGBColor(0x00, 0x4F, 0x8C), None),
        (RGBColor(0xD5, 0x5E, 0x00), Some([8.0, 4.0])),
        (RGBColor(0x00, 0x7A, 0x5A), Some([2.5, 3.0])),
        (RGBColor(0xB0, 0x4C, 0x86), Some([12.0, 3.0])),
    ];
    let (line, dash) = LOOKS[index % LOOKS.len()];
    Series { line, fill: line, cover: 0.2, width: 3.5, dash }
}

/// Colours of ordered levels, from sand (lowest) to dark blue (highest); lightness falls all the way.
pub fn levels(count: usize) -> Vec<RGBColor> {
    const STOPS: [RGBColor; 4] = [
        RGBColor(0xF3, 0xD7, 0x9B),
        RGBColor(0xB3, 0xCB, 0xD6),
        RGBColor(0x5B, 0x9B, 0xC8),
        RGBColor(0x0B, 0x3C, 0x68),
    ];
    (0..count).map(|index| blend(&STOPS, index, count)).collect()
}

/// Colours of an ordered answer set: oranges below the middle, grey for a middle answer, blues above.
///
/// A set of odd size has a middle answer. The inner shades are paler than the outer ones on both sides.
pub fn answers(count: usize) -> Vec<RGBColor> {
    const BELOW: [RGBColor; 2] = [RGBColor(0xB8, 0x4F, 0x00), RGBColor(0xF6, 0xBF, 0x85)];
    const ABOVE: [RGBColor; 2] = [RGBColor(0x92, 0xC0, 0xE3), RGBColor(0x0B, 0x4A, 0x86)];
    const MIDDLE: RGBColor = RGBColor(0xDA, 0xDD, 0xE0);
    let half = count / 2;
    let below = (0..half).map(|index| if half == 1 { BELOW[0] } else { blend(&BELOW, index, half) });
    let above = (0..half).map(|index| if half == 1 { ABOVE[1] } else { blend(&ABOVE, index, half) });
    below.chain((count % 2 == 1).then_some(MIDDLE)).chain(above).collect()
}

/// Colour `index` of `count` evenly spread over the stops.
fn blend(stops: &[RGBColor], index: usize, count: usize) -> RGBColor {
    let along = if count < 2 { 1.0 } else { index as f64 / (count - 1) as f64 } * (stops.len() - 1) as f64;
    let low = (along.floor() as usize).min(stops.len() - 1);
    let high = (low + 1).min(stops.len() - 1);
    let part = along - low as f64;
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * part).round() as u8;
    let (a, b) = (stops[low], stops[high]);
    RGBColor(mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
}

/// Ink or white, whichever stands out more on `ground` (contrast ratio of WCAG 2.1).
pub fn text_on(ground: RGBColor) -> RGBColor {
    let contrast = |text: RGBColor| {
        let (a, b) = (luminance(text) + 0.05, luminance(ground) + 0.05);
        (a / b).max(b / a)
    };
    if contrast(INK) >= contrast(PAPER) { INK } else { PAPER }
}

/// Relative luminance, 0 to 1 (WCAG 2.1).
pub fn luminance(colour: RGBColor) -> f64 {
    let linear = |channel: u8| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(colour.0) + 0.7152 * linear(colour.1) + 0.0722 * linear(colour.2)
}

/// Registers the embedded fonts with plotters, once for the whole program.
///
/// # Errors
/// The embedded font cannot be read, which would be a fault of the build.
pub fn register_fonts() -> Result<(), ChartError> {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    let all_read = *REGISTERED.get_or_init(|| {
        register_font(FAMILY, FontStyle::Normal, notosans::REGULAR_TTF).is_ok()
            && register_font(FAMILY, FontStyle::Bold, notosans::BOLD_TTF).is_ok()
    });
    if all_read { Ok(()) } else { Err(ChartError::Font) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lightness_falls_from_the_lowest_level_to_the_highest() {
        for count in 2..8 {
            let shades: Vec<f64> = levels(count).into_iter().map(luminance).collect();
            assert!(shades.windows(2).all(|pair| pair[0] > pair[1] + 0.02), "{count}: {shades:?}");
        }
    }

    #[test]
    fn inner_answers_are_paler_than_outer_ones() {
        for count in 4..8 {
            let shades: Vec<f64> = answers(count).into_iter().map(luminance).collect();
            let half = count / 2;
            assert!(shades[..half].windows(2).all(|pair| pair[0] < pair[1]));
            assert!(shades[count - half..].windows(2).all(|pair| pair[0] > pair[1]));
        }
        assert_eq!(answers(0).len(), 0);
        assert_eq!(answers(1).len(), 1);
    }

    #[test]
    fn labels_on_bars_can_be_read() {
        for ground in levels(4).into_iter().chain(answers(5)).chain(answers(4)) {
            let text = luminance(text_on(ground)) + 0.05;
            let below = luminance(ground) + 0.05;
            assert!((text / below).max(below / text) >= 4.5, "{ground:?}");
        }
    }
}
