//! One common factor by minimal residuals or maximum likelihood.

use crate::num::linalg::SmallMatrix;
use crate::num::moments;
use crate::psych::PsychError;

/// Largest communality; psych and factanal use the same bound for the uniqueness (.005).
const LARGEST_COMMUNALITY: f64 = 0.995;

/// Largest change of a loading at which the iterations stop, far below the 1e-6 that reports need: they
/// converge linearly, so that the distance left may be a thousand times the last change.
const CONVERGED: f64 = 1e-12;

/// Both methods cost k^2 a step; weak factors need some thousand.
const STEPS: usize = 200_000;

/// How the factor is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorMethod {
    /// Least squares of the off-diagonal correlations (minres, unweighted least squares).
    Minres,
    /// Normal maximum likelihood.
    MaximumLikelihood,
}

/// Why the iterations stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorStop {
    /// Loadings no longer change.
    Converged,
    /// A communality is at its bound (Heywood case): that item alone nearly is the factor, and the solution
    /// should not be read as a common factor.
    Heywood,
    /// The cap of steps was reached.
    StepCap,
}

/// A one-factor solution.
#[derive(Debug, Clone, PartialEq)]
pub struct OneFactor {
    /// Loadings, with a sum that is not negative.
    pub loadings: Vec<f64>,
    /// Unique variances `1 - loading^2`.
    pub uniquenesses: Vec<f64>,
    /// Half the sum of squared residual correlations (minres), or the likelihood discrepancy
    /// `ln|S| - ln|R| + tr(R S^-1) - k` without the constant `ln|R| + k`.
    pub objective: f64,
    /// Root mean square of the off-diagonal residual correlations.
    pub rmsr: f64,
    /// Steps taken.
    pub steps: usize,
    /// Why it stopped.
    pub stop: FactorStop,
}

/// Fits `R = l l' + Psi` to a correlation matrix.
///
/// Minres goes through the loadings one by one, each at its own least squares; maximum likelihood is the EM
/// algorithm started there. Both run until no loading changes by 1e-12.
///
/// # Errors
/// `TooFewItems` below three (one correlation cannot tell two loadings), `Shape` when not square,
/// `NotFinite`, `NoVariation` when all correlations are 0.
///
/// # References
/// Harman & Jones (1966), Psychometrika 31, 351-368. Rubin & Thayer (1982), Psychometrika 47, 69-76.
pub fn fit_one_factor(correlation: &SmallMatrix, method: FactorMethod) -> Result<OneFactor, PsychError> {
    let k = correlation.rows();
    if correlation.columns() != k {
        let (what, found) = ("correlation matrix", correlation.columns());
        return Err(PsychError::Shape { persons: k, items: k, what, needed: k, found });
    }
    if k < 3 {
        return Err(PsychError::TooFewItems { needed: 3, found: k });
    }
    let cells: Vec<f64> = (0..k).flat_map(|i| (0..k).map(move |j| correlation.get(i, j))).collect();
    moments::check_values(&cells, 1)?;
    let start = first_loadings(correlation).ok_or(PsychError::NoVariation)?;
    let minres = iterate(start, |l| minres_sweep(correlation, l));
    let run = match method {
        FactorMethod::Minres => minres,
        FactorMethod::MaximumLikelihood => iterate(minres.loadings, |l| em_step(correlation, l)),
    };
    let mut loadings = run.loadings;
    if loadings.iter().sum::<f64>() < 0.0 {
        loadings.iter_mut().for_each(|l| *l = -*l);
    }
    let uniquenesses: Vec<f64> = loadings.iter().map(|l| 1.0 - l * l).collect();
    let squares: f64 =
        pairs(k).map(|(i, j)| (correlation.get(i, j) - loadings[i] * loadings[j]).powi(2)).sum();
    let objective = match method {
        FactorMethod::Minres => 0.5 * 2.0 * squares,
        FactorMethod::MaximumLikelihood => discrepancy(correlation, &loadings, &uniquenesses),
    };
    let bound = loadings.iter().any(|l| l * l >= LARGEST_COMMUNALITY * (1.0 - 1e-9));
    let stop = if bound { FactorStop::Heywood } else { run.stop };
    let rmsr = (squares / (k * (k - 1)) as f64 * 2.0).sqrt();
    Ok(OneFactor { loadings, uniquenesses, objective, rmsr, steps: run.steps, stop })
}

fn pairs(k: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..k).flat_map(|i| (0..i).map(move |j| (i, j)))
}

struct Run {
    loadings: Vec<f64>,
    steps: usize,
    stop: FactorStop,
}

fn iterate(mut loadings: Vec<f64>, step: impl Fn(&[f64]) -> Vec<f64>) -> Run {
    for steps in 1..=STEPS {
        let next = step(&loadings);
        let change = next.iter().zip(&loadings).fold(0.0f64, |m, (a, b)| m.max((a - b).abs()));
        loadings = next;
        if change < CONVERGED {
            return Run { loadings, steps, stop: FactorStop::Converged };
        }
    }
    Run { loadings, steps: STEPS, stop: FactorStop::StepCap }
}

/// Loadings from the sum of each item's correlations with the others (the centroid method), `None` when
/// nothing correlates.
fn first_loadings(correlation: &SmallMatrix) -> Option<Vec<f64>> {
    let k = correlation.rows();
    let row = |i: usize| (0..k).filter(move |j| *j != i).map(move |j| correlation.get(i, j));
    let sums: Vec<f64> = (0..k).map(|i| row(i).sum()).collect();
    let total: f64 = sums.iter().sum();
    if total > 0.0 {
        return Some(sums.iter().map(|s| bounded(s / total.sqrt())).collect());
    }
    // Correlations that cancel: start from the item with the largest ones.
    let size = |i: usize| row(i).map(f64::abs).sum::<f64>();
    let first = (0..k).max_by(|a, b| size(*a).total_cmp(&size(*b)))?;
    let start: Vec<f64> =
        (0..k).map(|j| if j == first { 0.7 } else { bounded(correlation.get(first, j) / 0.7) }).collect();
    (size(first) > 1e-12).then_some(start)
}

fn bounded(loading: f64) -> f64 {
    let limit = LARGEST_COMMUNALITY.sqrt();
    loading.clamp(-limit, limit)
}

fn minres_sweep(correlation: &SmallMatrix, loadings: &[f64]) -> Vec<f64> {
    let mut l = loadings.to_vec();
    let k = l.len();
    for i in 0..k {
        let others = || (0..k).filter(move |j| *j != i);
        let square: f64 = others().map(|j| l[j] * l[j]).sum();
        if square > 0.0 {
            l[i] = bounded(others().map(|j| correlation.get(i, j) * l[j]).sum::<f64>() / square);
        }
    }
    l
}

/// One EM step with the uniquenesses tied to `1 - l^2` only through the data: since R has a unit diagonal,
/// the M step keeps `l^2 + psi = 1`.
fn em_step(correlation: &SmallMatrix, l: &[f64]) -> Vec<f64> {
    let psi: Vec<f64> = l.iter().map(|l| 1.0 - l * l).collect();
    let information: f64 = l.iter().zip(&psi).map(|(l, p)| l * l / p).sum();
    let beta: Vec<f64> = l.iter().zip(&psi).map(|(l, p)| l / p / (1.0 + information)).collect();
    let with_score = correlation.times(&beta);
    let explained: f64 = beta.iter().zip(l).map(|(b, l)| b * l).sum();
    let spread: f64 = beta.iter().zip(&with_score).map(|(b, w)| b * w).sum();
    let second = 1.0 - explained + spread;
    with_score.iter().map(|w| bounded(w / second)).collect()
}

/// `ln|S| + tr(R S^-1)` by the formulas of a rank one update.
fn discrepancy(correlation: &SmallMatrix, l: &[f64], psi: &[f64]) -> f64 {
    let scaled: Vec<f64> = l.iter().zip(psi).map(|(l, p)| l / p).collect();
    let information: f64 = l.iter().zip(&scaled).map(|(l, s)| l * s).sum();
    let quadratic: f64 = correlation.times(&scaled).iter().zip(&scaled).map(|(a, b)| a * b).sum();
    let diagonal: f64 = psi.iter().enumerate().map(|(i, p)| correlation.get(i, i) / p).sum();
    psi.iter().map(|p| p.ln()).sum::<f64>() + libm::log1p(information) + diagonal
        - quadratic / (1.0 + information)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(loadings: &[f64]) -> SmallMatrix {
        let k = loadings.len();
        let mut r = SmallMatrix::identity(k);
        for (i, j) in (0..k).flat_map(|i| (0..k).map(move |j| (i, j))).filter(|(i, j)| i != j) {
            r.set(i, j, loadings[i] * loadings[j]);
        }
        r
    }

    #[test]
    fn recovers_exact_loadings() {
        let truth = [0.8, 0.7, 0.3, -0.2, 0.5];
        for method in [FactorMethod::Minres, FactorMethod::MaximumLikelihood] {
            let found = fit_one_factor(&exact(&truth), method).unwrap();
            found.loadings.iter().zip(truth).for_each(|(l, t)| assert!((l - t).abs() < 1e-9));
            assert!(found.rmsr < 1e-9 && found.stop == FactorStop::Converged);
        }
    }

    #[test]
    fn em_keeps_the_diagonal_and_ends_at_a_stationary_point() {
        let mut r = exact(&[0.8, 0.7, 0.4, 0.6]);
        r.set(0, 1, 0.65);
        r.set(1, 0, 0.65);
        r.set(2, 3, 0.15);
        r.set(3, 2, 0.15);
        let found = fit_one_factor(&r, FactorMethod::MaximumLikelihood).unwrap();
        let value = |l: &[f64]| discrepancy(&r, l, &l.iter().map(|l| 1.0 - l * l).collect::<Vec<_>>());
        for i in 0..4 {
            let shifted = |step: f64| {
                let mut l = found.loadings.clone();
                l[i] += step;
                value(&l)
            };
            assert!(((shifted(1e-5) - shifted(-1e-5)) / 2e-5).abs() < 1e-6);
        }
    }

    #[test]
    fn named_outcomes() {
        let minres = FactorMethod::Minres;
        let two = fit_one_factor(&exact(&[0.5, 0.5]), minres);
        assert_eq!(two, Err(PsychError::TooFewItems { needed: 3, found: 2 }));
        assert_eq!(fit_one_factor(&SmallMatrix::identity(4), minres), Err(PsychError::NoVariation));
        // Identical items: loadings at their bound.
        let mut same = exact(&[0.4, 0.4, 0.4, 0.4]);
        same.set(0, 1, 1.0);
        same.set(1, 0, 1.0);
        for method in [minres, FactorMethod::MaximumLikelihood] {
            let found = fit_one_factor(&same, method).unwrap();
            assert!(
                found.loadings.iter().all(|l| l.is_finite()) && found.uniquenesses.iter().all(|u| *u > 0.0)
            );
        }
    }
}
