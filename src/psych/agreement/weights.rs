//! How much a disagreement counts.

/// Weights of agreement between two categories: 1 on the diagonal, less the further they lie apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weighting {
    /// Every disagreement counts fully.
    Identity,
    /// `1 - |v_i - v_j| / (v_max - v_min)` (Cicchetti & Allison 1971).
    Linear,
    /// `1 - (v_i - v_j)^2 / (v_max - v_min)^2` (Fleiss & Cohen 1973).
    Quadratic,
    /// `1 - C(|i - j| + 1, 2) / C(q, 2)` from the order of the categories alone (Gwet 2014).
    Ordinal,
}

/// A square table of agreement weights.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Weights {
    q: usize,
    cells: Vec<f64>,
}

impl Weights {
    /// `values` are the ascending values of the categories.
    pub(super) fn new(weighting: Weighting, values: &[f64]) -> Self {
        let q = values.len();
        let range =
            values.last().zip(values.first()).map_or(1.0, |(high, low)| (high - low).max(f64::MIN_POSITIVE));
        let pairs = |m: usize| (m * m.saturating_sub(1)) as f64 / 2.0;
        let cell = |i: usize, j: usize| match weighting {
            _ if i == j => 1.0,
            Weighting::Identity => 0.0,
            Weighting::Linear => 1.0 - (values[i] - values[j]).abs() / range,
            Weighting::Quadratic => 1.0 - ((values[i] - values[j]) / range).powi(2),
            Weighting::Ordinal => 1.0 - pairs(i.abs_diff(j) + 1) / pairs(q),
        };
        let cells = (0..q).flat_map(|i| (0..q).map(move |j| (i, j))).map(|(i, j)| cell(i, j)).collect();
        Weights { q, cells }
    }

    pub(super) fn get(&self, i: usize, j: usize) -> f64 {
        self.cells[i * self.q + j]
    }

    /// The weights times a vector over categories.
    pub(super) fn times(&self, v: &[f64]) -> Vec<f64> {
        self.cells.chunks(self.q.max(1)).map(|row| row.iter().zip(v).map(|(w, x)| w * x).sum()).collect()
    }

    pub(super) fn total(&self) -> f64 {
        self.cells.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_fall_with_distance() {
        let values = [0.0, 1.0, 2.0, 3.0];
        let row = |w| (0..4).map(|j| Weights::new(w, &values).get(0, j)).collect::<Vec<_>>();
        assert_eq!(row(Weighting::Identity), [1.0, 0.0, 0.0, 0.0]);
        let close = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(x, y)| (x - y).abs() < 1e-15);
        assert!(close(&row(Weighting::Linear), &[1.0, 2.0 / 3.0, 1.0 / 3.0, 0.0]));
        assert!(close(&row(Weighting::Quadratic), &[1.0, 8.0 / 9.0, 5.0 / 9.0, 0.0]));
        assert!(close(&row(Weighting::Ordinal), &[1.0, 5.0 / 6.0, 0.5, 0.0]));
    }
}
