//! Fixed effects of schools, pairs or strata taken out before the fit (the within transformation).

use super::ImpactError;
use super::clusters::ClusterIndex;
use super::ols::{Design, FittedOls, INTERCEPT, fit_ols};
use crate::num::{NumError, moments};

/// Rounds of taking out means when effects are crossed; balanced designs need two, badly connected ones
/// some hundreds.
const MOST_ROUNDS: usize = 10_000;

/// A round that moves no value by more than this share of the column's largest entry ends the search.
const SETTLED: f64 = 1e-13;

/// A fit whose fixed effects were absorbed.
#[derive(Debug, Clone)]
pub struct FittedWithin {
    /// Least squares on the transformed outcome and columns; its `sigma2` counts the absorbed effects.
    /// The intercept is absorbed.
    pub fit: FittedOls,
    /// Independent effects that were absorbed, the intercept among them.
    pub absorbed: usize,
}

/// Fits `y = X beta + effects + e` after taking the means of each effect's groups out of y and X.
///
/// `effects` holds one group index per row for each set of effects (a school, a pair, a stratum). Several
/// sets are taken out in turns until nothing moves. Cluster-robust variances of the result use the
/// transformed design in their adjustment; CR1S counts only the columns that are left. Coefficients are those
/// of a fit with one indicator per group.
///
/// # Errors
/// As [`fit_ols`]; `NoResidualDf` when rows do not exceed effects and columns, `RankDeficient` when no
/// column varies within groups, `NotConverged` when crossed effects do not settle.
///
/// # References
/// Frisch & Waugh (1933), Econometrica 1, 387-401. Guimaraes & Portugal (2010), Stata Journal 10, 628-649.
pub fn fit_within(design: &Design, effects: &[&[usize]]) -> Result<FittedWithin, ImpactError> {
    let n = design.y.len();
    for effect in effects {
        moments::check_same_length(effect.len(), n)?;
    }
    moments::check_values(&design.y, 1)?;
    let groups: Vec<ClusterIndex> = effects.iter().map(|e| ClusterIndex::new(e)).collect();
    let mut within = Design {
        names: vec![],
        columns: vec![],
        y: demeaned(&design.y, &groups)?,
        cluster: design.cluster.clone(),
    };
    for (name, column) in design.names.iter().zip(&design.columns) {
        moments::check_same_length(column.len(), n)?;
        moments::check_values(column, 1)?;
        if name != INTERCEPT || groups.is_empty() {
            within = within.with(name, &demeaned(column, &groups)?);
        }
    }
    if within.columns.iter().all(|c| c.iter().all(|v| *v == 0.0)) {
        let name = within.names.first().map_or(INTERCEPT, String::as_str).to_owned();
        return Err(ImpactError::RankDeficient { name });
    }
    let absorbed = independent_effects(effects);
    let mut fit = fit_ols(&within)?;
    let used = fit.rank() + absorbed;
    if n <= used {
        return Err(ImpactError::NoResidualDf { rows: n, columns: used });
    }
    fit.sigma2 *= (n - fit.rank()) as f64 / (n - used) as f64;
    Ok(FittedWithin { fit, absorbed })
}

/// The column less its group means; what is left of a column that does not vary within groups is 0.
fn demeaned(column: &[f64], groups: &[ClusterIndex]) -> Result<Vec<f64>, ImpactError> {
    let mut values = column.to_vec();
    let largest = column.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    for _ in 0..MOST_ROUNDS {
        let moved = groups.iter().fold(0.0f64, |m, index| m.max(take_out_means(&mut values, index)));
        // One set of effects is done in two rounds, the second takes out the rounding of the first.
        if moved <= SETTLED * largest {
            let rest = values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
            if rest <= 1e-12 * largest && !groups.is_empty() {
                values.fill(0.0);
            }
            return Ok(values);
        }
    }
    Err(NumError::NotConverged { routine: "absorbing fixed effects" }.into())
}

fn take_out_means(values: &mut [f64], index: &ClusterIndex) -> f64 {
    let mut moved = 0.0f64;
    for (_, rows) in index.iter() {
        let mean = moments::sum(rows.iter().map(|&i| values[i])) / rows.len() as f64;
        rows.iter().for_each(|&i| values[i] -= mean);
        moved = moved.max(mean.abs());
    }
    moved
}

/// Groups of all sets less one for every connected part beyond the first set; exact for one or two sets.
fn independent_effects(effects: &[&[usize]]) -> usize {
    let Some(first) = effects.first() else { return 0 };
    let mut total = ClusterIndex::new(first).len();
    for other in &effects[1..] {
        total += ClusterIndex::new(other).len() - connected_parts(first, other);
    }
    total
}

/// Parts into which rows fall when those that share a group of either set belong together.
fn connected_parts(left: &[usize], right: &[usize]) -> usize {
    let mut part: Vec<usize> = (0..left.len()).collect();
    fn root(part: &mut [usize], mut i: usize) -> usize {
        while part[i] != i {
            part[i] = part[part[i]];
            i = part[i];
        }
        i
    }
    for set in [left, right] {
        for (_, rows) in ClusterIndex::new(set).iter() {
            for pair in rows.windows(2) {
                let (a, b) = (root(&mut part, pair[0]), root(&mut part, pair[1]));
                part[a] = b;
            }
        }
    }
    (0..part.len()).filter(|&i| part[i] == i).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::{self, close};
    use crate::impact::vcov::{Adjustment, cluster_test};

    fn with_dummies(design: Design, groups: &[usize], skip: usize) -> Design {
        let last = groups.iter().copied().max().unwrap();
        (skip..=last).fold(design, |d, level| {
            let dummy: Vec<f64> = groups.iter().map(|g| f64::from(u8::from(*g == level))).collect();
            d.with(&format!("group {level}"), &dummy)
        })
    }

    /// Effects that are the clusters: the same coefficient, CR2 and degrees of freedom as with dummies.
    #[test]
    fn absorbing_equals_dummies() {
        let data = golden::data();
        let design = Design::new(&data.y, &data.cluster).with("x", &data.x);
        let within = fit_within(&design, &[&data.cluster]).unwrap();
        let dummies = fit_ols(&with_dummies(design, &data.cluster, 2)).unwrap();
        assert_eq!((within.absorbed, within.fit.names.as_slice()), (8, ["x".to_owned()].as_slice()));
        close(within.fit.coefficients[0], dummies.coefficients[1], 1e-12);
        close(within.fit.sigma2, dummies.sigma2, 1e-12);
        let contrast = dummies.contrast(&[("x", 1.0)]).unwrap();
        let full = cluster_test(&dummies, &contrast, Adjustment::Cr2, 0.05).unwrap();
        let short = cluster_test(&within.fit, &[1.0], Adjustment::Cr2, 0.05).unwrap();
        close(short.se, full.se, 1e-10);
        close(short.df, full.df, 1e-8);
    }

    #[test]
    fn crossed_effects_and_named_outcomes() {
        let data = golden::data();
        let other: Vec<usize> = (0..33).map(|i| i % 4).collect();
        let design = Design::new(&data.y, &data.cluster).with("x", &data.x);
        let within = fit_within(&design, &[&data.cluster, &other]).unwrap();
        let both = with_dummies(with_dummies(design.clone(), &data.cluster, 2), &other, 1);
        let full = fit_ols(&both).unwrap();
        close(within.fit.coefficients[0], full.coefficients[1], 1e-10);
        assert_eq!(within.absorbed, 11);
        close(within.fit.sigma2, full.sigma2, 1e-10);
        let constant = Design::new(&data.y, &data.cluster).with("t", &data.t);
        let none = fit_within(&constant, &[&data.cluster]);
        assert!(matches!(none, Err(ImpactError::RankDeficient { name }) if name == "t"));
        let own: Vec<usize> = (0..33).collect();
        assert!(fit_within(&design, &[&own]).is_err());
        assert!(fit_within(&design, &[&own[..3]]).is_err());
    }
}
