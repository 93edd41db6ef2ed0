//! Document -> bytes, one file per format.
//!
//! A renderer knows nothing of statistics or instruments. `tree` turns a [`Document`] once into plain
//! data (numbered headings, captions and figures; marks and boxes of forms); the page of every format is a
//! template over that data, so that a table has one number and one content wherever it is printed.

pub mod figure;
pub mod html;
pub mod pdf;
mod tree;

use crate::doc::Document;

/// A format a document can be rendered to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One self-contained page.
    Html,
    /// A4 pages, tagged for screen readers.
    Pdf,
}

impl Format {
    /// Every format, in the order in which files are written.
    pub const ALL: [Format; 2] = [Format::Html, Format::Pdf];

    /// The ending of its file names.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Html => "html",
            Format::Pdf => "pdf",
        }
    }

    /// The format of a file ending.
    pub fn from_extension(extension: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.extension().eq_ignore_ascii_case(extension))
    }
}

/// Why a document could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A chart could not be drawn.
    #[error("figure {id} cannot be drawn: {reason}")]
    Figure {
        /// The figure.
        id: String,
        /// What the chart room says.
        reason: String,
    },
    /// A page template is broken; our fault.
    #[error("the page template fails: {0}")]
    Template(String),
    /// The typesetter refused the document, most often because of a picture in it.
    #[error("the typesetter fails: {}", .0.join("; "))]
    Typeset(Vec<String>),
}

/// Renders `document` in `format`; the same document gives the same bytes.
///
/// # Errors
/// [`RenderError`] where a figure cannot be drawn or a picture cannot be read.
pub fn render(document: &Document, format: Format) -> Result<Vec<u8>, RenderError> {
    match format {
        Format::Html => html::render(document),
        Format::Pdf => pdf::render(document),
    }
}
