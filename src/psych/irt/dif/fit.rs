//! The tests, item by item.

use rayon::prelude::*;

use super::super::compare;
use super::super::fit::{Estimate, FittedPopulation, estimate};
use super::super::{Family, FitOptions, IrtError, ItemCurve, Notice, Population, Quadrature, Responses};
use super::effect::{DifContrast, contrast};
use super::split::Split;
use crate::psych::dif::{Purified, PurifyOptions, PurifyStop, purify};

/// How to test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IrtDifOptions {
    /// Model.
    pub family: Family,
    /// Purification of the anchors; `None` keeps all other items as anchors.
    pub purify: Option<PurifyOptions>,
    /// An item is flagged when its adjusted p is below this.
    pub alpha: f64,
    /// Integration of the base fit; the tests use the nodes on which it ended.
    pub quadrature: Quadrature,
    /// Tolerance of every fit.
    pub tolerance: f64,
    /// Cap of iterations of every fit.
    pub max_iterations: usize,
}

impl IrtDifOptions {
    /// A model with the defaults: purified anchors, level 0.05, and the fit's own defaults.
    pub fn new(family: Family) -> Self {
        let fit = FitOptions::new(family);
        IrtDifOptions {
            family,
            purify: Some(PurifyOptions::default()),
            alpha: 0.05,
            quadrature: fit.quadrature,
            tolerance: fit.tolerance,
            max_iterations: fit.max_iterations,
        }
    }
}

/// Why an item has no test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTested {
    /// All answers of a group to the item are equal, or there are none.
    NoVariationInGroup {
        /// Group.
        group: usize,
    },
    /// One of the two fits did not converge.
    NotConverged,
}

/// The test of one item.
#[derive(Debug, Clone, PartialEq)]
pub struct DifTest {
    /// Twice the difference of the log-likelihoods.
    pub chi2: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Upper tail probability.
    pub p: f64,
    /// Benjamini-Hochberg adjusted over the items of the call.
    pub adjusted_p: f64,
    /// True when the adjusted p is below the level.
    pub flagged: bool,
    /// Curve in each group.
    pub curves: Vec<ItemCurve>,
    /// Each focal group against group 0.
    pub contrasts: Vec<DifContrast>,
}

/// An item's test or the reason why there is none.
#[derive(Debug, Clone, PartialEq)]
pub enum ItemOutcome {
    /// Tested.
    Tested(DifTest),
    /// Not tested.
    NotTested(NotTested),
}

impl ItemOutcome {
    /// The test, where there is one.
    pub fn test(&self) -> Option<&DifTest> {
        match self {
            ItemOutcome::Tested(test) => Some(test),
            ItemOutcome::NotTested(_) => None,
        }
    }
}

/// Tests of several items.
#[derive(Debug, Clone)]
pub struct IrtDif {
    /// Items asked for.
    pub items: Vec<usize>,
    /// Their outcomes.
    pub outcomes: Vec<ItemOutcome>,
    /// Items with equal parameters in the base fit, ascending; a tested anchor is matched on the others.
    pub anchors: Vec<usize>,
    /// Rounds of purification after the first, and why it stopped.
    pub rounds: usize,
    /// Why purification stopped; `None` without purification.
    pub stop: Option<PurifyStop>,
    /// Means and variances of the groups in the base fit.
    pub population: FittedPopulation,
    /// Log-likelihood of the base fit.
    pub log_likelihood: f64,
    /// Notices of the base fit.
    pub notices: Vec<Notice>,
}

/// Tests items for differential functioning by likelihood ratio.
///
/// ```text
/// chi2 = 2 (l(item free per group) - l(item equal))
/// ```
///
/// `responses` has n persons x k items, `groups` a number per person, from 0 without gaps (0 is the
/// reference), `items` the items to test (`None`: all). Missing answers are left out; persons with weight 0
/// too; with weights that are not counts the statistic is no chi-square. Every fit starts from the base
/// fit and uses its nodes. With purification the items flagged at `alpha` (adjusted) stop being anchors
/// until the flags stay; standard errors are those of the model with the item free. Points that a group
/// never has are impossible in that group's own curve and take their parameter, and 1 of the df, with them.
///
/// # Errors
/// As [`super::super::fit_marginal`]; `Shape` when `groups` does not fit; `TooFewGroups` with one group;
/// `TooFewItems` when an item asked for is not there or fewer than 2 items vary.
///
/// # References
/// Thissen, Steinberg & Wainer (1993), in Holland & Wainer (eds), Differential Item Functioning, 67-113.
pub fn likelihood_ratio_dif(
    responses: &Responses,
    groups: &[usize],
    weights: Option<&[f64]>,
    items: Option<&[usize]>,
    options: &IrtDifOptions,
) -> Result<IrtDif, IrtError> {
    if groups.len() != responses.persons() {
        return Err(IrtError::Shape { what: "groups", needed: responses.persons(), found: groups.len() });
    }
    let count = groups.iter().max().map_or(0, |g| g + 1);
    if count < 2 {
        return Err(IrtError::TooFewGroups { needed: 2, found: count });
    }
    let items: Vec<usize> = items.map_or_else(|| (0..responses.items()).collect(), <[usize]>::to_vec);
    if let Some(item) = items.iter().find(|i| **i >= responses.items()) {
        return Err(IrtError::TooFewItems { needed: item + 1, found: responses.items() });
    }
    let scan = Scan { responses, groups, count, weights, options, quiet: quiet(responses, groups, count) };
    let base = scan.fit(&[], None, options.quadrature, Purpose::Compare)?;
    let purified = scan.purify(&items, &base)?;
    let free: Vec<usize> = (0..responses.items()).filter(|i| !purified.anchors.contains(i)).collect();
    let final_base = scan.fit(&free, Some(&base), base.estimate.fitted.quadrature, Purpose::Compare)?;
    let mut outcomes = scan.test_all(&items, &final_base, Purpose::Report)?;
    adjust(&mut outcomes, options.alpha);
    Ok(IrtDif {
        items,
        outcomes,
        anchors: purified.anchors,
        rounds: purified.rounds,
        stop: options.purify.map(|_| purified.stop),
        population: final_base.estimate.fitted.population,
        log_likelihood: final_base.estimate.fitted.log_likelihood,
        notices: final_base.estimate.fitted.notices,
    })
}

/// First group, item by item, in which the answers do not vary.
fn quiet(responses: &Responses, groups: &[usize], count: usize) -> Vec<Option<usize>> {
    let mut seen: Vec<Option<u8>> = vec![None; responses.items() * count];
    let mut varies = vec![false; seen.len()];
    for (person, group) in groups.iter().enumerate() {
        for (item, points) in responses.answers(person) {
            let at = item * count + group;
            varies[at] |= *seen[at].get_or_insert(points) != points;
        }
    }
    varies.chunks(count).map(|own| own.iter().position(|v| !v)).collect()
}

/// What all tests share.
struct Scan<'a> {
    responses: &'a Responses,
    groups: &'a [usize],
    count: usize,
    weights: Option<&'a [f64]>,
    options: &'a IrtDifOptions,
    quiet: Vec<Option<usize>>,
}

/// Tolerance of the rounds of purification: off the maximum by less than 1e-3 in the log-likelihood, which
/// decides no flag that a sample could decide.
const SCREENING: f64 = 1e-4;

/// What a fit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// A round of purification.
    Screen,
    /// One side of a reported test.
    Compare,
    /// The side of a reported test whose parameters and errors are reported.
    Report,
}

impl Purpose {
    fn without_errors(self) -> Self {
        if self == Purpose::Report { Purpose::Compare } else { self }
    }
}

/// A fit with the items that are free per group in it.
struct SplitFit {
    free: Vec<usize>,
    split: Split,
    estimate: Estimate,
}

impl Scan<'_> {
    fn fit(
        &self,
        free: &[usize],
        from: Option<&SplitFit>,
        quadrature: Quadrature,
        purpose: Purpose,
    ) -> Result<SplitFit, IrtError> {
        // An item without variation in a group cannot be free there; it stays equal in both models.
        let free: Vec<usize> = free.iter().copied().filter(|i| self.quiet[*i].is_none()).collect();
        let split = Split::new(self.responses.items(), self.count, &free);
        let responses = split.responses(self.responses, self.groups)?;
        let population = Population { groups: Some(self.groups), covariates: &[], weights: self.weights };
        let options = FitOptions {
            quadrature,
            tolerance: if purpose == Purpose::Screen {
                self.options.tolerance.max(SCREENING)
            } else {
                self.options.tolerance
            },
            max_iterations: self.options.max_iterations,
            standard_errors: purpose == Purpose::Report,
            ..FitOptions::new(self.options.family)
        };
        let estimate = match from {
            None => estimate(&responses, &population, &options, None)?,
            Some(from) => estimate(
                &responses,
                &population,
                &options,
                Some(&|map, psi| split.start_from(&from.split, &from.estimate, map, psi)),
            )?,
        };
        Ok(SplitFit { free, split, estimate })
    }

    fn purify(&self, items: &[usize], base: &SplitFit) -> Result<Anchors, IrtError> {
        let all: Vec<usize> = (0..self.responses.items()).collect();
        let Some(options) = &self.options.purify else {
            return Ok(Anchors { anchors: all, rounds: 0, stop: PurifyStop::Stable });
        };
        let round = |anchors: &[usize]| -> Result<Vec<ItemOutcome>, IrtError> {
            let free: Vec<usize> = all.iter().copied().filter(|i| !anchors.contains(i)).collect();
            let nodes = base.estimate.fitted.quadrature;
            let own = (!free.is_empty())
                .then(|| self.fit(&free, Some(base), nodes, Purpose::Screen))
                .transpose()?;
            let mut outcomes = self.test_all(items, own.as_ref().unwrap_or(base), Purpose::Screen)?;
            adjust(&mut outcomes, self.options.alpha);
            Ok(outcomes)
        };
        let flagged = |outcomes: &Result<Vec<ItemOutcome>, IrtError>| -> Vec<usize> {
            let pairs = items.iter().zip(outcomes.iter().flatten());
            let mut flagged: Vec<usize> =
                pairs.filter(|(_, o)| o.test().is_some_and(|t| t.flagged)).map(|(i, _)| *i).collect();
            flagged.sort_unstable();
            flagged
        };
        let Purified { result, anchors, rounds, stop, .. } = purify(all.len(), options, round, flagged);
        result?;
        Ok(Anchors { anchors, rounds, stop })
    }

    fn test_all(
        &self,
        items: &[usize],
        base: &SplitFit,
        purpose: Purpose,
    ) -> Result<Vec<ItemOutcome>, IrtError> {
        items.par_iter().map(|item| self.test(*item, base, purpose)).collect()
    }

    fn test(&self, item: usize, base: &SplitFit, purpose: Purpose) -> Result<ItemOutcome, IrtError> {
        if let Some(group) = self.quiet[item] {
            return Ok(ItemOutcome::NotTested(NotTested::NoVariationInGroup { group }));
        }
        let nodes = base.estimate.fitted.quadrature;
        let anchor = !base.free.contains(&item);
        let mut with: Vec<usize> = base.free.clone();
        let mut without = with.clone();
        with.extend(anchor.then_some(item));
        without.retain(|i| *i != item);
        let (restricted, full);
        let (restricted, full) = if anchor {
            full = self.fit(&with, Some(base), nodes, purpose)?;
            (base, &full)
        } else {
            restricted = self.fit(&without, Some(base), nodes, purpose.without_errors())?;
            full = self.fit(&with, Some(base), nodes, purpose)?;
            (&restricted, &full)
        };
        let (l0, l1) = (&restricted.estimate.fitted, &full.estimate.fitted);
        let test = compare::likelihood_ratio(l0, l1).filter(|_| l0.converged() && l1.converged());
        let Some(test) = test else { return Ok(ItemOutcome::NotTested(NotTested::NotConverged)) };
        Ok(ItemOutcome::Tested(DifTest {
            chi2: test.chi2,
            df: test.df,
            p: test.p,
            adjusted_p: test.p,
            flagged: false,
            curves: (0..self.count)
                .filter_map(|g| l1.items[full.split.column(item, g)].as_ref().map(|i| i.curve.clone()))
                .collect(),
            contrasts: (1..self.count).filter_map(|g| contrast_of(full, item, g)).collect(),
        }))
    }
}

fn contrast_of(full: &SplitFit, item: usize, group: usize) -> Option<DifContrast> {
    let population = &full.estimate.fitted.population;
    // Coefficients are the groups after the first; the first has mean 0.
    let mean = population.coefficients.get(group - 1).copied()?;
    let sd = population.variances.get(group).copied()?.sqrt();
    let column = |g: usize| full.split.column(item, g);
    contrast(&full.estimate, group, column(0), column(group), mean, sd)
}

struct Anchors {
    anchors: Vec<usize>,
    rounds: usize,
    stop: PurifyStop,
}

/// Benjamini-Hochberg over the tested items: `min over k >= i of m p_(k) / k`.
fn adjust(outcomes: &mut [ItemOutcome], alpha: f64) {
    let mut tests: Vec<&mut DifTest> = outcomes
        .iter_mut()
        .filter_map(|o| match o {
            ItemOutcome::Tested(test) => Some(test),
            ItemOutcome::NotTested(_) => None,
        })
        .collect();
    tests.sort_by(|a, b| b.p.total_cmp(&a.p));
    let count = tests.len();
    let mut smallest = 1.0_f64;
    for (from_last, test) in tests.into_iter().enumerate() {
        smallest = smallest.min(count as f64 * test.p / (count - from_last) as f64);
        test.adjusted_p = smallest;
        test.flagged = smallest < alpha;
    }
}
