//! Conditional maximum likelihood and its tests by enumeration of all patterns.

use std::collections::BTreeMap;

use dampak::num::dist;
use dampak::psych::irt::conditional::{
    ConditionalFamily, FittedConditional, andersen, fit_conditional, martin_loef, score_split,
};
use dampak::psych::irt::{Family, Population, Responses};

use crate::brute::{self, Item, by_steps};
use crate::likelihoods::{exact, fit};
use crate::simulated::*;

/// `ln gamma` of every score over the items `set`, from all patterns.
fn log_gammas(set: &[&Item]) -> Vec<f64> {
    let mut sums = vec![(0usize, 0.0f64)];
    for item in set {
        let next = sums.iter().flat_map(|(s, c)| (0..item.len() - 1).map(move |k| (s + k, c + item[1 + k])));
        sums = next.collect();
    }
    let top = set.iter().map(|i| i.len() - 2).sum::<usize>();
    (0..=top).map(|r| sums.iter().filter(|(s, _)| *s == r).map(|(_, c)| c.exp()).sum::<f64>().ln()).collect()
}

/// Conditional log-likelihood given the score on the items answered.
fn conditional(r: &Responses, items: &[Item]) -> f64 {
    let mut known: BTreeMap<Vec<usize>, Vec<f64>> = BTreeMap::new();
    let person = |p: usize| {
        let answers: Vec<(usize, u8)> = r.answers(p).collect();
        let set: Vec<usize> = answers.iter().map(|a| a.0).collect();
        let log_gamma = known
            .entry(set.clone())
            .or_insert_with(|| log_gammas(&set.iter().map(|i| &items[*i]).collect::<Vec<_>>()));
        let score: usize = answers.iter().map(|a| usize::from(a.1)).sum();
        answers.iter().map(|(i, x)| items[*i][1 + usize::from(*x)]).sum::<f64>() - log_gamma[score]
    };
    (0..r.persons()).map(person).sum()
}

fn items_of_conditional(fitted: &FittedConditional) -> Vec<Item> {
    fitted.curves().into_iter().map(|c| item_of(c.expect("active"))).collect()
}

fn free(items: &[Item]) -> Vec<f64> {
    items.iter().flat_map(|i| i[2..].to_vec()).collect()
}

fn from_free(x: &[f64], like: &[Item]) -> Vec<Item> {
    let mut at = 0;
    let mut take = |n: usize| {
        at += n;
        [&[1.0, 0.0], &x[at - n..at]].concat()
    };
    like.iter().map(|i| take(i.len() - 2)).collect()
}

/// The fit is the maximum of the enumerated likelihood, centred, with the standard errors of that centring.
fn holds(what: &str, r: &Responses) {
    let fitted = fit_conditional(r, None, ConditionalFamily::PartialCredit).expect("a fit");
    let items = items_of_conditional(&fitted);
    close(
        &format!("{what}, conditional log-likelihood"),
        &[fitted.log_likelihood],
        &[conditional(r, &items)],
        1e-8,
    );
    let x = free(&items);
    let f = |x: &[f64]| conditional(r, &from_free(x, &items));
    close(&format!("{what}, gradient"), &brute::gradient(&f, &x), &vec![0.0; x.len()], 1e-6);
    let tops: Vec<f64> = items.iter().map(|i| *i.last().unwrap()).collect();
    close(&format!("{what}, steps sum to zero"), &[tops.iter().sum()], &[0.0], 1e-9);
    assert_eq!(fitted.parameters, x.len() - 1);
    // The likelihood does not change when all abilities move, so its Hessian is singular along that
    // direction; adding the square of the constraint makes the inverse the one of the centred scale.
    let penalised = |x: &[f64]| {
        let sum: f64 = from_free(x, &items).iter().map(|i| *i.last().unwrap()).sum();
        f(x) - 0.5e4 * sum * sum
    };
    let minus: Vec<Vec<f64>> =
        brute::hessian(&penalised, &x).into_iter().map(|row| row.into_iter().map(|v| -v).collect()).collect();
    let covariance = brute::inverse(&minus);
    let want: Vec<f64> = (0..x.len()).map(|i| covariance[i][i].sqrt()).collect();
    let found: Vec<f64> = fitted
        .items
        .iter()
        .flatten()
        .flat_map(|i| i.intercept_se[1..].to_vec())
        .map(|s| s.expect("a standard error"))
        .collect();
    // The penalty leaves the constraint a variance of 1e-4.
    close(&format!("{what}, standard errors"), &found, &want, 2e-4);
}

#[test]
fn conditional_fits_by_enumeration() {
    let theta = abilities(300, 0.0, 1.2, 31);
    holds("Rasch", &answers(&rasch(&[-1.1, -0.4, 0.2, 0.6, 1.3]), &theta, 31));
    let steps = vec![
        by_steps(1.0, &[-1.0, 0.3]),
        by_steps(1.0, &[0.2]),
        by_steps(1.0, &[0.4, 0.1, 1.0]),
        by_steps(1.0, &[-0.5, 1.4]),
    ];
    holds("PCM", &answers(&steps, &theta, 32));
    holds("PCM, booklets", &with_missing(&steps, &theta, 33, |p, i| (p + i) % 4 != 0));
}

#[test]
fn weights_are_persons_in_conditional_fits_too() {
    let r = answers(&rasch(&[-1.0, 0.0, 0.4, 1.1]), &abilities(80, 0.0, 1.0, 34), 34);
    let twice = r.select(&(0..160).map(|p| p / 2).collect::<Vec<_>>(), &[0, 1, 2, 3]);
    let weights = vec![2.0; 80];
    let a = fit_conditional(&r, Some(&weights), ConditionalFamily::PartialCredit).unwrap();
    let b = fit_conditional(&twice, None, ConditionalFamily::PartialCredit).unwrap();
    close("CML weights", &free(&items_of_conditional(&a)), &free(&items_of_conditional(&b)), 1e-9);
    close("CML weights, log-likelihood", &[a.log_likelihood], &[b.log_likelihood], 1e-9);
}

#[test]
fn conditional_and_marginal_estimates_meet_in_large_samples() {
    let items = vec![
        by_steps(1.0, &[-1.2]),
        by_steps(1.0, &[-0.5, 0.6]),
        by_steps(1.0, &[0.1]),
        by_steps(1.0, &[0.3, 1.0]),
        by_steps(1.0, &[0.9]),
    ];
    let gap = |n: usize| {
        let r = answers(&items, &abilities(n, 0.0, 1.1, 35), 35);
        let conditional = fit_conditional(&r, None, ConditionalFamily::PartialCredit).unwrap();
        let marginal = fit(&r, &Population::default(), &exact(Family::PartialCredit));
        let centred = |items: Vec<Item>| -> Vec<f64> {
            let points: f64 = items.iter().map(|i| (i.len() - 2) as f64).sum();
            let shift = items.iter().map(|i| *i.last().unwrap()).sum::<f64>() / points;
            items.iter().flat_map(|i| (1..i.len() - 1).map(move |k| i[1 + k] - k as f64 * shift)).collect()
        };
        let (a, b) = (centred(items_of_conditional(&conditional)), centred(items_of(&marginal)));
        a.iter().zip(&b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    };
    let (small, large) = (gap(1_000), gap(60_000));
    eprintln!("ORACLE CML against MML: {small:.1e} at 1,000, {large:.1e} at 60,000 persons");
    assert!(large < 0.005 && large < small);
}

#[test]
fn andersen_and_martin_loef_by_enumeration() {
    let r = answers(&rasch(&[-1.0, -0.4, 0.0, 0.5, 0.8, 1.2]), &abilities(500, 0.0, 1.2, 36), 36);
    let all: Vec<usize> = (0..6).collect();
    let best = |r: &Responses| {
        let fitted = fit_conditional(r, None, ConditionalFamily::PartialCredit).unwrap();
        conditional(r, &items_of_conditional(&fitted))
    };
    let split = score_split(&r);
    let score = |p: usize, set: &[usize]| -> usize {
        r.answers(p).filter(|(i, _)| set.contains(i)).map(|(_, x)| usize::from(x)).sum()
    };
    let mean = (0..500).map(|p| score(p, &all) as f64).sum::<f64>() / 500.0;
    for p in 0..500 {
        assert_eq!(split[p], Some(usize::from(score(p, &all) as f64 > mean)));
    }
    let group = |g: usize| -> Responses {
        r.select(&(0..500).filter(|p| split[*p] == Some(g)).collect::<Vec<_>>(), &all)
    };
    let want = 2.0 * (best(&group(0)) + best(&group(1)) - best(&r));
    let found = andersen(&r, &split, ConditionalFamily::PartialCredit).unwrap();
    close("Andersen", &[found.ratio.chi2], &[want], 1e-7);
    assert_eq!((found.ratio.df, found.items.len()), (5.0, 6));
    close("Andersen p", &[found.ratio.p], &[dist::chi2_sf(want, 5.0).unwrap()], 1e-8);

    let second = [false, true, false, true, true, false];
    let sets: [Vec<usize>; 2] = [vec![0, 2, 5], vec![1, 3, 4]];
    let persons: Vec<usize> = (0..500).collect();
    let (mut joint, mut sum) = (BTreeMap::new(), BTreeMap::new());
    for p in 0..500 {
        *joint.entry((score(p, &sets[0]), score(p, &sets[1]))).or_insert(0.0) += 1.0;
        *sum.entry(score(p, &all)).or_insert(0.0) += 1.0;
    }
    // Saturated distributions of the scores on either side.
    let saturated = |counts: Vec<f64>| counts.iter().map(|n: &f64| n * (n / 500.0).ln()).sum::<f64>();
    let apart = best(&r.select(&persons, &sets[0])) + best(&r.select(&persons, &sets[1]));
    let apart = apart + saturated(joint.into_values().collect());
    let together = best(&r) + saturated(sum.into_values().collect());
    let found = martin_loef(&r, &second, ConditionalFamily::PartialCredit).unwrap();
    close("Martin-Loef", &[found.chi2], &[2.0 * (apart - together)], 1e-7);
    assert_eq!(found.df, 8.0);
    assert!(found.p > 0.001, "one dimension: {}", found.p);
    // Two abilities that have nothing to do with each other are found out.
    let (x, y) = (abilities(500, 0.0, 1.5, 37), abilities(500, 0.0, 1.5, 38));
    let (a, b) = (answers(&rasch(&[-0.5, 0.0, 0.5]), &x, 39), answers(&rasch(&[-0.5, 0.0, 0.5]), &y, 40));
    let rows: Vec<u8> =
        (0..500).flat_map(|p| a.answers(p).chain(b.answers(p)).map(|(_, x)| x).collect::<Vec<_>>()).collect();
    let two = Responses::complete(500, 6, rows, vec![1; 6]).unwrap();
    let apart = martin_loef(&two, &[false, false, false, true, true, true], ConditionalFamily::PartialCredit);
    assert!(apart.unwrap().p < 1e-6);
}
