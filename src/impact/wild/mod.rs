//! Wild cluster bootstrap-t of one coefficient or contrast.
//!
//! Whole clusters of residuals change their sign (or get another weight), so that what students of a school
//! share stays together. Nothing of the size of the data is touched in a draw: with the scores of the
//! clusters in an orthonormal basis Q of X, every bootstrap statistic is a ratio of sums over clusters, and
//! its dependence on the value under test is a polynomial, so that the interval needs no draws of its own.

mod draws;
mod interval;
mod weights;

use super::ImpactError;
use super::ols::FittedOls;
use super::resampling::Reference;
use super::scores::cluster_scores;
use crate::num::linalg::dot;
use crate::num::{NumError, moments};
use draws::{Draw, Fractions};
pub use interval::WildInterval;
use weights::Patterns;
pub use weights::WildWeights;

/// Which fit the residuals of the bootstrap come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WildResiduals {
    /// The fit under the hypothesis (WCR): keeps the size of the test with few clusters.
    Restricted,
    /// The fit without it (WCU): rejects too often when few clusters are treated.
    Unrestricted,
}

/// How a cluster's residuals enter the bootstrap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WildScores {
    /// As they are (variants 11 or "C").
    Plain,
    /// As if the cluster had been left out of the fit (variants 31 or "S"): better with clusters of very
    /// unequal size or leverage.
    Jackknife,
}

/// Which draws count as at least as extreme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WildTies {
    /// |t*| >= |t|: the p-value of a permutation test, never 0.
    Counted,
    /// |t*| > |t|: what fwildclusterboot counts.
    Strict,
}

/// How the bootstrap is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WildOptions {
    /// Value of the contrast under the hypothesis.
    pub null: f64,
    /// Residuals.
    pub residuals: WildResiduals,
    /// Scores.
    pub scores: WildScores,
    /// Weights of the clusters.
    pub weights: WildWeights,
    /// Draws that count in `p` and in the interval.
    pub ties: WildTies,
    /// Draws when the weights are not enumerated.
    pub draws: u32,
    /// Seed of the study.
    pub seed: u64,
    /// One less the level of the interval.
    pub alpha: f64,
}

impl Default for WildOptions {
    /// WCR with Rademacher weights, 9,999 draws above 16 clusters, ties counted, alpha .05.
    fn default() -> Self {
        WildOptions {
            null: 0.0,
            residuals: WildResiduals::Restricted,
            scores: WildScores::Plain,
            weights: WildWeights::Rademacher,
            ties: WildTies::Counted,
            draws: 9_999,
            seed: 1,
            alpha: 0.05,
        }
    }
}

/// A wild cluster bootstrap-t test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WildTest {
    /// The contrast.
    pub estimate: f64,
    /// Its CR1S standard error.
    pub se: f64,
    /// (estimate - null) / se.
    pub t: f64,
    /// Two-sided p by the rule of the options.
    pub p: f64,
    /// Share with |t*| >= |t|; when sampled the observed statistic counts as one draw more.
    pub p_counted: f64,
    /// Share with |t*| > |t|.
    pub p_strict: f64,
    /// Values that the same bootstrap does not reject.
    pub ci: WildInterval,
    /// Weight patterns looked at: all when enumerated.
    pub draws: u64,
    /// How the patterns were chosen.
    pub reference: Reference,
    /// Rows.
    pub n: usize,
    /// Clusters.
    pub clusters: usize,
}

/// Tests `contrast' beta = null` by the wild cluster bootstrap, studentised by CR1S.
///
/// ```text
/// y* = X b~ + w_g e~_g,   t* = (c'b* - c'b~) / se*,   p = #{ |t*| >= |t| } / draws
/// t* ~ sum_g w_g a_g / sqrt( sum_g (w_g a_g - k_g' sum_h w_h z_h)^2 ),
/// z_g = Q_g' e~_g,  k_g = Q_g'Q_g u,  a_g = u'z_g,  u = R'^-1 c
/// ```
///
/// `contrast` has one weight per kept column of `fit`. Rademacher weights are enumerated up to 16 clusters
/// (2^G patterns), everything else is drawn from the seed. In the jackknife variant `z_g` becomes
/// `(I - S_g P)^-1 z_g` with P the projection onto the restricted columns.
///
/// # Errors
/// `TooFewClusters` below two, `NoVariation` for a perfect fit, `OneClusterDecides` when a cluster alone
/// determines a column in the jackknife variant or the contrast, `OutOfRange` for options.
///
/// # References
/// Cameron, Gelbach & Miller (2008), Review of Economics and Statistics 90, 414-427. Roodman, MacKinnon,
/// Nielsen & Webb (2019), Stata Journal 19, 4-60. MacKinnon, Nielsen & Webb (2023), Journal of Applied
/// Econometrics 38, 671-694 (jackknife variants).
pub fn wild_bootstrap(
    fit: &FittedOls,
    contrast: &[f64],
    options: &WildOptions,
) -> Result<WildTest, ImpactError> {
    let problem = Problem::new(fit, contrast, options)?;
    let patterns = Patterns::new(options, problem.clusters())?;
    let (total, reference) = (patterns.total, patterns.reference);
    let draws: Vec<Draw> = draws::all(&problem, patterns);
    let share = |null: f64| problem.fractions(&draws, null);
    let here = share(options.null);
    let (counted, strict) = (here.counted(reference), here.strict());
    let by_rule = |f: Fractions| match options.ties {
        WildTies::Counted => f.counted(reference),
        WildTies::Strict => f.strict(),
    };
    let ci = interval::invert(problem.estimate, problem.se, options.alpha, |null| by_rule(share(null)))?;
    Ok(WildTest {
        estimate: problem.estimate,
        se: problem.se,
        t: (problem.estimate - options.null) / problem.se,
        p: by_rule(here),
        p_counted: counted,
        p_strict: strict,
        ci,
        draws: total,
        reference,
        n: fit.n(),
        clusters: problem.clusters(),
    })
}

/// One cluster: its score as a linear function of delta, the distance of the hypothesis from the estimate.
struct WildCluster {
    /// Score without the hypothesis, z0.
    fixed: Vec<f64>,
    /// What one unit of delta adds, z1.
    moving: Vec<f64>,
    /// S_g u.
    k: Vec<f64>,
    /// u'z0.
    a0: f64,
    /// u'z1.
    a1: f64,
}

/// Everything the draws need, of the size of clusters and columns.
struct Problem {
    clusters: Vec<WildCluster>,
    estimate: f64,
    se: f64,
    /// Sum over clusters of (u's_g)^2, the observed variance without its scalar.
    observed: f64,
    /// u'u = c'(X'X)^-1 c.
    length: f64,
    residuals: WildResiduals,
}

impl Problem {
    fn new(fit: &FittedOls, contrast: &[f64], options: &WildOptions) -> Result<Self, ImpactError> {
        moments::check_same_length(contrast.len(), fit.rank())?;
        moments::check_values(contrast, 1)?;
        if !moments::is_usable(options.null) {
            return Err(NumError::OutOfRange { name: "null", value: options.null }.into());
        }
        let (g, n, p) = (fit.clusters.len() as f64, fit.n() as f64, fit.rank() as f64);
        if fit.clusters.len() < 2 {
            return Err(ImpactError::TooFewClusters { needed: 2, found: fit.clusters.len() });
        }
        if fit.is_perfect() {
            return Err(ImpactError::NoVariation);
        }
        let u = fit.basis.solve_r_transposed(contrast);
        let length = dot(&u, &u);
        let scores = cluster_scores(fit);
        let observed: f64 = scores.iter().map(|c| dot(&u, &c.score).powi(2)).sum();
        let se = (g * (n - 1.0) / ((g - 1.0) * (n - p)) * observed).sqrt();
        let spread: f64 = fit.residuals.iter().map(|e| e * e).sum::<f64>() * length;
        // When one cluster decides the contrast, the scores of all others cancel to rounding.
        if !(se > 0.0 && observed > 1e-24 * spread) {
            return Err(ImpactError::NoVariation);
        }
        let clusters = scores
            .into_iter()
            .map(|c| WildCluster::new(c, &u, length, options))
            .collect::<Result<Vec<_>, _>>()?;
        let estimate = dot(contrast, &fit.coefficients);
        Ok(Problem { clusters, estimate, se, observed, length, residuals: options.residuals })
    }

    fn clusters(&self) -> usize {
        self.clusters.len()
    }

    fn fractions(&self, draws: &[Draw], null: f64) -> Fractions {
        let distance = self.estimate - null;
        let delta = match self.residuals {
            WildResiduals::Restricted => distance / self.length,
            WildResiduals::Unrestricted => 0.0,
        };
        draws::fractions(draws, delta, distance * distance / self.observed)
    }
}

#[cfg(test)]
mod tests;
