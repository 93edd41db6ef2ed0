//! Re-assignment of the arms over schools with the adjusted difference as statistic.

use super::MOST_ENUMERATED;
use super::assignments::Assignments;
use crate::impact::clusters::ClusterIndex;
use crate::impact::ols::Design;
use crate::impact::resampling::{Reference, ResamplingOptions, ResamplingTest, threshold};
use crate::impact::working::exchangeable_rows;
use crate::impact::{Arm, ImpactError};
use crate::num::linalg::{OrthogonalBasis, SmallMatrix, dot};
use crate::num::rng::Stream;
use crate::num::{NumError, moments};

/// What of the arm's column the other columns leave, as a share of its square: below this it is rounding, and the
/// assignment has no coefficient.
const SPANNED: f64 = 1e-10;

/// What is compared between assignments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PermutationStatistic {
    /// The coefficient of the arm.
    Coefficient,
    /// The coefficient by its CR1 standard error: also right where schools of the arms differ in their spread or size.
    Studentised,
}

/// Rows, arm and strata of the test.
#[derive(Debug, Clone, Copy)]
pub struct ArmPermutation<'a> {
    /// The regression, the arm's column among its columns.
    pub design: &'a Design,
    /// Name of the arm's column: 1 in the program and 0 in the comparison arm, the same for all rows of a school.
    pub column: &'a str,
    /// Stratum or pair of every row's school, within which arms are re-assigned; `None` without strata. The effects of
    /// strata are columns of the design, if they are wanted.
    pub strata: Option<&'a [usize]>,
    /// Correlation of two rows of one school in the working covariance of the regression, 0 for least squares. It must
    /// not depend on the arms: estimate it without the arm's column.
    pub icc: f64,
    /// What is compared.
    pub statistic: PermutationStatistic,
}

/// A test by re-assignment with the observed coefficient.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CoefficientTest {
    /// Coefficient of the arm under the assignment that was made.
    pub coefficient: f64,
    /// The test; its statistic is the coefficient or its CR1 t.
    pub test: ResamplingTest,
}

/// Tests the coefficient of the arm in a regression by re-assigning the arms over schools.
///
/// ```text
/// b(a) = sum_j a_j s_j / ( sum_j a_j n_j - |sum_j a_j q_j|^2 ),   p = #{ |b(a)| >= |b| } / assignments
/// s_j = 1_j' M y,   n_j = 1_j'1_j,   q_j = Q'1_j,   M = I - QQ'
/// ```
///
/// with Q an orthonormal basis of the other columns, `1_j` the indicator of the rows of school j and `a_j` its arm
/// (Frisch and Waugh). An assignment costs as much as there are program schools, whatever the number of rows;
/// studentised as much as there are schools. With a working covariance all columns, `1_j` included, are those that
/// [`crate::impact::working::fit_exchangeable`] turns.
///
/// Enumerated up to [`MOST_ENUMERATED`] assignments, sampled above. An assignment that the other columns span has no
/// coefficient and counts as extreme. A test of the program only where schools were assigned at random; elsewhere a
/// sensitivity check.
///
/// # Errors
/// `UnknownColumn`, `OutOfRange` when the arm is not 0 or 1 or the correlation outside 0..1, `ClusterInBothArms`,
/// `ArmTooSmall` when no stratum has schools of both arms, `RankDeficient` when the other columns span the arm,
/// `NoVariation` when they explain the outcome, `LengthMismatch`, `NotFinite`.
///
/// # References
/// Gail, Mark, Carroll, Green & Pee (1996), Statistics in Medicine 15, 1069-1092 (adjusted permutation tests of
/// community trials). MacKinnon & Webb (2020), Journal of Econometrics 218, 435-450 (studentised).
pub fn permutation_of_coefficient(
    data: &ArmPermutation<'_>,
    options: ResamplingOptions,
) -> Result<CoefficientTest, ImpactError> {
    let problem = Problem::new(data)?;
    let Observed { coefficient, statistic, limit } = problem.observed(data.column)?;
    let is_extreme = |chosen: &[usize]| problem.statistic(chosen).is_none_or(|(_, s)| s.abs() >= limit);
    let schools = problem.schools.len();
    let assignments = &problem.assignments;
    let mut extreme = 0u64;
    let test = if let Some(total) = assignments.count().filter(|total| *total <= MOST_ENUMERATED) {
        assignments.each(|chosen| extreme += u64::from(is_extreme(chosen)));
        ResamplingTest::new(statistic, extreme, total, Reference::Enumerated, schools)
    } else {
        let mut stream = Stream::new(options.seed, "permutation of a coefficient");
        for _ in 0..options.draws {
            extreme += u64::from(is_extreme(&assignments.draw(&mut stream)));
        }
        ResamplingTest::new(statistic, extreme, u64::from(options.draws), Reference::Sampled, schools)
    };
    Ok(CoefficientTest { coefficient, test })
}

/// A school in the regression without the arm.
struct School {
    /// 1_j' M y.
    score: f64,
    /// 1_j'1_j.
    length: f64,
    /// Q'1_j.
    q: Vec<f64>,
    /// Q_j'Q_j and Q_j' (M y)_j, for the standard error.
    within: Option<(SmallMatrix, Vec<f64>)>,
}

struct Problem {
    schools: Vec<School>,
    treated: Vec<usize>,
    assignments: Assignments,
}

struct Observed {
    coefficient: f64,
    statistic: f64,
    limit: f64,
}

impl Problem {
    fn new(data: &ArmPermutation<'_>) -> Result<Self, ImpactError> {
        let Design { names, columns, y, cluster } = data.design;
        moments::check_same_length(names.len(), columns.len())?;
        moments::check_same_length(cluster.len(), y.len())?;
        moments::check_values(y, 1)?;
        for column in columns {
            moments::check_same_length(column.len(), y.len())?;
        }
        if !(0.0..1.0).contains(&data.icc) {
            return Err(NumError::OutOfRange { name: "icc", value: data.icc }.into());
        }
        let arm = names.iter().position(|name| name == data.column);
        let arm = arm.ok_or_else(|| ImpactError::UnknownColumn { name: data.column.to_owned() })?;
        let index = ClusterIndex::new(cluster);
        let arms = arms(&columns[arm], &index)?;
        let strata = match data.strata {
            Some(strata) => {
                moments::check_same_length(strata.len(), y.len())?;
                index.iter().filter_map(|(_, rows)| rows.first().map(|&row| strata[row])).collect()
            }
            None => vec![0; arms.len()],
        };
        let assignments = Assignments::new(&arms, &strata).ok_or_else(|| {
            let arm = if arms.contains(&true) { Arm::Comparison } else { Arm::Program };
            ImpactError::ArmTooSmall { arm, needed: 1, found: 0 }
        })?;
        let turned = |column: &[f64]| exchangeable_rows(column, &index, data.icc);
        let others: Vec<Vec<f64>> =
            (0..columns.len()).filter(|&j| j != arm).map(|j| turned(&columns[j])).collect();
        let basis = match others.as_slice() {
            [] => None,
            others => Some(OrthogonalBasis::new(&others.iter().map(Vec::as_slice).collect::<Vec<_>>())?),
        };
        let y = turned(y);
        let rest = basis.as_ref().map_or_else(|| y.clone(), |basis| basis.residuals(&y));
        let ones = turned(&vec![1.0; y.len()]);
        let studentised = data.statistic == PermutationStatistic::Studentised;
        let school = |rows: &[usize]| School::new(rows, &ones, &rest, basis.as_ref(), studentised);
        Ok(Problem {
            schools: index.iter().map(|(_, rows)| school(rows)).collect(),
            treated: (0..arms.len()).filter(|&school| arms[school]).collect(),
            assignments,
        })
    }

    fn observed(&self, column: &str) -> Result<Observed, ImpactError> {
        let spanned = || ImpactError::RankDeficient { name: column.to_owned() };
        let (coefficient, statistic) = self.statistic(&self.treated).ok_or_else(spanned)?;
        if !statistic.is_finite() {
            return Err(ImpactError::NoVariation);
        }
        // Rounding of the sum of scores, carried over to the statistic.
        let (sum, all) = self.treated.iter().fold((0.0, 0.0), |(sum, all): (f64, f64), &j| {
            (sum + self.schools[j].score, all + self.schools[j].score.abs())
        });
        let scale = if sum == 0.0 { 0.0 } else { statistic.abs() * all / sum.abs() };
        Ok(Observed { coefficient, statistic, limit: threshold(statistic, scale) })
    }

    /// Coefficient and statistic of an assignment; none where the other columns span it.
    fn statistic(&self, chosen: &[usize]) -> Option<(f64, f64)> {
        let width = self.schools.first().map_or(0, |school| school.q.len());
        let (mut score, mut length, mut w) = (0.0, 0.0, vec![0.0; width]);
        for school in chosen.iter().map(|&j| &self.schools[j]) {
            score += school.score;
            length += school.length;
            w.iter_mut().zip(&school.q).for_each(|(total, q)| *total += q);
        }
        let left = length - dot(&w, &w);
        if !(left > SPANNED * length) {
            return None;
        }
        let coefficient = score / left;
        if self.schools.iter().any(|school| school.within.is_none()) {
            return Some((coefficient, coefficient));
        }
        let mut treated = vec![false; self.schools.len()];
        chosen.iter().for_each(|&j| treated[j] = true);
        let squares: f64 =
            self.schools.iter().zip(treated).map(|(s, a)| s.residual_score(a, &w, coefficient).powi(2)).sum();
        let j = self.schools.len() as f64;
        Some((coefficient, score / (j / (j - 1.0) * squares).sqrt()))
    }
}

impl School {
    fn new(
        rows: &[usize],
        ones: &[f64],
        rest: &[f64],
        basis: Option<&OrthogonalBasis>,
        studentised: bool,
    ) -> Self {
        let width = basis.map_or(0, OrthogonalBasis::rank);
        let mut q = vec![0.0; width];
        let mut school = School { score: 0.0, length: 0.0, q: vec![0.0; width], within: None };
        let (mut s, mut cross) = (SmallMatrix::zeros(width, width), vec![0.0; width]);
        for &row in rows {
            if let Some(basis) = basis {
                basis.q_row(row, &mut q);
            }
            school.score += ones[row] * rest[row];
            school.length += ones[row] * ones[row];
            school.q.iter_mut().zip(&q).for_each(|(total, q)| *total += ones[row] * q);
            if studentised {
                s.add_outer(&q, &q, 1.0);
                cross.iter_mut().zip(&q).for_each(|(total, q)| *total += q * rest[row]);
            }
        }
        school.within = studentised.then_some((s, cross));
        school
    }

    /// x_j'e_j with x the arm less what the other columns explain, e the residuals of the full regression.
    fn residual_score(&self, treated: bool, w: &[f64], coefficient: f64) -> f64 {
        let Some((s, cross)) = &self.within else { return 0.0 };
        let own = f64::from(u8::from(treated));
        let with_outcome = own * self.score - dot(w, cross);
        let with_itself = own * (self.length - 2.0 * dot(w, &self.q)) + dot(w, &s.times(w));
        with_outcome - coefficient * with_itself
    }
}

/// Whether each school has the program.
fn arms(column: &[f64], index: &ClusterIndex) -> Result<Vec<bool>, ImpactError> {
    if let Some(&value) = column.iter().find(|value| **value != 0.0 && **value != 1.0) {
        return Err(NumError::OutOfRange { name: "arm", value }.into());
    }
    let arm = |(label, rows): (usize, &[usize])| {
        let program = rows.iter().filter(|&&row| column[row] == 1.0).count();
        if program != 0 && program != rows.len() {
            return Err(ImpactError::ClusterInBothArms { cluster: label });
        }
        Ok(program > 0)
    };
    index.iter().map(arm).collect()
}

#[cfg(test)]
mod tests;
