//! How large a difference between groups is, in logits and in points.

use super::super::fit::Estimate;
use super::super::params::Natural;
use super::super::{ItemCurve, stderr};

/// An item in a focal group against the reference group.
///
/// With `E_R`, `E_F` the expected points under the two sets of parameters and `f` the fitted normal
/// distribution of ability in the focal group:
///
/// ```text
/// difference            b_F - b_R, b the location (mean of the steps)
/// signed area           integral of E_R - E_F = m (b_F - b_R)
/// expected difference   integral of (E_F - E_R) f
/// absolute difference   integral of |E_F - E_R| f
/// ESSD                  expected difference / sqrt((var_f E_F + var_f E_R) / 2)
/// ```
///
/// A positive `difference` and a negative `expected_difference` both say: harder for the focal group than
/// for equally able persons of the reference group.
///
/// # References
/// Raju (1988), Psychometrika 53, 495-502 (areas). Meade (2010), doi:10.1037/a0018966 (SIDS, UIDS, ESSD).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DifContrast {
    /// Focal group.
    pub group: usize,
    /// Difference in difficulty, logits; `None` when the lowest or highest points do not occur in a group.
    pub difference: Option<f64>,
    /// Its standard error.
    pub difference_se: Option<f64>,
    /// Difference of the slopes, where they are free.
    pub slope_difference: Option<f64>,
    /// Its standard error.
    pub slope_difference_se: Option<f64>,
    /// Signed area between the curves, points x logits.
    pub signed_area: Option<f64>,
    /// Mean difference in expected points over the focal group (SIDS).
    pub expected_difference: f64,
    /// Mean absolute difference in expected points over the focal group (UIDS); larger than the size of
    /// the former when the curves cross.
    pub absolute_difference: f64,
    /// Expected score standardised difference; `None` when the expected points do not vary.
    pub essd: Option<f64>,
}

/// Standard deviations covered, and nodes over them; the curves are smooth at the scale of a tenth of a
/// standard deviation.
const REACH: f64 = 6.0;
const NODES: i32 = 121;

/// The contrast of two columns of an estimate; `None` when one of them is not in the fit.
pub(super) fn contrast(
    estimate: &Estimate,
    group: usize,
    reference: usize,
    focal: usize,
    mean: f64,
    sd: f64,
) -> Option<DifContrast> {
    let items = &estimate.fitted.items;
    let (r, f) = (&items[reference].as_ref()?.curve, &items[focal].as_ref()?.curve);
    let covariance = estimate.fitted.covariance.as_ref();
    let naturals = |column: usize| estimate.map.naturals[column].as_slice();
    let se = |terms: Option<Vec<(usize, f64)>>| {
        covariance.zip(terms).filter(|(_, t)| !t.is_empty()).map(|(v, t)| stderr::standard_error(v, &t))
    };
    let difference = f.location().zip(r.location()).map(|(f, r)| f - r);
    let location_terms =
        location_terms(naturals(focal), f, 1.0).zip(location_terms(naturals(reference), r, -1.0));
    let slope_terms: Vec<(usize, f64)> =
        scaled(&naturals(focal)[0], 1.0).chain(scaled(&naturals(reference)[0], -1.0)).collect();
    let free_slopes = !slope_terms.is_empty();
    let differences = Differences::over(r, f, mean, sd);
    Some(DifContrast {
        group,
        difference,
        difference_se: se(location_terms.map(|(a, b)| [a, b].concat())),
        slope_difference: free_slopes.then_some(f.slope - r.slope),
        slope_difference_se: se(free_slopes.then_some(slope_terms)),
        signed_area: difference.map(|d| d * f.max() as f64),
        expected_difference: differences.signed,
        absolute_difference: differences.absolute,
        essd: differences.essd(),
    })
}

fn scaled(natural: &Natural, factor: f64) -> impl Iterator<Item = (usize, f64)> + '_ {
    natural.terms.iter().map(move |(f, c)| (*f, c * factor))
}

/// Derivatives of the location `b = -(c_m - c_0) / (a m)`, times `sign`.
fn location_terms(naturals: &[Natural], curve: &ItemCurve, sign: f64) -> Option<Vec<(usize, f64)>> {
    let (b, a, m) = (curve.location()?, curve.slope, curve.max());
    let scale = sign / (a * m as f64);
    let parts = [(0, -sign * b / a), (1, scale), (1 + m, -scale)];
    Some(parts.into_iter().flat_map(|(n, factor)| scaled(&naturals[n], factor)).collect())
}

/// Moments of the expected points over the focal group.
struct Differences {
    signed: f64,
    absolute: f64,
    pooled_variance: f64,
}

impl Differences {
    fn over(reference: &ItemCurve, focal: &ItemCurve, mean: f64, sd: f64) -> Self {
        let half = (NODES - 1) / 2;
        let (mut total, mut absolute) = (0.0, 0.0);
        let (mut first, mut second) = ([0.0; 2], [0.0; 2]);
        for node in -half..=half {
            let z = REACH * f64::from(node) / f64::from(half);
            let weight = (-0.5 * z * z).exp();
            let theta = mean + sd * z;
            let expected = [focal.moments(theta).mean, reference.moments(theta).mean];
            total += weight;
            absolute += weight * (expected[0] - expected[1]).abs();
            for (i, e) in expected.into_iter().enumerate() {
                first[i] += weight * e;
                second[i] += weight * e * e;
            }
        }
        let variance = |i: usize| (second[i] / total - (first[i] / total).powi(2)).max(0.0);
        Differences {
            signed: (first[0] - first[1]) / total,
            absolute: absolute / total,
            pooled_variance: 0.5 * (variance(0) + variance(1)),
        }
    }

    fn essd(&self) -> Option<f64> {
        let value = self.signed / self.pooled_variance.sqrt();
        value.is_finite().then_some(value)
    }
}
