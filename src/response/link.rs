//! Linking the waves by person id, and the report of who was met when.

use std::collections::{BTreeMap, BTreeSet};

use super::{Responses, Roster, rules};
use crate::diag::{Diagnostic, Place};
use crate::instrument::Respondent;
use crate::study::{BoundStudy, PersonsRule};

/// Persons met at each wave, by id.
#[derive(Clone, Debug, Default)]
pub struct Presence {
    /// One set of person ids per wave, in wave order: everybody with a row in any file of that wave.
    pub waves: Vec<BTreeSet<String>>,
    /// Places of the two waves that the study compares; none with fewer than two.
    pub compared: Option<[usize; 2]>,
}

impl Presence {
    /// Who was met at the earlier and at the later of the two waves that the study compares.
    pub fn first_and_last(&self) -> [Option<&BTreeSet<String>>; 2] {
        match self.compared {
            Some(pair) => pair.map(|at| self.waves.get(at)),
            None => [self.waves.first(), self.waves.last()],
        }
    }
}

/// Counts from roster to linked, for one group of persons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MatchCounts {
    /// Persons in the roster.
    pub roster: usize,
    /// Persons met, by wave.
    pub tested: Vec<usize>,
    /// Met at the first and at the last wave.
    pub linked: usize,
    /// Met first, not last.
    pub only_first: usize,
    /// Met last, not first.
    pub only_last: usize,
}

/// Who was met at each wave: a row counts where the file has one for the person, answered or not.
pub fn presence(study: &BoundStudy, responses: &Responses, respondent: Respondent) -> Presence {
    let mut waves = vec![BTreeSet::new(); study.study.waves.len()];
    let roster = responses.roster_of(study, respondent);
    for set in &responses.sets {
        let Some(instrument) = study.instrument(&set.instrument) else { continue };
        if instrument.respondent != respondent {
            continue;
        }
        if let Some(wave) = study.study.wave_index(&set.wave) {
            waves[wave].extend(set.persons.iter().filter(|id| known(roster, id)).cloned());
        }
    }
    add_score_files(study, responses, respondent, &mut waves);
    Presence { waves, compared: study.study.compared_waves() }
}

fn known(roster: Option<&Roster>, id: &str) -> bool {
    roster.is_none_or(|roster| roster.index.contains_key(id))
}

fn add_score_files(
    study: &BoundStudy,
    responses: &Responses,
    respondent: Respondent,
    waves: &mut [BTreeSet<String>],
) {
    let roster = responses.roster_of(study, respondent);
    for given in &responses.given {
        let outcome = study.study.outcomes.iter().find(|outcome| outcome.id == given.outcome);
        let file = outcome
            .and_then(|outcome| outcome.from.score_file.as_deref())
            .and_then(|id| study.study.score_files.iter().find(|file| file.id == id));
        if file.is_none_or(|file| file.respondent.unwrap_or(Respondent::Student) != respondent) {
            continue;
        }
        for (met, scores) in waves.iter_mut().zip(&given.waves) {
            met.extend(scores.keys().filter(|id| known(roster, id)).cloned());
        }
    }
}

/// Counts persons of a roster from listed to linked; `places` names the persons of the group.
pub fn count(roster: &Roster, presence: &Presence, places: impl IntoIterator<Item = usize>) -> MatchCounts {
    let mut counts = MatchCounts { tested: vec![0; presence.waves.len()], ..MatchCounts::default() };
    let [first, last] = presence.first_and_last();
    for person in places.into_iter().map(|place| &roster.persons[place]) {
        counts.roster += 1;
        for (wave, met) in presence.waves.iter().enumerate() {
            counts.tested[wave] += usize::from(met.contains(&person.id));
        }
        let met = |wave: Option<&BTreeSet<String>>| wave.is_some_and(|met| met.contains(&person.id));
        match (met(first), met(last)) {
            (true, true) => counts.linked += 1,
            (true, false) => counts.only_first += 1,
            (false, true) => counts.only_last += 1,
            (false, false) => {}
        }
    }
    counts
}

/// Rosters whose persons were met at the first and at the last wave, but nobody at both.
pub fn check_links(study: &BoundStudy, responses: &Responses) -> Vec<Diagnostic> {
    let cohorts = study.study.analysis.persons == PersonsRule::CrossSections;
    if study.study.waves.len() < 2 || cohorts {
        return Vec::new();
    }
    let unlinked = |roster: &&Roster| {
        let counts = count(roster, &presence(study, responses, roster.respondent), 0..roster.persons.len());
        counts.linked == 0 && counts.only_first > 0 && counts.only_last > 0
    };
    let finding = |roster: &Roster| {
        let message = "nobody of this roster was met at the first and at the last wave";
        Diagnostic::new(&rules::NOBODY_LINKED, Place::file(&roster.file), message)
            .hint("check whether the ids were given anew at the last wave")
    };
    responses.rosters.iter().filter(unlinked).map(finding).collect()
}

/// The same counts for every school, by school id.
pub fn count_by_school(roster: &Roster, presence: &Presence) -> BTreeMap<String, MatchCounts> {
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, person) in roster.persons.iter().enumerate() {
        if let Some(school) = person.school.as_deref() {
            places.entry(school).or_default().push(place);
        }
    }
    places
        .into_iter()
        .map(|(school, members)| (school.to_owned(), count(roster, presence, members)))
        .collect()
}
