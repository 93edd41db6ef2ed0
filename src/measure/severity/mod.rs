//! `Ratings -> Severities -> adjusted Scores`: how strict every rater is, and what scores would be without it.
//!
//! One many-facet Rasch model per instrument with raters, over the items of its main scale at all waves: a
//! person at two waves is two persons in two groups, a rater at two waves is one rater (a rater who becomes
//! stricter in between is a limit of the model). The fit is refused, by name, where it would rest on
//! assumptions instead of ratings: [`Unfitted`].
//!
//! Adjusted points of a person on an item are the points given, plus what the person's own raters are
//! expected to have taken away at the person's ability:
//!
//! ```text
//! x'_pi = x_pi + E(x_i | theta_p, s = 0) - mean_r E(x_i | theta_p, s_r)
//! ```
//!
//! The scale is then made of them as of any points. With all items rated and theta at its maximum likelihood
//! estimate this is the fair average `E(x_i | theta_p, 0)` of Linacre (1989) summed over the items; written
//! as a correction it leaves the scores of raters of average severity as they are, so that the weighted
//! likelihood estimate, which pulls towards the middle, moves no score by itself.

mod fair;
mod ratings;

use polars::prelude::PolarsResult;

use super::Measures;
use crate::instrument::{Instrument, Scale, ScaleMethod};
use crate::psych::irt::facets::{FacetsOptions, FittedFacets, fit_facets};
use crate::psych::irt::{IrtError, ItemCurve, Population};
use crate::response::Responses;
use crate::response::slot::Part;
use crate::score::Scores;
use crate::study::BoundStudy;

pub use ratings::{RatedItem, RatedPerson, Ratings};

/// Performances (a person rated by a rater) below which no severity is estimated. Linacre (1994), Rasch
/// Measurement Transactions 7:4, asks for 30 observations for a difficulty stable within 1 logit.
pub const SMALLEST_PERFORMANCES: usize = 30;

/// The severities of one instrument's raters.
#[derive(Clone, Debug)]
pub struct Severity {
    /// Instrument id.
    pub instrument: String,
    /// Main scale, whose items were fitted; none where the instrument has no scale.
    pub scale: Option<String>,
    /// The ratings.
    pub ratings: Ratings,
    /// Persons rated by a rater, counted over raters.
    pub performances: usize,
    /// Lowest and highest of the score in which [`FittedSeverity::differences`] are.
    pub range: [f64; 2],
    /// The fit, or why there is none.
    pub result: Result<FittedSeverity, Unfitted>,
}

/// Severities that were estimated.
#[derive(Clone, Debug)]
pub struct FittedSeverity {
    /// The fit.
    pub fit: FittedFacets,
    /// What each rater gives to an average person, less what the others give: score points of the main
    /// scale, or of the rated items where raters stand in columns. None for raters without a severity.
    pub differences: Vec<Option<f64>>,
}

/// Why there are no severities.
#[derive(Clone, Debug, PartialEq)]
pub enum Unfitted {
    /// One rater only: nobody to be compared with.
    OneRater,
    /// Too few performances.
    TooFew {
        /// Performances found.
        found: usize,
        /// Performances needed.
        needed: usize,
    },
    /// Raters that no person ties to each other.
    Disconnected {
        /// Names of the raters of each part.
        parts: Vec<Vec<String>>,
    },
    /// The estimation stopped before it converged.
    NotConverged,
    /// The model has no answer for these data.
    Irt(IrtError),
}

/// Whether some data of an instrument name raters, in rows or in columns.
pub fn is_rated(responses: &Responses, instrument: &str) -> bool {
    responses
        .sets
        .iter()
        .filter(|set| set.instrument == instrument)
        .any(|set| set.has_raters() || set.slots.iter().any(|slot| matches!(slot.part, Part::Rater(_))))
}

/// Estimates severities for every instrument with raters, keeps them in `measures`, and writes adjusted
/// scores beside the raw ones (`measure:ID:fair`) into the frames.
///
/// # Errors
/// polars cannot hand out or take a column.
pub fn add(
    study: &BoundStudy,
    responses: &Responses,
    scores: &mut Scores,
    measures: &mut Measures,
) -> PolarsResult<()> {
    for bound in &study.instruments {
        let instrument = &bound.instrument;
        if !is_rated(responses, &instrument.id) {
            continue;
        }
        let Some(severity) = estimate(study, responses, instrument, scores)? else { continue };
        if let Ok(found) = &severity.result {
            let corrections = fair::corrections(&severity.ratings, &found.fit);
            let adjusted = measures.severity_adjusted.get_or_insert_with(|| scores.clone());
            fair::write((study, responses), instrument, &corrections, (scores, adjusted))?;
        }
        measures.severities.push(severity);
    }
    Ok(())
}

/// The scale called `total`, or the first of those with most items.
pub fn main_scale(instrument: &Instrument) -> Option<&Scale> {
    let most = instrument.scales.iter().map(|scale| scale.items.len()).max()?;
    let longest = || instrument.scales.iter().find(|scale| scale.items.len() == most);
    instrument.scale("total").or_else(longest)
}

fn estimate(
    study: &BoundStudy,
    responses: &Responses,
    instrument: &Instrument,
    scores: &Scores,
) -> PolarsResult<Option<Severity>> {
    let scale = main_scale(instrument);
    let scored = || instrument.items.iter().filter(|item| item.is_scored()).map(|item| item.id.clone());
    let ids: Vec<String> = scale.map_or_else(|| scored().collect(), |scale| scale.items.clone());
    let reverse = scale.map(|scale| scale.reverse.clone()).unwrap_or_default();
    let found = ratings::gather(study, responses, instrument, (&ids, &reverse), scores)?;
    let Some(ratings) = found.filter(|ratings| !ratings.items.is_empty()) else { return Ok(None) };
    let mut pairs: Vec<(usize, usize)> = ratings.ratings.iter().map(|r| (r.person, r.rater)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let method = scale.filter(|_| !ratings.columns).map_or(ScaleMethod::Mean, |scale| scale.method);
    let metric = Metric { items: &ratings.items, method };
    let result = fitted(&ratings, pairs.len(), metric);
    Ok(Some(Severity {
        instrument: instrument.id.clone(),
        scale: scale.map(|scale| scale.id.clone()),
        performances: pairs.len(),
        range: metric.range(),
        result,
        ratings,
    }))
}

fn fitted(ratings: &Ratings, performances: usize, metric: Metric<'_>) -> Result<FittedSeverity, Unfitted> {
    if ratings.raters.len() < 2 {
        return Err(Unfitted::OneRater);
    }
    if performances < SMALLEST_PERFORMANCES {
        return Err(Unfitted::TooFew { found: performances, needed: SMALLEST_PERFORMANCES });
    }
    let max: Vec<u8> = ratings.items.iter().map(|item| item.values.len().saturating_sub(1) as u8).collect();
    // Persons without a named rater stand at the end and are no persons of the model.
    let rated = ratings.ratings.last().map_or(0, |last| last.person + 1);
    let waves: Vec<usize> = ratings.persons[..rated].iter().map(|person| person.wave).collect();
    let groups = super::calibration::dense(&waves);
    let population = Population { groups: groups.as_deref(), ..Population::default() };
    let options = FacetsOptions::default();
    let fit = fit_facets(&ratings.ratings, &max, ratings.raters.len(), &population, rated, &options);
    let fit = fit.map_err(|error| match error {
        IrtError::DisconnectedRaters { parts } => {
            let names = |part: &Vec<usize>| part.iter().map(|rater| ratings.raters[*rater].clone()).collect();
            Unfitted::Disconnected { parts: parts.iter().map(names).collect() }
        }
        other => Unfitted::Irt(other),
    })?;
    if !fit.log.stop.is_converged() {
        return Err(Unfitted::NotConverged);
    }
    let differences = differences(&fit, metric);
    Ok(FittedSeverity { fit, differences })
}

/// The score in which severities are told.
#[derive(Clone, Copy)]
struct Metric<'a> {
    items: &'a [RatedItem],
    method: ScaleMethod,
}

impl Metric<'_> {
    fn score(&self, points: impl Iterator<Item = f64>) -> f64 {
        let sum: f64 = points.sum();
        let possible: f64 = self.items.iter().map(|item| item.range[1]).sum();
        match self.method {
            ScaleMethod::Sum => sum,
            ScaleMethod::Mean => sum / self.items.len().max(1) as f64,
            ScaleMethod::Percent | ScaleMethod::Irt => 100.0 * sum / possible,
        }
    }

    fn range(&self) -> [f64; 2] {
        let end = |end: usize| self.score(self.items.iter().map(|item| item.range[end]));
        match self.method {
            ScaleMethod::Percent | ScaleMethod::Irt => [0.0, 100.0],
            ScaleMethod::Sum | ScaleMethod::Mean => [end(0), end(1)],
        }
    }
}

/// Expected points on an item: its category values by their probabilities.
fn expected(item: &RatedItem, curve: Option<&ItemCurve>, theta: f64) -> f64 {
    match curve {
        Some(curve) => curve.probabilities(theta).iter().zip(&item.values).map(|(p, v)| p * v).sum(),
        // An item with the same points for everybody.
        None => item.values.first().copied().unwrap_or(0.0),
    }
}

fn differences(fit: &FittedFacets, metric: Metric<'_>) -> Vec<Option<f64>> {
    let abilities: Vec<f64> = fit.persons.iter().flatten().map(|person| person.ability.theta).collect();
    let mean = |severity: f64| {
        let one = |theta: &f64| {
            let curve = |i: usize| fit.items[i].as_ref().map(|item| &item.curve);
            let items = metric.items.iter().enumerate();
            metric.score(items.map(|(i, item)| expected(item, curve(i), theta - severity)))
        };
        abilities.iter().map(one).sum::<f64>() / abilities.len().max(1) as f64
    };
    let own: Vec<Option<f64>> = fit.raters.iter().map(|rater| rater.severity.map(mean)).collect();
    let known = own.iter().flatten().count() as f64;
    let total: f64 = own.iter().flatten().sum();
    let against = |own: &Option<f64>| own.map(|own| own - (total - own) / (known - 1.0));
    own.iter().map(|own| against(own).filter(|_| known > 1.0)).collect()
}
