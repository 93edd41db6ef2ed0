//! Findings become a report: one file per section, in the order a reader meets them.
//!
//! `Findings + Lang -> Document`, pure. Nothing is estimated here: every number is a field of the findings,
//! rounded once by `i18n::format`. What may be *said* about a number follows from the design: [`claim`]
//! words the ladder from description to effect, and the words a weaker design may not use are refused by
//! test. Every section has the same blocks in both languages.

mod agreement;
mod annex;
mod answers;
mod associations;
mod attrition;
mod baseline;
mod bounds;
mod build;
mod change;
pub mod claim;
mod classical;
mod classical_tests;
mod compact;
mod cover;
mod design;
mod drawings;
mod effect_scales;
mod effects;
mod equivalence;
mod estimates;
mod flow;
mod growth;
mod imputed;
mod instruments;
mod items;
mod level_models;
mod levels;
mod limits;
mod lookup;
mod measurement;
mod measurement_error;
mod methods;
mod multiplicity;
mod next_study;
mod normalised_gain;
mod option_curves;
mod participants;
mod plan_lock;
pub mod planning;
pub mod power_curve;
mod programme;
mod quality;
mod quantiles;
mod raters;
mod results;
mod severity;
mod simulated;
mod staff;
mod strength;
mod subgroups;
mod summary;
mod translation;
mod verdicts;
mod writer;

use crate::analysis::findings::Findings;
use crate::doc::{Block, Document, Figure};
use crate::i18n::Lang;

use writer::Writer;

/// The report on `findings` in `lang`.
pub fn compose(findings: &Findings, lang: Lang) -> Document {
    let w = Writer { findings, lang };
    let mut document = cover::compose(&w);
    document.blocks = [
        summary::compose(&w),
        programme::compose(&w),
        design::compose(&w),
        participants::compose(&w),
        attrition::compose(&w),
        baseline::compose(&w),
        instruments::compose(&w),
        results::compose(&w),
        compact::compose(&w),
        staff::compose(&w),
        associations::compose(&w),
        raters::compose(&w),
        quality::compose(&w),
        effects::compose(&w),
        measurement::compose(&w),
        next_study::compose(&w),
        methods::compose(&w),
        limits::compose(&w),
        annex::compose(&w),
        classical_tests::compose(&w),
        agreement::compose(&w),
        items::compose(&w),
        measurement::annex(&w),
        answers::compose(&w),
    ]
    .concat();
    document
}

/// Every figure of the report in its order, with the ids that name their files.
pub fn figures(findings: &Findings, lang: Lang) -> Vec<Figure> {
    let mut found = Vec::new();
    collect_figures(&compose(findings, lang).blocks, &mut found);
    found
}

fn collect_figures(blocks: &[Block], found: &mut Vec<Figure>) {
    for block in blocks {
        match block {
            Block::Figure(figure) => found.push(figure.clone()),
            Block::Beside(figures) => found.extend(figures.iter().cloned()),
            Block::Note { blocks, .. } | Block::Together(blocks) => collect_figures(blocks, found),
            _ => {}
        }
    }
}
