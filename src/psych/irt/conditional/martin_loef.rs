//! Martin-Loef's test: do two sets of items measure the same ability?

use std::collections::BTreeMap;

use super::super::compare::{LikelihoodRatio, ratio};
use super::super::{IrtError, Responses};
use super::fit::{ConditionalFamily, fit_conditional};

/// Martin-Loef's likelihood-ratio test that all sets of items measure one ability.
///
/// ```text
/// LR = 2 [ sum_{r1,r2} n_{r1 r2} ln(n_{r1 r2} / N) - sum_r n_r ln(n_r / N) + l_c(1) + l_c(2) - l_c ]
/// df = m1 m2 - 1
/// ```
///
/// with m the largest score of each set. Persons with missing answers are left out. `second[i]` is true
/// for items of the second set. Items without variation are left out of both.
///
/// # Errors
/// `Shape`; `TooFewItems` when a set has fewer than two items that vary; those of [`fit_conditional`].
///
/// # References
/// Martin-Loef (1973); Verguts & De Boeck (2000), doi:10.1177/01466210022031624; Glas & Verhelst (1995) in
/// Fischer & Molenaar (eds), Rasch Models, 69-95.
pub fn martin_loef(
    responses: &Responses,
    second: &[bool],
    family: ConditionalFamily,
) -> Result<LikelihoodRatio, IrtError> {
    if second.len() != responses.items() {
        return Err(IrtError::Shape {
            what: "sets of items",
            needed: responses.items(),
            found: second.len(),
        });
    }
    let persons: Vec<usize> =
        (0..responses.persons()).filter(|p| responses.row(*p).1.iter().all(|there| *there)).collect();
    let varies = |item: &usize| {
        let mut points = persons.iter().filter_map(|p| responses.get(*p, *item));
        points.next().is_some_and(|first| points.any(|x| x != first))
    };
    let of_set =
        |set: bool| (0..second.len()).filter(|i| second[*i] == set).filter(varies).collect::<Vec<_>>();
    let sets = [of_set(false), of_set(true)];
    if let Some(short) = sets.iter().find(|s| s.len() < 2) {
        return Err(IrtError::TooFewItems { needed: 2, found: short.len() });
    }
    let score = |person: usize, items: &[usize]| -> usize {
        let row = responses.row(person).0;
        items.iter().map(|i| usize::from(row[*i])).sum()
    };
    let (mut joint, mut sum) = (BTreeMap::new(), BTreeMap::new());
    for &person in &persons {
        let pair = (score(person, &sets[0]), score(person, &sets[1]));
        *joint.entry(pair).or_insert(0.0) += 1.0;
        *sum.entry(pair.0 + pair.1).or_insert(0.0) += 1.0;
    }
    let total = persons.len() as f64;
    let entropy = |n: &f64| n * (n / total).ln();
    let all: Vec<usize> = sets.concat();
    let fit = |items: &[usize]| fit_conditional(&responses.select(&persons, items), None, family);
    let apart = joint.values().map(entropy).sum::<f64>()
        + fit(&sets[0])?.log_likelihood
        + fit(&sets[1])?.log_likelihood;
    let together = sum.values().map(entropy).sum::<f64>() + fit(&all)?.log_likelihood;
    let top = |items: &[usize]| items.iter().map(|i| usize::from(responses.max()[*i])).sum::<usize>();
    ratio(together, apart, top(&sets[0]) * top(&sets[1]) - 1)
        .ok_or(IrtError::TooFewItems { needed: 2, found: sets[0].len() })
}
