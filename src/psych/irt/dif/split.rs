//! Items with parameters of their own per group, as one item for each group.

use super::super::fit::Estimate;
use super::super::params::{Natural, ParameterMap};
use super::super::{IrtError, ItemCurve, Responses};

/// Which column of the split responses stands for an item in a group.
#[derive(Debug, Clone)]
pub(super) struct Split {
    /// First column of each item and whether it has one per group.
    first: Vec<usize>,
    free: Vec<bool>,
    groups: usize,
}

impl Split {
    /// Items in `free` get a column per group.
    pub fn new(items: usize, groups: usize, free: &[usize]) -> Self {
        let mut split = Split { first: vec![], free: vec![false; items], groups };
        free.iter().for_each(|i| split.free[*i] = true);
        let mut next = 0;
        for item in 0..items {
            split.first.push(next);
            next += if split.free[item] { groups } else { 1 };
        }
        split
    }

    pub fn column(&self, item: usize, group: usize) -> usize {
        self.first[item] + if self.free[item] { group } else { 0 }
    }

    /// Items with the group that each column belongs to (0 for columns of all groups).
    pub fn sources(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let groups = |item: usize| if self.free[item] { self.groups } else { 1 };
        (0..self.free.len()).flat_map(move |item| (0..groups(item)).map(move |group| (item, group)))
    }

    pub fn responses(&self, responses: &Responses, groups: &[usize]) -> Result<Responses, IrtError> {
        let columns = self.sources().count();
        let mut points = vec![0; responses.persons() * columns];
        let mut there = vec![false; points.len()];
        for (person, group) in groups.iter().enumerate() {
            for (item, answer) in responses.answers(person) {
                let at = person * columns + self.column(item, *group);
                (points[at], there[at]) = (answer, true);
            }
        }
        let max = self.sources().map(|(item, _)| responses.max()[item]).collect();
        Responses::new(responses.persons(), columns, points, there, max)
    }

    /// Starting values from a fit with another split of the same items.
    pub fn start_from(&self, from: &Split, base: &Estimate, map: &ParameterMap, psi: &mut [f64]) {
        let mut known = vec![false; map.len];
        for (column, (item, group)) in self.sources().enumerate() {
            if let Some(fitted) = &base.fitted.items[from.column(item, group)] {
                copy_item(&map.naturals[column], &fitted.curve, psi, &mut known);
            }
        }
        for (to, from) in map.beta.clone().zip(base.map.beta.clone()) {
            psi[to] = base.psi[from];
        }
        for (to, from) in map.log_sigma.iter().zip(&base.map.log_sigma) {
            if let (Some(to), Some(from)) = (to, from) {
                psi[*to] = base.psi[*from];
            }
        }
    }
}

/// Solves each natural for its one parameter that is not known yet; two rounds reach the shared steps of a
/// rating scale through the locations.
fn copy_item(naturals: &[Natural], curve: &ItemCurve, psi: &mut [f64], known: &mut [bool]) {
    let reference = naturals.iter().skip(1).position(|n| n.terms.is_empty() && n.constant == 0.0);
    let zero = reference.map_or(0.0, |k| curve.intercepts[k]);
    let values = std::iter::once(curve.slope).chain(curve.intercepts.iter().map(|c| c - zero));
    let wanted: Vec<f64> = values.collect();
    for _ in 0..2 {
        for (natural, value) in naturals.iter().zip(&wanted) {
            let mut unknown = natural.terms.iter().filter(|(f, _)| !known[*f]);
            let (Some((free, coefficient)), None) = (unknown.next(), unknown.next()) else { continue };
            let rest: f64 = natural.terms.iter().filter(|(f, _)| f != free).map(|(f, c)| c * psi[*f]).sum();
            let solved = (value - natural.constant - rest) / coefficient;
            if solved.is_finite() {
                psi[*free] = solved;
                known[*free] = true;
            }
        }
    }
}
