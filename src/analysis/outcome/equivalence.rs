//! The primary estimate against the smallest effect of interest.

use super::{Sample, effects};
use crate::analysis::findings::{EquivalenceFindings, EquivalenceVerdict, EstimateFindings};
use crate::impact::equivalence::equivalence_test;

/// Two one-sided tests of the primary estimate; none where the study declares no smallest effect of interest or
/// the estimate has no standard error (permutation tests).
pub(super) fn of(sample: &Sample<'_>, estimates: &[EstimateFindings]) -> Option<EquivalenceFindings> {
    let margin_sd = sample.study.study.analysis.smallest_effect_of_interest?;
    let primary = estimates.iter().find(|estimate| estimate.primary)?;
    let sd = sample.spread()?;
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
