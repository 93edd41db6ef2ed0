//! Proportional odds models of the level, and whether one odds ratio does for all its thresholds.

use super::odds::{EVENTS_PER_COEFFICIENT, Model, TOLD, findings, models};
use super::{Levels, notices};
use crate::analysis::findings::{Notice, OddsFindings, OddsModel, ParallelFindings, ThresholdOdds};
use crate::impact::ImpactError;
use crate::impact::logit::{ParallelCheck, check_parallel, fit_ordinal};
use crate::impact::vcov::Adjustment;

/// The models of the design. A scale with two levels has none: its odds are those of reaching the upper one.
pub(super) fn all(levels: &Levels<'_>, notices: &mut Vec<Notice>) -> Vec<OddsFindings> {
    let wanted: &[OddsModel] = if levels.sample.compares() {
        &[OddsModel::Adjusted, OddsModel::ArmByWave]
    } else {
        &[OddsModel::Wave]
    };
    let mut found = Vec::new();
    for model in models(levels, wanted) {
        match one(levels, model) {
            Ok(own) => found.extend(own),
            Err(said) if notices.iter().all(|known| known.code != said.code) => notices.push(*said),
            Err(_) => {}
        }
    }
    let unequal = found.first().and_then(|own| own.parallel.as_ref()?.p);
    if let Some(p) = unequal.filter(|p| *p < levels.sample.alpha()) {
        notices.push(notices::not_parallel(p));
    }
    found
}

fn one(levels: &Levels<'_>, mut model: Model) -> Result<Option<OddsFindings>, Box<Notice>> {
    let held = merge_empty(&mut model.level, levels.scale.levels.len());
    if held.len() < 3 {
        return Ok(None);
    }
    let rows_at = |level: &usize| model.level.iter().filter(|own| *own == level).count();
    let most = (0..held.len()).max_by_key(rows_at);
    let elsewhere = model.persons_at(|own| Some(own) != most);
    let needed = EVENTS_PER_COEFFICIENT * model.columns.len();
    if elsewhere < needed {
        return Err(Box::new(notices::few_events(elsewhere, needed)));
    }
    fitted(levels, &model, &held).map(Some).map_err(|error| Box::new(notices::no_odds(&error)))
}

fn fitted(levels: &Levels<'_>, model: &Model, held: &[usize]) -> Result<OddsFindings, ImpactError> {
    let names: Vec<String> = model.columns.iter().map(|(name, _)| (*name).to_owned()).collect();
    let columns: Vec<Vec<f64>> = model.columns.iter().map(|(_, column)| column.clone()).collect();
    let fit = fit_ordinal(&names, &columns, &model.level, &model.cluster)?;
    let alpha = levels.sample.alpha();
    let test = fit.test(&fit.contrast(&[(TOLD, 1.0)])?, Adjustment::Cr2, alpha)?;
    let checked = check_parallel(&names, &columns, &model.level, &model.cluster, (TOLD, alpha));
    let parallel = checked.ok().map(|own| parallel(levels, held, &own));
    Ok(OddsFindings { parallel, ..findings(levels, model.model, &test) })
}

fn parallel(levels: &Levels<'_>, held: &[usize], check: &ParallelCheck) -> ParallelFindings {
    let cuts = check.cuts.iter().map(|own| ThresholdOdds {
        level: levels.scale.levels[held[own.cut + 1]].id.clone(),
        odds_ratio: own.test.odds_ratio,
        ci: [own.test.odds_ratio_ci.low, own.test.odds_ratio_ci.high],
    });
    ParallelFindings {
        cuts: cuts.collect(),
        f: check.equal.map(|own| own.f),
        df: check.equal.map(|own| [own.df1, own.df2]),
        p: check.equal.map(|own| own.p),
    }
}

/// Numbers the levels that somebody is at from 0 and gives their places in the scale: a level that nobody is at has
/// no threshold of its own.
fn merge_empty(level: &mut [usize], count: usize) -> Vec<usize> {
    let held: Vec<usize> = (0..count).filter(|place| level.contains(place)).collect();
    for own in level {
        *own = held.partition_point(|place| *place < *own);
    }
    held
}

#[cfg(test)]
mod tests {
    use super::merge_empty;

    #[test]
    fn empty_levels_are_closed_up() {
        let mut level = [3, 0, 3, 1];
        assert_eq!(merge_empty(&mut level, 4), [0, 1, 3]);
        assert_eq!(level, [2, 0, 2, 1]);
    }
}
