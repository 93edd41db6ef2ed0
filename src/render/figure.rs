//! Charts and pictures as SVG that can stand inside a page.

use super::RenderError;
use crate::chart::{describe, draw};
use crate::doc::Figure;
use crate::i18n::Lang;

/// Width of a drawing for phones in px: a 360-px screen less the margins of the page.
const PHONE_WIDTH: u32 = 330;

/// A drawn chart and its description in words.
#[derive(Clone, Debug)]
pub struct Drawing {
    /// SVG text with its natural size on the root element.
    pub svg: String,
    /// The same for a phone: as wide as its screen, with type of the same size.
    pub narrow: String,
    /// What it shows, for a reader who cannot see it.
    pub alt: String,
}

/// Draws the chart of a figure at its natural size.
///
/// # Errors
/// [`RenderError::Figure`] where the chart room cannot draw it.
pub fn draw(figure: &Figure, lang: Lang) -> Result<Drawing, RenderError> {
    let chart = &figure.chart;
    let at_size = |size| {
        draw::svg(chart, lang, size)
            .map_err(|error| RenderError::Figure { id: figure.id.clone(), reason: error.to_string() })
    };
    Ok(Drawing {
        svg: at_size(draw::natural_size(chart))?,
        narrow: at_size(draw::size_for_width(chart, PHONE_WIDTH))?,
        alt: describe::describe(chart, lang),
    })
}

/// The SVG element for an HTML page: without prologue, named for screen readers, scaling with the page, its
/// ids prefixed so that several drawings can share a page.
pub fn inline_svg(svg: &str, prefix: &str, alt: &str) -> String {
    let Some(start) = svg.find("<svg") else { return String::new() };
    let svg = prefix_ids(&svg[start..], prefix);
    let label = escape_attribute(alt);
    let scaling = if svg.split('>').next().is_some_and(|tag| tag.contains("viewBox")) {
        String::new()
    } else {
        natural_view_box(&svg)
    };
    format!("<svg role=\"img\" aria-label=\"{label}\"{scaling}{}", &svg["<svg".len()..])
}

/// A `viewBox` from width and height, without which a drawing cannot shrink on a small screen.
fn natural_view_box(svg: &str) -> String {
    let tag = svg.split('>').next().unwrap_or("");
    let side = |name: &str| -> Option<f64> {
        let value = tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
        value.trim_end_matches("px").trim_end_matches("pt").parse().ok()
    };
    match (side("width"), side("height")) {
        (Some(width), Some(height)) => format!(" viewBox=\"0 0 {width} {height}\""),
        _ => String::new(),
    }
}

/// Prefixes every id and every reference to one.
fn prefix_ids(svg: &str, prefix: &str) -> String {
    let mut out = svg.to_owned();
    for (plain, prefixed) in [
        (" id=\"", format!(" id=\"{prefix}-")),
        ("url(#", format!("url(#{prefix}-")),
        ("href=\"#", format!("href=\"#{prefix}-")),
    ] {
        out = out.replace(plain, &prefixed);
    }
    out
}

/// An SVG as a `data:` address: an author's picture cannot run scripts or reach the network there, and its
/// ids cannot meet those of another.
pub fn data_address(svg: &str) -> String {
    let mut out = String::from("data:image/svg+xml,");
    for byte in svg.bytes() {
        match byte {
            b'A'..=b'Z'
            | b'a'..=b'z'
            | b'0'..=b'9'
            | b'-'
            | b'_'
            | b'.'
            | b'/'
            | b':'
            | b'='
            | b' '
            | b',' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn escape_attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_two_drawings_do_not_meet() {
        let svg =
            "<?xml version=\"1.0\"?><svg width=\"10\" height=\"5\"><g id=\"a\"/><use href=\"#a\"/></svg>";
        let inline = inline_svg(svg, "f1", "x < \"y\"");
        assert!(
            inline.starts_with("<svg role=\"img\" aria-label=\"x &lt; &quot;y&quot;\" viewBox=\"0 0 10 5\"")
        );
        assert!(inline.contains("id=\"f1-a\"") && inline.contains("href=\"#f1-a\""));
    }

    #[test]
    fn an_address_holds_no_character_that_ends_it() {
        assert_eq!(data_address("<a b='c'>#"), "data:image/svg+xml,%3Ca b=%27c%27%3E%23");
    }
}
