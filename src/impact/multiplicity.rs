//! Adjusted p-values for a family of tests. Order of input is kept.

use super::ImpactError;
use crate::num::NumError;

/// Holm's adjusted p: `max over k <= i of (m - k + 1) p_(k)`, at most 1. Controls the familywise error.
///
/// # Errors
/// `OutOfRange` for a p outside 0..=1 or NaN.
///
/// # References
/// Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
pub fn holm(p: &[f64]) -> Result<Vec<f64>, ImpactError> {
    let order = ascending(p)?;
    let mut adjusted = vec![0.0; p.len()];
    let mut largest = 0.0f64;
    for (rank, &i) in order.iter().enumerate() {
        largest = largest.max((p.len() - rank) as f64 * p[i]).min(1.0);
        adjusted[i] = largest;
    }
    Ok(adjusted)
}

/// Hochberg's adjusted p: `min over k >= i of (m - k + 1) p_(k)`, at most 1. Controls the familywise error of
/// tests that are independent or positively dependent; rejects what Holm rejects and sometimes more.
///
/// # Errors
/// As [`holm`].
///
/// # References
/// Hochberg (1988), Biometrika 75, 800-802.
pub fn hochberg(p: &[f64]) -> Result<Vec<f64>, ImpactError> {
    let order = ascending(p)?;
    let mut adjusted = vec![0.0; p.len()];
    let mut smallest = 1.0f64;
    for (rank, &i) in order.iter().enumerate().rev() {
        smallest = smallest.min((p.len() - rank) as f64 * p[i]);
        adjusted[i] = smallest;
    }
    Ok(adjusted)
}

/// Benjamini-Hochberg adjusted p: `min over k >= i of m p_(k) / k`, at most 1. Controls the false
/// discovery rate.
///
/// # Errors
/// As [`holm`].
///
/// # References
/// Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300.
pub fn benjamini_hochberg(p: &[f64]) -> Result<Vec<f64>, ImpactError> {
    let order = ascending(p)?;
    let m = p.len() as f64;
    let mut adjusted = vec![0.0; p.len()];
    let mut smallest = 1.0f64;
    for (rank, &i) in order.iter().enumerate().rev() {
        smallest = smallest.min(m * p[i] / (rank + 1) as f64);
        adjusted[i] = smallest;
    }
    Ok(adjusted)
}

fn ascending(p: &[f64]) -> Result<Vec<usize>, ImpactError> {
    if let Some(&value) = p.iter().find(|v| !(0.0..=1.0).contains(*v)) {
        return Err(NumError::OutOfRange { name: "p", value }.into());
    }
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjusts_in_the_given_order() {
        let p = [0.04, 0.01, 0.03];
        let near = |a: Vec<f64>, b: [f64; 3]| a.iter().zip(b).all(|(x, y)| (x - y).abs() < 1e-15);
        assert!(near(holm(&p).unwrap(), [0.06, 0.03, 0.06]));
        assert!(near(hochberg(&p).unwrap(), [0.04, 0.03, 0.04]));
        assert!(near(benjamini_hochberg(&p).unwrap(), [0.04, 0.03, 0.04]));
        assert!(holm(&[f64::NAN]).is_err());
        assert_eq!(holm(&[]).unwrap(), Vec::<f64>::new());
    }
}
