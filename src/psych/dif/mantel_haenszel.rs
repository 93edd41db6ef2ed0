//! The Mantel-Haenszel test and the ETS classes.

use super::groups::Untestable;
use super::tables::MatchedTables;
use crate::num::{Interval, dist};

/// ETS's factor from log odds ratio to the delta scale of difficulty (4 / 1.7).
const DELTA: f64 = -2.35;

/// Size of DIF: A negligible, B moderate, C large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EtsClass {
    /// Negligible, or not different from 0.
    A,
    /// Between A and C.
    B,
    /// Large, and beyond the limit of negligible with some certainty.
    C,
}

/// Mantel-Haenszel statistics of one item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MantelHaenszel {
    /// Persons of the reference group.
    pub n_reference: usize,
    /// Persons of the focal group.
    pub n_focal: usize,
    /// Levels of the matching score with persons of both groups.
    pub strata: usize,
    /// Chi-square with 1 df, with continuity correction.
    pub chi2: f64,
    /// Its p-value.
    pub p: f64,
    /// Chi-square without continuity correction.
    pub chi2_uncorrected: f64,
    /// Common odds ratio: the odds of being right in the reference group over those in the focal group.
    pub odds_ratio: f64,
    /// Confidence interval of the odds ratio.
    pub odds_ratio_ci: Interval,
    /// Variance of the log odds ratio.
    pub ln_variance: f64,
    /// MH D-DIF, `-2.35 ln(odds_ratio)`: negative when harder for the focal group.
    pub delta: f64,
    /// Standard error of `delta`.
    pub delta_se: f64,
    /// ETS class by size and significance.
    pub class: EtsClass,
}

/// The Mantel-Haenszel test over strata with A, B = reference right, wrong and C, D = focal right, wrong.
///
/// ```text
/// odds ratio = sum(A D / N) / sum(B C / N)
/// chi2 = (|sum A - sum E(A)| - 1/2)^2 / sum Var(A)
/// var ln = sum PR / (2 R+^2) + sum (PS + QR) / (2 R+ S+) + sum QS / (2 S+^2)
///          P = (A + D)/N, Q = (B + C)/N, R = A D/N, S = B C/N
/// ```
///
/// The corrected statistic is the formula as it stands, also when the difference is below one half (R's
/// `mantelhaen.test` leaves the correction out then; both p-values are near 1).
///
/// Classes: A when p >= .05 or |delta| < 1; C when |delta| >= 1.5 and (|delta| - 1) / SE > 1.645; else B.
/// Classes by size alone, as difR prints them, call chance large in small samples.
///
/// # Errors
/// `GroupCount`, `NotDichotomous`, `NoVariation`, `NoOverlap`, `Separated`, `TooFewPersons`.
///
/// # References
/// Holland & Thayer (1988), in Wainer & Braun, Test Validity, 129-145. Robins, Breslow & Greenland (1986),
/// Biometrics 42, 311-323. Zwick & Ercikan (1989), Journal of Educational Measurement 26, 55-66 (classes).
pub fn mantel_haenszel(tables: &MatchedTables, alpha: f64) -> Result<MantelHaenszel, Untestable> {
    tables.check_two_by_two()?;
    let sums = Sums::new(tables);
    if sums.variance <= 0.0 {
        return Err(Untestable::NoOverlap);
    }
    if !(sums.r > 0.0 && sums.s > 0.0) {
        return Err(Untestable::Separated);
    }
    let chi2 = (sums.difference.abs() - 0.5).powi(2) / sums.variance;
    let p = dist::chi2_sf(chi2, 1.0)?;
    let ln = (sums.r / sums.s).ln();
    let ln_variance = sums.pr / (2.0 * sums.r * sums.r)
        + sums.mixed / (2.0 * sums.r * sums.s)
        + sums.qs / (2.0 * sums.s * sums.s);
    let ln_ci = Interval::around(ln, dist::t_critical(alpha, f64::INFINITY)? * ln_variance.sqrt());
    let (delta, delta_se) = (DELTA * ln, DELTA.abs() * ln_variance.sqrt());
    Ok(MantelHaenszel {
        n_reference: tables.group_size(0),
        n_focal: tables.group_size(1),
        strata: sums.strata,
        chi2,
        p,
        chi2_uncorrected: sums.difference.powi(2) / sums.variance,
        odds_ratio: sums.r / sums.s,
        odds_ratio_ci: Interval { low: ln_ci.low.exp(), high: ln_ci.high.exp() },
        ln_variance,
        delta,
        delta_se,
        class: class(delta, delta_se, p),
    })
}

fn class(delta: f64, se: f64, p: f64) -> EtsClass {
    // One-sided 5%, as ETS defines it.
    const BEYOND_ONE: f64 = 1.645;
    if p >= 0.05 || delta.abs() < 1.0 {
        EtsClass::A
    } else if delta.abs() >= 1.5 && (delta.abs() - 1.0) / se > BEYOND_ONE {
        EtsClass::C
    } else {
        EtsClass::B
    }
}

#[derive(Default)]
struct Sums {
    strata: usize,
    difference: f64,
    variance: f64,
    r: f64,
    s: f64,
    pr: f64,
    mixed: f64,
    qs: f64,
}

impl Sums {
    fn new(tables: &MatchedTables) -> Self {
        let mut sums = Sums::default();
        for stratum in &tables.strata {
            let (reference, focal, n) = (stratum.group_size(0), stratum.group_size(1), stratum.size());
            if reference == 0.0 || focal == 0.0 {
                continue;
            }
            let (b, a) = (stratum.counts[0][0], stratum.counts[0][1]);
            let (d, c) = (stratum.counts[1][0], stratum.counts[1][1]);
            let (p, q, r, s) = ((a + d) / n, (b + c) / n, a * d / n, b * c / n);
            sums.strata += 1;
            sums.difference += a - reference * (a + c) / n;
            sums.variance += reference * focal * (a + c) * (b + d) / (n * n * (n - 1.0));
            sums.r += r;
            sums.s += s;
            sums.pr += p * r;
            sums.mixed += p * s + q * r;
            sums.qs += q * s;
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::super::tables::tests::from_cells;
    use super::*;

    #[test]
    fn the_worked_example_of_the_standards() {
        let tables = from_cells(&[[40., 30., 20., 30.], [50., 45., 10., 15.]]);
        let found = mantel_haenszel(&tables, 0.05).unwrap();
        assert!((found.odds_ratio - 1.857_143).abs() < 5e-7);
        assert!((found.delta + 1.454_742).abs() < 5e-7 && (found.delta_se - 0.682_755).abs() < 5e-7);
        assert_eq!((found.class, found.strata, found.n_focal), (EtsClass::B, 2, 75));
    }

    #[test]
    fn classes_need_size_and_certainty() {
        assert_eq!(class(-1.6, 0.5, 0.001), EtsClass::B);
        assert_eq!(class(-1.6, 0.3, 0.001), EtsClass::C);
        assert_eq!(class(1.6, 0.3, 0.06), EtsClass::A);
        assert_eq!(class(0.9, 0.1, 0.001), EtsClass::A);
    }

    #[test]
    fn named_outcomes() {
        let right = from_cells(&[[40., 0., 20., 0.]]);
        assert_eq!(mantel_haenszel(&right, 0.05), Err(Untestable::NoOverlap));
        let apart = from_cells(&[[4., 3., 0., 0.], [0., 0., 4., 3.]]);
        assert_eq!(mantel_haenszel(&apart, 0.05), Err(Untestable::NoOverlap));
        let separated = from_cells(&[[4., 0., 0., 3.]]);
        assert_eq!(mantel_haenszel(&separated, 0.05), Err(Untestable::Separated));
        let none = MatchedTables { points: vec![], strata: vec![] };
        assert!(matches!(mantel_haenszel(&none, 0.05), Err(Untestable::TooFewPersons { .. })));
    }
}
