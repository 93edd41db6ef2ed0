//! Agreement on each item, over the persons rated twice.

use super::marks::{ItemMarks, Marks};
use crate::analysis::findings::{
    Coefficient, CoefficientOutcome, Estimate, ItemAgreement, KappaKind, RaterDesign,
};
use crate::instrument::{Item, ItemKind};
use crate::psych::PsychError;
use crate::psych::agreement::{
    AgreementOutcome, Metric, Ratings, Weighting, cohen_kappa, gwet_ac, krippendorff_alpha, raw_agreement,
    weighted_fleiss_kappa,
};

/// Agreement on every item that somebody rated twice.
pub(super) fn all(marks: &Marks<'_>, design: RaterDesign, alpha: f64) -> Vec<ItemAgreement> {
    // An item that the kernels refuse (fewer than two persons) has no agreement to speak of.
    marks.items.iter().filter_map(|item| one(marks, item, design, alpha).ok()).collect()
}

fn one(
    marks: &Marks<'_>,
    item: &ItemMarks<'_>,
    design: RaterDesign,
    alpha: f64,
) -> Result<ItemAgreement, PsychError> {
    let double: Vec<Vec<(usize, f64)>> = (0..marks.persons)
        .map(|person| marks.given(&item.points, person))
        .filter(|own| own.len() > 1)
        .collect();
    let values = categories(item.item, &double);
    let code = |points: f64| values.iter().position(|value| *value == points);
    let pairs = pairs_of(&double).into_iter().flat_map(|(a, b)| [code(a), code(b)]).collect::<Vec<_>>();
    let raw = raw_agreement(&Ratings::new(pairs.len() / 2, 2, pairs.clone(), values.clone())?, 0, 1, alpha)?;
    let raters = marks.raters.len();
    let mut codes = vec![None; double.len() * raters];
    for (person, own) in double.iter().enumerate() {
        for (rater, points) in own {
            codes[person * raters + rater] = code(*points);
        }
    }
    let ratings = Ratings::new(double.len(), raters, codes, values.clone())?;
    let involved: Vec<usize> = double.first().into_iter().flatten().map(|(rater, _)| *rater).collect();
    let (kappa_kind, kappa) = match (design, involved.as_slice()) {
        (RaterDesign::SameRaters, [first, second]) => {
            let found = cohen_kappa(&ratings, *first, *second, Weighting::Quadratic, alpha)?;
            (KappaKind::Cohen, found.outcome)
        }
        _ => (KappaKind::Fleiss, weighted_fleiss_kappa(&ratings, Weighting::Quadratic, alpha)?.outcome),
    };
    Ok(ItemAgreement {
        item: item.item.id.clone(),
        prompt: item.item.prompt.clone(),
        categories: values.len(),
        n: double.len(),
        pairs: raw.n,
        exact: Estimate { value: raw.exact, ci: Some([raw.exact_ci.low, raw.exact_ci.high]) },
        adjacent: Estimate { value: raw.adjacent, ci: Some([raw.adjacent_ci.low, raw.adjacent_ci.high]) },
        kappa_kind,
        kappa: coefficient(kappa),
        ac2: coefficient(gwet_ac(&ratings, Weighting::Quadratic, alpha)?.outcome),
        alpha: coefficient(krippendorff_alpha(&ratings, Metric::Ordinal, alpha)?.outcome),
    })
}

/// Every two ratings of the same person.
fn pairs_of(double: &[Vec<(usize, f64)>]) -> Vec<(f64, f64)> {
    let of_person = |own: &Vec<(usize, f64)>| -> Vec<(f64, f64)> {
        let pairs = own.iter().enumerate().flat_map(|(place, (_, first))| {
            own.iter().skip(place + 1).map(move |(_, second)| (*first, *second))
        });
        pairs.collect()
    };
    double.iter().flat_map(of_person).collect()
}

/// Categories of an item, ascending: those it offers, used or not, and halves that a rater wrote.
fn categories(item: &Item, double: &[Vec<(usize, f64)>]) -> Vec<f64> {
    let mut values: Vec<f64> = match &item.kind {
        ItemKind::Essay { rubric, .. } | ItemKind::Rating { rubric, .. } => {
            (0..rubric.len()).map(|level| level as f64).collect()
        }
        ItemKind::Likert { options } => options.iter().filter_map(|choice| choice.value).collect(),
        _ => Vec::new(),
    };
    values.extend(double.iter().flatten().map(|(_, points)| *points));
    values.sort_by(f64::total_cmp);
    values.dedup();
    values
}

/// A coefficient as a finding.
fn coefficient(outcome: AgreementOutcome) -> Coefficient {
    let kind = match outcome {
        AgreementOutcome::Estimated(_) => CoefficientOutcome::Estimated,
        AgreementOutcome::Perfect => CoefficientOutcome::Perfect,
        AgreementOutcome::NoVariation => CoefficientOutcome::NoVariation,
    };
    let ci = outcome.estimate().map(|estimate| [estimate.ci.low, estimate.ci.high]);
    Coefficient { outcome: kind, value: outcome.value(), ci }
}
