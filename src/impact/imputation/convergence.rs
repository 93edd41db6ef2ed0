//! Whether the chains of the sampler forgot where they started.

use crate::num::moments;

/// Largest split R-hat of chains that count as mixed (Gelman et al. 2013, section 11.4).
pub const LARGEST_R_HAT: f64 = 1.1;

/// The check of the chains of one model.
#[derive(Debug, Clone, PartialEq)]
pub struct Convergence {
    /// Largest split R-hat over the parameters.
    pub r_hat: f64,
    /// The parameter that has it.
    pub parameter: &'static str,
    /// Chains, started apart.
    pub chains: usize,
    /// Iterations of each chain after the burn-in.
    pub iterations: usize,
}

impl Convergence {
    /// Whether the chains agree ([`LARGEST_R_HAT`]).
    pub fn reached(&self) -> bool {
        self.r_hat < LARGEST_R_HAT
    }

    /// The worst of the parameters; `traces[chain][parameter]` holds the values of the iterations.
    pub(super) fn of(names: &[&'static str], traces: &[Vec<Vec<f64>>]) -> Self {
        let mut worst = Convergence {
            r_hat: 1.0,
            parameter: names.first().copied().unwrap_or_default(),
            chains: traces.len(),
            iterations: traces.first().and_then(|chain| chain.first()).map_or(0, Vec::len),
        };
        for (place, &name) in names.iter().enumerate() {
            let chains: Vec<&[f64]> = traces.iter().map(|chain| chain[place].as_slice()).collect();
            // Chains that do not move at all have not converged to anything.
            let r_hat = split_r_hat(&chains).unwrap_or(f64::INFINITY);
            if r_hat > worst.r_hat {
                worst.r_hat = r_hat;
                worst.parameter = name;
            }
        }
        worst
    }
}

/// Potential scale reduction of chains that are split in halves, so that a drift within a chain shows too.
///
/// ```text
/// sqrt( ((n - 1)/n W + B/n) / W )
/// ```
///
/// with n iterations in a half, W the mean variance within halves and B/n the variance of their means. `None`
/// for halves of fewer than two iterations or without variance. Chains have equal lengths.
///
/// # References
/// Gelman et al. (2013), Bayesian Data Analysis, section 11.4.
pub fn split_r_hat(chains: &[&[f64]]) -> Option<f64> {
    let half = chains.first()?.len() / 2;
    let halves: Vec<&[f64]> = chains
        .iter()
        .flat_map(|chain| [&chain[..half.min(chain.len())], &chain[chain.len() - half.min(chain.len())..]])
        .collect();
    let variances: Option<Vec<f64>> = halves.iter().map(|half| moments::variance(half).ok()).collect();
    let means: Option<Vec<f64>> = halves.iter().map(|half| moments::mean(half).ok()).collect();
    let within = moments::mean(&variances?).ok()?;
    let between = moments::variance(&means?).ok()?;
    let n = half as f64;
    (within > 0.0).then(|| (((n - 1.0) / n * within + between) / within).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_r_hat() {
        // Halves 1 2 | 3 4 and 2 1 | 4 3: W = .5, means 1.5 3.5 1.5 3.5 with variance 4/3.
        let found = split_r_hat(&[&[1.0, 2.0, 3.0, 4.0], &[2.0, 1.0, 4.0, 3.0]]).unwrap();
        assert!((found - ((0.25 + 4.0 / 3.0) / 0.5f64).sqrt()).abs() < 1e-14);
        assert_eq!(split_r_hat(&[&[1.0, 1.0, 1.0, 1.0]]), None);
        assert_eq!(split_r_hat(&[]), None);
    }
}
