//! The standard error of measurement of one scale at one wave, in the unit of its scores.

use polars::prelude::PolarsResult;

use super::{ModelEvidence, Sheet, scales};
use crate::analysis::Material;
use crate::instrument::{AbilityMethod, Instrument, Scale, ScaleMethod};
use crate::num::moments;
use crate::psych::ctt::{alpha, item_covariance};
use crate::score::scale::{measure_column, score_column};

/// Root of the mean error variance over persons; none where it cannot be had.
///
/// A measure has an error for every person. Elsewhere it is `sd sqrt(1 - alpha)` of each form, alpha as in the table
/// of scales.
///
/// # Errors
/// polars cannot hand out a column.
pub(in crate::analysis) fn standard_error(
    material: Material<'_>,
    instrument: &Instrument,
    scale: &Scale,
    wave: &str,
) -> PolarsResult<Option<f64>> {
    let Some(scored) = material.scores.set(&instrument.id, wave) else { return Ok(None) };
    let what = match scale.irt.unwrap_or_default().ability {
        AbilityMethod::Wle => "wle_se",
        AbilityMethod::Eap => "eap_sd",
    };
    if scale.method == ScaleMethod::Irt
        && let Ok(column) = scored.frame.column(&measure_column(&scale.id, what))
    {
        let errors = column.f64()?.iter().flatten().filter(|own| own.is_finite());
        return Ok(root_mean(errors.map(|own| (own * own, 1.0))));
    }
    let sets = &material.responses.sets;
    let set = sets.iter().find(|set| set.instrument == instrument.id && set.wave == wave);
    let Some(set) = set else { return Ok(None) };
    let nothing = ModelEvidence::default();
    let sheet = Sheet::new(instrument, (set, scored), &material.study.study.analysis, &nothing)?;
    let scores: Vec<Option<f64>> = scored.frame.column(&score_column(&scale.id))?.f64()?.iter().collect();
    let of_form = |form: &super::Form| {
        let own: Vec<f64> = form.persons.iter().filter_map(|person| scores[*person]).collect();
        let matrix = scales::matrix(&sheet, scale, form, &sheet.items_in(&scale.items, form))?;
        let covariance = item_covariance(&matrix).ok()?;
        let reliability = alpha(&matrix, &covariance, sheet.alpha).ok()?.value.clamp(0.0, 1.0);
        let variance = moments::variance(&own).ok()? * (1.0 - reliability);
        Some((variance, own.len() as f64))
    };
    Ok(root_mean(sheet.forms.iter().filter_map(of_form)))
}

/// Root of the weighted mean of variances; none without weight or error.
fn root_mean(variances: impl Iterator<Item = (f64, f64)>) -> Option<f64> {
    let (sum, weight) = variances.fold((0.0, 0.0), |(sum, all), (own, n)| (sum + own * n, all + n));
    (weight > 0.0 && sum > 0.0).then(|| (sum / weight).sqrt())
}
