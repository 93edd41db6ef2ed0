//! Starting values from the counts of points.

use super::params::{Natural, ParameterMap};

/// Widening of logits of marginal proportions towards conditional ones: `sqrt(1 + sigma^2 / 1.7^2)` at
/// sigma = 1 (the normal approximation of the logistic curve).
const WIDENING: f64 = 1.16;

/// Free parameters at the start: slopes and standard deviations 1, the population at 0, intercepts from
/// the logs of the counts.
pub(super) fn start_values(map: &ParameterMap, counts: &[Vec<f64>]) -> Vec<f64> {
    let mut psi = vec![0.0; map.len];
    item_values(&map.naturals, counts, &mut psi);
    psi
}

/// Writes the starting values of the parameters of items; an item without naturals is passed over.
pub(super) fn item_values(items: &[Vec<Natural>], counts: &[Vec<f64>], psi: &mut [f64]) {
    for (naturals, counts) in items.iter().zip(counts) {
        let Some((slope, intercepts)) = naturals.split_first() else { continue };
        if let [(free, _)] = slope.terms[..] {
            psi[free] = 1.0;
        }
        let reference = counts.iter().copied().find(|n| *n > 0.0).unwrap_or(1.0);
        for (natural, n) in intercepts.iter().zip(counts) {
            if let ([(free, coefficient)], true) = (&natural.terms[..], *n > 0.0) {
                psi[*free] = WIDENING * (n / reference).ln() / coefficient;
            }
        }
    }
}
