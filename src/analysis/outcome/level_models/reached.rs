//! The share of persons at or above the level that counts as reached.

use super::{Levels, estimate, methods_of_change, methods_of_difference, notices, odds, with_values};
use crate::analysis::findings::{
    CutFindings, EstimateFindings, Method, Notice, ReachedFindings, ReachedShare,
};
use crate::analysis::frame::Linked;
use crate::analysis::outcome::likeness;
use crate::impact::ImpactError;
use crate::impact::proportion::{clustered_share, wilson_share};

/// Slack on cut scores, as the levels themselves have it.
const CUT_SLACK: f64 = 1e-9;

/// Points of a share.
const PERCENT: f64 = 100.0;

/// Everything on level `place` and those above it; `sem` is the standard error of measurement, where known.
pub(super) fn all(
    levels: &Levels<'_>,
    place: usize,
    sem: Option<f64>,
    notices: &mut Vec<Notice>,
) -> ReachedFindings {
    let level = &levels.scale.levels[place];
    let points = in_points(levels.sample.linked, level.from);
    let mut estimates = Vec::new();
    for method in methods(levels) {
        match estimate(method, levels.sample, &points) {
            Ok(found) => estimates.push(found),
            // The test beside the main one fails for the same reason.
            Err(error) if estimates.is_empty() => {
                notices.push(notices::no_share_change(&error));
                break;
            }
            Err(_) => {}
        }
    }
    let modelled = levels.is_modelled(&mut Vec::new());
    let odds = if modelled { odds::of_reached(levels, place, notices) } else { Vec::new() };
    if sem.is_none() {
        notices.push(notices::no_error_of_measurement());
    }
    ReachedFindings {
        level: level.id.clone(),
        from: level.from,
        shares: shares(levels, level.from),
        effect_sizes: odds::effect_sizes(&odds, levels.sample.alpha()),
        odds,
        cuts: sem.map(|sem| cuts(levels, level.from, sem)).unwrap_or_default(),
        estimates,
    }
}

fn methods(levels: &Levels<'_>) -> Vec<Method> {
    if levels.sample.compares() {
        methods_of_difference(levels.sample)
    } else {
        methods_of_change(levels.sample.linked)
    }
}

/// 100 for whoever scores at the cut or above, 0 for the others, at both waves.
fn in_points(linked: &Linked, from: f64) -> Linked {
    let of = |scores: &[f64]| {
        scores.iter().map(|score| if *score >= from - CUT_SLACK { PERCENT } else { 0.0 }).collect()
    };
    with_values(linked, of(&linked.before), of(&linked.after))
}

/// Shares by arm and wave.
fn shares(levels: &Levels<'_>, from: f64) -> Vec<ReachedShare> {
    let sample = levels.sample;
    let Some([first, last]) = sample.study.study.compared() else { return Vec::new() };
    let mut out = Vec::new();
    for (arm, name) in sample.arms.iter().enumerate() {
        let group = in_points(&sample.of_arm(arm), from);
        for (wave, values) in [(first, &group.before), (last, &group.after)] {
            let reached: Vec<f64> = values.iter().map(|own| own / PERCENT).collect();
            let found = match &group.cluster {
                Some(cluster) => clustered_share(&reached, cluster, sample.alpha()),
                None => wilson_share(&reached, sample.alpha()),
            };
            let count = reached.iter().filter(|own| **own == 1.0).count();
            out.push(ReachedShare {
                arm: (*name).to_owned(),
                wave: wave.id.clone(),
                n: reached.len(),
                reached: count,
                share: count as f64 / reached.len().max(1) as f64,
                ci: found
                    .ok()
                    .filter(|_| likeness::enough_schools(&group))
                    .map(|own| [own.ci.low, own.ci.high]),
            });
        }
    }
    out
}

/// The main estimate with the cut one standard error of measurement lower, in its place, and one higher.
fn cuts(levels: &Levels<'_>, from: f64, sem: f64) -> Vec<CutFindings> {
    let main = |from: f64| -> Result<EstimateFindings, ImpactError> {
        let method = methods(levels).first().copied().unwrap_or(Method::PairedT);
        estimate(method, levels.sample, &in_points(levels.sample.linked, from))
    };
    [-1.0, 0.0, 1.0]
        .map(|shift| {
            let from = from + shift * sem;
            CutFindings { shift, sem, from, shares: shares(levels, from), estimate: main(from).ok() }
        })
        .to_vec()
}
