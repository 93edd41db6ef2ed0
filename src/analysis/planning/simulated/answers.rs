//! Yes or no of every student: who reaches the level.
//!
//! With probability sqrt(rho) a student answers as their school does, otherwise for themselves; both say yes with
//! the share of their wave and arm. Two students of a school then correlate rho, whatever the share (Lunn & Davies
//! 1998, Biometrika 85, 487-490). Answers of two waves correlate r_B through the school and r_W given the school.

use super::super::error::shares;
use super::super::{PlannedDesign as Design, Quantity as Q, Values};
use super::draw::{Scores, placed, sizes};
use crate::impact::{Arm, ImpactError};
use crate::num::NumError;
use crate::num::rng::Stream;

/// Draws the answers of a study, in standard deviations of the yes or no without the programme.
///
/// # Errors
/// `OutOfRange` for shares outside (0, 1) or correlations that two shares cannot have.
pub(super) fn draw(
    design: Design,
    count: usize,
    values: &Values,
    stream: &mut Stream,
) -> Result<Scores, ImpactError> {
    let of = |quantity: Q| values.get(&quantity).copied().unwrap_or_default();
    let plan = shares(values);
    let (before, after, sd) = (plan.share, plan.share_after(), plan.sd());
    let like_school = plan.icc.sqrt();
    let (school, own) = match design {
        // Only the last answer is looked at.
        Design::Reached => (Answers::last([before, after])?, Answers::last([before, after])?),
        _ => {
            // The school's part holds sqrt(rho) of a student's covariance, of which schools alone explain rho.
            let (r_b, r_w) = (of(Q::RBetween), of(Q::RWithin));
            let alone = (1.0 + like_school) * r_w - like_school * r_b;
            (Answers::of([before, after], r_b)?, Answers::of([before, after], alone)?)
        }
    };
    let mut scores = Scores::default();
    let placed = placed(design, count, values)?;
    for (place, size) in sizes(placed.len(), values, stream).into_iter().enumerate() {
        let treated = placed[place].arm == Arm::Program;
        let of_school = school.draw(treated, stream);
        for _ in 0..size {
            let alone = own.draw(treated, stream);
            let found = if stream.chance(like_school) { of_school } else { alone };
            let scaled = found.map(|yes| f64::from(u8::from(yes)) / sd);
            // Without a first answer the change is the last one.
            let scaled = if design == Design::Reached { [0.0, scaled[1]] } else { scaled };
            scores.push(scaled, place, placed[place].arm);
            scores.stratum.extend(placed[place].stratum);
        }
    }
    Ok(scores)
}

/// Two answers of one respondent.
struct Answers {
    shares: [f64; 2],
    /// Chance of yes after a yes and after a no.
    after: [f64; 2],
}

impl Answers {
    /// Answers whose correlation does not matter.
    fn last(shares: [f64; 2]) -> Result<Self, ImpactError> {
        Answers::of(shares, 0.0)
    }

    /// Answers that correlate r: P(yes, yes) = p0 p1 + r sqrt(p0 q0 p1 q1).
    fn of(shares: [f64; 2], r: f64) -> Result<Self, ImpactError> {
        let [p0, p1] = shares;
        if let Some(share) = shares.into_iter().find(|share| !(*share > 0.0 && *share < 1.0)) {
            return Err(NumError::OutOfRange { name: "share_reached", value: share }.into());
        }
        let both = p0 * p1 + r * (p0 * (1.0 - p0) * p1 * (1.0 - p1)).sqrt();
        let after = [both / p0, (p1 - both) / (1.0 - p0)];
        // Slack for the rounding of a correlation of exactly 1.
        if after.iter().any(|chance| !(-1e-12..=1.0 + 1e-12).contains(chance)) {
            return Err(NumError::OutOfRange { name: "correlation of two shares", value: r }.into());
        }
        Ok(Answers { shares, after })
    }

    fn draw(&self, treated: bool, stream: &mut Stream) -> [bool; 2] {
        let first = stream.chance(self.shares[0]);
        if !treated {
            return [first, stream.chance(self.shares[0])];
        }
        [first, stream.chance(self.after[usize::from(!first)])]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::moments;

    #[test]
    fn answers_have_the_stated_shares_and_correlations() {
        let values: Values = [
            (Q::Students, 2.0),
            (Q::Icc, 0.25),
            (Q::ShareReached, 0.4),
            (Q::RBetween, 0.5),
            (Q::RWithin, 0.3),
            (Q::Effect, 0.2 / 0.24f64.sqrt()),
        ]
        .into();
        let drawn = draw(Design::ReachedChange, 40_000, &values, &mut Stream::new(1, "answers")).unwrap();
        let sd = 0.24f64.sqrt();
        // Errors of shares and correlations of 80,000 answers are below 0.004.
        let near =
            |found: f64, wanted: f64| assert!((found - wanted).abs() < 0.015, "{found} is not {wanted}");
        near(moments::mean(&drawn.pre).unwrap() * sd, 0.4);
        near(moments::mean(&drawn.post).unwrap() * sd, 0.6);
        near(moments::pearson(&drawn.pre, &drawn.post).unwrap(), 0.25 * 0.5 + 0.75 * 0.3);
        let of = |scores: &[f64], at: usize| scores.iter().skip(at).step_by(2).copied().collect::<Vec<_>>();
        near(moments::pearson(&of(&drawn.pre, 0), &of(&drawn.pre, 1)).unwrap(), 0.25);
        near(moments::pearson(&of(&drawn.pre, 0), &of(&drawn.post, 1)).unwrap(), 0.25 * 0.5);
        assert!(Answers::of([0.1, 0.9], 0.9).is_err());
    }
}
