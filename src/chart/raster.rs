//! SVG to PNG with resvg, with the embedded fonts only: no font of the system is looked at.

use std::sync::{Arc, OnceLock};

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use super::draw::ChartError;
use super::theme;

/// Resolution for print.
pub const PRINT_DPI: f64 = 300.0;

/// The largest side of a picture in pixels: what Word still opens.
const LARGEST_SIDE: f32 = 20_000.0;

/// A chart's SVG as PNG at `dpi` dots per inch when it is printed 17 cm wide (720 px).
///
/// # Errors
/// The text is no SVG, or the picture would be empty or larger than memory allows.
pub fn png(svg: &str, dpi: f64) -> Result<Vec<u8>, ChartError> {
    let pixels_per_inch = theme::WIDTH / (theme::PRINT_WIDTH_CM / 2.54);
    png_scaled(svg, dpi / pixels_per_inch)
}

/// An SVG as PNG with `scale` pixels for each of its px, on white.
///
/// # Errors
/// As [`png`].
pub fn png_scaled(svg: &str, scale: f64) -> Result<Vec<u8>, ChartError> {
    let options = Options { fontdb: fonts(), font_family: "Noto Sans".to_owned(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|error| ChartError::Svg(error.to_string()))?;
    let scale = scale as f32;
    let (width, height) = (tree.size().width() * scale, tree.size().height() * scale);
    let too_large = || ChartError::Picture(format!("{width} x {height} pixels"));
    if !(width >= 1.0 && height >= 1.0 && width <= LARGEST_SIDE && height <= LARGEST_SIDE) {
        return Err(too_large());
    }
    let mut picture = Pixmap::new(width.round() as u32, height.round() as u32).ok_or_else(too_large)?;
    picture.fill(Color::WHITE);
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut picture.as_mut());
    picture.encode_png().map_err(|error| ChartError::Picture(error.to_string()))
}

/// The embedded fonts, loaded once.
fn fonts() -> Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let loaded = FONTS.get_or_init(|| {
        let mut fonts = fontdb::Database::new();
        for font in
            [notosans::REGULAR_TTF, notosans::BOLD_TTF, notosans::ITALIC_TTF, notosans::BOLD_ITALIC_TTF]
        {
            fonts.load_font_data(font.to_vec());
        }
        fonts.set_sans_serif_family("Noto Sans");
        Arc::new(fonts)
    });
    Arc::clone(loaded)
}
