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
/// c_g = sum_{i in g, T} (V_i - A) / n_T + sum_{i in g, C} (W_i - A) / n_C,   Var = J / (J-1) sum_g c_g^2
/// ```
///
/// `V_i` is the share of comparison students below a program student, `W_i` the share of program students
/// above a comparison student. For independent students give every student an own cluster.
///
/// # Errors
/// `ArmTooSmall` when an arm is empty, `TooFewClusters` below three, `NotFinite`, `LengthMismatch`.
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
    let squares = index.iter().map(|(_, rows)| rows.iter().map(part).sum::<f64>().powi(2));
    let se = (j as f64 / (j - 1) as f64 * moments::sum(squares)).sqrt();
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
}
