//! One answer: drawn from a person's ability, written as a cell.

use super::curve::{partial_credit, rasch};
use super::model::Blanks;
use super::parameters::{ItemParameters, Shape};
use super::points::{keyed_options, likert_place, points_of_marks, points_of_parts};
use super::stream::Stream;
use crate::instrument::{Choice, ItemKind};

/// A drawn answer.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// Points it earns.
    pub points: f64,
    /// What is written; one cell for each rater asked, else one.
    pub cells: Vec<String>,
}

impl Answer {
    fn one(points: f64, cell: String) -> Self {
        Answer { points, cells: vec![cell] }
    }

    /// Takes back what was written.
    pub fn blank(&mut self) {
        self.cells.iter_mut().for_each(String::clear);
    }
}

/// Draws an answer of a person of ability `theta` (logits) to a scored item. `raters` are places among the
/// item's raters; `decimal` is the decimal mark.
pub fn draw_answer(
    parameters: &ItemParameters,
    theta: f64,
    blanks: &Blanks,
    raters: &[usize],
    decimal: char,
    stream: &mut Stream,
) -> Answer {
    let item = parameters.item;
    match (&parameters.shape, &item.kind) {
        (Shape::One(b), kind) => {
            let right = stream.chance(rasch(theta, *b));
            let cell = match kind {
                ItemKind::SingleChoice { options, key } => {
                    single_choice(options, key, &parameters.distractors, right, blanks, stream)
                }
                ItemKind::ShortNumber { number, tolerance, .. } => listed(parameters, right, stream)
                    .unwrap_or_else(|| {
                        let value = if right { *number } else { wrong_number(*number, *tolerance, stream) };
                        written_number(value, decimal)
                    }),
                ItemKind::ShortText { spellings } => listed(parameters, right, stream).unwrap_or_else(|| {
                    if right {
                        spellings.first().cloned().unwrap_or_default()
                    } else {
                        "tidak tahu".to_owned()
                    }
                }),
                _ => String::new(),
            };
            Answer::one(if right { item.points } else { 0.0 }, cell)
        }
        (Shape::Parts(b), kind) => {
            let right: Vec<bool> = b.iter().map(|b| stream.chance(rasch(theta, *b))).collect();
            parts(parameters, kind, &right, blanks, stream)
        }
        (Shape::Steps(delta), ItemKind::Likert { options }) => {
            let level = stream.weighted(&partial_credit(theta, delta));
            let option = options.get(likert_place(parameters, level, options.len()));
            Answer::one(
                option.and_then(|option| option.value).unwrap_or(0.0),
                option.map(|option| option.code.clone()).unwrap_or_default(),
            )
        }
        (Shape::Steps(delta), _) => rated(parameters, theta, delta, raters, stream),
        (Shape::Unscored, _) => Answer::one(0.0, String::new()),
    }
}

fn rated(
    parameters: &ItemParameters,
    theta: f64,
    delta: &[f64],
    raters: &[usize],
    stream: &mut Stream,
) -> Answer {
    let top = delta.len();
    let level = stream.weighted(&partial_credit(theta, delta));
    let ratings: Vec<usize> = raters
        .iter()
        .map(|place| {
            let u = stream.uniform();
            parameters.raters.get(*place).map_or(level, |rater| rater.rate(level, top, u))
        })
        .collect();
    let mean = ratings.iter().sum::<usize>() as f64 / ratings.len().max(1) as f64;
    Answer {
        points: mean * parameters.item.points / top as f64,
        cells: ratings.iter().map(usize::to_string).collect(),
    }
}

fn single_choice(
    options: &[Choice],
    key: &str,
    distractors: &[f64],
    right: bool,
    blanks: &Blanks,
    stream: &mut Stream,
) -> String {
    if right {
        return key.to_owned();
    }
    let wrong =
        options.get(stream.weighted(distractors)).map(|option| option.code.clone()).unwrap_or_default();
    if !stream.chance(blanks.two_marks) {
        return wrong;
    }
    options
        .iter()
        .filter(|option| option.code == key || option.code == wrong)
        .map(|o| o.code.as_str())
        .collect()
}

fn parts(
    parameters: &ItemParameters,
    kind: &ItemKind,
    right: &[bool],
    blanks: &Blanks,
    stream: &mut Stream,
) -> Answer {
    let points = parameters.item.points;
    match kind {
        ItemKind::MultipleChoice { options, rule, .. } => {
            let keyed = keyed_options(kind);
            let marked: Vec<bool> = keyed.iter().zip(right).map(|(key, right)| key == right).collect();
            let codes: Vec<&str> = options
                .iter()
                .zip(&marked)
                .filter(|(_, mark)| **mark)
                .map(|(o, _)| o.code.as_str())
                .collect();
            Answer::one(points_of_marks(*rule, points, &keyed, &marked), codes.join(";"))
        }
        ItemKind::StatementGrid { options, statements, rule } => {
            let mut codes = Vec::with_capacity(statements.len());
            for (statement, right) in statements.iter().zip(right) {
                let others: Vec<&Choice> =
                    options.iter().filter(|option| option.code != statement.key).collect();
                let other = others.get(stream.below(others.len())).map_or("", |option| option.code.as_str());
                codes.push(if *right { statement.key.as_str() } else { other });
            }
            Answer::one(points_of_parts(*rule, points, right), positional(codes, right, blanks, stream))
        }
        ItemKind::Matching { left, right: entries, key, rule } => {
            let keys: Vec<&str> = left.iter().map(|l| key.get(&l.code).map_or("", String::as_str)).collect();
            let codes = matched(&keys, entries, right, stream);
            Answer::one(points_of_parts(*rule, points, right), positional(codes, right, blanks, stream))
        }
        _ => Answer::default(),
    }
}

/// Codes by position; some wrong ones are left open, and a row with nothing in it is a blank.
fn positional(mut codes: Vec<&str>, right: &[bool], blanks: &Blanks, stream: &mut Stream) -> String {
    for (code, right) in codes.iter_mut().zip(right) {
        if stream.chance(blanks.part) && !right {
            *code = "";
        }
    }
    if codes.iter().all(|code| code.is_empty()) { String::new() } else { codes.join(";") }
}

/// Right entry of every left entry: the key where the pair is right, else an entry that is not yet used
/// where there is one, for students use an entry once.
fn matched<'a>(keys: &[&'a str], entries: &'a [Choice], right: &[bool], stream: &mut Stream) -> Vec<&'a str> {
    let mut used: Vec<&str> =
        keys.iter().zip(right).filter(|(_, right)| **right).map(|(key, _)| *key).collect();
    let mut codes = Vec::with_capacity(keys.len());
    for (key, right) in keys.iter().zip(right) {
        if *right {
            codes.push(*key);
            continue;
        }
        let wrong: Vec<&str> = entries.iter().map(|e| e.code.as_str()).filter(|code| code != key).collect();
        let open: Vec<&str> = wrong.iter().copied().filter(|code| !used.contains(code)).collect();
        let from = if open.is_empty() { &wrong } else { &open };
        let code = from.get(stream.below(from.len())).copied().unwrap_or("");
        used.push(code);
        codes.push(code);
    }
    codes
}

/// A short answer of the model's own list; earlier ones are commoner by half.
fn listed(parameters: &ItemParameters, right: bool, stream: &mut Stream) -> Option<String> {
    let rule = parameters.rule?;
    let list = if right { &rule.right } else { &rule.wrong };
    let mut weights = Vec::with_capacity(list.len());
    let mut weight = 1.0;
    for _ in list {
        weights.push(weight);
        weight *= 0.5;
    }
    list.get(stream.weighted(&weights)).cloned()
}

/// A number that a student might write instead: off by one or two, a slipped decimal place, doubled,
/// halved. It is rounded as the right one is.
fn wrong_number(right: f64, tolerance: f64, stream: &mut Stream) -> f64 {
    let decimals = written_number(right, '.').split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let unit = 10_f64.powi(decimals as i32);
    let candidates: Vec<f64> = [
        right + 1.0,
        right - 1.0,
        right + 2.0,
        right * 2.0,
        right / 2.0,
        right * 10.0,
        right / 10.0,
        right + 10.0,
    ]
    .iter()
    .map(|value| (value * unit).round() / unit)
    .filter(|value| (value - right).abs() > tolerance + 1e-9)
    .collect();
    candidates.get(stream.below(candidates.len())).copied().unwrap_or(right + tolerance + 1.0)
}

/// A number as it stands in a data file; data are not prose, so `i18n::format` has no say here.
fn written_number(value: f64, decimal: char) -> String {
    value.to_string().replace('.', &decimal.to_string())
}
