//! The link between waves: drift of the common items, and the change with and without drifted ones.

use super::{Scale, figures};
use crate::analysis::findings::LinkFindings;
use crate::doc::Block;

pub fn compose(own: &Scale) -> Vec<Block> {
    let mut blocks = Vec::new();
    for link in &own.found.links {
        blocks.push(Block::paragraph(words(own, link)));
        blocks.extend(figures::drift(own, link));
    }
    blocks
}

fn words(own: &Scale, link: &LinkFindings) -> String {
    let w = own.w;
    let wave = w.wave(&link.wave);
    let first = own.scale.waves.first().map_or_else(String::new, |id| w.wave(id));
    let error =
        |value: Option<f64>| value.map_or_else(|| super::super::writer::DASH.to_owned(), |e| own.score(e));
    let mut sentences = vec![w.fill(
        "measurement.link.items",
        &[
            ("n", &w.count(link.anchors.len())),
            ("first", &first),
            ("wave", &wave),
            ("correlation", &w.maybe(link.correlation, 2)),
            ("ratio", &w.maybe(link.sd_ratio, 2)),
        ],
    )];
    // With several arms every change stands behind the name of its arm.
    let arms = &w.findings.study.arms;
    let change = |changes: &[f64]| {
        let worded = changes.iter().enumerate().map(|(place, value)| {
            let value = w.signed(*value, own.decimals());
            match arms.get(place).filter(|_| changes.len() > 1) {
                Some(arm) => format!("{value} ({})", w.arm(&arm.id)),
                None => value,
            }
        });
        worded.collect::<Vec<_>>().join("; ")
    };
    sentences.push(w.fill(
        "measurement.link.all",
        &[("change", &change(&link.change_all)), ("error", &error(link.error_all))],
    ));
    if link.change_kept.is_empty() {
        sentences.push(w.say("measurement.link.no_drift"));
    } else {
        let dropped: Vec<&str> =
            link.anchors.iter().filter(|anchor| anchor.dropped).map(|anchor| anchor.item.as_str()).collect();
        sentences.push(w.fill(
            "measurement.link.kept",
            &[
                ("items", &dropped.join(", ")),
                ("change", &change(&link.change_kept)),
                ("error", &error(link.error_kept)),
            ],
        ));
    }
    sentences.push(w.say("measurement.link.carried"));
    sentences.join(" ")
}
