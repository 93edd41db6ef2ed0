//! How often a student of the program does better than one of the comparison arm.

use crate::impact::clusters::ClusterIndex;
use crate::impact::{Arm, ImpactError};
use crate::num::{Interval, dist, moments};

/// Probability of superiority and Cliff's delta with a cluster-robust interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Superiority {
    /// A = P(program > comparison) + P(equal) / 2.
    pub probability: f64,
    /// Its standard error, schools resampled in thought.
    pub se: f64,
    /// A -/+ t(J - 2) se, within 0..1.
    pub ci: Interval,
    /// Cliff's delta = 2 A - 1 (the rank biserial correlation).
    pub cliffs_delta: f64,
    /// Its interval.
    pub cliffs_ci: Interval,
    /// Degrees of freedom J - 2.
    pub df: f64,
    /// Students.
    pub n: usize,
    /// Clusters.
    pub clusters: usize,
}

/// A = U / (n_T n_C) with ties counted half.
///
/// ```text
/// c_g = sum_{i in g, T} (V_i - A) / n_T + sum_{i in g, C} (W_i - A) / n_C
/// Var = sum_a J_a / (J_a - 1) sum_{g in a} c_g^2        schools of one arm each
/// Var = J / (J - 1) sum_g c_g^2                          where a school has students of both arms
/// ```
///
/// `V_i` is the share of comparison students below a program student, `W_i` the share of program students
/// above a comparison student. For independent students give every student an own cluster.
///
/// # Errors
/// `ArmTooSmall` when an arm is empty or, with schools of one arm each, has a single one; `TooFewClusters` below
/// three, `NotFinite`, `LengthMismatch`.
///
/// # References
/// Obuchowski (1997), Biometrics 53, 567-578. Cliff (1993), Psychological Bulletin 114, 494-509.
pub fn superiority(
    values: &[f64],
    arm: &[Arm],
    cluster: &[usize],
    alpha: f64,
) -> Result<Superiority, ImpactError> {
    moments::check_same_length(values.len(), arm.len())?;
    moments::check_same_length(values.len(), cluster.len())?;
    moments::check_values(values, 0)?;
    let sorted = |wanted: Arm| -> Result<Vec<f64>, ImpactError> {
        let mut own: Vec<f64> =
            values.iter().zip(arm).filter(|(_, a)| **a == wanted).map(|(v, _)| *v).collect();
        own.sort_by(f64::total_cmp);
        if own.is_empty() {
            return Err(ImpactError::ArmTooSmall { arm: wanted, needed: 1, found: 0 });
        }
        Ok(own)
    };
    let (program, comparison) = (sorted(Arm::Program)?, sorted(Arm::Comparison)?);
    let index = ClusterIndex::new(cluster);
    let j = index.len();
    if j < 3 {
        return Err(ImpactError::TooFewClusters { needed: 3, found: j });
    }
    let placement = |i: usize| match arm[i] {
        Arm::Program => share_below(&comparison, values[i]),
        Arm::Comparison => 1.0 - share_below(&program, values[i]),
    };
    let placements: Vec<f64> = (0..values.len()).map(placement).collect();
    let own = |i: &usize| arm[*i] == Arm::Program;
    let probability =
        moments::sum((0..values.len()).filter(own).map(|i| placements[i])) / program.len() as f64;
    let part = |i: &usize| {
        let n = if arm[*i] == Arm::Program { program.len() } else { comparison.len() };
        (placements[*i] - probability) / n as f64
    };
    let squares = |wanted: Option<Arm>| -> Result<f64, ImpactError> {
        let own = |rows: &[usize]| wanted.is_none_or(|wanted| arm[rows[0]] == wanted);
        let parts: Vec<f64> =
            index.iter().filter(|(_, rows)| own(rows)).map(|(_, rows)| rows.iter().map(part).sum()).collect();
        let found = parts.len();
        if let Some(arm) = wanted.filter(|_| found < 2) {
            return Err(ImpactError::ArmTooSmall { arm, needed: 2, found });
        }
        Ok(found as f64 / (found as f64 - 1.0) * moments::sum(parts.iter().map(|c: &f64| c * c)))
    };
    let shared = index.iter().any(|(_, rows)| rows.iter().any(|&row| arm[row] != arm[rows[0]]));
    let variance =
        if shared { squares(None)? } else { squares(Some(Arm::Program))? + squares(Some(Arm::Comparison))? };
    let se = variance.sqrt();
    let df = (j - 2) as f64;
    let ci = Interval::around(probability, dist::t_critical(alpha, df)? * se).clamped(0.0, 1.0);
    let delta = |a: f64| 2.0 * a - 1.0;
    Ok(Superiority {
        probability,
        se,
        ci,
        cliffs_delta: delta(probability),
        cliffs_ci: Interval { low: delta(ci.low), high: delta(ci.high) },
        df,
        n: values.len(),
        clusters: j,
    })
}

/// Share of the sorted values below `value`, equal ones counted half.
fn share_below(sorted: &[f64], value: f64) -> f64 {
    let below = sorted.partition_point(|v| *v < value);
    let up_to = sorted.partition_point(|v| *v <= value);
    (below + up_to) as f64 / (2 * sorted.len()) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::close;
    use Arm::{Comparison as C, Program as T};

    #[test]
    fn counts_pairs() {
        let values = [3.0, 5.0, 5.0, 1.0, 3.0, 4.0];
        let found = superiority(&values, &[T, T, T, C, C, C], &[1, 1, 2, 3, 4, 4], 0.05).unwrap();
        // 3 beats 1 and ties 3, both 5 beat all three: 7.5 of 9.
        close(found.probability, 7.5 / 9.0, 1e-15);
        close(found.cliffs_delta, 6.0 / 9.0, 1e-15);
        assert!(found.ci.high <= 1.0 && found.se > 0.0);
        let turned = superiority(&values, &[C, C, C, T, T, T], &[1, 1, 2, 3, 4, 4], 0.05).unwrap();
        close(turned.probability, 1.5 / 9.0, 1e-15);
        close(turned.se, found.se, 1e-15);
        assert!(superiority(&values, &[T; 6], &[1, 1, 2, 3, 4, 4], 0.05).is_err());
        assert!(superiority(&values, &[T, T, T, C, C, C], &[1, 1, 1, 2, 2, 2], 0.05).is_err());
    }

    /// Variance of a difference of two independent means of schools, written out: the placements of three program and
    /// ten comparison schools, each arm with its own number of schools.
    #[test]
    fn arms_of_unequal_numbers_of_schools() {
        let cluster: Vec<usize> = (0..52).map(|i| i / 4).collect();
        let arm: Vec<Arm> = cluster.iter().map(|c| if *c < 3 { T } else { C }).collect();
        let values: Vec<f64> = (0..52).map(|i| ((i * 31) % 23) as f64 + ((i / 4 * 5) % 7) as f64).collect();
        let found = superiority(&values, &arm, &cluster, 0.05).unwrap();
        let beats = |a: f64, b: f64| {
            if a > b {
                1.0
            } else if a == b {
                0.5
            } else {
                0.0
            }
        };
        // Mean placement of each school, as schools are equally large: A is their mean in either arm.
        let placement = |school: usize| -> f64 {
            let pairs: Vec<f64> = (4 * school..4 * school + 4)
                .flat_map(|i| (0..52).filter(move |k| (k / 4 < 3) != (i / 4 < 3)).map(move |k| (i, k)))
                .map(
                    |(i, k)| {
                        if school < 3 { beats(values[i], values[k]) } else { beats(values[k], values[i]) }
                    },
                )
                .collect();
            pairs.iter().sum::<f64>() / pairs.len() as f64
        };
        let variance_of_mean = |schools: std::ops::Range<usize>| {
            let own: Vec<f64> = schools.map(placement).collect();
            let (mean, j) = (own.iter().sum::<f64>() / own.len() as f64, own.len() as f64);
            (mean, own.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (j - 1.0) / j)
        };
        let ((program, v1), (comparison, v0)) = (variance_of_mean(0..3), variance_of_mean(3..13));
        close(found.probability, program, 1e-14);
        close(found.probability, comparison, 1e-14);
        close(found.se, (v1 + v0).sqrt(), 1e-14);
        assert_eq!(found.df, 11.0);
        let alone: Vec<Arm> = cluster.iter().map(|c| if *c == 0 { T } else { C }).collect();
        let error = superiority(&values, &alone, &cluster, 0.05).unwrap_err();
        assert_eq!(error, ImpactError::ArmTooSmall { arm: T, needed: 2, found: 1 });
        // Arms that share schools keep one sum over all of them.
        let mixed: Vec<Arm> = (0..52).map(|i| if i % 4 == 0 { T } else { C }).collect();
        let both = superiority(&values, &mixed, &cluster, 0.05).unwrap();
        let part = |i: usize| -> f64 {
            let others: Vec<usize> = (0..52).filter(|k| mixed[*k] != mixed[i]).collect();
            let own = others.iter().map(|&k| {
                if mixed[i] == T { beats(values[i], values[k]) } else { beats(values[k], values[i]) }
            });
            let n = if mixed[i] == T { 13.0 } else { 39.0 };
            (own.sum::<f64>() / others.len() as f64 - both.probability) / n
        };
        let squares: f64 = (0..13).map(|g| (4 * g..4 * g + 4).map(part).sum::<f64>().powi(2)).sum();
        close(both.se, (13.0 / 12.0 * squares).sqrt(), 1e-14);
    }
}
