//! Parallel analysis: which eigenvalues are larger than those of unrelated items?

use crate::num::linalg::{SmallMatrix, symmetric_eigen};
use crate::num::moments;
use crate::num::rng::Stream;
use crate::psych::PsychError;

/// Settings of a parallel analysis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ParallelOptions {
    /// Random matrices drawn.
    pub replicates: usize,
    /// Percentile of the random eigenvalues that must be exceeded.
    pub percentile: f64,
}

impl Default for ParallelOptions {
    /// 500 draws put the 95th percentile within about .005.
    fn default() -> Self {
        ParallelOptions { replicates: 500, percentile: 0.95 }
    }
}

/// Observed and random eigenvalues, largest first.
#[derive(Debug, Clone, PartialEq)]
pub struct ParallelAnalysis {
    /// Eigenvalues of the correlation matrix.
    pub observed: Vec<f64>,
    /// Means of the random eigenvalues.
    pub random_mean: Vec<f64>,
    /// Their percentile.
    pub random_percentile: Vec<f64>,
    /// Leading eigenvalues above the percentile: dimensions to keep.
    pub retained: usize,
    /// First eigenvalue over the second; above 3 to 4 is taken for one dimension. `None` when the second is
    /// not positive.
    pub first_to_second: Option<f64>,
}

/// Compares the eigenvalues of a correlation matrix with those of `n` persons on unrelated normal items.
///
/// Random correlation matrices are drawn directly by Bartlett's decomposition of the Wishart distribution, so
/// that the time does not depend on `n`. The stream makes the result repeatable.
///
/// # Errors
/// `TooFewPersons` unless there are more persons than items, `TooFewItems` below two, `NotFinite`,
/// `OutOfRange` for the percentile, `TooFew` without replicates.
///
/// # References
/// Horn (1965), Psychometrika 30, 179-185. Bartlett (1933), Proceedings of the Royal Society of Edinburgh 53,
/// 260-283. Marsaglia & Tsang (2000), ACM TOMS 26, 363-372 (chi-square draws).
pub fn parallel_analysis(
    correlation: &SmallMatrix,
    n: usize,
    options: &ParallelOptions,
    stream: &mut Stream,
) -> Result<ParallelAnalysis, PsychError> {
    let k = correlation.rows();
    if k < 2 {
        return Err(PsychError::TooFewItems { needed: 2, found: k });
    }
    if n <= k + 1 {
        return Err(PsychError::TooFewPersons { needed: k + 2, found: n });
    }
    let observed = descending(correlation)?;
    let mut random: Vec<Vec<f64>> = vec![Vec::with_capacity(options.replicates); k];
    for _ in 0..options.replicates {
        let values = descending(&random_correlation(k, n, stream))?;
        random.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
    }
    let random_mean: Vec<f64> = random.iter().map(|c| moments::mean(c)).collect::<Result<_, _>>()?;
    let random_percentile: Vec<f64> =
        random.iter().map(|c| moments::quantile(c, options.percentile)).collect::<Result<_, _>>()?;
    let retained = observed.iter().zip(&random_percentile).take_while(|(o, r)| o > r).count();
    let first_to_second = (observed[1] > 0.0).then(|| observed[0] / observed[1]);
    Ok(ParallelAnalysis { observed, random_mean, random_percentile, retained, first_to_second })
}

fn descending(matrix: &SmallMatrix) -> Result<Vec<f64>, PsychError> {
    let mut values = symmetric_eigen(matrix)?.values;
    values.reverse();
    Ok(values)
}

fn random_correlation(k: usize, n: usize, stream: &mut Stream) -> SmallMatrix {
    let mut factor = vec![vec![0.0; k]; k];
    for (i, row) in factor.iter_mut().enumerate() {
        row.iter_mut().take(i).for_each(|entry| *entry = stream.normal());
        row[i] = chi_square(n - 1 - i, stream).sqrt();
        let length = row.iter().map(|v| v * v).sum::<f64>().sqrt();
        row.iter_mut().for_each(|v| *v /= length);
    }
    let mut correlation = SmallMatrix::identity(k);
    for i in 0..k {
        for j in 0..i {
            let r = factor[i].iter().zip(&factor[j]).map(|(a, b)| a * b).sum();
            correlation.set(i, j, r);
            correlation.set(j, i, r);
        }
    }
    correlation
}

/// A chi-square draw with two or more degrees of freedom: twice a gamma of shape df/2.
fn chi_square(df: usize, stream: &mut Stream) -> f64 {
    let d = 0.5 * df as f64 - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = stream.normal();
        let v = (1.0 + c * x).powi(3);
        if v > 0.0 && stream.uniform().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
            return 2.0 * d * v;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unrelated_items_keep_nothing_and_one_factor_keeps_one() {
        let mut stream = Stream::new(3, "parallel");
        let options = ParallelOptions { replicates: 200, ..ParallelOptions::default() };
        let mut r = SmallMatrix::identity(6);
        assert_eq!(parallel_analysis(&r, 100, &options, &mut stream).unwrap().retained, 0);
        for (i, j) in (0..6).flat_map(|i| (0..6).map(move |j| (i, j))).filter(|(i, j)| i != j) {
            r.set(i, j, 0.4);
        }
        let found = parallel_analysis(&r, 100, &options, &mut Stream::new(3, "parallel")).unwrap();
        assert_eq!(found.retained, 1);
        assert!(
            (found.observed[0] - 3.0).abs() < 1e-12
                && (found.random_mean.iter().sum::<f64>() - 6.0).abs() < 1e-10
        );
        let again = parallel_analysis(&r, 100, &options, &mut Stream::new(3, "parallel")).unwrap();
        assert_eq!(found, again);
        assert!(parallel_analysis(&r, 6, &options, &mut stream).is_err());
    }

    #[test]
    fn draws_as_from_persons() {
        // Mean of the largest eigenvalue of correlations of 50 persons on 4 unrelated normal items.
        let mut stream = Stream::new(5, "persons");
        let mut largest = Vec::new();
        for _ in 0..600 {
            let columns: Vec<Vec<f64>> = (0..4).map(|_| (0..50).map(|_| stream.normal()).collect()).collect();
            let mut r = SmallMatrix::identity(4);
            for (i, j) in [(1, 0), (2, 0), (3, 0), (2, 1), (3, 1), (3, 2)] {
                let value = moments::pearson(&columns[i], &columns[j]).unwrap();
                r.set(i, j, value);
                r.set(j, i, value);
            }
            largest.push(descending(&r).unwrap()[0]);
        }
        let options = ParallelOptions { replicates: 600, percentile: 0.95 };
        let found = parallel_analysis(&SmallMatrix::identity(4), 50, &options, &mut stream).unwrap();
        assert!((moments::mean(&largest).unwrap() - found.random_mean[0]).abs() < 0.02);
        assert!((moments::quantile(&largest, 0.95).unwrap() - found.random_percentile[0]).abs() < 0.05);
    }
}
