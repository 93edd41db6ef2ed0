//! DIF by logistic regression: uniform, non-uniform and both.

use super::groups::Untestable;
use super::tables::MatchedTables;
use crate::num::logit::{FittedLogit, fit_logit};
use crate::num::{NumError, dist};

/// Size of DIF by the gain in Nagelkerke's R2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogisticSize {
    /// Negligible, or not significant at 5%.
    A,
    /// Moderate.
    B,
    /// Large.
    C,
}

/// A likelihood-ratio comparison of two of the models.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogisticTest {
    /// Chi-square: difference of the deviances.
    pub chi2: f64,
    /// Degrees of freedom: 1, or 2 for both together.
    pub df: usize,
    /// p-value.
    pub p: f64,
    /// Gain in Nagelkerke's R2, by which the size is judged.
    pub delta_r2: f64,
    /// Gain in McFadden's R2: the share of the null deviance.
    pub delta_mcfadden: f64,
}

impl LogisticTest {
    /// Limits .035 and .070 of Jodoin & Gierl (2001), Applied Measurement in Education 14, 329-349.
    pub fn jodoin_gierl(&self) -> LogisticSize {
        self.size(0.035, 0.070)
    }

    /// Limits .13 and .26 of Zumbo & Thomas (1997), far more tolerant.
    pub fn zumbo_thomas(&self) -> LogisticSize {
        self.size(0.13, 0.26)
    }

    fn size(&self, moderate: f64, large: f64) -> LogisticSize {
        match self.delta_r2 {
            gain if self.p >= 0.05 || gain < moderate => LogisticSize::A,
            gain if gain < large => LogisticSize::B,
            _ => LogisticSize::C,
        }
    }
}

/// Logistic DIF statistics of one item. Coefficients: constant, score, group (focal 1), score x group.
#[derive(Debug, Clone, PartialEq)]
pub struct LogisticDif {
    /// Persons of the reference group.
    pub n_reference: usize,
    /// Persons of the focal group.
    pub n_focal: usize,
    /// Both kinds together: full model against score alone, 2 df.
    pub both: LogisticTest,
    /// Uniform: group added to score, 1 df.
    pub uniform: LogisticTest,
    /// Non-uniform: interaction added to score and group, 1 df.
    pub nonuniform: LogisticTest,
    /// Coefficients of the model with score and group.
    pub main: [f64; 3],
    /// Standard error of the group's coefficient in that model (log odds).
    pub group_se: f64,
    /// Coefficients of the full model.
    pub full: [f64; 4],
}

/// Compares the logistic models with score; score and group; score, group and their product.
///
/// ```text
/// logit P(right) = b0 + b1 score + b2 group + b3 score group,   group = 1 for the focal group
/// ```
///
/// The group's coefficient is negative when the item is harder for the focal group.
///
/// # Errors
/// `GroupCount`, `NotDichotomous`, `NoVariation`, `TooFewPersons`; `Separated` when a model has no finite
/// estimate; `NoOverlap` when the score does not vary.
///
/// # References
/// Swaminathan & Rogers (1990), Journal of Educational Measurement 27, 361-370.
pub fn logistic_dif(tables: &MatchedTables) -> Result<LogisticDif, Untestable> {
    tables.check_two_by_two()?;
    if tables.strata.len() < 2 {
        return Err(Untestable::NoOverlap);
    }
    let rows = Rows::new(tables);
    let one = vec![1.0; rows.counts.len()];
    let right: Vec<f64> = rows.counts.iter().map(|points| points[1]).collect();
    let trials: Vec<f64> = rows.counts.iter().map(|points| points[0] + points[1]).collect();
    let columns: [&[f64]; 4] = [&one, &rows.score, &rows.group, &rows.product];
    let fit = |p: usize| {
        fit_logit(&columns[..p], &right, &trials).map_err(|error| match error {
            NumError::NotConverged { .. } => Untestable::Separated,
            NumError::NoVariation => Untestable::NoVariation,
            other => Untestable::Num(other),
        })
    };
    let (score, main, full) = (fit(2)?, fit(3)?, fit(4)?);
    let uncentred = |b: &[f64]| {
        let interaction = b.get(3).copied().unwrap_or(0.0);
        [b[0] - b[1] * rows.centre, b[1], b[2] - interaction * rows.centre, interaction]
    };
    let [b0, b1, b2, _] = uncentred(&main.coefficients);
    Ok(LogisticDif {
        n_reference: tables.group_size(0),
        n_focal: tables.group_size(1),
        both: compare(&score, &full, 2)?,
        uniform: compare(&score, &main, 1)?,
        nonuniform: compare(&main, &full, 1)?,
        main: [b0, b1, b2],
        group_se: main.se(2),
        full: uncentred(&full.coefficients),
    })
}

fn compare(small: &FittedLogit, large: &FittedLogit, df: usize) -> Result<LogisticTest, NumError> {
    let gains = [large.nagelkerke() - small.nagelkerke(), large.mcfadden() - small.mcfadden()];
    compare_deviances(small.deviance, large.deviance, df, gains)
}

/// The likelihood-ratio test of two nested models, with their gains in Nagelkerke's and McFadden's R2.
pub(super) fn compare_deviances(
    small: f64,
    large: f64,
    df: usize,
    [delta_r2, delta_mcfadden]: [f64; 2],
) -> Result<LogisticTest, NumError> {
    let chi2 = (small - large).max(0.0);
    Ok(LogisticTest { chi2, df, p: dist::chi2_sf(chi2, df as f64)?, delta_r2, delta_mcfadden })
}

/// One row per stratum and group, the score centred so that the columns are far from collinear.
pub(super) struct Rows {
    /// Mean score, taken out of the columns.
    pub(super) centre: f64,
    pub(super) score: Vec<f64>,
    pub(super) group: Vec<f64>,
    pub(super) product: Vec<f64>,
    /// Persons by point.
    pub(super) counts: Vec<Vec<f64>>,
}

impl Rows {
    pub(super) fn new(tables: &MatchedTables) -> Self {
        let n: f64 = tables.strata.iter().map(|s| s.size()).sum();
        let centre = tables.strata.iter().map(|s| s.size() * s.score).sum::<f64>() / n;
        let cells = || tables.strata.iter().flat_map(|s| (0..2).map(move |g| (s, g)));
        let column =
            |of: &dyn Fn((&super::tables::Stratum, usize)) -> f64| cells().map(of).collect::<Vec<_>>();
        Rows {
            centre,
            score: column(&|(s, _)| s.score - centre),
            group: column(&|(_, g)| g as f64),
            product: column(&|(s, g)| g as f64 * (s.score - centre)),
            counts: cells().map(|(s, g)| s.counts[g].clone()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tables::tests::from_cells;
    use super::*;

    #[test]
    fn tests_add_up_and_sizes_need_significance() {
        let tables = from_cells(&[[10., 30., 5., 30.], [50., 45., 10., 15.], [40., 5., 20., 9.]]);
        let found = logistic_dif(&tables).unwrap();
        assert!((found.uniform.chi2 + found.nonuniform.chi2 - found.both.chi2).abs() < 1e-10);
        assert!(found.main[2] < 0.0 && found.group_se > 0.0);
        let test = LogisticTest { chi2: 9.0, df: 1, p: 0.003, delta_r2: 0.05, delta_mcfadden: 0.03 };
        assert_eq!((test.jodoin_gierl(), test.zumbo_thomas()), (LogisticSize::B, LogisticSize::A));
        assert_eq!(LogisticTest { p: 0.2, ..test }.jodoin_gierl(), LogisticSize::A);
    }

    #[test]
    fn named_outcomes() {
        let separated = from_cells(&[[0., 30., 0., 30.], [50., 0., 10., 0.]]);
        assert_eq!(logistic_dif(&separated), Err(Untestable::Separated));
        assert_eq!(logistic_dif(&from_cells(&[[1., 2., 3., 4.]])), Err(Untestable::NoOverlap));
        assert_eq!(
            logistic_dif(&from_cells(&[[1., 0., 3., 0.], [2., 0., 3., 0.]])),
            Err(Untestable::NoVariation)
        );
    }
}
