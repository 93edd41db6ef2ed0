//! Annex of answers: rated statements as diverging bars, whole scales to a chart.

use super::build::{section, shorten, slug};
use super::instruments::{instrument_ids, waves_of};
use super::writer::Writer;
use crate::analysis::findings::{InstrumentFindings, ItemFindings};
use crate::chart::{Chart, Likert, LikertBar, LikertItem};
use crate::doc::{Block, Figure};

/// Lines of statements on one chart: more do not fit a page.
const MOST_LINES: usize = 42;
/// Characters of a statement on one line beside the bars.
const LINE: usize = 40;
/// Lines that the bars of two measurements take beside a short statement.
const LINES_OF_BARS: usize = 2;
/// Characters of a statement on a chart.
const LABEL: usize = 110;
/// Persons below whom a bar is not drawn: one person would be more than a twentieth of it.
const FEWEST_PERSONS: usize = 20;

/// The annex; empty where no statement was rated by enough persons.
pub fn compose(w: &Writer) -> Vec<Block> {
    let ids = instrument_ids(w, |instrument| !instrument.is_test);
    let figures: Vec<Figure> = ids.into_iter().flat_map(|id| charts(w, &waves_of(w, id))).collect();
    if figures.is_empty() {
        return Vec::new();
    }
    let intro = w.fill("answers.intro", &[("n", &w.count(FEWEST_PERSONS))]);
    let mut blocks = vec![section(w.say("answers.title"), "answers"), Block::paragraph(intro)];
    blocks.extend(figures.into_iter().map(Block::Figure));
    blocks
}

/// Statements of one scale that share their answers.
struct Group<'a> {
    scale: &'a str,
    answers: Vec<String>,
    items: Vec<LikertItem>,
}

impl Group<'_> {
    /// Lines it takes on a chart.
    fn lines(&self) -> usize {
        self.items.iter().map(lines).sum()
    }
}

fn lines(item: &LikertItem) -> usize {
    item.label.chars().count().div_ceil(LINE).max(LINES_OF_BARS)
}

/// Charts of one instrument: scales that share their answers stand together as long as there is room.
fn charts(w: &Writer, waves: &[&InstrumentFindings]) -> Vec<Figure> {
    let Some(first) = waves.first() else { return Vec::new() };
    let mut charts: Vec<Vec<Group>> = Vec::new();
    for group in groups(w, waves) {
        let fits = |chart: &&mut Vec<Group>| {
            let same = chart.iter().all(|own| own.answers == group.answers);
            same && chart.iter().map(Group::lines).sum::<usize>() + group.lines() <= MOST_LINES
        };
        match charts.iter_mut().find(fits) {
            Some(chart) => chart.push(group),
            None => charts.push(vec![group]),
        }
    }
    charts.into_iter().enumerate().map(|(place, groups)| draw(w, first, place, groups)).collect()
}

fn draw(w: &Writer, instrument: &InstrumentFindings, place: usize, groups: Vec<Group>) -> Figure {
    let suffix = if place == 0 { String::new() } else { format!("-{}", place + 1) };
    let mut scales: Vec<String> = Vec::new();
    for group in &groups {
        let name = scale_name(w, instrument, group.scale);
        if !name.is_empty() && !scales.contains(&name) {
            scales.push(name);
        }
    }
    let title = w.text(&instrument.title);
    let people = w.group(instrument.respondent);
    let words = [("instrument", title), ("people", people.as_str()), ("scales", &scales.join("; "))];
    let caption = w.fill(if scales.is_empty() { "figure.likert" } else { "figure.likert_scales" }, &words);
    let answers = groups.first().map(|group| group.answers.clone()).unwrap_or_default();
    let items = groups.into_iter().flat_map(|group| group.items).collect();
    let id = slug(&format!("{}-likert{suffix}", instrument.id));
    Figure { id, chart: Chart::Likert(Likert { answers, items }), caption }
}

fn scale_name(w: &Writer, instrument: &InstrumentFindings, id: &str) -> String {
    let found = instrument.scales.iter().find(|scale| scale.id == id);
    found.map_or_else(String::new, |scale| w.text(&scale.title).to_owned())
}

/// Statements in printed order, grouped by scale and answers, in pieces that fit a chart.
fn groups<'a>(w: &Writer, waves: &[&'a InstrumentFindings]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group> = Vec::new();
    for item in waves.first().map_or(&[][..], |first| &first.items) {
        // Background questions have options too, but no place on a scale.
        if item.difficulty.is_none() || item.options.len() < 3 {
            continue;
        }
        let answers = answer_names(w, item);
        let bars = bars(w, waves, item, answers.len());
        if bars.is_empty() {
            continue;
        }
        let scale = item.scale.as_deref().unwrap_or("");
        let row = LikertItem { label: shorten(w.text(&item.prompt), LABEL), bars };
        let fits = |group: &&mut Group| {
            group.scale == scale && group.answers == answers && group.lines() + lines(&row) <= MOST_LINES
        };
        match groups.iter_mut().find(fits) {
            Some(group) => group.items.push(row),
            None => groups.push(Group { scale, answers, items: vec![row] }),
        }
    }
    groups
}

/// The answers in words; levels of a rubric by their points, since every indicator words them anew.
fn answer_names(w: &Writer, item: &ItemFindings) -> Vec<String> {
    let name = |label: &str, code: &str| {
        if item.rubric {
            w.fill("answers.points", &[("points", code)])
        } else if label.is_empty() {
            code.to_owned()
        } else {
            label.to_owned()
        }
    };
    item.options.iter().map(|option| name(w.text(&option.label), &option.code)).collect()
}

fn bars(w: &Writer, waves: &[&InstrumentFindings], item: &ItemFindings, answers: usize) -> Vec<LikertBar> {
    let bar = |wave: &&InstrumentFindings| {
        let same = wave.items.iter().find(|other| other.id == item.id)?;
        let answered = same.options.iter().map(|option| option.n).sum();
        let fits = answered >= FEWEST_PERSONS.max(w.small()) && same.options.len() == answers;
        fits.then(|| LikertBar {
            label: w.wave(&wave.wave),
            n: answered,
            shares: same.options.iter().map(|option| option.share).collect(),
        })
    };
    waves.iter().filter_map(bar).collect()
}
