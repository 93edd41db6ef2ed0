//! The analytic gradient against differences of the log-likelihood, away from any optimum.

use super::super::fit::{Anchor, NormalPrior, ParameterPriors, Quadrature, counts};
use super::super::params::{MapOptions, ParameterMap};
use super::super::population::Cells;
use super::super::{Family, ItemCurve, Population, Responses};
use super::{Lattice, Problem};
use crate::num::rng::Stream;

const PERSONS: usize = 60;

/// Random answers to two binary items and three of two points, some missing.
fn answers(stream: &mut Stream, max: &[u8], missing: bool) -> Responses {
    let (mut points, mut there) = (vec![], vec![]);
    for _ in 0..PERSONS {
        for m in max {
            points.push(stream.below(usize::from(*m) + 1) as u8);
            there.push(!missing || stream.chance(0.8));
        }
    }
    Responses::new(PERSONS, max.len(), points, there, max.to_vec()).unwrap()
}

fn problem(responses: &Responses, family: Family, anchors: &[Anchor], priors: ParameterPriors) -> Problem {
    let groups: Vec<usize> = (0..PERSONS).map(|p| p % 3).collect();
    let covariate: Vec<f64> = (0..PERSONS).map(|p| (p % 7) as f64 * 0.3 - 1.0).collect();
    let weights: Vec<f64> = (0..PERSONS).map(|p| 0.5 + (p % 4) as f64 * 0.4).collect();
    let columns = [&covariate[..]];
    let population = Population { groups: Some(&groups), covariates: &columns, weights: Some(&weights) };
    let cells = Cells::new(&population, PERSONS, !anchors.is_empty()).unwrap();
    let counts = counts(responses, population.weights);
    let options = MapOptions {
        family,
        anchors,
        beta_columns: cells.columns,
        groups: cells.groups,
        first_variance_free: !anchors.is_empty() || family.has_unit_slopes(),
    };
    let map = ParameterMap::new(responses, &counts, &options).unwrap();
    Problem::new(responses, map, cells, counts, population.weights, priors).unwrap()
}

/// Largest difference between the gradient and extrapolated central differences, per unit of its size.
fn worst(problem: &Problem, rule: Quadrature, stream: &mut Stream) -> f64 {
    let lattice = Lattice::new(rule).unwrap();
    let psi: Vec<f64> = (0..problem.map.len).map(|_| 0.3 + 0.5 * stream.normal()).collect();
    let at = |free: usize, h: f64| {
        let mut moved = psi.clone();
        moved[free] += h;
        let value = problem.evaluate(&moved, &lattice);
        value.log_likelihood + value.log_prior
    };
    let slope = |free: usize, h: f64| (at(free, h) - at(free, -h)) / (2.0 * h);
    let gradient = problem.evaluate(&psi, &lattice).gradient;
    let gap = |(free, own): (usize, &f64)| {
        let differences = (4.0 * slope(free, 1e-3) - slope(free, 2e-3)) / 3.0;
        (own - differences).abs() / (1.0 + own.abs())
    };
    gradient.iter().enumerate().map(gap).fold(0.0, f64::max)
}

#[test]
fn the_gradient_is_that_of_the_likelihood() {
    let mut stream = Stream::new(3, "gradients");
    let prior = NormalPrior { mean: 0.4, sd: 0.7 };
    let priors = [ParameterPriors::default(), ParameterPriors { slope: Some(prior), intercept: Some(prior) }];
    let anchors = [vec![], vec![Anchor { item: 1, curve: ItemCurve::from_steps(1.3, &[-0.2, 0.5]) }]];
    let rules = [Quadrature::TIGHT, Quadrature::GaussHermite { nodes: 15 }];
    for family in [Family::PartialCredit, Family::RatingScale, Family::GeneralisedPartialCredit] {
        let max: &[u8] = if family == Family::RatingScale { &[2; 5] } else { &[1, 2, 1, 2, 3] };
        for missing in [false, true] {
            let responses = answers(&mut stream, max, missing);
            for (priors, anchors) in priors.iter().zip(&anchors) {
                let problem = problem(&responses, family, anchors, *priors);
                for rule in rules {
                    let worst = worst(&problem, rule, &mut stream);
                    assert!(worst < 1e-7, "{family:?} {missing} {rule:?}: {worst:e}");
                }
            }
        }
    }
}
