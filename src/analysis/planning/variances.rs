//! Variances of schools and of students within them at two waves, and how the waves go together, from mean squares
//! and mean products between and within schools.

use std::collections::BTreeMap;

/// The most that a school-level correlation is planned with. Pretests explain 33 to 81 percent of what schools differ
/// in (Bloom, Richburg-Hayes & Black 2007, Educational Evaluation and Policy Analysis 29, 30-59, reading and
/// mathematics): 0.9 is the root of the largest. Estimates on a dozen schools often lie beyond 1, and with 1 schools
/// would cost a study nothing.
pub(super) const MOST_R_BETWEEN: f64 = 0.9;

/// Variances and correlations; those of schools are without the noise of their students.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Components {
    /// Variance between schools of an arm, before and after; not below 0.
    pub between: [f64; 2],
    /// Variance of students within schools, before and after.
    pub within: [f64; 2],
    /// Correlation of schools as estimated, also beyond 1; none where schools do not differ at a wave.
    pub r_between: Option<f64>,
    /// Correlation of students within schools; none where the waves meet other students.
    pub r_within: Option<f64>,
}

impl Components {
    /// Share of the first wave's variance that lies between schools.
    pub fn icc(&self) -> Option<f64> {
        let total = self.between[0] + self.within[0];
        (total > 0.0).then(|| self.between[0] / total)
    }
}

/// Share of the variance of the last scores that the first ones explain with the slope `b`, at a level on which the two
/// correlate `r` and have one variance:
///
/// ```text
/// 1 - (1 + b^2 - 2 b r)
/// ```
///
/// The covariance analysis of students has one slope for two levels: that of students within schools (b = r_W), which
/// decides nearly alone because they are so many. For schools it gives less than r_B^2, which only the slope of school
/// means would reach. With b = 1 it is the change. Below 0 where the slope adds to what the last scores differ in.
pub(super) fn explained(b: f64, r: f64) -> f64 {
    2.0 * b * r - b * b
}

/// Scores of one wave with the school and the arm of each.
#[derive(Clone, Debug, Default)]
pub(super) struct WaveScores {
    /// Scores.
    pub scores: Vec<f64>,
    /// School of each.
    pub school: Vec<usize>,
    /// Arm of each.
    pub arm: Vec<usize>,
}

/// Sums of squares and products of schools within arms and of students within schools.
struct Squares {
    between: f64,
    within: f64,
    df_between: f64,
    df_within: f64,
    n0: f64,
}

impl Squares {
    fn variance_between(&self) -> f64 {
        (self.between / self.df_between - self.within / self.df_within) / self.n0
    }

    fn variance_within(&self) -> f64 {
        self.within / self.df_within
    }
}

/// Components of students met at both waves, one entry per student.
///
/// Schools are compared within arms, so that the programme adds nothing to what they differ in: with J schools in A
/// arms the mean square between has J - A degrees of freedom, and
///
/// ```text
/// tau^2 = (MSB - MSW) / n0,   n0 = (N - sum over arms of sum n_j^2 / N_a) / (J - A)
/// ```
///
/// Mean products in place of mean squares give the covariances. Where schools have persons in both arms, arm means
/// are taken off first and schools are one group.
pub(super) fn linked(before: &[f64], after: &[f64], school: &[usize], arm: &[usize]) -> Option<Components> {
    let nested = is_nested(school, arm);
    let one = vec![0; school.len()];
    let groups = if nested { arm } else { &one };
    let centred = |scores: &[f64]| if nested { scores.to_vec() } else { without_means(scores, arm) };
    let (before, after) = (centred(before), centred(after));
    let pre = squares(&before, &before, school, groups)?;
    let post = squares(&after, &after, school, groups)?;
    let both = squares(&before, &after, school, groups)?;
    let between = [pre.variance_between().max(0.0), post.variance_between().max(0.0)];
    let within = [pre.variance_within(), post.variance_within()];
    Some(Components {
        between,
        within,
        r_between: correlation(both.variance_between(), between),
        r_within: correlation(both.variance_within(), within).map(|r| r.clamp(-1.0, 1.0)),
    })
}

/// Components of waves that meet other students of the same schools. Students of the waves are independent, so the
/// covariance of the school means is that of the schools:
///
/// ```text
/// cov = sum over arms and schools of (m0 - mean_a)(m1 - mean_a) / (J - A)
/// ```
pub(super) fn unlinked(before: &WaveScores, after: &WaveScores) -> Option<Components> {
    let pre = squares(&before.scores, &before.scores, &before.school, &before.arm)?;
    let post = squares(&after.scores, &after.scores, &after.school, &after.arm)?;
    let [first, last] = [before, after].map(school_means);
    let arm_of: BTreeMap<usize, usize> =
        before.school.iter().copied().zip(before.arm.iter().copied()).collect();
    let common: Vec<usize> = first.keys().filter(|school| last.contains_key(school)).copied().collect();
    let arms: Vec<usize> = common.iter().map(|school| arm_of[school]).collect();
    let of = |means: &BTreeMap<usize, f64>| -> Vec<f64> {
        without_means(&common.iter().map(|school| means[school]).collect::<Vec<_>>(), &arms)
    };
    let (x, y) = (of(&first), of(&last));
    let df = common.len() as f64 - count(&arms) as f64;
    let covariance = x.iter().zip(&y).map(|(x, y)| x * y).sum::<f64>() / df;
    let between = [pre.variance_between().max(0.0), post.variance_between().max(0.0)];
    Some(Components {
        between,
        within: [pre.variance_within(), post.variance_within()],
        r_between: (df >= 1.0).then(|| correlation(covariance, between)).flatten(),
        r_within: None,
    })
}

fn correlation(covariance: f64, [one, other]: [f64; 2]) -> Option<f64> {
    let scale = (one * other).sqrt();
    (scale > 0.0).then(|| covariance / scale)
}

/// Whether every school lies in one arm.
fn is_nested(school: &[usize], arm: &[usize]) -> bool {
    let mut of: BTreeMap<usize, usize> = BTreeMap::new();
    school.iter().zip(arm).all(|(school, arm)| *of.entry(*school).or_insert(*arm) == *arm)
}

fn count(labels: &[usize]) -> usize {
    labels.iter().collect::<std::collections::BTreeSet<_>>().len()
}

/// Sums of products of two scores; of squares where both are one. None with too few schools or students.
fn squares(x: &[f64], y: &[f64], school: &[usize], arm: &[usize]) -> Option<Squares> {
    /// Count and sums of two scores.
    type Sums = (f64, f64, f64);
    let mut schools: BTreeMap<(usize, usize), Sums> = BTreeMap::new();
    let mut arms: BTreeMap<usize, Sums> = BTreeMap::new();
    for (((x, y), school), arm) in x.iter().zip(y).zip(school).zip(arm) {
        for sums in [schools.entry((*arm, *school)).or_default(), arms.entry(*arm).or_default()] {
            sums.0 += 1.0;
            sums.1 += x;
            sums.2 += y;
        }
    }
    let means = |(n, x, y): Sums| (x / n, y / n);
    let mut between = 0.0;
    let mut unequal = 0.0;
    for ((arm, _), sums) in &schools {
        let (own, all) = (means(*sums), means(arms[arm]));
        between += sums.0 * (own.0 - all.0) * (own.1 - all.1);
        unequal += sums.0 * sums.0 / arms[arm].0;
    }
    let within = x.iter().zip(y).zip(school.iter().zip(arm)).map(|((x, y), (school, arm))| {
        let own = means(schools[&(*arm, *school)]);
        (x - own.0) * (y - own.1)
    });
    let (n, j, a) = (x.len() as f64, schools.len() as f64, arms.len() as f64);
    let (df_between, df_within) = (j - a, n - j);
    if df_between < 1.0 || df_within < 1.0 {
        return None;
    }
    Some(Squares { between, within: within.sum(), df_between, df_within, n0: (n - unequal) / df_between })
}

fn school_means(wave: &WaveScores) -> BTreeMap<usize, f64> {
    let mut sums: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    for (score, school) in wave.scores.iter().zip(&wave.school) {
        let entry = sums.entry(*school).or_default();
        entry.0 += score;
        entry.1 += 1.0;
    }
    sums.into_iter().map(|(school, (sum, n))| (school, sum / n)).collect()
}

pub(super) fn without_means(scores: &[f64], group: &[usize]) -> Vec<f64> {
    let mut sums: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    for (score, group) in scores.iter().zip(group) {
        let entry = sums.entry(*group).or_default();
        entry.0 += score;
        entry.1 += 1.0;
    }
    scores.iter().zip(group).map(|(score, group)| score - sums[group].0 / sums[group].1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::icc::anova_icc;
    use crate::num::rng::Stream;

    #[track_caller]
    fn close(found: f64, wanted: f64, tolerance: f64) {
        assert!((found - wanted).abs() <= tolerance, "{found} is not {wanted}");
    }

    /// Students of schools with the stated variances and correlations; arm by school.
    fn drawn(schools: usize, size: usize, seed: u64) -> (Vec<f64>, Vec<f64>, Vec<usize>, Vec<usize>) {
        let mut stream = Stream::new(seed, "variances");
        let (mut pre, mut post, mut school, mut arm) = (vec![], vec![], vec![], vec![]);
        for place in 0..schools {
            let pair = |stream: &mut Stream, sd: f64, r: f64| {
                let (one, other) = (stream.normal(), stream.normal());
                [sd * one, sd * (r * one + (1.0 - r * r).sqrt() * other)]
            };
            let own = pair(&mut stream, 0.3f64.sqrt(), 0.6);
            for _ in 0..size {
                let student = pair(&mut stream, 0.7f64.sqrt(), 0.5);
                pre.push(own[0] + student[0]);
                // The arms lie far apart after: nothing of it may reach the schools.
                post.push(own[1] + student[1] + if place % 2 == 0 { 5.0 } else { 0.0 });
                school.push(place);
                arm.push(place % 2);
            }
        }
        (pre, post, school, arm)
    }

    #[test]
    fn one_arm_is_the_usual_analysis_of_variance() {
        let (pre, post, school, _) = drawn(9, 6, 1);
        let alone = vec![0; pre.len()];
        let found = linked(&pre, &post, &school, &alone).unwrap();
        let icc = anova_icc(&pre, &school, 0.05).unwrap();
        close(found.icc().unwrap(), icc.value.max(0.0), 1e-12);
        close(found.within[0], icc.ms_within, 1e-12);
    }

    /// Six schools of two students in two arms, every sum done by hand.
    #[test]
    fn two_arms_cost_a_degree_of_freedom() {
        // School means before 1 3 5 | 11 13 18, after 2 3 7 | 20 26 29; students 1 below and above before, 2 after.
        let before = [0.0, 2.0, 2.0, 4.0, 4.0, 6.0, 10.0, 12.0, 12.0, 14.0, 17.0, 19.0];
        let after = [0.0, 4.0, 1.0, 5.0, 5.0, 9.0, 18.0, 22.0, 24.0, 28.0, 27.0, 31.0];
        let school = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5];
        let arm = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1];
        let found = linked(&before, &after, &school, &arm).unwrap();
        // Before: SSB = 2 (4 + 0 + 4 + 9 + 1 + 16) = 68 on 4 df, SSW = 12 on 6, n0 = 2.
        close(found.between[0], (68.0 / 4.0 - 2.0) / 2.0, 1e-12);
        close(found.within[0], 2.0, 1e-12);
        // After: SSB = 2 (4 + 1 + 9 + 25 + 1 + 16) = 112 on 4 df, SSW = 48 on 6.
        close(found.between[1], (112.0 / 4.0 - 8.0) / 2.0, 1e-12);
        close(found.within[1], 8.0, 1e-12);
        // Products: 2 ((-2)(-2) + 0(-1) + 2*3 + (-3)(-5) + (-1)(1) + 4*4) = 2 * 40 = 80; within 6 * 2 * 2 = 24 on 6.
        let covariance = (80.0 / 4.0 - 4.0) / 2.0;
        close(found.r_between.unwrap(), covariance / (7.5f64 * 10.0).sqrt(), 1e-12);
        close(found.r_within.unwrap(), 1.0, 1e-12);
        // Means alone, as if the waves met other students: 40 / 4.
        let wave = |scores: &[f64]| WaveScores {
            scores: scores.to_vec(),
            school: school.to_vec(),
            arm: arm.to_vec(),
        };
        let apart = unlinked(&wave(&before), &wave(&after)).unwrap();
        close(apart.r_between.unwrap(), 10.0 / (7.5f64 * 10.0).sqrt(), 1e-12);
        assert_eq!((apart.r_within, apart.between), (None, found.between));
        assert!(linked(&before[..4], &after[..4], &school[..4], &[0, 0, 1, 1]).is_none());
    }

    #[test]
    fn one_slope_for_two_levels() {
        // Standards: r_W 0.6 and r_B 0.7 leave 1 + 0.36 - 0.84 of the schools; r_B^2 would promise 0.51.
        close(explained(0.6, 0.7), 0.48, 1e-15);
        close(explained(0.6, 0.6), 0.36, 1e-15);
        // Change: 2 (1 - r) is left.
        close(1.0 - explained(1.0, 0.7), 0.6, 1e-15);
        assert!(explained(0.6, 0.2) < 0.0);
    }

    /// Mean of 4,000 small studies: the estimates are unbiased, where J - 1 for two arms would be 6 percent short.
    #[test]
    fn few_schools_in_two_arms_are_not_biased() {
        let studies = 4_000;
        let mut sums = [0.0; 4];
        for seed in 0..studies {
            let (pre, post, school, arm) = drawn(13, 8, seed);
            let all = linked(&pre, &post, &school, &arm).unwrap();
            // Truncation at 0 biases a little; variances of these schools are far from it.
            sums[0] += all.between[0];
            sums[1] += all.between[1];
            sums[2] += all.r_between.unwrap_or(0.0) * (all.between[0] * all.between[1]).sqrt();
            sums[3] += all.r_within.unwrap();
        }
        let mean = sums.map(|sum| sum / studies as f64);
        // SD of tau^2 with 11 df is about 0.17, its mean's error 0.0027; four errors.
        close(mean[0], 0.3, 0.011);
        close(mean[1], 0.3, 0.011);
        close(mean[2], 0.18, 0.011);
        close(mean[3], 0.5, 0.01);
    }
}
