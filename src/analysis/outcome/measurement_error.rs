//! What the error of measurement does to the estimate: plausible values, corrected covariance analysis,
//! reliable changes.

use polars::prelude::PolarsResult;

use super::{Sample, arms, plausible};
use crate::analysis::findings::{
    CorrectedFindings, Draws, InstrumentFindings, MeasurementErrorFindings, MeasurementFindings, Notice,
    OutcomeFindings, Plan, ReliableChangeFindings, ScoreReliability,
};
use crate::analysis::frame::{self, Linked};
use crate::analysis::notices::{self, about};
use crate::analysis::plan::FEW_SCHOOLS;
use crate::analysis::{Material, measurement};
use crate::impact::ImpactError;
use crate::impact::ancova::AncovaData;
use crate::impact::case_bootstrap::{CaseOptions, corrected_case_bootstrap, corrected_within_bootstrap};
use crate::impact::measurement::{gain_reliability, reliable_change};
use crate::impact::resampling::Reference;
use crate::num::moments;
use crate::study::{Outcome, OutcomeRole};

/// Reliabilities of the first score under which the adjusted difference is shown (standards 5.5).
const RELIABILITIES: [f64; 4] = [0.6, 0.7, 0.8, 0.9];
/// Reliabilities at or below this say that scores hold next to nothing but error.
const LEAST_RELIABILITY: f64 = 0.1;

/// Fills the part of every estimated outcome; needs the reliabilities of the instruments.
///
/// # Errors
/// polars cannot hand out a column.
pub(in crate::analysis) fn attach(
    material: Material<'_>,
    plan: &Plan,
    outcomes: &mut [OutcomeFindings],
    known: (&[InstrumentFindings], &[MeasurementFindings]),
) -> PolarsResult<()> {
    for outcome in &material.study.study.outcomes {
        let findings =
            outcomes.iter_mut().find(|found| found.id == outcome.id && !found.estimates.is_empty());
        let Some(findings) = findings else { continue };
        let Some(measured) = frame::measured(material, material.scores, outcome)? else { continue };
        let linked = measured.linked(material.study);
        let sample = Sample {
            study: material.study,
            plan,
            measured: &measured,
            linked: &linked,
            arms: arms(material.study, plan, &measured),
            link_error: measurement::error_of(&material, outcome, false),
        };
        let reliability = reliability(&sample, outcome, known);
        let mut told = Vec::new();
        let found = MeasurementErrorFindings {
            plausible: plausible::all(material, outcome, &sample, &mut told),
            corrected: if findings.role == OutcomeRole::Exploratory {
                Vec::new()
            } else {
                corrected(&sample, reliability.as_ref(), &mut told)
            },
            reliable_change: reliable_changes(&sample, reliability.as_ref()),
            reliability,
        };
        let any =
            found.plausible.is_some() || !found.corrected.is_empty() || !found.reliable_change.is_empty();
        findings.measurement_error = any.then_some(found);
        findings.notices.extend(told.into_iter().map(|notice| about(notice, &outcome.id)));
    }
    Ok(())
}

/// Reliability of the scores: of weighted likelihood estimates where the scale was measured, alpha elsewhere
/// (the mean over booklets, by persons).
fn reliability(
    sample: &Sample<'_>,
    outcome: &Outcome,
    (instruments, measurement): (&[InstrumentFindings], &[MeasurementFindings]),
) -> Option<ScoreReliability> {
    let (instrument, scale) = (outcome.from.instrument.as_ref()?, outcome.from.scale.as_ref()?);
    let waves = sample.study.study.compared()?;
    let measured = measurement.iter().find(|own| own.instrument == *instrument && own.scale == *scale);
    let usable = |value: &f64| (LEAST_RELIABILITY..=1.0).contains(value);
    let both = |kind: &str, of: &dyn Fn(&str) -> Option<f64>| {
        let before = of(&waves[0].id).filter(usable);
        let after = of(&waves[1].id).filter(usable);
        Some(ScoreReliability { kind: kind.to_owned(), before, after })
    };
    if let Some(found) = measured.and_then(|own| own.found.as_ref()) {
        let of = |id: &str| found.persons.iter().find(|own| own.wave == id)?.wle_reliability;
        return both("wle", &of);
    }
    let alpha = |id: &str| {
        let scales = instruments.iter().filter(|own| own.id == *instrument && own.wave == id);
        let scales = scales.flat_map(|own| &own.scales).filter(|own| own.id == *scale);
        let (mut sum, mut n) = (0.0, 0.0);
        for own in scales {
            sum += own.alpha?.value * own.n as f64;
            n += own.n as f64;
        }
        (n > 0.0).then(|| sum / n)
    };
    both("alpha", &alpha)
}

/// Adjusted differences over assumed reliabilities and the study's own, with schools resampled: within strata or pairs,
/// and within schools where those hold both arms, as the adjusted analysis of the study has them.
fn corrected(
    sample: &Sample<'_>,
    own: Option<&ScoreReliability>,
    told: &mut Vec<Notice>,
) -> Vec<CorrectedFindings> {
    let schools = sample.linked.clusters().filter(|schools| *schools >= FEW_SCHOOLS);
    let (Some(cluster), Some(clusters), true) = (&sample.linked.cluster, schools, sample.compares()) else {
        return Vec::new();
    };
    let roles = sample.roles(sample.linked);
    let data = AncovaData {
        post: &sample.linked.after,
        pre: &sample.linked.before,
        arm: &roles,
        cluster,
        covariates: &[],
    };
    let blocks = match sample.plan.arms_within_schools {
        true => Some(cluster.clone()),
        false => sample.strata(sample.linked),
    };
    let options = CaseOptions {
        draws: u32::try_from(sample.study.study.analysis.permutations).unwrap_or(u32::MAX),
        seed: sample.study.study.analysis.seed,
        alpha: sample.alpha(),
        ..CaseOptions::default()
    };
    let own = own.and_then(|own| within_arms(own.before?, sample));
    let mut assumed: Vec<(f64, bool)> = RELIABILITIES.iter().map(|value| (*value, false)).collect();
    assumed.extend(own.map(|value| (value, true)));
    assumed.push((1.0, false));
    assumed.sort_by(|a, b| a.0.total_cmp(&b.0));
    let one = |(reliability, own): (f64, bool)| {
        let found = match &blocks {
            Some(blocks) => corrected_within_bootstrap(&data, blocks, reliability, &options)?,
            None => corrected_case_bootstrap(&data, reliability, &options)?,
        };
        let ci = found.bca.unwrap_or(found.percentile);
        Ok(CorrectedFindings {
            reliability,
            own,
            estimate: found.estimate,
            se: found.bootstrap_se,
            ci: [ci.low, ci.high],
            draws: Draws { count: found.total, enumerated: found.reference == Reference::Enumerated },
            n: sample.linked.len(),
            clusters,
        })
    };
    let found: Result<Vec<CorrectedFindings>, ImpactError> = assumed.into_iter().map(one).collect();
    found.unwrap_or_else(|error| {
        told.push(words::not_corrected(&notices::why(&error)));
        Vec::new()
    })
}

/// The reliability within arms of scores whose reliability over everybody is known: the error is the same,
/// the variance is smaller by the difference of the arms.
fn within_arms(reliability: f64, sample: &Sample<'_>) -> Option<f64> {
    let arms: Vec<Linked> = (0..sample.arms.len()).map(|arm| sample.of_arm(arm)).collect();
    let (mut squares, mut df) = (0.0, 0.0);
    for arm in arms.iter().filter(|arm| arm.len() > 1) {
        let own = arm.len() as f64 - 1.0;
        squares += own * moments::variance(&arm.before).ok()?;
        df += own;
    }
    let error = (1.0 - reliability) * moments::variance(&sample.linked.before).ok()?;
    Some(1.0 - error * df / squares).filter(|value| (LEAST_RELIABILITY..=1.0).contains(value))
}

/// Reliable changes of arms that are not smaller than the smallest cell.
fn reliable_changes(sample: &Sample<'_>, own: Option<&ScoreReliability>) -> Vec<ReliableChangeFindings> {
    let Some((own, before)) = own.and_then(|own| own.before.map(|before| (own, before))) else {
        return Vec::new();
    };
    let smallest = sample.study.study.analysis.smallest_cell;
    let one = |arm: usize| {
        let group = sample.of_arm(arm);
        if group.len() < smallest {
            return None;
        }
        // The custom of 1.96 is kept whatever the study's alpha: it is a convention about persons, not a
        // test.
        let found = reliable_change(&group.before, &group.after, before, 0.05).ok()?;
        let gain = own.after.and_then(|after| {
            let (s0, s1) = (moments::sd(&group.before).ok()?, moments::sd(&group.after).ok()?);
            let r = moments::pearson(&group.before, &group.after).ok()?;
            gain_reliability(s0, s1, r, before, after).ok()
        });
        Some(ReliableChangeFindings {
            arm: sample.arms[arm].to_owned(),
            n: group.len(),
            threshold: found.threshold,
            improved: found.improved,
            declined: found.declined,
            // Errors that share something between waves can push the formula below 0, where it means nothing.
            gain_reliability: gain.filter(|value| (0.0..=1.0).contains(value)),
        })
    };
    (0..sample.arms.len()).filter_map(one).collect()
}

mod words {
    use crate::analysis::findings::{Notice, NoticeKind};
    use crate::analysis::notices::notice;
    use crate::i18n::{Lang, Text};

    /// The adjusted difference corrected for reliability has no answer.
    pub(super) fn not_corrected(why: &Text) -> Notice {
        notice(
            "A-ERROR-001",
            NoticeKind::Caution,
            format!(
                "Selisih tersesuaikan yang dikoreksi menurut reliabilitas skor awal tidak dapat dihitung: {}.",
                why.get(Lang::Id)
            ),
            format!(
                "The adjusted difference corrected for the reliability of the first score could not be computed: {}.",
                why.get(Lang::En)
            ),
        )
    }
}
