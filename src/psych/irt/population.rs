//! The distribution of ability: groups with own means and variances, and latent regression.
//!
//! ```text
//! theta_p ~ N(x_p' beta, sigma^2_g(p))
//! ```
//!
//! Persons with equal group and equal covariates form a cell; the likelihood only knows cells. Columns
//! of X are, in order: a constant (only when the mean is free), one indicator per group after the first,
//! the covariates.

use super::IrtError;
use crate::num::linalg::OrthogonalBasis;

/// Who the persons are. Leave parts out with `None` or an empty slice.
#[derive(Debug, Clone, Copy, Default)]
pub struct Population<'a> {
    /// Group of each person, numbered from 0; each group has its own mean and variance.
    pub groups: Option<&'a [usize]>,
    /// Columns of covariates, each with one value per person (latent regression).
    pub covariates: &'a [&'a [f64]],
    /// Sampling weight of each person, not negative; used as given, not rescaled.
    pub weights: Option<&'a [f64]>,
}

/// Cells of the population with their rows of X.
pub(super) struct Cells {
    /// Cell of each person.
    pub of_person: Vec<u32>,
    /// Group of each cell.
    pub group: Vec<usize>,
    /// Rows of X, cell by cell.
    pub design: Vec<f64>,
    /// Columns of X.
    pub columns: usize,
    /// Number of groups.
    pub groups: usize,
}

impl Cells {
    /// Numbers the cells in the order of group and covariates, which does not depend on the order of rows.
    pub fn new(population: &Population, persons: usize, free_mean: bool) -> Result<Self, IrtError> {
        check(population, persons)?;
        let group = |p: usize| population.groups.map_or(0, |g| g[p]);
        let groups = (0..persons).map(group).max().map_or(1, |g| g + 1);
        let less = |a: &usize, b: &usize| {
            group(*a).cmp(&group(*b)).then_with(|| {
                let values = population.covariates.iter().map(|c| c[*a].total_cmp(&c[*b]));
                values.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
            })
        };
        let mut order: Vec<usize> = (0..persons).collect();
        if groups > 1 || !population.covariates.is_empty() {
            order.sort_by(less);
        }
        let columns = usize::from(free_mean) + groups - 1 + population.covariates.len();
        let mut cells = Cells { of_person: vec![0; persons], group: vec![], design: vec![], columns, groups };
        let mut last: Option<usize> = None;
        for &p in &order {
            if last.is_none_or(|l| less(&l, &p).is_ne()) {
                cells.group.push(group(p));
                let constant = std::iter::repeat_n(1.0, usize::from(free_mean));
                let indicators = (1..groups).map(|g| f64::from(u8::from(g == group(p))));
                let covariates = population.covariates.iter().map(|c| c[p]);
                cells.design.extend(constant.chain(indicators).chain(covariates));
                last = Some(p);
            }
            cells.of_person[p] = (cells.group.len() - 1) as u32;
        }
        cells.check_rank(free_mean)?;
        Ok(cells)
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.group.len()
    }

    /// Row of X of a cell.
    pub fn row(&self, cell: usize) -> &[f64] {
        &self.design[cell * self.columns..(cell + 1) * self.columns]
    }

    /// A covariate that is constant would move the fixed mean: a constant is always among the columns
    /// that must be independent.
    fn check_rank(&self, free_mean: bool) -> Result<(), IrtError> {
        if self.columns == usize::from(free_mean) {
            return Ok(());
        }
        let column = |j: usize| (0..self.len()).map(|c| self.row(c)[j]).collect::<Vec<f64>>();
        let mut columns: Vec<Vec<f64>> = (usize::from(free_mean)..self.columns).map(column).collect();
        columns.insert(0, vec![1.0; self.len()]);
        let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let basis = OrthogonalBasis::new(&views)?;
        match basis.dropped.first() {
            Some(column) => {
                Err(IrtError::DependentCovariate { column: (column - 1).saturating_sub(self.groups - 1) })
            }
            None => Ok(()),
        }
    }
}

pub(super) fn check(population: &Population, persons: usize) -> Result<(), IrtError> {
    let groups = population.groups.map(|g| ("groups", g.len()));
    let weights = population.weights.map(|w| ("weights", w.len()));
    let covariates = population.covariates.iter().map(|c| ("covariates", c.len()));
    for (what, found) in groups.into_iter().chain(weights).chain(covariates) {
        if found != persons {
            return Err(IrtError::Shape { what, needed: persons, found });
        }
    }
    let bad = |w: &f64| !(w.is_finite() && *w >= 0.0);
    if let Some(person) = population.weights.and_then(|w| w.iter().position(bad)) {
        return Err(IrtError::BadPersonValue { person, what: "weight" });
    }
    for column in population.covariates {
        if let Some(person) = column.iter().position(|v| !v.is_finite()) {
            return Err(IrtError::BadPersonValue { person, what: "covariate" });
        }
    }
    // Groups are numbered without gaps by the caller; a huge number would only waste memory.
    if let Some(person) = population.groups.and_then(|g| g.iter().position(|g| *g >= persons)) {
        return Err(IrtError::BadPersonValue { person, what: "group" });
    }
    Ok(())
}
