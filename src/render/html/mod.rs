//! One self-contained HTML page: style and drawings inside, no script, nothing fetched.
//!
//! It must be readable on a 360-px phone (tables scroll inside their own frame, never the page), in print,
//! and by a screen reader.

use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind};

use super::{RenderError, figure, tree};
use crate::doc::Document;

const STYLE: &str = include_str!("page.css");

/// The templates, by name.
const TEMPLATES: [(&str, &str); 3] = [
    ("page.html", include_str!("page.html")),
    ("blocks.html", include_str!("blocks.html")),
    ("parts.html", include_str!("parts.html")),
];

/// Renders `document` as one HTML page.
///
/// # Errors
/// [`RenderError::Figure`] where a chart cannot be drawn.
pub fn render(document: &Document) -> Result<Vec<u8>, RenderError> {
    let data = tree::tree(document)?;
    let page = fill(&data).map_err(|error| RenderError::Template(format!("{error:#}")))?;
    Ok(page.into_bytes())
}

fn fill(data: &serde_json::Value) -> Result<String, Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_filter("inline_svg", inline_svg);
    environment.add_filter("data_address", |svg: &str| Value::from_safe_string(figure::data_address(svg)));
    environment.add_filter("css_string", |text: &str| Value::from_safe_string(css_string(text)));
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    let context = minijinja::context! { style => STYLE, ..Value::from(Serde(data)) };
    environment.get_template("page.html")?.render(context)
}

/// The drawing of a figure, `svg` or `narrow`, as an element of the page.
fn inline_svg(figure: &Value, which: &str) -> Result<Value, Error> {
    let field = |name: &str| -> Result<String, Error> {
        let value = figure.get_attr(name)?;
        value
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("a figure without {name}")))
    };
    let prefix = format!("{}-{which}", field("id")?);
    Ok(Value::from_safe_string(figure::inline_svg(&field(which)?, &prefix, &field("alt")?)))
}

/// `text` as a CSS string that can neither end itself nor the style element around it.
fn css_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' | '<' | '>' | '&' | '\n' | '\r' => out.push_str(&format!("\\{:x} ", u32::from(c))),
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::css_string;

    #[test]
    fn a_css_string_cannot_close_the_style() {
        assert_eq!(css_string("a\"</style>"), "\"a\\22 \\3c /style\\3e \"");
    }
}
