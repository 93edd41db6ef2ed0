//! School case bootstrap of the analysis of covariance within blocks (strata, pairs, or schools with both arms), with
//! the pretest's slope corrected for its reliability.

use std::collections::BTreeMap;

use super::{CaseBootstrap, CaseOptions, Cases, Replicate, bootstrap_cases};
use crate::impact::ancova::AncovaData;
use crate::impact::{Arm, ImpactError};
use crate::num::{NumError, moments};

/// Sums within blocks below this share of what they were made of are rounding.
const ROUNDING: f64 = 1e-12;

/// Bootstraps the adjusted difference within blocks under an assumed reliability of the pretest.
///
/// ```text
/// D(v) = sum (a - a_block)(v - v_block) / sum (a - a_block)^2            difference of the arms within blocks
/// b    = (S_xy - S_ax S_ay / S_aa) / (S_xx - S_ax^2 / S_aa)               slope within blocks and arms
/// theta = D(y) - (b / lambda) D(x)
/// ```
///
/// with S the sums of products about the means of the blocks. Lambda 1 is least squares with an intercept per block;
/// with one block it is [`super::corrected_case_bootstrap`]. Where every block has two schools and more in each arm,
/// schools are drawn within blocks and arms; otherwise (pairs; schools that hold both arms are blocks of their own)
/// whole blocks are drawn.
///
/// `block` has one entry per student; covariates are not used. The standard error takes lambda as known.
///
/// # Errors
/// As [`bootstrap_cases`]; `OutOfRange` for a reliability outside (0, 1], `NoVariation` where no block has both arms.
///
/// # References
/// Trochim (1984), Research Design for Program Evaluation, chapter 6. Davison & Hinkley (1997), section 3.8.
pub fn corrected_within_bootstrap(
    data: &AncovaData<'_>,
    block: &[usize],
    reliability: f64,
    options: &CaseOptions,
) -> Result<CaseBootstrap, ImpactError> {
    if !(reliability > 0.0 && reliability <= 1.0) {
        return Err(NumError::OutOfRange { name: "reliability", value: reliability }.into());
    }
    for length in [data.pre.len(), data.cluster.len(), data.arm.len(), block.len()] {
        moments::check_same_length(length, data.post.len())?;
    }
    moments::check_values(data.pre, 2)?;
    moments::check_values(data.post, 2)?;
    let (x0, y0) = (moments::mean(data.pre)?, moments::mean(data.post)?);
    let mut cells: BTreeMap<(usize, usize, usize), Sums> = BTreeMap::new();
    for row in 0..data.post.len() {
        let arm = usize::from(data.arm[row] == Arm::Program);
        let own = cells.entry((block[row], arm, data.cluster[row])).or_default();
        own.add(data.pre[row] - x0, data.post[row] - y0);
    }
    let mut schools: BTreeMap<(usize, usize), Vec<Sums>> = BTreeMap::new();
    for ((block, arm, _), sums) in cells {
        schools.entry((block, arm)).or_default().push(sums);
    }
    let blocks: Vec<usize> = {
        let mut all: Vec<usize> = schools.keys().map(|(block, _)| *block).collect();
        all.dedup();
        all
    };
    let of = |block: usize, arm: usize| schools.get(&(block, arm)).map_or(&[][..], Vec::as_slice);
    let whole = blocks.iter().any(|block| (0..2).any(|arm| of(*block, arm).len() < 2));
    let (mut strata, mut rows) = (Vec::new(), Vec::new());
    for (place, block) in blocks.iter().enumerate() {
        if whole {
            let arms = [0, 1].map(|arm| Sums::of(of(*block, arm)));
            strata.push(0);
            rows.push(products(arms).to_vec());
            continue;
        }
        for arm in 0..2 {
            for own in of(*block, arm) {
                strata.push(2 * place + arm);
                rows.push(own.0.to_vec());
            }
        }
    }
    let cases = Cases::new(&strata, &rows)?;
    let statistic = |totals: &super::Totals| {
        let mut all = [0.0; 5];
        if whole {
            all.iter_mut().zip(totals.of(0)).for_each(|(sum, own)| *sum += own);
        } else {
            for place in 0..blocks.len() {
                let arms = [0, 1].map(|arm| Sums::from(totals.of(2 * place + arm)));
                all.iter_mut().zip(products(arms)).for_each(|(sum, own)| *sum += own);
            }
        }
        adjusted(all, reliability)
    };
    bootstrap_cases(&cases, &statistic, options)
}

/// Count and sums of x, y, x x and x y.
#[derive(Clone, Copy, Debug, Default)]
struct Sums([f64; 5]);

impl Sums {
    fn add(&mut self, x: f64, y: f64) {
        self.0.iter_mut().zip([1.0, x, y, x * x, x * y]).for_each(|(sum, own)| *sum += own);
    }

    fn from(row: &[f64]) -> Self {
        let mut sums = Sums::default();
        sums.0.iter_mut().zip(row).for_each(|(sum, own)| *sum = *own);
        sums
    }

    fn of(all: &[Sums]) -> Self {
        let mut sums = Sums::default();
        for own in all {
            sums.0.iter_mut().zip(own.0).for_each(|(sum, own)| *sum += own);
        }
        sums
    }
}

/// S_aa, S_ax, S_ay, S_xx and S_xy of one block about its means, from the sums of comparison and programme.
fn products([comparison, program]: [Sums; 2]) -> [f64; 5] {
    let all = Sums::of(&[comparison, program]).0;
    let [n, x, y, xx, xy] = all;
    if n == 0.0 {
        return [0.0; 5];
    }
    let treated = program.0;
    [
        treated[0] - treated[0] * treated[0] / n,
        treated[1] - treated[0] * x / n,
        treated[2] - treated[0] * y / n,
        xx - x * x / n,
        xy - x * y / n,
    ]
}

fn adjusted([aa, ax, ay, xx, xy]: [f64; 5], reliability: f64) -> Option<Replicate> {
    let left = xx - ax * ax / aa;
    if !(aa > 0.0 && left > ROUNDING * xx) {
        return None;
    }
    let slope = (xy - ax * ay / aa) / left / reliability;
    Some(Replicate { estimate: ay / aa - slope * ax / aa, se: None })
}

#[cfg(test)]
mod tests {
    use super::super::corrected_case_bootstrap;
    use super::*;
    use crate::impact::absorb::fit_within;
    use crate::impact::ancova::PRETEST;
    use crate::impact::did::PROGRAM;
    use crate::impact::golden::{self, close};
    use crate::impact::ols::Design;

    const OPTIONS: CaseOptions = CaseOptions { draws: 400, seed: 3, alpha: 0.05, most_enumerated: 20_000 };

    fn by_least_squares(data: &AncovaData<'_>, block: &[usize]) -> f64 {
        let program: Vec<f64> = data.arm.iter().map(|arm| arm.indicator()).collect();
        let design = Design::new(data.post, data.cluster).with(PROGRAM, &program).with(PRETEST, data.pre);
        let fit = fit_within(&design, &[block]).unwrap().fit;
        fit.coefficients[fit.names.iter().position(|name| name == PROGRAM).unwrap()]
    }

    #[test]
    fn one_block_is_the_plain_bootstrap() {
        let golden = golden::data();
        let arms = golden.arms();
        let data = AncovaData {
            post: &golden.y,
            pre: &golden.x,
            arm: &arms,
            cluster: &golden.cluster,
            covariates: &[],
        };
        let one = vec![0; arms.len()];
        for reliability in [0.7, 1.0] {
            let found = corrected_within_bootstrap(&data, &one, reliability, &OPTIONS).unwrap();
            let plain = corrected_case_bootstrap(&data, reliability, &OPTIONS).unwrap();
            close(found.estimate, plain.estimate, 1e-10);
            close(found.bootstrap_se, plain.bootstrap_se, 1e-9);
        }
        assert!(corrected_within_bootstrap(&data, &one, 0.0, &OPTIONS).is_err());
    }

    #[test]
    fn a_reliability_of_one_is_least_squares_within_blocks() {
        let golden = golden::data();
        let arms = golden.arms();
        let data = AncovaData {
            post: &golden.y,
            pre: &golden.x,
            arm: &arms,
            cluster: &golden.cluster,
            covariates: &[],
        };
        // Clusters 1 to 8 alternate between the arms: pairs 1-2, 3-4, 5-6, 7-8, and strata of four.
        for width in [2, 4] {
            let block: Vec<usize> = golden.cluster.iter().map(|own| (own - 1) / width).collect();
            let found = corrected_within_bootstrap(&data, &block, 1.0, &OPTIONS).unwrap();
            close(found.estimate, by_least_squares(&data, &block), 1e-9);
            assert_eq!(found.clusters, if width == 2 { 4 } else { 8 });
        }
        // Arms within schools: every second student in the programme, schools as blocks.
        let mixed: Vec<Arm> =
            (0..arms.len()).map(|row| if row % 2 == 0 { Arm::Program } else { Arm::Comparison }).collect();
        let data = AncovaData { arm: &mixed, ..data };
        let found = corrected_within_bootstrap(&data, &golden.cluster, 1.0, &OPTIONS).unwrap();
        close(found.estimate, by_least_squares(&data, &golden.cluster), 1e-9);
        assert_eq!(found.clusters, 8);
        // The correction moves the estimate by (1 / lambda - 1) b D(x).
        let half = corrected_within_bootstrap(&data, &golden.cluster, 0.5, &OPTIONS).unwrap().estimate;
        let third = corrected_within_bootstrap(&data, &golden.cluster, 1.0 / 3.0, &OPTIONS).unwrap().estimate;
        close(third - half, half - found.estimate, 1e-9);
    }
}
