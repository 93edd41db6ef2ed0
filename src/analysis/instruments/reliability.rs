//! Reliability beside alpha, dimensions and errors by score of one scale on one form.

use super::{Form, Sheet};
use crate::analysis::findings::{Dimensions, Flag, ItemCorrelationRange, Reliability, ScoreError};
use crate::i18n::{Lang, Text, format, phrase_with};
use crate::instrument::{Item, Scale};
use crate::num::rng::Stream;
use crate::psych::ctt::{
    GuttmanLambdas, ItemCovariance, Omega, SplitOptions, alpha_forms, binomial_sem, guttman, halves_sem,
    kuder_richardson, odd_even, omega,
};
use crate::psych::dimension::{
    FactorMethod, FactorStop, ParallelOptions, item_correlations, parallel_analysis, polychoric,
};
use crate::psych::{ItemMatrix, PsychError};

/// Lambda 4 is not reported (in small samples it is too high by chance), so one split is enough of them.
const SPLITS: SplitOptions = SplitOptions { most: 1 };

/// Random draws of a parallel analysis: they put the 95th percentile within about .01, and there is one analysis per
/// scale, booklet and wave.
const DRAWS: ParallelOptions = ParallelOptions { replicates: 200, percentile: 0.95 };

/// Ratings in fewer categories get the polychoric variant (standards 7).
const FEW_CATEGORIES: f64 = 5.0;

/// Score groups where errors come from the halves of the test.
const GROUPS: usize = 5;

/// Added to empty cells of two-by-two tables, as is usual for tetrachoric correlations.
const EMPTY_CELL: f64 = 0.5;

/// What is said about one scale on one form.
pub(super) fn of(
    sheet: &Sheet<'_>,
    (scale, form): (&Scale, &Form),
    matrix: &ItemMatrix,
    covariance: &ItemCovariance,
) -> Reliability {
    let persons = (0..matrix.persons()).filter(|p| (0..matrix.items()).any(|i| matrix.get(*p, i).is_some()));
    let complete = matrix.total_scores().iter().flatten().count();
    let stream = |name: &str| {
        let place = [name, &sheet.instrument.id, &sheet.scored.wave, &scale.id, &form.booklet].join("/");
        Stream::new(sheet.seed, &place)
    };
    let mut absent = Vec::new();
    let lambdas = guttman(covariance, &SPLITS, &mut stream("splits")).ok();
    let factor = one_factor(covariance, &mut absent);
    let correlations = item_correlations(covariance).ok();
    let keyed = scale_items(sheet, scale).any(Item::has_key);
    Reliability {
        items: covariance.varying.len(),
        complete,
        max_points: matrix.max_total(),
        alpha_standardised: alpha_forms(covariance, persons.count()).ok().map(|forms| forms.standardised),
        kr20: kuder_richardson(matrix).ok().map(|found| found.kr20),
        lambda2: lambdas.map(|found| found.lambda2),
        lambda5: lambdas.map(|found| found.lambda5),
        lambda6: lambda6(lambdas, &mut absent),
        split_half: odd_even(covariance).ok().and_then(|halves| halves.spearman_brown),
        omega: factor.as_ref().map(|found| found.value),
        omega_rmsr: factor.as_ref().map(|found| found.factor.rmsr),
        ordinal_alpha: if keyed { None } else { ordinal_alpha(matrix, covariance, &mut absent) },
        item_correlations: correlations.as_ref().map(|found| ItemCorrelationRange {
            mean: found.mean,
            lowest: found.lowest,
            highest: found.highest,
        }),
        dimensions: correlations.and_then(|found| {
            match parallel_analysis(&found.matrix, complete, &DRAWS, &mut stream("parallel")) {
                Ok(found) => Some(Dimensions {
                    n: complete,
                    eigenvalues: found.observed,
                    random: found.random_percentile,
                    retained: found.retained,
                    first_to_second: found.first_to_second,
                }),
                Err(error) => {
                    absent.push(reason("dimensions", &error));
                    None
                }
            }
        }),
        score_errors: if keyed { score_errors(matrix) } else { Vec::new() },
        absent,
    }
}

fn scale_items<'a>(sheet: &Sheet<'a>, scale: &'a Scale) -> impl Iterator<Item = &'a Item> {
    let instrument = sheet.instrument;
    scale.items.iter().filter_map(move |id| instrument.items.iter().find(|item| item.id == *id))
}

/// Omega where one factor could be fitted and is one: with a communality at its bound a single item is the factor.
fn one_factor(covariance: &ItemCovariance, absent: &mut Vec<Flag>) -> Option<Omega> {
    match omega(covariance, FactorMethod::Minres) {
        Ok(found) if found.factor.stop == FactorStop::Converged => Some(found),
        Ok(found) if found.factor.stop == FactorStop::Heywood => {
            absent.push(worded("omega", "heywood", &[]));
            None
        }
        Ok(found) => {
            absent.push(worded("omega", "step_cap", &[("steps", found.factor.steps)]));
            None
        }
        Err(error) => {
            absent.push(reason("omega", &error));
            None
        }
    }
}

fn lambda6(lambdas: Option<GuttmanLambdas>, absent: &mut Vec<Flag>) -> Option<f64> {
    let found = lambdas?.lambda6;
    if found.is_none() {
        absent.push(worded("lambda6", "determined", &[]));
    }
    found
}

/// Ordinal alpha of ratings in a few categories; none without a reason for scales to which it does not apply.
fn ordinal_alpha(matrix: &ItemMatrix, covariance: &ItemCovariance, absent: &mut Vec<Flag>) -> Option<f64> {
    if covariance.varying.len() < 2 || matrix.max_points().iter().any(|max| max + 1.0 >= FEW_CATEGORIES) {
        return None;
    }
    let varying = matrix.select(&covariance.varying);
    let found = polychoric(&varying, EMPTY_CELL).ok().and_then(|found| found.ordinal_alpha());
    if found.is_none() {
        absent.push(worded("ordinal_alpha", "polychoric", &[]));
    }
    found
}

fn score_errors(matrix: &ItemMatrix) -> Vec<ScoreError> {
    if let Ok(scores) = binomial_sem(matrix) {
        let one = |found: &crate::psych::ctt::ScoreSem| ScoreError {
            low: found.score as f64,
            high: found.score as f64,
            n: found.n,
            sem: found.keats.unwrap_or(found.lord),
        };
        return scores.iter().map(one).collect();
    }
    let bands = halves_sem(matrix, GROUPS).unwrap_or_default();
    let one = |found: &crate::psych::ctt::BandSem| {
        Some(ScoreError { low: found.low, high: found.high, n: found.n, sem: found.sem? })
    };
    bands.iter().filter_map(one).collect()
}

/// A kernel's reason in words.
fn reason(what: &str, error: &PsychError) -> Flag {
    match error {
        PsychError::TooFewItems { needed, found } => {
            worded(what, "few_items", &[("needed", *needed), ("found", *found)])
        }
        PsychError::TooFewPersons { needed, found } => {
            worded(what, "few_persons", &[("needed", *needed), ("found", *found)])
        }
        _ => worded(what, "no_variation", &[]),
    }
}

fn worded(what: &str, why: &str, values: &[(&str, usize)]) -> Flag {
    let say = |lang: Lang| {
        let counts: Vec<(&str, String)> =
            values.iter().map(|(name, value)| (*name, format::count(lang, *value))).collect();
        let counts: Vec<(&str, &str)> = counts.iter().map(|(name, value)| (*name, value.as_str())).collect();
        phrase_with(lang, &format!("classical.absent.{why}"), &counts)
    };
    Flag { kind: what.to_owned(), reason: Text::new(say(Lang::Id), say(Lang::En)) }
}
