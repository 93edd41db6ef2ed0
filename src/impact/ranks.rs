//! Wilcoxon's signed rank test and the Mann-Whitney test. Neither knows of schools.

use super::{Arm, ImpactError};
use crate::num::{dist, moments};

/// Sample sizes below this are tested exactly when there are no ties, as in R.
const EXACT_BELOW: usize = 50;

/// Where the leading p of a rank test comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RankMethod {
    /// The exact distribution of ranks: small samples without ties (and without zero differences).
    Exact,
    /// The normal distribution with variance corrected for ties and a continuity correction.
    TieCorrectedNormal,
}

/// A rank test with every customary p-value, each under its own name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankTest {
    /// V: ranks of positive differences; or U: pairs in which the program is larger, ties half.
    pub statistic: f64,
    /// The p that leads.
    pub p: f64,
    /// Where it comes from.
    pub method: RankMethod,
    /// Exact p given the ties that there are; `None` for samples of `EXACT_BELOW` or more.
    pub p_exact: Option<f64>,
    /// Standardised statistic without continuity correction.
    pub z: f64,
    /// Two-sided normal p of `z`.
    pub p_normal: f64,
    /// Two-sided normal p with continuity correction.
    pub p_corrected: f64,
    /// Values that were ranked.
    pub n: usize,
    /// Zero differences that were left out (signed ranks only).
    pub zeros: usize,
    /// True when ranks were tied.
    pub tied: bool,
}

/// Wilcoxon's signed rank test of `post - pre`; zero differences are left out.
///
/// ```text
/// z = (V - n(n+1)/4) / sqrt(n(n+1)(2n+1)/24 - sum(t^3 - t)/48)
/// ```
///
/// # Errors
/// `NoVariation` when all differences are zero, `LengthMismatch`, `NotFinite`.
///
/// # References
/// Wilcoxon (1945), Biometrics Bulletin 1, 80-83. Hollander, Wolfe & Chicken (2014), section 3.1.
pub fn wilcoxon_signed_rank(pre: &[f64], post: &[f64]) -> Result<RankTest, ImpactError> {
    moments::check_same_length(pre.len(), post.len())?;
    let all: Vec<f64> = pre.iter().zip(post).map(|(a, b)| b - a).collect();
    moments::check_values(&all, 1)?;
    let differences: Vec<f64> = all.iter().copied().filter(|d| *d != 0.0).collect();
    let n = differences.len();
    if n == 0 {
        return Err(ImpactError::NoVariation);
    }
    let ranked = ranks(&differences.iter().map(|d| d.abs()).collect::<Vec<_>>());
    let positive = differences.iter().zip(&ranked.ranks).filter(|(d, _)| **d > 0.0);
    let statistic: f64 = positive.map(|(_, r)| r).sum();
    let size = n as f64;
    let mean = size * (size + 1.0) / 4.0;
    let variance = size * (size + 1.0) * (2.0 * size + 1.0) / 24.0 - ranked.ties / 48.0;
    let zeros = all.len() - n;
    let exact = (n < EXACT_BELOW).then(|| signed_rank_p(&ranked.ranks, statistic));
    Ok(RankTest { zeros, ..finish(statistic, mean, variance, exact, n, ranked.ties > 0.0, zeros > 0) })
}

/// The Mann-Whitney test: U of the program against the comparison values.
///
/// ```text
/// z = (U - n1 n0 / 2) / sqrt(n1 n0 / 12 ((N+1) - sum(t^3 - t) / (N (N-1))))
/// ```
///
/// # Errors
/// `ArmTooSmall` for an empty group, `NoVariation` when all values are equal, `NotFinite`.
///
/// # References
/// Mann & Whitney (1947), Annals of Mathematical Statistics 18, 50-60.
pub fn mann_whitney(program: &[f64], comparison: &[f64]) -> Result<RankTest, ImpactError> {
    for (arm, values) in [(Arm::Program, program), (Arm::Comparison, comparison)] {
        if values.is_empty() {
            return Err(ImpactError::ArmTooSmall { arm, needed: 1, found: 0 });
        }
    }
    let all: Vec<f64> = program.iter().chain(comparison).copied().collect();
    moments::check_values(&all, 2)?;
    if all.iter().all(|v| *v == all[0]) {
        return Err(ImpactError::NoVariation);
    }
    let ranked = ranks(&all);
    let (n1, n0, n) = (program.len() as f64, comparison.len() as f64, all.len() as f64);
    let sum: f64 = ranked.ranks[..program.len()].iter().sum();
    let statistic = sum - n1 * (n1 + 1.0) / 2.0;
    let variance = n1 * n0 / 12.0 * ((n + 1.0) - ranked.ties / (n * (n - 1.0)));
    let small = program.len() < EXACT_BELOW && comparison.len() < EXACT_BELOW;
    let exact = small.then(|| rank_sum_p(&ranked.ranks, program.len(), sum));
    Ok(finish(statistic, n1 * n0 / 2.0, variance, exact, all.len(), ranked.ties > 0.0, false))
}

fn finish(
    statistic: f64,
    mean: f64,
    variance: f64,
    p_exact: Option<f64>,
    n: usize,
    tied: bool,
    zeros: bool,
) -> RankTest {
    let (distance, sd) = (statistic - mean, variance.sqrt());
    let two_sided = |z: f64| (2.0 * dist::normal_sf(z)).min(1.0);
    let p_corrected = two_sided((distance.abs() - 0.5).max(0.0) / sd);
    let (p, method) = match p_exact {
        Some(p) if !tied && !zeros => (p, RankMethod::Exact),
        _ => (p_corrected, RankMethod::TieCorrectedNormal),
    };
    let z = distance / sd;
    RankTest {
        statistic,
        p,
        method,
        p_exact,
        z,
        p_normal: two_sided(z.abs()),
        p_corrected,
        n,
        zeros: 0,
        tied,
    }
}

/// Midranks and the sum of t^3 - t over groups of ties.
struct Ranks {
    ranks: Vec<f64>,
    ties: f64,
}

fn ranks(values: &[f64]) -> Ranks {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut found = Ranks { ranks: vec![0.0; values.len()], ties: 0.0 };
    let mut start = 0;
    while start < order.len() {
        let same = |&i: &usize| values[i] == values[order[start]];
        let end = start + order[start..].iter().take_while(|i| same(i)).count();
        let middle = (start + end + 1) as f64 / 2.0;
        order[start..end].iter().for_each(|&i| found.ranks[i] = middle);
        let t = (end - start) as f64;
        found.ties += t * t * t - t;
        start = end;
    }
    found
}

/// Twice the smaller tail over all signs. Doubled midranks are whole numbers, so that sums index a table.
fn signed_rank_p(ranks: &[f64], statistic: f64) -> f64 {
    let doubled: Vec<usize> = ranks.iter().map(|r| (2.0 * r).round() as usize).collect();
    let total: usize = doubled.iter().sum();
    let mut share = vec![0.0; total + 1];
    share[0] = 1.0;
    let mut reached = 0;
    for &rank in &doubled {
        reached += rank;
        for sum in (0..=reached).rev() {
            let with = if sum >= rank { share[sum - rank] } else { 0.0 };
            share[sum] = 0.5 * (share[sum] + with);
        }
    }
    two_tails(&share, (2.0 * statistic).round() as usize)
}

/// Twice the smaller tail over all choices of `chosen` ranks.
fn rank_sum_p(ranks: &[f64], chosen: usize, statistic: f64) -> f64 {
    let doubled: Vec<usize> = ranks.iter().map(|r| (2.0 * r).round() as usize).collect();
    let mut largest = doubled.clone();
    largest.sort_unstable();
    let most: usize = largest.iter().rev().take(chosen).sum();
    // Probabilities instead of counts, so that nothing overflows: each rank is chosen with the chance that
    // sampling without replacement gives it.
    let mut share = vec![vec![0.0; most + 1]; chosen + 1];
    share[0][0] = 1.0;
    for (seen, &rank) in doubled.iter().enumerate() {
        let left = (doubled.len() - seen) as f64;
        for taken in (0..=chosen.min(seen + 1)).rev() {
            let keep = 1.0 - (chosen - taken) as f64 / left;
            let add = if taken > 0 { (chosen - taken + 1) as f64 / left } else { 0.0 };
            for sum in (0..=most).rev() {
                let with = if taken > 0 && sum >= rank { share[taken - 1][sum - rank] } else { 0.0 };
                share[taken][sum] = keep.max(0.0) * share[taken][sum] + add * with;
            }
        }
    }
    two_tails(&share[chosen], (2.0 * statistic).round() as usize)
}

fn two_tails(share: &[f64], at: usize) -> f64 {
    let at = at.min(share.len() - 1);
    let (low, high): (f64, f64) = (share[..=at].iter().sum(), share[at..].iter().sum());
    (2.0 * low.min(high)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::close;

    #[test]
    fn small_samples_by_hand() {
        // All five positive: 2 / 2^5.
        let test = wilcoxon_signed_rank(&[0.0; 5], &[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
        close(test.p, 0.0625, 1e-15);
        assert_eq!((test.statistic, test.method, test.zeros), (15.0, RankMethod::Exact, 0));
        // Complete separation of 3 and 3: 2 / 20.
        let test = mann_whitney(&[4.0, 5.0, 6.0], &[1.0, 2.0, 3.0]).unwrap();
        close(test.p, 0.1, 1e-15);
        assert_eq!(test.statistic, 9.0);
        let tied = mann_whitney(&[1.0, 2.0, 2.0], &[1.0, 1.0, 2.0]).unwrap();
        assert_eq!((tied.method, tied.tied), (RankMethod::TieCorrectedNormal, true));
        let equal = mann_whitney(&[1.0, 4.0], &[2.0, 3.0]).unwrap();
        assert_eq!((equal.p, equal.p_corrected), (1.0, 1.0));
    }

    #[test]
    fn named_outcomes() {
        assert_eq!(wilcoxon_signed_rank(&[1.0], &[1.0]), Err(ImpactError::NoVariation));
        assert!(wilcoxon_signed_rank(&[1.0], &[]).is_err());
        assert!(mann_whitney(&[], &[1.0]).is_err());
        assert_eq!(mann_whitney(&[1.0], &[1.0, 1.0]), Err(ImpactError::NoVariation));
        assert!(mann_whitney(&[f64::NAN], &[1.0]).is_err());
        let zeros = wilcoxon_signed_rank(&[0.0, 0.0, 0.0], &[0.0, 1.0, -2.0]).unwrap();
        assert_eq!((zeros.n, zeros.zeros, zeros.method), (2, 1, RankMethod::TieCorrectedNormal));
    }
}
