//! How far two quantities go together over schools, or over persons in schools. Nothing here says that one
//! of them causes the other.

use super::ols::{Design, fit_ols};
use super::vcov::{Adjustment, cluster_test};
use super::{CoefTest, ImpactError};
use crate::num::{Interval, dist, moments};

/// Name of the predictor's column.
const PREDICTOR: &str = "x";

/// One value of each quantity per school, gone through together.
#[derive(Debug, Clone, PartialEq)]
pub struct SchoolAssociation {
    /// Slope of y on x, HC2 with Satterthwaite's df; every school counts the same.
    pub slope: CoefTest,
    /// y of the fitted line where x is 0.
    pub intercept: f64,
    /// Pearson's correlation.
    pub pearson: f64,
    /// Its interval on Fisher's scale; none below four schools, or where all points lie on a line.
    pub pearson_ci: Option<Interval>,
    /// Spearman's rank correlation (midranks for ties).
    pub spearman: f64,
    /// Smallest and largest slope when one school at a time is left out; none where without one of them
    /// x does not vary.
    pub leave_one_out: Option<Interval>,
}

/// Relates two quantities over schools.
///
/// ```text
/// y_j = a + b x_j + e_j,   Var(b) = HC2 (each school its own cluster),   df = Satterthwaite (Bell-McCaffrey)
/// Fisher: z = atanh r -/+ z(1 - alpha/2) / sqrt(J - 3)
/// ```
///
/// `x` and `y` have one entry per school. Fisher's interval supposes that the pairs are normal.
///
/// # Errors
/// `TooFewClusters` below three schools, `NoVariation` when x or y is the same in all of them or all points
/// lie on a line, `OneClusterDecides` when one school alone has another x, `LengthMismatch`, `NotFinite`.
///
/// # References
/// Bell & McCaffrey (2002), Survey Methodology 28, 169-181. Fisher (1921), Metron 1, 3-32.
pub fn relate_schools(x: &[f64], y: &[f64], alpha: f64) -> Result<SchoolAssociation, ImpactError> {
    if x.len() < 3 {
        return Err(ImpactError::TooFewClusters { needed: 3, found: x.len() });
    }
    let own: Vec<usize> = (0..x.len()).collect();
    let line = fit_line(x, y, &own)?;
    let slope = cluster_test(&line.fit, &line.contrast, Adjustment::Cr2, alpha)?;
    let pearson = moments::pearson(x, y)?;
    let ranks = |v: &[f64]| midranks(v);
    Ok(SchoolAssociation {
        slope,
        intercept: line.intercept,
        pearson,
        pearson_ci: fisher_interval(pearson, x.len(), alpha)?,
        spearman: moments::pearson(&ranks(x), &ranks(y))?,
        leave_one_out: leave_one_out(x, y),
    })
}

/// Relates two quantities of persons in schools: the slope of y on x with CR2 by school.
///
/// Every person counts the same, so the slope mixes what holds within schools with what holds between them.
///
/// # Errors
/// As [`relate_schools`], with `TooFewClusters` below two schools.
pub fn relate_persons(x: &[f64], y: &[f64], cluster: &[usize], alpha: f64) -> Result<CoefTest, ImpactError> {
    let line = fit_line(x, y, cluster)?;
    cluster_test(&line.fit, &line.contrast, Adjustment::Cr2, alpha)
}

/// Fisher's interval of a correlation of `n` pairs; none below four pairs or at a correlation of 1 or -1.
///
/// # Errors
/// `OutOfRange` for alpha.
pub fn fisher_interval(r: f64, n: usize, alpha: f64) -> Result<Option<Interval>, ImpactError> {
    let critical = dist::normal_quantile(1.0 - alpha / 2.0)?;
    // The transform has no value at the ends; rounding may bring a perfect correlation just short of them.
    if n < 4 || r.abs() > 1.0 - 1e-12 {
        return Ok(None);
    }
    let half = critical / ((n - 3) as f64).sqrt();
    let z = libm::atanh(r);
    Ok(Some(Interval { low: libm::tanh(z - half), high: libm::tanh(z + half) }))
}

struct Line {
    fit: super::ols::FittedOls,
    contrast: Vec<f64>,
    intercept: f64,
}

fn fit_line(x: &[f64], y: &[f64], cluster: &[usize]) -> Result<Line, ImpactError> {
    moments::check_same_length(x.len(), y.len())?;
    moments::check_values(x, 2)?;
    moments::check_values(y, 2)?;
    if !moments::has_variation(x) || !moments::has_variation(y) {
        return Err(ImpactError::NoVariation);
    }
    // Around its mean, so that a predictor far from zero costs no digits.
    let middle = moments::mean(x)?;
    let centred: Vec<f64> = x.iter().map(|v| v - middle).collect();
    let fit = fit_ols(&Design::new(y, cluster).with(PREDICTOR, &centred))?;
    let contrast = fit.contrast(&[(PREDICTOR, 1.0)])?;
    let (level, slope) = (fit.coefficients.first().copied(), fit.coefficients.get(1).copied());
    let (Some(level), Some(slope)) = (level, slope) else { return Err(ImpactError::NoVariation) };
    Ok(Line { fit, contrast, intercept: level - slope * middle })
}

fn leave_one_out(x: &[f64], y: &[f64]) -> Option<Interval> {
    let without = |v: &[f64], out: usize| -> Vec<f64> {
        v.iter().enumerate().filter(|(place, _)| *place != out).map(|(_, value)| *value).collect()
    };
    let mut range: Option<Interval> = None;
    for out in 0..x.len() {
        let (a, b) = (without(x, out), without(y, out));
        if !moments::has_variation(&a) {
            return None;
        }
        let slope = moments::covariance(&a, &b).ok()? / moments::variance(&a).ok()?;
        let known = range.unwrap_or(Interval { low: slope, high: slope });
        range = Some(Interval { low: known.low.min(slope), high: known.high.max(slope) });
    }
    range
}

fn midranks(values: &[f64]) -> Vec<f64> {
    let rank = |value: &f64| {
        let below = values.iter().filter(|other| *other < value).count();
        let same = values.iter().filter(|other| *other == value).count();
        below as f64 + (same as f64 + 1.0) / 2.0
    };
    values.iter().map(rank).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::close;

    const X: [f64; 6] = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0];
    const Y: [f64; 6] = [1.0, 3.0, 2.0, 5.0, 4.0, 6.0];

    #[test]
    fn by_hand() {
        let found = relate_schools(&X, &Y, 0.05).unwrap();
        // Sxy = 155, Sxx = 1750; ranks have the same correlation as the values, 31 / 35.
        close(found.slope.estimate, 155.0 / 1750.0, 1e-14);
        close(found.intercept, 3.5 - 35.0 * 155.0 / 1750.0, 1e-13);
        close(found.pearson, 31.0 / 35.0, 1e-14);
        close(found.spearman, 31.0 / 35.0, 1e-14);
        assert_eq!(found.slope.clusters, Some(6));
        let ci = found.pearson_ci.unwrap();
        close((ci.low.atanh() + ci.high.atanh()) / 2.0, (31.0f64 / 35.0).atanh(), 1e-12);
        let range = found.leave_one_out.unwrap();
        assert!(range.low < found.slope.estimate && found.slope.estimate < range.high);
        assert_eq!(midranks(&[3.0, 1.0, 3.0]), [2.5, 1.0, 2.5]);
    }

    #[test]
    fn persons_of_one_each_are_schools() {
        let own: Vec<usize> = (0..6).collect();
        let slope = relate_persons(&X, &Y, &own, 0.05).unwrap();
        assert_eq!(slope, relate_schools(&X, &Y, 0.05).unwrap().slope);
    }

    #[test]
    fn named_outcomes() {
        assert!(matches!(relate_schools(&X[..2], &Y[..2], 0.05), Err(ImpactError::TooFewClusters { .. })));
        assert_eq!(relate_schools(&[1.0; 6], &Y, 0.05), Err(ImpactError::NoVariation));
        assert_eq!(relate_schools(&X, &[1.0; 6], 0.05), Err(ImpactError::NoVariation));
        assert_eq!(relate_schools(&X, &X, 0.05), Err(ImpactError::NoVariation));
        let one = [1.0, 1.0, 1.0, 1.0, 1.0, 2.0];
        assert!(matches!(relate_schools(&one, &Y, 0.05), Err(ImpactError::OneClusterDecides { .. })));
        assert!(relate_schools(&X, &Y[..5], 0.05).is_err());
        assert_eq!(fisher_interval(1.0, 10, 0.05).unwrap(), None);
        assert_eq!(fisher_interval(0.5, 3, 0.05).unwrap(), None);
    }
}
