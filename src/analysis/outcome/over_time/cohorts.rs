//! Waves that meet other students of the same schools: differences between cohorts, school by school.

use super::{SchoolSet, school_means, school_method, school_set};
use crate::analysis::findings::{
    EffectSize, EstimateFindings, Method, Notice, NoticeKind, OutcomeFindings, SchoolChange,
};
use crate::analysis::notices;
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
/// students with errors by school, schools, effect size.
pub(in crate::analysis::outcome) fn estimate(sample: &Sample<'_>, findings: &mut OutcomeFindings) {
    let Some([before, after]) = sample.study.study.compared_waves() else { return };
    let set = school_set(sample, &[before, after], &[-1.0, 1.0]);
    let smallest = sample.study.study.analysis.smallest_cell;
    if set.persons < smallest || set.values.len() < 2 {
        findings
            .notices
            .push(Notice { kind: NoticeKind::Refusal, ..notices::small_group(set.persons, smallest) });
        return;
    }
    let primary = school_method(sample, set.values.len());
    if set.values.len() < FEW_SCHOOLS {
        findings.notices.push(notices::few_schools(set.values.len(), FEW_SCHOOLS));
    }
    for method in methods(sample, primary) {
        let found = match method {
            Method::StudentCr2 | Method::DidStudentCr2 => students(sample, method, [before, after]),
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
                findings.notices.push(notices::no_estimate(&estimate::name(method), &notices::why(&why)))
            }
        }
    }
    findings.schools = schools(sample, &set, [before, after]);
    findings.effect_sizes.extend(size(sample, &findings.estimates, before));
}

fn methods(sample: &Sample<'_>, primary: Method) -> Vec<Method> {
    let mut methods = vec![primary];
    methods.extend(match (primary, sample.compares()) {
        (Method::SignFlip | Method::SchoolPermutation, _) => Vec::new(),
        (_, false) => vec![Method::StudentCr2, Method::SignFlip],
        (_, true) => vec![Method::DidClusterPooled, Method::DidStudentCr2, Method::SchoolPermutation],
    });
    methods
}

/// Scores of both waves on wave (and arm and their product), errors by school.
fn students(sample: &Sample<'_>, method: Method, waves: [usize; 2]) -> Result<EstimateFindings, ImpactError> {
    let roster = sample.measured.roster;
    let schools = roster.schools();
    let (mut y, mut cluster, mut wave, mut program) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (at, index) in waves.into_iter().enumerate() {
        for (place, score) in sample.measured.waves[index].iter().enumerate() {
            let (Some(score), Some(school)) = (score, roster.persons[place].school.as_deref()) else {
                continue;
            };
            y.push(*score);
            cluster.push(schools.partition_point(|other| *other < school));
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
    Ok(estimate::tested(method, &test, y.len(), test.clusters))
}

fn schools(sample: &Sample<'_>, set: &SchoolSet, waves: [usize; 2]) -> Vec<SchoolChange> {
    let (means, _) = school_means(sample, &waves);
    let names = &sample.measured.roster.school_names;
    let mean = |scores: &[f64]| scores.iter().sum::<f64>() / scores.len() as f64;
    set.schools
        .iter()
        .enumerate()
        .filter_map(|(row, school)| {
            let [before, after] = means.get(school)?.as_slice() else { return None };
            Some(SchoolChange {
                school: school.clone(),
                name: names.get(school).unwrap_or(school).clone(),
                arm: if sample.compares() { sample.arms[set.arm[row]].to_owned() } else { String::new() },
                n: before.len().min(after.len()),
                before: mean(before),
                after: mean(after),
                change: set.values[row],
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
