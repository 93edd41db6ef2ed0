//! PDF by typst, used as a library: fonts embedded, nothing read from the system, no clock.
//!
//! The document travels as JSON into a fixed template (`page.typ`, `blocks.typ`, `table.typ`,
//! `theme.typ`), where its words are strings and never markup: there is nothing to escape.

mod world;

use typst::diag::SourceDiagnostic;
use typst::foundations::Smart;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use super::{RenderError, tree};
use crate::doc::Document;
use world::TemplateWorld;

/// Renders `document` as a tagged PDF; PDF/UA-1 where the content allows it.
///
/// # Errors
/// [`RenderError::Figure`] and [`RenderError::Typeset`].
pub fn render(document: &Document) -> Result<Vec<u8>, RenderError> {
    let mut data = tree::tree(document)?;
    world::with_stand_ins(&mut data);
    let world = TemplateWorld::new(data.to_string());
    let pages: PagedDocument = typst::compile(&world).output.map_err(|errors| refused(&errors))?;
    let accessible = PdfStandards::new(&[PdfStandard::Ua_1]).ok();
    // PDF/UA-1 refuses some content, such as a heading that skips a level; a report that only lacks the
    // mark is better than none, and stays tagged.
    if let Some(standards) = accessible
        && let Ok(bytes) = typst_pdf::pdf(&pages, &options(document, standards))
    {
        return Ok(bytes);
    }
    typst_pdf::pdf(&pages, &options(document, PdfStandards::default())).map_err(|errors| refused(&errors))
}

/// Fixed identity and no timestamp, so that the same document gives the same bytes.
fn options(document: &Document, standards: PdfStandards) -> PdfOptions {
    PdfOptions {
        ident: Smart::Custom(format!("dampak {} {} {}", document.lang, document.title, document.footer)),
        creator: Smart::Custom(Some("dampak".to_owned())),
        timestamp: None,
        standards,
        ..PdfOptions::default()
    }
}

fn refused(errors: &[SourceDiagnostic]) -> RenderError {
    RenderError::Typeset(errors.iter().map(|error| error.message.to_string()).collect())
}

/// Characters of `document` that the embedded fonts lack, sorted: they would be printed as empty frames.
///
/// # Errors
/// [`RenderError::Figure`].
pub fn missing_glyphs(document: &Document) -> Result<Vec<char>, RenderError> {
    let mut data = tree::tree(document)?;
    world::with_stand_ins(&mut data);
    Ok(world::missing_glyphs(&data))
}
