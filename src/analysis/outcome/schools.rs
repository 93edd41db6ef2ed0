//! The change of every school.

use super::Sample;
use crate::analysis::findings::SchoolChange;
use crate::impact::cluster_mean::linked_changes;

/// Mean before, after and change of every school with linked persons, in school order.
pub(super) fn changes(sample: &Sample<'_>) -> Vec<SchoolChange> {
    let linked = sample.linked;
    let Some(cluster) = &linked.cluster else { return Vec::new() };
    let Ok(changes) = linked_changes(&linked.before, &linked.after, cluster, sample.alpha()) else {
        return Vec::new();
    };
    changes
        .iter()
        .map(|change| {
            let school = &linked.schools[change.cluster];
            let mut arms = cluster.iter().zip(&linked.arm).filter(|(own, _)| **own == change.cluster);
            let first = arms.next().map_or(0, |(_, arm)| *arm);
            // A school with persons of both arms has none of its own.
            let has_arm = sample.compares() && arms.all(|(_, arm)| *arm == first);
            let names = &sample.measured.roster.school_names;
            SchoolChange {
                school: school.clone(),
                name: names.get(school).unwrap_or(school).clone(),
                arm: if has_arm { sample.arms[first].to_owned() } else { String::new() },
                n: change.n_pre,
                before: change.mean_pre,
                after: change.mean_post,
                change: change.change,
                ci: change.ci.map(|ci| [ci.low, ci.high]),
            }
        })
        .collect()
}
