//! Yen's Q3: correlations of residuals, for local dependence.

use super::itemfit::check;
use super::{IrtError, ItemCurve, Responses};

/// Residual correlations and their summary.
#[derive(Debug, Clone, PartialEq)]
pub struct Q3 {
    /// Items x items, `None` on the diagonal and where fewer than three persons answered both or a
    /// residual does not vary.
    pub correlations: Vec<Vec<Option<f64>>>,
    /// Mean over pairs.
    pub mean: f64,
    /// Largest over pairs.
    pub largest: f64,
    /// Largest less mean: above 0.2 points to local dependence (Christensen, Makransky & Horton 2017).
    pub largest_above_mean: f64,
}

/// Correlations of the residuals `x - E(x | theta)` of each pair of items, over persons who answered both.
///
/// With the true ability they would be near 0; estimated ability makes their mean about `-1/(k - 1)`.
///
/// # Errors
/// `Shape` when inputs do not fit; `TooFewItems` when no pair has a correlation.
///
/// # References
/// Yen (1984), doi:10.1177/014662168400800201; Christensen, Makransky & Horton (2017),
/// doi:10.1177/0146621616677520.
pub fn residual_correlations(
    curves: &[Option<&ItemCurve>],
    responses: &Responses,
    theta: &[Option<f64>],
) -> Result<Q3, IrtError> {
    check(curves, responses, theta)?;
    let items = curves.len();
    let column = |item: usize| -> Vec<Option<f64>> {
        let residual = |person: usize| {
            let theta = theta[person].filter(|t| t.is_finite())?;
            let points = responses.get(person, item)?;
            Some(f64::from(points) - curves[item]?.moments(theta).mean)
        };
        (0..responses.persons()).map(residual).collect()
    };
    let columns: Vec<Vec<Option<f64>>> = (0..items).map(column).collect();
    let mut correlations = vec![vec![None; items]; items];
    let mut pairs = vec![];
    for i in 0..items {
        for j in 0..i {
            let r = correlation(&columns[i], &columns[j]);
            correlations[i][j] = r;
            correlations[j][i] = r;
            pairs.extend(r);
        }
    }
    if pairs.is_empty() {
        return Err(IrtError::TooFewItems { needed: 2, found: items });
    }
    let mean = pairs.iter().sum::<f64>() / pairs.len() as f64;
    let largest = pairs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Ok(Q3 { correlations, mean, largest, largest_above_mean: largest - mean })
}

fn correlation(x: &[Option<f64>], y: &[Option<f64>]) -> Option<f64> {
    let both: Vec<(f64, f64)> = x.iter().zip(y).filter_map(|(x, y)| Some(((*x)?, (*y)?))).collect();
    if both.len() < 3 {
        return None;
    }
    let n = both.len() as f64;
    let (mx, my) = both.iter().fold((0.0, 0.0), |s, (x, y)| (s.0 + x / n, s.1 + y / n));
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, y) in both {
        xx += (x - mx).powi(2);
        yy += (y - my).powi(2);
        xy += (x - mx) * (y - my);
    }
    let r = xy / (xx * yy).sqrt();
    r.is_finite().then_some(r)
}
