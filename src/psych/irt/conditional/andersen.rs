//! Andersen's likelihood-ratio test: are items equally difficult in all groups of persons?

use super::super::compare::{LikelihoodRatio, ratio};
use super::super::{IrtError, ItemCurve, Responses};
use super::fit::{ConditionalFamily, fit_conditional};

/// Andersen's test.
#[derive(Debug, Clone, PartialEq)]
pub struct Andersen {
    /// The test.
    pub ratio: LikelihoodRatio,
    /// Items that could be compared: they vary in every group.
    pub items: Vec<usize>,
    /// Curves of these items in each group, each with steps summing to 0.
    pub curves: Vec<Vec<ItemCurve>>,
    /// Persons in each group.
    pub persons: Vec<usize>,
}

/// Groups by score: 0 up to the mean of the scores, 1 above. `None` without answers. With missing answers
/// the mean points per answered item take the place of the score.
pub fn score_split(responses: &Responses) -> Vec<Option<usize>> {
    let mean_points: Vec<Option<f64>> = (0..responses.persons())
        .map(|p| {
            let (n, sum) = responses.answers(p).fold((0, 0.0), |(n, s), (_, x)| (n + 1, s + f64::from(x)));
            (n > 0).then(|| sum / f64::from(n))
        })
        .collect();
    let all: Vec<f64> = mean_points.iter().flatten().copied().collect();
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    mean_points.into_iter().map(|m| m.map(|m| usize::from(m > mean * (1.0 + 1e-12)))).collect()
}

/// Andersen's conditional likelihood-ratio test.
///
/// ```text
/// LR = 2 (sum_g l_c(g) - l_c),   df = (groups - 1) x free parameters
/// ```
///
/// `groups[p]` is the group of a person, `None` leaves the person out. Items that do not vary in some
/// group, and for several points items whose points do not all occur in every group, are left out
/// everywhere and named by their absence from `items`.
///
/// # Errors
/// `Shape`; `TooFewItems` when fewer than two items can be compared; those of
/// [`fit_conditional`].
///
/// # References
/// Andersen (1973), Psychometrika 38, 123-140, doi:10.1007/BF02291180.
pub fn andersen(
    responses: &Responses,
    groups: &[Option<usize>],
    family: ConditionalFamily,
) -> Result<Andersen, IrtError> {
    if groups.len() != responses.persons() {
        return Err(IrtError::Shape { what: "groups", needed: responses.persons(), found: groups.len() });
    }
    let count = groups.iter().flatten().max().map_or(0, |g| g + 1);
    let members: Vec<Vec<usize>> = (0..count)
        .map(|g| (0..groups.len()).filter(|p| groups[*p] == Some(g)).collect::<Vec<_>>())
        .filter(|m| !m.is_empty())
        .collect();
    if members.len() < 2 {
        return Err(IrtError::TooFewPersons { needed: 2, found: members.len() });
    }
    let whole: Vec<usize> = members.iter().flatten().copied().collect();
    let used = |persons: &[usize], item: usize| -> Vec<bool> {
        let mut used = vec![false; usize::from(responses.max()[item]) + 1];
        persons.iter().filter_map(|p| responses.get(*p, item)).for_each(|x| used[usize::from(x)] = true);
        used
    };
    let comparable = |item: &usize| {
        let all = used(&whole, *item);
        all.iter().filter(|u| **u).count() > 1 && members.iter().all(|m| used(m, *item) == all)
    };
    let items: Vec<usize> = (0..responses.items()).filter(comparable).collect();
    if items.len() < 2 {
        return Err(IrtError::TooFewItems { needed: 2, found: items.len() });
    }
    let together = fit_conditional(&responses.select(&whole, &items), None, family)?;
    let (mut sum, mut parameters, mut curves) = (0.0, 0, vec![]);
    for m in &members {
        let own = fit_conditional(&responses.select(m, &items), None, family)?;
        sum += own.log_likelihood;
        parameters += own.parameters;
        curves.push(own.items.into_iter().flatten().map(|i| i.curve).collect());
    }
    let df = parameters.saturating_sub(together.parameters);
    let ratio = ratio(together.log_likelihood, sum, df)
        .ok_or(IrtError::TooFewItems { needed: 2, found: items.len() })?;
    Ok(Andersen { ratio, items, curves, persons: members.iter().map(Vec::len).collect() })
}
