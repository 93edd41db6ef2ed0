//! Point estimates of ability with known items: weighted likelihood and maximum likelihood.

use rayon::prelude::*;

use super::marginal::Masks;
use super::{ItemCurve, Responses, inverse};

/// An estimate of ability in logits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ability {
    /// Estimate.
    pub theta: f64,
    /// Standard error, `1 / sqrt(I(theta))`.
    pub se: f64,
}

/// A maximum likelihood estimate, which need not exist.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MaximumLikelihood {
    /// The maximum.
    Finite(Ability),
    /// No points at all: the likelihood rises towards minus infinity.
    Lowest,
    /// All points: the likelihood rises towards infinity.
    Highest,
    /// No answers, or items without information at any ability within 60 logits.
    None,
}

impl MaximumLikelihood {
    /// The estimate where it is finite.
    pub fn finite(self) -> Option<Ability> {
        match self {
            MaximumLikelihood::Finite(ability) => Some(ability),
            _ => None,
        }
    }
}

/// An item and the points on it.
pub type Answer<'a> = (&'a ItemCurve, u8);

/// Steps of Newton's method; about six suffice from 0, bisection within the bracket guards the rest.
const STEPS: usize = 200;
/// Change of ability at which Newton's method stops: its error is then of the order of the square.
const TOLERANCE: f64 = 1e-9;
/// Abilities beyond this are outside any scale; the bracket of the root.
const FARTHEST: f64 = 60.0;

/// Derivatives of the log-likelihood about ability.
struct Slope {
    /// Ability.
    theta: f64,
    /// First derivative.
    gradient: f64,
    /// Information and its first two derivatives.
    information: [f64; 3],
}

fn slope(answers: &[Answer], theta: f64) -> Slope {
    let mut sum = Slope { theta, gradient: 0.0, information: [0.0; 3] };
    for (curve, points) in answers {
        let (a, m) = (curve.slope, curve.moments(theta));
        sum.gradient += a * (f64::from(*points) - m.mean);
        sum.information[0] += a * a * m.variance;
        sum.information[1] += a.powi(3) * m.third;
        sum.information[2] += a.powi(4) * (m.fourth - 3.0 * m.variance * m.variance);
    }
    sum
}

/// Warm's weighted likelihood estimate: the root of
///
/// ```text
/// sum_i a_i (x_i - E_i(theta)) + I'(theta) / (2 I(theta)) = 0,        I = sum_i a_i^2 Var_i
/// ```
///
/// finite for zero and perfect scores, and with a bias of smaller order than maximum likelihood. `None`
/// without answers, and where there is no root within 60 logits or no information at it.
///
/// # References
/// Warm (1989), Psychometrika 54, 427-450, doi:10.1007/BF02294627.
pub fn weighted_likelihood(answers: &[Answer]) -> Option<Ability> {
    solve(answers, |s| {
        // Far out the information underflows; the correction then tends to half a slope.
        if s.information[0] < UNDERFLOW && s.gradient.abs() <= 1e-100 {
            return (towards_information(answers, s.theta), -1e-300);
        }
        weighted(s)
    })
}

/// Information below this has lost its digits.
const UNDERFLOW: f64 = 1e-280;

/// Warm's equation and its derivative.
fn weighted(s: &Slope) -> (f64, f64) {
    let [i0, i1, i2] = s.information;
    if i0 < UNDERFLOW {
        return (s.gradient, -1e-300);
    }
    (s.gradient + i1 / (2.0 * i0), -i0 + (i2 * i0 - i1 * i1) / (2.0 * i0 * i0))
}

/// Warm's equation of a set of items at one ability, for any answers: it is `t - g(theta)` with
/// `t = sum_i a_i x_i`.
pub(super) struct WeightedPoint {
    /// g and its derivative.
    pub g: [f64; 2],
    /// Information and its derivative.
    pub information: [f64; 2],
}

pub(super) fn weighted_point(items: &[&ItemCurve], theta: f64) -> WeightedPoint {
    let blank: Vec<Answer> = items.iter().map(|c| (*c, 0)).collect();
    let at = slope(&blank, theta);
    let (value, derivative) = weighted(&at);
    WeightedPoint { g: [-value, -derivative], information: [at.information[0], at.information[1]] }
}

/// Half the slope of the item that is nearest to telling anything at an ability where hardly any does, with
/// the sign of the direction in which it lies.
fn towards_information(answers: &[Answer], theta: f64) -> f64 {
    let mut nearest = (f64::NEG_INFINITY, 0.0);
    for (curve, _) in answers.iter().filter(|(c, _)| c.slope != 0.0) {
        let logs = curve.log_probabilities(theta);
        let mut order: Vec<usize> = (0..logs.len()).collect();
        order.sort_by(|a, b| logs[*b].total_cmp(&logs[*a]));
        if let [first, second, ..] = order[..]
            && logs[second] > nearest.0
        {
            let up = if second > first { 0.5 } else { -0.5 };
            nearest = (logs[second], up * curve.slope);
        }
    }
    nearest.1
}

/// Maximum likelihood estimate: the root of `sum_i a_i (x_i - E_i(theta))`.
pub fn maximum_likelihood(answers: &[Answer]) -> MaximumLikelihood {
    let reachable = |(curve, _): &Answer, high: bool| {
        let occurs = |k: &usize| curve.intercepts[*k] > f64::NEG_INFINITY;
        let mut points = 0..curve.intercepts.len();
        let end = if high { points.rfind(occurs) } else { points.find(occurs) };
        end.unwrap_or(0) as u8
    };
    let informative: Vec<Answer> = answers.iter().filter(|(c, _)| c.slope != 0.0).copied().collect();
    if informative.is_empty() {
        return MaximumLikelihood::None;
    }
    // On an item with negative slope ability rises as points fall.
    let at_end = |up: bool| informative.iter().all(|a| a.1 == reachable(a, (a.0.slope > 0.0) == up));
    match (at_end(false), at_end(true)) {
        (true, true) => MaximumLikelihood::None,
        (true, false) => MaximumLikelihood::Lowest,
        (false, true) => MaximumLikelihood::Highest,
        _ => solve(&informative, |s| (s.gradient, -s.information[0]))
            .map_or(MaximumLikelihood::None, MaximumLikelihood::Finite),
    }
}

/// The root of an estimating function that falls through it, by Newton's method kept in a bracket.
fn solve(answers: &[Answer], equation: impl Fn(&Slope) -> (f64, f64)) -> Option<Ability> {
    if answers.iter().all(|(c, _)| c.slope == 0.0) {
        return None;
    }
    let (mut low, mut high) = (-FARTHEST, FARTHEST);
    let mut theta = 0.0;
    for _ in 0..STEPS {
        let at = slope(answers, theta);
        let (value, derivative) = equation(&at);
        if value > 0.0 {
            low = theta;
        } else {
            high = theta;
        }
        let newton = theta + (-value / derivative).clamp(-2.0, 2.0);
        let next =
            if derivative < 0.0 && newton > low && newton < high { newton } else { 0.5 * (low + high) };
        let change = (next - theta).abs();
        theta = next;
        if change < TOLERANCE {
            break;
        }
    }
    let information = slope(answers, theta).information[0];
    let found = FARTHEST - theta.abs() > 1e-6 && information > 0.0;
    found.then(|| Ability { theta, se: 1.0 / information.sqrt() })
}

/// Weighted likelihood estimates of all persons. `curves[i]` is `None` for items to leave out; persons
/// without answers on the others have `None`.
pub fn weighted_likelihood_all(curves: &[Option<&ItemCurve>], responses: &Responses) -> Vec<Option<Ability>> {
    if curves.iter().flatten().all(|c| c.slope == 1.0) {
        return estimate_all(curves, responses, weighted_likelihood);
    }
    let active: Vec<bool> = curves.iter().map(Option::is_some).collect();
    let masks = Masks::new(responses, &active);
    let tables = inverse::tables(curves, &masks);
    let one = |person: usize| {
        let answers = || responses.answers(person).filter_map(|(i, points)| curves[i].map(|c| (c, points)));
        let table = tables[masks.of_person[person] as usize].as_ref();
        table
            .and_then(|table| table.ability(answers().map(|(c, points)| c.slope * f64::from(points)).sum()))
            .or_else(|| weighted_likelihood(&answers().collect::<Vec<_>>()))
    };
    (0..responses.persons()).into_par_iter().map(one).collect()
}

/// Maximum likelihood estimates of all persons.
pub fn maximum_likelihood_all(
    curves: &[Option<&ItemCurve>],
    responses: &Responses,
) -> Vec<MaximumLikelihood> {
    estimate_all(curves, responses, maximum_likelihood)
}

/// With unit slopes persons with equal scores on equal items have equal estimates, found once.
fn estimate_all<T: Copy + Send + Sync>(
    curves: &[Option<&ItemCurve>],
    responses: &Responses,
    estimate: impl Fn(&[Answer]) -> T + Sync,
) -> Vec<T> {
    let answers = |person: usize| -> Vec<Answer> {
        responses.answers(person).filter_map(|(i, points)| curves[i].map(|c| (c, points))).collect()
    };
    if curves.iter().flatten().any(|c| c.slope != 1.0) {
        return (0..responses.persons()).into_par_iter().map(|p| estimate(&answers(p))).collect();
    }
    let active: Vec<bool> = curves.iter().map(Option::is_some).collect();
    let masks = Masks::new(responses, &active);
    let score = |p: usize| {
        let (points, _) = responses.row(p);
        masks.items[masks.of_person[p] as usize].iter().map(|i| u32::from(points[*i as usize])).sum::<u32>()
    };
    let mut order: Vec<((u32, u32), u32)> =
        (0..responses.persons()).map(|p| ((masks.of_person[p], score(p)), p as u32)).collect();
    order.par_sort_unstable();
    let runs: Vec<&[((u32, u32), u32)]> = order.chunk_by(|a, b| a.0 == b.0).collect();
    let values: Vec<T> = runs.par_iter().map(|run| estimate(&answers(run[0].1 as usize))).collect();
    let mut of_person: Vec<Option<T>> = vec![None; responses.persons()];
    for (run, value) in runs.iter().zip(values) {
        run.iter().for_each(|(_, p)| of_person[*p as usize] = Some(value));
    }
    of_person.into_iter().flatten().collect()
}

/// Reliability of point estimates: `(v - s) / v` with v the variance of the estimates (divisor N - 1) and
/// s their mean squared standard error. `None` with fewer than two persons or without variance; negative
/// when the errors outweigh the spread.
///
/// # References
/// Adams (2005), Studies in Educational Evaluation 31, 162-172.
pub fn separation_reliability(estimates: &[Option<Ability>]) -> Option<f64> {
    let all: Vec<Ability> = estimates.iter().flatten().copied().collect();
    let theta: Vec<f64> = all.iter().map(|a| a.theta).collect();
    let v = crate::num::moments::variance(&theta).ok().filter(|v| *v > 0.0)?;
    let s = all.iter().map(|a| a.se * a.se).sum::<f64>() / all.len() as f64;
    Some((v - s) / v)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_and_perfect_scores() {
        let curves: Vec<ItemCurve> =
            [-1.0, 0.0, 1.5].iter().map(|b| ItemCurve::from_steps(1.0, &[*b])).collect();
        let all = |points: u8| curves.iter().map(|c| (c, points)).collect::<Vec<_>>();
        assert_eq!(maximum_likelihood(&all(0)), MaximumLikelihood::Lowest);
        assert_eq!(maximum_likelihood(&all(1)), MaximumLikelihood::Highest);
        assert_eq!(maximum_likelihood(&[]), MaximumLikelihood::None);
        let (low, high) = (weighted_likelihood(&all(0)).unwrap(), weighted_likelihood(&all(1)).unwrap());
        assert!(low.theta < -2.0 && high.theta > 2.0 && low.se.is_finite());
        assert!(weighted_likelihood(&[]).is_none());
    }

    #[test]
    fn many_persons_have_the_estimates_of_one() {
        let curves: Vec<ItemCurve> = (0..9)
            .map(|i| {
                let b = 0.5 * f64::from(i) - 2.0;
                let steps = if i % 3 == 0 { vec![b - 0.4, b, b + 0.9] } else { vec![b] };
                ItemCurve::from_steps(0.5 + 0.25 * f64::from(i), &steps)
            })
            .collect();
        let mut stream = crate::num::rng::Stream::new(7, "abilities");
        let max: Vec<u8> = curves.iter().map(|c| c.max() as u8).collect();
        let (mut points, mut there) = (vec![], vec![]);
        for person in 0..5000 {
            for m in &max {
                points.push(stream.below(usize::from(*m) + 1) as u8);
                there.push(person % 4 > 0 || stream.chance(0.8));
            }
        }
        let responses = Responses::new(5000, 9, points, there, max).unwrap();
        let some: Vec<Option<&ItemCurve>> = curves.iter().map(Some).collect();
        for (person, all) in weighted_likelihood_all(&some, &responses).into_iter().enumerate() {
            let answers: Vec<Answer> = responses.answers(person).map(|(i, x)| (&curves[i], x)).collect();
            let (all, one) = (all.unwrap(), weighted_likelihood(&answers).unwrap());
            assert!(
                (all.theta - one.theta).abs() < 1e-8 && (all.se - one.se).abs() < 1e-8,
                "{all:?} {one:?}"
            );
        }
    }

    #[test]
    fn a_single_item_has_the_closed_form() {
        // One item at 0, right answer: 1 - P + (1 - 2P) / 2 = 0, so P = 3/4 and theta = ln 3.
        let curve = ItemCurve::from_steps(1.0, &[0.0]);
        let ability = weighted_likelihood(&[(&curve, 1)]).unwrap();
        assert!((ability.theta - 3f64.ln()).abs() < 1e-12);
    }
}
