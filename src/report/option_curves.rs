//! Option curves of test items that call for a look at their answers.

use super::build::slug;
use super::writer::Writer;
use crate::analysis::findings::{Distractor, InstrumentFindings, ItemFindings};
use crate::chart::{Chart, OptionCurve, OptionCurves, OptionItem};
use crate::doc::{Block, Figure};

/// Panels of the figure.
const PANELS: usize = 12;

/// The curves of flagged items, and of items with an option that draws the abler persons; a figure per
/// instrument, at its last wave.
pub fn figure(w: &Writer, waves: &[&InstrumentFindings]) -> Option<Block> {
    let last = waves.last().filter(|wave| wave.is_test)?;
    let worth = |item: &&ItemFindings| {
        let drawn =
            |own: &Option<Distractor>| matches!(own, Some(Distractor::Attractive | Distractor::AboveKey));
        item.n >= w.small()
            && item.option_curves.is_some()
            && (!item.flags.is_empty() || item.options.iter().any(|option| drawn(&option.distractor)))
    };
    let items: Vec<OptionItem> =
        last.items.iter().filter(worth).take(PANELS).filter_map(|item| panel(w, item)).collect();
    if items.is_empty() {
        return None;
    }
    let groups = (1..=groups(last)).map(|group| w.count(group)).collect();
    let chart = OptionCurves { axis: w.say("options.axis"), groups, items };
    let title = w.text(&last.title).to_owned();
    let caption = w.fill("options.figure", &[("instrument", &title), ("wave", &w.wave(&last.wave))]);
    let id = slug(&format!("{}-options", last.id));
    Some(Block::Figure(Figure { id, chart: Chart::OptionCurves(chart), caption }))
}

/// The most score groups that an item of the instrument has.
fn groups(instrument: &InstrumentFindings) -> usize {
    let curves = instrument.items.iter().filter_map(|item| item.option_curves.as_ref());
    curves.map(|curves| curves.groups.len()).max().unwrap_or(0)
}

fn panel(w: &Writer, item: &ItemFindings) -> Option<OptionItem> {
    let curves = item.option_curves.as_ref()?;
    let note = match (item.difficulty, item.item_rest) {
        (Some(difficulty), Some(rest)) => {
            w.fill("options.panel", &[("difficulty", &w.number(difficulty, 2)), ("rest", &w.number(rest, 2))])
        }
        _ => String::new(),
    };
    let options = curves.options.iter().map(|option| OptionCurve {
        label: option.code.clone(),
        is_key: option.is_key,
        shares: option.shares.clone(),
    });
    let above = |own: &Option<Distractor>| matches!(own, Some(Distractor::AboveKey));
    Some(OptionItem {
        item: item.id.clone(),
        note,
        suspected_miskey: item.options.iter().any(|option| above(&option.distractor)),
        options: options.collect(),
    })
}
