//! Points of an answer pattern, and the points a person of given ability may expect.
//!
//! The generator and the truth share these rules, so that the truth is that of the answers in the files.

use super::curve::{partial_credit, rasch};
use super::parameters::{ItemParameters, Shape};
use crate::instrument::{ItemKind, ScoringRule};

/// Points of a multiple choice item with these options marked. No mark at all is a blank and gives none,
/// whatever the rule.
pub fn points_of_marks(rule: ScoringRule, points: f64, keyed: &[bool], marked: &[bool]) -> f64 {
    if !marked.contains(&true) {
        return 0.0;
    }
    let count = |keep: fn(bool, bool) -> bool| {
        keyed.iter().zip(marked).filter(|(key, mark)| keep(**key, **mark)).count() as f64
    };
    let share = match rule {
        ScoringRule::PerOption => count(|key, mark| key == mark) / keyed.len() as f64,
        ScoringRule::RightMinusWrong => {
            let net = count(|key, mark| key && mark) - count(|key, mark| !key && mark);
            (net / count(|key, _| key)).max(0.0)
        }
        _ => f64::from(u8::from(keyed == marked)),
    };
    points * share
}

/// Points of a grid or a matching item with these parts right.
pub fn points_of_parts(rule: ScoringRule, points: f64, right: &[bool]) -> f64 {
    let count = right.iter().filter(|right| **right).count();
    match rule {
        ScoringRule::PerStatement => points * count as f64 / right.len() as f64,
        _ => points * f64::from(u8::from(count == right.len())),
    }
}

/// Expected points of an item for ability `theta` (logits), before any scale turns it round.
///
/// ```text
/// right or wrong      points P(theta)
/// marked options      sum over all 2^n patterns of P(pattern) points(pattern)
/// statements, pairs   exact: points prod P_j; per statement: points mean P_j
/// levels              sum over k of P(k) (mean over raters of E[rating | k]) points / m
/// ```
pub fn expected_points(parameters: &ItemParameters, theta: f64) -> f64 {
    let item = parameters.item;
    match (&parameters.shape, &item.kind) {
        (Shape::One(b), _) => item.points * rasch(theta, *b),
        (Shape::Parts(b), ItemKind::MultipleChoice { rule, .. }) => {
            let p: Vec<f64> = b.iter().map(|b| rasch(theta, *b)).collect();
            expected_marks(*rule, item.points, &keyed_options(&item.kind), &p)
        }
        (Shape::Parts(b), ItemKind::StatementGrid { rule, .. } | ItemKind::Matching { rule, .. }) => {
            let p = b.iter().map(|b| rasch(theta, *b));
            match rule {
                ScoringRule::PerStatement => item.points * p.sum::<f64>() / b.len() as f64,
                _ => item.points * p.product::<f64>(),
            }
        }
        (Shape::Steps(delta), ItemKind::Likert { options }) => {
            let p = partial_credit(theta, delta);
            let value = |level: usize| options.get(level).and_then(|o| o.value).unwrap_or(0.0);
            p.iter().enumerate().map(|(k, p)| p * value(likert_place(parameters, k, options.len()))).sum()
        }
        (Shape::Steps(delta), _) => {
            let top = delta.len();
            let p = partial_credit(theta, delta);
            let mean = |k: usize| {
                let sum: f64 = parameters.raters.iter().map(|rater| rater.expected(k, top)).sum();
                sum / parameters.raters.len() as f64
            };
            p.iter().enumerate().map(|(k, p)| p * mean(k)).sum::<f64>() * item.points / top as f64
        }
        _ => 0.0,
    }
}

/// Place in the answer set of the answer that shows level `k` of the trait.
pub fn likert_place(parameters: &ItemParameters, k: usize, options: usize) -> usize {
    if parameters.reversed { options - 1 - k } else { k }
}

/// Which options of a multiple choice are right.
pub fn keyed_options(kind: &ItemKind) -> Vec<bool> {
    match kind {
        ItemKind::MultipleChoice { options, key, .. } => {
            options.iter().map(|option| key.contains(&option.code)).collect()
        }
        _ => Vec::new(),
    }
}

fn expected_marks(rule: ScoringRule, points: f64, keyed: &[bool], p: &[f64]) -> f64 {
    let mut marked = vec![false; keyed.len()];
    let mut expected = 0.0;
    for pattern in 0..1_u64 << keyed.len() {
        let mut probability = 1.0;
        for (place, (key, p)) in keyed.iter().zip(p).enumerate() {
            let judged_right = pattern >> place & 1 == 1;
            marked[place] = *key == judged_right;
            probability *= if judged_right { *p } else { 1.0 - p };
        }
        expected += probability * points_of_marks(rule, points, keyed, &marked);
    }
    expected
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_minus_wrong_never_falls_below_nothing() {
        let keyed = [true, false, true, false, false];
        let points = |marked: [bool; 5]| points_of_marks(ScoringRule::RightMinusWrong, 2.0, &keyed, &marked);
        assert_eq!(points([true, false, true, false, false]), 2.0);
        assert_eq!(points([true, true, true, false, false]), 1.0);
        assert_eq!(points([false, true, false, true, false]), 0.0);
    }

    #[test]
    fn no_mark_is_a_blank_even_where_open_options_count() {
        let keyed = [true, false, false];
        assert_eq!(points_of_marks(ScoringRule::PerOption, 1.0, &keyed, &[false; 3]), 0.0);
        assert_eq!(points_of_marks(ScoringRule::PerOption, 3.0, &keyed, &[false, true, false]), 1.0);
    }

    #[test]
    fn expected_marks_of_an_exact_item_are_the_product() {
        let expected = expected_marks(ScoringRule::Exact, 1.0, &[true, false], &[0.8, 0.5]);
        assert!((expected - 0.4).abs() < 1e-15);
    }
}
