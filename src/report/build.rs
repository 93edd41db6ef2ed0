//! Small makers of blocks, so that the sections read as what they say.

use crate::doc::{Block, Column, Inline, Row, RowKind, Table, Tone};

/// A section heading.
pub fn section(title: String, anchor: &str) -> Block {
    Block::heading(1, title, anchor)
}

/// A heading inside a section; the anchor keeps letters, digits and hyphens only.
pub fn part(level: u8, title: String, anchor: &str) -> Block {
    Block::heading(level, title, slug(anchor))
}

/// An id as part of a file name or anchor.
pub fn slug(id: &str) -> String {
    let plain: String =
        id.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    plain.trim_matches('-').to_owned()
}

/// A plain list with bullets.
pub fn bullets(items: Vec<String>) -> Block {
    Block::List { ordered: false, items: items.into_iter().map(|item| vec![Inline::Text(item)]).collect() }
}

/// A framed note of paragraphs.
pub fn note(tone: Tone, title: String, paragraphs: Vec<String>) -> Block {
    Block::Note { tone, title, blocks: paragraphs.into_iter().map(Block::paragraph).collect() }
}

/// A table of ready cells; a table without rows is no table.
pub fn table(caption: String, columns: Vec<Column>, rows: Vec<Row>, notes: Vec<String>) -> Option<Block> {
    if rows.is_empty() {
        return None;
    }
    debug_assert!(rows.iter().all(|row| row.cells.len() == columns.len()), "ragged table: {caption}");
    Some(Block::Table(Table { caption, columns, rows, notes }))
}

/// A heading over the rows below it, in a table of `width` columns.
pub fn group_row(title: String, width: usize) -> Row {
    let mut cells = vec![String::new(); width];
    cells[0] = title;
    Row { cells, kind: RowKind::Group }
}

/// Words cut at a word's end where they are longer than `most` characters.
pub fn shorten(words: &str, most: usize) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most {
        return line;
    }
    let cut: String = line.chars().take(most).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", &cut[..end])
}

/// Words with a capital letter at their head. Symbols such as `d_z` stay: the letter names a statistic.
pub fn sentence_case(words: &str) -> String {
    let mut letters = words.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_uppercase().chain(letters).collect(),
        _ => words.to_owned(),
    }
}
