//! One page for a reader who reads no further.

use super::build::{bullets, note, part, section};
use super::change::brief;
use super::drawings::primary_changes;
use super::lookup::{direction, is_small, leading_effect, primary};
use super::strength;
use super::writer::{Writer, decimals};
use crate::analysis::findings::{EstimateFindings, OutcomeFindings};
use crate::doc::{Block, KeyFigure, Tone};
use crate::i18n::format;

/// Outcomes beyond these would make the page a second results chapter.
const MOST: usize = 4;
/// Outcomes for which large figures still fit the page.
const MOST_WITH_FIGURES: usize = 2;

/// The summary page.
pub fn compose(w: &Writer) -> Vec<Block> {
    let mut blocks = vec![section(w.say("summary.title"), "summary")];
    blocks.push(Block::paragraph(w.say(&format!("summary.question.{}", w.claim_key()))));
    let leading = w.leading();
    if leading.is_empty() {
        blocks.push(Block::paragraph(w.say("summary.no_outcomes")));
    }
    for outcome in leading.iter().take(MOST) {
        blocks.extend(one(w, outcome, leading.len() <= MOST_WITH_FIGURES));
    }
    if leading.len() > MOST {
        let more = w.count(leading.len() - MOST);
        blocks.push(Block::paragraph(w.fill("summary.more", &[("n", &more)])));
    }
    blocks.extend(primary_changes(w, &leading).map(Block::Figure));
    blocks.push(strength_box(w));
    blocks.push(Block::Note {
        tone: Tone::Caution,
        title: w.say("summary.caveats"),
        blocks: vec![bullets(strength::caveats(w)), Block::paragraph(not_shown(w).join(" "))],
    });
    // Kept together, so that a reader of one page has all of it.
    vec![Block::Together(blocks), Block::PageBreak]
}

fn one(w: &Writer, outcome: &OutcomeFindings, with_figures: bool) -> Vec<Block> {
    let anchor = format!("summary-{}", outcome.id);
    let mut blocks = vec![part(2, w.text(&outcome.label).to_owned(), &anchor)];
    if is_small(w, outcome) {
        blocks.push(Block::paragraph(w.say("results.too_small")));
        return blocks;
    }
    if let Some(estimate) = primary(outcome).filter(|_| with_figures) {
        blocks.push(Block::KeyFigures(key_figures(w, outcome, estimate)));
    }
    blocks.push(Block::paragraph(brief(w, outcome, with_figures).join(" ")));
    blocks
}

fn key_figures(w: &Writer, outcome: &OutcomeFindings, estimate: &EstimateFindings) -> Vec<KeyFigure> {
    let digits = decimals(outcome);
    let interval = estimate.ci.map(|[low, high]| {
        w.fill("summary.key.interval", &[("low", &w.number(low, digits)), ("high", &w.number(high, digits))])
    });
    let mut figures = vec![KeyFigure {
        value: w.signed(estimate.estimate, digits),
        label: w.fill(&format!("summary.key.{}", w.rung(estimate)), &[("unit", &w.unit(outcome))]),
        detail: interval.unwrap_or_else(|| w.say("summary.key.no_interval")),
    }];
    if let Some(moved) = direction(w, outcome) {
        let ten = w.number(moved.rose * 10.0, 0);
        figures.push(KeyFigure {
            // "10 in 10" would claim everybody where nearly everybody is meant.
            value: match ten.as_str() {
                "0" | "10" => format::percent(w.lang, moved.rose, 0),
                _ => w.fill("summary.key.of_ten", &[("ten", &ten)]),
            },
            label: w.fill("summary.key.rose", &[("people", &w.group(outcome.respondent))]),
            detail: w.fill("summary.key.n", &[("n", &w.count(moved.n))]),
        });
    }
    figures.push(KeyFigure {
        value: w.count(estimate.n),
        label: w.fill(
            if w.findings.plan.cross_sections { "summary.key.measured" } else { "summary.key.persons" },
            &[("people", &w.group(outcome.respondent))],
        ),
        detail: w.clusters(estimate.clusters),
    });
    if let Some(size) = leading_effect(outcome) {
        let bounds = size.ci.map(|[low, high]| {
            w.fill("summary.key.interval", &[("low", &w.number(low, 2)), ("high", &w.number(high, 2))])
        });
        figures.push(KeyFigure {
            value: w.signed(size.value, 2),
            label: w.say("summary.key.effect_size"),
            detail: bounds.unwrap_or_else(|| w.say("summary.key.no_interval")),
        });
    }
    figures
}

fn strength_box(w: &Writer) -> Block {
    let verdict = w.say(&format!("strength.verdict.{}", strength::verdict(w)));
    let title = w.fill("strength.title", &[("verdict", &verdict)]);
    note(Tone::Info, title, vec![strength::main_grounds(w).join(" ")])
}

fn not_shown(w: &Writer) -> Vec<String> {
    let claim = w.say(&format!("not_shown.{}", w.claim_key()));
    vec![claim, w.say("not_shown.lasting"), w.say("not_shown.ranking")]
}
