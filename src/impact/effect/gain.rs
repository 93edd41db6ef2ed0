//! Normalised gain, a customary number that is shown in a panel of its own and never as a headline.

use crate::impact::cluster_mean::test_student_mean;
use crate::impact::{CoefTest, ImpactError};
use crate::num::{NumError, moments};

/// Hake's bands of normalised gain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GainBand {
    /// Below .3.
    Low,
    /// .3 to below .7.
    Medium,
    /// .7 and above.
    High,
}

impl GainBand {
    /// Band of the unrounded gain.
    pub fn of(gain: f64) -> Self {
        match gain {
            g if g < 0.3 => GainBand::Low,
            g if g < 0.7 => GainBand::Medium,
            _ => GainBand::High,
        }
    }
}

/// Normalised gain of linked students.
#[derive(Debug, Clone, PartialEq)]
pub struct NormalisedGain {
    /// `<g>` = (mean post - mean pre) / (max - mean pre), with a cluster-robust error where schools allow it.
    pub class_average: f64,
    /// Test of `<g>` against 0 with schools as clusters; `None` below two schools or without spread.
    pub test: Option<CoefTest>,
    /// Band of the class average, as Hake meant it.
    pub band: GainBand,
    /// Mean of the students' own (post - pre) / (max - pre); another number than `<g>`.
    pub mean_individual: Option<f64>,
    /// Students whose own gain falls into the low, medium and high band.
    pub individual_bands: [usize; 3],
    /// Mean normalised change (losses divided by pre); `None` when nobody has one.
    pub mean_change: Option<f64>,
    /// Students at the maximum before, who have no individual gain.
    pub excluded_at_maximum: usize,
    /// Students at 0 or at the maximum both times, who have no normalised change.
    pub excluded_from_change: usize,
    /// Students.
    pub n: usize,
}

/// Normalised gain against the maximum score; all slices have one entry per linked student.
///
/// ```text
/// `<g>` = (sum post - sum pre) / (N max - sum pre),   g_i = (post_i - pre_i) / (max - pre_i)
/// c_i = gain / (max - pre) for gains, loss / pre for losses, 0 when equal
/// ```
///
/// # Errors
/// `OutOfRange` for scores outside 0..=max, `NoVariation` when all students start at the maximum, `TooFew`
/// without students, `LengthMismatch`, `NotFinite`.
///
/// # References
/// Hake (1998), American Journal of Physics 66, 64-74. Marx & Cummings (2007), American Journal of Physics 75,
/// 87-91 (normalised change).
pub fn normalised_gain(
    pre: &[f64],
    post: &[f64],
    cluster: &[usize],
    max: f64,
    alpha: f64,
) -> Result<NormalisedGain, ImpactError> {
    moments::check_same_length(pre.len(), post.len())?;
    moments::check_same_length(pre.len(), cluster.len())?;
    moments::check_values(pre, 1)?;
    moments::check_values(post, 1)?;
    if let Some(&value) = pre.iter().chain(post).find(|v| !(**v >= 0.0 && **v <= max)) {
        return Err(NumError::OutOfRange { name: "score", value }.into());
    }
    let n = pre.len();
    let open = max - moments::mean(pre)?;
    if open <= 1e-12 * max {
        return Err(ImpactError::NoVariation);
    }
    let class_average = (moments::mean(post)? - moments::mean(pre)?) / open;
    // `<g>` is a ratio of means; its linearised values have mean `<g>` and carry the school structure.
    let linear: Vec<f64> = pre
        .iter()
        .zip(post)
        .map(|(a, b)| class_average + ((b - a) - class_average * (max - a)) / open)
        .collect();
    let own: Vec<f64> =
        pre.iter().zip(post).filter(|(a, _)| **a < max).map(|(a, b)| (b - a) / (max - a)).collect();
    let change: Vec<f64> = pre.iter().zip(post).filter_map(|(a, b)| normalised_change(*a, *b, max)).collect();
    let in_band = |band: GainBand| own.iter().filter(|g| GainBand::of(**g) == band).count();
    Ok(NormalisedGain {
        class_average,
        test: test_student_mean(&linear, cluster, alpha).ok(),
        band: GainBand::of(class_average),
        mean_individual: moments::mean(&own).ok(),
        individual_bands: [in_band(GainBand::Low), in_band(GainBand::Medium), in_band(GainBand::High)],
        mean_change: moments::mean(&change).ok(),
        excluded_at_maximum: n - own.len(),
        excluded_from_change: n - change.len(),
        n,
    })
}

fn normalised_change(pre: f64, post: f64, max: f64) -> Option<f64> {
    if post > pre {
        Some((post - pre) / (max - pre))
    } else if post < pre {
        Some((post - pre) / pre)
    } else if pre == 0.0 || pre == max {
        None
    } else {
        Some(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::close;

    #[test]
    fn two_definitions_differ() {
        let pre = [20.0, 80.0, 100.0, 50.0, 0.0];
        let post = [60.0, 70.0, 100.0, 50.0, 0.0];
        let found = normalised_gain(&pre, &post, &[1, 1, 2, 2, 3], 100.0, 0.05).unwrap();
        close(found.class_average, 6.0 / 50.0, 1e-15);
        // .5, -.5, none, 0, 0
        close(found.mean_individual.unwrap(), 0.0, 1e-15);
        assert_eq!((found.excluded_at_maximum, found.excluded_from_change), (1, 2));
        close(found.mean_change.unwrap(), (0.5 - 0.125) / 3.0, 1e-15);
        assert_eq!(found.individual_bands, [3, 1, 0]);
        assert_eq!((found.band, GainBand::of(0.7)), (GainBand::Low, GainBand::High));
        close(found.test.unwrap().estimate, 0.12, 1e-14);
    }

    #[test]
    fn named_outcomes() {
        assert_eq!(
            normalised_gain(&[10.0; 3], &[10.0; 3], &[1, 2, 3], 10.0, 0.05),
            Err(ImpactError::NoVariation)
        );
        assert!(normalised_gain(&[11.0], &[1.0], &[1], 10.0, 0.05).is_err());
        assert!(normalised_gain(&[], &[], &[], 10.0, 0.05).is_err());
        assert_eq!(normalised_gain(&[1.0], &[2.0], &[1], 10.0, 0.05).unwrap().test, None);
    }
}
