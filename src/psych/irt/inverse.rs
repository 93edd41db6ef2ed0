//! Weighted likelihood estimates of many persons on the same items with free slopes.
//!
//! Warm's equation is `t = g(theta)` with `t = sum_i a_i x_i` the only part that depends on the answers. So g is
//! tabled once per set of items and inverted for each person by cubic Hermite interpolation, which knows the
//! derivative of the inverse, `1 / g'`. Where g is not increasing there is no table, and outside it no value.

use rayon::prelude::*;

use super::ItemCurve;
use super::ability::{Ability, weighted_point};
use super::marginal::Masks;

/// Abilities of the table, and their distance. The error of the interpolation falls with the fourth power of
/// the distance and is below 1e-9 logits for slopes up to 3.
const FARTHEST: f64 = 8.0;
const STEPS: i32 = 1600;
/// Persons on one set of items from which a table pays: it costs about as much as 300 estimates one by one.
const PERSONS: usize = 1000;

/// The inverse of g at increasing t.
pub(super) struct Inverse {
    t: Vec<f64>,
    /// Ability and its derivative by t.
    theta: Vec<[f64; 2]>,
    /// Information and its derivative by t.
    information: Vec<[f64; 2]>,
}

/// Tables of the sets of items that enough persons answered.
pub(super) fn tables(curves: &[Option<&ItemCurve>], masks: &Masks) -> Vec<Option<Inverse>> {
    let mut persons = vec![0_usize; masks.items.len()];
    masks.of_person.iter().for_each(|mask| persons[*mask as usize] += 1);
    let table = |(items, persons): (&Vec<u32>, usize)| {
        let own: Vec<&ItemCurve> = items.iter().filter_map(|i| curves[*i as usize]).collect();
        if persons < PERSONS || own.is_empty() { None } else { Inverse::new(&own) }
    };
    masks.items.par_iter().zip(persons).map(table).collect()
}

impl Inverse {
    fn new(items: &[&ItemCurve]) -> Option<Self> {
        let mut table = Inverse { t: vec![], theta: vec![], information: vec![] };
        for step in 0..=STEPS {
            let theta = FARTHEST * (2.0 * f64::from(step) / f64::from(STEPS) - 1.0);
            let at = weighted_point(items, theta);
            let [g, rise] = at.g;
            let increasing = table.t.last().is_none_or(|last| g > *last);
            if !(rise > 0.0 && increasing && at.information[0] > 0.0) {
                return None;
            }
            table.t.push(g);
            table.theta.push([theta, 1.0 / rise]);
            table.information.push([at.information[0], at.information[1] / rise]);
        }
        Some(table)
    }

    /// The estimate for `t = sum_i a_i x_i`; `None` outside the table.
    pub fn ability(&self, t: f64) -> Option<Ability> {
        let high = self.t.partition_point(|own| *own < t);
        if high == 0 || high == self.t.len() {
            return None;
        }
        let low = high - 1;
        let width = self.t[high] - self.t[low];
        let u = (t - self.t[low]) / width;
        let theta = hermite(self.theta[low], self.theta[high], width, u);
        let information = hermite(self.information[low], self.information[high], width, u);
        Some(Ability { theta, se: 1.0 / information.sqrt() })
    }
}

/// The cubic with the given values and derivatives at both ends of an interval, at the share `u` of it.
fn hermite(low: [f64; 2], high: [f64; 2], width: f64, u: f64) -> f64 {
    let v = 1.0 - u;
    v * v * ((1.0 + 2.0 * u) * low[0] + u * width * low[1])
        + u * u * ((1.0 + 2.0 * v) * high[0] - v * width * high[1])
}
