//! Those who were lost against those who stayed, as they were before the programme.

use std::collections::BTreeMap;

use super::baseline::group_score;
use super::characteristic::Characteristic;
use super::people::People;
use crate::analysis::Material;
use crate::analysis::findings::{BalanceSize, BaselineSubject, LostRow};
use crate::i18n::Text;
use crate::impact::balance::{binary_row, measured_row};
use crate::impact::icc::anova_icc;
use crate::impact::{Arm, did, effect};

/// The rows on the first scores of an outcome, one per arm.
pub(super) fn scores(material: Material<'_>, people: &People<'_>, outcome: &str) -> Vec<LostRow> {
    let subject =
        BaselineSubject { outcome: outcome.to_owned(), covariate: None, label: Text::default(), value: None };
    let value = |place: usize| people.first(place);
    rows(material, people, &Compared { subject, size: BalanceSize::HedgesG, value: &value })
}

/// The rows on a characteristic, one per arm.
pub(super) fn covariate(
    material: Material<'_>,
    people: &People<'_>,
    outcome: &str,
    own: &Characteristic,
) -> Vec<LostRow> {
    let value = |place: usize| own.values[place];
    rows(material, people, &Compared { subject: own.subject(outcome), size: own.size, value: &value })
}

/// What is compared.
struct Compared<'a> {
    subject: BaselineSubject,
    size: BalanceSize,
    value: &'a dyn Fn(usize) -> Option<f64>,
}

fn rows(material: Material<'_>, people: &People<'_>, what: &Compared<'_>) -> Vec<LostRow> {
    if !people.compares {
        return row(material, people, what, None).into_iter().collect();
    }
    (0..material.study.study.arms.len()).filter_map(|arm| row(material, people, what, Some(arm))).collect()
}

/// One row; none where either group is smaller than the smallest cell or does not vary.
fn row(
    material: Material<'_>,
    people: &People<'_>,
    what: &Compared<'_>,
    arm: Option<usize>,
) -> Option<LostRow> {
    let rules = &material.study.study.analysis;
    let mut sample = Sample::default();
    for place in people.places().filter(|place| people.first(*place).is_some()) {
        if arm.is_some() && people.arm(place) != arm {
            continue;
        }
        let Some(value) = (what.value)(place) else { continue };
        sample.values.push(value);
        // The kernels name two groups program and comparison; here they are those who stayed and were lost.
        sample.groups.push(if people.stayed(place) { Arm::Program } else { Arm::Comparison });
        sample.schools.push(people.school(place));
    }
    let of = |group: Arm| sample.groups.iter().filter(|own| **own == group).count();
    if of(Arm::Program).min(of(Arm::Comparison)) < rules.smallest_cell {
        return None;
    }
    let found = match what.size {
        BalanceSize::HedgesG => measured_row(&sample.values, &sample.groups, rules.alpha),
        BalanceSize::CoxIndex => binary_row(&sample.values, &sample.groups, rules.alpha),
    }
    .ok()?;
    let interval = sample.interval(what.size, &found.program, &found.comparison, rules.alpha);
    let plain = Interval { ci: Some([found.g.ci.low, found.g.ci.high]), ..Interval::default() };
    let interval = if people.roster().has_schools() { interval } else { plain };
    Some(LostRow {
        subject: what.subject.clone(),
        arm: arm.map_or_else(String::new, |arm| material.study.study.arms[arm].id.clone()),
        size: what.size,
        stayed: group_score(&found.program, what.size),
        lost: group_score(&found.comparison, what.size),
        value: found.g.value,
        ci: interval.ci,
        df: interval.df,
        clusters: interval.clusters,
    })
}

/// Values, groups and schools of the persons compared.
#[derive(Default)]
struct Sample<'a> {
    values: Vec<f64>,
    groups: Vec<Arm>,
    schools: Vec<Option<&'a str>>,
}

#[derive(Default)]
struct Interval {
    ci: Option<[f64; 2]>,
    df: Option<f64>,
    clusters: Option<usize>,
}

impl Sample<'_> {
    /// The interval that respects schools: CR2 of the difference, put into standard deviations. Shares get none.
    fn interval(
        &self,
        size: BalanceSize,
        stayed: &effect::GroupSummary,
        lost: &effect::GroupSummary,
        alpha: f64,
    ) -> Interval {
        let mut numbers: BTreeMap<Option<&str>, usize> = BTreeMap::new();
        for school in &self.schools {
            let next = numbers.len();
            numbers.entry(*school).or_insert(next);
        }
        let cluster: Vec<usize> = self.schools.iter().map(|school| numbers[school]).collect();
        let clusters = Some(numbers.len());
        if size == BalanceSize::CoxIndex {
            return Interval { clusters, ..Interval::default() };
        }
        let sized = || {
            let test = did::did_students(&self.values, &self.groups, &cluster, alpha)?;
            let mut sizes = vec![0usize; numbers.len()];
            cluster.iter().for_each(|school| sizes[*school] += 1);
            let icc = anova_icc(&self.values, &cluster, alpha).map_or(0.0, |icc| icc.value.max(0.0));
            // Both groups sit in the same schools, so the SD needs no repair; its degrees of freedom are fewer.
            let sd = effect::ClusteredSd::plain(effect::clustered_sd(&sizes, icc, 2)?.df);
            let size = effect::did_g(&test, stayed, lost, sd, alpha)?;
            Ok::<_, crate::impact::ImpactError>((test.df, size))
        };
        match sized() {
            Ok((df, size)) => Interval { ci: Some([size.ci.low, size.ci.high]), df: Some(df), clusters },
            Err(_) => Interval { clusters, ..Interval::default() },
        }
    }
}
