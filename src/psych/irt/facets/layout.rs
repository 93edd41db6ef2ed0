//! Free parameters of the facets model: steps of items and severities of raters.
//!
//! ```text
//! c_(ir)k = c_ik - (k - k0) s_r,     s_last = -sum of the others
//! ```
//!
//! with `k0` the lowest points given on the item, whose intercept is 0.

use super::super::params::{ItemState, Natural, ParameterMap};
use super::super::population::Cells;
use super::design::Design;

/// The parameter map with the parts that the result names.
pub(super) struct Layout {
    pub map: ParameterMap,
    /// Naturals of each item at severity 0 (slope, intercepts); empty for items that are not in the fit.
    pub items: Vec<Vec<Natural>>,
    /// Severity of each rater in the order of [`Design::raters`], as terms in the free parameters.
    pub severities: Vec<Vec<(usize, f64)>>,
}

impl Layout {
    /// Lays out steps, severities (none when `equal`) and the population.
    pub fn new(design: &Design, cells: &Cells, equal: bool) -> Self {
        let mut len = 0;
        let items: Vec<Vec<Natural>> = (0..design.counts.len())
            .map(|i| if design.items().contains(&i) { own(&design.counts[i], &mut len) } else { vec![] })
            .collect();
        let raters = design.raters();
        let first = len;
        let free = if equal { 0 } else { raters.len() - 1 };
        len += free;
        let severities: Vec<Vec<(usize, f64)>> = (0..raters.len())
            .map(|r| match () {
                () if equal => vec![],
                () if r < free => vec![(first + r, 1.0)],
                () => (first..first + free).map(|f| (f, -1.0)).collect(),
            })
            .collect();
        let naturals = design.pairs.iter().map(|pair| {
            let rater = raters.partition_point(|r| *r < pair.rater);
            virtual_item(&items[pair.item], &design.counts[pair.item], &severities[rater])
        });
        let mut map = ParameterMap {
            states: vec![ItemState::Estimated; design.pairs.len()],
            naturals: naturals.collect(),
            beta: len..len + cells.columns,
            log_sigma: vec![],
            len: len + cells.columns,
            blocks: vec![(0..len).collect()],
        };
        if cells.columns > 0 {
            map.blocks.push(map.beta.clone().collect());
        }
        for _ in 0..cells.groups {
            map.log_sigma.push(Some(map.len));
            map.blocks.push(vec![map.len]);
            map.len += 1;
        }
        Layout { map, items, severities }
    }
}

fn own(counts: &[f64], len: &mut usize) -> Vec<Natural> {
    let lowest = counts.iter().position(|n| *n > 0.0);
    let intercepts = counts.iter().enumerate().map(|(k, n)| match () {
        () if Some(k) == lowest => Natural::constant(0.0),
        () if *n > 0.0 => {
            *len += 1;
            Natural::free(*len - 1)
        }
        () => Natural::constant(f64::NEG_INFINITY),
    });
    std::iter::once(Natural::constant(1.0)).chain(intercepts).collect()
}

fn virtual_item(item: &[Natural], counts: &[f64], severity: &[(usize, f64)]) -> Vec<Natural> {
    let lowest = counts.iter().position(|n| *n > 0.0).unwrap_or(0);
    let mut naturals = item.to_vec();
    for (k, natural) in naturals[1..].iter_mut().enumerate().filter(|(k, _)| counts[*k] > 0.0) {
        if k > lowest {
            let points = (k - lowest) as f64;
            natural.terms.extend(severity.iter().map(|(f, c)| (*f, -points * c)));
        }
    }
    naturals
}
