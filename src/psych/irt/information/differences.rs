//! The observed information by differences of the gradient, the oracle of the exact one.
//!
//! The gradient of the marginal likelihood is exact, so its central differences, extrapolated once
//! (Richardson), give the Hessian to about nine digits.

use rayon::prelude::*;

use super::super::fit::{NormalPrior, ParameterPriors, Prepared, prepare};
use super::super::marginal::{Lattice, Problem};
use super::super::{Anchor, Family, FitOptions, ItemCurve, Population, Quadrature, Responses};
use super::observed_information;
use crate::num::linalg::SmallMatrix;
use crate::num::rng::Stream;

/// Half width of the wider difference; with extrapolation the truncation error is of order h^4.
const WIDTH: f64 = 2e-3;

/// The negative Hessian of the log-likelihood (with priors, of the log posterior) at `psi`.
fn by_differences(problem: &Problem, psi: &[f64], lattice: &Lattice) -> SmallMatrix {
    let n = psi.len();
    let gradient = |free: usize, h: f64| {
        let mut moved = psi.to_vec();
        moved[free] += h;
        problem.evaluate(&moved, lattice).gradient
    };
    let column = |free: usize| -> Vec<f64> {
        let (up, down) = (gradient(free, WIDTH), gradient(free, -WIDTH));
        let (near_up, near_down) = (gradient(free, 0.5 * WIDTH), gradient(free, -0.5 * WIDTH));
        (0..n)
            .map(|i| {
                let wide = (up[i] - down[i]) / (2.0 * WIDTH);
                let near = (near_up[i] - near_down[i]) / WIDTH;
                (wide - 4.0 * near) / 3.0
            })
            .collect()
    };
    let columns: Vec<Vec<f64>> = (0..n).into_par_iter().map(column).collect();
    let mut information = SmallMatrix::zeros(n, n);
    for i in 0..n {
        for j in 0..n {
            information.set(i, j, 0.5 * (columns[i][j] + columns[j][i]));
        }
    }
    information
}

/// Answers of 400 persons to seven items of one to three points, some missing; every category occurs.
fn answers(complete: bool, points: &[u8]) -> Responses {
    let mut stream = Stream::new(1, "information");
    let (mut values, mut there) = (vec![], vec![]);
    for person in 0..400 {
        let theta = stream.normal();
        for (item, m) in points.iter().enumerate() {
            let own =
                (0..*m).filter(|k| stream.chance(1.0 / (1.0 + (f64::from(*k) - 0.8 - theta).exp()))).count();
            values.push(own as u8);
            there.push(complete || (person * 7 + item * 3) % 11 > 1 && stream.chance(0.9));
        }
    }
    Responses::new(400, points.len(), values, there, points.to_vec()).unwrap()
}

/// Largest difference of the two, relative to the scale of the row and column.
fn distance(responses: &Responses, population: &Population, options: &FitOptions) -> f64 {
    let Prepared { problem, start, .. } = prepare(responses, population, options).unwrap();
    // Away from the maximum too: nothing in the formula needs the gradient to be 0.
    let psi: Vec<f64> = start.iter().enumerate().map(|(i, v)| v + 0.03 * (i % 5) as f64 - 0.05).collect();
    let lattice = Lattice::new(Quadrature::Grid { nodes: 61, low: -7.0, high: 7.0 }).unwrap();
    let (exact, oracle) =
        (observed_information(&problem, &psi, &lattice), by_differences(&problem, &psi, &lattice));
    let mut worst = 0.0_f64;
    for i in 0..psi.len() {
        for j in 0..psi.len() {
            let scale = (oracle.get(i, i).abs() * oracle.get(j, j).abs()).sqrt();
            worst = worst.max((exact.get(i, j) - oracle.get(i, j)).abs() / scale);
        }
    }
    worst
}

#[test]
fn exact_information_is_the_limit_of_differences() {
    let groups: Vec<usize> = (0..400).map(|p| p % 3 % 2).collect();
    let covariate: Vec<f64> = (0..400).map(|p| f64::from(p * 7 % 13) / 6.0 - 1.0).collect();
    let weights: Vec<f64> = (0..400).map(|p| 0.5 + f64::from(p % 4)).collect();
    let columns: [&[f64]; 1] = [&covariate];
    let plain = Population::default();
    let rich = Population { groups: Some(&groups), covariates: &columns, weights: Some(&weights) };
    let mixed: &[u8] = &[1, 2, 3, 1, 3, 2, 1];
    for family in [Family::PartialCredit, Family::GeneralisedPartialCredit, Family::RatingScale] {
        let points = if family == Family::RatingScale { &[3; 6] } else { mixed };
        for complete in [true, false] {
            let responses = answers(complete, points);
            for population in [&plain, &rich] {
                let worst = distance(&responses, population, &FitOptions::new(family));
                assert!(worst < 1e-7, "{family:?} complete {complete}: {worst:e}");
            }
        }
    }
}

#[test]
fn exact_information_knows_anchors_and_priors() {
    let responses = answers(false, &[1, 2, 3, 1, 3, 2, 1]);
    let anchors = vec![
        Anchor { item: 0, curve: ItemCurve::from_steps(1.4, &[0.2]) },
        Anchor { item: 2, curve: ItemCurve::from_steps(0.7, &[-0.5, 0.1, 0.6]) },
    ];
    let prior = Some(NormalPrior { mean: 1.0, sd: 0.5 });
    let priors = ParameterPriors { slope: prior, intercept: prior };
    for family in [Family::PartialCredit, Family::GeneralisedPartialCredit] {
        let options = FitOptions { anchors: anchors.clone(), priors, ..FitOptions::new(family) };
        let worst = distance(&responses, &Population::default(), &options);
        assert!(worst < 1e-7, "{family:?}: {worst:e}");
    }
}

#[test]
fn a_population_alone_has_exact_information() {
    let responses = answers(false, &[1, 2, 1, 3]);
    let curve = |m: u8| ItemCurve::from_steps(1.0, &vec![0.3; m.into()]);
    let anchors =
        [1, 2, 1, 3].iter().enumerate().map(|(item, m)| Anchor { item, curve: curve(*m) }).collect();
    let options = FitOptions { anchors, ..FitOptions::new(Family::PartialCredit) };
    let worst = distance(&responses, &Population::default(), &options);
    assert!(worst < 1e-7, "{worst:e}");
}
