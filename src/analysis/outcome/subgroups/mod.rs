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

/// The primary method where that adjusts for the first score, as the interaction does. Elsewhere persons weigh alike
/// where the interaction is one of persons, so that the changes within two groups differ by its estimate; schools
/// where it is one of schools. Schools that hold both arms have no change of their own to weigh.
fn method(sample: &Sample<'_>, members: &Linked, of_schools: bool) -> Method {
    let few = members.clusters().is_some_and(|schools| schools < FEW_SCHOOLS);
    let primary = estimate::primary_here(sample, &mut Vec::new());
    match (sample.compares(), members.cluster.is_some(), of_schools) {
        (true, true, _) if few => Method::SchoolPermutation,
        (true, _, _) if primary.is_adjusted() => primary,
        (true, false, _) => Method::DidWelch,
        (false, false, _) => Method::PairedT,
        (false, true, _) if few => Method::SignFlip,
        (true, true, true) if !sample.arms_share_schools(members) => Method::DidClusterCr2,
        (true, true, _) => Method::DidStudentCr2,
        (false, true, true) => Method::ClusterMeanT,
        (false, true, false) => Method::StudentCr2,
    }
}
