//! Simulated answers from a seeded generator.

use dampak::num::rng::Stream;
use dampak::psych::irt::{FittedIrt, ItemCurve, Responses};

use crate::brute::{Item, by_steps, probabilities};

/// `n` abilities from N(mean, sd^2).
pub fn abilities(n: usize, mean: f64, sd: f64, seed: u64) -> Vec<f64> {
    let mut stream = Stream::new(seed, "abilities");
    (0..n).map(|_| mean + sd * stream.normal()).collect()
}

/// Answers of persons to items, without missing ones.
pub fn answers(items: &[Item], theta: &[f64], seed: u64) -> Responses {
    with_missing(items, theta, seed, |_, _| true)
}

/// Answers where `there(person, item)` holds.
pub fn with_missing(
    items: &[Item],
    theta: &[f64],
    seed: u64,
    there: impl Fn(usize, usize) -> bool,
) -> Responses {
    let mut stream = Stream::new(seed, "answers");
    let (mut points, mut answered) = (vec![], vec![]);
    for (p, t) in theta.iter().enumerate() {
        for (i, item) in items.iter().enumerate() {
            let mut u = stream.uniform();
            let chances = probabilities(item, *t);
            let x = chances
                .iter()
                .take_while(|c| {
                    u -= **c;
                    u > 0.0
                })
                .count()
                .min(chances.len() - 1);
            points.push(x as u8);
            answered.push(there(p, i));
        }
    }
    let max = items.iter().map(|i| (i.len() - 2) as u8).collect();
    Responses::new(theta.len(), items.len(), points, answered, max).expect("valid responses")
}

/// Rasch items at the given difficulties.
pub fn rasch(difficulties: &[f64]) -> Vec<Item> {
    difficulties.iter().map(|b| by_steps(1.0, &[*b])).collect()
}

/// Binary items by slope and difficulty.
pub fn binary(pairs: &[(f64, f64)]) -> Vec<Item> {
    pairs.iter().map(|(a, b)| by_steps(*a, &[*b])).collect()
}

/// From rows of digits, `.` for a missing answer; every item has the same maximum.
pub fn rows(rows: &[&str], max: u8) -> Responses {
    let items = rows.first().map_or(0, |r| r.len());
    let all: Vec<u8> = rows.concat().into_bytes();
    let points = all.iter().map(|b| b.saturating_sub(b'0')).collect();
    let answered = all.iter().map(|b| *b != b'.').collect();
    Responses::new(rows.len(), items, points, answered, vec![max; items]).expect("valid responses")
}

/// The fitted items in the form of the plain code.
pub fn items_of(fitted: &FittedIrt) -> Vec<Item> {
    fitted.curves().into_iter().map(|c| item_of(c.expect("active"))).collect()
}

pub fn item_of(curve: &ItemCurve) -> Item {
    std::iter::once(curve.slope).chain(curve.intercepts.iter().copied()).collect()
}

pub fn curve_of(item: &Item) -> ItemCurve {
    ItemCurve { slope: item[0], intercepts: item[1..].to_vec() }
}

/// Holds two lists of numbers together.
pub fn close(what: &str, a: &[f64], b: &[f64], allowed: f64) {
    assert_eq!(a.len(), b.len(), "{what}");
    let gap = a
        .iter()
        .zip(b)
        .map(|(x, y)| (x - y).abs())
        .fold(0.0, |m: f64, g| if g.is_nan() { g } else { m.max(g) });
    eprintln!("ORACLE {what}: {gap:.1e} ({allowed:.0e})");
    assert!(gap <= allowed, "{what}: {gap:e}\n{a:?}\n{b:?}");
}
