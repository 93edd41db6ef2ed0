//! The estimate on every scale in use: each divides it by another standard deviation, named beside it. Those that
//! lead stand in `effects`; these are for readers who compare with other studies.
//!
//! Every interval starts from the error of the primary estimate, so that no scale contradicts its test. What a scale
//! adds is the repair of its standard deviation and the error of that (see `effect::scaled_effect`).

use super::effects::{as_test, named};
use super::regression::SCHOOL_WAVE;
use super::{Sample, likeness, regression};
use crate::analysis::findings::{EffectSize, EstimateFindings, Notice, NoticeKind};
use crate::analysis::frame::Linked;
use crate::analysis::notices::{notice, why};
use crate::i18n::Lang;
use crate::impact::effect::{
    self, ClusteredSd, GroupSummary, PairedSummary, SchoolArms, Standardizer, clearinghouse_factor,
    clustered_sd, clustered_sd_of_arms, glass_delta_clustered, scaled_effect,
};
use crate::impact::icc::Icc;
use crate::impact::mixed::{RESIDUAL, SCHOOL, STUDENT};
use crate::impact::{Arm, CoefTest, ImpactError};
use crate::num::moments;

/// Effect sizes of the primary estimate on every scale; empty where it has no interval.
pub(super) fn all(
    sample: &Sample<'_>,
    estimates: &[EstimateFindings],
    notices: &mut Vec<Notice>,
) -> Vec<EffectSize> {
    let Some(test) = estimates.iter().find(|estimate| estimate.primary).and_then(as_test) else {
        return Vec::new();
    };
    if sample.linked.cluster.is_none() {
        return Vec::new();
    }
    let mut sizes = match from_components(sample, &test) {
        Ok(sizes) => sizes,
        Err(error) => {
            notices.push(no_components(&error));
            Vec::new()
        }
    };
    if sample.compares() {
        sizes.extend(of_arms(sample, &test));
    } else {
        sizes.extend(of_pairs(sample));
    }
    sizes
}

/// The estimate over the total and the within-school standard deviation of the mixed model without covariates:
///
/// ```text
/// total^2 = school + school and wave + student + residual,   within^2 = student + residual
/// Var(d) = (se / sd)^2 + d^2 / (2 h)
/// ```
///
/// with h the degrees of freedom of a standard deviation over students in schools (Hedges 2007). A component that is
/// estimated at zero adds nothing; the model then is the smaller one.
fn from_components(sample: &Sample<'_>, test: &CoefTest) -> Result<Vec<EffectSize>, ImpactError> {
    let estimand = if sample.compares() {
        regression::Estimand::DifferenceInChange
    } else {
        regression::Estimand::MeanChange
    };
    // Where students of a school never differ, what the fit leaves within schools is rounding.
    let spread = |scores: &[f64]| likeness::icc(sample, sample.linked, scores).map(|_| ());
    spread(&sample.linked.before).or_else(|_| spread(&sample.linked.after))?;
    let model = regression::components(estimand, sample, sample.linked)?;
    let variance = |name: &str| model.fit.component(name).map_or(0.0, |component| component.estimate);
    let within = variance(STUDENT) + variance(RESIDUAL);
    let total = within + variance(SCHOOL) + variance(SCHOOL_WAVE);
    let icc = if total > 0.0 { 1.0 - within / total } else { 0.0 };
    let counts = likeness::students(sample, sample.linked);
    let sd = if sample.compares() {
        clustered_sd_of_arms(&counts, icc)?
    } else {
        clustered_sd(&counts.concat(), icc, 1)?
    };
    // The components are unbiased, so the factor that repairs a raw SD is left out.
    let scaled = |kind: &str, name: &str, variance: f64| {
        let by = Standardizer { sd: variance.sqrt(), factor: 1.0, df: sd.df };
        scaled_effect(test, &by, sample.alpha()).map(|size| named(kind, name, &size))
    };
    Ok(vec![
        scaled("mixed_total", "mixed_total_sd", total)?,
        scaled("mixed_within", "mixed_within_sd", within)?,
    ])
}

/// The variances of the mixed model could not be had.
fn no_components(error: &ImpactError) -> Notice {
    let why = why(error);
    notice(
        "A-SCALE-001",
        NoticeKind::Caution,
        format!(
            "Ukuran efek dengan simpangan baku dari model campuran tidak dicantumkan: {}.",
            why.get(Lang::Id)
        ),
        format!(
            "Effect sizes over the standard deviations of the mixed model are left out: {}.",
            why.get(Lang::En)
        ),
    )
}

/// Sizes from single changes; their intervals take students for independent.
fn of_pairs(sample: &Sample<'_>) -> Vec<EffectSize> {
    let Ok(summary) = PairedSummary::new(&sample.linked.before, &sample.linked.after) else {
        return Vec::new();
    };
    let found = [
        effect::d_z(&summary, sample.alpha()).map(|size| named("d_z", "change_sd", &size)),
        effect::d_rm(&summary, sample.alpha()).map(|size| named("d_rm", "change_sd_corrected", &size)),
    ];
    found.into_iter().flatten().collect()
}

/// Scales of a comparison, all on the last scores. Where schools were given to arms: Hedges' three, that of the What
/// Works Clearinghouse with its factor for schools, and Glass's. Where both arms sit in a school the estimate is one
/// within schools, and the formulas of assigned schools do not hold: Hedges' g over the spread within schools and
/// arms, and the Clearinghouse's without the factor.
fn of_arms(sample: &Sample<'_>, test: &CoefTest) -> Vec<EffectSize> {
    let (linked, alpha) = (sample.linked, sample.alpha());
    let of = |role: Arm| linked.subset(sample.measured.roster, |row| sample.role(linked.arm[row]) == role);
    let (program, comparison) = (of(Arm::Program), of(Arm::Comparison));
    let (Ok(first), Ok(second)) = (GroupSummary::new(&program.after), GroupSummary::new(&comparison.after))
    else {
        return Vec::new();
    };
    let counts = likeness::students(sample, linked);
    let shared = likeness::share_schools(&counts);
    let icc = likeness::icc(sample, linked, &linked.after).ok();
    let rho = icc.map_or(0.0, |icc| icc.value.max(0.0));
    let mut found = match (icc, shared) {
        (Some(icc), true) => within_schools(test, &icc, alpha),
        (Some(icc), false) => of_assigned_schools(test, &icc, &counts, [&program, &comparison], alpha),
        (None, _) => Vec::new(),
    };
    if let Ok(pooled) = effect::pooled_sd(&first, &second) {
        if !shared && let Ok(sd) = clustered_sd_of_arms(&counts, rho) {
            let by = Standardizer::all_students(pooled, sd);
            found.extend(scaled(test, &by, alpha, ["hedges_total", "pooled_post_sd"]));
        }
        // The handbook takes the average size of schools for all of them.
        let schools: Vec<usize> = counts.concat().into_iter().filter(|n| *n > 0).collect();
        let sd = if shared {
            likeness::of_pooled_sd(sample, linked, &linked.after)
        } else {
            clustered_sd(&schools, rho, 2).ok()
        };
        if let (Some(sd), Ok(w)) = (sd, clearinghouse_factor(first.n + second.n)) {
            let by = Standardizer::all_students(pooled, sd).times(w);
            found.extend(scaled(test, &by, alpha, ["wwc_g", "pooled_post_sd"]));
        }
    }
    if let Ok(sd) = clustered_sd(&counts[1], rho, 1) {
        let sd = if shared { ClusteredSd::plain(sd.df) } else { sd };
        let size = glass_delta_clustered(test, &second, sd, alpha);
        found.extend(size.ok().map(|size| named("glass_delta", "comparison_sd", &size)));
    }
    found
}

fn scaled(test: &CoefTest, by: &Standardizer, alpha: f64, [kind, name]: [&str; 2]) -> Option<EffectSize> {
    scaled_effect(test, by, alpha).ok().map(|size| named(kind, name, &size))
}

/// Hedges' g over the spread of students within schools and arms, for arms inside schools.
fn within_schools(test: &CoefTest, icc: &Icc, alpha: f64) -> Vec<EffectSize> {
    let df = icc.df[1];
    let Ok(small) = effect::small_sample_factor(df) else { return Vec::new() };
    let by = Standardizer::within_schools(icc.ms_within.sqrt(), df).times(small);
    scaled(test, &by, alpha, ["g_within_schools", "within_sd"]).into_iter().collect()
}

/// Hedges' scales of schools given to arms: within and between schools.
fn of_assigned_schools(
    test: &CoefTest,
    icc: &Icc,
    counts: &[Vec<usize>; 2],
    [program, comparison]: [&Linked; 2],
    alpha: f64,
) -> Vec<EffectSize> {
    let sizes = counts.each_ref().map(|own| own.iter().copied().filter(|n| *n > 0).collect::<Vec<_>>());
    let arms = SchoolArms { program: &sizes[0], comparison: &sizes[1], icc: icc.value };
    let within = Standardizer::within_schools(icc.ms_within.sqrt(), icc.df[1]);
    let mut found: Vec<EffectSize> =
        scaled(test, &within, alpha, ["hedges_within", "within_sd"]).into_iter().collect();
    // Where the ICC is not above 0 there is no spread between schools to divide by.
    if let Some(by) =
        sd_of_means(program, comparison).and_then(|sd| Standardizer::between_schools(sd, &arms).ok())
    {
        found.extend(scaled(test, &by, alpha, ["hedges_between", "between_sd"]));
    }
    found
}

/// Pooled standard deviation of the school means within the arms.
fn sd_of_means(program: &Linked, comparison: &Linked) -> Option<f64> {
    let squares = |arm: &Linked| -> Option<(f64, f64)> {
        let means = crate::impact::clusters::cluster_means(&arm.after, arm.cluster.as_deref()?).ok()?;
        let means: Vec<f64> = means.iter().map(|school| school.mean).collect();
        let df = means.len() as f64 - 1.0;
        Some((moments::variance(&means).ok()? * df, df))
    };
    let ((a, m), (b, k)) = (squares(program)?, squares(comparison)?);
    (m + k > 0.0).then(|| ((a + b) / (m + k)).sqrt())
}
