//! Measurement error in the effect: reliability of gains, reliable change, corrected covariance analysis.

use super::ancova::{AncovaData, ancova};
use super::{Arm, CoefTest, ImpactError};
use crate::num::{NumError, dist, moments};

/// Reliability of the difference post - pre.
///
/// ```text
/// (S0^2 l0 + S1^2 l1 - 2 r S0 S1) / (S0^2 + S1^2 - 2 r S0 S1)
/// ```
///
/// # Errors
/// `OutOfRange` for reliabilities outside 0..=1 or |r| above 1, `NoVariation` when the difference does not
/// vary.
///
/// # References
/// Lord (1963), in Problems in Measuring Change, 21-38.
pub fn gain_reliability(
    sd_pre: f64,
    sd_post: f64,
    r: f64,
    reliability_pre: f64,
    reliability_post: f64,
) -> Result<f64, ImpactError> {
    check_share("reliability", reliability_pre)?;
    check_share("reliability", reliability_post)?;
    check_share("r", r.abs())?;
    let both = 2.0 * r * sd_pre * sd_post;
    let variance = sd_pre * sd_pre + sd_post * sd_post - both;
    if !(variance > 1e-12 * both.abs()) {
        return Err(ImpactError::NoVariation);
    }
    Ok((sd_pre * sd_pre * reliability_pre + sd_post * sd_post * reliability_post - both) / variance)
}

/// Students whose change exceeds what measurement error alone makes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReliableChange {
    /// z(1 - alpha/2) S0 sqrt(2 (1 - reliability)), in points.
    pub threshold: f64,
    /// Students above it.
    pub improved: usize,
    /// Students below its negative.
    pub declined: usize,
    /// Students in between.
    pub unchanged: usize,
}

/// Counts reliable changes. For the research team; not for the ranking of children.
///
/// # Errors
/// `OutOfRange` for a reliability outside 0..=1 or alpha, `NoVariation` for a constant pretest,
/// `LengthMismatch`, `NotFinite`, `TooFew` below two students.
///
/// # References
/// Jacobson & Truax (1991), Journal of Consulting and Clinical Psychology 59, 12-19.
pub fn reliable_change(
    pre: &[f64],
    post: &[f64],
    reliability: f64,
    alpha: f64,
) -> Result<ReliableChange, ImpactError> {
    moments::check_same_length(pre.len(), post.len())?;
    moments::check_values(post, 2)?;
    check_share("reliability", reliability)?;
    let sd = moments::sd(pre)?;
    if !moments::has_variation(pre) {
        return Err(ImpactError::NoVariation);
    }
    let threshold = dist::t_critical(alpha, f64::INFINITY)? * sd * (2.0 * (1.0 - reliability)).sqrt();
    let change = |i: usize| post[i] - pre[i];
    let improved = (0..pre.len()).filter(|&i| change(i) > threshold).count();
    let declined = (0..pre.len()).filter(|&i| change(i) < -threshold).count();
    Ok(ReliableChange { threshold, improved, declined, unchanged: pre.len() - improved - declined })
}

/// The adjusted difference under an assumed reliability of the pretest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CorrectedAncova {
    /// Reliability of the pretest within arms.
    pub reliability: f64,
    /// Adjusted difference; its error takes the reliability as known.
    pub effect: CoefTest,
}

/// Analysis of covariance with the pretest drawn toward the mean of its arm, for each reliability.
///
/// ```text
/// X* = mean_arm + lambda (X - mean_arm)
/// ```
///
/// Error in the pretest leaves (1 - lambda) beta of the arms' baseline difference in the estimate; this takes
/// it out. Lambda 1 is the plain analysis.
///
/// # Errors
/// As [`ancova`]; `OutOfRange` for a reliability outside (0, 1].
///
/// # References
/// Trochim (1984), Research Design for Program Evaluation, chapter 6. Porter (1967), Educational and
/// Psychological Measurement.
pub fn corrected_ancova(
    data: &AncovaData,
    reliabilities: &[f64],
    alpha: f64,
) -> Result<Vec<CorrectedAncova>, ImpactError> {
    moments::check_same_length(data.pre.len(), data.arm.len())?;
    let mean = |wanted: Arm| {
        let own: Vec<f64> =
            data.pre.iter().zip(data.arm).filter(|(_, a)| **a == wanted).map(|(x, _)| *x).collect();
        moments::mean(&own).map_err(|_| ImpactError::ArmTooSmall { arm: wanted, needed: 1, found: own.len() })
    };
    let (program, comparison) = (mean(Arm::Program)?, mean(Arm::Comparison)?);
    let one = |&reliability: &f64| {
        if !(reliability > 0.0 && reliability <= 1.0) {
            return Err(NumError::OutOfRange { name: "reliability", value: reliability }.into());
        }
        let centre = |arm: &Arm| if *arm == Arm::Program { program } else { comparison };
        let drawn: Vec<f64> = data
            .pre
            .iter()
            .zip(data.arm)
            .map(|(x, arm)| centre(arm) + reliability * (x - centre(arm)))
            .collect();
        let effect = ancova(&AncovaData { pre: &drawn, ..*data }, alpha)?.effect;
        Ok(CorrectedAncova { reliability, effect })
    };
    reliabilities.iter().map(one).collect()
}

fn check_share(name: &'static str, value: f64) -> Result<(), ImpactError> {
    if (0.0..=1.0).contains(&value) { Ok(()) } else { Err(NumError::OutOfRange { name, value }.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::{self, close};

    #[test]
    fn worked_gain_reliability() {
        close(gain_reliability(10.0, 10.0, 0.6, 0.8, 0.8).unwrap(), 0.5, 1e-15);
        assert_eq!(gain_reliability(10.0, 10.0, 1.0, 0.8, 0.8), Err(ImpactError::NoVariation));
        assert!(gain_reliability(10.0, 10.0, 0.6, 1.2, 0.8).is_err());
    }

    #[test]
    fn reliable_changes() {
        let pre = [10.0, 20.0, 30.0, 40.0, 50.0];
        let post = [60.0, 20.0, 29.0, 41.0, 5.0];
        let found = reliable_change(&pre, &post, 0.8, 0.05).unwrap();
        close(found.threshold, 1.959963984540054 * 250f64.sqrt() * 0.4f64.sqrt(), 1e-12);
        assert_eq!((found.improved, found.declined, found.unchanged), (1, 1, 3));
        assert!(reliable_change(&[1.0; 5], &post, 0.8, 0.05).is_err());
        assert!(reliable_change(&pre, &post, f64::NAN, 0.05).is_err());
    }

    /// Without other covariates the correction divides the slope by lambda.
    #[test]
    fn correction_divides_the_slope() {
        let data = golden::data();
        let arms = data.arms();
        let ancova_data =
            AncovaData { post: &data.y, pre: &data.x, arm: &arms, cluster: &data.cluster, covariates: &[] };
        let plain = ancova(&ancova_data, 0.05).unwrap();
        let slope = plain.covariates[0].test.estimate;
        let of = |wanted: Arm, v: &[f64]| {
            let own: Vec<f64> = v.iter().zip(&arms).filter(|(_, a)| **a == wanted).map(|(x, _)| *x).collect();
            moments::mean(&own).unwrap()
        };
        let difference = |v: &[f64]| of(Arm::Program, v) - of(Arm::Comparison, v);
        for found in corrected_ancova(&ancova_data, &[0.6, 0.8, 1.0], 0.05).unwrap() {
            let expected = difference(&data.y) - slope / found.reliability * difference(&data.x);
            close(found.effect.estimate, expected, 1e-10);
        }
        assert!(corrected_ancova(&ancova_data, &[0.0], 0.05).is_err());
    }
}
