//! Marginal maximum likelihood.

pub use super::options::{Anchor, FitOptions, NormalPrior, ParameterPriors, Quadrature};

use super::grid::{covers, grid_for};
use super::information::observed_information;
use super::marginal::{Lattice, Problem};
use super::newton::{self, NewtonStage};
use super::params::{BlockInformation, ItemState, MapOptions, Natural, ParameterMap};
use super::population::Cells;
use super::posterior::Posterior;
use super::{Family, IrtError, ItemCurve, Population, Responses, connect, start, stderr, variance};
use crate::num::cholesky::Cholesky;
use crate::num::linalg::SmallMatrix;
use crate::num::optim::{self, FitLog, Limits, Objective, StopReason};

/// What a reader of the fit must know.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// All answers to the item are equal: it has no finite parameters and was left out.
    ConstantItem {
        /// Item.
        item: usize,
        /// The only category.
        category: usize,
    },
    /// Nobody answered the item.
    UnansweredItem {
        /// Item.
        item: usize,
    },
    /// A category nobody chose: it is modelled as impossible and its steps are undefined.
    EmptyCategory {
        /// Item.
        item: usize,
        /// Category.
        category: usize,
    },
    /// Persons who answered none of the items in the model.
    PersonsWithoutAnswers {
        /// How many.
        count: usize,
    },
    /// Fewer persons than free parameters.
    FewPersons {
        /// Persons.
        persons: usize,
        /// Free parameters.
        parameters: usize,
    },
    /// Parts of the design share no persons; only the assumption that they were taken by draws from the
    /// same population puts them on one scale.
    LinkedByPopulationOnly {
        /// Items of each part.
        parts: Vec<Vec<usize>>,
    },
    /// The optimiser stopped before its tolerance was met; the log has the reason.
    NotConverged,
    /// The observed information is not positive definite: there are no standard errors.
    NoInformation,
    /// Answers order the persons so strictly (a perfect Guttman pattern, copies of one item) that slopes or
    /// the variance grow without end: the numbers are where the optimiser gave up, and there are no standard
    /// errors.
    Unbounded,
    /// The population variance adds nothing to the likelihood: persons do not differ beyond chance.
    NoVariance {
        /// Group.
        group: usize,
    },
}

/// One item of a fit.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedItem {
    /// Curve.
    pub curve: ItemCurve,
    /// True when the parameters were given.
    pub fixed: bool,
    /// Standard error of the slope (`None` when it is not free, or without information).
    pub slope_se: Option<f64>,
    /// Standard errors of the intercepts.
    pub intercept_se: Vec<Option<f64>>,
    /// Standard errors of the steps.
    pub step_se: Vec<Option<f64>>,
    /// Standard error of the location.
    pub location_se: Option<f64>,
}

/// The population of a fit.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedPopulation {
    /// Coefficients in the order: constant (when free), groups after the first, covariates.
    pub coefficients: Vec<f64>,
    /// Their standard errors.
    pub coefficient_se: Vec<Option<f64>>,
    /// True when the first coefficient is a constant.
    pub free_mean: bool,
    /// Variance of each group.
    pub variances: Vec<f64>,
    /// Standard errors of the free variances.
    pub variance_se: Vec<Option<f64>>,
}

/// A fitted model.
#[derive(Debug, Clone)]
pub struct FittedIrt {
    /// Model.
    pub family: Family,
    /// Items in the order of the responses; `None` for items that could not take part.
    pub items: Vec<Option<FittedItem>>,
    /// Population.
    pub population: FittedPopulation,
    /// Log-likelihood at the estimates.
    pub log_likelihood: f64,
    /// Number of free parameters.
    pub parameters: usize,
    /// Persons in the likelihood, and the sum of their weights.
    pub persons: usize,
    /// Sum of weights (persons without weights).
    pub weight: f64,
    /// Distinct rows the persons collapsed to.
    pub rows: usize,
    /// Nodes used at the end.
    pub quadrature: Quadrature,
    /// How the optimiser went; the objective is minus the log-likelihood (minus log priors).
    pub log: FitLog,
    /// The Newton steps after it; none without the information (not asked for, or not positive definite), and
    /// none after a fit that did not converge.
    pub newton: Option<NewtonStage>,
    /// What a reader must know.
    pub notices: Vec<Notice>,
    /// Posterior mean and standard deviation of each person; `None` without answers.
    pub posterior: Vec<Option<Posterior>>,
    /// Covariance matrix of the free parameters.
    pub covariance: Option<SmallMatrix>,
}

impl FittedIrt {
    /// The curves of the items that took part.
    pub fn curves(&self) -> Vec<Option<&ItemCurve>> {
        self.items.iter().map(|item| item.as_ref().map(|i| &i.curve)).collect()
    }
}

/// Fits a model by marginal maximum likelihood.
///
/// ```text
/// l = sum_p w_p ln  integral  prod_i P(x_pi | theta; a_i, c_i)  phi((theta - x_p'beta) / sigma_g) dtheta
/// ```
///
/// Identification: the first group's mean is 0 (its constant is not among the coefficients) and, for
/// free slopes, its variance 1; with anchors both are free. Persons with weight 0 or without answers add
/// nothing. Missing answers are left out. The optimiser is EM's own step (the inverse complete-data
/// information times the gradient), accelerated to quasi-Newton by a limited memory of its steps. With
/// standard errors, Newton steps with the observed information add the last digits.
///
/// # Errors
/// Shapes, weights and covariates that do not fit; `TooFewPersons` (fewer than 2 with answers);
/// `TooFewItems` (fewer than 2 that vary); `UnequalCategories`; `BadAnchor`; `Disconnected` when parts of
/// the design share neither persons nor a group. A fit that does not converge is returned and says so.
///
/// # References
/// Bock & Aitkin (1981), doi:10.1007/BF02293801. Muraki (1992), doi:10.1177/014662169201600206. Adams,
/// Wilson & Wu (1997), doi:10.3102/10769986022001047 (latent regression). Lange (1995) for the optimiser.
pub fn fit_marginal(
    responses: &Responses,
    population: &Population,
    options: &FitOptions,
) -> Result<FittedIrt, IrtError> {
    Ok(estimate(responses, population, options, None)?.fitted)
}

/// A fit with the layout behind it, for models that are built on this one.
pub(super) struct Estimate {
    pub fitted: FittedIrt,
    pub map: ParameterMap,
    /// Free parameters, in the layout of `map`.
    pub psi: Vec<f64>,
}

/// Writes starting values into free parameters of the given layout.
pub(super) type Warm<'a> = &'a dyn Fn(&ParameterMap, &mut [f64]);

/// As [`fit_marginal`]; `warm` replaces the starting values from counts.
pub(super) fn estimate(
    responses: &Responses,
    population: &Population,
    options: &FitOptions,
    warm: Option<Warm>,
) -> Result<Estimate, IrtError> {
    let Prepared { problem, mut start, free_mean, notices } = prepare(responses, population, options)?;
    if let Some(warm) = warm {
        warm(&problem.map, &mut start);
    }
    estimate_problem(problem, start, options, free_mean, notices)
}

/// A problem ready to be fitted.
pub(super) struct Prepared {
    pub problem: Problem,
    pub start: Vec<f64>,
    pub free_mean: bool,
    pub notices: Vec<Notice>,
}

/// Checks the data and lays out the free parameters.
pub(super) fn prepare(
    responses: &Responses,
    population: &Population,
    options: &FitOptions,
) -> Result<Prepared, IrtError> {
    let free_mean = !options.anchors.is_empty();
    let cells = Cells::new(population, responses.persons(), free_mean)?;
    let counts = counts(responses, population.weights);
    let map_options = MapOptions {
        family: options.family,
        anchors: &options.anchors,
        beta_columns: cells.columns,
        groups: cells.groups,
        first_variance_free: free_mean || options.family.has_unit_slopes(),
    };
    let map = ParameterMap::new(responses, &counts, &map_options)?;
    let active: Vec<bool> = (0..responses.items()).map(|i| map.is_active(i)).collect();
    let varying = active.iter().filter(|a| **a).count();
    let persons = (0..responses.persons()).filter(|p| responses.answers(*p).any(|(i, _)| active[i])).count();
    if persons < 2 {
        return Err(IrtError::TooFewPersons { needed: 2, found: persons });
    }
    if varying < 2 {
        return Err(IrtError::TooFewItems { needed: 2, found: varying });
    }
    let mut notices = data_notices(responses, &counts, &map, persons);
    connect::check(responses, &active, population.groups, &options.anchors, &mut notices)?;
    let start = start::start_values(&map, &counts);
    let problem = Problem::new(responses, map, cells, counts, population.weights, options.priors)?;
    Ok(Prepared { problem, start, free_mean, notices })
}

/// Fits a problem whose layout is given.
pub(super) fn estimate_problem(
    problem: Problem,
    start: Vec<f64>,
    options: &FitOptions,
    free_mean: bool,
    notices: Vec<Notice>,
) -> Result<Estimate, IrtError> {
    let solution = solve(&problem, start, options)?;
    let (fitted, psi) = describe(&problem, solution, options, free_mean, notices);
    Ok(Estimate { fitted, map: problem.map, psi })
}

/// Answers per item and category, weighted.
pub(super) fn counts(responses: &Responses, weights: Option<&[f64]>) -> Vec<Vec<f64>> {
    let mut counts: Vec<Vec<f64>> = responses.max().iter().map(|m| vec![0.0; usize::from(*m) + 1]).collect();
    for person in 0..responses.persons() {
        let weight = weights.map_or(1.0, |w| w[person]);
        let (points, there) = responses.row(person);
        for ((own, point), _) in counts.iter_mut().zip(points).zip(there).filter(|(_, there)| **there) {
            own[usize::from(*point)] += weight;
        }
    }
    counts
}

pub(super) fn data_notices(
    responses: &Responses,
    counts: &[Vec<f64>],
    map: &ParameterMap,
    persons: usize,
) -> Vec<Notice> {
    let mut notices = vec![];
    for (item, counts) in counts.iter().enumerate().filter(|(i, _)| map.states[*i] != ItemState::Fixed) {
        let used: Vec<usize> = (0..counts.len()).filter(|k| counts[*k] > 0.0).collect();
        match used[..] {
            [] => notices.push(Notice::UnansweredItem { item }),
            [category] => notices.push(Notice::ConstantItem { item, category }),
            _ => notices.extend(
                (0..counts.len())
                    .filter(|k| counts[*k] == 0.0)
                    .map(|category| Notice::EmptyCategory { item, category }),
            ),
        }
    }
    if persons < responses.persons() {
        notices.push(Notice::PersonsWithoutAnswers { count: responses.persons() - persons });
    }
    if persons < map.len {
        notices.push(Notice::FewPersons { persons, parameters: map.len });
    }
    notices
}

/// Where the optimiser ended.
struct Solution {
    psi: Vec<f64>,
    log: FitLog,
    lattice: Lattice,
    rule: Quadrature,
}

/// Rounds of refining an automatic grid; the first check almost always accepts, the second nearly so.
const GRID_ROUNDS: usize = 4;

fn solve(problem: &Problem, start: Vec<f64>, options: &FitOptions) -> Result<Solution, IrtError> {
    let automatic = options.quadrature == Quadrature::Automatic;
    let mut rule = if automatic { grid_for(problem, &start) } else { options.quadrature };
    let (mut psi, mut whole): (Vec<f64>, Option<FitLog>) = (start, None);
    for round in 1.. {
        let lattice = Lattice::new(rule)?;
        let limits = Limits {
            step: options.tolerance,
            iterations: options.max_iterations.saturating_sub(whole.as_ref().map_or(0, |l| l.iterations)),
            longest_step: 2.0,
        };
        let (found, log) = optim::minimise(&mut Target { problem, lattice: &lattice }, &psi, limits);
        psi = found;
        whole = Some(match whole {
            None => log,
            Some(before) => joined(before, log),
        });
        let next = grid_for(problem, &psi);
        if !automatic || round == GRID_ROUNDS || covers(rule, next) {
            return Ok(Solution {
                psi,
                log: whole.unwrap_or_else(|| unreachable!("set above")),
                lattice,
                rule,
            });
        }
        rule = next;
    }
    unreachable!("the loop returns in its last round")
}

fn joined(before: FitLog, after: FitLog) -> FitLog {
    FitLog {
        start: before.start,
        objective_at_start: before.objective_at_start,
        objective: after.objective,
        iterations: before.iterations + after.iterations,
        evaluations: before.evaluations + after.evaluations,
        stop: after.stop,
        trace: before.trace.into_iter().chain(after.trace).collect(),
    }
}

/// The problem as the optimiser sees it.
struct Target<'a> {
    problem: &'a Problem,
    lattice: &'a Lattice,
}

impl Objective for Target<'_> {
    fn evaluate(&mut self, psi: &[f64]) -> optim::Value {
        let marginal = self.problem.evaluate(psi, self.lattice);
        let factors = factor(marginal.information);
        let n = psi.len();
        optim::Value {
            objective: -marginal.log_likelihood - marginal.log_prior,
            gradient: marginal.gradient.iter().map(|g| -g).collect(),
            precondition: Box::new(move |g| {
                let mut out = vec![0.0; n];
                for (free, factor) in &factors {
                    let own: Vec<f64> = free.iter().map(|f| g[*f]).collect();
                    free.iter().zip(factor.solve(&own)).for_each(|(f, value)| out[*f] = value);
                }
                out
            }),
        }
    }
}

/// Factors of the blocks; a block that is singular to rounding (a category hardly anybody chose) is
/// lifted by a growing share of its diagonal, which only shortens the step.
fn factor(information: BlockInformation) -> Vec<(Vec<usize>, Cholesky)> {
    let lifted = |(free, mut matrix): (Vec<usize>, SmallMatrix)| {
        let mut lift = 1e-10;
        loop {
            match Cholesky::new(&matrix) {
                Ok(factor) => return (free, factor),
                Err(_) if lift > 1e6 => matrix = SmallMatrix::identity(free.len()),
                Err(_) => {
                    for i in 0..free.len() {
                        let own = matrix.get(i, i);
                        matrix.set(i, i, if own.is_finite() { own.abs() * (1.0 + lift) + lift } else { 1.0 });
                    }
                }
            }
            lift *= 10.0;
        }
    };
    information.blocks.into_iter().map(lifted).collect()
}

fn describe(
    problem: &Problem,
    solution: Solution,
    options: &FitOptions,
    free_mean: bool,
    mut notices: Vec<Notice>,
) -> (FittedIrt, Vec<f64>) {
    let Solution { psi, log, lattice, rule } = solution;
    if !log.stop.is_converged() {
        notices.push(Notice::NotConverged);
    }
    let covariance = options
        .standard_errors
        .then(|| stderr::covariance(&observed_information(problem, &psi, &lattice)))
        .flatten();
    let covariance = covariance.filter(|_| !variance::is_unbounded(&problem.map, &psi));
    if variance::is_unbounded(&problem.map, &psi) {
        notices.push(Notice::Unbounded);
    }
    if options.standard_errors && covariance.is_none() {
        notices.push(Notice::NoInformation);
    }
    let (psi, newton) = match &covariance {
        Some(covariance) if log.stop.is_converged() => {
            let (psi, stage) = newton::finish(problem, psi, &lattice, covariance);
            (psi, Some(stage))
        }
        _ => (psi, None),
    };
    let tables = problem.tables(&psi, &lattice);
    let prior = problem.prior(&psi, &lattice);
    let expected = problem.expect(&tables, &prior, &lattice);
    let rows = problem.rows();
    let posterior = rows
        .of_person
        .iter()
        .map(|row| row.map(|r| Posterior::new(expected.first[r as usize], expected.second[r as usize])))
        .collect();
    let population = describe_population(problem, &psi, covariance.as_ref(), free_mean);
    notices.extend(variance::groups_without(problem, &psi, expected.log_likelihood));
    let fitted = FittedIrt {
        family: options.family,
        items: (0..problem.map.states.len())
            .map(|i| describe_item(problem, i, &psi, covariance.as_ref()))
            .collect(),
        population,
        log_likelihood: expected.log_likelihood,
        parameters: problem.map.len,
        persons: rows.of_person.iter().filter(|r| r.is_some()).count(),
        weight: rows.weight.iter().sum(),
        rows: rows.weight.len(),
        quadrature: rule,
        log,
        newton,
        notices,
        posterior,
        covariance,
    };
    (fitted, psi)
}

fn describe_item(
    problem: &Problem,
    item: usize,
    psi: &[f64],
    covariance: Option<&SmallMatrix>,
) -> Option<FittedItem> {
    let map = &problem.map;
    map.is_active(item).then(|| {
        let fixed = map.states[item] == ItemState::Fixed;
        describe_naturals(&map.naturals[item], fixed, psi, covariance)
    })
}

/// Curve and standard errors of an item from its natural parameters (slope, intercepts).
pub(super) fn describe_naturals(
    naturals: &[Natural],
    fixed: bool,
    psi: &[f64],
    covariance: Option<&SmallMatrix>,
) -> FittedItem {
    let values: Vec<f64> = naturals.iter().map(|n| n.value(psi)).collect();
    let curve = ItemCurve { slope: values[0], intercepts: values[1..].to_vec() };
    let se = |parts: &[(usize, f64)]| {
        let mut terms: Vec<(usize, f64)> = vec![];
        for (natural, factor) in parts {
            terms.extend(naturals[*natural].terms.iter().map(|(f, c)| (*f, c * factor)));
        }
        let finite = terms.iter().all(|(_, c)| c.is_finite());
        covariance.filter(|_| finite && !terms.is_empty()).map(|v| stderr::standard_error(v, &terms))
    };
    let a = curve.slope;
    let steps = curve.steps();
    // b_k = (c_{k-1} - c_k) / a, so its derivatives are 1/a, -1/a and -b_k/a.
    let step_se = steps
        .iter()
        .enumerate()
        .map(|(k, b)| b.and_then(|b| se(&[(0, -b / a), (1 + k, 1.0 / a), (2 + k, -1.0 / a)])));
    let m = curve.max();
    let scale = 1.0 / (a * m as f64);
    let location_se = curve.location().and_then(|b| se(&[(0, -b / a), (1, scale), (1 + m, -scale)]));
    FittedItem {
        fixed,
        slope_se: se(&[(0, 1.0)]),
        intercept_se: (0..=m).map(|k| se(&[(1 + k, 1.0)])).collect(),
        step_se: step_se.collect(),
        location_se,
        curve,
    }
}

fn describe_population(
    problem: &Problem,
    psi: &[f64],
    covariance: Option<&SmallMatrix>,
    free_mean: bool,
) -> FittedPopulation {
    let map = &problem.map;
    let variances: Vec<f64> = map.sigmas(psi).iter().map(|s| s * s).collect();
    let se = |free: usize, factor: f64| covariance.map(|v| stderr::standard_error(v, &[(free, factor)]));
    FittedPopulation {
        coefficients: psi[map.beta.clone()].to_vec(),
        coefficient_se: map.beta.clone().map(|free| se(free, 1.0)).collect(),
        free_mean,
        variance_se: map
            .log_sigma
            .iter()
            .zip(&variances)
            .map(|(free, variance)| free.and_then(|f| se(f, 2.0 * variance)))
            .collect(),
        variances,
    }
}

impl FittedIrt {
    /// True when the optimiser met its tolerance.
    pub fn converged(&self) -> bool {
        self.log.stop.is_converged()
    }

    /// Why the optimiser stopped.
    pub fn stop(&self) -> StopReason {
        self.log.stop
    }
}
