//! `Study + Scores -> Measures`: scales of the method `irt` put on one ruler for all booklets and waves.
//!
//! A measure needs the answers of every wave at once, so it is made after scoring and written back into the
//! score frames, where analysis, report and exports find it like any other scale score. What the
//! calibration learned (items, populations, drift of the anchors, link error) is kept in [`Measure`].
//!
//! [`answers`] turns points into categories, [`calibration`] fits and links, [`drift`] watches the anchors,
//! [`persons`] measures, [`columns`] writes. [`severity`] does for raters what measures do for items: how
//! strict each is, and what the scores would be without it. A scale that cannot be measured (too few persons, several
//! raters, a fit that did not converge) is scored classically, in percent of the possible points, and says
//! why: [`Unmeasured`].

pub mod answers;
pub mod calibration;
pub mod columns;
pub mod drift;
pub mod persons;
pub mod plausible;
pub mod severity;
pub mod unit;

use polars::prelude::PolarsResult;

use crate::instrument::{Instrument, IrtModel, IrtRules, Scale, ScaleMethod};
use crate::psych::irt::{Advice, Family, Gate, IrtError, gate};
use crate::response::Responses;
use crate::score::Scores;
use crate::study::{BoundStudy, LinkMethod, Outcome};

pub use answers::WaveAnswers;
pub use calibration::Calibration;
pub use drift::WaveDrift;
pub use persons::PersonMeasure;
pub use severity::Severity;
pub use unit::Unit;

/// The measures of a study.
#[derive(Clone, Debug, Default)]
pub struct Measures {
    /// One entry per scale of the method `irt` with answers.
    pub scales: Vec<Measure>,
    /// Scores with drifted anchors freed, where some drifted; other scales as in the scores.
    pub drift_free: Option<Scores>,
    /// Severities of raters, one entry per instrument with raters.
    pub severities: Vec<Severity>,
    /// Scores adjusted for the severity of raters, where it could be estimated; others as in the scores.
    pub severity_adjusted: Option<Scores>,
}

/// One measured scale.
#[derive(Clone, Debug)]
pub struct Measure {
    /// Instrument id.
    pub instrument: String,
    /// Scale id.
    pub scale: String,
    /// What the scale asks for.
    pub rules: IrtRules,
    /// Item ids in the order of the scale.
    pub items: Vec<String>,
    /// Point values of each item's categories, ascending: category k is the place of its points here.
    pub values: Vec<Vec<f64>>,
    /// Answers of each wave that has any, in time order.
    pub waves: Vec<WaveAnswers>,
    /// What the number of persons allows.
    pub gate: Gate,
    /// The calibration, or why there is none.
    pub result: Result<Calibrated, Unmeasured>,
}

/// A scale that was measured.
#[derive(Clone, Debug)]
pub struct Calibrated {
    /// Model used; a simpler one than asked where [`Measure::gate`] says so.
    pub family: Family,
    /// How waves were put on one scale.
    pub link: LinkMethod,
    /// The calibration behind the scores: all common items link.
    pub main: Calibration,
    /// Drift of common items, of each later wave against the first.
    pub drift: Vec<WaveDrift>,
    /// The calibration with drifted items freed; none where none drifted.
    pub drift_free: Option<Calibration>,
    /// Reporting unit.
    pub unit: Unit,
    /// Lowest and highest score that answers can give, in the unit.
    pub range: [f64; 2],
    /// Persons of each wave, in the rows of its frame, in logits.
    pub persons: Vec<Vec<PersonMeasure>>,
    /// Why plausible values lack the schools in their conditioning model, where they do.
    pub conditioned_on_schools: bool,
}

/// Why a scale is not measured but scored in percent of the possible points.
#[derive(Clone, Debug, PartialEq)]
pub enum Unmeasured {
    /// Fewer persons than any model needs.
    TooFewPersons {
        /// Smallest number of answers to an item.
        found: usize,
        /// Persons needed.
        needed: usize,
    },
    /// Points are means over raters, which are no categories.
    Raters,
    /// The estimation stopped before it converged.
    NotConverged,
    /// The model has no answer for these data.
    Irt(IrtError),
}

impl Measures {
    /// The measure of a scale.
    pub fn of(&self, instrument: &str, scale: &str) -> Option<&Measure> {
        self.scales.iter().find(|m| m.instrument == instrument && m.scale == scale)
    }

    /// The measure that an outcome is about.
    pub fn of_outcome(&self, outcome: &Outcome) -> Option<&Measure> {
        self.of(outcome.from.instrument.as_deref()?, outcome.from.scale.as_deref()?)
    }
}

/// Measures every scale of the method `irt` and writes its columns into the frames of `scores`, and the
/// scores adjusted for the severity of raters beside the raw ones.
///
/// # Errors
/// polars cannot hand out or take a column, which is a defect of dampak.
pub fn add(study: &BoundStudy, responses: &Responses, scores: &mut Scores) -> PolarsResult<Measures> {
    let mut measures = Measures::default();
    let mut drift_free: Option<Scores> = None;
    let mut columns = Vec::new();
    for bound in &study.instruments {
        let scales = bound.instrument.scales.iter().filter(|scale| scale.method == ScaleMethod::Irt);
        for scale in scales {
            let material = Material { study, responses, instrument: &bound.instrument, scale };
            let Some(measure) = measure(&material, scores)? else { continue };
            columns.push(columns::of(&material, &measure, scores)?);
            measures.scales.push(measure);
        }
    }
    for own in &columns {
        columns::write(scores, &own.main)?;
        scores.ranges.extend(own.range.clone());
    }
    if columns.iter().any(|own| own.drift_free.is_some()) {
        let copy = drift_free.get_or_insert_with(|| scores.clone());
        for own in columns.iter().filter_map(|own| own.drift_free.as_ref()) {
            columns::write(copy, own)?;
        }
    }
    measures.drift_free = drift_free;
    severity::add(study, responses, scores, &mut measures)?;
    Ok(measures)
}

/// What the parts of one scale's measurement share.
#[derive(Clone, Copy)]
pub struct Material<'a> {
    /// The study.
    pub study: &'a BoundStudy,
    /// Its data, for the roster.
    pub responses: &'a Responses,
    /// The instrument of the scale.
    pub instrument: &'a Instrument,
    /// The scale.
    pub scale: &'a Scale,
}

/// None where no wave has answers.
fn measure(material: &Material<'_>, scores: &Scores) -> PolarsResult<Option<Measure>> {
    let gathered = answers::gather(material, scores)?;
    if gathered.waves.is_empty() {
        return Ok(None);
    }
    let rules = material.scale.irt.unwrap_or_default();
    let counts = answers::largest_counts(&gathered.waves);
    let gate = gate(family(rules.model), &counts);
    let result = match (gathered.refused, gate.advice) {
        (Some(refused), _) => Err(refused),
        (None, Advice::Classical) => {
            Err(Unmeasured::TooFewPersons { found: gate.persons, needed: gate.needed.min(RASCH_NEEDS) })
        }
        (None, Advice::Use(family) | Advice::FallBackTo(family)) => {
            calibrated(material, &gathered.waves, family)
        }
    };
    Ok(Some(Measure {
        instrument: material.instrument.id.clone(),
        scale: material.scale.id.clone(),
        rules,
        items: material.scale.items.clone(),
        values: gathered.values,
        waves: gathered.waves,
        gate,
        result,
    }))
}

/// Persons per item that the simplest model needs, as [`gate`] has it.
const RASCH_NEEDS: usize = 100;

fn family(model: IrtModel) -> Family {
    match model {
        IrtModel::Rasch => Family::PartialCredit,
        IrtModel::RatingScale => Family::RatingScale,
        IrtModel::TwoParameter => Family::GeneralisedPartialCredit,
    }
}

fn calibrated(
    material: &Material<'_>,
    waves: &[WaveAnswers],
    family: Family,
) -> Result<Calibrated, Unmeasured> {
    let rules = &material.study.study.analysis.linking;
    let nothing = vec![Vec::new(); waves.len()];
    let separate = calibration::separate(waves, family)?;
    let drift = drift::all(waves, &separate, family, rules);
    let main = calibration::calibrate(waves, &separate, family, (rules.method, &nothing))?;
    let dropped: Vec<Vec<usize>> = std::iter::once(Vec::new())
        .chain(drift.iter().map(|wave| wave.dropped_items()))
        .take(waves.len())
        .collect();
    let drift_free = if dropped.iter().all(Vec::is_empty) {
        None
    } else {
        Some(calibration::calibrate(waves, &separate, family, (rules.method, &dropped))?)
    };
    let mut persons = persons::measure_all(waves, &main);
    let conditioned_on_schools = plausible::draw_all(material, waves, &main, &mut persons);
    let unit = Unit::of(material.scale.irt.and_then(|irt| irt.unit), &main);
    let range = persons::range(&main).map(|theta| unit.score(theta));
    Ok(Calibrated {
        family,
        link: rules.method,
        main,
        drift,
        drift_free,
        unit,
        range,
        persons,
        conditioned_on_schools,
    })
}
