//! Outcomes beside their estimates without flagged persons.

use crate::analysis::findings::{EstimateFindings, Method, OutcomeFindings, QualitySensitivity};

/// One entry per outcome of which linked persons are flagged.
pub(super) fn of(outcomes: &[OutcomeFindings], alpha: f64) -> Vec<QualitySensitivity> {
    outcomes.iter().filter_map(|outcome| one(outcome, alpha)).collect()
}

fn one(outcome: &OutcomeFindings, alpha: f64) -> Option<QualitySensitivity> {
    let flagged = outcome.flagged.filter(|flagged| *flagged > 0)?;
    let primary = outcome.estimates.iter().find(|estimate| estimate.primary)?;
    let without = outcome.estimates.iter().find(|estimate| estimate.method == Method::WithoutFlagged);
    Some(QualitySensitivity {
        outcome: outcome.id.clone(),
        linked: primary.n,
        flagged,
        primary: primary.estimate,
        primary_ci: primary.ci,
        without: without.map(|without| without.estimate),
        without_ci: without.and_then(|without| without.ci),
        without_n: without.map(|without| without.n),
        difference: without.map(|without| without.estimate - primary.estimate),
        changed: without.map(|without| !same_reading(primary, without, alpha)),
    })
}

/// Whether two estimates are read alike: both up, both down, or both open.
pub(in crate::analysis) fn same_reading(
    one: &EstimateFindings,
    other: &EstimateFindings,
    alpha: f64,
) -> bool {
    reading(one, alpha) == reading(other, alpha)
}

/// How an estimate is read: up, down, or open.
#[derive(PartialEq, Eq)]
enum Reading {
    Up,
    Down,
    Open,
}

fn reading(estimate: &EstimateFindings, alpha: f64) -> Reading {
    let clear = match (estimate.ci, estimate.p) {
        (Some([low, high]), _) => low > 0.0 || high < 0.0,
        // A permutation test gives no interval.
        (None, Some(p)) => p < alpha,
        (None, None) => false,
    };
    match clear {
        false => Reading::Open,
        true if estimate.estimate > 0.0 => Reading::Up,
        true => Reading::Down,
    }
}
