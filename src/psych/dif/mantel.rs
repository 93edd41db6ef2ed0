//! Mantel's test for items with several points, and the standardised mean difference.

use super::groups::Untestable;
use super::mantel_haenszel::EtsClass;
use super::tables::MatchedTables;
use crate::num::dist;

/// Mantel's test of one item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MantelDif {
    /// Persons of the reference group.
    pub n_reference: usize,
    /// Persons of the focal group.
    pub n_focal: usize,
    /// Chi-square with 1 df.
    pub chi2: f64,
    /// Its p-value.
    pub p: f64,
    /// Standardised mean difference in points: focal less matched reference, weighted by the focal group.
    pub smd: f64,
    /// Its standard error given the margins (no DIF).
    pub smd_se: f64,
    /// `smd` over the SD of the item in both groups together.
    pub smd_sd: f64,
    /// Class by size and significance.
    pub class: EtsClass,
}

/// Mantel's test: are the points of matched persons the same in both groups?
///
/// ```text
/// chi2 = (sum F_k - sum E(F_k))^2 / sum Var(F_k),   F_k the sum of points of the focal group in stratum k
/// SMD  = sum n_Fk (mean_Fk - mean_Rk) / sum n_Fk
/// ```
///
/// Classes: A when p >= .05 or |SMD/SD| <= .17; C when |SMD/SD| > .25; else B. With an item of two points the
/// test is the Mantel-Haenszel test without continuity correction.
///
/// # Errors
/// `GroupCount`, `NoVariation`, `NoOverlap`, `TooFewPersons`.
///
/// # References
/// Mantel (1963), Journal of the American Statistical Association 58, 690-700. Zwick, Donoghue & Grima (1993),
/// Journal of Educational Measurement 30, 233-251. Zwick & Thayer (1996), Journal of Educational and
/// Behavioral Statistics 21, 187-201 (standard error).
pub fn mantel(tables: &MatchedTables) -> Result<MantelDif, Untestable> {
    tables.check_groups(2)?;
    if tables.points.len() < 2 {
        return Err(Untestable::NoVariation);
    }
    let points = &tables.points;
    let (mut difference, mut variance, mut smd, mut smd_variance, mut focal_n) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for stratum in &tables.strata {
        let (reference, focal, n) = (stratum.group_size(0), stratum.group_size(1), stratum.size());
        if reference == 0.0 || focal == 0.0 {
            continue;
        }
        let sum = |of: &dyn Fn(f64) -> f64| {
            (0..2).map(|group| stratum.group_sum(group, |c| of(points[c]))).sum::<f64>()
        };
        let mean = sum(&|v| v) / n;
        let spread = sum(&|v| (v - mean).powi(2)) / n;
        let focal_sum = stratum.group_sum(1, |c| points[c]);
        let stratum_variance = reference * focal * spread / (n - 1.0);
        difference += focal_sum - focal * mean;
        variance += stratum_variance;
        smd += focal_sum - focal * stratum.group_sum(0, |c| points[c]) / reference;
        smd_variance += (n / reference).powi(2) * stratum_variance;
        focal_n += focal;
    }
    if variance <= 0.0 {
        return Err(Untestable::NoOverlap);
    }
    let chi2 = difference * difference / variance;
    let p = dist::chi2_sf(chi2, 1.0)?;
    let smd_sd = smd / focal_n / sd_of_item(tables);
    Ok(MantelDif {
        n_reference: tables.group_size(0),
        n_focal: tables.group_size(1),
        chi2,
        p,
        smd: smd / focal_n,
        smd_se: smd_variance.sqrt() / focal_n,
        smd_sd,
        class: match smd_sd.abs() {
            size if p >= 0.05 || size <= 0.17 => EtsClass::A,
            size if size > 0.25 => EtsClass::C,
            _ => EtsClass::B,
        },
    })
}

/// SD of the points of all persons in the tables, divisor n - 1.
fn sd_of_item(tables: &MatchedTables) -> f64 {
    let totals: Vec<f64> =
        (0..tables.points.len()).map(|c| tables.strata.iter().map(|s| s.column(c)).sum()).collect();
    let n: f64 = totals.iter().sum();
    let mean = totals.iter().zip(&tables.points).map(|(w, v)| w * v).sum::<f64>() / n;
    let squares: f64 = totals.iter().zip(&tables.points).map(|(w, v)| w * (v - mean).powi(2)).sum();
    (squares / (n - 1.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::super::mantel_haenszel::mantel_haenszel;
    use super::super::standardised::standardised_difference;
    use super::super::tables::tests::from_cells;
    use super::*;

    #[test]
    fn two_points_give_mantel_haenszel() {
        let tables = from_cells(&[[40., 30., 20., 30.], [50., 45., 10., 15.]]);
        let found = mantel(&tables).unwrap();
        let plain = mantel_haenszel(&tables, 0.05).unwrap();
        assert!((found.chi2 - plain.chi2_uncorrected).abs() < 1e-12);
        assert!((found.smd - standardised_difference(&tables).unwrap().difference).abs() < 1e-15);
        // No DIF given the margins: SMD over its standard error is close to the test.
        assert!(((found.smd / found.smd_se).powi(2) / found.chi2 - 1.0).abs() < 0.1);
        assert_eq!(found.class, EtsClass::C);
    }
}
