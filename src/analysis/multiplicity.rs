//! Several tests within one family: Holm and Benjamini-Hochberg.

use std::collections::BTreeMap;

use super::findings::{AdjustedP, OutcomeFindings};
use crate::impact::multiplicity::{benjamini_hochberg, holm};

/// Corrects the primary estimates' p-values within each family.
pub fn adjust(outcomes: &mut [OutcomeFindings]) {
    let mut families: BTreeMap<String, Vec<(usize, f64)>> = BTreeMap::new();
    for (place, outcome) in outcomes.iter().enumerate() {
        let p = outcome.estimates.iter().find(|estimate| estimate.primary).and_then(|estimate| estimate.p);
        if let Some(p) = p {
            families.entry(outcome.family.clone()).or_default().push((place, p));
        }
    }
    for (family, tests) in families {
        let p: Vec<f64> = tests.iter().map(|(_, p)| *p).collect();
        let (Ok(holm), Ok(benjamini_hochberg)) = (holm(&p), benjamini_hochberg(&p)) else { continue };
        for (test, (place, _)) in tests.iter().enumerate() {
            outcomes[*place].adjusted = Some(AdjustedP {
                family: family.clone(),
                tests: tests.len(),
                holm: holm[test],
                benjamini_hochberg: benjamini_hochberg[test],
            });
        }
    }
}
