//! The scores of one study, drawn from the model behind the formulas.
//!
//! ```text
//! pre = sum over levels of sqrt(v) z1,   post = sum of sqrt(v) (r z1 + sqrt(1 - r^2) z2) + effect in the programme
//! ```
//!
//! with the share of the variance v and the pre-post correlation r of each level (districts, schools, students)
//! and standard normal z: both scores have variance 1, so that effects are in standard deviations.

use super::super::{PlannedDesign as Design, Quantity as Q, Values, error::arms};
use crate::impact::Arm;
use crate::num::dist;
use crate::num::rng::Stream;

/// Scores of one study, one entry per student.
#[derive(Clone, Debug, Default)]
pub(super) struct Scores {
    /// First scores.
    pub pre: Vec<f64>,
    /// Second scores; of other students in repeated cross-sections.
    pub post: Vec<f64>,
    /// What was drawn or visited as a whole: school, or district where those are drawn.
    pub cluster: Vec<usize>,
    /// Arm.
    pub arm: Vec<Arm>,
}

/// Variance of a level and the correlation of its two waves.
#[derive(Clone, Copy)]
struct Level {
    variance: f64,
    r: f64,
    /// What the part that the first wave does not explain is multiplied with: 1, or more where the second score
    /// is measured with error.
    noise: f64,
}

impl Level {
    fn new(variance: f64, r: f64) -> Self {
        Level { variance, r, noise: 1.0 }
    }

    fn draw(self, stream: &mut Stream) -> [f64; 2] {
        let (sd, first, own) = (self.variance.max(0.0).sqrt(), stream.normal(), stream.normal());
        let rest = (1.0 - self.r * self.r).max(0.0).sqrt() * self.noise;
        [sd * first, sd * (self.r * first + rest * own)]
    }
}

/// Draws a study with so many units.
pub(super) fn draw(design: Design, values: &Values, units: f64, stream: &mut Stream) -> Scores {
    let of = |quantity: Q| values.get(&quantity).copied().unwrap_or_default();
    // Numbers of units are whole and far below 2^53.
    let count = units.round() as usize;
    match design {
        Design::Pairs => pairs(count, of(Q::Correlation), of(Q::Effect), stream),
        Design::Multisite => multisite(count, values, stream),
        Design::ThreeLevel => districts(count, values, stream),
        _ => schools(design, count, values, stream),
    }
}

fn pairs(count: usize, r: f64, effect: f64, stream: &mut Stream) -> Scores {
    let mut scores = Scores::default();
    let level = Level::new(1.0, r);
    for student in 0..count {
        let [pre, post] = level.draw(stream);
        scores.push([pre, post + effect], student, Arm::Program);
    }
    scores
}

/// Whole schools in one group or in two arms.
fn schools(design: Design, count: usize, values: &Values, stream: &mut Stream) -> Scores {
    let of = |quantity: Q| values.get(&quantity).copied().unwrap_or_default();
    let (between, within) = match design {
        Design::Randomised => (of(Q::R2Schools).sqrt(), of(Q::R2Students).sqrt()),
        // Other students at the second wave share nothing but their school.
        Design::CrossSections => (of(Q::RBetween), 0.0),
        _ => (of(Q::RBetween), of(Q::RWithin)),
    };
    let compares = matches!(design, Design::Comparison | Design::Randomised);
    let treated = if compares { whole(arms(count as f64, of(Q::ProgramShare))[0]) } else { count };
    let school = Level::new(of(Q::Icc), between);
    let student = Level::new(1.0 - of(Q::Icc), within);
    let mut scores = Scores::default();
    for (place, size) in sizes(count, values, stream).into_iter().enumerate() {
        let arm = if place < treated { Arm::Program } else { Arm::Comparison };
        let effect = if place < treated { of(Q::Effect) } else { 0.0 };
        let shared = school.draw(stream);
        for _ in 0..size {
            let own = student.draw(stream);
            scores.push([shared[0] + own[0], shared[1] + own[1] + effect], place, arm);
        }
    }
    scores
}

/// Students drawn by lot within schools, whose effects differ.
fn multisite(count: usize, values: &Values, stream: &mut Stream) -> Scores {
    let of = |quantity: Q| values.get(&quantity).copied().unwrap_or_default();
    let r = of(Q::R2Students).sqrt();
    let school = Level::new(of(Q::Icc), r);
    // Measurement error adds to what the pretest leaves unexplained.
    let student = Level { noise: of(Q::Reliability).recip().sqrt(), ..Level::new(1.0 - of(Q::Icc), r) };
    let spread = (of(Q::EffectHeterogeneity) * of(Q::Icc)).sqrt();
    let mut scores = Scores::default();
    for (place, size) in sizes(count, values, stream).into_iter().enumerate() {
        let shared = school.draw(stream);
        let effect = of(Q::Effect) + spread * stream.normal();
        let treated = whole(arms(size as f64, of(Q::ProgramShare))[0]);
        for pupil in 0..size {
            let own = student.draw(stream);
            let (arm, effect) = if pupil < treated { (Arm::Program, effect) } else { (Arm::Comparison, 0.0) };
            scores.push([shared[0] + own[0], shared[1] + own[1] + effect], place, arm);
        }
    }
    scores
}

/// Whole districts drawn by lot.
fn districts(count: usize, values: &Values, stream: &mut Stream) -> Scores {
    let of = |quantity: Q| values.get(&quantity).copied().unwrap_or_default();
    let district = Level::new(of(Q::IccDistricts), of(Q::R2Districts).sqrt());
    let school = Level::new(of(Q::Icc), of(Q::R2Schools).sqrt());
    let student = Level::new(1.0 - of(Q::IccDistricts) - of(Q::Icc), of(Q::R2Students).sqrt());
    let treated = whole(arms(count as f64, of(Q::ProgramShare))[0]);
    let mut scores = Scores::default();
    for place in 0..count {
        let (arm, effect) =
            if place < treated { (Arm::Program, of(Q::Effect)) } else { (Arm::Comparison, 0.0) };
        let of_district = district.draw(stream);
        for _ in 0..whole(of(Q::Schools)).max(1) {
            let of_school = school.draw(stream);
            for _ in 0..whole(of(Q::Students)).max(1) {
                let own = student.draw(stream);
                let sum = |wave: usize| of_district[wave] + of_school[wave] + own[wave];
                scores.push([sum(0), sum(1) + effect], place, arm);
            }
        }
    }
    scores
}

/// Sizes of the schools in random order: quantiles of a log-normal distribution, brought to the stated mean and
/// coefficient of variation, at least one student each. Fractions are spread over the schools.
fn sizes(count: usize, values: &Values, stream: &mut Stream) -> Vec<usize> {
    let of = |quantity: Q| values.get(&quantity).copied().unwrap_or_default();
    let (mean, cv) = (of(Q::Students), of(Q::SizeVariation));
    let spread = (cv * cv).ln_1p().sqrt();
    let quantile = |place: usize| {
        let middle = (place as f64 + 0.5) / count as f64;
        (spread * dist::normal_quantile(middle).unwrap_or(0.0)).exp()
    };
    let raw: Vec<f64> = (0..count).map(quantile).collect();
    let centre = raw.iter().sum::<f64>() / count as f64;
    let variance = raw.iter().map(|size| (size - centre).powi(2)).sum::<f64>() / count as f64;
    let scale = if variance > 0.0 { cv / variance.sqrt() } else { 0.0 };
    let (mut planned, mut given) = (0.0, 0.0);
    let mut sizes: Vec<usize> = raw
        .into_iter()
        .map(|size| {
            planned += mean * (1.0 + scale * (size - centre));
            let own = (planned - given).round().max(1.0);
            given += own;
            whole(own)
        })
        .collect();
    stream.shuffle(&mut sizes);
    sizes
}

/// A count; values are checked to be finite and far below 2^53 before.
fn whole(count: f64) -> usize {
    count.round() as usize
}

impl Scores {
    fn push(&mut self, [pre, post]: [f64; 2], cluster: usize, arm: Arm) {
        self.pre.push(pre);
        self.post.push(post);
        self.cluster.push(cluster);
        self.arm.push(arm);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::moments;

    #[test]
    fn sizes_have_the_stated_mean_and_variation() {
        let values: Values = [(Q::Students, 25.4), (Q::SizeVariation, 0.6)].into();
        let sizes = sizes(40, &values, &mut Stream::new(1, "sizes"));
        let sizes: Vec<f64> = sizes.into_iter().map(|size| size as f64).collect();
        let (mean, sd) = (moments::mean(&sizes).unwrap(), moments::sd(&sizes).unwrap());
        assert!((mean - 25.4).abs() < 0.02 && (sd / mean - 0.6).abs() < 0.03, "{mean} {sd}");
        let equal: Values = [(Q::Students, 25.0)].into();
        assert!(super::sizes(7, &equal, &mut Stream::new(1, "sizes")).iter().all(|size| *size == 25));
    }

    #[test]
    fn scores_have_the_stated_variances_and_correlation() {
        let values: Values =
            [(Q::Students, 4.0), (Q::Icc, 0.3), (Q::RBetween, 0.8), (Q::RWithin, 0.5), (Q::Effect, 0.4)]
                .into();
        let drawn = draw(Design::OneGroup, &values, 20_000.0, &mut Stream::new(1, "scores"));
        let covariance = moments::covariance(&drawn.pre, &drawn.post).unwrap();
        assert!((moments::variance(&drawn.pre).unwrap() - 1.0).abs() < 0.02);
        assert!((moments::variance(&drawn.post).unwrap() - 1.0).abs() < 0.02);
        assert!((covariance - (0.3 * 0.8 + 0.7 * 0.5)).abs() < 0.02);
        assert!((moments::mean(&drawn.post).unwrap() - 0.4).abs() < 0.02);
        let icc = crate::impact::icc::anova_icc(&drawn.pre, &drawn.cluster, 0.05).unwrap();
        assert!((icc.value - 0.3).abs() < 0.02);
    }
}
