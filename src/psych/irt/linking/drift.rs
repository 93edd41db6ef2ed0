//! Do the anchors keep their difficulty from one wave to the next?

use super::super::IrtError;
use crate::num::moments;

/// Difficulty of one common item in two calibrations, both in logits of a scale with the same unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AnchorItem {
    /// Item, as the caller numbers it.
    pub item: usize,
    /// Location in the reference (earlier) wave.
    pub reference: f64,
    /// Location in the new (later) wave.
    pub new: f64,
}

/// When an anchor counts as drifted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DriftOptions {
    /// Largest displacement in logits: 0.5 after Draba and Wright & Douglas; some state programmes 0.3.
    pub displacement: f64,
    /// Largest robust z, 1.645 (Huynh & Meyer 2010).
    pub robust_z: f64,
    /// Largest share of anchors that may be dropped.
    pub most_dropped: f64,
}

impl Default for DriftOptions {
    fn default() -> Self {
        DriftOptions { displacement: 0.5, robust_z: 1.645, most_dropped: 0.2 }
    }
}

/// Why dropping stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DriftStop {
    /// No anchor is left over both limits.
    NoneLeft,
    /// One more would exceed the share that may be dropped.
    ShareReached,
}

/// One anchor's verdict.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AnchorDrift {
    /// Item.
    pub item: usize,
    /// `(new - reference) - shift` with the shift of the anchors kept at the end; positive means the item
    /// became harder relative to them.
    pub displacement: f64,
    /// `(d - median d) / (0.74 IQR)` over all anchors; `None` when the quartiles coincide.
    pub robust_z: Option<f64>,
    /// Position in the order of dropping, from 0; `None` for anchors kept.
    pub dropped: Option<usize>,
}

/// The drift of a set of anchors.
#[derive(Debug, Clone, PartialEq)]
pub struct Drift {
    /// Verdicts in the order given.
    pub anchors: Vec<AnchorDrift>,
    /// Shift `mean(new - reference)` with all anchors: subtract from the new scale.
    pub shift_all: f64,
    /// Shift with the anchors kept.
    pub shift_kept: f64,
    /// Link error with all anchors.
    pub link_error_all: Option<f64>,
    /// Link error with the anchors kept.
    pub link_error_kept: Option<f64>,
    /// Correlation of difficulties (0.95 or more wanted).
    pub correlation: Option<f64>,
    /// Ratio of standard deviations, new over reference (0.9 to 1.1 wanted).
    pub sd_ratio: Option<f64>,
    /// Why dropping stopped.
    pub stop: DriftStop,
}

/// Finds drifted anchors and drops them one at a time, the farthest first, re-estimating the shift each
/// time, because displacements sum to zero and one drifter pushes the others the other way.
///
/// An anchor is dropped when its displacement and its robust z (where there is one) both exceed their
/// limits. At most `most_dropped` of the anchors go, and at least two stay.
///
/// # Errors
/// `NoCommonItems` without anchors, `Num` when a location is not finite.
///
/// # References
/// Wright & Douglas (1976), MESA RM 22; Huynh & Meyer (2010), Practical Assessment, Research &
/// Evaluation 15(2).
pub fn anchor_drift(anchors: &[AnchorItem], options: DriftOptions) -> Result<Drift, IrtError> {
    if anchors.is_empty() {
        return Err(IrtError::NoCommonItems);
    }
    let d: Vec<f64> = anchors.iter().map(|a| a.new - a.reference).collect();
    let shift_all = moments::mean(&d)?;
    let most =
        ((anchors.len() as f64 * options.most_dropped).floor() as usize).min(anchors.len().saturating_sub(2));
    let z = robust_z(&d)?;
    let mut dropped: Vec<Option<usize>> = vec![None; d.len()];
    let mut shift = shift_all;
    let mut count = 0;
    let stop = loop {
        let over = |i: &usize| {
            dropped[*i].is_none()
                && (d[*i] - shift).abs() > options.displacement
                && z[*i].is_none_or(|z| z.abs() > options.robust_z)
        };
        let worst =
            (0..d.len()).filter(over).max_by(|a, b| (d[*a] - shift).abs().total_cmp(&(d[*b] - shift).abs()));
        let Some(worst) = worst else { break DriftStop::NoneLeft };
        if count == most {
            break DriftStop::ShareReached;
        }
        dropped[worst] = Some(count);
        count += 1;
        shift = moments::mean(&kept(&d, &dropped))?;
    };
    let column = |pick: fn(&AnchorItem) -> f64| anchors.iter().map(pick).collect::<Vec<f64>>();
    let (x, y) = (column(|a| a.reference), column(|a| a.new));
    let sd_ratio = moments::sd(&y).ok().zip(moments::sd(&x).ok().filter(|s| *s > 0.0)).map(|(y, x)| y / x);
    Ok(Drift {
        shift_all,
        shift_kept: shift,
        link_error_all: link_error(&d),
        link_error_kept: link_error(&kept(&d, &dropped)),
        correlation: moments::pearson(&x, &y).ok(),
        sd_ratio,
        stop,
        anchors: (0..d.len())
            .map(|i| AnchorDrift {
                item: anchors[i].item,
                displacement: d[i] - shift,
                robust_z: z[i],
                dropped: dropped[i],
            })
            .collect(),
    })
}

fn kept(d: &[f64], dropped: &[Option<usize>]) -> Vec<f64> {
    d.iter().zip(dropped).filter(|(_, out)| out.is_none()).map(|(d, _)| *d).collect()
}

/// 0.74 makes the interquartile range estimate the standard deviation of a normal distribution.
fn robust_z(d: &[f64]) -> Result<Vec<Option<f64>>, IrtError> {
    let quartile = |p: f64| moments::quantile(d, p);
    let (low, middle, high) = (quartile(0.25)?, quartile(0.5)?, quartile(0.75)?);
    let spread = 0.74 * (high - low);
    Ok(d.iter().map(|d| (spread > 1e-12).then(|| (d - middle) / spread)).collect())
}

/// Link error `SD(d) / sqrt(L)` of L anchors with differences d: the uncertainty of the shift that comes
/// from the choice of anchors. `None` with fewer than two.
///
/// # References
/// Monseur & Berezner (2007), Journal of Applied Measurement 8, 323-335 (PISA practice).
pub fn link_error(differences: &[f64]) -> Option<f64> {
    moments::sd(differences).ok().map(|sd| sd / (differences.len() as f64).sqrt())
}

/// Standard error of a gain that rests on a link: `sqrt(se^2 + link^2)`.
pub fn gain_standard_error(sampling: f64, link: f64) -> f64 {
    sampling.hypot(link)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anchors(d: &[f64]) -> Vec<AnchorItem> {
        let at = |(item, d): (usize, &f64)| AnchorItem { item, reference: item as f64, new: item as f64 + d };
        d.iter().enumerate().map(at).collect()
    }

    #[test]
    fn one_drifter_is_found_and_the_shift_recovers() {
        let d = [0.30, 0.34, 0.26, 0.31, 0.29, 0.33, 0.27, 0.30, 0.32, 1.8];
        let drift = anchor_drift(&anchors(&d), DriftOptions::default()).unwrap();
        assert_eq!(drift.anchors[9].dropped, Some(0));
        assert_eq!(drift.stop, DriftStop::NoneLeft);
        assert!((drift.shift_kept - 0.302_222).abs() < 1e-5 && drift.shift_all > 0.45);
        assert!(drift.link_error_kept < drift.link_error_all);
    }

    #[test]
    fn never_more_than_a_fifth() {
        let d = [0.0, 0.01, -0.01, 0.02, 0.0, 0.01, -0.02, 3.0, 4.0, -5.0];
        let drift = anchor_drift(&anchors(&d), DriftOptions::default()).unwrap();
        assert_eq!(drift.anchors.iter().filter(|a| a.dropped.is_some()).count(), 2);
        assert_eq!(drift.stop, DriftStop::ShareReached);
        assert_eq!(anchor_drift(&[], DriftOptions::default()), Err(IrtError::NoCommonItems));
        let one = anchor_drift(&anchors(&[0.4]), DriftOptions::default()).unwrap();
        assert_eq!((one.link_error_all, one.shift_kept), (None, 0.4));
    }
}
