//! What the wording may claim: the ladder from description to effect, and the words kept for its top.

use super::lookup::is_open;
use super::writer::Writer;
use crate::analysis::findings::{Claim, EstimateFindings};
use crate::doc::{Block, Document, Inline};

/// Words that only a report on a randomised comparison may use, lower case, as they begin or stand inside
/// other words.
const EFFECT_WORDS: [&str; 5] = ["dampak", "efektif", "impact", "effect of", "effective"];

/// Words no report may use: a result that is not clear does not show that nothing happened.
const NEVER: [&str; 5] =
    ["tidak ada pengaruh", "tidak berpengaruh", "no effect", "no impact", "not effective"];

/// Words a report under `claim` may not use.
pub fn forbidden(claim: Claim) -> Vec<&'static str> {
    let kept = if claim == Claim::Effect { &[][..] } else { &EFFECT_WORDS[..] };
    kept.iter().chain(&NEVER).copied().collect()
}

/// The passages of `document` that say more than `claim` allows. `product` is the name of the software, which
/// is a word of its own; text in code type is left out for the same reason.
pub fn overclaims(document: &Document, claim: Claim, product: &str) -> Vec<String> {
    let says_too_much = |passage: &String| {
        let lower = passage.replace(product, "").to_lowercase();
        forbidden(claim).iter().any(|word| lower.contains(word))
    };
    passages(document).into_iter().filter(says_too_much).collect()
}

/// Every passage of a document, in reading order, without charts and code.
pub fn passages(document: &Document) -> Vec<String> {
    let mut out = vec![document.title.clone(), document.subtitle.clone(), document.footer.clone()];
    out.extend(document.banner.clone());
    out.extend(document.facts.iter().flat_map(|fact| [fact.label.clone(), fact.value.clone()]));
    document.blocks.iter().for_each(|block| gather(block, &mut out));
    out
}

fn gather(block: &Block, out: &mut Vec<String>) {
    match block {
        Block::Heading { text, .. } => out.push(text.clone()),
        Block::Paragraph(line) => out.push(plain(line)),
        Block::List { items, .. } => out.extend(items.iter().map(|item| plain(item))),
        Block::Table(table) => {
            out.push(table.caption.clone());
            out.extend(table.columns.iter().map(|column| column.title.clone()));
            out.extend(table.rows.iter().flat_map(|row| row.cells.clone()));
            out.extend(table.notes.clone());
        }
        Block::Figure(figure) => out.push(figure.caption.clone()),
        Block::Beside(figures) => out.extend(figures.iter().map(|figure| figure.caption.clone())),
        Block::Picture { alt, .. } => out.push(alt.clone()),
        Block::Note { title, blocks, .. } => {
            out.push(title.clone());
            blocks.iter().for_each(|block| gather(block, out));
        }
        Block::KeyFigures(figures) => {
            for figure in figures {
                out.extend([figure.value.clone(), figure.label.clone(), figure.detail.clone()]);
            }
        }
        Block::Together(blocks) => blocks.iter().for_each(|block| gather(block, out)),
        Block::Options(lines) => out.extend(lines.iter().map(|line| line.text.clone())),
        Block::AnswerLines { .. } | Block::PageBreak => {}
    }
}

fn plain(line: &[Inline]) -> String {
    line.iter()
        .map(|part| match part {
            Inline::Text(words) | Inline::Strong(words) | Inline::Emphasis(words) => words.as_str(),
            Inline::Code(_) => "",
        })
        .collect()
}

impl Writer<'_> {
    /// The rung of the ladder, as used in phrase keys.
    pub fn claim_key(&self) -> &'static str {
        match self.findings.plan.claim {
            Claim::Change => "change",
            Claim::Association => "association",
            Claim::Effect => "effect",
            Claim::Description => "description",
        }
    }

    /// The rung an estimate may be worded on: a change within one group stays a change whatever the design,
    /// and an open direction is only a difference, so that a claim of the plan never reaches a number that does
    /// not carry it.
    pub fn rung(&self, estimate: &EstimateFindings) -> &'static str {
        let cohorts = self.findings.plan.cross_sections;
        match (estimate.estimand.as_str(), self.findings.plan.claim) {
            // Nobody was met twice, so nobody's score rose.
            ("mean_change", _) if cohorts => "cohorts",
            ("mean_change", _) => "change",
            (_, Claim::Effect) if !is_open(estimate) => "effect",
            ("adjusted_difference", _) => "adjusted",
            _ if cohorts => "differential",
            _ => "association",
        }
    }
}
