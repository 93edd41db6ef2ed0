//! Several tests within one family: Holm, Hochberg and Benjamini-Hochberg, one of them declared.

use std::collections::BTreeMap;

use super::findings::{AdjustedP, OutcomeFindings};
use crate::impact::ImpactError;
use crate::impact::multiplicity::{benjamini_hochberg, hochberg, holm};
use crate::study::{Correction, OutcomeRole};

/// Corrects the primary estimates' p-values within each family, by every correction; `declared` holds those
/// that the study names.
pub fn adjust(outcomes: &mut [OutcomeFindings], declared: &BTreeMap<String, Correction>) {
    let mut families: BTreeMap<String, Vec<(usize, f64)>> = BTreeMap::new();
    for (place, outcome) in outcomes.iter().enumerate() {
        let p = outcome.estimates.iter().find(|estimate| estimate.primary).and_then(|estimate| estimate.p);
        if let Some(p) = p {
            families.entry(outcome.family.clone()).or_default().push((place, p));
        }
    }
    for (family, tests) in families {
        let correction = declared.get(&family).copied().unwrap_or_else(|| customary(outcomes, &family));
        let p: Vec<f64> = tests.iter().map(|(_, p)| *p).collect();
        let Ok(all) = Corrected::of(&p) else { continue };
        for (test, (place, _)) in tests.iter().enumerate() {
            outcomes[*place].adjusted = Some(AdjustedP {
                family: family.clone(),
                tests: tests.len(),
                declared: correction,
                holm: all.holm[test],
                hochberg: all.hochberg[test],
                benjamini_hochberg: all.benjamini_hochberg[test],
            });
        }
    }
}

/// The correction of a family for which the study names none: hypotheses that were declared keep the chance
/// of even one false finding at alpha; a family that only explores keeps the share of false ones.
fn customary(outcomes: &[OutcomeFindings], family: &str) -> Correction {
    let mut own = outcomes.iter().filter(|outcome| outcome.family == family);
    if own.all(|outcome| outcome.role == OutcomeRole::Exploratory) {
        Correction::BenjaminiHochberg
    } else {
        Correction::Holm
    }
}

/// The p-values of a family by every correction, in the order of the family.
struct Corrected {
    holm: Vec<f64>,
    hochberg: Vec<f64>,
    benjamini_hochberg: Vec<f64>,
}

impl Corrected {
    fn of(p: &[f64]) -> Result<Self, ImpactError> {
        Ok(Corrected { holm: holm(p)?, hochberg: hochberg(p)?, benjamini_hochberg: benjamini_hochberg(p)? })
    }

    fn by(&self, correction: Correction) -> &[f64] {
        match correction {
            Correction::Holm => &self.holm,
            Correction::Hochberg => &self.hochberg,
            Correction::BenjaminiHochberg => &self.benjamini_hochberg,
        }
    }
}

/// Corrects the interactions of subgroups over those of the same family of outcomes that are equally declared or
/// exploratory, by the correction of the family: the one that the study names, else the customary one of declared
/// hypotheses, and Benjamini-Hochberg for interactions that only explore.
pub fn adjust_interactions(outcomes: &mut [OutcomeFindings], named: &BTreeMap<String, Correction>) {
    struct Place {
        outcome: usize,
        subgroup: usize,
        p: f64,
    }
    let mut families: BTreeMap<(String, bool), Vec<Place>> = BTreeMap::new();
    for (place, outcome) in outcomes.iter().enumerate() {
        for (own, subgroup) in outcome.subgroups.iter().enumerate() {
            if let Some(interaction) = &subgroup.interaction {
                let family = families.entry((outcome.family.clone(), subgroup.declared)).or_default();
                family.push(Place { outcome: place, subgroup: own, p: interaction.p });
            }
        }
    }
    for ((family, declared), tests) in families {
        let correction = match (named.get(&family), declared) {
            (Some(named), _) => *named,
            (None, true) => customary(outcomes, &family),
            (None, false) => Correction::BenjaminiHochberg,
        };
        let p: Vec<f64> = tests.iter().map(|test| test.p).collect();
        let Ok(all) = Corrected::of(&p) else { continue };
        for (test, adjusted) in tests.iter().zip(all.by(correction)) {
            if let Some(interaction) = &mut outcomes[test.outcome].subgroups[test.subgroup].interaction {
                interaction.adjusted = Some(*adjusted);
                interaction.correction = correction;
                interaction.tests = tests.len();
            }
        }
    }
}
