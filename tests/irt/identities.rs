//! Models that are each other's special case, and changes of the data that must not matter.

use dampak::num::rng::Stream;
use dampak::psych::irt::fit::{NormalPrior, ParameterPriors};
use dampak::psych::irt::{Family, FitOptions, FittedIrt, Notice, Population, Quadrature, Responses};

use crate::brute::{Item, by_steps};
use crate::likelihoods::{exact, fit};
use crate::simulated::*;

/// Free slopes, all but held at one value by a prior.
fn with_slopes_at(slope: f64) -> FitOptions {
    let prior = NormalPrior { mean: slope, sd: 1e-7 };
    FitOptions {
        priors: ParameterPriors { slope: Some(prior), intercept: None },
        ..exact(Family::GeneralisedPartialCredit)
    }
}

/// A Rasch model with variance `sigma^2` is a model with slopes `sigma` and variance 1; a sample whose
/// variance is 1 then has slopes 1.
#[test]
fn unit_slopes_are_equal_slopes() {
    let mixed = vec![by_steps(1.0, &[-0.8]), by_steps(1.0, &[-0.6, 0.9]), by_steps(1.0, &[0.2, 0.1, 1.0])];
    for (name, items) in [("Rasch", rasch(&[-1.0, -0.2, 0.3, 0.9])), ("PCM", mixed)] {
        let r = answers(&items, &abilities(400, 0.0, 1.3, 11), 11);
        let unit = fit(&r, &Population::default(), &exact(Family::PartialCredit));
        let sigma = unit.population.variances[0].sqrt();
        let free = fit(&r, &Population::default(), &with_slopes_at(sigma));
        close(&format!("{name}, log-likelihood"), &[free.log_likelihood], &[unit.log_likelihood], 1e-6);
        let intercepts = |f: &FittedIrt| -> Vec<f64> {
            f.curves().into_iter().flatten().flat_map(|c| c.intercepts.clone()).collect()
        };
        close(&format!("{name}, intercepts"), &intercepts(&free), &intercepts(&unit), 1e-5);
        for (a, b) in unit.posterior.iter().flatten().zip(free.posterior.iter().flatten()) {
            assert!((a.mean - sigma * b.mean).abs() < 1e-5 && (a.sd - sigma * b.sd).abs() < 1e-5);
        }
    }
}

/// A category nobody may choose leaves a binary item.
#[test]
fn binary_items_are_items_of_more_points_without_them() {
    let r = answers(
        &binary(&[(0.7, -0.5), (1.3, 0.2), (1.0, 0.8), (1.5, -0.1)]),
        &abilities(500, 0.0, 1.0, 12),
        12,
    );
    let points: Vec<u8> =
        (0..500).flat_map(|p| (0..4).map(move |i| (p, i))).map(|(p, i)| r.get(p, i).unwrap()).collect();
    let wide = Responses::complete(500, 4, points, vec![2; 4]).unwrap();
    for family in [Family::PartialCredit, Family::GeneralisedPartialCredit] {
        let (a, b) = (
            fit(&r, &Population::default(), &exact(family)),
            fit(&wide, &Population::default(), &exact(family)),
        );
        close("binary as GPCM, log-likelihood", &[b.log_likelihood], &[a.log_likelihood], 1e-9);
        for (a, b) in a.items.iter().flatten().zip(b.items.iter().flatten()) {
            close("binary as GPCM", &b.curve.intercepts[..2], &a.curve.intercepts, 1e-7);
            assert!((a.curve.slope - b.curve.slope).abs() < 1e-7);
            assert_eq!(b.curve.intercepts[2], f64::NEG_INFINITY);
            assert_eq!((b.step_se[1], b.location_se), (None, None));
        }
        assert_eq!(b.notices.len(), 4);
        assert!(b.notices.iter().all(|n| matches!(n, Notice::EmptyCategory { category: 2, .. })));
    }
}

struct Sample {
    responses: Responses,
    groups: Vec<usize>,
    weights: Vec<f64>,
    home: Vec<f64>,
}

fn sample() -> Sample {
    let items: Vec<Item> = vec![
        by_steps(0.8, &[-0.9]),
        by_steps(1.2, &[-0.5, 0.6]),
        by_steps(1.0, &[0.3]),
        by_steps(1.4, &[0.0, 1.0]),
    ];
    let theta = [abilities(150, 0.0, 1.0, 13), abilities(150, 0.6, 1.2, 14)].concat();
    Sample {
        responses: with_missing(&items, &theta, 13, |p, i| (p + 2 * i) % 6 != 0),
        groups: (0..300).map(|p| p / 150).collect(),
        weights: (0..300).map(|p| 1.0 + (p % 2) as f64).collect(),
        home: (0..300).map(|p| (p % 3) as f64).collect(),
    }
}

impl Sample {
    fn fit(&self, family: Family) -> FittedIrt {
        let covariates = [&self.home[..]];
        let population =
            Population { groups: Some(&self.groups), covariates: &covariates, weights: Some(&self.weights) };
        fit(&self.responses, &population, &exact(family))
    }

    fn persons(&self, order: &[usize]) -> Sample {
        let all: Vec<usize> = (0..self.responses.items()).collect();
        Sample {
            responses: self.responses.select(order, &all),
            groups: order.iter().map(|p| self.groups[*p]).collect(),
            weights: order.iter().map(|p| self.weights[*p]).collect(),
            home: order.iter().map(|p| self.home[*p]).collect(),
        }
    }
}

fn shuffled(n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    Stream::new(15, "order").shuffle(&mut order);
    order
}

const BOTH: [Family; 2] = [Family::PartialCredit, Family::GeneralisedPartialCredit];

#[test]
fn the_order_of_persons_does_not_matter() {
    let one = sample();
    let order = shuffled(300);
    let other = one.persons(&order);
    for family in BOTH {
        let (a, b) = (one.fit(family), other.fit(family));
        close("row order, log-likelihood", &[b.log_likelihood], &[a.log_likelihood], 1e-9);
        close("row order, items", &items_of(&b).concat(), &items_of(&a).concat(), 1e-8);
        close("row order, population", &b.population.coefficients, &a.population.coefficients, 1e-8);
        for (at, p) in order.iter().enumerate() {
            assert!((b.posterior[at].unwrap().mean - a.posterior[*p].unwrap().mean).abs() < 1e-8);
        }
    }
}

#[test]
fn the_order_of_items_does_not_matter() {
    let one = sample();
    let order = [2, 0, 3, 1];
    let responses = one.responses.select(&(0..300).collect::<Vec<_>>(), &order);
    let other = Sample { responses, ..sample() };
    for family in BOTH {
        let (a, b) = (one.fit(family), other.fit(family));
        close("item order, log-likelihood", &[b.log_likelihood], &[a.log_likelihood], 1e-9);
        let a_items = items_of(&a);
        let moved: Vec<Item> = order.iter().map(|i| a_items[*i].clone()).collect();
        close("item order, items", &items_of(&b).concat(), &moved.concat(), 1e-7);
    }
}

/// With the groups' numbers swapped the other group is the one with mean 0: everything moves by the
/// difference and nothing else happens.
#[test]
fn the_numbers_of_groups_do_not_matter() {
    let one = sample();
    let other = Sample { groups: one.groups.iter().map(|g| 1 - g).collect(), ..sample() };
    let (a, b) = (one.fit(Family::PartialCredit), other.fit(Family::PartialCredit));
    close("relabelling, log-likelihood", &[b.log_likelihood], &[a.log_likelihood], 1e-8);
    let gap = a.population.coefficients[0];
    close("relabelling, mean", &[b.population.coefficients[0]], &[-gap], 1e-6);
    close("relabelling, covariate", &b.population.coefficients[1..], &a.population.coefficients[1..], 1e-6);
    let swapped = [a.population.variances[1], a.population.variances[0]];
    close("relabelling, variances", &b.population.variances, &swapped, 1e-6);
    for (x, y) in a.curves().into_iter().flatten().zip(b.curves().into_iter().flatten()) {
        close("relabelling, items", &y.intercepts, &x.rescaled(1.0, -gap).intercepts, 1e-6);
    }
}

#[test]
fn persons_twice_are_weights_two() {
    let one = sample();
    let twice = one.persons(&[shuffled(300), shuffled(300)].concat());
    let weighted = Sample { weights: one.weights.iter().map(|w| 2.0 * w).collect(), ..sample() };
    for family in BOTH {
        let (a, b) = (weighted.fit(family), twice.fit(family));
        close("twice, log-likelihood", &[b.log_likelihood], &[a.log_likelihood], 1e-8);
        close("twice, items", &items_of(&b).concat(), &items_of(&a).concat(), 1e-8);
        let se =
            |f: &FittedIrt| f.items.iter().flatten().map(|i| i.intercept_se[1].unwrap()).collect::<Vec<_>>();
        close("twice, standard errors", &se(&b), &se(&a), 1e-8);
        assert_eq!((a.rows, a.weight), (b.rows, b.weight));
    }
}

/// Weights that differ by rounding keep nobody from collapsing; a covariate that tells every person apart
/// keeps all from it. With no weight on that covariate the likelihood is the same.
#[test]
fn collapsing_does_not_matter() {
    let r = sample().responses;
    for family in BOTH {
        let options = FitOptions { max_iterations: 0, standard_errors: false, ..exact(family) };
        let value = |covariates: &[&[f64]]| {
            let population = Population { covariates, ..Population::default() };
            let fitted = dampak::psych::irt::fit_marginal(&r, &population, &options).unwrap();
            (fitted.log_likelihood, fitted.rows)
        };
        let noise = abilities(300, 0.0, 1.0, 16);
        let ((a, few), (b, many)) = (value(&[]), value(&[&noise]));
        assert!(few < 250 && many == 300, "{few} {many}");
        close("collapsing, log-likelihood at the start", &[b], &[a], 1e-9);
    }
}

#[test]
fn quadratures_agree() {
    let r = answers(
        &binary(&[(0.8, -0.8), (1.2, 0.0), (1.6, 0.5), (1.0, 1.0)]),
        &abilities(300, 0.0, 1.0, 17),
        17,
    );
    for family in BOTH {
        let want = fit(&r, &Population::default(), &exact(family));
        for quadrature in [Quadrature::Automatic, Quadrature::TIGHT, Quadrature::GaussHermite { nodes: 61 }] {
            let options = FitOptions { quadrature, ..exact(family) };
            let found = fit(&r, &Population::default(), &options);
            close(
                &format!("{quadrature:?}, log-likelihood"),
                &[found.log_likelihood],
                &[want.log_likelihood],
                1e-7,
            );
            close(
                &format!("{quadrature:?}, items"),
                &items_of(&found).concat(),
                &items_of(&want).concat(),
                1e-5,
            );
        }
    }
}
