//! The scores of every school at some waves, and the schools that lack one.

use std::collections::BTreeMap;

use super::Sample;
use crate::impact::Arm;
use crate::study::PersonsRule;

/// Scores of the schools that have all waves wanted.
#[derive(Clone, Debug, Default)]
pub(super) struct SchoolScores {
    /// Scores by school, side and wave. One side; comparison and programme where schools hold both arms.
    pub of_school: BTreeMap<String, Vec<Vec<Vec<f64>>>>,
    /// Persons behind them.
    pub persons: usize,
    /// Whether the arms are kept apart within schools.
    pub within: bool,
    /// Ids of schools with scores that lack a wave.
    pub without_wave: Vec<String>,
    /// Ids of schools that have all waves for one arm and no person of the other.
    pub without_arm: Vec<String>,
}

/// One school before it is known whether it has all waves.
#[derive(Default)]
struct School {
    sides: Vec<Vec<Vec<f64>>>,
    persons: usize,
}

impl SchoolScores {
    /// The scores of the persons whom the rule of the study counts: those met at all of `waves`, or everybody met at
    /// each.
    pub fn gather(sample: &Sample<'_>, waves: &[usize]) -> SchoolScores {
        let roster = sample.measured.roster;
        let linked = sample.study.study.analysis.persons == PersonsRule::Linked;
        let within = arms_share_schools(sample);
        let sides = if within { 2 } else { 1 };
        let mut all: BTreeMap<&str, School> = BTreeMap::new();
        for (place, person) in roster.persons.iter().enumerate() {
            let Some(school) = person.school.as_deref() else { continue };
            let scores: Vec<Option<f64>> =
                waves.iter().map(|wave| sample.measured.waves[*wave][place]).collect();
            let met = scores.iter().flatten().count();
            if met == 0 || (within && person.arm.is_none()) {
                continue;
            }
            let own = all.entry(school).or_default();
            own.sides.resize(sides, vec![Vec::new(); waves.len()]);
            if linked && met < waves.len() {
                continue;
            }
            own.persons += 1;
            let role = sample.role(sample.measured.arm_of(sample.study, place));
            let side = &mut own.sides[usize::from(within && role == Arm::Program)];
            for (at, score) in scores.into_iter().enumerate() {
                side[at].extend(score);
            }
        }
        let mut found = SchoolScores { within, ..SchoolScores::default() };
        for (id, school) in all {
            found.take(id, school);
        }
        found
    }

    /// Keeps a school, or notes what it lacks. Persons count only where their school does.
    fn take(&mut self, id: &str, school: School) {
        let whole = |side: &&Vec<Vec<f64>>| side.iter().all(|wave| !wave.is_empty());
        let nobody = |side: &&Vec<Vec<f64>>| side.iter().all(Vec::is_empty);
        let complete = school.sides.iter().filter(whole).count();
        if complete == school.sides.len() {
            self.persons += school.persons;
            self.of_school.insert(id.to_owned(), school.sides);
        } else if complete > 0 && school.sides.iter().any(|side| nobody(&side)) {
            self.without_arm.push(id.to_owned());
        } else {
            self.without_wave.push(id.to_owned());
        }
    }
}

/// Whether some school of the roster holds persons of both arms.
fn arms_share_schools(sample: &Sample<'_>) -> bool {
    if !sample.compares() {
        return false;
    }
    let mut own: BTreeMap<&str, Arm> = BTreeMap::new();
    let persons = sample.measured.roster.persons.iter().enumerate();
    let mut known = persons.filter(|(_, person)| person.arm.is_some()).filter_map(|(place, person)| {
        let role = sample.role(sample.measured.arm_of(sample.study, place));
        Some((person.school.as_deref()?, role))
    });
    known.any(|(school, role)| own.insert(school, role).is_some_and(|other| other != role))
}
