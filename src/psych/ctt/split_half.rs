//! Split-half reliability.

use super::covariance::ItemCovariance;
use crate::num::rng::Stream;
use crate::psych::PsychError;

/// Two halves of a test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SplitHalf {
    /// Correlation of the sums of the halves.
    pub r: f64,
    /// Stepped up to full length, `2 r / (1 + r)`; assumes halves of equal variance. `None` at r = -1.
    pub spearman_brown: Option<f64>,
    /// `4 cov(A, B) / V`, which needs no equal variances (Guttman, Flanagan).
    pub flanagan: f64,
}

/// How the splits of a test are gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SplitOptions {
    /// All splits are taken when there are no more than this; else as many random ones.
    pub most: usize,
}

impl Default for SplitOptions {
    /// All splits up to 16 items (6,435).
    fn default() -> Self {
        SplitOptions { most: 10_000 }
    }
}

/// The split-half coefficients `4 cov(A, B) / V` over splits into halves of equal size (or differing by one).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AllSplits {
    /// Splits taken.
    pub splits: usize,
    /// True when these are all there are.
    pub exhaustive: bool,
    /// Mean; over all splits of an even number of items it is alpha.
    pub mean: f64,
    /// Smallest.
    pub lowest: f64,
    /// Largest: lambda 4. Of random splits the best one is improved by exchanging items.
    pub highest: f64,
}

/// Reliability from the halves given by `first`: its items against all other items that vary.
///
/// Missing points: from the pairwise covariance matrix.
///
/// # Errors
/// `TooFewItems` when a half is empty, `NoVariation` when a half or the sum does not vary.
///
/// # References
/// Spearman (1910), Brown (1910), British Journal of Psychology 3; Guttman (1945), Psychometrika 10, 255-282.
pub fn split_half(covariance: &ItemCovariance, first: &[usize]) -> Result<SplitHalf, PsychError> {
    let (a, b): (Vec<usize>, Vec<usize>) = covariance.varying.iter().partition(|i| first.contains(i));
    if a.is_empty() || b.is_empty() {
        return Err(PsychError::TooFewItems { needed: 2, found: covariance.varying.len() });
    }
    let between: f64 = a.iter().map(|&i| covariance.with_sum(i, &b)).sum();
    let (va, vb) = (covariance.total(&a), covariance.total(&b));
    let total = va + vb + 2.0 * between;
    if !(va > 0.0 && vb > 0.0 && total > 0.0) {
        return Err(PsychError::NoVariation);
    }
    let r = (between / (va * vb).sqrt()).clamp(-1.0, 1.0);
    let spearman_brown = (r > -1.0).then(|| 2.0 * r / (1.0 + r));
    Ok(SplitHalf { r, spearman_brown, flanagan: 4.0 * between / total })
}

/// The odd against the even items, counted over the items that vary.
///
/// # Errors
/// As [`split_half`].
pub fn odd_even(covariance: &ItemCovariance) -> Result<SplitHalf, PsychError> {
    let first: Vec<usize> = covariance.varying.iter().copied().step_by(2).collect();
    split_half(covariance, &first)
}

/// Split-half coefficients over all splits, or over random ones when there are too many.
///
/// # Errors
/// `TooFewItems` below two items that vary, `NoVariation` when the sum does not vary.
pub fn all_splits(
    covariance: &ItemCovariance,
    options: &SplitOptions,
    stream: &mut Stream,
) -> Result<AllSplits, PsychError> {
    let items = &covariance.varying;
    let k = items.len();
    if k < 2 {
        return Err(PsychError::TooFewItems { needed: 2, found: k });
    }
    let total = covariance.total(items);
    if total <= 0.0 {
        return Err(PsychError::NoVariation);
    }
    let coefficient = |half: &[usize]| {
        let rest: Vec<usize> = (0..k).filter(|p| !half.contains(p)).collect();
        let between = half.iter().flat_map(|&a| rest.iter().map(move |&b| (a, b)));
        4.0 * between.map(|(a, b)| covariance.matrix.get(items[a], items[b])).sum::<f64>() / total
    };
    let mut sums = Sums::default();
    let exhaustive = number_of_splits(k) <= options.most as f64;
    if exhaustive {
        let mut half: Vec<usize> = (0..k / 2).collect();
        loop {
            sums.add(coefficient(&half), &half);
            // With halves of equal size each split would come twice: the first item stays where it is.
            if !next_combination(&mut half, k) || (k.is_multiple_of(2) && half[0] > 0) {
                break;
            }
        }
    } else {
        for _ in 0..options.most.max(1) {
            let half = stream.sample(k, k / 2);
            sums.add(coefficient(&half), &half);
        }
        sums.highest = improved(sums.best.clone(), k, sums.highest, coefficient);
    }
    let Sums { splits, total, lowest, highest, .. } = sums;
    Ok(AllSplits { splits, exhaustive, mean: total / splits as f64, lowest, highest })
}

struct Sums {
    splits: usize,
    total: f64,
    lowest: f64,
    highest: f64,
    best: Vec<usize>,
}

impl Default for Sums {
    fn default() -> Self {
        Sums { splits: 0, total: 0.0, lowest: f64::INFINITY, highest: f64::NEG_INFINITY, best: vec![] }
    }
}

impl Sums {
    fn add(&mut self, value: f64, half: &[usize]) {
        self.splits += 1;
        self.total += value;
        self.lowest = self.lowest.min(value);
        if value > self.highest {
            self.highest = value;
            self.best = half.to_vec();
        }
    }
}

/// Number of different splits into halves, as a real number because it grows like 2^k.
fn number_of_splits(k: usize) -> f64 {
    let half = k / 2;
    let ways: f64 = (0..half).map(|i| (k - i) as f64 / (i + 1) as f64).product();
    if k.is_multiple_of(2) { ways.round() / 2.0 } else { ways.round() }
}

/// The next combination in lexicographic order; false after the last.
fn next_combination(half: &mut [usize], k: usize) -> bool {
    let size = half.len();
    let Some(place) = (0..size).rev().find(|&i| half[i] < k - size + i) else { return false };
    half[place] += 1;
    for later in place + 1..size {
        half[later] = half[later - 1] + 1;
    }
    true
}

/// Exchanges items between the halves while that raises the coefficient.
fn improved(mut half: Vec<usize>, k: usize, mut best: f64, coefficient: impl Fn(&[usize]) -> f64) -> f64 {
    loop {
        let mut exchange = None;
        for place in 0..half.len() {
            for other in (0..k).filter(|o| !half.contains(o)) {
                let mut trial = half.clone();
                trial[place] = other;
                let value = coefficient(&trial);
                if value > best + 1e-12 {
                    (best, exchange) = (value, Some(trial));
                }
            }
        }
        match exchange {
            Some(better) => half = better,
            None => return best,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::covariance::item_covariance;
    use super::super::reliability::alpha;
    use super::*;
    use crate::psych::ItemMatrix;

    #[test]
    fn the_mean_of_all_splits_is_alpha() {
        let mut stream = Stream::new(2, "splits");
        let points: Vec<f64> = (0..60)
            .flat_map(|_| {
                let level = stream.uniform();
                (0..6).map(|_| f64::from(u8::from(stream.chance(level)))).collect::<Vec<_>>()
            })
            .collect();
        let m = ItemMatrix::complete(60, 6, points, vec![1.0; 6]).unwrap();
        let c = item_covariance(&m).unwrap();
        let found = all_splits(&c, &SplitOptions::default(), &mut stream).unwrap();
        assert_eq!((found.splits, found.exhaustive), (10, true));
        assert!((found.mean - alpha(&m, &c, 0.05).unwrap().value).abs() < 1e-14);
        let half = odd_even(&c).unwrap();
        assert!(found.lowest <= half.flanagan && half.flanagan <= found.highest);
        // A search among random splits finds the same largest one.
        let random = all_splits(&c, &SplitOptions { most: 3 }, &mut stream).unwrap();
        assert!(!random.exhaustive && (random.highest - found.highest).abs() < 1e-12);
        assert!(split_half(&c, &[]).is_err());
    }

    #[test]
    fn two_items_and_odd_numbers() {
        let m =
            ItemMatrix::complete(4, 3, vec![1., 1., 0., 0., 0., 0., 1., 0., 1., 1., 1., 1.], vec![1.0; 3]);
        let c = item_covariance(&m.unwrap()).unwrap();
        let found = all_splits(&c, &SplitOptions::default(), &mut Stream::new(1, "s")).unwrap();
        assert_eq!((found.splits, number_of_splits(15), number_of_splits(16)), (3, 6435.0, 6435.0));
        let two = ItemMatrix::complete(4, 2, vec![1., 1., 0., 0., 1., 0., 1., 1.], vec![1.0; 2]).unwrap();
        let c = item_covariance(&two).unwrap();
        assert_eq!(all_splits(&c, &SplitOptions::default(), &mut Stream::new(1, "s")).unwrap().splits, 1);
    }
}
