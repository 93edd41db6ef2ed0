//! Expected a posteriori estimates and their reliability.

/// Mean and standard deviation of a person's posterior (EAP).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Posterior {
    /// Posterior mean.
    pub mean: f64,
    /// Posterior standard deviation.
    pub sd: f64,
}

impl Posterior {
    pub(super) fn new(first: f64, second: f64) -> Self {
        Posterior { mean: first, sd: (second - first * first).max(0.0).sqrt() }
    }
}

/// EAP reliability: variance of the means over that plus the mean posterior variance,
///
/// ```text
/// rel = v / (v + mean(sd^2)),   v = weighted variance of the means (divisor N)
/// ```
///
/// the share of the variance of ability that the test explains. `None` without persons or variance.
///
/// # References
/// Adams (2005), Studies in Educational Evaluation 31, 162-172.
pub fn eap_reliability(posterior: &[Option<Posterior>], weights: Option<&[f64]>) -> Option<f64> {
    let weight = |p: usize| weights.map_or(1.0, |w| w[p]);
    let persons = || posterior.iter().enumerate().filter_map(|(p, e)| e.map(|e| (weight(p), e)));
    let total: f64 = persons().map(|(w, _)| w).sum();
    let mean = persons().map(|(w, e)| w * e.mean).sum::<f64>() / total;
    let between = persons().map(|(w, e)| w * (e.mean - mean).powi(2)).sum::<f64>() / total;
    let within = persons().map(|(w, e)| w * e.sd * e.sd).sum::<f64>() / total;
    let reliability = between / (between + within);
    reliability.is_finite().then_some(reliability)
}
