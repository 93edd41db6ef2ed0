//! Passages, tables and pictures that questions refer to.

use super::numbering::runs;
use crate::doc::{Block, Column, Inline, Row, Table, Tone};
use crate::i18n::{Lang, phrase_with};
use crate::instrument::{Picture, Stimulus, StimulusTable};

/// A stimulus in a frame, headed with the numbers of the questions that need it.
pub fn stimulus(stimulus: &Stimulus, numbers: &[usize], lang: Lang) -> Block {
    let key = if numbers.len() == 1 { "form.stimulus_for_one" } else { "form.stimulus_for_many" };
    let label = phrase_with(lang, key, &[("numbers", &runs(numbers))]);
    let title = match stimulus.title.get(lang) {
        "" => label,
        title => format!("{label}: {title}"),
    };
    let mut blocks: Vec<Block> =
        stimulus.paragraphs.iter().map(|words| Block::paragraph(words.get(lang))).collect();
    blocks.extend(stimulus.table.iter().map(|table| Block::Table(stimulus_table(table, lang))));
    blocks.extend(stimulus.picture.iter().map(|drawing| picture(drawing, lang)));
    if !stimulus.source.is_empty() {
        let source = phrase_with(lang, "form.stimulus_source", &[("source", stimulus.source.get(lang))]);
        blocks.push(Block::Paragraph(vec![Inline::Emphasis(source)]));
    }
    Block::Note { tone: Tone::Info, title, blocks }
}

fn stimulus_table(table: &StimulusTable, lang: Lang) -> Table {
    let columns = table
        .header
        .iter()
        .enumerate()
        .map(|(place, title)| {
            let numeric =
                table.rows.iter().all(|row| row.get(place).is_some_and(|cell| is_number(cell.get(lang))));
            let title = title.get(lang);
            if numeric { Column::numbers(title) } else { Column::words(title) }
        })
        .collect();
    let rows = table
        .rows
        .iter()
        .map(|row| Row::body(row.iter().map(|cell| cell.get(lang).to_owned()).collect()))
        .collect();
    Table { caption: String::new(), columns, rows, notes: Vec::new() }
}

/// Whether a cell holds a number, possibly with a unit or currency around it.
fn is_number(cell: &str) -> bool {
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    let letters = cell.chars().filter(|c| c.is_alphabetic()).count();
    digits > 0 && letters <= 2
}

/// A picture with its words put in, escaped as SVG text.
fn picture(picture: &Picture, lang: Lang) -> Block {
    let mut svg = picture.svg.clone();
    for (key, words) in &picture.words {
        svg = svg.replace(&format!("{{{key}}}"), &escape_xml(words.get(lang)));
    }
    Block::Picture { svg, alt: picture.alt.get(lang).to_owned() }
}

fn escape_xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::is_number;

    #[test]
    fn amounts_stand_right_and_words_left() {
        assert!(is_number("Rp12.500") && is_number("3,5 kg") && is_number("75%"));
        assert!(!is_number("Senin") && !is_number("Kelas 7"));
    }
}
