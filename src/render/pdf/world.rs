//! The world typst sees: one template, one data file, four fonts.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde_json::Value;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

const DATA: &str = "document.json";
const MAIN: &str = "page.typ";

/// The template, by file name.
const SOURCES: [(&str, &str); 4] = [
    (MAIN, include_str!("page.typ")),
    ("blocks.typ", include_str!("blocks.typ")),
    ("table.typ", include_str!("table.typ")),
    ("theme.typ", include_str!("theme.typ")),
];

/// What does not depend on the document.
struct Shared {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

fn shared() -> &'static Shared {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    SHARED.get_or_init(|| {
        let files =
            [notosans::REGULAR_TTF, notosans::BOLD_TTF, notosans::ITALIC_TTF, notosans::BOLD_ITALIC_TTF];
        let fonts: Vec<Font> = files.into_iter().flat_map(|file| Font::iter(Bytes::new(file))).collect();
        Shared {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
        }
    })
}

/// The template with the data of one document.
pub struct TemplateWorld {
    main: FileId,
    sources: Vec<Source>,
    data_id: FileId,
    data: Bytes,
}

impl TemplateWorld {
    /// The world of a document given as JSON.
    pub fn new(data: String) -> Self {
        let sources =
            SOURCES.iter().map(|(name, text)| Source::new(file_id(name), (*text).to_owned())).collect();
        TemplateWorld { main: file_id(MAIN), sources, data_id: file_id(DATA), data: Bytes::from_string(data) }
    }
}

#[expect(clippy::expect_used, reason = "the names are the constants above")]
fn file_id(name: &str) -> FileId {
    let path = VirtualPath::new(name).expect("a plain file name");
    FileId::new(RootedPath::new(VirtualRoot::Project, path))
}

impl World for TemplateWorld {
    fn library(&self) -> &LazyHash<Library> {
        &shared().library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &shared().book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.sources.iter().find(|source| source.id() == id).cloned().ok_or_else(|| absent(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data_id { Ok(self.data.clone()) } else { Err(absent(id)) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        shared().fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn absent(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_with_slash().into())
}

/// Marks that authors use and the embedded fonts lack, with what stands for them in print.
const STAND_INS: [(char, char); 6] = [('✓', '√'), ('✔', '√'), ('☑', '√'), ('✗', '×'), ('☒', '×'), ('☐', '□')];

/// `tree` with every mark that the fonts lack replaced by one that they have: a printed empty frame says less,
/// and PDF/UA refuses it.
pub fn with_stand_ins(tree: &mut Value) {
    match tree {
        Value::String(text) if text.contains(|c| STAND_INS.iter().any(|(lacking, _)| *lacking == c)) => {
            let stand_in =
                |c: char| STAND_INS.iter().find(|(lacking, _)| *lacking == c).map_or(c, |pair| pair.1);
            *text = text.chars().map(stand_in).collect();
        }
        Value::Array(values) => values.iter_mut().for_each(with_stand_ins),
        Value::Object(fields) => fields.values_mut().for_each(with_stand_ins),
        _ => {}
    }
}

/// Characters of a document's words that the regular font lacks.
pub fn missing_glyphs(tree: &Value) -> Vec<char> {
    let mut characters = BTreeSet::new();
    collect_characters(tree, &mut characters);
    let Some(font) = shared().fonts.first() else { return characters.into_iter().collect() };
    characters
        .into_iter()
        .filter(|c| !c.is_control() && !font.info().coverage.contains(u32::from(*c)))
        .collect()
}

fn collect_characters(value: &Value, into: &mut BTreeSet<char>) {
    match value {
        Value::String(text) => into.extend(text.chars()),
        Value::Array(values) => values.iter().for_each(|value| collect_characters(value, into)),
        Value::Object(fields) => fields.values().for_each(|value| collect_characters(value, into)),
        _ => {}
    }
}
