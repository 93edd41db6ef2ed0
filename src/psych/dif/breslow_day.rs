//! The Breslow-Day test: is the odds ratio the same at all levels?

use super::groups::Untestable;
use super::mantel_haenszel::mantel_haenszel;
use super::tables::{MatchedTables, Stratum};
use crate::num::dist;

/// Test of equal odds ratios across the matching score, which finds non-uniform DIF.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BreslowDay {
    /// Chi-square.
    pub chi2: f64,
    /// Degrees of freedom: informative strata less one.
    pub df: usize,
    /// p-value.
    pub p: f64,
}

/// The Breslow-Day statistic about the Mantel-Haenszel odds ratio.
///
/// ```text
/// chi2 = sum (A - a)^2 (1/a + 1/b + 1/c + 1/d)
/// ```
///
/// with `a, b, c, d` the cells that the common odds ratio gives for the margins of the stratum. Strata with
/// an empty margin say nothing and do not count.
///
/// # Errors
/// As [`mantel_haenszel`]; `NoOverlap` with fewer than two informative strata.
///
/// # References
/// Breslow & Day (1980), Statistical Methods in Cancer Research I, 142. Penfield (2003), Alberta Journal of
/// Educational Research 49, 231-243.
pub fn breslow_day(tables: &MatchedTables) -> Result<BreslowDay, Untestable> {
    let odds_ratio = mantel_haenszel(tables, 0.05)?.odds_ratio;
    let parts: Vec<f64> = tables.strata.iter().filter_map(|s| part(s, odds_ratio)).collect();
    if parts.len() < 2 {
        return Err(Untestable::NoOverlap);
    }
    let (chi2, df) = (parts.iter().sum(), parts.len() - 1);
    Ok(BreslowDay { chi2, df, p: dist::chi2_sf(chi2, df as f64)? })
}

fn part(stratum: &Stratum, odds_ratio: f64) -> Option<f64> {
    let (reference, focal, right) = (stratum.group_size(0), stratum.group_size(1), stratum.column(1));
    let wrong = stratum.column(0);
    if reference.min(focal).min(right).min(wrong) == 0.0 {
        return None;
    }
    let expected = expected_right(reference, focal, right, odds_ratio);
    let cells = [expected, reference - expected, right - expected, focal - right + expected];
    let inverse: f64 = cells.iter().map(|c| 1.0 / c).sum();
    Some((stratum.counts[0][1] - expected).powi(2) * inverse)
}

/// The root of `a (focal - right + a) = odds_ratio (reference - a)(right - a)` within the margins, in the
/// form of the quadratic formula that does not cancel.
fn expected_right(reference: f64, focal: f64, right: f64, odds_ratio: f64) -> f64 {
    let square = 1.0 - odds_ratio;
    let linear = focal - right + odds_ratio * (reference + right);
    let constant = -odds_ratio * reference * right;
    let root = (linear * linear - 4.0 * square * constant).max(0.0).sqrt();
    let both = -0.5 * (linear + root.copysign(linear));
    let inside = |a: &f64| *a > (right - focal).max(0.0) && *a < reference.min(right);
    [constant / both, both / square]
        .into_iter()
        .find(inside)
        .unwrap_or(reference * right / (reference + focal))
}

#[cfg(test)]
mod tests {
    use super::super::tables::tests::from_cells;
    use super::*;

    #[test]
    fn expected_cells_have_the_odds_ratio() {
        for odds_ratio in [0.2, 1.0, 3.0, 40.0] {
            let a = expected_right(30.0, 20.0, 25.0, odds_ratio);
            let ratio = a * (20.0 - 25.0 + a) / ((30.0 - a) * (25.0 - a));
            assert!((ratio / odds_ratio - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn equal_odds_ratios_give_zero() {
        let equal = from_cells(&[[20., 10., 10., 10.], [40., 20., 30., 30.]]);
        assert!(breslow_day(&equal).unwrap().chi2 < 1e-20);
        assert_eq!(breslow_day(&from_cells(&[[20., 10., 10., 10.]])), Err(Untestable::NoOverlap));
    }
}
