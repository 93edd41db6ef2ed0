//! Subgroups: first whether the change differs between the groups, then the change within each.
//!
//! [`split`] says which person is in which group, [`cells`] which groups may be shown, [`interaction`] tests
//! the difference. Exploratory unless the study declares otherwise.

mod cells;
mod interaction;
mod notices;
mod split;

use super::{Sample, estimate};
use crate::analysis::findings::{Method, SubgroupChange, SubgroupFindings};
use crate::analysis::frame::Linked;
use crate::analysis::plan::FEW_SCHOOLS;
use split::Split;

/// Changes by subgroup. Groups smaller than the smallest cell are left out.
pub(super) fn all(sample: &Sample<'_>) -> Vec<SubgroupFindings> {
    split::all(sample).iter().map(|split| of(sample, split)).collect()
}

fn of(sample: &Sample<'_>, split: &Split) -> SubgroupFindings {
    let shown = cells::shown(sample, split);
    let of_schools = interaction::is_of_schools(sample, split);
    let mut findings = SubgroupFindings {
        id: split.id.clone(),
        label: split.label.clone(),
        declared: split.declared,
        of_schools,
        suppressed: shown.suppressed,
        withheld: shown.withheld,
        ..SubgroupFindings::default()
    };
    findings.interaction = interaction::test(sample, split, &shown.groups, &mut findings.notices);
    for &group in &shown.groups {
        let members =
            sample.linked.subset(sample.measured.roster, |row| split.membership[row] == Some(group));
        match estimate::by(method(sample, &members, of_schools), sample, &members) {
            Ok(estimate) => {
                findings.groups.push(SubgroupChange { label: split.names[group].clone(), estimate });
            }
            Err(_) => findings.notices.push(notices::no_change(&split.names[group])),
        }
    }
    for notice in &mut findings.notices {
        notice.about.clone_from(&split.id);
    }
    findings
}

/// Persons weigh alike where the interaction is one of persons, so that the changes within two groups differ
/// by its estimate; schools where it is one of schools.
fn method(sample: &Sample<'_>, members: &Linked, of_schools: bool) -> Method {
    let few = members.clusters().is_some_and(|schools| schools < FEW_SCHOOLS);
    match (sample.compares(), members.cluster.is_some(), of_schools) {
        (true, false, _) => Method::DidWelch,
        (false, false, _) => Method::PairedT,
        (true, true, _) if few => Method::SchoolPermutation,
        (false, true, _) if few => Method::SignFlip,
        (true, true, true) => Method::DidClusterCr2,
        (true, true, false) => Method::DidStudentCr2,
        (false, true, true) => Method::ClusterMeanT,
        (false, true, false) => Method::StudentCr2,
    }
}
