//! Effect sizes of all outcomes on one axis.

use super::build::section;
use super::drawings;
use super::writer::Writer;
use crate::doc::Block;

/// The section.
pub fn compose(w: &Writer) -> Vec<Block> {
    let mut blocks = vec![section(w.say("effects.title"), "effects")];
    match drawings::effect_sizes(w) {
        Some(figure) => {
            blocks.push(Block::paragraph(w.say("effects.intro")));
            blocks.push(Block::Figure(figure));
            let benchmarks = if w.compares() { "effects.benchmark" } else { "effects.no_benchmark" };
            blocks.push(Block::paragraph(w.say(benchmarks)));
        }
        None => blocks.push(Block::paragraph(w.say("effects.none"))),
    }
    blocks
}
