//! Widths of text in the embedded font, and lines broken to fit.

use plotters::style::{FontDesc, FontFamily, FontStyle};

use super::theme;

/// Units per em of Noto Sans (its `head` table).
const UNITS_PER_EM: f64 = 2048.0;

/// Ascent plus descent of Noto Sans in the same units (its `hhea` table). `ab_glyph` scales a font by this
/// height, the SVG by the em, so asking for this size gives widths in font units.
const FONT_HEIGHT: f64 = 2789.0;

/// Width of `text` in px at a size of `size` px.
pub(super) fn width(text: &str, size: f64, bold: bool) -> f64 {
    let style = if bold { FontStyle::Bold } else { FontStyle::Normal };
    let font = FontDesc::new(FontFamily::Name(theme::FAMILY), FONT_HEIGHT, style);
    match font.layout_box(text) {
        Ok((low, high)) => f64::from(high.0 - low.0) / UNITS_PER_EM * size,
        // Without the font, six tenths of an em a character is wide enough.
        Err(_) => text.chars().count() as f64 * 0.6 * size,
    }
}

/// Width of `text` at the size of all chart text.
pub(super) fn plain_width(text: &str) -> f64 {
    width(text, theme::TEXT, false)
}

/// Width of the widest of `texts` at the size of all chart text; 0 for none.
pub(super) fn widest<'a>(texts: impl IntoIterator<Item = &'a str>) -> f64 {
    texts.into_iter().map(plain_width).fold(0.0, f64::max)
}

/// `text` broken between words, and inside words that are wider than a line, so that no line of chart text
/// is wider than `limit`. Blank text gives one blank line.
pub(super) fn wrap(text: &str, limit: f64, bold: bool) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if width(&joined, theme::TEXT, bold) <= limit {
            line = joined;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        line = break_word(word, limit, bold, &mut lines);
    }
    lines.push(line);
    lines
}

/// `text` cut off with an ellipsis where it is wider than `limit`.
pub(super) fn shorten(text: &str, limit: f64) -> String {
    if plain_width(text) <= limit {
        return text.to_owned();
    }
    // No letter is narrower than 2 px, so that a whole page given as a label costs no more than a name.
    let mut kept: Vec<char> = text.chars().take((limit.max(0.0) / 2.0) as usize + 2).collect();
    loop {
        kept.pop();
        let cut: String = kept.iter().collect::<String>().trim_end().to_owned() + "…";
        if kept.is_empty() || plain_width(&cut) <= limit {
            return cut;
        }
    }
}

/// Pushes full lines of an overlong word and gives back what is left of it.
fn break_word(word: &str, limit: f64, bold: bool, lines: &mut Vec<String>) -> String {
    let mut piece = String::new();
    for letter in word.chars() {
        piece.push(letter);
        if piece.chars().count() > 1 && width(&piece, theme::TEXT, bold) > limit {
            piece.pop();
            lines.push(std::mem::replace(&mut piece, letter.to_string()));
        }
    }
    piece
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_the_font() {
        theme::register_fonts().unwrap();
        // All digits of Noto Sans are 1171 units wide, so columns of numbers line up.
        assert!((width("0", UNITS_PER_EM, false) - 1171.0).abs() <= 1.0);
        assert!((width("18", 20.0, false) - 2.0 * 1171.0 / 2048.0 * 20.0).abs() < 0.05);
    }

    #[test]
    fn long_labels_are_cut_off() {
        theme::register_fonts().unwrap();
        assert_eq!(shorten("L07", 60.0), "L07");
        let short = shorten("butir-literasi-membaca", 80.0);
        assert!(short.ends_with('…') && plain_width(&short) <= 80.0, "{short}");
    }

    #[test]
    fn no_line_is_wider_than_the_limit() {
        theme::register_fonts().unwrap();
        let text = "Saya percaya diri menyusun soal literasi dan numerasi-berbasis-konteks-kehidupan-nyata";
        for limit in [60.0, 120.0, 300.0] {
            let lines = wrap(text, limit, false);
            assert!(lines.iter().all(|line| plain_width(line) <= limit), "{limit}: {lines:?}");
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            assert_eq!(letters(&lines.concat()), letters(text));
        }
        assert_eq!(wrap("", 50.0, false), [""]);
    }
}
