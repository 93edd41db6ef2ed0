//! Ability: what it is on average, and how it varies between schools, persons, waves and domains.
//!
//! ```text
//! theta = arm shift + attribute shifts + t (natural + effect of the programme)
//!       + school + school by wave + person + person by wave + domain of the person
//! ```
//!
//! `t` runs from 0 at the first wave to 1 at the last. A share of the school and the person part is common
//! to all instruments of the same respondents.

use std::collections::BTreeMap;

use super::model::{InstrumentModel, Model};
use super::people::Person;
use super::stream::Stream;

/// Where a group stands in the design.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// Arm id.
    pub arm: Option<&'a str>,
    /// Whether the arm has the programme.
    pub programme: bool,
    /// Time, from 0 at the first wave to 1 at the last.
    pub t: f64,
}

impl Standing<'_> {
    /// Mean ability, in logits, before attributes.
    pub fn mean(&self, model: &InstrumentModel, domain: Option<&str>) -> f64 {
        let growth = domain.and_then(|domain| model.domains.get(domain)).copied().unwrap_or(model.growth);
        let shift = self.arm.and_then(|arm| model.arm_shift.get(arm)).copied().unwrap_or(0.0);
        let effect = if self.programme { growth.effect } else { 0.0 };
        shift + self.t * (growth.natural + effect)
    }
}

/// Sum of the shifts that a person's attributes bring.
pub fn attribute_shift(model: &InstrumentModel, values: &BTreeMap<String, String>) -> f64 {
    model
        .shift
        .iter()
        .filter_map(|(column, by_value)| values.get(column).and_then(|value| by_value.get(value)))
        .sum()
}

/// The drawn parts of a person's ability at one wave, in logits.
#[derive(Clone, Debug)]
pub struct Deviation {
    /// Everything but the domains.
    pub general: f64,
    seed: u64,
    instrument: String,
    person: String,
    domain_sd: f64,
    domains: BTreeMap<String, f64>,
}

impl Deviation {
    /// Draws the parts of `person` on `instrument` at `wave`.
    pub fn draw(model: &Model, instrument: &str, person: &Person, wave: &str, seed: u64) -> Option<Self> {
        let spread = model.instruments.get(instrument)?.spread;
        let school = &model.schools.get(person.school)?.id;
        let cohort = person.cohort_name();
        let z = |name: String| Stream::new(seed, &name).normal();
        let joined = |common: f64, own: f64| model.shared.sqrt() * common + (1.0 - model.shared).sqrt() * own;
        let between =
            joined(z(format!("school/{cohort}/{school}")), z(format!("school/{instrument}/{school}")));
        let within = joined(
            z(format!("person/{cohort}/{}", person.id)),
            z(format!("person/{instrument}/{}", person.id)),
        );
        let general = spread.school * between
            + spread.school_wave * z(format!("school-wave/{instrument}/{wave}/{school}"))
            + spread.person * within
            + spread.person_wave * z(format!("person-wave/{instrument}/{wave}/{}", person.id));
        Some(Deviation {
            general,
            seed,
            instrument: instrument.to_owned(),
            person: person.id.clone(),
            domain_sd: spread.domain,
            domains: BTreeMap::new(),
        })
    }

    /// The whole deviation on items of a domain; items without one share a domain of their own.
    pub fn on(&mut self, domain: Option<&str>) -> f64 {
        let name = domain.unwrap_or("");
        if let Some(part) = self.domains.get(name) {
            return self.general + part;
        }
        let stream = format!("domain/{}/{name}/{}", self.instrument, self.person);
        let part = self.domain_sd * Stream::new(self.seed, &stream).normal();
        self.domains.insert(name.to_owned(), part);
        self.general + part
    }
}
