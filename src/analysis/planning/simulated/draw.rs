//! The scores of one study, drawn from the model behind the formulas.
//!
//! ```text
//! pre = sum over levels of sqrt(v) z1,   post = sum of sqrt(v) (r z1 + sqrt(1 - r^2) z2) + effect in the programme
//! ```
//!
//! with the share of the variance v and the pre-post correlation r of each level (districts, schools, students)
//! and standard normal z: both scores have variance 1, so that effects are in standard deviations. Shares are drawn
//! by `answers`.

use super::super::error::{arms, changes, strata, trial};
use super::super::{PlannedDesign as Design, Quantity as Q, Values};
use super::answers;
use crate::impact::{Arm, ImpactError};
use crate::num::NumError;
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
    /// Stratum or pair; empty where there are none.
    pub stratum: Vec<usize>,
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

    /// A level of which covariates explain `r2`; where that is below 0 they add to its variance.
    fn explained(variance: f64, r2: f64) -> Self {
        if r2 < 0.0 {
            Level { variance, r: 0.0, noise: (1.0 - r2).sqrt() }
        } else {
            Level::new(variance, r2.sqrt())
        }
    }

    fn draw(self, stream: &mut Stream) -> [f64; 2] {
        let (sd, first, own) = (self.variance.max(0.0).sqrt(), stream.normal(), stream.normal());
        let rest = (1.0 - self.r * self.r).max(0.0).sqrt() * self.noise;
        [sd * first, sd * (self.r * first + rest * own)]
    }

    /// The first score and, at `weights` of all waves, a contrast that is added to it. Any two waves correlate r.
    fn draw_contrast(self, weights: &[f64], stream: &mut Stream) -> [f64; 2] {
        if weights.len() == 2 {
            return self.draw(stream);
        }
        let (sd, shared) = (self.variance.max(0.0).sqrt(), self.r.sqrt() * stream.normal());
        let waves: Vec<f64> =
            weights.iter().map(|_| sd * (shared + (1.0 - self.r).sqrt() * stream.normal())).collect();
        let contrast: f64 = waves.iter().zip(weights).map(|(score, weight)| score * weight).sum();
        [waves[0], waves[0] + contrast]
    }
}

/// Draws a study with so many units.
///
/// # Errors
/// `OutOfRange` for values that nothing can be drawn from: correlations below 0 of more than two waves, or
/// correlations that two shares cannot have.
pub(super) fn draw(
    design: Design,
    values: &Values,
    units: f64,
    stream: &mut Stream,
) -> Result<Scores, ImpactError> {
    let of = |quantity: Q| values.get(&quantity).copied().unwrap_or_default();
    // Numbers of units are whole and far below 2^53.
    let count = units.round() as usize;
    let mut scores = match design {
        Design::Pairs => pairs(count, of(Q::Correlation), of(Q::Effect), stream),
        Design::IndependentComparison | Design::IndependentRandomised => {
            independent(count, of(Q::ProgramShare), of(Q::Correlation), of(Q::Effect), stream)
        }
        Design::Multisite => multisite(count, values, stream),
        Design::ThreeLevel => districts(count, values, stream),
        Design::Reached | Design::ReachedChange => answers::draw(design, count, values, stream)?,
        _ => schools(design, count, values, stream)?,
    };
    let link = of(Q::LinkError);
    if link > 0.0 {
        // One link for everybody: it moves all later scores alike.
        let shift = link * stream.normal();
        scores.post.iter_mut().for_each(|score| *score += shift);
    }
    Ok(scores)
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

/// Two arms of students.
fn independent(count: usize, share: f64, r: f64, effect: f64, stream: &mut Stream) -> Scores {
    let mut scores = Scores::default();
    let level = Level::new(1.0, r);
    let treated = whole(arms(count as f64, share)[0]);
    for student in 0..count {
        let [pre, post] = level.draw(stream);
        let (arm, effect) = if student < treated { (Arm::Program, effect) } else { (Arm::Comparison, 0.0) };
        scores.push([pre, post + effect], student, arm);
    }
    scores
}

/// A school's place in the design.
pub(super) struct Placed {
    pub arm: Arm,
    pub stratum: Option<usize>,
}

/// Arm and stratum of every school: pairs are neighbours, strata take turns, so that every stratum has both arms.
pub(super) fn placed(design: Design, count: usize, values: &Values) -> Result<Vec<Placed>, ImpactError> {
    if matches!(design, Design::PairedComparison | Design::PairedRandomised) {
        let arm = |school: usize| if school.is_multiple_of(2) { Arm::Program } else { Arm::Comparison };
        return Ok((0..2 * count)
            .map(|school| Placed { arm: arm(school), stratum: Some(school / 2) })
            .collect());
    }
    let share = values.get(&Q::ProgramShare);
    let treated = share.map_or(count, |share| whole(arms(count as f64, *share)[0]));
    let strata = whole(strata(values, count as f64)?);
    let place = |school: usize| Placed {
        arm: if school < treated { Arm::Program } else { Arm::Comparison },
        // Counted from the start of its arm.
        stratum: (strata > 1).then(|| (if school < treated { school } else { school - treated }) % strata),
    };
    Ok((0..count).map(place).collect())
}

/// Whole schools in one group or in two arms. What strata or pairs explain is left out of what is drawn: the analysis
/// takes it away, whatever it is.
fn schools(
    design: Design,
    count: usize,
    values: &Values,
    stream: &mut Stream,
) -> Result<Scores, ImpactError> {
    let of = |quantity: Q| values.get(&quantity).copied().unwrap_or_default();
    let (school, student) = levels(design, values)?;
    let weights = contrast(whole(values.get(&Q::Waves).copied().unwrap_or(2.0)));
    if weights.len() > 2 && school.r.min(student.r) < 0.0 {
        return Err(
            NumError::OutOfRange { name: "correlation of waves", value: school.r.min(student.r) }.into()
        );
    }
    let placed = placed(design, count, values)?;
    let mut scores = Scores::default();
    for (place, size) in sizes(placed.len(), values, stream).into_iter().enumerate() {
        let own = &placed[place];
        let effect = if own.arm == Arm::Program { of(Q::Effect) } else { 0.0 };
        let shared = school.draw_contrast(&weights, stream);
        for _ in 0..size {
            let pupil = student.draw_contrast(&weights, stream);
            scores.push([shared[0] + pupil[0], shared[1] + pupil[1] + effect], place, own.arm);
            scores.stratum.extend(own.stratum);
        }
    }
    Ok(scores)
}

/// The levels of schools and of students.
fn levels(design: Design, values: &Values) -> Result<(Level, Level), ImpactError> {
    let icc = values.get(&Q::Icc).copied().unwrap_or_default();
    if !matches!(design, Design::Randomised | Design::PairedRandomised) {
        let plan = changes(design, values, 1.0)?;
        return Ok((Level::new(icc, plan.r_between), Level::new(1.0 - icc, plan.r_within)));
    }
    let plan = trial(values, 1.0, 0.5)?;
    let (schools, students) = (plan.r2_schools, plan.r2_students);
    // The analysis has one slope b, that of students; schools must correlate so that it explains what is assumed of
    // them: 2 b r - b^2. Where no correlation does, the covariate is another one than the pretest.
    let b = students.max(0.0).sqrt();
    let r = (b * b + schools) / (2.0 * b);
    let school = if r.abs() <= 1.0 { Level::new(icc, r) } else { Level::explained(icc, schools) };
    Ok((school, Level::explained(1.0 - icc, students)))
}

/// Weights of the waves in the trend, told as the change from the first to the last.
fn contrast(waves: usize) -> Vec<f64> {
    let middle = (waves as f64 - 1.0) / 2.0;
    let squares: f64 = (0..waves).map(|wave| (wave as f64 - middle).powi(2)).sum();
    (0..waves).map(|wave| (waves as f64 - 1.0) * (wave as f64 - middle) / squares).collect()
}

/// Students drawn by lot within schools, whose effects differ.
fn multisite(count: usize, values: &Values, stream: &mut Stream) -> Scores {
    let of = |quantity: Q| values.get(&quantity).copied().unwrap_or_default();
    let mut student = Level::explained(1.0 - of(Q::Icc), of(Q::R2Students));
    let school = Level::new(of(Q::Icc), student.r);
    // Measurement error adds to what the pretest leaves unexplained.
    student.noise *= of(Q::Reliability).recip().sqrt();
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
    let district = Level::explained(of(Q::IccDistricts), of(Q::R2Districts));
    let school = Level::explained(of(Q::Icc), of(Q::R2Schools));
    let student = Level::explained(1.0 - of(Q::IccDistricts) - of(Q::Icc), of(Q::R2Students));
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
pub(super) fn sizes(count: usize, values: &Values, stream: &mut Stream) -> Vec<usize> {
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
    pub(super) fn push(&mut self, [pre, post]: [f64; 2], cluster: usize, arm: Arm) {
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
    fn pairs_and_strata_have_both_arms() {
        let pairs = placed(Design::PairedRandomised, 4, &Values::new()).unwrap();
        assert_eq!(pairs.len(), 8);
        assert!(pairs.chunks(2).all(|pair| pair[0].stratum == pair[1].stratum && pair[0].arm != pair[1].arm));
        let values: Values = [(Q::Strata, 3.0), (Q::ProgramShare, 0.5)].into();
        let strata = placed(Design::Comparison, 13, &values).unwrap();
        for stratum in 0..3 {
            let own = strata.iter().filter(|school| school.stratum == Some(stratum));
            let treated: Vec<bool> = own.map(|school| school.arm == Arm::Program).collect();
            assert!(treated.contains(&true) && treated.contains(&false), "{treated:?}");
        }
    }

    #[test]
    fn scores_have_the_stated_variances_and_correlation() {
        let values: Values =
            [(Q::Students, 4.0), (Q::Icc, 0.3), (Q::RBetween, 0.8), (Q::RWithin, 0.5), (Q::Effect, 0.4)]
                .into();
        let drawn = draw(Design::OneGroup, &values, 20_000.0, &mut Stream::new(1, "scores")).unwrap();
        let covariance = moments::covariance(&drawn.pre, &drawn.post).unwrap();
        assert!((moments::variance(&drawn.pre).unwrap() - 1.0).abs() < 0.02);
        assert!((moments::variance(&drawn.post).unwrap() - 1.0).abs() < 0.02);
        assert!((covariance - (0.3 * 0.8 + 0.7 * 0.5)).abs() < 0.02);
        assert!((moments::mean(&drawn.post).unwrap() - 0.4).abs() < 0.02);
        let icc = crate::impact::icc::anova_icc(&drawn.pre, &drawn.cluster, 0.05).unwrap();
        assert!((icc.value - 0.3).abs() < 0.02);
    }
}
