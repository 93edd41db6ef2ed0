//! Do the common items keep their difficulty from the first wave to a later one?

use super::WaveAnswers;
use super::calibration::{common_items, link};
use crate::psych::irt::linking::{AnchorItem, Drift, DriftOptions, anchor_drift};
use crate::psych::irt::{Family, FittedIrt};
use crate::study::{LinkMethod, LinkingRules};

/// Drift of the common items between the first wave and a later one.
#[derive(Clone, Debug)]
pub struct WaveDrift {
    /// Place of the later wave among the waves with answers.
    pub wave: usize,
    /// Common items whose location both waves determine, in the order of the scale.
    pub items: Vec<AnchorStanding>,
    /// Displacements, shifts and link errors; items are places in the scale.
    pub drift: Drift,
}

/// One common item in the two calibrations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AnchorStanding {
    /// Place in the scale.
    pub item: usize,
    /// Location in the first wave's own calibration.
    pub first: f64,
    /// Location in the later wave's own calibration, in units of the first.
    pub later: f64,
    /// Standard error of the difference; none where a calibration has none.
    pub se: Option<f64>,
}

/// Largest standard error of a difference of locations, in logits: an item that hardly discriminates has a
/// location anywhere, and one such item would make the link error meaningless.
const LARGEST_ERROR: f64 = 1.0;

impl WaveDrift {
    /// Items that drifted and were dropped from the link, in the order of the scale.
    pub fn dropped_items(&self) -> Vec<usize> {
        self.drift
            .anchors
            .iter()
            .filter(|anchor| anchor.dropped.is_some())
            .map(|anchor| anchor.item)
            .collect()
    }
}

/// The drift of every later wave against the first; waves without common items have no entry.
pub fn all(
    waves: &[WaveAnswers],
    separate: &[FittedIrt],
    family: Family,
    rules: &LinkingRules,
) -> Vec<WaveDrift> {
    let Some(first) = separate.first() else { return Vec::new() };
    (1..waves.len()).filter_map(|wave| one(wave, first, &separate[wave], (family, rules))).collect()
}

fn one(
    wave: usize,
    first: &FittedIrt,
    later: &FittedIrt,
    (family, rules): (Family, &LinkingRules),
) -> Option<WaveDrift> {
    let common: Vec<usize> = common_items(first, later).collect();
    // With free slopes each calibration has its own unit; the later one is first brought to that of the first.
    let scale = if family.has_unit_slopes() {
        1.0
    } else {
        link(first, later, &common, (LinkMethod::StockingLord, family)).ok()?.scale
    };
    let standing = |item: &usize| {
        let (old, new) = (first.items[*item].as_ref()?, later.items[*item].as_ref()?);
        let se = old.location_se.zip(new.location_se).map(|(old, new)| old.hypot(scale * new));
        Some(AnchorStanding {
            item: *item,
            first: old.curve.location()?,
            later: scale * new.curve.location()?,
            se,
        })
    };
    let located = |own: &AnchorStanding| own.se.is_none_or(|se| se <= LARGEST_ERROR);
    let items: Vec<AnchorStanding> = common.iter().filter_map(standing).filter(located).collect();
    let anchors: Vec<AnchorItem> =
        items.iter().map(|own| AnchorItem { item: own.item, reference: own.first, new: own.later }).collect();
    let options = DriftOptions {
        displacement: rules.displacement,
        robust_z: rules.robust_z,
        most_dropped: rules.most_dropped,
    };
    Some(WaveDrift { wave, items, drift: anchor_drift(&anchors, options).ok()? })
}
