//! What a marginal fit is asked to do.

use super::params::{Natural, NaturalDerivatives};
use super::{Family, ItemCurve};

/// How the integral over ability is taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Quadrature {
    /// Evenly spaced nodes whose range and number follow the estimates: 6.5 standard deviations beyond
    /// the outermost population mean, spaced below the smallest posterior standard deviation (the
    /// rectangle rule is then good to about nine digits). Checked after the fit, widened or refined and
    /// fitted on where needed.
    Automatic,
    /// Evenly spaced nodes.
    Grid {
        /// Number of nodes.
        nodes: usize,
        /// Lowest node.
        low: f64,
        /// Highest node.
        high: f64,
    },
    /// Gauss-Hermite nodes for the standard normal density, reweighted to the population.
    GaussHermite {
        /// Number of nodes.
        nodes: usize,
    },
}

impl Quadrature {
    /// 161 nodes on [-16, 16], to match reference values computed so.
    pub const TIGHT: Quadrature = Quadrature::Grid { nodes: 161, low: -16.0, high: 16.0 };
}

/// An item whose parameters are given (fixed anchor).
#[derive(Debug, Clone, PartialEq)]
pub struct Anchor {
    /// Item, counted from 0.
    pub item: usize,
    /// Its curve.
    pub curve: ItemCurve,
}

/// A normal prior on a natural parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NormalPrior {
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub sd: f64,
}

/// Priors, none unless asked for.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ParameterPriors {
    /// On every free slope.
    pub slope: Option<NormalPrior>,
    /// On every free intercept.
    pub intercept: Option<NormalPrior>,
}

impl ParameterPriors {
    /// Adds the log prior's derivatives of one item and returns its value.
    pub(super) fn add(&self, naturals: &[Natural], psi: &[f64], own: &mut NaturalDerivatives) -> f64 {
        let mut value = 0.0;
        for (i, natural) in naturals.iter().enumerate() {
            let prior = if i == 0 { self.slope } else { self.intercept };
            if let Some(prior) = prior.filter(|_| !natural.terms.is_empty()) {
                let precision = prior.sd.powi(-2);
                let off = natural.value(psi) - prior.mean;
                value -= 0.5 * precision * off * off;
                own.gradient[i] -= precision * off;
                own.information.set(i, i, own.information.get(i, i) + precision);
            }
        }
        value
    }
}

/// What to fit and how.
#[derive(Debug, Clone, PartialEq)]
pub struct FitOptions {
    /// Model.
    pub family: Family,
    /// Integration.
    pub quadrature: Quadrature,
    /// Converged when a step of EM would change no parameter by more than this.
    pub tolerance: f64,
    /// Cap of iterations.
    pub max_iterations: usize,
    /// Items with given parameters. With anchors, mean and variance of the (first) population are free.
    pub anchors: Vec<Anchor>,
    /// Priors on item parameters.
    pub priors: ParameterPriors,
    /// Whether to invert the observed information.
    pub standard_errors: bool,
}

impl FitOptions {
    /// A model with the defaults: automatic quadrature, tolerance 1e-6, 500 iterations, no anchors, no
    /// priors, with standard errors.
    pub fn new(family: Family) -> Self {
        FitOptions {
            family,
            quadrature: Quadrature::Automatic,
            tolerance: 1e-6,
            max_iterations: 500,
            anchors: vec![],
            priors: ParameterPriors::default(),
            standard_errors: true,
        }
    }
}
