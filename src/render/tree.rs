//! Document -> plain data that the page templates walk over.
//!
//! Three conventions of forms are recognised here, all of which stay readable where a format does not know
//! them: a run of `□` is a row of boxes for single digits; a table cell that starts with `○` or `□` is a
//! mark with the code behind it; a [`Block::Together`] that opens with a line of number ([`Inline::Strong`])
//! and item id ([`Inline::Code`]) is a question whose number hangs in the margin.

use serde_json::{Value, json};

use super::RenderError;
use super::figure;
use crate::doc::{
    Align, Block, Document, DocumentKind, Figure, Inline, OptionLine, Row, RowKind, Table, Tone,
};
use crate::i18n::{Lang, phrase};

/// Codes up to this many characters fit into a circle or a box.
const SHORT_CODE: usize = 2;
/// Answers stand side by side where all of them together have at most this many characters.
const ACROSS_TOTAL: usize = 64;
/// ... and none of them has more than this.
const ACROSS_EACH: usize = 16;
/// ... and there are no more than this.
const ACROSS_MOST: usize = 5;

/// The data of a whole document.
pub fn tree(document: &Document) -> Result<Value, RenderError> {
    let mut walk = Walk {
        lang: document.lang,
        counts: [0; 3],
        tables: 0,
        figures: 0,
        numbered: document.kind == DocumentKind::Report,
        contents: Vec::new(),
    };
    let blocks = walk.blocks(&document.blocks)?;
    let facts: Vec<Value> = document
        .facts
        .iter()
        .map(|fact| json!({ "label": fact.label, "parts": text_parts(&fact.value) }))
        .collect();
    let words = ["contents", "figure", "page", "skip", "table"];
    let words: serde_json::Map<String, Value> = words
        .iter()
        .map(|word| ((*word).to_owned(), json!(phrase(document.lang, &format!("render.{word}")))))
        .collect();
    Ok(json!({
        "lang": document.lang.code(),
        "kind": match document.kind {
            DocumentKind::Report => "report",
            DocumentKind::Form => "form",
            DocumentKind::Key => "key",
        },
        "title": document.title,
        "subtitle": document.subtitle,
        "facts": facts,
        "banner": document.banner,
        "footer": document.footer,
        "words": words,
        "contents": walk.contents,
        "blocks": blocks,
    }))
}

/// What is counted on the way through a document.
struct Walk {
    lang: Lang,
    counts: [u32; 3],
    tables: u32,
    figures: u32,
    numbered: bool,
    contents: Vec<Value>,
}

impl Walk {
    fn blocks(&mut self, blocks: &[Block]) -> Result<Vec<Value>, RenderError> {
        blocks.iter().map(|block| self.block(block)).collect()
    }

    fn block(&mut self, block: &Block) -> Result<Value, RenderError> {
        Ok(match block {
            Block::Heading { level, text, anchor } => self.heading(*level, text, anchor),
            Block::Paragraph(line) => json!({ "type": "paragraph", "inlines": inlines(line) }),
            Block::List { ordered, items } => {
                let items: Vec<Vec<Value>> = items.iter().map(|item| inlines(item)).collect();
                json!({ "type": "list", "ordered": ordered, "items": items })
            }
            Block::Table(table) => self.table(table),
            Block::Figure(figure) => self.figure(figure)?,
            Block::Beside(figures) => {
                let figures: Result<Vec<Value>, RenderError> =
                    figures.iter().map(|figure| self.figure(figure)).collect();
                json!({ "type": "beside", "figures": figures? })
            }
            Block::Picture { svg, alt } => json!({ "type": "picture", "svg": svg, "alt": alt }),
            Block::Note { tone, title, blocks } => {
                let tone = match tone {
                    Tone::Info => "info",
                    Tone::Caution => "caution",
                };
                json!({ "type": "note", "tone": tone, "title": title, "blocks": self.blocks(blocks)? })
            }
            Block::KeyFigures(items) => {
                let items: Vec<Value> = items
                    .iter()
                    .map(|item| json!({ "value": item.value, "label": item.label, "detail": item.detail }))
                    .collect();
                json!({ "type": "key_figures", "items": items })
            }
            Block::Together(blocks) => self.together(blocks)?,
            Block::PageBreak => json!({ "type": "page_break" }),
            Block::Options(lines) => options(lines),
            Block::AnswerLines { count, unit } => {
                json!({ "type": "answer_lines", "count": count, "unit": unit })
            }
        })
    }

    fn heading(&mut self, level: u8, text: &str, anchor: &str) -> Value {
        let level = level.clamp(1, 3);
        let depth = usize::from(level);
        self.counts[depth - 1] += 1;
        self.counts[depth..].fill(0);
        let number = self.numbered.then(|| {
            let parts: Vec<String> = self.counts[..depth].iter().map(u32::to_string).collect();
            parts.join(".")
        });
        // A label may not be blank in any format.
        let anchor = if anchor.is_empty() {
            format!("heading-{}-{}-{}", self.counts[0], self.counts[1], self.counts[2])
        } else {
            anchor.to_owned()
        };
        let heading =
            json!({ "type": "heading", "level": level, "number": number, "text": text, "anchor": anchor });
        if level < 3 {
            self.contents.push(heading.clone());
        }
        heading
    }

    fn table(&mut self, table: &Table) -> Value {
        let number = (self.numbered && !table.caption.is_empty()).then(|| {
            self.tables += 1;
            self.tables
        });
        let columns: Vec<Value> = table
            .columns
            .iter()
            .map(|column| json!({ "title": column.title, "align": align(column.align), "weight": column.weight }))
            .collect();
        let rows: Vec<Value> = table.rows.iter().map(|row| table_row(row, table.columns.len())).collect();
        json!({
            "type": "table", "number": number, "caption": table.caption,
            "columns": columns, "rows": rows, "notes": table.notes,
        })
    }

    fn figure(&mut self, figure: &Figure) -> Result<Value, RenderError> {
        let drawing = figure::draw(figure, self.lang)?;
        let number = self.numbered.then(|| {
            self.figures += 1;
            self.figures
        });
        Ok(json!({
            "type": "figure", "id": figure.id, "number": number, "caption": figure.caption,
            "alt": drawing.alt, "svg": drawing.svg, "narrow": drawing.narrow,
        }))
    }

    fn together(&mut self, blocks: &[Block]) -> Result<Value, RenderError> {
        let Some((number, id, hint, rest)) = question(blocks) else {
            return Ok(json!({ "type": "together", "blocks": self.blocks(blocks)? }));
        };
        Ok(json!({
            "type": "question", "number": number, "id": id, "hint": hint, "blocks": self.blocks(rest)?,
        }))
    }
}

/// Number, item id, hint and the blocks after them, where the blocks are a question.
fn question(blocks: &[Block]) -> Option<(&str, &str, &str, &[Block])> {
    let (Block::Paragraph(head), rest) = blocks.split_first()? else { return None };
    match head.as_slice() {
        [Inline::Strong(number), Inline::Code(id)] => Some((number, id, "", rest)),
        [Inline::Strong(number), Inline::Code(id), Inline::Text(hint)] => Some((number, id, hint, rest)),
        _ => None,
    }
}

fn align(align: Align) -> &'static str {
    match align {
        Align::Left => "left",
        Align::Right => "right",
        Align::Center => "center",
    }
}

/// A row with exactly as many cells as there are columns, whatever its author gave.
fn table_row(row: &Row, columns: usize) -> Value {
    let kind = match row.kind {
        RowKind::Body => "body",
        RowKind::Strong => "strong",
        RowKind::Group => "group",
        RowKind::Tall => "tall",
    };
    let cells = row.cells.iter().take(columns);
    let short = cells.clone().filter_map(|text| marked(text)).all(|found| is_short(found.code));
    let mut cells: Vec<Value> = cells.map(|text| cell(text, short)).collect();
    cells.resize_with(columns, || json!({ "text": "" }));
    json!({ "kind": kind, "cells": cells })
}

/// A cell to mark.
struct Marked<'a> {
    code: &'a str,
    multiple: bool,
}

fn marked(text: &str) -> Option<Marked<'_>> {
    [('○', false), ('□', true)].into_iter().find_map(|(sign, multiple)| {
        text.strip_prefix(sign).map(|code| Marked { code: code.trim(), multiple })
    })
}

fn cell(text: &str, short: bool) -> Value {
    match marked(text) {
        Some(found) => json!({ "mark": mark(found.code, found.multiple, short) }),
        None => json!({ "text": text }),
    }
}

fn is_short(code: &str) -> bool {
    code.chars().count() <= SHORT_CODE
}

/// Circle or box; where one code of a row or list is too long to stand inside, all stand outside.
fn mark(code: &str, multiple: bool, short: bool) -> Value {
    json!({ "code": code, "multiple": multiple, "short": short })
}

fn options(lines: &[OptionLine]) -> Value {
    let longest = lines.iter().map(|line| line.text.chars().count()).max().unwrap_or(0);
    let total: usize = lines.iter().map(|line| line.text.chars().count() + line.code.chars().count()).sum();
    let side_by_side = lines.len() <= ACROSS_MOST && longest <= ACROSS_EACH && total <= ACROSS_TOTAL;
    let short = lines.iter().all(|line| is_short(&line.code));
    let across = if side_by_side { lines.len().max(1) } else { 1 };
    let lines: Vec<Value> = lines
        .iter()
        .map(|line| json!({ "mark": mark(&line.code, line.multiple, short), "text": line.text }))
        .collect();
    json!({ "type": "options", "across": across, "lines": lines })
}

fn inlines(line: &[Inline]) -> Vec<Value> {
    line.iter()
        .flat_map(|part| match part {
            Inline::Text(text) => text_parts(text),
            Inline::Strong(text) => vec![json!({ "kind": "strong", "text": text })],
            Inline::Emphasis(text) => vec![json!({ "kind": "emphasis", "text": text })],
            Inline::Code(text) => vec![json!({ "kind": "code", "text": text })],
        })
        .collect()
}

/// Words, with every run of `□` as boxes for single digits.
fn text_parts(text: &str) -> Vec<Value> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let words = rest.find('□').unwrap_or(rest.len());
        if words > 0 {
            parts.push(json!({ "kind": "text", "text": &rest[..words] }));
        }
        let tail = &rest[words..];
        let after = tail.trim_start_matches('□');
        let count = tail.chars().count() - after.chars().count();
        if count > 0 {
            parts.push(json!({ "kind": "boxes", "count": count }));
        }
        rest = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_boxes_stands_for_digits() {
        let kinds: Vec<String> = text_parts("□□ / □□□□")
            .iter()
            .map(|part| part["kind"].as_str().unwrap_or("").to_owned())
            .collect();
        assert_eq!(kinds, ["boxes", "text", "boxes"]);
        assert_eq!(text_parts("□□ / □□□□")[2]["count"], 4);
        assert!(text_parts("").is_empty());
    }

    #[test]
    fn short_answers_stand_side_by_side() {
        let line = |text: &str| OptionLine { code: "A".into(), text: text.into(), multiple: false };
        assert_eq!(options(&[line("12"), line("15")])["across"], 2);
        assert_eq!(options(&[line("12"), line("a much longer answer than that")])["across"], 1);
    }

    #[test]
    fn headings_are_numbered_and_deeper_counts_start_again() {
        let mut walk = Walk {
            lang: Lang::En,
            counts: [0; 3],
            tables: 0,
            figures: 0,
            numbered: true,
            contents: Vec::new(),
        };
        walk.heading(1, "a", "a");
        walk.heading(2, "b", "b");
        walk.heading(1, "c", "c");
        assert_eq!(walk.heading(2, "d", "d")["number"], "2.1");
        assert_eq!(walk.contents.len(), 4);
    }
}
