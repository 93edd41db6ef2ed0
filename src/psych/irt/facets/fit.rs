//! Estimation of the facets model.

use super::super::compare;
use super::super::fit::{
    Estimate, FittedItem, FittedPopulation, ParameterPriors, describe_naturals, estimate_problem,
};
use super::super::itemfit::{MeanSquares, Residuals};
use super::super::marginal::Problem;
use super::super::params::Natural;
use super::super::population::Cells;
use super::super::{Family, FitOptions, IrtError, ItemCurve, Notice, Population, Quadrature, start, stderr};
use super::design::Design;
use super::layout::Layout;
use super::persons::{FairScore, fair_scores};
use super::severity::{EqualSeverity, SeveritySeparation, separation, wald};
use super::{Rating, connect};
use crate::num::optim::FitLog;

/// What may put raters on one scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RaterLink {
    /// Persons rated by more than one rater; without such a tie the fit is refused.
    #[default]
    Persons,
    /// Raters in parts that no persons tie are fitted as if persons had been given to raters at random
    /// (equal means of ability); a notice names the parts.
    Population,
}

/// How to fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FacetsOptions {
    /// Integration.
    pub quadrature: Quadrature,
    /// Converged when a step of EM would change no parameter by more than this.
    pub tolerance: f64,
    /// Cap of iterations.
    pub max_iterations: usize,
    /// What may put raters on one scale.
    pub link: RaterLink,
}

impl Default for FacetsOptions {
    fn default() -> Self {
        let base = FitOptions::new(Family::PartialCredit);
        FacetsOptions {
            quadrature: base.quadrature,
            tolerance: base.tolerance,
            max_iterations: base.max_iterations,
            link: RaterLink::Persons,
        }
    }
}

/// What a reader of the fit must know.
#[derive(Debug, Clone, PartialEq)]
pub enum FacetsNotice {
    /// All ratings on the item are equal (or there are none): it has no steps and was left out.
    ConstantItem {
        /// Item.
        item: usize,
    },
    /// Points that no rater gave on the item: modelled as impossible.
    EmptyCategory {
        /// Item.
        item: usize,
        /// Points.
        category: usize,
    },
    /// All ratings of the rater are the lowest or the highest given: no finite severity, ratings left out.
    ExtremeRater {
        /// Rater.
        rater: usize,
    },
    /// Nobody was rated by the rater.
    RaterWithoutRatings {
        /// Rater.
        rater: usize,
    },
    /// Raters compared only by the assumption that persons were given to them at random.
    LinkedByPopulationOnly {
        /// Raters of each part.
        parts: Vec<Vec<usize>>,
    },
    /// A notice of the marginal fit (convergence, information, variance).
    Fit(Notice),
}

/// One rater.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FittedRater {
    /// Ratings in use.
    pub ratings: usize,
    /// Persons in them.
    pub persons: usize,
    /// Severity in logits, positive for raters who give less; `None` for raters not in the fit.
    pub severity: Option<f64>,
    /// Its standard error.
    pub se: Option<f64>,
    /// Infit and outfit of the rater's ratings at the persons' weighted likelihood estimates, to be read
    /// against [`FittedFacets::overall_fit`]. Below it: more alike than the model expects (halo, use of the
    /// middle only); above it: erratic.
    pub fit: Option<MeanSquares>,
}

/// A fitted facets model.
#[derive(Debug, Clone)]
pub struct FittedFacets {
    /// Items at severity 0; `None` for items that could not take part.
    pub items: Vec<Option<FittedItem>>,
    /// Raters.
    pub raters: Vec<FittedRater>,
    /// Infit and outfit of all ratings together. With few ratings per person it lies below 1 however well the
    /// model fits, because each person's estimate follows the person's own ratings.
    pub overall_fit: Option<MeanSquares>,
    /// Persons; `None` without ratings.
    pub persons: Vec<Option<FairScore>>,
    /// Population.
    pub population: FittedPopulation,
    /// Spread of severities; `None` with fewer than two raters.
    pub separation: Option<SeveritySeparation>,
    /// Tests that all severities are equal.
    pub equal_severity: EqualSeverity,
    /// Log-likelihood.
    pub log_likelihood: f64,
    /// Number of free parameters.
    pub parameters: usize,
    /// Ratings in use.
    pub ratings: usize,
    /// How the optimiser went.
    pub log: FitLog,
    /// What a reader must know.
    pub notices: Vec<FacetsNotice>,
}

/// Fits a many-facet Rasch model to ratings by marginal maximum likelihood.
///
/// ```text
/// ln P(k) / P(k - 1) = theta_p - b_ik - s_r,    sum_r s_r = 0,    theta_p ~ N(0, sigma^2)
/// ```
///
/// `max[i]` is the maximum of item i, `raters` the number of raters; persons, items and raters are counted
/// from 0. Any design: a person may be rated by one rater, by several, on some items only; what is not
/// there is ignorable. Two ratings of one performance are taken as independent given ability, which they
/// are not quite (see the module). Persons with weight 0 are left out.
///
/// # Errors
/// `Shape` (a number out of range), `NotACategory`, `RatedTwice` (one rater, one person, one item, two
/// ratings), `DisconnectedRaters` (with [`RaterLink::Persons`]), `TooFewPersons`, `TooFewItems` (no item
/// varies), and those of the population as in [`super::super::fit_marginal`].
///
/// # References
/// Linacre (1989), Many-Facet Rasch Measurement, MESA Press.
pub fn fit_facets(
    ratings: &[Rating],
    max: &[u8],
    raters: usize,
    population: &Population,
    persons: usize,
    options: &FacetsOptions,
) -> Result<FittedFacets, IrtError> {
    let weight = |person: usize| population.weights.and_then(|w| w.get(person)).copied();
    let used: Vec<Rating> = ratings.iter().filter(|r| weight(r.person) != Some(0.0)).copied().collect();
    let design = Design::new(&used, persons, max, raters)?;
    let rated = design.ratings.chunk_by(|a, b| a.person == b.person).count();
    if rated < 2 {
        return Err(IrtError::TooFewPersons { needed: 2, found: rated });
    }
    if design.pairs.is_empty() {
        return Err(IrtError::TooFewItems { needed: 1, found: 0 });
    }
    let parts = connect::parts(&design)?;
    if parts.len() > 1 && options.link == RaterLink::Persons {
        return Err(IrtError::DisconnectedRaters { parts });
    }
    let mut notices = design_notices(&design, raters, &used);
    if parts.len() > 1 {
        notices.push(FacetsNotice::LinkedByPopulationOnly { parts });
    }
    let full = fit(&design, population, options, false)?;
    let restricted = if design.raters().len() > 1 {
        Some(fit(&design, population, options, true)?.estimate.fitted)
    } else {
        None
    };
    notices.extend(full.estimate.fitted.notices.iter().cloned().map(FacetsNotice::Fit));
    let mut fitted = describe(&design, full, raters, notices);
    fitted.equal_severity.likelihood_ratio = restricted.and_then(|r| {
        compare::ratio(r.log_likelihood, fitted.log_likelihood, fitted.parameters.checked_sub(r.parameters)?)
    });
    Ok(fitted)
}

/// An estimate with the parts of its layout that the result names.
struct Fit {
    items: Vec<Vec<Natural>>,
    severities: Vec<Vec<(usize, f64)>>,
    estimate: Estimate,
}

fn fit(
    design: &Design,
    population: &Population,
    options: &FacetsOptions,
    equal: bool,
) -> Result<Fit, IrtError> {
    let cells = Cells::new(population, design.responses.persons(), false)?;
    let Layout { map, items, severities } = Layout::new(design, &cells, equal);
    let counts = super::super::fit::counts(&design.responses, population.weights);
    let mut start = vec![0.0; map.len];
    start::item_values(&items, &design.counts, &mut start);
    let priors = ParameterPriors::default();
    let problem = Problem::new(&design.responses, map, cells, counts, population.weights, priors)?;
    let fit_options = FitOptions {
        quadrature: options.quadrature,
        tolerance: options.tolerance,
        max_iterations: options.max_iterations,
        standard_errors: !equal,
        ..FitOptions::new(Family::PartialCredit)
    };
    let estimate = estimate_problem(problem, start, &fit_options, false, vec![])?;
    Ok(Fit { items, severities, estimate })
}

fn design_notices(design: &Design, raters: usize, all: &[Rating]) -> Vec<FacetsNotice> {
    let items = design.items();
    let mut notices = vec![];
    for (item, counts) in design.counts.iter().enumerate() {
        if !items.contains(&item) {
            notices.push(FacetsNotice::ConstantItem { item });
            continue;
        }
        let empty = (0..counts.len()).filter(|k| counts[*k] == 0.0);
        notices.extend(empty.map(|category| FacetsNotice::EmptyCategory { item, category }));
    }
    notices.extend(design.extreme.iter().map(|&rater| FacetsNotice::ExtremeRater { rater }));
    let without = (0..raters).filter(|rater| all.iter().all(|r| r.rater != *rater));
    notices.extend(without.map(|rater| FacetsNotice::RaterWithoutRatings { rater }));
    notices
}

fn describe(design: &Design, full: Fit, raters: usize, notices: Vec<FacetsNotice>) -> FittedFacets {
    let Fit { items, severities, estimate: Estimate { fitted, map, psi } } = full;
    let covariance = fitted.covariance.as_ref();
    let items: Vec<Option<FittedItem>> = items
        .iter()
        .map(|n| (!n.is_empty()).then(|| describe_naturals(n, false, &psi, covariance)))
        .collect();
    let columns: Vec<ItemCurve> = (0..design.pairs.len()).map(|c| map.curve(c, &psi)).collect();
    let curves: Vec<Option<&ItemCurve>> = items.iter().map(|i| i.as_ref().map(|i| &i.curve)).collect();
    let persons = fair_scores(design, &columns, &curves);
    let RaterFit { raters: mut described, overall_fit } = rater_fit(design, &columns, &persons, raters);
    for (rater, terms) in design.raters().into_iter().zip(&severities) {
        described[rater].severity = Some(terms.iter().map(|(f, c)| c * psi[*f]).sum());
        // With one rater the severity is 0 by definition.
        described[rater].se =
            covariance.filter(|_| !terms.is_empty()).map(|v| stderr::standard_error(v, terms));
    }
    FittedFacets {
        separation: separation(&described),
        equal_severity: EqualSeverity {
            likelihood_ratio: None,
            wald: covariance.and_then(|v| wald(&severities, &psi, v)),
        },
        items,
        raters: described,
        overall_fit,
        persons,
        population: fitted.population,
        log_likelihood: fitted.log_likelihood,
        parameters: fitted.parameters,
        ratings: design.ratings.len(),
        log: fitted.log,
        notices,
    }
}

struct RaterFit {
    raters: Vec<FittedRater>,
    overall_fit: Option<MeanSquares>,
}

fn rater_fit(
    design: &Design,
    columns: &[ItemCurve],
    persons: &[Option<FairScore>],
    raters: usize,
) -> RaterFit {
    let (mut sums, mut all) = (vec![Residuals::default(); raters], Residuals::default());
    let mut described =
        vec![FittedRater { ratings: 0, persons: 0, severity: None, se: None, fit: None }; raters];
    let mut last = vec![None; raters];
    for r in &design.ratings {
        if let Some(person) = &persons[r.person] {
            let curve = &columns[design.column(r.item, r.rater)];
            sums[r.rater].add(curve, r.points, person.ability.theta);
            all.add(curve, r.points, person.ability.theta);
        }
        described[r.rater].ratings += 1;
        if last[r.rater].replace(r.person) != Some(r.person) {
            described[r.rater].persons += 1;
        }
    }
    described.iter_mut().zip(&sums).for_each(|(rater, sums)| rater.fit = sums.mean_squares());
    RaterFit { raters: described, overall_fit: all.mean_squares() }
}
