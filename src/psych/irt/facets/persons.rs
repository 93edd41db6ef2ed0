//! Fair scores: what a person would have been given by raters of average severity.

use super::super::ItemCurve;
use super::super::ability::{Ability, weighted_likelihood};
use super::design::Design;

/// A person's ability and fair score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FairScore {
    /// Ratings of the person in use.
    pub ratings: usize,
    /// Sum of the points in these ratings.
    pub raw: f64,
    /// Warm's estimate of ability with the severities of the person's own raters taken into account.
    pub ability: Ability,
    /// Expected sum of points over all items of the fit at severity 0, one rating per item.
    pub fair: f64,
    /// Standard error of `fair` by the delta method: `I(theta) se(theta)`, I the information of all items.
    pub fair_se: f64,
}

/// Fair scores of all persons; `None` without ratings.
pub(super) fn fair_scores(
    design: &Design,
    columns: &[ItemCurve],
    items: &[Option<&ItemCurve>],
) -> Vec<Option<FairScore>> {
    let mut scores = vec![None; design.responses.persons()];
    for own in design.ratings.chunk_by(|a, b| a.person == b.person) {
        let answers: Vec<_> =
            own.iter().map(|r| (&columns[design.column(r.item, r.rater)], r.points)).collect();
        let Some(ability) = weighted_likelihood(&answers) else { continue };
        let moments = || items.iter().flatten().map(|c| c.moments(ability.theta));
        scores[own[0].person] = Some(FairScore {
            ratings: own.len(),
            raw: own.iter().map(|r| f64::from(r.points)).sum(),
            ability,
            fair: moments().map(|m| m.mean).sum(),
            fair_se: moments().map(|m| m.variance).sum::<f64>() * ability.se,
        });
    }
    scores
}
