//! `Instrument + InstrumentModel -> ItemParameters`: the difficulty of every item and of its parts.
//!
//! What the model does not set is drawn from the item seed, one stream an item, so that the parameters of
//! an item do not depend on which other items there are.

use super::SimulateError;
use super::curve::RaterError;
use super::model::{FormRule, InstrumentModel, ItemRule};
use super::stream::Stream;
use crate::instrument::{Instrument, Item, ItemKind, Respondent};

/// Spread of the logarithms of distractor weights: some wrong options attract about three times as many
/// students as others.
const DISTRACTOR_SPREAD: f64 = 0.5;

/// The difficulties of one item, in logits, in the shape its type needs.
#[derive(Clone, Debug)]
pub enum Shape {
    /// Right or wrong.
    One(f64),
    /// Right or wrong for every option, statement or pair, in printed order.
    Parts(Vec<f64>),
    /// Step difficulties of a rubric or an answer set.
    Steps(Vec<f64>),
    /// Not scored.
    Unscored,
}

/// An item with what generates its answers.
#[derive(Clone, Debug)]
pub struct ItemParameters<'a> {
    /// The item.
    pub item: &'a Item,
    /// What the model sets for it.
    pub rule: Option<&'a ItemRule>,
    /// Its difficulties.
    pub shape: Shape,
    /// Attraction of every option of a single choice; 0 for the right one.
    pub distractors: Vec<f64>,
    /// Whether agreement means less of the trait: some scale turns the item round.
    pub reversed: bool,
    /// Raters of its answers, as many as mark one answer (essays) or as may be drawn (lessons).
    pub raters: Vec<RaterError>,
}

/// An instrument with what generates its answers.
#[derive(Clone, Debug)]
pub struct Parameters<'a> {
    /// The instrument.
    pub instrument: &'a Instrument,
    /// Its part of the model.
    pub model: &'a InstrumentModel,
    /// All items in printed order.
    pub items: Vec<ItemParameters<'a>>,
}

/// The parameters of every item of `instrument`.
///
/// # Errors
/// A scored item type has no rule, a rule has another number of steps than an item has, or a short answer
/// of the model does not fit the item.
pub fn resolve_parameters<'a>(
    instrument: &'a Instrument,
    model: &'a InstrumentModel,
    item_seed: u64,
) -> Result<Parameters<'a>, SimulateError> {
    if let Some(id) = model.items.keys().find(|id| instrument.item(id).is_none()) {
        return Err(SimulateError::UnknownItem { instrument: instrument.id.clone(), item: id.clone() });
    }
    let reversed: Vec<&String> = instrument.scales.iter().flat_map(|scale| &scale.reverse).collect();
    let mut items = Vec::with_capacity(instrument.items.len());
    for item in &instrument.items {
        let mut stream = Stream::new(item_seed, &format!("item/{}/{}", instrument.id, item.id));
        let rule = model.items.get(&item.id);
        items.push(ItemParameters {
            item,
            rule,
            shape: resolve_shape(instrument, item, model, &mut stream)?,
            distractors: distractors(item, &mut stream),
            reversed: reversed.contains(&&item.id),
            raters: raters(instrument, item, model),
        });
    }
    Ok(Parameters { instrument, model, items })
}

fn resolve_shape(
    instrument: &Instrument,
    item: &Item,
    model: &InstrumentModel,
    stream: &mut Stream,
) -> Result<Shape, SimulateError> {
    // Drawn before anything is looked up, so that setting a difficulty leaves the item's parts as they were.
    let z = stream.normal();
    if !item.is_scored() {
        return Ok(Shape::Unscored);
    }
    if item.show_if.is_some() {
        return Err(SimulateError::Conditional { instrument: instrument.id.clone(), item: item.id.clone() });
    }
    let form = model
        .forms
        .get(&item.item_type())
        .ok_or_else(|| SimulateError::NoForm { instrument: instrument.id.clone(), item: item.id.clone() })?;
    let process =
        item.process.as_ref().and_then(|process| model.process.get(process)).copied().unwrap_or(0.0);
    let set = model.items.get(&item.id).and_then(|rule| rule.difficulty);
    let b = set.unwrap_or(form.mean + form.sd * z + process);
    let mut parts =
        |count: usize| Shape::Parts((0..count).map(|_| b + form.parts * stream.normal()).collect());
    Ok(match &item.kind {
        ItemKind::MultipleChoice { options, .. } => parts(options.len()),
        ItemKind::StatementGrid { statements, .. } => parts(statements.len()),
        ItemKind::Matching { left, .. } => parts(left.len()),
        ItemKind::Likert { options } => steps(instrument, item, form, b, options.len())?,
        ItemKind::Essay { rubric, .. } | ItemKind::Rating { rubric, .. } => {
            steps(instrument, item, form, b, rubric.len())?
        }
        _ => Shape::One(b),
    })
}

fn steps(
    instrument: &Instrument,
    item: &Item,
    form: &FormRule,
    b: f64,
    levels: usize,
) -> Result<Shape, SimulateError> {
    if form.steps.len() + 1 != levels {
        return Err(SimulateError::Steps {
            instrument: instrument.id.clone(),
            item: item.id.clone(),
            found: form.steps.len(),
            expected: levels.saturating_sub(1),
        });
    }
    Ok(Shape::Steps(form.steps.iter().map(|step| b + step).collect()))
}

fn distractors(item: &Item, stream: &mut Stream) -> Vec<f64> {
    let ItemKind::SingleChoice { options, key } = &item.kind else { return Vec::new() };
    options
        .iter()
        .map(|option| {
            let weight = libm::exp(DISTRACTOR_SPREAD * stream.normal());
            if &option.code == key { 0.0 } else { weight }
        })
        .collect()
}

fn raters(instrument: &Instrument, item: &Item, model: &InstrumentModel) -> Vec<RaterError> {
    let rated = matches!(item.kind, ItemKind::Essay { .. } | ItemKind::Rating { .. });
    let error = |place: usize| {
        let exact = model.raters.as_ref().map_or(1.0, |raters| raters.exact);
        let person = model.raters.as_ref().and_then(|raters| raters.people.get(place));
        RaterError::new(exact, person.map_or(0.0, |person| person.severity))
    };
    let pool = model.raters.as_ref().map_or(1, |raters| raters.people.len().max(1));
    match (rated, instrument.respondent) {
        (false, _) => Vec::new(),
        (true, Respondent::Observer) => (0..pool).map(error).collect(),
        (true, _) => (0..item.raters() as usize).map(error).collect(),
    }
}
