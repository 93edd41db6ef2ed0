//! Odds ratios as findings, and the logistic regressions of who reached a level.

use std::collections::BTreeSet;

use super::{Levels, notices};
use crate::analysis::findings::{EffectSize, Notice, OddsFindings, OddsModel};
use crate::impact::effect::d_cox_of_odds;
use crate::impact::logit::{OddsTest, fit_logistic};
use crate::impact::ols::Design;
use crate::impact::vcov::Adjustment;
use crate::impact::{CoefTest, ImpactError};

/// Persons on the smaller side that a regression needs per coefficient: Peduzzi, Concato, Kemper, Holford &
/// Feinstein (1996), Journal of Clinical Epidemiology 49, 1373-1379.
pub(super) const EVENTS_PER_COEFFICIENT: usize = 10;

/// Name of the coefficient that is told.
pub(super) const TOLD: &str = "told";

/// What a regression is made of: one row per person, or one per person and wave.
pub(super) struct Model {
    pub model: OddsModel,
    /// Columns beside the constant, the one that is told first.
    pub columns: Vec<(&'static str, Vec<f64>)>,
    /// Place of the level in each row.
    pub level: Vec<usize>,
    /// School of each row.
    pub cluster: Vec<usize>,
    /// Persons; with two rows each, both waves follow each other.
    pub persons: usize,
}

impl Model {
    /// Persons with a row at a level for which `holds`. A person who stands there at both waves is one person: two
    /// rows of one person are no two events.
    pub fn persons_at(&self, holds: impl Fn(usize) -> bool) -> usize {
        let rows = (0..self.level.len()).filter(|row| holds(self.level[*row]));
        rows.map(|row| row % self.persons).collect::<BTreeSet<_>>().len()
    }
}

/// The regressions of a design; the leading one first.
pub(super) fn models(levels: &Levels<'_>, wanted: &[OddsModel]) -> Vec<Model> {
    wanted.iter().map(|model| model_of(levels, *model)).collect()
}

fn model_of(levels: &Levels<'_>, model: OddsModel) -> Model {
    let n = levels.after.len();
    let cluster = levels.clusters();
    let both = [levels.before.clone(), levels.after.clone()].concat();
    let twice = |values: &[f64]| [values, values].concat();
    let wave: Vec<f64> = (0..2 * n).map(|row| f64::from(u8::from(row >= n))).collect();
    let program = levels.program();
    let (columns, long) = match model {
        OddsModel::Wave => (vec![(TOLD, wave)], true),
        OddsModel::ArmByWave => {
            let program = twice(&program);
            let product = wave.iter().zip(&program).map(|(wave, arm)| wave * arm).collect();
            (vec![(TOLD, product), ("wave", wave), ("program", program)], true)
        }
        OddsModel::Unadjusted => (vec![(TOLD, program)], false),
        OddsModel::Adjusted => {
            let before = levels.before.iter().map(|level| *level as f64).collect();
            (vec![(TOLD, program), ("before", before)], false)
        }
    };
    if long {
        Model { model, columns, level: both, cluster: [cluster.clone(), cluster].concat(), persons: n }
    } else {
        Model { model, columns, level: levels.after.clone(), cluster, persons: n }
    }
}

/// Logistic regressions of standing at level `reached` or above.
pub(super) fn of_reached(
    levels: &Levels<'_>,
    reached: usize,
    notices: &mut Vec<Notice>,
) -> Vec<OddsFindings> {
    let wanted: &[OddsModel] = if levels.sample.compares() {
        &[OddsModel::Adjusted, OddsModel::Unadjusted]
    } else {
        &[OddsModel::Wave]
    };
    let mut found = Vec::new();
    for model in models(levels, wanted) {
        let y: Vec<f64> = model.level.iter().map(|own| f64::from(u8::from(*own >= reached))).collect();
        let fewer = model.persons_at(|own| own >= reached).min(model.persons_at(|own| own < reached));
        let needed = EVENTS_PER_COEFFICIENT * model.columns.len();
        let said = if fewer < needed {
            Some(notices::few_events(fewer, needed))
        } else {
            match logistic(&model, &y, levels.sample.alpha()) {
                Ok(test) => {
                    found.push(findings(levels, model.model, &test));
                    None
                }
                Err(error) => Some(notices::no_odds(&error)),
            }
        };
        // Two regressions fail for one reason; it is said once.
        notices.extend(said.filter(|own| notices.iter().all(|known| known.code != own.code)));
    }
    found
}

fn logistic(model: &Model, y: &[f64], alpha: f64) -> Result<OddsTest, ImpactError> {
    let columns = model.columns.iter();
    let design = columns.fold(Design::new(y, &model.cluster), |own, (name, column)| own.with(name, column));
    let fit = fit_logistic(&design)?;
    fit.test(&fit.contrast(&[(TOLD, 1.0)])?, Adjustment::Cr2, alpha)
}

/// A tested coefficient as a finding.
pub(super) fn findings(levels: &Levels<'_>, model: OddsModel, test: &OddsTest) -> OddsFindings {
    OddsFindings {
        model,
        log_odds: test.coef.estimate,
        se: test.coef.se,
        t: test.coef.t,
        df: test.coef.df,
        p: test.coef.p,
        odds_ratio: test.odds_ratio,
        ci: [test.odds_ratio_ci.low, test.odds_ratio_ci.high],
        n: levels.sample.linked.len(),
        clusters: levels.sample.linked.clusters(),
        parallel: None,
    }
}

/// Cox's index of the regressions that compare arms.
pub(super) fn effect_sizes(odds: &[OddsFindings], alpha: f64) -> Vec<EffectSize> {
    odds.iter()
        .filter_map(|own| {
            let kind = match own.model {
                OddsModel::Adjusted => "d_cox_adjusted",
                OddsModel::Unadjusted => "d_cox",
                OddsModel::Wave | OddsModel::ArmByWave => return None,
            };
            let test = CoefTest::new(own.log_odds, own.se, own.df, alpha, own.n, own.clusters).ok()?;
            let size = d_cox_of_odds(&test).ok()?;
            Some(EffectSize {
                kind: kind.to_owned(),
                standardizer: "logit_units".to_owned(),
                value: size.value,
                ci: Some([size.ci.low, size.ci.high]),
                df: Some(own.df),
                cluster_robust: own.clusters.is_some(),
                leading: own.model == OddsModel::Adjusted,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_with_two_rows_is_one_event() {
        // Three persons before, then the same three after: two stand at 1 both times, one rises to it.
        let model = Model {
            model: OddsModel::Wave,
            columns: Vec::new(),
            level: vec![1, 1, 0, 1, 1, 1],
            cluster: vec![0; 6],
            persons: 3,
        };
        assert_eq!((model.persons_at(|own| own >= 1), model.persons_at(|own| own < 1)), (3, 1));
    }
}
