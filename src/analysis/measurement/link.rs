//! The link between waves: drift of common items, link error, change with and without drifted items.

use std::collections::BTreeMap;

use super::Sheet;
use crate::analysis::Material;
use crate::analysis::findings::{AnchorFindings, LinkFindings};
use crate::measure::{Calibration, WaveDrift};
use crate::num::dist::normal_quantile;
use crate::psych::irt::linking::{DriftStop, link_error};
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
    error_of_contrast(material, outcome, &material.study.study.compared_waves()?, &[-1.0, 1.0], drift_free)
}

/// The link error of a contrast of wave means, `sum_k w_k mean_k`, over L common items with locations `b_ik`:
///
/// ```text
/// SD_i( sum_k w_k b_ik ) / sqrt(L)
/// ```
///
/// For the change from the first wave to a later one this is the usual error of a link (Monseur & Berezner, 2007,
/// Journal of Applied Measurement 8, 323-335). Every calibration is linked to the first one, and the items that
/// link two later waves are those that both share with it.
pub(in crate::analysis) fn error_of_contrast(
    material: &Material<'_>,
    outcome: &Outcome,
    waves: &[usize],
    weights: &[f64],
    drift_free: bool,
) -> Option<LinkError> {
    let measure = material.measures.of_outcome(outcome)?;
    let found = measure.result.as_ref().ok()?;
    let mut sums: Option<BTreeMap<usize, f64>> = None;
    let mut of_first = 0.0;
    let mut firsts: BTreeMap<usize, f64> = BTreeMap::new();
    for (wave, weight) in waves.iter().zip(weights) {
        if measure.waves.first().is_some_and(|first| first.wave == *wave) {
            of_first += weight;
            continue;
        }
        let drift = found.drift.iter().find(|drift| measure.waves[drift.wave].wave == *wave)?;
        let dropped = if drift_free { drift.dropped_items() } else { Vec::new() };
        let kept = drift.items.iter().filter(|own| !dropped.contains(&own.item));
        let mut own = BTreeMap::new();
        for standing in kept {
            let before = match &sums {
                None => 0.0,
                Some(known) => match known.get(&standing.item) {
                    Some(sum) => *sum,
                    None => continue,
                },
            };
            firsts.insert(standing.item, standing.first);
            own.insert(standing.item, before + weight * standing.later);
        }
        sums = Some(own);
    }
    let sums = sums?;
    let values: Vec<f64> = sums.iter().map(|(item, sum)| sum + of_first * firsts[item]).collect();
    let (error, items) = match link_error(&values) {
        Some(error) => (error, values.len()),
        None => apart(waves, weights, drift_free, |wave| {
            found.drift.iter().find(|drift| measure.waves[drift.wave].wave == wave)
        })?,
    };
    Some(LinkError { se: found.unit.distance(error), df: items as f64 - 1.0 })
}

/// Where fewer than two items link the later waves to each other, the errors of each against the first one add up;
/// with the number of items of the weakest link.
fn apart<'a>(
    waves: &[usize],
    weights: &[f64],
    drift_free: bool,
    drift_of: impl Fn(usize) -> Option<&'a WaveDrift>,
) -> Option<(f64, usize)> {
    let links = waves.iter().zip(weights).filter_map(|(wave, weight)| Some((drift_of(*wave)?, weight)));
    links
        .map(|(wave, weight)| {
            let kept = wave.drift.anchors.iter().filter(|anchor| anchor.dropped.is_none()).count();
            let (error, items) = if drift_free {
                (wave.drift.link_error_kept?, kept)
            } else {
                (wave.drift.link_error_all?, wave.drift.anchors.len())
            };
            Some((weight * error, items))
        })
        .collect::<Option<Vec<(f64, usize)>>>()?
        .into_iter()
        .reduce(|(one, few), (other, others)| (one.hypot(other), few.min(others)))
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
