//! What the measures say: items, persons, fit, link. The calibration itself was made by the room `measure`;
//! here it is described, checked and put into words.

mod comparison;
mod dif;
mod fits;
mod items;
mod link;
mod notices;
mod persons;

use super::Material;
use super::findings::{self, MeasurementFindings, Notice};
use crate::instrument::{Instrument, IrtModel};
use crate::measure::{Calibrated, Measure, WaveAnswers};
use crate::psych::irt::linking::{Wave, stack};
use crate::psych::irt::{Family, ItemCurve, Responses};
use crate::study::LinkMethod;

pub(super) use dif::all as dif;
pub(super) use link::{LinkError, error_of, error_of_contrast, refused};
pub(super) use notices::no_link;

/// What the parts of one scale's description share.
pub(super) struct Sheet<'a> {
    /// The study and its data.
    pub material: Material<'a>,
    /// Instrument of the scale.
    pub instrument: &'a Instrument,
    /// Its measure.
    pub measure: &'a Measure,
    /// What was found.
    pub found: &'a Calibrated,
    /// Answers on one list of items with the curves behind them: all waves where they were calibrated
    /// together and no item is free to differ, the first wave otherwise.
    pub reference: Reference,
}

/// Answers with one curve per item.
pub(super) struct Reference {
    /// Answers.
    pub answers: Responses,
    /// Ability of every row (weighted likelihood), in logits.
    pub theta: Vec<Option<f64>>,
    /// Booklet of every row.
    pub booklets: Vec<Option<String>>,
}

impl Sheet<'_> {
    /// The curves of the first wave, to which the others are linked; items that it lacks have the curve of the
    /// first wave that has them.
    pub fn curves(&self) -> Vec<Option<&ItemCurve>> {
        let waves = &self.found.main.curves;
        (0..self.measure.items.len())
            .map(|item| waves.iter().find_map(|curves| curves[item].as_ref()))
            .collect()
    }
}

/// Describes every measured scale.
pub(super) fn analyze(material: Material<'_>) -> Vec<MeasurementFindings> {
    material.measures.scales.iter().filter_map(|measure| one(material, measure)).collect()
}

fn one(material: Material<'_>, measure: &Measure) -> Option<MeasurementFindings> {
    let instrument = material.study.instrument(&measure.instrument)?;
    let scale = instrument.scale(&measure.scale)?;
    let mut notices: Vec<Notice> = Vec::new();
    let found = match &measure.result {
        Ok(found) => {
            let reference = reference(measure, found);
            let sheet = Sheet { material, instrument, measure, found, reference };
            notices.extend(notices::of_model(&sheet));
            notices.extend(notices::of_fits(&sheet));
            let described = describe(&sheet);
            notices.extend(notices::of_links(&sheet, &described.links));
            Some(described)
        }
        Err(reason) => {
            notices.push(notices::unmeasured(reason));
            None
        }
    };
    let about = format!("{}/{}", measure.instrument, measure.scale);
    notices.iter_mut().for_each(|notice| notice.about.clone_from(&about));
    Some(MeasurementFindings {
        instrument: measure.instrument.clone(),
        scale: measure.scale.clone(),
        title: scale.title.clone(),
        respondent: instrument.respondent,
        waves: measure.waves.iter().map(|wave| wave.id.clone()).collect(),
        asked: measure.rules.model,
        smallest_item: measure.gate.persons,
        ability: measure.rules.ability,
        found,
        notices,
    })
}

fn reference(measure: &Measure, found: &Calibrated) -> Reference {
    let together = found.main.fits.len() == 1 && measure.waves.len() > 1;
    let waves: Vec<&WaveAnswers> =
        if together { measure.waves.iter().collect() } else { measure.waves.iter().take(1).collect() };
    let items: Vec<usize> = (0..measure.items.len()).collect();
    let parts: Vec<Wave<'_>> =
        waves.iter().map(|wave| Wave { responses: &wave.answers, items: &items }).collect();
    let theta = |place: usize| found.persons[place].iter().map(|person| person.wle.map(|own| own.theta));
    Reference {
        // The waves have equal lists of items, so they can always be stacked.
        answers: stack(&parts, items.len())
            .map_or_else(|_| measure.waves[0].answers.clone(), |stacked| stacked.responses),
        theta: (0..waves.len()).flat_map(theta).collect(),
        booklets: waves.iter().flat_map(|wave| wave.booklets.iter().cloned()).collect(),
    }
}

fn describe(sheet: &Sheet<'_>) -> findings::Calibrated {
    let found = sheet.found;
    findings::Calibrated {
        model: model(found.family),
        link_method: if sheet.measure.waves.len() > 1 { found.link } else { LinkMethod::Concurrent },
        logits: found.unit.logits,
        unit: found.unit.factor,
        origin: found.unit.score(0.0),
        fits: fits::all(sheet),
        models: comparison::models(sheet),
        populations: persons::populations(sheet),
        items: items::all(sheet),
        dependence: items::dependence(sheet),
        andersen: comparison::andersen_by_wave(sheet),
        persons: persons::all(sheet),
        score_table: persons::score_tables(sheet),
        information: items::information(sheet),
        links: link::all(sheet),
    }
}

/// The name of a model in findings.
pub(super) fn model(family: Family) -> IrtModel {
    match family {
        Family::PartialCredit => IrtModel::Rasch,
        Family::RatingScale => IrtModel::RatingScale,
        Family::GeneralisedPartialCredit => IrtModel::TwoParameter,
    }
}
