//! Data at the edge: each has a named outcome, and never a panic, NaN or silent nonsense.

use dampak::psych::irt::ability::{self, MaximumLikelihood};
use dampak::psych::irt::conditional::{
    ConditionalFamily, andersen, fit_conditional, martin_loef, score_split,
};
use dampak::psych::irt::item_scores::{ScoreFitOptions, score_fit, score_table};
use dampak::psych::irt::itemfit::item_fit;
use dampak::psych::irt::personfit::person_fit;
use dampak::psych::irt::plausible::plausible_values;
use dampak::psych::irt::residuals::residual_correlations;
use dampak::psych::irt::{
    Anchor, Family, FitOptions, FittedIrt, IrtError, ItemCurve, Notice, Population, Quadrature, Responses,
    fit_marginal,
};

use crate::brute::by_steps;
use crate::simulated::*;

const ALL: [Family; 3] = [Family::PartialCredit, Family::RatingScale, Family::GeneralisedPartialCredit];
const CML: [ConditionalFamily; 2] = [ConditionalFamily::PartialCredit, ConditionalFamily::RatingScale];

fn try_fit(r: &Responses, family: Family) -> Result<FittedIrt, IrtError> {
    try_with(r, &Population::default(), &FitOptions::new(family))
}

/// Fits, and checks that every number of the fit is one.
fn try_with(r: &Responses, population: &Population, options: &FitOptions) -> Result<FittedIrt, IrtError> {
    let fitted = fit_marginal(r, population, options)?;
    assert!(fitted.log_likelihood.is_finite() && fitted.log_likelihood <= 1e-9);
    for item in fitted.items.iter().flatten() {
        assert!(item.curve.slope.is_finite());
        assert!(item.curve.intercepts.iter().all(|c| c.is_finite() || *c == f64::NEG_INFINITY));
        let se = item.intercept_se.iter().chain(&item.step_se).chain([&item.slope_se, &item.location_se]);
        assert!(se.flatten().all(|s| s.is_finite() && *s >= 0.0), "{:?}", item);
    }
    let population = &fitted.population;
    assert!(population.variances.iter().all(|v| v.is_finite() && *v >= 0.0));
    assert!(population.coefficients.iter().all(|c| c.is_finite()));
    assert!(population.variance_se.iter().chain(&population.coefficient_se).flatten().all(|s| s.is_finite()));
    assert!(fitted.posterior.iter().flatten().all(|p| p.mean.is_finite() && p.sd.is_finite()));
    assert_eq!(fitted.converged(), !fitted.notices.contains(&Notice::NotConverged));
    Ok(fitted)
}

fn has(fitted: &FittedIrt, notice: &Notice) -> bool {
    fitted.notices.contains(notice)
}

/// Answers of 200 persons to four items, changed by `change(person, item, points)`.
fn changed(m: u8, change: impl Fn(usize, usize, u8) -> Option<u8>) -> Responses {
    let steps = |b: f64| (0..m).map(|k| b + 0.5 * f64::from(k)).collect::<Vec<_>>();
    let items: Vec<_> = [-1.0, -0.3, 0.2, 0.8].iter().map(|b| by_steps(1.0, &steps(*b))).collect();
    let r = answers(&items, &abilities(200, 0.0, 1.2, 51), 51);
    let cells: Vec<Option<u8>> = (0..200)
        .flat_map(|p| r.answers(p).map(move |(i, x)| (p, i, x)).collect::<Vec<_>>())
        .map(|(p, i, x)| change(p, i, x))
        .collect();
    let points = cells.iter().map(|c| c.unwrap_or(0)).collect();
    let answered = cells.iter().map(Option::is_some).collect();
    Responses::new(200, 4, points, answered, vec![m; 4]).unwrap()
}

#[test]
fn an_item_everybody_gets_right_or_wrong_is_left_out_and_named() {
    for category in [0, 1] {
        let r = changed(1, |_, i, x| Some(if i == 2 { category } else { x }));
        let rest = r.select(&(0..200).collect::<Vec<_>>(), &[0, 1, 3]);
        for family in ALL {
            let (fitted, without) = (try_fit(&r, family).unwrap(), try_fit(&rest, family).unwrap());
            assert!(fitted.items[2].is_none());
            assert!(has(&fitted, &Notice::ConstantItem { item: 2, category: category.into() }));
            close("without the item", &[fitted.log_likelihood], &[without.log_likelihood], 1e-8);
            assert_eq!(fitted.parameters, without.parameters);
        }
        let fitted = fit_conditional(&r, None, ConditionalFamily::PartialCredit).unwrap();
        assert!(fitted.items[2].is_none());
        assert!(fitted.notices.contains(&Notice::ConstantItem { item: 2, category: category.into() }));
    }
}

#[test]
fn an_empty_category_is_impossible_and_named() {
    for empty in [0u8, 1, 2] {
        let r = changed(2, |_, i, x| Some(if i == 1 && x == empty { (empty + 1) % 3 } else { x }));
        let notice = Notice::EmptyCategory { item: 1, category: empty.into() };
        for family in [Family::PartialCredit, Family::GeneralisedPartialCredit] {
            let fitted = try_fit(&r, family).unwrap();
            assert!(fitted.converged() && has(&fitted, &notice), "{empty} {family:?} {:?}", fitted.notices);
            let item = fitted.items[1].as_ref().unwrap();
            assert_eq!(item.curve.probabilities(0.3)[usize::from(empty)], 0.0);
            let steps = item.curve.steps();
            assert_eq!(steps.iter().filter(|s| s.is_none()).count(), if empty == 1 { 2 } else { 1 });
            assert!(item.step_se.iter().zip(&steps).all(|(se, b)| se.is_some() == b.is_some()));
            // The location stays where both ends occur.
            assert_eq!(item.location_se.is_some(), empty == 1);
            let wle = ability::weighted_likelihood_all(&fitted.curves(), &r);
            assert!(wle.iter().flatten().all(|a| a.theta.is_finite() && a.se.is_finite()));
            let draws = plausible_values(&fitted, &r, &Population::default(), 2, 1).unwrap();
            assert!(draws.iter().flatten().flatten().all(|d| d.is_finite()));
        }
        let fitted = fit_conditional(&r, None, ConditionalFamily::PartialCredit).unwrap();
        assert!(fitted.log.stop.is_converged() && fitted.notices.contains(&notice));
        // A rating scale shares its steps: the other items have the category.
        let fitted = try_fit(&r, Family::RatingScale).unwrap();
        assert!(fitted.items[1].as_ref().unwrap().curve.intercepts.iter().all(|c| c.is_finite()));
    }
}

#[test]
fn rows_and_columns_without_answers_are_left_out_and_named() {
    let r = changed(1, |p, i, x| (p % 10 != 0 && i != 3).then_some(x));
    let kept: Vec<usize> = (0..200).filter(|p| p % 10 != 0).collect();
    let rest = r.select(&kept, &[0, 1, 2]);
    for family in ALL {
        let (fitted, without) = (try_fit(&r, family).unwrap(), try_fit(&rest, family).unwrap());
        assert!(has(&fitted, &Notice::UnansweredItem { item: 3 }));
        assert!(has(&fitted, &Notice::PersonsWithoutAnswers { count: 20 }));
        assert!(fitted.items[3].is_none() && fitted.posterior[0].is_none() && fitted.posterior[1].is_some());
        assert_eq!(fitted.persons, 180);
        close("without the empty", &[fitted.log_likelihood], &[without.log_likelihood], 1e-8);
        let curves = fitted.curves();
        assert!(ability::weighted_likelihood_all(&curves, &r)[0].is_none());
        assert_eq!(ability::maximum_likelihood_all(&curves, &r)[0], MaximumLikelihood::None);
        assert!(plausible_values(&fitted, &r, &Population::default(), 3, 1).unwrap()[0].is_none());
    }
    let fitted = fit_conditional(&r, None, ConditionalFamily::PartialCredit).unwrap();
    assert!(fitted.notices.contains(&Notice::PersonsWithoutAnswers { count: 20 }));
    let nothing = changed(1, |_, _, _| None);
    for family in ALL {
        assert_eq!(try_fit(&nothing, family).unwrap_err(), IrtError::TooFewPersons { needed: 2, found: 0 });
    }
    for family in CML {
        let error = fit_conditional(&nothing, None, family).unwrap_err();
        assert_eq!(error, IrtError::TooFewItems { needed: 2, found: 0 });
    }
}

#[test]
fn zero_and_perfect_scores_have_finite_wle_and_named_ml() {
    let r = changed(1, |p, _, x| {
        Some(match p {
            0 => 0,
            1 => 1,
            _ => x,
        })
    });
    for family in ALL {
        let fitted = try_fit(&r, family).unwrap();
        let wle = ability::weighted_likelihood_all(&fitted.curves(), &r);
        let ml = ability::maximum_likelihood_all(&fitted.curves(), &r);
        assert_eq!((ml[0], ml[1]), (MaximumLikelihood::Lowest, MaximumLikelihood::Highest));
        let (low, high) = (wle[0].unwrap(), wle[1].unwrap());
        assert!(low.theta < -1.0 && low.theta > -8.0 && high.theta > 1.0 && high.theta < 8.0);
        assert!(low.se.is_finite() && high.se.is_finite());
        let theta: Vec<Option<f64>> = ml.iter().map(|a| a.finite().map(|a| a.theta)).collect();
        let fit = person_fit(&fitted.curves(), &r, &theta).unwrap();
        assert!(fit[0].is_none() && fit[1].is_none());
        let infinite = vec![Some(f64::INFINITY); 200];
        assert!(item_fit(&fitted.curves(), &r, &infinite).unwrap().iter().all(Option::is_none));
    }
    let only: Vec<&str> = [["0000"; 20], ["1111"; 20]].concat();
    // Nothing to condition on.
    let error = fit_conditional(&rows(&only, 1), None, ConditionalFamily::PartialCredit).unwrap_err();
    assert_eq!(error, IrtError::TooFewPersons { needed: 1, found: 0 });
}

#[test]
fn two_items_one_item_and_identical_items() {
    let r = changed(1, |_, _, x| Some(x));
    let all: Vec<usize> = (0..200).collect();
    let two = r.select(&all, &[0, 1]);
    let fitted = try_fit(&two, Family::PartialCredit).unwrap();
    assert!(fitted.converged() && fitted.covariance.is_some());
    // Four cells have three degrees of freedom: two slopes and two intercepts are not all identified.
    let fitted = try_fit(&two, Family::GeneralisedPartialCredit).unwrap();
    let named = |n: &Notice| matches!(n, Notice::NoInformation | Notice::NotConverged);
    assert!(fitted.notices.iter().any(named), "{:?}", fitted.notices);
    fit_conditional(&two, None, ConditionalFamily::PartialCredit).unwrap();
    let one = r.select(&all, &[0]);
    for family in ALL {
        assert_eq!(try_fit(&one, family).unwrap_err(), IrtError::TooFewItems { needed: 2, found: 1 });
    }
    for family in CML {
        let error = fit_conditional(&one, None, family).unwrap_err();
        assert_eq!(error, IrtError::TooFewItems { needed: 2, found: 1 });
    }
    let none = Responses::new(200, 0, vec![], vec![], vec![]).unwrap();
    assert_eq!(
        try_fit(&none, Family::PartialCredit).unwrap_err(),
        IrtError::TooFewPersons { needed: 2, found: 0 }
    );

    let twin = r.select(&all, &[0, 1, 1, 2, 3]);
    for family in ALL {
        let fitted = try_fit(&twin, family).unwrap();
        let curve = |i: usize| &fitted.items[i].as_ref().unwrap().curve;
        close("identical items", &item_of(curve(1)), &item_of(curve(2)), 1e-5);
    }
    let fitted = try_fit(&twin, Family::PartialCredit).unwrap();
    let eap: Vec<Option<f64>> = fitted.posterior.iter().map(|p| p.map(|p| p.mean)).collect();
    let q3 = residual_correlations(&fitted.curves(), &twin, &eap).unwrap();
    close("Q3 of identical items", &[q3.correlations[1][2].unwrap()], &[1.0], 1e-6);
    assert!(q3.largest_above_mean > 0.2, "local dependence is seen");
    // All items the same: nobody differs from Guttman's pattern in any other way.
    let same = r.select(&all, &[0, 0, 0, 0]);
    for family in ALL {
        let fitted = try_fit(&same, family).unwrap();
        assert!(has(&fitted, &Notice::Unbounded) && fitted.covariance.is_none(), "{family:?}");
        let curves = fitted.curves();
        let wle = ability::weighted_likelihood_all(&curves, &same);
        assert!(wle.iter().flatten().all(|a| a.theta.is_finite() && a.se.is_finite()), "{family:?}");
    }
}

#[test]
fn few_persons_are_refused_or_named() {
    let r = changed(1, |_, _, x| Some(x));
    let items = [0, 1, 2, 3];
    for count in [0, 1] {
        let few = r.select(&(0..count).collect::<Vec<_>>(), &items);
        for family in ALL {
            // One person has one answer per item: no item varies.
            assert_eq!(try_fit(&few, family).unwrap_err(), IrtError::TooFewPersons { needed: 2, found: 0 });
        }
        assert!(matches!(
            fit_conditional(&few, None, ConditionalFamily::PartialCredit),
            Err(IrtError::TooFewItems { needed: 2, found: 0 })
        ));
        assert!(ability::weighted_likelihood_all(&[None; 4], &few).iter().all(Option::is_none));
    }
    let few = rows(&["0110", "1010", "0101"], 1);
    for family in ALL {
        let fitted = try_fit(&few, family).unwrap();
        let named = |n: &Notice| matches!(n, Notice::FewPersons { persons: 3, .. });
        assert!(fitted.notices.iter().any(named), "{family:?} {:?}", fitted.notices);
    }
}

#[test]
fn disconnected_booklets_are_named() {
    let r = changed(1, |p, i, x| ((p < 100) == (i < 2)).then_some(x));
    let parts = vec![vec![0, 1], vec![2, 3]];
    let error = fit_conditional(&r, None, ConditionalFamily::PartialCredit).unwrap_err();
    assert_eq!(error, IrtError::Disconnected { parts: parts.clone() });
    assert!(error.to_string().contains("2 parts"), "{error}");
    // Equal populations are an assumption, and it is said.
    let fitted = try_fit(&r, Family::PartialCredit).unwrap();
    assert!(has(&fitted, &Notice::LinkedByPopulationOnly { parts: parts.clone() }));
    let groups: Vec<usize> = (0..200).map(|p| p / 100).collect();
    let population = Population { groups: Some(&groups), ..Population::default() };
    let options = FitOptions::new(Family::PartialCredit);
    let error = try_with(&r, &population, &options).unwrap_err();
    assert_eq!(error, IrtError::Disconnected { parts });
    // One anchor on each side ties them together.
    let anchor = |item: usize| Anchor { item, curve: ItemCurve::from_steps(1.0, &[0.0]) };
    let anchored = FitOptions { anchors: vec![anchor(0), anchor(2)], ..options.clone() };
    try_with(&r, &population, &anchored).unwrap();
    // Two anchors on the same side do not.
    let lopsided = FitOptions { anchors: vec![anchor(0), anchor(1)], ..options };
    assert!(matches!(try_with(&r, &population, &lopsided), Err(IrtError::Disconnected { .. })));
}

#[test]
fn weights_that_are_no_weights_are_refused() {
    let r = changed(1, |_, _, x| Some(x));
    let with = |bad: f64| {
        let mut weights = vec![1.0; 200];
        weights[7] = bad;
        weights
    };
    let options = FitOptions::new(Family::PartialCredit);
    let refused = IrtError::BadPersonValue { person: 7, what: "weight" };
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        let weights = with(bad);
        let population = Population { weights: Some(&weights), ..Population::default() };
        assert_eq!(try_with(&r, &population, &options).unwrap_err(), refused);
        let error = fit_conditional(&r, Some(&weights), ConditionalFamily::PartialCredit).unwrap_err();
        assert_eq!(error, refused);
    }
    // Weight 0 is a person left out.
    let weights: Vec<f64> = (0..200).map(|p| f64::from(u8::from(p % 4 != 0))).collect();
    let kept: Vec<usize> = (0..200).filter(|p| p % 4 != 0).collect();
    let rest = r.select(&kept, &[0, 1, 2, 3]);
    let population = Population { weights: Some(&weights), ..Population::default() };
    let (a, b) =
        (try_with(&r, &population, &options).unwrap(), try_fit(&rest, Family::PartialCredit).unwrap());
    close("weight 0", &[a.log_likelihood], &[b.log_likelihood], 1e-9);
    assert_eq!((a.persons, a.weight), (150, 150.0));
    let nobody = vec![0.0; 200];
    let population = Population { weights: Some(&nobody), ..Population::default() };
    for family in ALL {
        let error = try_with(&r, &population, &FitOptions::new(family)).unwrap_err();
        assert_eq!(error, IrtError::TooFewPersons { needed: 2, found: 0 });
    }
    assert!(fit_conditional(&r, Some(&nobody), ConditionalFamily::PartialCredit).is_err());
    let one: Vec<f64> = (0..200).map(|p| f64::from(u8::from(p == 3))).collect();
    let population = Population { weights: Some(&one), ..Population::default() };
    assert!(matches!(try_with(&r, &population, &options), Err(IrtError::TooFewPersons { needed: 2, .. })));
}

#[test]
fn covariates_that_say_nothing_are_refused() {
    let r = changed(1, |_, _, x| Some(x));
    let options = FitOptions::new(Family::PartialCredit);
    let fit = |columns: &[&[f64]], groups: Option<&[usize]>| {
        try_with(&r, &Population { covariates: columns, groups, weights: None }, &options)
    };
    let home: Vec<f64> = (0..200).map(|p| (p % 5) as f64).collect();
    let mut holes = home.clone();
    holes[9] = f64::NAN;
    let refused = IrtError::BadPersonValue { person: 9, what: "covariate" };
    assert_eq!(fit(&[&holes], None).unwrap_err(), refused);
    let constant = vec![3.0; 200];
    assert_eq!(fit(&[&home, &constant], None).unwrap_err(), IrtError::DependentCovariate { column: 1 });
    let double: Vec<f64> = home.iter().map(|h| 2.0 * h + 1.0).collect();
    assert_eq!(fit(&[&home, &double], None).unwrap_err(), IrtError::DependentCovariate { column: 1 });
    let groups: Vec<usize> = (0..200).map(|p| p % 2).collect();
    let again: Vec<f64> = groups.iter().map(|g| *g as f64).collect();
    assert_eq!(fit(&[&again], Some(&groups)).unwrap_err(), IrtError::DependentCovariate { column: 0 });
    assert!(matches!(fit(&[&home[..10]], None), Err(IrtError::Shape { what: "covariates", .. })));
    assert!(matches!(fit(&[], Some(&groups[..10])), Err(IrtError::Shape { what: "groups", .. })));
    let huge: Vec<usize> = (0..200).map(|p| p * 1_000_000).collect();
    assert!(matches!(fit(&[], Some(&huge)), Err(IrtError::BadPersonValue { what: "group", .. })));
    fit(&[&home], Some(&groups)).unwrap();
    // A group number that nobody has leaves a mean nothing is known about.
    let gap: Vec<usize> = (0..200).map(|p| 2 * (p % 2)).collect();
    let error = fit(&[], Some(&gap));
    assert!(error.is_err(), "{:?}", error.map(|f| f.notices));
}

#[test]
fn groups_of_one_person() {
    let r = changed(1, |_, _, x| Some(x));
    let groups: Vec<usize> = (0..200).map(|p| usize::from(p == 0)).collect();
    let population = Population { groups: Some(&groups), ..Population::default() };
    for family in ALL {
        let fitted = try_with(&r, &population, &FitOptions::new(family)).unwrap();
        // The likelihood of one person rises as the variance falls: there is no variance to estimate.
        let named = |n: &Notice| matches!(n, Notice::NoVariance { group: 1 });
        assert!(fitted.notices.iter().any(named), "{family:?} {:?} {:?}", fitted.notices, fitted.population);
    }
}

#[test]
fn persons_who_do_not_differ_beyond_chance() {
    // Every pattern of three items once in eight: independent answers.
    let all: Vec<String> = (0..64).map(|p| format!("{:03b}", p % 8)).collect();
    let r = rows(&all.iter().map(String::as_str).collect::<Vec<_>>(), 1);
    let fitted = try_fit(&r, Family::PartialCredit).unwrap();
    assert!(has(&fitted, &Notice::NoVariance { group: 0 }), "{:?} {:?}", fitted.notices, fitted.population);
    close("independent items", &[fitted.log_likelihood], &[-64.0 * 8f64.ln()], 1e-3);
    assert!(fitted.posterior.iter().flatten().all(|p| p.mean.abs() < 0.1));
    // Plausible values keep to the narrow posterior although it is narrower than the nodes are apart.
    let coarse = FitOptions {
        quadrature: Quadrature::Grid { nodes: 61, low: -6.0, high: 6.0 },
        anchors: (0..3).map(|item| Anchor { item, curve: ItemCurve::from_steps(1.0, &[0.0]) }).collect(),
        ..FitOptions::new(Family::PartialCredit)
    };
    for mean in [0.0, 0.03, 0.05, 0.07] {
        let mut narrow = try_with(&r, &Population::default(), &coarse).unwrap();
        (narrow.population.coefficients[0], narrow.population.variances[0]) = (mean, 1e-4);
        let draws = plausible_values(&narrow, &r, &Population::default(), 4000, 1).unwrap();
        let own = draws[0].as_ref().unwrap();
        let centre = own.iter().sum::<f64>() / 4000.0;
        let sd = (own.iter().map(|d| (d - centre).powi(2)).sum::<f64>() / 4000.0).sqrt();
        assert!((centre - mean).abs() < 2e-3 && (sd - 0.01).abs() < 2e-3, "{mean}: {centre} {sd}");
    }
    // Answers that repel each other cannot be had from any ability.
    let r = rows(&[["10"; 30], ["01"; 30]].concat(), 1);
    let fitted = try_fit(&r, Family::PartialCredit).unwrap();
    assert!(has(&fitted, &Notice::NoVariance { group: 0 }), "{:?} {:?}", fitted.notices, fitted.population);
}

#[test]
fn a_perfect_guttman_scale_is_named() {
    let r = rows(&[["0000"; 20], ["1000"; 20], ["1100"; 20], ["1110"; 20], ["1111"; 20]].concat(), 1);
    for family in [Family::PartialCredit, Family::GeneralisedPartialCredit] {
        let fitted = try_fit(&r, family).unwrap();
        assert!(has(&fitted, &Notice::Unbounded) && fitted.covariance.is_none(), "{family:?}");
        let wle = ability::weighted_likelihood_all(&fitted.curves(), &r);
        assert!(wle.iter().flatten().all(|a| a.theta.is_finite() && a.se.is_finite()));
    }
    let fitted = fit_conditional(&r, None, ConditionalFamily::PartialCredit).unwrap();
    assert!(fitted.log_likelihood.is_finite());
    let named = |n: &Notice| matches!(n, Notice::NotConverged | Notice::NoInformation);
    assert!(fitted.notices.iter().any(named), "{:?} {:?}", fitted.notices, fitted.curves());
}

/// Very steep items leave no information between them; the estimate of an extreme score is next to the
/// nearest item and not at the end of the world.
#[test]
fn extreme_scores_on_very_steep_items() {
    let curves: Vec<ItemCurve> =
        [(115.0, -0.9), (75.0, -0.4), (110.0, 0.9)].map(|(a, b)| curve_of(&by_steps(a, &[b]))).into();
    let at = |points: [u8; 3]| -> Vec<(&ItemCurve, u8)> { curves.iter().zip(points).collect() };
    let low = ability::weighted_likelihood(&at([0, 0, 0])).unwrap();
    let high = ability::weighted_likelihood(&at([1, 1, 1])).unwrap();
    // One item decides: P = 1/4 on the lowest, 3/4 on the highest.
    close("steep, lowest", &[low.theta], &[-0.9 - 3f64.ln() / 115.0], 1e-6);
    close("steep, highest", &[high.theta], &[0.9 + 3f64.ln() / 110.0], 1e-6);
    for points in [[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1]] {
        let found = ability::weighted_likelihood(&at(points)).unwrap();
        assert!(found.theta.abs() < 1.0 && found.se.is_finite(), "{points:?} {found:?}");
    }
    // Flat in between: any ability will do, and the standard error says so.
    let ends: Vec<ItemCurve> = [-30.0, 30.0].map(|b| curve_of(&by_steps(90.0, &[b]))).into();
    let flat = ability::maximum_likelihood(&[(&ends[0], 1), (&ends[1], 0)]);
    assert!(flat.finite().is_none_or(|a| a.se > 1e5), "{flat:?}");
}

#[test]
fn a_reversed_item_has_a_negative_slope() {
    let r = changed(1, |_, i, x| Some(if i == 3 { 1 - x } else { x }));
    let long = r.select(&(0..400).map(|p| p % 200).collect::<Vec<_>>(), &[0, 1, 2, 3]);
    let fitted = try_fit(&long, Family::GeneralisedPartialCredit).unwrap();
    assert!(fitted.converged());
    let slopes: Vec<f64> = fitted.curves().into_iter().flatten().map(|c| c.slope).collect();
    assert!(slopes[..3].iter().all(|a| *a > 0.0) && slopes[3] < 0.0, "{slopes:?}");
    let ml = ability::maximum_likelihood_all(&fitted.curves(), &long);
    // The best is all right on the three and wrong on the reversed one.
    for p in 0..200 {
        let x: Vec<u8> = long.answers(p).map(|a| a.1).collect();
        assert_eq!(ml[p] == MaximumLikelihood::Highest, x == [1, 1, 1, 0]);
        assert_eq!(ml[p] == MaximumLikelihood::Lowest, x == [0, 0, 0, 1]);
    }
}

#[test]
fn too_many_categories_are_refused() {
    let error = Responses::complete(2, 1, vec![0, 255], vec![255]).unwrap_err();
    assert_eq!(error, IrtError::TooManyCategories { item: 0, max: 255, most: 40 });
    let error = Responses::complete(2, 1, vec![0, 3], vec![2]).unwrap_err();
    assert_eq!(error, IrtError::NotACategory { person: 1, item: 0 });
    // The most that is served.
    let n = 400;
    let theta = abilities(n, 0.0, 1.5, 52);
    let points: Vec<u8> = theta
        .iter()
        .flat_map(|t| [1.0, 0.8, 1.2].map(|a| (20.0 + 9.0 * a * t).round().clamp(0.0, 40.0) as u8))
        .collect();
    let wide = Responses::complete(n, 3, points, vec![40; 3]).unwrap();
    let fitted = try_fit(&wide, Family::PartialCredit).unwrap();
    assert!(fitted.converged() || has(&fitted, &Notice::NotConverged));
    try_fit(&wide, Family::GeneralisedPartialCredit).unwrap();
}

#[test]
fn anchors_that_do_not_fit_are_refused() {
    let r = changed(1, |_, _, x| Some(x));
    let with = |anchors: Vec<Anchor>| {
        try_with(
            &r,
            &Population::default(),
            &FitOptions { anchors, ..FitOptions::new(Family::PartialCredit) },
        )
    };
    let curve = |slope: f64, intercepts: &[f64]| ItemCurve { slope, intercepts: intercepts.to_vec() };
    let bad = [
        Anchor { item: 9, curve: curve(1.0, &[0.0, 0.3]) },
        Anchor { item: 1, curve: curve(1.0, &[0.0, 0.3, 0.1]) },
        Anchor { item: 1, curve: curve(f64::NAN, &[0.0, 0.3]) },
        Anchor { item: 1, curve: curve(1.0, &[0.0, f64::NAN]) },
        Anchor { item: 1, curve: curve(1.0, &[0.0, f64::INFINITY]) },
        // The anchor says that nobody gets it right, and somebody did.
        Anchor { item: 1, curve: curve(1.0, &[0.0, f64::NEG_INFINITY]) },
    ];
    for anchor in bad {
        let item = anchor.item;
        assert_eq!(with(vec![anchor]).unwrap_err(), IrtError::BadAnchor { item });
    }
    // Anchors that carry no information leave the population's mean to nothing.
    let flat = |item: usize| Anchor { item, curve: curve(0.0, &[0.0, 0.1]) };
    let fitted = with(vec![flat(0), flat(1)]).unwrap();
    let named = |n: &Notice| matches!(n, Notice::NoInformation | Notice::NotConverged);
    assert!(fitted.notices.iter().any(named), "{:?}", fitted.notices);
    // All items anchored: only the population is free.
    let all = (0..4).map(|item| Anchor { item, curve: ItemCurve::from_steps(1.0, &[0.1]) }).collect();
    let fitted = with(all).unwrap();
    assert_eq!((fitted.parameters, fitted.converged()), (2, true));
}

#[test]
fn unequal_points_are_no_rating_scale() {
    let r = Responses::complete(4, 2, vec![0, 1, 1, 2, 0, 0, 1, 2], vec![1, 2]).unwrap();
    assert_eq!(try_fit(&r, Family::RatingScale).unwrap_err(), IrtError::UnequalCategories { item: 1 });
    let error = fit_conditional(&r, None, ConditionalFamily::RatingScale).unwrap_err();
    assert_eq!(error, IrtError::UnequalCategories { item: 1 });
}

#[test]
fn tests_and_tables_refuse_what_they_cannot_answer() {
    let r = changed(1, |_, _, x| Some(x));
    let pcm = ConditionalFamily::PartialCredit;
    let everyone = vec![Some(0); 200];
    assert_eq!(andersen(&r, &everyone, pcm), Err(IrtError::TooFewPersons { needed: 2, found: 1 }));
    assert!(matches!(andersen(&r, &[Some(0)], pcm), Err(IrtError::Shape { what: "groups", .. })));
    let one: Vec<Option<usize>> = (0..200).map(|p| Some(usize::from(p == 0))).collect();
    assert!(matches!(andersen(&r, &one, pcm), Err(IrtError::TooFewItems { .. })));
    assert!(score_split(&changed(1, |_, _, _| None)).iter().all(Option::is_none));
    let error = martin_loef(&r, &[true, false, false, false], pcm).unwrap_err();
    assert_eq!(error, IrtError::TooFewItems { needed: 2, found: 1 });
    assert!(matches!(martin_loef(&r, &[true], pcm), Err(IrtError::Shape { .. })));
    let nobody = r.select(&[], &[0, 1, 2, 3]);
    assert!(martin_loef(&nobody, &[true, true, false, false], pcm).is_err());

    let curve = ItemCurve::from_steps(1.0, &[0.0]);
    assert!(matches!(score_table(&[&curve], 0.0, 0.0), Err(IrtError::Num(_))));
    assert!(matches!(score_table(&[&curve], f64::NAN, 1.0), Err(IrtError::Num(_))));
    let empty = score_table(&[], 0.0, 1.0).unwrap();
    assert_eq!(empty.len(), 1);
    assert!(empty[0].weighted_likelihood.is_none());
    let options = ScoreFitOptions { mean: 0.0, sd: 1.0, smallest_cell: 1.0 };
    let two = r.select(&[0, 1], &[0, 1]);
    assert!(matches!(score_fit(&[&curve; 2], &[1; 2], &two, options), Err(IrtError::TooFewItems { .. })));
    let holes = changed(1, |p, i, x| (p % 4 != i).then_some(x));
    let error = score_fit(&[&curve; 4], &[1; 4], &holes, options).unwrap_err();
    assert_eq!(error, IrtError::TooFewPersons { needed: 1, found: 0 });
    // One person: cells are merged away, no degrees of freedom and no p-value are left.
    let single = r.select(&[5], &[0, 1, 2, 3]);
    for fit in score_fit(&[&curve; 4], &[1; 4], &single, options).unwrap() {
        assert!(fit.chi2.is_finite() && fit.p.is_none());
    }
    let views = [Some(&curve); 4];
    assert!(matches!(residual_correlations(&views, &r, &[None; 200]), Err(IrtError::TooFewItems { .. })));
    assert!(matches!(item_fit(&views, &r, &[None]), Err(IrtError::Shape { what: "theta", .. })));
    assert!(item_fit(&views, &r, &[None; 200]).unwrap().iter().all(Option::is_none));
}

/// An iteration cap that is too low is said, and the fit is returned.
#[test]
fn a_fit_that_is_cut_short_says_so() {
    let r = changed(2, |_, _, x| Some(x));
    let options = FitOptions { max_iterations: 1, ..FitOptions::new(Family::GeneralisedPartialCredit) };
    let fitted = try_with(&r, &Population::default(), &options).unwrap();
    assert!(has(&fitted, &Notice::NotConverged) && !fitted.converged());
    assert_eq!(fitted.log.iterations, 1);
    let broken = FitOptions { tolerance: 0.0, ..FitOptions::new(Family::PartialCredit) };
    let fitted = try_with(&r, &Population::default(), &broken).unwrap();
    assert!(fitted.log.iterations <= 500, "{:?}", fitted.log.stop);
}
