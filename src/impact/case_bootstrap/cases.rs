//! Schools as rows of sums, grouped by stratum.

use super::Replicate;
use crate::impact::ImpactError;
use crate::impact::clusters::ClusterIndex;

/// One row of sums per school; schools of a stratum are drawn from each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Cases {
    width: usize,
    /// Rows of schools, grouped by stratum.
    sums: Vec<f64>,
    /// Where the schools of each stratum start, and the end.
    starts: Vec<usize>,
}

/// What the schools of a resample add up to.
#[derive(Debug, Clone, PartialEq)]
pub struct Totals {
    pub(super) width: usize,
    pub(super) counts: Vec<usize>,
    pub(super) sums: Vec<f64>,
}

impl Totals {
    /// Number of strata.
    pub fn strata(&self) -> usize {
        self.counts.len()
    }

    /// Schools drawn in a stratum.
    pub fn count(&self, stratum: usize) -> usize {
        self.counts[stratum]
    }

    /// Their sums, one per column of the rows.
    pub fn of(&self, stratum: usize) -> &[f64] {
        &self.sums[stratum * self.width..(stratum + 1) * self.width]
    }
}

impl Cases {
    /// `stratum` has one entry per school (any whole numbers; strata are numbered in ascending order), `rows`
    /// one row of sums per school, all of the same length.
    ///
    /// # Errors
    /// `LengthMismatch` for rows of different length or another number of them.
    pub fn new(stratum: &[usize], rows: &[Vec<f64>]) -> Result<Self, ImpactError> {
        crate::num::moments::check_same_length(stratum.len(), rows.len())?;
        let width = rows.first().map_or(0, Vec::len);
        let (mut sums, mut starts) = (Vec::with_capacity(width * rows.len()), vec![0]);
        let index = ClusterIndex::new(stratum);
        for (_, schools) in index.iter() {
            for &school in schools {
                crate::num::moments::check_same_length(width, rows[school].len())?;
                sums.extend_from_slice(&rows[school]);
            }
            starts.push(starts.last().unwrap_or(&0) + schools.len());
        }
        Ok(Cases { width, sums, starts })
    }

    /// Number of schools.
    pub fn schools(&self) -> usize {
        self.starts.last().copied().unwrap_or(0)
    }

    /// Number of strata.
    pub fn strata(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of schools of a stratum.
    pub fn size(&self, stratum: usize) -> usize {
        self.starts[stratum + 1] - self.starts[stratum]
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// The row of a school by its place within the stratum.
    pub(super) fn row(&self, stratum: usize, school: usize) -> &[f64] {
        let at = (self.starts[stratum] + school) * self.width;
        &self.sums[at..at + self.width]
    }

    pub(super) fn check_sizes(&self) -> Result<(), ImpactError> {
        let smallest = (0..self.strata()).map(|s| self.size(s)).min().unwrap_or(0);
        if smallest < 2 {
            return Err(ImpactError::TooFewClusters { needed: 2, found: smallest });
        }
        Ok(())
    }

    pub(super) fn blank(&self) -> Totals {
        Totals {
            width: self.width,
            counts: (0..self.strata()).map(|s| self.size(s)).collect(),
            sums: vec![0.0; self.strata() * self.width],
        }
    }

    /// Every school once.
    pub fn totals(&self) -> Totals {
        let mut totals = self.blank();
        for stratum in 0..self.strata() {
            for school in 0..self.size(stratum) {
                add(&mut totals, stratum, self.row(stratum, school), 1.0);
            }
        }
        totals
    }

    /// The acceleration of the BCa interval, from leaving out one school after the other.
    pub(super) fn acceleration(&self, statistic: &dyn Fn(&Totals) -> Option<Replicate>) -> Option<f64> {
        let all = self.totals();
        let estimate = statistic(&all)?.estimate;
        let (mut cubes, mut squares) = (0.0, 0.0);
        for stratum in 0..self.strata() {
            let size = self.size(stratum) as f64;
            for school in 0..self.size(stratum) {
                let mut without = all.clone();
                add(&mut without, stratum, self.row(stratum, school), -1.0);
                without.counts[stratum] -= 1;
                let influence = (size - 1.0) * (estimate - statistic(&without)?.estimate) / size;
                cubes += influence.powi(3);
                squares += influence.powi(2);
            }
        }
        (squares > 0.0).then(|| cubes / (6.0 * squares.powf(1.5)))
    }
}

pub(super) fn add(totals: &mut Totals, stratum: usize, row: &[f64], times: f64) {
    let at = stratum * totals.width;
    totals.sums[at..at + totals.width].iter_mut().zip(row).for_each(|(sum, own)| *sum += times * own);
}
