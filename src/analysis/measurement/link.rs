//! The link between waves: drift of common items, link error, change with and without drifted items.

use std::collections::BTreeMap;

use super::Sheet;
use crate::analysis::Material;
use crate::analysis::findings::{AnchorFindings, LinkFindings};
use crate::measure::{Calibration, WaveDrift};
use crate::num::dist::normal_quantile;
use crate::num::moments;
use crate::psych::irt::linking::DriftStop;
use crate::study::Outcome;

/// What the choice of common items adds to the uncertainty of a change between two waves.
#[derive(Clone, Copy, Debug)]
pub(in crate::analysis) struct LinkError {
    /// Standard error in score units.
    pub se: f64,
    /// Degrees of freedom: common items less one.
    pub df: f64,
}

/// The link error between the waves that the study compares; `drift_free` leaves drifted items out.
pub(in crate::analysis) fn error_of(
    material: &Material<'_>,
    outcome: &Outcome,
    drift_free: bool,
) -> Option<LinkError> {
    let measure = material.measures.of_outcome(outcome)?;
    let found = measure.result.as_ref().ok()?;
    let [before, after] = material.study.study.compared_waves()?;
    let drift = |wave: usize| found.drift.iter().find(|drift| measure.waves[drift.wave].wave == wave);
    let last = drift(after)?;
    let (error, items) = match drift(before) {
        // The wave before is the first one, to which the drift of every other is measured.
        None => of_wave(last, drift_free)?,
        Some(first) => between(first, last, drift_free)?,
    };
    Some(LinkError { se: found.unit.distance(error), df: items as f64 - 1.0 })
}

/// Link error of a wave against the first one, in logits, with the number of its items.
fn of_wave(wave: &WaveDrift, drift_free: bool) -> Option<(f64, usize)> {
    let kept = wave.drift.anchors.iter().filter(|anchor| anchor.dropped.is_none()).count();
    if drift_free {
        Some((wave.drift.link_error_kept?, kept))
    } else {
        Some((wave.drift.link_error_all?, wave.drift.anchors.len()))
    }
}

/// Link error between two later waves: the spread of what their common items moved from one to the other, s / sqrt(L).
/// Both locations are in units of the first wave. With fewer than two such items the errors of both against the first
/// wave add up.
fn between(first: &WaveDrift, last: &WaveDrift, drift_free: bool) -> Option<(f64, usize)> {
    let kept = |wave: &WaveDrift, place: usize| {
        !drift_free || wave.drift.anchors.get(place).is_none_or(|anchor| anchor.dropped.is_none())
    };
    let items = |wave: &WaveDrift| -> BTreeMap<usize, f64> {
        let own = wave.items.iter().enumerate().filter(|(place, _)| kept(wave, *place));
        own.map(|(_, item)| (item.item, item.later)).collect()
    };
    let (earlier, later) = (items(first), items(last));
    let moved: Vec<f64> = later.iter().filter_map(|(item, b)| Some(b - earlier.get(item)?)).collect();
    if let Ok(sd) = moments::sd(&moved) {
        return Some((sd / (moved.len() as f64).sqrt(), moved.len()));
    }
    let ((one, few), (other, others)) = (of_wave(first, drift_free)?, of_wave(last, drift_free)?);
    Some((one.hypot(other), few.min(others)))
}

/// Whether an outcome is a measure whose waves nothing links.
pub(in crate::analysis) fn refused(material: &Material<'_>, outcome: &Outcome) -> bool {
    material.measures.of_outcome(outcome).is_some_and(|measure| {
        measure
            .result
            .as_ref()
            .is_ok_and(|found| measure.waves.len() > 1 && found.drift.len() + 1 < measure.waves.len())
    })
}

pub(super) fn all(sheet: &Sheet<'_>) -> Vec<LinkFindings> {
    sheet.found.drift.iter().map(|drift| one(sheet, drift)).collect()
}

fn one(sheet: &Sheet<'_>, wave: &WaveDrift) -> LinkFindings {
    let unit = sheet.found.unit;
    let kept = sheet.found.drift_free.as_ref();
    LinkFindings {
        wave: sheet.measure.waves[wave.wave].id.clone(),
        anchors: anchors(sheet, wave),
        dropped: wave.dropped_items().len(),
        limit_reached: wave.drift.stop == DriftStop::ShareReached,
        correlation: wave.drift.correlation,
        sd_ratio: wave.drift.sd_ratio,
        error_all: wave.drift.link_error_all.map(|error| unit.distance(error)),
        error_kept: wave.drift.link_error_kept.map(|error| unit.distance(error)),
        change_all: changes(&sheet.found.main, wave.wave).iter().map(|c| unit.distance(*c)).collect(),
        change_kept: kept
            .map(|other| changes(other, wave.wave).iter().map(|c| unit.distance(*c)).collect())
            .unwrap_or_default(),
    }
}

/// Change of every arm's population mean from the first wave to a later one, in logits.
fn changes(calibration: &Calibration, wave: usize) -> Vec<f64> {
    let mean = |wave: usize, arm: usize| {
        calibration.populations.iter().find(|p| p.wave == wave && p.arm == arm).map(|p| p.mean)
    };
    let arms = calibration.populations.iter().map(|p| p.arm).max().map_or(0, |arm| arm + 1);
    (0..arms).filter_map(|arm| Some(mean(wave, arm)? - mean(0, arm)?)).collect()
}

fn anchors(sheet: &Sheet<'_>, wave: &WaveDrift) -> Vec<AnchorFindings> {
    // The probability lies strictly between 0 and 1, so the quantile exists.
    let z = normal_quantile(1.0 - sheet.material.study.study.analysis.alpha / 2.0).unwrap_or(1.96);
    wave.items
        .iter()
        .zip(&wave.drift.anchors)
        .map(|(own, drift)| AnchorFindings {
            item: sheet.measure.items[own.item].clone(),
            first: own.first,
            later: own.later,
            displacement: drift.displacement,
            ci: own.se.map(|se| [drift.displacement - z * se, drift.displacement + z * se]),
            robust_z: drift.robust_z,
            dropped: drift.dropped.is_some(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::drift::AnchorStanding;
    use crate::psych::irt::linking::{AnchorItem, DriftOptions, anchor_drift};

    fn wave(place: usize, first: &[f64], later: &[f64]) -> WaveDrift {
        let anchors: Vec<AnchorItem> = (0..first.len())
            .map(|item| AnchorItem { item, reference: first[item], new: later[item] })
            .collect();
        WaveDrift {
            wave: place,
            items: (0..first.len())
                .map(|item| AnchorStanding { item, first: first[item], later: later[item], se: None })
                .collect(),
            drift: anchor_drift(&anchors, DriftOptions::default()).unwrap(),
        }
    }

    #[test]
    fn two_later_waves_have_the_link_error_of_their_own_items() {
        let first = [-1.0, 0.0, 0.5, 1.5];
        // Both waves moved alike against the first one: between them nothing is uncertain.
        let moved = [-0.7, -0.2, 0.9, 1.4];
        let (one, other) = (wave(1, &first, &moved), wave(2, &first, &moved));
        assert!(of_wave(&other, false).unwrap().0 > 0.1);
        let (error, items) = between(&one, &other, false).unwrap();
        assert!(error.abs() < 1e-15 && items == 4);
        // Differences 0.3, -0.1, 0.2, 0: mean 0.1, squares 0.1 on 3 df, over the root of 4.
        let later = [-0.4, -0.3, 1.1, 1.4];
        let (error, _) = between(&one, &wave(2, &first, &later), false).unwrap();
        assert!((error - (0.1f64 / 3.0).sqrt() / 2.0).abs() < 1e-12, "{error}");
        // Nothing in common: the errors against the first wave add up.
        let mut apart = wave(2, &first, &later);
        apart.items.iter_mut().for_each(|own| own.item += 10);
        let (error, _) = between(&one, &apart, false).unwrap();
        let both = of_wave(&one, false).unwrap().0.hypot(of_wave(&apart, false).unwrap().0);
        assert!((error - both).abs() < 1e-15);
    }
}
