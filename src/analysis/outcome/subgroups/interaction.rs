//! Whether the change, or the difference between the arms, is the same in all groups.

use super::{Split, notices};
use crate::analysis::findings::{InteractionFindings, InteractionMethod, Method, Notice};
use crate::analysis::frame::Linked;
use crate::analysis::notices as common;
use crate::analysis::outcome::{Sample, estimate};
use crate::analysis::plan::FEW_SCHOOLS;
use crate::impact::ImpactError;
use crate::impact::moderation::{
    AdjustedModel, GroupedChanges, GroupedScores, Interaction, compare_adjusted_groups,
    compare_cluster_groups, compare_groups,
};
use crate::study::Correction;

/// Fewest schools of a cell: with two, its spread would be that of a single difference.
const FEWEST_PER_CELL: usize = 3;

/// Degrees of freedom below which a test is called unreliable (standards 5.1).
const FEW_DEGREES: f64 = 4.0;

/// Whether every school stands in one group only.
pub(super) fn is_of_schools(sample: &Sample<'_>, split: &Split) -> bool {
    let Some(cluster) = &sample.linked.cluster else { return false };
    let mut own: Vec<Option<usize>> = vec![None; sample.linked.schools.len()];
    cluster.iter().zip(&split.membership).all(|(school, group)| match (own[*school], group) {
        (None, group) => {
            own[*school] = *group;
            true
        }
        (Some(known), group) => group.is_none_or(|group| group == known),
    })
}

/// Tests the groups that may be shown against each other; what is refused is said in a notice.
pub(super) fn test(
    sample: &Sample<'_>,
    split: &Split,
    shown: &[usize],
    said: &mut Vec<Notice>,
) -> Option<InteractionFindings> {
    if split.of_baseline {
        said.push(notices::regression_to_the_mean(sample.compares()));
    }
    if shown.len() < 2 {
        said.push(notices::nothing_to_compare());
        return None;
    }
    // Without a comparison, regression to the mean alone makes the thirds differ: there is no null to test.
    if split.of_baseline && !sample.compares() {
        return None;
    }
    let place = |row: usize| split.membership[row].and_then(|group| shown.iter().position(|g| *g == group));
    let members = sample.linked.subset(sample.measured.roster, |row| place(row).is_some());
    let group: Vec<usize> = (0..sample.linked.len()).filter_map(place).collect();
    let (change, roles) = (members.changes(), sample.roles(&members));
    let alone: Vec<usize> = (0..members.len()).collect();
    let data = GroupedChanges {
        change: &change,
        group: &group,
        arm: sample.compares().then_some(roles.as_slice()),
        cluster: members.cluster.as_deref().unwrap_or(&alone),
    };
    if let Some(refusal) = refusal(&members, &data) {
        said.push(refusal);
        return None;
    }
    let (method, found) = match adjusted(sample) {
        Some(model) => adjusted_test(sample, &members, &group, model),
        None => test_of_changes(sample, &members, data),
    };
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            said.push(notices::no_interaction(&error));
            return None;
        }
    };
    let names = shown.iter().map(|group| split.names[*group].clone()).collect();
    let estimand = match (sample.compares(), adjusted(sample)) {
        (true, Some(_)) => "difference_of_adjusted_differences",
        (true, None) => "difference_of_differences",
        (false, _) => "difference_between_groups",
    };
    let findings = InteractionFindings {
        method,
        estimand: estimand.to_owned(),
        groups: names,
        clusters: members.clusters(),
        ..told(found)
    };
    if findings.df < FEW_DEGREES {
        said.push(common::few_degrees(findings.df));
    }
    Some(findings)
}

type Tested = (InteractionMethod, Result<Interaction, ImpactError>);

/// The groups' changes, or differences between the arms in their change.
fn test_of_changes(sample: &Sample<'_>, members: &Linked, data: GroupedChanges<'_>) -> Tested {
    match members.cluster.is_some() {
        false => (InteractionMethod::PersonsHc2, compare_groups(data, sample.alpha())),
        // A school that holds both arms has no change of its own that schools could be compared by.
        true if data.is_cluster_level() && !sample.arms_share_schools(members) => {
            (InteractionMethod::SchoolsHc2, compare_cluster_groups(data, sample.alpha()))
        }
        true => (InteractionMethod::PersonsCr2, compare_groups(data, sample.alpha())),
    }
}

/// The model behind the primary estimate where that adjusts for the first score, as where the arms were drawn by lot:
/// the interaction is one of the same quantity.
fn adjusted(sample: &Sample<'_>) -> Option<AdjustedModel> {
    match estimate::primary_here(sample, &mut Vec::new()) {
        Method::AncovaWorking => Some(AdjustedModel::RandomIntercept),
        Method::AncovaWithin => Some(AdjustedModel::WithinClusters),
        Method::AncovaCr2 | Method::AncovaOls => Some(AdjustedModel::Plain),
        _ => None,
    }
}

fn adjusted_test(sample: &Sample<'_>, members: &Linked, group: &[usize], model: AdjustedModel) -> Tested {
    let method = match (members.cluster.is_some(), model) {
        (false, _) => InteractionMethod::AdjustedHc2,
        (true, AdjustedModel::WithinClusters) => InteractionMethod::AdjustedWithin,
        (true, _) => InteractionMethod::AdjustedWorking,
    };
    let alone: Vec<usize> = (0..members.len()).collect();
    let (arm, strata) = (sample.roles(members), sample.strata_columns(members));
    let data = GroupedScores {
        after: &members.after,
        before: &members.before,
        group,
        arm: &arm,
        cluster: members.cluster.as_deref().unwrap_or(&alone),
        strata: &strata,
    };
    (method, compare_adjusted_groups(data, model, sample.alpha()))
}

fn refusal(members: &Linked, data: &GroupedChanges<'_>) -> Option<Notice> {
    let schools = members.clusters()?;
    if schools < FEW_SCHOOLS {
        return Some(notices::few_schools(schools, FEW_SCHOOLS));
    }
    let fewest = data.clusters_per_cell().into_iter().min()?;
    (fewest < FEWEST_PER_CELL).then(|| notices::few_schools_in_a_cell(fewest, FEWEST_PER_CELL))
}

/// The numbers of a test; names and schools are the caller's.
fn told(found: Interaction) -> InteractionFindings {
    let blank = InteractionFindings {
        method: InteractionMethod::PersonsCr2,
        estimand: String::new(),
        groups: Vec::new(),
        estimate: None,
        se: None,
        ci: None,
        statistic: 0.0,
        contrasts: 1.0,
        df: 0.0,
        p: 1.0,
        adjusted: None,
        correction: Correction::BenjaminiHochberg,
        tests: 1,
        n: 0,
        clusters: None,
    };
    match found {
        Interaction::One(test) => InteractionFindings {
            estimate: Some(test.estimate),
            se: Some(test.se),
            ci: Some([test.ci.low, test.ci.high]),
            statistic: test.t,
            df: test.df,
            p: test.p,
            n: test.n,
            ..blank
        },
        Interaction::Several(test) => InteractionFindings {
            statistic: test.f,
            contrasts: test.df1,
            df: test.df2,
            p: test.p,
            n: test.n,
            ..blank
        },
    }
}
