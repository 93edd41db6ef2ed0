//! Normalised gain of each arm.

use super::Group;
use super::notices;
use crate::analysis::findings::{GainFindings, HakeBand, Notice, PercentBand};
use crate::analysis::outcome;
use crate::impact::effect::{GainBand, normalised_gain};

/// Gains against the highest possible score. Scores that do not start at 0 are counted from their lowest.
pub(super) fn all(
    range: Option<[f64; 2]>,
    groups: &[Group<'_>],
    alpha: f64,
    notices: &mut Vec<Notice>,
) -> Vec<GainFindings> {
    let Some([low, high]) = range.filter(|[low, high]| high > low) else {
        notices.push(notices::no_maximum());
        return Vec::new();
    };
    let mut found = Vec::new();
    for group in groups {
        match one(group, [low, high], alpha) {
            Ok(gain) => found.push(gain),
            Err(error) => notices.push(notices::no_gain(&error.to_string())),
        }
    }
    found
}

fn one(
    group: &Group<'_>,
    [low, high]: [f64; 2],
    alpha: f64,
) -> Result<GainFindings, crate::impact::ImpactError> {
    let linked = &group.linked;
    // Percent scores of a full test may pass 100 by a rounding error of their own.
    let from_low = |scores: &[f64]| -> Vec<f64> {
        let slip = 1e-9 * (high - low);
        let inside = |score: f64| if score < 0.0 && score > -slip { 0.0 } else { score };
        let capped =
            |score: f64| if score > high - low && score < high - low + slip { high - low } else { score };
        scores.iter().map(|score| capped(inside(score - low))).collect()
    };
    let alone = vec![0; linked.len()];
    // One cluster for all where schools are unknown: then there is no interval, rather than a wrong one.
    let cluster = linked.cluster.as_deref().unwrap_or(&alone);
    let gain =
        normalised_gain(&from_low(&linked.before), &from_low(&linked.after), cluster, high - low, alpha)?;
    let test = gain.test.filter(|_| outcome::enough_schools(linked));
    Ok(GainFindings {
        arm: group.arm.to_owned(),
        n: gain.n,
        clusters: linked.clusters(),
        class_average: gain.class_average,
        ci: test.map(|test| [test.ci.low, test.ci.high]),
        df: test.map(|test| test.df),
        band: match gain.band {
            GainBand::Low => HakeBand::Low,
            GainBand::Medium => HakeBand::Medium,
            GainBand::High => HakeBand::High,
        },
        percent_band: PercentBand::of(gain.class_average),
        mean_individual: gain.mean_individual,
        individual_bands: gain.individual_bands,
        mean_change: gain.mean_change,
        excluded_at_maximum: gain.excluded_at_maximum,
        excluded_from_change: gain.excluded_from_change,
    })
}
