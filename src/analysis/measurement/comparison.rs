//! Other models on the same answers, and Andersen's test.

use super::{Sheet, model};
use crate::analysis::findings::{ModelFindings, TestFindings, WaveTest};
use crate::measure::calibration::dense;
use crate::psych::irt::compare::{LikelihoodRatio, criteria, likelihood_ratio};
use crate::psych::irt::conditional::{ConditionalFamily, andersen, score_split};
use crate::psych::irt::linking::{Wave, stack};
use crate::psych::irt::{Family, FitOptions, FittedIrt, Population, fit_marginal};

/// Persons per item below which free slopes are not even compared.
const SLOPES_NEED: usize = 150;

/// The models that the answers of all waves together can be compared under, from the simplest; the one in
/// use first has the scores. A model whose fit did not converge is left out.
pub(super) fn models(sheet: &Sheet<'_>) -> Vec<ModelFindings> {
    let fits: Vec<FittedIrt> = families(sheet).into_iter().filter_map(|family| fit(sheet, family)).collect();
    let one = |(place, own): (usize, &FittedIrt)| {
        let found = criteria(own);
        let simpler = place.checked_sub(1).map(|before| &fits[before]);
        ModelFindings {
            model: model(own.family),
            used: own.family == sheet.found.family,
            parameters: own.parameters,
            log_likelihood: own.log_likelihood,
            aic: found.aic,
            bic: found.bic,
            ratio: simpler.and_then(|simpler| likelihood_ratio(simpler, own)).map(test),
        }
    };
    fits.iter().enumerate().map(one).collect()
}

/// From the simplest to the richest; each contains the one before.
fn families(sheet: &Sheet<'_>) -> Vec<Family> {
    let max = sheet.reference.answers.max();
    let alike = max.windows(2).all(|pair| pair[0] == pair[1]) && max.first().is_some_and(|m| *m > 1);
    let mut families = Vec::new();
    if alike {
        families.push(Family::RatingScale);
    }
    families.push(Family::PartialCredit);
    if sheet.measure.gate.persons >= SLOPES_NEED {
        families.push(Family::GeneralisedPartialCredit);
    }
    families
}

fn fit(sheet: &Sheet<'_>, family: Family) -> Option<FittedIrt> {
    let waves = &sheet.measure.waves;
    let together = sheet.found.main.fits.len() == 1;
    if together && family == sheet.found.family {
        return sheet.found.main.fits.first().cloned();
    }
    let items: Vec<usize> = (0..sheet.measure.items.len()).collect();
    let parts: Vec<Wave<'_>> =
        waves.iter().map(|wave| Wave { responses: &wave.answers, items: &items }).collect();
    let stacked = stack(&parts, items.len()).ok()?;
    let arms = waves.iter().flat_map(|wave| wave.arms.iter().copied()).max().map_or(1, |arm| arm + 1);
    let wave_arms = waves
        .iter()
        .enumerate()
        .flat_map(|(place, wave)| wave.arms.iter().map(move |arm| place * arms + arm));
    let groups = dense(&wave_arms.collect::<Vec<_>>());
    let population = Population { groups: groups.as_deref(), ..Population::default() };
    let options = FitOptions { standard_errors: false, ..FitOptions::new(family) };
    fit_marginal(&stacked.responses, &population, &options).ok().filter(|fit| fit.log.stop.is_converged())
}

/// Andersen's test at every wave, low against high scorers; none for models with slopes.
pub(super) fn andersen_by_wave(sheet: &Sheet<'_>) -> Vec<WaveTest> {
    let family = match sheet.found.family {
        Family::PartialCredit => ConditionalFamily::PartialCredit,
        Family::RatingScale => ConditionalFamily::RatingScale,
        Family::GeneralisedPartialCredit => return Vec::new(),
    };
    let of_wave = |wave: &crate::measure::WaveAnswers| {
        let found = andersen(&wave.answers, &score_split(&wave.answers), family).ok()?;
        Some(WaveTest { wave: wave.id.clone(), test: test(found.ratio), items: found.items.len() })
    };
    sheet.measure.waves.iter().filter_map(of_wave).collect()
}

pub(super) fn test(ratio: LikelihoodRatio) -> TestFindings {
    TestFindings { chi2: ratio.chi2, df: ratio.df, p: ratio.p }
}
