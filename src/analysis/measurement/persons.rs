//! Persons: populations, reliability, fit, score tables.

use super::Sheet;
use super::items::items_of;
use crate::analysis::findings::{PersonFindings, PopulationFindings, ScoreRow, ScoreTable};
use crate::measure::PersonMeasure;
use crate::num::moments;
use crate::psych::irt::ItemCurve;
use crate::psych::irt::ability::{Ability, MaximumLikelihood, separation_reliability};
use crate::psych::irt::item_scores::score_table;
use crate::psych::irt::personfit::person_fit;

/// Outfit above this distorts measurement (Linacre).
const OUTFIT_LIMIT: f64 = 2.0;
/// lz below this is rarer than 2.5 percent under the model.
const LZ_LIMIT: f64 = -1.96;
/// Bins of the histogram of ability.
const BINS: usize = 24;
/// Ends of the histogram, in logits; persons beyond stand in the outermost bins.
const HISTOGRAM: [f64; 2] = [-6.0, 6.0];

pub(super) fn populations(sheet: &Sheet<'_>) -> Vec<PopulationFindings> {
    let arms = &sheet.material.study.study.arms;
    let compared = sheet.found.main.populations.iter().any(|own| own.arm > 0);
    let unit = sheet.found.unit;
    sheet
        .found
        .main
        .populations
        .iter()
        .map(|own| PopulationFindings {
            wave: sheet.measure.waves[own.wave].id.clone(),
            arm: arms.get(own.arm).filter(|_| compared).map(|arm| arm.id.clone()).unwrap_or_default(),
            n: own.n,
            mean: unit.score(own.mean),
            sd: unit.distance(own.sd),
        })
        .collect()
}

pub(super) fn all(sheet: &Sheet<'_>) -> Vec<PersonFindings> {
    (0..sheet.measure.waves.len()).map(|wave| one(sheet, wave)).collect()
}

fn one(sheet: &Sheet<'_>, wave: usize) -> PersonFindings {
    let persons = &sheet.found.persons[wave];
    let unit = sheet.found.unit;
    let estimates: Vec<Option<Ability>> =
        persons.iter().map(|person| person.wle.filter(|_| person.enough)).collect();
    let squares: Vec<f64> = estimates.iter().flatten().map(|own| own.se * own.se).collect();
    let count = |end: &dyn Fn(&MaximumLikelihood) -> bool| {
        persons.iter().filter(|person| person.enough && end(&person.mle)).count()
    };
    PersonFindings {
        wave: sheet.measure.waves[wave].id.clone(),
        n: estimates.iter().flatten().count(),
        lowest: count(&|mle| *mle == MaximumLikelihood::Lowest),
        highest: count(&|mle| *mle == MaximumLikelihood::Highest),
        wle_reliability: separation_reliability(&estimates),
        eap_reliability: sheet.found.main.eap_reliability(wave),
        standard_error: moments::mean(&squares).ok().map(|mean| unit.distance(mean.sqrt())),
        plausible: plausible(persons).map(|[mean, sd]| [unit.score(mean), unit.distance(sd)]),
        misfitting: misfitting(sheet, wave),
        histogram: histogram(&estimates),
        histogram_range: HISTOGRAM,
    }
}

/// Mean and standard deviation over persons, averaged over the draws.
fn plausible(persons: &[PersonMeasure]) -> Option<[f64; 2]> {
    let draws = persons.iter().map(|person| person.plausible.len()).max().filter(|draws| *draws > 0)?;
    let (mut mean, mut variance) = (0.0, 0.0);
    for draw in 0..draws {
        let values: Vec<f64> =
            persons.iter().filter_map(|person| person.plausible.get(draw).copied()).collect();
        mean += moments::mean(&values).ok()?;
        variance += moments::variance(&values).ok()?;
    }
    let draws = draws as f64;
    Some([mean / draws, (variance / draws).sqrt()])
}

fn misfitting(sheet: &Sheet<'_>, wave: usize) -> usize {
    let curves: Vec<Option<&ItemCurve>> = sheet.found.main.curves[wave].iter().map(Option::as_ref).collect();
    let theta: Vec<Option<f64>> =
        sheet.found.persons[wave].iter().map(|person| person.wle.map(|own| own.theta)).collect();
    let fits = person_fit(&curves, &sheet.measure.waves[wave].answers, &theta).unwrap_or_default();
    let misfits = fits
        .iter()
        .flatten()
        .filter(|fit| fit.mean_squares.outfit > OUTFIT_LIMIT || fit.lz.is_some_and(|lz| lz < LZ_LIMIT));
    misfits.count()
}

fn histogram(estimates: &[Option<Ability>]) -> Vec<f64> {
    let mut shares = vec![0.0; BINS];
    let known: Vec<f64> = estimates.iter().flatten().map(|own| own.theta).collect();
    let width = (HISTOGRAM[1] - HISTOGRAM[0]) / BINS as f64;
    for theta in &known {
        let bin = ((theta - HISTOGRAM[0]) / width).floor().clamp(0.0, (BINS - 1) as f64);
        shares[bin as usize] += 1.0 / known.len() as f64;
    }
    shares
}

/// The score for every sum of steps on every form, where slopes are equal.
pub(super) fn score_tables(sheet: &Sheet<'_>) -> Vec<ScoreTable> {
    let curves = sheet.curves();
    let unit = sheet.found.unit;
    let population = sheet.found.main.first_population();
    let forms: Vec<Option<&str>> = match sheet.instrument.booklets.as_slice() {
        [] => vec![None],
        booklets => booklets.iter().map(|booklet| Some(booklet.id.as_str())).collect(),
    };
    let mut tables = Vec::new();
    for form in forms {
        let own: Vec<&ItemCurve> =
            items_of(sheet, form).into_iter().filter_map(|item| curves[item]).collect();
        let Ok(rows) = score_table(&own, population.mean, population.sd.max(0.1)) else { continue };
        let rows: Vec<ScoreRow> = rows
            .iter()
            .filter_map(|row| {
                let ability = row.weighted_likelihood?;
                let (score, se) = (unit.score(ability.theta), unit.distance(ability.se));
                (score.is_finite() && se.is_finite()).then_some(ScoreRow { sum: row.score, score, se })
            })
            .collect();
        if !rows.is_empty() {
            tables.push(ScoreTable { booklet: form.unwrap_or_default().to_owned(), rows });
        }
    }
    tables
}
