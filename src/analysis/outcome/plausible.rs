//! The primary method on plausible values of the persons, pooled: what the error of measurement does to the estimate.

use std::collections::BTreeMap;

use super::{Sample, estimate, pooled};
use crate::analysis::Material;
use crate::analysis::findings::{Method, Notice, PlausibleFindings};
use crate::analysis::frame::Linked;
use crate::analysis::notices;
use crate::impact::ImpactError;
use crate::measure::plausible::{Given, drawn};
use crate::measure::{Calibrated, Measure};
use crate::num::moments;
use crate::study::Outcome;

/// Data sets with plausible values in place of the scores.
struct Sets {
    sets: Vec<Linked>,
    given_schools: bool,
}

/// The pooled estimate; none where the outcome is no measure, or where the notice says why.
///
/// Values of a wave are drawn without the other wave, which leaves means alone but flattens the slope of one wave on the
/// other. A covariance analysis therefore gets last scores drawn given the first score, for which it adjusts: the model
/// of the draws then holds everything the analysis does (Mislevy 1991, Psychometrika 56, 177-196). The first score stays
/// as observed, which leaves the difference of groups drawn by lot as it is.
pub(super) fn all(
    material: Material<'_>,
    outcome: &Outcome,
    sample: &Sample<'_>,
    told: &mut Vec<Notice>,
) -> Option<PlausibleFindings> {
    let measure = material.measures.of_outcome(outcome)?;
    let found = measure.result.as_ref().ok()?;
    if sample.plan.cross_sections {
        return None;
    }
    let method = estimate::primary_here(sample, &mut Vec::new());
    if !pooled::can_pool(method) {
        told.push(words::not_pooled());
        return None;
    }
    let sets = if method.is_adjusted() {
        given_first(measure, found, sample)
    } else {
        each_wave(measure, found, sample)
    };
    let Some(sets) = sets else {
        told.push(words::not_drawn());
        return None;
    };
    match over(method, sample, &sets) {
        Ok(found) => Some(found),
        Err(error) => {
            told.push(words::no_answer(&notices::why(&error)));
            None
        }
    }
}

fn over(method: Method, sample: &Sample<'_>, sets: &Sets) -> Result<PlausibleFindings, ImpactError> {
    let over = pooled::over(method, sample, &sets.sets)?;
    Ok(PlausibleFindings {
        estimate: over.estimate,
        sets: sets.sets.len(),
        share: over.pooled.lambda,
        complete_df: over.complete_df,
        given_schools: sets.given_schools,
    })
}

/// Values of both waves, each drawn from its own answers.
fn each_wave(measure: &Measure, found: &Calibrated, sample: &Sample<'_>) -> Option<Sets> {
    let [first, last] = sample.study.study.compared_waves()?;
    let of_wave = |wanted: usize| -> Option<BTreeMap<&str, &[f64]>> {
        let place = measure.waves.iter().position(|wave| wave.wave == wanted)?;
        let persons = measure.waves[place].persons.iter().zip(&found.persons[place]);
        Some(persons.map(|(id, own)| (id.as_str(), own.plausible.as_slice())).collect())
    };
    let (before, after) = (of_wave(first)?, of_wave(last)?);
    let roster = sample.measured.roster;
    let values = |row: usize| -> Option<(&[f64], &[f64])> {
        let id = roster.persons[sample.linked.places[row]].id.as_str();
        let both = (*before.get(id)?, *after.get(id)?);
        (!both.0.is_empty() && !both.1.is_empty()).then_some(both)
    };
    let kept = sample.linked.subset(roster, |row| values(row).is_some());
    let drawn: Vec<(&[f64], &[f64])> = (0..sample.linked.len()).filter_map(values).collect();
    let count = drawn.iter().map(|(x, y)| x.len().min(y.len())).min()?;
    let set = |k: usize| Linked {
        before: drawn.iter().map(|(x, _)| found.unit.score(x[k])).collect(),
        after: drawn.iter().map(|(_, y)| found.unit.score(y[k])).collect(),
        ..kept.clone()
    };
    Some(Sets { sets: (0..count).map(set).collect(), given_schools: found.conditioned_on_schools })
}

/// Values of the last wave drawn given the first score, which stays as it is.
fn given_first(measure: &Measure, found: &Calibrated, sample: &Sample<'_>) -> Option<Sets> {
    let [_, last] = sample.study.study.compared_waves()?;
    let place = measure.waves.iter().position(|wave| wave.wave == last)?;
    let wave = &measure.waves[place];
    let row_of: BTreeMap<&str, usize> =
        wave.persons.iter().enumerate().map(|(row, id)| (id.as_str(), row)).collect();
    let roster = sample.measured.roster;
    let row = |own: usize| row_of.get(roster.persons[sample.linked.places[own]].id.as_str()).copied();
    let kept = sample.linked.subset(roster, |own| row(own).is_some());
    let rows: Vec<usize> = (0..sample.linked.len()).filter_map(row).collect();
    // In standard deviations, so that its slope is of the size of the other columns.
    let (mean, sd) = (moments::mean(&kept.before).ok()?, moments::sd(&kept.before).ok()?);
    let first: Vec<f64> = kept.before.iter().map(|score| (score - mean) / sd).collect();
    let given = Given { wave, place, rows: &rows, covariate: (sd > 0.0).then_some(first.as_slice()) };
    // The draws of the measure itself have seeds of their own.
    let seed = sample.study.study.analysis.seed.wrapping_add((measure.waves.len() + place) as u64);
    let (values, given_schools) = drawn(&given, &found.main, seed).ok()?;
    let has =
        |own: usize| values.get(own).is_some_and(|drawn| drawn.as_ref().is_some_and(|own| !own.is_empty()));
    let complete = kept.subset(roster, has);
    let values: Vec<&Vec<f64>> = values.iter().flatten().filter(|own| !own.is_empty()).collect();
    let count = values.iter().map(|own| own.len()).min()?;
    let set = |k: usize| Linked {
        after: values.iter().map(|own| found.unit.score(own[k])).collect(),
        ..complete.clone()
    };
    Some(Sets { sets: (0..count).map(set).collect(), given_schools })
}

mod words {
    use crate::analysis::findings::{Notice, NoticeKind};
    use crate::analysis::notices::notice;
    use crate::i18n::{Lang, Text};

    /// The primary method has no standard error to pool.
    pub(super) fn not_pooled() -> Notice {
        notice(
            "A-PLAUSIBLE-001",
            NoticeKind::Caution,
            "Nilai plausibel tidak digabungkan: metode utama tidak memiliki galat baku yang memperhitungkan sekolah, sehingga ketidakpastian pengukuran tidak terlihat pada taksiran utama.",
            "Plausible values are not pooled: the primary method has no standard error that respects schools, so the uncertainty of measurement does not show in the primary estimate.",
        )
    }

    /// No plausible values.
    pub(super) fn not_drawn() -> Notice {
        notice(
            "A-PLAUSIBLE-002",
            NoticeKind::Caution,
            "Nilai plausibel tidak dapat dibangkitkan untuk peserta dengan kedua skor, sehingga ketidakpastian pengukuran tidak terlihat pada taksiran utama.",
            "No plausible values could be drawn for the persons with both scores, so the uncertainty of measurement does not show in the primary estimate.",
        )
    }

    /// The method has no answer on plausible values.
    pub(super) fn no_answer(why: &Text) -> Notice {
        notice(
            "A-PLAUSIBLE-003",
            NoticeKind::Caution,
            format!("Taksiran utama dengan nilai plausibel tidak dapat dihitung: {}.", why.get(Lang::Id)),
            format!(
                "The primary estimate with plausible values could not be computed: {}.",
                why.get(Lang::En)
            ),
        )
    }
}
