//! The quadrature lattice and what all persons share at its nodes.

use super::super::fit::Quadrature;
use super::super::params::ParameterMap;
use crate::num::{NumError, quadrature};

/// Nodes over ability, padded to whole vectors; padding has weight zero.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Lattice {
    /// Abilities; padding repeats the last node.
    pub theta: Vec<f64>,
    /// Log of the base weight, minus infinity in the padding. Node weights of a population are
    /// proportional to `exp(log_base) phi((theta - mu) / sigma)`.
    pub log_base: Vec<f64>,
    /// Number of nodes without padding.
    pub real: usize,
}

/// Doubles handled together in the inner loops.
pub(super) const LANES: usize = 4;

impl Lattice {
    pub fn new(rule: Quadrature) -> Result<Self, NumError> {
        let nodes = match rule {
            Quadrature::Grid { nodes, low, high } => {
                let grid = quadrature::grid(nodes, low, high)?;
                let base = vec![0.0; grid.at.len()];
                (grid.at, base)
            }
            Quadrature::GaussHermite { nodes } => {
                let rule = quadrature::gauss_hermite(nodes)?;
                // The rule integrates against N(0, 1); the population's density is put in its place.
                let base = rule.at.iter().zip(&rule.log_weight).map(|(x, w)| w + 0.5 * x * x).collect();
                (rule.at, base)
            }
            Quadrature::Automatic => return Err(NumError::OutOfRange { name: "nodes", value: 0.0 }),
        };
        let (mut theta, mut log_base): (Vec<f64>, Vec<f64>) = nodes;
        let real = theta.len();
        let padded = real.next_multiple_of(LANES);
        theta.resize(padded, theta[real - 1]);
        log_base.resize(padded, f64::NEG_INFINITY);
        Ok(Lattice { theta, log_base, real })
    }

    /// Number of nodes with padding.
    pub fn len(&self) -> usize {
        self.theta.len()
    }
}

/// Probabilities of all active items at all nodes.
pub(in super::super) struct Tables {
    nodes: usize,
    first: Vec<usize>,
    probabilities: Vec<f64>,
    log_total: Vec<f64>,
    /// Sum of counts times intercepts is taken from these curves.
    pub curves: Vec<Option<super::super::ItemCurve>>,
}

impl Tables {
    pub fn new(map: &ParameterMap, psi: &[f64], lattice: &Lattice) -> Self {
        let items = map.states.len();
        let nodes = lattice.len();
        let curves: Vec<_> = (0..items).map(|i| map.is_active(i).then(|| map.curve(i, psi))).collect();
        let mut tables = Tables {
            nodes,
            first: vec![0; items],
            probabilities: vec![],
            log_total: vec![0.0; items * nodes],
            curves,
        };
        for item in 0..items {
            tables.first[item] = tables.probabilities.len();
            tables.push_item(item, lattice);
        }
        tables
    }

    fn push_item(&mut self, item: usize, lattice: &Lattice) {
        let Some(curve) = &self.curves[item] else { return };
        let (start, width) = (self.probabilities.len(), curve.intercepts.len());
        self.probabilities.resize(start + width * self.nodes, 0.0);
        let mut p = vec![0.0; width];
        for (q, theta) in lattice.theta.iter().enumerate() {
            let predictor = |(k, c): (usize, &f64)| curve.slope * k as f64 * theta + c;
            let top = curve.intercepts.iter().enumerate().map(predictor).fold(f64::NEG_INFINITY, f64::max);
            for (p, pair) in p.iter_mut().zip(curve.intercepts.iter().enumerate()) {
                *p = (predictor(pair) - top).exp();
            }
            let total: f64 = p.iter().sum();
            self.log_total[item * self.nodes + q] = top + total.ln();
            for (k, p) in p.iter().enumerate() {
                self.probabilities[start + k * self.nodes + q] = p / total;
            }
        }
    }

    /// Probabilities of `k` points on an item, node by node.
    pub fn probability(&self, item: usize, k: usize) -> &[f64] {
        let start = self.first[item] + k * self.nodes;
        &self.probabilities[start..start + self.nodes]
    }

    /// Log of the softmax denominator of an item, node by node.
    pub fn log_total(&self, item: usize) -> &[f64] {
        &self.log_total[item * self.nodes..(item + 1) * self.nodes]
    }
}
