//! A booklet leaves nothing of its instrument out: every item, option, statement and rubric level reaches
//! the document, the page and the print.

#[path = "forms/sample.rs"]
pub mod sample;

use std::io::Write;
use std::process::{Command, Stdio};

use dampak::doc::{Block, Document, Inline};
use dampak::form;
use dampak::i18n::Lang;
use dampak::instrument::{Booklet, Choice, Instrument, Item, ItemKind};
use dampak::render;
use sample::{literacy_test, observation_sheet, teacher_questionnaire};

/// What a reader must find of an item on a form.
fn expected_on_form(item: &Item, lang: Lang) -> Vec<String> {
    let mut words = vec![item.id.clone(), item.prompt.get(lang).to_owned()];
    let mut add_choices = |entries: &[Choice]| {
        for entry in entries {
            words.push(entry.code.clone());
            words.push(entry.label.get(lang).to_owned());
        }
    };
    match &item.kind {
        ItemKind::SingleChoice { options, .. }
        | ItemKind::MultipleChoice { options, .. }
        | ItemKind::Likert { options }
        | ItemKind::Choice { options, .. } => add_choices(options),
        ItemKind::Matching { left, right, .. } => {
            add_choices(left);
            add_choices(right);
        }
        ItemKind::StatementGrid { options, statements, .. } => {
            add_choices(options);
            words.extend(statements.iter().flat_map(|row| [row.id.clone(), row.text.get(lang).to_owned()]));
        }
        ItemKind::Rating { rubric, .. } => {
            words.extend(rubric.iter().map(|level| level.description.get(lang).to_owned()));
            words.extend(rubric.iter().map(|level| level.points.to_string()));
        }
        ItemKind::ShortNumber { unit, .. } | ItemKind::Number { unit, .. } => {
            words.push(unit.get(lang).to_owned())
        }
        _ => {}
    }
    words
}

/// Every word of a document, in reading order.
fn words_of(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        let parts: Vec<String> = match block {
            Block::Heading { text, .. } => vec![text.clone()],
            Block::Paragraph(line) => vec![line.iter().map(inline_words).collect()],
            Block::List { items, .. } => {
                items.iter().map(|line| line.iter().map(inline_words).collect()).collect()
            }
            Block::Table(table) => {
                let titles = table.columns.iter().map(|column| column.title.clone());
                let cells = table.rows.iter().flat_map(|row| row.cells.iter().cloned());
                std::iter::once(table.caption.clone())
                    .chain(titles)
                    .chain(cells)
                    .chain(table.notes.clone())
                    .collect()
            }
            Block::Note { title, blocks, .. } => vec![title.clone(), words_of(blocks)],
            Block::Together(blocks) => vec![words_of(blocks)],
            Block::Options(lines) => {
                lines.iter().map(|line| format!("{} {}", line.code, line.text)).collect()
            }
            Block::AnswerLines { unit, .. } => vec![unit.clone().unwrap_or_default()],
            _ => Vec::new(),
        };
        out.push_str(&parts.join("\n"));
        out.push('\n');
    }
    out
}

fn inline_words(inline: &Inline) -> String {
    match inline {
        Inline::Text(text) | Inline::Strong(text) | Inline::Emphasis(text) | Inline::Code(text) => {
            format!("{text} ")
        }
    }
}

/// Letters and digits only: pages break lines and hyphenate where they like.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn assert_holds(text: &str, wanted: &[String], place: &str) {
    let text = letters(text);
    for words in wanted {
        assert!(text.contains(&letters(words)), "{place} lacks {words:?}");
    }
}

/// Words of a page: tags dropped, the few entities minijinja writes put back.
fn html_words(page: &str) -> String {
    let body = page.split("</style>").nth(1).unwrap_or_default();
    let mut out = String::new();
    let mut in_tag = false;
    for c in body.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ if !in_tag => out.push(c),
            _ => {}
        }
    }
    [("&quot;", "\""), ("&#x27;", "'"), ("&#x2f;", "/"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
        .iter()
        .fold(out, |text, (entity, sign)| text.replace(entity, sign))
}

/// Text of a PDF; none where poppler is not installed.
fn pdf_words(bytes: &[u8]) -> Option<String> {
    let mut child = Command::new("pdftotext")
        .args(["-enc", "UTF-8", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut input = child.stdin.take().unwrap();
    let bytes = bytes.to_vec();
    let writer = std::thread::spawn(move || input.write_all(&bytes));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    Some(String::from_utf8(output.stdout).unwrap())
}

fn check_form(instrument: &Instrument, booklet: Option<&Booklet>) {
    for lang in Lang::ALL {
        let document = form::booklet(instrument, booklet, lang);
        let items = match booklet {
            Some(booklet) => booklet.items.iter().filter_map(|id| instrument.item(id)).collect::<Vec<_>>(),
            None => instrument.items.iter().collect(),
        };
        let mut wanted: Vec<String> = items.iter().flat_map(|item| expected_on_form(item, lang)).collect();
        wanted.push(document.title.clone());
        let title = format!("{}\n", document.title);
        assert_holds(&(title + &words_of(&document.blocks)), &wanted, "the document");
        check_rendered(&document, &wanted);
    }
}

fn check_rendered(document: &Document, wanted: &[String]) {
    let page = String::from_utf8(render::html::render(document).unwrap()).unwrap();
    assert_holds(&html_words(&page), wanted, "the page");
    let print = render::pdf::render(document).unwrap();
    match pdf_words(&print) {
        Some(text) => assert_pdf_holds(&text, wanted),
        None => eprintln!("SKIPPED: pdftotext is not installed, the words of the PDF were not read"),
    }
}

/// A cell over several lines is read row by row, so words are looked for one at a time.
fn assert_pdf_holds(text: &str, wanted: &[String]) {
    let text = letters(text);
    for word in wanted.iter().flat_map(|words| words.split_whitespace()) {
        assert!(text.contains(&letters(word)), "the print lacks {word:?}");
    }
}

#[test]
fn a_test_booklet_holds_every_part_of_its_items() {
    let test = literacy_test();
    check_form(&test, None);
    for booklet in &test.booklets {
        check_form(&test, Some(booklet));
    }
}

#[test]
fn questionnaires_and_observation_sheets_hold_every_part_of_their_items() {
    check_form(&teacher_questionnaire(), None);
    check_form(&observation_sheet(), None);
}

#[test]
fn a_booklet_holds_no_item_of_another_and_no_key() {
    let test = literacy_test();
    let document = form::booklet(&test, test.booklet("B"), Lang::Id);
    let words = words_of(&document.blocks);
    assert!(!words.contains("L02") && !words.contains("L07"));
    assert!(
        !words.contains("Alasan ada tetapi tidak dikaitkan"),
        "a rubric of a student's essay is part of the key"
    );
    assert!(!words.contains("menahan ombak sehingga"), "a model answer is part of the key");
}

#[test]
fn a_key_holds_every_item_rubric_and_answer() {
    for instrument in [literacy_test(), teacher_questionnaire(), observation_sheet()] {
        for lang in Lang::ALL {
            let document = form::key(&instrument, lang);
            let mut wanted: Vec<String> = instrument.items.iter().map(|item| item.id.clone()).collect();
            for item in &instrument.items {
                wanted.push(item.model_answer.get(lang).to_owned());
                if let ItemKind::Essay { rubric, .. } | ItemKind::Rating { rubric, .. } = &item.kind {
                    wanted.extend(rubric.iter().map(|level| level.description.get(lang).to_owned()));
                }
            }
            assert_holds(&words_of(&document.blocks), &wanted, "the key");
            check_rendered(&document, &wanted);
        }
    }
    let words = words_of(&form::key(&literacy_test(), Lang::Id).blocks);
    for key in ["A, C", "a Benar; b Salah", "1 Q; 2 P", "89 ± 0,5 bibit", "mangrove / mangrof", "A 8, B 3"] {
        assert!(words.contains(key), "the key lacks {key:?}");
    }
}

#[test]
fn a_condition_names_the_printed_number_and_the_answer() {
    let document = form::booklet(&teacher_questionnaire(), None, Lang::En);
    assert!(words_of(&document.blocks).contains("Answer only if question 1 is answered “Yes”."));
}

#[test]
fn a_stimulus_is_printed_once_and_named_again_after_other_questions() {
    let test = literacy_test();
    let words = words_of(&form::booklet(&test, None, Lang::En).blocks);
    assert_eq!(words.matches("Ten years ago the houses").count(), 1);
    assert!(words.contains("For questions 1–4, 6, 8: A green wall in Cenderung Bay"));
    assert_eq!(words.matches("Use “A green wall in Cenderung Bay” again (before question 1).").count(), 2);
}

#[test]
fn attitude_items_with_one_answer_set_share_one_table() {
    let document = form::booklet(&teacher_questionnaire(), None, Lang::Id);
    let rows: Vec<usize> = document
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::Table(table) => Some(table.rows.len()),
            _ => None,
        })
        .collect();
    assert_eq!(rows, [24]);
}
