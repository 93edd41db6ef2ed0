//! Who is in the study: students, teachers and principals, their attributes and when they come.

use std::collections::BTreeMap;

use super::SimulateError;
use super::background::{Occasion, draw_value};
use super::model::{Attendance, Model, School};
use super::stream::Stream;
use crate::instrument::Respondent;

/// National student numbers have ten digits; none that was ever given begins like this.
const STUDENT_PREFIX: &str = "0087";

/// A person on a roster.
#[derive(Clone, Debug)]
pub struct Person {
    /// Person id.
    pub id: String,
    /// Student, teacher or principal.
    pub cohort: Respondent,
    /// Place of the school in the model.
    pub school: usize,
    /// Class; empty for teachers and principals.
    pub class: String,
    /// Values of the drawn roster columns.
    pub values: BTreeMap<String, String>,
    /// Place of the first wave at which the person belongs to the study.
    pub enters: usize,
    /// Place of the last one.
    pub leaves: usize,
    /// Chance to miss one instrument at one wave.
    pub absent: f64,
}

impl Person {
    /// Name of the cohort in streams.
    pub fn cohort_name(&self) -> &'static str {
        match self.cohort {
            Respondent::Student => "student",
            Respondent::Principal => "principal",
            Respondent::Teacher | Respondent::Observer => "teacher",
        }
    }

    /// Whether the person answers `instrument` at wave number `wave`.
    pub fn is_present(&self, instrument: &str, wave: usize, seed: u64) -> bool {
        let mut stream = Stream::new(seed, &format!("absent/{instrument}/{wave}/{}", self.id));
        (self.enters..=self.leaves).contains(&wave) && !stream.chance(self.absent)
    }
}

/// Everybody, school by school: students by class, then teachers, then the principal.
///
/// # Errors
/// A school has more people than its ids can name.
pub fn draw_people(model: &Model, waves: usize, seed: u64) -> Result<Vec<Person>, SimulateError> {
    let mut people = Vec::new();
    for (place, school) in model.schools.iter().enumerate() {
        let students = school.classes.values().sum::<u32>();
        if students > 999 || school.teachers > 99 || place > 98 {
            return Err(SimulateError::TooMany { school: school.id.clone() });
        }
        let mut number = 0;
        for (class, size) in &school.classes {
            for _ in 0..*size {
                number += 1;
                people.push(named(student_id(place, number, seed), Respondent::Student, place, class));
            }
        }
        for teacher in 1..=school.teachers {
            let id = format!("T-{:02}-{teacher:02}", place + 1);
            people.push(named(id, Respondent::Teacher, place, ""));
        }
        people.push(named(format!("P-{:02}", place + 1), Respondent::Principal, place, ""));
    }
    for person in &mut people {
        set_attributes(person, model, seed);
        set_attendance(person, model, waves, seed);
    }
    Ok(people)
}

fn named(id: String, cohort: Respondent, school: usize, class: &str) -> Person {
    Person {
        id,
        cohort,
        school,
        class: class.to_owned(),
        values: BTreeMap::new(),
        enters: 0,
        leaves: usize::MAX,
        absent: 0.0,
    }
}

/// Prefix, school, number in the school, and a drawn digit so that ids do not look counted.
fn student_id(school: usize, number: u32, seed: u64) -> String {
    let digit = Stream::new(seed, &format!("id/{school}/{number}")).below(10);
    format!("{STUDENT_PREFIX}{:02}{number:03}{digit}", school + 1)
}

fn set_attributes(person: &mut Person, model: &Model, seed: u64) {
    for attribute in model.attributes.iter().filter(|attribute| attribute.respondent == person.cohort) {
        let mut stream = Stream::new(seed, &format!("attribute/{}/{}", attribute.column, person.id));
        let value = draw_value(&attribute.draw, &person.values, &Occasion::default(), false, &mut stream);
        person.values.insert(attribute.column.clone(), value);
    }
}

fn set_attendance(person: &mut Person, model: &Model, waves: usize, seed: u64) {
    person.leaves = waves.saturating_sub(1);
    let (Some(rules), Some(school)) = (
        model.attendance.iter().find(|rules| rules.respondent == person.cohort),
        model.schools.get(person.school),
    ) else {
        return;
    };
    let rate = |what: &str, mean: f64| school_rate(rules, school, what, mean, seed);
    let by_arm = school.arm.as_ref().and_then(|arm| rules.attrition_by_arm.get(arm));
    let attrition = rate("attrition", by_arm.copied().unwrap_or(rules.attrition));
    let late = rate("late", rules.late);
    person.absent = rate("absent", rules.absent);
    let mut stream = Stream::new(seed, &format!("attendance/{}", person.id));
    let (joins_late, drops_out) = (stream.chance(late), stream.chance(attrition));
    let last = waves.saturating_sub(1);
    if joins_late {
        person.enters = 1 + stream.below(last);
    } else if drops_out {
        person.leaves = stream.below(last);
    }
}

/// The chance in one school: its logit is normal around the logit of the model's chance.
fn school_rate(rules: &Attendance, school: &School, what: &str, mean: f64, seed: u64) -> f64 {
    if mean <= 0.0 || mean >= 1.0 {
        return mean;
    }
    let z = Stream::new(seed, &format!("rate/{what}/{:?}/{}", rules.respondent, school.id)).normal();
    1.0 / (1.0 + libm::exp(-(libm::log(mean / (1.0 - mean)) + rules.school_sd * z)))
}
