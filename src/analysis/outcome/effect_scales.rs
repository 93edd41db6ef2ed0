//! The estimate on every scale in use: each divides it by another standard deviation, named beside it. Those that
//! lead stand in `effects`; these are for readers who compare with other studies.

use super::effects::{as_test, named};
use super::regression::SCHOOL_WAVE;
use super::{Sample, regression};
use crate::analysis::findings::{EffectSize, EstimateFindings};
use crate::analysis::frame::Linked;
use crate::impact::effect::{
    self, GroupSummary, PairedSummary, SchoolArms, WwcData, clustered_sd, glass_delta_clustered,
};
use crate::impact::icc::anova_icc;
use crate::impact::mixed::{RESIDUAL, SCHOOL, STUDENT};
use crate::impact::{Arm, CoefTest};
use crate::num::{dist, moments};

/// Effect sizes of the primary estimate on every scale; empty where it has no interval.
pub(super) fn all(sample: &Sample<'_>, estimates: &[EstimateFindings]) -> Vec<EffectSize> {
    let Some(test) = estimates.iter().find(|estimate| estimate.primary).and_then(as_test) else {
        return Vec::new();
    };
    if sample.linked.cluster.is_none() {
        return Vec::new();
    }
    let mut sizes = from_components(sample, &test);
    if sample.compares() {
        sizes.extend(of_arms(sample, &test));
    } else {
        sizes.extend(of_pairs(sample));
    }
    sizes
}

/// Sizes of students of each school.
fn school_sizes(linked: &Linked) -> Vec<usize> {
    let mut sizes = vec![0; linked.schools.len()];
    for school in linked.cluster.iter().flatten() {
        sizes[*school] += 1;
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
/// with h the degrees of freedom of a standard deviation over students in schools (Hedges 2007).
fn from_components(sample: &Sample<'_>, test: &CoefTest) -> Vec<EffectSize> {
    let estimand = if sample.compares() {
        regression::Estimand::DifferenceInChange
    } else {
        regression::Estimand::MeanChange
    };
    let Ok(model) = regression::components(estimand, sample, sample.linked) else { return Vec::new() };
    let variance = |name: &str| model.fit.component(name).map_or(0.0, |component| component.estimate);
    let within = variance(STUDENT) + variance(RESIDUAL);
    let total = within + variance(SCHOOL) + variance(SCHOOL_WAVE);
    let icc = if total > 0.0 { 1.0 - within / total } else { 0.0 };
    let groups = if sample.compares() { 2 } else { 1 };
    let Ok(sd) = clustered_sd(&school_sizes(sample.linked), icc, groups) else { return Vec::new() };
    let scaled = |kind: &str, name: &str, variance: f64| {
        (variance > 0.0).then(|| scaled(kind, name, test, variance.sqrt(), sd.df, sample.alpha())).flatten()
    };
    [scaled("mixed_total", "mixed_total_sd", total), scaled("mixed_within", "mixed_within_sd", within)]
        .into_iter()
        .flatten()
        .collect()
}

fn scaled(
    kind: &str,
    standardizer: &str,
    test: &CoefTest,
    sd: f64,
    sd_df: f64,
    alpha: f64,
) -> Option<EffectSize> {
    let value = test.estimate / sd;
    let se = ((test.se / sd).powi(2) + value * value / (2.0 * sd_df)).sqrt();
    let half = dist::t_critical(alpha, test.df).ok()? * se;
    Some(EffectSize {
        kind: kind.to_owned(),
        standardizer: standardizer.to_owned(),
        value,
        ci: Some([value - half, value + half]),
        df: Some(test.df),
        cluster_robust: true,
        leading: false,
    })
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

/// Hedges' three scales, that of the What Works Clearinghouse and Glass's, all on the last scores.
fn of_arms(sample: &Sample<'_>, test: &CoefTest) -> Vec<EffectSize> {
    let (linked, alpha) = (sample.linked, sample.alpha());
    let of = |role: Arm| linked.subset(sample.measured.roster, |row| sample.role(linked.arm[row]) == role);
    let (program, comparison) = (of(Arm::Program), of(Arm::Comparison));
    let sizes = [school_sizes(&program), school_sizes(&comparison)];
    let cluster = linked.cluster.as_deref().unwrap_or_default();
    let icc = anova_icc(&linked.after, cluster, alpha).map_or(0.0, |icc| icc.value.max(0.0));
    let arms = SchoolArms { program: &sizes[0], comparison: &sizes[1], icc };
    let (Ok(first), Ok(second)) = (GroupSummary::new(&program.after), GroupSummary::new(&comparison.after))
    else {
        return Vec::new();
    };
    let mut found = Vec::new();
    if let Ok(anova) = crate::impact::anova::one_way(&linked.after, cluster) {
        let size = effect::hedges_within(test.estimate, anova.ms_within().sqrt(), &arms, alpha);
        found.extend(size.ok().map(|size| named("hedges_within", "within_sd", &size)));
    }
    if let Some(sd) = sd_of_means(&program, &comparison) {
        let size = effect::hedges_between(test.estimate, sd, &arms, alpha);
        found.extend(size.ok().map(|size| named("hedges_between", "between_sd", &size)));
    }
    if let Ok(sd) = effect::pooled_sd(&first, &second) {
        let size = effect::hedges_total(test.estimate, sd, &arms, alpha);
        found.extend(size.ok().map(|size| named("hedges_total", "pooled_post_sd", &size)));
    }
    let all_sizes = sizes.concat();
    let data = WwcData {
        difference: test.estimate,
        program: &first,
        comparison: &second,
        sizes: &all_sizes,
        icc,
        r2: 0.0,
    };
    found.extend(effect::wwc_g(&data, alpha).ok().map(|size| named("wwc_g", "pooled_post_sd", &size)));
    if let Ok(sd) = clustered_sd(&sizes[1], icc, 1) {
        let size = glass_delta_clustered(test, &second, sd.df, alpha);
        found.extend(
            size.ok().map(|size| EffectSize {
                cluster_robust: true,
                ..named("glass_delta", "comparison_sd", &size)
            }),
        );
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
