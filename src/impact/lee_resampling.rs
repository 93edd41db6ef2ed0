//! Sampling error of Lee's bounds by drawing schools anew.

use super::bounds::{ArmOutcome, lee_bounds};
use super::{Arm, ImpactError};
use crate::num::rng::Stream;
use crate::num::{Interval, NumError, dist, moments};

/// One school of an arm (or one student, where schools are unknown).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SchoolOutcomes {
    /// Outcomes of its students who stayed.
    pub observed: Vec<f64>,
    /// Its students who were lost.
    pub lost: usize,
}

/// How schools are drawn anew.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LeeResampling {
    /// Draws.
    pub draws: usize,
    /// Seed of the study.
    pub seed: u64,
    /// The interval holds 1 - alpha.
    pub alpha: f64,
}

impl Default for LeeResampling {
    /// 999 draws put 25 beyond either limit at alpha 0.05.
    fn default() -> Self {
        LeeResampling { draws: 999, seed: 0, alpha: 0.05 }
    }
}

/// An interval around Lee's bounds: from below the lower bound to above the upper one, by percentiles over draws of
/// whole schools within arms.
///
/// ```text
/// [ L - (L - quantile(lower bounds, alpha / 2)) w,  U + (quantile(upper bounds, 1 - alpha / 2) - U) w ]
/// w = t(1 - alpha / 2, min(J_T, J_C) - 1) / z(1 - alpha / 2)
/// ```
///
/// Of J schools in an arm J - 1 are drawn: with all J the draws vary less than the estimate, by (J - 1) / J. The factor
/// w turns normal percentiles into those of t with the degrees of freedom of the smaller arm, as Welch's interval at
/// its widest. The interval is for both bounds, and so holds the effect between them about as often as 1 - alpha says,
/// or more often where they lie apart; with a handful of schools that is an approximation. A draw that leaves an arm
/// without an outcome is drawn again; `name` names the random stream.
///
/// # Errors
/// `ArmTooSmall` below two schools in an arm, or without an outcome in it; `NotFinite`, `OutOfRange` for alpha.
///
/// # References
/// Lee (2009), Review of Economic Studies 76, 1071-1102. Horowitz & Manski (2000), Journal of the American
/// Statistical Association 95, 77-84. McCarthy & Snowden (1985), The bootstrap and finite population sampling (draws of
/// J - 1).
pub fn lee_interval(
    program: &[SchoolOutcomes],
    comparison: &[SchoolOutcomes],
    options: LeeResampling,
    name: &str,
) -> Result<Interval, ImpactError> {
    if !(options.alpha > 0.0 && options.alpha < 1.0) {
        return Err(NumError::OutOfRange { name: "alpha", value: options.alpha }.into());
    }
    for (arm, schools) in [(Arm::Program, program), (Arm::Comparison, comparison)] {
        if schools.len() < 2 {
            return Err(ImpactError::ArmTooSmall { arm, needed: 2, found: schools.len() });
        }
        if schools.iter().all(|school| school.observed.is_empty()) {
            return Err(ImpactError::ArmTooSmall { arm, needed: 1, found: 0 });
        }
    }
    let of = |schools: &[SchoolOutcomes]| SchoolOutcomes {
        observed: schools.iter().flat_map(|school| school.observed.iter().copied()).collect(),
        lost: schools.iter().map(|school| school.lost).sum(),
    };
    let found = lee_bounds(&of(program).arm(), &of(comparison).arm())?.bounds;
    let fewest = program.len().min(comparison.len()) as f64;
    let wider =
        dist::t_critical(options.alpha, fewest - 1.0)? / dist::t_critical(options.alpha, f64::INFINITY)?;
    let mut stream = Stream::new(options.seed, name);
    let (mut lower, mut upper) = (Vec::new(), Vec::new());
    for _ in 0..options.draws {
        let one = drawn(program, &mut stream);
        let other = drawn(comparison, &mut stream);
        let found = lee_bounds(&one.arm(), &other.arm())?;
        lower.push(found.bounds.low);
        upper.push(found.bounds.high);
    }
    // Draws may lie to one side of a bound; it is never left outside.
    let below = (found.low - moments::quantile(&lower, options.alpha / 2.0)?).max(0.0);
    let above = (moments::quantile(&upper, 1.0 - options.alpha / 2.0)? - found.high).max(0.0);
    Ok(Interval { low: found.low - wider * below, high: found.high + wider * above })
}

impl SchoolOutcomes {
    fn arm(&self) -> ArmOutcome<'_> {
        ArmOutcome { observed: &self.observed, lost: self.lost }
    }
}

/// One school fewer than there are, drawn with replacement, as one.
fn drawn(schools: &[SchoolOutcomes], stream: &mut Stream) -> SchoolOutcomes {
    loop {
        let mut arm = SchoolOutcomes::default();
        for place in stream.resample(schools.len(), schools.len() - 1) {
            arm.observed.extend(&schools[place].observed);
            arm.lost += schools[place].lost;
        }
        if !arm.observed.is_empty() {
            return arm;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schools(offset: f64, lost: usize) -> Vec<SchoolOutcomes> {
        let school = |index: u32| SchoolOutcomes {
            observed: (0..8).map(|k| offset + f64::from(k * 7 % 8) + f64::from(index * 5 % 3)).collect(),
            lost,
        };
        (0..8).map(school).collect()
    }

    #[test]
    fn the_interval_holds_the_bounds() {
        let (program, comparison) = (schools(2.0, 1), schools(0.0, 3));
        let all = |schools: &[SchoolOutcomes]| SchoolOutcomes {
            observed: schools.iter().flat_map(|school| school.observed.clone()).collect(),
            lost: schools.iter().map(|school| school.lost).sum(),
        };
        let (one, other) = (all(&program), all(&comparison));
        let point = lee_bounds(&one.arm(), &other.arm()).unwrap().bounds;
        let found = lee_interval(&program, &comparison, LeeResampling::default(), "lee").unwrap();
        assert!(found.low < point.low && point.high < found.high, "{found:?} {point:?}");
        let again = lee_interval(&program, &comparison, LeeResampling::default(), "lee").unwrap();
        assert_eq!(found, again);
    }

    /// Without loss the bounds are the difference of two means, and the interval covers it like Welch's.
    #[test]
    fn six_schools_per_arm_are_covered() {
        let mut stream = Stream::new(4, "covered");
        let studies = 600;
        let mut held = 0;
        for study in 0..studies {
            let mut arm = || -> Vec<SchoolOutcomes> {
                let school =
                    |stream: &mut Stream| SchoolOutcomes { observed: vec![stream.normal(); 4], lost: 0 };
                (0..6).map(|_| school(&mut stream)).collect()
            };
            let (program, comparison) = (arm(), arm());
            let options = LeeResampling { draws: 199, seed: study, ..LeeResampling::default() };
            let found = lee_interval(&program, &comparison, options, "lee").unwrap();
            held += usize::from(found.low <= 0.0 && 0.0 <= found.high);
        }
        // Two standard errors of 600 studies are 1.8 points; the smaller arm's df make it cautious.
        let share = f64::from(u32::try_from(held).unwrap()) / studies as f64;
        assert!((0.935..=0.985).contains(&share), "{share}");
    }

    #[test]
    fn schools_that_are_alike_have_no_sampling_error() {
        let alike = |lost| vec![SchoolOutcomes { observed: vec![1.0, 2.0, 3.0, 4.0], lost }; 6];
        let found = lee_interval(&alike(0), &alike(1), LeeResampling::default(), "lee").unwrap();
        // 4 of 5 stayed: a fifth of the four outcomes is trimmed.
        let kept = (1.0 + 2.0 + 3.0 + 0.2 * 4.0) / 3.2;
        assert!((found.low - (kept - 2.5)).abs() < 1e-12 && (found.high - (2.5 - kept)).abs() < 1e-12);
        assert!(lee_interval(&alike(0)[..1], &alike(1), LeeResampling::default(), "lee").is_err());
        assert!(
            lee_interval(&vec![SchoolOutcomes::default(); 3], &alike(1), LeeResampling::default(), "l")
                .is_err()
        );
        let wrong = LeeResampling { alpha: 0.0, ..LeeResampling::default() };
        assert!(lee_interval(&alike(0), &alike(1), wrong, "lee").is_err());
    }
}
