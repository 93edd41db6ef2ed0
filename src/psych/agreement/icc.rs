//! Intraclass correlations of points on a continuous scale.

use crate::num::{Interval, NumError, dist, moments};
use crate::psych::PsychError;

/// The six forms of Shrout and Fleiss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IccForm {
    /// ICC(1,1): each subject has other raters; one rating.
    OneWaySingle,
    /// ICC(2,1): raters drawn from many; absolute agreement of one rating.
    AgreementSingle,
    /// ICC(3,1): these raters only; consistency of one rating.
    ConsistencySingle,
    /// ICC(1,k): as the first, for the mean of k ratings.
    OneWayMean,
    /// ICC(2,k): as the second, for the mean of k ratings.
    AgreementMean,
    /// ICC(3,k): as the third, for the mean of k ratings; equals Cronbach's alpha of the raters.
    ConsistencyMean,
}

/// One intraclass correlation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Icc {
    /// Estimate with its F test and interval.
    Estimated {
        /// The correlation; below 0 when subjects differ less than raters do on the same subject.
        value: f64,
        /// F of subjects against error.
        f: f64,
        /// Numerator degrees of freedom.
        df1: f64,
        /// Denominator degrees of freedom.
        df2: f64,
        /// p-value of the hypothesis of no correlation.
        p: f64,
        /// Confidence interval at the level asked for.
        ci: Interval,
    },
    /// No error at all in the sense of the form: the correlation is 1, and no interval exists.
    Perfect,
    /// All points are equal.
    NoVariation,
}

impl Icc {
    /// The correlation, `None` without variation.
    pub fn value(&self) -> Option<f64> {
        match self {
            Icc::Estimated { value, .. } => Some(*value),
            Icc::Perfect => Some(1.0),
            Icc::NoVariation => None,
        }
    }
}

/// Mean squares of the two-way table of subjects and raters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VarianceTable {
    /// Between subjects, n - 1 degrees of freedom.
    pub subjects: f64,
    /// Between raters, k - 1 degrees of freedom.
    pub raters: f64,
    /// Residual, (n - 1)(k - 1) degrees of freedom.
    pub residual: f64,
    /// Within subjects, n (k - 1) degrees of freedom.
    pub within: f64,
}

/// All six intraclass correlations.
#[derive(Debug, Clone, PartialEq)]
pub struct IccTable {
    /// Subjects rated by all raters.
    pub n: usize,
    /// Raters.
    pub raters: usize,
    /// Subjects left out because a rating is missing.
    pub left_out: usize,
    /// Mean squares.
    pub mean_squares: VarianceTable,
    /// The six forms, in the order of [`IccForm`].
    pub forms: [(IccForm, Icc); 6],
}

impl IccTable {
    /// One form.
    pub fn get(&self, form: IccForm) -> Icc {
        self.forms.iter().find(|(f, _)| *f == form).map_or(Icc::NoVariation, |(_, icc)| *icc)
    }
}

/// The six intraclass correlations of `subjects x raters` points, row-major.
///
/// ```text
/// ICC(1,1) = (MSS - MSW)/(MSS + (k-1) MSW)                        ICC(1,k) = (MSS - MSW)/MSS
/// ICC(2,1) = (MSS - MSE)/(MSS + (k-1) MSE + k (MSR - MSE)/n)      ICC(2,k) = (MSS - MSE)/(MSS + (MSR - MSE)/n)
/// ICC(3,1) = (MSS - MSE)/(MSS + (k-1) MSE)                        ICC(3,k) = (MSS - MSE)/MSS
/// ```
///
/// The intervals of forms 1 and 3 are exact under normality; that of ICC(2,1) uses Satterthwaite's degrees of
/// freedom, and that of ICC(2,k) is its Spearman-Brown image, so that both tell the same story (McGraw &
/// Wong 1996 compute the degrees of freedom anew for the mean, which moves the limits a little).
/// Missing points: subjects without all ratings are left out and counted.
///
/// # Errors
/// `Shape`, `TooFewRaters` below two, `TooFewPersons` below two complete subjects, `NotFinite`, `OutOfRange`.
///
/// # References
/// Shrout & Fleiss (1979), Psychological Bulletin 86, 420-428. McGraw & Wong (1996), Psychological Methods
/// 1, 30-46.
pub fn intraclass(
    points: &[Option<f64>],
    subjects: usize,
    raters: usize,
    alpha: f64,
) -> Result<IccTable, PsychError> {
    let needed = subjects.saturating_mul(raters);
    if points.len() != needed {
        let what = "points";
        return Err(PsychError::Shape {
            persons: subjects,
            items: raters,
            what,
            needed,
            found: points.len(),
        });
    }
    if raters < 2 {
        return Err(PsychError::TooFewRaters { needed: 2, found: raters });
    }
    let rows: Vec<Vec<f64>> = points.chunks(raters).filter_map(|row| row.iter().copied().collect()).collect();
    if rows.len() < 2 {
        return Err(PsychError::TooFewPersons { needed: 2, found: rows.len() });
    }
    rows.iter().try_for_each(|row| moments::check_values(row, 0))?;
    let squares = mean_squares(&rows, raters);
    let table = Squares { n: rows.len() as f64, k: raters as f64, alpha, ms: squares };
    let forms = table.forms(moments::has_variation(&rows.concat()))?;
    Ok(IccTable { n: rows.len(), raters, left_out: subjects - rows.len(), mean_squares: squares, forms })
}

/// Sums of squares about cell predictions, two-pass; what is only rounding of equal values becomes 0.
fn mean_squares(rows: &[Vec<f64>], raters: usize) -> VarianceTable {
    let (n, k) = (rows.len() as f64, raters as f64);
    let mean = |values: &mut dyn Iterator<Item = f64>, count: f64| moments::sum(values) / count;
    let grand = mean(&mut rows.iter().flatten().copied(), n * k);
    let by_subject: Vec<f64> = rows.iter().map(|r| mean(&mut r.iter().map(|v| v - grand), k)).collect();
    let by_rater: Vec<f64> = (0..raters).map(|j| mean(&mut rows.iter().map(|r| r[j] - grand), n)).collect();
    let largest = rows.iter().flatten().fold(0.0f64, |m, v| m.max(v.abs()));
    let noise = (crate::num::tol::NO_VARIATION * largest).powi(2) * n * k;
    let clean = |sum: f64| if sum > noise { sum } else { 0.0 };
    let squares = |values: &mut dyn Iterator<Item = f64>| clean(moments::sum(values.map(|v| v * v)));
    let within = rows.iter().zip(&by_subject).flat_map(|(r, s)| r.iter().map(move |v| v - grand - s));
    let by_rater = &by_rater;
    let residual = rows
        .iter()
        .zip(&by_subject)
        .flat_map(|(r, s)| r.iter().zip(by_rater).map(move |(v, c)| v - grand - s - c));
    VarianceTable {
        subjects: k * squares(&mut by_subject.iter().copied()) / (n - 1.0),
        raters: n * squares(&mut by_rater.iter().copied()) / (k - 1.0),
        residual: squares(&mut { residual }) / ((n - 1.0) * (k - 1.0)),
        within: squares(&mut { within }) / (n * (k - 1.0)),
    }
}

struct Squares {
    n: f64,
    k: f64,
    alpha: f64,
    ms: VarianceTable,
}

impl Squares {
    fn forms(&self, varies: bool) -> Result<[(IccForm, Icc); 6], NumError> {
        use IccForm::*;
        let six =
            [OneWaySingle, AgreementSingle, ConsistencySingle, OneWayMean, AgreementMean, ConsistencyMean];
        if !varies {
            return Ok(six.map(|form| (form, Icc::NoVariation)));
        }
        let df = (self.n - 1.0) * (self.k - 1.0);
        let one_way = self.ratio_forms(self.ms.within, self.n * (self.k - 1.0))?;
        let consistency = self.ratio_forms(self.ms.residual, df)?;
        let agreement = self.agreement_forms(df)?;
        Ok([
            (OneWaySingle, one_way[0]),
            (AgreementSingle, agreement[0]),
            (ConsistencySingle, consistency[0]),
            (OneWayMean, one_way[1]),
            (AgreementMean, agreement[1]),
            (ConsistencyMean, consistency[1]),
        ])
    }

    /// Single and mean form that depend on one F ratio.
    fn ratio_forms(&self, error: f64, df2: f64) -> Result<[Icc; 2], NumError> {
        let (k, df1) = (self.k, self.n - 1.0);
        if error == 0.0 {
            // Without error and without subjects' spread only raters differ: nothing is reliable or not.
            let found = if self.ms.subjects > 0.0 { Icc::Perfect } else { Icc::NoVariation };
            return Ok([found; 2]);
        }
        let f = self.ms.subjects / error;
        let tail = 1.0 - 0.5 * self.alpha;
        let bounds = [f / dist::f_quantile(tail, df1, df2)?, f * dist::f_quantile(tail, df2, df1)?];
        let p = dist::f_sf(f, df1, df2)?;
        let single = |f: f64| (f - 1.0) / (f + k - 1.0);
        let mean = |f: f64| if f > 0.0 { 1.0 - 1.0 / f } else { f64::NEG_INFINITY };
        let make = |of: &dyn Fn(f64) -> f64| {
            let ci = Interval { low: of(bounds[0]), high: of(bounds[1]) };
            Icc::Estimated { value: of(f), f, df1, df2, p, ci }
        };
        // The mean form is 1 - MSE/MSS: without spread between subjects it has no value.
        let mean = if f > 0.0 { make(&mean) } else { Icc::NoVariation };
        Ok([make(&single), mean])
    }

    fn agreement_forms(&self, df2: f64) -> Result<[Icc; 2], NumError> {
        let (n, k, ms, df1) = (self.n, self.k, &self.ms, self.n - 1.0);
        if ms.residual == 0.0 && (ms.raters == 0.0 || ms.subjects == 0.0) {
            let found = if ms.raters == 0.0 { Icc::Perfect } else { Icc::NoVariation };
            return Ok([found; 2]);
        }
        let total = ms.subjects + (k - 1.0) * ms.residual + k * (ms.raters - ms.residual) / n;
        let value = (ms.subjects - ms.residual) / total;
        let mean_total = ms.subjects + (ms.raters - ms.residual) / n;
        // Multiplied through by the residual mean square, so that a residual of 0 divides nothing.
        let rest = (n * (1.0 + (k - 1.0) * value) - k * value) * ms.residual;
        let raters = k * value * ms.raters;
        let v = df2 * (raters + rest).powi(2) / (df1 * raters * raters + rest * rest);
        let f = if ms.residual > 0.0 { ms.subjects / ms.residual } else { f64::INFINITY };
        let p = if f.is_finite() { dist::f_sf(f, df1, df2)? } else { 0.0 };
        let other = k * ms.raters + (k * n - k - n) * ms.residual;
        let tail = 1.0 - 0.5 * self.alpha;
        if !(v > 0.0 && v.is_finite() && total > 0.0) {
            return Ok([Icc::NoVariation; 2]);
        }
        let (upper, lower) = (dist::f_quantile(tail, df1, v)?, dist::f_quantile(tail, v, df1)?);
        let ci = Interval {
            low: n * (ms.subjects - upper * ms.residual) / (upper * other + n * ms.subjects),
            high: n * (lower * ms.subjects - ms.residual) / (other + n * lower * ms.subjects),
        };
        let image = |r: f64| r * k / (1.0 + r * (k - 1.0));
        let mean_ci = Interval { low: image(ci.low), high: image(ci.high) };
        let mean = if mean_total > 0.0 {
            let value = (ms.subjects - ms.residual) / mean_total;
            Icc::Estimated { value, f, df1, df2, p, ci: mean_ci }
        } else {
            Icc::NoVariation
        };
        Ok([Icc::Estimated { value, f, df1, df2, p, ci }, mean])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[[f64; 4]]) -> IccTable {
        let points: Vec<Option<f64>> = rows.iter().flatten().copied().map(Some).collect();
        intraclass(&points, rows.len(), 4, 0.05).unwrap()
    }

    #[test]
    fn shrout_and_fleiss() {
        let rows = [
            [9., 2., 5., 8.],
            [6., 1., 3., 2.],
            [8., 4., 6., 8.],
            [7., 1., 2., 6.],
            [10., 5., 6., 9.],
            [6., 2., 4., 7.],
        ];
        // Their table 4: .17 .29 .71 .44 .62 .91
        let expected = [0.166, 0.290, 0.715, 0.443, 0.620, 0.909];
        for ((_, icc), expected) in table(&rows).forms.iter().zip(expected) {
            assert!((icc.value().unwrap() - expected).abs() < 5e-4);
        }
    }

    #[test]
    fn named_outcomes() {
        let flat = table(&[[3.0; 4]; 5]);
        assert!(flat.forms.iter().all(|(_, icc)| *icc == Icc::NoVariation));
        let perfect = table(&[[1.0; 4], [2.0; 4], [5.5; 4]]);
        assert!(perfect.forms.iter().all(|(_, icc)| *icc == Icc::Perfect));
        // One rater always a point milder: consistent but not in agreement.
        let milder = table(&[[1., 1., 1., 2.], [3., 3., 3., 4.], [4., 4., 4., 5.]]);
        assert_eq!(milder.get(IccForm::ConsistencySingle), Icc::Perfect);
        assert!(milder.get(IccForm::AgreementSingle).value().unwrap() < 1.0);
        // Only raters differ.
        let raters = table(&[[1., 2., 3., 4.], [1., 2., 3., 4.]]);
        assert_eq!(raters.get(IccForm::AgreementMean), Icc::NoVariation);
        assert!(raters.forms.iter().all(|(_, icc)| icc.value().is_none_or(f64::is_finite)));
        assert!(intraclass(&[Some(1.0), Some(2.0)], 1, 2, 0.05).is_err());
        assert!(intraclass(&[Some(1.0), Some(2.0)], 2, 1, 0.05).is_err());
        assert!(intraclass(&[Some(1.0), None, Some(2.0), Some(2.0)], 2, 2, 0.05).is_err());
    }
}
