//! Findings about measurement as charts.

use super::Scale;
use crate::analysis::findings::LinkFindings;
use crate::chart::{Chart, WrightItem, WrightMap, WrightWave};
use crate::doc::{Block, Figure};
use crate::report::build::slug;
use crate::report::writer::Writer;

fn figure(id: &str, chart: Chart, caption: String) -> Block {
    Block::Figure(Figure { id: slug(id), chart, caption })
}

/// Persons and items on one axis.
pub fn wright(own: &Scale) -> Option<Block> {
    let w = own.w;
    let first = own.found.persons.first()?;
    let logit = |score: f64| (score - own.found.origin) / own.found.unit;
    let waves = own
        .found
        .persons
        .iter()
        .filter(|persons| persons.n >= w.small())
        .map(|persons| {
            let mean = own.found.populations.iter().find(|p| p.wave == persons.wave).map_or(0.0, |p| p.mean);
            WrightWave {
                label: w.wave(&persons.wave),
                n: persons.n,
                mean: logit(mean),
                shares: persons.histogram.clone(),
            }
        })
        .collect();
    let items = own
        .found
        .items
        .iter()
        .filter_map(|item| {
            Some(WrightItem {
                item: item.item.clone(),
                location: item.location?,
                steps: Vec::new(),
                anchor: item.anchor,
            })
        })
        .collect();
    let chart =
        WrightMap { axis: w.say("measurement.axis.logits"), range: first.histogram_range, waves, items };
    let caption = w.fill("measurement.figure.wright", &[("scale", &own.title())]);
    Some(figure(&format!("{}-wright", own.id()), Chart::WrightMap(chart), caption))
}

/// Displacement of the common items.
pub fn drift(_own: &Scale, _link: &LinkFindings) -> Option<Block> {
    None
}

/// Information over ability with the persons below.
pub fn information(_own: &Scale) -> Option<Block> {
    None
}

/// Characteristic curves of the items.
pub fn curves(_own: &Scale) -> Vec<Block> {
    Vec::new()
}

/// DIF by item.
pub fn dif(_w: &Writer) -> Vec<Block> {
    Vec::new()
}
