//! Logistic regression on counts by Newton's method.

use super::linalg::{SmallMatrix, dot};
use super::{NumError, cholesky::Cholesky, moments};

/// Relative change of the deviance at which Newton stops; the next step would change the last digits only.
pub(super) const CONVERGED: f64 = 1e-14;

/// Newton on a concave likelihood takes 5 to 10 steps; more means that the data are separated.
pub(super) const STEPS: usize = 50;

/// A linear predictor beyond this is a probability of 0 or 1 in doubles: the coefficients run away.
const RUNAWAY: f64 = 35.0;

/// A fitted logistic regression.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedLogit {
    /// One coefficient per column, in log odds per unit.
    pub coefficients: Vec<f64>,
    /// Inverse of the information matrix.
    pub covariance: SmallMatrix,
    /// -2 log likelihood of single trials.
    pub deviance: f64,
    /// The same for a constant probability.
    pub null_deviance: f64,
    /// Trials.
    pub n: f64,
    /// Newton steps taken.
    pub steps: usize,
}

impl FittedLogit {
    /// Standard error of a coefficient.
    pub fn se(&self, column: usize) -> f64 {
        self.covariance.get(column, column).max(0.0).sqrt()
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

/// Nagelkerke's share of explained variation of any likelihood model of `n` trials.
///
/// ```text
/// R2 = (1 - exp((D - D0)/n)) / (1 - exp(-D0/n))
/// ```
///
/// The exponents are divided by n first: likelihoods themselves underflow beyond about 1,000 persons.
///
/// # References
/// Nagelkerke (1991), Biometrika 78, 691-692.
pub fn nagelkerke(deviance: f64, null_deviance: f64, n: f64) -> f64 {
    libm::expm1((deviance - null_deviance) / n) / libm::expm1(-null_deviance / n)
}

/// Fits `logit P = X b` to `successes` out of `trials`, one entry per row of X.
///
/// `columns` are the p columns of X, a constant among them when wanted. Rows without trials are allowed.
/// Newton steps are halved while they do not raise the likelihood.
///
/// # Errors
/// `LengthMismatch`, `NotFinite`, `TooFew` without trials, `OutOfRange` for more successes than trials,
/// `NoVariation` when all or no trials succeed, `NotConverged` for separated or collinear columns.
///
/// # References
/// McCullagh & Nelder (1989), Generalized Linear Models, 2nd ed., chapter 4.
pub fn fit_logit(columns: &[&[f64]], successes: &[f64], trials: &[f64]) -> Result<FittedLogit, NumError> {
    moments::check_same_length(successes.len(), trials.len())?;
    moments::check_values(successes, 1)?;
    moments::check_values(trials, 1)?;
    for column in columns {
        moments::check_same_length(column.len(), trials.len())?;
        moments::check_values(column, 1)?;
    }
    if let Some(s) = successes.iter().zip(trials).find(|(s, t)| !(**s >= 0.0 && *s <= *t)).map(|(s, _)| *s) {
        return Err(NumError::OutOfRange { name: "successes", value: s });
    }
    let (n, right) = (moments::sum(trials.iter().copied()), moments::sum(successes.iter().copied()));
    if n <= 0.0 {
        return Err(NumError::TooFew { needed: 1, found: 0 });
    }
    if right <= 0.0 || right >= n {
        return Err(NumError::NoVariation);
    }
    let null_deviance = -2.0 * (right * (right / n).ln() + (n - right) * ((n - right) / n).ln());
    let data = Data { columns, successes, trials };
    let mut b = vec![0.0; columns.len()];
    let mut deviance = data.deviance(&b);
    for steps in 1..=STEPS {
        let (gradient, information) = data.derivatives(&b);
        let factor = Cholesky::new(&information).map_err(|_| unsettled())?;
        let step = factor.solve(&gradient);
        let (next, next_deviance) = halved(&b, &step, deviance, |next| data.deviance(next));
        let change = (deviance - next_deviance).abs();
        (b, deviance) = (next, next_deviance);
        if data.runs_away(&b) {
            break;
        }
        if change <= CONVERGED * (deviance + 1.0) {
            let (_, information) = data.derivatives(&b);
            let covariance = Cholesky::new(&information).map_err(|_| unsettled())?.inverse();
            return Ok(FittedLogit { coefficients: b, covariance, deviance, null_deviance, n, steps });
        }
    }
    Err(unsettled())
}

/// A step from `b`, halved until the deviance does not rise: the new coefficients and their deviance.
pub(super) fn halved(b: &[f64], step: &[f64], deviance: f64, at: impl Fn(&[f64]) -> f64) -> (Vec<f64>, f64) {
    let mut scale = 1.0;
    loop {
        let next: Vec<f64> = b.iter().zip(step).map(|(b, s)| b + scale * s).collect();
        let next_deviance = at(&next);
        if next_deviance <= deviance * (1.0 + CONVERGED) || scale < 1e-6 {
            return (next, next_deviance);
        }
        scale *= 0.5;
    }
}

fn unsettled() -> NumError {
    NumError::NotConverged { routine: "logistic regression" }
}

struct Data<'a> {
    columns: &'a [&'a [f64]],
    successes: &'a [f64],
    trials: &'a [f64],
}

impl Data<'_> {
    fn predictor(&self, b: &[f64], row: usize) -> f64 {
        self.columns.iter().zip(b).map(|(c, b)| c[row] * b).sum()
    }

    /// -2 log likelihood, in the form that never takes the log of 0.
    fn deviance(&self, b: &[f64]) -> f64 {
        let part = |row: usize| {
            let eta = self.predictor(b, row);
            let softplus = eta.max(0.0) + libm::log1p((-eta.abs()).exp());
            self.trials[row] * softplus - self.successes[row] * eta
        };
        2.0 * moments::sum((0..self.trials.len()).map(part))
    }

    fn derivatives(&self, b: &[f64]) -> (Vec<f64>, SmallMatrix) {
        let rows = self.trials.len();
        let probability: Vec<f64> =
            (0..rows).map(|row| 1.0 / (1.0 + (-self.predictor(b, row)).exp())).collect();
        let rest: Vec<f64> = (0..rows).map(|r| self.successes[r] - self.trials[r] * probability[r]).collect();
        let gradient = self.columns.iter().map(|c| dot(c, &rest)).collect();
        let p = self.columns.len();
        let mut information = SmallMatrix::zeros(p, p);
        let weight: Vec<f64> =
            (0..rows).map(|r| self.trials[r] * probability[r] * (1.0 - probability[r])).collect();
        for i in 0..p {
            let weighted: Vec<f64> = self.columns[i].iter().zip(&weight).map(|(x, w)| x * w).collect();
            for j in 0..=i {
                let entry = dot(&weighted, self.columns[j]);
                information.set(i, j, entry);
                information.set(j, i, entry);
            }
        }
        (gradient, information)
    }

    fn runs_away(&self, b: &[f64]) -> bool {
        (0..self.trials.len()).any(|row| self.trials[row] > 0.0 && self.predictor(b, row).abs() > RUNAWAY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_two_by_two_table() {
        // Coefficients of a saturated model are log odds: ln(30/70) and ln(60/40) - ln(30/70).
        let (one, x) = ([1.0; 2], [0.0, 1.0]);
        let fit = fit_logit(&[&one, &x], &[30.0, 60.0], &[100.0, 100.0]).unwrap();
        assert!((fit.coefficients[0] - (3.0f64 / 7.0).ln()).abs() < 1e-13);
        assert!((fit.coefficients[1] - 3.5f64.ln()).abs() < 1e-13);
        assert!((fit.se(1).powi(2) - (1.0 / 30.0 + 1.0 / 70.0 + 1.0 / 60.0 + 1.0 / 40.0)).abs() < 1e-13);
        assert!(fit.nagelkerke() > 0.0 && fit.nagelkerke() < 1.0 && fit.steps < 10);
    }

    #[test]
    fn named_outcomes() {
        let (one, x) = ([1.0; 2], [0.0, 1.0]);
        let separated = fit_logit(&[&one, &x], &[0.0, 9.0], &[9.0, 9.0]);
        assert!(matches!(separated, Err(NumError::NotConverged { .. })));
        assert_eq!(fit_logit(&[&one], &[9.0, 9.0], &[9.0, 9.0]), Err(NumError::NoVariation));
        let collinear = fit_logit(&[&one, &one], &[3.0, 4.0], &[9.0, 9.0]);
        assert!(matches!(collinear, Err(NumError::NotConverged { .. })));
        assert!(fit_logit(&[&one], &[10.0, 9.0], &[9.0, 9.0]).is_err());
    }
}
