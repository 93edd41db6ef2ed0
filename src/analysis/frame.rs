//! The only bridge from frames of scores to the slices and indices the kernels take.

use std::collections::BTreeMap;

use polars::prelude::{DataType, PolarsResult};

use super::Material;
use crate::instrument::{Instrument, Respondent};
use crate::response::Roster;
use crate::score::scale::{level_column, score_column};
use crate::score::{ScoredSet, Scores};
use crate::study::{BoundStudy, Outcome};

/// The scores of one outcome for the persons of one roster.
#[derive(Clone, Debug)]
pub struct Measured<'a> {
    /// The roster; persons are named by their place in it.
    pub roster: &'a Roster,
    /// Score of every person at every wave: `waves[wave][person]`.
    pub waves: Vec<Vec<Option<f64>>>,
    /// Level of every person at every wave, where the scale has cuts.
    pub levels: Option<Vec<Vec<Option<usize>>>>,
    /// Booklet of every person at every wave, where the instrument has booklets.
    pub booklets: Vec<Vec<Option<String>>>,
    /// Places of the two waves that the study compares; none with fewer than two.
    pub compared: Option<[usize; 2]>,
    /// Lowest and highest possible score.
    pub range: Option<[f64; 2]>,
}

/// Persons with a score at the first and at the last wave, in roster order.
#[derive(Clone, Debug, Default)]
pub struct Linked {
    /// Place in the roster.
    pub places: Vec<usize>,
    /// Score at the first wave.
    pub before: Vec<f64>,
    /// Score at the last wave.
    pub after: Vec<f64>,
    /// Place of the person's school in `schools`; none where schools are unknown.
    pub cluster: Option<Vec<usize>>,
    /// School ids, sorted.
    pub schools: Vec<String>,
    /// Place of the person's arm among the study's arms; 0 where there is one group.
    pub arm: Vec<usize>,
}

/// Who an outcome is measured on.
pub fn respondent_of(study: &BoundStudy, outcome: &Outcome) -> Option<Respondent> {
    if let Some(id) = &outcome.from.instrument {
        return study.instrument(id).map(|instrument| instrument.respondent);
    }
    let file = outcome.from.score_file.as_ref()?;
    let file = study.study.score_files.iter().find(|other| other.id == *file)?;
    Some(file.respondent.unwrap_or(Respondent::Student))
}

/// The scores of an outcome; none where its respondents have no roster or its files could not be read.
///
/// # Errors
/// polars cannot hand out a column.
pub fn measured<'a>(
    material: Material<'a>,
    scores: &Scores,
    outcome: &Outcome,
) -> PolarsResult<Option<Measured<'a>>> {
    let study = material.study;
    let Some(respondent) = respondent_of(study, outcome) else { return Ok(None) };
    let Some(roster) = material.responses.roster_of(study, respondent) else { return Ok(None) };
    if outcome.from.score_file.is_some() {
        return Ok(Some(given(material, roster, outcome)));
    }
    let instrument = outcome.from.instrument.as_deref().and_then(|id| study.instrument(id));
    let (Some(instrument), Some(scale_id)) = (instrument, &outcome.from.scale) else { return Ok(None) };
    let Some(scale) = instrument.scale(scale_id) else { return Ok(None) };
    let waves = study.study.waves.len();
    let mut measured = Measured {
        roster,
        waves: vec![vec![None; roster.persons.len()]; waves],
        levels: (!scale.levels.is_empty()).then(|| vec![vec![None; roster.persons.len()]; waves]),
        booklets: vec![vec![None; roster.persons.len()]; waves],
        compared: study.study.compared_waves(),
        range: scores.range(instrument, scale),
    };
    for set in scores.sets.iter().filter(|set| set.instrument == instrument.id) {
        let Some(wave) = study.study.wave_index(&set.wave) else { continue };
        fill(&mut measured, set, wave, scale_id)?;
    }
    Ok(Some(measured))
}

fn fill(measured: &mut Measured<'_>, set: &ScoredSet, wave: usize, scale: &str) -> PolarsResult<()> {
    let persons = set.frame.column("person")?.str()?.clone();
    let values = set.frame.column(&score_column(scale))?.f64()?.clone();
    let levels = match set.frame.column(&level_column(scale)) {
        Ok(column) => Some(column.cast(&DataType::Int64)?.i64()?.clone()),
        Err(_) => None,
    };
    let booklets = set.frame.column("booklet").ok().and_then(|column| column.str().ok().cloned());
    for (row, person) in persons.iter().enumerate() {
        let Some(place) = person.and_then(|person| measured.roster.index.get(person).copied()) else {
            continue;
        };
        measured.waves[wave][place] = values.get(row).filter(|value| value.is_finite());
        measured.booklets[wave][place] =
            booklets.as_ref().and_then(|booklets| booklets.get(row)).map(str::to_owned);
        if let (Some(filled), Some(levels)) = (&mut measured.levels, &levels) {
            filled[wave][place] = levels.get(row).and_then(|level| usize::try_from(level).ok());
        }
    }
    Ok(())
}

fn given<'a>(material: Material<'a>, roster: &'a Roster, outcome: &Outcome) -> Measured<'a> {
    let given = material.responses.given.iter().find(|given| given.outcome == outcome.id);
    let wave = |scores: &BTreeMap<String, f64>| {
        roster.persons.iter().map(|person| scores.get(&person.id).copied()).collect::<Vec<_>>()
    };
    let waves: Vec<Vec<Option<f64>>> = match given {
        Some(given) => given.waves.iter().map(wave).collect(),
        None => vec![vec![None; roster.persons.len()]; material.study.study.waves.len()],
    };
    let booklets = vec![vec![None; roster.persons.len()]; waves.len()];
    Measured {
        roster,
        waves,
        levels: None,
        booklets,
        compared: material.study.study.compared_waves(),
        range: outcome.range,
    }
}

impl Measured<'_> {
    /// Place of a person's arm among the study's arms; 0 where the roster names none.
    pub fn arm_of(&self, study: &BoundStudy, place: usize) -> usize {
        let arm = self.roster.persons[place].arm.as_deref();
        study.study.arms.iter().position(|known| Some(known.id.as_str()) == arm).unwrap_or(0)
    }

    /// Scores at the two waves that the study compares, by place in the roster.
    pub fn before_and_after(&self) -> Option<[&[Option<f64>]; 2]> {
        let [before, after] = self.compared?;
        Some([self.waves.get(before)?.as_slice(), self.waves.get(after)?.as_slice()])
    }

    /// Everybody with a score at the first wave; `fill` gives the last score of those who have none, from their place
    /// in the roster and their first score.
    pub fn filled(&self, study: &BoundStudy, fill: impl Fn(usize, f64) -> f64) -> Linked {
        let mut filled = Linked::default();
        let Some([first, last]) = self.before_and_after() else { return filled };
        for (place, (before, after)) in first.iter().zip(last).enumerate() {
            let Some(before) = *before else { continue };
            filled.places.push(place);
            filled.before.push(before);
            filled.after.push(after.unwrap_or_else(|| fill(place, before)));
            filled.arm.push(self.arm_of(study, place));
        }
        filled.attach_schools(self.roster);
        filled
    }

    /// The persons with a score at both waves that the study compares.
    pub fn linked(&self, study: &BoundStudy) -> Linked {
        let mut linked = Linked::default();
        let Some([first, last]) = self.before_and_after() else { return linked };
        for (place, (before, after)) in first.iter().zip(last).enumerate() {
            let (Some(before), Some(after)) = (before, after) else { continue };
            linked.places.push(place);
            linked.before.push(*before);
            linked.after.push(*after);
            linked.arm.push(self.arm_of(study, place));
        }
        linked.attach_schools(self.roster);
        linked
    }
}

impl Linked {
    /// Numbers the schools of the persons.
    pub fn attach_schools(&mut self, roster: &Roster) {
        if !roster.has_schools() {
            return;
        }
        let school = |place: &usize| roster.persons[*place].school.clone().unwrap_or_default();
        let mut schools: Vec<String> = self.places.iter().map(school).collect();
        schools.sort_unstable();
        schools.dedup();
        let index: BTreeMap<&str, usize> =
            schools.iter().enumerate().map(|(place, school)| (school.as_str(), place)).collect();
        self.cluster = Some(self.places.iter().map(|place| index[school(place).as_str()]).collect());
        self.schools = schools;
    }

    /// How many persons.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether nobody is linked.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Change of every person.
    pub fn changes(&self) -> Vec<f64> {
        self.before.iter().zip(&self.after).map(|(before, after)| after - before).collect()
    }

    /// Number of schools; none where unknown.
    pub fn clusters(&self) -> Option<usize> {
        self.cluster.as_ref().map(|_| self.schools.len())
    }

    /// The persons for whom `keep` holds, with schools numbered anew.
    pub fn subset(&self, roster: &Roster, keep: impl Fn(usize) -> bool) -> Linked {
        let chosen: Vec<usize> = (0..self.len()).filter(|row| keep(*row)).collect();
        let mut subset = Linked {
            places: chosen.iter().map(|row| self.places[*row]).collect(),
            before: chosen.iter().map(|row| self.before[*row]).collect(),
            after: chosen.iter().map(|row| self.after[*row]).collect(),
            arm: chosen.iter().map(|row| self.arm[*row]).collect(),
            ..Linked::default()
        };
        subset.attach_schools(roster);
        subset
    }

    /// The persons of one arm.
    pub fn of_arm(&self, roster: &Roster, arm: usize) -> Linked {
        self.subset(roster, |row| self.arm[row] == arm)
    }
}

/// Item ids that an instrument's answers hold at a wave: the items somebody was given.
pub fn items_given(scores: &Scores, instrument: &Instrument, wave: &str) -> Vec<String> {
    let Some(set) = scores.set(&instrument.id, wave) else { return Vec::new() };
    let not_given = crate::score::State::NotAdministered as i32;
    instrument
        .items
        .iter()
        .filter(|item| {
            let column = set.frame.column(&crate::score::plan::state_column(&item.id)).ok();
            let states = column.and_then(|column| column.i32().ok().cloned());
            states.is_some_and(|states| {
                states.iter().any(|state| state.is_some_and(|state| state != not_given))
            })
        })
        .map(|item| item.id.clone())
        .collect()
}
