//! Proportional odds regression of ordered categories on counts, by Newton's method.

use super::linalg::SmallMatrix;
use super::logit::{CONVERGED, STEPS, halved, nagelkerke};
use super::{NumError, cholesky::Cholesky, moments};

/// A threshold or predictor beyond this is a probability of 0 or 1 in doubles: the coefficients run away.
const RUNAWAY: f64 = 35.0;

/// A fitted proportional odds model.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedCumulativeLogit {
    /// One less than there are categories, ascending.
    pub thresholds: Vec<f64>,
    /// One coefficient per column: positive when larger values go with higher categories.
    pub coefficients: Vec<f64>,
    /// Inverse of the observed information, thresholds first.
    pub covariance: SmallMatrix,
    /// -2 log likelihood of single persons.
    pub deviance: f64,
    /// The same for the shares of the categories alone.
    pub null_deviance: f64,
    /// Persons.
    pub n: f64,
    /// Newton steps taken.
    pub steps: usize,
}

impl FittedCumulativeLogit {
    /// Standard error of a coefficient.
    pub fn se(&self, column: usize) -> f64 {
        let place = self.thresholds.len() + column;
        self.covariance.get(place, place).max(0.0).sqrt()
    }

    /// Nagelkerke's share of explained variation, [`nagelkerke`].
    pub fn nagelkerke(&self) -> f64 {
        nagelkerke(self.deviance, self.null_deviance, self.n)
    }

    /// McFadden's share of the null deviance.
    pub fn mcfadden(&self) -> f64 {
        1.0 - self.deviance / self.null_deviance
    }
}

/// Fits the proportional odds model to `counts[row][category]`.
///
/// ```text
/// logit P(Y <= c) = t_c - x b
/// ```
///
/// `columns` are the p columns of X (no constant: the thresholds are it); none gives the shares. Newton steps on
/// thresholds and coefficients together, halved while they do not raise the likelihood or break the order of the
/// thresholds. The likelihood is concave, so that the maximum is the only one.
///
/// # Errors
/// `LengthMismatch`, `NotFinite`, `OutOfRange` for a negative count, `NoVariation` below two categories or with
/// one that nobody is in, `NotConverged` for separated or collinear columns.
///
/// # References
/// McCullagh (1980), Journal of the Royal Statistical Society B 42, 109-142; Pratt (1981), Journal of the
/// American Statistical Association 76, 103-106 (concavity).
pub fn fit_cumulative_logit(
    columns: &[&[f64]],
    counts: &[Vec<f64>],
) -> Result<FittedCumulativeLogit, NumError> {
    let totals = check(columns, counts)?;
    let n = moments::sum(totals.iter().copied());
    let null_deviance = -2.0 * totals.iter().map(|t| t * (t / n).ln()).sum::<f64>();
    let data = Data { columns, counts, cuts: totals.len() - 1 };
    let mut b = start(&totals, columns.len());
    let mut deviance = data.deviance(&b);
    for steps in 1..=STEPS {
        let (gradient, information) = data.derivatives(&b);
        let factor = Cholesky::new(&information).map_err(|_| unsettled())?;
        let step = factor.solve(&gradient);
        let (next, next_deviance) = halved(&b, &step, deviance, |next| data.deviance(next));
        let change = (deviance - next_deviance).abs();
        (b, deviance) = (next, next_deviance);
        if !deviance.is_finite() || data.runs_away(&b) {
            break;
        }
        if change <= CONVERGED * (deviance + 1.0) {
            let (_, information) = data.derivatives(&b);
            let covariance = Cholesky::new(&information).map_err(|_| unsettled())?.inverse();
            let coefficients = b.split_off(data.cuts);
            let thresholds = b;
            return Ok(FittedCumulativeLogit {
                thresholds,
                coefficients,
                covariance,
                deviance,
                null_deviance,
                n,
                steps,
            });
        }
    }
    Err(unsettled())
}

fn unsettled() -> NumError {
    NumError::NotConverged { routine: "proportional odds regression" }
}

/// Checks the input; the persons of each category.
fn check(columns: &[&[f64]], counts: &[Vec<f64>]) -> Result<Vec<f64>, NumError> {
    for column in columns {
        moments::check_same_length(column.len(), counts.len())?;
        moments::check_values(column, 1)?;
    }
    let categories = counts.first().map_or(0, Vec::len);
    for row in counts {
        moments::check_same_length(row.len(), categories)?;
        if let Some(value) = row.iter().copied().find(|n| !(*n >= 0.0 && n.is_finite())) {
            return Err(NumError::OutOfRange { name: "count", value });
        }
    }
    let totals: Vec<f64> = (0..categories).map(|c| counts.iter().map(|row| row[c]).sum()).collect();
    if categories < 2 || totals.iter().any(|t| *t <= 0.0) {
        return Err(NumError::NoVariation);
    }
    Ok(totals)
}

/// Thresholds of the shares, coefficients 0.
fn start(totals: &[f64], columns: usize) -> Vec<f64> {
    let n: f64 = totals.iter().sum();
    let mut below = 0.0;
    let cut = |total: &f64| {
        below += total;
        (below / (n - below)).ln()
    };
    let mut b: Vec<f64> = totals[..totals.len() - 1].iter().map(cut).collect();
    b.extend(std::iter::repeat_n(0.0, columns));
    b
}

struct Data<'a> {
    columns: &'a [&'a [f64]],
    counts: &'a [Vec<f64>],
    /// Thresholds.
    cuts: usize,
}

/// Probability of a category between two cuts and its first and second derivatives in them.
struct Cell {
    p: f64,
    high: f64,
    low: f64,
    high_high: f64,
    low_low: f64,
    high_low: f64,
}

fn logistic(x: f64) -> f64 {
    if x >= 0.0 { 1.0 / (1.0 + (-x).exp()) } else { x.exp() / (1.0 + x.exp()) }
}

impl Data<'_> {
    fn predictor(&self, b: &[f64], row: usize) -> f64 {
        self.columns.iter().zip(&b[self.cuts..]).map(|(c, b)| c[row] * b).sum()
    }

    fn bounds(&self, b: &[f64], eta: f64, category: usize) -> (f64, f64) {
        let high = if category < self.cuts { b[category] - eta } else { f64::INFINITY };
        let low = if category > 0 { b[category - 1] - eta } else { f64::NEG_INFINITY };
        (low, high)
    }

    /// `F(high) - F(low) = F(high) F(-low) (1 - exp(low - high))`, which loses no digits in the tails.
    fn probability(low: f64, high: f64) -> f64 {
        if low == f64::NEG_INFINITY || high == f64::INFINITY {
            return logistic(high) * logistic(-low);
        }
        logistic(high) * logistic(-low) * -libm::expm1(low - high)
    }

    /// -2 log likelihood; infinite for thresholds out of order.
    fn deviance(&self, b: &[f64]) -> f64 {
        let row = |row: usize| {
            let eta = self.predictor(b, row);
            let cell = |(category, n): (usize, &f64)| {
                let (low, high) = self.bounds(b, eta, category);
                if *n == 0.0 { 0.0 } else { n * Self::probability(low, high).ln() }
            };
            self.counts[row].iter().enumerate().map(cell).sum::<f64>()
        };
        let value = -2.0 * moments::sum((0..self.counts.len()).map(row));
        let in_order = b[..self.cuts].windows(2).all(|w| w[0] < w[1]);
        if in_order && !value.is_nan() { value } else { f64::INFINITY }
    }

    fn cell(low: f64, high: f64) -> Cell {
        let p = Self::probability(low, high);
        let density = |x: f64| if x.is_finite() { logistic(x) * logistic(-x) } else { 0.0 };
        let slope = |x: f64| if x.is_finite() { density(x) * (logistic(-x) - logistic(x)) } else { 0.0 };
        let (up, down) = (density(high) / p, density(low) / p);
        Cell {
            p,
            high: up,
            low: -down,
            high_high: slope(high) / p - up * up,
            low_low: -slope(low) / p - down * down,
            high_low: up * down,
        }
    }

    /// Gradient of the log likelihood and observed information.
    fn derivatives(&self, b: &[f64]) -> (Vec<f64>, SmallMatrix) {
        let size = b.len();
        let mut gradient = vec![0.0; size];
        let mut information = SmallMatrix::zeros(size, size);
        for (row, counts) in self.counts.iter().enumerate() {
            let eta = self.predictor(b, row);
            for (category, &n) in counts.iter().enumerate().filter(|(_, n)| **n > 0.0) {
                let (low, high) = self.bounds(b, eta, category);
                let cell = Self::cell(low, high);
                if !(cell.p > 0.0) {
                    continue;
                }
                // Each bound moves with its threshold and against the predictor.
                let direction = |threshold: Option<usize>| {
                    let mut v = vec![0.0; size];
                    if let Some(place) = threshold {
                        v[place] = 1.0;
                        self.columns.iter().enumerate().for_each(|(j, x)| v[self.cuts + j] = -x[row]);
                    }
                    v
                };
                let up = direction((category < self.cuts).then_some(category));
                let down = direction(category.checked_sub(1));
                for i in 0..size {
                    gradient[i] += n * (cell.high * up[i] + cell.low * down[i]);
                }
                information.add_outer(&up, &up, -n * cell.high_high);
                information.add_outer(&down, &down, -n * cell.low_low);
                information.add_outer(&up, &down, -n * cell.high_low);
                information.add_outer(&down, &up, -n * cell.high_low);
            }
        }
        (gradient, information)
    }

    fn runs_away(&self, b: &[f64]) -> bool {
        let far = |row: usize| self.predictor(b, row).abs() > RUNAWAY;
        b[..self.cuts].iter().any(|t| t.abs() > RUNAWAY)
            || (0..self.counts.len()).any(|row| self.counts[row].iter().sum::<f64>() > 0.0 && far(row))
    }
}

#[cfg(test)]
mod tests {
    use super::super::logit::fit_logit;
    use super::*;

    #[test]
    fn two_categories_are_logistic_regression() {
        let x = [-1.0, 0.0, 1.0, 2.0, 3.0];
        let (right, trials) = ([2.0, 3.0, 9.0, 11.0, 14.0], [10.0, 11.0, 14.0, 15.0, 15.0]);
        let counts: Vec<Vec<f64>> = right.iter().zip(trials).map(|(r, t)| vec![t - r, *r]).collect();
        let found = fit_cumulative_logit(&[&x], &counts).unwrap();
        let plain = fit_logit(&[&[1.0; 5], &x], &right, &trials).unwrap();
        assert!((found.coefficients[0] - plain.coefficients[1]).abs() < 1e-10);
        assert!((found.thresholds[0] + plain.coefficients[0]).abs() < 1e-10);
        assert!((found.deviance - plain.deviance).abs() < 1e-10 && (found.se(0) - plain.se(1)).abs() < 1e-8);
        assert!((found.nagelkerke() - plain.nagelkerke()).abs() < 1e-12);
        assert!((found.mcfadden() - plain.mcfadden()).abs() < 1e-12);
    }

    #[test]
    fn gradient_and_information_are_those_of_the_deviance() {
        let x = [0.0, 1.0, 2.0];
        let counts = vec![vec![4.0, 3.0, 1.0], vec![2.0, 4.0, 3.0], vec![1.0, 2.0, 6.0]];
        let data = Data { columns: &[&x], counts: &counts, cuts: 2 };
        let b = [-0.3, 1.2, 0.6];
        let (gradient, information) = data.derivatives(&b);
        let shifted = |i: usize, h: f64| {
            let mut c = b;
            c[i] += h;
            c
        };
        for i in 0..3 {
            let h = 1e-5;
            let slope = -0.25 / h * (data.deviance(&shifted(i, h)) - data.deviance(&shifted(i, -h)));
            assert!((slope - gradient[i]).abs() < 1e-7);
            let (up, down) = (data.derivatives(&shifted(i, h)).0, data.derivatives(&shifted(i, -h)).0);
            for j in 0..3 {
                assert!(((down[j] - up[j]) / (2.0 * h) - information.get(i, j)).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn named_outcomes() {
        let shares = fit_cumulative_logit(&[], &[vec![3.0, 4.0, 5.0]]).unwrap();
        assert!((shares.deviance - shares.null_deviance).abs() < 1e-12);
        let empty = fit_cumulative_logit(&[], &[vec![3.0, 0.0, 5.0]]);
        assert_eq!(empty, Err(NumError::NoVariation));
        let x = [0.0, 1.0];
        let separated = fit_cumulative_logit(&[&x], &[vec![9.0, 0.0, 0.0], vec![0.0, 3.0, 5.0]]);
        assert!(matches!(separated, Err(NumError::NotConverged { .. })));
        let twice = fit_cumulative_logit(&[&x, &x], &[vec![4.0, 3.0], vec![3.0, 5.0]]);
        assert!(matches!(twice, Err(NumError::NotConverged { .. })));
        assert!(fit_cumulative_logit(&[&x], &[vec![-1.0, 3.0]]).is_err());
    }
}
