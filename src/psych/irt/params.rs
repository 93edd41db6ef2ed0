//! From free parameters to item curves and population, and gradients back.
//!
//! Each natural parameter of an item (`a`, `c_0 .. c_m`) is a constant plus a short linear combination of
//! free parameters. Which combination is all that distinguishes the models of the family.

use super::{Anchor, Family, IrtError, ItemCurve, Responses};
use crate::num::linalg::SmallMatrix;

/// What the data allow for an item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum ItemState {
    /// Parameters are estimated.
    Estimated,
    /// Parameters are given.
    Fixed,
    /// All answers are equal (or there are none): no finite maximum, no information about ability.
    Inactive,
}

/// A natural parameter: `constant + sum of coefficient * free parameter`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Natural {
    pub constant: f64,
    pub terms: Vec<(usize, f64)>,
}

impl Natural {
    pub fn constant(constant: f64) -> Self {
        Natural { constant, terms: vec![] }
    }

    pub fn free(index: usize) -> Self {
        Natural { constant: 0.0, terms: vec![(index, 1.0)] }
    }

    pub fn value(&self, psi: &[f64]) -> f64 {
        self.constant + self.terms.iter().map(|(f, c)| c * psi[*f]).sum::<f64>()
    }
}

/// Where the free parameters of a model sit.
pub(super) struct ParameterMap {
    pub states: Vec<ItemState>,
    /// Per item: slope, then intercepts of 0..=m points.
    pub naturals: Vec<Vec<Natural>>,
    /// First coefficient of the population and their number.
    pub beta: std::ops::Range<usize>,
    /// Free log standard deviation per group; `None` where it is fixed at `ln 1`.
    pub log_sigma: Vec<Option<usize>>,
    /// Number of free parameters.
    pub len: usize,
    /// Sets of free parameters between which the complete-data information is not zero.
    pub blocks: Vec<Vec<usize>>,
}

/// What the map needs to know about the model.
pub(super) struct MapOptions<'a> {
    pub family: Family,
    pub anchors: &'a [Anchor],
    pub beta_columns: usize,
    pub groups: usize,
    pub first_variance_free: bool,
}

impl ParameterMap {
    /// Lays out the free parameters. `counts[i][k]` are the (weighted) answers with k points on item i.
    pub fn new(responses: &Responses, counts: &[Vec<f64>], options: &MapOptions) -> Result<Self, IrtError> {
        let items = responses.items();
        let mut map = ParameterMap {
            states: vec![ItemState::Estimated; items],
            naturals: vec![vec![]; items],
            beta: 0..0,
            log_sigma: vec![],
            len: 0,
            blocks: vec![],
        };
        map.place_anchors(responses, counts, options.anchors)?;
        for (state, counts) in map.states.iter_mut().zip(counts) {
            if *state == ItemState::Estimated && counts.iter().filter(|n| **n > 0.0).count() < 2 {
                *state = ItemState::Inactive;
            }
        }
        if options.family == Family::RatingScale {
            map.place_rating_scale(responses, counts)?;
        } else {
            (0..items).for_each(|i| map.place_item(i, &counts[i], options.family));
        }
        map.beta = map.len..map.len + options.beta_columns;
        map.len += options.beta_columns;
        if options.beta_columns > 0 {
            map.blocks.push(map.beta.clone().collect());
        }
        for group in 0..options.groups {
            let free = group > 0 || options.first_variance_free;
            let index = free.then(|| map.next());
            map.log_sigma.push(index);
            map.blocks.extend(index.map(|free| vec![free]));
        }
        Ok(map)
    }

    fn next(&mut self) -> usize {
        self.len += 1;
        self.len - 1
    }

    /// An anchor must have as many intercepts as its item has points, and allow every answer given.
    fn place_anchors(
        &mut self,
        responses: &Responses,
        counts: &[Vec<f64>],
        anchors: &[Anchor],
    ) -> Result<(), IrtError> {
        for anchor in anchors {
            let item = anchor.item;
            let ItemCurve { slope, intercepts } = &anchor.curve;
            let usable = |(c, n): (&f64, &f64)| c.is_finite() || (*c == f64::NEG_INFINITY && !(*n > 0.0));
            let fits = |m: u8| {
                intercepts.len() == usize::from(m) + 1
                    && slope.is_finite()
                    && intercepts.iter().zip(&counts[item]).all(usable)
                    && intercepts.iter().any(|c| c.is_finite())
            };
            if !responses.max().get(item).is_some_and(|m| fits(*m)) {
                return Err(IrtError::BadAnchor { item });
            }
            let slope = Natural::constant(anchor.curve.slope);
            let rest = anchor.curve.intercepts.iter().map(|c| Natural::constant(*c));
            self.naturals[item] = std::iter::once(slope).chain(rest).collect();
            self.states[item] = ItemState::Fixed;
        }
        Ok(())
    }

    fn place_item(&mut self, item: usize, counts: &[f64], family: Family) {
        if self.states[item] != ItemState::Estimated {
            return;
        }
        let first = self.len;
        let slope =
            if family.has_unit_slopes() { Natural::constant(1.0) } else { Natural::free(self.next()) };
        let mut naturals = vec![slope];
        let reference = counts.iter().position(|n| *n > 0.0);
        for (k, n) in counts.iter().enumerate() {
            naturals.push(if Some(k) == reference {
                Natural::constant(0.0)
            } else if *n > 0.0 {
                Natural::free(self.next())
            } else {
                Natural::constant(f64::NEG_INFINITY)
            });
        }
        self.naturals[item] = naturals;
        self.blocks.push((first..self.len).collect());
    }

    /// `c_ik = -(k - r) b_i - T_k`, with `T` shared and 0 at the lowest (r) and highest points that occur.
    fn place_rating_scale(&mut self, responses: &Responses, counts: &[Vec<f64>]) -> Result<(), IrtError> {
        let active: Vec<usize> =
            (0..counts.len()).filter(|i| self.states[*i] == ItemState::Estimated).collect();
        let Some(&first_item) = active.first() else { return Ok(()) };
        let max = responses.max()[first_item];
        if let Some(&item) = active.iter().find(|i| responses.max()[**i] != max) {
            return Err(IrtError::UnequalCategories { item });
        }
        let occurs = |k: usize| active.iter().any(|i| counts[*i][k] > 0.0);
        let points: Vec<usize> = (0..=usize::from(max)).filter(|k| occurs(*k)).collect();
        let (low, high) = (points[0], points[points.len() - 1]);
        let first = self.len;
        let shared: Vec<Option<Option<usize>>> = (0..=usize::from(max))
            .map(|k| occurs(k).then(|| (k != low && k != high).then(|| self.next())))
            .collect();
        for item in active {
            let location = self.next();
            self.naturals[item] = std::iter::once(Natural::constant(1.0))
                .chain(shared.iter().enumerate().map(|(k, step)| match step {
                    None => Natural::constant(f64::NEG_INFINITY),
                    Some(step) => {
                        let own = (k != low).then(|| (location, -((k - low) as f64)));
                        Natural {
                            constant: 0.0,
                            terms: own.into_iter().chain(step.map(|t| (t, -1.0))).collect(),
                        }
                    }
                }))
                .collect();
        }
        self.blocks.push((first..self.len).collect());
        Ok(())
    }

    /// True when the item takes part in the likelihood.
    pub fn is_active(&self, item: usize) -> bool {
        self.states[item] != ItemState::Inactive
    }

    /// The curve of an active item.
    pub fn curve(&self, item: usize, psi: &[f64]) -> ItemCurve {
        let values: Vec<f64> = self.naturals[item].iter().map(|n| n.value(psi)).collect();
        ItemCurve { slope: values[0], intercepts: values[1..].to_vec() }
    }

    /// Standard deviation of each group.
    pub fn sigmas(&self, psi: &[f64]) -> Vec<f64> {
        self.log_sigma.iter().map(|f| f.map_or(1.0, |f| psi[f].exp())).collect()
    }
}

/// The complete-data information as blocks over the free parameters.
pub(super) struct BlockInformation {
    pub blocks: Vec<(Vec<usize>, SmallMatrix)>,
    place: Vec<(usize, usize)>,
}

impl BlockInformation {
    pub fn new(map: &ParameterMap) -> Self {
        let mut place = vec![(0, 0); map.len];
        for (b, block) in map.blocks.iter().enumerate() {
            block.iter().enumerate().for_each(|(i, free)| place[*free] = (b, i));
        }
        let blocks = map.blocks.iter().map(|b| (b.clone(), SmallMatrix::zeros(b.len(), b.len()))).collect();
        BlockInformation { blocks, place }
    }

    /// Adds to one entry; both parameters belong to one block.
    pub fn add(&mut self, row: usize, column: usize, value: f64) {
        let ((block, i), (other, j)) = (self.place[row], self.place[column]);
        debug_assert_eq!(block, other);
        let matrix = &mut self.blocks[block].1;
        matrix.set(i, j, matrix.get(i, j) + value);
    }

    /// Adds an item's natural gradient and information, carried over to the free parameters.
    pub fn add_item(&mut self, naturals: &[Natural], own: &NaturalDerivatives, gradient: &mut [f64]) {
        for (i, natural) in naturals.iter().enumerate() {
            for (f, coefficient) in &natural.terms {
                gradient[*f] += coefficient * own.gradient[i];
                for (j, other) in naturals.iter().enumerate() {
                    for (g, factor) in &other.terms {
                        self.add(*f, *g, coefficient * factor * own.information.get(i, j));
                    }
                }
            }
        }
    }
}

/// Gradient and information of one item in its natural parameters (slope, intercepts).
pub(super) struct NaturalDerivatives {
    pub gradient: Vec<f64>,
    pub information: SmallMatrix,
}
