//! DIF of items with several points by proportional odds regression.

use super::groups::Untestable;
use super::logistic::{LogisticTest, Rows, compare_deviances};
use super::tables::MatchedTables;
use crate::num::NumError;
use crate::num::cumulative_logit::{FittedCumulativeLogit, fit_cumulative_logit};

/// Proportional odds DIF statistics of one item.
#[derive(Debug, Clone, PartialEq)]
pub struct OrdinalDif {
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
    /// Thresholds of the model with score and group.
    pub thresholds: Vec<f64>,
    /// Coefficients of score and group in that model.
    pub main: [f64; 2],
    /// Standard error of the group's coefficient in that model (log odds).
    pub group_se: f64,
    /// Coefficients of score, group and their product in the full model.
    pub full: [f64; 3],
}

/// Compares the proportional odds models with score; score and group; score, group and their product.
///
/// ```text
/// logit P(points <= x_c) = t_c - (b1 score + b2 group + b3 score group),   group = 1 for the focal group
/// ```
///
/// The group's coefficient is negative when the item is harder for the focal group. Points enter by their order
/// alone; with two points everything equals [`logistic_dif`](super::logistic_dif()).
///
/// # Errors
/// As [`logistic_dif`](super::logistic_dif()), without `NotDichotomous`.
///
/// # References
/// Zumbo (1999), A handbook on the theory and methods of differential item functioning; Crane et al. (2006),
/// Medical Care 44, S115-S123.
pub fn ordinal_dif(tables: &MatchedTables) -> Result<OrdinalDif, Untestable> {
    tables.check_groups(2)?;
    if tables.points.len() < 2 {
        return Err(Untestable::NoVariation);
    }
    if tables.strata.len() < 2 {
        return Err(Untestable::NoOverlap);
    }
    let rows = Rows::new(tables);
    let columns: [&[f64]; 3] = [&rows.score, &rows.group, &rows.product];
    let fit = |p: usize| {
        fit_cumulative_logit(&columns[..p], &rows.counts).map_err(|error| match error {
            NumError::NotConverged { .. } => Untestable::Separated,
            NumError::NoVariation => Untestable::NoVariation,
            other => Untestable::Num(other),
        })
    };
    let (score, main, full) = (fit(1)?, fit(2)?, fit(3)?);
    // The score was centred: thresholds and, with an interaction, the group's coefficient move back.
    let b = &full.coefficients;
    Ok(OrdinalDif {
        n_reference: tables.group_size(0),
        n_focal: tables.group_size(1),
        both: compare(&score, &full, 2)?,
        uniform: compare(&score, &main, 1)?,
        nonuniform: compare(&main, &full, 1)?,
        thresholds: main.thresholds.iter().map(|t| t + main.coefficients[0] * rows.centre).collect(),
        main: [main.coefficients[0], main.coefficients[1]],
        group_se: main.se(1),
        full: [b[0], b[1] - b[2] * rows.centre, b[2]],
    })
}

fn compare(
    small: &FittedCumulativeLogit,
    large: &FittedCumulativeLogit,
    df: usize,
) -> Result<LogisticTest, NumError> {
    let gains = [large.nagelkerke() - small.nagelkerke(), large.mcfadden() - small.mcfadden()];
    compare_deviances(small.deviance, large.deviance, df, gains)
}

#[cfg(test)]
mod tests {
    use super::super::logistic::logistic_dif;
    use super::super::tables::tests::from_cells;
    use super::*;

    #[test]
    fn two_points_are_logistic_regression() {
        let tables = from_cells(&[[10., 30., 5., 30.], [50., 45., 10., 15.], [40., 5., 20., 9.]]);
        let (found, plain) = (ordinal_dif(&tables).unwrap(), logistic_dif(&tables).unwrap());
        for (a, b) in
            [(found.both, plain.both), (found.uniform, plain.uniform), (found.nonuniform, plain.nonuniform)]
        {
            assert!((a.chi2 - b.chi2).abs() < 1e-9 && (a.delta_r2 - b.delta_r2).abs() < 1e-11);
            assert!((a.delta_mcfadden - b.delta_mcfadden).abs() < 1e-11);
        }
        assert!(
            (found.main[1] - plain.main[2]).abs() < 1e-9 && (found.group_se - plain.group_se).abs() < 1e-9
        );
        assert!((found.thresholds[0] + plain.main[0]).abs() < 1e-9);
        assert!((found.full[1] - plain.full[2]).abs() < 1e-9);
    }

    #[test]
    fn named_outcomes() {
        let separated = from_cells(&[[0., 30., 0., 30.], [50., 0., 10., 0.]]);
        assert_eq!(ordinal_dif(&separated), Err(Untestable::Separated));
        assert_eq!(ordinal_dif(&from_cells(&[[1., 2., 3., 4.]])), Err(Untestable::NoOverlap));
    }
}
