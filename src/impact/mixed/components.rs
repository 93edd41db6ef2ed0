//! Intervals of variances and the intraclass correlation.

use super::MixedError;
use super::fit::FittedMixed;
use super::search::Search;
use super::terms::ComponentKind;
use crate::num::{Interval, dist, root};

/// The profile's upper end is looked for up to this many doublings of the estimate.
const DOUBLINGS: usize = 60;

/// A variance at zero is looked for from this share of the total variance upwards.
const FIRST_SHARE: f64 = 0.01;

/// Share of the total variance below which a lower limit counts as zero.
const LOWEST_SHARE: f64 = 1e-9;

/// A profile interval of a variance with Wald's beside it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ComponentInterval {
    /// The estimate.
    pub estimate: f64,
    /// All values that the likelihood ratio test does not reject; the lower limit may be 0.
    pub profile: Interval,
    /// `estimate * exp(-/+ z se / estimate)`; `None` for a variance at zero.
    pub wald: Option<Interval>,
}

/// The share of the variance that lies between schools.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Icc {
    /// Variance of the school's intercepts over the sum of all variances.
    pub estimate: f64,
    /// Standard error by the delta method; `None` when the school's variance is zero.
    pub se: Option<f64>,
    /// Interval on the logit scale, so that it stays between 0 and 1.
    pub ci: Option<Interval>,
}

impl FittedMixed {
    /// Profile and Wald intervals of a variance that stands alone or is the residual.
    ///
    /// The profile holds the variance at a value, maximises over the others, and keeps the values whose
    /// -2 log likelihood (REML with REML) lies within the chi-square quantile of 1 df.
    ///
    /// # Errors
    /// `UnknownTerm` for a name that is no single variance (members of an intercept-slope pair have no profile
    /// here), `Impact` with `OutOfRange` for alpha, `NotConverged`.
    ///
    /// # References
    /// Bates et al. (2015), doi 10.18637/jss.v067.i01, section 5.1.
    pub fn component_interval(&self, name: &str, alpha: f64) -> Result<ComponentInterval, MixedError> {
        let unknown = || MixedError::UnknownTerm { name: name.to_owned() };
        let alone = |q: &super::terms::Parameter| q.name == name && !q.paired;
        let place = self.parameters.iter().position(alone).ok_or_else(unknown)?;
        let limit = dist::chi2_quantile(1.0 - alpha, 1.0)?;
        let estimate = self.optimum.phi[place];
        let total: f64 = self.optimum.phi.iter().sum::<f64>().max(estimate);
        let rise = |value: f64| self.profile(place, value).map(|v| v - self.optimum.criterion.value - limit);
        let low = self.lower_end(place, total, &rise)?;
        let high = upper_end(estimate, total, &rise)?;
        let z = dist::normal_quantile(1.0 - alpha / 2.0)?;
        let around = |se: f64| {
            let half = (z * se / estimate).exp();
            Interval { low: estimate / half, high: estimate * half }
        };
        let wald = self.components[place].se.map(around);
        Ok(ComponentInterval { estimate, profile: Interval { low, high }, wald })
    }

    /// Halves the estimate until the profile rises above the limit. The residual variance is never held at zero,
    /// where V has no inverse.
    fn lower_end(
        &self,
        place: usize,
        total: f64,
        rise: &impl Fn(f64) -> Result<f64, MixedError>,
    ) -> Result<f64, MixedError> {
        let estimate = self.optimum.phi[place];
        let may_be_zero = self.parameters[place].kind != ComponentKind::Residual;
        if estimate <= LOWEST_SHARE * total || (may_be_zero && rise(0.0)? <= 0.0) {
            return Ok(0.0);
        }
        let mut low = estimate / 2.0;
        while rise(low)? < 0.0 {
            if low < LOWEST_SHARE * total {
                return Ok(0.0);
            }
            low /= 2.0;
        }
        root_of(low, 2.0 * low, rise)
    }

    /// -2 log likelihood with one variance held.
    fn profile(&self, place: usize, value: f64) -> Result<f64, MixedError> {
        let search = Search {
            blocks: &self.blocks,
            parameters: &self.parameters,
            likelihood: self.likelihood,
            held: Some(place),
        };
        let mut start = self.optimum.psi.clone();
        start[place] = value;
        Ok(search.run(&start)?.criterion.value)
    }

    /// The intraclass correlation of a model whose only terms are intercepts: school's variance over the total.
    ///
    /// # Errors
    /// `UnknownTerm` without a school intercept, or with slopes (the share then depends on the covariate).
    pub fn icc(&self, alpha: f64) -> Result<Icc, MixedError> {
        let unknown = || MixedError::UnknownTerm { name: super::SCHOOL.to_owned() };
        if self.parameters.iter().any(|q| q.kind == ComponentKind::Slope) {
            return Err(unknown());
        }
        let place =
            self.parameters.iter().position(|q| q.kind == ComponentKind::School).ok_or_else(unknown)?;
        let phi = &self.optimum.phi;
        let total: f64 = phi.iter().sum();
        let estimate = phi[place] / total;
        let covariance = self.optimum.covariance_of_phi(&self.optimum.observed, &self.parameters);
        let Some(covariance) = covariance.filter(|_| phi[place] > 0.0) else {
            return Ok(Icc { estimate, se: None, ci: None });
        };
        let slope: Vec<f64> =
            (0..phi.len()).map(|r| (f64::from(u8::from(r == place)) - estimate) / total).collect();
        let se = super::dense::form(&covariance, &slope, &slope).sqrt();
        let z = dist::normal_quantile(1.0 - alpha / 2.0)?;
        let centre = (estimate / (1.0 - estimate)).ln();
        let half = z * se / (estimate * (1.0 - estimate));
        let back = |logit: f64| 1.0 / (1.0 + (-logit).exp());
        let ci = Interval { low: back(centre - half), high: back(centre + half) };
        Ok(Icc { estimate, se: Some(se), ci: Some(ci) })
    }
}

/// Doubles the estimate until the profile rises above the limit.
fn upper_end(
    estimate: f64,
    total: f64,
    rise: &impl Fn(f64) -> Result<f64, MixedError>,
) -> Result<f64, MixedError> {
    let mut top = 2.0 * estimate.max(FIRST_SHARE * total);
    for _ in 0..DOUBLINGS {
        if rise(top)? >= 0.0 {
            return root_of(estimate, top, rise);
        }
        top *= 2.0;
    }
    Err(MixedError::NotConverged { iterations: DOUBLINGS })
}

/// A root between two values of a function that may fail.
fn root_of(low: f64, high: f64, f: &impl Fn(f64) -> Result<f64, MixedError>) -> Result<f64, MixedError> {
    Ok(root::find_root(low, high, |x| f(x).unwrap_or(f64::NAN))?)
}
