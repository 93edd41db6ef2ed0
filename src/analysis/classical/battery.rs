//! The tests of one arm and of two arms.

use super::{Group, notices};
use crate::analysis::findings::{
    ClassicalT, ComparedScore, EqualVariances, IndependentT, NormalityFindings, NormalityTest, Notice,
    PairedT, RankP, RankSums, SignedRanks, VarianceRatio,
};
use crate::analysis::outcome::Sample;
use crate::impact::anova::{Anova, LeveneCentre, levene};
use crate::impact::classical::{paired_t, pooled_t, welch_t};
use crate::impact::normality::{LillieforsP, lilliefors, shapiro_wilk};
use crate::impact::ranks::{RankMethod, RankTest, mann_whitney, wilcoxon_signed_rank};
use crate::impact::{Arm, CoefTest, ImpactError};
use crate::num::moments;

/// Beyond this p SPSS prints a lower bound for Lilliefors' test.
const LILLIEFORS_END: f64 = 0.2;

/// Normality of the differences, which is what the paired t takes for granted.
pub(super) fn normality(group: &Group<'_>, notices: &mut Vec<Notice>) -> Option<NormalityFindings> {
    let differences = group.linked.changes();
    let shapiro = shapiro_wilk(&differences).ok();
    let lilliefors = lilliefors(&differences).ok();
    if shapiro.is_none() {
        notices.push(notices::no_normality(differences.len()));
    }
    if shapiro.is_none() && lilliefors.is_none() {
        return None;
    }
    Some(NormalityFindings {
        arm: group.arm.to_owned(),
        n: differences.len(),
        shapiro_wilk: shapiro.map(|test| NormalityTest { statistic: test.w, p: test.p, at_least: false }),
        lilliefors: lilliefors.map(|test| match test.p {
            LillieforsP::Value(p) => NormalityTest { statistic: test.d, p, at_least: false },
            LillieforsP::AboveFifth => NormalityTest { statistic: test.d, p: LILLIEFORS_END, at_least: true },
        }),
    })
}

/// Student's paired t.
pub(super) fn paired(group: &Group<'_>, alpha: f64, notices: &mut Vec<Notice>) -> Option<PairedT> {
    let linked = &group.linked;
    let Ok(test) = paired_t(&linked.before, &linked.after, alpha) else {
        notices.push(notices::no_variation());
        return None;
    };
    let sd = moments::sd(&linked.changes()).ok()?;
    Some(PairedT { arm: group.arm.to_owned(), sd, test: as_finding(&test) })
}

/// Wilcoxon's signed rank test.
pub(super) fn signed_ranks(group: &Group<'_>) -> Option<SignedRanks> {
    let changes = without_noise(group.linked.changes());
    let test = wilcoxon_signed_rank(&vec![0.0; changes.len()], &changes).ok()?;
    let positive = changes.iter().filter(|change| **change > 0.0).count();
    let negative = changes.iter().filter(|change| **change < 0.0).count();
    let all = (test.n * (test.n + 1)) as f64 / 2.0;
    let mean = |sum: f64, n: usize| (n > 0).then(|| sum / n as f64);
    let (p, method) = customary_p(&test);
    Some(SignedRanks {
        arm: group.arm.to_owned(),
        negative,
        negative_rank: mean(all - test.statistic, negative),
        positive,
        positive_rank: mean(test.statistic, positive),
        equal: test.zeros,
        statistic: test.statistic,
        z: test.z,
        p,
        method,
    })
}

/// Values without the rounding noise of subtracting percentages: equal gains must tie.
fn without_noise(values: Vec<f64>) -> Vec<f64> {
    values.into_iter().map(|value| (value * 1e9).round() / 1e9).collect()
}

/// The p that SPSS prints: exact for small samples without ties, else that of Z without continuity correction.
fn customary_p(test: &RankTest) -> (f64, RankP) {
    match test.method {
        RankMethod::Exact => (test.p, RankP::Exact),
        RankMethod::TieCorrectedNormal => (test.p_normal, RankP::TieCorrectedZ),
    }
}

/// Gains and scores after of a programme and a comparison arm.
pub(super) struct Pair {
    program: ArmScores,
    comparison: ArmScores,
    /// Whether the study names the comparison arm before the programme.
    comparison_first: bool,
}

struct ArmScores {
    gains: Vec<f64>,
    post: Vec<f64>,
}

impl ArmScores {
    fn of(group: &Group<'_>) -> Self {
        ArmScores {
            gains: without_noise(group.linked.changes()),
            post: without_noise(group.linked.after.clone()),
        }
    }

    fn scores(&self, score: ComparedScore) -> &[f64] {
        match score {
            ComparedScore::Gain => &self.gains,
            ComparedScore::Post => &self.post,
        }
    }
}

impl Pair {
    /// The pair of a design with exactly one arm of each role; none elsewhere.
    pub(super) fn of(sample: &Sample<'_>, groups: &[Group<'_>]) -> Option<Self> {
        let [one, other] = groups else { return None };
        let (program, comparison) = match (sample.role(one.place), sample.role(other.place)) {
            (Arm::Program, Arm::Comparison) => (one, other),
            (Arm::Comparison, Arm::Program) => (other, one),
            _ => return None,
        };
        let comparison_first = program.place > comparison.place;
        Some(Pair {
            program: ArmScores::of(program),
            comparison: ArmScores::of(comparison),
            comparison_first,
        })
    }

    /// Welch's t of the gains.
    pub(super) fn welch_of_gains(&self, alpha: f64) -> Result<CoefTest, ImpactError> {
        welch_t(&self.program.gains, &self.comparison.gains, alpha)
    }

    /// The scores of both arms, in the order of the groups, with their pooled t (programme less comparison).
    pub(super) fn pooled(&self, score: ComparedScore, alpha: f64) -> Option<(Vec<f64>, CoefTest)> {
        let (program, comparison) = (self.program.scores(score), self.comparison.scores(score));
        let test = pooled_t(program, comparison, alpha).ok()?;
        let values =
            if self.comparison_first { [comparison, program] } else { [program, comparison] }.concat();
        Some((values, test))
    }

    /// Levene's test of the gains or of the scores after, by mean and by median.
    pub(super) fn equal_variances(&self, score: ComparedScore) -> Option<EqualVariances> {
        let (program, comparison) = (self.program.scores(score), self.comparison.scores(score));
        let both = [program, comparison].concat();
        let group: Vec<usize> = (0..both.len()).map(|row| usize::from(row >= program.len())).collect();
        let of = |centre| levene(&both, &group, centre).ok().map(|test| ratio(&test));
        Some(EqualVariances {
            mean_centred: of(LeveneCentre::Mean)?,
            median_centred: of(LeveneCentre::Median)?,
        })
    }

    /// The independent t of gains and of scores after.
    pub(super) fn t_tests(&self, alpha: f64) -> Vec<IndependentT> {
        let of = |score: ComparedScore| {
            let (program, comparison) = (self.program.scores(score), self.comparison.scores(score));
            Some(IndependentT {
                score,
                welch: as_finding(&welch_t(program, comparison, alpha).ok()?),
                pooled: as_finding(&pooled_t(program, comparison, alpha).ok()?),
            })
        };
        [ComparedScore::Gain, ComparedScore::Post].into_iter().filter_map(of).collect()
    }

    /// Mann-Whitney of gains and of scores after.
    pub(super) fn rank_sums(&self) -> Vec<RankSums> {
        let of = |score: ComparedScore| {
            let (program, comparison) = (self.program.scores(score), self.comparison.scores(score));
            let test = mann_whitney(program, comparison).ok()?;
            let (n1, n0) = (program.len() as f64, comparison.len() as f64);
            // Sum of ranks of an arm: its U and the ranks it would have below everybody else.
            let mean_rank = |u: f64, n: f64| u / n + (n + 1.0) / 2.0;
            let other = n1 * n0 - test.statistic;
            let (p, method) = customary_p(&test);
            Some(RankSums {
                score,
                n: [program.len(), comparison.len()],
                mean_rank: [mean_rank(test.statistic, n1), mean_rank(other, n0)],
                u: test.statistic.min(other),
                z: test.z,
                p,
                method,
            })
        };
        [ComparedScore::Gain, ComparedScore::Post].into_iter().filter_map(of).collect()
    }
}

fn ratio(test: &Anova) -> VarianceRatio {
    VarianceRatio { f: test.f, df_between: test.df_between, df_within: test.df_within, p: test.p }
}

fn as_finding(test: &CoefTest) -> ClassicalT {
    ClassicalT {
        estimate: test.estimate,
        se: test.se,
        t: test.t,
        df: test.df,
        p: test.p,
        ci: [test.ci.low, test.ci.high],
        n: test.n,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With two groups F is the square of the pooled t of the distances from the centre.
    #[test]
    fn levene_of_the_scores_after() {
        let arm = |post: &[f64]| ArmScores { gains: vec![1.0, 2.0, 4.0, 8.0], post: post.to_vec() };
        let (one, other) = ([10.0, 12.0, 13.0, 21.0], [11.0, 30.0, 52.0, 70.0, 71.0]);
        let pair = Pair { comparison_first: false, program: arm(&one), comparison: arm(&other) };
        let found = pair.equal_variances(ComparedScore::Post).unwrap();
        let distances = |values: &[f64]| -> Vec<f64> {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            values.iter().map(|value| (value - mean).abs()).collect()
        };
        let test = pooled_t(&distances(&one), &distances(&other), 0.05).unwrap();
        assert!((found.mean_centred.f - test.t * test.t).abs() < 1e-10);
        assert!((found.mean_centred.p - test.p).abs() < 1e-10);
        assert_ne!(pair.equal_variances(ComparedScore::Gain), Some(found));
    }
}
