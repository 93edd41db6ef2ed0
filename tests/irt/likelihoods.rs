//! The marginal likelihood, its optimum and its standard errors, by brute force.

use dampak::psych::irt::fit::{NormalPrior, ParameterPriors};
use dampak::psych::irt::{
    Anchor, Family, FitOptions, FittedIrt, Population, Quadrature, Responses, fit_marginal,
};

use crate::brute::{self, Item, Where, by_steps};
use crate::simulated::*;

/// Nodes far beyond need, so that only the optimum itself is in question.
pub fn exact(family: Family) -> FitOptions {
    let quadrature = Quadrature::Grid { nodes: 201, low: -12.0, high: 12.0 };
    FitOptions { quadrature, tolerance: 1e-9, ..FitOptions::new(family) }
}

pub fn fit(r: &Responses, population: &Population, options: &FitOptions) -> FittedIrt {
    let fitted = fit_marginal(r, population, options).expect("a fit");
    assert!(fitted.converged(), "{:?}", fitted.stop());
    fitted
}

type ItemsOf<'a> = Box<dyn Fn(&[f64]) -> Vec<Item> + 'a>;
type PlaceOf<'a> = Box<dyn Fn(&[f64], usize) -> Where + 'a>;

/// Free parameters of a model and how its items and population follow from them.
struct Model<'a> {
    responses: &'a Responses,
    items: ItemsOf<'a>,
    place: PlaceOf<'a>,
}

impl Model<'_> {
    fn value(&self, x: &[f64]) -> f64 {
        brute::log_likelihood(self.responses, &(self.items)(x), |p| (self.place)(x, p))
    }

    /// The fit is a maximum of the plain likelihood, with its value and its standard errors.
    fn holds(&self, what: &str, fitted: &FittedIrt, x: &[f64], se: &[Option<f64>]) {
        close(&format!("{what}, log-likelihood"), &[fitted.log_likelihood], &[self.value(x)], 1e-8);
        let f = |x: &[f64]| self.value(x);
        let gradient = brute::gradient(&f, x);
        close(&format!("{what}, gradient at the optimum"), &gradient, &vec![0.0; x.len()], 2e-6);
        let se: Vec<f64> = se.iter().map(|s| s.expect("a standard error")).collect();
        close(&format!("{what}, standard errors"), &se, &brute::standard_errors(&f, x), 1e-5);
        assert_eq!(fitted.parameters, x.len(), "{what}");
    }
}

/// Free intercepts of all items, or slopes and intercepts, with their standard errors.
fn item_parameters(fitted: &FittedIrt, slopes: bool) -> (Vec<f64>, Vec<Option<f64>>) {
    let (mut x, mut se) = (vec![], vec![]);
    for item in fitted.items.iter().flatten() {
        if slopes {
            x.push(item.curve.slope);
            se.push(item.slope_se);
        }
        x.extend(&item.curve.intercepts[1..]);
        se.extend(&item.intercept_se[1..]);
    }
    (x, se)
}

fn unit_items(x: &[f64], m: usize) -> Vec<Item> {
    x.chunks(m).map(|c| [&[1.0, 0.0], c].concat()).collect()
}

fn small_rasch() -> Responses {
    answers(&rasch(&[-1.2, -0.4, 0.1, 0.7, 1.5]), &abilities(250, 0.0, 1.2, 1), 1)
}

fn steps() -> Vec<Item> {
    vec![
        by_steps(1.0, &[-1.0, 0.3]),
        by_steps(1.0, &[-0.2, 0.6]),
        by_steps(1.0, &[0.4, 0.1]),
        by_steps(1.0, &[-0.5, 1.4]),
    ]
}

#[test]
fn rasch_by_brute_force() {
    let r = small_rasch();
    let fitted = fit(&r, &Population::default(), &exact(Family::PartialCredit));
    let (mut x, mut se) = item_parameters(&fitted, false);
    x.extend(&fitted.population.variances);
    se.extend(&fitted.population.variance_se);
    let model = Model {
        responses: &r,
        items: Box::new(|x| unit_items(&x[..5], 1)),
        place: Box::new(|x, _| Where::normal(0.0, x[5].sqrt())),
    };
    model.holds("Rasch", &fitted, &x, &se);
}

#[test]
fn partial_credit_with_missing_answers_by_brute_force() {
    let r = with_missing(&steps(), &abilities(200, 0.0, 1.0, 2), 2, |p, i| (p + 3 * i) % 5 != 0);
    let fitted = fit(&r, &Population::default(), &exact(Family::PartialCredit));
    let (mut x, mut se) = item_parameters(&fitted, false);
    x.extend(&fitted.population.variances);
    se.extend(&fitted.population.variance_se);
    let model = Model {
        responses: &r,
        items: Box::new(|x| unit_items(&x[..8], 2)),
        place: Box::new(|x, _| Where::normal(0.0, x[8].sqrt())),
    };
    model.holds("PCM", &fitted, &x, &se);
}

#[test]
fn generalised_partial_credit_by_brute_force() {
    let items: Vec<Item> = vec![
        by_steps(0.8, &[-1.0, 0.3]),
        by_steps(1.4, &[-0.2, 0.6]),
        by_steps(1.0, &[0.4, 0.1]),
        by_steps(1.1, &[-0.5, 1.4]),
    ];
    let r = with_missing(&items, &abilities(300, 0.0, 1.0, 3), 3, |p, i| (p + i) % 7 != 0);
    let fitted = fit(&r, &Population::default(), &exact(Family::GeneralisedPartialCredit));
    let (x, se) = item_parameters(&fitted, true);
    let model = Model {
        responses: &r,
        items: Box::new(|x| x.chunks(3).map(|i| vec![i[0], 0.0, i[1], i[2]]).collect()),
        place: Box::new(|_, _| Where::normal(0.0, 1.0)),
    };
    model.holds("GPCM", &fitted, &x, &se);
}

#[test]
fn rating_scale_is_partial_credit_with_its_constraint() {
    let shared = [-0.7, 0.7];
    let items: Vec<Item> =
        [-0.8, 0.0, 0.3, 1.0].iter().map(|b| by_steps(1.0, &[b + shared[0], b + shared[1]])).collect();
    let r = answers(&items, &abilities(250, 0.0, 1.1, 4), 4);
    let fitted = fit(&r, &Population::default(), &exact(Family::RatingScale));
    let step = |i: usize| -> Vec<f64> {
        fitted.curves()[i].expect("active").steps().into_iter().flatten().collect()
    };
    let location = |i: usize| step(i).iter().sum::<f64>() / 2.0;
    let mut x: Vec<f64> = (0..4).map(location).collect();
    x.push(step(0)[0] - location(0));
    x.extend(&fitted.population.variances);
    for i in 1..4 {
        close("RSM, same steps about every location", &[step(i)[0] - location(i)], &[x[4]], 1e-12);
    }
    let model = Model {
        responses: &r,
        items: Box::new(|x| x[..4].iter().map(|b| by_steps(1.0, &[b + x[4], b - x[4]])).collect()),
        place: Box::new(|x, _| Where::normal(0.0, x[5].sqrt())),
    };
    let se: Vec<Option<f64>> = fitted.items.iter().flatten().map(|i| i.location_se).collect();
    let f = |x: &[f64]| model.value(x);
    close("RSM, log-likelihood", &[fitted.log_likelihood], &[f(&x)], 1e-8);
    close("RSM, gradient at the optimum", &brute::gradient(&f, &x), &[0.0; 6], 2e-6);
    let se: Vec<f64> = se.into_iter().map(|s| s.expect("a standard error")).collect();
    close("RSM, standard errors of locations", &se, &brute::standard_errors(&f, &x)[..4], 1e-5);
    // Two categories leave nothing to share: the same fit as Rasch.
    let r = small_rasch();
    let (a, b) = (
        fit(&r, &Population::default(), &exact(Family::RatingScale)),
        fit(&r, &Population::default(), &exact(Family::PartialCredit)),
    );
    close("RSM of binary items", &items_of(&a).concat(), &items_of(&b).concat(), 1e-7);
}

#[test]
fn groups_and_weights_by_brute_force() {
    let items = rasch(&[-1.0, -0.3, 0.4, 1.1]);
    let theta = [abilities(150, 0.0, 1.0, 5), abilities(150, 0.8, 1.4, 6)].concat();
    let r = answers(&items, &theta, 5);
    let groups: Vec<usize> = (0..300).map(|p| p / 150).collect();
    let weights: Vec<f64> = (0..300).map(|p| 0.5 + (p % 3) as f64 * 0.75).collect();
    let population = Population { groups: Some(&groups), weights: Some(&weights), ..Population::default() };
    let fitted = fit(&r, &population, &exact(Family::PartialCredit));
    let (mut x, mut se) = item_parameters(&fitted, false);
    x.extend(&fitted.population.coefficients);
    x.extend(&fitted.population.variances);
    se.extend(&fitted.population.coefficient_se);
    se.extend(&fitted.population.variance_se);
    let model = Model {
        responses: &r,
        items: Box::new(|x| unit_items(&x[..4], 1)),
        place: Box::new(|x, p| {
            let mean = if p < 150 { 0.0 } else { x[4] };
            Where { mean, sd: x[5 + p / 150].sqrt(), weight: weights[p] }
        }),
    };
    model.holds("two groups with weights", &fitted, &x, &se);
}

#[test]
fn latent_regression_by_brute_force() {
    let items = binary(&[(0.8, -0.8), (1.2, 0.0), (1.6, 0.5), (1.0, 1.0)]);
    let sex: Vec<f64> = (0..240).map(|p| f64::from(u8::from(p % 2 == 0))).collect();
    let home: Vec<f64> = (0..240).map(|p| ((p / 2) % 4) as f64 - 1.5).collect();
    let noise = abilities(240, 0.0, 0.9, 7);
    let theta: Vec<f64> = (0..240).map(|p| 0.4 * sex[p] + 0.5 * home[p] + noise[p]).collect();
    let r = answers(&items, &theta, 7);
    let covariates = [&sex[..], &home[..]];
    let population = Population { covariates: &covariates, ..Population::default() };
    for family in [Family::PartialCredit, Family::GeneralisedPartialCredit] {
        let fitted = fit(&r, &population, &exact(family));
        let unit = family.has_unit_slopes();
        let (mut x, mut se) = item_parameters(&fitted, !unit);
        let own = x.len();
        x.extend(&fitted.population.coefficients);
        se.extend(&fitted.population.coefficient_se);
        if unit {
            x.extend(&fitted.population.variances);
            se.extend(&fitted.population.variance_se);
        }
        let (sex, home) = (&sex, &home);
        let model = Model {
            responses: &r,
            items: Box::new(move |x| {
                let own = &x[..own];
                if unit { unit_items(own, 1) } else { own.chunks(2).map(|i| vec![i[0], 0.0, i[1]]).collect() }
            }),
            place: Box::new(move |x, p| {
                let sd = if unit { x[own + 2].sqrt() } else { 1.0 };
                Where::normal(x[own] * sex[p] + x[own + 1] * home[p], sd)
            }),
        };
        model.holds(&format!("latent regression {family:?}"), &fitted, &x, &se);
    }
}

#[test]
fn anchors_free_mean_and_variance_by_brute_force() {
    let r = small_rasch();
    let anchors: Vec<Anchor> =
        [(1, -0.5), (3, 0.9)].map(|(item, b)| Anchor { item, curve: curve_of(&by_steps(1.0, &[b])) }).into();
    let fitted = fit(&r, &Population::default(), &FitOptions { anchors, ..exact(Family::PartialCredit) });
    let free = [0, 2, 4];
    let item = |i: usize| fitted.items[i].as_ref().expect("active");
    assert!(item(1).fixed && item(3).fixed && !item(0).fixed && item(1).location_se.is_none());
    let mut x: Vec<f64> = free.iter().map(|i| item(*i).curve.intercepts[1]).collect();
    let mut se: Vec<Option<f64>> = free.iter().map(|i| item(*i).intercept_se[1]).collect();
    x.extend([fitted.population.coefficients[0], fitted.population.variances[0]]);
    se.extend([fitted.population.coefficient_se[0], fitted.population.variance_se[0]]);
    let model = Model {
        responses: &r,
        items: Box::new(|x| unit_items(&[x[0], 0.5, x[1], -0.9, x[2]], 1)),
        place: Box::new(|x, _| Where::normal(x[3], x[4].sqrt())),
    };
    model.holds("two anchors", &fitted, &x, &se);
}

#[test]
fn the_posterior_mode_under_priors_by_brute_force() {
    let r = answers(&binary(&[(0.8, -0.8), (1.6, 0.0), (1.2, 0.9)]), &abilities(120, 0.0, 1.0, 8), 8);
    let slope = NormalPrior { mean: 1.0, sd: 0.3 };
    let intercept = NormalPrior { mean: 0.2, sd: 0.8 };
    let priors = ParameterPriors { slope: Some(slope), intercept: Some(intercept) };
    let fitted =
        fit(&r, &Population::default(), &FitOptions { priors, ..exact(Family::GeneralisedPartialCredit) });
    let items = |x: &[f64]| x.chunks(2).map(|i| vec![i[0], 0.0, i[1]]).collect::<Vec<Item>>();
    let log = |v: f64, prior: NormalPrior| -0.5 * ((v - prior.mean) / prior.sd).powi(2);
    let f = |x: &[f64]| {
        let prior: f64 = x.chunks(2).map(|i| log(i[0], slope) + log(i[1], intercept)).sum();
        brute::log_likelihood(&r, &items(x), |_| Where::normal(0.0, 1.0)) + prior
    };
    let (x, se) = item_parameters(&fitted, true);
    close("priors, gradient at the mode", &brute::gradient(&f, &x), &[0.0; 6], 2e-6);
    let se: Vec<f64> = se.into_iter().map(|s| s.expect("a standard error")).collect();
    close("priors, standard errors", &se, &brute::standard_errors(&f, &x), 1e-5);
    close("priors, objective", &[-fitted.log.objective], &[f(&x)], 1e-8);
    let plain = brute::log_likelihood(&r, &items(&x), |_| Where::normal(0.0, 1.0));
    close("priors, log-likelihood without them", &[fitted.log_likelihood], &[plain], 1e-8);
}

/// The automatic grid must be fine enough for the narrowest group, not only for the widest.
#[test]
fn the_automatic_grid_serves_groups_of_very_different_spread() {
    let difficulties: Vec<f64> = (0..8).map(|i| f64::from(i) * 0.4 - 1.4).collect();
    let theta = [abilities(200, 0.0, 1.8, 9), abilities(400, 0.5, 0.5, 10)].concat();
    let r = answers(&rasch(&difficulties), &theta, 9);
    let groups: Vec<usize> = (0..600).map(|p| usize::from(p >= 200)).collect();
    let population = Population { groups: Some(&groups), ..Population::default() };
    let options = FitOptions { tolerance: 1e-9, ..FitOptions::new(Family::PartialCredit) };
    let fitted = fit(&r, &population, &options);
    let (mut x, _) = item_parameters(&fitted, false);
    x.extend(&fitted.population.coefficients);
    x.extend(&fitted.population.variances);
    assert!(fitted.population.variances[1] < 0.5, "a narrow group");
    let f = |x: &[f64]| {
        let place = |p: usize| {
            if p < 200 { Where::normal(0.0, x[9].sqrt()) } else { Where::normal(x[8], x[10].sqrt()) }
        };
        brute::log_likelihood(&r, &unit_items(&x[..8], 1), place)
    };
    close("narrow group, log-likelihood", &[fitted.log_likelihood], &[f(&x)], 1e-6);
    close("narrow group, gradient", &brute::gradient(&f, &x), &vec![0.0; x.len()], 1e-4);
}

/// The default tolerance stops early; Newton's steps take the estimates to the maximum and say so.
#[test]
fn newton_steps_add_the_last_digits() {
    let r =
        answers(&binary(&[(0.8, -0.8), (1.6, 0.0), (1.2, 0.9), (1.0, 0.3)]), &abilities(400, 0.0, 1.0, 9), 9);
    for family in [Family::PartialCredit, Family::GeneralisedPartialCredit] {
        let loose = FitOptions { tolerance: 1e-4, ..exact(family) };
        let plain = FitOptions { standard_errors: false, ..loose.clone() };
        let want =
            items_of(&fit(&r, &Population::default(), &FitOptions { tolerance: 1e-11, ..exact(family) }));
        let gap = |fitted: &FittedIrt| {
            let pairs = items_of(fitted).concat().into_iter().zip(want.concat());
            pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
        };
        let (short, whole) =
            (fit(&r, &Population::default(), &plain), fit(&r, &Population::default(), &loose));
        assert!(short.newton.is_none());
        let trace = &whole.newton.as_ref().expect("a stage").trace;
        eprintln!("ORACLE Newton {family:?}: {:.1e} to {:.1e}, {trace:?}", gap(&short), gap(&whole));
        assert!(gap(&whole) < 1e-8 && gap(&short) > 1e-7);
        let (first, last) = (&trace[0], &trace[trace.len() - 1]);
        assert!(last.step < 1e-9 && last.objective <= first.objective);
        // The first entry says how far the estimates were off.
        assert!((first.step / gap(&short) - 1.0).abs() < 0.5, "{first:?} {}", gap(&short));
        assert!((-whole.log_likelihood - last.objective).abs() < 1e-9);
    }
}
