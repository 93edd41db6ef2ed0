//! Waves that meet other students of the same schools: differences between cohorts, school by school.

use std::collections::{BTreeMap, BTreeSet};

use super::{SchoolScores, SchoolSet, notices, school_set};
use crate::analysis::findings::{EffectSize, EstimateFindings, Method, OutcomeFindings, SchoolChange};
use crate::analysis::notices as common;
use crate::analysis::outcome::{Sample, estimate, link};
use crate::analysis::plan::FEW_SCHOOLS;
use crate::impact::did::PROGRAM;
use crate::impact::effect::{GroupSummary, clustered_sd, glass_delta_clustered};
use crate::impact::icc::anova_icc;
use crate::impact::ols::{Design, fit_ols};
use crate::impact::vcov::{Adjustment, cluster_test};
use crate::impact::{CoefTest, ImpactError};
use crate::num::Interval;

/// Fills the findings of an outcome whose waves meet other students: estimates on school means, the same on
/// students with errors by school, schools, effect size. Schools without one of the two waves are named.
pub(in crate::analysis::outcome) fn estimate(sample: &Sample<'_>, findings: &mut OutcomeFindings) {
    let Some([before, after]) = sample.study.study.compared_waves() else { return };
    let set = school_set(sample, &[before, after], &[-1.0, 1.0]);
    findings.notices.extend(notices::left_out(sample, &set));
    let smallest = sample.study.study.analysis.smallest_cell;
    if (1..FEW_SCHOOLS).contains(&set.values.len()) {
        findings.notices.push(common::few_schools(set.values.len(), FEW_SCHOOLS));
    }
    if set.persons < smallest {
        findings.notices.push(notices::few_persons(set.persons, smallest));
    }
    if set.persons < smallest || set.values.len() < 2 {
        return;
    }
    let primary = set.method(sample);
    for method in methods(sample, &set, primary) {
        let found = match method {
            Method::StudentCr2 | Method::DidStudentCr2 => students(sample, &set, method, [before, after]),
            _ => set.test(method, sample),
        };
        match found {
            Ok(found) => {
                let found = match sample.link_error {
                    Some(error) => link::with_error(found, error, sample.alpha()),
                    None => found,
                };
                findings.estimates.push(EstimateFindings { primary: method == primary, ..found });
            }
            Err(why) => {
                findings.notices.push(common::no_estimate(&estimate::name(method), &common::why(&why)));
            }
        }
    }
    findings.schools = schools(sample, &set, [before, after]);
    findings.effect_sizes.extend(size(sample, &findings.estimates, before));
}

fn methods(sample: &Sample<'_>, set: &SchoolSet, primary: Method) -> Vec<Method> {
    let mut methods = vec![primary];
    methods.extend(match (primary, sample.compares()) {
        (Method::SignFlip | Method::SchoolPermutation, _) => Vec::new(),
        (_, false) => vec![Method::StudentCr2, Method::SignFlip],
        (_, true) if set.within => vec![Method::DidStudentCr2, Method::SignFlip],
        (_, true) => vec![Method::DidClusterPooled, Method::DidStudentCr2, Method::SchoolPermutation],
    });
    methods
}

/// Scores of both waves on wave (and arm and their product), errors by school; over the schools of the primary
/// estimate.
fn students(
    sample: &Sample<'_>,
    set: &SchoolSet,
    method: Method,
    waves: [usize; 2],
) -> Result<EstimateFindings, ImpactError> {
    let roster = sample.measured.roster;
    let (mut y, mut cluster, mut wave, mut program) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut persons = BTreeSet::new();
    for (at, index) in waves.into_iter().enumerate() {
        for (place, score) in sample.measured.waves[index].iter().enumerate() {
            let person = &roster.persons[place];
            let school = person.school.as_ref().and_then(|id| set.schools.binary_search(id).ok());
            let (Some(score), Some(school)) = (score, school) else { continue };
            if set.within && person.arm.is_none() {
                continue;
            }
            persons.insert(place);
            y.push(*score);
            cluster.push(school);
            wave.push(at as f64);
            program.push(sample.role(sample.measured.arm_of(sample.study, place)).indicator());
        }
    }
    let both: Vec<f64> = wave.iter().zip(&program).map(|(wave, program)| wave * program).collect();
    let mut design = Design::new(&y, &cluster).with("wave", &wave);
    let mut wanted = "wave";
    if sample.compares() {
        design = design.with(PROGRAM, &program).with("wave x program", &both);
        wanted = "wave x program";
    }
    let fit = fit_ols(&design)?;
    let test = cluster_test(&fit, &fit.contrast(&[(wanted, 1.0)])?, Adjustment::Cr2, sample.alpha())?;
    Ok(estimate::tested(method, &test, persons.len(), test.clusters))
}

/// Means of the schools; of both arms together where a school holds both.
fn schools(sample: &Sample<'_>, set: &SchoolSet, waves: [usize; 2]) -> Vec<SchoolChange> {
    let scores = SchoolScores::gather(sample, &waves);
    let pooled: BTreeMap<&String, [Vec<f64>; 2]> = scores
        .of_school
        .iter()
        .map(|(school, sides)| {
            (school, [0, 1].map(|wave| sides.iter().flat_map(|s| s[wave].clone()).collect()))
        })
        .collect();
    let names = &sample.measured.roster.school_names;
    let mean = |scores: &[f64]| scores.iter().sum::<f64>() / scores.len() as f64;
    let has_arm = sample.compares() && !set.within;
    set.schools
        .iter()
        .enumerate()
        .filter_map(|(row, school)| {
            let [before, after] = pooled.get(school)?;
            Some(SchoolChange {
                school: school.clone(),
                name: names.get(school).unwrap_or(school).clone(),
                arm: if has_arm { sample.arms[set.arm[row]].to_owned() } else { String::new() },
                n: before.len().min(after.len()),
                before: mean(before),
                after: mean(after),
                change: mean(after) - mean(before),
                ci: None,
            })
        })
        .collect()
}

/// The primary difference in standard deviations of the wave before.
fn size(sample: &Sample<'_>, estimates: &[EstimateFindings], before: usize) -> Option<EffectSize> {
    let primary = estimates.iter().find(|estimate| estimate.primary)?;
    let [low, high] = primary.ci?;
    let test = CoefTest {
        estimate: primary.estimate,
        se: primary.se?,
        df: primary.df?,
        t: primary.t?,
        p: primary.p?,
        ci: Interval { low, high },
        n: primary.n,
        clusters: primary.clusters,
    };
    let roster = sample.measured.roster;
    let known = roster.schools();
    let (mut scores, mut cluster) = (Vec::new(), Vec::new());
    for (place, score) in sample.measured.waves[before].iter().enumerate() {
        let (Some(score), Some(school)) = (score, roster.persons[place].school.as_deref()) else { continue };
        scores.push(*score);
        cluster.push(known.partition_point(|other| *other < school));
    }
    let icc = anova_icc(&scores, &cluster, sample.alpha()).map_or(0.0, |icc| icc.value.max(0.0));
    let sizes = crate::impact::clusters::ClusterIndex::new(&cluster).sizes();
    let sd = clustered_sd(&sizes, icc, 1).ok()?;
    let size = glass_delta_clustered(&test, &GroupSummary::new(&scores).ok()?, sd, sample.alpha()).ok()?;
    Some(EffectSize {
        kind: "cohort_delta".to_owned(),
        standardizer: "pre_sd".to_owned(),
        value: size.value,
        ci: Some([size.ci.low, size.ci.high]),
        df: Some(test.df),
        cluster_robust: true,
        leading: true,
    })
}
