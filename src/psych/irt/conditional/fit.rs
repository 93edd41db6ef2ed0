//! Estimation by conditional maximum likelihood.

use rayon::prelude::*;

use super::super::fit::{FittedItem, counts, data_notices};
use super::super::marginal::Masks;
use super::super::params::{MapOptions, ParameterMap};
use super::super::population::check;
use super::super::{Family, IrtError, ItemCurve, Notice, Population, Responses, connect, start, stderr};
use super::symmetric::Symmetric;
use crate::num::cholesky::Cholesky;
use crate::num::linalg::SmallMatrix;
use crate::num::optim::{self, FitLog, Limits, Objective};

/// A conditional fit.
#[derive(Debug, Clone)]
pub struct FittedConditional {
    /// Items in the order of the responses, their steps summing to 0 over all items; `None` for items
    /// that could not take part.
    pub items: Vec<Option<FittedItem>>,
    /// Conditional log-likelihood.
    pub log_likelihood: f64,
    /// Free parameters (one less than there are intercepts: the origin is arbitrary).
    pub parameters: usize,
    /// Persons whose score carries information (neither zero nor perfect on their items).
    pub persons: usize,
    /// How the optimiser went.
    pub log: FitLog,
    /// What a reader must know.
    pub notices: Vec<Notice>,
}

impl FittedConditional {
    /// The curves of the items that took part.
    pub fn curves(&self) -> Vec<Option<&ItemCurve>> {
        self.items.iter().map(|item| item.as_ref().map(|i| &i.curve)).collect()
    }
}

/// Persons of one set of items, by score.
struct Design {
    items: Vec<usize>,
    persons: Vec<f64>,
}

/// Fits the Rasch, partial credit or rating scale model by conditional maximum likelihood, with Newton
/// steps from the exact Hessian. Missing answers: persons are conditioned on the sum over the items they
/// answered. Weights, when given, multiply each person's term.
///
/// # Errors
/// `TooFewPersons` when no score carries information, `TooFewItems`, `UnequalCategories`, `Disconnected`
/// when no chain of persons connects all items (there is no population to connect them here),
/// `Shape` and `BadPersonValue` for weights.
///
/// # References
/// Andersen (1972), JRSS B 34, 42-54; Gustafsson (1980), doi:10.1177/001316448004000205.
pub fn fit_conditional(
    responses: &Responses,
    weights: Option<&[f64]>,
    scale: ConditionalFamily,
) -> Result<FittedConditional, IrtError> {
    check(&Population { weights, ..Population::default() }, responses.persons())?;
    let family = match scale {
        ConditionalFamily::PartialCredit => Family::PartialCredit,
        ConditionalFamily::RatingScale => Family::RatingScale,
    };
    let counts = counts(responses, weights);
    let options = MapOptions { family, anchors: &[], beta_columns: 0, groups: 0, first_variance_free: false };
    let map = ParameterMap::new(responses, &counts, &options)?;
    let active: Vec<bool> = (0..responses.items()).map(|i| map.is_active(i)).collect();
    let varying = active.iter().filter(|a| **a).count();
    if varying < 2 {
        return Err(IrtError::TooFewItems { needed: 2, found: varying });
    }
    let parts = connect::parts(responses, &active, None);
    if parts.len() > 1 {
        return Err(IrtError::Disconnected { parts });
    }
    let (designs, persons) = designs(responses, &active, weights);
    if persons == 0 {
        return Err(IrtError::TooFewPersons { needed: 1, found: 0 });
    }
    let answering = (0..responses.persons()).filter(|p| responses.answers(*p).next().is_some()).count();
    let mut notices = data_notices(responses, &counts, &map, answering);
    let mut target = Conditional::new(&map, &counts, designs);
    let full_start = start::start_values(&map, &counts);
    target.held_value = full_start[target.held];
    let start: Vec<f64> = target.without_held(&full_start);
    let limits = Limits { step: 1e-10, iterations: 200, longest_step: 2.0 };
    let (psi, log) = optim::minimise(&mut target, &start, limits);
    if !log.stop.is_converged() {
        notices.push(Notice::NotConverged);
    }
    let items = target.describe(&psi, responses.items());
    if items.iter().flatten().all(|i| i.location_se.is_none()) {
        notices.push(Notice::NoInformation);
    }
    Ok(FittedConditional {
        items,
        log_likelihood: -log.objective,
        parameters: psi.len(),
        persons,
        log,
        notices,
    })
}

/// Models with sufficient sum scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConditionalFamily {
    /// Rasch and partial credit.
    PartialCredit,
    /// Rating scale.
    RatingScale,
}

fn designs(responses: &Responses, active: &[bool], weights: Option<&[f64]>) -> (Vec<Design>, usize) {
    let masks = Masks::new(responses, active);
    let top = |items: &[u32]| items.iter().map(|i| usize::from(responses.max()[*i as usize])).sum::<usize>();
    let mut designs: Vec<Design> = masks
        .items
        .iter()
        .map(|set| Design {
            items: set.iter().map(|i| *i as usize).collect(),
            persons: vec![0.0; top(set) + 1],
        })
        .collect();
    let mut informative = 0;
    for person in 0..responses.persons() {
        let design = &mut designs[masks.of_person[person] as usize];
        let row = responses.row(person).0;
        let score: usize = design.items.iter().map(|i| usize::from(row[*i])).sum();
        let weight = weights.map_or(1.0, |w| w[person]);
        design.persons[score] += weight;
        informative += usize::from(score > 0 && score + 1 < design.persons.len() && weight > 0.0);
    }
    (designs, informative)
}

/// The conditional likelihood with one free parameter held to fix the origin.
struct Conditional<'a> {
    map: &'a ParameterMap,
    counts: &'a [Vec<f64>],
    designs: Vec<Design>,
    held: usize,
    held_value: f64,
    /// First intercept of each item in the stacked vector of all intercepts.
    first: Vec<usize>,
    stacked: usize,
}

impl<'a> Conditional<'a> {
    fn new(map: &'a ParameterMap, counts: &'a [Vec<f64>], designs: Vec<Design>) -> Self {
        let mut first = vec![];
        let mut stacked = 0;
        for counts in counts {
            first.push(stacked);
            stacked += counts.len();
        }
        // The last free intercept of the first item, or the first location of a rating scale: either
        // moves when all abilities move.
        let naturals = map.naturals.iter().find(|n| !n.is_empty());
        let last = naturals.and_then(|n| n.iter().rev().find_map(|n| n.terms.first()));
        Conditional { map, counts, designs, held: last.map_or(0, |t| t.0), held_value: 0.0, first, stacked }
    }

    fn without_held(&self, full: &[f64]) -> Vec<f64> {
        full.iter().enumerate().filter(|(f, _)| *f != self.held).map(|(_, v)| *v).collect()
    }

    fn with_held(&self, psi: &[f64]) -> Vec<f64> {
        let mut full = psi.to_vec();
        full.insert(self.held, self.held_value);
        full
    }

    /// Place of a free parameter after the held one is taken out.
    fn place(&self, free: usize) -> Option<usize> {
        match free.cmp(&self.held) {
            std::cmp::Ordering::Less => Some(free),
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Greater => Some(free - 1),
        }
    }

    /// Log-likelihood, and gradient and information over the stacked intercepts.
    fn derivatives(&self, full: &[f64]) -> (f64, Vec<f64>, SmallMatrix) {
        let intercepts: Vec<Vec<f64>> = (0..self.counts.len())
            .map(|i| if self.map.is_active(i) { self.map.curve(i, full).intercepts } else { vec![] })
            .collect();
        let mut value = 0.0;
        let mut gradient = vec![0.0; self.stacked];
        for (i, (counts, own)) in self.counts.iter().zip(&intercepts).enumerate() {
            for (k, (n, c)) in counts.iter().zip(own).enumerate().filter(|(_, (n, _))| **n > 0.0) {
                value += n * c;
                gradient[self.first[i] + k] += n;
            }
        }
        let parts: Vec<_> = self.designs.par_iter().map(|d| self.design_part(d, &intercepts)).collect();
        let mut information = SmallMatrix::zeros(self.stacked, self.stacked);
        for (part, entries) in parts {
            value -= part;
            for entry in entries {
                match entry {
                    Entry::Gradient(at, v) => gradient[at] -= v,
                    Entry::Information(at, to, v) => information.set(at, to, information.get(at, to) + v),
                }
            }
        }
        (value, gradient, information)
    }

    fn design_part(&self, design: &Design, intercepts: &[Vec<f64>]) -> (f64, Vec<Entry>) {
        let own: Vec<Vec<f64>> = design.items.iter().map(|i| intercepts[*i].clone()).collect();
        if own.is_empty() {
            return (0.0, vec![]);
        }
        let s = Symmetric::new(&own);
        let scores: Vec<usize> = (0..design.persons.len())
            .filter(|r| design.persons[*r] > 0.0 && s.log_gamma[*r] > f64::NEG_INFINITY)
            .collect();
        let value = scores.iter().map(|r| design.persons[*r] * s.log_gamma[*r]).sum();
        // given[i][k][position of score]
        let given: Vec<Vec<Vec<f64>>> = own
            .iter()
            .enumerate()
            .map(|(i, c)| (0..c.len()).map(|k| scores.iter().map(|r| s.given(i, k, *r)).collect()).collect())
            .collect();
        let weight: Vec<f64> = scores.iter().map(|r| design.persons[*r]).collect();
        let sum =
            |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).zip(&weight).map(|((a, b), w)| w * a * b).sum() };
        let mut entries = vec![];
        for (i, item) in design.items.iter().enumerate() {
            let pairs = s.pairs_with(i, &design.persons);
            for k in 0..own[i].len() {
                let expected: f64 = given[i][k].iter().zip(&weight).map(|(p, w)| p * w).sum();
                entries.push(Entry::Gradient(self.first[*item] + k, expected));
                for (j, other) in design.items.iter().enumerate() {
                    for l in 0..own[j].len() {
                        let together = match (i == j, k == l) {
                            (true, true) => expected,
                            (true, false) => 0.0,
                            _ => pairs[j][k][l],
                        };
                        let v = together - sum(&given[i][k], &given[j][l]);
                        entries.push(Entry::Information(self.first[*item] + k, self.first[*other] + l, v));
                    }
                }
            }
        }
        (value, entries)
    }

    /// Terms of a stacked intercept in the parameters without the held one.
    fn terms(&self, item: usize, k: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.map.naturals[item][1 + k].terms.iter().filter_map(|(f, c)| Some((self.place(*f)?, *c)))
    }

    fn reduce(&self, gradient: &[f64], information: &SmallMatrix) -> (Vec<f64>, SmallMatrix) {
        let n = self.map.len - 1;
        let mut reduced = (vec![0.0; n], SmallMatrix::zeros(n, n));
        let places: Vec<(usize, Vec<(usize, f64)>)> = (0..self.counts.len())
            .filter(|i| self.map.is_active(*i))
            .flat_map(|i| (0..self.counts[i].len()).map(move |k| (i, k)))
            .map(|(i, k)| (self.first[i] + k, self.terms(i, k).collect()))
            .collect();
        for (at, terms) in &places {
            for (f, c) in terms {
                reduced.0[*f] += c * gradient[*at];
                for (to, others) in &places {
                    for (g, d) in others {
                        let own = reduced.1.get(*f, *g);
                        reduced.1.set(*f, *g, own + c * d * information.get(*at, *to));
                    }
                }
            }
        }
        reduced
    }

    /// Curves with steps summing to 0 over all items, and standard errors in that normalisation.
    fn describe(&self, psi: &[f64], items: usize) -> Vec<Option<FittedItem>> {
        let full = self.with_held(psi);
        let (_, gradient, information) = self.derivatives(&full);
        let covariance = stderr::covariance(&self.reduce(&gradient, &information).1);
        let active: Vec<usize> = (0..items).filter(|i| self.map.is_active(*i)).collect();
        // c'_k = c_k + k shift with shift = -sum_i c_im / sum_i m_i over items whose top can occur.
        let occurs =
            |i: &&usize| self.counts[**i].last().is_some_and(|n| *n > 0.0) && self.counts[**i][0] > 0.0;
        let tops: Vec<usize> = active.iter().filter(occurs).copied().collect();
        let points: f64 = tops.iter().map(|i| (self.counts[*i].len() - 1) as f64).sum();
        let value = |i: usize| self.map.curve(i, &full).intercepts[self.counts[i].len() - 1];
        let shift = if points > 0.0 { -tops.iter().map(|i| value(*i)).sum::<f64>() / points } else { 0.0 };
        let mut shift_terms = vec![0.0; psi.len()];
        for i in &tops {
            self.terms(*i, self.counts[*i].len() - 1).for_each(|(f, c)| shift_terms[f] -= c / points);
        }
        let one = |item: usize| {
            let curve = self.map.curve(item, &full).rescaled(1.0, -shift);
            let se = |parts: &[(usize, f64)]| {
                let mut terms = vec![0.0; psi.len()];
                for (k, factor) in parts {
                    self.terms(item, *k).for_each(|(f, c)| terms[f] += factor * c);
                    terms.iter_mut().zip(&shift_terms).for_each(|(t, s)| *t += factor * *k as f64 * s);
                }
                let terms: Vec<(usize, f64)> =
                    terms.into_iter().enumerate().filter(|(_, t)| *t != 0.0).collect();
                covariance.as_ref().map(|v| stderr::standard_error(v, &terms))
            };
            let m = curve.max();
            let finite = |k: usize| curve.intercepts[k] > f64::NEG_INFINITY;
            FittedItem {
                fixed: false,
                slope_se: None,
                intercept_se: (0..=m)
                    .map(|k| (k > 0 && finite(k)).then(|| se(&[(k, 1.0)])).flatten())
                    .collect(),
                step_se: (1..=m)
                    .map(|k| (finite(k) && finite(k - 1)).then(|| se(&[(k - 1, 1.0), (k, -1.0)])).flatten())
                    .collect(),
                location_se: (finite(0) && finite(m)).then(|| se(&[(m, -1.0 / m as f64)])).flatten(),
                curve,
            }
        };
        (0..items).map(|i| self.map.is_active(i).then(|| one(i))).collect()
    }
}

/// A contribution of one set of items.
enum Entry {
    Gradient(usize, f64),
    Information(usize, usize, f64),
}

impl Objective for Conditional<'_> {
    fn evaluate(&mut self, psi: &[f64]) -> optim::Value {
        let (value, gradient, information) = self.derivatives(&self.with_held(psi));
        let (gradient, mut information) = self.reduce(&gradient, &information);
        let mut lift = 1e-10;
        let factor = loop {
            match Cholesky::new(&information) {
                Ok(factor) => break Some(factor),
                Err(_) if lift > 1e6 => break None,
                Err(_) => (0..gradient.len()).for_each(|i| {
                    let own = information.get(i, i);
                    information.set(i, i, own.abs() * (1.0 + lift) + lift);
                }),
            }
            lift *= 10.0;
        };
        optim::Value {
            objective: -value,
            gradient: gradient.iter().map(|g| -g).collect(),
            precondition: Box::new(move |g| factor.as_ref().map_or_else(|| g.to_vec(), |f| f.solve(g))),
        }
    }
}
