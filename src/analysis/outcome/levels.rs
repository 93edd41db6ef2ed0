//! Levels before and after: shares with their intervals, and movement between levels.

use super::{Sample, likeness};
use crate::analysis::findings::{LevelFindings, LevelName, LevelShare, LevelShares, LevelTransition};
use crate::analysis::frame::Linked;
use crate::impact::proportion::{clustered_share, wilson_share};
use crate::study::Outcome;

/// Level shares and transitions of linked persons; none where the scale has no cuts.
pub(super) fn all(sample: &Sample<'_>, outcome: &Outcome) -> Option<LevelFindings> {
    let levels = sample.measured.levels.as_ref()?;
    let instrument = sample.study.instrument_of(outcome)?;
    let scale = instrument.scale(outcome.from.scale.as_deref()?)?;
    let count = scale.levels.len();
    let mut shares = Vec::new();
    let mut transitions = Vec::new();
    let [first, last] = sample.study.study.compared_waves()?;
    for place in [first, last] {
        let wave = &sample.study.study.waves[place];
        for (arm, name) in sample.arms.iter().enumerate() {
            let group = sample.of_arm(arm);
            let at = levels_of(&group, &levels[place]);
            shares.push(LevelShares {
                wave: wave.id.clone(),
                arm: (*name).to_owned(),
                n: at.len(),
                shares: (0..count).map(|level| share(&group, &at, level, sample.alpha())).collect(),
            });
        }
    }
    for (arm, name) in sample.arms.iter().enumerate() {
        let group = sample.of_arm(arm);
        let before = levels_of(&group, &levels[first]);
        let after = levels_of(&group, &levels[last]);
        let mut counts = vec![vec![0; count]; count];
        for (from, to) in before.iter().zip(&after) {
            counts[*from][*to] += 1;
        }
        transitions.push(LevelTransition { arm: (*name).to_owned(), counts });
    }
    let levels = scale
        .levels
        .iter()
        .map(|level| LevelName { id: level.id.clone(), label: level.label.clone(), from: level.from })
        .collect();
    Some(LevelFindings { levels, shares, transitions })
}

/// Level of every linked person at a wave. A linked person has a score, hence a level.
pub(super) fn levels_of(group: &Linked, levels: &[Option<usize>]) -> Vec<usize> {
    group.places.iter().map(|place| levels[*place].unwrap_or(0)).collect()
}

fn share(group: &Linked, at: &[usize], level: usize, alpha: f64) -> LevelShare {
    let values: Vec<f64> = at.iter().map(|own| f64::from(*own == level)).collect();
    let n = at.iter().filter(|own| **own == level).count();
    let found = match &group.cluster {
        Some(cluster) => clustered_share(&values, cluster, alpha),
        None => wilson_share(&values, alpha),
    };
    LevelShare {
        n,
        share: n as f64 / at.len().max(1) as f64,
        // A level that nobody or everybody reaches has no interval by schools, nor have few schools one.
        ci: found.ok().filter(|_| likeness::enough_schools(group)).map(|share| [share.ci.low, share.ci.high]),
    }
}
