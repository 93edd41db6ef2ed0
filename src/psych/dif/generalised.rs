//! The generalised Mantel-Haenszel test: several groups, several unordered points.

use super::groups::Untestable;
use super::tables::MatchedTables;
use crate::num::dist;
use crate::num::linalg::{SmallMatrix, symmetric_eigen};

/// An eigenvalue below this share of the largest belongs to a direction the strata say nothing about.
const RANK: f64 = 1e-10;

/// Test of no association between group and points at any level of the matching score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GeneralisedMantelHaenszel {
    /// Chi-square.
    pub chi2: f64,
    /// Degrees of freedom: (groups - 1)(points - 1), less what no stratum informs about.
    pub df: usize,
    /// p-value.
    pub p: f64,
}

/// The generalised Mantel-Haenszel statistic for any number of groups (booklets, waves, school types) and of
/// points, whose order is not used.
///
/// ```text
/// chi2 = d' V^-1 d,   d = sum_k (n_k - E(n_k)),   V = sum_k (diag(r) - r r'/n) x (diag(c) - c c'/n) / (n - 1)
/// ```
///
/// over all groups and points but the last ones, with `r`, `c` the margins of the stratum.
///
/// # Errors
/// `GroupCount` below two groups, `NoVariation`, `NoOverlap`, `TooFewPersons`.
///
/// # References
/// Landis, Heyman & Koch (1978), International Statistical Review 46, 237-254. Penfield (2001), Applied
/// Measurement in Education 14, 235-259 (several groups).
pub fn generalised_mantel_haenszel(tables: &MatchedTables) -> Result<GeneralisedMantelHaenszel, Untestable> {
    let groups = tables.strata.first().map_or(0, |s| s.counts.len());
    tables.check_groups(groups.max(2))?;
    let points = tables.points.len();
    if points < 2 {
        return Err(Untestable::NoVariation);
    }
    let cells: Vec<(usize, usize)> =
        (0..groups - 1).flat_map(|g| (0..points - 1).map(move |c| (g, c))).collect();
    let mut difference = vec![0.0; cells.len()];
    let mut variance = SmallMatrix::zeros(cells.len(), cells.len());
    for stratum in &tables.strata {
        let n = stratum.size();
        if n < 2.0 {
            continue;
        }
        let row: Vec<f64> = (0..groups).map(|g| stratum.group_size(g)).collect();
        let column: Vec<f64> = (0..points).map(|c| stratum.column(c)).collect();
        let part = |margin: &[f64], i: usize, j: usize| {
            (if i == j { margin[i] } else { 0.0 }) - margin[i] * margin[j] / n
        };
        for (a, &(g, c)) in cells.iter().enumerate() {
            difference[a] += stratum.counts[g][c] - row[g] * column[c] / n;
            for (b, &(h, d)) in cells.iter().enumerate() {
                let add = part(&row, g, h) * part(&column, c, d) / (n - 1.0);
                variance.set(a, b, variance.get(a, b) + add);
            }
        }
    }
    let eigen = symmetric_eigen(&variance)?;
    let smallest = eigen.values.last().copied().unwrap_or(0.0) * RANK;
    let informative: Vec<usize> =
        (0..cells.len()).filter(|&j| eigen.values[j] > smallest && eigen.values[j] > 0.0).collect();
    if informative.is_empty() {
        return Err(Untestable::NoOverlap);
    }
    let along = |j: usize| (0..cells.len()).map(|i| eigen.vectors.get(i, j) * difference[i]).sum::<f64>();
    let chi2 = informative.iter().map(|&j| along(j).powi(2) / eigen.values[j]).sum();
    Ok(GeneralisedMantelHaenszel {
        chi2,
        df: informative.len(),
        p: dist::chi2_sf(chi2, informative.len() as f64)?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::mantel_haenszel::mantel_haenszel;
    use super::super::tables::Stratum;
    use super::super::tables::tests::from_cells;
    use super::*;

    #[test]
    fn two_by_two_is_mantel_haenszel() {
        let tables = from_cells(&[[40., 30., 20., 30.], [50., 45., 10., 15.]]);
        let found = generalised_mantel_haenszel(&tables).unwrap();
        let plain = mantel_haenszel(&tables, 0.05).unwrap();
        assert!((found.chi2 - plain.chi2_uncorrected).abs() < 1e-12);
        assert_eq!(found.df, 1);
    }

    #[test]
    fn three_groups_and_points_as_r() {
        // R 4.2.2: mantelhaen.test(array(c(10,4,6, 5,8,7, 3,9,12,  7,2,5, 6,6,6, 2,8,9), c(3, 3, 2)))
        let stratum = |score: f64, v: [f64; 9]| Stratum {
            score,
            counts: (0..3).map(|g| vec![v[g], v[3 + g], v[6 + g]]).collect(),
        };
        let strata = vec![
            stratum(1.0, [10., 4., 6., 5., 8., 7., 3., 9., 12.]),
            stratum(2.0, [7., 2., 5., 6., 6., 6., 2., 8., 9.]),
        ];
        let tables = MatchedTables { points: vec![0.0, 1.0, 2.0], strata };
        let found = generalised_mantel_haenszel(&tables).unwrap();
        assert_eq!(found.df, 4);
        assert!((found.chi2 - 14.426_798_268_782_195).abs() < 1e-12);
    }
}
