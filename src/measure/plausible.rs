//! Plausible values: draws from every person's posterior under a conditioning model of wave, arm and school.

use super::calibration::Calibration;
use super::{Material, PersonMeasure, WaveAnswers};
use crate::psych::irt::plausible::plausible_values;
use crate::psych::irt::{Anchor, FitOptions, FittedIrt, IrtError, Population, Responses, fit_marginal};
use crate::score::scale::PLAUSIBLE_VALUES;

/// Draws plausible values for the persons of every wave and adds them. Returns whether the conditioning
/// model holds the schools; where it cannot (a school is a combination of the others, or there are more
/// schools than answers), each wave and arm has a mean and a variance of its own and no more.
pub fn draw_all(
    material: &Material<'_>,
    waves: &[WaveAnswers],
    calibration: &Calibration,
    persons: &mut [Vec<PersonMeasure>],
) -> bool {
    let mut with_schools = true;
    for (place, wave) in waves.iter().enumerate() {
        let seed = material.study.study.analysis.seed.wrapping_add(place as u64);
        let (draws, schools) = match draw(wave, place, calibration, (true, seed)) {
            Ok(draws) => (draws, !school_columns(wave).is_empty()),
            Err(_) => (draw(wave, place, calibration, (false, seed)).unwrap_or_default(), false),
        };
        with_schools &= schools;
        for (person, own) in persons[place].iter_mut().zip(draws) {
            person.plausible = own.unwrap_or_default();
        }
    }
    with_schools
}

/// The wave by itself with its items fixed: the population is estimated anew, given the schools.
fn draw(
    wave: &WaveAnswers,
    place: usize,
    calibration: &Calibration,
    (schools, seed): (bool, u64),
) -> Result<Vec<Option<Vec<f64>>>, IrtError> {
    let items: Vec<usize> =
        (0..calibration.curves[place].len()).filter(|i| calibration.curves[place][*i].is_some()).collect();
    let everybody: Vec<usize> = (0..wave.answers.persons()).collect();
    let answers: Responses = wave.answers.select(&everybody, &items);
    let anchors = items
        .iter()
        .enumerate()
        .filter_map(|(own, item)| {
            calibration.curves[place][*item].clone().map(|curve| Anchor { item: own, curve })
        })
        .collect();
    let columns = if schools { school_columns(wave) } else { Vec::new() };
    let covariates: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let arms: Option<Vec<usize>> = super::calibration::dense(&wave.arms);
    let population = Population { groups: arms.as_deref(), covariates: &covariates, weights: None };
    let family = calibration.fit_of(place).family;
    let options = FitOptions { anchors, standard_errors: false, ..FitOptions::new(family) };
    let fit: FittedIrt = fit_marginal(&answers, &population, &options)?;
    plausible_values(&fit, &answers, &population, PLAUSIBLE_VALUES, seed)
}

/// An indicator per school, without the first school of each arm; empty where schools are unknown.
fn school_columns(wave: &WaveAnswers) -> Vec<Vec<f64>> {
    let Some(schools) = wave.schools.iter().copied().collect::<Option<Vec<usize>>>() else {
        return Vec::new();
    };
    let mut known: Vec<(usize, usize)> = wave.arms.iter().copied().zip(schools.iter().copied()).collect();
    known.sort_unstable();
    known.dedup();
    let later = known.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| pair[1].1);
    let indicator = |school: usize| schools.iter().map(|own| f64::from(u8::from(*own == school))).collect();
    later.map(indicator).collect()
}
