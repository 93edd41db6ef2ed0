//! Every rater against the others, and the pairs that rated the same persons.

use super::marks::Marks;
use crate::analysis::Material;
use crate::analysis::findings::{Estimate, RaterPair, RaterRow};
use crate::impact::ImpactError;
use crate::impact::classical::paired_t;
use crate::num::moments;

/// The raters with their mean of the main score.
pub(super) fn raters(material: Material<'_>, marks: &Marks<'_>, alpha: f64) -> Vec<RaterRow> {
    let rated: Vec<Vec<usize>> = (0..marks.persons).map(|person| marks.raters_of(person)).collect();
    let given: Vec<Vec<(usize, f64)>> = match marks.main() {
        Some(score) => (0..marks.persons).map(|person| marks.given(&score.points, person)).collect(),
        None => Vec::new(),
    };
    let one = |(rater, name): (usize, &String)| {
        let n = rated.iter().filter(|own| own.contains(&rater)).count();
        let own: Vec<f64> =
            given.iter().flatten().filter(|(who, _)| *who == rater).map(|(_, points)| *points).collect();
        RaterRow {
            rater: name.clone(),
            n,
            mean: moments::mean(&own).ok().filter(|_| n > 1),
            double: rated.iter().filter(|own| own.contains(&rater) && own.len() > 1).count(),
            against_others: against_others(&given, rater, alpha),
            severity: super::severity::of_rater(material, &marks.instrument.id, name),
        }
    };
    marks.raters.iter().enumerate().map(one).collect()
}

/// The rater's scores less the mean of the others' on the same persons.
fn against_others(given: &[Vec<(usize, f64)>], rater: usize, alpha: f64) -> Option<Estimate> {
    let (mut others, mut own) = (Vec::new(), Vec::new());
    for person in given {
        let Some((_, points)) = person.iter().find(|(who, _)| *who == rater) else { continue };
        let rest: Vec<f64> =
            person.iter().filter(|(who, _)| *who != rater).map(|(_, points)| *points).collect();
        let Ok(rest) = moments::mean(&rest) else { continue };
        others.push(rest);
        own.push(*points);
    }
    match paired_t(&others, &own, alpha) {
        Ok(test) => Some(Estimate { value: test.estimate, ci: Some([test.ci.low, test.ci.high]) }),
        // The same difference for every person: a value whose interval would have no width.
        Err(ImpactError::NoVariation) => own
            .first()
            .zip(others.first())
            .map(|(own, others)| own - others)
            .map(|value| Estimate { value, ci: None }),
        Err(_) => None,
    }
}

/// Pairs of raters with persons in common, in the order of their names.
pub(super) fn pairs(marks: &Marks<'_>) -> Vec<RaterPair> {
    let rated: Vec<Vec<usize>> = (0..marks.persons).map(|person| marks.raters_of(person)).collect();
    let k = marks.raters.len();
    let all = (0..k).flat_map(|first| (first + 1..k).map(move |second| (first, second)));
    all.filter_map(|(first, second)| {
        let n = rated.iter().filter(|own| own.contains(&first) && own.contains(&second)).count();
        (n > 0).then(|| RaterPair {
            first: marks.raters[first].clone(),
            second: marks.raters[second].clone(),
            n,
            difference: difference(marks, first, second),
        })
    })
    .collect()
}

fn difference(marks: &Marks<'_>, first: usize, second: usize) -> Option<f64> {
    let (score, k) = (marks.main()?, marks.raters.len());
    let differences: Vec<f64> = (0..marks.persons)
        .filter_map(|person| Some(score.points[person * k + second]? - score.points[person * k + first]?))
        .collect();
    moments::mean(&differences).ok()
}
