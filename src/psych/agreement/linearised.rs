//! The common form of the chance-corrected coefficients for several raters with missing ratings, and their
//! variance over subjects by linearisation.

use super::AgreementOutcome;
use super::ratings::Ratings;
use super::weights::{Weighting, Weights};
use crate::psych::PsychError;

/// What the categories would look like by chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chance {
    /// Gwet: `pe = T / (q (q - 1)) sum pi_k (1 - pi_k)`, T the sum of weights.
    Gwet,
    /// Fleiss: `pe = sum w_kl pi_k pi_l`.
    Fleiss,
}

/// A coefficient and its parts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Linearised {
    pub n: usize,
    pub double: usize,
    pub observed: f64,
    pub expected: f64,
    pub outcome: AgreementOutcome,
}

/// ```text
/// pa = mean over subjects with r_i >= 2 of sum_k r_ik (r*_ik - 1) / (r_i (r_i - 1)),  r*_ik = sum_l w_kl r_il
/// pi_k = mean over subjects of r_ik / r_i
/// v = 1/(n (n-1)) sum (c_i - 2 (1 - c)(pe_i - pe)/(1 - pe) - c)^2
/// ```
///
/// # References
/// Gwet (2008), British Journal of Mathematical and Statistical Psychology 61, 29-48
/// (doi 10.1348/000711006X126600); Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., chapters 2-5.
pub(super) fn linearised(
    ratings: &Ratings,
    weighting: Weighting,
    chance: Chance,
    alpha: f64,
) -> Result<Linearised, PsychError> {
    ratings.check_pairs()?;
    let w = Weights::new(weighting, ratings.values());
    let subjects: Vec<Subject> = ratings.counts_with(1).iter().map(|c| Subject::new(c, &w)).collect();
    let n = subjects.len() as f64;
    let double = subjects.iter().filter(|s| s.agreement.is_some()).count();
    let q = ratings.values().len();
    let pi: Vec<f64> = (0..q).map(|k| subjects.iter().map(|s| s.shares[k]).sum::<f64>() / n).collect();
    let observed = subjects.iter().filter_map(|s| s.agreement).sum::<f64>() / double as f64;
    // pe is linear in these per-category terms once pi is held: its derivative is twice their mean.
    let terms: Vec<f64> = match chance {
        Chance::Fleiss => w.times(&pi),
        Chance::Gwet => {
            let scale = if q > 1 { w.total() / (q * (q - 1)) as f64 } else { 0.0 };
            pi.iter().map(|p| scale * (1.0 - p)).collect()
        }
    };
    let chance_of = |shares: &[f64]| shares.iter().zip(&terms).map(|(s, t)| s * t).sum::<f64>();
    let expected = chance_of(&pi);
    let outcome = if pi.iter().filter(|p| **p > 0.0).count() < 2 {
        AgreementOutcome::NoVariation
    } else if subjects.iter().all(|s| s.agreement.is_none_or(|a| a >= 1.0)) {
        AgreementOutcome::Perfect
    } else {
        let value = (observed - expected) / (1.0 - expected);
        let deviation = |s: &Subject| {
            let own = s.agreement.map_or(0.0, |a| n / double as f64 * (a - expected) / (1.0 - expected));
            own - 2.0 * (1.0 - value) * (chance_of(&s.shares) - expected) / (1.0 - expected) - value
        };
        let squares: f64 = subjects.iter().map(|s| deviation(s).powi(2)).sum();
        AgreementOutcome::estimated(value, (squares / (n * (n - 1.0))).sqrt(), n - 1.0, alpha)?
    };
    Ok(Linearised { n: subjects.len(), double, observed, expected, outcome })
}

struct Subject {
    shares: Vec<f64>,
    agreement: Option<f64>,
}

impl Subject {
    fn new(counts: &[usize], w: &Weights) -> Self {
        let r: Vec<f64> = counts.iter().map(|c| *c as f64).collect();
        let size: f64 = r.iter().sum();
        let pairs: f64 = r.iter().zip(w.times(&r)).map(|(own, weighted)| own * (weighted - 1.0)).sum();
        let shares = r.iter().map(|own| own / size).collect();
        Subject { shares, agreement: (size > 1.0).then(|| pairs / (size * (size - 1.0))) }
    }
}
