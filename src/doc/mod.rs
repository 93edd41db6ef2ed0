//! A small document tree: what a report or a form says, without saying how it looks.
//!
//! `report` and `form` compose it; `render` turns it into bytes and knows nothing of statistics or
//! instruments. A table is typed once and comes out in every format.

use crate::chart::Chart;
use crate::i18n::Lang;

/// A document in one language.
#[derive(Clone, Debug)]
pub struct Document {
    /// The language of every word in it.
    pub lang: Lang,
    /// What the document is, which decides its page furniture.
    pub kind: DocumentKind,
    /// Title on the cover and in the file's metadata.
    pub title: String,
    /// Line under the title.
    pub subtitle: String,
    /// Label and value lines on the cover: programme, schools, dates, version.
    pub facts: Vec<Fact>,
    /// A line that must stand on every page, such as the mark of simulated data.
    pub banner: Option<String>,
    /// Small print at the foot of every page.
    pub footer: String,
    /// The content.
    pub blocks: Vec<Block>,
}

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// A report: cover, table of contents, numbered sections.
    Report,
    /// A questionnaire or test booklet: identity boxes on the first page, no table of contents.
    Form,
    /// A key for markers.
    Key,
}

/// A label and its value.
#[derive(Clone, Debug)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// Its value; blank draws a line to write on (forms).
    pub value: String,
}

/// A block of a document.
#[derive(Clone, Debug)]
pub enum Block {
    /// A heading; level 1 opens a section.
    Heading {
        /// 1 to 3.
        level: u8,
        /// The words.
        text: String,
        /// Name to link to, unique in the document: letters, digits, hyphens.
        anchor: String,
    },
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A list.
    List {
        /// Numbered, or with bullets.
        ordered: bool,
        /// The entries.
        items: Vec<Vec<Inline>>,
    },
    /// A table.
    Table(Table),
    /// A chart with its caption.
    Figure(Figure),
    /// Charts of half a page's width, side by side; below one another on a phone.
    Beside(Vec<Figure>),
    /// A drawing given as SVG text.
    Picture {
        /// The SVG.
        svg: String,
        /// What it shows.
        alt: String,
    },
    /// A framed note.
    Note {
        /// Its tone.
        tone: Tone,
        /// Words in bold at its head.
        title: String,
        /// Its content.
        blocks: Vec<Block>,
    },
    /// Large figures side by side on the summary page.
    KeyFigures(Vec<KeyFigure>),
    /// Blocks that should not be parted by a page break.
    Together(Vec<Block>),
    /// A new page.
    PageBreak,
    /// Answers to tick or circle (forms).
    Options(Vec<OptionLine>),
    /// Lines to write on (forms).
    AnswerLines {
        /// How many.
        count: u32,
        /// A short line with a unit behind it instead of full-width lines.
        unit: Option<String>,
    },
}

/// Part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Plain words.
    Text(String),
    /// Words in bold.
    Strong(String),
    /// Words in italics.
    Emphasis(String),
    /// A code, file name or command.
    Code(String),
}

/// The tone of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Explains.
    Info,
    /// Warns of a limit.
    Caution,
}

/// One large figure with its label.
#[derive(Clone, Debug)]
pub struct KeyFigure {
    /// The figure, formatted.
    pub value: String,
    /// What it is.
    pub label: String,
    /// The small print under it: interval, n, schools.
    pub detail: String,
}

/// An answer to tick.
#[derive(Clone, Debug)]
pub struct OptionLine {
    /// Printed code, such as `A`; blank for a bare box.
    pub code: String,
    /// The answer.
    pub text: String,
    /// Several may be ticked (a box instead of a circle).
    pub multiple: bool,
}

/// A chart with its caption.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Name of its files and anchor: letters, digits, hyphens.
    pub id: String,
    /// What is drawn.
    pub chart: Chart,
    /// Words under it.
    pub caption: String,
}

/// A table, typed once for every format.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Words above it.
    pub caption: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows; each as long as the columns.
    pub rows: Vec<Row>,
    /// Notes under it.
    pub notes: Vec<String>,
}

/// A column of a table.
#[derive(Clone, Debug)]
pub struct Column {
    /// Heading.
    pub title: String,
    /// Where its cells stand.
    pub align: Align,
    /// Width relative to the others; 0 fits the content.
    pub weight: u8,
}

/// Where a cell stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
    /// Marks.
    Center,
}

/// A row of a table.
#[derive(Clone, Debug)]
pub struct Row {
    /// Cells, formatted.
    pub cells: Vec<String>,
    /// How it is set.
    pub kind: RowKind,
}

/// How a row is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// An ordinary row.
    Body,
    /// The declared primary result, or a total: bold.
    Strong,
    /// A heading over the rows below: its first cell spans the table.
    Group,
    /// A row to write in: taller (forms).
    Tall,
}

impl Block {
    /// A paragraph of plain words.
    pub fn paragraph(words: impl Into<String>) -> Block {
        Block::Paragraph(vec![Inline::Text(words.into())])
    }

    /// A heading with its anchor.
    pub fn heading(level: u8, text: impl Into<String>, anchor: impl Into<String>) -> Block {
        Block::Heading { level, text: text.into(), anchor: anchor.into() }
    }
}

impl Row {
    /// An ordinary row.
    pub fn body(cells: Vec<String>) -> Row {
        Row { cells, kind: RowKind::Body }
    }

    /// A row in bold.
    pub fn strong(cells: Vec<String>) -> Row {
        Row { cells, kind: RowKind::Strong }
    }
}

impl Column {
    /// A column of words.
    pub fn words(title: impl Into<String>) -> Column {
        Column { title: title.into(), align: Align::Left, weight: 0 }
    }

    /// A column of words that takes the width left over, with the given weight.
    pub fn wide(title: impl Into<String>, weight: u8) -> Column {
        Column { title: title.into(), align: Align::Left, weight }
    }

    /// A column of numbers.
    pub fn numbers(title: impl Into<String>) -> Column {
        Column { title: title.into(), align: Align::Right, weight: 0 }
    }
}
