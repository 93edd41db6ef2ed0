//! Changes within the groups of the study's subgroup columns; exploratory.

use std::collections::BTreeSet;

use super::{Sample, estimate, same};
use crate::analysis::findings::{Method, SubgroupChange, SubgroupFindings};
use crate::analysis::plan::FEW_SCHOOLS;
use crate::instrument::Respondent;
use crate::study::Covariate;

/// Changes by subgroup. Groups smaller than the smallest cell are left out.
pub(super) fn all(sample: &Sample<'_>) -> Vec<SubgroupFindings> {
    let respondent = sample.measured.roster.respondent;
    sample
        .study
        .study
        .subgroups
        .iter()
        .filter(|column| column.respondent.unwrap_or(Respondent::Student) == respondent)
        .filter_map(|column| within(sample, column))
        .collect()
}

fn within(sample: &Sample<'_>, column: &Covariate) -> Option<SubgroupFindings> {
    let roster = sample.measured.roster;
    let cells = roster.columns.get(&column.column)?;
    let values: BTreeSet<&str> =
        sample.linked.places.iter().filter_map(|place| cells[*place].as_deref()).collect();
    let mut findings = SubgroupFindings { label: column.label.clone(), groups: Vec::new(), suppressed: 0 };
    for value in values {
        let group =
            sample.linked.subset(roster, |row| cells[sample.linked.places[row]].as_deref() == Some(value));
        if group.len() < sample.study.study.analysis.smallest_cell {
            findings.suppressed += 1;
            continue;
        }
        let few = group.clusters().is_some_and(|schools| schools < FEW_SCHOOLS);
        let method = match (sample.compares(), few) {
            (true, true) => Method::SchoolPermutation,
            (false, true) => Method::SignFlip,
            (true, false) if group.cluster.is_none() => Method::DidWelch,
            (false, false) if group.cluster.is_none() => Method::PairedT,
            (true, false) => Method::DidStudentCr2,
            (false, false) => Method::ClusterMeanT,
        };
        match estimate::by(method, sample, &group) {
            Ok(estimate) => findings.groups.push(SubgroupChange {
                label: column.values.get(value).cloned().unwrap_or_else(|| same(value)),
                estimate,
            }),
            // A group without variation or within one arm gives no estimate; it counts as left out.
            Err(_) => findings.suppressed += 1,
        }
    }
    Some(findings)
}
