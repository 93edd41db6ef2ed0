//! Movement of students between levels: square tables of before by after.

use super::ImpactError;
use crate::num::linalg::{SmallMatrix, dot};
use crate::num::solve::solve;
use crate::num::{NumError, dist};

/// Counts of students, row = level before, column = level after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransitionTable {
    levels: usize,
    counts: Vec<u64>,
}

impl TransitionTable {
    /// Counts pairs of levels 0..`levels`.
    ///
    /// # Errors
    /// `LengthMismatch`, `TooFew` without students or below two levels, `OutOfRange` for a level beyond.
    pub fn new(before: &[usize], after: &[usize], levels: usize) -> Result<Self, ImpactError> {
        crate::num::moments::check_same_length(before.len(), after.len())?;
        let mut counts = vec![0; levels * levels];
        for (&b, &a) in before.iter().zip(after) {
            if b.max(a) >= levels {
                return Err(NumError::OutOfRange { name: "level", value: b.max(a) as f64 }.into());
            }
            counts[b * levels + a] += 1;
        }
        Self::from_counts(counts, levels)
    }

    /// A table from its counts, row after row.
    ///
    /// # Errors
    /// `LengthMismatch` when the table is not square, `TooFew` when empty or below two levels.
    pub fn from_counts(counts: Vec<u64>, levels: usize) -> Result<Self, ImpactError> {
        crate::num::moments::check_same_length(counts.len(), levels * levels)?;
        if levels < 2 || counts.iter().all(|c| *c == 0) {
            return Err(NumError::TooFew { needed: 2, found: levels }.into());
        }
        Ok(TransitionTable { levels, counts })
    }

    /// Students who moved from level `before` to level `after`.
    pub fn count(&self, before: usize, after: usize) -> u64 {
        self.counts.get(before * self.levels + after).copied().unwrap_or(0)
    }

    /// Number of levels.
    pub fn levels(&self) -> usize {
        self.levels
    }

    /// Students of the table.
    pub fn n(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Students who rose.
    pub fn rose(&self) -> u64 {
        self.pairs().map(|(low, high)| self.count(low, high)).sum()
    }

    /// Students who fell.
    pub fn fell(&self) -> u64 {
        self.pairs().map(|(low, high)| self.count(high, low)).sum()
    }

    fn pairs(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        (0..self.levels).flat_map(move |low| (low + 1..self.levels).map(move |high| (low, high)))
    }
}

/// A chi-square test of a table. Students count as independent: with schools the p-value is too small.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TableTest {
    /// Chi-square.
    pub chi2: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// P(chi-square > chi2).
    pub p: f64,
    /// Students.
    pub n: u64,
}

/// Bowker's test of symmetry: as many moved from i to j as from j to i.
///
/// ```text
/// chi2 = sum_{i<j} (n_ij - n_ji)^2 / (n_ij + n_ji),   df = pairs with n_ij + n_ji > 0
/// ```
///
/// R counts all pairs and gives no answer when one is empty; here an empty pair carries no degree of freedom.
///
/// # Errors
/// `NoVariation` when nobody moved.
///
/// # References
/// Bowker (1948), Journal of the American Statistical Association 43, 572-574.
pub fn bowker(table: &TransitionTable) -> Result<TableTest, ImpactError> {
    let (mut chi2, mut df) = (0.0, 0.0);
    for (low, high) in table.pairs() {
        let (up, down) = (table.count(low, high) as f64, table.count(high, low) as f64);
        if up + down > 0.0 {
            chi2 += (up - down).powi(2) / (up + down);
            df += 1.0;
        }
    }
    if df == 0.0 {
        return Err(ImpactError::NoVariation);
    }
    Ok(TableTest { chi2, df, p: dist::chi2_sf(chi2, df)?, n: table.n() })
}

/// Stuart and Maxwell's test of marginal homogeneity: the shares at each level did not change.
///
/// ```text
/// chi2 = d' S^-1 d,   d_i = n_i. - n_.i,   S_ii = n_i. + n_.i - 2 n_ii,   S_ij = -(n_ij + n_ji)
/// ```
///
/// Levels that nobody entered or left are left out; of the others, any one is redundant.
///
/// # Errors
/// `NoVariation` when nobody moved, `Singular` when levels fall into groups between which nobody moved.
///
/// # References
/// Stuart (1955), Biometrika 42, 412-416. Maxwell (1970), British Journal of Psychiatry 116, 651-655.
pub fn stuart_maxwell(table: &TransitionTable) -> Result<TableTest, ImpactError> {
    let k = table.levels();
    let before = |i: usize| (0..k).map(|j| table.count(i, j)).sum::<u64>() as f64;
    let after = |i: usize| (0..k).map(|j| table.count(j, i)).sum::<u64>() as f64;
    let moved = |i: usize| before(i) + after(i) - 2.0 * table.count(i, i) as f64;
    let mut levels: Vec<usize> = (0..k).filter(|&i| moved(i) > 0.0).collect();
    if levels.pop().is_none() {
        return Err(ImpactError::NoVariation);
    }
    let mut s = SmallMatrix::zeros(levels.len(), levels.len());
    for (a, &i) in levels.iter().enumerate() {
        for (b, &j) in levels.iter().enumerate() {
            let both = (table.count(i, j) + table.count(j, i)) as f64;
            s.set(a, b, if i == j { moved(i) } else { -both });
        }
    }
    let d: Vec<f64> = levels.iter().map(|&i| before(i) - after(i)).collect();
    let chi2 = dot(&d, &solve(&s, &d)?);
    let df = levels.len() as f64;
    Ok(TableTest { chi2, df, p: dist::chi2_sf(chi2, df)?, n: table.n() })
}

/// McNemar's two-sided mid-p: the exact p less half the probability of the observed split (times two).
/// Closer to its level than the exact test, which is too careful.
///
/// # Errors
/// `NoVariation` when nobody changed.
///
/// # References
/// Fagerland, Lydersen & Laake (2013), BMC Medical Research Methodology 13, 91.
pub fn mcnemar_mid_p(improved: u64, declined: u64) -> Result<f64, ImpactError> {
    let changed = improved.checked_add(declined).filter(|n| *n > 0).ok_or(ImpactError::NoVariation)?;
    if improved == declined {
        // Twice the tail holds the middle twice.
        return Ok(1.0 - point(improved, changed));
    }
    let exact = dist::binomial_two_sided_p(improved, changed, 0.5)?;
    Ok((exact - point(improved, changed)).clamp(0.0, 1.0))
}

fn point(successes: u64, trials: u64) -> f64 {
    let (k, n) = (successes as f64, trials as f64);
    let ln = libm::lgamma(n + 1.0)
        - libm::lgamma(k + 1.0)
        - libm::lgamma(n - k + 1.0)
        - n * std::f64::consts::LN_2;
    ln.exp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::close;

    #[test]
    fn two_levels_are_mcnemar() {
        let table = TransitionTable::from_counts(vec![20, 40, 8, 12], 2).unwrap();
        close(bowker(&table).unwrap().chi2, 32.0 * 32.0 / 48.0, 1e-12);
        close(stuart_maxwell(&table).unwrap().chi2, 32.0 * 32.0 / 48.0, 1e-12);
        assert_eq!((table.rose(), table.fell(), table.n()), (40, 8, 80));
        // 1 of 4: 2 (1/16 + 4/16) = .625 exact, less 4/16.
        close(mcnemar_mid_p(1, 3).unwrap(), 0.375, 1e-14);
        close(mcnemar_mid_p(2, 2).unwrap(), 1.0 - 0.375, 1e-14);
    }

    #[test]
    fn empty_levels_and_named_outcomes() {
        let table = TransitionTable::new(&[0, 0, 2, 2, 0], &[2, 0, 2, 0, 2], 4).unwrap();
        close(bowker(&table).unwrap().df, 1.0, 0.0);
        close(stuart_maxwell(&table).unwrap().df, 1.0, 0.0);
        let still = TransitionTable::new(&[0, 1], &[0, 1], 2).unwrap();
        assert_eq!(bowker(&still), Err(ImpactError::NoVariation));
        assert_eq!(stuart_maxwell(&still), Err(ImpactError::NoVariation));
        let apart = TransitionTable::new(&[0, 1, 2, 3], &[1, 0, 3, 2], 4).unwrap();
        assert_eq!(stuart_maxwell(&apart), Err(NumError::Singular.into()));
        assert!(TransitionTable::new(&[0, 4], &[0, 1], 4).is_err());
        assert!(TransitionTable::from_counts(vec![0; 4], 2).is_err());
        assert!(mcnemar_mid_p(0, 0).is_err());
    }
}
