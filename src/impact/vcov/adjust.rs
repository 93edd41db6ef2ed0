//! The adjustment matrices of the CR family, one cluster at a time.

use super::turned::Turned;
use crate::impact::ImpactError;
use crate::impact::ols::FittedOls;
use crate::impact::scores::ClusterScore;
use crate::num::linalg::{SmallMatrix, dot, symmetric_eigen};
use crate::num::tol;

/// How a cluster's residuals are adjusted for having been fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adjustment {
    /// A = I: too small with few clusters.
    Cr0,
    /// CR0 times J / (J - 1).
    Cr1,
    /// CR0 times J (N - 1) / ((J - 1)(N - p)): the default of Stata.
    Cr1s,
    /// A = (I - H_gg)^(-1/2): unbiased under the working model (Bell-McCaffrey). The default here. For a fit under a
    /// working covariance D'D, A = D'[D (I - H)_g Phi (I - H)_g' D']^(-1/2) D.
    Cr2,
    /// A = (I - H_gg)^-1 without a scalar, as in clubSandwich: conservative.
    Cr3,
    /// CR3 times (J - 1) / J: the jackknife that leaves out one cluster at a time (CV3).
    Jackknife,
}

impl Adjustment {
    /// The scalar that multiplies the variance.
    pub(super) fn factor(self, clusters: usize, rows: usize, rank: usize) -> f64 {
        let (j, n, p) = (clusters as f64, rows as f64, rank as f64);
        match self {
            Adjustment::Cr0 | Adjustment::Cr2 | Adjustment::Cr3 => 1.0,
            Adjustment::Cr1 => j / (j - 1.0),
            Adjustment::Cr1s => j * (n - 1.0) / ((j - 1.0) * (n - p)),
            Adjustment::Jackknife => (j - 1.0) / j,
        }
    }

    /// A as a function of an eigenvalue of H_gg; a leverage of 1 gets 0 (pseudo-inverse).
    fn weight(self, leverage: f64) -> f64 {
        let open = 1.0 - leverage;
        match self {
            Adjustment::Cr0 | Adjustment::Cr1 | Adjustment::Cr1s => 1.0,
            _ if open < tol::LEVERAGE_ONE => 0.0,
            Adjustment::Cr2 => open.sqrt().recip(),
            Adjustment::Cr3 | Adjustment::Jackknife => open.recip(),
        }
    }

    fn uses_leverage(self) -> bool {
        matches!(self, Adjustment::Cr2 | Adjustment::Cr3 | Adjustment::Jackknife)
    }
}

/// One cluster's share of the design in the basis Q and its adjustment there.
#[derive(Debug, Clone)]
pub(super) struct Leverage {
    /// Cluster index as given.
    pub label: usize,
    /// S_g = Q_g'Q_g.
    s: SmallMatrix,
    weights: Weights,
    /// Directions of the basis that this cluster alone determines.
    alone: Option<SmallMatrix>,
}

/// A_g as it acts on the basis.
#[derive(Debug, Clone)]
enum Weights {
    Identity,
    /// A cluster of one row: I + rise * q q', no eigenvalues needed.
    OneRow {
        q: Vec<f64>,
        rise: f64,
    },
    Dense(SmallMatrix),
    /// CR2 under a working covariance: a contrast becomes weights of residuals, not another vector of the basis.
    Turned(Turned),
}

impl Leverage {
    pub(super) fn new(
        label: usize,
        s: SmallMatrix,
        adjustment: Adjustment,
        rows: usize,
    ) -> Result<Self, ImpactError> {
        if !adjustment.uses_leverage() {
            return Ok(Leverage { label, s, weights: Weights::Identity, alone: None });
        }
        if rows == 1 {
            return Ok(Self::of_one_row(label, s, adjustment));
        }
        let p = s.rows();
        let eigen = symmetric_eigen(&s)?;
        let mut dense = SmallMatrix::zeros(p, p);
        let mut alone = None;
        for (j, &value) in eigen.values.iter().enumerate() {
            let v: Vec<f64> = (0..p).map(|i| eigen.vectors.get(i, j)).collect();
            dense.add_outer(&v, &v, adjustment.weight(value));
            if 1.0 - value < tol::LEVERAGE_ONE {
                alone.get_or_insert_with(|| SmallMatrix::zeros(p, p)).add_outer(&v, &v, 1.0);
            }
        }
        Ok(Leverage { label, s, weights: Weights::Dense(dense), alone })
    }

    fn of_one_row(label: usize, s: SmallMatrix, adjustment: Adjustment) -> Self {
        let p = s.rows();
        let leverage: f64 = (0..p).map(|i| s.get(i, i)).sum();
        // S = q q', so q is any of its columns scaled by the root of its own diagonal entry.
        let pivot = (0..p).max_by(|&a, &b| s.get(a, a).total_cmp(&s.get(b, b))).unwrap_or(0);
        if p == 0 || leverage <= 0.0 {
            return Leverage { label, s, weights: Weights::Identity, alone: None };
        }
        let root = s.get(pivot, pivot).sqrt();
        let q: Vec<f64> = (0..p).map(|i| s.get(i, pivot) / root).collect();
        let rise = (adjustment.weight(leverage) - 1.0) / leverage;
        let alone = (1.0 - leverage < tol::LEVERAGE_ONE).then(|| {
            let mut projector = SmallMatrix::zeros(p, p);
            projector.add_outer(&q, &q, leverage.recip());
            projector
        });
        Leverage { label, s, weights: Weights::OneRow { q, rise }, alone }
    }

    /// The cluster's part of a fit and its adjusted score.
    pub(super) fn of_cluster(
        fit: &FittedOls,
        cluster: ClusterScore,
        rows: &[usize],
        adjustment: Adjustment,
    ) -> Result<(Self, Vec<f64>), ImpactError> {
        let ClusterScore { label, s, score } = cluster;
        if fit.icc == 0.0 || adjustment != Adjustment::Cr2 {
            let leverage = Self::new(label, s, adjustment, rows.len())?;
            let adjusted = leverage.adjust(&score);
            return Ok((leverage, adjusted));
        }
        let eigen = symmetric_eigen(&s)?;
        let mut alone = None;
        let full = |value: &&f64| 1.0 - **value < tol::LEVERAGE_ONE;
        let count = eigen.values.iter().filter(full).count();
        for j in s.rows() - count..s.rows() {
            let v: Vec<f64> = (0..s.rows()).map(|i| eigen.vectors.get(i, j)).collect();
            alone.get_or_insert_with(|| SmallMatrix::zeros(v.len(), v.len())).add_outer(&v, &v, 1.0);
        }
        let (turned, adjusted) = Turned::new(fit, rows, count)?;
        Ok((Leverage { label, s, weights: Weights::Turned(turned), alone }, adjusted))
    }

    /// Q_g' t, where `t` weighs the cluster's residuals as [`Self::adjust`] says for a contrast.
    pub(super) fn image(&self, t: &[f64]) -> Vec<f64> {
        match &self.weights {
            Weights::Turned(turned) => turned.image(t),
            _ => self.s.times(t),
        }
    }

    /// t't of two such weights, the second with its image.
    pub(super) fn inner(&self, first: &[f64], second: &[f64], image: &[f64]) -> f64 {
        match &self.weights {
            Weights::Turned(_) => dot(first, second),
            _ => dot(first, image),
        }
    }

    /// How a contrast `v` of the basis weighs the cluster's residuals: `Q_g adjust(v)`, or the weights themselves under
    /// a working covariance.
    pub(super) fn adjust(&self, v: &[f64]) -> Vec<f64> {
        match &self.weights {
            Weights::Turned(turned) => turned.weights(v),
            Weights::Identity => v.to_vec(),
            Weights::OneRow { q, rise } => {
                let shift = rise * dot(q, v);
                v.iter().zip(q).map(|(a, b)| a + shift * b).collect()
            }
            Weights::Dense(matrix) => matrix.times(v),
        }
    }

    /// True when this cluster alone determines (part of) the contrast `u` in the basis.
    pub(super) fn decides(&self, u: &[f64]) -> bool {
        let part = |projector: &SmallMatrix| dot(u, &projector.times(u));
        self.alone.as_ref().is_some_and(|projector| part(projector) > tol::LEVERAGE_ONE * dot(u, u))
    }
}
