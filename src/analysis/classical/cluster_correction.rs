//! The independent t as the What Works Clearinghouse corrects one that ignored schools.

use super::Group;
use super::battery::Pair;
use crate::analysis::findings::{ComparedScore, CorrectedT, RhoSource};
use crate::impact::clusters::ClusterIndex;
use crate::impact::effect::wwc_cluster_correction;
use crate::impact::icc::anova_icc_within;

/// What the Clearinghouse takes for the intraclass correlation of achievement where none is known.
const RHO_OF_ACHIEVEMENT: f64 = 0.2;

/// The corrected t of gains and of scores after, with the estimated ICC and with that of convention. The formula is
/// one of schools given to arms; elsewhere there is none.
pub(super) fn all(groups: &[Group<'_>], pair: &Pair, alpha: f64) -> Vec<CorrectedT> {
    let Some(schools) = Schools::of(groups) else { return Vec::new() };
    [ComparedScore::Gain, ComparedScore::Post]
        .into_iter()
        .flat_map(|score| schools.corrected(pair, score, alpha))
        .collect()
}

/// School and arm of every participant, in the order of the groups.
struct Schools {
    cluster: Vec<usize>,
    arm: Vec<usize>,
}

impl Schools {
    fn of(groups: &[Group<'_>]) -> Option<Self> {
        let [one, other] = groups else { return None };
        if one.linked.schools.iter().any(|school| other.linked.schools.contains(school)) {
            return None;
        }
        let (first, second) = (one.linked.cluster.as_ref()?, other.linked.cluster.as_ref()?);
        let mut cluster = first.clone();
        cluster.extend(second.iter().map(|school| school + one.linked.schools.len()));
        let arm = (0..cluster.len()).map(|row| usize::from(row >= first.len())).collect();
        Some(Schools { cluster, arm })
    }

    fn corrected(&self, pair: &Pair, score: ComparedScore, alpha: f64) -> Vec<CorrectedT> {
        let Some((values, test)) = pair.pooled(score, alpha) else { return Vec::new() };
        let sizes = ClusterIndex::new(&self.cluster).sizes();
        let estimated = anova_icc_within(&values, &self.cluster, &self.arm, alpha);
        let estimated = estimated.ok().map(|icc| (icc.value.max(0.0), RhoSource::Estimated));
        let known = [estimated, Some((RHO_OF_ACHIEVEMENT, RhoSource::Convention))];
        let row = |(rho, source)| {
            let found = wwc_cluster_correction(test.t, &sizes, rho).ok()?;
            Some(CorrectedT {
                score,
                rho,
                source,
                factor: found.t_factor,
                t: found.t,
                df: found.df,
                p: found.p,
                n: values.len(),
                clusters: sizes.len(),
            })
        };
        known.into_iter().flatten().filter_map(row).collect()
    }
}
