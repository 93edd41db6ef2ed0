//! The printed questionnaire or test booklet.

use super::grid::{likert_grid, run_length};
use super::identity::identity;
use super::numbering::Numbering;
use super::question::{footer, paragraphs, question};
use super::stimulus::stimulus;
use crate::doc::{Block, Document, DocumentKind, Inline, Tone};
use crate::i18n::{Lang, phrase, phrase_with};
use crate::instrument::{Booklet, Instrument, Item, Section};

/// Composes the form that respondents get: all items, or those of one booklet in its order.
pub fn booklet(instrument: &Instrument, booklet: Option<&Booklet>, lang: Lang) -> Document {
    let numbering = Numbering::new(instrument, booklet);
    let mut blocks = Vec::new();
    if !instrument.instructions.is_empty() {
        blocks.push(Block::Note {
            tone: Tone::Info,
            title: phrase(lang, "form.instructions"),
            blocks: paragraphs(instrument.instructions.get(lang)),
        });
    }
    blocks.extend(Walk { instrument, numbering: &numbering, lang, shown: Vec::new(), headings: 0 }.blocks());
    Document {
        lang,
        kind: DocumentKind::Form,
        title: instrument.title.get(lang).to_owned(),
        subtitle: subtitle(instrument, booklet, &numbering, lang),
        facts: identity(instrument.respondent, booklet, lang),
        banner: None,
        footer: footer(instrument, booklet.map(|booklet| booklet.id.as_str()), lang),
        blocks,
    }
}

/// Booklet, number of items and working time.
fn subtitle(
    instrument: &Instrument,
    booklet: Option<&Booklet>,
    numbering: &Numbering<'_>,
    lang: Lang,
) -> String {
    let mut parts = Vec::new();
    if let Some(booklet) = booklet {
        parts.push(match booklet.title.get(lang) {
            "" => phrase_with(lang, "form.booklet", &[("id", &booklet.id)]),
            title => title.to_owned(),
        });
    }
    parts.push(phrase_with(lang, "form.items", &[("n", &numbering.items.len().to_string())]));
    if let Some(minutes) = instrument.minutes {
        parts.push(phrase_with(lang, "form.minutes", &[("n", &minutes.to_string())]));
    }
    parts.join(" · ")
}

/// A stimulus that has been printed, with the number of the question after it.
struct Shown<'a> {
    id: &'a str,
    before: usize,
}

/// The way through the items in printed order.
struct Walk<'a> {
    instrument: &'a Instrument,
    numbering: &'a Numbering<'a>,
    lang: Lang,
    shown: Vec<Shown<'a>>,
    headings: usize,
}

impl<'a> Walk<'a> {
    fn blocks(mut self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut section: Option<&Section> = None;
        let mut place = 0;
        let numbering = self.numbering;
        while let Some(&item) = numbering.items.get(place) {
            let here = section_of(self.instrument, item);
            if here.map(|section| &section.id) != section.map(|section| &section.id) {
                section = here;
                blocks.extend(here.into_iter().flat_map(|section| self.open_section(section)));
            }
            blocks.extend(self.context(item, place));
            let same_section = |other: &Item| {
                section_of(self.instrument, other).map(|section| &section.id)
                    == here.map(|section| &section.id)
            };
            let run = run_length(&numbering.items, place, same_section);
            if run > 0 {
                let items = &numbering.items[place..place + run];
                blocks.push(likert_grid(items, place, numbering, self.lang));
                place += run;
            } else {
                blocks.push(question(item, place + 1, numbering, self.lang));
                place += 1;
            }
        }
        blocks
    }

    fn open_section(&mut self, section: &Section) -> Vec<Block> {
        self.headings += 1;
        let mut blocks = Vec::new();
        let title = section.title.get(self.lang);
        if !title.is_empty() {
            blocks.push(Block::heading(1, title, format!("section-{}-{}", self.headings, section.id)));
        }
        blocks.extend(paragraphs(section.intro.get(self.lang)));
        blocks
    }

    /// The stimulus before its first question; a pointer back to it after questions about something else.
    fn context(&mut self, item: &'a Item, place: usize) -> Option<Block> {
        let id = item.stimulus.as_deref()?;
        let found = self.instrument.stimulus(id)?;
        let Some(shown) = self.shown.iter().find(|shown| shown.id == id) else {
            self.shown.push(Shown { id, before: place + 1 });
            return Some(stimulus(found, &self.numbering.of_stimulus(id), self.lang));
        };
        let before = place.checked_sub(1).and_then(|place| self.numbering.items.get(place));
        if before.is_some_and(|item| item.stimulus.as_deref() == Some(id)) {
            return None;
        }
        let title = format!("“{}”", found.title.get(self.lang));
        let words = phrase_with(
            self.lang,
            "form.stimulus_again",
            &[("title", &title), ("number", &shown.before.to_string())],
        );
        Some(Block::Paragraph(vec![Inline::Emphasis(words)]))
    }
}

fn section_of<'a>(instrument: &'a Instrument, item: &Item) -> Option<&'a Section> {
    let place = instrument.items.iter().position(|other| other.id == item.id)?;
    instrument.sections.iter().find(|section| section.items.contains(&place))
}
