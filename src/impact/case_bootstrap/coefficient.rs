//! School case bootstrap of a coefficient in any least squares fit.

use super::{CaseBootstrap, CaseOptions, Cases, Replicate, Totals, bootstrap_cases};
use crate::impact::ImpactError;
use crate::impact::clusters::ClusterIndex;
use crate::impact::ols::FittedOls;
use crate::impact::scores::cluster_scores;
use crate::num::cholesky::Cholesky;
use crate::num::linalg::{SmallMatrix, dot};
use crate::num::moments;

/// A contrast of a fit and what is drawn.
#[derive(Debug, Clone, Copy)]
pub struct ResampledFit<'a> {
    /// The fit: least squares, with effects absorbed, or under a working covariance.
    pub fit: &'a FittedOls,
    /// One weight per kept column.
    pub contrast: &'a [f64],
    /// What is drawn as a whole, one entry per cluster of the fit (clusters ascending): the cluster, or its pair.
    pub unit: &'a [usize],
    /// Stratum of each cluster, within which units are drawn; clusters of a unit have the same.
    pub stratum: &'a [usize],
    /// Leading kept columns that hold the effects of the units themselves (the intercept and the indicators of pairs).
    /// They are taken out within every unit and not estimated anew; 0 where all columns are.
    pub absorbed: usize,
}

/// Bootstraps `contrast' beta` over whole clusters, or over whole pairs of them.
///
/// ```text
/// theta* = theta + u' ( sum m_g S_g )^-1 sum m_g z_g,   S_g = Q_g'Q_g,  z_g = Q_g'e_g,  u = R'^-1 c
/// ```
///
/// with `m_g` how often cluster g is drawn: what refitting the drawn rows gives, at the cost of one p x p system. A
/// working correlation stays that of the data. There is no standard error by formula, so no studentised interval; with
/// few schools the percentile interval is too short by about (J - 1)/J.
///
/// # Errors
/// As [`bootstrap_cases`]; `LengthMismatch` for the slices.
///
/// # References
/// Davison & Hinkley (1997), Bootstrap Methods and their Application, sections 3.8 and 6.2.4 (resampling cases).
pub fn bootstrap_coefficient(
    data: &ResampledFit<'_>,
    options: &CaseOptions,
) -> Result<CaseBootstrap, ImpactError> {
    let ResampledFit { fit, contrast, unit, stratum, absorbed } = *data;
    moments::check_same_length(contrast.len(), fit.rank())?;
    moments::check_same_length(unit.len(), fit.clusters.len())?;
    moments::check_same_length(stratum.len(), fit.clusters.len())?;
    let first = absorbed.min(fit.rank());
    let width = fit.rank() - first;
    let scores = cluster_scores(fit);
    let (mut strata, mut rows) = (Vec::new(), Vec::new());
    for (_, clusters) in ClusterIndex::new(unit).iter() {
        let mut sums = vec![0.0; width * (width + 1) / 2 + width];
        for &g in clusters {
            let own = (0..width).flat_map(|i| (0..=i).map(move |j| (i, j)));
            let products = own.map(|(i, j)| scores[g].s.get(first + i, first + j));
            let entries = products.chain(scores[g].score[first..].iter().copied());
            sums.iter_mut().zip(entries).for_each(|(sum, entry)| *sum += entry);
        }
        strata.extend(clusters.first().map(|&g| stratum[g]));
        rows.push(sums);
    }
    let cases = Cases::new(&strata, &rows)?;
    let u = fit.basis.solve_r_transposed(contrast)[first..].to_vec();
    let estimate = dot(contrast, &fit.coefficients);
    bootstrap_cases(&cases, &|totals| refitted(totals, &u, estimate), options)
}

/// The coefficient of the units drawn; none where they cannot tell the columns apart.
fn refitted(totals: &Totals, u: &[f64], estimate: f64) -> Option<Replicate> {
    let width = u.len();
    let mut sums = vec![0.0; width * (width + 1) / 2 + width];
    for stratum in 0..totals.strata() {
        sums.iter_mut().zip(totals.of(stratum)).for_each(|(sum, own)| *sum += own);
    }
    let mut products = SmallMatrix::zeros(width, width);
    let places = (0..width).flat_map(|i| (0..=i).map(move |j| (i, j)));
    places.zip(&sums).for_each(|((i, j), value)| products.set(i, j, *value));
    let moved = Cholesky::new(&products).ok()?.solve(&sums[width * (width + 1) / 2..]);
    Some(Replicate { estimate: estimate + dot(u, &moved), se: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::{self, close};
    use crate::impact::ols::{Design, fit_ols};
    use crate::impact::resampling::Reference;
    use crate::impact::working::fit_exchangeable;

    /// The fit of the clusters drawn, each copy a cluster of its own, from the rows.
    fn refit(design: &Design, drawn: &[usize], icc: f64) -> Option<f64> {
        let mut rows = Vec::new();
        let mut cluster = Vec::new();
        for (copy, &label) in drawn.iter().enumerate() {
            let own: Vec<usize> = (0..design.y.len()).filter(|&i| design.cluster[i] == label).collect();
            cluster.extend(own.iter().map(|_| copy));
            rows.extend(own);
        }
        let pick = |v: &[f64]| rows.iter().map(|&i| v[i]).collect::<Vec<_>>();
        let moved = Design {
            names: design.names.clone(),
            columns: design.columns.iter().map(|c| pick(c)).collect(),
            y: pick(&design.y),
            cluster,
        };
        let fit = fit_exchangeable(&moved, icc).ok()?.fit;
        Some(dot(&fit.contrast(&[("t", 1.0)]).ok()?, &fit.coefficients))
    }

    /// Mean and standard deviation over all 4^4 x 4^4 ways to draw the schools of both arms, each refitted.
    #[test]
    fn every_resample_refitted() {
        let design = golden::data().design();
        let (unit, stratum) = ((0..8).collect::<Vec<_>>(), [1, 0, 1, 0, 1, 0, 1, 0]);
        for icc in [0.0, 0.3] {
            let fit = fit_exchangeable(&design, icc).unwrap().fit;
            let contrast = fit.contrast(&[("t", 1.0)]).unwrap();
            let data =
                ResampledFit { fit: &fit, contrast: &contrast, unit: &unit, stratum: &stratum, absorbed: 0 };
            let found = bootstrap_coefficient(&data, &CaseOptions::default()).unwrap();
            assert_eq!((found.reference, found.total), (Reference::Enumerated, 35 * 35));
            assert_eq!((found.p, found.bootstrap_t, found.failed), (None, None, 0));
            // Multisets with their multinomial weights: the same distribution, fewer refits.
            let ways = |labels: [usize; 4]| {
                let mut all = Vec::new();
                for code in 0..256usize {
                    let own: Vec<usize> = (0..4).map(|k| labels[code >> (2 * k) & 3]).collect();
                    all.push(own);
                }
                all.iter_mut().for_each(|own| own.sort_unstable());
                all.sort();
                let mut counted: Vec<(Vec<usize>, f64)> = Vec::new();
                for own in all {
                    match counted.last_mut() {
                        Some((last, times)) if *last == own => *times += 1.0 / 256.0,
                        _ => counted.push((own, 1.0 / 256.0)),
                    }
                }
                counted
            };
            let (mut mean, mut square) = (0.0, 0.0);
            for (program, p) in ways([1, 3, 5, 7]) {
                for (comparison, q) in ways([2, 4, 6, 8]) {
                    let theta = refit(&design, &[program.clone(), comparison].concat(), icc).unwrap();
                    mean += p * q * theta;
                    square += p * q * theta * theta;
                }
            }
            close(found.bias, mean - found.estimate, 1e-9);
            close(found.bootstrap_se, (square - mean * mean).sqrt(), 1e-9);
        }
    }

    /// Pairs as a whole: with one row per school the coefficient within pairs is the mean of the pairs' differences.
    #[test]
    fn pairs_are_drawn_as_one() {
        let y = [3.0, 1.0, 6.0, 5.5, 2.0, 2.5, 9.0, 4.0, 7.0, 6.0];
        let own: Vec<usize> = (0..10).collect();
        let pair: Vec<usize> = own.iter().map(|i| i / 2).collect();
        let mut design = Design::new(&y, &own);
        for level in 1..5 {
            let column: Vec<f64> = pair.iter().map(|p| f64::from(u8::from(*p == level))).collect();
            design = design.with(&format!("pair {level}"), &column);
        }
        let t: Vec<f64> = (0..10).map(|i| f64::from(u8::from(i % 2 == 0))).collect();
        let fit = fit_ols(&design.with("t", &t)).unwrap();
        let contrast = fit.contrast(&[("t", 1.0)]).unwrap();
        let data =
            ResampledFit { fit: &fit, contrast: &contrast, unit: &pair, stratum: &[0; 10], absorbed: 5 };
        let found = bootstrap_coefficient(&data, &CaseOptions::default()).unwrap();
        let differences = [2.0, 0.5, -0.5, 5.0, 1.0];
        let schools =
            super::super::SchoolValues { values: &differences, weights: None, arms: None, strata: None };
        let plain = super::super::case_bootstrap(&schools, &CaseOptions::default()).unwrap();
        close(found.estimate, plain.estimate, 1e-12);
        close(found.bootstrap_se, plain.bootstrap_se, 1e-12);
        close(found.percentile.low, plain.percentile.low, 1e-12);
        assert_eq!((found.total, found.failed), (plain.total, 0));
        let short = ResampledFit { unit: &own[..3], ..data };
        assert!(bootstrap_coefficient(&short, &CaseOptions::default()).is_err());
    }
}
