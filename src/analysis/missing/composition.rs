//! Who was met before and who after, where the waves meet other students of the same schools: a shift in who they are is
//! mixed with the change of their scores (standards, section 0).

use super::baseline::group_score;
use super::characteristic::{Characteristic, characteristics};
use super::{Declared, notices};
use crate::analysis::Material;
use crate::analysis::findings::{BalanceSize, CompositionRow, Notice};
use crate::impact::Arm;
use crate::impact::balance::{binary_row, measured_row};
use crate::instrument::Respondent;

/// Limit of the band of the What Works Clearinghouse beyond which a shift is told as a caution.
const FAR: f64 = 0.25;

/// Compares both waves in every declared covariate and subgroup of the roster.
pub(super) fn compare(
    material: Material<'_>,
    declared: &[Declared<'_>],
    notices: &mut Vec<Notice>,
) -> Vec<CompositionRow> {
    let study = &material.study.study;
    let mut rows = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for covariate in study.covariates.iter().chain(&study.subgroups) {
        let respondent = covariate.respondent.unwrap_or(Respondent::Student);
        // The persons of the first declared outcome stand for all: who sat one test sat nearly always the others.
        let lead = declared.iter().find(|outcome| outcome.people.roster().respondent == respondent);
        let Some(lead) = lead.filter(|_| !seen.contains(&covariate.column.as_str())) else { continue };
        seen.push(&covariate.column);
        match characteristics(lead.people.roster(), covariate) {
            Ok(found) => {
                for own in &found {
                    rows.extend(of_characteristic(material, lead, own, notices));
                }
            }
            Err(values) => notices.push(notices::too_many_values(&covariate.id, values)),
        }
    }
    rows
}

/// One row per group that has enough persons at both waves.
fn of_characteristic(
    material: Material<'_>,
    lead: &Declared<'_>,
    own: &Characteristic,
    notices: &mut Vec<Notice>,
) -> Vec<CompositionRow> {
    let people = &lead.people;
    let rules = &material.study.study.analysis;
    let mut rows = Vec::new();
    for side in people.sides() {
        let (mut values, mut waves, mut missing) = (Vec::new(), Vec::new(), 0);
        for place in people.places().filter(|place| people.belongs(*place, side)) {
            // Whoever was met at both waves counts in both.
            let met = [(people.first(place), Arm::Comparison), (people.last(place), Arm::Program)];
            for (_, wave) in met.into_iter().filter(|(score, _)| score.is_some()) {
                match own.values[place] {
                    Some(value) => {
                        values.push(value);
                        waves.push(wave);
                    }
                    None => missing += 1,
                }
            }
        }
        let count = |wave: Arm| waves.iter().filter(|own| **own == wave).count();
        if count(Arm::Program).min(count(Arm::Comparison)) < rules.smallest_cell {
            continue;
        }
        let found = match own.size {
            BalanceSize::HedgesG => measured_row(&values, &waves, rules.alpha),
            BalanceSize::CoxIndex => binary_row(&values, &waves, rules.alpha),
        };
        match found {
            Ok(found) => {
                if found.g.value.abs() > FAR {
                    notices.push(notices::composition_shifts(&own.label, own.value.as_ref(), found.g.value));
                }
                rows.push(CompositionRow {
                    subject: own.subject(&lead.found.id),
                    arm: side.and_then(|side| people.arm_of_side(side)).unwrap_or_default(),
                    size: own.size,
                    before: group_score(&found.comparison, own.size),
                    after: group_score(&found.program, own.size),
                    value: found.g.value,
                    missing,
                });
            }
            Err(error) => notices.push(notices::no_balance(&own.id, &error.to_string())),
        }
    }
    rows
}
