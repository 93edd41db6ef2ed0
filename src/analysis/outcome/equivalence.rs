//! The primary estimate against the smallest effect of interest.

use std::collections::BTreeMap;

use super::{Sample, effects};
use crate::analysis::findings::{EquivalenceFindings, EquivalenceVerdict, EstimateFindings};
use crate::analysis::frame::Linked;
use crate::impact::equivalence::equivalence_test;
use crate::num::moments;

/// Two one-sided tests of the primary estimate; none where the study declares no smallest effect of interest or
/// the estimate has no standard error (permutation tests).
pub(super) fn of(sample: &Sample<'_>, estimates: &[EstimateFindings]) -> Option<EquivalenceFindings> {
    let margin_sd = sample.study.study.analysis.smallest_effect_of_interest?;
    let primary = estimates.iter().find(|estimate| estimate.primary)?;
    let sd = pooled_sd(sample.linked)?;
    let test = equivalence_test(&effects::as_test(primary)?, margin_sd * sd, sample.alpha()).ok()?;
    let beyond = test.ci.low > test.margin || test.ci.high < -test.margin;
    Some(EquivalenceFindings {
        method: primary.method,
        margin_sd,
        margin: test.margin,
        sd,
        p_lower: test.p_above_low,
        p_upper: test.p_below_high,
        p: test.p,
        df: primary.df?,
        n: primary.n,
        clusters: primary.clusters,
        level: 1.0 - 2.0 * sample.alpha(),
        ci: [test.ci.low, test.ci.high],
        verdict: match (test.equivalent, beyond) {
            (true, _) => EquivalenceVerdict::Equivalent,
            (_, true) => EquivalenceVerdict::LargerThanMargin,
            _ => EquivalenceVerdict::Inconclusive,
        },
    })
}

/// SD of the first scores within arms: a difference between the arms at the start is no spread of students.
fn pooled_sd(linked: &Linked) -> Option<f64> {
    let mut arms: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for (before, arm) in linked.before.iter().zip(&linked.arm) {
        arms.entry(*arm).or_default().push(*before);
    }
    let (mut squares, mut df) = (0.0, 0.0);
    for scores in arms.values().filter(|scores| scores.len() > 1) {
        let own = (scores.len() - 1) as f64;
        squares += own * moments::variance(scores).ok()?;
        df += own;
    }
    let sd = (squares / df).sqrt();
    (sd > 0.0 && sd.is_finite()).then_some(sd)
}
