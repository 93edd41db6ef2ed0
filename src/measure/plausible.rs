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
        let everybody: Vec<usize> = (0..wave.answers.persons()).collect();
        let given = Given { wave, place, rows: &everybody, covariate: None };
        let (draws, schools) = drawn(&given, calibration, seed).unwrap_or_default();
        with_schools &= schools;
        for (person, own) in persons[place].iter_mut().zip(draws) {
            person.plausible = own.unwrap_or_default();
        }
    }
    with_schools
}

/// Persons of a wave and what their values are drawn given, besides arm and school.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// The wave.
    pub wave: &'a WaveAnswers,
    /// Its place in the calibration.
    pub place: usize,
    /// Rows of the persons.
    pub rows: &'a [usize],
    /// One number per person that the analysis will adjust for, such as the pretest score.
    pub covariate: Option<&'a [f64]>,
}

/// The draws of each person; none for a person without answers.
pub type Draws = Vec<Option<Vec<f64>>>;

/// Plausible values of some persons, one entry per row, and whether the schools are in the conditioning model.
///
/// Values that a regression is to adjust for another score must be drawn given that score: without it the draws lose a
/// part of what goes with it, and the slope is too flat (Mislevy 1991, Psychometrika 56, 177-196).
///
/// # Errors
/// As the fit of the population.
pub fn drawn(given: &Given<'_>, calibration: &Calibration, seed: u64) -> Result<(Draws, bool), IrtError> {
    match draw(given, calibration, (true, seed)) {
        Ok(draws) => Ok((draws, !school_columns(given).is_empty())),
        Err(_) => Ok((draw(given, calibration, (false, seed))?, false)),
    }
}

/// The wave by itself with its items fixed: the population is estimated anew, given the schools.
fn draw(
    given: &Given<'_>,
    calibration: &Calibration,
    (schools, seed): (bool, u64),
) -> Result<Draws, IrtError> {
    let (wave, place) = (given.wave, given.place);
    let items: Vec<usize> =
        (0..calibration.curves[place].len()).filter(|i| calibration.curves[place][*i].is_some()).collect();
    let answers: Responses = wave.answers.select(given.rows, &items);
    let anchors = items
        .iter()
        .enumerate()
        .filter_map(|(own, item)| {
            calibration.curves[place][*item].clone().map(|curve| Anchor { item: own, curve })
        })
        .collect();
    let columns = if schools { school_columns(given) } else { Vec::new() };
    let covariates: Vec<&[f64]> = columns.iter().map(Vec::as_slice).chain(given.covariate).collect();
    let arms: Vec<usize> = given.rows.iter().map(|row| wave.arms[*row]).collect();
    let arms: Option<Vec<usize>> = super::calibration::dense(&arms);
    let population = Population { groups: arms.as_deref(), covariates: &covariates, weights: None };
    let family = calibration.fit_of(place).family;
    let options = FitOptions { anchors, standard_errors: false, ..FitOptions::new(family) };
    let fit: FittedIrt = fit_marginal(&answers, &population, &options)?;
    plausible_values(&fit, &answers, &population, PLAUSIBLE_VALUES, seed)
}

/// An indicator per school, without the first school of each arm; empty where schools are unknown.
fn school_columns(given: &Given<'_>) -> Vec<Vec<f64>> {
    let wave = given.wave;
    let Some(schools) = given.rows.iter().map(|row| wave.schools[*row]).collect::<Option<Vec<usize>>>()
    else {
        return Vec::new();
    };
    let arms = given.rows.iter().map(|row| wave.arms[*row]);
    let mut known: Vec<(usize, usize)> = arms.zip(schools.iter().copied()).collect();
    known.sort_unstable();
    known.dedup();
    let later = known.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| pair[1].1);
    let indicator = |school: usize| schools.iter().map(|own| f64::from(u8::from(*own == school))).collect();
    later.map(indicator).collect()
}
