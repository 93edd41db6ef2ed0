//! Estimates of persons by bisection, brute-force posteriors and hand formulas.

use dampak::psych::irt::ability::{
    self, Ability, MaximumLikelihood, maximum_likelihood, separation_reliability, weighted_likelihood,
};
use dampak::psych::irt::item_scores::{ScoreFitOptions, score_distribution, score_fit, score_table};
use dampak::psych::irt::itemfit::item_fit;
use dampak::psych::irt::personfit::person_fit;
use dampak::psych::irt::plausible::plausible_values;
use dampak::psych::irt::posterior::eap_reliability;
use dampak::psych::irt::residuals::residual_correlations;
use dampak::psych::irt::{Family, ItemCurve, Population, Responses};

use crate::brute::{self, Item, Where, by_steps, probabilities};
use crate::likelihoods::{exact, fit};
use crate::simulated::*;

fn mixed() -> Vec<Item> {
    vec![
        by_steps(0.7, &[-1.0]),
        by_steps(1.3, &[-0.4, 0.8]),
        by_steps(1.0, &[0.2, 0.1, 1.1]),
        by_steps(1.6, &[0.5]),
    ]
}

fn same_slope() -> Vec<Item> {
    vec![
        by_steps(1.0, &[-1.0]),
        by_steps(1.0, &[-0.4, 0.8]),
        by_steps(1.0, &[0.2, 0.1, 1.1]),
        by_steps(1.0, &[0.5]),
    ]
}

/// Mean and variance of the points at one ability.
fn moments(item: &[f64], theta: f64) -> (f64, f64) {
    let p = probabilities(item, theta);
    let mean: f64 = p.iter().enumerate().map(|(k, p)| k as f64 * p).sum();
    (mean, p.iter().enumerate().map(|(k, p)| (k as f64 - mean).powi(2) * p).sum())
}

fn information(r: &Responses, person: usize, items: &[Item], theta: f64) -> f64 {
    r.answers(person).map(|(i, _)| items[i][0].powi(2) * moments(&items[i], theta).1).sum()
}

fn log_likelihood(r: &Responses, person: usize, items: &[Item], theta: f64) -> f64 {
    brute::likelihood(r, person, items, theta).ln()
}

/// Derivative by differences.
fn slope(f: &dyn Fn(f64) -> f64, x: f64) -> f64 {
    brute::gradient(&|x: &[f64]| f(x[0]), &[x])[0]
}

#[test]
fn weighted_and_maximum_likelihood_by_bisection() {
    for items in [mixed(), same_slope()] {
        let r = with_missing(&items, &abilities(120, 0.0, 1.2, 21), 21, |p, i| (p + i) % 5 != 0);
        let curves: Vec<ItemCurve> = items.iter().map(curve_of).collect();
        let views: Vec<Option<&ItemCurve>> = curves.iter().map(Some).collect();
        let (wle, ml) =
            (ability::weighted_likelihood_all(&views, &r), ability::maximum_likelihood_all(&views, &r));
        for p in 0..r.persons() {
            let info = |t: f64| information(&r, p, &items, t);
            // Warm: the maximum of the likelihood times the root of the information.
            let weighted = |t: f64| slope(&|t| log_likelihood(&r, p, &items, t) + 0.5 * info(t).ln(), t);
            let want = brute::root(&weighted, -12.0, 12.0);
            let Ability { theta, se } = wle[p].expect("answers");
            assert!((theta - want).abs() < 1e-6, "{p}: {theta} {want}");
            assert!((se - info(theta).powf(-0.5)).abs() < 1e-9);
            let sum: u32 = r.answers(p).map(|(_, x)| u32::from(x)).sum();
            let top: usize = r.answers(p).map(|(i, _)| items[i].len() - 2).sum();
            match ml[p] {
                MaximumLikelihood::Lowest => assert_eq!(sum, 0),
                MaximumLikelihood::Highest => assert_eq!(sum as usize, top),
                MaximumLikelihood::None => panic!("every person here has answers"),
                MaximumLikelihood::Finite(a) => {
                    let want = brute::root(&|t| slope(&|t| log_likelihood(&r, p, &items, t), t), -12.0, 12.0);
                    assert!((a.theta - want).abs() < 1e-6, "{p}: {} {want}", a.theta);
                    assert!((a.se - info(a.theta).powf(-0.5)).abs() < 1e-9);
                }
            }
        }
        // Equal rows share one search; one by one it is the same.
        for p in 0..r.persons() {
            let answers: Vec<_> = r.answers(p).map(|(i, x)| (&curves[i], x)).collect();
            let (one, all) = (weighted_likelihood(&answers).unwrap(), wle[p].unwrap());
            assert!((one.theta - all.theta).abs() < 1e-9 && (one.se - all.se).abs() < 1e-9);
            match (maximum_likelihood(&answers), ml[p]) {
                (MaximumLikelihood::Finite(a), MaximumLikelihood::Finite(b)) => {
                    assert!((a.theta - b.theta).abs() < 1e-9);
                }
                (one, all) => assert_eq!(one, all),
            }
        }
    }
}

#[test]
fn posteriors_and_reliabilities_by_brute_force() {
    let items = mixed();
    let r = with_missing(&items, &abilities(200, 0.0, 1.0, 22), 22, |p, i| (p + i) % 6 != 0);
    for family in [Family::PartialCredit, Family::GeneralisedPartialCredit] {
        let fitted = fit(&r, &Population::default(), &exact(family));
        let own = items_of(&fitted);
        let at = Where::normal(0.0, fitted.population.variances[0].sqrt());
        let (mut means, mut variances) = (vec![], vec![]);
        for p in 0..r.persons() {
            let (mean, sd) = brute::posterior(&r, p, &own, at);
            let found = fitted.posterior[p].expect("answers");
            assert!((found.mean - mean).abs() < 1e-9 && (found.sd - sd).abs() < 1e-9, "{p}");
            means.push(mean);
            variances.push(sd * sd);
        }
        let n = means.len() as f64;
        let centre = means.iter().sum::<f64>() / n;
        let between = means.iter().map(|m| (m - centre).powi(2)).sum::<f64>() / n;
        let within = variances.iter().sum::<f64>() / n;
        let found = eap_reliability(&fitted.posterior, None).expect("variance");
        close("EAP reliability", &[found], &[between / (between + within)], 1e-9);
        // At the maximum the posteriors reproduce the population's mean and variance.
        close("mean of the means", &[centre], &[0.0], 1e-7);
        let whole = means.iter().map(|m| m * m).sum::<f64>() / n + within;
        close("variance in two parts", &[whole], &[fitted.population.variances[0]], 1e-7);
    }
    let estimates: Vec<Option<Ability>> =
        [(0.2, 0.4), (1.0, 0.5), (-0.7, 0.3)].map(|(theta, se)| Some(Ability { theta, se })).into();
    // Mean 1/6; variance by hand.
    let v =
        ((0.2 - 0.5 / 3.0f64).powi(2) + (1.0 - 0.5 / 3.0f64).powi(2) + (-0.7 - 0.5 / 3.0f64).powi(2)) / 2.0;
    let want = (v - (0.16 + 0.25 + 0.09) / 3.0) / v;
    close("WLE reliability", &[separation_reliability(&estimates).expect("variance")], &[want], 1e-12);
}

/// Mean and variance of many draws against the posterior, within four Monte Carlo standard errors, for
/// persons of two groups with a covariate: with the fit's own conditioning model.
#[test]
fn plausible_values_are_draws_from_the_posterior() {
    let items = mixed();
    let theta = [abilities(100, 0.0, 1.0, 23), abilities(100, 1.0, 1.3, 24)].concat();
    let r = answers(&items, &theta, 23);
    let groups: Vec<usize> = (0..200).map(|p| p / 100).collect();
    let home: Vec<f64> = (0..200).map(|p| (p % 4) as f64).collect();
    let covariates = [&home[..]];
    let population = Population { groups: Some(&groups), covariates: &covariates, weights: None };
    let fitted = fit(&r, &population, &exact(Family::PartialCredit));
    let (own, beta) = (items_of(&fitted), &fitted.population.coefficients);
    let count = 20_000;
    let draws = plausible_values(&fitted, &r, &population, count, 5).expect("draws");
    let mut moved_by_group = 0.0_f64;
    for p in (0..200).step_by(17) {
        let sd = fitted.population.variances[groups[p]].sqrt();
        let mean = beta[0] * groups[p] as f64 + beta[1] * home[p];
        let (want, spread) = brute::posterior(&r, p, &own, Where::normal(mean, sd));
        let own_draws = draws[p].as_ref().expect("answers");
        let n = count as f64;
        let found = own_draws.iter().sum::<f64>() / n;
        let variance = own_draws.iter().map(|d| (d - found).powi(2)).sum::<f64>() / (n - 1.0);
        assert!((found - want).abs() < 4.0 * spread / n.sqrt(), "{p}: {found} {want}");
        // The kurtosis of these posteriors is close to 3; five leave room.
        assert!((variance / spread.powi(2) - 1.0).abs() < 5.0 * (2.0 / n).sqrt() + 2e-3, "{p}");
        let without = brute::posterior(&r, p, &own, Where::normal(0.0, sd)).0;
        moved_by_group = moved_by_group.max((want - without).abs());
    }
    assert!(moved_by_group > 0.2, "the conditioning model matters here: {moved_by_group}");
    assert_eq!(draws, plausible_values(&fitted, &r, &population, count, 5).expect("draws"), "same seed");
    let few = plausible_values(&fitted, &r, &Population::default(), 2, 5);
    assert!(few.is_err(), "a population of another shape is refused");
}

/// All patterns of some items.
fn patterns(items: &[Item]) -> Vec<Vec<u8>> {
    items.iter().fold(vec![vec![]], |all, item| {
        all.iter().flat_map(|p| (0..item.len() - 1).map(move |k| [&p[..], &[k as u8]].concat())).collect()
    })
}

fn chance(items: &[Item], pattern: &[u8], theta: f64) -> f64 {
    pattern.iter().zip(items).map(|(x, i)| probabilities(i, theta)[usize::from(*x)]).product()
}

fn sum(pattern: &[u8]) -> usize {
    pattern.iter().map(|x| usize::from(*x)).sum()
}

#[test]
fn the_score_table_by_enumeration_of_all_patterns() {
    let items = same_slope();
    let curves: Vec<ItemCurve> = items.iter().map(curve_of).collect();
    let views: Vec<&ItemCurve> = curves.iter().collect();
    let (mean, sd) = (0.3, 1.2);
    let table = score_table(&views, mean, sd).expect("a table");
    assert_eq!(table.len(), 8);
    let all = patterns(&items);
    for row in &table {
        let own: Vec<&Vec<u8>> = all.iter().filter(|p| sum(p) == row.score).collect();
        // Every pattern with this sum has the same estimate.
        for pattern in &own {
            let answers: Vec<_> = views.iter().copied().zip(pattern.iter().copied()).collect();
            let (one, table) = (weighted_likelihood(&answers).unwrap(), row.weighted_likelihood.unwrap());
            assert!((one.theta - table.theta).abs() < 1e-8 && (one.se - table.se).abs() < 1e-8);
        }
        let mut moments = [0.0; 3];
        for (t, w) in brute::nodes(mean, sd) {
            let l: f64 = own.iter().map(|p| chance(&items, p, t)).sum();
            (0..3).for_each(|power| moments[power] += w * l * t.powi(power as i32));
        }
        let expected = moments[1] / moments[0];
        let posterior = row.posterior.expect("a share");
        close("score table, share", &[row.share], &[moments[0]], 1e-8);
        close("score table, EAP", &[posterior.mean], &[expected], 1e-8);
        let spread = (moments[2] / moments[0] - expected * expected).sqrt();
        close("score table, EAP sd", &[posterior.sd], &[spread], 1e-7);
    }
    let by_pattern =
        |s: usize| all.iter().filter(|p| sum(p) == s).map(|p| chance(&items, p, 0.7)).sum::<f64>();
    let want: Vec<f64> = (0..8).map(by_pattern).collect();
    close("score distribution", &score_distribution(&views, 0.7), &want, 1e-14);
    let free: Vec<ItemCurve> = mixed().iter().map(curve_of).collect();
    let free: Vec<&ItemCurve> = free.iter().collect();
    assert!(score_table(&free, 0.0, 1.0).unwrap().iter().all(|r| r.weighted_likelihood.is_none()));
}

#[test]
fn s_x2_by_enumeration_of_all_patterns() {
    let items = binary(&[(0.8, -0.8), (1.2, 0.0), (1.6, 0.5), (1.0, 0.9), (1.3, -0.3)]);
    let r = answers(&items, &abilities(800, 0.0, 1.0, 25), 25);
    let curves: Vec<ItemCurve> = items.iter().map(curve_of).collect();
    let views: Vec<&ItemCurve> = curves.iter().collect();
    let options = ScoreFitOptions { mean: 0.0, sd: 1.0, smallest_cell: 0.0 };
    let found = score_fit(&views, &[2; 5], &r, options).expect("complete answers");
    let all = patterns(&items);
    let marginal: Vec<f64> = all
        .iter()
        .map(|p| brute::nodes(0.0, 1.0).iter().map(|(t, w)| w * chance(&items, p, *t)).sum())
        .collect();
    for (item, found) in found.iter().enumerate() {
        let mut chi2 = 0.0;
        for score in 1..5 {
            let of = |right: bool| {
                let keep = |p: &&(&Vec<u8>, &f64)| sum(p.0) == score && (!right || p.0[item] == 1);
                all.iter().zip(&marginal).collect::<Vec<_>>().iter().filter(keep).map(|p| p.1).sum::<f64>()
            };
            let share = of(true) / of(false);
            let rows: Vec<Vec<u8>> = (0..r.persons())
                .map(|p| r.answers(p).map(|(_, x)| x).collect::<Vec<u8>>())
                .filter(|p| sum(p) == score)
                .collect();
            let n = rows.len() as f64;
            let right = rows.iter().filter(|p| p[item] == 1).count() as f64;
            // The two cells of a score: right and wrong.
            chi2 += (right - n * share).powi(2) * (1.0 / (n * share) + 1.0 / (n * (1.0 - share)));
        }
        close("S-X2", &[found.chi2], &[chi2], 1e-7);
        assert_eq!((found.df, found.persons), (2.0, 800));
        // Upper tail with two degrees of freedom.
        close("S-X2 p", &[found.p.expect("degrees of freedom")], &[(-0.5 * chi2).exp()], 1e-9);
    }
}

#[test]
fn person_and_item_fit_by_hand() {
    let items = mixed();
    let r = with_missing(&items, &abilities(60, 0.0, 1.2, 26), 26, |p, i| (p + i) % 7 != 0);
    let curves: Vec<ItemCurve> = items.iter().map(curve_of).collect();
    let views: Vec<Option<&ItemCurve>> = curves.iter().map(Some).collect();
    let theta: Vec<Option<f64>> = abilities(60, 0.0, 1.0, 27).into_iter().map(Some).collect();
    let persons = person_fit(&views, &r, &theta).expect("shapes");
    for (p, found) in persons.iter().enumerate() {
        let (found, t) = (found.expect("answers"), theta[p].unwrap());
        let (mut l, mut expected, mut variance, mut n) = (0.0, 0.0, 0.0, 0.0);
        let (mut z2, mut y2, mut w) = (0.0, 0.0, 0.0);
        for (i, x) in r.answers(p) {
            let chances = probabilities(&items[i], t);
            l += chances[usize::from(x)].ln();
            let mean: f64 = chances.iter().map(|p| p * p.ln()).sum();
            expected += mean;
            variance += chances.iter().map(|p| p * p.ln() * p.ln()).sum::<f64>() - mean * mean;
            let (m, v) = moments(&items[i], t);
            z2 += (f64::from(x) - m).powi(2) / v;
            y2 += (f64::from(x) - m).powi(2);
            w += v;
            n += 1.0;
        }
        let fit = found.mean_squares;
        let want = [(l - expected) / variance.sqrt(), z2 / n, y2 / w];
        for (a, b) in [found.lz.expect("variance"), fit.outfit, fit.infit].iter().zip(want) {
            assert!((a - b).abs() < 1e-9, "{p}: {a} {b}");
        }
    }
    // Known abilities and known items: lz is about N(0, 1), outfit and infit about 1.
    let theta = abilities(4000, 0.0, 1.0, 28);
    let long: Vec<Item> = (0..40).map(|i| by_steps(1.0, &[f64::from(i) * 0.1 - 2.0])).collect();
    let r = answers(&long, &theta, 28);
    let curves: Vec<ItemCurve> = long.iter().map(curve_of).collect();
    let views: Vec<Option<&ItemCurve>> = curves.iter().map(Some).collect();
    let known: Vec<Option<f64>> = theta.iter().copied().map(Some).collect();
    let lz: Vec<f64> =
        person_fit(&views, &r, &known).unwrap().into_iter().map(|p| p.unwrap().lz.unwrap()).collect();
    let mean = lz.iter().sum::<f64>() / 4000.0;
    let sd = (lz.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / 4000.0).sqrt();
    assert!(mean.abs() < 0.05 && (sd - 1.0).abs() < 0.05, "{mean} {sd}");
    let fit = item_fit(&views, &r, &known).unwrap();
    for item in fit.into_iter().flatten() {
        assert!((item.infit - 1.0).abs() < 0.08 && item.infit_z.abs() < 4.0 && item.outfit_z.abs() < 4.0);
    }
    let q3 = residual_correlations(&views, &r, &known).unwrap();
    assert!(q3.mean.abs() < 0.01 && q3.largest < 0.08, "independent residuals: {} {}", q3.mean, q3.largest);
}
