//! The link between waves: drift of common items, link error, change with and without drifted items.

use super::Sheet;
use crate::analysis::Material;
use crate::analysis::findings::{AnchorFindings, LinkFindings};
use crate::measure::{Calibration, WaveDrift};
use crate::num::dist::normal_quantile;
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
    // The link of the later of the two waves that the study compares.
    let after = material.study.study.compared_waves()?[1];
    let last = found.drift.iter().find(|drift| measure.waves[drift.wave].wave == after)?;
    let kept = last.drift.anchors.iter().filter(|anchor| anchor.dropped.is_none()).count();
    let (error, items) = if drift_free {
        (last.drift.link_error_kept?, kept)
    } else {
        (last.drift.link_error_all?, last.drift.anchors.len())
    };
    Some(LinkError { se: found.unit.distance(error), df: items as f64 - 1.0 })
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
