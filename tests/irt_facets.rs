//! The many-facet Rasch model against a likelihood written out anew, against Rasch with raters as items,
//! against a mixed logistic regression of lme4, against a fit of real ratings written in R, and against the
//! truth of simulated ratings.

#[allow(dead_code, reason = "shared by several test binaries, each of which uses a part")]
mod shared_files;

use dampak::num::rng::Stream;
use dampak::psych::irt::facets::{FacetsNotice, FacetsOptions, FittedFacets, RaterLink, Rating, fit_facets};
use dampak::psych::irt::{Family, FitOptions, IrtError, ItemCurve, Population, Responses, fit_marginal};
use shared_files::shared;

const SEED: u64 = 20_261_123;

fn tight() -> FacetsOptions {
    FacetsOptions { tolerance: 1e-9, ..FacetsOptions::default() }
}

fn fit(ratings: &[Rating], max: &[u8], raters: usize, persons: usize) -> FittedFacets {
    let fitted = fit_facets(ratings, max, raters, &Population::default(), persons, &tight()).expect("a fit");
    assert!(fitted.log.stop.is_converged(), "{:?}", fitted.log.stop);
    fitted
}

/// Draws one rating.
fn draw(stream: &mut Stream, curve: &ItemCurve, theta: f64) -> u8 {
    let (u, mut sum) = (stream.uniform(), 0.0);
    let p = curve.probabilities(theta);
    p.iter()
        .position(|p| {
            sum += p;
            u < sum
        })
        .unwrap_or(p.len() - 1) as u8
}

/// Each person is rated on every item by the raters that `who` names.
fn simulate(
    name: &str,
    persons: usize,
    steps: &[Vec<f64>],
    severities: &[f64],
    who: impl Fn(usize) -> Vec<usize>,
) -> Vec<Rating> {
    let mut stream = Stream::new(SEED, name);
    let mut ratings = vec![];
    for person in 0..persons {
        let theta = stream.normal();
        for rater in who(person) {
            for (item, steps) in steps.iter().enumerate() {
                let moved: Vec<f64> = steps.iter().map(|b| b + severities[rater]).collect();
                let points = draw(&mut stream, &ItemCurve::from_steps(1.0, &moved), theta);
                ratings.push(Rating { person, item, rater, points });
            }
        }
    }
    ratings
}

fn steps() -> Vec<Vec<f64>> {
    vec![vec![-1.2, -0.1, 0.9], vec![-0.4, 0.5, 1.3], vec![-0.9, 0.2]]
}

/// Log-likelihood at given steps, severities and standard deviation by a plain sum over 401 nodes: nothing
/// of the kernel's layout, tables or sum scores.
fn brute_force(ratings: &[Rating], persons: usize, steps: &[Vec<f64>], severity: &[f64], sigma: f64) -> f64 {
    let nodes: Vec<f64> = (0..401).map(|q| sigma * (f64::from(q) - 200.0) * 0.04).collect();
    let density: Vec<f64> = nodes.iter().map(|t| (-0.5 * (t / sigma).powi(2)).exp()).collect();
    let total: f64 = density.iter().sum();
    (0..persons)
        .map(|p| {
            let at = |theta: f64| {
                ratings
                    .iter()
                    .filter(|r| r.person == p)
                    .map(|r| {
                        let logits = |k: usize| {
                            steps[r.item][..k].iter().map(|b| theta - b - severity[r.rater]).sum::<f64>()
                        };
                        let top: f64 = (0..=steps[r.item].len()).map(|k| logits(k).exp()).sum();
                        logits(r.points.into()).exp() / top
                    })
                    .product::<f64>()
            };
            nodes.iter().zip(&density).map(|(t, d)| d * at(*t)).sum::<f64>() / total
        })
        .map(f64::ln)
        .sum()
}

/// Estimates as one vector: steps, all severities but the last, log of the standard deviation.
struct Shape {
    steps: Vec<usize>,
    raters: usize,
}

impl Shape {
    fn likelihood(&self, ratings: &[Rating], persons: usize, x: &[f64]) -> f64 {
        let (mut at, mut steps) = (0, vec![]);
        for m in &self.steps {
            steps.push(x[at..at + m].to_vec());
            at += m;
        }
        let mut severity = x[at..at + self.raters - 1].to_vec();
        severity.push(-severity.iter().sum::<f64>());
        brute_force(ratings, persons, &steps, &severity, x[x.len() - 1].exp())
    }
}

#[test]
fn estimates_are_the_maximum_of_a_likelihood_written_out_anew() {
    let ratings = simulate("facets small", 60, &steps(), &[-0.6, 0.1, 0.5], |p| vec![p % 3, (p + 1) % 3]);
    let fitted = fit(&ratings, &[3, 3, 2], 3, 60);
    let mut x: Vec<f64> =
        fitted.items.iter().flatten().flat_map(|i| i.curve.steps()).map(|b| b.expect("a step")).collect();
    x.extend(fitted.raters[..2].iter().map(|r| r.severity.expect("a severity")));
    x.push(0.5 * fitted.population.variances[0].ln());
    let shape = Shape { steps: vec![3, 3, 2], raters: 3 };
    let l = |x: &[f64]| shape.likelihood(&ratings, 60, x);
    assert!((l(&x) - fitted.log_likelihood).abs() < 1e-8, "{} {}", l(&x), fitted.log_likelihood);
    let moved = |i: usize, d: f64, j: usize, e: f64| {
        let mut y = x.clone();
        y[i] += d;
        y[j] += e;
        l(&y)
    };
    let n = x.len();
    for i in 0..n {
        let gradient = (moved(i, 1e-4, i, 0.0) - moved(i, -1e-4, i, 0.0)) / 2e-4;
        assert!(gradient.abs() < 1e-5, "parameter {i}: {gradient}");
    }
    // Standard errors of the severities from the numerical Hessian, inverted by elimination.
    let h = 1e-3;
    let hessian: Vec<Vec<f64>> = (0..n)
        .map(|i| {
            (0..n)
                .map(|j| {
                    let (a, b) =
                        (moved(i, h, j, h) + moved(i, -h, j, -h), moved(i, h, j, -h) + moved(i, -h, j, h));
                    (b - a) / (4.0 * h * h)
                })
                .collect()
        })
        .collect();
    let covariance = inverse(hessian);
    for (r, at) in [(0, n - 3), (1, n - 2)] {
        let se = covariance[at][at].sqrt();
        let ours = fitted.raters[r].se.expect("a standard error");
        assert!((se - ours).abs() < 1e-5, "rater {r}: {se} {ours}");
    }
    let last = covariance[n - 3][n - 3] + 2.0 * covariance[n - 3][n - 2] + covariance[n - 2][n - 2];
    assert!((last.sqrt() - fitted.raters[2].se.expect("a standard error")).abs() < 1e-5);
    let sum: f64 = fitted.raters.iter().filter_map(|r| r.severity).sum();
    assert!(sum.abs() < 1e-12);
}

fn inverse(mut a: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let n = a.len();
    for (i, row) in a.iter_mut().enumerate() {
        row.extend((0..n).map(|j| f64::from(u8::from(i == j))));
    }
    for i in 0..n {
        let pivot = a[i][i];
        a[i].iter_mut().for_each(|v| *v /= pivot);
        let own = a[i].clone();
        for (_, row) in a.iter_mut().enumerate().filter(|(r, _)| *r != i) {
            let factor = row[i];
            row.iter_mut().zip(&own).for_each(|(v, o)| *v -= factor * o);
        }
    }
    a.into_iter().map(|row| row[n..].to_vec()).collect()
}

#[test]
fn one_binary_item_is_rasch_with_raters_as_items() {
    let ratings = simulate("one item", 400, &[vec![0.3]], &[-0.7, -0.1, 0.2, 0.6], |_| (0..4).collect());
    let fitted = fit(&ratings, &[1], 4, 400);
    let points = ratings.iter().map(|r| r.points).collect();
    let responses = Responses::complete(400, 4, points, vec![1; 4]).expect("responses");
    let options = FitOptions { tolerance: 1e-9, ..FitOptions::new(Family::PartialCredit) };
    let rasch = fit_marginal(&responses, &Population::default(), &options).expect("a fit");
    assert!((fitted.log_likelihood - rasch.log_likelihood).abs() < 1e-8);
    let b = fitted.items[0].as_ref().expect("an item").curve.location().expect("a location");
    for (rater, item) in fitted.raters.iter().zip(rasch.items.iter().flatten()) {
        let difficulty = item.curve.location().expect("a location");
        assert!((b + rater.severity.expect("a severity") - difficulty).abs() < 1e-7);
    }
}

#[test]
fn binary_ratings_agree_with_a_mixed_logistic_regression() {
    let text = include_str!("reference/facets.json");
    let theirs: serde_json::Value = serde_json::from_str(text).expect("valid JSON");
    let numbers = |name: &str| -> Vec<f64> {
        theirs[name].as_array().expect("numbers").iter().filter_map(serde_json::Value::as_f64).collect()
    };
    let (person, item) = (numbers("person"), numbers("item"));
    let ratings: Vec<Rating> = (person.iter().zip(item).zip(numbers("rater")).zip(numbers("points")))
        .map(|(((person, item), rater), points)| Rating {
            person: *person as usize,
            item: item as usize,
            rater: rater as usize,
            points: points as u8,
        })
        .collect();
    let fitted = fit(&ratings, &[1; 4], 5, 150);
    let items = || fitted.items.iter().flatten();
    let ours = [
        (items().filter_map(|i| i.curve.location()).collect(), "difficulty", 1e-5),
        (items().filter_map(|i| i.location_se).collect(), "difficulty_se", 1e-5),
        (fitted.raters[..4].iter().filter_map(|r| r.severity).collect(), "severity_first_four", 1e-5),
        (fitted.raters[..4].iter().filter_map(|r| r.se).collect(), "severity_se_first_four", 1e-5),
        (fitted.population.variances.clone(), "variance", 1e-5),
    ];
    for (ours, name, tolerance) in ours as [(Vec<f64>, &str, f64); 5] {
        let theirs = numbers(name);
        assert_eq!(ours.len(), theirs.len());
        let worst = ours.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        eprintln!("AGREE facets {name}: {worst:.2e}");
        assert!(worst <= tolerance, "{name}: {worst:e}\n{ours:?}\n{theirs:?}");
    }
    let chi2 = fitted.equal_severity.likelihood_ratio.expect("a test").chi2;
    let theirs = 2.0 * theirs["log_likelihood_difference"].as_f64().expect("a number");
    assert!((chi2 - theirs).abs() < 1e-4, "{chi2} {theirs}");
}

/// sirt's data.ratings1: students, raters and five criteria of 0 to 3 points; raters by their first row.
fn real_ratings() -> Option<Vec<Rating>> {
    let text = shared("data/peers/sirt_ratings1.csv")?;
    let (mut persons, mut raters): (Vec<String>, Vec<String>) = (vec![], vec![]);
    let number = |names: &mut Vec<String>, name: &str| {
        names.iter().position(|n| n == name).unwrap_or_else(|| {
            names.push(name.to_owned());
            names.len() - 1
        })
    };
    let mut ratings = vec![];
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').map(|c| c.trim_matches('"')).collect();
        let (person, rater) = (number(&mut persons, cells[0]), number(&mut raters, cells[1]));
        let given = cells[2..].iter().enumerate().filter_map(|(item, x)| Some((item, x.parse().ok()?)));
        ratings.extend(given.map(|(item, points)| Rating { person, item, rater, points }));
    }
    Some(ratings)
}

#[test]
fn real_ratings_agree_with_a_fit_written_in_r() {
    let Some(ratings) = real_ratings() else { return };
    let theirs: serde_json::Value =
        serde_json::from_str(include_str!("reference/ratings.json")).expect("valid JSON");
    let numbers = |name: &str| -> Vec<f64> {
        theirs[name].as_array().expect("numbers").iter().filter_map(serde_json::Value::as_f64).collect()
    };
    let fitted = fit(&ratings, &[3; 5], 7, 135);
    let steps = fitted.items.iter().flatten().flat_map(|i| i.curve.steps()).flatten().collect();
    for (ours, name, tolerance) in [
        (steps, "steps_item_by_item", 1e-5),
        (fitted.raters[..6].iter().filter_map(|r| r.severity).collect(), "severity", 1e-5),
        (fitted.raters[..6].iter().filter_map(|r| r.se).collect(), "severity_se", 1e-6),
    ] as [(Vec<f64>, &str, f64); 3]
    {
        let theirs = numbers(name);
        assert_eq!(ours.len(), theirs.len());
        let worst = ours.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        eprintln!("AGREE ratings {name}: {worst:.2e}");
        assert!(worst <= tolerance, "{name}: {worst:e}");
    }
    let number = |name: &str| theirs[name].as_f64().expect("a number");
    assert!((fitted.log_likelihood - number("log_likelihood")).abs() < 1e-7);
    assert!((fitted.population.variances[0] - number("variance")).abs() < 1e-4);
    assert!(fitted.notices.is_empty(), "{:?}", fitted.notices);
}

#[test]
fn severities_and_steps_of_sparse_ratings_are_recovered() {
    let severities: Vec<f64> = (0..10).map(|r| -0.9 + 0.2 * f64::from(r)).collect();
    // One rater each, two for every fifth person.
    let who = |p: usize| {
        if p.is_multiple_of(5) { vec![p / 5 % 10, (p / 5 + 1 + p / 50 % 9) % 10] } else { vec![p % 10] }
    };
    let ratings = simulate("sparse", 3000, &steps(), &severities, who);
    let fitted = fit(&ratings, &[3, 3, 2], 10, 3000);
    let worst = fitted
        .raters
        .iter()
        .zip(&severities)
        .map(|(r, s)| (r.severity.expect("a severity") - s) / r.se.expect("a standard error"));
    let worst: Vec<f64> = worst.collect();
    assert!(worst.iter().all(|z| z.abs() < 3.5), "{worst:?}");
    for (item, truth) in fitted.items.iter().flatten().zip(steps()) {
        for ((b, se), truth) in item.curve.steps().into_iter().zip(&item.step_se).zip(truth) {
            let z = (b.expect("a step") - truth) / se.expect("a standard error");
            assert!(z.abs() < 3.5, "{z}");
        }
    }
    let separation = fitted.separation.expect("a separation");
    assert!(separation.reliability > 0.95 && separation.rmse < 0.1, "{separation:?}");
    let test = fitted.equal_severity.likelihood_ratio.expect("a test");
    let wald = fitted.equal_severity.wald.expect("a test");
    assert!(test.df == 9.0 && test.p < 1e-10 && wald.df == 9.0, "{test:?}");
    assert!((0.5..2.0).contains(&(wald.chi2 / test.chi2)), "{} {}", wald.chi2, test.chi2);
    let overall = fitted.overall_fit.expect("mean squares").infit;
    for rater in &fitted.raters {
        let fit = rater.fit.expect("mean squares");
        assert!((fit.infit / overall - 1.0).abs() < 0.15 && rater.ratings == fit.answers, "{fit:?}");
    }
    // The mean fair score of the persons of one rater does not follow the rater's severity.
    let mean_of = |rater: usize, value: &dyn Fn(usize) -> f64| {
        let own: Vec<f64> = (0..3000).filter(|p| p % 5 != 0 && p % 10 == rater).map(value).collect();
        own.iter().sum::<f64>() / own.len() as f64
    };
    let fair = |p: usize| fitted.persons[p].expect("a score").fair;
    let raw = |p: usize| fitted.persons[p].expect("a score").raw;
    assert!((mean_of(1, &raw) - mean_of(9, &raw)).abs() > 1.0);
    assert!((mean_of(1, &fair) - mean_of(9, &fair)).abs() < 0.45);
}

#[test]
fn equal_raters_are_rejected_as_often_as_the_level_says() {
    let rejected = (0..200)
        .filter(|run| {
            let name = format!("equal {run}");
            let ratings = simulate(&name, 120, &steps(), &[0.0; 4], |p| vec![p % 4, (p + 1 + p / 4 % 3) % 4]);
            let fitted = fit(&ratings, &[3, 3, 2], 4, 120);
            fitted.equal_severity.likelihood_ratio.expect("a test").p < 0.05
        })
        .count();
    assert!((2..=20).contains(&rejected), "{rejected} of 200");
}

#[test]
fn raters_that_nothing_ties_are_named() {
    let apart =
        simulate("apart", 80, &steps(), &[0.0; 4], |p| if p % 2 == 0 { vec![0, 2] } else { vec![1, 3] });
    let population = Population::default();
    let refused = fit_facets(&apart, &[3, 3, 2], 4, &population, 80, &FacetsOptions::default());
    let parts = vec![vec![0, 2], vec![1, 3]];
    assert_eq!(refused.unwrap_err(), IrtError::DisconnectedRaters { parts: parts.clone() });
    let options = FacetsOptions { link: RaterLink::Population, ..FacetsOptions::default() };
    let fitted = fit_facets(&apart, &[3, 3, 2], 4, &population, 80, &options).expect("a fit");
    assert!(fitted.notices.contains(&FacetsNotice::LinkedByPopulationOnly { parts }));
    // Both raters rate everybody, each one item only: severity and difficulty cannot be parted.
    let confounded: Vec<Rating> = simulate("confounded", 60, &steps()[..2], &[0.0; 2], |_| vec![0, 1])
        .into_iter()
        .filter(|r| r.item == r.rater)
        .collect();
    let refused = fit_facets(&confounded, &[3, 3], 2, &population, 60, &FacetsOptions::default());
    assert_eq!(refused.unwrap_err(), IrtError::DisconnectedRaters { parts: vec![vec![0], vec![1]] });
}

#[test]
fn extreme_raters_constant_items_and_repeated_ratings_are_named() {
    let mut ratings = simulate("extreme", 60, &steps(), &[0.0, 0.2, 0.0], |_| vec![0, 1, 2]);
    for r in ratings.iter_mut().filter(|r| r.rater == 2) {
        r.points = [3, 3, 2][r.item];
    }
    ratings.extend((0..60).map(|person| Rating { person, item: 3, rater: 0, points: 1 }));
    let fitted = fit(&ratings, &[3, 3, 2, 1], 4, 61);
    assert!(fitted.raters[2].severity.is_none() && fitted.items[3].is_none() && fitted.persons[60].is_none());
    for notice in [
        FacetsNotice::ExtremeRater { rater: 2 },
        FacetsNotice::ConstantItem { item: 3 },
        FacetsNotice::RaterWithoutRatings { rater: 3 },
    ] {
        assert!(fitted.notices.contains(&notice), "{:?}", fitted.notices);
    }
    ratings.push(ratings[0]);
    let twice = fit_facets(&ratings, &[3, 3, 2, 1], 4, &Population::default(), 61, &tight());
    assert_eq!(twice.unwrap_err(), IrtError::RatedTwice { person: 0, item: 0, rater: 0 });
    let outside = fit_facets(&ratings, &[3, 3, 2, 1], 2, &Population::default(), 61, &tight());
    assert!(matches!(outside, Err(IrtError::Shape { what: "rater", .. })));
}

#[test]
fn one_rater_is_the_partial_credit_model() {
    let ratings = simulate("one rater", 150, &steps(), &[0.0], |_| vec![0]);
    let fitted = fit(&ratings, &[3, 3, 2], 1, 150);
    let points = ratings.iter().map(|r| r.points).collect();
    let responses = Responses::complete(150, 3, points, vec![3, 3, 2]).expect("responses");
    let options = FitOptions { tolerance: 1e-9, ..FitOptions::new(Family::PartialCredit) };
    let plain = fit_marginal(&responses, &Population::default(), &options).expect("a fit");
    assert!((fitted.log_likelihood - plain.log_likelihood).abs() < 1e-9);
    assert!(fitted.separation.is_none() && fitted.equal_severity.likelihood_ratio.is_none());
    let fair = fitted.persons[0].expect("a score");
    assert!(fair.fair.is_finite() && fair.fair_se > 0.0);
}
