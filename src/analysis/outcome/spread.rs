//! The standard deviation that sizes, limits and plans of an outcome are told in.

use std::collections::BTreeMap;

use super::Sample;
use crate::num::moments;

impl Sample<'_> {
    /// SD of the first scores within arms, of the persons with both scores; of everybody at the first wave where the
    /// waves meet other students.
    pub fn spread(&self) -> Option<f64> {
        if !self.plan.cross_sections {
            return pooled_sd(&self.linked.before, &self.arms_of(&self.linked.arm));
        }
        let [before, _] = self.study.study.compared_waves()?;
        let scores = self.measured.waves.get(before)?.iter().enumerate();
        let (places, scores): (Vec<usize>, Vec<f64>) =
            scores.filter_map(|(place, score)| Some((place, (*score)?))).unzip();
        let arms: Vec<usize> =
            places.into_iter().map(|place| self.measured.arm_of(self.study, place)).collect();
        pooled_sd(&scores, &self.arms_of(&arms))
    }

    /// One group has one SD, whatever the roster calls its arms.
    fn arms_of(&self, arms: &[usize]) -> Vec<usize> {
        if self.compares() { arms.to_vec() } else { vec![0; arms.len()] }
    }
}

/// SD within arms, on N - A degrees of freedom: a difference between the arms at the start is no spread of students.
/// None where nobody differs.
pub(in crate::analysis) fn pooled_sd(scores: &[f64], arm: &[usize]) -> Option<f64> {
    let mut arms: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for (score, arm) in scores.iter().zip(arm) {
        arms.entry(*arm).or_default().push(*score);
    }
    let (mut squares, mut df) = (0.0, 0.0);
    for scores in arms.values().filter(|scores| scores.len() > 1) {
        let own = (scores.len() - 1) as f64;
        squares += own * moments::variance(scores).ok()?;
        df += own;
    }
    let sd = (squares / df).sqrt();
    (sd > 0.0 && sd.is_finite()).then_some(sd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_of_the_arms_is_no_spread() {
        // Squares 2 and 8 on 2 + 2 degrees of freedom.
        let sd = pooled_sd(&[1.0, 2.0, 3.0, 52.0, 54.0, 56.0], &[0, 0, 0, 1, 1, 1]).unwrap();
        assert!((sd - 2.5f64.sqrt()).abs() < 1e-14);
        let one = pooled_sd(&[1.0, 2.0, 3.0, 4.0], &[0; 4]).unwrap();
        assert!((one - (5.0f64 / 3.0).sqrt()).abs() < 1e-14);
        assert_eq!((pooled_sd(&[1.0, 1.0], &[0, 0]), pooled_sd(&[], &[])), (None, None));
    }
}
